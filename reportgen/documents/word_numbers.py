"""The numbers before the paragraphs of a Word file: Word counts them when it shows the page, so they stand in no text."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from reportgen.documents.symbols import symbol

_SLOT = re.compile(r"%([1-9])")
_ROMAN = (
    (1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"), (50, "l"), (40, "xl"), (10, "x"), (9, "ix"),
    (5, "v"), (4, "iv"), (1, "i"),
)  # fmt: skip
_HAN = "零一二三四五六七八九"
_TEN = 10
_HUNDRED = 100
_LETTERS = 26
_LONGEST_ROMAN = 4000
_DEEPEST_STYLE = 20


@dataclass(slots=True)
class Level:
    """One level of a list: how it counts, what stands around the number, after which level it begins again."""

    format: str = "decimal"
    text: str = ""
    start: int = 1
    restart: int | None = None
    legal: bool = False
    style: str = ""
    font: str = ""


@dataclass(slots=True)
class _Counting:
    """Where one list stands; lists of one kind go on counting together."""

    counts: dict[int, int] = field(default_factory=dict)


def value_of(element: Any, name: str, default: str = "") -> str:  # noqa: ANN401 - lxml has no types
    """Return the `val` of a child of a Word element, `default` where there is no such child."""
    found = None if element is None else element.find(f"{{*}}{name}")
    if found is None:
        return default
    return next((v for k, v in found.attrib.items() if k.endswith("}val")), default)


def number_of(text: str, default: int = 0) -> int:
    """Return a whole number of an attribute, `default` where it is none."""
    return int(text) if re.fullmatch(r"-?\d{1,9}", text) else default


class ListNumbers:
    """Counts the paragraphs of one file's lists as Word does."""

    def __init__(self, numbering: Any, styles: Styles) -> None:  # noqa: ANN401 - lxml has no types
        self._styles = styles
        self._kinds: dict[str, dict[int, Level]] = {}
        self._lists: dict[str, tuple[str, dict[int, Level]]] = {}
        self._counting: dict[str, _Counting] = {}
        self._begun: set[tuple[str, int]] = set()
        self._starts: dict[tuple[str, int], int] = {}
        if numbering is not None:
            self._read(numbering)

    def _read(self, numbering: Any) -> None:  # noqa: ANN401 - lxml has no types
        linked: dict[str, str] = {}
        for kind in numbering.findall("{*}abstractNum"):
            key = _attribute(kind, "abstractNumId")
            self._kinds[key] = {number_of(_attribute(lvl, "ilvl")): _level(lvl) for lvl in kind.findall("{*}lvl")}
            if link := value_of(kind, "numStyleLink"):
                linked[key] = link
        by_style = {value_of(k, "styleLink"): _attribute(k, "abstractNumId") for k in numbering.findall("{*}abstractNum")}
        for key, style in linked.items():
            if not self._kinds[key]:
                self._kinds[key] = self._kinds.get(by_style.get(style, ""), {})
        for one in numbering.findall("{*}num"):
            key, kind = _attribute(one, "numId"), value_of(one, "abstractNumId")
            levels = dict(self._kinds.get(kind, {}))
            for change in one.findall("{*}lvlOverride"):
                at = number_of(_attribute(change, "ilvl"))
                if (whole := change.find("{*}lvl")) is not None:
                    levels[at] = _level(whole)
                if start := value_of(change, "startOverride"):
                    self._starts[key, at] = number_of(start, 1)
            self._lists[key] = (kind, levels)

    def label(self, properties: Any) -> str:  # noqa: ANN401 - lxml has no types
        """Return what Word shows before a paragraph of these properties, '' where it is of no list; counts it."""
        key, depth = self._styles.list_of(properties)
        if not key or key == "0" or key not in self._lists:
            return ""
        kind, levels = self._lists[key]
        level = levels.get(depth)
        if level is None:
            return ""
        counts = self._counting.setdefault(kind, _Counting()).counts
        first = (key, depth) not in self._begun and (key, depth) in self._starts
        self._begun.add((key, depth))
        if first:
            counts[depth] = self._starts[key, depth]
        else:
            counts[depth] = counts[depth] + 1 if depth in counts else level.start
        for deeper in [d for d in counts if d > depth]:
            again = levels[deeper].restart if deeper in levels else None
            if again is None or (again > 0 and depth < again):
                del counts[deeper]
        if level.format == "bullet":
            return symbol(level.font, level.text) if level.text.strip() else ""
        if level.format == "none":
            return _SLOT.sub("", level.text).strip()
        return _SLOT.sub(lambda m: self._shown(int(m[1]) - 1, level, levels, counts), level.text).strip()

    def _shown(self, depth: int, level: Level, levels: dict[int, Level], counts: dict[int, int]) -> str:
        of = levels.get(depth, Level())
        return in_format(counts.get(depth, of.start), "decimal" if level.legal else of.format)


