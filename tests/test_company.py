"""Asked together equals asked alone, bit for bit, whatever the company; and each table once."""

import gc
import weakref
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from forms import Case, cases
from test_invariances import assert_same_bits, walked

import contrastive_core as cc
from contrastive_core import LOSSES, ContrastError, LossResult, Resources
from contrastive_core.engines import Pass, Results, local, run
from contrastive_core.inputs.stock import Stock
from contrastive_core.prepared import prepare_noting
from contrastive_core.session import session as sessions
from contrastive_core.session.session import Question
from contrastive_core.sources.keep import KeptRows
from contrastive_core.tiles import Cut

N = 40


def _content(case: Case) -> Any:
    """The inputs of a case by what they hold."""
    return tuple(sorted((name, repr(np.asarray(v).tolist())) for name, v in case.given.items()))


def _companies() -> dict[str, list[Case]]:
    """Cases of all kinds, put together where their inputs are the same."""
    found: dict[Any, list[Case]] = {}
    for kind in LOSSES:
        for case in cases(kind, n=N):
            found.setdefault(_content(case), []).append(case)
    return {f"{group[0].form} {group[0].variant} {len(group)}": group for group in found.values()}


COMPANIES = _companies()


def _questions(group: list[Case]) -> Iterator[Question[Any]]:
    """Every kind of a company at its settings, the metrics, and the triplets."""
    for case in group:
        for number, setting in enumerate(walked(case)):
            yield cc.LossQuestion(case.kind, per_sample=number == 0, top=3, **setting)
    if set(group[0].given) <= {"embeddings", "keys", "labels", "views", "pairs"}:
        yield cc.MetricsQuestion()
        yield cc.MetricsQuestion(["uniformity", "hubness"], t=5.0)
    if "labels" in group[0].given and "embeddings" in group[0].given:
        yield cc.TripletsQuestion([0.2, 0.5], distance="euclidean")
        yield cc.TripletsQuestion(0.2, soft_margin=True, swap=True)


def _same(one: Any, other: Any) -> None:
    if isinstance(one, ContrastError):
        assert str(other) == str(one)
    elif isinstance(one, LossResult):
        assert_same_bits(one, other)
        assert repr(one.worst) == repr(other.worst)
    else:
        assert repr(one) == repr(other)


