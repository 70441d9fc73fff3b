"""Section by section: what is equal and what is not, from the workbook to results.json."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from reportgen.problems import NeedsMendingError
from reportgen.workbook.reading.parser import read_plan
from tests.equality_books import FIELD, Pair, answers_book, figures, marks, pairs_book, results

CASES = Path(__file__).resolve().parents[1].parent / "shared" / "cases" / "files"
needs_cases = pytest.mark.skipif(not CASES.is_dir(), reason="../shared/cases is missing")
pytestmark = pytest.mark.usefixtures("figures_only")


def _agree(path: Path, right: list[Pair], wrong: list[Pair], field: dict[str, Any], **evaluation: str) -> None:
    found = results(pairs_book(path / "pairs.xlsx", [*right, *wrong], field, **evaluation))
    told = dict(zip([*right, *wrong], marks(found), strict=True))
    assert told == dict.fromkeys(right, "correct") | dict.fromkeys(wrong, "wrong")
    assert figures(found)["field_accuracy"]["value"] == pytest.approx(len(right) / (len(right) + len(wrong)))


def test_the_declared_decimal_mark_decides(tmp_path: Path) -> None:
    right = [("1200", "$1,200.00"), ("1200", "USD 1,200.00"), ("1200", "1,200"), ("1.2", "1.200")]
    wrong = [("1200", "1.200"), ("1200", "1.200,00")]
    _agree(tmp_path, right, wrong, {"Type": "money"}, Decimal_mark="point")


def test_the_other_decimal_mark_decides_the_other_way(tmp_path: Path) -> None:
    right = [("1200", "1.200"), ("1200", "1.200,00 €"), ("1,2", "1,200")]
    wrong = [("1200", "1,200"), ("1200", "1,200.00")]
    _agree(tmp_path, right, wrong, {"Type": "money"}, Decimal_mark="comma")


def test_items_of_a_list_are_the_same_or_not(tmp_path: Path) -> None:
    wrong = [
        ("Hepatitis A", '["Hepatitis B"]'),
        ("hypertension", '["hypotension"]'),
        ("Pets allowed", '["Pets not allowed"]'),
        ("Delivery included", '["Delivery excluded"]'),
        ("Freight 10.50", '["Freight 1050"]'),
        ("-20.00", '["20.00"]'),
        ("EUR 1.250", '["EUR 12.50"]'),
        ("10 kg", '["10 t"]'),
    ]
    right = [("Hepatitis A\nHepatitis B", '["hepatitis B", "hepatitis A"]')]
    found = results(pairs_book(tmp_path / "lists.xlsx", [*right, *wrong], {"Type": "list"}))
    assert marks(found) == ["correct"] + ["wrong"] * len(wrong)


def test_items_are_compared_by_the_type_that_the_sheet_names(tmp_path: Path) -> None:
    right = [("10.50\n1,200.00", '["$1,200", "10.5"]'), ("10.50\n1,200.00", "[1200, 10.5]")]
    wrong = [("10.50", '["1050"]'), ("-20.00", '["20.00"]'), ("EUR 12.50", '["USD 12.50"]')]
    _agree(tmp_path, right, wrong, {"Type": "list", "Items are": "money"}, Decimal_mark="point")


@pytest.mark.parametrize("kind", [{"Type": "text"}, {"Type": "name"}, {"Type": "choice", "Choices": "BBB-\nBBB\nA*\nA"}])
def test_a_code_keeps_what_stands_behind_it(kind: dict[str, Any], tmp_path: Path) -> None:
    _agree(tmp_path, [("BBB-", "bbb-"), ("A*", "A*")], [("BBB-", "BBB"), ("A*", "A"), ("BBB", "BBB-")], kind)


def test_numbers_of_every_kind_are_read(tmp_path: Path) -> None:
    right = [
        ("500000", "5 lakhs"), ("12000", "1.2万"), ("5000000", "5 млн"), ("60", "5 dozen"),
        ("25", "25 m²"), ("12", "12 t CO₂"),
    ]  # fmt: skip
    wrong = [("5", "5 lakhs"), ("1.2", "1.2万"), ("5", "5 млн"), ("5", "5 dozen"), ("5", "5 Cr"), ("5", "5 gizmos")]
    _agree(tmp_path, right, wrong, {"Type": "number"}, Decimal_mark="point")


def test_amounts_in_every_currency_and_dates_in_every_language_are_read(tmp_path: Path) -> None:
    right = [("1200", given) for given in ("R$ 1200", "HK$1,200", "1200 ₽", "฿1,200")]
    _agree(tmp_path, right, [("HKD 1200", "$1,200")], {"Type": "money"}, Decimal_mark="point")
    right = [("2026-04-03", given) for given in ("2026年4月3日", "3 апреля 2026", "3 kwietnia 2026")]
    _agree(tmp_path, right, [("2026-04-03", "2026年4月4日")], {"Type": "date"})


def test_answers_to_questions_keep_every_word(tmp_path: Path) -> None:
    right = [("The Hague", "Hague"), ("5", "$5.00"), ("1000", "1,000"), ("Vitamin A", "vitamin A.")]
    wrong = [("BBB-", "BBB"), ("A*", "A"), ("Vitamin A", "Vitamin"), ("Hepatitis A", "Hepatitis"), ("1000", "1.000")]
    found = results(answers_book(tmp_path / "answers.xlsx", [*right, *wrong], Decimal_mark="point"))
    assert dict(zip([*right, *wrong], marks(found), strict=True)) == (
        dict.fromkeys(right, "correct") | dict.fromkeys(wrong, "wrong")
    )
    assert figures(found)["exact_answer_rate"]["value"] == pytest.approx(len(right) / (len(right) + len(wrong)))


@needs_cases
@pytest.mark.parametrize(("name", "right"), [("mark_point", 5), ("mark_comma", 3)])
def test_the_workbooks_with_a_declared_mark(name: str, right: int, tmp_path: Path) -> None:
    found = results(_copied(f"{name}.xlsx", tmp_path))
    assert figures(found)["field_accuracy"]["value"] == pytest.approx(right / 7)


@needs_cases
def test_invoice_lines_that_are_all_wrong_are_wrong(tmp_path: Path) -> None:
    found = results(_copied("lines-all-wrong.xlsx", tmp_path))
    assert figures(found, "Right")["field_accuracy[field: Lines]"]["value"] == 1
    assert figures(found, "Wrong")["field_accuracy[field: Lines]"]["value"] == 0
    assert found["decision"]["winner"] != "Wrong"


@needs_cases
def test_a_quotation_with_one_word_changed_is_altered_and_one_in_other_words_stands(tmp_path: Path) -> None:
    found = results(_copied("altered_quotes.xlsx", tmp_path))
    accuracy = {c["name"]: c["measurements"]["citation_accuracy"]["value"] for c in found["candidates"]}
    assert accuracy["verbatim"] == accuracy["verbatim, value in other words"] == 1
    assert accuracy["at most, may, some"] == 0
    assert accuracy["before -> after"] < 1
    reviewed = {c["name"]: c["measurements"]["review_rate"]["value"] for c in found["candidates"]}
    assert reviewed["verbatim"] == reviewed["verbatim, value in other words"] == 0
    assert reviewed["at most, may, some"] == 1
    assert found["decision"]["winner"] in {"verbatim", "verbatim, value in other words", None, ""}


def test_items_and_quotations_have_measures_of_their_own(tmp_path: Path) -> None:
    pairs = [("a\nb\nc", '["c", "a", "x"]'), ("a\nb", "[]"), ("a", '["a"]')]
    measured = figures(results(pairs_book(tmp_path / "lists.xlsx", pairs, {"Type": "list"})))
    assert measured["item_precision"]["value"] == pytest.approx(3 / 4)
    assert measured["item_recall"]["value"] == pytest.approx(3 / 6)
    assert measured["item_f1"]["value"] == pytest.approx(2 * 3 / (4 + 6))
    assert measured[f"item_recall[field: {FIELD}]"]["value"] == pytest.approx(3 / 6)
    quotes = [
        ("60 days", json.dumps({"value": "60 days", "quote": quote}))
        for quote in ("This is document 0 about matter 0", "document 1 on matter 7919", "document 2 about matter 15838")
    ]
    found = results(pairs_book(tmp_path / "quotes.xlsx", quotes, {"Type": "number", "Citation required": "yes"}))
    assert figures(found)["quote_found_rate"]["value"] == pytest.approx(1 / 3)
    assert figures(found)["citation_accuracy"]["value"] == 0
    assert [part[0]["citation"] for part in found["parts"].values()] == ["altered", "altered", "elsewhere"]
    assert found["parts"]["P1"][0]["altered"] == [["about", "on"]]


@pytest.mark.parametrize(
    ("kind", "expected", "told"),
    [
        ("money", "1,200", "which could mean 1200 or 1.200"),
        ("number", "5 m", "which could mean 5000000 or 5"),
        ("number", "5 Cr", "not a number that can be read"),
        ("date", "03/04/2026", "which could mean 2026-04-03 or 2026-03-04"),
        ("date", "3 listopada 2026", "which could mean 2026-10-03 or 2026-11-03"),
    ],
)
def test_an_expected_value_with_two_readings_or_none_is_told_by_its_cell(
    kind: str, expected: str, told: str, tmp_path: Path
) -> None:
    book = pairs_book(tmp_path / "key.xlsx", [(expected, "1")], {"Type": kind})
    try:
        said = read_plan(book).warnings
    except NeedsMendingError as error:
        said = tuple(error.problems)
    assert any(told in problem.what for problem in said if "Examples!" in problem.where), said


def test_values_that_cannot_be_read_are_counted_in_the_open(tmp_path: Path) -> None:
    found = results(pairs_book(tmp_path / "u.xlsx", [("5", "5 Cr"), ("5", "about 5"), ("5", "5")], {"Type": "number"}))
    said = [finding["what"] for finding in found["findings"] if finding["code"] == "unread-values"]
    assert len(said) == 1
    assert said[0].startswith("2 values of kept could not be read")
    assert "5 Cr" in said[0]


def _copied(name: str, folder: Path) -> Path:
    target = folder / name
    target.write_bytes((CASES / name).read_bytes())
    return target
