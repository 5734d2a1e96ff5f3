"""Which rows of which sources are views of one sample, and how that was found."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ..errors import BadInput, BadParameter, check_word, counted
from ..losses import LOSSES
from ..problem import Positives
from ..sources import Source, Strided
from ..vocabulary import LAYOUTS
from .given import Taker, lacking


@dataclass(frozen=True)
class Arrangement:
    """Which rows of which sources make up each view, before anything is read.

    Args:
        strands: One per view, equally long.
        found: How that was found.
    """

    strands: tuple[Strided, ...]
    found: Positives

    @property
    def n(self) -> int:
        """Samples."""
        return self.strands[0].n

    @property
    def d(self) -> int:
        """Dimensions."""
        return self.strands[0].d


def arrange(
    sources: Sequence[Source], views: str | None, declaration: Taker, *, alone: bool = False
) -> Arrangement:
    """Find the views.

    Args:
        sources: One file, or two (EMBEDDINGS and KEYS, or two related columns).
        views: One of `LAYOUTS`, or None to find out.
        declaration: What takes them, which may refuse to assume what nobody said.
        alone: Whether a 2-D file holds one view, unless `views` says otherwise.

    Raises:
        BadInput: The shapes do not fit together, or leave it open which rows belong together.
        BadParameter: `views` says something that these inputs contradict.
    """
    if views is not None:
        check_word("views", views, LAYOUTS, "Leave it out where the shape decides.")
    if len(sources) == 2:
        return _two(sources[0], sources[1], views)
    (source,) = sources
    if len(source.shape) == 3:
        if views is None and declaration.most_views == 2 and 2 not in source.shape[:2]:
            raise too_many(source.name, f"shape {source.shape}", declaration)
        return _few(_axis(source, views), declaration)
    if views is None and alone:
        return one_cloud(source)
    if views is None and not declaration.assumes_stacked:
        raise lacking(declaration, f"one file of shape {source.shape}, {source.name}")
    return _stack(source, views)


def one_cloud(source: Source) -> Arrangement:
    """The rows of a 2-D file."""
    check_flat(source)
    strands = (Strided(source, 0, 1, source.shape[0]),)
    return Arrangement(strands, Positives("one cloud", assumed=False, description="none, a cloud"))


def check_flat(source: Source) -> None:
    """Refuse views where rows are wanted."""
    if len(source.shape) != 2:
        raise BadInput(
            source.name,
            expected="one row per sample, shape (n, d)",
            got=f"shape {source.shape}",
            remedy="Save the views as files of their own, array[0] and array[1], and give one.",
        )


def _few(arrangement: Arrangement, declaration: Taker) -> Arrangement:
    """Refuse more views than a loss can take."""
    count, most = len(arrangement.strands), declaration.most_views
    if most is not None and count > most:
        raise too_many(arrangement.strands[0].name, f"{count} views", declaration)
    return arrangement


def too_many(name: str, got: str, declaration: Taker) -> BadInput:
    """The error for more views than a loss can take."""
    more = [kind for kind, other in LOSSES.items() if other.most_views is None]
    others = f", or use a kind that takes more: {', '.join(more)}"
    return BadInput(
        name,
        expected=f"{declaration.most_views} views for {declaration.kind}",
        got=got,
        remedy=f"Save two of them{others if declaration.kind in LOSSES else ''}.",
    )


def _two(first: Source, second: Source, views: str | None) -> Arrangement:
    """Row i of one file and row i of the other."""
    if views is not None:
        raise BadParameter(
            "views",
            expected="one file of embeddings",
            got=f"--views {views} with two files or columns",
            remedy="Two files, or two columns, are two views row by row: leave --views out.",
        )
    for source, other in ((first, second), (second, first)):
        if len(source.shape) != 2:
            raise BadInput(
                source.name,
                expected="shape (n, d) for each of two files",
                got=f"shape {source.shape}",
                remedy=_grouped(source, other) or "A file that holds both views is given alone.",
            )
    if first.shape != second.shape:
        raise BadInput(
            second.name,
            expected=f"shape {first.shape}, as {first.name} has: row i of both are one sample",
            got=f"shape {second.shape}",
            remedy=_grouped(second, first)
            or _grouped(first, second)
            or "Save the same samples in the same order, with the same model, in both.",
        )
    columns = first.name.partition("::")[0] == second.name.partition("::")[0] and "::" in first.name
    layout = "two columns" if columns else "two files"
    description = f"row i of {first.name} and row i of {second.name}"
    strands = tuple(Strided(source, 0, 1, source.shape[0]) for source in (first, second))
    return Arrangement(strands, Positives(layout, assumed=False, description=description))


def _grouped(passages: Source, queries: Source) -> str:
    """What to do about several passages for each query, a group one after the other."""
    if len(queries.shape) != 2:
        return ""
    n, d = queries.shape
    rows = passages.shape[0] if len(passages.shape) == 2 else passages.shape[0] * passages.shape[1]
    group = rows // n
    shapes = ((n * group, d), (n, group, d))
    if group < 2 or passages.shape not in shapes:
        return ""
    grouped = "array" if len(passages.shape) == 3 else f"array.reshape({n}, {group}, {d})"
    return (
        f"{group} passages for each row of {queries.name}, the positive first? Then with "
        f"p = {grouped} save p[:, 0] as KEYS, and p[:, 1:], shape ({n}, {group - 1}, {d}), as "
        f"NEGATIVES of infonce; or p[:, 1:].reshape(-1, {d}) as --bank, which all rows share."
    )


def _stack(source: Source, views: str | None) -> Arrangement:
    """Two views in one 2-D file, one after the other or row by row."""
    rows, stored = source.shape[0], source.facts.stored
    if views in ("first", "second"):
        raise BadParameter(
            "views",
            expected="stacked or interleaved for a 2-D file",
            got=f"--views {views} for shape {source.shape}",
            remedy="`first` and `second` name the axis of the views in a 3-D file.",
        )
    if rows % 2:
        raise BadInput(
            source.name,
            expected="an even number of rows, two views of each sample, "
            + (f"for --views {views}" if views else "in a 2-D file given alone"),
            got=counted(rows, "row") + (f" of shape {stored}" if stored else ""),
            remedy="Leave --views out where each row is a sample of its own; or give the "
            "positives as a second file, behind EMBEDDINGS."
            if views
            else "Give the positives as a second file, behind EMBEDDINGS.",
        )
    n = rows // 2
    if views == "interleaved":
        strands = (Strided(source, 0, 2, n), Strided(source, 1, 2, n))
        return Arrangement(strands, Positives("interleaved", False, "row 2i and row 2i + 1"))
    strands = (Strided(source, 0, 1, n), Strided(source, n, 1, n))
    description = f"row i and row i + {n} (two stacked views)"
    return Arrangement(
        strands, Positives("stacked", assumed=views is None, description=description)
    )


def _axis(source: Source, views: str | None) -> Arrangement:
    """Views on the first or the second axis of a 3-D file."""
    if views in ("stacked", "interleaved"):
        raise BadParameter(
            "views",
            expected="first or second for a 3-D file",
            got=f"--views {views} for shape {source.shape}",
            remedy="`stacked` and `interleaved` describe the rows of a 2-D file.",
        )
    axis = {"first": 0, "second": 1}[views] if views else _axis_of_two(source)
    count = source.shape[axis]
    if count < 2:
        raise BadInput(
            source.name,
            expected="at least two views",
            got=f"{count} on the {('first', 'second')[axis]} axis of shape {source.shape}",
            remedy=f"Leave --views out: an axis of length 1 holds none, and {source.shape} is read "
            f"as {source.flat().shape}.",
        )
    strands = tuple(source.strand(axis, v) for v in range(count))
    word = ("first", "second")[axis]
    description = f"the {count} views on the {word} axis of shape {source.shape}"
    return Arrangement(strands, Positives(f"views {word}", assumed=False, description=description))


def _axis_of_two(source: Source) -> int:
    """Exactly one of the first two axes is 2: that is where the views lie."""
    twos = [axis for axis in (0, 1) if source.shape[axis] == 2]
    if len(twos) == 1:
        return twos[0]
    raise BadInput(
        source.name,
        expected="exactly one of the first two axes to be 2, the views",
        got=f"shape {source.shape}",
        remedy="Say where the views lie: --views first or --views second.",
    )
