"""Integers that are codes for other numbers: warned of with what betrays them, and read as bits."""

from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from command_line import contrast, refused

import contrastive_core as cc
from contrastive_core.errors import NeedlessType
from contrastive_core.sources import PLAIN, array_source, told_of_codes

Rows = npt.NDArray[Any]


def embeddings(n: int = 40, d: int = 64, classes: int = 10, seed: int = 1) -> Rows:
    """Rows around the centres of classes, which dimensions prefer one sign."""
    rng = np.random.default_rng(seed)
    centres = rng.normal(size=(classes, d)) + 0.3 * rng.normal(size=d)
    return centres[np.arange(n) % classes] + 0.7 * rng.normal(size=(n, d))


def packed(x: Rows) -> Rows:
    """As `ubinary` of sentence-transformers."""
    return np.packbits(x > 0, axis=1)


def shifted(codes: Rows) -> Rows:
    """As its `binary` and `int8`: 128 less, with a sign."""
    return (codes.astype(np.int16) - 128).astype(np.int8)


def scaled(x: Rows, axis: int | None = 0) -> Rows:
    """As its `uint8`: from the least to the largest number of each column, or of all."""
    low, high = x.min(axis=axis), x.max(axis=axis)
    return np.asarray((x - low) / (high - low) * 255).astype(np.uint8)


def bfloat16_bits(x: Rows) -> Rows:
    return (x.astype(np.float32).view(np.uint32) >> 16).astype(np.uint16)


def mean_cosine(x: Rows) -> float:
    unit = x / np.linalg.norm(x, axis=1, keepdims=True)
    return float(((unit @ unit.T).sum() - len(x)) / (len(x) * (len(x) - 1)))


def told(array: Rows) -> str:
    return " ".join(told_of_codes([array_source(array, "x", PLAIN)]))


X = embeddings()
SIGNS = np.where(X > 0, 1.0, -1.0)


@pytest.mark.parametrize("n", [40, 200, 3000])
@pytest.mark.parametrize("classes", [1, 4, 30])
@pytest.mark.parametrize("d", [64, 384])
def test_packed_bits_are_told_from_affine_codes(n: int, classes: int, d: int) -> None:
    x = embeddings(n, d, classes, seed=n + classes)
    bits = "uint8 numbers that look like packed bits: each of the 8 bits is set in "
    assert told(packed(x)).startswith(f"x: {bits}")
    assert f"If they are, --dtype bits reads {d} dimensions of -1 and 1" in told(packed(x))
    assert "int8 numbers that look like packed bits" in told(shifted(packed(x)))
    assert "uint8 numbers that look like affine codes" in told(scaled(x))
    if n < 3000:  # the first of many rows do not reach both ends
        assert "uint8 numbers that look like affine codes" in told(scaled(x, None))


def test_what_betrays_codes_is_said_in_numbers() -> None:
    assert f"cosines of bytes (mean {mean_cosine(packed(X).astype(float)):.3f})" in told(packed(X))
    text = told(scaled(X))
    assert "64 of 64 columns reach from 0 to 255, around 1" in text
    assert f"cosines of codes (mean {mean_cosine(scaled(X).astype(float)):.3f})" in text
    assert mean_cosine(scaled(X).astype(float)) > 0.75 > 0.2 > mean_cosine(X)
    signed = told(shifted(scaled(X)))
    assert "64 of 64 columns reach from -128 to 127" in signed


@pytest.mark.parametrize("signed", [False, True])
def test_the_line_that_undoes_affine_codes_does(signed: bool) -> None:
    codes = shifted(scaled(X)) if signed else scaled(X)
    line = told(codes).partition("save x = ")[2].partition(", by")[0]
    assert line == f"{'(codes + 128.0)' if signed else 'codes'} * (max - min) / 255.0 + min"
    low, high = X.min(axis=0), X.max(axis=0)
    x = (codes + 128.0 if signed else codes) * (high - low) / 255.0 + low
    assert mean_cosine(x) == pytest.approx(mean_cosine(X), abs=0.01)


@pytest.mark.parametrize("number", ["uint16", ">u2", "int16"])
def test_the_bits_of_bfloat16_are_told(number: str) -> None:
    unit = X / np.linalg.norm(X, axis=1, keepdims=True)
    bits = bfloat16_bits(unit)
    array = bits.view(np.int16) if number == "int16" else bits.astype(number)
    text = told(array)
    assert "numbers that look like the bits of bfloat16: 100.0% of those that are not 0" in text
    assert "read so rows have a median norm of 0.99" in text
    assert text.endswith("If they are, --dtype bfloat16 reads them.")
    assert cc.metrics(array, dtype="bfloat16", metrics=["mean_cosine"]).warnings == (
        *cc.metrics(unit, metrics=["mean_cosine"]).warnings,
    )


