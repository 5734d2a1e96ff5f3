"""The text of `contrast help rules`, from the catalogue: a new metric is in it at once."""

from __future__ import annotations

import shutil

import click

from contrastive_core.gate.catalogue import LOSS, METRIC, STATISTICS, TRIPLETS, Entry, described
from contrastive_core.gate.rules import OPERATORS

_WIDEST = 100

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

_LEVELS = (
    ("--require RULE", "level error: broken, it fails the run"),
    ("--warn RULE", "level warn: broken, it is reported and fails nothing"),
)

_DECISIONS = (
    "The raw number is compared, never the printed one. Each rule takes the inputs that it needs; "
    "an input that no rule uses is an error. alignment and uniformity are metrics and losses with "
    "one value: in a quantile they are the loss.",
    "A figure that is undefined on the data, or lacks its input, is undecided: exit code 2, "
    "whatever the level. All other rules are still measured and reported.",
)

_BASELINES = (
    "--save-baseline FILE saves every value measured; without rules all metrics that the inputs "
    "allow, and the shares of triplets where labels are given. It is written only where no rule "
    "fails.",
    "--baseline FILE holds every saved value against the present one. Without --allow a value may "
    "be worse by a relative 1e-6; better never fails; where neither way is better both sides "
    "count. Another convention, other parameters, another dimension are not comparable: exit code "
    "2. So is another number of samples, unless --allow 'n: 10%' admits it and the figure does not "
    "depend on how many there are (those that do are marked n above). The hash of the data only "
    "informs.",
    "A sigma is the spread of the mean over samples, their candidates and neighbours as they are. "
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
    "the file. The command line wins: rules there replace all of its rules, files all of its "
    "inputs. Keys of inputs are embeddings, keys, negatives, and the options of contrast check "
    "without dashes. Unknown keys are errors.",
)

_EXITS = (
    ("0", "every rule of level error holds, and everything could be decided"),
    ("1", "a rule fails, or a value is worse than the baseline, and nothing else is wrong"),
    ("2", "usage, bad input, undecided, not comparable; it outranks 1"),
)


def rules_text() -> str:
    """What a rule is, what can be checked, and what becomes of it."""
    columns = min(shutil.get_terminal_size().columns, _WIDEST)
    formatter = click.HelpFormatter(width=max(columns - 2, 40))
    _words(formatter, _OPENING)
    _list(formatter, "Examples", _EXAMPLES)
    _list(formatter, "Operators", ((" ".join(OPERATORS), "== asks for the very number"),))
    _list(formatter, "Quantiles", ((" ".join(STATISTICS), "as in p95(infonce(tau=0.07))"),))
    _list(formatter, "Levels", _LEVELS)
    _section(formatter, "Decisions", _DECISIONS)
    for sort, heading in _SECTIONS.items():
        entries = [each for each in described() if each.sort == sort]
        _list(formatter, heading, [(each.figure, _told(each)) for each in entries])
    _section(formatter, "Baselines", _BASELINES)
    _list(formatter, "Allowed (--allow)", _ALLOW)
    with formatter.section("Configuration"):
        for line in _CONFIGURATION.splitlines():
            formatter.write(f"{'':>{formatter.current_indent}}{line}".rstrip() + "\n")
        formatter.write("\n")
        _words(formatter, _CONFIGURED)
    _list(formatter, "Exit codes", _EXITS)
    return formatter.getvalue()


def _told(entry: Entry) -> str:
    """What a figure is, which way is better, whether it depends on n, and what it takes."""
    better = "" if entry.better == _NEITHER else f"; {entry.better} is better"
    counted = "; n" if entry.dependence.counts else ""
    taken = f"; takes {', '.join(entry.parameters)}" if entry.parameters else ""
    return f"{entry.meaning.rstrip('.')}{better}{counted}{taken}"


def _words(formatter: click.HelpFormatter, paragraphs: tuple[str, ...]) -> None:
    for number, text in enumerate(paragraphs):
        if number:
            formatter.write_paragraph()
        formatter.write_text(text)


def _section(formatter: click.HelpFormatter, heading: str, paragraphs: tuple[str, ...]) -> None:
    with formatter.section(heading):
        _words(formatter, paragraphs)


def _list(
    formatter: click.HelpFormatter,
    heading: str,
    rows: tuple[tuple[str, str], ...] | list[tuple[str, str]],
) -> None:
    with formatter.section(heading):
        formatter.write_dl(rows, col_max=44)
