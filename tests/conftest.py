"""What several test files share."""

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import pytest

from contrastive_core.prepared import Prepared, prepare
from contrastive_core.sources import ArraySource, Strided

pytest_plugins = ["pytester"]


def _ready(
    rows: npt.ArrayLike, *, unit: bool = True, dtype: str = "float64", in_memory: bool = True
) -> Prepared:
    array = np.asarray(rows)
    strand = Strided(ArraySource(array), 0, 1, len(array))
    return prepare([strand], unit=unit, dtype=dtype, in_memory=in_memory)


@pytest.fixture
def ready() -> Callable[..., Prepared]:
    """Rows made ready for products."""
    return _ready
