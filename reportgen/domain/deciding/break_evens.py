"""At which value of one assumption would winner and runner-up cost the same: all closed form (figures.md 2.3)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from reportgen.domain.estimating.costs import (
    MANUAL_COST,
    REVIEWER_HOUR,
    TASKS_PER_MONTH,
    UNDETECTED_ERROR,
    CostSide,
)
from reportgen.domain.records.comparison import BreakEven
from reportgen.domain.records.measure import Unit
from reportgen.domain.records.plan import Assumption
from reportgen.domain.wording.figures import amount, money

_SAME = 1e-12


def break_evens(winner: CostSide, other: CostSide, costs: Mapping[str, Assumption], currency: str) -> tuple[BreakEven, ...]:
    """Return, for each assumption that both share or that is the candidate's own, the value at which both cost the same.

    A value that cannot be, or that lies outside the range that the sheet Costs gives, is None: no realistic value.
    """
    if winner.total is None or other.total is None:
        return ()
    gap = winner.total - other.total
    found = (
        *_hourly(winner, other, gap, costs),
        *_review_rates(winner, other, gap),
        *_volume(winner, other, gap, costs),
        *_prices(winner, other, gap),
        *_errors(winner, other, gap, costs),
        *_manual(winner, other, gap, costs),
    )
    return tuple(_worded(item, winner.name, other.name, currency) for item in found)


@dataclass(frozen=True, slots=True)
class _Found:
    assumption: str
    current: float
    value: float | None
    unit: str


def _linear(current: float, gap: float, slope: float) -> float | None:
    """Return where a gap that changes by `slope` for each unit becomes zero, None where it never does or below zero."""
    if abs(slope) < _SAME:
        return None
    value = current - gap / slope
    return value if value >= 0 else None


def _within(value: float | None, assumption: Assumption | None) -> float | None:
    """Return the value unless it lies outside the range that the workbook gives for the assumption."""
    if value is None or assumption is None:
        return value
    below = assumption.low is not None and value < assumption.low
    above = assumption.high is not None and value > assumption.high
    return None if below or above else value


def _hourly(a: CostSide, b: CostSide, gap: float, costs: Mapping[str, Assumption]) -> Iterator[_Found]:
    review, row = a.terms.review_cost, costs.get(REVIEWER_HOUR)
    if not review:
        return
    at = _linear(review, gap, a.rates.review - b.rates.review)
    if row is not None and row.expected > 0:
        hourly = None if at is None else at * row.expected / review
        yield _Found(REVIEWER_HOUR, row.expected, _within(hourly, row), "money")
    yield _Found("Cost of one review", review, at, "money")


def _review_rates(a: CostSide, b: CostSide, gap: float) -> Iterator[_Found]:
    """Yield the review rates at which each candidate would meet the other; r* = r - gap / h for A, r + gap / h for B."""
    if not a.terms.review_cost or not b.terms.review_cost:
        return
    for side, slope in ((a, a.terms.review_cost), (b, -b.terms.review_cost)):
        at = _linear(side.rates.review, gap, slope)
        yield _Found(f"Review rate of {side.name}", side.rates.review, at if at is not None and at <= 1 else None, "share")


def _volume(a: CostSide, b: CostSide, gap: float, costs: Mapping[str, Assumption]) -> Iterator[_Found]:
    """Yield V* = (F_A - F_B) / (variable cost of B - variable cost of A)."""
    volume = a.terms.tasks_per_month
    if not volume:
        return
    fixed = a.fixed_per_month - b.fixed_per_month
    variable = gap - fixed / volume
    at = None if abs(variable) < _SAME else -fixed / variable
    yield _Found(TASKS_PER_MONTH, volume, _within(at if at and at > 0 else None, costs.get(TASKS_PER_MONTH)), "tasks")


def _prices(a: CostSide, b: CostSide, gap: float) -> Iterator[_Found]:
    """Yield the factors m* = 1 ∓ gap / token cost by which the price of one candidate's tokens must change."""
    for side, sign in ((a, 1.0), (b, -1.0)):
        if side.rates.token:
            yield _Found(f"Token price of {side.name}", 1.0, _linear(1.0, gap, sign * side.rates.token), "times")


def _errors(a: CostSide, b: CostSide, gap: float, costs: Mapping[str, Assumption]) -> Iterator[_Found]:
    if a.rates.undetected is None or b.rates.undetected is None:
        return
    current = a.terms.undetected_error_cost or 0.0
    at = _linear(current, gap, a.rates.undetected - b.rates.undetected)
    yield _Found(UNDETECTED_ERROR, current, _within(at, costs.get(UNDETECTED_ERROR)), "money")


def _manual(a: CostSide, b: CostSide, gap: float, costs: Mapping[str, Assumption]) -> Iterator[_Found]:
    current = a.terms.manual_cost
    if current is None or a.rates.failed == b.rates.failed:
        return
    at = _linear(current, gap, a.rates.failed - b.rates.failed)
    yield _Found(MANUAL_COST, current, _within(at, costs.get(MANUAL_COST)), "money")


def _worded(item: _Found, winner: str, other: str, currency: str) -> BreakEven:
    if item.value is None:
        sentence = f"{item.assumption}: no realistic value changes the choice between {winner} and {other}."
        return BreakEven(item.assumption, item.current, None, _unit(item.unit, currency), sentence)
    if abs(item.value - item.current) < _SAME:
        sentence = (
            f"{item.assumption}: {winner} and {other} cost the same now, so any change of it makes one of them cheaper."
        )
        return BreakEven(item.assumption, item.current, item.value, _unit(item.unit, currency), sentence)
    way = "above" if item.value > item.current else "below"
    sentence = f"{item.assumption}: {other} becomes cheaper than {winner} {way} {_figure(item.value, item.unit, currency)}"
    now = "." if item.unit == "times" else f" (now {_figure(item.current, item.unit, currency)})."
    return BreakEven(item.assumption, item.current, item.value, _unit(item.unit, currency), sentence + now)


def _unit(kind: str, currency: str) -> str:
    return currency if kind == "money" else kind


def _figure(value: float, kind: str, currency: str) -> str:
    match kind:
        case "money":
            return money(value, currency)
        case "share":
            return amount(value, Unit.SHARE, currency)
        case "tasks":
            return f"{value:,.0f} tasks"
        case _:
            return f"{value:,.2f} times the present price"
