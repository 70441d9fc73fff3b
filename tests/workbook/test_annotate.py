from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest
import xlsxwriter
from openpyxl.comments import Comment
from openpyxl.worksheet.worksheet import Worksheet

from reportgen.cli import main
from reportgen.domain.records.plan import Task
from reportgen.problems import NeedsMendingError, Problem, Severity
from reportgen.workbook.blank.workbooks import write_workbook
from reportgen.workbook.marking.marked_copy import annotate, checked_name, marked
from reportgen.workbook.opening.xlsx import cells_of
from reportgen.workbook.reading.parser import check_plan
from tests.workbook.filled import sheets, write
from tests.workbook.office import back_slashes, other_case, strict
from tests.workbook.recalculated import recalculated


def _spoilt(path: Path) -> Path:
    """Our own blank, filled, with a wrong label, a missing input and a target in words."""
    rows = [{"Example ID": f"A{i}", "Input": f"text {i}", "Expected": "refund"} for i in range(5)]
    rows[1]["Expected"] = "refnud"
    rows[2]["Input"] = ""
    write_workbook(
        path,
        Task.CLASSIFICATION,
        evaluation={"Title": "T"},
        rows={
            "Examples": rows,
            "Labels": [{"Label": "refund"}, {"Label": "order"}],
            "Candidates": [{"Candidate": "m", "Kind": "Local baseline", "Model": "majority"}],
            "Service levels": [{"Measure": "p95 latency", "Comparison": "at most", "Target": "fast"}],
            "Costs": [{"Assumption": "Tasks per month", "Expected": 10}],
        },
    )
    return path


def _marked(path: Path) -> tuple[tuple[Problem, ...], bytes]:
    _, problems = check_plan(path)
    return problems, marked(path.read_bytes(), problems)


def _features(sheet: Worksheet) -> tuple[object, ...]:
    rules = sorted(
        (str(area.sqref), rule.type, tuple(rule.formula))
        for area in sheet.conditional_formatting
        for rule in area.rules
        if not any("reportgen check" in f for f in rule.formula)
    )
    return (
        sorted((str(v.sqref), v.type, v.formula1, v.prompt, v.error) for v in sheet.data_validations.dataValidation),
        sorted((t.name, t.ref) for t in sheet.tables.values()),
        rules,
        sheet.protection.sheet,
        str(sheet.freeze_panes),
        sorted(map(str, sheet.merged_cells.ranges)),
        {
            c.coordinate: (str(getattr(c.value, "text", c.value)), c.number_format, c.fill.fgColor.rgb, c.protection.locked)
            for r in sheet.iter_rows()
            for c in r
        },
        len(sheet._images),  # noqa: SLF001 - openpyxl offers no other way
        len(sheet._charts),  # noqa: SLF001 - as above
    )


def test_the_copy_holds_everything_that_was_there(tmp_path: Path) -> None:
    path = _spoilt(tmp_path / "w.xlsx")
    _, data = _marked(path)
    before, after = openpyxl.load_workbook(path), openpyxl.load_workbook(io.BytesIO(data))
    assert after.sheetnames == ["Problems", *before.sheetnames]
    for name in before.sheetnames:
        assert _features(before[name]) == _features(after[name]), name
        assert before[name].sheet_state == after[name].sheet_state
    assert dict(before.defined_names.items()).keys() == dict(after.defined_names.items()).keys()
    for name in before.sheetnames:
        assert before[name].print_title_rows == after[name].print_title_rows


def test_parts_that_need_no_change_stay_byte_for_byte(tmp_path: Path) -> None:
    path = _spoilt(tmp_path / "w.xlsx")
    _, data = _marked(path)
    before, after = zipfile.ZipFile(path), zipfile.ZipFile(io.BytesIO(data))
    same = [n for n in before.namelist() if before.read(n) == after.read(n)]
    changed = set(before.namelist()) - set(same)
    assert set(before.namelist()) <= set(after.namelist())
    assert {"xl/sharedStrings.xml", "xl/theme/theme1.xml", "docProps/custom.xml"} <= set(same)
    assert (
        len([n for n in changed if n.startswith("xl/worksheets/sheet")]) <= 3
    )  # two with faults, and the one that was open


