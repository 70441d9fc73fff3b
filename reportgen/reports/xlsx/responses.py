"""The Responses sheet: every example with its expected answer and each candidate's output, mark, reason and latency."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from types import MappingProxyType
from typing import overload

from xlsxwriter.utility import xl_range_formula

from reportgen.domain.records import review_columns
from reportgen.domain.records.comparison import CandidateResult
from reportgen.domain.records.measure import Observation
from reportgen.domain.records.plan import AnswerKey, Example
from reportgen.domain.records.response import Outcome
from reportgen.domain.records.score import Mark as PartMark
from reportgen.domain.records.score import Part
from reportgen.domain.wording import numbers
from reportgen.reports.material import MOST_EXAMPLES, PARQUET
from reportgen.reports.view.context import Context
from reportgen.reports.view.marks import Mark, Tone
from reportgen.reports.xlsx.matrix import MATRIX_ROW, NAME
from reportgen.reports.xlsx.sheet_content import (
    ASIDE,
    INPUT,
    UNTRUSTED,
    UNTRUSTED_BOLD,
    Column,
    Content,
    Figure,
    SourceLink,
    Styled,
    marked,
    seconds_format,
    toned,
)
from reportgen.reports.xlsx.sheet_writer import Sheet
from reportgen.spreadsheets.cell_text import CUT_MARK, NARROW, safe
from reportgen.spreadsheets.writer import Style

_MOST_CELLS = 2_000_000
"""Above this an office program opens a sheet badly; failures that would fill more of it are a sample, too."""
_SEEN_ROWS = 200
"""The widths of the columns follow so many rows."""
_TITLE = 15
"""Room for the sheet's title, which stands in the first column on every printed page."""
_HEAD = 16
"""Longest word of a heading that a column makes room for."""
_HEADER = review_columns.HEADER_ROW - 1
_REVIEW: Style = MappingProxyType({**INPUT, "valign": "top", "text_wrap": True})
_REVIEW_WIDTHS = (22, 18, 16, 40, 20, 12)
_REVIEW_DAY: Style = MappingProxyType({**_REVIEW, "num_format": "yyyy-mm-dd"})
_NO_REVIEW: tuple[Content, ...] = (None,) * len(_REVIEW_WIDTHS)
_HOW_TO_REVIEW = (
    "To add verdicts of people: fill in the yellow columns at the right (a second one on an example in the empty rows at "
    "the end, with its Example ID), save, and run: reportgen score RUN --out NEW-RUN --reviews comparison.xlsx"
)
_RIGHT = Mark("●", "right", Tone.GOOD)
_WRONG = Mark("×", "wrong", Tone.BAD)
_UNSCORED = Mark("?", "unscored", Tone.NEUTRAL)


def write_responses(sheet: Sheet, context: Context, *, most: int = MOST_EXAMPLES) -> None:
    """Write one row an example: what was asked, what is right, and what each candidate gave.

    Args:
        sheet: the empty sheet.
        context: the comparison.
        most: above this many examples only failures and a seeded sample are written, and the sheet says so.
    """
    examples = context.comparison.corpus.asked
    found = {r.spec.name: _by_example(r) for r in context.results}
    kept, failed = _kept(examples, found, most, context.comparison.plan.settings.seed)
    repeats = context.comparison.corpus.repeats > 1
    sheet.title("Responses", _subtitle(len(examples), len(kept), failed, context.comparison.corpus.repeats), column=1)
    others = list(dict.fromkeys(name for e in kept for name in e.other_columns))
    columns = [
        Column("Example ID", 24, UNTRUSTED_BOLD),
        *([Column("Repeat", 8)] if repeats else []),
        Column("Cell", 14),
        Column("Split", 11),
        Column("Segment", 18, UNTRUSTED),
        Column("Known failure", 16, UNTRUSTED),
        Column("Input", 64, UNTRUSTED),
        Column("Expected", 40, UNTRUSTED),
    ]
    for result in context.results:
        name = result.spec.name
        columns += [
            Column(f"{name}: output", 40, UNTRUSTED),
            Column(f"{name}: mark", 12),
            Column(f"{name}: reason", 34, UNTRUSTED),
            Column(f"{name}: latency", 11),
        ]
    columns += [Column(name, 24, UNTRUSTED) for name in others]
    known = frozenset(e.id for e in context.comparison.corpus.regression)
    answers = partial(_row, results=context.results, found=found, others=others, known=known, repeats=repeats)
    seen = [answers(e) for e in kept[:_SEEN_ROWS]]
    columns = [_fitted(c, [row[i] for row in seen]) for i, c in enumerate(columns)]
    columns[0] = replace(columns[0], width=max(_TITLE, columns[0].width))
    first_review = len(columns)
    columns += [
        Column(name, width, _REVIEW_DAY if name == review_columns.DATE else _REVIEW)
        for name, width in zip(review_columns.COLUMNS, _REVIEW_WIDTHS, strict=True)
    ]
    sheet.put(2, 1, _HOW_TO_REVIEW, ASIDE)
    spare: list[Content] = [Styled("", _REVIEW), *[None] * (first_review - 1), *_NO_REVIEW]
    rows = _Rows(kept, lambda e: [*answers(e), *_NO_REVIEW], [[*row, *_NO_REVIEW] for row in seen], spare)
    sheet.table(
        _HEADER,
        columns,
        rows,
        title="Responses",
        description="One row an example with all outputs",
        freeze=1,
        sparse=len(examples) > most,
    )
    sheet.prints(first_review, _HEADER + len(kept))
    _hold_reviews(sheet, context, first_review, len(rows))


