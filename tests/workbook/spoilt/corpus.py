"""The spoilt workbooks: each a way in which offices really break one, with every problem that it must give and no other.

An expected problem is `severity place code`; a file that is refused has its own name as the place.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import xlsxwriter

from reportgen.domain.records.plan import Task
from tests.workbook.filled import Sheets, sheets, write
from tests.workbook.spoilt import documents, office
from tests.workbook.spoilt.documents import beside, holding
from tests.workbook.spoilt.expected import EXPECTED
from tests.workbook.spoilt.office import opened

CLASSIFICATION, EXTRACTION = Task.CLASSIFICATION, Task.EXTRACTION
QUESTIONS, SUMMARIES = Task.QUESTION_ANSWERING, Task.SUMMARIZATION
Spoil = Callable[[Sheets], None]


@dataclass(frozen=True, slots=True)
class Spoilt:
    """One spoilt workbook: how it is made in a folder, and what it must give."""

    name: str
    make: Callable[[Path], Path]
    expected: tuple[str, ...]


def _cells(task: Task, *changes: tuple[str, int, int, object]) -> Callable[[Path], Path]:
    """A clean workbook with some cells changed: (sheet, row, column, value), both from 0; rows are added as needed."""

    def make(folder: Path) -> Path:
        made = sheets(task)
        for sheet, row, column, value in changes:
            rows: list[list[Any]] = made.setdefault(sheet, [])
            while len(rows) <= row:
                rows.append([])
            rows[row] += [None] * (column + 1 - len(rows[row]))
            rows[row][column] = value
        return write(made, folder / "w.xlsx")

    return make


def _table(task: Task, sheet: str, *rows: list[Any]) -> Callable[[Path], Path]:
    """A clean workbook with one sheet replaced or added."""

    def make(folder: Path) -> Path:
        made = sheets(task)
        made[sheet] = [*rows]
        return write(made, folder / "w.xlsx")

    return make


def _without(task: Task, sheet: str) -> Callable[[Path], Path]:
    def make(folder: Path) -> Path:
        made = sheets(task)
        del made[sheet]
        return write(made, folder / "w.xlsx")

    return make


def _under_a_title(sheet: str) -> Callable[[Path], Path]:
    def make(folder: Path) -> Path:
        made = sheets(CLASSIFICATION)
        made[sheet] = [["The ticket test, third try"], [], *made[sheet]]
        return write(made, folder / "w.xlsx")

    return make


def _renamed(sheet: str, name: str) -> Callable[[Path], Path]:
    def make(folder: Path) -> Path:
        made = {name if old == sheet else old: rows for old, rows in sheets(CLASSIFICATION).items()}
        return write(made, folder / "w.xlsx")

    return make


def _level(*cells: object) -> Callable[[Path], Path]:
    """A clean workbook whose service level has another measure, comparison, target and unit."""
    places = zip((0, 2, 3, 4), cells, strict=True)
    return _cells(CLASSIFICATION, *(("Service levels", 1, column, value) for column, value in places))


def _formula(text: str, value: object) -> Callable[[Path], Path]:
    """A workbook in which Costs!C2 is a formula with a saved result, as Excel leaves it."""

    def make(folder: Path) -> Path:
        path = folder / "w.xlsx"
        book = xlsxwriter.Workbook(str(path))
        for name, rows in sheets(CLASSIFICATION).items():
            sheet = book.add_worksheet(name)
            for number, row in enumerate(rows):
                sheet.write_row(number, 0, row)
            if name == "Costs":
                sheet.write_formula(1, 2, text, None, value)
        book.close()
        return path

    return make


def _bytes(name: str, data: bytes) -> Callable[[Path], Path]:
    def make(folder: Path) -> Path:
        (folder / name).write_bytes(data)
        return folder / name

    return make


def _part(part: str, content: bytes) -> Callable[[Path], Path]:
    """A clean workbook with one part of the archive replaced or added."""

    def make(folder: Path) -> Path:
        path = write(sheets(CLASSIFICATION), folder / "clean.xlsx")
        target = folder / "w.xlsx"
        with zipfile.ZipFile(path) as source, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
            for name in source.namelist():
                if name != part:
                    archive.writestr(name, source.read(name))
            archive.writestr(part, content)
        return target

    return make


def _archive(*names: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name in names:
            archive.writestr(name, "x")
    return out.getvalue()


def _merge(book: Any) -> None:  # noqa: ANN401 - openpyxl ships no types
    book["Labels"].merge_cells("A2:A3")


def _hide(book: Any) -> None:  # noqa: ANN401 - as above
    book["Examples"].row_dimensions[3].hidden = True
    book["Candidates"].sheet_state = "hidden"


def _error(book: Any) -> None:  # noqa: ANN401 - as above
    book["Examples"]["C2"] = "#N/A"
    book["Examples"]["C2"].data_type = "e"


def _unsaved(book: Any) -> None:  # noqa: ANN401 - as above
    book["Costs"]["C2"] = "=100*100"


def _blank_rows(book: Any) -> None:  # noqa: ANN401 - as above
    book["Examples"].insert_rows(3, 2)


_OLE = bytes.fromhex("d0cf11e0a1b11ae1") + bytes(600)
_NS = b'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
_LAUGHS = b'<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]><worksheet>&b;</worksheet>'
_OUTSIDE = b'<!DOCTYPE x SYSTEM "file:///etc/passwd"><worksheet/>'
_STRICT = b'<workbook xmlns="http://purl.oclc.org/ooxml/spreadsheetml/main"><sheets/></workbook>'
_API = ["big", "API model", "openai/gpt-4o", None, 1, 2, "OPENAI_API_KEY", None]


def spoilt() -> Iterator[Spoilt]:
    """Yield every spoilt workbook."""
    every = (*ITEMS, *EXAMPLES, *OTHERS, *FILES, *OFFICE, *DOCUMENTS, *office.CASES)
    yield from (Spoilt(name, make, EXPECTED[name]) for name, make in every)


_Case = tuple[str, Callable[[Path], Path]]

ITEMS: tuple[_Case, ...] = (
    ("a share as a bare 70", _cells(CLASSIFICATION, ("Evaluation", 3, 0, "Train share"), ("Evaluation", 3, 1, 70))),
    ("shares that do not add up", _cells(CLASSIFICATION, ("Evaluation", 3, 0, "Train share"), ("Evaluation", 3, 1, "50 %"))),
    ("a confidence of 100 %", _cells(CLASSIFICATION, ("Evaluation", 3, 0, "Confidence"), ("Evaluation", 3, 1, "100 %"))),
    ("a seed in words", _cells(CLASSIFICATION, ("Evaluation", 3, 0, "Seed"), ("Evaluation", 3, 1, "one"))),
    ("a doubled item", _cells(CLASSIFICATION, ("Evaluation", 3, 0, "Title"), ("Evaluation", 3, 1, "again"))),
    ("an ambiguous date", _cells(CLASSIFICATION, ("Service levels", 1, 7, "03/04/2026"))),
    ("a bare serial number as a date", _cells(CLASSIFICATION, ("Service levels", 1, 7, 46082))),
    ("no task", _cells(CLASSIFICATION, ("Evaluation", 2, 1, None))),
    ("repeats", _cells(CLASSIFICATION, ("Evaluation", 3, 0, "Repeats"), ("Evaluation", 3, 1, 0))),
    (
        "a negative timeout",
        _cells(CLASSIFICATION, ("Evaluation", 3, 0, "Seconds before a request times out"), ("Evaluation", 3, 1, -1)),
    ),
    ("an unknown rule", _cells(CLASSIFICATION, ("Evaluation", 3, 0, "Rule"), ("Evaluation", 3, 1, "best guess"))),
    ("a currency that is none", _cells(CLASSIFICATION, ("Evaluation", 3, 0, "Currency"), ("Evaluation", 3, 1, "dollars"))),
    (
        "a primary measure of another task",
        _cells(CLASSIFICATION, ("Evaluation", 3, 0, "Primary measure"), ("Evaluation", 3, 1, "omission rate")),
    ),
)
EXAMPLES: tuple[_Case, ...] = (
    ("a doubled id", _cells(CLASSIFICATION, ("Examples", 2, 0, "a1"))),
    ("an id with a hidden space", _cells(CLASSIFICATION, ("Examples", 2, 0, "A1\u00a0\u200b"))),
    ("an id that is missing", _cells(CLASSIFICATION, ("Examples", 2, 0, None))),
    ("an input that is missing", _cells(CLASSIFICATION, ("Examples", 2, 1, " \u200b"))),
    ("a label with a typing error", _cells(CLASSIFICATION, ("Examples", 1, 2, "refnud"))),
    ("two labels in a cell", _cells(CLASSIFICATION, ("Examples", 1, 2, "refund\norder"))),
    ("no label", _cells(CLASSIFICATION, ("Examples", 1, 2, None))),
    ("a split of an unknown name", _cells(CLASSIFICATION, ("Examples", 0, 6, "Split"), ("Examples", 1, 6, "middle"))),
    ("an input and an input file", _cells(CLASSIFICATION, ("Examples", 0, 6, "Input file"), ("Examples", 1, 6, "a.txt"))),
    (
        "an input file outside",
        _cells(
            CLASSIFICATION,
            ("Examples", 0, 6, "Input file"),
            ("Examples", 1, 1, None),
            ("Examples", 1, 6, "../../etc/passwd"),
        ),
    ),
    (
        "an input file on the network",
        _cells(
            CLASSIFICATION,
            ("Examples", 0, 6, "Input file"),
            ("Examples", 1, 1, None),
            ("Examples", 1, 6, "https://example.com/a.txt"),
        ),
    ),
    (
        "an input file that is not there",
        _cells(CLASSIFICATION, ("Examples", 0, 6, "Input file"), ("Examples", 1, 1, None), ("Examples", 1, 6, "lease.txt")),
    ),
    ("a text as long as a cell", _cells(CLASSIFICATION, ("Examples", 1, 1, "x" * 32_767))),
    ("a doubled header", _cells(CLASSIFICATION, ("Examples", 0, 3, "INPUT"))),
    ("a renamed header", _cells(CLASSIFICATION, ("Examples", 0, 2, "Expectd"))),
    (
        "no example at all",
        _table(CLASSIFICATION, "Examples", ["Example ID", "Input", "Expected", "Segment", "Output: kept"]),
    ),
    ("an output of an unknown candidate", _cells(CLASSIFICATION, ("Examples", 0, 4, "Output: ketp"))),
    ("a second label that is none", _cells(CLASSIFICATION, ("Examples", 0, 6, "Second label"), ("Examples", 1, 6, "zzz"))),
    ("a dash for nothing", _cells(EXTRACTION, ("Examples", 1, 4, "-"))),
    ("a row in which no field is filled in", _cells(EXTRACTION, ("Examples", 2, 2, None))),
    ("a money that has two readings", _cells(EXTRACTION, ("Examples", 1, 4, "1,200"))),
    ("a field that is not declared", _cells(EXTRACTION, ("Examples", 0, 2, "Expected: Tennant"))),
    ("a yes that is none", _cells(EXTRACTION, ("Fields", 1, 2, "maybe"))),
    ("a field type that is none", _cells(EXTRACTION, ("Fields", 1, 1, "colour"))),
    ("a field twice", _cells(EXTRACTION, ("Fields", 2, 0, "tenant"))),
    ("a choice without choices", _cells(EXTRACTION, ("Fields", 1, 1, "choice"))),
    ("questions without answers", _cells(QUESTIONS, ("Examples", 1, 2, None), ("Examples", 2, 2, None))),
    ("a summary without anything to hold it against", _cells(SUMMARIES, ("Examples", 2, 3, None))),
)
OTHERS: tuple[_Case, ...] = (
    ("a target in words", _cells(CLASSIFICATION, ("Service levels", 1, 3, "fast"))),
    ("a comparison the wrong way round", _cells(CLASSIFICATION, ("Service levels", 1, 2, "at least"))),
    ("a measure with a typing error", _cells(CLASSIFICATION, ("Service levels", 1, 0, "p95 latancy"))),
    ("a measure of another task", _cells(CLASSIFICATION, ("Service levels", 1, 0, "omission rate"))),
    (
        "a level on a label that is none",
        _cells(
            CLASSIFICATION,
            ("Service levels", 1, 0, "recall"),
            ("Service levels", 1, 1, "label: refnud"),
            ("Service levels", 1, 2, "at least"),
            ("Service levels", 1, 3, 0.9),
            ("Service levels", 1, 4, None),
        ),
    ),
    (
        "a recall without its label",
        _cells(
            CLASSIFICATION,
            ("Service levels", 1, 0, "recall"),
            ("Service levels", 1, 2, "at least"),
            ("Service levels", 1, 3, 0.9),
            ("Service levels", 1, 4, None),
        ),
    ),
    ("a kind of candidate that is none", _cells(CLASSIFICATION, ("Candidates", 1, 1, "Robot"))),
    ("a candidate twice", _cells(CLASSIFICATION, ("Candidates", 2, 0, "SMALL"))),
    ("a prompt that is not there", _cells(CLASSIFICATION, ("Candidates", 0, 8, "Prompt"), ("Candidates", 1, 8, "formal"))),
    ("half a price", _cells(CLASSIFICATION, ("Candidates", 1, 5, None))),
    ("a key in a cell", _cells(CLASSIFICATION, ("Candidates", 1, 6, "sk-" + "a1B2c3D4" * 6))),
    ("two models in production", _cells(CLASSIFICATION, ("Candidates", 2, 3, "production"))),
    (
        "a command without its flag",
        _table(CLASSIFICATION, "Candidates", ["Candidate", "Kind", "Model"], ["kept", "Command", "rm -rf /"]),
    ),
    (
        "a foreign endpoint without its flag",
        _cells(CLASSIFICATION, ("Candidates", 0, 8, "Endpoint"), ("Candidates", 1, 8, "https://evil.example.com/v1")),
    ),
    (
        "an endpoint without encryption",
        _cells(CLASSIFICATION, ("Candidates", 0, 8, "Endpoint"), ("Candidates", 1, 8, "http://api.openai.com/v1")),
    ),
    (
        "a baseline that is none",
        _cells(CLASSIFICATION, ("Candidates", 1, 1, "Local baseline"), ("Candidates", 1, 2, "majorty")),
    ),
    ("an amount in another currency", _cells(CLASSIFICATION, ("Costs", 3, 2, "36 GBP"))),
    ("a range upside down", _cells(CLASSIFICATION, ("Costs", 1, 1, 20_000))),
    ("an assumption that is none", _cells(CLASSIFICATION, ("Costs", 1, 0, "Taks per month"))),
    (
        "a mix that does not add up",
        _table(CLASSIFICATION, "Production mix", ["Segment", "Share"], ["e-mail", 0.5], ["phone", 0.2]),
    ),
    (
        "a mix that does not add up beside another fault",
        _cells(
            CLASSIFICATION,
            ("Examples", 2, 0, "a1"),
            *(("Production mix", row, 0, name) for row, name in enumerate(("Segment", "e-mail", "phone"))),
            *(("Production mix", row, 1, share) for row, share in enumerate(("Share", 0.5, 0.2))),
        ),
    ),
    (
        "a recorded output twice",
        _table(CLASSIFICATION, "Recorded outputs", ["Candidate", "Example ID", "Output"], ["kept", "A1", "order"]),
    ),
    (
        "a recorded output of no example",
        _table(CLASSIFICATION, "Recorded outputs", ["Candidate", "Example ID", "Output"], ["kept", "A9", "order"]),
    ),
    (
        "a verdict in other words",
        _table(CLASSIFICATION, "Recorded verdicts", ["Candidate", "Example ID", "Verdict"], ["kept", "A1", "fine"]),
    ),
    (
        "a low confidence without a threshold",
        _table(CLASSIFICATION, "Review rules", ["Rule", "Threshold"], ["low confidence", None]),
    ),
    (
        "a requirement of nobody",
        _table(CLASSIFICATION, "Requirements", ["Candidate", "Requirement", "Met"], ["nobody", "EU data", "yes"]),
    ),
    ("a sheet that is missing", _without(CLASSIFICATION, "Costs")),
    ("a cost matrix", _table(CLASSIFICATION, "Cost matrix", ["a", "b"], [1, 2])),
    ("an unknown sheet", _table(CLASSIFICATION, "Holiday plan", ["a"], [1])),
)
FILES: tuple[_Case, ...] = (
    ("merged cells", opened(_merge)),
    ("hidden rows and a hidden sheet", opened(_hide)),
    ("an error cell", opened(_error)),
    ("a formula without a result", opened(_unsaved)),
    ("blank rows in the middle", opened(_blank_rows)),
    ("a formula with a result", _formula("=100*100", 10_000)),
    ("a formula that changes by itself", _formula("=RAND()*10000", 5_000)),
    ("a formula into another file", _formula("='[other.xlsx]Sheet1'!$A$1", 5_000)),
    ("an empty file", _bytes("w.xlsx", b"")),
    ("an old Excel file", _bytes("w.xls", _OLE)),
    ("a file with a password", _bytes("w.xlsx", _OLE + "EncryptedPackage".encode("utf-16-le"))),
    ("a binary workbook", _bytes("w.xlsb", _archive("[Content_Types].xml", "xl/workbook.bin"))),
    ("a Numbers document", _bytes("w.numbers", _archive("Index/Document.iwa"))),
    ("a web page with the name of a workbook", _bytes("w.xls", b"<html><table>")),
    ("a file cut off", _bytes("w.xlsx", b"PK\x03\x04cut off")),
    ("strict Open XML without a sheet", _part("xl/workbook.xml", _STRICT)),
    ("billion laughs", _part("xl/worksheets/sheet1.xml", _LAUGHS)),
    ("an external entity", _part("xl/worksheets/sheet1.xml", _OUTSIDE)),
    (
        "a zip bomb",
        _part("xl/worksheets/sheet1.xml", b"<worksheet " + _NS + b"><!--" + b"a" * (30 * 2**20) + b"--></worksheet>"),
    ),
    ("a part that is no XML", _part("xl/styles.xml", b"<styleSheet")),
    ("macros", _part("xl/vbaProject.bin", b"macro")),
)
OFFICE: tuple[_Case, ...] = (
    ("a total below the examples", _cells(CLASSIFICATION, ("Examples", 4, 0, "Total"), ("Examples", 4, 2, "3 examples"))),
    ("a title above the headers", _under_a_title("Examples")),
    (
        "headers with the star of what is required",
        _cells(CLASSIFICATION, ("Examples", 0, 0, "Example ID*"), ("Examples", 0, 1, "Input *")),
    ),
    ("headers in another language", _cells(CLASSIFICATION, ("Examples", 0, 0, "Nr."), ("Examples", 0, 1, "Eingabe"))),
    ("a sheet in another language", _renamed("Examples", "Beispiele")),
    ("a target with its comparison", _level("accuracy", "at least", "\u2265 90 %", None)),
    ("a latency in milliseconds", _cells(CLASSIFICATION, ("Service levels", 1, 3, 2500))),
    ("a kind by the name of the trade", _cells(CLASSIFICATION, ("Candidates", 1, 1, "LLM"))),
    ("a model as people call it", _cells(CLASSIFICATION, ("Candidates", 1, 2, "GPT-4o mini"))),
    ("a key of another provider", _cells(CLASSIFICATION, ("Candidates", 1, 2, "anthropic/claude-3-5-haiku"))),
    ("two spellings of a segment", _cells(CLASSIFICATION, ("Examples", 1, 3, "E-Mail"), ("Examples", 2, 3, "email"))),
    ("a figure with its doubts", _cells(CLASSIFICATION, ("Costs", 2, 2, "ca. 3"), ("Costs", 3, 1, "-"))),
    ("a currency by its sign", _cells(CLASSIFICATION, ("Evaluation", 3, 0, "Currency"), ("Evaluation", 3, 1, "\u20ac"))),
    ("an expected column without its colon", _cells(EXTRACTION, ("Examples", 0, 2, "Expected Tenant"))),
    ("facts on one line", _cells(SUMMARIES, ("Examples", 1, 3, "It is long; it is a text; it is blue"))),
    ("answers on one line", _cells(QUESTIONS, ("Examples", 1, 2, "five / 5 / five days"))),
    ("a file named as the input", _cells(CLASSIFICATION, ("Examples", 1, 1, "lease-17.pdf"))),
    ("a price with its unit", _cells(CLASSIFICATION, ("Candidates", 1, 4, "$0.15 / 1M"))),
)
DOCUMENTS: tuple[_Case, ...] = (
    ("an input file that leads outside by a link", beside("lease.txt", lambda path: path.symlink_to("/etc/hostname"))),
    ("an input file that is a link to itself", beside("lease.txt", lambda path: path.symlink_to(path))),
    ("an input file that is a folder", beside("lease.txt", Path.mkdir)),
    ("an old Word file", holding("lease.doc", lambda: _OLE)),
    ("a Word file that asks for a file", holding("lease.docx", lambda: documents.entity("utf-8"))),
    ("a Word file that asks for a file in UTF-16", holding("lease.docx", lambda: documents.entity("utf-16"))),
    ("a Word file that swells", holding("lease.docx", documents.swollen)),
    ("a Word file of blank paragraphs", holding("lease.docx", documents.crowded)),
    ("a PDF without end", holding("lease.pdf", documents.endless)),
    ("a PDF of pictures", holding("lease.pdf", documents.scanned)),
    ("a Word file with the name of a PDF", holding("lease.pdf", lambda: documents.word(documents.paragraph("x")))),
)
