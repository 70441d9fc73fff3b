"""What goes into a workbook, worked out before the first cell is written, so that every sheet can point at the others."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from xlsxwriter.utility import xl_col_to_name

from reportgen.domain.records.plan import FieldSpec, FieldType, Task
from reportgen.workbook.blank.page import CellValue, as_text
from reportgen.workbook.layout import sheets
from reportgen.workbook.layout.schema import CellType, Column, Per, Sheet

Row = Mapping[str, CellValue]

_PRESIZED: Mapping[str, int] = {
    "Examples": 500,
    "Labels": 40,
    "Fields": 40,
    "Candidates": 20,
    "Recorded outputs": 200,
    "Recorded verdicts": 200,
    "Service levels": 20,
    "Costs": 16,
}
_PRESIZED_ELSE = 30
_COUNTED_ROWS = 10_000
"""How far down the live counters look in a blank; more where a workbook is written with more rows."""
_STATUS_SHEETS = frozenset({"Examples", "Candidates", "Service levels"})

DEFAULT_FIELDS: tuple[FieldSpec, ...] = (
    FieldSpec("Reference number", FieldType.TEXT, required=True, description="The number that identifies the document."),
    FieldSpec("Party", FieldType.NAME, required=True, description="The person or company the document is about."),
    FieldSpec("Date", FieldType.DATE, description="The date that counts for your work."),
    FieldSpec("Amount", FieldType.MONEY, description="The total amount."),
)
"""What a blank for extraction starts with; users rename these or give their own with `--fields`."""
LINE_ITEMS = FieldSpec(
    "Line items",
    FieldType.RECORDS,
    description="One row for each item that is charged.",
    parts=(FieldSpec("Description"), FieldSpec("Quantity", FieldType.NUMBER), FieldSpec("Amount", FieldType.MONEY)),
)
"""What a blank with the sheet Records starts with besides."""


@dataclass(frozen=True, slots=True)
class Table:
    """One columnar sheet as it will stand: headers left to right, their columns (None = one of the user's own), its rows.

    `status` is the index of Row status, None where the sheet has none. `last` is the last formatted row and `counted` the
    last row that formulas look at, both counted from 0 like XlsxWriter's rows; the header is row 0.
    """

    sheet: Sheet
    headers: tuple[str, ...]
    columns: tuple[Column | None, ...]
    rows: tuple[Row, ...]
    folded: frozenset[int]
    status: int | None
    last: int
    counted: int

    def index(self, header: str) -> int:
        """Return the place of a header, counted from 0. Raises ValueError where the table has none."""
        return self.headers.index(header)

    def texts(self, header: str) -> list[str]:
        """Return the column's values as formulas see their text, spaces trimmed; blank where there is no such column."""
        return [as_text(row.get(header)).strip(" ") for row in self.rows]

    def range(self, header: str) -> str:
        """Return the absolute reference of a column's counted rows, `Examples!$A$2:$A$10001`."""
        letter = xl_col_to_name(self.index(header))
        return f"'{self.sheet.name}'!${letter}$2:${letter}${self.counted + 1}"

    def cell(self, header: str, row: int) -> str:
        """Return the absolute reference of one data row (0 = the first below the header)."""
        return f"'{self.sheet.name}'!${xl_col_to_name(self.index(header))}${row + 2}"


@dataclass(frozen=True, slots=True)
class Content:
    """Everything that a workbook will hold. `tables` is in sheet order; `blank` = nothing was filled in by the caller."""

    task: Task
    evaluation: Row
    tables: Mapping[str, Table]
    currency: str
    fields: tuple[str, ...]
    blank: bool


def candidate_names(rows: Mapping[str, Sequence[Row]]) -> tuple[str, ...]:
    """Return the candidates that have an `Output: <Candidate>` column among the rows of Examples, in order."""
    return _family_names(rows.get("Examples", ()), Per.CANDIDATE)


def field_names(specs: Sequence[FieldSpec], rows: Mapping[str, Sequence[Row]]) -> tuple[str, ...]:
    """Return the fields in order: those given, those on the sheet Fields, those with an `Expected:` column."""
    stand_apart = {as_text(row.get("Field")) for row in rows.get("Fields", ()) if as_text(row.get("Type")) == "records"}
    stand_apart |= {s.name for s in specs if s.type is FieldType.RECORDS}
    given = (as_text(row.get("Field")) for row in rows.get("Fields", ()))
    on_sheet = (n for n in given if n.partition(":")[0] not in stand_apart)
    names = (
        *(s.name for s in specs if s.name not in stand_apart),
        *on_sheet,
        *_family_names(rows.get("Examples", ()), Per.FIELD),
    )
    return tuple(dict.fromkeys(n for n in names if n))


def field_rows(specs: Iterable[FieldSpec]) -> tuple[Row, ...]:
    """Return fields as rows of the sheet Fields."""
    return tuple(
        {
            "Field": s.name,
            "Type": s.type.value,
            "Required": "yes" if s.required else "no",
            "Citation required": "yes" if s.citation_required else "no",
            "Choices": s.choices,
            "Tolerance": s.tolerance,
            "Also written as": s.also_written,
            "Description": s.description,
        }
        for spec in specs
        for s in (spec, *(replace(p, name=f"{spec.name}: {p.name}") for p in spec.parts))
    )


def part_row(specs: Iterable[FieldSpec]) -> tuple[Row, ...]:
    """Return an empty row of the sheet Records, whose columns are the parts of the fields that hold rows."""
    names = dict.fromkeys(part.name for spec in specs for part in spec.parts)
    return ({"Example ID": None, **dict.fromkeys(names)},) if names else ()


def table_for(
    sheet: Sheet, task: Task, rows: Sequence[Row], fields: Sequence[str], candidates: Sequence[str], *, blank: bool
) -> Table:
    """Lay one columnar sheet out: known columns, the user's own behind them, Row status, then the folded ones.

    In a filled workbook (`blank` False) expert columns that nobody filled are left out where the sheet has many of them.
    """
    used = {header for row in rows for header in row}
    pairs: list[tuple[str, Column | None]] = list(sheets.columns_for(sheet, task, fields, candidates))
    known = {header for header, _ in pairs}
    own = [h for h in dict.fromkeys(h for row in rows for h in row) if h not in known and h != sheets.ROW_STATUS]
    filled = {h for h in used if any(as_text(row.get(h)) for row in rows)}

    def stays_open(header: str, column: Column | None) -> bool:
        return column is None or header in filled or not sheets.folded(column, task)

    ahead = [p for p in pairs if stays_open(*p)] + [(h, None) for h in own]
    behind = [p for p in pairs if not stays_open(*p)]
    if not blank and sheet.name == "Examples":
        behind = [p for p in behind if p[1] is not None and p[1].per is None]
    has_status = sheet.name in _STATUS_SHEETS
    headers = [h for h, _ in ahead] + [sheets.ROW_STATUS] * has_status + [h for h, _ in behind]
    columns = [c for _, c in ahead] + [None] * has_status + [c for _, c in behind]
    presized = max(_PRESIZED.get(sheet.name, _PRESIZED_ELSE), len(rows))
    return Table(
        sheet=sheet,
        headers=tuple(headers),
        columns=tuple(columns),
        rows=tuple(rows),
        folded=frozenset(range(len(headers) - len(behind), len(headers))),
        status=len(ahead) if has_status else None,
        last=presized,
        counted=max(_COUNTED_ROWS, len(rows) + 1_000) if sheet.name == "Examples" else max(presized, 500),
    )


def is_long(column: Column | None) -> bool:
    """Return whether a column's texts wrap over several lines."""
    return column is None or column.type in {CellType.LONG_TEXT, CellType.LINES, CellType.SETTINGS, CellType.TEXT}


def _family_names(rows: Iterable[Row], per: Per) -> tuple[str, ...]:
    prefixes = tuple(c.prefix for c in sheets.sheet("Examples").columns if c.per is per)
    headers = dict.fromkeys(h for row in rows for h in row)
    names = (h.split(":", 1)[1].strip() for h in headers if h.startswith(prefixes))
    return tuple(dict.fromkeys(names))