@dataclass(frozen=True, slots=True)
class _Rows(Sequence[Sequence[Content]]):
    """The rows of the sheet, each made when it is written: of a large run they would fill hundreds of megabytes."""

    examples: Sequence[Example]
    make: Callable[[Example], Sequence[Content]]
    made: Sequence[Sequence[Content]]
    """The first ones, which were needed before."""
    spare: Sequence[Content]

    def __len__(self) -> int:
        return len(self.examples) + review_columns.SPARE_ROWS

    @overload
    def __getitem__(self, place: int) -> Sequence[Content]: ...
    @overload
    def __getitem__(self, place: slice) -> Sequence[Sequence[Content]]: ...
    def __getitem__(self, place: int | slice) -> Sequence[Content] | Sequence[Sequence[Content]]:
        if isinstance(place, slice):
            return [self[i] for i in range(*place.indices(len(self)))]
        if place >= len(self):
            raise IndexError(place)
        if place < len(self.made):
            return self.made[place]
        return self.make(self.examples[place]) if place < len(self.examples) else self.spare


def _fitted(column: Column, cells: Sequence[Content]) -> Column:
    """Return the column as narrow as its cells and the words of its head allow, and at most as wide as it is."""
    texts = (marked(c) if isinstance(c, Mark) else c.where if isinstance(c, SourceLink) else c for c in cells)
    longest = max((len(line) for t in texts if isinstance(t, str) for line in t.split("\n")), default=0)
    head = min(_HEAD, max(len(word) for word in column.head.split()))
    return replace(column, width=max(min(column.width, longest + 2), 1.3 * head + 3))


def _hold_reviews(sheet: Sheet, context: Context, first: int, rows: int) -> None:
    """Give the reviewer's columns their drop-downs and messages."""
    last = _HEADER + rows
    names = xl_range_formula("Matrix", MATRIX_ROW + 1, NAME, MATRIX_ROW + max(1, len(context.results)), NAME)
    sheet.book.name("review_candidates", names)
    refused = {"error_title": "Not one of the list", "error_message": "Choose one of the drop-down's entries."}
    rules: Mapping[str, Mapping[str, object]] = {
        review_columns.CANDIDATE: {"validate": "list", "source": "=review_candidates", **refused},
        review_columns.PART: {
            "validate": "any",
            "input_title": "Part",
            "input_message": "The field's name, fact 1 or sentence 1. Blank: the whole answer.",
        },
        review_columns.VERDICT: {"validate": "list", "source": list(review_columns.VERDICTS), **refused},
        review_columns.DATE: {
            "validate": "date",
            "criteria": ">=",
            "value": date(2020, 1, 1),
            "input_title": "Date",
            "input_message": "The day of the verdict, such as 2026-04-30.",
            "error_title": "No date",
            "error_message": "Write a date, such as 2026-04-30.",
        },
    }
    for offset, column in enumerate(review_columns.COLUMNS, first):
        if column in rules:
            sheet.rule((_HEADER + 1, last), offset, rules[column])


def _by_example(result: CandidateResult) -> Mapping[str, Observation]:
    return {o.example.id: o for o in (*result.sample.observations, *result.regression.observations)}


def _subtitle(asked: int, shown: int, failed: int, repeats: int) -> str:
    if shown == asked:
        times = f", each {repeats} times" if repeats > 1 else ""
        return (
            f"Every example that was asked ({numbers.count(asked // repeats)}{times}). A row shows the first lines of a "
            "long text, its cell holds all; odd characters are shown as [U+202E]."
        )
    some = f"{numbers.count(shown)} of {numbers.count(asked)} examples"
    if failed <= shown:
        some += ": every one that some candidate did not get right, and a seeded sample of the others"
    else:
        some += f", a seeded sample of the {numbers.count(failed)} that some candidate did not get right"
    return f"{some}. Every answer stands in {PARQUET} beside this workbook."


