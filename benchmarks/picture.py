"""Time and memory over N, drawn from the results.

`python -m benchmarks.picture [IN.json [OUT.svg]]`, of the README's picture without arguments.

Plain SVG, the same bytes for the same results; colours follow the reader's light or dark mode.
"""

from __future__ import annotations

import argparse
import math
import statistics
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from xml.sax.saxutils import escape

from contrastive_core.whole_files import write_whole

from .dense import NAME as CHECK
from .results import Cell, read

_ROOT = Path(__file__).resolve().parent.parent

WIDTH, HEIGHT = 860, 400
_LEFT, _TOP, _PANEL_WIDTH, _PANEL_HEIGHT, _GAP = 64, 40, 330, 270, 72

_STYLE = """
text { font: 12px system-ui, sans-serif; fill: #24292f; }
.title { font-weight: 600; }
.axis { stroke: #57606a; fill: none; }
.grid { stroke: #d0d7de; }
.series { fill: none; stroke-width: 2; }
.ours { stroke-width: 3.5; }
.floor { stroke-dasharray: 5 4; }
.s0 { stroke: #0969da; } .s1 { stroke: #6e7781; } .s2 { stroke: #bc4c00; } .s3 { stroke: #1a7f37; }
.s4 { stroke: #8250df; } .s5 { stroke: #bf3989; }
@media (prefers-color-scheme: dark) {
text { fill: #e6edf3; }
.axis { stroke: #8d96a0; }
.grid { stroke: #30363d; }
.s0 { stroke: #58a6ff; } .s1 { stroke: #9198a1; } .s2 { stroke: #f0883e; } .s3 { stroke: #3fb950; }
.s4 { stroke: #bc8cff; } .s5 { stroke: #f778ba; }
}
""".strip()

_COLOURS = 6


@dataclass(frozen=True)
class Series:
    """One contestant.

    Args:
        name: As in the legend.
        style: Classes of its line.
        points: (N, value), N ascending.
        stopped: N at which it stopped, and why; None where it did not.
    """

    name: str
    style: str
    points: tuple[tuple[float, float], ...]
    stopped: tuple[int, str] | None


@dataclass(frozen=True)
class Panel:
    """One pair of axes, both logarithmic.

    Args:
        title: Above it.
        left: Where its left edge is.
        series: What is drawn.
        tick: Words of a power of ten on the vertical axis.
    """

    title: str
    left: int
    series: tuple[Series, ...]
    tick: Callable[[float], str]

    def __post_init__(self) -> None:
        """Something must be drawn."""
        if not any(series.points for series in self.series):
            raise ValueError("no results with times to draw")

    @property
    def across(self) -> tuple[float, float]:
        """Range of log2 N, places of a stop included."""
        sizes = [n for series in self.series for n, _ in series.points]
        sizes += [series.stopped[0] for series in self.series if series.stopped]
        return math.log2(min(sizes)) - 0.2, math.log2(max(sizes)) + 0.2

    @property
    def up(self) -> tuple[int, int]:
        """Range of log10 of the values, whole powers."""
        values = [value for series in self.series for _, value in series.points]
        low, high = math.log10(min(values)), math.log10(max(values))
        return math.floor(low), max(math.ceil(high), math.floor(low) + 1)

    def x(self, n: float) -> float:
        """Where N is."""
        low, high = self.across
        return self.left + (math.log2(n) - low) / (high - low) * _PANEL_WIDTH

    def y(self, value: float) -> float:
        """Where a value is."""
        low, high = self.up
        return _TOP + (high - math.log10(value)) / (high - low) * _PANEL_HEIGHT

    def draw(self) -> Iterator[str]:
        """Its elements."""
        bottom, right = _TOP + _PANEL_HEIGHT, self.left + _PANEL_WIDTH
        yield f'<text class="title" x="{self.left}" y="{_TOP - 14}">{escape(self.title)}</text>'
        for power in range(self.up[0], self.up[1] + 1):
            at = self.y(10.0**power)
            yield f'<path class="grid" d="M{self.left} {at:.1f}H{right}"/>'
            words = escape(self.tick(10.0**power))
            yield f'<text x="{self.left - 6}" y="{at + 4:.1f}" text-anchor="end">{words}</text>'
        powers = range(math.ceil(self.across[0]), math.floor(self.across[1]) + 1)
        for power in powers[:: 1 + len(powers) // 8]:
            at = self.x(2.0**power)
            words = f"{2**power:,}" if power < 10 else f"{2 ** (power - 10)}k"
            yield f'<path class="axis" d="M{at:.1f} {bottom}v4"/>'
            yield f'<text x="{at:.1f}" y="{bottom + 18}" text-anchor="middle">{words}</text>'
        yield f'<path class="axis" d="M{self.left} {_TOP}V{bottom}H{right}"/>'
        for series in self.series:
            yield from self._line(series)

    def _line(self, series: Series) -> Iterator[str]:
        """A contestant's line, dots, and the cross where it stopped."""
        places = [(self.x(n), self.y(value)) for n, value in series.points]
        mark = series.style.removesuffix(" floor")  # dots and crosses are never dashed
        path = "L".join(f"{x:.1f} {y:.1f}" for x, y in places)
        name = escape(series.name)
        if places:
            yield f'<path class="series {series.style}" d="M{path}"><title>{name}</title></path>'
        for x, y in places:
            yield f'<circle class="series {mark}" cx="{x:.1f}" cy="{y:.1f}" r="2"/>'
        if series.stopped:
            n, why = series.stopped
            x, y = self.x(n), max(_TOP + 6.0, places[-1][1] - 24 if places else 0.0)
            words = escape(f"{series.name}: {why} at {n:,}")
            cross = f"M{x - 5:.1f} {y - 5:.1f}l10 10m0 -10l-10 10"
            yield f'<path class="series {mark}" d="{cross}"><title>{words}</title></path>'


def picture(cells: Sequence[Cell], line: str, d: int, title: str) -> str:
    """The SVG of a line at some dimensions.

    Args:
        cells: Results.
        line: Which line.
        d: Which dimensions.
        title: Of the whole.

    Raises:
        ValueError: There is nothing to draw.
    """
    chosen = [c for c in cells if (c.line, c.d) == (line, d) and c.contestant != CHECK]
    times = Panel(
        f"{title}: median time of a call",
        _LEFT,
        _series(chosen, lambda cell: statistics.median(cell.seconds)),
        _seconds,
    )
    left = _LEFT + _PANEL_WIDTH + _GAP
    peaks = Panel(
        "peak memory beyond the data",
        left,
        _series([cell for cell in chosen if cell.peak or cell.stopped], lambda c: max(c.peak, 1e6)),
        _bytes,
    )
    body = [*times.draw(), *peaks.draw(), *_legend(times.series)]
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" '
        f'aria-label="{escape(title)}: time and memory over the number of rows">'
    )
    return "\n".join([head, f"<style>\n{_STYLE}\n</style>", *body, "</svg>"]) + "\n"


