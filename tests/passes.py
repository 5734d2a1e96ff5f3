"""Passes over one table, for tests of the engine."""

from contrastive_core.engines import Ask, Pass
from contrastive_core.reductions import Reduction
from contrastive_core.tables import Table


def walk_of(table: Table, rows: tuple[Reduction, ...], cols: tuple[Reduction, ...] = ()) -> Pass:
    """A pass whose candidates are counted from 0."""
    down, across = (tuple(Ask(each, table.relation) for each in side) for side in (rows, cols))
    return Pass(table, down, across)
