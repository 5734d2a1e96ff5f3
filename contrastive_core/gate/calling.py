"""A check in one call, on files or arrays."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from ..errors import BadParameter, listed, shown
from ..inputs import Given
from ..resources import Resources
from ..session.session import Data
from ..sources import Reading
from .front import run_check
from .grammar import parse_rules
from .pool import Pool
from .request import CheckedPool, CheckRequest
from .rules import ERROR, WARN
from .verdict import CheckResult


def check(
    embeddings: Data | None = None,
    keys: Data | None = None,
    negatives: Data | None = None,
    *,
    labels: Data | None = None,
    pairs: Data | None = None,
    triplets: Data | None = None,
    bank: Data | None = None,
    match: Data | None = None,
    scores: Data | None = None,
    prototypes: Data | None = None,
    noise: Data | None = None,
    positive: str | None = None,
    views: str | None = None,
    dtype: str | None = None,
    join: str | None = None,
    on_bad: str = "stop",
    require: str | Sequence[str] = (),
    warn: str | Sequence[str] = (),
    baseline: str | os.PathLike[str] | None = None,
    allow: str | Sequence[str] = (),
    save_baseline: str | os.PathLike[str] | None = None,
    top: int = 10,
    seed: int = 0,
    resources: Resources | None = None,
) -> CheckResult:
    """Whether saved embeddings keep rules, and are no worse than a baseline.

    The inputs are pooled: each rule takes those that it needs, and nothing is assumed: a 2-D file
    alone is two stacked views only with `views`. All figures of one input come of as few passes as
    give them.

    Args:
        embeddings: (n, d) rows, or views; the anchors where three files are given.
        keys: The positives, row by row, (n, d).
        negatives: (n, d) row by row for triplets; (n, k, d) each anchor's own for infonce.
        labels: One class per row or sample, (n,).
        pairs: Rows (i, j, y) or (i, j) of indices.
        triplets: Rows (anchor, positive, negative) of indices.
        bank: Further negatives that all anchors share, (m, d).
        match: Whether row i of both files is similar, 0 or 1, (n,).
        scores: Ready scores instead of embeddings, (n, m).
        prototypes: Class vectors for cross-entropy, (classes, d).
        noise: Noise distribution of nce, (m,).
        positive: `first` or `diagonal`: where the positives of square scores lie.
        views: `stacked`, `interleaved`, `first` or `second`, where the shape does not decide.
        dtype: `bfloat16` where two-byte numbers of the files are that, `bits` where bytes are
            packed signs.
        join: The column of ids by which rows of other files are put into the order of
            `embeddings`.
        on_bad: `stop` at rows that cannot be used, or `drop` them.
        require: Rules such as `uniformity <= -2` or `p95(nt-xent) <= 6`; a broken one fails.
        warn: The same; a broken one is only said.
        baseline: A file of saved values that the figures are held against.
        allow: How much worse they may be: `uniformity: 0.05`, `2%`, `2 sigma`, `n: 10%`.
        save_baseline: Where to save the values; nothing is saved where something failed. Without
            rules it is every metric that the inputs allow, and the shares of triplets.
        top: How many rows a failure names.
        seed: Of the bootstrap, of simulated levels, and of losses that draw.
        resources: Threads, memory bound, precision, progress.

    Returns:
        The verdict, with one entry for each rule and each figure of the baseline.

    Raises:
        ContrastError: A bad rule or input, an input that no rule uses, or nothing to check.
    """
    given = Given(
        embeddings,
        keys,
        negatives,
        labels,
        pairs,
        triplets,
        bank,
        match,
        scores,
        prototypes,
        noise,
        positive,
        views,
        Reading(dtype, join, on_bad),
    )
    rules = (
        *parse_rules(listed("require", require), ERROR),
        *parse_rules(listed("warn", warn), WARN),
    )
    request = CheckRequest(
        (CheckedPool(Pool(None, given), rules),),
        _path("baseline", baseline),
        tuple(listed("allow", allow)),
        _path("save_baseline", save_baseline),
        top,
        seed,
    )
    return run_check(request, Resources.of(resources))


def _path(name: str, given: str | os.PathLike[str] | None) -> Path | None:
    if given is None or isinstance(given, str | os.PathLike):
        return None if given is None else Path(given)
    raise BadParameter(name, expected="a path", got=shown(given), remedy="Give the path of a file.")