def _level(element: Any) -> Level:  # noqa: ANN401 - lxml has no types
    restart = value_of(element, "lvlRestart")
    fonts = element.find("{*}rPr/{*}rFonts")
    legal = element.find("{*}isLgl") is not None
    return Level(
        value_of(element, "numFmt", "decimal"),
        value_of(element, "lvlText"),
        number_of(value_of(element, "start"), 1),
        number_of(restart) if restart else None,
        legal,
        value_of(element, "pStyle"),
        "" if fonts is None else _attribute(fonts, "ascii"),
    )


def _attribute(element: Any, name: str) -> str:  # noqa: ANN401 - lxml has no types
    return next((v for k, v in element.attrib.items() if k.endswith(f"}}{name}")), "")


def in_format(number: int, form: str) -> str:
    """Return a count as a list of that format shows it."""
    shown = _FORMATS.get(form, str)(number)
    return shown.upper() if form.startswith("upper") else shown


def _lettered(number: int) -> str:
    """Return a, b ... z, aa, bb ... as Word counts on."""
    if number <= 0:
        return str(number)
    times, letter = divmod(number - 1, _LETTERS)
    return chr(ord("a") + letter) * min(times + 1, _LETTERS)


def _roman(number: int) -> str:
    if not 0 < number < _LONGEST_ROMAN:
        return str(number)
    text = ""
    for size, letters in _ROMAN:
        times, number = divmod(number, size)
        text += letters * times
    return text


def _ending(number: int) -> str:
    if number % _HUNDRED in {11, 12, 13}:
        return "th"
    return {1: "st", 2: "nd", 3: "rd"}.get(number % _TEN, "th")


def _han(number: int) -> str:
    if not 0 < number < _HUNDRED:
        return str(number)
    tens, ones = divmod(number, _TEN)
    before = "" if not tens else f"{_HAN[tens] if tens > 1 else ''}十"
    return before + (_HAN[ones] if ones else "")


def _circled(number: int) -> str:
    return chr(0x245F + number) if 1 <= number <= 20 else str(number)  # noqa: PLR2004 - as many circles there are


_FORMATS: dict[str, Callable[[int], str]] = {
    "lowerLetter": _lettered,
    "upperLetter": _lettered,
    "lowerRoman": _roman,
    "upperRoman": _roman,
    "decimalZero": lambda number: f"{number:02d}",
    "ordinal": lambda number: f"{number}{_ending(number)}",
    "decimalEnclosedCircle": _circled,
    "decimalEnclosedCircleChinese": _circled,
    "decimalEnclosedParen": lambda number: f"({number})",
    "decimalEnclosedFullstop": lambda number: f"{number}.",
    "numberInDash": lambda number: f"- {number} -",
    **dict.fromkeys(("japaneseCounting", "chineseCounting", "chineseCountingThousand", "taiwaneseCounting"), _han),
    **dict.fromkeys(("ideographDigital", "taiwaneseCountingThousand", "japaneseDigitalTenThousand"), _han),
}
"""How lists count; every other format is shown as plain numbers."""


class Styles:
    """What styles say of lists and of hidden text; a style takes over what its base says."""

    def __init__(self, styles: Any) -> None:  # noqa: ANN401 - lxml has no types
        self._list: dict[str, tuple[str, str]] = {}
        self._base: dict[str, str] = {}
        self._hidden: dict[str, bool] = {}
        self._default = ""
        for style in () if styles is None else styles.findall("{*}style"):
            key = _attribute(style, "styleId")
            self._base[key] = value_of(style, "basedOn")
            numbered = style.find("{*}pPr/{*}numPr")
            if numbered is not None:
                self._list[key] = (value_of(numbered, "numId"), value_of(numbered, "ilvl"))
            if (vanish := style.find("{*}rPr/{*}vanish")) is not None:
                self._hidden[key] = on(vanish)
            if _attribute(style, "default") in {"1", "true"} and _attribute(style, "type") == "paragraph":
                self._default = key

    def list_of(self, properties: Any) -> tuple[str, int]:  # noqa: ANN401 - lxml has no types
        """Return the list and the level of a paragraph, from its own properties or its style; '' = none."""
        own = None if properties is None else properties.find("{*}numPr")
        key, depth = value_of(own, "numId"), value_of(own, "ilvl")
        style = value_of(properties, "pStyle") or self._default
        for _ in range(_DEEPEST_STYLE):
            if key and depth:
                break
            of_style = self._list.get(style, ("", ""))
            key, depth = key or of_style[0], depth or of_style[1]
            style = self._base.get(style, "")
            if not style:
                break
        return key, number_of(depth)

    def hides(self, style: str) -> bool:
        """Whether a style hides its text."""
        for _ in range(_DEEPEST_STYLE):
            if not style:
                return False
            if style in self._hidden:
                return self._hidden[style]
            style = self._base.get(style, "")
        return False

    @property
    def numbers_by_default(self) -> bool:
        """Whether a paragraph that names no style may be of a list."""
        return self._default in self._list

    @property
    def any_hidden(self) -> bool:
        """Whether any style hides text at all."""
        return any(self._hidden.values())


def on(element: Any) -> bool:  # noqa: ANN401 - lxml has no types
    """Whether a property that may be switched off is on."""
    return _attribute(element, "val") not in {"0", "false", "off", "none"}
