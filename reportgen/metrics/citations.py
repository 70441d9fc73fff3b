"""Whether a quotation stands in the document and holds the value: the ladder of formulas.md 3.2.

`Supports` says no more than that; whether a passage means what is claimed is a question for a judge or a person.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from difflib import SequenceMatcher
from functools import cached_property
from typing import NamedTuple, assert_never

from reportgen.domain.reading.dates import CalendarDate, dates_in, read_date
from reportgen.domain.reading.mentions import is_negative, numbers_in
from reportgen.domain.reading.numbers import read_quantity
from reportgen.domain.reading.text import MARKS, UNSPACED, comparable, fold, stem
from reportgen.domain.records.plan import FieldSpec, FieldType
from reportgen.domain.records.score import CitationMark
from reportgen.metrics.json_output import Given
from reportgen.metrics.values import Conventions, choice_of

ALIKE = 0.5
"""Share of a quotation's words that a passage must hold, in order, to be called what was altered and not something else."""
_LEAST_CLOSE = 60.0
"""Similarity (0 to 100) of letters below which no passage is looked at as what was meant."""
_PIECE = 1_000
"""Longest stretch that is looked for at once: the work grows with the square of the quotation."""
_MOST_CHARACTERS = 100_000
"""A quotation longer than this is no quotation of a passage; it bounds the work on hostile answers."""
_LEAST_MISREAD = 6
"""Letters of a word from which one may be misread by text recognition (formulas.md 3.2)."""
_MOST_ALTERED = 6
"""How many altered places are kept to be shown."""

_ELLIPSIS = re.compile(r"[\[(]\s*(?:\.\s?){2,}[\])]|(?:\.\s?){3,}")
_BLANK_LINE = re.compile(r"\n[^\S\n]*\n")
"""Models put a blank line between two passages that they quote for one value; each must stand in the document."""
_SHORT_QUOTE = 8
_HYPHEN = re.compile(r"(?<=[^\W\d_])[-‐\u00ad]\s*(?=[^\W\d_])")
"""A hyphen in a word or at a line end, the word's own or the typesetter's: the letters are the same either way."""
_TOKEN = re.compile(
    rf"[{UNSPACED}]|(?:(?![{UNSPACED}])[^\W_]|[{MARKS}])+(?:(?<=\d)[.,:/'](?=\d)[^\W_]+)*"
    r"|[^\w\s.,;:'()\[\]{}!?|\\*•·¿¡-]|(?<![\w-])-(?=\d)"
)
"""A word, a number with its marks, a sign that means something (%, €, +, §), the minus of a number."""
_GAP = "\x1f"
"""Between two numbers, so that they never run into one."""
_WEIGHTY = frozenset(["no", "not", "in", "un", "now", "any", "every", "may", "all", "some", "a", "an", "the", "nicht"])
"""Words that must not vanish into a neighbour: `not able` is not `notable`."""
_PASSED_OVER = frozenset(
    {"a", "an", "the", "of", "from", "for", "in", "on", "at", "to", "by", "with", "under", "per", "der", "die", "das"}
)
"""Words of a value that its quote may say otherwise: `5 years from` for `five (5) years following`."""


class _Words(NamedTuple):
    """A text as its words, the letters of all of them in one string, where each word begins in it, and which by a hyphen."""

    words: list[str]
    letters: str
    starts: list[int]
    hyphened: frozenset[int]


def _words_of(text: str) -> _Words:
    words: list[str] = []
    starts: list[int] = []
    hyphened: set[int] = set()
    at = 0
    folded = fold(_HYPHEN.sub("-", text))
    for match in _TOKEN.finditer(folded):
        word = match[0]
        if words and word[0].isdigit() and words[-1][-1].isdigit():
            words[-1] += _GAP
            at += 1
        starts.append(at)
        if folded[match.start() - 1 : match.start()] == "-":
            hyphened.add(at)
        words.append(word)
        at += len(word)
    return _Words(words, "".join(words), starts, frozenset(hyphened))


@dataclass(frozen=True)
class Source:
    """A document, taken apart once for all the quotations that are looked up in it."""

    original: str
    recognised: bool = False
    """Whether the text, or a part of it, came from text recognition, which misreads a letter now and then."""

    @cached_property
    def words(self) -> _Words:
        """The document as the words that quotations are compared with."""
        return _words_of(self.original)


