"""Whether a quotation stands in the document and holds the value: the ladder of figures.md 3.2.

`Supports` says no more than that; whether a passage means what is claimed is a question for a judge or a person.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import assert_never

from reportgen.domain.records.plan import FieldSpec, FieldType
from reportgen.domain.records.score import CitationMark
from reportgen.metrics.dates import CalendarDate, dates_in, read_date
from reportgen.metrics.json_output import Given
from reportgen.metrics.normalise import comparable, fold, stem
from reportgen.metrics.quantities import numbers_in, read_quantity
from reportgen.metrics.values import Conventions, choice_of

NEAR = 95.0
"""Similarity (0 to 100) from which a passage counts as quoted, if its digits and negations agree too."""
_SHORTEST_NEAR = 20
"""Characters below which one changed letter already falls under `NEAR`."""
_PIECE = 1_000
"""Longest stretch aligned at once: the work grows with the square of the quotation, so long ones are aligned in pieces."""
_MOST_CHARACTERS = 100_000
"""A quotation longer than this is no quotation of a passage; it bounds the work on hostile answers."""

_ELLIPSIS = re.compile(r"[\[(]\s*(?:\.\s?){2,}[\])]|(?:\.\s?){3,}")
_BLANK_LINE = re.compile(r"\n[^\S\n]*\n")
"""Models put a blank line between two passages that they quote for one value; each must stand in the document."""
_SHORT_QUOTE = 8
_RUN = re.compile(r"\d+")
_NEGATION = re.compile(r"\b(?:not|no|never|nor|neither|without|cannot|kein\w*|nicht|nie|ohne)\b|n't\b")
_PASSED_OVER = frozenset(
    {"a", "an", "the", "of", "from", "for", "in", "on", "at", "to", "by", "with", "under", "per", "der", "die", "das"}
)
"""Words of a value that its quote may say otherwise: `5 years from` for `five (5) years following`."""
_EDGES = " .,;:'\"-()[]"


@dataclass(frozen=True)
class Source:
    """A document, folded once for all the quotations that are looked up in it."""

    original: str

    @cached_property
    def text(self) -> str:
        """The document in the form in which quotations are compared."""
        return fold(self.original)

    @cached_property
    def masked(self) -> str:
        """The same with every number replaced by `0`: where a quotation with altered digits is found."""
        return _RUN.sub("0", self.text)


def judge_citation(spec: FieldSpec, given: Given, source: Source, conventions: Conventions) -> CitationMark:
    """Return the rung that the quotes given for a value reach; the worst of several quotes holds.

    Args:
        spec: the field; its type says how the value is looked for in the quote.
        given: a value that is not empty, with its quotes.
        source: the example's document.
        conventions: declared date order and decimal mark.
    """
    if not given.quotes:
        return CitationMark.MISSING
    passages = [passage for quote in given.quotes for passage in _BLANK_LINE.split(quote) if passage.strip()]
    rungs = {find_quote(passage, source) for passage in passages}
    for worst in (CitationMark.MISSING, CitationMark.NOT_FOUND, CitationMark.ALTERED_DIGITS):
        if worst in rungs:
            return worst
    quoted = "\n".join(given.quotes)
    return CitationMark.SUPPORTS if holds_value(spec, given, quoted, conventions) else CitationMark.VALUE_NOT_IN_QUOTE


def find_quote(quote: str, source: Source) -> CitationMark:
    """Return `SUPPORTS` where every part of the quote stands in the document in order, else how far it gets.

    Exact search goes first, on folded text; a near match of long parts comes after it, and only where all digits and
    negations agree. A quote of one short word counts only as a whole word that stands once in the document: the `5` of
    every other page points nowhere.
    """
    folded = fold(quote)
    parts = [part for part in (piece.strip(_EDGES) for piece in _ELLIPSIS.split(folded)) if part]
    if not parts:
        return CitationMark.MISSING
    if len(folded) > min(len(source.text) + _SHORT_QUOTE, _MOST_CHARACTERS):
        return CitationMark.NOT_FOUND
    position = 0
    for part in parts:
        end = _find(part, source.text, position)
        if end is None:
            return _how_absent(parts, source)
        position = end
    if len(parts) == 1 and _one_short_word(parts[0]) and _find(parts[0], source.text, position) is not None:
        return CitationMark.NOT_FOUND
    return CitationMark.SUPPORTS


def _one_short_word(part: str) -> bool:
    return len(part) < _SHORT_QUOTE and " " not in part


def _how_absent(parts: Sequence[str], source: Source) -> CitationMark:
    """Return whether the quote is in the document but for its digits, or not at all."""
    position = 0
    for part in parts:
        end = _find(_RUN.sub("0", part), source.masked, position)
        if end is None or not any(c.isalpha() for c in part):
            return CitationMark.NOT_FOUND
        position = end
    return CitationMark.ALTERED_DIGITS if any(map(_RUN.search, parts)) else CitationMark.NOT_FOUND


def _find(part: str, text: str, start: int) -> int | None:
    """Return where `part` ends in `text` at or after `start`, or None."""
    at = _find_exact(part, text, start, whole_word=_one_short_word(part))
    if at is not None:
        return at
    return _find_near(part, text, start) if len(part) >= _SHORTEST_NEAR else None


def _find_exact(part: str, text: str, start: int, *, whole_word: bool) -> int | None:
    """Return the end of the first occurrence that cuts no number in two (`250.00` is not in `1250.00`), and no word."""
    at = text.find(part, start)
    while at >= 0:
        end = at + len(part)
        if not (_cut(text, at, whole_word=whole_word) or _cut(text, end, whole_word=whole_word)):
            return end
        at = text.find(part, at + 1)
    return None


def _cut(text: str, at: int, *, whole_word: bool) -> bool:
    """Whether a cut at this place goes through a number, or through a word where that matters."""
    if at == 0 or at == len(text):
        return False
    left, right = text[at - 1], text[at]
    return (left.isdigit() and right.isdigit()) or (whole_word and left.isalpha() and right.isalpha())


def _find_near(part: str, text: str, start: int) -> int | None:
    """Return the end of the passage that is `part` but for a few letters, piece by piece in order, or None."""
    from rapidfuzz import fuzz  # noqa: PLC0415 - only quotations that are not exact need it

    position = start
    for piece in _pieces(part):
        rest = text[position:]
        if len(rest) < len(piece):
            return None
        found = fuzz.partial_ratio_alignment(piece, rest, score_cutoff=NEAR)
        if found is None:
            return None
        # The window is as long as the piece, so a letter too many or too few shifts its edges: look a little beyond them.
        slack = len(piece) // 20
        around = _to_word_edges(rest, max(found.dest_start - slack, 0), min(found.dest_end + slack, len(rest)))
        passage = _to_word_edges(rest, found.dest_start, found.dest_end)
        if not _runs_in(_RUN.findall(piece), _RUN.findall(around)) or _negations(piece) != _negations(passage):
            return None
        position += found.dest_end - slack
    return position


def _runs_in(wanted: list[str], there: list[str]) -> bool:
    """Whether the numbers of a quote stand in the passage one after the other, with no other number among them."""
    return any(there[i : i + len(wanted)] == wanted for i in range(len(there) - len(wanted) + 1))


def _negations(text: str) -> int:
    return len(_NEGATION.findall(text))


def _to_word_edges(text: str, start: int, end: int) -> str:
    """Return the passage widened, or narrowed where it cuts a word at its edge by a letter or two, to whole words."""
    left, right = start, end
    while left > 0 and text[left - 1].isalnum() and text[left].isalnum():
        left -= 1
    while right < len(text) and text[right - 1].isalnum() and text[right].isalnum():
        right += 1
    return text[left:right]


def _pieces(part: str) -> list[str]:
    """Return `part` in stretches of whole words, none longer than `_PIECE` where words allow it."""
    pieces: list[str] = []
    rest = part
    while len(rest) > _PIECE:
        cut = rest.rfind(" ", _SHORTEST_NEAR, _PIECE)
        cut = cut if cut > 0 else _PIECE
        pieces.append(rest[:cut])
        rest = rest[cut:].lstrip()
    return [*pieces, rest]


def holds_value(spec: FieldSpec, given: Given, quoted: str, conventions: Conventions) -> bool:
    """Return whether the quoted text holds the value, compared by the field's type and not letter by letter.

    A yes/no value needs no literal counterpart, since no document says `true`; a choice counts by any of its spellings; a
    text counts when all its words are there, numbers and dates by value (`90 days` in `ninety (90) days`).
    """
    folded = fold(quoted)
    match spec.type:
        case FieldType.YES_NO:
            return True
        case FieldType.NUMBER | FieldType.MONEY:
            return _holds_number(given, folded, conventions.decimal_mark) or _holds_text(given.text, folded, conventions)
        case FieldType.DATE:
            return _holds_date(given.text, folded, conventions.date_order) or _holds_text(given.text, folded, conventions)
        case FieldType.CHOICE:
            return any(_holds_text(spelling, folded, conventions) for spelling in _spellings(spec, given.text))
        case FieldType.LIST:
            return all(_holds_text(item, folded, conventions) for item in given.items)
        case FieldType.TEXT | FieldType.NAME:
            return _holds_text(given.text, folded, conventions)
        case _:
            assert_never(spec.type)


def _spellings(spec: FieldSpec, text: str) -> list[str]:
    choice = choice_of(spec, text)
    others = [entry.partition("=") for entry in spec.also_written]
    return [
        text,
        *([choice] if choice else []),
        *(other for name, equals, other in others if equals and name.strip() == choice),
    ]


def _holds_number(given: Given, folded: str, mark: str) -> bool:
    values: set[Decimal] = set()
    if given.number is not None:
        values = {given.number}
    elif (quantity := read_quantity(given.text, mark)) is not None:
        values = set(quantity.values)
    wanted = {abs(value) for value in values}
    return any(wanted & mention.values for mention in numbers_in(folded, mark))


def _holds_date(text: str, folded: str, order: str) -> bool:
    wanted = read_date(text, order)
    found = {date for _, _, dates in dates_in(folded, order) for date in dates}
    return any(_agrees(date, other) for date in wanted for other in found)


def _agrees(date: CalendarDate, other: CalendarDate) -> bool:
    return date.says_no_more_than(other)


def _holds_text(text: str, folded: str, conventions: Conventions) -> bool:
    value = comparable(text)
    if f" {value} " in f" {comparable(folded)} ":
        return True
    if any(len(date) == 1 and date[0].full for date in [read_date(text, conventions.date_order)]):
        return _holds_date(text, folded, conventions.date_order)
    there = {stem(word) for word in comparable(folded).split()}
    content = [word for word in value.split() if word not in _PASSED_OVER]
    missing = [word for word in content if stem(word) not in there]
    numbers = (
        {number for mention in numbers_in(folded, conventions.decimal_mark) for number in mention.values}
        if missing
        else set()
    )
    return bool(content) and all(_is_number_of(word, numbers, conventions.decimal_mark) for word in missing)


def _is_number_of(word: str, numbers: set[Decimal], mark: str) -> bool:
    quantity = read_quantity(word, mark)
    return quantity is not None and any(value in numbers for value in quantity.values)
