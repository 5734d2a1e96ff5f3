"""Legal hyper-parameters of every kind, taken from what it declares."""

import itertools
from collections.abc import Iterator
from typing import Any

from form_oracles import Setting
from forms import Case

from contrastive_core import LOSSES
from contrastive_core.parameters import Choice, Flag, Number, NumberOr, Parameter, parameters

TAUS = (0.05, 0.5, 3.0)
TINY_TAU = 0.001
LISTED = ("all", "easy", "semi-hard", "hard")


def has_tau(kind: str) -> bool:
    return "tau" in {parameter.field for parameter in parameters(LOSSES[kind])}


def taken(case: Case) -> list[Parameter]:
    """The parameters that mean something for the form."""
    return [p for p in parameters(LOSSES[case.kind]) if p.field not in case.refuses]


def default(parameter: Parameter, case: Case) -> Any:
    brought = LOSSES[case.kind].form_sets.get(case.form, {})
    return brought.get(parameter.field, parameter.default)


def values_of(parameter: Parameter, case: Case) -> tuple[Any, ...]:
    """Legal values that cover a parameter, its default first; one at least is another."""
    bound, first = parameter.bound, default(parameter, case)
    if isinstance(bound, Choice):
        return (first, *(name for name in bound.names if name != first))
    if isinstance(bound, Flag):
        return (False, True)
    if isinstance(bound, Number):
        if bound.reciprocal:
            return (first, *(tau for tau in TAUS if tau != first))
        if bound.whole:
            return (first, first + 3)
        return (first, bound.example if bound.example != first else 2.0 * first + 0.25)
    if isinstance(bound, NumberOr):
        return (first, 1.5, *bound.words)
    return (None, True, False)


def legal(case: Case, setting: Setting) -> bool:
    """Whether the values go together; what does not is refused, which other tests look at."""
    bank = "bank" in case.given
    refused = (
        setting.get("symmetric") and (bank or setting["denominator"] == "bank"),
        setting.get("denominator") == "bank" and not bank and case.form != "own negatives",
        setting.get("normalize") is not None and setting.get("distance") == "cosine",
        setting.get("swap") and setting.get("mining") == "random-semi-hard",
        setting.get("average") == "active" and setting.get("mining") == "easy",
        case.kind == "triplet" and case.form != "labels" and setting["mining"] not in LISTED,
    )
    return not any(refused)


def told(case: Case, setting: Setting) -> Setting:
    """Without what changes nothing while the others are as they are: that is refused."""
    knobs: Setting = {}
    if case.kind == "contrastive":
        knobs = {"flagged": "match" in case.given or "pairs" in case.given}
    idle = LOSSES[case.kind](input_form=case.form, **knobs, **setting).idle()
    return {name: value for name, value in setting.items() if name not in idle}


def has_oracle(setting: Setting) -> bool:
    """Random triplets are not foretold, only bounded."""
    return setting.get("mining") != "random-semi-hard"


def settings(case: Case, **fixed: Any) -> Iterator[Setting]:
    """Every combination of names and switches, with all numbers at each of their values in turn."""
    declared = taken(case)
    axes = [(fixed[p.field],) if p.field in fixed else values_of(p, case) for p in declared]
    numbers = [isinstance(p.bound, Number) for p in declared]
    counts = [len(values) for values, number in zip(axes, numbers, strict=True) if number]
    for place in range(max(counts, default=1)):
        chosen = [
            (values[min(place, len(values) - 1)],) if number else values
            for values, number in zip(axes, numbers, strict=True)
        ]
        for combination in itertools.product(*chosen):
            setting = {p.field: v for p, v in zip(declared, combination, strict=True)}
            if legal(case, setting):
                yield told(case, setting)


def few_settings(case: Case, **fixed: Any) -> Iterator[Setting]:
    """The defaults, and each name and switch changed alone; numbers changed all at once."""
    declared = taken(case)
    axes = {p.field: values_of(p, case) for p in declared}
    axes.update({name: (value,) for name, value in fixed.items() if name in axes})
    base = {name: values[0] for name, values in axes.items()}
    numbers = {p.field for p in declared if isinstance(p.bound, Number)}
    found = [base, {n: v[-1] if n in numbers else v[0] for n, v in axes.items()}]
    for name, values in axes.items():
        if name not in numbers:
            found += [{**base, name: value} for value in values[1:]]
    for setting in found:
        if legal(case, setting):
            yield told(case, setting)


def many_settings(case: Case, **fixed: Any) -> Iterator[Setting]:
    """Every combination on one input of each problem, and few on those that are the same one."""
    forms = {form.name for form in LOSSES[case.kind].forms}
    same = case.form in ("views", "pairs") and "two files" in forms
    of_views = case.form == "labels" and case.variant != "of rows"
    listed = case.form == "triplets"
    return few_settings(case, **fixed) if same or of_views or listed else settings(case, **fixed)
