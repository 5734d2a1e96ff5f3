"""Passes over one table, for tests of the engine."""

from contrastive_core.engines import Ask, Pass
from contrastive_core.reductions import Reduction
from contrastive_core.tables import Table


def walk_of(table: Table, rows: tuple[Reduction, ...], cols: tuple[Reduction, ...] = ()) -> Pass:
    """A pass whose candidates are counted from 0."""
    return Pass(table, tuple(Ask(each) for each in rows), tuple(Ask(each) for each in cols))
