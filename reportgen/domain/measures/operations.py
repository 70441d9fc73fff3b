"""Measures of running a candidate: latency, failures, retries, review, and known failures re-tested."""

from __future__ import annotations

import math

import numpy as np

from reportgen.domain.measures.columns import FAILED, column, failed, in_scope, judged, masked, ratio, reviewed, right
from reportgen.domain.records.measure import Better, Family, Floats, Measure, Observation, Sample, Unit
from reportgen.domain.records.plan import Scope, ScopeKind, Task
from reportgen.domain.records.response import Basis, Outcome
from reportgen.domain.records.score import Reading

_ALL = frozenset(Task)
_OVERALL = frozenset({ScopeKind.OVERALL})
NOT_SCORES = frozenset({"review rate", "retry rate", "failure rate", "share sent on"})
"""Shares of how a candidate runs, not of what its answers hold."""
UNKNOWN = math.nan
"""Latency of an answer for which nobody recorded it: dropped and counted in a remark, never taken as 0."""


def _ones(sample: Sample) -> Floats:
    return np.ones(len(sample.observations))


def _latency(observation: Observation, _: Reading) -> float:
    if observation.response.outcome in FAILED:
        return math.inf
    return UNKNOWN if observation.response.latency_s is None else observation.response.latency_s


def latencies(sample: Sample, scope: Scope) -> Floats:
    """Return (n, 1): task latency in seconds; +inf for an error or a timeout, NaN where unknown or outside the scope."""
    values = column(sample, "latency", _latency)
    return np.where(in_scope(sample, scope) > 0, values, UNKNOWN)[:, None]


def attempt_latencies(sample: Sample, scope: Scope) -> Floats:
    """Return the provider's own latency in seconds of the last attempt of each answer that has one, shape (m,)."""
    values = column(
        sample,
        "attempt latency",
        lambda o, _: (
            UNKNOWN if o.response.outcome in FAILED or o.response.attempt_latency_s is None else o.response.attempt_latency_s
        ),
    )
    values = values[in_scope(sample, scope) > 0]
    return values[~np.isnan(values)]


def _mean_latency(sample: Sample, scope: Scope) -> Floats:
    values = latencies(sample, scope)
    known = np.isfinite(values)
    return np.hstack([np.where(known, values, 0.0), known.astype(np.float64)])


def _no_latency(sample: Sample, scope: Scope) -> str:
    if not in_scope(sample, scope).any():
        return "no example in this scope"
    values = latencies(sample, scope)
    if np.isfinite(values).any():
        return ""
    if not np.isnan(values[in_scope(sample, scope) > 0]).any():
        return "every request failed"
    asked = any(o.response.basis is Basis.MEASURED for o in sample.observations)
    return "latency is not measured in a batch" if asked else "latency was not recorded"


def _latency_remarks(sample: Sample, scope: Scope) -> tuple[str, ...]:
    values = latencies(sample, scope)[in_scope(sample, scope) > 0]
    unknown = int(np.isnan(values).sum())
    return (f"Latency not recorded for {unknown} of {len(values)}; left out.",) if unknown else ()


def attempts_unknown(sample: Sample, scope: Scope) -> int:
    """Return for how many examples of the scope the number of attempts is not recorded."""
    return int((_attempts_known(sample) * in_scope(sample, scope) < in_scope(sample, scope)).sum())


def _attempts_known(sample: Sample) -> Floats:
    """Return 1 where the attempts are known; a failed row that records none counts as not retried."""
    return column(
        sample, "attempts known", lambda o, _: float(o.response.attempts is not None or o.response.outcome in FAILED)
    )


def _retries(sample: Sample, scope: Scope) -> Floats:
    retried = column(sample, "retried", lambda o, _: float((o.response.attempts or 1) > max(1, len(o.response.made_of))))
    return masked(sample, scope, retried, _attempts_known(sample))


def _no_attempts(sample: Sample, scope: Scope) -> str:
    return "" if _retries(sample, scope)[:, 1].any() else "the number of attempts was not recorded"


