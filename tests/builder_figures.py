"""Fake figures that are really computed from the fake observations, by short formulas of their own.

They are believable and consistent, not authoritative: `domain.estimate` has the methods of formulas.md.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator

import numpy as np
import numpy.typing as npt
from scipy.special import betaincinv, ndtri

from reportgen.domain.estimating import costs
from reportgen.domain.records.comparison import CostLine
from reportgen.domain.records.measure import Measurement, Observation, Sample, Unit
from reportgen.domain.records.plan import OVERALL, Scope, ScopeKind, Task
from reportgen.domain.records.response import Basis, Outcome
from reportgen.domain.records.score import CitationMark, Mark, Reading

Pair = tuple[float, float]
"""Numerator and denominator that one observation adds to a figure."""
Terms = Callable[[Observation, Reading], Pair]

_FAILED = frozenset({Outcome.ERROR, Outcome.TIMEOUT})
LOWER_IS_BETTER = frozenset(
    {
        "invalid output rate",
        "missing field rate",
        "invented field rate",
        "omission rate",
        "mean latency",
        "p50 latency",
        "p95 latency",
        "p99 latency",
        "cost per task",
        "running cost per task",
        "token cost per task",
        "review rate",
        "retry rate",
        "failure rate",
    }
)
PRIMARY = {
    Task.CLASSIFICATION: "macro F1",
    Task.EXTRACTION: "field F1 (micro)",
    Task.SUMMARIZATION: "omission rate",
    Task.QUESTION_ANSWERING: "exact answer rate",
}


def key(measure: str, scope: Scope = OVERALL) -> str:
    """Return the name in results.json, as `Measure.key` gives it."""
    base = measure.lower().replace(" ", "_").replace("-", "_")
    return base if scope.kind is ScopeKind.OVERALL else f"{base}[{scope}]"


def _share(marks: frozenset[Mark], among: str = "") -> Terms:
    """Share of the parts whose name starts with `among` that carry one of `marks`, as a mean over examples."""

    def terms(_: Observation, reading: Reading) -> Pair:
        parts = [p for p in reading.parts if p.name.startswith(among)]
        return (sum(p.mark in marks for p in parts) / len(parts) if parts else 0.0), 1.0

    return terms


def _pooled(marks: frozenset[Mark], given: frozenset[Mark] | None = None, field: str = "") -> Terms:
    """Parts with one of `marks` over parts with one of `given`, pooled over examples."""

    def terms(_: Observation, reading: Reading) -> Pair:
        parts = [p for p in reading.parts if not field or p.name == field]
        return float(sum(p.mark in marks for p in parts)), float(sum(given is None or p.mark in given for p in parts))

    return terms


def _flag(test: Callable[[Observation, Reading], bool]) -> Terms:
    return lambda o, r: (float(test(o, r)), 1.0)


_RIGHT = frozenset({Mark.CORRECT, Mark.CORRECT_EMPTY, Mark.SUPPORTED, Mark.COVERED})
_HELD = frozenset({Mark.CORRECT, Mark.WRONG, Mark.MISSING})
_GIVEN = frozenset({Mark.CORRECT, Mark.WRONG, Mark.INVENTED})


def _field_f1(name: str = "") -> Terms:
    def terms(_: Observation, reading: Reading) -> Pair:
        marks = [p.mark for p in reading.parts if not name or p.name == name]
        return 2.0 * marks.count(Mark.CORRECT), float(sum(m in _HELD for m in marks) + sum(m in _GIVEN for m in marks))

    return terms


def _label_terms(label: str, kind: str) -> Terms:
    def terms(o: Observation, reading: Reading) -> Pair:
        gold = bool(o.example.key and o.example.key.label == label)
        said = reading.label == label
        hit = float(gold and said)
        match kind:
            case "precision":
                return hit, float(said)
            case "recall":
                return hit, float(gold)
            case _:
                return 2 * hit, float(gold) + float(said)

    return terms


def _citation(_: Observation, reading: Reading) -> Pair:
    cited = [p for p in reading.parts if p.citation is not None]
    return float(sum(p.citation is CitationMark.SUPPORTS for p in cited)), float(len(cited))


def quality(task: Task, sample: Sample) -> Iterator[tuple[str, Scope, tuple[Terms, ...]]]:
    """Yield (measure, scope, terms); several terms are averaged (macro F1)."""
    labels = [(name, Scope(ScopeKind.LABEL, name)) for name in sample.labels]
    fields = [(name, Scope(ScopeKind.FIELD, name)) for name in sample.fields]
    right = _flag(lambda _, r: r.right)
    match task:
        case Task.CLASSIFICATION:
            yield "accuracy", OVERALL, (right,)
            yield "macro F1", OVERALL, tuple(_label_terms(n, "f1") for n, _ in labels)
            yield "weighted F1", OVERALL, (right,)
            for name, scope in labels:
                for kind, measure in (("f1", "F1"), ("precision", "precision"), ("recall", "recall")):
                    yield measure, scope, (_label_terms(name, kind),)
        case Task.EXTRACTION:
            yield "field F1 (micro)", OVERALL, (_field_f1(),)
            yield "field accuracy", OVERALL, (_pooled(_RIGHT),)
            yield "document exact match", OVERALL, (right,)
            yield "schema-valid rate", OVERALL, (_flag(lambda _, r: r.outcome is Outcome.ANSWERED),)
            yield "missing field rate", OVERALL, (_pooled(frozenset({Mark.MISSING}), _HELD),)
            yield (
                "invented field rate",
                OVERALL,
                (_pooled(frozenset({Mark.INVENTED}), frozenset({Mark.INVENTED, Mark.CORRECT_EMPTY})),),
            )
            yield "citation accuracy", OVERALL, (_citation,)
            for name, scope in fields:
                yield "field accuracy", scope, (_pooled(_RIGHT, field=name),)
                yield "F1", scope, (_field_f1(name),)
                yield "precision", scope, (_pooled(frozenset({Mark.CORRECT}), _GIVEN, name),)
                yield "recall", scope, (_pooled(frozenset({Mark.CORRECT}), _HELD, name),)
        case Task.SUMMARIZATION:
            yield "factual precision", OVERALL, (_share(frozenset({Mark.SUPPORTED}), "sentence"),)
            yield "omission rate", OVERALL, (_share(frozenset({Mark.OMITTED}), "fact"),)
            yield "key-fact recall", OVERALL, (_share(frozenset({Mark.COVERED}), "fact"),)
            yield "ROUGE-L", OVERALL, (lambda _, r: (r.extras.get("ROUGE-L", 0.0), 1.0),)
        case Task.QUESTION_ANSWERING:
            yield "exact answer rate", OVERALL, (right,)
            yield "token F1", OVERALL, (lambda _, r: (r.extras.get("token F1", 0.0), 1.0),)


def operations() -> Iterator[tuple[str, Terms]]:
    """Yield the shares that every task has."""
    yield "invalid output rate", _flag(lambda _, r: r.outcome is Outcome.INVALID)
    yield "review rate", _flag(lambda o, _: bool(o.review))
    yield "retry rate", _flag(lambda o, _: (o.response.attempts or 1) > 1)
    yield "failure rate", _flag(lambda o, _: o.response.outcome in _FAILED)


def figure(
    measure: str,
    scope: Scope,
    terms: tuple[Terms, ...],
    sample: Sample,
    *,
    basis: Basis,
    unit: Unit = Unit.SHARE,
    money: float = 0,
) -> Measurement:
    """Return the mean of the ratios of sums with a linearised interval, or Wilson and the exact bound for a share."""
    del money
    rows = sample.observations
    pairs = np.array([[t(o, o.score.strict) for t in terms] for o in rows]).reshape(len(rows), len(terms), 2)
    sums = pairs.sum(axis=0)
    kept = sums[:, 1] > 0
    n = int((pairs[:, :, 1] > 0).any(axis=1).sum())
    if not kept.any():
        return Measurement(
            measure, scope, None, None, None, None, 0, unit, "none", basis, reason="no example has a part in it"
        )
    ratios = sums[kept, 0] / sums[kept, 1]
    value = float(ratios.mean())
    lenient = np.array([[t(o, o.score.lenient) for t in terms] for o in rows]).reshape(pairs.shape).sum(axis=0)
    loose = float((lenient[kept, 0] / np.maximum(lenient[kept, 1], 1e-12)).mean()) if unit is Unit.SHARE else None
    if len(terms) == 1 and set(np.unique(pairs)) <= {0.0, 1.0} and unit is Unit.SHARE:
        x, low, high, bound, other = _counted(measure, float(sums[0, 0]), n)
        return Measurement(
            measure,
            scope,
            value,
            low,
            high,
            bound,
            n,
            unit,
            "Wilson 95 %, exact one-sided bound",
            basis,
            x=x,
            opposite_bound=other,
            lenient=loose,
        )
    influence = ((pairs[:, kept, 0] - ratios * pairs[:, kept, 1]) / sums[kept, 1]).mean(axis=1)
    error = float(np.sqrt((influence**2).sum())) or 0.01 * value
    top = 1.0 if unit is Unit.SHARE else math.inf
    low, high = max(0.0, value - 1.96 * error), min(top, value + 1.96 * error)
    below, above = max(0.0, value - 1.645 * error), min(top, value + 1.645 * error)
    bound, other = (above, below) if measure in LOWER_IS_BETTER else (below, above)
    return Measurement(
        measure,
        scope,
        value,
        low,
        high,
        bound,
        n,
        unit,
        "bootstrap, 10,000 resamples",
        basis,
        lenient=loose,
        opposite_bound=other,
    )


def _counted(measure: str, x: float, n: int) -> tuple[int, float, float, float, float]:
    z = float(ndtri(0.975))
    p = x / n
    centre, scale = (p + z * z / 2 / n), 1 + z * z / n
    half = z * math.sqrt(p * (1 - p) / n + z * z / 4 / n / n)
    lower = 0.0 if x == 0 else float(betaincinv(x, n - x + 1, 0.05))
    upper = 1.0 if x == n else float(betaincinv(x + 1, n - x, 0.95))
    bound, other = (upper, lower) if measure in LOWER_IS_BETTER else (lower, upper)
    return int(x), max(0.0, (centre - half) / scale), min(1.0, (centre + half) / scale), bound, other


def latency(measure: str, level: float | None, sample: Sample, basis: Basis) -> Measurement:
    """Return a percentile by nearest rank with failures infinite, or the mean over the answered (`level` None)."""
    times = np.array([math.inf if o.response.latency_s is None else o.response.latency_s for o in sample.observations])
    answered = np.sort(times[np.isfinite(times)])
    attempts = np.array(
        [o.response.attempt_latency_s for o in sample.observations if o.response.attempt_latency_s is not None]
    )
    if level is None:
        spread = 1.96 * float(answered.std()) / math.sqrt(len(answered))
        mean = float(answered.mean())
        return Measurement(
            measure,
            OVERALL,
            mean,
            mean - spread,
            mean + spread,
            mean + spread * 0.84,
            len(answered),
            Unit.SECONDS,
            "mean over the answered",
            basis,
            opposite_bound=mean - spread * 0.84,
        )
    n = len(times)
    spread = 1.96 * math.sqrt(n * level * (1 - level))
    ordered = np.sort(times)

    def at(rank: float) -> float | None:
        place = math.ceil(rank) - 1
        return float(ordered[place]) if place < n and math.isfinite(ordered[max(0, place)]) else None

    value = at(level * n)
    return Measurement(
        measure,
        OVERALL,
        value,
        at(level * n - spread) if value is not None else None,
        at(level * n + spread + 1),
        at(level * n + spread * 0.84 + 1),
        n,
        Unit.SECONDS,
        "nearest rank, order statistics",
        basis,
        reason="" if value is not None else f"more than {100 - level * 100:.0f} % of requests failed",
        opposite_bound=at(level * n - spread * 0.84) if value is not None else None,
        answered_only={"value": float(np.quantile(answered, level)), "n": len(answered)},
        attempt={"value": float(np.quantile(attempts, level)), "n": len(attempts)},
    )


def cost_lines(sample: Sample, basis: Basis) -> tuple[CostLine, ...]:
    """Return the full cost per task line by line, formulas.md 4.3, as the domain computes it."""
    return costs.cost_lines(costs.rates(sample), sample.costs, basis)


def money(measure: str, lines: tuple[CostLine, ...], n: int, basis: Basis) -> Measurement:
    """Return one of the three costs per task with an interval of six per cent either way."""
    kept = lines if measure == "cost per task" else [c for c in lines if c.headline]
    if measure == "token cost per task":
        kept = lines[:1]
    amounts = [c.amount for c in kept if c.amount is not None]
    if len(amounts) < len(kept):
        return Measurement(
            measure, OVERALL, None, None, None, None, n, Unit.MONEY, "none", basis, reason="no price for this model is known"
        )
    value = sum(amounts)
    return Measurement(
        measure,
        OVERALL,
        value,
        value * 0.94,
        value * 1.06,
        value * 1.05,
        n,
        Unit.MONEY,
        "bootstrap, 10,000 resamples",
        basis,
        opposite_bound=value * 0.95,
    )


def only(sample: Sample, segment: str) -> Sample:
    """Return the sample restricted to one segment."""
    rows = tuple(o for o in sample.observations if o.example.segment == segment)
    return Sample(rows, sample.labels, sample.fields, sample.citation_fields, sample.costs, sample.lenient)


Floats = npt.NDArray[np.float64]


def per_example(task: Task, sample: Sample) -> Floats:
    """Return the primary figure of each example, for paired differences."""
    if task is Task.SUMMARIZATION:
        return np.array([_share(frozenset({Mark.OMITTED}), "fact")(o, o.score.strict)[0] for o in sample.observations])
    return np.array([float(o.score.strict.right) for o in sample.observations])
