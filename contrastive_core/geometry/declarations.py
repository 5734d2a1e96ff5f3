"""Every metric of a space, declared once: what it is, whose it is, what good looks like.

From a declaration follow the lines of the table, the guide, the names that may be asked for, the
reasons why one is skipped, and the README's table. Nothing here imports NumPy.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

LOWER, HIGHER, NEITHER = "lower", "higher", "neither"
"""Which way a metric is better."""

KEYS_SUFFIX = ".keys"
"""Behind the name of a metric of one cloud, where it is that of the second file or view."""


@dataclass(frozen=True)
class Metric:
    """A number that describes a set of embeddings.

    Args:
        name: As it is typed and printed.
        meaning: What it is, in a few words.
        definition: The formula, and where the literature disagrees, whose side is taken. Names in
            braces stand for parameters.
        source: Author, year, equation.
        good: One line: what good looks like.
        better: `lower`, `higher`, or `neither`.
        needs: What must be given beside EMBEDDINGS: `views` (two views or files, or pairs),
            `keys` (two views or files), `labels`.
        parameters: The parameters that it depends on.
        sampled: Whether it is a mean that `--sample` estimates.
        whole: Why `--sample` leaves it out; empty where it does not, because it is estimated, or
            exact at no great cost.
    """

    name: str
    meaning: str
    definition: str
    source: str
    good: str
    better: str = NEITHER
    needs: str = ""
    parameters: tuple[str, ...] = ()
    sampled: bool = False
    whole: str = ""

    @property
    def of_pairs(self) -> bool:
        """Whether it relates two clouds, instead of describing one."""
        return self.needs in ("views", "keys")

    def defined(self, parameters: Mapping[str, Any]) -> str:
        """The definition with its parameters put in."""
        text = self.definition
        for name, value in parameters.items():
            text = text.replace(f"{{{name}}}", f"{value:g}")
        told = ", ".join(f"{name} = {parameters[name]:g}" for name in self.symbols)
        return f"{text}; {told}" if told else text

    @property
    def symbols(self) -> list[str]:
        """Parameters that the formula names by their symbol, and not in braces."""
        return [name for name in self.parameters if f"{{{name}}}" not in self.definition]

    def lacking(self) -> str:
        """Why it is skipped where its input is missing."""
        return {
            "views": "needs positives: a second file, --views or --pairs",
            "keys": "needs a second file or view, row by row (KEYS, or --views)",
            "labels": "needs --labels",
        }[self.needs]


_ZEROS = (
    "Centred singular values up to max(n, d) eps of the largest uncentred one count as 0 (eps of "
    "the stored type; the bound is at most 0.001, or 8 eps)"
)
_NEIGHBOUR_ORDER = "cosine, the row itself out; of tied neighbours the lower row comes first"

_ALL = (
    Metric(
        "alignment",
        "how far apart positives lie",
        "mean |z_i - z'_i|^alpha over the positive pairs of unit rows",
        "Wang & Isola 2020, eq. 2",
        "Low, well under the random level, while uniformity stays low too; 0 is perfect, and is "
        "also what a collapsed space or a copy of the file has.",
        LOWER,
        "views",
        ("alpha",),
    ),
    Metric(
        "uniformity",
        "how evenly the sphere is used",
        "log of the mean over i < j of exp(-t |z_i - z_j|^2), unit rows, every unordered pair once",
        "Wang & Isola 2020, eq. 4",
        "Low, near the random level; 0 is collapse. Trained spaces lie between: classes that "
        "cluster cost some uniformity.",
        LOWER,
        parameters=("t",),
        sampled=True,
    ),
    Metric(
        "mean_cosine",
        "mean similarity of any two rows",
        "mean z_i . z_j over i < j, unit rows",
        "Ethayarajh 2019",
        "Near 0. Towards 1 all rows share one direction (a cone): subtract the mean, or train "
        "with more negatives.",
        NEITHER,
    ),
    Metric(
        "tolerance",
        "mean similarity within a class",
        "mean z_i . z_j over pairs i < j with equal labels, all pairs pooled (Wang & Liu average "
        "over all pairs, with 0 for unequal labels)",
        "after Wang & Liu 2021",
        "High, with mean_cosine low: rows of a class are close, and classes are apart.",
        HIGHER,
        "labels",
    ),
    Metric(
        "effective_rank",
        "directions in use, by entropy",
        "exp(-sum p_k log p_k), p_k = s_k / sum s of the singular values s of the centred rows "
        f"(not of their squares). {_ZEROS}",
        "Roy & Vetterli 2007, on the centred matrix",
        "A good share of min(n - 1, d). A handful out of hundreds is dimensional collapse.",
        HIGHER,
    ),
    Metric(
        "rankme",
        "directions in use, not centred",
        "exp(-sum p_k log p_k) over k <= min(n, d), p_k = s_k / sum s + 1e-7, singular values "
        "s of the rows as stored, not centred",
        "Garrido et al. 2023, eq. 1",
        "High; of runs on the same data the higher one often transfers better. It cannot exceed "
        "min(n, d).",
        HIGHER,
    ),
    Metric(
        "participation_ratio",
        "directions in use, by variance",
        f"(sum l)^2 / sum l^2, l the eigenvalues of the covariance. {_ZEROS}",
        "Gao et al. 2017",
        "High. It counts directions of large variance, so it lies below effective_rank.",
        HIGHER,
    ),
    Metric(
        "stable_rank",
        "directions in use, against the largest",
        "|X|_F^2 / s_max^2, not centred",
        "Rudelson & Vershynin 2007",
        "High. 1 means that one direction, often the mean, holds everything.",
        HIGHER,
    ),
    Metric(
        "alpha_req",
        "how fast the spectrum decays",
        "-slope of log l_k on log k for the ranks 11 to min(100, r) of the r positive eigenvalues "
        "l of the covariance, least squares weighted by 1/k; needs r >= 20",
        "Agrawal et al. 2022; the fit is that of Stringer et al. 2019",
        "Around 1. Far above, few directions carry everything; near 0, the spectrum is flat, as "
        "noise is.",
        NEITHER,
    ),
    Metric(
        "iso_score",
        "evenness of the variance over the dimensions",
        f"(participation_ratio - 1) / (d - 1), to which the six steps of IsoScore reduce. {_ZEROS}",
        "Rudman et al. 2022",
        "From 0 (one direction) to 1 (all d alike). Language models lie low; higher is more "
        "isotropic.",
        HIGHER,
    ),
    Metric(
        "hubness",
        "whether few rows are everybody's neighbour",
        f"population skewness of N_k, in how many lists of {{neighbours}} nearest neighbours a row "
        f"is ({_NEIGHBOUR_ORDER}); n >= 12; undefined where all counts are equal",
        "Radovanović et al. 2010",
        "Under 1, near the random level. Beyond 2 a few hubs turn up in everybody's results.",
        LOWER,
        parameters=("neighbours",),
        whole="its lists of neighbours are counted over all rows",
    ),
    Metric(
        "duplicates",
        "rows that have a twin",
        "rows with another row at cosine > {duplicate_threshold}",
        "count",
        "0, or what you know of your data. Twins leak from training to test, and are false "
        "negatives.",
        LOWER,
        parameters=("duplicate_threshold",),
        whole="it is a count of rows, and no mean",
    ),
    Metric(
        "norm_mean",
        "mean length of the rows",
        "mean |x_i| of the rows as stored",
        "the usual mean",
        "1 where the model normalises. Otherwise whatever it is, but the same every night.",
        NEITHER,
    ),
    Metric(
        "norm_std",
        "spread of the lengths",
        "population standard deviation of |x_i|",
        "population standard deviation",
        "0 where the model normalises. A large spread matters wherever a dot product is taken.",
        NEITHER,
    ),
    Metric(
        "recall_at_1",
        "queries that find their key first",
        "share of rows i whose key i has rank 1 among all keys (cosine; of tied keys the lower row "
        "comes first)",
        "Faghri et al. 2018",
        "High: 1 means that every row finds its own key; 1/n is a guess.",
        HIGHER,
        "keys",
        sampled=True,
    ),
    Metric(
        "precision_at_1",
        "rows whose neighbour is of their class",
        f"share of rows whose nearest neighbour has their label ({_NEIGHBOUR_ORDER}); rows alone "
        "in their class, and rows without a label, are left out and counted",
        "Musgrave et al. 2020",
        "High: 1 means that every nearest neighbour is of the same class.",
        HIGHER,
        "labels",
        sampled=True,
    ),
    Metric(
        "r_precision",
        "share of the class among the R nearest",
        "mean over rows of the hits among the first R neighbours over R, R the other rows of the "
        f"class ({_NEIGHBOUR_ORDER}); rows left out as in precision_at_1",
        "Musgrave et al. 2020",
        "High. It sees the whole class, where precision_at_1 sees one neighbour.",
        HIGHER,
        "labels",
        sampled=True,
    ),
    Metric(
        "map_at_r",
        "the same, and early hits count more",
        "mean over rows of 1/R times the sum over i <= R of hit_i * precision@i, R the other rows "
        f"of the class ({_NEIGHBOUR_ORDER}); rows left out as in precision_at_1",
        "Musgrave et al. 2020",
        "High. The strictest of the three: 1 only if the class comes before everything else.",
        HIGHER,
        "labels",
        sampled=True,
    ),
    Metric(
        "modality_gap",
        "how far apart the two clouds lie",
        "|mean z - mean z'| of unit rows",
        "Liang et al. 2022",
        "Near 0 where both are of one kind. Image and text towers often keep a gap; a growing one "
        "hurts retrieval across them.",
        NEITHER,
        "keys",
    ),
)

METRICS = {metric.name: metric for metric in _ALL}
"""Every metric by its name, in the order of the tables."""
