from __future__ import annotations

import csv
import io
import zipfile
from pathlib import Path

import pytest

from reportgen.domain.records.plan import Task
from reportgen.evaluation import evaluate, report
from reportgen.problems import NeedsMendingError, Problem, Severity
from reportgen.workbook.opening.other_files import read_any, read_csv, workbook_bytes
from reportgen.workbook.reading.parser import check_plan, read_plan
from tests.small_workbooks import tickets
from tests.workbook.filled import Sheets, sheets, write
from tests.workbook.office import converted

CLASSIFICATION = Task.CLASSIFICATION


def _folder(made: Sheets, path: Path, *, delimiter: str = ",", encoding: str = "utf-8") -> Path:
    path.mkdir()
    for name, rows in made.items():
        out = io.StringIO(newline="")
        csv.writer(out, delimiter=delimiter).writerows([["" if c is None else c for c in row] for row in rows])
        (path / f"{name}.csv").write_bytes(out.getvalue().encode(encoding))
    return path


def test_a_folder_of_csv_gives_the_plan_of_the_workbook(tmp_path: Path) -> None:
    made = sheets(CLASSIFICATION)
    made["Examples"][3][2] = "refund"
    expected = read_plan(write(made, tmp_path / "w.xlsx"))
    for number, (delimiter, encoding) in enumerate([(",", "utf-8-sig"), (";", "utf-8"), ("\t", "utf-16")]):
        found = read_plan(_folder(made, tmp_path / f"f{number}", delimiter=delimiter, encoding=encoding))
        assert [(e.id, e.input, e.key, e.where) for e in found.examples] == [
            (e.id, e.input, e.key, e.where) for e in expected.examples
        ]
        assert found.candidates == expected.candidates
        assert found.service_levels == expected.service_levels
        assert found.costs == expected.costs


def test_an_opendocument_file_gives_the_plan_of_the_workbook_and_says_what_it_hides(tmp_path: Path) -> None:
    made = sheets(CLASSIFICATION)
    path = write(made, tmp_path / "w.xlsx")
    expected = read_plan(path)
    found, problems = check_plan(converted(path, "ods"))
    assert found is not None, problems
    assert [(e.id, e.input, e.key) for e in found.examples] == [(e.id, e.input, e.key) for e in expected.examples]
    assert (found.candidates, found.costs) == (expected.candidates, expected.costs)
    assert [p.code for p in problems if p.severity is Severity.WARNING] == ["opendocument"]


def test_a_problem_in_a_folder_is_named_by_sheet_and_cell(tmp_path: Path) -> None:
    made = sheets(CLASSIFICATION)
    made["Examples"][1][2] = "refnud"
    _, problems = check_plan(_folder(made, tmp_path / "f"))
    (fault,) = [p for p in problems if p.severity is Severity.ERROR]
    assert fault.where == "Examples!C2"


@pytest.mark.parametrize("kind", [pytest.param("ods", marks=pytest.mark.deep), "folder"])
def test_a_run_from_another_kind_keeps_evidence_that_can_be_read_again(tmp_path: Path, kind: str) -> None:
    path = tickets(tmp_path / "w.xlsx", count=30)
    if kind == "ods":
        other = converted(path, "ods")
    else:
        other = tmp_path / "f"
        other.mkdir()
        for sheet in read_any(path).sheets:
            out = io.StringIO(newline="")
            rows = dict(sheet.rows)
            csv.writer(out).writerows(
                ["" if c is None else c for c in rows.get(n, ())] for n in range(1, 1 + max(rows, default=0))
            )
            (other / f"{sheet.name}.csv").write_text(out.getvalue(), encoding="utf-8")
    comparison, folder = evaluate(other)
    again, _ = report(folder.path)
    assert again.decision == comparison.decision
    assert len(again.candidates) == 2


def test_the_hash_of_a_folder_is_that_of_its_content(tmp_path: Path) -> None:
    made = sheets(CLASSIFICATION)
    one, other = _folder(made, tmp_path / "a"), _folder(made, tmp_path / "b")
    (other / "readme.txt").write_text("not a sheet")
    assert workbook_bytes(one) == workbook_bytes(other)
    (other / "Costs.csv").write_text("changed")
    assert workbook_bytes(one) != workbook_bytes(other)


@pytest.mark.parametrize(
    ("data", "expected", "code"),
    [
        (b"a,b\n1,2\n", [["a", "b"], ["1", "2"]], ""),
        (b'\xef\xbb\xbf"a;b",c\n', [["a;b", "c"]], ""),
        (b"a;b\n1,5;2\n", [["a", "b"], ["1,5", "2"]], "delimiter"),
        ("é,b".encode("cp1252"), [["é", "b"]], "encoding"),
        (b'a,"two\nlines"\r\n', [["a", "two\nlines"]], ""),
    ],
)
def test_encoding_and_delimiter_are_found_and_said(data: bytes, expected: list[list[str]], code: str) -> None:
    notices: list[Problem] = []
    assert read_csv(data, "Examples.csv", notices) == expected
    assert [n.code for n in notices] == ([code] if code else [])


@pytest.mark.parametrize(("data", "word"), [(b'a,"b\n1', "damaged as a table"), (b"a\0b", "no text file")])
def test_what_is_no_table_is_refused(data: bytes, word: str) -> None:
    with pytest.raises(NeedsMendingError, match=word):
        read_csv(data, "Examples.csv", [])


def test_a_folder_without_tables_is_refused(tmp_path: Path) -> None:
    with pytest.raises(NeedsMendingError, match=r"without \.csv"):
        read_any(tmp_path)


@pytest.mark.parametrize(
    ("content", "word"),
    [
        (b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "b">]><x/>', "document type"),
        (b"<x>" + b"<a/>" * (2**23) + b"</x>", "unpacks to"),
        (b"<x>cut", "not valid XML"),
        (b"<x/>", "damaged"),
    ],
)
def test_a_hostile_opendocument_file_is_refused(tmp_path: Path, content: bytes, word: str) -> None:
    with zipfile.ZipFile(tmp_path / "w.ods", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("content.xml", content)
    with pytest.raises(NeedsMendingError, match=word):
        read_any(tmp_path / "w.ods")
