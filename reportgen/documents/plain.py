"""Text files in any encoding: by their mark or as UTF-8 for certain, else in the only plausible one, and that is said."""

from __future__ import annotations

import codecs

from reportgen.documents.interface import DocumentError
from reportgen.encodings import Reading, differing_line, in_seven_bits, readings

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_MEANT = {
    "iso-8859-1": "cp1252", "latin1": "cp1252", "latin-1": "cp1252", "us-ascii": "cp1252", "ascii": "cp1252",
    "iso-8859-9": "cp1254", "gb2312": "gb18030", "gbk": "gb18030", "shift_jis": "cp932", "shift-jis": "cp932",
    "sjis": "cp932", "x-sjis": "cp932", "ks_c_5601-1987": "cp949", "euc-kr": "cp949",
}  # fmt: skip
_NO_TEXT = ("which is not a text file.", "Give a text, Markdown, HTML, PDF, Word, e-mail or picture file.", "file kind")
_UNKNOWN = ("whose encoding cannot be told.", "Save it again with the encoding UTF-8.", "encoding")
_LOOKED_AT = 2**18
"""Bytes by which an encoding is told; more of them tell no more."""


def decoded(data: bytes, declared: str = "") -> tuple[str, str]:
    """Return a text, and where its encoding was reckoned and not known, what it is called and a line of it ('' otherwise).

    Args:
        data: The bytes.
        declared: The encoding that the document names itself, which stands where the bytes agree with it.

    Raises:
        DocumentError: The bytes are no text, or are text in several encodings alike.
    """
    for mark, coding in _MARKS:
        if data.startswith(mark):
            return _checked(_strict(data, coding)), ""
    if declared and (text := _as(data, declared)) is not None:
        return _checked(text), ""
    if (text := in_seven_bits(data) or _as(data, "utf-8")) is not None:
        return _checked(text), ""
    if coding := _wide(data):
        return _checked(_strict(data, coding)), coding.upper()
    if b"\0" in data[:_LOOKED_AT]:
        raise DocumentError(*_NO_TEXT)
    found = _reckoned(data)
    return _checked(_strict(data, found.codec)), f'{found.name} ("{found.line()}")'


def _as(data: bytes, coding: str) -> str | None:
    try:
        return data.decode(_web_name(coding))
    except (UnicodeDecodeError, LookupError):
        return None


def _web_name(coding: str) -> str:
    """Return the encoding that pages mean by a name: as browsers read it, ISO 8859-1 is Windows-1252."""
    name = coding.strip().strip("\"'").casefold()
    return _MEANT.get(name, name)


def _strict(data: bytes, coding: str) -> str:
    try:
        return data.decode(coding)
    except (UnicodeDecodeError, LookupError) as e:
        raise DocumentError(*_UNKNOWN) from e


def _wide(data: bytes) -> str:
    """Return the encoding of a text of two bytes a letter without a mark, '' where it is none."""
    start = data[:_LOOKED_AT]
    pairs = len(start) // 2
    if pairs == 0 or len(data) % 2:
        return ""
    low, high = start[0::2].count(0), start[1::2].count(0)
    if high > pairs * 0.3 and low == 0:
        return "utf-16-le"
    return "utf-16-be" if low > pairs * 0.3 and high == 0 else ""


def _reckoned(data: bytes) -> Reading:
    """Return the only plausible reading of a text. Raises DocumentError where there is none, or another."""
    found = readings(data)
    if not found:
        raise DocumentError(*_UNKNOWN)
    if len(found) > 1:
        lines = differing_line(found[0], found[1])
        ways = " or ".join(f'as {r.name} ("{line}")' for r, line in zip(found, lines, strict=False))
        tail = f"which is not UTF-8, and a line of it can be read {ways}."  # the question that only its owner can answer
        raise DocumentError(tail, "Look at that line where it came from, and save the file as UTF-8.", "two readings")
    return found[0]


def _checked(text: str) -> str:
    if "\0" in text:
        raise DocumentError(*_NO_TEXT)
    return text
