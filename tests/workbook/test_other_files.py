from __future__ import annotations

import csv
import io
import zipfile
from pathlib import Path

import pytest

from reportgen.domain.records.plan import Task
from reportgen.evaluation import evaluate, report
from reportgen.problems import NeedsMendingError, Problem, Severity
from reportgen.workbook.opening.cells import CellError
from reportgen.workbook.opening.csv_files import read_csv
from reportgen.workbook.opening.other_files import read_any, workbook_bytes
from reportgen.workbook.reading.parser import check_plan, read_plan
from reportgen.workbook.rows.values import as_text
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


def test_an_opendocument_file_gives_the_plan_of_the_workbook(tmp_path: Path) -> None:
    made = sheets(CLASSIFICATION)
    path = write(made, tmp_path / "w.xlsx")
    expected = read_plan(path)
    found, problems = check_plan(converted(path, "ods"))
    assert found is not None, problems
    assert [(e.id, e.input, e.key) for e in found.examples] == [(e.id, e.input, e.key) for e in expected.examples]
    assert (found.candidates, found.costs) == (expected.candidates, expected.costs)
    assert [p for p in problems if p.severity is Severity.WARNING] == []


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
        ("café,b".encode("cp1252"), [["café", "b"]], "encoding"),
        (b'a,"two\nlines"\r\n', [["a", "two\nlines"]], ""),
    ],
)
def test_encoding_and_delimiter_are_found_and_said(data: bytes, expected: list[list[str]], code: str) -> None:
    notices: list[Problem] = []
    assert read_csv(data, "Examples.csv", notices) == expected
    assert [n.code for n in notices] == ([code] if code else [])


