"""results.json: the whole result for machines, in the names and spellings of the contract, unrounded.

The records below are the file's format; `domain.comparison` may grow without the file changing by accident.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path

import msgspec
from msgspec import UNSET, UnsetType

from reportgen.domain.records.comparison import CandidateResult, Comparison, Decision, LevelVerdict
from reportgen.domain.records.measure import Measurement, Unit
from reportgen.domain.records.response import Outcome
from reportgen.domain.records.routing import Route

FORMAT = "reportgen.results/1"


class EvaluationData(msgspec.Struct, frozen=True):
    """What was evaluated, and in which run."""

    title: str
    task: str
    document_number: str
    run_id: str
    workbook_sha256: str
    evidence_sha256: str
    seed: int
    confidence: float
    started: str
    finished: str
    version: str


class SplitData(msgspec.Struct, frozen=True):
    """One split: how many examples and their commitment."""

    examples: int
    sha256: str


class CountsData(msgspec.Struct, frozen=True):
    """Outcomes of the strict reading; the six outcomes and `unscored` (answered, not judged) sum to `planned`."""

    planned: int
    answered: int
    refused: int
    abstained: int
    invalid: int
    error: int
    timeout: int
    unscored: int


class MeasurementData(msgspec.Struct, frozen=True):
    """One figure; `unit` is `share`, `s` or the currency. Keys that do not apply are left out."""

    value: float | None
    low: float | None
    high: float | None
    bound: float | None
    n: int
    unit: str
    method: str
    basis: str
    reason: str | UnsetType = UNSET
    lenient: float | UnsetType = UNSET
    unweighted: float | UnsetType = UNSET
    answered_only: object = UNSET
    attempt: object = UNSET


class LevelData(msgspec.Struct, frozen=True):
    """One candidate against one service level."""

    measure: str
    scope: str
    comparison: str
    target: float
    value: float | None
    bound: float | None
    verdict: str
    importance: str


class RouteData(msgspec.Struct, frozen=True):
    """What a route is made of; `threshold` null = confidence plays no part. `share_sent_on` is among its measurements."""

    first: str
    then: str
    when: list[str]
    threshold: float | None


class CandidateData(msgspec.Struct, frozen=True):
    """One candidate with every figure and verdict."""

    name: str
    kind: str
    role: str
    model: str
    counts: CountsData
    measurements: dict[str, MeasurementData]
    service_levels: list[LevelData]
    route: RouteData | UnsetType = UNSET


class PairData(msgspec.Struct, frozen=True):
    """`difference` is a - b on the same rows."""

    a: str
    b: str
    measure: str
    difference: float | None
    low: float | None
    high: float | None
    p: float | None
    p_adjusted: float | None
    method: str


class BreakEvenData(msgspec.Struct, frozen=True):
    """Where one assumption would change the choice; `value` null = no realistic value."""

    assumption: str
    current: float | None
    value: float | None
    unit: str
    sentence: str


class CheaperData(msgspec.Struct, frozen=True):
    """A candidate that would save money if it were proven."""

    candidate: str
    saving_per_task: float
    saving_per_month: float | None
    more_examples: int | None
    sentence: str


class DecisionData(msgspec.Struct, frozen=True):
    """The decision; `winner` null = none."""

    status: str
    winner: str | None
    reasons: list[str]
    collect_more: int | None
    winner_probability: dict[str, float]
    break_evens: list[BreakEvenData]
    cheaper_but_unproven: list[CheaperData]


class PointData(msgspec.Struct, frozen=True):
    """One of the nine points."""

    number: int
    item: str
    status: str
    found: str
    needed: str
    evidence: str


class FindingData(msgspec.Struct, frozen=True):
    """A check besides the nine points."""

    code: str
    severity: str
    where: str
    what: str
    remedy: str


class ResultsData(msgspec.Struct, frozen=True):
    """The whole file."""

    format: str
    evaluation: EvaluationData
    split: dict[str, SplitData]
    candidates: list[CandidateData]
    comparisons: list[PairData]
    decision: DecisionData
    checklist: list[PointData]
    readiness: str
    findings: list[FindingData]
    unpriced: list[str]


def spelled(measure: str) -> str:
    """Return a measure's name as it stands in the file: lower case, spaces and hyphens as `_`."""
    return measure.lower().replace(" ", "_").replace("-", "_")