def test_every_faulty_cell_has_a_note_and_a_link(tmp_path: Path) -> None:
    problems, data = _marked(_spoilt(tmp_path / "w.xlsx"))
    book = openpyxl.load_workbook(io.BytesIO(data))
    faulty = [p for p in problems if p.severity is Severity.ERROR]
    assert len(faulty) == 3
    for problem in faulty:
        sheet, cell = problem.where.split("!")
        assert problem.remedy in book[sheet][cell].comment.text
        assert book[sheet][cell].comment.author == "reportgen check"
    links = [c.hyperlink.location for row in book["Problems"].iter_rows() for c in row if c.hyperlink]
    assert links == [f"'{p.where.split('!')[0]}'!{p.where.split('!')[1]}" for p in problems if "!" in p.where]
    told = [(row[1].value, row[3].value) for row in book["Problems"].iter_rows(min_row=4)]
    assert told == [(p.where, p.what[0].upper() + p.what[1:]) for p in problems]


def test_the_sheet_of_problems_reads_well_errors_first_and_prints_on_pages_as_wide_as_it_is(tmp_path: Path) -> None:
    path = _spoilt(tmp_path / "w.xlsx")
    warned = Problem("Evaluation!A2", "the first thing to look at.", "Look.", "x", Severity.WARNING)
    data = marked(path.read_bytes(), [warned, *_marked(path)[0]])
    book = openpyxl.load_workbook(io.BytesIO(data))
    sheet = book["Problems"]
    kinds = [str(row[2].value) for row in sheet.iter_rows(min_row=4)]
    assert kinds == sorted(kinds, key=[s.value for s in Severity].index)
    assert kinds[-1] == "warning"
    assert (sheet["D4"].alignment.wrap_text, sheet["A3"].font.b, sheet["B4"].font.u) == (True, True, "single")
    assert sheet.sheet_properties.pageSetUpPr.fitToPage
    assert book["Examples"]["C3"].comment.text.startswith("1. Error: ")


def test_marking_a_copy_again_adds_no_look_to_its_styles(tmp_path: Path) -> None:
    path = _spoilt(tmp_path / "w.xlsx")
    problems, once = _marked(path)
    styles = [zipfile.ZipFile(io.BytesIO(data)).read("xl/styles.xml") for data in (once, marked(once, problems))]
    assert styles[0] == styles[1]


def test_the_colour_holds_while_the_faulty_value_stands_and_goes_when_it_is_mended(tmp_path: Path) -> None:
    _, data = _marked(_spoilt(tmp_path / "w.xlsx"))
    book = openpyxl.load_workbook(io.BytesIO(data))
    conditions = [
        (sheet.title, rule.formula[0])
        for sheet in book
        for area in sheet.conditional_formatting
        for rule in area.rules
        if rule.formula and "reportgen check" in rule.formula[0]
    ]
    assert sorted(c[1] for c in conditions) == [
        'AND(N("reportgen check")=0,EXACT($C$3,"refnud"))',
        'AND(N("reportgen check")=0,EXACT($D$2,"fast"))',
        'AND(N("reportgen check")=0,LEN(TRIM($B$4))=0)',
    ]

    def marks() -> list[bool]:
        """What the rules themselves say, asked of LibreOffice on a sheet of their own."""
        asking = book["Problems"]
        for number, (name, formula) in enumerate(conditions, 1):
            asking.cell(number, 10).value = "=" + re.sub(r"(\$[A-Z]+\$\d+)", rf"'{name}'!\1", formula)
        book.save(tmp_path / "asked.xlsx")
        sheet = openpyxl.load_workbook(recalculated(tmp_path / "asked.xlsx"), data_only=True)["Problems"]
        return [bool(sheet.cell(number, 10).value) for number in range(1, len(conditions) + 1)]

    assert marks() == [True, True, True]
    book["Examples"]["C3"], book["Examples"]["B4"], book["Service levels"]["D2"] = "refund", "words", 2.5
    assert marks() == [False, False, False]


