"""A verdict as a report: json, the formats of rows, the table for people."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from contrastive_core.errors import NothingDefined

from .records import heading
from .report import Records
from .sheets import number

if TYPE_CHECKING:
    from rich.console import Console

    from contrastive_core.gate.verdict import Check, CheckedInput, CheckResult
    from contrastive_core.rows import Rows


_TYPES = {
    **dict.fromkeys(("value", "bound", "baseline", "allowed"), "number"),
    **dict.fromkeys(("rows", "views"), "counts"),
    "passed": "truth",
}
"""Of the columns of the formats of rows."""


@dataclass(frozen=True)
class CheckReport:
    """What a check came to.

    Args:
        result: The verdict.
    """

    result: CheckResult

    def head(self) -> dict[str, Any]:
        """The verdict, with all that was checked."""
        result = self.result
        several = any(each.name is not None for each in result.inputs)
        return {
            **heading("check", (), result.warnings),
            "inputs": [entry for each in result.inputs for entry in _files(each, several)],
            "notes": list(result.notes),
            "passed": result.passed,
            "outcome": result.outcome,
            "saved": result.saved,
            "checks": [_object(check) for check in result.checks],
        }

    def lists(self) -> Mapping[str, Rows]:
        """None: the checks are few, and hold lists themselves."""
        return {}

    def table(self) -> Records:
        """One row per rule."""
        return Records((_row(check) for check in self.result.checks), _TYPES)

    def print_to(self, console: Console, columns: int | None) -> None:
        """Every rule in a line; then each failure with its rows, and the count."""
        from .check_lines import print_check

        print_check(self.result, console, columns)

    def value(self) -> float:
        """The value of the one rule.

        Raises:
            NothingDefined: It has none.
        """
        (check,) = self.result.checks
        if check.passed is None or check.value is None:
            raise NothingDefined(
                check.metric,
                expected="a value on these data",
                got=check.reason or "none",
                remedy=check.remedy or "Take -o json for what is known.",
            )
        return check.value


def _files(each: CheckedInput, named: bool) -> list[dict[str, Any]]:
    """What was read, as the other commands say it; with the name of the input, if it has one."""
    name = {"name": each.name} if named else {}
    return [{**name, **dataclasses.asdict(file)} for file in each.files]


def _object(check: Check) -> dict[str, Any]:
    """A check as json has it."""
    rows = [{name: number(value) for name, value in row.items()} for row in check.rows]
    found = {name: number(value) for name, value in _plain(check).items()}
    return {**found, "rows": rows, "remedy": check.remedy}


def _row(check: Check) -> dict[str, Any]:
    """A check as the formats of rows have it: the numbers of its rows, worst first."""
    views = [row["view"] for row in check.rows if "view" in row]
    rows = [row["index"] for row in check.rows if "index" in row]
    return {**_plain(check), "rows": rows, "views": views, "remedy": check.remedy}


def _plain(check: Check) -> dict[str, Any]:
    """What a check is, in the order in which it is told."""
    names = ("metric", "value", "op", "bound", "level", "passed", "reason", "rule", "input")
    return {name: getattr(check, name) for name in (*names, "better", "baseline", "allowed")}
