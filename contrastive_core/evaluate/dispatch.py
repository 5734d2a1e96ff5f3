"""Which family of losses meets which problem, and where that is computed."""

from __future__ import annotations

from ..evaluation import Evaluation
from ..losses import (
    NCE,
    Alignment,
    AlignUniform,
    Contrastive,
    Loss,
    NTXent,
    PerAnchor,
    SupCon,
    Triplet,
    Uniformity,
)
from ..plan import Asking
from ..problem import Classified, Labelled, Noised, PairList, Problem, Scored, TripletList, Views
from .classes import evaluate_classes
from .contests import evaluate_contests
from .noise import evaluate_noise
from .pairs import evaluate_all_pairs, evaluate_pairs
from .ready import evaluate_ready
from .sphere import evaluate_align_uniform, evaluate_alignment, evaluate_uniformity
from .triplets import evaluate_triplets, evaluate_triplets_of_labels


def evaluate(loss: Loss, problem: Problem, *, standings: bool = False) -> Asking[Evaluation]:
    """The loss of every sample.

    Args:
        loss: The loss.
        problem: Who is whose positive.
        standings: Whether rank and hardest negative of every sample are wanted, which cost more
            than the loss itself.
    """
    match loss, problem:
        case NCE(), Noised():
            return (yield from evaluate_noise(loss, problem, standings=standings))
        case SupCon() | NTXent(), Labelled():
            return (yield from evaluate_classes(loss, problem, standings=standings))
        case SupCon() | NTXent(), Views() if loss.by_class(problem.count):
            return (yield from evaluate_classes(loss, problem.as_classes, standings=standings))
        case PerAnchor(), Views() | Classified():
            return (yield from evaluate_contests(loss, problem, standings=standings))
        case PerAnchor(), Scored():
            return (yield from evaluate_ready(loss, problem, standings=standings))
        case Alignment(), Views():
            return evaluate_alignment(loss, problem)
        case Uniformity(), Views():
            return (yield from evaluate_uniformity(loss, problem))
        case AlignUniform(), Views():
            return (yield from evaluate_align_uniform(loss, problem))
        case Contrastive(), PairList():
            return evaluate_pairs(loss, problem)
        case Contrastive(), Labelled():
            return (yield from evaluate_all_pairs(loss, problem))
        case Triplet(), TripletList():
            return evaluate_triplets(loss, problem)
        case Triplet(), Labelled():
            return (yield from evaluate_triplets_of_labels(loss, problem))
        case _:
            raise TypeError(f"{loss.kind} is not defined on {type(problem).__name__}")
