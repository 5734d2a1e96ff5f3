"""`contrast help rules`, from the catalogue: a new metric is in it at once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from contrastive_core.gate.catalogue import LOSS, METRIC, STATISTICS, TRIPLETS, Entry, described
from contrastive_core.gate.rules import OPERATORS

from .blocks import Block, Heading, Lines, Rows, Topic

_WIDEST = 44

_SECTIONS = {METRIC: "Metrics", TRIPLETS: "Triplets", LOSS: "Losses"}

_NEITHER = "neither"

_EXAMPLES = (
    ("uniformity <= -2", "a metric"),
    ("uniformity.keys <= -2", "the same of KEYS, or of the second view"),
    ("duplicates(duplicate_threshold=0.99) == 0", "with a parameter"),
    ("infonce(tau=0.07) <= 3.2", "a loss with its temperature"),
    ("nt-xent(convention=lightly) <= 5.5", "as a library prints it; nt_xent is the same name"),
    ("infonce.mi_lower_bound >= 2", "a field of its result"),
    ("p95(nt-xent) <= 6", "a quantile of the losses of the samples"),
    ("triplets.hard <= 5%", "a share: 5% is 0.05"),
    ("triplets(margin=0.5).counts.hard == 0", "a count, at another margin"),
)

_OPENING = (
    "A rule bounds a figure: FIGURE OP BOUND. FIGURE is a name, NAME(parameter=value, ...), or "
    "either with .FIELD; a loss may stand in a quantile of its samples. White space is free, "
    "hyphens and underscores are alike. BOUND is a number, or a percentage.",
)

_OPERATORS = ((" ".join(OPERATORS), "== asks for the very number"),)

_QUANTILES = ((" ".join(STATISTICS), "as in p95(infonce(tau=0.07))"),)

_LEVELS = (
    ("--require RULE", "level error: broken, it fails the run"),
    ("--warn RULE", "level warn: broken, it is reported and fails nothing"),
)

_DECISIONS = (
    "The raw number is compared, never the printed one. Each rule takes the inputs that it needs; "
    "an input that no rule uses is an error. alignment and uniformity are metrics and losses with "
    "one value: in a quantile they are the loss.",
    "A loss takes its own first way of being given that leaves no file out (contrast loss --kind "
    "KIND --help lists them in order: two views for nt-xent, labels for supcon), whatever other "
    "rules take; where two ways of another sort are there, such as labels and pairs, it is "
    "undecided. Metrics take two files or views as pairs row by row, and --pairs beside one "
    "cloud. The report says how the positives of each figure were found.",
    "A figure that is undefined on the data, or lacks its input, is undecided: exit code 2, "
    "whatever the level. All other rules are still measured and reported.",
)

_BASELINES = (
    "--save-baseline FILE saves every value measured; without rules all metrics that the inputs "
    "allow, and the shares of triplets where labels are given. It is written only where no rule "
    "fails.",
    "--baseline FILE holds every saved value against the present one. Without --allow a value may "
    "be worse by a relative 1e-6; better never fails; where neither way is better both sides "
    "count. Another convention, other parameters, another dimension, positives found in another "
    "way (views, labels, pairs) are not comparable: exit code 2. So is another number of samples, "
    "unless --allow 'n: 10%' admits it and the figure does not depend on how many there are (those "
    "that do are marked n above). The hash of the data only informs.",
    "A baseline without rules holds every metric to 1e-6: right for the same model, too strict for "
    "a new one. For a nightly run save it from rules on the figures that count (uniformity and "
    "rankme, the loss it is trained by, recall_at_1, or r_precision with labels, alignment of "
    "views), and allow 2 sigma or a share. Figures near 0 (norm_std of unit rows, mean_cosine) "
    "want an amount in their unit: a share of almost nothing is nothing.",
    "A sigma is the spread of the mean over samples, their candidates and neighbours as they are. "
    "Figures that take it are marked sigma above; of a mean over active or mined terms it is that "
    "of their sum by their number. "
    "Where these matter much (softmax losses at a high temperature, triplets, retrieval) another "
    "sample of the same data scatters up to about twice as far: allow more sigmas there.",
)

_ALLOW = (
    ("uniformity: 0.05", "in the unit of the figure"),
    ("alignment: 2%", "of the saved value"),
    ("infonce: 2 sigma", "standard errors of a mean over samples, by a seeded bootstrap"),
    ("*: 1%", "of every figure that has no amount of its own (0.01, without %: in its unit)"),
    ("n: 10%", "another number of samples"),
)

_CONFIGURATION = """\
# contrast.toml; in pyproject.toml the table is [tool.contrast.check]
[check]
require = ["uniformity <= -2", "triplets.hard <= 5%"]
warn = ["hubness <= 1"]
baseline = "baseline.json"
allow = ["uniformity: 0.05"]
top = 10
seed = 0

