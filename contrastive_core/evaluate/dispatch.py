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
from ..problem import Classified, Labelled, Noised, PairList, Problem, Scored, TripletList, Views
from .classes import evaluate_classes
from .contests import evaluate_contests
from .noise import evaluate_noise
from .pairs import evaluate_all_pairs, evaluate_pairs
from .ready import evaluate_ready
from .sphere import evaluate_align_uniform, evaluate_alignment, evaluate_uniformity
from .triplets import evaluate_triplets, evaluate_triplets_of_labels
from .work import Work


def evaluate(loss: Loss, problem: Problem, work: Work) -> Evaluation:
    """The loss of every sample."""
    match loss, problem:
        case NCE(), Noised():
            return evaluate_noise(loss, problem, work)
        case SupCon() | NTXent(), Labelled():
            return evaluate_classes(loss, problem, work)
        case SupCon() | NTXent(), Views() if loss.by_class(problem.count):
            return evaluate_classes(loss, problem.as_classes, work)
        case PerAnchor(), Views() | Classified():
            return evaluate_contests(loss, problem, work)
        case PerAnchor(), Scored():
            return evaluate_ready(loss, problem, work)
        case Alignment(), Views():
            return evaluate_alignment(loss, problem)
        case Uniformity(), Views():
            return evaluate_uniformity(loss, problem, work)
        case AlignUniform(), Views():
            return evaluate_align_uniform(loss, problem, work)
        case Contrastive(), PairList():
            return evaluate_pairs(loss, problem)
        case Contrastive(), Labelled():
            return evaluate_all_pairs(loss, problem, work)
        case Triplet(), TripletList():
            return evaluate_triplets(loss, problem)
        case Triplet(), Labelled():
            return evaluate_triplets_of_labels(loss, problem, work)
        case _:
            raise TypeError(f"{loss.kind} is not defined on {type(problem).__name__}")
