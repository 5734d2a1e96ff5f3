"""What a table of scores is reduced to, row by row.

A *tile* reduction updates its row states tile by tile and merges partial states in any grouping;
on a symmetric table each tile serves its rows and its columns. A *row* reduction
(`whole_rows`) is handed complete rows. Both speak the protocol of `reduction.py`.
"""

from .counts import CountNearer, Reach, ScoreOf
from .log_sum_exp import LogSumExp
from .mining import BatchHard, Hardest, Mined, NearestBeyond, RandomSemiHard
from .neighbours import Neighbours
from .packed_top_k import Best, PackedTopK
from .reduction import Exponent, Reduction, State, View
from .retrieval import Retrieval, Retrieved
from .sums import PlacedSum, RowSum
from .top_k import TopK
from .triplet_sums import TripletSums
from .triplet_visits import TripletVisits
from .triplets import TripletTotals

__all__ = [
    "BatchHard",
    "Best",
    "CountNearer",
    "Exponent",
    "Hardest",
    "LogSumExp",
    "Mined",
    "NearestBeyond",
    "Neighbours",
    "PackedTopK",
    "PlacedSum",
    "RandomSemiHard",
    "Reach",
    "Reduction",
    "Retrieval",
    "Retrieved",
    "RowSum",
    "ScoreOf",
    "State",
    "TopK",
    "TripletSums",
    "TripletTotals",
    "TripletVisits",
    "View",
]
