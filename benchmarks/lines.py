"""The lines of the table: who is compared with whom on what, and which goals stand."""

from __future__ import annotations

from . import dense, kernels, ours, peers
from .data import CLASSES
from .declarations import Contestant, Goal, Line
from .outcomes import Prepare

TAU, TAU_OF_CLASSES, SMALL_TAU = 0.5, 0.1, 0.01

LARGE = 131072
"""Rows of the line of memory."""

_PRODUCT = Contestant("product", ours.product, compared=False)


def _ours(name: str, prepare: Prepare, *, compared: bool = True) -> Contestant:
    return Contestant(name, prepare, compared=compared, ours=True)


def _textbook(prepare: Prepare) -> Contestant:
    return Contestant(dense.NAME, prepare, most=dense.MOST)


_NT_XENT = _ours("ours", ours.of_views("nt-xent", tau=TAU))

_SPEED = Line(
    "nt-xent",
    "NT-Xent of two views, the loss of every sample",
    (
        _PRODUCT,
        _NT_XENT,
        _textbook(dense.nt_xent(TAU)),
        Contestant("torch", peers.torch_nt_xent(TAU), ("torch",)),
        Contestant(
            "pytorch-metric-learning",
            peers.pml_nt_xent(TAU),
            ("torch", "pytorch_metric_learning"),
        ),
        Contestant("lightly", peers.lightly_nt_xent(TAU), ("torch", "lightly")),
        Contestant("optax", peers.optax_nt_xent(TAU), ("jax", "optax")),
    ),
    (
        Goal("ratio", "ours", "product", most=0.65, d=128),
        Goal("ratio", "ours", "product", most=0.65, d=768),
        Goal("ratio", "torch", "ours", least=5.0, d=128),
    ),
    sizes=None,
    dims=(128, 768),
)

_UNIFORMITY = Line(
    "uniformity",
    "uniformity of one cloud",
    (
        _PRODUCT,
        _ours("ours", ours.of_cloud("uniformity")),
        _textbook(dense.uniformity),
        Contestant("torch.pdist", peers.torch_uniformity, ("torch",)),
    ),
    (
        Goal("ratio", "ours", "product", most=0.65, d=128),
        Goal("ratio", "ours", "product", most=0.65, d=768),
        Goal("ratio", "torch.pdist", "ours", least=7.0, d=128),
        Goal("ratio", "torch.pdist", "ours", least=7.0, d=768),
    ),
    sizes=None,
    dims=(128, 768),
)

_INFONCE = Line(
    "infonce",
    "InfoNCE of two files of N rows each, both directions in one pass",
    (
        _PRODUCT,
        _ours("ours", ours.of_files("infonce", tau=TAU, symmetric=True)),
        _textbook(dense.both_ways(TAU)),
        Contestant("torch", peers.torch_both_ways(TAU), ("torch",)),
    ),
    (Goal("ratio", "ours", "product", most=1.25, d=128),),
    sizes=None,
)

_SUPCON = Line(
    "supcon",
    f"SupCon, {CLASSES} classes",
    (
        _PRODUCT,
        _ours("ours", ours.of_labels("supcon", tau=TAU_OF_CLASSES)),
        _ours("nt-xent", ours.of_views("nt-xent", tau=TAU), compared=False),
        _textbook(dense.supcon(TAU_OF_CLASSES)),
        Contestant("torch", peers.torch_supcon(TAU_OF_CLASSES), ("torch",)),
        Contestant(
            "pytorch-metric-learning",
            peers.pml_supcon(TAU_OF_CLASSES),
            ("torch", "pytorch_metric_learning"),
        ),
    ),
    (Goal("ratio", "ours", "nt-xent", most=1.1, d=128),),
    sizes=None,
)

_TRIPLETS = Line(
    "triplets",
    f"all triplets of {CLASSES} classes: exact sum and the three counts",
    (
        _PRODUCT,
        _ours("ours", ours.counted),
        _textbook(dense.triplets(peers.MARGIN)),
        Contestant(
            "pytorch-metric-learning", peers.pml_triplets, ("torch", "pytorch_metric_learning")
        ),
        Contestant(
            "sentence-transformers",
            peers.batch_all,
            ("torch", "sentence_transformers"),
            within=1e-4,  # the active ones are counted in float32
        ),
    ),
    (Goal("ratio", "ours", "product", most=5.0, d=384),),
    sizes=None,
    dims=(384,),
    first=256,
)

_PER_SAMPLE = Line(
    "per-sample",
    "NT-Xent: rank and hardest negative of every sample; the whole call of the library",
    (
        _NT_XENT,
        _ours("rank and hardest", ours.of_views("nt-xent", tau=TAU, standings=True)),
        _ours("loss()", ours.whole_call("nt-xent", per_sample=False)),
        _ours("loss(per_sample=True)", ours.whole_call("nt-xent", per_sample=True)),
    ),
    (Goal("ratio", "rank and hardest", "ours", most=2.5, d=128),),
)

