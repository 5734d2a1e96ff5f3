"""Who runs the tasks: `work.py` does one, `local.py` all of them on threads of this process."""

from .local import run
from .triplets import triplet_tiles
from .work import Pass, Results

__all__ = ["Pass", "Results", "run", "triplet_tiles"]
