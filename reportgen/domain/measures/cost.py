"""Measures of cost: what each task costs, example by example, so that one bootstrap covers every line (formulas.md 4.3)."""

from __future__ import annotations

import math

import numpy as np

from reportgen.domain.measures.columns import FAILED, column, failed, judged, masked, over, ratio, reviewed, right
from reportgen.domain.measures.mistakes import mistake_cost
from reportgen.domain.records.measure import Better, CostTerms, Family, Floats, Measure, Observation, Sample, Unit
from reportgen.domain.records.plan import OVERALL, Scope, Task
from reportgen.domain.records.score import Reading

_ALL = frozenset(Task)
REVIEWER_FINDS = 0.9
"""Share of errors that a reviewer finds where the workbook does not say (formulas.md 4.5)."""


def _token(observation: Observation, _: Reading) -> float:
    """Return the money for all billed attempts; a failure that reports none was not billed; NaN = no price."""
    if observation.token_cost is not None:
        return observation.token_cost
    return 0.0 if observation.response.outcome in FAILED else math.nan


def token_costs(sample: Sample) -> Floats:
    """Return (n,): money for tokens of each observation, NaN where it has no price."""
    return column(sample, "token cost", _token)


def unpriced(sample: Sample) -> bool:
    """Return whether some billed response has no price: such a candidate is never counted as free."""
    return bool(np.isnan(token_costs(sample)).any())


def attempts(sample: Sample) -> Floats:
    """Return (n,): attempts of each observation; one where nobody recorded them."""
    return column(sample, "attempts", lambda o, _: float(1 if o.response.attempts is None else o.response.attempts))


def wrong(sample: Sample) -> Floats:
    """Return (n,): 1 for a judged output that is not right and was handed on; failures are done by hand instead."""
    return judged(sample) * (1 - right(sample)) * (1 - failed(sample))


def undetected(sample: Sample) -> Floats:
    """Return (n,): the chance that the error of each observation stays in: 1, or what a reviewer misses."""
    finds = REVIEWER_FINDS if sample.costs.reviewer_finds is None else sample.costs.reviewer_finds
    return _graveness(sample) * (1 - finds * reviewed(sample))


def _graveness(sample: Sample) -> Floats:
    """Return (n,): 1 for an error; by the sheet Mistake costs, the share of the gravest mistake's cost."""
    most = max(map(max, sample.mistakes)) if sample.mistakes else 0.0
    return wrong(sample) * mistake_cost(sample) / most if most else wrong(sample)


def fixed_per_task(terms: CostTerms) -> float:
    """Return the fixed money a task: infrastructure and set-up spread over the tasks; 0 where the volume is not given."""
    if not terms.tasks_per_month:
        return 0.0
    setup = terms.setup_cost / (terms.setup_months * terms.tasks_per_month) if terms.setup_months else 0.0
    return terms.infrastructure_per_month / terms.tasks_per_month + setup


def _running(sample: Sample) -> Floats:
    terms = sample.costs
    review = 0.0 if terms.review_cost is None else terms.review_cost
    return token_costs(sample) + terms.infrastructure_per_request * attempts(sample) + review * reviewed(sample)


def _token_features(sample: Sample, scope: Scope) -> Floats:
    return masked(sample, scope, token_costs(sample), np.ones(len(sample.observations)))


def _running_features(sample: Sample, scope: Scope) -> Floats:
    return masked(sample, scope, _running(sample), np.ones(len(sample.observations)))


def _full_features(sample: Sample, scope: Scope) -> Floats:
    """Return (n, 4): all lines but undetected errors, 1, money for undetected errors, 1 where judged."""
    terms = sample.costs
    lines = _running(sample) + (terms.manual_cost or 0.0) * failed(sample) + fixed_per_task(terms)
    ones = np.ones(len(sample.observations))
    if terms.undetected_error_cost is None:
        return masked(sample, scope, lines, ones, np.zeros_like(ones), ones)
    money = terms.undetected_error_cost * undetected(sample)
    return masked(sample, scope, lines, ones, money, judged(sample))


def _full(sums: Floats) -> Floats:
    """Return the mean of the lines plus the mean cost of undetected errors over what could be judged."""
    return over(sums[..., 0], sums[..., 1]) + over(sums[..., 2], sums[..., 3])


def _no_price(sample: Sample, _: Scope) -> str:
    missing = int(np.isnan(token_costs(sample)).sum())
    return f"no price is known for {missing} of {len(sample.observations)} responses" if missing else ""


def _no_running(sample: Sample, scope: Scope) -> str:
    if sample.costs.review_cost is None and reviewed(sample).any():
        return "the sheet Costs does not say what a review costs"
    return _no_price(sample, scope)


def _no_full(sample: Sample, scope: Scope) -> str:
    if sample.costs.undetected_error_cost and not judged(sample).any():
        return "no response could be judged, so undetected errors cannot be counted"
    return _no_running(sample, scope)


def _remarks(sample: Sample, _: Scope) -> tuple[str, ...]:
    unknown = sum(o.response.attempts is None and o.response.outcome not in FAILED for o in sample.observations)
    if unknown and sample.costs.infrastructure_per_request:
        return (f"Attempts not recorded for {unknown} tasks; one each is assumed.",)
    return ()


MEASURES: tuple[Measure, ...] = (
    Measure(
        "cost per task",
        "Full cost of one task (cost per task)",
        Better.LOWER,
        Unit.MONEY,
        Family.MEAN,
        _ALL,
        _full_features,
        _full,
        explanation="Every line the workbook gives: running cost, failures by hand, fixed cost, set-up, undetected errors.",
        why_not=_no_full,
        remarks=_remarks,
    ),
    Measure(
        "running cost per task",
        "Running cost of one task (running cost per task)",
        Better.LOWER,
        Unit.MONEY,
        Family.MEAN,
        _ALL,
        _running_features,
        ratio,
        explanation="Tokens and infrastructure of all attempts, and human review: (T + I) · R + H.",
        why_not=_no_running,
        remarks=_remarks,
    ),
    Measure(
        "token cost per task",
        "Cost of tokens for one task (token cost per task)",
        Better.LOWER,
        Unit.MONEY,
        Family.MEAN,
        _ALL,
        _token_features,
        ratio,
        explanation="What the provider bills for one task, all attempts together.",
        why_not=_no_price,
    ),
)


def assumed_share(sample: Sample, measure: Measure) -> float:
    """Return which part of a cost rests on assumptions of the sheet Costs instead of on what the candidate did: 0 to 1."""
    token = float(np.nan_to_num(token_costs(sample)).sum())
    if measure.name == "token cost per task":
        return 0.0
    features = measure.features(sample, OVERALL)
    total = float(np.nan_to_num(features[:, 0::2]).sum())
    return 0.0 if total <= 0 else 1.0 - min(1.0, token / total)
