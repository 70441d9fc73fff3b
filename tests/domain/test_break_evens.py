"""Break-evens: the worked example of formulas.md 2.3, and the check that both cost the same there."""

from __future__ import annotations

from dataclasses import replace

import pytest

from reportgen.domain.deciding.break_evens import break_evens
from reportgen.domain.estimating.costs import CostRates, CostSide
from reportgen.domain.records.measure import CostTerms
from reportgen.domain.records.plan import Assumption

TERMS = CostTerms(review_cost=1.5, tasks_per_month=40_000)
A = CostSide("A", CostRates(0.030, 1, 0, 0.06, None), replace(TERMS, infrastructure_per_month=900))
B = CostSide("B", CostRates(0.004, 1, 0, 0.09, None), replace(TERMS, infrastructure_per_month=300))


def values(costs: dict[str, Assumption] | None = None) -> dict[str, float | None]:
    return {b.assumption: b.value for b in break_evens(A, B, costs or {}, "USD")}


def test_the_worked_example() -> None:
    assert (A.total, B.total) == pytest.approx((0.1425, 0.1465))
    found = values()
    assert found["Cost of one review"] == pytest.approx(1.3667, abs=5e-5)
    assert found["Review rate of A"] == pytest.approx(0.062667, abs=5e-7)
    assert found["Review rate of B"] == pytest.approx(0.087333, abs=5e-7)
    assert found["Tasks per month"] == pytest.approx(31_578.9, abs=0.05)
    assert found["Token price of A"] == pytest.approx(1.13333, abs=5e-6)
    assert found["Token price of B"] is None


def test_at_each_break_even_both_cost_the_same() -> None:
    found = values()
    review = found["Cost of one review"]
    sides = [replace(s, terms=replace(s.terms, review_cost=review)) for s in (A, B)]
    assert sides[0].total == pytest.approx(sides[1].total)
    sides = [replace(s, terms=replace(s.terms, tasks_per_month=found["Tasks per month"])) for s in (A, B)]
    assert sides[0].total == pytest.approx(sides[1].total)


def test_a_value_outside_the_range_of_the_workbook_is_not_realistic() -> None:
    row = Assumption("Tasks per month", 40_000, low=35_000, high=60_000)
    assert values({"Tasks per month": row})["Tasks per month"] is None
    assert values({"Tasks per month": replace(row, low=20_000, high=31_000)})["Tasks per month"] is None
    assert values({"Tasks per month": replace(row, low=30_000)})["Tasks per month"] == pytest.approx(31_578.9, abs=0.05)


def test_the_cost_of_an_undetected_error_at_which_the_choice_turns() -> None:
    terms = CostTerms(review_cost=1.5)
    dear = CostSide("dear", CostRates(0.020, 1, 0, 0.40, 0.08 * (1 - 0.4 * 0.9)), terms)
    cheap = CostSide("cheap", CostRates(0.005, 1, 0, 0.08, 0.28 * (1 - 0.08 * 0.9)), terms)
    found = {b.assumption: b for b in break_evens(cheap, dear, {}, "USD")}["Cost of an undetected error"]
    assert found.value == pytest.approx(2.37, abs=0.005)
    assert found.sentence == (
        "Cost of an undetected error: dear becomes cheaper than cheap above $2.37 (not given, counted as 0)."
    )


def test_unpriced_sides_have_no_break_evens() -> None:
    assert break_evens(A, replace(B, rates=replace(B.rates, token=None)), {}, "USD") == ()


def test_set_up_costs_move_the_volume_and_manual_work_turns_where_failures_differ() -> None:
    terms = replace(A.terms, setup_cost=2_400, setup_months=24, manual_cost=4.0)
    a = replace(A, terms=terms, rates=replace(A.rates, failed=0.001))
    b = replace(B, terms=replace(B.terms, manual_cost=4.0), rates=replace(B.rates, failed=0.01))
    found = {x.assumption: x.value for x in break_evens(a, b, {}, "USD")}
    volume, manual = found["Tasks per month"], found["Manual cost per task"]
    assert volume is not None
    at_volume = [replace(s, terms=replace(s.terms, tasks_per_month=volume)).total for s in (a, b)]
    assert at_volume[0] == pytest.approx(at_volume[1])
    dear = replace(a, rates=replace(a.rates, token=0.1))
    manual = next(x.value for x in break_evens(dear, b, {}, "USD") if x.assumption == "Manual cost per task")
    assert manual is not None
    at_manual = [replace(s, terms=replace(s.terms, manual_cost=manual)).total for s in (dear, b)]
    assert at_manual[0] == pytest.approx(at_manual[1])


def test_a_review_rate_above_one_is_no_value() -> None:
    far = replace(B, rates=replace(B.rates, token=5.0))
    found = {x.assumption: x for x in break_evens(A, far, {}, "USD")}
    assert found["Review rate of A"].value is None
    assert "no realistic value" in found["Review rate of A"].sentence


def sentences(winner: CostSide, other: CostSide, *, unproven: bool = False) -> list[str]:
    return [b.sentence for b in break_evens(winner, other, {}, "USD", unproven=unproven) if b.value is not None]


def test_a_winner_that_is_not_the_cheapest_is_told_in_the_right_direction() -> None:
    """A recommendation may be the dearer of the two: by a tie, or because only it is proven."""
    assert any(s.startswith("Review rate of B: B becomes cheaper than A below 8.7") for s in sentences(A, B))
    assert any(s.startswith("Review rate of B: B becomes cheaper than A below 8.7") for s in sentences(B, A))
    assert all("would still have to be proven" in s for s in sentences(A, B, unproven=True) if ": B becomes" in s)


def test_what_lies_beyond_ten_times_the_value_now_is_no_tipping_point() -> None:
    """Seen on a page one: 1,819.18 times the present price."""
    cheap = replace(B, rates=replace(B.rates, token=0.000002, review=0.08))
    found = {b.assumption: b for b in break_evens(A, cheap, {}, "USD")}
    assert found["Token price of B"].value is None


def test_the_nearest_tipping_point_comes_first() -> None:
    found = [b for b in break_evens(A, B, {}, "USD") if b.value is not None and b.current]
    far = [abs(b.value - b.current) / max(b.value, b.current) for b in found if b.value is not None and b.current]
    assert far == sorted(far)


def test_where_people_become_cheaper_than_the_winner_is_a_tipping_point_too() -> None:
    sides = [replace(s, terms=replace(s.terms, manual_cost=0.6)) for s in (A, B)]
    assert "Manual cost per task: doing the work by hand becomes cheaper than A below $0.143 (now $0.600)." in sentences(
        *sides
    )