@pytest.mark.parametrize("precision", ["float32", "float64"])
@pytest.mark.parametrize("name", COMPANIES)
def test_together_is_alone_to_the_last_bit(
    name: str, precision: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(local, "cut_for", lambda *_: Cut(7, 7, 14))
    group, means = COMPANIES[name], Resources(precision=precision, threads=2)
    questions = list(_questions(group))
    session = cc.Session(**group[0].given, resources=means)
    asked = [(question, session.given) for question in questions]
    together = session.outcomes(asked)
    backwards = session.outcomes(asked[::-1])[::-1]
    for pair, one, other in zip(asked, together, backwards, strict=True):
        (alone,) = cc.Session(**group[0].given, resources=means).outcomes([pair])
        _same(alone, one)
        _same(alone, other)


def test_there_is_company_of_many_kinds() -> None:
    kinds = {frozenset(case.kind for case in group) for group in COMPANIES.values()}
    assert max(map(len, kinds)) >= 9
    assert {case.kind for group in COMPANIES.values() if len(group) > 1 for case in group} >= {
        *("infonce", "nt-xent", "clip", "siglip", "dcl", "nce", "supcon", "uniformity", "triplet"),
    }


def _cloud(n: int = 60, d: int = 5) -> Any:
    return np.random.default_rng(0).normal(size=(n, d)).astype(np.float32)


def _walked(monkeypatch: pytest.MonkeyPatch) -> list[Pass]:
    """The passes that sessions have the engine walk."""
    seen: list[Pass] = []

    def counting(passes: list[Pass], **how: Any) -> list[Results]:
        seen.extend(passes)
        return run(passes, **how)

    monkeypatch.setattr(sessions, "run", counting)
    return seen


def test_conventions_walk_a_table_once_and_share_its_exponentials(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    seen = _walked(monkeypatch)
    cc.loss_by_convention("nt-xent", _cloud(), views="stacked", top=0)
    (job,) = seen
    scales = {ask.reduction.scale for ask in job.rows if hasattr(ask.reduction, "scale")}
    assert len(job.rows) == len(scales)
    assert len(job.shared) == len(scales) > 1


def test_losses_that_leave_out_other_pairs_share_a_table(monkeypatch: pytest.MonkeyPatch) -> None:
    seen = _walked(monkeypatch)
    session = cc.Session(_cloud(), views="stacked")
    session.ask(
        cc.LossQuestion("nt-xent", top=0),
        cc.LossQuestion("infonce", denominator="views", symmetric=True, tau=0.5, top=0),
        cc.LossQuestion("dcl", top=0),
        cc.LossQuestion("infonce", tau=0.1, top=0),
        cc.LossQuestion("clip", tau=0.1, top=0),
    )
    # The square of all rows, the rectangle of both views, and each view with itself.
    assert sorted(job.table.n for job in seen) == [30, 30, 30, 60]


def test_a_session_reads_and_prepares_its_files_once(
    tmp_path: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, prepared, plain = tmp_path / "emb.npy", [], prepare_noting
    np.save(path, _cloud())

    def counting(*given: Any, **how: Any) -> Any:
        prepared.append((how["unit"], how["dtype"]))
        return plain(*given, **how)

    monkeypatch.setattr("contrastive_core.inputs.stock.prepare_noting", counting)
    rules = ["nt-xent <= 99", "clip <= 99", "infonce(tau=1) <= 99", "dcl <= 99", "siglip <= 99"]
    assert cc.check(path, views="stacked", require=rules).passed
    assert prepared == [(True, "float32")]


@pytest.mark.parametrize("memory", [2**29, 20 * 2**20])
def test_questions_that_do_not_fit_together_are_asked_one_after_the_other(
    memory: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    released: list[Stock] = []
    plain = Stock.release

    def counting(self: Stock) -> None:
        released.append(self)
        plain(self)

    monkeypatch.setattr(Stock, "release", counting)
    rows = _cloud(4000, 64)
    means = Resources(memory=memory, threads=1)
    questions = [cc.LossQuestion("nt-xent", tau=tau, top=0) for tau in (0.1, 0.2, 0.5, 1.0)]
    values = [r.value for r in cc.Session(rows, views="stacked", resources=means).ask(*questions)]
    alone = [cc.loss("nt-xent", rows, views="stacked", tau=t).value for t in (0.1, 0.2, 0.5, 1.0)]
    assert values == alone
    assert (len(released) - 4 > 1) == (memory < 2**29)


def test_a_question_takes_the_inputs_that_it_needs_and_a_single_call_all() -> None:
    rows, labels = _cloud(), np.arange(60) % 3
    session = cc.Session(rows, labels=labels, views="stacked")
    with pytest.raises(ContrastError, match="labels"):
        cc.loss("nce", rows, labels=labels, views="stacked")
    space, supcon = cc.Session(rows, labels=labels).ask(
        cc.MetricsQuestion(), cc.LossQuestion("supcon")
    )
    assert space.metrics["precision_at_1"].n == 60
    assert supcon.value == cc.loss("supcon", rows, labels=labels).value
    with pytest.raises(ContrastError):
        session.ask(cc.LossQuestion("cross-entropy"))


def test_one_bad_question_keeps_no_other_from_its_answer() -> None:
    session = cc.Session(_cloud(), views="stacked")
    pairs = [(cc.LossQuestion(kind), session.given) for kind in ("nt-xent", "supcon", "triplet")]
    good, also, bad = session.outcomes(pairs)
    assert good.value == cc.loss("nt-xent", _cloud(), views="stacked").value
    assert also.value > 0
    assert isinstance(bad, ContrastError)


def test_a_session_that_is_over_holds_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without waiting for the collector of cycles: descriptors and temporary files are freed."""
    pq.write_table(pa.table({"emb": _cloud().tolist()}), tmp_path / "emb.parquet")
    held: list[weakref.ref[KeptRows]] = []
    plain = KeptRows.__init__

    def noting(self: KeptRows, *given: Any) -> None:
        plain(self, *given)
        held.append(weakref.ref(self))

    monkeypatch.setattr(KeptRows, "__init__", noting)
    gc.collect()
    gc.disable()
    try:
        cc.loss("nt-xent", tmp_path / "emb.parquet", views="stacked")
        cc.check(tmp_path / "emb.parquet", require=["uniformity <= 0", "mean_cosine <= 1"])
        assert [each() for each in held] == [None, None]
    finally:
        gc.enable()
