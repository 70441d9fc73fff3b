"""Words what answers held: those that could not be read, and line items expected against given."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from reportgen.domain.records.comparison import CandidateResult
from reportgen.domain.records.plan import FieldSpec, FieldType
from reportgen.domain.records.score import Mark, RowPair
from reportgen.domain.telling.unread import UnreadGroup, unread_of
from reportgen.domain.wording import numbers
from reportgen.domain.wording.text import clean, line
from reportgen.reports.view.context import Context, shown_candidates
from reportgen.reports.view.records import Cell, Table, TableRow

_MOST_GROUPS = 5
"""Commonest unreadable answers of one candidate that the report shows; the workbook has more."""
_MOST_DOCUMENTS, _MOST_ROWS = 3, 24
_MARKS = {
    Mark.CORRECT: "● right",
    Mark.WRONG: "× wrong",
    Mark.MISSING: "× missing",
    Mark.INVENTED: "× not in the document",
    Mark.UNSCORED: "? not labelled",
}


def unread_groups(context: Context) -> Iterator[tuple[CandidateResult, UnreadGroup]]:
    """Yield the unreadable answers of every candidate, commonest first."""
    for result in context.results:
        found = unread_of(result.spec.name, "", result.sample)
        for group in found.groups:
            yield result, group


def unread(context: Context) -> Table:
    """Word the commonest answers that could not be read, with the label each most likely means."""
    rows: list[TableRow] = []
    for result in shown_candidates(context):
        groups = [group for of, group in unread_groups(context) if of is result]
        for group in groups[:_MOST_GROUPS]:
            what = (
                "the label stands in it"
                if group.wrapped
                else "Also written as"
                if group.means
                else "no label suggests itself"
            )
            means = Cell(line(group.means, 40) or numbers.DASH, line(group.why, 60))
            cells = (Cell(clean(group.answer, 80)), Cell(numbers.count(group.count)), means, Cell(what))
            rows.append(TableRow(line(result.spec.name, 40), "", cells))
    return Table("Candidate", ("Answer", "Times", "Most likely means", "What may be entered"), tuple(rows))


@dataclass(frozen=True, slots=True)
class ItemRow:
    """One row of a records field of one answer; `number` counts from 1 within the document."""

    candidate: str
    example: str
    where: str
    field: FieldSpec
    number: int
    pair: RowPair


def item_rows(context: Context, result: CandidateResult, *, wrong_only: bool) -> Iterator[ItemRow]:
    """Yield the rows of one candidate's answers, document by document; `wrong_only` leaves out documents without a fault."""
    fields = {f.name: f for f in context.comparison.plan.fields if f.type is FieldType.RECORDS}
    for observation in result.sample.observations:
        for part in observation.score.strict.parts:
            if part.name not in fields or (wrong_only and all(pair.exact for pair in part.rows)):
                continue
            for number, pair in enumerate(part.rows, start=1):
                example = observation.example
                yield ItemRow(result.spec.name, example.id, example.where, fields[part.name], number, pair)


def mark_words(mark: Mark) -> str:
    """Return a mark with its sign; a part that is rightly blank has none."""
    return _MARKS.get(mark, "")


def line_items(context: Context) -> Table:
    """Word the first documents of the lead whose rows are not all right, row by row, expected against given."""
    if context.lead is None:
        return Table("", (), ())
    chosen: list[ItemRow] = []
    documents: dict[str, None] = {}
    for row in item_rows(context, context.lead, wrong_only=True):
        if chosen and row.field != chosen[0].field:
            continue
        documents.setdefault(row.example)
        if len(documents) > _MOST_DOCUMENTS or len(chosen) == _MOST_ROWS:
            break
        chosen.append(row)
    if not chosen:
        return Table("", (), ())
    parts = tuple(line(part.name, 24) for part in chosen[0].field.parts)
    return Table("Document and row", parts, tuple(_item(row) for row in chosen))


def _item(row: ItemRow) -> TableRow:
    expected, given = row.pair.expected, row.pair.given
    note = "missing" if given is None else "not in the document" if expected is None else ""
    return TableRow(f"{line(row.example, 24)}, row {row.number}", note, tuple(_cells(row.pair.marks, expected, given)))


def _cells(marks: Sequence[Mark], expected: Sequence[str] | None, given: Sequence[str] | None) -> Iterator[Cell]:
    for at, mark in enumerate(marks):
        wanted = clean(expected[at], 60) if expected else ""
        found = clean(given[at], 60) if given else ""
        told = mark_words(mark)
        differs = mark in {Mark.WRONG, Mark.MISSING}
        yield Cell(found or numbers.DASH, f"{told}; expected: {wanted}" if differs else told)
