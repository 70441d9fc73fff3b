"""Section by section: what is equal and what is not, from the workbook to results.json."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.equality_books import Pair, answers_book, figures, marks, pairs_book, results

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


def _copied(name: str, folder: Path) -> Path:
    target = folder / name
    target.write_bytes((CASES / name).read_bytes())
    return target
