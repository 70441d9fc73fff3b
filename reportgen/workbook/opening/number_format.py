"""The text that a spreadsheet program shows for a number and its number format; peers: Excel's rules and LibreOffice.

A format is at most four sections (above zero, below, zero, text), or sections with conditions of their own.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

from reportgen.workbook.opening.format_codes import LOCALE_DATE, OTHER_CALENDARS
from reportgen.workbook.opening.format_dates import DatePart, date_parts, date_text, elapsed
from reportgen.workbook.opening.format_numbers import number_text

_TOKEN = re.compile(
    r'"(?P<quoted>[^"]*)"?|\\(?P<escaped>.)|_(?P<space>.)|\*(?P<fill>.)|\[(?P<bracket>[^\]]*)\]'
    r"|(?P<general>General|Standard)|(?P<ampm>AM/PM|A/P|上午/下午|午前/午後|오전/오후)|(?P<exponent>[Ee][+-])(?=[0#?])"
    r"|(?P<date>y+|m+|d+|h+|s+(?:\.0+)?|g+|e+|a{3,4}|b+)|(?P<digits>[0#?]+)|(?P<other>.)",
    re.IGNORECASE | re.DOTALL,
)
_CONDITION = re.compile(r"(<=|>=|<>|<|>|=)\s*(-?\d+(?:\.\d+)?(?:[Ee][+-]?\d+)?)")
_LOCALE = re.compile(r"\$(?P<sign>[^-]*)(?:-(?P<tag>.+))?", re.DOTALL)
_COLOUR = re.compile(r"black|blue|cyan|green|magenta|red|white|yellow|colou?r\s*\d+", re.IGNORECASE)
_ELAPSED = re.compile(r"h+|m+|s+", re.IGNORECASE)
_SECTIONS = 3
_COMPARED: dict[str, Callable[[float, float], bool]] = {
    "<": lambda a, b: a < b,
    "<=": lambda a, b: a <= b,
    ">": lambda a, b: a > b,
    ">=": lambda a, b: a >= b,
    "=": lambda a, b: a == b,
    "<>": lambda a, b: a != b,
}


@dataclass(frozen=True, slots=True)
class Token:
    """One piece of a section: `literal`, `digits`, `point`, `comma`, `percent`, `slash`, `exponent`, `date`, `text`..."""

    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class Section:
    """One section of a format: its pieces, its condition, and the locale that it names ('' = none)."""

    tokens: tuple[Token, ...]
    condition: tuple[str, float] | None = None
    locale: str = ""
    certain: bool = True
    """Whether every reader sees the same; the short date of the system and numerals of other scripts are not."""
    parts: tuple[DatePart, ...] = ()
    """The pieces as a date, empty where it shows a number."""

    @property
    def is_date(self) -> bool:
        """Whether it shows a date, a time of day or a duration."""
        return bool(self.parts)

    @property
    def is_elapsed(self) -> bool:
        """Whether it shows a duration such as `[h]:mm`."""
        return elapsed(self.parts)

    def has(self, kind: str) -> bool:
        """Whether one of its pieces is of a kind."""
        return any(token.kind == kind for token in self.tokens)

    @property
    def literals(self) -> str:
        """All that it writes beside the digits."""
        return "".join(t.text for t in self.tokens if t.kind == "literal")


@dataclass(frozen=True, slots=True)
class NumberFormat:
    """A number format, read once for all cells that have it."""

    code: str
    sections: tuple[Section, ...]
    """Those that show numbers, at most three."""
    words: Section | None = None
    """The one that shows texts, where it adds to them."""

    @property
    def plain(self) -> bool:
        """Whether it is General: the cell shows the number's own digits."""
        return self.words is None and len(self.sections) == 1 and [t.kind for t in self.sections[0].tokens] == ["general"]

    def section_for(self, value: float) -> tuple[Section, float]:
        """Return the section that shows a value, and the value as that section shows it: without a sign where it says it."""
        sections = self.sections
        if any(s.condition for s in sections[:2]):
            return self._by_condition(value, sections)
        if value < 0 and len(sections) > 1:
            return sections[1], -value
        return sections[2 if value == 0 and len(sections) > 2 else 0], value  # noqa: PLR2004 - the third is for zero

    @staticmethod
    def _by_condition(value: float, sections: tuple[Section, ...]) -> tuple[Section, float]:
        """Choose among sections with conditions; one that holds for numbers below zero alone says their sign itself."""
        first = sections[0].condition
        for index, section in enumerate(sections):
            held = section.condition
            if held is None and index == 0:
                held = (">", 0.0) if len(sections) > 2 else (">=", 0.0)  # noqa: PLR2004 - zero has a section of its own
            if held is None and index == 1 and len(sections) > 2:  # noqa: PLR2004 - as above
                held = ("<", 0.0)
            if held is None or _COMPARED[held[0]](value, held[1]):
                return section, -value if value < 0 and _negative(held, first) else value
        return sections[-1], value

    def shown(self, value: float, *, from_1904: bool = False) -> tuple[str, bool]:
        """Return what a cell shows, and whether every reader sees just that."""
        section, size = self.section_for(value)
        if section.is_date:
            return date_text(value, section.parts, section.locale, from_1904=from_1904), section.certain
        return number_text(size, section.tokens), section.certain

    def worded(self, text: str) -> str:
        """Return what a cell with a text shows: the last section may add words."""
        if self.words is None:
            return text
        return "".join(text if t.kind == "text" else t.text for t in self.words.tokens if t.kind in {"text", "literal"})


