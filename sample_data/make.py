"""Makes the sample embeddings in this folder: three encoders of one shape, two views of each image.

The images are the 8x8 digits that come with scikit-learn. One encoder is trained with NT-Xent,
one is left untrained and one is trained on alignment alone until it collapses; all three start
from the same weights and embed the same augmented views of the same held-out images.

    pip install 'contrastive-core[sample]'
    python sample_data/make.py [--out DIR]

What it writes, with n test images and d dimensions:

    emb.npy        float32 (2, n, d)  both views, trained with NT-Xent
    untrained.npy  float32 (2, n, d)  both views, before any training
    collapsed.npy  float32 (2, n, d)  both views, trained on alignment alone
    labels.npy     int64   (n,)       the digit in each test image
    emb.parquet    z1, z2, label      emb.npy and labels.npy again, as columns
    pairs.npy      int64   (p, 3)     pairs of images (i, j, y), y = 1 where the digits are equal
    prototypes.npy float32 (10, d)    a class vector for each digit: the mean direction of its z1

Every embedding is a unit vector. A second run on one machine gives the same bytes; another
processor or another release of torch may differ in the last digits.
"""

import argparse
import copy
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import torch
from numpy.typing import NDArray
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split
from torch import Tensor, nn
from torch.nn import functional

Loss = Callable[[Tensor, Tensor], Tensor]

SEED = 0
VIEW_SEED = 1
TEST_IMAGES = 512
HIDDEN = 256
DIMENSIONS = 32

MAX_SHIFT = 0.75  # pixels, out of 8
MAX_TURN = 10.0  # degrees
INTENSITY = (0.7, 1.3)
NOISE = 0.05  # standard deviation; a pixel is between 0 and 1

TEMPERATURE = 0.3
BATCH = 256
LEARNING_RATE = 3e-3
WEIGHT_DECAY = 0.5
NT_XENT_EPOCHS = 300
ALIGNMENT_EPOCHS = 1000  # 300 would leave cosines 2e-6 below 1, these leave 4e-10

ROW_GROUP = 128


class Digits(NamedTuple):
    """Images to train on, (m, 1, 8, 8), and images held out, (n, 1, 8, 8), with their digits."""

    train: Tensor
    test: Tensor
    test_labels: NDArray[np.int64]


def new_encoder() -> nn.Sequential:
    """A perceptron with one hidden layer, from an image to a vector of any length."""
    torch.manual_seed(SEED)
    return nn.Sequential(
        nn.Flatten(), nn.Linear(64, HIDDEN), nn.ReLU(), nn.Linear(HIDDEN, DIMENSIONS)
    )


def embeddings(encoder: nn.Sequential, images: Tensor) -> Tensor:
    """One unit vector for each image."""
    return functional.normalize(encoder(images), dim=1)


def uniform(n: int, low: float, high: float, generator: torch.Generator) -> Tensor:
    """Draw n numbers between low and high."""
    return low + (high - low) * torch.rand(n, generator=generator)


def random_placement(n: int, generator: torch.Generator) -> Tensor:
    """Draw n affine maps, (n, 2, 3): a small turn about the centre with a small shift."""
    turn = torch.deg2rad(uniform(n, -MAX_TURN, MAX_TURN, generator))
    reach = MAX_SHIFT / 4  # affine_grid's coordinates span 2 over the 8 pixels
    x, y = (uniform(n, -reach, reach, generator) for _ in range(2))
    cos, sin = turn.cos(), turn.sin()
    return torch.stack([cos, -sin, x, sin, cos, y], dim=1).view(n, 2, 3)


def augment(images: Tensor, generator: torch.Generator) -> Tensor:
    """A random view of each image: moved, turned, made fainter or stronger, and noisy."""
    n = len(images)
    grid = functional.affine_grid(
        random_placement(n, generator), list(images.shape), align_corners=False
    )
    moved = functional.grid_sample(images, grid, align_corners=False)
    intensity = uniform(n, *INTENSITY, generator).view(n, 1, 1, 1)
    return intensity * moved + NOISE * torch.randn(images.shape, generator=generator)


def nt_xent(z1: Tensor, z2: Tensor) -> Tensor:
    """NT-Xent, equation 1 of Chen et al. (2020), averaged over all 2n views."""
    n = len(z1)
    z = torch.cat([z1, z2])
    similarity = z @ z.T / TEMPERATURE
    similarity = similarity.masked_fill(torch.eye(2 * n, dtype=torch.bool), -torch.inf)
    partner = torch.arange(2 * n).roll(n)
    return functional.cross_entropy(similarity, partner)


def alignment(z1: Tensor, z2: Tensor) -> Tensor:
    """The mean squared distance between two views, which a constant encoder brings to zero."""
    return (z1 - z2).square().sum(dim=1).mean()


