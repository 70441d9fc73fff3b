from __future__ import annotations

import datetime as dt
import io
import time
import zipfile
from pathlib import Path

import openpyxl
import pytest
import xlsxwriter
from openpyxl.worksheet.formula import ArrayFormula

from reportgen.assets import folder
from reportgen.problems import NeedsMendingError
from reportgen.workbook.opening.cells import CellError, NoResult, ShownNumber
from reportgen.workbook.opening.preflight import opened
from reportgen.workbook.opening.shared_strings import Shared
from reportgen.workbook.opening.sheet_stream import Room, read_sheet
from reportgen.workbook.opening.xlsx import cells_of, read_cells


def _book(**parts: bytes | str) -> bytes:
    """A small true workbook with some parts replaced or added (`__` stands for a slash)."""
    out = io.BytesIO()
    openpyxl.Workbook().save(out)
    source = zipfile.ZipFile(out)
    changed = {name.replace("__", "/"): part for name, part in parts.items()}
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in source.namelist():
            if name not in changed:
                archive.writestr(name, source.read(name))
        for name, part in changed.items():
            archive.writestr(name, part)
    return target.getvalue()


def _zip(*names: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name in names:
            archive.writestr(name, "x")
    return out.getvalue()


_OLE = bytes.fromhex("d0cf11e0a1b11ae1") + bytes(600)
_SHEET = "xl/worksheets/sheet1.xml"
_NS = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'


@pytest.mark.parametrize(
    ("data", "name", "words"),
    [
        (b"", "a.xlsx", "empty"),
        (_OLE, "a.xls", "old Excel file"),
        (_OLE + "EncryptedPackage".encode("utf-16-le"), "a.xlsx", "has a password"),
        (b"<html><table>", "a.xls", "web page"),
        (b"a,b\n1,2", "a.csv", "text file"),
        (b"PK\x03\x04cut off", "a.xlsx", "damaged or cut off"),
        (_zip("[Content_Types].xml", "xl/workbook.bin"), "a.xlsb", "binary workbook"),
        (_zip("Index/Document.iwa"), "a.numbers", "Numbers"),
        (_zip("[Content_Types].xml", "word/document.xml"), "a.docx", "Word"),
        (_zip("content.xml", "mimetype"), "a.ods", "OpenDocument"),
        (_zip("readme"), "a.zip", "without a workbook"),
    ],
)
def test_a_file_of_another_kind_is_refused_by_its_name(data: bytes, name: str, words: str) -> None:
    with pytest.raises(NeedsMendingError) as caught:
        cells_of(data, name)
    (problem,) = caught.value.problems
    assert problem.where == name
    assert words in problem.what
    assert problem.remedy


def test_a_cut_off_workbook_is_refused() -> None:
    data = _book()
    with pytest.raises(NeedsMendingError, match="damaged"):
        cells_of(data[: len(data) // 2], "a.xlsx")


def test_a_password_is_told_from_a_sensitivity_label() -> None:
    def container(*names: str) -> bytes:
        return bytes.fromhex("d0cf11e0a1b11ae1") + b"\0" * 512 + b"".join(n.encode("utf-16-le") for n in names)

    for names, words in (
        (("EncryptedPackage", "EncryptionInfo", "StrongEncryptionTransform"), "has a password"),
        (("EncryptedPackage", "DRMEncryptedTransform", "DRMEncryptedDataSpace", "LabelInfo"), "sensitivity label"),
        (("EncryptedPackage", "DRMEncryptedDataSpace"), "sensitivity label"),
        (("Workbook",), "old Excel file"),
    ):
        with pytest.raises(NeedsMendingError, match=words):
            cells_of(container(*names), "a.xlsx")


@pytest.mark.parametrize(
    "hostile",
    [
        '<!DOCTYPE x [<!ENTITY a "b">]><worksheet/>',
        '<!DOCTYPE x SYSTEM "file:///etc/passwd"><worksheet/>',
    ],
)
def test_document_types_and_entities_are_refused(hostile: str) -> None:
    with pytest.raises(NeedsMendingError, match="document type"):
        cells_of(_book(**{_SHEET: hostile}), "a.xlsx")


def test_one_huge_token_is_refused_quickly() -> None:
    start = time.perf_counter()
    noise = bytes(range(65, 91)) * (12 * 2**20 // 26)
    with pytest.raises(NeedsMendingError, match="one piece of text"):
        cells_of(_book(**{_SHEET: b"<worksheet><!--" + noise + b"--></worksheet>"}), "a.xlsx")
    assert time.perf_counter() - start < 5


def test_a_zip_bomb_is_refused_by_its_ratio() -> None:
    bomb = b'<sst xmlns="x"><si><t>' + b"a" * (30 * 2**20) + b"</t></si></sst>"
    with pytest.raises(NeedsMendingError, match="unpacks to"):
        cells_of(_book(**{"xl/sharedStrings.xml": bomb}), "a.xlsx")


def test_a_used_range_of_blank_rows_is_passed_by_and_the_content_kept() -> None:
    rows = "".join(f'<row r="{r}"><c r="A{r}" s="0"/></row>' for r in range(2, 300_000))
    sheet = (
        f'<worksheet {_NS}><sheetData><row r="1"><c r="A1"><v>7</v></c></row>{rows}'
        '<row r="300000"><c r="B300000"><v>8</v></c></row></sheetData></worksheet>'
    )
    (read,) = cells_of(_book(**{_SHEET: sheet}), "a.xlsx").sheets
    assert read.rows == ((1, (7,)), (300_000, (None, 8)))


def _written(path: Path) -> Path:
    book = xlsxwriter.Workbook(str(path))
    sheet = book.add_worksheet("S")
    sheet.write_string(0, 0, "one\r\ntwo")
    sheet.write_formula(1, 0, "=1+1", value=2)
    sheet.write_formula(2, 0, '=""', value="")
    sheet.write_number(3, 0, 42, book.add_format({"num_format": "00000"}))
    sheet.write_number(4, 0, 0.07, book.add_format({"num_format": "0.0##%"}))
    sheet.write_formula(5, 0, "=NA()", value="#N/A")
    sheet.write_string(6, 0, "=1+1")
    sheet.set_row(6, None, None, {"hidden": True})
    sheet.merge_range("C1:D2", "m")
    book.close()
    return path


def test_cells_are_read_as_they_are_shown(tmp_path: Path) -> None:
    (sheet,) = read_cells(_written(tmp_path / "a.xlsx")).sheets
    first = {number: values[0] for number, values in sheet.rows}
    assert first[1] == "one\ntwo"
    assert first[2] == 2
    assert sheet.formulas[(2, 1)] == "=1+1"
    assert isinstance(first[4], ShownNumber)
    assert first[4].shown == "00042"
    assert isinstance(first[5], ShownNumber)
    assert first[5].shown == "7.0%"
    assert first[6] == CellError("#N/A")
    assert first[7] == "=1+1"
    assert sheet.hidden_rows == (7,)
    assert sheet.merged == (("C1:D2", 1, 2),)
    assert sheet.address(7, 28) == "S!AB7"


def test_formulas_are_those_that_openpyxl_reads_and_a_shared_one_stands_at_each_of_its_cells(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active["A1"] = '=IF(1<2,"a & b","c")'
    book.active["A2"] = "=SUM(B1:B9)"
    book.active["A3"].value = ArrayFormula("A3", "=SUM(LEN(B1:B9))")
    book.save(tmp_path / "a.xlsx")
    (sheet,) = read_cells(tmp_path / "a.xlsx").sheets
    read = openpyxl.load_workbook(tmp_path / "a.xlsx").active
    assert sheet.formulas == {(r, 1): str(getattr(read.cell(r, 1).value, "text", read.cell(r, 1).value)) for r in (1, 2, 3)}
    shared = (
        '<row r="1"><c r="A1"><f t="shared" ref="A1:A2" si="0">[1]S!B1</f><v>1</v></c></row>'
        '<row r="2"><c r="A2"><f t="shared" si="0"/><v>2</v></c></row>'
    )
    part = f"<worksheet {_NS}><sheetData>{shared}</sheetData></worksheet>"
    (shares,) = cells_of(_book(**{_SHEET: part}), "w.xlsx").sheets
    assert shares.formulas == {(1, 1): "=[1]S!B1", (2, 1): "=[1]S!B1"}


def test_a_formula_without_a_saved_result_is_told_from_an_empty_one(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active["A1"] = "=1+1"
    book.save(tmp_path / "a.xlsx")
    (sheet,) = read_cells(tmp_path / "a.xlsx").sheets
    assert sheet.rows == ((1, (NoResult("=1+1"),)),)


def test_a_wrong_dimension_hides_no_row(tmp_path: Path) -> None:
    rows = "".join(f'<row r="{r}"><c r="A{r}"><v>{r}</v></c></row>' for r in range(1, 5))
    sheet = f'<worksheet {_NS}><dimension ref="A1"/><sheetData>{rows}</sheetData></worksheet>'
    (tmp_path / "a.xlsx").write_bytes(_book(**{_SHEET: sheet}))
    assert len(read_cells(tmp_path / "a.xlsx").sheets[0].rows) == 4


def test_a_missing_file_offers_the_one_of_a_like_name(tmp_path: Path) -> None:
    _written(tmp_path / "tickets.xlsx")
    with pytest.raises(NeedsMendingError, match=r'Did you mean "tickets\.xlsx"'):
        read_cells(tmp_path / "ticket.xlsx")


def _comparable(value: object) -> bool:
    """Whether a cell holds a value: openpyxl reads a formula without a saved result as an empty cell."""
    return value not in (None, "") and not isinstance(value, NoResult)


def _values_by_openpyxl(path: Path) -> dict[str, dict[tuple[int, int], object]]:
    book = openpyxl.load_workbook(path, data_only=True)
    return {
        s.title: {(c.row, c.column): c.value for row in s.iter_rows() for c in row if _comparable(c.value)} for s in book
    }


def test_every_value_is_the_one_that_openpyxl_reads(tmp_path: Path) -> None:
    book = xlsxwriter.Workbook(str(tmp_path / "kinds.xlsx"), {"default_date_format": "yyyy-mm-dd hh:mm"})
    sheet = book.add_worksheet("Kinds")
    bold = book.add_format({"bold": True})
    sheet.write_row(0, 0, [1, 2.5, -1e-9, 1e300, "text", "", " padded ", True, False])
    sheet.write_datetime(0, 10, dt.datetime.fromisoformat("2026-04-03T09:30"))
    sheet.write_rich_string(1, 0, "half ", bold, "bold", " text")
    sheet.write_datetime(2, 1, dt.date(2026, 4, 3), book.add_format({"num_format": "dd.mm.yyyy"}))
    sheet.write_number(3, 2, 0.5, book.add_format({"num_format": "[h]:mm"}))
    sheet.write_formula(4, 3, '="a"&"b"', value="ab")
    sheet.write_string(5, 16_383, "far right")
    book.close()
    for path in (tmp_path / "kinds.xlsx", folder("samples") / "extraction.xlsx"):
        read = {
            s.name: {(r, c): v for r, values in s.rows for c, v in enumerate(values, 1) if _comparable(v)}
            for s in read_cells(path).sheets
        }
        by_others = _values_by_openpyxl(path)
        assert read.keys() == by_others.keys()
        for name, values in by_others.items():
            assert read[name] == values


@pytest.mark.parametrize(
    ("cell", "words"),
    [
        ('<c r="A1" t="s"><v>99</v></c>', "Sheet!A1 cannot be read"),
        ('<c r="A1"><v>seven</v></c>', "Sheet!A1 cannot be read"),
    ],
)
def test_a_cell_that_contradicts_itself_is_named(cell: str, words: str) -> None:
    part = f'<worksheet {_NS}><sheetData><row r="1">{cell}</row></sheetData></worksheet>'
    with pytest.raises(NeedsMendingError, match="damaged") as caught:
        cells_of(_book(**{_SHEET: part}), "a.xlsx")
    assert words in str(caught.value)


def test_an_escaped_escape_stays_the_characters_that_it_is() -> None:
    shown = "<is><t>one_x000D_\ntwo_x0009_three _x005F_x000D_ literal</t></is>"
    part = f'<worksheet {_NS}><sheetData><row r="1"><c r="A1" t="inlineStr">{shown}</c></row></sheetData></worksheet>'
    (sheet,) = cells_of(_book(**{_SHEET: part}), "a.xlsx").sheets
    assert sheet.rows == ((1, ("one\ntwo\tthree _x000D_ literal",)),)


def test_values_far_to_the_right_of_many_rows_are_refused_before_they_fill_the_memory() -> None:
    rows = "".join(f'<row r="{r}"><c r="XFD{r}"><v>1</v></c></row>' for r in range(1, 2_000))
    part = f"<worksheet {_NS}><sheetData>{rows}</sheetData></worksheet>"
    with pytest.raises(NeedsMendingError, match="filled cells"):
        cells_of(_book(**{_SHEET: part}), "a.xlsx")


def test_a_value_far_to_the_right_takes_no_room_from_the_cells_of_other_sheets() -> None:
    room = Room(cells=10, places=40_000)
    part = f'<worksheet {_NS}><sheetData><row r="1"><c r="XFD1"><v>1</v></c></row></sheetData></worksheet>'
    with opened(_book(**{_SHEET: part}), "a.xlsx") as (archive, flight):
        for _ in range(2):
            read_sheet(archive, flight.sheets[0], Shared(), "a.xlsx", room)
        assert (room.cells, room.places) == (8, 40_000 - 2 * 16_384)
        with pytest.raises(NeedsMendingError, match="filled cells"):
            read_sheet(archive, flight.sheets[0], Shared(), "a.xlsx", room)


def test_two_sheets_that_are_one_part_are_refused_before_it_is_read_over_and_over() -> None:
    sheets = "".join(f'<sheet name="S{n}" sheetId="{n}" r:id="rId1"/>' for n in (1, 2))
    relations = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    book = f'<workbook {_NS} xmlns:r="{relations}"><sheets>{sheets}</sheets></workbook>'
    with pytest.raises(NeedsMendingError, match="two of its sheets are one part"):
        cells_of(_book(**{"xl/workbook.xml": book}), "a.xlsx")
