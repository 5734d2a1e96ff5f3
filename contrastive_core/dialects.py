"""What each library prints for the same data, where that differs from the paper: as data."""

from __future__ import annotations

from .conventions import Dialect

_PML = "pytorch-metric-learning 2.9.0"
_ST = "sentence-transformers 6.2.0"
_TFA = "tensorflow-addons 0.23.0"
_TFS = "tensorflow-similarity 0.17.1"
_LIGHTLY = "lightly 1.6.0"
_CLIP = "open_clip 3.3.0"
_ALIGN = "align_uniform (Wang & Isola 2020, published source)"

_OF_CONTRASTIVE = (
    Dialect(
        "contrastive",
        "sentence-transformers",
        f"{_ST}, ContrastiveLoss",
        "the paper's formula on cosine distance 1 - cos, margin 0.5",
        classes={"ContrastiveLoss": ""},
        sets={"distance": "cosine", "margin": 0.5},
    ),
    Dialect(
        "contrastive",
        "tensorflow-addons",
        f"{_TFA}, ContrastiveLoss",
        "twice the paper's value: no factor 1/2",
        classes={"ContrastiveLoss": ""},
        sets={"factor": 2.0},
        fixed={"distance": ("euclidean",)},
    ),
    Dialect(
        "contrastive",
        "pytorch-metric-learning",
        f"{_PML}, ContrastiveLoss",
        "D for similar and max(0, m - D) for dissimilar pairs, not squared, of unit rows; each "
        "part averaged over its terms > 0, and the two means added (an empty part is 0)",
        classes={"ContrastiveLoss": ""},
        sets={"squared": False, "nonzero_parts": True, "normalize": True},
        fixed={"distance": ("euclidean",)},
    ),
)

_OF_TRIPLET = (
    Dialect(
        "triplet",
        "pytorch-metric-learning",
        f"{_PML}, TripletMarginLoss",
        "Euclidean distance of unit rows, margin 0.05, mean over the triplets with a loss > 0 "
        "(0 where there is none)",
        classes={"TripletMarginLoss": ""},
        sets={"distance": "euclidean", "margin": 0.05, "normalize": True, "average": "active"},
        fixed={"mining": ("all",), "soft_margin": (False,)},
    ),
    Dialect(
        "triplet",
        "sentence-transformers",
        f"{_ST}, TripletLoss and the Batch...TripletLoss family (semi-hard: from 5.4 on)",
        "Euclidean distance of rows as they are, margin 5. All triplets of labels: mean over those "
        "with a loss > 0. batch-hard: mean over all anchors, D(a,p) = 0 without a positive and "
        "D(a,n) = the row's largest distance without a negative. semi-hard: for each (a, p) the "
        "nearest negative farther than p, else the farthest; zeros kept",
        classes={
            "TripletLoss": "",
            "BatchAllTripletLoss": "",
            "BatchHardTripletLoss": "--mining batch-hard",
            "BatchHardSoftMarginTripletLoss": "--mining batch-hard --soft-margin",
            "BatchSemiHardTripletLoss": "--mining semi-hard",
        },
        sets={"distance": "euclidean", "margin": 5.0, "normalize": False, "foreign_mining": True},
        sets_with={"labels": {"nonzero_of_all": True}},
        fixed={
            "mining": ("all", "batch-hard", "semi-hard"),
            "swap": (False,),
            "average": ("active",),
        },
    ),
    Dialect(
        "triplet",
        "tensorflow-addons",
        f"{_TFA}, TripletSemiHardLoss and TripletHardLoss",
        "Euclidean distance of rows as they are, margin 1. semi-hard: for each (a, p) the nearest "
        "negative farther than p, else the farthest; zeros kept. batch-hard: as in "
        "sentence-transformers",
        classes={"TripletSemiHardLoss": "", "TripletHardLoss": "--mining batch-hard"},
        sets={
            "distance": "euclidean",
            "margin": 1.0,
            "normalize": False,
            "mining": "semi-hard",
            "foreign_mining": True,
        },
        fixed={"mining": ("semi-hard", "batch-hard"), "swap": (False,)},
        forms=("labels",),
    ),
)

