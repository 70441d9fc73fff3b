"""Line items from the workbook to results.json, comparison.xlsx and the report; what is at fault is said by cell."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from pypdf import PdfReader

from reportgen.cli import main
from reportgen.domain.records.plan import Task
from reportgen.workbook.blank.workbooks import write_workbook
from tests.small_workbooks import COSTS

Rows = list[dict[str, Any]]
COUNT = 24
FIELDS: Rows = [
    {"Field": "Number", "Type": "text"},
    {"Field": "Total", "Type": "money", "Description": "The total, the sum of Line items: Amount"},
    {"Field": "Line items", "Type": "records"},
    {"Field": "Line items: Item", "Type": "text"},
    {"Field": "Line items: Quantity", "Type": "number"},
    {"Field": "Line items: Amount", "Type": "money", "Also written as": "Price"},
]
EXPECTED = (("A", "10", "2.50"), ("B", "5", "1.00"))
RIGHT: Rows = [{"Item": "A", "Quantity": 10, "Price": "USD 2.5"}, {"item": "b", "quantity": "5", "amount": 1}]
PAGE: Rows = [
    {"Item": "B", "Quantity": 5, "Amount": 1.0},
    {"Item": "A", "Quantity": 10, "Amount": 25.0},
    {"Item": "C", "Quantity": 1, "Amount": 9.0},
]
HUNDREDFOLD: Rows = [{"Item": i, "Quantity": q, "Amount": a.replace(".", "")} for i, q, a in EXPECTED]


def _book(
    path: Path,
    answers: Mapping[str, object],
    *,
    records: Callable[[int], Rows] | None = None,
    fields: Rows = FIELDS,
    levels: Sequence[dict[str, Any]] = ({"Measure": "line item F1", "Comparison": "at least", "Target": 0.6},),
    examples: Mapping[str, Any] | None = None,
) -> Path:
    def usual(number: int) -> Rows:
        return [{"Example ID": f"E{number}", "Item": i, "Quantity": q, "Amount": a} for i, q, a in EXPECTED]

    book: dict[str, Rows] = {
        "Fields": fields,
        "Examples": [
            {
                "Example ID": f"E{n}",
                "Input": f"Invoice {n}",
                "Expected: Number": str(n),
                "Expected: Total": "3.50",
                "Split": "eval",
            }
            | dict(examples or {})
            for n in range(COUNT)
        ],
        "Records": [row for n in range(COUNT) for row in (records or usual)(n)],
        "Candidates": [{"Candidate": name, "Kind": "Recorded outputs"} for name in answers],
        "Recorded outputs": [
            {
                "Candidate": name,
                "Example ID": f"E{n}",
                "Cost": 0.01,
                "Output": json.dumps({"Number": str(n), "Total": "3.50", "Line items": given}),
            }
            for name, given in answers.items()
            for n in range(COUNT)
        ],
        "Service levels": list(levels),
        "Costs": [{"Assumption": name, "Expected": value} for name, value in COSTS.items()],
    }
    write_workbook(path, Task.EXTRACTION, evaluation={"Title": "Invoices", "Decimal mark": "point"}, rows=book)
    return path


def _run(path: Path) -> Mapping[str, Any]:
    assert main(["run", str(path), "--json"]) == 0
    found: Mapping[str, Any] = json.loads((path.with_name(f"{path.stem}-run") / "results.json").read_text(encoding="utf-8"))
    return found


def _figures(results: Mapping[str, Any], candidate: str) -> list[float]:
    found = next(c for c in results["candidates"] if c["name"] == candidate)["measurements"]
    wanted = (
        "line_item_f1",
        "row_exact_rate",
        "line_item_f1[field: Line items: Amount]",
        "row_exact_rate[field: Line items]",
    )
    return [found[name]["value"] for name in wanted]


def test_line_items_go_from_the_workbook_to_every_document(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    levels = [
        {"Measure": "line item F1", "Comparison": "at least", "Target": 0.6},
        {"Measure": "row exact rate", "Scope": "field: Line items: Amount", "Comparison": "at least", "Target": 0.2},
    ]
    results = _run(_book(tmp_path / "w.xlsx", {"page": PAGE}, levels=levels))
    # formulas.md 3.2: parts right 5, expected 6, given 9: F1 .6667; row exact rate 1/3
    assert _figures(results, "page") == pytest.approx([2 / 3, 1 / 3, 2 / 5, 1 / 3])
    assert [v["measure"] for v in results["candidates"][0]["service_levels"]] == ["line_item_f1", "row_exact_rate"]
    assert "sum-differs" in {f["code"] for f in results["findings"]}
    sheet = openpyxl.load_workbook(tmp_path / "w-run" / "comparison.xlsx", read_only=True)["Line items"]
    rows = [row for row in sheet.iter_rows(values_only=True) if row[1] == "E0"]
    assert [row[5] for row in rows] == ["wrong", "right", "not expected"]
    assert rows[0][6:15] == ("A", "A", "● right", "10", "10", "● right", "2.50", "25.0", "× wrong")
    pages = " ".join(
        " ".join(p.extract_text() for p in PdfReader(tmp_path / "w-run" / "recommendation-report.pdf").pages).split()
    )
    assert "Line items of page" in pages
    assert "expected: 2.50" in pages
    assert main(["verify", str(tmp_path / "w-run")]) in {0, 11}
    capsys.readouterr()


def test_wrong_rows_are_never_right_and_a_row_said_otherwise_is(tmp_path: Path) -> None:
    given = {"right": RIGHT, "hundredfold": HUNDREDFOLD, "none": None, "no list": "A 10 2.50", "empty": []}
    results = _run(_book(tmp_path / "w.xlsx", given))
    assert _figures(results, "right") == [1.0, 1.0, 1.0, 1.0]
    assert _figures(results, "hundredfold") == pytest.approx([4 / 6, 0.0, 0.0, 0.0])
    for name in ("none", "no list", "empty"):
        assert _figures(results, name) == [0.0, 0.0, 0.0, 0.0]
    verdicts = {c["name"]: c["service_levels"][0]["verdict"] for c in results["candidates"]}
    assert verdicts["right"] == "PROVEN"
    assert verdicts["empty"] == "FAILED"
    exact = {c["name"]: c["measurements"]["document_exact_match"]["value"] for c in results["candidates"]}
    assert exact == {name: float(name == "right") for name in given}


def test_without_rows_of_such_a_field_its_measures_are_not_listed(tmp_path: Path) -> None:
    fields = [f for f in FIELDS if not f["Field"].startswith("Line items")]
    levels = [{"Measure": "field F1", "Comparison": "at least", "Target": 0.6}]
    path = tmp_path / "w.xlsx"
    _book(path, {"x": None}, fields=fields, levels=levels, records=lambda _: [])
    assert not [name for name in _run(path)["candidates"][0]["measurements"] if "line_item" in name or "row_exact" in name]


def _level(measure: str, scope: str) -> dict[str, object]:
    return {"levels": [{"Measure": measure, "Scope": scope, "Comparison": "at least", "Target": 0.5}]}


def _rows(**more: object) -> Callable[[int], Rows]:
    return lambda n: [{"Example ID": f"E{n}", "Item": "A", "Quantity": "10", "Amount": "3.50"} | more]


@pytest.mark.parametrize(
    ("change", "code", "said"),
    [
        ({"records": _rows(Amount="about 3")}, 0, 'the Line items: Amount is "about 3"'),
        ({"records": _rows(**{"Example ID": "E999"})}, 2, "there is no example"),
        ({"records": _rows(Field="Rows")}, 2, "which is no field of the type records"),
        ({"records": _rows(Colour="red")}, 0, 'the column "Colour" is no part of a field'),
        ({"records": lambda n: [{"Example ID": f"E{n}", "Item": "A"}]}, 2, "there is no column for Quantity, Amount of"),
        ({"records": _rows(Amount="4.50")}, 0, "the expected rows on the sheet Records do not add up to Total"),
        ({"fields": FIELDS[:3]}, 2, "has the type records and no parts"),
        ({"fields": [*FIELDS, {"Field": "Line items: Tags", "Type": "list"}]}, 2, "Parts hold one value"),
        ({"examples": {"Expected: Line items": "A 10 2.50"}}, 2, "rows stand on the sheet Records"),
        (_level("missing field rate", "field: Line items: Amount"), 2, "there is no field"),
        (_level("row exact rate", "field: Line items: Amont"), 2, "there is no field"),
    ],
)
def test_what_is_at_fault_about_rows_is_said_by_its_cell(
    tmp_path: Path, change: dict[str, Any], code: int, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["check", str(_book(tmp_path / "w.xlsx", {"x": RIGHT}, **change))]) == code
    told = capsys.readouterr()
    assert said in " ".join((told.err + told.out).split())


def test_rows_that_nobody_looked_at_are_not_judged(tmp_path: Path) -> None:
    path = _book(tmp_path / "w.xlsx", {"x": RIGHT}, records=lambda _: [], examples={"Expected: Line items": "?"})
    book = openpyxl.load_workbook(path)
    if "Records" not in book.sheetnames:
        sheet = book.create_sheet("Records")
        sheet.append(["Example ID", "Item", "Quantity", "Amount"])
        book.save(path)
    found = _run(path)["candidates"][0]["measurements"]["line_item_f1"]
    assert found["value"] is None
    assert found["reason"]


def test_a_blank_with_records_holds_a_field_its_parts_and_their_columns(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "blank.xlsx"
    assert main(["new", str(path), "--task", "extraction", "--with", "Records"]) == 0
    book = openpyxl.load_workbook(path, read_only=True)
    heads = [c for c in next(book["Records"].iter_rows(max_row=1, values_only=True)) if c]
    assert heads[:4] == ["Example ID", "Description", "Quantity", "Amount"]
    fields = [row[0] for row in book["Fields"].iter_rows(values_only=True)]
    assert {"Line items", "Line items: Description", "Line items: Amount"} <= set(fields)
    capsys.readouterr()