def test_libreoffice_opens_the_copy_and_keeps_its_notes(tmp_path: Path) -> None:
    problems, data = _marked(_spoilt(tmp_path / "w.xlsx"))
    (tmp_path / "m.xlsx").write_bytes(data)
    book = openpyxl.load_workbook(recalculated(tmp_path / "m.xlsx"))
    assert book.sheetnames[0] == "Problems"
    notes = [c.comment.text for s in book for row in s.iter_rows() for c in row if c.comment]
    assert sum("refnud" in n for n in notes) == 1
    assert len(book["Examples"].data_validations.dataValidation) > 0
    assert len(book["Examples"].tables) == 1
    assert problems


def test_libreoffice_saves_of_the_copy_all_that_it_saves_of_the_original(tmp_path: Path) -> None:
    path = _spoilt(tmp_path / "w.xlsx")
    copy = tmp_path / "w.checked.xlsx"
    copy.write_bytes(_marked(path)[1])
    before, after = (openpyxl.load_workbook(recalculated(p)) for p in (path, copy))
    assert after.sheetnames == ["Problems", *before.sheetnames]
    for name in before.sheetnames:
        assert _features(before[name]) == _features(after[name]), name
        assert before[name].sheet_state == after[name].sheet_state
    assert dict(before.defined_names.items()).keys() == dict(after.defined_names.items()).keys()
    rules = before["Candidates"].data_validations.dataValidation
    assert len(rules) > 10, "the comparison would be empty"
    assert len(before.defined_names) > 5


def test_charts_pictures_and_the_users_own_notes_are_kept(tmp_path: Path) -> None:
    made = sheets(Task.CLASSIFICATION)
    made["Examples"][1][2] = "refnud"
    path = write(made, tmp_path / "w.xlsx")
    book = openpyxl.load_workbook(path)
    book["Examples"]["C2"].comment = Comment("ask Ann", "Bob")
    book["Examples"]["A4"].comment = Comment("seen", "Bob")
    book.save(path)
    _, data = _marked(path)
    found = openpyxl.load_workbook(io.BytesIO(data))["Examples"]
    assert found["C2"].comment.text.startswith("ask Ann")
    assert "refnud" in found["C2"].comment.text
    assert (found["A4"].comment.text, found["A4"].comment.author) == ("seen", "Bob")


def _with_drawings(path: Path) -> Path:
    book = xlsxwriter.Workbook(str(path))
    for name, rows in sheets(Task.CLASSIFICATION).items():
        sheet = book.add_worksheet(name)
        for r, row in enumerate(rows):
            sheet.write_row(r, 0, row)
    examples = book.get_worksheet_by_name("Examples")
    assert examples is not None
    examples.write(1, 2, "refnud")
    chart = book.add_chart({"type": "column"})
    chart.add_series({"values": "=Costs!$C$2:$C$5"})
    examples.insert_chart("H2", chart, {"description": "what it costs"})
    examples.insert_textbox("H20", "read me")
    examples.write_comment("A2", "my own", {"author": "Ann"})
    book.close()
    return path


def test_text_boxes_alternative_texts_and_charts_stay_as_they_were(tmp_path: Path) -> None:
    path = _with_drawings(tmp_path / "w.xlsx")
    _, data = _marked(path)
    before, after = zipfile.ZipFile(path), zipfile.ZipFile(io.BytesIO(data))
    for part in before.namelist():
        if "drawings/drawing" in part or "charts/" in part:
            assert before.read(part) == after.read(part), part
    assert b"what it costs" in after.read("xl/drawings/drawing1.xml")
    found = openpyxl.load_workbook(io.BytesIO(data))["Examples"]
    assert found["A2"].comment.text == "my own"
    assert "refnud" in found["C2"].comment.text