class Found(NamedTuple):
    """How far a quotation stands in the document, and what was altered: (document, quotation) for each place."""

    mark: CitationMark
    altered: tuple[tuple[str, str], ...] = ()


def judge_citation(spec: FieldSpec, given: Given, source: Source, conventions: Conventions, evidence: str = "") -> Found:
    """Return the rung that the quotes given for a value reach; the worst of several quotes holds.

    A quote that stands in the document supports the value where it shares half of the gold evidence's words or more; without
    gold evidence where it holds the value, and for a text, which may be said in other words, by standing there.

    Args:
        spec: the field; its type says how the value is looked for in the quote.
        given: a value that is not empty, with its quotes.
        source: the example's document.
        conventions: declared date order and decimal mark.
        evidence: the passage that people marked as the evidence; blank where nobody did.
    """
    if not given.quotes:
        return Found(CitationMark.MISSING)
    passages = [passage for quote in given.quotes for passage in _BLANK_LINE.split(quote) if passage.strip()]
    rungs = [find_quote(passage, source) for passage in passages]
    for worst in (CitationMark.MISSING, CitationMark.NOT_FOUND, CitationMark.ALTERED):
        if any(found.mark is worst for found in rungs):
            altered = tuple(place for found in rungs for place in found.altered)
            return Found(worst, altered[:_MOST_ALTERED])
    quoted = "\n".join(given.quotes)
    if evidence.strip():
        holds = _shares_half(evidence, quoted)
    else:
        holds = spec.type is FieldType.TEXT or holds_value(spec, given, quoted, conventions)
    return Found(CitationMark.SUPPORTS if holds else CitationMark.ELSEWHERE)


def _shares_half(evidence: str, quoted: str) -> bool:
    """Whether the quotation holds half of the evidence's words or more."""
    wanted, there = Counter(_words_of(evidence).words), Counter(_words_of(quoted).words)
    return 2 * (wanted & there).total() >= wanted.total()


def find_quote(quote: str, source: Source) -> Found:
    """Return `SUPPORTS` where every part of the quote stands in the document in order, else how far it gets.

    Words are compared after folding, blanks and hyphens inside words forgiven; no word may be replaced, added, dropped or
    moved. A quote of one short word counts only where it stands once in the document: the `5` of every other page points
    nowhere.
    """
    parts = [part for part in (_words_of(piece) for piece in _ELLIPSIS.split(quote.replace("…", "..."))) if part.words]
    if not parts:
        return Found(CitationMark.MISSING)
    there = source.words
    if sum(len(part.letters) for part in parts) > min(len(there.letters) + _SHORT_QUOTE, _MOST_CHARACTERS):
        return Found(CitationMark.NOT_FOUND)
    position = 0
    for part in parts:
        end = _find(part, there, position)
        if end is None:
            absent = _how_absent(parts, there)
            misread = source.recognised and absent.altered and all(map(_misread, absent.altered))
            return Found(CitationMark.SUPPORTS) if misread else absent
        position = end
    short = len(parts) == 1 and len(parts[0].words) == 1 and len(parts[0].letters) < _SHORT_QUOTE
    if short and _find(parts[0], there, position) is not None:
        return Found(CitationMark.NOT_FOUND)
    return Found(CitationMark.SUPPORTS)


def _find(part: _Words, text: _Words, start: int) -> int | None:
    """Return where `part` ends in the letters of `text` at or after `start`, in whole words; None where nowhere."""
    at = text.letters.find(part.letters, start)
    while at >= 0:
        end = at + len(part.letters)
        if _edge(text.letters, text.starts, at) and _edge(text.letters, text.starts, end) and _same_words(part, text, at):
            return end
        at = text.letters.find(part.letters, at + 1)
    return None


def _edge(letters: str, starts: list[int], at: int) -> bool:
    """Whether a passage may begin or end here: between two words, or where letters meet digits as in `07:00pm`."""
    if at in {0, len(letters)} or letters[at] == _GAP or letters[at - 1] == _GAP:
        return True
    place = bisect_left(starts, at)
    if place < len(starts) and starts[place] == at:
        return True
    before, after = letters[at - 1], letters[at]
    return (before.isalpha() and after.isdigit()) or (before.isdigit() and after.isalpha())


