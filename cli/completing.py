"""What the shell may complete to: names, files, and behind `::` what is in a file.

Nothing here imports NumPy or pyarrow before a file is to be looked into, and nothing complains:
what cannot be read completes to nothing.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator

import click
from click.shell_completion import CompletionItem

Completer = Callable[[click.Context, click.Parameter, str], list[CompletionItem[str]]]

GOES_ON = "open"
"""The type of a candidate that more is typed behind: no blank follows it."""

_FILES = CompletionItem("", type="file")
"""Leaves files to the shell, which knows how to quote them."""

_COLUMN = "::"


def of_names(names: Iterable[str]) -> Completer:
    """One of some names."""
    known = tuple(names)

    def complete(
        ctx: click.Context, param: click.Parameter, incomplete: str
    ) -> list[CompletionItem[str]]:
        del ctx, param
        return _beginning(incomplete, known)

    return complete


def of_files(words: Iterable[str] = (), *, vectors: bool = False) -> Completer:
    """A file, or behind `PATH::` what is in it.

    Args:
        words: What may be said instead of a file.
        vectors: Whether vectors are looked for, and come first; else what is no vector.
    """
    known = tuple(words)

    def complete(
        ctx: click.Context, param: click.Parameter, incomplete: str
    ) -> list[CompletionItem[str]]:
        del param
        if _COLUMN not in incomplete or os.path.exists(incomplete):
            return [*_beginning(incomplete, known), _FILES]
        path, _, _ = incomplete.rpartition(_COLUMN)
        names = _names_in(path or _first_file(ctx), vectors=vectors)
        return _beginning(incomplete, (f"{path}{_COLUMN}{name}" for name in names))

    return complete


def a_file(
    ctx: click.Context, param: click.Parameter, incomplete: str
) -> list[CompletionItem[str]]:
    """A file, and nothing in it."""
    del ctx, param, incomplete
    return [_FILES]


def of_outputs(formats: Iterable[str]) -> Completer:
    """A format; behind `FORMAT:` a file."""
    known = tuple(formats)

    def complete(
        ctx: click.Context, param: click.Parameter, incomplete: str
    ) -> list[CompletionItem[str]]:
        del ctx, param
        name, colon, path = incomplete.partition(":")
        if not colon:
            return _beginning(incomplete, known)
        if name not in known:
            return []
        found = _paths(path)
        return [_path_item(f"{name}:{each}") for each in found]

    return complete


def _beginning(incomplete: str, names: Iterable[str]) -> list[CompletionItem[str]]:
    return [CompletionItem(name) for name in names if name.startswith(incomplete)]


def _path_item(path: str) -> CompletionItem[str]:
    return CompletionItem(path, type=GOES_ON if path.endswith("/") else "plain")


def _first_file(ctx: click.Context) -> str:
    """EMBEDDINGS, whose columns `::NAME` means."""
    files = ctx.params.get("files") or ctx.args  # not parsed behind an option without its value
    return str(files[0]).partition(_COLUMN)[0] if files else ""


def _names_in(path: str, *, vectors: bool) -> list[str]:
    """The columns or arrays of a file; none where that cannot be told without waiting."""
    if path in ("", "-") or "://" in path:
        return []
    try:
        from contrastive_core.sources.places import open_place
        from contrastive_core.sources.reading import PLAIN
        from contrastive_core.sources.text import open_related

        location = os.path.expanduser(path)
        entries = open_place(location, location, PLAIN, opener=open_related).entries
    except Exception:  # whatever is wrong with a file is told when a command reads it
        return []
    wanted = sorted(entries, key=lambda entry: entry.vectors is not vectors)
    return [entry.name for entry in wanted if entry.name.isprintable() and entry.name]


def _paths(incomplete: str) -> Iterator[str]:
    """Files and folders that begin so; a folder ends in a slash, hidden ones only when begun."""
    folder, name = os.path.split(incomplete)
    try:
        entries = sorted(os.scandir(os.path.expanduser(folder) or "."), key=lambda each: each.name)
    except (OSError, ValueError):
        return
    for entry in entries:
        hidden = entry.name.startswith(".") and not name.startswith(".")
        if entry.name.startswith(name) and not hidden and entry.name.isprintable():
            yield os.path.join(folder, entry.name) + ("/" if entry.is_dir() else "")
