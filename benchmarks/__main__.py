"""`python -m benchmarks`."""

from .command import main

main(prog_name="python -m benchmarks")
