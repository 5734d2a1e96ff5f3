"""Rows as a Parquet file, block by block, with the object of json in its metadata."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator, Mapping, Sequence
from typing import IO, TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq

from contrastive_core.rows import Rows
from contrastive_core.whole_files import UNSPEAKABLE

from .report import Records
from .sheets import NAMES, names_of, number

if TYPE_CHECKING:
    from .report import Report, Sheet

KEY = "contrast"
"""The key of the file's metadata that holds the object of json without its lists."""

_BLOCK = 131_072
"""Rows of a row group."""


_TYPES = {
    "number": pa.float64(),
    "count": pa.int64(),
    "counts": pa.list_(pa.int64()),
    "truth": pa.bool_(),
    "texts": pa.list_(pa.string()),
    "text": pa.string(),
}
"""Of the columns of records."""


def write_parquet(report: Report, stream: IO[bytes]) -> None:
    """A row group per block; NaN and nobody are null."""
    sheet = report.table()
    told = json.dumps(_without_rows(report.head()), allow_nan=False, ensure_ascii=False)
    schema = _schema(sheet).with_metadata({KEY: told.encode(errors=UNSPEAKABLE)})
    with pq.ParquetWriter(stream, schema) as writer:
        for columns in _blocks(sheet, schema):
            writer.write_batch(pa.record_batch(columns, schema=schema))


def _without_rows(value: Any) -> Any:
    """An object without the tables in it: these are the rows of the file."""
    if isinstance(value, Mapping):
        kept = {name: each for name, each in value.items() if not isinstance(each, Rows)}
        return {name: _without_rows(each) for name, each in kept.items()}
    return [_without_rows(each) for each in value] if isinstance(value, list | tuple) else value


def _schema(sheet: Sheet) -> pa.Schema:
    """Names and types of the whole table, which every block has."""
    if isinstance(sheet, Records):
        names = names_of(sheet)
        return pa.schema([(name, _TYPES[sheet.types.get(name, "text")]) for name in names])
    if isinstance(sheet, Sequence):
        found = pa.Table.from_pylist([_nothing(record) for record in sheet]).schema
        return pa.schema([(field.name, _known(field.type)) for field in found])
    return pa.schema([(name, _type(sheet, name, values)) for name, values in sheet.columns()])


def _type(rows: Rows, name: str, values: npt.NDArray[Any]) -> pa.DataType:
    if name in rows.words:
        return pa.string()
    kinds = {"i": pa.int64(), "u": pa.int64(), "b": pa.bool_(), "f": pa.float64()}
    return kinds.get(values.dtype.kind) or _known(_names(values).type)


def _known(found: pa.DataType) -> pa.DataType:
    """A column without any value is one of text."""
    return pa.string() if pa.types.is_null(found) else found


def _blocks(sheet: Sheet, schema: pa.Schema) -> Iterator[list[pa.Array]]:
    """The columns of each block."""
    if isinstance(sheet, Sequence):
        records = [_nothing(record) for record in sheet]
        yield [_listed([record[each.name] for record in records], each.type) for each in schema]
        return
    for start in range(0, len(sheet), _BLOCK):
        parts = {name: values[start : start + _BLOCK] for name, values in sheet.columns()}
        yield [_array(sheet, name, values, schema) for name, values in parts.items()]


def _array(rows: Rows, name: str, values: npt.NDArray[Any], schema: pa.Schema) -> pa.Array:
    """Some values of a column; null for NaN, for nobody, and for no name."""
    kind = schema.field(name).type
    if name in rows.words:
        return _listed(np.asarray(rows.words[name], object)[values].tolist(), kind)
    if values.dtype.kind == "f":
        return pa.array(values.astype(np.float64), kind, mask=np.isnan(values))
    if values.dtype.kind in "iu" and name not in NAMES:
        return pa.array(values, kind, mask=values < 0)
    return _names(values).cast(kind)


def _names(values: npt.NDArray[Any]) -> pa.Array:
    """Names of classes: integers, or text; of both sorts all are text."""
    listed = values.tolist()
    for kind in (None, pa.uint64()):
        with contextlib.suppress(pa.ArrowInvalid, pa.ArrowTypeError, OverflowError):
            return _listed(listed, kind)
    return _listed([None if each is None else str(each) for each in listed])


def _listed(values: list[Any], kind: pa.DataType | None = None) -> pa.Array:
    """Values of a column; what no encoding writes is its code."""
    try:
        return pa.array(values, kind)
    except UnicodeEncodeError:
        return pa.array([_speakable(each) for each in values], kind)


def _speakable(value: Any) -> Any:
    return value.encode(errors=UNSPEAKABLE).decode() if isinstance(value, str) else value


def _nothing(record: Mapping[str, Any]) -> dict[str, Any]:
    """A record without NaN."""
    return {name: number(value) for name, value in record.items()}