def _kept(
    examples: Sequence[Example], found: Mapping[str, Mapping[str, Observation]], most: int, seed: int
) -> tuple[Sequence[Example], int]:
    """Return the examples that are shown, and how many some candidate did not get right (0 where all are shown)."""
    if len(examples) <= most:
        return examples, 0
    failed = {e.id for e in examples if any(not _is_right(rows.get(e.id)) for rows in found.values())}
    draw = random.Random(seed)  # noqa: S311 - a sample for reading, seeded so that the sheet repeats
    room = max(most, _MOST_CELLS // (len(_REVIEW_WIDTHS) + 8 + 4 * len(found)))
    if len(failed) > room:
        chosen = set(draw.sample([e.id for e in examples if e.id in failed], room))
    else:
        others = [e.id for e in examples if e.id not in failed]
        chosen = failed | set(draw.sample(others, max(0, min(len(others), most - len(failed)))))
    return [e for e in examples if e.id in chosen], len(failed)


def _is_right(o: Observation | None) -> bool:
    return o is not None and o.score.strict.right


def _row(
    example: Example,
    results: Sequence[CandidateResult],
    found: Mapping[str, Mapping[str, Observation]],
    others: Sequence[str],
    known: frozenset[str],
    *,
    repeats: bool,
) -> list[Content]:
    cells: list[Content] = [
        example.id,
        *([example.repeat] if repeats else []),
        SourceLink(example.where),
        "regression" if example.first_id in known else "eval",
        example.segment,
        example.known_failure,
        example.input,
        expected(example.key),
    ]
    for result in results:
        cells += _answer(found[result.spec.name].get(example.id))
    cells += [example.other_columns.get(name, "") for name in others]
    return cells


def _answer(o: Observation | None) -> list[Content]:
    if o is None:
        return ["", Styled("not asked", toned(Tone.NEUTRAL)), "", None]
    response = o.response
    text = response.text
    if len(text) > NARROW:
        text = safe(text, f"{CUT_MARK[:-1]}, {o.example.id}]")
    latency = None if response.latency_s is None else Figure(response.latency_s, seconds_format(response.latency_s))
    strict = o.score.strict
    if strict.right and not (strict.reason or response.reason or o.score.unscored):
        return [text, _RIGHT, "", latency]
    return [text, mark_of(o), reason_of(o), latency]


def mark_of(o: Observation) -> Mark:
    """Return the mark of one answer."""
    outcome = o.score.strict.outcome
    if o.score.unscored:
        return _UNSCORED
    if outcome is not Outcome.ANSWERED:
        return Mark("×", outcome.value, Tone.BAD)
    if o.score.strict.right:
        return _RIGHT
    scored = [p for p in o.score.strict.parts if p.mark is not PartMark.UNSCORED]
    good = sum(p.mark.right for p in scored)
    return Mark("◐", f"{good} of {len(scored)}", Tone.CAUTION) if len(scored) > 1 and good else _WRONG


def reason_of(o: Observation) -> str:
    """Return why an answer is not right, part by part; empty where nothing is to be said."""
    if o.score.unscored:
        return o.score.unscored
    said = [t for t in (o.score.strict.reason or o.response.reason,) if t]
    said += [_part(p) for p in o.score.strict.parts if not p.mark.right and p.mark is not PartMark.UNSCORED]
    if o.score.strict.outcome is not Outcome.ANSWERED:
        said = said[:1] or [o.score.strict.outcome.value]
    return "\n".join(said)


def _part(part: Part) -> str:
    told = " for ".join(f"“{text.replace(chr(10), ' / ')}”" for text in (part.found, part.expected))
    why = part.reason or (told if part.expected or part.found else "")
    return f"{part.name}: {part.mark.value}" + (f" ({why})" if why else "")


def expected(key: AnswerKey | None) -> str:
    """Return what is right for an example as one text."""
    if key is None:
        return "(not labelled)"
    if key.label is not None:
        return key.label
    if key.fields:
        lines = [
            f"{name}: {', '.join(f.values) if f.labelled else '?'}"
            for name, f in key.fields.items()
            if f.values or not f.labelled
        ]
        return "\n".join(lines) or "(no field is in the document)"
    if key.answers:
        return "\n".join(key.answers)
    return "\n".join(f"• {fact}" for fact in key.key_facts) or key.reference
