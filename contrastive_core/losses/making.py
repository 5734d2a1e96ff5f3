"""From a kind, a form of input, a convention and what the user set: the loss itself."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from itertools import takewhile
from typing import Any

from ..conventions import PAPER_NAME, Dialect
from ..dialects import DIALECTS, dialects_of
from ..errors import BadParameter, known_names, shown
from ..parameters import spellings
from .declaration import LOSSES, Loss

_LONG = 5
"""Letters from which on one that is wrong says little."""

_OTHERS = ("ntbxent",)
"""Losses of others whose names are a letter away from one of ours."""


def find_loss(name: str) -> type[Loss]:
    """The declaration of a kind, or the error that lists the known ones.

    Args:
        name: The kind, or what it is called elsewhere; case, hyphens and underscores are alike.
    """
    kind = kind_of(name) if isinstance(name, str) else None
    if kind is not None:
        return LOSSES[kind]
    remedy = unknown_kind(str(name))
    raise BadParameter("kind", expected="the name of a loss", got=shown(name), remedy=remedy)


def kind_of(name: str) -> str | None:
    """The kind that has this name, here or elsewhere; None where there is none."""
    stem = _stem(name)
    for kind in LOSSES:
        if stem in map(_stem, (kind, *elsewhere(kind))):
            return kind
    return None


def elsewhere(kind: str) -> dict[str, tuple[str, ...]]:
    """What a kind is called elsewhere, and the options that give the value meant by that name.

    Nothing where that value is the paper's, by its defaults.
    """
    declaration = LOSSES[kind]
    found = {name: [way] if way else [] for name, way in declaration.known_as.items()}
    for dialect in dialects_of(kind).values():
        brings = any(getattr(declaration, each) != own for each, own in dialect.sets.items())
        for name, options in dialect.classes.items():
            way = f"--convention {dialect.name} {options}".strip()
            found.setdefault(name, []).extend([way] if brings else [])
    return {name: tuple(ways) for name, ways in found.items()}


def taken_as(name: str) -> str | None:
    """What to know of a name from elsewhere whose own value is not the paper's."""
    kind = find_loss(name).kind
    if _plain(name) == _plain(kind):
        return None
    meant = [ways for each, ways in elsewhere(kind).items() if _stem(each) == _stem(name)]
    own = " or ".join(way for ways in meant for way in ways)
    return f"{name} is taken as {kind}; its own value has {own}." if own else None


def unknown_kind(name: str, others: Iterable[str] = ()) -> str:
    """The remedy for a name that is no kind: a slip of the pen, or the names that are known.

    Names of losses are short, and one that is near another means something else: only a letter
    may be wrong.

    Args:
        name: What was written.
        others: Names that are legal beside those of losses.
    """
    plain, others = _plain(name), [each for each in others if each not in LOSSES]
    found = [each for each in DIALECTS if _plain(each.name) == plain]
    if found:
        meant = [f"{each.kind} --convention {each.name}" for each in found]
        return f"It is known here as {' or '.join(meant)}."
    near = [kind for kind in LOSSES if plain not in _OTHERS and _slip(plain, _plain(kind))]
    near = near or get_close_matches(name.lower(), others, n=1)
    guess = f"Did you mean {near[0]!r}?" if near else "It is not one of ours."
    return f"{guess} Known: {', '.join([*others, *LOSSES])}."


def _stem(name: str) -> str:
    """A name without what differs from one library to the next."""
    return _plain(name).removesuffix("loss")


def _plain(name: str) -> str:
    """In small letters, without dashes."""
    return name.lower().replace("-", "").replace("_", "").replace(" ", "")


def _slip(written: str, meant: str) -> bool:
    """Whether a letter is wrong, missing, too many or swapped with the next; or the end missing."""
    alike = takewhile(lambda pair: pair[0] == pair[1], zip(written, meant, strict=False))
    same = len(list(alike))
    rest, other = written[same:], meant[same:]
    one_off = rest[1:] in (other[1:], other) or rest == other[1:]
    swapped = rest[:2] == other[1::-1] and rest[2:] == other[2:]
    return min(len(written), len(meant)) >= _LONG and (one_off or swapped or not rest)


def find_dialect(kind: str, name: str) -> Dialect | None:
    """A library's convention for a kind; None for the paper's."""
    kind = find_loss(kind).kind
    known = dialects_of(kind)
    if isinstance(name, str) and name == PAPER_NAME:
        return None
    if isinstance(name, str) and name in known:
        return known[name]
    elsewhere = [other for other in LOSSES if str(name) in dialects_of(other)]
    belongs = f" {name} has one for {', '.join(elsewhere)}." if elsewhere else ""
    raise BadParameter(
        "convention",
        expected=f"a convention of {kind}",
        got=shown(name),
        remedy=known_names(str(name), [PAPER_NAME, *known]) + belongs,
    )


