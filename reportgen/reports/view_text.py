"""Makes untrusted text fit to be read: cut, with every invisible or direction-changing character made visible.

Model answers and workbook cells may hold anything. Nothing here knows about fonts or file formats; the PDFs replace what
their fonts cannot draw, and the workbook writer keeps text from acting as a formula.
"""

from __future__ import annotations

import re
import unicodedata

_WHOLE_MARK = " … [cut; the text has {total:,} characters]"
_CUT_MARK = " … [cut; {shown:,} of {total:,} characters shown]"
_BIDI = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_INVISIBLE = frozenset({"Cc", "Cf", "Cs", "Co", "Cn"})
_JOINERS = frozenset("\u200c\u200d\ufe0e\ufe0f")
"""Joiners and variation selectors carry meaning inside words and emoji, so they stay."""
_SPACES = re.compile(r"[^\S\n]+")
_BLANK_LINES = re.compile(r"\n{3,}")


def clean(text: str, limit: int = 400) -> str:
    """Return `text` with controls, direction overrides and lone surrogates as U+FFFD, cut at `limit` characters.

    The cut is said in the text itself. Line ends are kept; runs of other white space become one space.
    """
    head = text[: limit + 1] if len(text) > limit else text
    shown = "".join(_visible(c) for c in head.replace("\r\n", "\n").replace("\r", "\n"))
    shown = _BLANK_LINES.sub("\n\n", _SPACES.sub(" ", shown)).strip()
    if len(text) <= limit:
        return shown
    return shown[:limit].rstrip() + _CUT_MARK.format(shown=limit, total=len(text))


def folded(text: str, limit: int = 400) -> str:
    """Return `text` cleaned as one paragraph: every run of white space, line ends too, becomes one space.

    For excerpts of documents, whose own line breaks would take a page for a hundred words.
    """
    flat = " ".join(text[: 4 * limit].split())
    if len(flat) <= limit and len(text) <= 4 * limit:
        return clean(flat, limit)
    return clean(flat[:limit], limit) + _WHOLE_MARK.format(total=len(text))


def around(text: str, sought: str, limit: int = 400) -> str:
    """Return the passage of `text` that holds `sought`, folded; its beginning where that is not found.

    The cut at either side is said in the text itself.
    """
    place = text.casefold().find(sought.casefold().strip()) if sought.strip() else -1
    start = place - limit // 3
    if place < 0 or start <= 0 or len(text) <= limit:
        return folded(text, limit)
    start = text.find(" ", start, place) + 1 or start
    flat = " ".join(text[start : start + 2 * limit].split())[:limit]
    return "… " + clean(flat, limit) + _WHOLE_MARK.format(total=len(text))


def commands(text: str) -> list[tuple[str, bool]]:
    """Return `text` in pieces, each with whether it stood between backticks: our sentences mark commands so.

    Only for sentences of our own; a model's backticks are part of its answer.
    """
    pieces = text.split("`")
    if len(pieces) % 2 == 0:
        return [(text, False)]
    return [(piece, at % 2 == 1) for at, piece in enumerate(pieces) if piece]


def quoted(text: str) -> str:
    """Return `text` with its commands in quotation marks, where no other type face can be had."""
    return "".join(f"“{piece}”" if command else piece for piece, command in commands(text))


def line(text: str, limit: int = 80) -> str:
    """Return `text` cleaned on one line, cut with a bare ellipsis: for names in tables."""
    shown = clean(text[: 4 * limit], 4 * limit).replace("\n", " ")
    return shown if len(shown) <= limit else shown[: limit - 1].rstrip() + "…"


def _visible(character: str) -> str:
    if character == "\n" or character in _JOINERS:
        return character
    if character == "\t":
        return " "
    if character in _BIDI or unicodedata.category(character) in _INVISIBLE:
        return "\ufffd"
    return character