def _attempt_remarks(sample: Sample, scope: Scope) -> tuple[str, ...]:
    unknown = attempts_unknown(sample, scope)
    return (f"Attempts not recorded for {unknown}; left out.",) if unknown else ()


def _sent_on(sample: Sample) -> Floats:
    return column(sample, "sent on", lambda o, _: float(o.response.sent_on))


def _outcome(sample: Sample, scope: Scope) -> Floats:
    invalid = column(sample, "invalid", lambda _, r: float(r.outcome is Outcome.INVALID))
    return masked(sample, scope, invalid, _ones(sample))


INVALID = Measure(
    "invalid output rate",
    "Outputs that cannot be read (invalid output rate)",
    Better.LOWER,
    Unit.SHARE,
    Family.SHARE,
    _ALL,
    _outcome,
    ratio,
    best=0.0,
    explanation="Of all planned examples, the share whose output is not in the agreed form.",
)


def _percentile(level: float, name: str, words: str) -> Measure:
    return Measure(
        name,
        words,
        Better.LOWER,
        Unit.SECONDS,
        Family.QUANTILE,
        _ALL,
        latencies,
        quantile=level,
        explanation=f"{level:.0%} of all planned tasks were answered within this time; a failed task counts as never.",
        why_not=_no_latency,
        remarks=_latency_remarks,
    )


LATENCY: tuple[Measure, ...] = (
    Measure(
        "mean latency",
        "Mean time to answer (mean latency)",
        Better.LOWER,
        Unit.SECONDS,
        Family.MEAN,
        _ALL,
        _mean_latency,
        ratio,
        explanation="The mean time from the first attempt to the final answer, over the answered examples.",
        why_not=_no_latency,
        remarks=_latency_remarks,
    ),
    _percentile(0.50, "p50 latency", "Time within which half are answered (p50 latency)"),
    _percentile(0.95, "p95 latency", "Time within which 95 % are answered (p95 latency)"),
    _percentile(0.99, "p99 latency", "Time within which 99 % are answered (p99 latency)"),
)

SENT_ON = Measure(
    "share sent on",
    "Tasks that a route sends on to its second candidate (share sent on)",
    Better.LOWER,
    Unit.SHARE,
    Family.SHARE,
    _ALL,
    lambda sample, scope: masked(sample, scope, _sent_on(sample), _ones(sample)),
    ratio,
    of_routes=True,
    explanation="Of all planned examples, the share that a route sends on; whoever is no route sends none on.",
)

RATES: tuple[Measure, ...] = (
    Measure(
        "review rate",
        "Answers that a person must look at (review rate)",
        Better.LOWER,
        Unit.SHARE,
        Family.SHARE,
        _ALL,
        lambda sample, scope: masked(sample, scope, reviewed(sample), _ones(sample)),
        ratio,
        explanation="Of all planned examples, the share for which at least one review rule fires.",
    ),
    Measure(
        "retry rate",
        "Tasks that needed more than one attempt (retry rate)",
        Better.LOWER,
        Unit.SHARE,
        Family.SHARE,
        _ALL,
        _retries,
        ratio,
        best=0.0,
        explanation="Of all planned examples, the share that took more than one attempt.",
        why_not=_no_attempts,
        remarks=_attempt_remarks,
    ),
    Measure(
        "failure rate",
        "Tasks that ended in an error or a timeout (failure rate)",
        Better.LOWER,
        Unit.SHARE,
        Family.SHARE,
        _ALL,
        lambda sample, scope: masked(sample, scope, failed(sample), _ones(sample)),
        ratio,
        best=0.0,
        explanation="Of all planned examples, the share that ended in an error or a timeout.",
    ),
    Measure(
        "known-failure pass rate",
        "Known failures now handled (known-failure pass rate)",
        Better.HIGHER,
        Unit.SHARE,
        Family.SHARE,
        _ALL,
        lambda sample, scope: masked(sample, scope, right(sample), judged(sample)),
        ratio,
        scopes=_OVERALL,
        best=1.0,
        explanation="Of the cases that went wrong in production before, the share that is now right.",
    ),
)
