"""What offices really hand in: other programs, other spellings, other kinds of file."""

from __future__ import annotations

import csv
import datetime as dt
import io
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

import openpyxl
import xlsxwriter
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont
from openpyxl.utils.datetime import MAC_EPOCH

from reportgen.domain.records.plan import Task
from tests.workbook.filled import Sheets, sheets, write

CLASSIFICATION = Task.CLASSIFICATION
Make = Callable[[Path], Path]
_EXAMPLES = "xl/worksheets/sheet2.xml"
_OFFICE = "urn:oasis:names:tc:opendocument:xmlns"
_LINK = (
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" '
    'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/externalLinkPath" '
    'Target="file:///H:/budget.xlsx" TargetMode="External"/></Relationships>'
)
_LINKED = {"xl/externalLinks/externalLink1.xml": "<externalLink/>", "xl/externalLinks/_rels/externalLink1.xml.rels": _LINK}


def changed(change: Callable[[Sheets], None], task: Task = CLASSIFICATION) -> Make:
    """A clean workbook whose cells are changed before it is written."""

    def make(folder: Path) -> Path:
        made = sheets(task)
        change(made)
        return write(made, folder / "w.xlsx")

    return make


def opened(change: Callable[[Any], None]) -> Make:
    """A clean workbook, opened again and changed as only a program can."""

    def make(folder: Path) -> Path:
        path = write(sheets(CLASSIFICATION), folder / "w.xlsx")
        book = openpyxl.load_workbook(path)
        change(book)
        book.save(path)
        return path

    return make


def parts(change: Callable[[str, bytes], bytes], more: Mapping[str, str] = {}, name: str = "w.xlsx") -> Make:
    """A clean workbook with the parts of its archive changed, and further ones."""

    def make(folder: Path) -> Path:
        path = write(sheets(CLASSIFICATION), folder / "clean.xlsx")
        with zipfile.ZipFile(path) as source, zipfile.ZipFile(folder / name, "w", zipfile.ZIP_DEFLATED) as archive:
            for part in source.namelist():
                archive.writestr(part, change(part, source.read(part)))
            for part, content in more.items():
                archive.writestr(part, content)
        return folder / name

    return make


def _shares(made: Sheets) -> None:
    made["Evaluation"] += [["Train share", "70\u00a0%", None], ["Eval share", "0,2", None], ["Holdout share", 0.1, None]]


def _amounts(made: Sheets) -> None:
    made["Evaluation"].append(["Currency", "EUR", None])
    made["Costs"][1][1:4] = ["1\u202f234,50", "1\u2019234.50", "1.234,50"]
    made["Costs"][3][2] = "\u20ac 36,00"
    made["Costs"][4][2] = "4.50 EUR"


def _one_mark(made: Sheets) -> None:
    made["Evaluation"].append(["Decimal mark", "comma", None])
    made["Costs"][1][1:4] = [None, "10.000", None]


def _as_text(made: Sheets) -> None:
    made["Costs"][1][1:4] = ["8000", "10000", "12000"]
    made["Service levels"][1][3] = "2.5 s"
    made["Service levels"][1][7] = "3 April 2026"


def _unseen(made: Sheets) -> None:
    made["Examples"][0][0] = "\ufeffExample\u00a0ID"
    made["Examples"][0][2] = "Expected\u200b "
    made["Labels"][2][0] = made["Examples"][1][4] = "caf\u00e9"
    made["Examples"][2][2] = made["Examples"][2][4] = "cafe\u0301\u00a0"


def _yes(made: Sheets) -> None:
    rules = ("invalid output", "missing field", "failed citation", "abstained", "low confidence", "random sample")
    words: tuple[Any, ...] = ("ja", True, "\u2713", "x", "N", False)
    thresholds = {"low confidence": 0.5, "random sample": 0.1}
    rows = [[rule, thresholds.get(rule), on] for rule, on in zip(rules, words, strict=True)]
    made["Review rules"] = [["Rule", "Threshold", "On"], *rows]


def _one(made: Sheets) -> None:
    made["Review rules"] = [["Rule", "On"], ["invalid output", 1]]


def _labels(first: object, second: object) -> Callable[[Sheets], None]:
    """Two other labels on Labels; in Expected and the outputs as the second of each pair."""

    def change(made: Sheets) -> None:
        made["Labels"] = [["Label"], [first], ["order"]]  # type: ignore[list-item] # whatever a cell can hold
        for row in (1, 3):
            made["Examples"][row][2] = made["Examples"][row][4] = second  # type: ignore[call-overload] # as above

    return change


