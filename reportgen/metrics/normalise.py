"""Text made comparable, so that typography, spacing and case never decide whether an answer is right."""

from __future__ import annotations

import re
import unicodedata

_SINGLE = "'"
_QUOTES = '‘’‚‛′ʼ`´“”„‟″«»‹›"＂＇'
_DASHES = "‐‑‒–—―−﹘﹣－"
_INVISIBLE = "\u200b\u200c\u200d\u2060\ufeff\u00ad\u200e\u200f\u202a\u202b\u202c\u202d\u202e"
_FOLDS = str.maketrans({**dict.fromkeys(_QUOTES, _SINGLE), **dict.fromkeys(_DASHES, "-"), **dict.fromkeys(_INVISIBLE, "")})

_DOT_IN_ABBREVIATION = re.compile(r"(?<=[^\W\d_])\.(?=[^\W\d_])")
# Signs between digits (1.5, 5:45, 03/04) and a minus before a number carry meaning; everywhere else they are punctuation.
_PUNCTUATION = re.compile(r"(?<=[^\d\s])[.,:/]|[.,:/](?!\d)|-(?!\d)|(?<=[^\W\d])-|[_;!?()\[\]{}|\\*~^•·¿¡]")

_MARKS = "\u0300-\u036f\u0591-\u05c7\u0610-\u061a\u064b-\u065f\u0900-\u0dff"
_UNSPACED = "\u0e00-\u0eff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff"
_WORD = re.compile(rf"[{_UNSPACED}]|(?:(?![{_UNSPACED}])[^\W_]|[{_MARKS}])+|[\u20a0-\u20cf£¥]")

YES_WORDS = frozenset({"yes", "y", "true", "1", "ja", "oui", "si", "sí", "sim", "tak", "x", "✓", "✔"})
NO_WORDS = frozenset({"no", "n", "false", "0", "nein", "non", "não", "nie"})


def fold(text: str) -> str:
    """Return `text` after NFKC, case folding, one kind of quote and dash, no invisible characters, single spaces.

    Letters, digits and punctuation stay, so a quotation that folds to the same characters says the same.
    """
    folded = unicodedata.normalize("NFKC", text.replace("´", _SINGLE)).casefold().translate(_FOLDS)
    if "''" in folded:
        folded = folded.replace("''", _SINGLE)
    return " ".join(folded.split())


def comparable(text: str) -> str:
    """Return the form in which two texts or names are compared: folded, and without punctuation that carries no meaning.

    Currency signs, percent, `#`, `&`, `@`, `+` and the signs inside numbers stay. Text that is nothing but punctuation
    stays as it is folded.
    """
    folded = fold(text)
    bare = _DOT_IN_ABBREVIATION.sub("", folded.replace(_SINGLE, ""))
    return " ".join(_PUNCTUATION.sub(" ", bare).split()) or folded


def comparable_name(text: str) -> str:
    """Return the form in which two names are compared: as text, and `&` is `and`."""
    return " ".join(comparable(text.replace("&", " and ")).split())


def key(text: str) -> str:
    """Return the form in which names of fields, parts and rules are looked up: spaces, underscores and hyphens are one."""
    return " ".join(re.sub(r"[\s_-]+", " ", fold(text)).split())


def words(text: str) -> list[str]:
    """Return the words of `text`, folded; scripts written without spaces give one word a character."""
    return _WORD.findall(fold(text))


def stem(word: str) -> str:
    """Return `word` without a common English ending where at least four letters are left: a key for look-up, not a word."""
    for ending in ("ingly", "edly", "ings", "ing", "ied", "ies", "ed", "es", "ly", "s", "d", "e"):
        if word.endswith(ending) and len(word) - len(ending) >= 4:  # noqa: PLR2004 - shorter stems say too little
            return word[: -len(ending)]
    return word


def yes_or_no(text: str) -> bool | None:
    """Return the truth value that `text` says, or None where it says neither."""
    folded = fold(text).rstrip(".!")
    if folded in YES_WORDS:
        return True
    return False if folded in NO_WORDS else None
