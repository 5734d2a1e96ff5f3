"""From a path to rows: what is stored, its shape, and how to read a range of it.

`open_source` is the only way in to embeddings. A new format is one module with a class that has
the attributes and methods of `Source`, and one line in `formats.py`. What relates their rows to
each other (labels, pairs, triplets, noise) is read whole by the functions of `related.py`.
"""

from .formats import open_source
from .memory import ArraySource
from .related import (
    Labels,
    Pairs,
    TripletRows,
    is_path,
    read_labels,
    read_match,
    read_noise,
    read_pairs,
    read_targets,
    read_triplets,
)
from .source import Source, Strided

__all__ = [
    "ArraySource",
    "Labels",
    "Pairs",
    "Source",
    "Strided",
    "TripletRows",
    "is_path",
    "open_source",
    "read_labels",
    "read_match",
    "read_noise",
    "read_pairs",
    "read_targets",
    "read_triplets",
]
