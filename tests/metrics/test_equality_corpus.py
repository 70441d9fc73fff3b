"""Equal means equal: no pair that differs is ever right, and what is equal is found so but for a listed few."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reportgen.domain.records.plan import FieldSpec, FieldType
from reportgen.metrics.json_output import Given
from reportgen.metrics.values import Conventions, compare
from tests.metrics.equality_corpus import EQUAL, UNREADABLE, Pair, corpus

PAIRS = corpus()
FALSE_UNEQUAL = {("2026-07-14", "14 lip 2026"), ("2026-11-30", "30 listopada 2026"), ("2026-11-30", "30 lis 2026")}
"""Equal values that are not read as such, and say so: these months are others in Croatian."""


def _right(pair: Pair) -> tuple[bool, str]:
    found = compare(FieldSpec("f", pair.kind), (pair.expected,), Given(pair.given), pair.conventions)
    return found.right, found.reason


def test_there_are_enough_pairs_of_every_kind() -> None:
    assert len(PAIRS) >= 1_500
    assert {pair.kind for pair in PAIRS} >= {
        FieldType.NUMBER,
        FieldType.MONEY,
        FieldType.DATE,
        FieldType.NAME,
        FieldType.LIST,
    }


def test_no_pair_that_differs_or_cannot_be_read_is_right() -> None:
    assert [pair for pair in PAIRS if pair.verdict != EQUAL and _right(pair)[0]] == []


def test_fewer_than_one_in_a_hundred_equal_pairs_is_not_found_equal_and_each_is_listed() -> None:
    equal = [pair for pair in PAIRS if pair.verdict == EQUAL]
    missed = [pair for pair in equal if not _right(pair)[0]]
    assert {(pair.expected, pair.given) for pair in missed} == FALSE_UNEQUAL
    assert len(missed) < len(equal) / 100


def test_what_cannot_be_read_is_said() -> None:
    silent = [pair for pair in PAIRS if pair.verdict == UNREADABLE and _right(pair)[1] == "the value differs"]
    assert silent == []


WORDS = ("shall", "may", "not", "all", "few", "before", "after", "A", "B", "tenant", "landlord", "increase", "decrease")
UNITS = ("kg", "g", "t", "days", "hours", "months", "km", "m²", "m³", "kWh", "MW", "mW", "lakh", "crore", "million", "dozen")
CURRENCIES = ("EUR", "USD", "GBP", "CHF", "JPY", "INR", "BRL", "HKD", "RUB", "THB")
_number = st.decimals(min_value=1, max_value=10**7, places=2, allow_nan=False)
_plain = Conventions("DMY", ".", "USD")


def _same(kind: FieldType, expected: str, answer: str) -> bool:
    return compare(FieldSpec("f", kind), (expected,), Given(answer), _plain).right


@settings(max_examples=60)
@given(_number, st.integers(0, 20), st.integers(1, 9), st.sampled_from([FieldType.NUMBER, FieldType.MONEY, FieldType.TEXT]))
def test_a_changed_digit_or_sign_never_stays_right(number: Decimal, place: int, step: int, kind: FieldType) -> None:
    text = f"{number:,.2f}"
    digits = [i for i, c in enumerate(text) if c.isdigit()]
    at = digits[place % len(digits)]
    changed = text[:at] + str((int(text[at]) + step) % 10) + text[at + 1 :]
    assert _same(kind, text, text)
    assert not _same(kind, text, changed)
    for signed in (f"-{text}", f"({text})", f"{text}-"):
        assert not _same(kind, text, signed)
        assert not _same(kind, signed, text)


@settings(max_examples=60)
@given(_number, st.sampled_from(UNITS), st.sampled_from(UNITS), st.sampled_from([FieldType.NUMBER, FieldType.TEXT]))
def test_a_changed_unit_or_scale_never_stays_right(number: Decimal, unit: str, other: str, kind: FieldType) -> None:
    assert _same(kind, f"{number} {unit}", f"{number} {unit}")
    if unit.casefold() != other.casefold() or kind is FieldType.NUMBER:
        assert _same(kind, f"{number} {unit}", f"{number} {other}") is (unit == other)


def test_the_case_of_a_letter_can_make_another_unit() -> None:
    for kind in (FieldType.NUMBER, FieldType.TEXT):
        assert not _same(kind, "5 MW", "5 mW")
        assert not _same(kind, "5 MB", "5 Mb")


@settings(max_examples=60)
@given(_number, st.sampled_from(CURRENCIES), st.sampled_from(CURRENCIES), st.sampled_from([FieldType.MONEY, FieldType.TEXT]))
def test_a_changed_currency_never_stays_right(number: Decimal, currency: str, other: str, kind: FieldType) -> None:
    assert _same(kind, f"{currency} {number}", f"{currency} {number}")
    assert _same(kind, f"{currency} {number}", f"{other} {number}") is (currency == other)


@settings(max_examples=60)
@given(st.lists(st.sampled_from(WORDS), min_size=1, max_size=6), st.integers(0, 5), st.sampled_from(WORDS), st.data())
def test_a_changed_added_or_dropped_word_never_stays_right(
    words: list[str], place: int, other: str, data: st.DataObject
) -> None:
    kind = data.draw(st.sampled_from([FieldType.TEXT, FieldType.NAME, FieldType.LIST]))
    text, at = " ".join(words), place % len(words)
    changed = [*words[:at], other, *words[at + 1 :]]
    assert _same(kind, text, text.upper())
    assert _same(kind, text, " ".join(changed)) is (changed == words)
    assert not _same(kind, text, " ".join([*words, other]))
    assert len(words) == 1 or not _same(kind, text, " ".join(words[:-1]))


@pytest.mark.parametrize("kind", [FieldType.NUMBER, FieldType.MONEY, FieldType.DATE])
def test_a_negated_value_is_never_right(kind: FieldType) -> None:
    value = "2026-04-03" if kind is FieldType.DATE else "1200"
    for negation in ("not", "no", "without", "nicht", "never"):
        assert not _same(kind, value, f"{negation} {value}")
