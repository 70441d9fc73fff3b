"""Numbers inside running text: whether a figure occurs, not what a value is."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from reportgen.domain.reading.numbers import LONGEST, NUMBER, digits_read
from reportgen.domain.reading.spoken import NUMBER_WORDS, count_words
from reportgen.domain.reading.vocabulary import LONG_OR_SHORT, PERCENT, SCALES


@dataclass(frozen=True, slots=True)
class Mention:
    """A number inside running text, as it stands there, with every value that it may have."""

    text: str
    values: frozenset[Decimal]
    start: int
    end: int


_TEXT_WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")
_NEXT_WORD = re.compile(r"\s?([%‰千万萬億亿兆천만억조]|[^\W\d_]+)")
_MAYBE_SCALES = {word: Decimal(size) for word, size in (("m", 1e6), ("mm", 1e6), ("b", 1e9), ("k", 1e3))}
"""Scales that may be units in running text; both readings count."""


def numbers_in(text: str, mark: str = "") -> Iterator[Mention]:
    """Yield every number in running text, digits and English number words, with all values it may have.

    Where the decimal mark is not declared, or a scale letter may be a unit, or a percent sign follows, several values count:
    the question here is whether a number occurs, not what it is.

    Args:
        text: already folded text.
        mark: declared decimal mark or blank.
    """
    for match in NUMBER.finditer(text):
        if match.end() - match.start() > LONGEST:
            continue
        values = set(digits_read(match[0], mark) or digits_read(match[0], ""))
        following = _NEXT_WORD.match(text, match.end())
        word = following[1] if following is not None else ""
        if word in _MAYBE_SCALES:
            values |= {value * _MAYBE_SCALES[word] for value in values}
        elif word in SCALES:
            values = {value * SCALES[word] for value in values}
        elif word in LONG_OR_SHORT:
            values = {value * LONG_OR_SHORT[word] for value in values}
        elif word in PERCENT:
            values |= {value / PERCENT[word] for value in values}
        yield Mention(match[0], frozenset(values), match.start(), match.end())
    yield from _spoken_in(text)


_MINUS_BEFORE = re.compile(r"(?:^|[^\w.,)-])[-](?:[^\w\s(]|[^\W\d_]{1,3}\.? ?)?$")
_OPENED = re.compile(r"\([^\w()]*$|\((?:[^\W\d_]{1,3} )$")


def is_negative(text: str, mention: Mention) -> bool | None:
    """Return whether a number of running text has a minus before or behind it; None in brackets, which may mean either."""
    before, after = text[max(mention.start - 8, 0) : mention.start], text[mention.end : mention.end + 2]
    if _OPENED.search(before) and after.startswith(")"):
        return None
    return _MINUS_BEFORE.search(before) is not None or re.match(r"-(?![\w-])", after) is not None


def _spoken_in(text: str) -> Iterator[Mention]:
    """Yield the number words of `text`; `one` is left out, since it is a pronoun more often than a number."""
    tokens: list[tuple[str, int, int]] = []
    for match in _TEXT_WORD.finditer(text):
        start = match.start()
        for piece in match[0].split("-"):
            tokens.append((piece, start, start + len(piece)))
            start += len(piece) + 1
    i = 0
    while i < len(tokens):
        if tokens[i][0] not in NUMBER_WORDS:
            i += 1
            continue
        value, used = count_words([piece for piece, _, _ in tokens[i : i + 12]])
        start, end = tokens[i][1], tokens[i + used - 1][2]
        if text[start:end] != "one":
            yield Mention(text[start:end], frozenset({Decimal(value)}), start, end)
        i += used
