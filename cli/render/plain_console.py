"""The console of the tables: nothing raw from outside goes through it, whoever forgot it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from rich.console import Console, ConsoleOptions, RenderableType
from rich.segment import Segment
from rich.text import Text

from contrastive_core.plain_text import message, plain


class PlainConsole(Console):
    """Strings are sentences and cells, each one line; a `Text` may have lines that we laid out."""

    def render_str(self, text: str, **how: Any) -> Text:
        """A string as it may be shown, before anybody measures it."""
        return super().render_str(message(text), **how)

    def render(
        self, renderable: RenderableType, options: ConsoleOptions | None = None
    ) -> Iterable[Segment]:
        """The last look at every piece of text: line breaks are all that is left to it."""
        for piece in super().render(renderable, options):
            text, style, control = piece
            if control or text == "\n":
                yield piece
            else:
                yield Segment("\n".join(map(plain, text.split("\n"))), style)