def optimiser_of(encoder: nn.Sequential) -> torch.optim.Optimizer:
    """AdamW that decays the weight matrices and leaves the biases alone, as is customary."""
    weights = [p for p in encoder.parameters() if p.ndim > 1]
    biases = [p for p in encoder.parameters() if p.ndim == 1]
    groups = [
        {"params": weights, "weight_decay": WEIGHT_DECAY},
        {"params": biases, "weight_decay": 0.0},
    ]
    return torch.optim.AdamW(groups, lr=LEARNING_RATE)


def two_views(images: Tensor, generator: torch.Generator) -> tuple[Tensor, Tensor]:
    """Two independent random views of each image."""
    return augment(images, generator), augment(images, generator)


def trained(start: nn.Sequential, images: Tensor, loss: Loss, epochs: int) -> nn.Sequential:
    """A copy of start, trained on two fresh views of every image in each epoch."""
    encoder = copy.deepcopy(start)
    optimiser = optimiser_of(encoder)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimiser, epochs)
    generator = torch.Generator().manual_seed(SEED)
    for _ in range(epochs):
        for batch in torch.split(torch.randperm(len(images), generator=generator), BATCH):
            view1, view2 = two_views(images[batch], generator)
            optimiser.zero_grad()
            torch.autograd.backward(loss(embeddings(encoder, view1), embeddings(encoder, view2)))
            optimiser.step()
        schedule.step()
    return encoder


def split_digits() -> Digits:
    """The same share of every digit in both parts, with pixels between 0 and 1."""
    digits = load_digits()
    images = (digits.images / 16).astype(np.float32)[:, np.newaxis]
    train, test, _, test_labels = train_test_split(
        images, digits.target, test_size=TEST_IMAGES, stratify=digits.target, random_state=SEED
    )
    labels = test_labels.astype(np.int64)
    return Digits(torch.from_numpy(train), torch.from_numpy(test), labels)


def embedded(encoder: nn.Sequential, views: tuple[Tensor, Tensor]) -> NDArray[np.float32]:
    """Both views of each image as one array, (2, n, d)."""
    with torch.no_grad():
        rows: NDArray[np.float32] = torch.stack([embeddings(encoder, v) for v in views]).numpy()
    return rows


def vector_column(rows: NDArray[np.float32]) -> pa.FixedSizeListArray:
    """One list of d numbers for each row of (n, d)."""
    return pa.FixedSizeListArray.from_arrays(pa.array(rows.ravel()), rows.shape[1])


def write_parquet(path: Path, views: NDArray[np.float32], labels: NDArray[np.int64]) -> None:
    """Write (2, n, d) as the vector columns z1 and z2, with the labels as a third column."""
    z1, z2 = (vector_column(rows) for rows in views)
    table = pa.table({"z1": z1, "z2": z2, "label": labels})
    # Hardly two coordinates are equal, so a dictionary of them would only add to the file.
    pq.write_table(
        table, path, row_group_size=ROW_GROUP, compression="zstd", use_dictionary=["label"]
    )


def write_related(out: Path, z1: NDArray[np.float32], labels: NDArray[np.int64]) -> None:
    """Write what relates the rows of one view: random pairs, half of them similar, and classes."""
    generator = np.random.default_rng(SEED)
    n = len(labels)
    first = generator.integers(n, size=n)
    second = generator.integers(n, size=n)
    for pair in range(0, n, 2):
        mates = np.flatnonzero(labels == labels[first[pair]])
        second[pair] = generator.choice(mates)
    kept = first != second
    similar = labels[first] == labels[second]
    np.save(out / "pairs.npy", np.stack([first, second, similar], axis=1)[kept])
    means = np.stack([z1[labels == digit].mean(axis=0) for digit in range(10)])
    np.save(out / "prototypes.npy", means / np.linalg.norm(means, axis=1, keepdims=True))


def write_samples(out: Path) -> None:
    """Train the encoders, embed the held-out views and write every file into out."""
    digits = split_digits()
    views = two_views(digits.test, torch.Generator().manual_seed(VIEW_SEED))
    start = new_encoder()
    contrasted = trained(start, digits.train, nt_xent, NT_XENT_EPOCHS)
    collapsed = trained(start, digits.train, alignment, ALIGNMENT_EPOCHS)

    out.mkdir(parents=True, exist_ok=True)
    for name, encoder in [("emb", contrasted), ("untrained", start), ("collapsed", collapsed)]:
        np.save(out / f"{name}.npy", embedded(encoder, views))
    np.save(out / "labels.npy", digits.test_labels)
    write_parquet(out / "emb.parquet", embedded(contrasted, views), digits.test_labels)
    write_related(out, embedded(contrasted, views)[0], digits.test_labels)


def main() -> None:
    """Read the command line and write the files."""
    parser = argparse.ArgumentParser(description="Make the sample embeddings.")
    parser.add_argument(
        "--out", type=Path, default=Path(__file__).parent, help="default: this script's folder"
    )
    out: Path = parser.parse_args().out
    # Sums split over threads round differently from one thread count to another.
    torch.set_num_threads(1)
    torch.use_deterministic_algorithms(True)
    write_samples(out)


if __name__ == "__main__":
    main()
