"""From a kind, a form of input, a convention and what the user set: the loss itself."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from ..conventions import PAPER_NAME, Dialect
from ..dialects import DIALECTS, dialects_of
from ..errors import BadParameter, known_names
from ..parameters import spellings
from .declaration import LOSSES, Loss


def find_loss(kind: str) -> type[Loss]:
    """The declaration of a kind, or the error that lists the known ones."""
    if kind in LOSSES:
        return LOSSES[kind]
    meant = known_as(kind)
    raise BadParameter(
        "kind",
        expected="the name of a loss",
        got=repr(kind),
        remedy=f"It is known here as {meant}." if meant else known_names(kind, LOSSES),
    )


def known_as(name: str) -> str:
    """The kinds that have this name elsewhere, or under which convention."""
    plain = _plain(name).removesuffix("loss")
    kinds = [k for k, other in LOSSES.items() if plain in (_plain(k), *other.known_as)]
    dialects = [
        f"{dialect.kind} --convention {dialect.name}"
        for dialect in DIALECTS
        if plain and plain in (_plain(dialect.name), *_classes(dialect.reference))
    ]
    return " or ".join(kinds or dialects)


def _plain(name: str) -> str:
    """In small letters, without dashes."""
    return name.lower().replace("-", "").replace("_", "").replace(" ", "")


def _classes(reference: str) -> list[str]:
    """The classes that a reference names, in small letters."""
    words = reference.replace(",", " ").replace("_", "").split()
    return [word.lower().removesuffix("loss") for word in words if word.endswith(("Loss", "_loss"))]


def find_dialect(kind: str, name: str) -> Dialect | None:
    """A library's convention for a kind; None for the paper's."""
    known = dialects_of(kind)
    if name == PAPER_NAME:
        return None
    if name in known:
        return known[name]
    elsewhere = [other for other in LOSSES if name in dialects_of(other)]
    belongs = f" {name} has one for {', '.join(elsewhere)}." if elsewhere else ""
    raise BadParameter(
        "convention",
        expected=f"a convention of {kind}",
        got=repr(name),
        remedy=known_names(name, [PAPER_NAME, *known]) + belongs,
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