@pytest.mark.parametrize(
    ("data", "word"),
    [
        (b'a,"b\n1', "damaged as a table"),
        (b"a\0b", "no text file"),
        ("a,b\n1,2".encode("utf-16")[:-1], "cut off"),
        (b"a,b\n" + b"," * 5_000_001, "far too many cells"),
    ],
)
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
        (b"<x>" + b"<table name='S'/>" * 5_001 + b"</x>", "5,000 sheets"),
        (b"<table><table-row><table-cell><p>" + b"<s c='99999'/>" * 700, "filled cells"),
    ],
)
def test_a_hostile_opendocument_file_is_refused(tmp_path: Path, content: bytes, word: str) -> None:
    with zipfile.ZipFile(tmp_path / "w.ods", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("content.xml", content)
    with pytest.raises(NeedsMendingError, match=word):
        read_any(tmp_path / "w.ods")


_TEXTS = {
    "gb18030": ("退款", "我要退款,钱还没有到账", "请尽快处理我的订单"),
    "cp950": ("訂單", "我要退款,錢還沒有到帳", "請盡快處理我的訂單"),
    "cp932": ("注文", "返金してほしいです", "注文した商品がまだ届きません"),
    "cp949": ("환불", "환불을 받고 싶습니다", "주문한 상품이 아직 도착하지 않았어요"),
    "cp1251": ("возврат", "Я хочу вернуть деньги за заказ", "Где мой заказ?"),
    "koi8_r": ("возврат", "Я хочу вернуть деньги за заказ", "Где мой заказ?"),
    "cp1252": ("Rückerstattung", "Ich möchte mein Geld zurück", "Sie kostet 50 €"),
    "mac_roman": ("réclamation", "Où est ma commande ? Je n’ai rien reçu", "Très déçue, à bientôt"),
    "cp1253": ("επιστροφή", "Πού είναι η παραγγελία μου;", "παράπονο"),
    "cp1255": ("החזר", "אני רוצה החזר כספי", "הזמנה"),
    "utf-16-le": ("refund", "Where is my money?", "I want it back"),
}


@pytest.mark.parametrize("codec", _TEXTS)
def test_a_folder_in_the_encoding_of_an_office_is_read_with_its_letters(tmp_path: Path, codec: str) -> None:
    label, *inputs = _TEXTS[codec]
    made = sheets(CLASSIFICATION)
    made["Labels"][1][0] = label
    for row, text in zip(made["Examples"][1:], inputs, strict=False):
        row[1], row[2] = text, label
    plan, problems = check_plan(_folder(made, tmp_path / "f", encoding=codec))
    assert plan is not None, problems
    assert [e.input for e in plan.examples][:2] == inputs
    assert plan.examples[0].key is not None
    assert plan.examples[0].key.label == label
    said = [p.what for p in problems if p.code == "encoding"]
    assert len(said) == (0 if codec == "utf-16-le" else 1)


def test_two_plausible_readings_are_a_question_that_names_a_line_of_each(tmp_path: Path) -> None:
    made = sheets(CLASSIFICATION)
    made["Labels"][1][0] = made["Examples"][1][2] = "退款"
    _, problems = check_plan(_folder(made, tmp_path / "f", encoding="gb18030"))
    (problem,) = problems
    assert problem.code == "two readings"
    assert "退款" in problem.what
    assert "ÍË" not in problem.what


@pytest.mark.parametrize("named", ["{} - Table 1", "tickets - {}", "{}-Tabelle 1", "tickets - {} (1)", "{}"])
def test_tables_are_found_by_the_names_that_exports_give_them(tmp_path: Path, named: str) -> None:
    folder = _folder({named.format(name): rows for name, rows in sheets(CLASSIFICATION).items()}, tmp_path / "f")
    (folder / "._Candidates.csv").write_bytes(b"\0\5\26\7Mac OS X")
    (folder / "~$Examples.csv").write_bytes(b"\0owner")
    assert len(read_plan(folder).examples) == 3


def test_a_first_line_may_name_the_delimiter_and_errors_are_named_by_cell(tmp_path: Path) -> None:
    made = sheets(CLASSIFICATION)
    made["Examples"][1][1] = "My sheet shows #VALUE! in B2"
    made["Examples"][2][2] = "#REF!"
    made["Examples"][3][1] = '="0012"'
    folder = _folder(made, tmp_path / "f", delimiter=";")
    for file in folder.iterdir():
        file.write_bytes(b"sep=;\r\n" + file.read_bytes())
    _, problems = check_plan(folder)
    assert [p.where for p in problems if p.severity is Severity.ERROR] == ["Examples!C3"]
    rows = dict(next(s for s in read_any(folder).sheets if s.name == "Examples").rows)
    assert rows[4][1] == "0012"  # as spreadsheet programs show it


def test_cells_of_an_opendocument_file_are_told_by_their_types(tmp_path: Path) -> None:
    cells = {
        'office:value-type="percentage" office:value="0.75"><text:p>75 %</text:p>': "75 %",
        'office:value-type="boolean" office:boolean-value="true"><text:p>TRUE</text:p>': "TRUE",
        'table:formula="of:=1/0" office:value-type="string" calcext:value-type="error"><text:p>#DIV/0!</text:p>': "#DIV/0!",
        'table:formula="of:=A1" office:value-type="float" office:value="0"><text:p>Err:502</text:p>': "Err:502",
        'office:value-type="date" office:date-value="2026-01-10"><text:p>10. Jan</text:p>': "10. Jan",
        'office:value-type="time" office:time-value="PT26H30M00S"><text:p>26:30</text:p>': "26:30",
        'office:value-type="currency" office:value="1250" office:currency="EUR"><text:p>1.250,00 €</text:p>': "1.250,00 €",
        'office:value-type="string"><office:annotation><text:p>a note</text:p></office:annotation>'
        '<text:p>a<text:s text:c="2"/>b</text:p>'
        "<text:p>c<text:line-break/>d</text:p>": "a  b\nc\nd",
    }
    rows = "".join(f"<table:table-row><table:table-cell {cell}</table:table-cell></table:table-row>" for cell in cells)
    with zipfile.ZipFile(tmp_path / "w.ods", "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        gone = "<table:table-cell><text:p>gone</text:p></table:table-cell>"
        content = f"<office:body><table:tracked-changes>{gone}</table:tracked-changes>"
        content += f'<table:table table:name="S">{rows}</table:table></office:body>'
        archive.writestr("content.xml", content)
    (sheet,) = read_any(tmp_path / "w.ods").sheets
    found = [row[0] for _, row in sheet.rows]
    assert [as_text(value) for value in found] == list(cells.values())
    assert found[0] == 0.75
    assert found[1] is True
    assert [type(value) for value in found[2:4]] == [CellError, CellError]
    assert getattr(found[4], "lost", None) is True
