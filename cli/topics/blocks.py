"""What a topic is made of: paragraphs, headings, rows of two columns, command lines."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Heading:
    """The head of what follows."""

    text: str


@dataclass(frozen=True)
class Rows:
    """What is said on the left, and what it means on the right.

    Args:
        rows: Left and right.
        widest: Columns that the left may take before the right goes on a line of its own.
    """

    rows: tuple[tuple[str, str], ...]
    widest: int = 28


@dataclass(frozen=True)
class Commands:
    """Command lines that run in a checkout, never folded inside a word."""

    lines: tuple[str, ...]


@dataclass(frozen=True)
class Lines:
    """Lines of a file, as they stand."""

    lines: tuple[str, ...]


Block = str | Heading | Rows | Commands | Lines
"""A string is a paragraph."""


@dataclass(frozen=True)
class Topic:
    """A page of help.

    Args:
        name: What is typed behind `contrast help`.
        headline: What it is about, for the list of topics; no stop at the end.
        blocks: What it says, made when it is asked for.
        document: A document for programs, which is printed as it is, instead of what it says.
    """

    name: str
    headline: str
    blocks: Callable[[], Sequence[Block]] = tuple
    document: Callable[[], str] | None = None