def test_a_copy_that_is_checked_again_carries_only_the_new_marks(tmp_path: Path) -> None:
    path = _spoilt(tmp_path / "w.xlsx")
    problems, first = _marked(path)
    again = marked(first, problems)
    book = openpyxl.load_workbook(io.BytesIO(marked(again, problems[:1])))
    assert book.sheetnames.count("Problems") == 1
    assert "Problems 2" not in book.sheetnames
    notes = [c.coordinate for s in book for row in s.iter_rows() for c in row if c.comment]
    rules = [r for s in book for a in s.conditional_formatting for r in a.rules if "reportgen check" in str(r.formula)]
    marks = [p for p in problems[:1] if "!" in p.where]
    assert (len(notes), len(rules)) == (len(marks), len(marks))
    assert zipfile.ZipFile(io.BytesIO(again)).read("xl/styles.xml") == zipfile.ZipFile(io.BytesIO(first)).read(
        "xl/styles.xml"
    )


def test_the_copy_can_be_checked_and_finds_the_same_errors(tmp_path: Path) -> None:
    path = _spoilt(tmp_path / "w.xlsx")
    problems, data = _marked(path)
    (tmp_path / "c.xlsx").write_bytes(data)
    cells_of(data, "c.xlsx")
    _, found = check_plan(tmp_path / "c.xlsx")
    errors = [str(p) for p in problems if p.severity is Severity.ERROR]
    assert [str(p) for p in found if p.severity is Severity.ERROR] == errors


@pytest.mark.parametrize("text", ["a\x0bb", "_x000D_ \ud800 ]]> & <b>", "=1+1", "x" * 40_000])
def test_untrusted_words_stay_words_on_the_sheet(tmp_path: Path, text: str) -> None:
    path = write(sheets(Task.CLASSIFICATION), tmp_path / "w.xlsx")
    hostile = Problem("Examples!A2", text, text, "x")
    book = openpyxl.load_workbook(io.BytesIO(marked(path.read_bytes(), [hostile])))
    assert isinstance(book["Problems"]["D4"].value, str)
    assert book["Problems"]["D4"].data_type == "s"
    assert book["Examples"]["A2"].comment is not None


def test_the_command_writes_the_copy_beside_the_workbook_and_leaves_it_alone(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = _spoilt(tmp_path / "w.xlsx")
    before = path.read_bytes()
    assert main(["check", str(path), "--annotate"]) == 2
    assert path.read_bytes() == before
    assert checked_name(path).exists()
    assert "w.checked.xlsx shows every problem" in capsys.readouterr().err


def test_what_is_no_workbook_is_not_marked(tmp_path: Path) -> None:
    (tmp_path / "w.csv").write_text("a,b")
    with pytest.raises(NeedsMendingError, match="text file"):
        annotate(tmp_path / "w.csv", ())


@pytest.mark.parametrize("change", [strict, back_slashes, other_case])
def test_a_workbook_with_parts_named_otherwise_is_read_and_marked(tmp_path: Path, change: Callable[[bytes], bytes]) -> None:
    made = sheets(Task.CLASSIFICATION)
    made["Examples"][1][2] = "refnud"
    path = write(made, tmp_path / "w.xlsx")
    path.write_bytes(change(path.read_bytes()))
    _, problems = check_plan(path)
    assert [p.where for p in problems if p.severity is Severity.ERROR] == ["Examples!C2"]
    book = openpyxl.load_workbook(annotate(path, problems))
    assert book.sheetnames[0] == "Problems"
    assert "refnud" in book["Examples"]["C2"].comment.text


def test_a_folder_of_tables_and_an_opendocument_file_are_marked_in_a_copy_as_workbook(tmp_path: Path) -> None:
    made = sheets(Task.CLASSIFICATION)
    made["Examples"][1][2] = "refnud"
    folder = tmp_path / "tables"
    folder.mkdir()
    for name, rows in made.items():
        with (folder / f"{name}.csv").open("w", newline="", encoding="utf-8") as file:
            csv.writer(file).writerows(rows)
    _, problems = check_plan(folder)
    copy = annotate(folder, problems)
    assert copy.name == "tables.checked.xlsx"
    assert "refnud" in openpyxl.load_workbook(copy)["Examples"]["C2"].comment.text
