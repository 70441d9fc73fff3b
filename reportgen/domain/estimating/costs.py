"""The full cost of one task, line by line, so that none hides in another: (T + I)·R + H, then the rest (formulas.md 4.3)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from reportgen.domain.estimating.proportion import PLAIN, Method, row_weights, weighs
from reportgen.domain.measures import cost
from reportgen.domain.measures.columns import failed, judged, reviewed
from reportgen.domain.records.comparison import CostLine
from reportgen.domain.records.measure import CostTerms, Floats, Sample, Unit
from reportgen.domain.records.plan import OVERALL, Assumption, CandidateSpec
from reportgen.domain.records.response import Basis
from reportgen.domain.wording.figures import amount, percent

MINUTES_AN_HOUR = 60

TASKS_PER_MONTH = "Tasks per month"
MINUTES_PER_REVIEW = "Minutes per review"
REVIEWER_HOUR = "Reviewer cost per hour"
MANUAL_COST = "Manual cost per task"
INFRASTRUCTURE_MONTH = "Infrastructure cost per month"
INFRASTRUCTURE_REQUEST = "Infrastructure cost per request"
OVERHEAD = "Overhead factor"
REVIEWER_FINDS = "Share of errors a reviewer finds"
UNDETECTED_ERROR = "Cost of an undetected error"
SETUP = "Setup cost"
SETUP_MONTHS = "Months to spread the setup cost over"

TOKENS_LINE = "Tokens"
REQUEST_LINE = "Infrastructure per request"
REVIEW_LINE = "Human review"
FAILED_LINE = "Failed tasks done by hand"
FIXED_LINE = "Fixed infrastructure"
SETUP_LINE = "Setup"
ERRORS_LINE = "Undetected errors"


@dataclass(frozen=True, slots=True)
class CostRates:
    """What a candidate did, a task: money for tokens (all attempts), attempts, shares failed, reviewed, undetected wrong.

    `token` None = no price; `undetected` None = nothing could be judged.
    """

    token: float | None
    attempts: float
    failed: float
    review: float
    undetected: float | None


def cost_terms(costs: Mapping[str, Assumption], spec: CandidateSpec | None = None) -> CostTerms:
    """Return the assumptions as the cost model uses them; a candidate's own infrastructure replaces the row of the sheet."""

    def given(name: str) -> float | None:
        return costs[name].expected if name in costs else None

    own = spec.infrastructure_per_month if spec is not None else None
    return CostTerms(
        review_cost=review_cost(given(MINUTES_PER_REVIEW), given(REVIEWER_HOUR), given(OVERHEAD)),
        manual_cost=given(MANUAL_COST),
        tasks_per_month=given(TASKS_PER_MONTH),
        infrastructure_per_request=given(INFRASTRUCTURE_REQUEST) or 0.0,
        infrastructure_per_month=own if own is not None else given(INFRASTRUCTURE_MONTH) or 0.0,
        reviewer_finds=given(REVIEWER_FINDS),
        undetected_error_cost=given(UNDETECTED_ERROR),
        setup_cost=given(SETUP) or 0.0,
        setup_months=given(SETUP_MONTHS),
    )


def review_cost(minutes: float | None, hour: float | None, overhead: float | None) -> float | None:
    """Return the money for one review: minutes / 60 · cost of an hour · overhead (1 where not given); None = not given."""
    if minutes is None or hour is None:
        return None
    return minutes / MINUTES_AN_HOUR * hour * (1.0 if overhead is None else overhead)


def rates(sample: Sample, method: Method = PLAIN) -> CostRates:
    """Return what the candidate did, a task, weighted by the production mix where there is one."""
    weights = _weights(sample, method)
    return CostRates(
        token=None if cost.unpriced(sample) else _mean(weights, cost.token_costs(sample)),
        attempts=_mean(weights, cost.attempts(sample)) or 0.0,
        failed=_mean(weights, failed(sample)) or 0.0,
        review=_mean(weights, reviewed(sample)) or 0.0,
        undetected=_mean(weights, cost.undetected(sample), judged(sample)),
    )


def wrong_and_reviewed(sample: Sample, method: Method = PLAIN) -> float:
    """Return the share of judged tasks that are wrong and go through review: what a reviewer can find."""
    return _mean(_weights(sample, method), cost.wrong(sample) * reviewed(sample), judged(sample)) or 0.0


def _weights(sample: Sample, method: Method) -> Floats:
    return row_weights(sample, method) if weighs(sample, OVERALL, method) else np.ones(len(sample.observations))