def _same_words(part: _Words, text: _Words, at: int) -> bool:
    """Whether no word of weight vanished where a blank stands on one side only; hyphens are forgiven."""
    first, last = bisect_left(text.starts, at), bisect_left(text.starts, at + len(part.letters))
    there, here = {start - at for start in text.starts[first:last]}, set(part.starts)
    hyphened = part.hyphened | {start - at for start in text.hyphened & set(text.starts[first:last])}
    words = dict(zip((start - at for start in text.starts[first:last]), text.words[first:last], strict=True))
    words |= {start: word for start, word in zip(part.starts, part.words, strict=True) if start not in there}
    for start in (there ^ here) - hyphened - {0}:
        before = max(other for other in there | here if other < start)
        if {words.get(before, ""), words[start]} & _WEIGHTY:
            return False
    return True


def _how_absent(parts: Sequence[_Words], text: _Words) -> Found:
    """Return which words of the document a quotation altered, or that it is not there at all."""
    altered: list[tuple[str, str]] = []
    for part in parts:
        if _find(part, text, 0) is not None:
            continue
        for piece in _pieces(part.words):
            places = _altered(piece, text)
            if places is None:
                return Found(CitationMark.NOT_FOUND)
            altered += places
    if not altered:  # every part is there, in another order
        return Found(CitationMark.NOT_FOUND)
    return Found(CitationMark.ALTERED, tuple(altered))


def _misread(place: tuple[str, str]) -> bool:
    """Whether words differ by what text recognition misreads: one letter in a word of six or more, never a digit."""
    from rapidfuzz.distance import Levenshtein  # noqa: PLC0415 - only recognised documents need it

    there, quoted = (words.split() for words in place)
    return len(there) == len(quoted) and all(
        one == other
        or (
            min(len(one), len(other)) >= _LEAST_MISREAD
            and not any(c.isdigit() for c in one + other)
            and Levenshtein.distance(one, other, score_cutoff=1) == 1
        )
        for one, other in zip(there, quoted, strict=True)
    )


def _altered(words: list[str], text: _Words) -> list[tuple[str, str]] | None:
    """Return (document, quotation) for each place where the likest passage has other words; None where none is like it."""
    from rapidfuzz import fuzz  # noqa: PLC0415 - only quotations that are not found need it

    letters = "".join(words)
    found = fuzz.partial_ratio_alignment(letters, text.letters, score_cutoff=_LEAST_CLOSE)
    if found is None or len(letters) < _SHORT_QUOTE:
        return None
    first = max(bisect_right(text.starts, found.dest_start) - 1, 0)
    last = bisect_left(text.starts, found.dest_end)
    slack = 2 + len(words) // 10
    passage = [word.strip(_GAP) for word in text.words[max(first - slack, 0) : last + slack]]
    quoted = [word.strip(_GAP) for word in words]
    blocks = [b for b in SequenceMatcher(None, passage, quoted, autojunk=False).get_matching_blocks() if b.size]
    if not blocks or sum(b.size for b in blocks) < ALIKE * len(quoted):
        return None
    places: list[tuple[str, str]] = []
    at_passage, at_quote = max(blocks[0].a - blocks[0].b, 0), 0
    for block in [*blocks, None]:
        to_passage = block.a if block else min(at_passage + len(quoted) - at_quote, len(passage))
        to_quote = block.b if block else len(quoted)
        before, after = " ".join(passage[at_passage:to_passage]), " ".join(quoted[at_quote:to_quote])
        if before != after:
            places.append((before, after))
        if block:
            at_passage, at_quote = block.a + block.size, block.b + block.size
    return places


def _pieces(words: list[str]) -> Iterator[list[str]]:
    """Yield the words in stretches of about `_PIECE` letters."""
    piece: list[str] = []
    letters = 0
    for word in words:
        piece.append(word)
        letters += len(word)
        if letters >= _PIECE:
            yield piece
            piece, letters = [], 0
    if piece:
        yield piece


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
            one = replace(spec, type=spec.items)
            numbers = given.numbers or (None,) * len(given.items)
            items = [Given(text, number) for text, number in zip(given.items, numbers, strict=True)]
            return all(holds_value(one, item, quoted, conventions) for item in items)
        case FieldType.TEXT | FieldType.NAME | FieldType.RECORDS:
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
    negative = any(value < 0 for value in values)
    mentions = (mention for mention in numbers_in(folded, mark) if wanted & mention.values)
    return any(is_negative(folded, mention) in {negative, None} for mention in mentions)


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