# a table for each of several inputs; the files of one may stand in [check]
[check.inputs.nightly]
embeddings = "emb.npy"
labels = "y.npy"
require = ["alignment <= 0.4"]  # of this input alone, beside the common ones
"""

_CONFIGURED = (
    "The nearest contrast.toml, or pyproject.toml with the table, upwards from the working "
    "directory is taken; --config names another, --no-config takes none. Paths are relative to "
    "the file. The command line wins: rules there replace all of its rules, and need not take "
    "its inputs; files all of its inputs; labels and the like without files are laid over its only "
    "input. Keys of inputs are embeddings, keys, negatives, and the options of contrast check "
    "without dashes. Unknown keys are errors.",
)

_EXITS = (
    ("0", "every rule of level error holds, and everything could be decided"),
    ("1", "a rule fails, or a value is worse than the baseline, and nothing else is wrong"),
    ("2", "usage, bad input, undecided, not comparable; it outranks 1"),
)


def _blocks() -> Sequence[Block]:
    return (
        *_OPENING,
        *_section("Examples", Rows(_EXAMPLES, _WIDEST)),
        *_section(
            "Operators", Rows(((" ".join(OPERATORS), "== asks for the very number"),), _WIDEST)
        ),
        *_section(
            "Quantiles", Rows(((" ".join(STATISTICS), "as in p95(infonce(tau=0.07))"),), _WIDEST)
        ),
        *_section("Levels", Rows(_LEVELS, _WIDEST)),
        *_section("Decisions", *_DECISIONS),
        *_figures(),
        *_section("Baselines", *_BASELINES),
        *_section("Allowed (--allow)", Rows(_ALLOW, _WIDEST)),
        *_section("Configuration", Lines(tuple(_CONFIGURATION.splitlines())), *_CONFIGURED),
        *_section("Exit codes", Rows(_EXITS, _WIDEST)),
    )


def _section(heading: str, *blocks: Block) -> tuple[Block, ...]:
    return (Heading(heading), *blocks)


def _figures() -> Iterator[Block]:
    """Every figure that can be bounded, sort by sort."""
    for sort, heading in _SECTIONS.items():
        entries = [each for each in described() if each.sort == sort]
        rows = tuple((each.figure, _told(each)) for each in entries)
        yield from _section(heading, Rows(rows, _WIDEST))


def _told(entry: Entry) -> str:
    """What a figure is, which way is better, if it depends on n, takes sigma; its parameters."""
    better = "" if entry.better == _NEITHER else f"; {entry.better} is better"
    counted = "; n" if entry.dependence.counts else ""
    taken = f"; takes {', '.join(entry.parameters)}" if entry.parameters else ""
    sigma = "; sigma" if entry.sigma else ""
    return f"{entry.meaning.rstrip('.')}{better}{counted}{sigma}{taken}"


TOPIC = Topic("rules", "what contrast check can bound, baselines, contrast.toml", _blocks)
