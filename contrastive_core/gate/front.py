"""The whole of a check: rules, a baseline, the verdict."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence

from ..errors import BadParameter, ContrastError, NothingDefined
from ..resources import Resources
from ..session.session import Session
from .baseline import Baseline, check_target, save_baseline, saved_input
from .comparing import Comparison, check_allowances, check_inputs, compare
from .inputs_read import data_of
from .judging import judged, unmeasured
from .loading import load_baseline
from .measured import Measured
from .measuring import Found, Wanted, measure
from .planning import Plan, first_bad, plan_of, unopened
from .request import CheckedPool, CheckRequest
from .rules import Figure
from .tellings import Data
from .tolerances import Allowances, parse_allowances
from .verdict import PASSED, Check, CheckResult


def run_check(request: CheckRequest, resources: Resources | None = None) -> CheckResult:
    """Measure every figure once, and hold it against its rules and the baseline.

    A figure that is undefined, or that the inputs do not allow, leaves its rule undecided, and the
    others are still told. Of several inputs one that cannot be read leaves its own rules so.

    Args:
        request: What is to be checked.
        resources: Threads, memory bound, precision, progress.

    Raises:
        ContrastError: Nothing to check, an input that no rule uses, or, of a single input, files
            that cannot be read.
    """
    means = resources or Resources()
    baseline, allowed = _baseline(request)
    plans = [_plan(each, baseline, request, means) for each in request.inputs]
    found = _measured(plans, request)
    checks = [
        judged(rule, _of(rule.figure, plan, found[plan.name]), request.top, plan.name)
        for plan in plans
        for rule in plan.rules
    ]
    hashed = _is_hashed(request)
    told = {plan.name: data_of(plan, found[plan.name], hashed=hashed) for plan in plans}
    compared = Comparison((), ())
    if baseline is not None:
        compared = compare(
            baseline,
            {plan.name: list(found[plan.name].measured.values()) for plan in plans},
            allowed,
            data=told,
            seed=request.seed,
            top=request.top,
        )
    missed = {plan.name: {**plan.missing, **found[plan.name].failed} for plan in plans}
    result = CheckResult(
        checks=(*checks, *(_explained(each, missed[each.input]) for each in compared.checks)),
        inputs=tuple(told[plan.name].checked for plan in plans),
        warnings=tuple(_said(plans, found)),
        notes=(*compared.notes, *_unsaved(request, plans, missed)),
    )
    return _saved(result, request, plans, found, told)


def _baseline(request: CheckRequest) -> tuple[Baseline | None, Allowances]:
    """The baseline and what is allowed, both checked before anything is measured."""
    names = [each.pool.name for each in request.inputs]
    if not names or len(set(names)) < len(names):
        raise BadParameter(
            "inputs",
            expected="one set of inputs, or several with names that differ",
            got=", ".join(map(repr, names)) or "none",
            remedy="Name each set once.",
        )
    allowed = parse_allowances(request.allow)
    if request.save_baseline is not None:
        check_target(request.save_baseline, [each.pool.given for each in request.inputs])
    if request.baseline is None:
        if request.allow:
            raise BadParameter(
                "--allow",
                expected="a baseline that a figure may be worse than",
                got=f"{request.allow[0]!r} and none",
                remedy="Give --baseline FILE, or leave --allow out.",
            )
        return None, allowed
    baseline = load_baseline(request.baseline)
    check_inputs(baseline, names)
    check_allowances(baseline, allowed)
    return baseline, allowed


def _plan(
    each: CheckedPool, baseline: Baseline | None, request: CheckRequest, means: Resources
) -> Plan:
    """What is measured of one input."""
    name, rules = each.pool.name, each.rules
    session = Session.of(each.pool.given, means)
    more: list[Figure] | None = []
    if baseline is not None:
        names = [one.pool.name for one in request.inputs]
        saved = check_inputs(baseline, names)[name].figures
        more = [each.figure for each in saved.values()]
        if not rules and more and all(math.isnan(each.value) for each in saved.values()):
            raise _nothing_saved(name)
    elif request.save_baseline is not None and not rules:
        more = None
    if more == [] and not rules:
        raise _nothing(name)
    try:
        plan = plan_of(name, session, rules, more, spare=each.pool.spare or each.pool.configured)
    except ContrastError as error:
        if len(request.inputs) == 1 or more is None:
            raise
        return unopened(name, session, rules, more, error)
    if not plan.figures:
        raise _nothing(name)
    session.keep.reads.often |= _is_hashed(request)
    return plan


def _is_hashed(request: CheckRequest) -> bool:
    """Whether a baseline wants to know whose data they are."""
    return request.baseline is not None or request.save_baseline is not None


def _nothing(name: str | None) -> BadParameter:
    """The error for an input without a rule."""
    return BadParameter(
        "check" if name is None else f"the input {name!r}",
        expected="a rule, or a baseline to hold it against",
        got="nothing to check",
        remedy="Give --require 'uniformity <= -2', --baseline FILE, or --save-baseline FILE.",
    )


def _nothing_saved(name: str | None) -> NothingDefined:
    """The error for an input that is held against a baseline without a value."""
    return NothingDefined(
        "--baseline" if name is None else f"--baseline of the input {name!r}",
        expected="a figure that had a value when it was saved",
        got="none: all were undefined",
        remedy="Save the baseline anew, of embeddings whose figures have values; or give --require "
        "'uniformity <= -2'.",
    )


def _measured(plans: Sequence[Plan], request: CheckRequest) -> dict[str | None, Found]:
    """Every figure of every input.

    Raises:
        BadInput: Of a single input nothing can be measured, because of its files; or a baseline
            would go without what they hold.
    """
    found = {}
    for plan in plans:
        ops = [(rule.figure, rule.op in (">", ">=")) for rule in plan.rules]
        lowest = {figure for figure, more in ops if more} - {
            figure for figure, more in ops if not more
        }
        wanted = Wanted(request.top, request.seed, frozenset(lowest))
        found[plan.name] = measure(plan.measurings, wanted, plan.session)
    for plan in plans:
        own = found[plan.name]
        asked = {rule.figure for rule in plan.rules}
        unasked = (error for figure, error in own.failed.items() if figure not in asked)
        bad = first_bad(unasked) if request.save_baseline is not None else None
        if len(plans) == 1 and not own.measured:
            bad = bad or first_bad(own.failed.values())
        if bad is not None:
            raise bad
    return found


def _of(figure: Figure, plan: Plan, found: Found) -> Measured | ContrastError:
    """What is known of a figure, or why nothing is."""
    if figure in found.measured:
        return found.measured[figure]
    return plan.missing.get(figure) or found.failed[figure]


def _explained(each: Check, missed: Mapping[Figure, ContrastError]) -> Check:
    """A figure of the baseline that could not be measured, with the reason."""
    errors = {figure.text: error for figure, error in missed.items()}
    if each.value is not None or each.metric not in errors:
        return each
    error = errors[each.metric]
    reason = f"{error.what}: {unmeasured(error)}"
    return dataclasses.replace(each, reason=reason, remedy=error.remedy)


def _said(plans: Iterable[Plan], found: Mapping[str | None, Found]) -> Iterator[str]:
    """Warnings, with the input that they are of where there are several."""
    for plan in plans:
        before = "" if plan.name is None else f"{plan.name}: "
        for warning in found[plan.name].warnings:
            yield f"{before}{warning}"


def _unsaved(
    request: CheckRequest,
    plans: Iterable[Plan],
    missed: Mapping[str | None, Mapping[Figure, ContrastError]],
) -> Iterator[str]:
    """Figures that nobody asked for, and that a baseline goes without."""
    if request.save_baseline is None:
        return
    for plan in plans:
        asked = {rule.figure for rule in plan.rules}
        for figure, error in missed[plan.name].items():
            if figure not in asked:
                yield f"{figure.text} is not saved: {unmeasured(error)}."


def _saved(
    result: CheckResult,
    request: CheckRequest,
    plans: Sequence[Plan],
    found: Mapping[str | None, Found],
    told: Mapping[str | None, Data],
) -> CheckResult:
    """The result, after the baseline was written where all is well."""
    if request.save_baseline is None:
        return result
    if result.outcome != PASSED:
        note = f"{request.save_baseline} is not saved: the check is {result.outcome}"
        return dataclasses.replace(result, notes=(*result.notes, note))
    inputs = []
    for plan in plans:
        measured = list(found[plan.name].measured.values())
        if not measured:
            raise NothingDefined(
                "--save-baseline",
                expected="at least one figure that can be measured",
                got="none",
                remedy="Look at the reasons: " + "; ".join(result.notes),
            )
        data = told[plan.name]
        inputs.append(saved_input(data.checked, measured, data.hashes, request.seed))
    save_baseline(request.save_baseline, inputs)
    return dataclasses.replace(result, saved=str(request.save_baseline))