def images(width: float) -> Rows:
    """Rows of pixels, each like its neighbours."""
    rng = np.random.default_rng(3)
    near = np.exp(-0.5 * (np.arange(-20, 21) / width) ** 2)
    lines = np.array([np.convolve(row, near, "same") for row in rng.normal(size=(200, 200))])
    lines = 120 + 64 * (lines - lines.mean()) / lines.std()
    return np.asarray(np.clip(lines, 0, 255).astype(np.uint8))


def _healthy() -> dict[str, Rows]:
    rng = np.random.default_rng(5)
    shape = (200, 64)
    sparse = np.where(rng.random(shape) < 0.8, 0, rng.integers(0, 256, shape))
    largest = np.abs(X).max(axis=1, keepdims=True)
    clusters = rng.choice([15000, 46000], shape) + rng.integers(0, 800, shape)
    wave = 16000 * np.sin(np.arange(200 * 64) / 7)
    return {
        "ratings": rng.integers(1, 6, shape).astype(np.uint8),
        "zeros and ones": rng.integers(0, 2, shape).astype(np.uint8),
        "black and white": (255 * rng.integers(0, 2, shape)).astype(np.uint8),
        "counts": rng.poisson(5, shape).astype(np.uint8),
        "counts around 100": rng.poisson(100, shape).astype(np.uint8),
        "per cent": rng.integers(0, 101, shape).astype(np.uint8),
        "below 200": rng.integers(0, 200, shape).astype(np.uint8),
        "around 128": np.clip(rng.normal(128, 20, shape), 0, 255).astype(np.uint8),
        "handwriting": sparse.astype(np.uint8),
        "gradients": np.minimum(rng.exponential(30, shape), 255).astype(np.uint8),
        "smooth pixels": images(2.0),
        "smoother pixels": images(8.0),
        "constant": np.full(shape, 7, np.uint8),
        "all the largest": np.full(shape, 255, np.uint8),
        "symmetric int8 by row": np.round(X / largest * 127).astype(np.int8),
        "symmetric int8 of all": np.round(X / np.abs(X).max() * 127).astype(np.int8),
        "symmetric int8 by column": np.round(X / np.abs(X).max(axis=0) * 127).astype(np.int8),
        "small int8": rng.integers(-10, 11, shape).astype(np.int8),
        "signs": rng.choice([-1, 1], shape).astype(np.int8),
        "ternary": rng.integers(-1, 2, shape).astype(np.int8),
        "uint16": rng.integers(0, 2**16, shape).astype(np.uint16),
        "int16": rng.integers(-(2**15), 2**15, shape).astype(np.int16),
        "small uint16": rng.integers(0, 1000, shape).astype(np.uint16),
        "one band": rng.integers(15000, 16500, shape).astype(np.uint16),
        "sound": wave.reshape(shape).astype(np.int16),
        "two clusters": clusters.astype(np.uint16),
        "scaled to uint16": (scaled(X).astype(np.uint16) * 257),
        "the bits of float16": X.astype(np.float16).view(np.uint16),
        "int32": packed(X).astype(np.int32),
        "floats": X,
        "a few bytes": packed(X)[:20],
        "one column": packed(np.repeat(X, 10, axis=0))[:, :1],
    }


HEALTHY = _healthy()


@pytest.mark.parametrize("name", HEALTHY)
def test_ordinary_numbers_are_taken_without_a_word(name: str) -> None:
    assert told(HEALTHY[name]) == ""


@pytest.mark.parametrize("read", ["uint8", "int8"])
def test_bits_are_read_as_signs_the_highest_first(read: str) -> None:
    codes = packed(X) if read == "uint8" else shifted(packed(X))
    source = cc.metrics(codes, dtype="bits", metrics=["mean_cosine", "norm_mean"])
    assert source.metrics["mean_cosine"].value == pytest.approx(mean_cosine(SIGNS), abs=1e-12)
    assert source.metrics["norm_mean"].value == pytest.approx(8.0)
    assert source.inputs[0].shape == (40, 64)
    assert source.inputs[0].dtype == "bits"
    assert not any("look like" in warning for warning in source.warnings)


def test_bits_lie_in_the_order_of_packbits(tmp_path: Path) -> None:
    np.save(tmp_path / "x.npy", np.array([[0b10000001, 0b01100000], [255, 0]], np.uint8))
    document = contrast("contrast info x.npy --dtype bits -o json", tmp_path).document
    (part,) = document["files"][0]["vectors"]
    assert (part["shape"], part["dtype"]) == ([2, 16], "bits")
    assert part["preview"] == [[1, -1, -1, -1, -1, -1], [1, 1, 1, 1, 1, 1]]


