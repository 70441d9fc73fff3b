"""What past answers would cost today: from stored totals, and only where totals can tell."""

from __future__ import annotations

from dataclasses import replace

import pytest

from reportgen.candidates.prices import PriceFound, token_cost
from reportgen.domain.records.plan import Price, PriceTier
from reportgen.domain.records.response import Outcome, Response, Usage
from reportgen.monitor.history import PastCandidate

PLAIN = Price(2.0, 8.0, 0.5)
BY_LENGTH = replace(PLAIN, tiers=(PriceTier(1_000, 4.0, 12.0),))


def past(price: Price, *usages: Usage) -> PastCandidate:
    """Return what the history keeps of answers with these token counts, at the money that `prices` reckons."""
    money = [
        token_cost(Response("m", "e", "", Outcome.ANSWERED, usage=u, attempts=1), PriceFound(price, "workbook"))
        for u in usages
    ]
    paid = sum(m for m in money if m is not None)
    into, cached, out = (sum(getattr(u, name) for u in usages) for name in ("input", "cached_input", "output"))
    return PastCandidate("m", "candidate", (), price, "workbook", len(usages), into, cached, out, 0, paid, {})


def test_totals_are_reckoned_at_a_new_price_for_each_kind_of_token() -> None:
    found = past(PLAIN, Usage(900, 10, 300), Usage(500, 20))
    assert found.cost_at(Price(4.0, 10.0, 1.0)) == pytest.approx((1100 * 4 + 300 * 1 + 30 * 10) / 1e6 / 2)


def test_a_price_by_length_is_told_as_it_was_and_never_guessed_from_totals() -> None:
    found = past(BY_LENGTH, Usage(900, 10), Usage(2_000, 20))
    then = (900 * 2 + 10 * 8 + 2_000 * 4 + 20 * 12) / 1e6 / 2
    assert found.cost_then == pytest.approx(then)
    assert found.cost_at(BY_LENGTH) == pytest.approx(then)  # the same price gives the same money
    assert found.cost_at(replace(BY_LENGTH, input=3.0)) is None
    assert found.cost_at(PLAIN) is None  # its own totals do not give its own money: they say too little
    assert past(PLAIN, Usage(900, 10)).cost_at(BY_LENGTH) is None