_PER_PAIR = (
    "for each ordered positive pair (i, p) the denominator holds p and the negatives of i, and not "
    "its other positives; mean over these pairs"
)

_OF_NT_XENT = (
    Dialect(
        "nt-xent",
        "lightly",
        f"{_LIGHTLY}, NTXentLoss",
        "the paper's value, tau 0.5",
        classes={"NTXentLoss": ""},
        sets={"tau": 0.5},
        forms=("views", "two files", "pairs"),
    ),
    Dialect(
        "nt-xent",
        "simclr",
        "simclr (Chen et al. 2020, published source), add_contrastive_loss",
        "twice the paper's value: the losses of a sample's two views are added; tau 0.1",
        classes={"SimCLR": ""},
        sets={"factor": 2.0, "tau": 0.1, "added_views": True},
        fixed={"similarity": ("cosine",)},
        forms=("views", "two files", "pairs"),
    ),
    Dialect(
        "nt-xent",
        "tensorflow-similarity",
        f"{_TFS}, SimCLRLoss",
        "twice the paper's value: the losses of a sample's two views are added; tau 0.05",
        classes={"SimCLRLoss": ""},
        sets={"factor": 2.0, "tau": 0.05, "added_views": True},
        fixed={"similarity": ("cosine",)},
        forms=("views", "two files", "pairs"),
    ),
    Dialect(
        "nt-xent",
        "pytorch-metric-learning",
        f"{_PML}, NTXentLoss",
        f"{_PER_PAIR}; 0 where there is no negative. In float32 its own value cannot exceed 87.3, "
        "because of a tiny number inside its log: not reproduced",
        classes={"NTXentLoss": ""},
        sets={"per_pair": True, "tau": 0.07, "zero_without_negatives": True},
    ),
    Dialect(
        "nt-xent",
        "optax",
        "optax 0.2.8, ntxent",
        _PER_PAIR,
        sets={"per_pair": True, "tau": 0.07, "zero_without_negatives": True},
        fixed={"similarity": ("cosine",)},
    ),
)

_OF_SUPCON = (
    Dialect(
        "supcon",
        "supcontrast",
        "SupContrast (Khosla et al. 2020, published source), SupConLoss",
        "tau / 0.07 times the paper's L_out, of rows as they are (the caller normalises); mean "
        "over all anchors, 0 for those without a positive",
        classes={"SupConLoss": ""},
        sets={"similarity": "dot", "tau": 0.07, "base_tau": 0.07, "lone": "zero"},
        fixed={"form": ("out",), "similarity": ("dot",)},
    ),
    Dialect(
        "supcon",
        "pytorch-metric-learning",
        f"{_PML}, SupConLoss",
        "the paper's L_out; mean over the anchors with a loss > 0; 0 where there is no negative",
        classes={"SupConLoss": ""},
        sets={"nonzero": True},
        fixed={"form": ("out",)},
    ),
)