def _series(cells: Sequence[Cell], value: Callable[[Cell], float]) -> tuple[Series, ...]:
    names = dict.fromkeys(cell.contestant for cell in cells)
    ordered = sorted(names, key=lambda name: not any(c.ours for c in cells if c.contestant == name))
    return tuple(
        _one(name, place, [cell for cell in cells if cell.contestant == name], value)
        for place, name in enumerate(ordered)
    )


def _one(name: str, place: int, cells: list[Cell], value: Callable[[Cell], float]) -> Series:
    cells = sorted(cells, key=lambda cell: cell.n)
    extra = " ours" if any(cell.ours for cell in cells) else ""
    extra = " floor" if name == "product" else extra
    stops = [(cell.n, cell.stopped) for cell in cells if cell.stopped]
    points = tuple((cell.n, value(cell)) for cell in cells if cell.seconds)
    return Series(name, f"s{place % _COLOURS}{extra}", points, stops[0] if stops else None)


def _legend(series: Sequence[Series]) -> Iterator[str]:
    """Names under both panels, four in a row; a cross says where who stopped."""
    for place, each in enumerate(series):
        x, y = _LEFT + 195 * (place % 4), _TOP + _PANEL_HEIGHT + 46 + 20 * (place // 4)
        name = f"{each.name} (floor)" if each.name == "product" else each.name
        yield f'<path class="series {each.style}" d="M{x} {y - 4}h22"/>'
        yield f'<text x="{x + 28}" y="{y}">{escape(name)}</text>'
    words = "N, rows. A cross: out of memory, or too slow, at that N."
    yield f'<text x="{_LEFT}" y="{HEIGHT - 4}">{words}</text>'


def _seconds(value: float) -> str:
    return f"{value:g} s" if value >= 1 else f"{value * 1e3:g} ms"


def _bytes(value: float) -> str:
    return f"{value / 1e9:g} GB" if value >= 1e9 else f"{value / 1e6:g} MB"


def main() -> None:
    """Draw."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.picture", description=__doc__)
    parser.add_argument("results", type=Path, nargs="?", default=_ROOT / "benchmarks/results.json")
    parser.add_argument("picture", type=Path, nargs="?", help="default: docs/LINE.svg")
    parser.add_argument("--line", default="nt-xent")
    parser.add_argument("-d", type=int, default=128)
    asked = parser.parse_args()
    title = f"{asked.line}, d = {asked.d}"
    try:
        drawn = picture(read(asked.results).cells, asked.line, asked.d, title)
    except (OSError, ValueError, TypeError, KeyError) as error:
        parser.error(f"{asked.results}: {error}")
    write_whole(asked.picture or _ROOT / "docs" / f"{asked.line}.svg", drawn)


if __name__ == "__main__":
    main()