def _ids(*ids: object) -> Callable[[Sheets], None]:
    def change(made: Sheets) -> None:
        for row, name in enumerate(ids, 1):
            made["Examples"][row][0] = name  # type: ignore[call-overload] # whatever a cell can hold

    return change


def _other_order(made: Sheets) -> None:
    made["service_levels"] = [list(reversed(row)) for row in made.pop("Service levels")]
    made["EXAMPLES"] = [[*row[3:], *row[:3]] for row in made.pop("Examples")]


def _slip_without_labels(made: Sheets) -> None:
    del made["Labels"]
    made["Examples"] += [[f"B{row}", "text", "delivery", "phone", "delivery", None] for row in range(12)]
    made["Examples"][2][2] = "delivry"


def _no_header(made: Sheets) -> None:
    made["Examples"][1] += [None, "look again", None, "and again"]


def _no_header_for_labels(made: Sheets) -> None:
    made["Examples"][0][2] = None


def _from_1904(book: Any) -> None:  # noqa: ANN401 - openpyxl ships no types
    book.epoch = MAC_EPOCH
    book["Service levels"]["H2"] = dt.date(2026, 4, 3)


def _hidden_column(book: Any) -> None:  # noqa: ANN401 - as above
    book["Examples"].column_dimensions["C"].hidden = True


def _filter(book: Any) -> None:  # noqa: ANN401 - as above
    book["Examples"].auto_filter.ref = "A1:F4"
    book["Examples"].auto_filter.add_filter_column(3, ["phone"])
    book["Examples"].row_dimensions[2].hidden = True


def _rich(book: Any) -> None:  # noqa: ANN401 - as above
    book["Examples"]["C2"] = CellRichText("re", TextBlock(InlineFont(b=True), "fund"))


def _zeros(folder: Path) -> Path:
    """IDs that are numbers shown with their leading zeros."""
    book = xlsxwriter.Workbook(str(folder / "w.xlsx"))
    for name, rows in sheets(CLASSIFICATION).items():
        sheet = book.add_worksheet(name)
        for number, row in enumerate(rows):
            sheet.write_row(number, 0, row)
            if name == "Examples" and number:
                sheet.write_number(number, 0, number, book.add_format({"num_format": "00000"}))
    book.close()
    return folder / "w.xlsx"


def _wrong_dimension(part: str, data: bytes) -> bytes:
    return data.replace(b'<dimension ref="A1:F4"', b'<dimension ref="A1:A2"') if part == _EXAMPLES else data


def _blank_rows_to_the_end(part: str, data: bytes) -> bytes:
    """A used range of all rows that a sheet has."""
    if part != _EXAMPLES:
        return data
    rows = "".join(f'<row r="{row}"><c r="A{row}" s="0"/></row>' for row in range(5, 1_048_577))
    return data.replace(b"</sheetData>", f"{rows}</sheetData>".encode())


def _blank_grid(part: str, data: bytes) -> bytes:
    """1,000 rows of 26 styled blank cells on each sheet and no `docProps`, as Google Sheets leaves them."""
    if not part.startswith("xl/worksheets/sheet"):
        return data
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    rows = "".join(
        f'<row r="{row}" ht="15.75" customHeight="1">{"".join(f"""<c r="{c}{row}" s="0"/>""" for c in letters)}</row>'
        for row in range(20, 1_001)
    )
    return data.replace(b"</sheetData>", f"{rows}</sheetData>".encode())


def _with_macros(part: str, data: bytes) -> bytes:
    plain, macros = b"spreadsheetml.sheet.main+xml", b"ms-excel.sheet.macroEnabled.main+xml"
    return data.replace(b"openxmlformats-officedocument." + plain, macros) if part == "[Content_Types].xml" else data


def opendocument(change: Callable[[Sheets], None] = lambda _: None, manifest: str = "") -> Make:
    """The workbook as an OpenDocument file."""

    def make(folder: Path) -> Path:
        made = sheets(CLASSIFICATION)
        change(made)
        tables = "".join(
            f'<table:table table:name="{escape(name)}">{"".join(map(_ods_row, rows))}</table:table>'
            for name, rows in made.items()
        )
        spaces = " ".join(f'xmlns:{name}="{_OFFICE}:{name}:1.0"' for name in ("office", "table", "text"))
        body = f"<office:body><office:spreadsheet>{tables}</office:spreadsheet></office:body>"
        with zipfile.ZipFile(folder / "w.ods", "w") as archive:
            archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
            archive.writestr("content.xml", f"<office:document-content {spaces}>{body}</office:document-content>")
            archive.writestr("META-INF/manifest.xml", f"<manifest>{manifest}</manifest>")
        return folder / "w.ods"

    return make