def results(comparison: Comparison) -> ResultsData:
    """Return what results.json says about `comparison`."""
    settings, run = comparison.plan.settings, comparison.run
    return ResultsData(
        format=FORMAT,
        evaluation=EvaluationData(
            title=settings.title,
            task=settings.task.value,
            document_number=settings.document_number,
            run_id=run.run_id,
            workbook_sha256=run.workbook_sha256,
            evidence_sha256=run.evidence_sha256,
            seed=settings.seed,
            confidence=settings.confidence,
            started=run.started,
            finished=run.finished,
            version=run.version,
        ),
        split={s.split.value: SplitData(s.examples, s.sha256) for s in comparison.corpus.summaries},
        candidates=[_candidate(c, settings.currency) for c in comparison.candidates],
        comparisons=[
            PairData(p.a, p.b, spelled(p.measure), p.difference, p.low, p.high, p.p, p.p_adjusted, p.method)
            for p in comparison.pairs
        ],
        decision=_decision(comparison.decision),
        checklist=[PointData(p.number, p.item, p.status.value, p.found, p.needed, p.evidence) for p in comparison.checklist],
        readiness=comparison.readiness.value,
        findings=[FindingData(f.code, f.severity.value, f.where, f.what, f.remedy) for f in comparison.findings],
        unpriced=list(comparison.unpriced),
    )


def results_bytes(comparison: Comparison) -> bytes:
    """Return the bytes of results.json: UTF-8, sorted keys, unrounded figures, two spaces of indent."""
    return encoded(_plain(msgspec.to_builtins(results(comparison))))


def encoded(plain: object) -> bytes:
    """Return plain values as results.json spells them."""
    return msgspec.json.format(msgspec.json.encode(plain, order="sorted"), indent=2) + b"\n"


def write_results(results: bytes, path: Path) -> None:
    """Write the bytes of results.json; the whole file or none."""
    unfinished = path.with_name(path.name + ".part")
    unfinished.write_bytes(results)
    unfinished.replace(path)


def _candidate(result: CandidateResult, currency: str) -> CandidateData:
    counts = result.counts
    return CandidateData(
        name=result.spec.name,
        kind=result.spec.kind.value,
        role=result.spec.role.value,
        model=result.spec.model,
        counts=CountsData(
            planned=counts.planned,
            unscored=counts.unscored,
            **{outcome.value: counts.by_outcome.get(outcome, 0) for outcome in Outcome},
        ),
        measurements={key: _measurement(m, currency) for key, m in result.measurements.items()},
        service_levels=[_level(v) for v in result.levels],
        route=_route(result.spec.route),
    )


def _route(of: Route | None) -> RouteData | UnsetType:
    return UNSET if of is None else RouteData(of.first, of.then, [w.value for w in of.when], of.threshold)


def _measurement(found: Measurement, currency: str) -> MeasurementData:
    value = _finite(found.value)
    return MeasurementData(
        value=value,
        low=_finite(found.low),
        high=_finite(found.high),
        bound=_finite(found.bound),
        n=found.n,
        unit=currency if found.unit is Unit.MONEY else found.unit.value,
        method=found.method,
        basis=found.basis.value,
        reason=(found.reason or "not measured") if value is None else UNSET,
        lenient=UNSET if found.lenient is None else found.lenient,
        unweighted=UNSET if found.unweighted is None else found.unweighted,
        answered_only=UNSET if found.answered_only is None else dict(found.answered_only),
        attempt=UNSET if found.attempt is None else dict(found.attempt),
    )


def _level(verdict: LevelVerdict) -> LevelData:
    level, found = verdict.level, verdict.measurement
    return LevelData(
        measure=spelled(level.measure),
        scope=str(level.scope),
        comparison=level.comparator.value,
        target=level.target,
        value=None if found is None else found.value,
        bound=None if found is None else found.bound,
        verdict=verdict.verdict.value,
        importance=level.importance.value,
    )


def _decision(decision: Decision) -> DecisionData:
    return DecisionData(
        status=decision.status.value,
        winner=decision.winner or None,
        reasons=list(decision.reasons),
        collect_more=decision.collect_more,
        winner_probability=dict(decision.winner_probability),
        break_evens=[BreakEvenData(**asdict(b)) for b in decision.break_evens],
        cheaper_but_unproven=[CheaperData(**asdict(c)) for c in decision.cheaper_but_unproven],
    )


def _finite(value: float | None) -> float | None:
    return value if value is not None and math.isfinite(value) else None


def _plain(value: object) -> object:
    """Return JSON values that can be written: lone surrogates replaced, infinities as null (JSON has none)."""
    match value:
        case str():
            return value.encode("utf-8", "replace").decode("utf-8")
        case float():
            return _finite(value)
        case list() | tuple():
            return [_plain(v) for v in value]
        case Mapping():
            return {str(_plain(str(k))): _plain(v) for k, v in value.items()}
        case _:
            return value
