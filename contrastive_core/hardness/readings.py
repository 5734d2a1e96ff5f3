"""What each number of the triplets means, and what good looks like."""

from __future__ import annotations

MEANINGS = {
    "hard": "D(a,n) <= D(a,p), at margin 0 <: a row of another class is at least as near as one of "
    "its own",
    "semi_hard": "D(a,p) < D(a,n) < D(a,p) + m: in the right order, closer than the margin",
    "easy": "D(a,n) >= D(a,p) + m: keep the margin, cost nothing, teach nothing",
    "active_fraction": "hard or semi-hard: what costs something, and has a gradient",
    "mean": "the loss",
    "mean_active": "the loss over the active ones of these alone",
}
"""Each number in a line."""

GOOD = {
    "hard": "good: near 0; one half is what labels that say nothing give. A few that stay are "
    "wrong labels or near-duplicates across classes: look at the worst anchors",
    "semi_hard": "good: while training, the share to learn from; in the end near 0. Nothing here "
    "and much that is hard: the space is not ordered yet, or has collapsed",
    "easy": "good: near 100 %. All of them easy while retrieval is poor: the margin is too small "
    "to teach more, raise it or mine harder triplets",
    "active_fraction": "good: falls during training while mean_active falls too; below about 1 % "
    "a random batch is nearly all zeros, and mining pays",
    "mean": "good: near 0. Equal to the margin (log 2 with a soft margin): all embeddings are one "
    "point",
    "mean_active": "good: well below the margin; above it the active triplets are mostly hard",
}
"""What good looks like."""
