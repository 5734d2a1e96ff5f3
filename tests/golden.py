"""The data of the golden values, and what the tests on them share."""

import math
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

import contrastive_core as cc
from contrastive_core import LossResult, Resources

Rows = npt.NDArray[np.float64]
Setting = dict[str, Any]

EXACT = Resources(precision="float64")


def circle(*degrees: float) -> Rows:
    angles = [math.radians(degree) for degree in degrees]
    return np.array([[math.cos(angle), math.sin(angle)] for angle in angles])


A = circle(0, 40, 100, 200)
B = circle(10, 70, 95, 230)
C = circle(0, 10, 20, 50, 60, 80)
C_LABELS = np.array([0, 0, 0, 1, 1, 2])
H = np.array([[-1, 3, 0], [3, 2, 1], [-1, 1, -1], [4, 2, 0], [3, 3, 3], [1, 1, 4]]) / 4
H_LABELS = np.array([0, 1, 0, 1, 0, 2])
BANK = circle(130, 300)
MATCH = np.array([1, 0, 1, 0])


def exact(kind: str, *inputs: npt.ArrayLike, **parameters: Any) -> LossResult:
    arrays = [np.asarray(rows) for rows in inputs]
    return cc.loss(kind, *arrays, resources=EXACT, per_sample=True, **parameters)


def near(value: float) -> Any:
    return pytest.approx(value, rel=1e-11, abs=1e-12)


def random_rows(n: int, d: int, seed: int) -> Rows:
    rng = np.random.default_rng(seed)
    lengths = rng.uniform(0.5, 1.5, size=(n, 1))
    rows = rng.normal(size=(n, d)) + 0.5
    return np.asarray(lengths * rows / np.linalg.norm(rows, axis=1, keepdims=True))


FIRST = random_rows(9, 4, 1)
SECOND = np.asarray(0.6 * FIRST + random_rows(9, 4, 2))
FURTHER = random_rows(5, 4, 3)
OWN = random_rows(27, 4, 4).reshape(9, 3, 4)
LABELS = np.array([0, 1, 2, 0, 1, 0, 3, 2, 0])
