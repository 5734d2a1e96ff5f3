"""What a table of scores is reduced to, row by row.

A *tile* reduction updates its row states tile by tile and merges partial states in any grouping;
on a symmetric table each tile serves its rows and its columns. A *row* reduction
(`whole_rows`) is handed complete rows. Both speak the protocol of `reduction.py`.
"""

from .counts import CountNearer
from .log_sum_exp import LogSumExp
from .neighbours import Neighbours
from .reduction import Reduction, State, View
from .sums import RowSum
from .top_k import TopK

__all__ = [
    "CountNearer",
    "LogSumExp",
    "Neighbours",
    "Reduction",
    "RowSum",
    "State",
    "TopK",
    "View",
]