def _negative(held: tuple[str, float] | None, first: tuple[str, float] | None) -> bool:
    """Whether a condition, or what is left after the first one, holds for numbers below zero alone."""
    if held is None:
        return first is not None and first[0] in {">", ">="} and first[1] == 0
    sign, limit = held
    return (sign == "<" and limit <= 0) or (sign in {"<=", "="} and limit < 0)


@lru_cache(maxsize=4096)
def compiled(code: str) -> NumberFormat:
    """Return a number format, read from its code; an empty one is General."""
    sections = [_section(part) for part in _split(code or "General")]
    words = sections.pop() if len(sections) > _SECTIONS or sections[-1].has("text") else None
    if words is not None and [t.kind for t in words.tokens] == ["text"]:
        words = None
    return NumberFormat(code, tuple(sections) or (_section("General"),), words)


def _split(code: str) -> list[str]:
    """Return the sections of a code, parted by semicolons outside quotation marks and brackets."""
    parts, start, quoted, bracket, escaped = [], 0, False, False, False
    for i, c in enumerate(code):
        if escaped:
            escaped = False
        elif quoted:
            quoted = c != '"'
        elif c in "\\_*":
            escaped = True
        elif c == '"':
            quoted = True
        elif c == "[":
            bracket = True
        elif c == "]":
            bracket = False
        elif c == ";" and not bracket:
            parts.append(code[start:i])
            start = i + 1
    return [*parts, code[start:]][:4]


def _section(code: str) -> Section:
    """Read one section."""
    tokens: list[Token] = []
    aside: list[str] = []
    for found in _TOKEN.finditer(code):
        kind, text = str(found.lastgroup), found[str(found.lastgroup)]
        if kind == "bracket" and not _ELAPSED.fullmatch(text):
            aside.append(text)
            tokens.append(Token("literal", next((m["sign"] for m in [_LOCALE.fullmatch(text)] if m), "")))
        elif kind != "fill":
            tokens.append(_token(kind, text))
    held = next(filter(None, (_CONDITION.fullmatch(text.strip()) for text in aside)), None)
    tags = [(named["tag"] or "").upper() for text in aside if (named := _LOCALE.fullmatch(text))]
    parts = date_parts(tokens)
    if not parts:
        tokens = [Token("literal", t.text) if t.kind in {"date", "ampm"} else t for t in tokens]
    return Section(
        tokens=tuple(tokens),
        condition=(held[1], float(held[2])) if held else None,
        locale=next((tag for tag in tags if tag), ""),
        certain=all(map(_same_for_all, aside)) and not any(p.kind == "b" for p in parts),
        parts=parts,
    )


def _same_for_all(aside: str) -> bool:
    """Whether what stands in brackets leaves every reader the same text; numerals of another script do not."""
    if found := _LOCALE.fullmatch(aside):
        return not (found["tag"] or "").upper().startswith((*LOCALE_DATE, *OTHER_CALENDARS))
    return not aside or bool(_CONDITION.fullmatch(aside.strip()) or _COLOUR.fullmatch(aside))


_OF_OTHER = {".": "point", ",": "comma", "%": "percent", "/": "slash", "@": "text"}


def _token(kind: str, text: str) -> Token:
    match kind:
        case "quoted" | "escaped":
            return Token("literal", text)
        case "space":
            return Token("literal", " ")
        case "other":
            return Token(_OF_OTHER.get(text, "literal"), text)
        case "bracket":
            return Token("elapsed", text.lower())
        case _:
            return Token(kind, text)