def test_bits_are_read_from_every_format_alike(tmp_path: Path) -> None:
    codes = packed(X)
    np.save(tmp_path / "c.npy", codes)
    np.save(tmp_path / "f.npy", np.asfortranarray(codes))
    np.savez_compressed(tmp_path / "z.npz", x=codes)
    lists = pa.array(codes.tolist(), pa.list_(pa.uint8()))
    pq.write_table(pa.table({"embedding": lists}), tmp_path / "l.parquet")
    columns = {f"dim_{j}": pa.array(codes[:, j]) for j in range(codes.shape[1])}
    pq.write_table(pa.table(columns), tmp_path / "m.parquet")
    (tmp_path / "shards").mkdir()
    for number, start in enumerate((0, 15)):
        np.save(tmp_path / "shards" / f"s_{number}.npy", codes[start : 15 if start == 0 else 40])
    expected = cc.metrics(SIGNS.astype(np.int8), metrics=["uniformity"]).metrics["uniformity"].value
    for name in ("c.npy", "f.npy", "z.npz", "l.parquet", "m.parquet", "shards"):
        line = f"contrast metrics {name} --metric uniformity --dtype bits -o value"
        assert contrast(line, tmp_path).value == expected, name
        document = contrast(f"contrast info {name} --dtype bits -o json", tmp_path).document
        (part,) = document["files"][0]["vectors"]
        assert (part["shape"], part["norms"]["max"]) == ([40, 64], 8.0), name


def test_views_of_bits_are_views() -> None:
    codes = packed(X).reshape(2, 20, 8)
    of_bits = cc.loss("infonce", codes, dtype="bits")
    assert of_bits.value == cc.loss("infonce", SIGNS.reshape(2, 20, 64)).value
    turned = cc.loss("infonce", codes.transpose(1, 0, 2), dtype="bits", views="second")
    assert turned.value == of_bits.value


def test_bits_beside_floats_are_read_each_by_its_own_type(tmp_path: Path) -> None:
    np.save(tmp_path / "queries.npy", X)
    np.save(tmp_path / "documents.npy", packed(X))
    line = "contrast loss --kind infonce queries.npy documents.npy --dtype bits -o value"
    assert contrast(line, tmp_path).value == cc.loss("infonce", X, SIGNS).value


def test_null_rows_of_packed_bits_are_left_out(tmp_path: Path) -> None:
    rows: list[Any] = packed(X).tolist()
    rows[3] = None
    table = pa.table({"embedding": pa.array(rows, pa.list_(pa.uint8()))})
    pq.write_table(table, tmp_path / "gaps.parquet")
    line = "contrast metrics gaps.parquet --metric uniformity --dtype bits --on-bad drop -o value"
    kept = np.delete(SIGNS, 3, axis=0)
    expected = cc.metrics(kept, metrics=["uniformity"]).metrics["uniformity"].value
    assert contrast(line, tmp_path).value == pytest.approx(expected, rel=1e-12)


def test_joined_bits_are_put_into_the_order_of_the_embeddings(tmp_path: Path) -> None:
    order = np.random.default_rng(0).permutation(40)
    for name, rows, ids in (("a", packed(X), np.arange(40)), ("b", packed(X)[order], order)):
        lists = pa.array(rows.tolist(), pa.list_(pa.uint8()))
        pq.write_table(pa.table({"id": ids, "embedding": lists}), tmp_path / f"{name}.parquet")
    line = "contrast loss --kind infonce a.parquet b.parquet --join id --dtype bits -o value -qq"
    assert contrast(line, tmp_path).value == cc.loss("infonce", SIGNS, SIGNS).value


def test_bits_are_refused_where_no_file_holds_bytes(tmp_path: Path) -> None:
    np.save(tmp_path / "x.npy", packed(X).astype(np.int64))
    error = refused("contrast metrics x.npy --dtype bits", tmp_path)
    assert "a file of uint8 or int8, of which --dtype bits says that each byte holds" in error
    assert "save the packed bytes as uint8" in error
    with pytest.raises(NeedlessType):
        cc.loss("infonce", X, dtype="bits")


@pytest.mark.parametrize(
    "line",
    [
        "info x.npy",
        "metrics x.npy --metric mean_cosine",
        "loss --kind infonce x.npy",
        "loss --kind infonce f.npy f.npy --bank x.npy",
        "triplets x.npy --labels y.npy",
        "check x.npy --require 'mean_cosine <= 1'",
    ],
)
def test_every_command_warns_of_codes_once(line: str, tmp_path: Path) -> None:
    np.save(tmp_path / "x.npy", packed(X))
    np.save(tmp_path / "f.npy", X[:, :8])
    np.save(tmp_path / "y.npy", np.arange(40) % 10)
    said = contrast(f"contrast {line}", tmp_path)
    assert said.code == 0
    assert " ".join(said.err.split()).count("x.npy: uint8 numbers that look like packed bits") == 1


def test_ready_scores_of_bytes_are_scores(tmp_path: Path) -> None:
    np.save(tmp_path / "s.npy", packed(X))
    said = contrast("contrast loss --kind infonce --scores s.npy", tmp_path)
    assert "look like" not in said.err
