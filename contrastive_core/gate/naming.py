"""From names as they are written to a figure in one spelling."""

from __future__ import annotations

import re
from typing import Any

from ..conventions import PAPER_NAME
from ..errors import BadParameter, known_names
from ..geometry.declarations import KEYS_SUFFIX
from ..losses import LOSSES, Triplet, make_loss
from ..losses.making import unknown_kind
from ..parameters import Flag, Number, NumberOr, Spelling, Switch, spellings
from .catalogue import (
    CONVENTION,
    FRACTIONS,
    LOSS,
    STATISTICS,
    TRIPLETS,
    declares,
    fields_of,
    named,
    names,
    parameters_of,
    sort_of,
    spelt,
)
from .rules import Figure
from .scanning import Piece, Scan, Written

_OPTION = re.compile(r"--([a-z][a-z-]*)")
_VALUED = re.compile(r"--([a-z][a-z-]*) (?!out\b|or\b|and\b|for\b)([\w-]+)")

_TRUTHS = {"true": True, "false": False}


def figure_of(written: Written, scan: Scan) -> Figure:
    """The figure that is meant.

    Args:
        written: Its pieces.
        scan: The text, for messages.

    Raises:
        BadParameter: A name, parameter or field that is none, or a value that is illegal.
    """
    statistic = written.statistic.text if written.statistic else ""
    name = _name(written.name, scan, statistic)
    sort = sort_of(Figure(name, statistic=statistic))
    if statistic and name not in LOSSES:
        raise scan.error(
            written.name.at,
            f"the kind of a loss in {statistic}(...)",
            f"A quantile is of the losses of samples. {known_names(name, LOSSES)}",
            written.name.text,
        )
    if statistic and written.field.text:
        remedy = f"Write {statistic}({name})."
        raise scan.error(written.field.at, f"a loss alone in {statistic}(...)", remedy)
    field = _field(name, sort, written.field, scan)
    found = tuple(sorted(_parameter(name, sort, field, pair, scan) for pair in written.parameters))
    twice = [pair for number, pair in enumerate(found[1:]) if pair[0] == found[number][0]]
    if twice:
        at = written.parameters[-1][0].at
        raise scan.error(at, "each parameter once", "Leave one of them out.", twice[0][0])
    figure = Figure(name, found, field, statistic, written.name.text)
    if sort == LOSS:
        _check_loss(figure, scan, written)
    if sort == TRIPLETS:
        _check_triplets(figure, scan, written)
    return figure


def _name(piece: Piece, scan: Scan, statistic: str) -> str:
    """A metric, triplets or the kind of a loss; hyphens and underscores are alike."""
    found = named(piece.text)
    if found is not None:
        return found
    known = names()
    expected = "the kind of a loss" if statistic else "a metric, triplets, or the kind of a loss"
    own = piece.text.removesuffix(KEYS_SUFFIX)
    if own != piece.text and own in known:
        remedy = f"{own} has none of KEYS: write {own}."
        raise scan.error(piece.at, "a metric of one cloud before .keys", remedy, piece.text)
    if own in STATISTICS:
        raise scan.error(piece.at, expected, f"Write {own}(LOSS), as {own}(nt-xent).", piece.text)
    others = [] if statistic else [each for each in known if not each.endswith(KEYS_SUFFIX)]
    remedy = unknown_kind(piece.text, others)
    remedy = re.sub(r" --convention ([\w-]+)", r"(convention=\1)", remedy)
    raise scan.error(piece.at, expected, remedy, piece.text)


def _field(name: str, sort: str, piece: Piece, scan: Scan) -> str:
    """What of the result; nothing for the value."""
    written = spelt("".join(piece.text.split()))
    known = fields_of(sort)
    if sort == TRIPLETS:
        written = written.removeprefix(FRACTIONS)
    elif written in ("", "value"):
        return ""
    if written in known:
        return written
    if not known:
        raise scan.error(piece.at, f"{name} without a field", f"Write {name}.", piece.text)
    if not written:
        remedy = f"For example: {name}.{known[0]}. {known_names('', known)}"
        raise scan.error(piece.at, f"a field of {name} behind a point", remedy)
    remedy = known_names(written, known)
    raise scan.error(piece.at, f"a field of {name}", remedy, piece.text)


