"""From a path to rows: what is stored, its shape, and how to read a range of it.

`open_source` is the only way in to embeddings. A place (`places.py`: a path, a URI, standard input,
shards) is a file, whose bytes are mapped or read by ranges (`files.py`); a file is a shelf of
arrays or columns (`shelf.py`); one of these is a `Source`. A new format is one module that makes a
shelf, and one line in `formats.py`. What relates rows to each other (labels, pairs, triplets,
noise) is read whole by the functions of `related.py` and `tuples.py`, from the same shelves.
"""

from .bfloat16 import NAME as BFLOAT16
from .bfloat16 import check_needed
from .bits import with_bits
from .codes import told_of_codes
from .ids import aligned
from .memory import ArraySource, array_source
from .places import open_source
from .reading import PLAIN, Reading
from .related import Labels, is_path, read_labels, read_match, read_noise, read_targets
from .source import Facts, Source, Strided
from .tuples import Pairs, TripletRows, read_pairs, read_triplets

__all__ = [
    "BFLOAT16",
    "PLAIN",
    "ArraySource",
    "Facts",
    "Labels",
    "Pairs",
    "Reading",
    "Source",
    "Strided",
    "TripletRows",
    "aligned",
    "array_source",
    "check_needed",
    "is_path",
    "open_source",
    "read_labels",
    "read_match",
    "read_noise",
    "read_pairs",
    "read_targets",
    "read_triplets",
    "told_of_codes",
    "with_bits",
]
