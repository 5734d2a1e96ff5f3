"""From a path to rows: what is stored, its shape, and how to read a range of it.

`open_source` is the only way in. A new format is one module with a class that has the attributes
and methods of `Source`, and one line in `formats.py`.
"""

from .formats import open_source
from .memory import ArraySource
from .source import Source, Strided

__all__ = ["ArraySource", "Source", "Strided", "open_source"]
