"""Values by type: what counts as the same, and why something does not."""

from __future__ import annotations

from decimal import Decimal

import pytest
from rapidfuzz import fuzz, utils
from rapidfuzz.distance import JaroWinkler, Levenshtein

from reportgen.domain.records.plan import FieldSpec, FieldType
from reportgen.metrics.json_output import Given
from reportgen.metrics.values import Conventions, compare, match_lists

T = FieldType


def _right(kind: FieldType, expected: str, given: Given | str, **spec: object) -> bool:
    field = FieldSpec("f", kind, **spec)  # type: ignore[arg-type]  # keyword arguments of the test's own making
    value = given if isinstance(given, Given) else Given(given)
    return compare(field, (expected,), value, Conventions("DMY", ".")).right


@pytest.mark.parametrize(
    ("kind", "expected", "given"),
    [
        (T.TEXT, "Net 30 days.", "net 30 Days"),
        (T.NAME, "Smith & Sons, Inc.", "Smith and Sons Inc"),
        (T.DATE, "2024-04-03", "3 April 2024"),
        (T.DATE, "2024-04-03", "03/04/2024"),
        (T.NUMBER, "1250", "1,250.00"),
        (T.NUMBER, "three", "3"),
        (T.NUMBER, "90 minutes", "90 min"),
        (T.NUMBER, "Not stated.", "not stated"),
        (T.MONEY, "EUR 1,250.00", "€1250"),
        (T.MONEY, "1250", "$1,250"),
        (T.MONEY, "$1,250", "USD 1250"),
        (T.YES_NO, "yes", "true"),
        (T.DATE, "5 years after signing", "5 years after signing"),
    ],
)
def test_the_same_value_is_right_however_it_is_written(kind: FieldType, expected: str, given: str) -> None:
    assert _right(kind, expected, given)


@pytest.mark.parametrize(
    ("kind", "expected", "given"),
    [
        (T.TEXT, "Net 30 days", "Net 60 days"),
        (T.NAME, "Acme Corp", "Acme"),
        (T.DATE, "2024-04-03", "2024-03-04"),
        (T.DATE, "2024-04-03", "April 2024"),
        (T.NUMBER, "1250", "1250.01"),
        (T.NUMBER, "-20", "20"),
        (T.NUMBER, "20", "(20)"),
        (T.MONEY, "500", "500-"),
        (T.MONEY, "EUR 1,250.00", "EUR 1,250.00 CR"),
        (T.NUMBER, "60 minutes", "1 hour"),
        (T.NUMBER, "12 %", "12"),
        (T.MONEY, "EUR 1250", "USD 1250"),
        (T.NUMBER, "5 km", "5 miles"),
        (T.YES_NO, "yes", "no"),
    ],
)
def test_another_value_is_wrong_however_alike_it_looks(kind: FieldType, expected: str, given: str) -> None:
    assert not _right(kind, expected, given)


def test_a_tolerance_is_absolute_and_inclusive() -> None:
    assert _right(T.NUMBER, "10", Given("10.5", Decimal("10.5")), tolerance=0.5)
    assert not _right(T.NUMBER, "10", Given("10.51", Decimal("10.51")), tolerance=0.5)
    assert _right(T.DATE, "2024-04-03", "2024-04-05", tolerance=2.0)
    assert not _right(T.DATE, "2024-04-03", "2024-04-06", tolerance=2.0)


def test_json_numbers_are_numbers_whatever_the_declared_decimal_mark() -> None:
    field = FieldSpec("f", T.NUMBER)
    assert compare(field, ("1,5",), Given("1.5", Decimal("1.5")), Conventions("", ",")).right


def test_ambiguous_values_are_wrong_and_say_what_to_declare() -> None:
    number = compare(FieldSpec("f", T.NUMBER), ("1234",), Given("1.234"), Conventions())
    date = compare(FieldSpec("f", T.DATE), ("2024-04-03",), Given("03/04/2024"), Conventions())
    assert (number.right, date.right) == (False, False)
    assert "Decimal mark" in number.reason
    assert "Date order" in date.reason


def test_any_of_several_accepted_values_is_right() -> None:
    assert compare(FieldSpec("f"), ("a", "b"), Given("B"), Conventions()).right


def test_a_choice_is_right_by_any_of_its_spellings() -> None:
    field = FieldSpec("f", T.CHOICE, choices=("Net 30", "Prepaid"), also_written=("Net 30 = thirty days net",))
    assert compare(field, ("Net 30",), Given("Thirty days net"), Conventions()).right
    unlisted = compare(field, ("Net 30",), Given("cash"), Conventions())
    assert (unlisted.right, unlisted.reason) == (False, "not one of the choices")


def test_lists_pair_by_optimal_assignment_known_answer() -> None:
    found = match_lists(
        ["Widget A 10 pcs", "Widget B 5 pcs", "Freight"],
        ["widget b 5pcs", "Widget A, 10 pcs", "Insurance", "Freight"],
    )
    line, other = "widget b 5 pcs", "widget a, 10 pcs"
    assert fuzz.token_sort_ratio(line, "widget b 5pcs") == pytest.approx(81.5, abs=0.05)
    assert fuzz.token_sort_ratio(line, "widget a 10 pcs") == pytest.approx(82.8, abs=0.05), "greedy would take this one"
    assert fuzz.token_sort_ratio("widget a 10 pcs", other.replace(",", "")) == 100
    assert found.precision == 0.5
    assert found.recall == pytest.approx(2 / 3)
    assert found.f1 == pytest.approx(0.5714, abs=5e-5)


def test_lists_are_right_in_any_order_and_wrong_when_digits_differ() -> None:
    field = FieldSpec("f", T.LIST)
    assert compare(field, ("HOF Village, LLC", "Acme"), Given("x", items=("ACME", "HOF Village LLC")), Conventions()).right
    assert not compare(field, ("Invoice 1001",), Given("x", items=("Invoice 1002",)), Conventions()).right
    assert not compare(field, ("a",), Given("x", items=("a", "b")), Conventions()).right
    assert match_lists([], []).f1 == 1.0


def test_pairing_never_loses_a_pair_to_an_exact_match_elsewhere() -> None:
    assert match_lists(["abcdefghij", "abcdefghijk"], ["abcdefghijk", "abcdefghijkl"]).matched == 2


def test_the_fuzzy_library_behaves_as_figures_md_records() -> None:
    assert Levenshtein.distance("kitten", "sitting") == 3
    assert Levenshtein.normalized_similarity("kitten", "sitting") == pytest.approx(0.5714, abs=5e-5)
    assert JaroWinkler.similarity("MARTHA", "MARHTA") == pytest.approx(0.9611, abs=5e-5)
    assert fuzz.ratio("Acme Corp.", "ACME corp") == pytest.approx(52.6, abs=0.05)
    assert fuzz.ratio("Acme Corp.", "ACME corp", processor=utils.default_process) == 100
