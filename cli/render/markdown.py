"""A console that writes GitHub-flavoured Markdown: what is printed for people, as a page.

Tables are pipe tables with numbers to the right, bold lines are headings, and figures made of
characters stand in fences. So the page says what the table output says, and never lags behind it.
"""

from __future__ import annotations

import io
import re
from typing import Any

from rich.console import Console
from rich.table import Column, Table
from rich.text import Text

from contrastive_core.plain_text import message

from .layout import Figure, Heading, Laid

_WIDE = 10_000

_ACTIVE = re.compile(r"[\\`*<\[|$~]|(?<!\w)_|_(?!\w)")
"""Characters that Markdown, or GitHub, would take for marks."""

_OPENING = re.compile(r"(?:\d+(?=[.)]\s))?([-+#.)](?=\s)|>)")
"""What begins a list, a heading or a quotation at the start of a line."""

_DRAWN = re.compile(r"[─-◿\s]+")
"""Bars and gauges: box drawing, blocks and geometric shapes."""


class Markdown(Console):
    """What is printed here becomes a block of Markdown each."""

    def __init__(self) -> None:
        super().__init__(file=io.StringIO(), width=_WIDE, highlight=False, markup=False)
        self._blocks: list[str] = []

    @property
    def text(self) -> str:
        """The page."""
        return "\n\n".join(self._blocks) + "\n"

    def print(self, *objects: Any, **_: Any) -> None:
        """Add what is printed; where it stands on a terminal's line is of no matter."""
        for each in objects:
            self._blocks += filter(None, [_block(each)])

    def warn(self, warning: str) -> None:
        """Add what standard error says beside the result."""
        self._blocks.append(f"> **warning:** {escaped(warning)}")


def _block(printed: Any) -> str:
    """A paragraph, a heading, a table or a figure; empty for what is only for terminals."""
    match printed:
        case Heading():
            return f"### {escaped(printed.text)}"
        case Figure():
            return "\n".join(("```text", *printed.lines, "```")) if printed.lines else ""
        case Laid():
            table = printed.table()
            return "" if table is None else _pipes(table)
        case Table():
            return _pipes(printed)
        case _:
            words = escaped(str(printed).strip())
            found = _OPENING.match(words)
            return f"{words[: found.start(1)]}\\{words[found.start(1) :]}" if found else words


def _pipes(table: Table) -> str:
    """A pipe table; a grid has no names, which Markdown leaves empty."""
    heads = (str(each.header).replace("\n", " ") for each in table.columns)
    names = [escaped(head) if table.show_header else "" for head in heads]
    rows = _joined([list(map(_cell, row)) for row in _rows(table.columns)])
    kept = [place for place in range(len(names)) if names[place] or any(r[place] for r in rows)]
    rules = ["---:" if each.justify == "right" else "---" for each in table.columns]
    return "\n".join(
        f"| {' | '.join(row[place] for place in kept)} |" for row in (names, rules, *rows)
    )


def _rows(columns: list[Column]) -> list[tuple[Any, ...]]:
    return list(zip(*(list(column.cells) for column in columns), strict=True))


def _joined(rows: list[list[str]]) -> list[list[str]]:
    """Rows that only have words in their last cell go on with the row above."""
    found: list[list[str]] = []
    for row in rows:
        if found and row[-1] and not any(row[:-1]):
            found[-1][-1] = "<br>".join(filter(None, (found[-1][-1], row[-1])))
        else:
            found.append(row)
    return found


def _cell(content: Any) -> str:
    """One line; a figure keeps the width of its characters."""
    text = content.plain if isinstance(content, Text) else message(str(content))
    if text.strip() and _DRAWN.fullmatch(text):
        return f"`{text.strip()}`"
    return "<br>".join(escaped(line.strip()) for line in text.strip().split("\n"))


def escaped(text: str) -> str:
    """Text that reads as it is; nothing raw from outside, whoever forgot it."""
    return _ACTIVE.sub(r"\\\g<0>", message(text))
