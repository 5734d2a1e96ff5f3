"""Who runs the tasks: `work.py` does one, `local.py` all of them on threads of this process."""

from .local import one_blas_thread, run
from .work import Ask, Pass, Results

__all__ = ["Ask", "Pass", "Results", "one_blas_thread", "run"]
