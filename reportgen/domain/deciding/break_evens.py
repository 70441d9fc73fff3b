"""At what value of one assumption would winner and runner-up cost the same: closed form, and tried out (formulas.md 2.3)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace

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
from reportgen.domain.wording.figures import amount, money, named

REALISTIC = 10.0
"""Where the workbook gives no range: at most so many times the value now, at least so small a part of it."""
_SAME = 1e-12
_BESIDE = 1e-6
"""How far to either side of a point both costs are tried out, relative to it."""
_MOST_ERROR = 1000.0
"""Where no cost of an undetected error is given: at most so many times what the winner costs a task."""


def break_evens(
    winner: CostSide, other: CostSide, costs: Mapping[str, Assumption], currency: str, *, unproven: bool = False
) -> tuple[BreakEven, ...]:
    """Return, for each assumption that both share or that is the candidate's own, the value at which both cost the same.

    A value is told only where both costs, computed on either side of it, change places there; one that cannot be, or that
    lies outside the range of the sheet Costs (without one: a tenth to ten times the value now), is None: no realistic value.
    The nearest to the value now comes first. `unproven`: the other is not proven yet as the winner is, and it is said.
    """
    if winner.total is None or other.total is None:
        return ()
    pair = _Pair(winner, other, winner.total - other.total, unproven)
    found = (
        *_hourly(pair, costs),
        *_review_rates(pair),
        *_volume(pair, costs),
        *_prices(pair),
        *_errors(pair, costs),
        *_manual(pair, costs),
        *_by_hand(pair, costs),
    )
    told = [_worded(_tried(item, pair), pair, currency) for item in found]
    return tuple(sorted(told, key=_distance))


@dataclass(frozen=True, slots=True)
class _Pair:
    """Winner and runner-up, what the winner costs more, and whether the runner-up would still have to be proven."""

    winner: CostSide
    other: CostSide
    gap: float
    unproven: bool


@dataclass(frozen=True, slots=True)
class _Found:
    """One assumption: its value now, where the gap would close, and what both cost at any value of it."""

    assumption: str
    current: float
    value: float | None
    unit: str
    sides: Callable[[float], tuple[float | None, float | None]]
    rival: str = ""
    """Who changes places with the winner, where it is not the runner-up."""
    given: bool = True


def _linear(current: float, gap: float, slope: float) -> float | None:
    """Return where a gap that changes by `slope` for each unit becomes zero, None where it never does or below zero."""
    if abs(slope) < _SAME:
        return None
    value = current - gap / slope
    return value if value >= 0 else None


def _realistic(value: float | None, current: float, assumption: Assumption | None = None) -> float | None:
    """Return the value unless it lies outside the workbook's range; without one, outside a tenth to ten times that now."""
    if value is None:
        return None
    low = assumption.low if assumption is not None else None
    high = assumption.high if assumption is not None else None
    least = current / REALISTIC if low is None else low
    most = current * REALISTIC if high is None else high
    return value if least <= value <= most else None


def _tried(item: _Found, pair: _Pair) -> _Found:
    """Return the point only if both costs change places there: the sentence must be true on both sides of it."""
    at = item.value
    if at is None or (abs(at - item.current) < _SAME and abs(pair.gap) < _SAME and not item.rival):
        return item
    step = _BESIDE * max(abs(at), abs(item.current))
    below, above = (_difference(item.sides(value)) for value in (max(0.0, at - step), at + step))
    turns = below is not None and above is not None and below * above < 0
    return item if turns else replace(item, value=None)


def _difference(sides: tuple[float | None, float | None]) -> float | None:
    left, right = sides
    return None if left is None or right is None else left - right


def _both(pair: _Pair, move: Callable[[CostSide, float], CostSide]) -> Callable[[float], tuple[float | None, float | None]]:
    return lambda value: (move(pair.winner, value).total, move(pair.other, value).total)


def _hourly(pair: _Pair, costs: Mapping[str, Assumption]) -> Iterator[_Found]:
    review, row = pair.winner.terms.review_cost, costs.get(REVIEWER_HOUR)
    if not review:
        return
    at = _linear(review, pair.gap, pair.winner.rates.review - pair.other.rates.review)
    if row is not None and row.expected > 0:
        per = row.expected / review
        hourly = _realistic(None if at is None else at * per, row.expected, row)
        yield _Found(REVIEWER_HOUR, row.expected, hourly, "money", _both(pair, lambda s, v: _review_at(s, v / per)))
        return
    yield _Found("Cost of one review", review, _realistic(at, review), "money", _both(pair, _review_at))


def _review_at(side: CostSide, cost: float) -> CostSide:
    return replace(side, terms=replace(side.terms, review_cost=cost))


def _review_rates(pair: _Pair) -> Iterator[_Found]:
    """Yield the review rates at which each candidate would meet the other; r* = r - gap / h for A, r + gap / h for B."""
    cost = pair.winner.terms.review_cost, pair.other.terms.review_cost
    if not cost[0] or not cost[1]:
        return
    for side, slope in ((pair.winner, cost[0]), (pair.other, -cost[1])):
        at = _linear(side.rates.review, pair.gap, slope)
        yield _Found(
            f"Review rate of {named(side.name)}",
            side.rates.review,
            at if at is not None and at <= 1 else None,
            "share",
            _one(pair, side, lambda s, v: replace(s, rates=replace(s.rates, review=v))),
        )


