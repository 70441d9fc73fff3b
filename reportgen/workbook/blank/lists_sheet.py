"""The sheet Lists: what the drop-downs offer, each under a defined name, since long lists inside a rule are cut or lost."""

from __future__ import annotations

from collections.abc import Mapping

from xlsxwriter.utility import xl_col_to_name

from reportgen.domain.records.plan import Task
from reportgen.spreadsheets.writer import Book
from reportgen.workbook.blank import formats
from reportgen.workbook.blank.content import Content
from reportgen.workbook.blank.page import Page
from reportgen.workbook.blank.presets import CURRENCY_WORD
from reportgen.workbook.layout import sheets
from reportgen.workbook.layout.optional_sheets import SUPPLIER_QUESTIONS
from reportgen.workbook.layout.schema import Cell, CellType, Source

_SHEET = "Lists"
_YES_NO = ("yes", "no")
_SOURCE_COLUMNS: Mapping[Source, tuple[str, str]] = {
    Source.LABELS: ("Labels", "Label"),
    Source.CANDIDATES: ("Candidates", "Candidate"),
    Source.PROMPTS: ("Prompts", "Prompt"),
    Source.KNOWN_FAILURES: ("Known failures", "Failure ID"),
}


class Lists:
    """The lists of one workbook: which name each kind of cell draws its drop-down from."""

    def __init__(self, content: Content) -> None:
        self._content = content
        self._fixed: dict[tuple[str, ...], str] = {}
        self._titles: dict[str, str] = {}
        for title, choices in _fixed_lists(content):
            if choices and choices not in self._fixed:
                self._fixed[choices] = _list_name(title)
                self._titles[_list_name(title)] = title

    def name_for(self, cell: Cell) -> str | None:
        """Return the defined name a drop-down of this cell refers to, None where it has none."""
        if cell.source is not None and not cell.choices:
            return self._name_of_source(cell.source)
        if cell.type is CellType.YES_NO:
            return self._fixed[_YES_NO]
        return self._fixed.get(cell.allowed) if cell.choices else None

    def _name_of_source(self, source: Source) -> str | None:
        content = self._content
        match source:
            case Source.MEASURES:
                return self._fixed.get(sheets.measure_choices(content.task))
            case Source.LOCAL_BASELINES:
                return self._fixed.get(baselines_for(content.task))
            case Source.SUPPLIER_QUESTIONS:
                return self._fixed.get(SUPPLIER_QUESTIONS)
            case Source.UNITS:
                return self._fixed.get(_units(content))
            case _:
                sheet, _ = _SOURCE_COLUMNS[source]
                return _list_name(sheet) if sheet in content.tables else None

    def write(self, book: Book) -> None:
        """Write the sheet and define the names; lists that users fill in themselves point at their own sheet."""
        page = Page(book, _SHEET)
        page.height(0, 45)
        page.raw.freeze_panes(1, 0)
        page.raw.protect("")
        page.raw.fit_to_pages(1, 0)
        page.raw.set_landscape()
        for column, (choices, name) in enumerate(self._fixed.items()):
            page.put(0, column, self._titles[name], formats.header(book, formats.Header.OURS))
            for row, choice in enumerate(choices, start=1):
                page.put(row, column, choice, formats.ours(book, num_format="@"))
            page.width(column, min(64, max(14, *(len(c) + 2 for c in choices))))
            letter = xl_col_to_name(column)
            book.name(name, f"{_SHEET}!${letter}$2:${letter}${len(choices) + 1}")
        for sheet, header in _SOURCE_COLUMNS.values():
            table = self._content.tables.get(sheet)
            if table is not None:
                letter = xl_col_to_name(table.index(header))
                book.name(_list_name(sheet), f"'{sheet}'!${letter}$2:${letter}${table.last + 1}")


def baselines_for(task: Task) -> tuple[str, ...]:
    """Return the local baselines that fit a task."""
    return tuple(name for name, tasks in sheets.LOCAL_BASELINES.items() if task in tasks)


def _units(content: Content) -> tuple[str, ...]:
    return ("%", "s", content.currency, CURRENCY_WORD)


def _fixed_lists(content: Content) -> list[tuple[str, tuple[str, ...]]]:
    lists = [
        ("Measures", sheets.measure_choices(content.task)),
        ("Local baselines", baselines_for(content.task)),
        ("Units", _units(content)),
        ("Yes or no", _YES_NO),
    ]
    if "Requirements" in content.tables:
        lists.append(("Questions to a supplier", SUPPLIER_QUESTIONS))
    lists += [(item.name, item.choices) for item in sheets.sheet("Evaluation").items]
    for table in content.tables.values():
        lists += [(f"{table.sheet.name}, {c.header}", c.choices) for c in table.columns if c is not None]
    return lists


def _list_name(title: str) -> str:
    return "list_" + "".join(c if c.isalnum() else "_" for c in title)
