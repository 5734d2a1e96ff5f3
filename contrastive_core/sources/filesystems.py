"""Files of other machines by URI, through pyarrow's filesystems: s3, gs, hdfs and their like."""

from __future__ import annotations

import os
import re
from functools import cached_property
from pathlib import PurePosixPath
from typing import Any

import pyarrow as pa
import pyarrow.fs

from ..errors import BadInput
from .files import File, first_line, missing, open_local, unreadable
from .folders import Members, of_folder, of_glob
from .natural import matcher

_ERRORS = (pa.ArrowException, OSError, ImportError, NotImplementedError)
"""What pyarrow raises where a place cannot be reached."""

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

    def __init__(self, name: str, system: Any, path: str) -> None:
        self.name, self._system, self._path = name, system, path
        self.suffix = PurePosixPath(path).suffix.lower()
        self.size = int(self.arrow().size())

    def check(self) -> None:
        """Reading itself says it."""

    def read(self, start: int, stop: int) -> bytes:
        """Bytes `start` to `stop`, fewer where the file ends."""
        stop = min(stop, self.size)
        try:
            return bytes(self._handle.read_at(stop - start, start)) if stop > start else b""
        except _ERRORS as error:
            raise unreadable(self.name, error) from error

    def arrow(self) -> Any:
        """The file for pyarrow."""
        try:
            return self._system.open_input_file(self._path)
        except _ERRORS as error:
            raise unreadable(self.name, error) from error

    @cached_property
    def _handle(self) -> Any:
        return self.arrow()


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
        try:
            self.system, self.path = connect(uri or "/")
        except _ERRORS as error:
            raise unreachable(name, error) from error
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
        try:
            if self.pattern:
                selector = pa.fs.FileSelector(self.path, recursive=True, allow_not_found=True)
                wanted = matcher(self.pattern)
                infos = [i for i in self.system.get_file_info(selector) if i.is_file]
                return of_glob([i.path for i in infos if wanted.fullmatch(i.path)], self.name)
            info = self.system.get_file_info(self.path)
            if info.type == pa.fs.FileType.NotFound:
                raise missing(self.name, "nothing lies there")
            if info.type != pa.fs.FileType.Directory:
                return None
            inside = self.system.get_file_info(pa.fs.FileSelector(self.path))
        except _ERRORS as error:
            raise unreachable(self.name, error) from error
        folders = [i.path for i in inside if i.type == pa.fs.FileType.Directory]
        return of_folder([i.path for i in inside if i.is_file], folders, self.name)

    def file(self, path: str, name: str) -> File:
        """A file in there."""
        if self.is_local:
            return open_local(path, name)
        return Remote(name, self.system, path)


def connect(uri: str) -> tuple[Any, str]:
    """The filesystem of a URI, and the path in it."""
    system, path = pa.fs.FileSystem.from_uri(uri)
    return system, os.fspath(path)


def unreachable(name: str, error: Exception) -> BadInput:
    """The error for a URI that leads nowhere."""
    return BadInput(
        name,
        expected="a URI that pyarrow.fs opens: file, s3, gs, hdfs and their like",
        got=first_line(error),
        remedy="Check scheme, credentials and region, or copy the file here first.",
    )
