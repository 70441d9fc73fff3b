"""Text made comparable, so that typography, spacing and case never decide whether an answer is right."""

from __future__ import annotations

import re
import unicodedata

_SINGLE = "'"
_QUOTES = '‘’‚‛′ʼ`´“”„‟″«»‹›"＂＇'
_DASHES = "‐‑‒–—―−﹘﹣－"
_INVISIBLE = "\u200b\u200c\u200d\u2060\ufeff\u00ad\u200e\u200f\u202a\u202b\u202c\u202d\u202e"
_FOLDS = str.maketrans(
    {"٪": "%"} | {**dict.fromkeys(_QUOTES, _SINGLE), **dict.fromkeys(_DASHES, "-"), **dict.fromkeys(_INVISIBLE, "")}
)

_RAISED = re.compile(r"(?<=\d)(?=[\u2070\u00b9\u00b2\u00b3\u2074-\u2079\u207a\u207b])")
_ODD_NUMBER = re.compile(r"(?<=\d)(?=[\u00bc-\u00be\u2150-\u215f\u2189\u2460-\u24ff\u2776-\u2793\u2080-\u2089])")
"""Where NFKC would run one number into another: 10² is not 102, and 5½ is not 51/2."""
_FOREIGN_DIGIT = re.compile(r"[^\D0-9]")

_QUOTE_MARK = re.compile("[\"'′″’”“„‘]")
_FEET = re.compile("(?<=\\d)[\"'′″’”](?![^\\W_])")

_DOT_IN_ABBREVIATION = re.compile(r"(?<=[^\W\d_])\.(?=[^\W\d_])")
# Signs between digits (1.5, 5:45, 03/04), before a number (-5, ~5) and inside powers carry meaning; elsewhere they are
# punctuation. What stands behind a short code (BBB-, A*) or a number (500-) is kept out of the way while it is removed.
_PUNCTUATION = re.compile(
    r"(?<=[^\d\s])[.,:/]|[.,:/](?!\d)|-(?!\d)|(?<=[^\W\d_])-|[_;!?()\[\]{}|\\*•·¿¡]|~(?!\d)|\^(?![^\W_])"
)
_CODE = re.compile(r"(?<![^\W_])(\d[\d.,']*|[^\W_]{1,4})([-*]+)(?=[\s,;.)\]]|$)")
_SPACED_DASH = re.compile(r"(?<=\d) - (?=\d)")
_KEPT, _BACK = str.maketrans("-*", "\ue000\ue001"), str.maketrans("\ue000\ue001", "-*")
_EMPHASIS = re.compile(r"(?<![*_\w])([*_]{1,3})(?=[^\s*_])([^*_]*[^\s*_])\1(?![*_\w])")

MARKS = "\u0300-\u036f\u0591-\u05c7\u0610-\u061a\u064b-\u065f\u0900-\u0dff"
UNSPACED = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\U00020000-\U000323af"
"""Scripts whose words have no blanks between them: Thai, Lao, Burmese, Khmer, kana, Chinese characters."""
STOPS = ".!?\u061f\u06d4\u0964\u0965\u104b\u17d4\u17d5\u1362"
"""Marks that end a sentence where white space follows: Latin, Arabic, Urdu, danda, Burmese, Khmer, Ethiopic."""
_WORD = re.compile(rf"[{UNSPACED}]|(?:(?![{UNSPACED}])[^\W_]|[{MARKS}])+|[\u20a0-\u20cf£¥]")

_NO_BLANKS = re.compile(rf"[{UNSPACED}]")
_UNIT = re.compile(rf"[{UNSPACED}]|[^{UNSPACED}]+")

YES_WORDS = frozenset({"yes", "y", "true", "1", "ja", "oui", "si", "sí", "sim", "tak", "x", "✓", "✔"})
NO_WORDS = frozenset({"no", "n", "false", "0", "nein", "non", "não", "nie"})


def fold(text: str, *, keep_case: bool = False) -> str:
    """Return `text` after NFKC, case folding, one kind of quote and dash, no invisible characters, single spaces.

    Letters, digits and punctuation stay, so a quotation that folds to the same characters says the same. The case may be
    kept where a unit hangs on it (mW, MW).
    """
    if not text.isascii():
        text = _ODD_NUMBER.sub(" ", _RAISED.sub("^", text.replace("´", _SINGLE)))
    folded = unicodedata.normalize("NFKC", text)
    folded = (folded if keep_case else folded.casefold()).translate(_FOLDS)
    if not folded.isascii():
        folded = _FOREIGN_DIGIT.sub(lambda digit: str(unicodedata.decimal(digit[0])), folded)
    if "''" in folded:
        folded = folded.replace("''", _SINGLE)
    return " ".join(folded.split())


def comparable(text: str) -> str:
    """Return the form in which two texts or names are compared: folded, and without punctuation that carries no meaning.

    Currency signs, percent, `#`, `&`, `@`, `+`, the signs inside numbers and the one behind a short code (BBB-, A*) stay.
    Text that is nothing but punctuation stays as it is folded.
    """
    folded = fold(_measured(text))
    bare = _SPACED_DASH.sub("-", folded)
    bare = _DOT_IN_ABBREVIATION.sub("", _EMPHASIS.sub(r"\2", bare).replace(_SINGLE, ""))
    marked = _CODE.sub(lambda code: code[1] + code[2].translate(_KEPT), bare)
    return " ".join(_PUNCTUATION.sub(" ", marked).split()).translate(_BACK) or folded


def _measured(text: str) -> str:
    """Return the text with feet and inches as words, where one mark stands alone behind a number: 5" is not 5'."""
    marks = _QUOTE_MARK.findall(text)
    if len(marks) != 1:
        return text
    return _FEET.sub(lambda mark: " ft" if mark[0] in "'′’" else " in", text)


def comparable_name(text: str) -> str:
    """Return the form in which two names are compared: as text, and `&` is `and`."""
    return " ".join(comparable(text.replace("&", " and ")).split())


def key(text: str) -> str:
    """Return the form in which names of fields, parts and rules are looked up: spaces, underscores and hyphens are one."""
    return " ".join(re.sub(r"[\s_-]+", " ", fold(text)).split())


def words(text: str) -> list[str]:
    """Return the words of `text`, folded; scripts written without spaces give one word a character."""
    return _WORD.findall(fold(text))


def parted(text: str) -> list[str]:
    """Return the pieces of an already comparable text: what blanks part, and each character of scripts without blanks."""
    return [piece for word in text.split() for piece in (_UNIT.findall(word) if _NO_BLANKS.search(word) else [word])]


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
