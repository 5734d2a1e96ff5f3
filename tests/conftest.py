"""What several test files share."""

import signal
from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import pytest

from contrastive_core.prepared import Prepared, prepare_noting
from contrastive_core.sources import ArraySource, Strided

pytest_plugins = ["pytester"]

# A shell's job in the background ignores Ctrl-C, and so would every process that a test starts.
signal.signal(signal.SIGINT, signal.default_int_handler)


def _ready(
    rows: npt.ArrayLike, *, unit: bool = True, dtype: str = "float64", in_memory: bool = True
) -> Prepared:
    array = np.asarray(rows)
    strand = Strided(ArraySource(array), 0, 1, len(array))
    noted = prepare_noting([strand], unit=unit, dtype=dtype, in_memory=in_memory, stop=True)
    return noted.data


@pytest.fixture
def ready() -> Callable[..., Prepared]:
    """Rows made ready for products."""
    return _ready