def _mean(weights: Floats, values: Floats, over: Floats | None = None) -> float | None:
    below = float(np.dot(weights, np.ones_like(values) if over is None else over))  # summed as above: all is exactly 1
    return float(np.dot(weights, values)) / below if below > 0 else None


def cost_lines(of: CostRates, terms: CostTerms, basis: Basis = Basis.MEASURED) -> tuple[CostLine, ...]:
    """Return the lines of the full cost per task in their order; the first three are the headline (T + I)·R + H.

    A line that cannot be known has no amount and says why; it is never 0.
    """
    volume = terms.tasks_per_month
    return (
        _line(
            TOKENS_LINE, of.token, basis, "no price is known" if of.token is None else "tokens as recorded", headline=True
        ),
        _line(
            REQUEST_LINE, terms.infrastructure_per_request * of.attempts, Basis.ASSUMED, "each attempt counts", headline=True
        ),
        _line(REVIEW_LINE, *_times(of.review, terms.review_cost, "a review"), headline=True),
        _line(FAILED_LINE, *_times(of.failed, terms.manual_cost, "manual work")),
        _line(FIXED_LINE, *_spread(terms.infrastructure_per_month, volume, TASKS_PER_MONTH)),
        _line(
            SETUP_LINE,
            *_spread(
                terms.setup_cost,
                volume * terms.setup_months if volume and terms.setup_months else None,
                f"{SETUP_MONTHS} or {TASKS_PER_MONTH}",
            ),
        ),
        _line(ERRORS_LINE, *_undetected(of, terms)),
    )


def _line(name: str, amount: float | None, basis: Basis, note: str = "", *, headline: bool = False) -> CostLine:
    return CostLine(name, amount, basis, headline, note)


def _times(share: float, price: float | None, what: str) -> tuple[float | None, Basis, str]:
    if price is None:
        return (0.0, Basis.MEASURED, "") if share == 0 else (None, Basis.ASSUMED, f"the sheet Costs does not give {what}")
    return share * price, Basis.ASSUMED, f"{amount(share, Unit.SHARE, '')} measured, {what} as the sheet Costs says"


def _spread(money: float, over: float | None, missing: str) -> tuple[float | None, Basis, str]:
    if money == 0:
        return 0.0, Basis.ASSUMED, ""
    if not over:
        return None, Basis.ASSUMED, f"the sheet Costs does not give {missing}, so it cannot be spread"
    return money / over, Basis.ASSUMED, ""


def _undetected(of: CostRates, terms: CostTerms) -> tuple[float | None, Basis, str]:
    """Return the cost of errors that stay in: e·(1 - κd)·L, each error counted where it was or was not reviewed."""
    if terms.undetected_error_cost is None:
        return None, Basis.ASSUMED, "the sheet Costs gives no cost of an undetected error; left out"
    if of.undetected is None:
        return None, Basis.ASSUMED, "no response could be judged"
    finds = "" if terms.reviewer_finds is not None else f"; a reviewer is assumed to find {percent(cost.REVIEWER_FINDS)}"
    return (
        of.undetected * terms.undetected_error_cost,
        Basis.ASSUMED,
        f"{amount(of.undetected, Unit.SHARE, '')} of tasks{finds}",
    )


def headline(lines: Sequence[CostLine]) -> float | None:
    """Return (T + I)·R + H, None where one of its lines is not known."""
    return _sum([line for line in lines if line.headline])


def full_cost(lines: Sequence[CostLine]) -> float | None:
    """Return the sum of every line that the workbook gives; None where the headline is not known (an unpriced candidate)."""
    running = headline(lines)
    return None if running is None else running + sum(line.amount or 0.0 for line in lines if not line.headline)


def _sum(lines: Sequence[CostLine]) -> float | None:
    amounts = [line.amount for line in lines]
    return None if any(a is None for a in amounts) else sum(a for a in amounts if a is not None)


@dataclass(frozen=True, slots=True)
class CostSide:
    """One candidate's side of the comparison: its name, what it does a task, and its assumptions."""

    name: str
    rates: CostRates
    terms: CostTerms
    spec: CandidateSpec | None = None
    wrong_and_reviewed: float = 0.0
    """Share of tasks that are wrong and go through review: what a reviewer could still catch."""

    @property
    def total(self) -> float | None:
        """The full cost per task."""
        return full_cost(cost_lines(self.rates, self.terms))

    @property
    def fixed_per_month(self) -> float:
        """Money a month that does not depend on the number of tasks."""
        setup = self.terms.setup_cost / self.terms.setup_months if self.terms.setup_months else 0.0
        return self.terms.infrastructure_per_month + setup
