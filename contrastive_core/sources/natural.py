"""The order in which people number files, and patterns of their names."""

from __future__ import annotations

import re

GLOB = re.compile(r"[*?\[]")
"""What makes a name a pattern."""

_PIECES = re.compile(r"\*\*/|\*|\?|\[!?[^\]]+\]|[^*?\[]+|\[")


def natural(name: str) -> tuple[tuple[str, int], ...]:
    """A key that sorts emb_10 behind emb_9."""
    words = re.split(r"([0-9]+)", name)
    numbers = [int(word) for word in words[1::2]]
    return tuple(zip(words[::2], [*numbers, -1], strict=True))


def in_order(names: list[str]) -> list[str]:
    """Names in natural order; equal numbers (01 and 1) by their letters."""
    return sorted(names, key=lambda name: (natural(name), name))


def matcher(pattern: str) -> re.Pattern[str]:
    """A pattern as an expression: `*` and `?` stay within a folder, `**/` is any number of them."""
    parts = []
    for piece in _PIECES.findall(pattern):
        if piece == "**/":
            parts.append("(?:.*/)?")
        elif piece in ("*", "?"):
            parts.append("[^/]*" if piece == "*" else "[^/]")
        elif piece.startswith("[") and len(piece) > 1:
            parts.append(f"[^{piece[2:]}" if piece[1] == "!" else piece)
        else:
            parts.append(re.escape(piece))
    return re.compile("".join(parts))