def _ods_row(row: list[Any]) -> str:
    return f"<table:table-row>{''.join(map(_ods_cell, row))}</table:table-row>"


def _ods_cell(value: object) -> str:
    match value:
        case None:
            return "<table:table-cell/>"
        case bool() | int() | float():
            return f'<table:table-cell office:value-type="float" office:value="{float(value)}"/>'
        case _:
            lines = "".join(f"<text:p>{escape(line)}</text:p>" for line in str(value).split("\n"))
            return f'<table:table-cell office:value-type="string">{lines}</table:table-cell>'


def folder_of_csv(
    change: Callable[[Sheets], None] = lambda _: None, delimiter: str = ",", encoding: str = "utf-8-sig"
) -> Make:
    """The workbook as a folder of .csv files, one for each sheet."""

    def make(folder: Path) -> Path:
        made = sheets(CLASSIFICATION)
        change(made)
        (folder / "w").mkdir()
        for name, rows in made.items():
            out = io.StringIO(newline="")
            csv.writer(out, delimiter=delimiter).writerows([["" if c is None else c for c in row] for row in rows])
            (folder / "w" / f"{name}.csv").write_bytes(out.getvalue().encode(encoding))
        return folder / "w"

    return make


def _typing_error(made: Sheets) -> None:
    made["Examples"][1][2] = "refnud"


def _accent(made: Sheets) -> None:
    made["Examples"][1][1] = "caf\u00e9"


CASES: tuple[tuple[str, Make], ...] = (
    ("shares as offices write them", changed(_shares)),
    ("amounts in the spellings of several countries", changed(_amounts)),
    ("an amount that the decimal mark settles", changed(_one_mark)),
    ("numbers and dates as text", changed(_as_text)),
    ("names with characters that nobody sees", changed(_unseen)),
    ("yes and no in many spellings", changed(_yes)),
    ("a one for yes", changed(_one)),
    ("the label NA", changed(_labels("NA", "NA"))),
    ("a label that Excel made a truth value", changed(_labels("true", True))),
    ("a label turned from 1 into 1.0", changed(_labels(1, 1.0))),
    ("a label in smart quotes", changed(_labels("refund", "\u201crefund\u201d"))),
    ("a label behind a mark that turns the writing", changed(_labels("refund", "\u202erefund"))),
    ("a slip where no sheet lists the labels", changed(_slip_without_labels)),
    ("numbers as IDs", changed(_ids(1, 2, 3))),
    ("IDs with their leading zeros", _zeros),
    ("an ID that Excel made a date", changed(_ids(dt.date(2026, 4, 3)))),
    ("an ID of more digits than Excel keeps", changed(_ids(123456789012345678))),
    ("sheets and columns in another order", changed(_other_order)),
    ("a column without a header", changed(_no_header)),
    ("a required column without its header", changed(_no_header_for_labels)),
    ("dates counted from 1904", opened(_from_1904)),
    ("a hidden column", opened(_hidden_column)),
    ("a filter", opened(_filter)),
    ("rich text", opened(_rich)),
    ("a sheet that Numbers adds", changed(lambda made: made.update({"Export Summary": [["This document was exported"]]}))),
    ("a wrong dimension", parts(_wrong_dimension)),
    ("a used range of a million rows", parts(_blank_rows_to_the_end)),
    ("a workbook as Google Sheets leaves it", parts(_blank_grid)),
    ("a workbook with macros", parts(_with_macros, {"xl/vbaProject.bin": "macro"}, "w.xlsm")),
    ("a link to another file", parts(lambda _, data: data, _LINKED)),
    ("an OpenDocument file", opendocument()),
    ("an OpenDocument file with a typing error", opendocument(_typing_error)),
    ("an OpenDocument file with a password", opendocument(manifest="<encryption-data/>")),
    ("a folder of .csv", folder_of_csv()),
    ("a folder of .csv with a typing error", folder_of_csv(_typing_error)),
    ("a folder of .csv as an old Excel saves it", folder_of_csv(_accent, ";", "cp1252")),
)
