"""Words that the command line and the core share, without importing NumPy."""

LAYOUTS = ("stacked", "interleaved", "first", "second")
"""Where the views of a sample lie in one file."""

REDUCTIONS = ("mean", "sum")
"""Over the samples that define the loss."""

PRECISIONS = ("float32", "float64")
"""Types of the rows and of the score tiles."""
