"""Which characters the fonts at hand draw; others are shown by name or code point, as a page must lack no glyph."""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from markupsafe import Markup, escape

from reportgen import assets
from reportgen.domain.wording.text import commands
from reportgen.problems import NeedsMendingError

_LONG = re.compile(r"(\S{16,})")
_BREAKS = re.compile(r"(?<=[_\-/])(?=\w)|(?<=[a-z0-9])(?=[A-Z])")
_BACKWARDS = "\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc\U00010800-\U00010fff\U0001e800-\U0001efff"
_LEFTWARDS = re.compile(rf"([{_BACKWARDS}]+(?:[\s\d'’/_-]*[{_BACKWARDS}]+)*(?:[ _-]?\d+)?)")
"""Words from right to left inside a line from left to right, with the figure behind them: a name, `segment 3`."""
_MOST = 0.8
"""Of its letters, in a text that is from right to left as a whole."""
PICTURE_MARKS = frozenset("\u200d\ufe0e\ufe0f")
"""They join or vary pictures and say nothing by themselves."""


class Letters:
    """The characters of our own fonts and of those given, but for those of `without`; immutable once made."""

    def __init__(self, fonts: tuple[Path, ...] = (), without: frozenset[int] = frozenset()) -> None:
        self._starts, self._ends = _shipped()
        self._more = frozenset[int]().union(*map(_drawn_by, fonts))
        self._without = without

    def printable(self, text: str) -> str:
        """Return `text` with every character that no font draws as its code point: `[U+6F22]`."""
        if text.isascii():
            return text
        return "".join(c if c == "\n" or self._drawn(ord(c)) else _told(c) for c in text)

    def finalized(self, value: object) -> object:
        """Make every plain text printable, long words breakable; markup is made of texts that were."""
        return self._laid_out(self.printable(value)) if type(value) is str else value

    def attribute(self, text: str) -> Markup:
        """Return `text` printable for where no markup may stand: an attribute, the title."""
        return escape(self.printable(text))

    @classmethod
    def _laid_out(cls, text: str) -> str | Markup:
        """Return `text` breakable, what runs from right to left told so: all of a text that mostly does, else its words.

        The engine sets each piece of a line by itself, so that a figure behind a Hebrew word does not change its place.
        """
        letters = [c for c in text if c.isalpha()] if not text.isascii() else []
        backwards = sum(unicodedata.bidirectional(c) in {"R", "AL"} for c in letters)
        if not backwards:
            return cls._breakable(text)
        pieces = ["", text] if backwards >= _MOST * len(letters) else _LEFTWARDS.split(text)
        span = Markup('<span class="leftwards">{}</span>')
        shown = (span.format(cls._breakable(piece)) if at % 2 else cls._breakable(piece) for at, piece in enumerate(pieces))
        return Markup("").join(shown)

    @staticmethod
    def _breakable(text: str) -> str | Markup:
        """Return `text` with places where a long word may break: behind `_ - /` and before a capital. Copies as it was."""
        if not _LONG.search(text):
            return text
        pieces = _LONG.split(text)
        return Markup("").join(
            Markup("<wbr>").join(map(escape, _BREAKS.split(piece))) if at % 2 else escape(piece)
            for at, piece in enumerate(pieces)
        )

    def coded(self, text: str) -> Markup:
        """Return one of our own sentences as markup, the commands in it set as such."""
        shown = [(escape(self._laid_out(self.printable(piece))), command) for piece, command in commands(text)]
        return Markup("").join(Markup("<code>{}</code>").format(t) if command else t for t, command in shown)

    def _drawn(self, code: int) -> bool:
        if self._without and any(ord(part) in self._without for part in unicodedata.normalize("NFKD", chr(code))):
            return False
        place = bisect_right(self._starts, code) - 1
        return (place >= 0 and code <= self._ends[place]) or code in self._more


def _told(character: str) -> str:
    """Return what stands for a character that no font draws: a picture's name, `[thumbs up sign]`, else the code point."""
    if character in PICTURE_MARKS:
        return ""
    name = unicodedata.name(character, "") if unicodedata.category(character) == "So" else ""
    return f"[{name.lower()}]" if name else f"[U+{ord(character):04X}]"


@cache
def _shipped() -> tuple[tuple[int, ...], tuple[int, ...]]:
    lines = (assets.folder("templates") / "fonts" / "coverage.txt").read_text(encoding="ascii").split()
    ranges = [tuple(int(end, 16) for end in line.split("-")) for line in lines]
    return tuple(r[0] for r in ranges), tuple(r[1] for r in ranges)


@cache
def _drawn_by(font: Path) -> frozenset[int]:
    """Return the characters of a house's font. Raises NeedsMendingError where the file is no font."""
    from fontTools.ttLib import (  # type: ignore[import-untyped]  # noqa: PLC0415 - only where a house brings fonts
        TTCollection,
        TTFont,
        TTLibError,
    )

    def faces() -> Iterator[TTFont]:
        with font.open("rb") as file:
            if font.suffix.casefold() == ".ttc":
                yield from TTCollection(file, lazy=True).fonts
            else:
                yield TTFont(file, lazy=True)

    try:
        return frozenset(code for face in faces() for code in face.getBestCmap())
    except (TTLibError, OSError, TypeError) as error:
        msg = f"{font.name} is no font that can be read. Take it out of the fonts folder of the house style."
        raise NeedsMendingError(msg) from error
