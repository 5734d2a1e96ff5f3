"""The numerical edges, decided once."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

Float = npt.NDArray[np.float64]


def wide(stored: npt.NDArray[Any]) -> Float:
    """Numbers of a file in float64; NaN and infinity, which are told elsewhere, without a word.

    A NaN that signals, and a longer float beyond the range, would else be warned about.
    """
    with np.errstate(over="ignore", invalid="ignore"):
        return np.asarray(stored.astype(np.float64))


def log_sum_exp(logits: Float, axis: int = -1) -> Float:
    """Log sum exp along an axis; -inf where every term is -inf or there is none."""
    if logits.shape[axis] == 0:
        return np.full(np.delete(logits.shape, axis), -np.inf)
    top = np.max(logits, axis=axis, keepdims=True)
    shift = np.where(np.isfinite(top), top, 0.0)
    with np.errstate(divide="ignore"):  # log 0 = -inf is the value of an empty sum
        total = np.log(np.sum(np.exp(logits - shift), axis=axis))
    return np.asarray(total + np.squeeze(shift, axis=axis))


def log_share(positives: Float, log_others: Float) -> Float:
    """-mean_p l_p + log(sum_p exp(l_p) + exp(log_others)), per row.

    The negative log of a positive's share of a softmax. The positives enter by their exact
    logits and not through the log-sum-exp, so a share near 1 keeps all its digits where
    `log_sum_exp - positive` would cancel.

    Args:
        positives: Logits of the positives, shape (n, p), p >= 1.
        log_others: Log-sum-exp of the other candidates' logits, shape (n,).

    Returns:
        Shape (n,), in nats; never negative when p = 1.
    """
    mean = positives.mean(axis=1)
    own = log_sum_exp(positives - mean[:, None])
    return np.asarray(np.logaddexp(log_others - mean, own))


def softplus(logits: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """log(1 + exp(x)) = -log sigmoid(-x), without overflow and without a lost digit."""
    small = np.exp(-np.abs(logits))
    return np.asarray(np.log1p(small, out=small) + np.maximum(logits, 0))


def softplus_of(scores: npt.NDArray[Any], *, scale: float, bias: float) -> npt.NDArray[Any]:
    """softplus(scale * s + bias), in the precision of the scores; 0 for -inf."""
    kind = scores.dtype.type
    logits = scores * kind(scale) + kind(bias)
    return softplus(logits)


def sigmoid(logits: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """1 / (1 + exp(-x)), without overflow."""
    small = np.exp(-np.abs(logits))
    return np.asarray(np.where(logits >= 0, 1.0, small) / (1.0 + small))
