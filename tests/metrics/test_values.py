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
        (T.TEXT, "BBB-", "BBB"),
        (T.NAME, "BBB-", "BBB"),
        (T.TEXT, "A*", "A"),
        (T.TEXT, "(5)", "5"),
        (T.TEXT, "10²", "102"),
        (T.TEXT, "5½", "51/2"),
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


def _pairs(expected: list[str], given: list[str], items: FieldType = T.TEXT, **spec: object) -> tuple[int, int, int]:
    field = FieldSpec("f", T.LIST, items=items, **spec)  # type: ignore[arg-type]  # keyword arguments of the test's own
    found = match_lists(field, expected, Given("x" if given else "", items=tuple(given)), Conventions("DMY", "."))
    return found.matched, found.expected, found.given


@pytest.mark.parametrize(
    ("items", "expected", "given"),
    [
        (T.TEXT, ["Hepatitis A"], ["Hepatitis B"]),
        (T.TEXT, ["hypertension"], ["hypotension"]),
        (T.TEXT, ["Pets allowed"], ["Pets not allowed"]),
        (T.TEXT, ["Delivery included"], ["Delivery excluded"]),
        (T.TEXT, ["Freight 10.50"], ["Freight 1050"]),
        (T.TEXT, ["-20.00"], ["20.00"]),
        (T.TEXT, ["Widget blue 2 x 11.50 EUR"], ["Widget blue 11.50 x 2 EUR"]),
        (T.MONEY, ["EUR 1,250"], ["EUR 12.50"]),
        (T.NUMBER, ["10 kg"], ["10 t"]),
        (T.NAME, ["Anna Meier"], ["Anna Meyer"]),
        (T.DATE, ["2026-04-03"], ["2026-03-04"]),
    ],
)
def test_items_that_are_alike_are_not_the_same(items: FieldType, expected: list[str], given: list[str]) -> None:
    assert _pairs(expected, given, items) == (0, 1, 1)


@pytest.mark.parametrize(
    ("items", "expected", "given", "matched"),
    [
        (T.TEXT, ["HOF Village, LLC", "Acme"], ["ACME", "HOF Village LLC"], 2),
        (T.TEXT, ["a", "a", "b"], ["a", "b", "b"], 2),
        (T.NAME, ["Smith & Sons", "Acme Inc."], ["ACME Inc", "Smith and Sons"], 2),
        (T.MONEY, ["EUR 1,250.00", "20"], ["€1250", "20.00", "20"], 2),
        (T.DATE, ["2026-04-03", "2026-04-04"], ["4 April 2026", "3 April 2026"], 2),
        (T.TEXT, [], [], 0),
    ],
)
def test_items_pair_one_to_one_in_any_order_by_their_type(
    items: FieldType, expected: list[str], given: list[str], matched: int
) -> None:
    assert _pairs(expected, given, items) == (matched, len(expected), len(given))


def test_a_tolerance_pairs_as_many_items_as_can_be() -> None:
    assert _pairs(["10", "11"], ["11", "12"], T.NUMBER, tolerance=1.0) == (2, 2, 2)


def test_an_item_counts_by_what_is_also_written_for_it() -> None:
    assert _pairs(["limited"], ["Ltd."], also_written=("limited = Ltd.",)) == (1, 1, 1)
    assert _pairs(["x"], ["also x"], T.CHOICE, choices=("x", "y"), also_written=("x = also x",)) == (1, 1, 1)


def test_a_json_number_in_a_list_is_that_number_whatever_the_declared_decimal_mark() -> None:
    field = FieldSpec("f", T.LIST, items=T.NUMBER)
    given = Given("1.234", items=("1.234",), numbers=(Decimal("1.234"),))
    assert match_lists(field, ["1,234"], given, Conventions("", ",")).match.right
    assert not match_lists(field, ["1234"], given, Conventions("", ",")).match.right


def test_the_fuzzy_library_behaves_as_figures_md_records() -> None:
    assert Levenshtein.distance("kitten", "sitting") == 3
    assert Levenshtein.normalized_similarity("kitten", "sitting") == pytest.approx(0.5714, abs=5e-5)
    assert JaroWinkler.similarity("MARTHA", "MARHTA") == pytest.approx(0.9611, abs=5e-5)
    assert fuzz.ratio("Acme Corp.", "ACME corp") == pytest.approx(52.6, abs=0.05)
    assert fuzz.ratio("Acme Corp.", "ACME corp", processor=utils.default_process) == 100
