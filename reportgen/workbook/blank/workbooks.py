"""Writes workbooks from the layout, blank or filled in: for `reportgen new`, the shipped blanks, samples and tests."""

from __future__ import annotations

import difflib
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from reportgen.domain.records.plan import FieldSpec, Task
from reportgen.problems import NeedsMendingError, Problem
from reportgen.spreadsheets.writer import Book
from reportgen.workbook.blank import formats, presets
from reportgen.workbook.blank.content import (
    DEFAULT_FIELDS,
    LINE_ITEMS,
    Content,
    Row,
    Table,
    candidate_names,
    field_names,
    field_rows,
    part_row,
    table_for,
)
from reportgen.workbook.blank.evaluation_page import write_evaluation
from reportgen.workbook.blank.filled_example import write_filled_example
from reportgen.workbook.blank.lists_sheet import Lists
from reportgen.workbook.blank.page import CellValue, Page
from reportgen.workbook.blank.start_sheet import write_start
from reportgen.workbook.blank.table_sheets import write_table
from reportgen.workbook.layout import sheets
from reportgen.workbook.layout.schema import Sheet

BLANK_NAMES: Mapping[Task, str] = {
    Task.CLASSIFICATION: "classification.xlsx",
    Task.EXTRACTION: "extraction.xlsx",
    Task.SUMMARIZATION: "summarization.xlsx",
    Task.QUESTION_ANSWERING: "question-answering.xlsx",
}
"""The file names of the shipped blanks."""


def write_workbook(
    path: Path,
    task: Task,
    *,
    fields: Sequence[FieldSpec] = (),
    with_sheets: Sequence[str] = (),
    rows: Mapping[str, Sequence[Row]] | None = None,
    evaluation: Mapping[str, CellValue] | None = None,
    begun: bool = False,
) -> None:
    """Write a workbook for one task: the blank, or the same filled in.

    Args:
        path: Where to write it; an existing file is replaced in one step.
        task: What the candidates have to do.
        fields: The fields of an extraction; they make the columns `Expected: ...` and `Evidence: ...` and the sheet Fields.
        with_sheets: Further sheets to add, by name; sheets named in `rows` are added without being named here.
        rows: Sheet name to rows of {header: value}. A header that the layout does not know becomes a column of its own. Rows
            of Costs fill in the named lines. A sheet left out keeps what a blank says there (usual service levels only where
            nothing at all is given in `rows`).
        begun: Whether people go on filling it in: then it keeps all that a blank holds beside what `rows` gives.
        evaluation: Items of the Evaluation sheet; an item given as None stays blank, one left out shows its default.

    Raises:
        NeedsMendingError: A sheet is not known or not one of the task's, or a text is longer than a cell holds.
        OSError: The folder cannot be written.
    """
    content = _content(
        task, fields, with_sheets, rows or {}, evaluation or {}, blank=begun or not any((rows or {}).values())
    )
    title = str(content.evaluation.get("Title") or f"Evaluation workbook: {task.value}")
    properties = {"title": title, "subject": f"reportgen evaluation workbook, {task.value}"}
    book = Book(properties, usual=formats.USUAL)
    book.raw.set_size(2400, 1400)
    lists = Lists(content)
    write_start(book, content)
    write_evaluation(book, content, lists)
    for table in content.tables.values():
        write_table(book, table, lists)
    lists.write(book)
    write_filled_example(book, content)
    _write_version(book, task)
    book.save(path)


def write_blanks(folder: Path) -> tuple[Path, ...]:
    """Write the blank workbook of every task into a folder and return the files."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = tuple(folder / name for name in BLANK_NAMES.values())
    for task, path in zip(BLANK_NAMES, paths, strict=True):
        write_workbook(path, task)
    return paths


def _content(
    task: Task,
    fields: Sequence[FieldSpec],
    with_sheets: Sequence[str],
    rows: Mapping[str, Sequence[Row]],
    evaluation: Row,
    *,
    blank: bool,
) -> Content:
    named = {_known(name, task, "rows").name: tuple(given) for name, given in rows.items()}
    if task is Task.EXTRACTION and not fields and blank:
        fields = DEFAULT_FIELDS
    currency = str(evaluation.get("Currency") or sheets.sheet("Evaluation").item("Currency").default)
    unit = currency if evaluation.get("Currency") or not blank else presets.CURRENCY_WORD
    wanted = {_known(name, task, "--with").name for name in with_sheets} | set(named)
    if "Records" in wanted and blank and not any(f.parts for f in fields) and not named.get("Fields"):
        fields = (*fields, LINE_ITEMS)
    tables: dict[str, Table] = {}
    names = field_names(fields, named)
    for sheet in sheets.sheets_for(task):
        if sheet.name == "Evaluation" or not (sheet.shown or sheet.name in wanted):
            continue
        given = named.get(sheet.name, ())
        if sheet.name == "Costs":
            given = presets.cost_rows(given, unit)
        elif sheet.name == "Fields" and not given:
            given = field_rows(fields)
        elif sheet.name == "Records" and not given:
            given = part_row(fields)
        elif not given and (blank or sheet.name != "Service levels"):
            given = presets.preset_rows(sheet.name, task, unit)
        tables[sheet.name] = table_for(sheet, task, given, names, candidate_names(named), blank=blank)
    return Content(task, evaluation, tables, currency, names, blank)


def _known(name: str, task: Task, where: str) -> Sheet:
    try:
        sheet = sheets.sheet(name)
    except KeyError:
        near = difflib.get_close_matches(name.casefold(), [s.name.casefold() for s in sheets.SHEETS], n=1)
        meant = next((s.name for s in sheets.SHEETS if near and s.name.casefold() == near[0]), None)
        known = ", ".join(s.name for s in sheets.sheets_for(task) if s.name != "Evaluation")
        remedy = f"Did you mean {meant}?" if meant else f"Choose from: {known}."
        problem = Problem(where, f"there is no sheet {name!r}.", remedy, code="unknown-sheet")
        raise NeedsMendingError(str(problem), (problem,)) from None
    if task not in sheet.tasks:
        problem = Problem(
            where, f"the sheet {sheet.name} is not part of {task.value}.", "Leave it out.", code="sheet-of-other-task"
        )
        raise NeedsMendingError(str(problem), (problem,))
    return sheet


def _write_version(book: Book, task: Task) -> None:
    page = Page(book, "_reportgen")
    for row, (name, value) in enumerate((("template_version", sheets.TEMPLATE_VERSION), ("task", task.value))):
        page.put(row, 0, name)
        page.put(row, 1, value)
        book.name(f"reportgen_{name}", f"'_reportgen'!$B${row + 1}")
        book.raw.set_custom_property(f"reportgen.{name}", value, "text")
    page.raw.hide()


if __name__ == "__main__":
    if len(sys.argv) != 2:  # noqa: PLR2004 - the program and one folder
        sys.exit("Usage: python -m reportgen.workbook.blank.workbooks FOLDER")
    for written in write_blanks(Path(sys.argv[1])):
        sys.stdout.write(f"{written}\n")
