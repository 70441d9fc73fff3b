"""Every answer of a run, found again by what was wrong with it, by label, segment or word; made for a hundred thousand."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from markupsafe import Markup, escape

from reportgen.desk.finished import Finished, labels_of
from reportgen.domain.records.measure import Observation
from reportgen.domain.records.plan import AnswerKey, Example
from reportgen.domain.records.response import Outcome
from reportgen.domain.records.score import JudgeKind, Mark, Part
from reportgen.spreadsheets.cell_text import safe
from reportgen.spreadsheets.writer import Book, Sheet

PER_PAGE = 50
SHOWS: Mapping[str, str] = {
    "": "all",
    "wrong": "wrong",
    "ahead": "right where another is wrong",
    "differ": "candidates differ",
    "invalid": "not readable",
    "review": "handed to a person",
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
    other: str = ""
    """Who is behind, where `show` is `ahead`."""
    label: str = ""
    segment: str = ""
    part: str = ""
    """A field that is wrong."""
    words: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """One example with what is asked of it when rows are filtered.

    `right`, `wrong`, `invalid`, `review` (to be looked at by rule) and `reviewed` (a person did) name candidates; `parts`
    are candidates and fields that are wrong; `text` is all that is searched, in small letters.
    """

    number: int
    example: Example
    expected: str
    right: frozenset[str]
    wrong: frozenset[str]
    invalid: frozenset[str]
    review: frozenset[str]
    reviewed: frozenset[str]
    differ: bool
    known: bool
    parts: frozenset[tuple[str, str]]
    text: str = field(repr=False)


class Sign(NamedTuple):
    """A mark: never told by its colour alone."""

    sign: str
    word: str
    tone: str


@dataclass(frozen=True, slots=True)
class ShownPart:
    """One field, fact or sentence of an answer; `expected` where it is not what was given."""

    name: str
    mark: Sign
    found: Markup
    expected: str
    reason: str


@dataclass(frozen=True, slots=True)
class Given:
    """One candidate's answer to one example; `text` has what differs from the right answer marked, where that helps."""

    name: str
    mark: Sign
    text: Markup
    parts: tuple[ShownPart, ...]
    reasons: tuple[str, ...]
    observed: Observation


@dataclass(slots=True)
class Rows:
    """The rows of one run, and the views of them that were asked for last."""

    all: tuple[Row, ...]
    labels: tuple[str, ...]
    segments: tuple[str, ...]
    candidates: tuple[str, ...]
    parts: tuple[str, ...]
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
    corpus = finished.comparison.corpus
    known = {e.id for e in corpus.regression}
    rows = tuple(
        _row(number, example, finished.by_example.get(example.id, {}), known=example.first_id in known)
        for number, example in enumerate(corpus.asked)
    )
    labels = tuple(dict.fromkeys(label for r in rows for label in labels_of(r.example)))
    segments = tuple(dict.fromkeys(r.example.segment for r in rows if r.example.segment))
    candidates = tuple(c.spec.name for c in finished.comparison.competing)
    return Rows(rows, labels, segments, candidates, tuple(f.name for f in finished.comparison.plan.fields))


def _row(number: int, example: Example, seen: Mapping[str, Observation], *, known: bool) -> Row:
    expected = expected_of(example.key)
    scored = {name: observed for name, observed in seen.items() if not observed.score.unscored}
    texts = (example.id, example.input, expected, *(observed.response.text for observed in seen.values()))
    return Row(
        number,
        example,
        expected,
        right=frozenset(n for n, o in scored.items() if o.score.strict.right),
        wrong=frozenset(n for n, o in scored.items() if not o.score.strict.right),
        invalid=frozenset(n for n, o in seen.items() if o.score.strict.outcome is Outcome.INVALID),
        review=frozenset(n for n, o in seen.items() if o.review),
        reviewed=frozenset(n for n, o in seen.items() if any(p.judged_by is JudgeKind.PERSON for p in o.score.strict.parts)),
        differ=len({_said(o) for o in seen.values()}) > 1,
        known=known,
        parts=frozenset(
            (n, p.name)
            for n, o in scored.items()
            if len(o.score.strict.parts) > 1
            for p in o.score.strict.parts
            if not p.mark.right and p.mark is not Mark.UNSCORED
        ),
        text="\n".join(texts).casefold(),
    )


def expected_of(key: AnswerKey | None) -> str:
    """Return what is right, as text."""
    if key is None:
        return ""
    if key.fields:
        return "\n".join(f"{name}: {'; '.join(f.values) or '(empty)'}" for name, f in key.fields.items() if f.labelled)
    if key.label is not None:
        return key.label
    return "\n".join(key.answers) or key.reference or "\n".join(key.key_facts)


def mark_of(observed: Observation) -> Sign:
    """Return the mark of one answer."""
    if observed.score.unscored:
        return Sign("?", "unscored", "neutral")
    strict = observed.score.strict
    if strict.outcome is not Outcome.ANSWERED:
        return Sign("×", strict.outcome.value, "bad")
    return Sign("●", "right", "good") if strict.right else Sign("×", "wrong", "bad")


def given_by(name: str, observed: Observation, expected: str) -> Given:
    """Return one candidate's answer as a page shows it: part by part where it has several, else as it came."""
    strict = observed.score.strict
    parts = tuple(_shown_part(p) for p in strict.parts) if len(strict.parts) > 1 else ()
    said = [t for t in (observed.score.unscored, strict.reason, observed.response.reason) if t]
    if not parts:
        said += [p.reason for p in strict.parts if p.reason]
    text = escape(observed.response.text) if parts else differences(expected, observed.response.text)
    return Given(name, mark_of(observed), text, parts, tuple(dict.fromkeys(said)), observed)


def _shown_part(part: Part) -> ShownPart:
    unscored, right = part.mark is Mark.UNSCORED, part.mark.right
    tone = "neutral" if unscored else "good" if right else "bad"
    sign = Sign({"neutral": "?", "good": "●", "bad": "×"}[tone], part.mark.value, tone)
    found = escape(part.found) if right else differences(part.expected, part.found)
    return ShownPart(part.name, sign, found, "" if right else part.expected, part.reason)


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
        yield from ("", "") if observed is None else (observed.response.text, mark_of(observed).word)


def _said(observed: Observation) -> str:
    strict = observed.score.strict
    return strict.label if strict.label is not None else observed.response.text.strip()


def _fits(row: Row, wanted: Wanted) -> bool:
    who = _who(row, wanted)
    if who is not None and not (wanted.candidate in who if wanted.candidate else who):
        return False
    if (wanted.show == "differ" and not row.differ) or (wanted.show == "known" and not row.known):
        return False
    if wanted.part and not any(p == wanted.part and wanted.candidate in {"", n} for n, p in row.parts):
        return False
    if wanted.label and wanted.label not in labels_of(row.example):
        return False
    if wanted.segment and row.example.segment != wanted.segment:
        return False
    return not wanted.words or wanted.words.casefold() in row.text


def _who(row: Row, wanted: Wanted) -> frozenset[str] | None:
    """Return whom the filter is about, None where it is about the row itself."""
    if wanted.show == "ahead":
        behind = wanted.other in row.wrong if wanted.other else bool(row.wrong)
        return row.right if behind else frozenset()
    named = {"wrong": row.wrong, "invalid": row.invalid, "review": row.review, "reviewed": row.reviewed}
    return named.get(wanted.show)