_METRICS = Line(
    "metrics",
    f"all metrics of one cloud, {CLASSES} classes, over uniformity alone",
    (
        _ours("uniformity", ours.uniformity_of_clusters),
        _ours("all metrics", ours.measured),
    ),
)

_KINDS = Line(
    "kinds",
    "other losses, and a small temperature, beside the product of N rows (N/2 pairs are a quarter "
    "of its scores; align-uniform and contrastive are in float64)",
    (
        _PRODUCT,
        _ours("nt-xent", ours.of_views("nt-xent", tau=TAU), compared=False),
        _ours("nt-xent, tau 0.01", ours.of_views("nt-xent", tau=SMALL_TAU), compared=False),
        _ours("dcl", ours.of_views("dcl", tau=TAU), compared=False),
        _ours("clip, N/2 pairs", ours.of_views("clip", tau=TAU), compared=False),
        _ours("nce, N/2 pairs", ours.of_views("nce", tau=TAU, expected=True), compared=False),
        _ours("infonce, N/2 keys", ours.of_views("infonce", tau=TAU), compared=False),
        _ours("siglip, N/2 pairs", ours.of_views("siglip"), compared=False),
        _ours("align-uniform, N/2 pairs", ours.of_views("align-uniform"), compared=False),
        _ours(f"contrastive, {CLASSES} classes", ours.of_labels("contrastive"), compared=False),
    ),
)

_MEMORY = Line(
    "memory",
    "NT-Xent of a saved file within the default --memory; the cost of twice the rows",
    (
        _ours("ours", ours.from_file("nt-xent")),
        _ours("half", ours.from_file("nt-xent", share=2), compared=False),
        _textbook(dense.nt_xent(ours.FILE_TAU)),
    ),
    (
        Goal("beyond", "ours", most=150.0, n=LARGE),
        Goal("ratio", "ours", "half", least=3.7, most=4.3, n=LARGE),
    ),
    sizes=(LARGE,),
)

_THREADS = Line(
    "threads",
    "NT-Xent on one thread and more",
    (
        *(
            _ours(name, ours.of_views("nt-xent", tau=TAU, threads=threads))
            for name, threads in (("one thread", 1), ("two threads", 2), ("five threads", 5))
        ),
        Contestant("product, one thread", ours.product_of(1), compared=False),
        Contestant("product, two threads", ours.product_of(2), compared=False),
    ),
    (
        Goal("ratio", "one thread", "two threads", least=1.8, d=128),
        Goal("equal", "one thread", "two threads", n=None),
        Goal("equal", "one thread", "five threads", n=None),
    ),
)

_KERNELS = Line(
    "kernels",
    "product, exponentials and sums of half of the table, tile by tile, in NumPy and compiled",
    (
        _PRODUCT,
        _ours("NumPy", kernels.kernel(kernels.numpy_whole)),
        Contestant("torch", kernels.kernel(kernels.torch_whole), ("torch",)),
        Contestant("JAX", kernels.kernel(kernels.jax_whole), ("jax",)),
        _ours(
            "NumPy, exp",
            kernels.kernel(kernels.numpy_exponentials, valued=False),
            compared=False,
        ),
        Contestant(
            "torch, exp",
            kernels.kernel(kernels.torch_exponentials, valued=False),
            ("torch",),
            compared=False,
        ),
    ),
)

_COMMAND = "from contrast_cli.__main__ import main; main()"
"""What the installed command does."""

_START = Line(
    "start",
    "from nothing to the help, and from 1,000 saved rows to a printed table",
    (
        Contestant("import click", command=("-c", "import click")),
        Contestant(
            "contrast --help",
            command=("-c", _COMMAND, "--help"),
            ours=True,
        ),
        Contestant("import numpy, rich.table", command=("-c", "import numpy, rich.table")),
        Contestant(
            "1,000 rows",
            command=(
                "-c",
                _COMMAND,
                *("loss", "--kind", "nt-xent", "{file}"),
            ),
            ours=True,
        ),
    ),
    (
        Goal("ratio", "contrast --help", "import click", most=2.5, n=None),
        Goal("difference", "1,000 rows", "import numpy, rich.table", most=0.6, n=None),
    ),
    sizes=(1000,),
    fixed=True,
)

LINES = {
    line.name: line
    for line in (
        _SPEED,
        _UNIFORMITY,
        _INFONCE,
        _SUPCON,
        _TRIPLETS,
        _PER_SAMPLE,
        _METRICS,
        _KINDS,
        _MEMORY,
        _THREADS,
        _KERNELS,
        _START,
    )
}
"""By name, in the order of the table."""
