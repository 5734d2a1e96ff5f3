"""Files of other machines by URI, through pyarrow's filesystems: s3, gs, hdfs and their like."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cached_property
from pathlib import PurePosixPath
from typing import Any

import pyarrow as pa
import pyarrow.fs

from ..errors import BadInput, ContrastError
from ..resources import waiting
from .files import File, Reader, first_line, missing, open_local
from .folders import Members, of_folder, of_glob
from .natural import matcher

_PATIENCE = "retry_limit_seconds=30"
"""What a URI of Google's says of how long to try: its own default is a quarter of an hour."""

_PATIENT = ("gs", "gcs")
"""Schemes that take it."""

_GLOB = re.compile(r"[*\[]")
"""A question mark begins the query of a URI."""


class Remote:
    """A file that is read by ranges.

    Args:
        name: What messages call it.
        system: The filesystem.
        path: Its path in there.
    """

    memory = None
    _failed: BadInput | None = None

    def __init__(self, name: str, system: Any, path: str) -> None:
        self.name, self._system, self._path = name, system, path
        self.suffix = PurePosixPath(path).suffix.lower()
        waiting("opening files of another machine")
        with _told(name, unread):
            self.size = int(self._handle.size())

    def check(self) -> None:
        """Say once more why the last read failed: libraries in between tell it as damage."""
        if self._failed is not None:
            raise self._failed

    def read(self, start: int, stop: int) -> bytes:
        """Bytes `start` to `stop`, fewer where the file ends."""
        stop = min(stop, self.size)
        self._failed = None
        try:
            with _told(self.name, unread):
                return bytes(self._handle.read_at(stop - start, start)) if stop > start else b""
        except BadInput as error:
            self._failed = error
            raise

    def arrow(self) -> Any:
        """The file for pyarrow, which reads it through `read`: one place knows what may fail."""
        return pa.PythonFile(Reader(self), mode="r")

    @cached_property
    def _handle(self) -> Any:
        return self._system.open_input_file(self._path)


class Place:
    """Where a URI leads.

    Args:
        uri: The URI, which may name a folder or be a glob.
        name: What messages call it.
    """

    def __init__(self, uri: str, name: str) -> None:
        self.uri, self.name = uri, name
        self.pattern = ""
        scheme, _, rest = uri.partition("://")
        glob = _GLOB.search(rest)
        if glob:
            folder, _, _ = rest[: glob.start()].rpartition("/")
            self.pattern = rest[len(folder) :]
            uri = f"{scheme}://{folder}"
        with _told(name, unreachable):
            self.system, self.path = connect(uri or "/")
        if self.pattern:
            self.path, self.pattern = self.path.rstrip("/"), self.path.rstrip("/") + self.pattern

    @property
    def is_local(self) -> bool:
        """Whether it is a file of this machine."""
        return isinstance(self.system, pa.fs.LocalFileSystem)

    @property
    def local(self) -> str:
        """Its path on this machine."""
        return self.pattern or self.path

    def members(self) -> Members | None:
        """The shards of a folder or a glob; None for one file.

        Raises:
            BadInput: Nothing is there, or it cannot be reached.
        """
        waiting("listing files of another machine")
        with _told(self.name, unreachable):
            if self.pattern:
                return of_glob(self._matching(), self.name)
            info = self.system.get_file_info(self.path)
            if info.type == pa.fs.FileType.NotFound:
                raise missing(self.name, "nothing lies there")
            if info.type != pa.fs.FileType.Directory:
                return None
            inside = self.system.get_file_info(pa.fs.FileSelector(self.path))
            folders = [i.path for i in inside if i.type == pa.fs.FileType.Directory]
            return of_folder([i.path for i in inside if i.is_file], folders, self.name)

    def _matching(self) -> list[str]:
        """The files that the pattern names; what lies deeper is listed where it reaches there."""
        deep = "/" in self.pattern.removeprefix(f"{self.path}/")
        selector = pa.fs.FileSelector(self.path, recursive=deep, allow_not_found=True)
        wanted = matcher(self.pattern)
        infos = self.system.get_file_info(selector)
        return [i.path for i in infos if i.is_file and wanted.fullmatch(i.path)]

    def file(self, path: str, name: str) -> File:
        """A file in there."""
        if self.is_local:
            return open_local(path, name)
        return Remote(name, self.system, path)


def connect(uri: str) -> tuple[Any, str]:
    """The filesystem of a URI, and the path in it."""
    system, path = pa.fs.FileSystem.from_uri(patient(uri))
    return system, os.fspath(path)


def patient(uri: str) -> str:
    """A URI that says how long to try, where it may."""
    if uri.partition("://")[0].lower() not in _PATIENT or "retry_limit_seconds=" in uri:
        return uri
    return f"{uri}{'&' if '?' in uri else '?'}{_PATIENCE}"


@contextmanager
def _told(name: str, fault: Callable[[str, Exception], BadInput]) -> Iterator[None]:
    """Whatever a filesystem of others raises as bad input: nobody knows all that they may raise."""
    try:
        yield
    except (ContrastError, MemoryError):
        raise
    except Exception as error:
        raise fault(name, error) from error


def unreachable(name: str, error: Exception) -> BadInput:
    """The error for a URI that leads nowhere."""
    return BadInput(
        name,
        expected="a URI that pyarrow.fs opens: file, s3, gs, hdfs and their like",
        got=_said(error),
        remedy="Check scheme, credentials and region, or copy the file here first.",
    )


def unread(name: str, error: Exception) -> BadInput:
    """The error for a file that its filesystem does not hand out."""
    return BadInput(
        name,
        expected="a readable file",
        got=_said(error),
        remedy="Check its permissions and the connection, or copy the file here first.",
    )


def _said(error: Exception) -> str:
    """What a filesystem says; the sort of an error where that is needed to make sense of it."""
    plain = isinstance(error, (pa.ArrowException, OSError, ImportError, NotImplementedError))
    text, kind = first_line(error), type(error).__name__
    return text if plain or text == kind else f"{kind}: {text}"