def make_loss(
    kind: str,
    *,
    convention: str = PAPER_NAME,
    input_form: str = "",
    inputs: Iterable[str] = (),
    **values: Any,
) -> Loss:
    """A loss of a kind with these hyper-parameters; a name it does not take is an error.

    Defaults come from the declaration, then the form of input, then the convention; what is set
    explicitly wins. `scale` may stand for a temperature: it is its inverse.

    Args:
        kind: The name of the loss.
        convention: `paper`, or the library whose value is wanted.
        input_form: The form of input, by name.
        inputs: The inputs that are given, by name.
        **values: Hyper-parameters as the user set them.
    """
    declaration, dialect = find_loss(kind), find_dialect(kind, convention)
    kind = declaration.kind
    explicit = _explicit(declaration, values, input_form)
    brought: dict[str, Any] = {"input_form": input_form}
    for name in (input_form, *inputs):
        brought.update(declaration.form_sets.get(name, {}))
    if dialect is not None:
        _check_dialect(dialect, input_form, inputs)
        _check_inputs(dialect, inputs)
        _check_fixed(dialect, explicit)
        brought.update(dialect.sets)
        for name in (input_form, *inputs):
            brought.update(dialect.sets_with.get(name, {}))
    made = declaration(**{**brought, **explicit}, dialect=dialect)
    for field in sorted(made.idle() & explicit.keys()):
        raise _means_nothing(kind, field.replace("_", "-"))
    return made


def _explicit(declaration: type[Loss], values: Mapping[str, Any], form: str) -> dict[str, Any]:
    """What the user set, by field, checked."""
    known = spellings(declaration)
    given: dict[str, Any] = {}
    said: dict[str, str] = {}
    for written, value in values.items():
        name = written.replace("_", "-")
        if name not in known:
            raise _not_taken(declaration.kind, name, known)
        field = known[name].parameter.field
        if field in given:
            raise _said_twice(said[field], name)
        if field in declaration.form_refuses.get(form, ()):
            raise _not_for(declaration.kind, name, form)
        given[field], said[field] = known[name].value(value), name
    return given


def _check_dialect(dialect: Dialect, form: str, inputs: Iterable[str]) -> None:
    """Refuse a convention that is not defined for the input."""
    if form == "scores" or (form and dialect.forms and form not in dialect.forms):
        kinds = f" ({', '.join(dialect.forms)})" if dialect.forms else ""
        raise BadParameter(
            "convention",
            expected=f"input for which {dialect.name} defines {dialect.kind}{kinds}",
            got=form,
            remedy=f"Leave --convention out for the paper's value; {dialect.name}: {dialect.says}.",
        )
    if form and dialect.needs is not None and dialect.needs not in inputs:
        raise BadParameter(
            "convention",
            expected=f"--{dialect.needs}, without which {dialect.name} defines no {dialect.kind}",
            got=f"no {dialect.needs}",
            remedy=f"Give --{dialect.needs} FILE, or another convention.",
        )


def _check_inputs(dialect: Dialect, inputs: Iterable[str]) -> None:
    """Refuse an input that a library does not know."""
    for name in sorted(set(dialect.without) & set(inputs)):
        raise BadParameter(
            "convention",
            expected=f"no --{name}, which {dialect.name} does not know for {dialect.kind}",
            got=f"--{name}",
            remedy=f"Leave --{name} out, or take another convention.",
        )


def _check_fixed(dialect: Dialect, explicit: Mapping[str, Any]) -> None:
    """Refuse what contradicts a fixed part of a convention."""
    for field, legal in dialect.fixed.items():
        if field in explicit and explicit[field] not in legal:
            name = field.replace("_", "-")
            raise BadParameter(
                name,
                expected=f"{name} {' or '.join(map(str, legal))} under --convention {dialect.name}",
                got=str(explicit[field]),
                remedy=f"It is fixed in {dialect.reference}. Leave {name} out, or take another "
                "convention.",
            )


def _not_for(kind: str, name: str, form: str) -> BadParameter:
    return BadParameter(
        name,
        expected=f"a parameter that {kind} of {form} takes",
        got=f"--{name}",
        remedy=f"Leave it out: {kind} of {form} does not know it.",
    )


def _means_nothing(kind: str, name: str) -> BadParameter:
    return BadParameter(
        name,
        expected=f"a parameter that {kind} depends on, as the others are set",
        got=f"--{name}",
        remedy="It would change nothing: leave it out.",
    )


def _not_taken(kind: str, name: str, known: Iterable[str]) -> BadParameter:
    elsewhere = [other for other in LOSSES if name in spellings(LOSSES[other])]
    belongs = f" It belongs to {', '.join(elsewhere)}." if elsewhere else ""
    return BadParameter(
        name,
        expected=f"a parameter of {kind}",
        got=repr(name),
        remedy=known_names(name, known) + belongs,
    )


def _said_twice(first: str, second: str) -> BadParameter:
    return BadParameter(
        second,
        expected=f"either {first} or {second}",
        got="both",
        remedy=f"They set the same parameter: leave one out (scale is 1 / "
        f"{second if first == 'scale' else first}).",
    )
