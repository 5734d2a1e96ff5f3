"""The forms of input that losses take: what each needs, and how it is given.

A loss lists its forms. From them follow the options of its help, which inputs are refused, and the
message that shows what is missing.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Form:
    """One way to give a loss its input.

    Args:
        name: What the rest of the program calls it.
        needs: Inputs that must be given; `embeddings`, `keys` and `negatives` are files.
        takes: Inputs that may be given too.
        words: What is taken as what.
        example: How it is typed.
    """

    name: str
    needs: tuple[str, ...]
    takes: tuple[str, ...]
    words: str
    example: str

    def fits(self, given: frozenset[str]) -> bool:
        """Whether everything needed is given, and nothing else than may be."""
        return set(self.needs) <= given <= {*self.needs, *self.takes}


VIEWS = Form(
    "views",
    ("embeddings",),
    ("views",),
    "one file of two views: (2, n, d), (n, 2, d), or 2n stacked rows",
    "views.npy",
)
STATED_VIEWS = Form(
    "views",
    ("embeddings",),
    ("views",),
    "one file of views: (2, n, d) or (n, 2, d); 2n rows only with --views stacked or interleaved",
    "views.npy",
)
MANY_VIEWS = Form(
    "views",
    ("embeddings",),
    ("views",),
    "one file of two views or more: (v, n, d) or (n, v, d)",
    "views.npy --views first",
)
TWO_FILES = Form(
    "two files",
    ("embeddings", "keys"),
    (),
    "two files: row i of both is one sample",
    "emb.npy keys.npy",
)
MATCHED = Form(
    "two files",
    ("embeddings", "keys"),
    ("match",),
    "two files, and whether row i of both are similar (without --match all are)",
    "emb.npy keys.npy --match match.npy",
)
PAIRS = Form(
    "pairs",
    ("embeddings", "pairs"),
    (),
    "one file and a list of pairs of its rows",
    "emb.npy --pairs pairs.npy",
)
LABELLED_VIEWS = Form(
    "labels",
    ("embeddings", "labels"),
    ("views", "keys"),
    "one file of n rows, or views of n samples, and a class for each",
    "emb.npy --labels y.npy",
)
THREE_FILES = Form(
    "three files",
    ("embeddings", "keys", "negatives"),
    (),
    "three files: row i of each is one triplet (anchor, positive, negative)",
    "anchors.npy positives.npy negatives.npy",
)
OWN_NEGATIVES = Form(
    "own negatives",
    ("embeddings", "keys", "negatives"),
    (),
    "three files: the third, (n, k, d), holds each anchor's own k negatives",
    "emb.npy keys.npy negatives.npy",
)
TRIPLET_ROWS = Form(
    "triplets",
    ("embeddings", "triplets"),
    (),
    "one file and a list of triplets of its rows",
    "emb.npy --triplets triplets.npy",
)
SCORES = Form(
    "scores",
    ("scores",),
    ("positive",),
    "ready scores (n, K), the positive in column 0",
    "--scores scores.npy",
)
SQUARE_SCORES = Form(
    "scores",
    ("scores",),
    ("positive",),
    "ready scores (n, n), the positives on the diagonal",
    "--scores scores.npy --positive diagonal",
)
CLASS_SCORES = Form(
    "scores",
    ("scores", "labels"),
    (),
    "ready scores (n, classes) and the column of each row's class",
    "--scores logits.npy --labels y.npy",
)
PROTOTYPES = Form(
    "prototypes",
    ("embeddings", "prototypes", "labels"),
    (),
    "embeddings, class vectors and each row's class",
    "emb.npy --prototypes classes.npy --labels y.npy",
)
CLOUD = Form(
    "cloud",
    ("embeddings",),
    ("views",),
    "one file of n rows; of views, the mean over the views",
    "emb.npy",
)


def with_input(form: Form, *names: str) -> Form:
    """The same form, which takes some inputs more."""
    return Form(form.name, form.needs, (*form.takes, *names), form.words, form.example)
