"""Every answer of a run, found again by what was wrong with it, by label, segment or word; made for a hundred thousand."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from markupsafe import Markup, escape

from reportgen.domain.records.response import Outcome
from reportgen.domain.records.score import JudgeKind, Mark
from reportgen.spreadsheets.cell_text import safe

if TYPE_CHECKING:
    from reportgen.desk.finished import Finished
    from reportgen.domain.records.measure import Observation
    from reportgen.domain.records.plan import AnswerKey, Example

PER_PAGE = 50
SHOWS: Mapping[str, str] = {
    "": "all",
    "wrong": "somebody is wrong",
    "differ": "candidates differ",
    "invalid": "not readable",
    "reviewed": "judged by a person",
    "known": "known failures",
}
MOST_TEXT = 60_000
"""Characters of an input that a page shows; the whole is in the workbook or beside it."""
_WORDS = re.compile(r"\s+|\w+|[^\w\s]")


@dataclass(frozen=True, slots=True)
class Wanted:
    """What to show: the filters of the page, as its address has them."""

    show: str = ""
    candidate: str = ""
    label: str = ""
    segment: str = ""
    words: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """One example with what is asked of it when rows are filtered; `wrong`, `invalid`, `reviewed` name candidates."""

    number: int
    example: Example
    expected: str
    wrong: frozenset[str]
    invalid: frozenset[str]
    reviewed: frozenset[str]
    differ: bool
    known: bool


@dataclass(slots=True)
class Rows:
    """The rows of one run, and the views of them that were asked for last."""

    all: tuple[Row, ...]
    labels: tuple[str, ...]
    segments: tuple[str, ...]
    candidates: tuple[str, ...]
    found: dict[Wanted, tuple[int, ...]] = field(default_factory=dict)

    def of(self, wanted: Wanted) -> tuple[int, ...]:
        """Return the numbers of the rows that are wanted, in order."""
        if wanted not in self.found:
            if len(self.found) > PER_PAGE:
                self.found.clear()
            self.found[wanted] = tuple(row.number for row in self.all if _fits(row, wanted))
        return self.found[wanted]


def rows_of(finished: Finished) -> Rows:
    """Return the rows of a run, eval first, then the known failures."""
    corpus, rows = finished.comparison.corpus, []
    known = {e.id for e in corpus.regression}
    for number, example in enumerate(corpus.asked):
        seen = finished.by_example.get(example.id, {})
        rows.append(
            Row(
                number,
                example,
                expected_of(example.key),
                frozenset(n for n, o in seen.items() if not o.score.strict.right and not o.score.unscored),
                frozenset(n for n, o in seen.items() if o.score.strict.outcome is Outcome.INVALID),
                frozenset(n for n, o in seen.items() if any(p.judged_by is JudgeKind.PERSON for p in o.score.strict.parts)),
                len({_said(o) for o in seen.values()}) > 1,
                example.id in known,
            )
        )
    labels = tuple(dict.fromkeys(r.expected for r in rows if r.example.key is not None and r.example.key.label))
    segments = tuple(dict.fromkeys(r.example.segment for r in rows if r.example.segment))
    return Rows(tuple(rows), labels, segments, tuple(c.spec.name for c in finished.comparison.candidates))


def expected_of(key: AnswerKey | None) -> str:
    """Return what is right, as text."""
    if key is None:
        return ""
    if key.fields:
        return "\n".join(f"{name}: {'; '.join(f.values) or '(empty)'}" for name, f in key.fields.items() if f.labelled)
    if key.label is not None:
        return key.label
    return "\n".join(key.answers) or key.reference or "\n".join(key.key_facts)


def mark_of(observed: Observation) -> tuple[str, str, str]:
    """Return sign, word and tone of one answer."""
    if observed.score.unscored:
        return "?", "unscored", "neutral"
    strict = observed.score.strict
    if strict.outcome is not Outcome.ANSWERED:
        return "×", strict.outcome.value, "bad"
    return ("●", "right", "good") if strict.right else ("×", "wrong", "bad")


def reasons_of(observed: Observation) -> list[str]:
    """Return why an answer was judged as it was, part by part where something is wrong."""
    strict = observed.score.strict
    said = [t for t in (observed.score.unscored, strict.reason, observed.response.reason) if t]
    wrong = (p for p in strict.parts if not p.mark.right and p.mark is not Mark.UNSCORED)
    told = (p for p in wrong if p.reason or len(strict.parts) > 1)
    said += [f"{p.name}: {p.mark.value}{f', {p.reason}' if p.reason else ''}" for p in told]
    return list(dict.fromkeys(said))


def differences(expected: str, given: str) -> Markup:
    """Return the answer with what is not in the right one marked."""
    if len(expected) > MOST_TEXT // 10 or len(given) > MOST_TEXT // 10 or not expected:
        return escape(given)
    old, new = _WORDS.findall(expected), _WORDS.findall(given)
    pieces = []
    for kind, _, _, start, end in difflib.SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        text = escape("".join(new[start:end]))
        pieces.append(Markup("<mark>{}</mark>").format(text) if kind in {"replace", "insert"} and text.strip() else text)
    return Markup("").join(pieces)


def with_quotes(text: str, quotes: Sequence[str]) -> Markup:
    """Return an input with the words that candidates cite marked, where they stand in it as they are."""
    shown = text[:MOST_TEXT]
    spans = sorted((at, at + len(q)) for q in dict.fromkeys(quotes) if len(q.strip()) > 1 and (at := shown.find(q)) >= 0)
    pieces, last = [], 0
    for start, end in spans:
        if start >= last:
            pieces += [escape(shown[last:start]), Markup("<mark>{}</mark>").format(shown[start:end])]
            last = end
    return Markup("").join([*pieces, escape(shown[last:])])


def sheet_of(finished: Finished, rows: Rows, wanted: Wanted) -> bytes:
    """Return the rows that are wanted as a workbook; whatever stands in them stays text."""
    from reportgen.spreadsheets.writer import Book, Sheet  # noqa: PLC0415 - not before somebody takes the view along

    book = Book({})
    sheet = Sheet(book, "Answers")
    bold, plain = book.format({"bold": True}), book.format({"text_wrap": True, "valign": "top", "quote_prefix": True})
    heads = ["Example ID", "Segment", "Input", "Expected"]
    heads += [f"{name}: {what}" for name in rows.candidates for what in ("answer", "mark")]
    for column, head in enumerate(heads):
        sheet.text(0, column, safe(head), bold)
        sheet.width(column, 16 if column < 2 else 36)  # noqa: PLR2004 - ID and segment are short
    for line, number in enumerate(rows.of(wanted), 1):
        for column, text in enumerate(_cells(finished, rows.all[number], rows.candidates)):
            sheet.text(line, column, safe(text), plain)
    sheet.raw.freeze_panes(1, 1)
    return book.to_bytes()


def _cells(finished: Finished, row: Row, candidates: Sequence[str]) -> Iterator[str]:
    yield from (row.example.id, row.example.segment, row.example.input, row.expected)
    seen = finished.by_example.get(row.example.id, {})
    for name in candidates:
        observed = seen.get(name)
        yield from ("", "") if observed is None else (observed.response.text, mark_of(observed)[1])


def _said(observed: Observation) -> str:
    strict = observed.score.strict
    return strict.label if strict.label is not None else observed.response.text.strip()


def _fits(row: Row, wanted: Wanted) -> bool:
    who = {"wrong": row.wrong, "invalid": row.invalid, "reviewed": row.reviewed}.get(wanted.show)
    if who is not None and not (wanted.candidate in who if wanted.candidate else who):
        return False
    if (wanted.show == "differ" and not row.differ) or (wanted.show == "known" and not row.known):
        return False
    if (wanted.label and row.expected != wanted.label) or (wanted.segment and row.example.segment != wanted.segment):
        return False
    words = wanted.words.casefold()
    return not words or words in row.example.input.casefold() or words in row.example.id.casefold()
