"""What a library does not support is no damage, and what can be read is read."""

from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from saved import lists, write

import contrastive_core as cc
from contrastive_core.errors import BadInput
from contrastive_core.sources.tables import failed

ROWS = np.array([[1.0, 0.0], [0.9, 0.1], [0.0, 1.0], [0.1, 0.9]], np.float32)


def refused(*files: Any) -> str:
    with pytest.raises(BadInput) as error:
        cc.metrics(*files, metrics="uniformity")
    return str(error.value)


@pytest.mark.parametrize("name", ["emb.arrow", "emb.arrows", "emb.parquet"])
@pytest.mark.parametrize("index", [pa.uint8(), pa.uint32()])
def test_categories_of_polars_are_labels_in_every_format(
    tmp_path: Path, name: str, index: Any
) -> None:
    """Rows 0, 1 and 2, 3 are nearest to each other; `label` crosses them, `pair` does not."""
    words = pa.string() if name.endswith(".parquet") else pa.string_view()
    codes = {"label": [0, 1, 0, 1], "pair": [0, 0, 1, 1]}
    categories = {
        column: pa.DictionaryArray.from_arrays(pa.array(of, index), pa.array(["a", "b"], words))
        for column, of in codes.items()
    }
    path = write(tmp_path / name, {"embedding": lists(ROWS, "large_list"), **categories})
    for column, value in (("label", 0.0), ("pair", 1.0)):
        found = cc.metrics(path, labels=f"::{column}", metrics="precision_at_1")
        assert found.metrics["precision_at_1"].value == value


def test_a_codec_that_the_library_lacks_is_not_supported(tmp_path: Path) -> None:
    path = tmp_path / "emb.parquet"
    write(path, {"emb": lists(ROWS)}, 10, compression="snappy", use_dictionary=False)
    content = bytearray(path.read_bytes())
    start = len(content) - 8 - int.from_bytes(content[-8:-4], "little")
    snappy, lzo = b"\x07element\x15\x02\x16", b"\x07element\x15\x06\x16"  # 1 and 3, in zigzag
    place = content.index(snappy, start)
    content[place : place + len(lzo)] = lzo
    path.write_bytes(content)
    told = refused(path)
    assert "got what is not supported: While LZO compression is supported" in told
    assert told.endswith("and zstd, snappy or no compression.")
    assert "damaged" not in told


def test_not_implemented_is_told_apart_from_damage_by_type_and_by_words() -> None:
    for error in (
        pa.ArrowNotImplementedError("Unsupported cast from string_view to large_string"),
        pa.ArrowNotImplementedError("something new"),
        OSError("NotImplemented: Not yet implemented: DELTA"),
    ):
        assert failed("emb.arrow", error).got.startswith("what is not supported: ")
    assert failed("emb.arrow", OSError("Invalid flatbuffers message")).remedy == (
        "The file is damaged or was cut short: write it again."
    )


def test_a_method_of_compression_that_zipfile_lacks_is_not_supported(tmp_path: Path) -> None:
    path = tmp_path / "emb.npz"
    np.savez_compressed(path, emb=ROWS)
    content = bytearray(path.read_bytes())
    for magic, place in ((b"PK\x03\x04", 8), (b"PK\x01\x02", 10)):
        at = content.index(magic) + place
        content[at : at + 2] = (93).to_bytes(2, "little")  # zstandard
    path.write_bytes(content)
    told = refused(path)
    assert "got what is not supported: That compression method is not supported." in told
    assert "damaged" not in told


def test_a_newer_npy_is_not_supported(tmp_path: Path) -> None:
    path = tmp_path / "emb.npy"
    np.save(path, ROWS)
    content = bytearray(path.read_bytes())
    content[6:8] = b"\x09\x00"
    path.write_bytes(content)
    assert "what is not supported: version 9.0 of the .npy format. Write it" in refused(path)
