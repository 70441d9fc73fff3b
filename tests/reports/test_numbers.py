"""Figures in print: honest at the ends, rounded against flattery, told apart from the limit beside them."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reportgen.domain.records.measure import Unit
from reportgen.domain.wording import numbers
from reportgen.domain.wording.numbers import Rounding


def plain(text: str) -> str:
    return text.replace(numbers.NBSP, " ")


@pytest.mark.parametrize(
    ("value", "rounding", "printed"),
    [
        (0.924, Rounding.NEAREST, "92.4 %"),
        (0.29, Rounding.DOWN, "29.0 %"),
        (1.0, Rounding.NEAREST, "100 %"),
        (0.0, Rounding.UP, "0 %"),
        (0.9996, Rounding.NEAREST, "99.96 %"),
        (0.9999, Rounding.UP, "99.99 %"),
        (0.0004, Rounding.NEAREST, "0.04 %"),
        (0.89774, Rounding.DOWN, "89.7 %"),
        (0.89774, Rounding.UP, "89.8 %"),
        (1e-12, Rounding.DOWN, "0.000001 %"),
    ],
)
def test_a_share_is_printed_with_the_digits_it_needs(value: float, rounding: Rounding, printed: str) -> None:
    assert plain(numbers.share(value, rounding)) == printed


@given(st.floats(0, 1, exclude_min=True, exclude_max=True), st.sampled_from(list(Rounding)))
def test_all_and_none_are_said_only_of_all_and_none(value: float, rounding: Rounding) -> None:
    assert plain(numbers.share(value, rounding)) not in {"100 %", "0 %", "0.0 %", "100.0 %"}


@given(st.floats(0.001, 0.999))
def test_a_lower_bound_never_rises_and_an_upper_bound_never_falls(value: float) -> None:
    low, high = (float(plain(numbers.share(value, r)).removesuffix(" %")) / 100 for r in (Rounding.DOWN, Rounding.UP))
    assert low <= value + 1e-12
    assert high >= value - 1e-12


def test_a_bound_just_below_its_limit_gets_more_digits_until_it_differs() -> None:
    assert plain(numbers.share(0.90004, Rounding.NEAREST, beside=0.9)) == "90.004 %"
    assert plain(numbers.share(0.9, Rounding.NEAREST, beside=0.9)) == "90.0 %"


@pytest.mark.parametrize(
    ("value", "currency", "printed"),
    [
        (0.000897, "USD", "$0.000897"),
        (12345.4, "USD", "$12,345"),
        (4.5, "EUR", "€4.50"),
        (0.1425, "USD", "$0.143"),
        (-3.2, "USD", "−$3.20"),
        (7, "CHF", "CHF 7.00"),
        (0, "GBP", "£0"),
        (None, "USD", numbers.DASH),
    ],
)
def test_money_has_digits_that_fit_its_size(value: float | None, currency: str, printed: str) -> None:
    assert plain(numbers.money(value, currency)) == printed


def test_a_small_amount_is_never_printed_as_nothing() -> None:
    assert numbers.money(0.0000003, "USD", digits=2) == "$0.0000003"


@pytest.mark.parametrize(
    ("value", "printed"),
    [
        (0.0, "0 s"),
        (3e-7, "under 0.001 ms"),
        (0.00123, "1.2 ms"),
        (0.85, "850 ms"),
        (2.345, "2.35 s"),
        (68.86, "68.9 s"),
        (4321, "4,321 s"),
    ],
)
def test_a_duration_has_three_digits_that_matter(value: float, printed: str) -> None:
    assert plain(numbers.seconds(value)) == printed


def test_an_infinite_latency_is_not_reached() -> None:
    assert numbers.seconds(math.inf) == "not reached"


@pytest.mark.parametrize(
    ("value", "unit", "printed"),
    [(0.9, Unit.SHARE, "90 %"), (0.925, Unit.SHARE, "92.5 %"), (2.5, Unit.SECONDS, "2.5 s"), (0.1, Unit.MONEY, "$0.10")],
)
def test_a_limit_is_printed_as_it_was_agreed(value: float, unit: Unit, printed: str) -> None:
    assert plain(numbers.limit(value, unit, "USD")) == printed


def test_an_interval_is_rounded_outwards_and_an_open_end_is_said() -> None:
    assert plain(numbers.interval(0.8916, 0.9561, Unit.SHARE, "USD")) == "89.1 % to 95.7 %"
    assert plain(numbers.interval(2.331, None, Unit.SECONDS, "USD")) == "at least 2.33 s"
    assert plain(numbers.interval(None, None, Unit.SHARE, "USD")) == numbers.DASH


def test_differences_of_shares_are_told_in_points_with_a_sign() -> None:
    assert plain(numbers.difference(-0.012, Unit.SHARE, "USD")) == "−1.2 points"
    assert plain(numbers.difference(0.0, Unit.SHARE, "USD")) == "0.0 points"
    assert plain(numbers.difference_interval(-0.004, 0.028, Unit.SHARE, "USD")) == "−0.4 to +2.8 points"


def test_one_is_singular_and_thousands_are_marked() -> None:
    assert plain(numbers.plural(1, "example")) == "1 example"
    assert plain(numbers.plural(12345, "example")) == "12,345 examples"
    assert plain(numbers.plural(2, "entry", "entries")) == "2 entries"


def test_p_values_are_never_nothing() -> None:
    assert numbers.p_value(1e-9) == "below 0.001"
    assert numbers.p_value(0.0123) == "0.012"


def test_dates_are_read_from_iso_and_other_text_is_kept() -> None:
    assert plain(numbers.date("2026-04-01T09:00:00Z")) == "1 April 2026"
    assert plain(numbers.time("2026-04-01T11:00:00+02:00")) == "1 April 2026, 09:00 UTC"
    assert numbers.date("next spring") == "next spring"


def test_a_long_listing_says_how_many_are_left() -> None:
    assert numbers.listing(["a"]) == "a"
    assert numbers.listing(["a", "b"]) == "a and b"
    assert numbers.listing("abcdefgh", 4) == "a, b, c and 5 more"


def test_a_sentence_shows_its_times_as_people_write_them() -> None:
    said = numbers.dated("fixed at 2026-11-26T20:26:25Z; some answers were recorded before").replace(numbers.NBSP, " ")
    assert said == "fixed at 26 November 2026, 20:26 UTC; some answers were recorded before"


def test_a_noun_that_both_ends_share_is_said_once() -> None:
    nbsp = numbers.NBSP
    assert numbers.span(f"0.8{nbsp}minutes", f"2{nbsp}minutes") == f"0.8 to 2{nbsp}minutes"
    assert numbers.span("$24", "$36") == "$24 to $36"
    assert numbers.span(f"88{nbsp}%", f"98{nbsp}%") == f"88{nbsp}% to 98{nbsp}%"
    assert numbers.span(f"1{nbsp}minute", f"3{nbsp}minutes") == f"1{nbsp}minute to 3{nbsp}minutes"
