"""Small inputs for every kind of loss in every form it declares, each with its textbook value.

`FORMS` is keyed by kind and form. A declared form that has no entry, or a loss without an oracle,
fails `test_properties.py`.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cache
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
from form_oracles import ORACLES, Expected, Given, Setting

import contrastive_core as cc
from contrastive_core import LOSSES, LossResult, Resources
from contrastive_core.losses import Loss, make_loss

Rows = npt.NDArray[Any]
Rng = np.random.Generator
Draw = Callable[[Rng, tuple[int, ...]], Rows]
"""From a shape (..., d) to that many rows."""

N, D, CLASSES, BANK, OWN = 8, 5, 4, 3, 2


def distinct(rng: Rng, shape: tuple[int, ...]) -> Rows:
    """Rows of all lengths from 0.5 to 1.5, none alike."""
    rows = rng.normal(size=shape)
    lengths = rng.uniform(0.5, 1.5, size=(*shape[:-1], 1))
    return np.asarray(lengths * rows / np.linalg.norm(rows, axis=-1, keepdims=True))


def tied(rng: Rng, shape: tuple[int, ...]) -> Rows:
    """Rows of few small whole numbers: many equal scores, and copies."""
    rows = rng.integers(-1, 2, size=(*shape[:-1], 3)).astype(float)
    rows[(rows == 0).all(axis=-1)] = (1.0, 0.0, 0.0)
    return np.asarray(rows)


class Data(NamedTuple):
    """What the inputs of all forms are taken from; nothing is as long as something else."""

    views: Rows
    bank: Rows
    own: Rows
    prototypes: Rows
    scores: Rows
    square: Rows
    labels: list[int | None]
    targets: list[int | None]
    match: Rows
    similar_pairs: Rows
    pairs: Rows
    triplets: Rows
    noise: Rows
    column_noise: Rows
    square_noise: Rows


def data(draw: Draw = distinct, n: int = N, seed: int = 3) -> Data:
    """Views that resemble each other; labels with a class of one and a row without a class."""
    rng = np.random.default_rng(seed)
    centre = draw(rng, (n, D))
    spread = 0.7 if draw is distinct else 1.0
    views = np.stack([spread * draw(rng, (n, D)) + 0.6 * centre for _ in range(3)])
    if draw is tied:
        views = np.stack([draw(rng, (n, D)) for _ in range(3)])
        views[0, 5], views[1, 4:7] = views[0, 4], views[0, 4]
    labels: list[int | None] = [int(c) for c in rng.integers(0, 3, n)]
    labels[:2], labels[n // 2], labels[n - 2] = [0, 0], 7, None
    targets: list[int | None] = [int(c) for c in rng.integers(0, CLASSES, n)]
    targets[n - 2] = None
    firsts = rng.permutation(n)[: n - 1]
    seconds = (firsts + rng.integers(1, n, n - 1)) % n
    triplets = np.stack([rng.permutation(n)[:3] for _ in range(n + 1)])
    flags = rng.permutation(np.arange(n) % 2)
    shares = rng.uniform(0.2, 1.0, n)
    return Data(
        views=views,
        bank=draw(rng, (BANK, D)),
        own=draw(rng, (n, OWN, D)),
        prototypes=draw(rng, (CLASSES, D)),
        scores=_scores(rng, draw, (n, CLASSES)),
        square=_scores(rng, draw, (n, n)),
        labels=labels,
        targets=targets,
        match=flags,
        similar_pairs=np.stack([firsts, seconds], axis=1),
        pairs=np.stack([firsts, seconds, flags[: n - 1]], axis=1),
        triplets=triplets,
        noise=shares / shares.sum(),
        column_noise=rng.uniform(0.1, 1.0, CLASSES),
        square_noise=rng.uniform(0.1, 1.0, n),
    )


def _scores(rng: Rng, draw: Draw, shape: tuple[int, int]) -> Rows:
    return rng.integers(-2, 3, shape) / 2.0 if draw is tied else rng.normal(size=shape)


def _two_files(d: Data) -> Iterator[tuple[str, Given]]:
    yield "", {"embeddings": d.views[0], "keys": d.views[1]}


def _two_views(d: Data) -> Iterator[tuple[str, Given]]:
    yield "of two", {"embeddings": d.views[:2], "views": "first"}


def _views(d: Data) -> Iterator[tuple[str, Given]]:
    yield from _two_views(d)
    yield "of three", {"embeddings": d.views, "views": "first"}


def _similar_pairs(d: Data) -> Iterator[tuple[str, Given]]:
    yield "", {"embeddings": d.views[0], "pairs": d.similar_pairs}


def _labels(d: Data) -> Iterator[tuple[str, Given]]:
    yield "of rows", {"embeddings": d.views[0], "labels": d.labels}
    yield "of views", {"embeddings": d.views[:2], "labels": d.labels}


def _labels_of_files(d: Data) -> Iterator[tuple[str, Given]]:
    yield from _labels(d)
    yield "of files", {"embeddings": d.views[0], "keys": d.views[1], "labels": d.labels}


def _scores_of_rows(d: Data) -> Iterator[tuple[str, Given]]:
    yield "first", {"scores": d.scores}
    yield "first of a square", {"scores": d.square, "positive": "first"}
    yield from _square_scores(d)


def _square_scores(d: Data) -> Iterator[tuple[str, Given]]:
    yield "diagonal", {"scores": d.square, "positive": "diagonal"}


def _noisy_scores(d: Data) -> Iterator[tuple[str, Given]]:
    yield from _scores_of_rows(d)
    yield "with noise", {"scores": d.scores, "noise": d.column_noise}
    diagonal = {"scores": d.square, "positive": "diagonal", "noise": d.square_noise}
    yield "diagonal with noise", diagonal


def _class_scores(d: Data) -> Iterator[tuple[str, Given]]:
    yield "", {"scores": d.scores, "labels": d.targets}


def _prototypes(d: Data) -> Iterator[tuple[str, Given]]:
    inputs = {"embeddings": d.views[0], "prototypes": d.prototypes, "labels": d.targets}
    yield "", inputs


def _own_negatives(d: Data) -> Iterator[tuple[str, Given]]:
    yield "", {"embeddings": d.views[0], "keys": d.views[1], "negatives": d.own}


def _three_files(d: Data) -> Iterator[tuple[str, Given]]:
    first, second, third = d.views
    yield "", {"embeddings": first, "keys": second, "negatives": third}


def _triplet_rows(d: Data) -> Iterator[tuple[str, Given]]:
    yield "", {"embeddings": d.views[0], "triplets": d.triplets}


def _pairs(d: Data) -> Iterator[tuple[str, Given]]:
    yield "", {"embeddings": d.views[0], "pairs": d.pairs}


def _matched(d: Data) -> Iterator[tuple[str, Given]]:
    files = {"embeddings": d.views[0], "keys": d.views[1]}
    yield "", {**files, "match": d.match}
    yield "without match", files


def _matched_views(d: Data) -> Iterator[tuple[str, Given]]:
    for variant, inputs in _two_views(d):
        yield variant, {**inputs, "match": d.match}
        yield f"{variant}, without match", inputs


def _clouds(d: Data) -> Iterator[tuple[str, Given]]:
    yield "of rows", {"embeddings": d.views[0]}
    yield from _views(d)


Inputs = Callable[[Data], Iterator[tuple[str, Given]]]


def _with(inputs: Inputs, name: str) -> Inputs:
    """The same inputs without and with one more."""

    def both(d: Data) -> Iterator[tuple[str, Given]]:
        for variant, given in inputs(d):
            yield variant, given
            more = d.noise[: _samples(given)] if name == "noise" else getattr(d, name)
            share = more / more.sum() if name == "noise" else more
            yield f"{variant} with {name}".strip(), {**given, name: share}

    return both


def _samples(given: Given) -> int:
    return len(given["pairs"]) if "pairs" in given else given["embeddings"].shape[-2]


_OF_FILES: dict[str, Inputs] = {
    "two files": _two_files,
    "views": _two_views,
    "pairs": _similar_pairs,
}
_SOFTMAX_SCORES: dict[str, Inputs] = {**_OF_FILES, "scores": _scores_of_rows}

_FORMS: dict[str, dict[str, Inputs]] = {
    "infonce": {
        **{form: _with(inputs, "bank") for form, inputs in _OF_FILES.items()},
        "own negatives": _own_negatives,
        "scores": _scores_of_rows,
    },
    "nt-xent": {**_OF_FILES, "views": _views, "labels": _labels_of_files},
    "clip": {**_OF_FILES, "scores": _square_scores},
    "dcl": _SOFTMAX_SCORES,
    "siglip": _SOFTMAX_SCORES,
    "supcon": {**_OF_FILES, "views": _views, "labels": _labels_of_files},
    "cross-entropy": {"scores": _class_scores, "prototypes": _prototypes},
    "nce": {
        **{form: _with(inputs, "noise") for form, inputs in _OF_FILES.items()},
        "scores": _noisy_scores,
    },
    "contrastive": {
        "pairs": _pairs,
        "labels": _labels_of_files,
        "two files": _matched,
        "views": _matched_views,
    },
    "triplet": {"labels": _labels_of_files, "three files": _three_files, "triplets": _triplet_rows},
    "alignment": _OF_FILES,
    "uniformity": {"cloud": _clouds, "two files": _two_files},
    "align-uniform": _OF_FILES,
}
FORMS = {(kind, form): inputs for kind, of in _FORMS.items() for form, inputs in of.items()}


@dataclass(frozen=True, eq=False)
class Case:
    """A kind on one input of one of its forms."""

    kind: str
    form: str
    variant: str
    given: Given
    told: dict[str, Expected] = field(default_factory=dict)

    @property
    def name(self) -> str:
        words = (self.kind, "of", self.form, self.variant)
        return " ".join(word for word in words if word)

    @property
    def refuses(self) -> tuple[str, ...]:
        """Parameters that mean nothing for the form."""
        return LOSSES[self.kind].form_refuses.get(self.form, ())

    def expected(self, setting: Setting) -> Expected:
        """What the textbook says; asked once, for it is slow."""
        key = repr(setting)
        if key not in self.told:
            self.told[key] = ORACLES[self.kind](self.given, setting)
        return self.told[key]

    def loss(self, setting: Setting, *, per_sample: bool = True, **means: Any) -> LossResult:
        """The value of the library, in float64 unless said otherwise."""
        resources = Resources(**{"precision": "float64", **means})
        how = {**self.given, **setting}
        return cc.loss(self.kind, per_sample=per_sample, resources=resources, **how)

    def made(self, setting: Setting) -> Loss:
        """The loss itself."""
        return make_loss(self.kind, input_form=self.form, inputs=self.given, **setting)

    def moved(self, function: Callable[[Rows], Rows]) -> "Case":
        """The same with every vector moved."""
        vectors = ("embeddings", "keys", "negatives", "bank", "prototypes")
        given = {k: function(v) if k in vectors else v for k, v in self.given.items()}
        return Case(self.kind, self.form, self.variant, given)

    def shuffled(self, order: npt.NDArray[np.intp]) -> "Case":
        """The same with the samples in another order."""
        given = {name: self._in_order(name, v, order) for name, v in self.given.items()}
        return Case(self.kind, self.form, self.variant, given)

    def _in_order(self, name: str, value: Any, order: npt.NDArray[np.intp]) -> Any:
        listed = "pairs" in self.given or "triplets" in self.given
        diagonal = self.given.get("positive") == "diagonal"
        if name in ("positive", "views", "bank", "prototypes") or (listed and name == "embeddings"):
            return value
        if name == "scores":
            return value[np.ix_(order, order)] if diagonal else value[order]
        if name == "noise" and "scores" in self.given:
            return value[order] if diagonal else value
        if isinstance(value, list):
            return [value[place] for place in order]
        in_views = name == "embeddings" and value.ndim == 3
        return value[:, order] if in_views else value[order]

    @property
    def samples(self) -> int:
        """How many samples can change places."""
        for name in ("pairs", "triplets", "scores"):
            if name in self.given:
                return len(self.given[name])
        return int(self.given["embeddings"].shape[-2])


@cache
def cases(kind: str, draw: Draw = distinct, n: int = N) -> tuple[Case, ...]:
    """A kind on every input of every form that it declares."""
    source = data(draw, n)
    forms = dict.fromkeys(form.name for form in LOSSES[kind].forms)
    return tuple(
        Case(kind, form, variant, given)
        for form in forms
        for variant, given in FORMS[kind, form](source)
    )
