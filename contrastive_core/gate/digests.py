"""A hash of the values of the inputs: it tells whether data are those of a baseline.

It is taken of the values, so that .npy and Parquet of the same numbers agree. It only informs.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from ..errors import ContrastError
from ..inputs import Given
from ..inputs.arrange import arrange
from ..inputs.given import FILES, flat, open_given, open_rows
from ..losses import LOSSES
from ..sources import (
    BFLOAT16,
    Source,
    read_labels,
    read_match,
    read_noise,
    read_pairs,
    read_triplets,
)
from ..vocabulary import NOISE

_BYTES = 2**22
"""Bytes of rows that are read at a time."""


def content_hash(source: Source) -> str:
    """SHA-256 of rows: their number type and shape, then the numbers, little-endian, in order."""
    name = source.stored if source.stored == BFLOAT16 else source.dtype.name
    digest = hashlib.sha256(_header(name, source.shape))
    each = max(1, int(np.prod(source.shape[1:])) * source.dtype.itemsize)
    step = max(1, _BYTES // each)
    for start in range(0, source.shape[0], step):
        digest.update(_plain_bytes(source.read(start, min(start + step, source.shape[0]))))
    return digest.hexdigest()


def digests(given: Given) -> dict[str, str]:
    """The content hash of every input that holds rows or relates them, by its role.

    Files are read once more, rows by parts. A list that the figures did not need, and that cannot
    be read, is left out.
    """
    sources = dict(_sources(given))
    found = {role: content_hash(source) for role, source in sources.items()}
    for role, hash_of in _RELATIONS.items():
        if getattr(given, role) is not None:
            with contextlib.suppress(ContrastError):
                found[role] = hash_of(given, sources)
    return found


def _sources(given: Given) -> Iterator[tuple[str, Source]]:
    """Everything that is read by rows."""
    if given.embeddings is not None:
        yield from zip(FILES, open_rows(given, len(FILES)), strict=False)
    for role in ("bank", "prototypes", "scores"):
        each = getattr(given, role)
        if each is not None:
            yield role, flat(*open_given(each, role, given.reading))


def _samples(given: Given, sources: Mapping[str, Source]) -> int:
    """How many samples there are: what labels and lists of rows count."""
    if "scores" in sources:
        return sources["scores"].shape[0]
    views = [sources[role] for role in FILES[:2] if role in sources]
    return arrange(views, given.views, LOSSES["supcon"], alone=True).n


def _labels(given: Given, sources: Mapping[str, Source]) -> str:
    beside = sources.get("embeddings", sources.get("scores"))
    n = _samples(given, sources)
    labels = read_labels(given.labels, n, beside=beside, reading=given.reading)
    return _hash_of(labels.codes, words=labels.classes)


def _pairs(given: Given, sources: Mapping[str, Source]) -> str:
    pairs = read_pairs(given.pairs, _samples(given, sources))
    return _hash_of(pairs.i, pairs.j, *(() if pairs.y is None else (pairs.y,)))


def _triplets(given: Given, sources: Mapping[str, Source]) -> str:
    rows = read_triplets(given.triplets, _samples(given, sources))
    return _hash_of(rows.anchor, rows.positive, rows.negative)


def _match(given: Given, sources: Mapping[str, Source]) -> str:
    n, beside = _samples(given, sources), sources.get("embeddings")
    found = read_match(given.match, n, beside=beside, reading=given.reading)
    return _hash_of(found.similar)


def _noise(given: Given, sources: Mapping[str, Source]) -> str:
    if isinstance(given.noise, str) and given.noise == NOISE:
        return _hash_of(words=NOISE)
    columns = sources["scores"].shape[1] if "scores" in sources else _samples(given, sources)
    return _hash_of(read_noise(given.noise, columns, sum_to_one=False))


_RELATIONS: dict[str, Callable[[Given, Mapping[str, Source]], str]] = {
    "labels": _labels,
    "pairs": _pairs,
    "triplets": _triplets,
    "match": _match,
    "noise": _noise,
}
"""Inputs that are read whole."""


def _hash_of(*columns: npt.NDArray[Any], words: Any = None) -> str:
    """SHA-256 of columns of numbers, and of the words that they stand for."""
    digest = hashlib.sha256(json.dumps(words).encode())
    for column in columns:
        digest.update(_header(column.dtype.name, column.shape))
        digest.update(_plain_bytes(column))
    return digest.hexdigest()


def _header(dtype: str, shape: tuple[int, ...]) -> bytes:
    """The number type, whatever its byte order, and the shape."""
    return json.dumps([dtype, list(shape)]).encode()


def _plain_bytes(numbers: npt.NDArray[Any]) -> bytes:
    """Little-endian bytes; of longer floats, whose last bytes hold nothing, as two doubles."""
    if numbers.dtype.kind == "f" and numbers.dtype.itemsize > 8:
        with np.errstate(over="ignore", invalid="ignore"):
            high = numbers.astype(np.float64)
            return _plain_bytes(high) + _plain_bytes((numbers - high).astype(np.float64))
    return np.ascontiguousarray(numbers, numbers.dtype.newbyteorder("<")).tobytes()
