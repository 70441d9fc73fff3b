"""What one cell holds of a text, and what stands there of a text that it cannot hold."""

from __future__ import annotations

import re

CELL_LIMIT = 32_767
"""UTF-16 units that a cell holds (Excel's limit)."""
CUT_MARK = "… [cut; full text in evidence]"
NARROW = CELL_LIMIT // 2
"""Characters that fit whatever they are."""
ODD = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]")
"""What acts instead of being read: controls, direction overrides, lone surrogates."""
_NOT_XML = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def units(text: str) -> int:
    """Return the UTF-16 units of a text, by which programs count."""
    return len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2


def fits(text: str) -> bool:
    """Whether one cell holds all of a text."""
    return len(text) <= NARROW or units(text) <= CELL_LIMIT


def safe(text: str, mark: str = CUT_MARK) -> str:
    """Return `text` to be looked at: what acts is shown as `[U+202E]`, and what a cell cannot hold is cut audibly."""
    if ODD.search(text):
        text = ODD.sub(_shown, text.replace("\r\n", "\n").replace("\r", "\n"))
    return cut(text, mark)


def cut(text: str, mark: str) -> str:
    """Return all of `text`, or the start that a cell holds together with the mark that says so."""
    return text if fits(text) else first_units(text, CELL_LIMIT - units(mark) - 1) + " " + mark


def sound(text: str) -> str:
    """Return `text` to be read again: only what XML cannot hold becomes the sign for a character that was replaced."""
    return _NOT_XML.sub("\N{REPLACEMENT CHARACTER}", text)


def first_units(text: str, limit: int) -> str:
    """Return the longest start of `text` that has at most `limit` UTF-16 units."""
    return text.encode("utf-16-le", "surrogatepass")[: 2 * limit].decode("utf-16-le", "ignore")


def _shown(found: re.Match[str]) -> str:
    return f"[U+{ord(found.group()):04X}]"
