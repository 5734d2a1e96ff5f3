"""How much worse than its baseline a figure may be: `uniformity: 0.05`, `infonce: 2 sigma`."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from ..errors import BadParameter, known_names
from .catalogue import with_sigma
from .grammar import parse_figure, share_of

ABSOLUTE, RELATIVE, SIGMA = "absolute", "relative", "sigma"
"""What an amount is of: the unit of the figure, the baseline's value, the standard error."""

SAMPLES, ALL = "n", "*"
"""In place of a figure: the number of samples, and every figure without an amount of its own."""

_AMOUNT = re.compile(r"(?P<number>[^\s%]+?)\s*(?P<unit>%|sigmas?)?", re.IGNORECASE)

_WAYS = (
    "Write FIGURE: AMOUNT, the amount as 0.05 (in the unit of the figure), 2% (of the baseline's "
    "value) or '2 sigma' (standard errors, for means over samples). 'n: 10%' admits another "
    "number of samples, '*: 1%' is for every figure that has no amount of its own."
)


@dataclass(frozen=True)
class Amount:
    """How much worse.

    Args:
        number: In the unit of the figure, as a share, or as a number of standard errors.
        of: absolute, relative or sigma.
    """

    number: float
    of: str

    @property
    def text(self) -> str:
        """As it is typed."""
        if self.of == RELATIVE:
            return f"{self.number * 100:.12g}%"
        return f"{self.number:.12g}{' sigma' if self.of == SIGMA else ''}"

    def of_value(self, baseline: float, sigma: float) -> float:
        """In the unit of the figure.

        Args:
            baseline: The saved value.
            sigma: Standard error of the difference; not looked at but for an amount of them.
        """
        scale = {ABSOLUTE: 1.0, RELATIVE: abs(baseline), SIGMA: sigma}
        return self.number * scale[self.of]


UNASKED = Amount(1e-6, RELATIVE)
"""How much worse a figure may be that nothing is said of: what rounding may do."""

LEAST = 1e-12
"""No share and no number of standard errors comes to less: rounding of values near 0."""


@dataclass(frozen=True)
class Allowances:
    """All that is allowed.

    Args:
        figures: Amounts by the text of the figure.
        others: For all other figures.
        samples: By what share the number of samples may differ from the baseline's.
    """

    figures: dict[str, Amount]
    others: Amount = UNASKED
    samples: float = 0.0

    def amount(self, figure: str) -> Amount:
        """What is allowed of a figure."""
        return self.figures.get(figure, self.others)

    def check_known(self, saved: Iterable[str]) -> None:
        """Refuse a figure that the baseline does not have.

        Raises:
            BadParameter: It lists those that it has.
        """
        known = list(dict.fromkeys(saved))
        for figure in self.figures:
            if figure not in known:
                raise BadParameter(
                    "--allow",
                    expected="a figure of the baseline",
                    got=repr(figure),
                    remedy=known_names(figure, known),
                )


def parse_allowances(written: Sequence[str]) -> Allowances:
    """What is allowed, as typed.

    Args:
        written: `FIGURE: AMOUNT` each.

    Raises:
        BadParameter: One means nothing, or a figure has two.
    """
    figures: dict[str, Amount] = {}
    for each in written:
        name, amount = _parse(each)
        if name in figures:
            raise BadParameter(
                "--allow",
                expected="one amount for each figure",
                got=f"{name} twice: {figures[name].text} and {amount.text}",
                remedy="Keep the one that you mean.",
            )
        figures[name] = amount
    samples = figures.pop(SAMPLES, None)
    return Allowances(
        {name: amount for name, amount in figures.items() if name != ALL},
        figures.get(ALL, UNASKED),
        0.0 if samples is None else samples.number,
    )


def _parse(written: str) -> tuple[str, Amount]:
    """The figure in its one spelling, `n` or `*`, and the amount."""
    name, colon, after = (part.strip() for part in written.rpartition(":"))
    if not colon or not name or not after:
        raise _meaningless(written, "FIGURE: AMOUNT")
    amount = _parse_amount(written, after)
    if name == SAMPLES and amount.of != RELATIVE:
        raise _meaningless(written, "a share of the samples, such as 'n: 10%'")
    if name == ALL and amount.of == SIGMA:
        raise _meaningless(written, "sigma for one figure: not every figure is a mean over samples")
    return name if name in (SAMPLES, ALL) else parse_figure(name).text, amount


def _parse_amount(written: str, text: str) -> Amount:
    found = _AMOUNT.fullmatch(text)
    if found is None:
        raise _meaningless(written, "an amount such as 0.05, 2% or '2 sigma'")
    try:
        number = float(found["number"])
    except ValueError:
        raise _meaningless(written, "an amount such as 0.05, 2% or '2 sigma'") from None
    if not math.isfinite(number) or number < 0:
        raise _meaningless(written, "a finite amount from 0 on")
    if found["unit"] is None:
        return Amount(number, ABSOLUTE)
    if found["unit"] == "%":
        return Amount(share_of(found["number"]), RELATIVE)
    return Amount(number, SIGMA)


def _meaningless(written: str, expected: str) -> BadParameter:
    return BadParameter("--allow", expected=expected, got=repr(written), remedy=_WAYS)


def no_sigma(figure: str, amount: Amount) -> BadParameter:
    """The error for standard errors of a figure that has none."""
    return BadParameter(
        "--allow",
        expected="a figure that is a mean over two samples or more, for standard errors",
        got=f"'{figure}: {amount.text}'",
        remedy=f"Give it an amount in its unit, '{figure}: 0.05', or a share of the baseline's "
        f"value, '{figure}: 2%'. Standard errors are known of {with_sigma()}.",
    )
