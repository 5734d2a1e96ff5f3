"""The standard error of a figure that is a mean over samples."""

from __future__ import annotations

import math

import numpy as np

from ..bootstrap import standard_error
from .measured import Measured


def sigma_of(measured: Measured, seed: int) -> float | None:
    """How far the value would scatter over samples of this size: its bootstrap standard error.

        sigma = c * sd_k f(sum_{i in S_k} w_i x_i / sum_{i in S_k} w_i)

    over 1000 resamples S_k of the n samples, with replacement. x_i are the terms, f the transform,
    such as the log of uniformity. The terms of one sample, such as its two views, are drawn
    together. c is 1, or 2 where the terms are row means of a symmetric function of pairs: such a
    mean over pairs scatters twice as far as one of n independent terms.

    Candidates and neighbours that samples share are taken as they are: what another draw of them
    would change is not in sigma. Of alignment, uniformity, and softmax losses that the positives
    decide, sigma is the whole spread (200 samples of 10 classes: infonce at tau 0.1, clip). Of
    those where the candidates weigh (nt-xent, siglip, supcon) it was 1.6 times sigma there, of
    r_precision and map_at_r 1.5 and 1.7, of triplets.hard 2.

    Args:
        measured: The figure with its terms, NaN where a sample has none.
        seed: Of the resamples.

    Returns:
        None where the figure is no mean over samples, or has fewer than two.

    Source:
        Efron 1979, Bootstrap Methods; for c, Hoeffding 1948, A Class of Statistics with
        Asymptotically Normal Distribution, section 5.
    """
    terms = measured.per_sample
    if terms is None or math.isnan(measured.value):
        return None
    weights = np.ones(len(terms)) if measured.weights is None else measured.weights
    defined = ~np.isnan(terms)
    top, bottom = (terms * weights)[defined], weights[defined]
    if measured.groups is not None:
        members = np.unique(measured.groups[defined], return_inverse=True)[1]
        top, bottom = (np.bincount(members, each).astype(float) for each in (top, bottom))
    found = standard_error(top, bottom, seed=seed, transform=measured.transform)
    return None if math.isnan(found) else found * measured.sigma_factor
