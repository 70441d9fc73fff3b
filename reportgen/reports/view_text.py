"""Makes untrusted text fit to be read: cut, with every invisible or direction-changing character made visible.

Model answers and workbook cells may hold anything. Nothing here knows about fonts or file formats; the PDFs replace what
their fonts cannot draw, and the workbook writer keeps text from acting as a formula.
"""

from __future__ import annotations

import re
import unicodedata

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