_OF_INFONCE = (
    Dialect(
        "infonce",
        "info-nce-pytorch",
        "info-nce-pytorch 0.1.4, InfoNCE",
        "the paper's value, tau 0.1; with a bank the candidates are the positive and the bank",
        sets={"tau": 0.1},
        sets_with={"bank": {"denominator": "bank"}},
        fixed={"similarity": ("cosine",), "symmetric": (False,), "denominator": ("keys", "bank")},
        forms=("views", "two files", "pairs", "own negatives"),
    ),
    Dialect(
        "infonce",
        "sentence-transformers",
        f"{_ST}, MultipleNegativesRankingLoss",
        "the paper's value, scale 20 (tau 0.05); explicit negatives are shared: N (1 + k) "
        "candidates, those of all anchors",
        classes={
            "MNRL": "",
            "MultipleNegativesRankingLoss": "",
            "CachedMultipleNegativesRankingLoss": "",
        },
        sets={"tau": 0.05, "pooled": True, "denominator": "keys"},
        fixed={"denominator": ("keys",), "symmetric": (False,)},
        without=("bank",),
        forms=("views", "two files", "pairs", "own negatives"),
    ),
    Dialect(
        "infonce",
        "moco",
        "moco (He et al. 2020, published source)",
        "the positive and the bank are the candidates, not the other keys; tau 0.07",
        sets={"tau": 0.07, "denominator": "bank"},
        fixed={"denominator": ("bank",), "similarity": ("cosine",), "symmetric": (False,)},
        forms=("views", "two files", "pairs"),
        needs="bank",
    ),
    Dialect(
        "infonce",
        "lightly",
        f"{_LIGHTLY}, NTXentLoss with a memory bank",
        "the positive and the bank are the candidates, anchors of the first view only; tau 0.5",
        sets={"tau": 0.5, "denominator": "bank"},
        fixed={"denominator": ("bank",), "similarity": ("cosine",), "symmetric": (False,)},
        forms=("views", "two files", "pairs"),
        needs="bank",
    ),
    Dialect(
        "infonce",
        "tensorflow-similarity",
        f"{_TFS}, MultiNegativesRankLoss",
        "-20 s_ii + log(1 + sum_j exp(20 s_ij)): a 1 more in the denominator; of rows as they are",
        classes={"MultiNegativesRankLoss": ""},
        sets={"similarity": "dot", "tau": 0.05, "plus_one": True},
        fixed={"similarity": ("dot",), "denominator": ("keys",), "symmetric": (False,)},
        without=("bank",),
        forms=("views", "two files", "pairs"),
    ),
)

DIALECTS = (
    *_OF_CONTRASTIVE,
    *_OF_TRIPLET,
    *_OF_NT_XENT,
    *_OF_SUPCON,
    *_OF_INFONCE,
    Dialect(
        "clip",
        "open_clip",
        f"{_CLIP}, ClipLoss",
        "the paper's value, of rows as they are: its model normalises, its loss does not",
        classes={"ClipLoss": ""},
        sets={"similarity": "dot"},
        fixed={"similarity": ("dot",)},
        forms=("views", "two files", "pairs"),
    ),
    Dialect(
        "siglip",
        "open_clip",
        f"{_CLIP}, SigLipLoss",
        "the paper's value, of rows as they are: its model normalises, its loss does not",
        classes={"SigLipLoss": ""},
        sets={"similarity": "dot"},
        fixed={"similarity": ("dot",)},
        forms=("views", "two files", "pairs"),
    ),
    Dialect(
        "dcl",
        "lightly",
        f"{_LIGHTLY}, DCLLoss",
        "the paper's value, tau 0.1",
        classes={"DCLLoss": ""},
        sets={"tau": 0.1},
        fixed={"similarity": ("cosine",)},
        forms=("views", "two files", "pairs"),
    ),
    Dialect(
        "alignment",
        "align_uniform",
        f"{_ALIGN}, align_loss",
        "the paper's value, of rows as they are: the caller normalises",
        classes={"align_loss": ""},
        sets={"unit": False},
    ),
    Dialect(
        "uniformity",
        "align_uniform",
        f"{_ALIGN}, uniform_loss",
        "the paper's value, of rows as they are: the caller normalises",
        classes={"uniform_loss": ""},
        sets={"unit": False},
    ),
    Dialect(
        "align-uniform",
        "align_uniform",
        f"{_ALIGN}, align_loss + uniform_loss",
        "the sum with weight 1, of rows as they are: the caller normalises",
        sets={"unit": False, "weight": 1.0},
    ),
    Dialect(
        "align-uniform",
        "lightly",
        f"{_LIGHTLY}, HypersphereLoss",
        "the sum with weight 1, t_u 1",
        classes={"HypersphereLoss": ""},
        sets={"t": 1.0, "weight": 1.0},
    ),
)
"""All conventions beside the papers' own."""


def dialects_of(kind: str) -> dict[str, Dialect]:
    """Name to dialect of a kind, in the order of declaration."""
    return {dialect.name: dialect for dialect in DIALECTS if dialect.kind == kind}
