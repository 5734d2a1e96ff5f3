"""Who is whose positive: validated on construction, and nowhere after.

Rows of one problem lie one after the other in one `Prepared`, whatever files they came from, so
that a set of candidates is one stretch of rows.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from .numerics import Float
from .prepared import Prepared
from .tables import Index, Offsets, Span, row_products


@dataclass(frozen=True)
class Positives:
    """How the positives were found.

    Args:
        layout: `two files`, `two columns`, `views first`, `views second`, `stacked`, `interleaved`.
        assumed: Whether nobody said so.
        description: The same as a sentence.
    """

    layout: str
    assumed: bool
    description: str


@dataclass(frozen=True, eq=False)
class Views:
    """n samples seen several times; the views of one sample are each other's positives.

    Args:
        data: View v of sample i is row v * n + i.
        n: Samples.
        count: Views of each sample, at least 2.
        found: How the positives were found.
    """

    data: Prepared
    n: int
    count: int
    found: Positives

    @property
    def all(self) -> Span:
        """All views of all samples."""
        return Span(self.data, 0, self.count * self.n)

    def view(self, number: int) -> Span:
        """One view of all samples."""
        return Span(self.data, number * self.n, (number + 1) * self.n)

    @property
    def itself_and_positives(self) -> Offsets:
        """The pairs that are no negatives: a row with itself and with the sample's other views."""
        reach = range(1 - self.count, self.count)
        return Offsets(tuple(step * self.n for step in reach))

    def positive_ids(self, anchors: Span) -> Index:
        """Rows of each anchor's positives, shape (anchors, count - 1)."""
        ids = np.arange(anchors.start, anchors.stop)[:, None]
        ahead = np.arange(1, self.count)[None, :] * self.n
        return (ids + ahead) % (self.count * self.n)

    def positive_scores(self, anchors: Span) -> Float:
        """s_ip of each anchor with its positives, in float64, shape (anchors, count - 1)."""
        views = np.arange(anchors.start, anchors.stop) // self.n
        samples = np.arange(anchors.start, anchors.stop) % self.n
        columns = []
        for ahead in range(1, self.count):
            others = (views + ahead) % self.count
            columns.append(self._view_scores[views, others, samples])
        return np.stack(columns, axis=1)

    @cached_property
    def _view_scores(self) -> Float:
        """z_iv . z_iw for every two views, shape (count, count, n)."""
        scores = np.empty((self.count, self.count, self.n))
        for v in range(self.count):
            for w in range(v + 1, self.count):
                scores[v, w] = scores[w, v] = row_products(self.view(v), self.view(w))
        return scores