def _one(
    pair: _Pair, own: CostSide, move: Callable[[CostSide, float], CostSide]
) -> Callable[[float], tuple[float | None, float | None]]:
    def sides(value: float) -> tuple[float | None, float | None]:
        moved = move(own, value)
        left, right = (moved if side is own else side for side in (pair.winner, pair.other))
        return left.total, right.total

    return sides


def _volume(pair: _Pair, costs: Mapping[str, Assumption]) -> Iterator[_Found]:
    """Yield V* = (F_A - F_B) / (variable cost of B - variable cost of A)."""
    volume = pair.winner.terms.tasks_per_month
    if not volume:
        return
    fixed = pair.winner.fixed_per_month - pair.other.fixed_per_month
    variable = pair.gap - fixed / volume
    at = None if abs(variable) < _SAME else -fixed / variable
    at = _realistic(at if at and at > 0 else None, volume, costs.get(TASKS_PER_MONTH))
    sides = _both(pair, lambda s, v: replace(s, terms=replace(s.terms, tasks_per_month=v)))
    yield _Found(TASKS_PER_MONTH, volume, at, "tasks", sides)


def _prices(pair: _Pair) -> Iterator[_Found]:
    """Yield the factors m* = 1 ∓ gap / token cost by which the price of one candidate's tokens must change."""
    for side, sign in ((pair.winner, 1.0), (pair.other, -1.0)):
        if token := side.rates.token:
            yield _Found(
                f"Token price of {named(side.name)}",
                1.0,
                _realistic(_linear(1.0, pair.gap, sign * token), 1.0),
                "times",
                _one(pair, side, lambda s, v: replace(s, rates=replace(s.rates, token=v * (s.rates.token or 0.0)))),
            )


def _errors(pair: _Pair, costs: Mapping[str, Assumption]) -> Iterator[_Found]:
    wrong = pair.winner.rates.undetected, pair.other.rates.undetected
    if wrong[0] is None or wrong[1] is None:
        return
    given = pair.winner.terms.undetected_error_cost
    current, row = given or 0.0, costs.get(UNDETECTED_ERROR)
    at = _linear(current, pair.gap, wrong[0] - wrong[1])
    if current > 0 or (row is not None and row.high is not None):
        at = _realistic(at, current, row)
    elif at is not None and at > _MOST_ERROR * (pair.winner.total or 0.0):
        at = None
    sides = _both(pair, lambda s, v: replace(s, terms=replace(s.terms, undetected_error_cost=v)))
    yield _Found(UNDETECTED_ERROR, current, at, "money", sides, given=given is not None)


def _manual_at(side: CostSide, cost: float) -> CostSide:
    return replace(side, terms=replace(side.terms, manual_cost=cost))


def _manual(pair: _Pair, costs: Mapping[str, Assumption]) -> Iterator[_Found]:
    current = pair.winner.terms.manual_cost
    if current is None or pair.winner.rates.failed == pair.other.rates.failed:
        return
    at = _linear(current, pair.gap, pair.winner.rates.failed - pair.other.rates.failed)
    at = _realistic(at, current, costs.get(MANUAL_COST))
    dearer = at is not None and (_manual_at(pair.winner, at).total or 0.0) >= at
    # Where people are cheaper than both, it no longer matters which of the two is the cheaper.
    yield _Found(MANUAL_COST, current, None if dearer else at, "money", _both(pair, _manual_at))


def _by_hand(pair: _Pair, costs: Mapping[str, Assumption]) -> Iterator[_Found]:
    """Yield the manual cost at which people become cheaper than the winner: (C - f·m) / (1 - f)."""
    current, failed = pair.winner.terms.manual_cost, pair.winner.rates.failed
    total = pair.winner.total
    if current is None or total is None or failed >= 1:
        return
    at = _realistic((total - failed * current) / (1 - failed), current, costs.get(MANUAL_COST))
    if at is not None:
        yield _Found(
            MANUAL_COST,
            current,
            at,
            "money",
            lambda value: (_manual_at(pair.winner, value).total, value),
            rival="doing the work by hand",
        )


def _worded(item: _Found, pair: _Pair, currency: str) -> BreakEven:
    winner, other, unit = named(pair.winner.name), named(pair.other.name), _unit(item.unit, currency)
    rival = item.rival or other
    if item.value is None:
        sentence = f"{item.assumption}: no realistic value changes which of {winner} and {other} is the cheaper."
        return BreakEven(item.assumption, item.current, None, unit, sentence)
    if abs(item.value - item.current) < _SAME:
        sentence = (
            f"{item.assumption}: {winner} and {rival} cost the same now, so any change of it makes one of them cheaper."
        )
        return BreakEven(item.assumption, item.current, item.value, unit, sentence)
    way = "above" if item.value > item.current else "below"
    now = _difference(item.sides(item.current))
    turned = (rival, winner) if now is not None and now <= 0 else (winner, rival)
    at = _figure(item.value, item.unit, currency)
    sentence = f"{item.assumption}: {turned[0]} becomes cheaper than {turned[1]} {way} {at}"
    left = "not given, counted as 0" if not item.given else f"now {_figure(item.current, item.unit, currency)}"
    sentence += "" if item.unit == "times" else f" ({left})"
    if pair.unproven and turned[0] == other:
        sentence += f"; {other} would still have to be proven"
    sentence += "."
    return BreakEven(item.assumption, item.current, item.value, unit, sentence)


def _distance(point: BreakEven) -> float:
    """Return how far the point is from the value now, 0 to 1; 2 where there is none."""
    if point.value is None or point.current is None:
        return 2.0
    return abs(point.value - point.current) / (max(abs(point.value), abs(point.current)) or 1.0)


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
