"""Makes untrusted text fit to be read: cut, with every invisible or direction-changing character made visible.

Model answers and workbook cells may hold anything. Nothing here knows about fonts or file formats; the PDFs replace what
their fonts cannot draw, and the workbook writer keeps text from acting as a formula.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from difflib import SequenceMatcher

from reportgen.domain.wording.figures import listed

_WHOLE_MARK = " … [cut; the text has {total:,} characters]"
_CUT_MARK = " … [cut; {shown:,} of {total:,} characters shown]"
_BIDI = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_INVISIBLE = frozenset({"Cc", "Cf", "Cs", "Co", "Cn"})
_JOINERS = frozenset("\u200c\u200d\ufe0e\ufe0f")
"""Joiners and variation selectors carry meaning inside words and emoji, so they stay."""
_SPACES = re.compile(r"(?!(?<=\d)\u00a0\S)[^\S\n]+")
"""Every run of white space on a line but the one no-break space that holds a figure and its unit together."""
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


def merged(texts: Sequence[str], alike: float, least: int) -> list[str]:
    """Return sentences that differ in a few words as one that lists those words, or all of them as they are.

    They must have `least` words in common, in order, and those must be the share `alike` of the longest. `a: 7 wrong of its
    answers` and `b: 9 wrong of its answers` become `a: 7 and b: 9 wrong of its answers`.
    """
    words = [text.split(" ") for text in texts]
    common = words[0]
    for other in words[1:]:
        blocks = SequenceMatcher(None, common, other, autojunk=False).get_matching_blocks()
        common = [word for block in blocks for word in common[block.a : block.a + block.size]]
    if len(texts) == 1 or len(common) < max(least, alike * max(map(len, words))):
        return list(texts)
    told: list[str] = []
    for at, own in enumerate(zip(*(_between(w, common) for w in words), strict=True)):
        if any(own) and not all(own):
            return list(texts)
        if any(own):
            mark = own[0][-1] if own[0][-1] in ",;:." and len({o[-1] for o in own}) == 1 else ""
            told.append(listed(o.removesuffix(mark) for o in own) + mark)
        told += common[at : at + 1]
    return [" ".join(told)]


def _between(words: Sequence[str], common: Sequence[str]) -> list[str]:
    """Return what stands before, between and after the common words, in their order."""
    found, start = [], 0
    for word in common:
        end = words.index(word, start)
        found.append(" ".join(words[start:end]))
        start = end + 1
    return [*found, " ".join(words[start:])]


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


def middle(text: str, limit: int) -> str:
    """Return `text` cleaned on one line, its middle left out where longer: names that differ at their ends stay apart."""
    shown = line(text, 4 * limit)
    if len(shown) <= limit:
        return shown
    tail = limit // 2 - 2
    return f"{shown[: limit - tail - 1].rstrip()}…{shown[-tail:].lstrip()}"


def _visible(character: str) -> str:
    if character == "\n" or character in _JOINERS:
        return character
    if character == "\t":
        return " "
    if character in _BIDI or unicodedata.category(character) in _INVISIBLE:
        return "\ufffd"
    return character
