"""What a spreadsheet program has made of cells is named by cell; what it shows is what is meant."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from pathlib import Path

import openpyxl
import pytest

from reportgen.domain.records.plan import Task
from reportgen.problems import Problem, Severity
from reportgen.workbook.blank.workbooks import write_workbook
from reportgen.workbook.reading.parser import check_plan
from tests.workbook.filled import Sheets, check, sheets, write
from tests.workbook.office import each_part

CASES = Path(__file__).parents[3] / "shared" / "cases" / "files"
SHARED = pytest.mark.skipif(not CASES.is_dir(), reason="../shared is missing")
ERROR, WARNING, NOTE = Severity.ERROR, Severity.WARNING, Severity.NOTE


def _places(problems: tuple[Problem, ...], severity: Severity, code: str = "") -> set[str]:
    found = [p for p in problems if p.severity is severity and code in {"", p.code}]
    return {place for p in found for place in (p.where, *p.also)}


@SHARED
@pytest.mark.parametrize(
    ("name", "errors"),
    [
        ("x15_range.xlsx", {"Labels!A2", *(f"Examples!C{n}" for n in (2, 4, 6, 8, 10))}),
        ("x15b_range.xlsx", {"Examples!C2"}),
        ("qaNone.xlsx", {"Examples!C11"}),
        ("w1.xlsx", {"Examples!I43", *(f"Examples!F{n}" for n in range(23, 28))}),
        ("x04_cjkfmt31.xlsx", set()),
        ("x06_escapes.xlsx", set()),
        ("x05_datatype.xlsx", {"Examples!C2"}),
        ("odserr.ods", {"Examples!D2", "Examples!D3"}),
        ("tf.ods", set()),
        ("sample.ods", set()),
        ("n_sheetjs.ods", set()),
        ("x01_backslash.xlsx", set()),
        ("x09_mip.xlsx", {"x09_mip.xlsx"}),
    ],
)
def test_each_case_gives_its_problem_by_cell(name: str, errors: set[str]) -> None:
    plan, problems = check_plan(CASES / name)
    assert _places(problems, ERROR) >= errors
    assert (plan is None) == bool(errors)


@SHARED
def test_the_values_of_the_cases_are_those_that_excel_shows() -> None:
    dates, _ = check_plan(CASES / "x04_cjkfmt31.xlsx")
    assert dates is not None
    for field in ("Due", "Note"):
        assert [e.key.fields[field].values for e in dates.examples if e.key][:2] == [("2026-04-01",), ("2026-04-02",)]
    escapes, _ = check_plan(CASES / "x06_escapes.xlsx")
    assert escapes is not None
    assert [e.input for e in escapes.examples][:2] == ["line one\nline two endé", "AAB _x000D_ C"]


@SHARED
@pytest.mark.parametrize(
    ("name", "warned", "noted"),
    [
        ("currency.xlsx", {"Service levels!E5", "Costs!E5"}, set()),
        ("units.xlsx", {"Service levels!E5", "Costs!E4", "Costs!E5"}, {"Service levels!E4", "Costs!E3"}),
    ],
)
def test_units_that_contradict_the_sheet_are_said_and_known_ones_converted(
    name: str, warned: set[str], noted: set[str]
) -> None:
    plan, problems = check_plan(CASES / name)
    assert plan is not None
    assert _places(problems, WARNING, "wrong unit") == warned
    assert _places(problems, NOTE, "converted") == noted
    if noted:
        assert plan.costs["Minutes per review"].expected == 120


@pytest.mark.parametrize(
    ("line", "unit", "expected", "severity"),
    [
        ("Minutes per review", "h", 180, NOTE),
        ("Minutes per review", "seconds", 0.05, NOTE),
        ("Minutes per review", "days", None, ERROR),
        ("Reviewer cost per hour", "EUR", 36, WARNING),
        ("Reviewer cost per hour", "€/h", 36, WARNING),
        ("Reviewer cost per hour", "USD per hour", 36, None),
        ("Reviewer cost per hour", "$", 36, None),
        ("Reviewer cost per hour", "currency", 36, None),
        ("Reviewer cost per hour", "USD per day", None, ERROR),
        ("Reviewer cost per hour", "%", None, ERROR),
        ("Tasks per month", "tasks per year", None, ERROR),
        ("Tasks per month", "e-mails", 10000, None),
    ],
)
def test_a_unit_is_held_against_its_row(
    tmp_path: Path, line: str, unit: str, expected: float | None, severity: Severity | None
) -> None:
    made = sheets(Task.CLASSIFICATION)
    row = next(n for n, r in enumerate(made["Costs"]) if r[0] == line)
    made["Costs"][row][4] = unit
    plan, problems = check(made, tmp_path)
    told = [p.severity for p in problems if p.where == f"Costs!E{row + 1}"]
    assert told == ([] if severity is None else [severity])
    if expected is not None:
        assert plan is not None
        assert plan.costs[line].expected == pytest.approx(expected)


def _formatted(made: Sheets, folder: Path, cells: Mapping[str, tuple[object, str]]) -> tuple[object, tuple[Problem, ...]]:
    path = write(made, folder / "w.xlsx")
    book = openpyxl.load_workbook(path)
    for place, (value, code) in cells.items():
        sheet, _, address = place.partition("!")
        book[sheet][address].value = value
        book[sheet][address].number_format = code
    book.save(path)
    return check_plan(path)


@pytest.mark.parametrize(
    ("value", "code", "severity"),
    [
        (dt.date(2026, 1, 10), "d-mmm", ERROR),
        (dt.date(2026, 1, 10), "dd/mm", ERROR),
        (dt.date(2026, 4, 3), "mm-dd-yy", WARNING),
        (dt.date(2026, 3, 1), "mmm-yy", WARNING),
        (dt.time(15, 0), "h:mm AM/PM", WARNING),
        (1000, "#,##0", None),
        (1e5, "0.00E+00", ERROR),
        (1234567890123456, "0", ERROR),
        (493012345678, "General", WARNING),
        (1.1, "General", NOTE),
        (5, ";;;", WARNING),
    ],
)
def test_an_accepted_answer_that_excel_may_have_changed_is_named(
    tmp_path: Path, value: object, code: str, severity: Severity | None
) -> None:
    _, problems = _formatted(sheets(Task.QUESTION_ANSWERING), tmp_path, {"Examples!C2": (value, code)})
    told = [p.severity for p in problems if p.where == "Examples!C2"]
    assert told == ([] if severity is None else [severity])


@pytest.mark.parametrize("place", ["Labels!A2", "Labels!C3", "Examples!C2", "Examples!D2", "Examples!A2"])
def test_a_name_of_which_excel_has_made_a_date_is_refused_wherever_it_stands(tmp_path: Path, place: str) -> None:
    cells = {place: (dt.date(2026, 1, 10), "yyyy-mm-dd")}
    _, problems = _formatted(sheets(Task.CLASSIFICATION), tmp_path, cells)
    assert place in _places(problems, ERROR, "changed by Excel")


@pytest.mark.parametrize(
    ("kind", "value", "code", "expected"),
    [
        ("number", 19, r"0\%", "19%"),
        ("number", 0.19, "0%", "19%"),
        ("number", 1.125, "General", "1.1250"),
        ("number", 5, '0" kg"', "5 kg"),
        ("number", 5_000_000, '0.0,,"M"', "5000000"),
        ("money", 1250.5, "[$€-2] #,##0.00", "€ 1250.5"),
        ("text", 42, '"INV-"00000', "INV-00042"),
        ("text", dt.timedelta(hours=26, minutes=30), "[h]:mm", "26:30"),
        ("date", dt.date(2026, 4, 3), "mm-dd-yy", "2026-04-03"),
        ("date", dt.date(2026, 4, 3), "d-mmm-yy", "2026-04-03"),
    ],
)
def test_a_field_takes_value_and_format_together(tmp_path: Path, kind: str, value: object, code: str, expected: str) -> None:
    made = sheets(Task.EXTRACTION)
    made["Fields"][2][1:] = [kind, None, None, None]
    plan, problems = _formatted(made, tmp_path, {"Examples!E2": (value, code)})
    assert plan is not None, problems
    key = plan.examples[0].key  # type: ignore[attr-defined]
    assert key.fields["Rent"].values == (expected,)


@pytest.mark.parametrize(
    "formula",
    [
        '=IMPORTRANGE("https://docs.google.com/spreadsheets/d/1","A1")',
        '=IFERROR(__xludf.DUMMYFUNCTION("GOOGLETRANSLATE(A2,""de"",""en"")"),"refund")',
        '=COPILOT("which label?",B2)',
        "=[1]Sheet1!A1",
        "=WEBSERVICE(B2)",
    ],
)
def test_a_formula_fed_from_elsewhere_is_refused_by_cell(tmp_path: Path, formula: str) -> None:
    path = write(sheets(Task.CLASSIFICATION), tmp_path / "w.xlsx")
    book = openpyxl.load_workbook(path)
    book["Examples"]["C2"] = formula
    book.save(path)
    data = _with_result(path.read_bytes())
    path.write_bytes(data)
    _, problems = check_plan(path)
    assert "Examples!C2" in _places(problems, ERROR, "formula")


def _with_result(data: bytes) -> bytes:
    """Give the formula of a workbook a saved result, which openpyxl does not write."""

    def filled(part: bytes) -> bytes:
        return part.replace(b'<c r="C2"><f>', b'<c r="C2" t="str"><f>').replace(b"</f><v></v>", b"</f><v>refund</v>")

    return each_part(data, lambda name: name, filled)


def test_an_input_that_speaks_of_an_error_is_an_input(tmp_path: Path) -> None:
    made = sheets(Task.CLASSIFICATION)
    made["Examples"][1][1] = "My sheet shows #VALUE! in B2"
    plan, _ = check(made, tmp_path)
    assert plan is not None
    assert plan.examples[0].input == "My sheet shows #VALUE! in B2"


@pytest.mark.parametrize("lock", ["~$evaluation.xlsx", ".~lock.evaluation.xlsx#"])
def test_a_workbook_that_is_open_elsewhere_is_said(tmp_path: Path, lock: str) -> None:
    (tmp_path / lock).write_bytes(b"\3Ann")
    plan, problems = check(sheets(Task.CLASSIFICATION), tmp_path)
    assert plan is not None
    assert [p.where for p in problems if p.code == "open elsewhere"] == ["evaluation.xlsx"]


def test_the_units_of_a_blank_workbook_follow_the_currency(tmp_path: Path) -> None:
    path = tmp_path / "w.xlsx"
    write_workbook(path, Task.CLASSIFICATION)
    book = openpyxl.load_workbook(path)
    values = {row[0].value: row[1] for row in book["Evaluation"].iter_rows()}
    values["Currency"].value = "CHF"
    for row in book["Costs"].iter_rows(min_row=2):
        row[2].value = 2
    book.save(path)
    _, problems = check_plan(path)
    assert [p for p in problems if p.code in {"wrong unit", "converted"}] == []
