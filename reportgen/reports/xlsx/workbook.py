"""comparison.xlsx: the live workbook that a buyer keeps; this file says which sheets there are and in which order."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from reportgen.domain.deciding.what_if import model_of
from reportgen.domain.records.plan import ScopeKind, Task
from reportgen.reports.material import MOST_EXAMPLES, Material
from reportgen.reports.view.context import context_of
from reportgen.reports.xlsx.answers import LINE_ITEMS, answer_sheets, write_line_items, write_unread
from reportgen.reports.xlsx.decision import write_decision
from reportgen.reports.xlsx.figures import write_comparisons, write_measures, write_parts, write_segments
from reportgen.reports.xlsx.matrix import write_matrix, write_service_levels
from reportgen.reports.xlsx.record import write_checklist, write_checks, write_costs, write_run_record
from reportgen.reports.xlsx.responses import write_responses
from reportgen.reports.xlsx.sheet_writer import Book, Sheet, footer
from reportgen.reports.xlsx.trend import write_trend
from reportgen.reports.xlsx.what_if import write_what_if


def parts_kind(task: Task) -> ScopeKind | None:
    """Return what a task's answers fall into: labels, fields, or nothing (summaries and free answers)."""
    match task:
        case Task.CLASSIFICATION:
            return ScopeKind.LABEL
        case Task.EXTRACTION:
            return ScopeKind.FIELD
        case Task.SUMMARIZATION | Task.QUESTION_ANSWERING:
            return None


def sheet_names(task: Task, *, history: bool = False, further: Sequence[str] = ()) -> tuple[str, ...]:
    """Return the sheets of the contract in their order: by label or field where the task has them, Trend with a history.

    `further` are those of answers, which not every comparison needs; they stand behind Responses.
    """
    kind = parts_kind(task)
    parts = () if kind is None else (f"By {kind.value}",)
    return (
        "Decision",
        "Matrix",
        "What-if",
        "Measures",
        *parts,
        "By segment",
        "Responses",
        *further,
        "Service levels",
        "Costs",
        "Checklist",
        "Comparisons",
        *(("Trend",) if history else ()),
        "Checks",
        "Run record",
    )


def write(made: Material, path: Path, *, most_examples: int = MOST_EXAMPLES) -> None:
    """Write comparison.xlsx; the same comparison gives the same bytes, and on an error nothing is left behind.

    Args:
        made: the result to show, and its words.
        path: where to write; an older file there is replaced when the new one is whole.
        most_examples: above this many examples, Responses holds failures and a seeded sample, and says so.
    """
    comparison, view = made.comparison, made.view
    context, model = context_of(comparison), model_of(comparison)
    settings, run = comparison.plan.settings, comparison.run
    properties = {
        "title": settings.title,
        "subject": f"Comparison of AI models: {settings.task.value}",
        "author": settings.prepared_by or "reportgen",
        "category": settings.confidentiality,
        "comments": f"{settings.document_number} run {run.run_id} evidence {run.evidence_sha256}".strip(),
    }
    foot = footer(settings.document_number, settings.confidentiality, run.run_id, run.evidence_sha256)
    found = comparison.monitoring
    further = answer_sheets(context)
    names = sheet_names(settings.task, history=found is not None, further=further)
    small = len(comparison.corpus.asked) <= most_examples
    book = Book(properties, created=_moment(run.finished), in_memory=small)
    sheets = {name: Sheet(book, name, foot) for name in names}
    write_decision(sheets["Decision"], context, view)
    write_matrix(sheets["Matrix"], context, view)
    write_what_if(sheets["What-if"], context, view, model)
    write_measures(sheets["Measures"], context)
    kind = parts_kind(settings.task)
    if kind is not None:
        write_parts(sheets[f"By {kind.value}"], context, view, kind)
    write_segments(sheets["By segment"], context)
    write_responses(sheets["Responses"], context, most=most_examples)
    for name in further:
        (write_line_items if name == LINE_ITEMS else write_unread)(sheets[name], context)
    write_service_levels(sheets["Service levels"], context, view)
    write_costs(sheets["Costs"], context, view)
    write_checklist(sheets["Checklist"], view.checklist)
    write_comparisons(sheets["Comparisons"], context)
    if found is not None and view.trend is not None:
        write_trend(sheets["Trend"], found, view.trend, settings.currency, run.finished)
    write_checks(sheets["Checks"], context, model)
    write_run_record(sheets["Run record"], context)
    for sheet in sheets.values():
        sheet.protect()
    book.save(path)


def _moment(text: str) -> datetime:
    """Return the end of the run without a zone, as the file format wants it: UTC."""
    moment = datetime.fromisoformat(text)
    return moment.astimezone(UTC).replace(tzinfo=None) if moment.tzinfo is not None else moment