def _parameter(
    name: str, sort: str, field: str, pair: tuple[Piece, Piece], scan: Scan
) -> tuple[str, str]:
    """A parameter and its value, both in one spelling."""
    piece, value = pair
    known = parameters_of(name, sort, field)
    whole = f"{name}.{field}" if field else name
    spelling = _spellings(sort, name).get(spelt(piece.text))
    own = spelt(spelling.name if spelling else piece.text)
    if isinstance(spelling, Spelling) and not spelling.inverse:
        own = spelling.parameter.field
    if own not in known:
        remedy = known_names(piece.text, known) if known else "Leave it out."
        raise scan.error(piece.at, f"a parameter of {whole}", remedy, piece.text)
    if spelling is None:  # the convention, which is checked with the rest of the loss
        return own, value.text
    off = isinstance(spelling.parameter.bound, Switch) and _is_off(spelling, piece.text)
    try:
        typed = typed_value(spelling, value.text)
        spelling.value(typed)
    except BadParameter as error:
        raise scan.error(value.at, f"{own}: {error.expected}", error.remedy, value.text) from error
    typed = (not typed) if off else typed
    return own, _one_spelling(typed)


def _spellings(sort: str, name: str) -> dict[str, Spelling]:
    """Every name of a parameter, spelt as rules do; of a switch both sides."""
    found: dict[str, Spelling] = {}
    for each, spelling in spellings(declares(sort, name)).items():
        found[spelt(each)] = spelling
        if isinstance(spelling.parameter.bound, Switch):
            found[spelt(spelling.parameter.bound.off)] = spelling
    return found


def _is_off(spelling: Spelling, written: str) -> bool:
    bound = spelling.parameter.bound
    return isinstance(bound, Switch) and spelt(written) == spelt(bound.off)


def typed_value(spelling: Spelling, written: str) -> Any:
    """What was written as a value of the parameter's type; the bound checks it."""
    bound = spelling.parameter.bound
    if isinstance(bound, Flag | Switch):
        if written.lower() not in _TRUTHS:
            raise BadParameter(
                spelling.name,
                expected="true or false",
                got=written,
                remedy=f"Write {spelt(spelling.name)}=true, or leave it out.",
            )
        return _TRUTHS[written.lower()]
    if isinstance(bound, Number | NumberOr) and written not in getattr(bound, "words", ()):
        try:
            return float(written) if "_" not in written else written
        except ValueError:
            return written
    return written


def _one_spelling(value: Any) -> str:
    """A number as it is shortest, a truth in small letters, a word as it is."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 2**53 else repr(value)
    return str(value)


def values_of(figure: Figure) -> dict[str, Any]:
    """The parameters of a figure as Python values, without the convention."""
    known = _spellings(sort_of(figure), figure.name)
    return {
        name: typed_value(known[name], written)
        for name, written in figure.parameters
        if name != CONVENTION
    }


def convention_of(figure: Figure) -> str:
    """The convention of a loss."""
    return dict(figure.parameters).get(CONVENTION, PAPER_NAME)


def _check_loss(figure: Figure, scan: Scan, written: Written) -> None:
    """Refuse what no form of input could make sense of: it would only show with the data."""
    values, convention = values_of(figure), convention_of(figure)
    first: BadParameter | None = None
    for form in LOSSES[figure.name].forms:
        for inputs in (form.needs, (*form.needs, *form.takes)):
            try:
                make_loss(
                    figure.name,
                    convention=convention,
                    input_form=form.name,
                    inputs=inputs,
                    **values,
                )
            except BadParameter as error:
                first = first or error
            else:
                return
    if first is not None:
        raise _refused(first, scan, written)


def _check_triplets(figure: Figure, scan: Scan, written: Written) -> None:
    """Refuse a combination that no triplet loss knows."""
    try:
        values = values_of(figure)
        margin = values.pop("margin", None)
        made = make_loss(Triplet.kind, input_form="labels", inputs=("embeddings",), **values)
        if margin is not None:
            spellings(type(made))["margin"].value(margin)
    except BadParameter as error:
        raise _refused(error, scan, written) from error


def _refused(error: BadParameter, scan: Scan, written: Written) -> BadParameter:
    """The error of a loss, with the rule that it is of."""
    expected, remedy = _as_in_rules(error.expected), _as_in_rules(error.remedy)
    for name, value in written.parameters:
        if spelt(name.text) == spelt(error.what):
            typed = f"{name.text}={value.text}"
            return scan.error(name.at, expected, remedy, typed)
    return scan.error(written.name.at, expected, remedy)


def _as_in_rules(text: str) -> str:
    """Words of a command line as a rule has them: `--mining hard` is mining=hard."""
    told = _VALUED.sub(lambda found: f"{spelt(found[1])}={found[2]}", text)
    return _OPTION.sub(lambda found: f"{spelt(found[1])}=", told)
