"""What reading a document gives: its text and what is not in it, or a sentence on why it cannot be read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from reportgen.domain.wording.figures import counted

MOST_CHARACTERS = 5_000_000
"""Of one document; more than any model reads at once, many times over."""

STRUCK = "~~"
"""Stands before and behind text that is struck through: 1200 behind the line is not what is agreed."""


class DocumentError(ValueError):
    """A document that cannot be read; `tail` completes the sentence `the Input file is "...", ...`."""

    def __init__(self, tail: str, remedy: str, code: str = "unreadable") -> None:
        super().__init__(tail)
        self.tail = tail
        self.remedy = remedy
        self.code = code


TOO_MUCH_TEXT = ("which holds more text than any model reads.", "Give the part that matters.", "too large")
TOO_LARGE = ("which unpacks to far too much.", "Give the part that matters, as a file of its own.", "too large")
HOSTILE = ("which holds what no office program writes.", "Do not trust this file.", "hostile")
PASSWORD = ("which has a password.", "Remove it and save again.", "password")


@dataclass(frozen=True, slots=True)
class ReadDocument:
    """The text of a document; `left_out` names what else it shows, such as `2 pictures`.

    `picture_pages` are the pages, counted from 1, that are pictures: without text, or with hardly any beside a picture of
    the whole page.
    """

    text: str
    left_out: tuple[str, ...] = ()
    picture_pages: tuple[int, ...] = ()
    pages: int = 0
    """How many pages there are, 0 where the kind has none."""
    page_texts: tuple[str, ...] = ()
    reckoned: str = ""
    """What the encoding is called, and a line read in it, where it was reckoned from the bytes and is not certain."""


def counted_things(counts: Mapping[str, int]) -> tuple[str, ...]:
    """Return `2 pictures`, `1 comment` for what was counted, in its order."""
    return tuple(counted(count, name) for name, count in counts.items() if count)
