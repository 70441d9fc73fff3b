"""What a cell of the comparison workbook may hold, and how it looks: styles, number formats, and text that cannot act."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import TypeAlias

from reportgen.domain.records.measure import Unit
from reportgen.domain.wording import numbers
from reportgen.domain.wording.figures import shortest
from reportgen.reports.view.marks import Mark, Tone
from reportgen.spreadsheets.writer import Style

P_VALUE = '[<0.0001]"< 0.0001";0.0000'
"""Number format of a p value; never 0."""
_ROUNDING = 1e-12
_PLAIN_FROM, _PLAIN_TO = 0.0006, 0.9994
"""Between these one decimal of a percentage is neither 0 % nor 100 %."""
_CELL_NAME = re.compile(r"([^\W_](?:[\w ]{0,29}\w)?)!([A-Z]{1,3}[1-9]\d{0,6})")

INK, SOFT, LINE = "#1B2A3A", "#5B6B7B", "#C9D1D9"
TONES: Mapping[Tone, tuple[str, str]] = MappingProxyType(
    {
        Tone.GOOD: ("#0B5A3C", "#DDF1E6"),
        Tone.CAUTION: ("#7A4B00", "#FCEFD2"),
        Tone.BAD: ("#8E1B1B", "#FADDDD"),
        Tone.NEUTRAL: ("#3D4955", "#E9EDF1"),
    }
)
"""Ink and fill of a mark; its sign and word stand beside the colour."""

TEXT: Style = MappingProxyType({"valign": "top", "font_color": INK})
WRAPPED: Style = MappingProxyType({**TEXT, "text_wrap": True})
NOTE: Style = MappingProxyType({**WRAPPED, "font_color": SOFT, "font_size": 9})
ASIDE: Style = MappingProxyType({**TEXT, "font_color": SOFT, "font_size": 9})
"""A note on one line that runs over its neighbours."""
BOLD: Style = MappingProxyType({**TEXT, "bold": True})
HEAD: Style = MappingProxyType(
    {
        "bold": True,
        "text_wrap": True,
        "valign": "vcenter",
        "bg_color": INK,
        "font_color": "#FFFFFF",
    }
)
TITLE: Style = MappingProxyType({"bold": True, "font_size": 18, "font_color": INK, "valign": "vcenter", "align": "left"})
HEADING: Style = MappingProxyType({"bold": True, "font_size": 12, "font_color": INK})
COUNT: Style = MappingProxyType({**TEXT, "num_format": "#,##0"})
INPUT: Style = MappingProxyType(
    {
        "bg_color": "#FFF8C9",
        "font_color": "#1F3FBF",
        "border": 1,
        "border_color": "#B8A93A",
        "locked": False,
    }
)
UNTRUSTED: Style = MappingProxyType({**WRAPPED, "num_format": "@", "quote_prefix": True})
"""Text that came from a model or a user's cell: it stays text when somebody edits it."""
RUNS_OVER: Style = MappingProxyType({k: v for k, v in UNTRUSTED.items() if k != "text_wrap"})
"""A text at the right edge of its table, on one line over the empty cells beside it."""
UNTRUSTED_BOLD: Style = MappingProxyType({**UNTRUSTED, "bold": True})


def toned(tone: Tone, *, bold: bool = True) -> Style:
    """Return the style of a mark."""
    ink, fill = TONES[tone]
    return {**TEXT, "font_color": ink, "bg_color": fill, "bold": bold}


@cache
def marked(mark: Mark) -> str:
    """Return a mark as sign and word."""
    return f"{mark.sign} {mark.word}".strip()


def share_format(value: float | None, beside: float | None = None) -> str:
    """Return a percent format with digits enough that neither 100 %, 0 % nor a limit is shown where it is not so."""
    if value is None or (beside is None and _PLAIN_FROM < value < _PLAIN_TO) or abs(value - round(value)) < _ROUNDING:
        return "0.0%"
    text = numbers.share(value, beside=beside)
    places = len(text.partition(".")[2].rstrip(f"%{numbers.NBSP}"))
    return f"0.{'0' * max(1, places)}%"


def money_format(currency: str, digits: int) -> str:
    """Return a number format with the currency's sign, as `numbers.money` prints it."""
    prefix = numbers.money(1.0, currency).removesuffix("1.00").replace('"', "")
    places = "." + "0" * digits if digits else ""
    return f'"{prefix}"#,##0{places}'


def plain_format(value: float | None, unit: str = "") -> str:
    """Return an assumption's format: its own decimals, a share in per cent; by `0.##` Excel shows 5 as `5.`."""
    if unit in {"share", "%"}:
        return share_format(value)
    places = max(0, -_exponent(round(value, 6))) if value is not None and math.isfinite(value) else 0
    return f"#,##0.{'0' * places}" if places else "#,##0"


def _exponent(value: float) -> int:
    exponent = shortest(value).normalize().as_tuple().exponent
    return exponent if isinstance(exponent, int) else 0


def seconds_format(value: float | None) -> str:
    """Return a number format of seconds with three digits that matter, so that a short time is never shown as none."""
    small = value is not None and 0 < value < 1
    places = min(7, 2 - math.floor(math.log10(value))) if small and value is not None else 3
    return f'0.{"0" * places} "s"'


def figure_format(value: float | None, unit: Unit, currency: str, *, digits: int = 4, beside: float | None = None) -> str:
    """Return the number format of one figure in its unit."""
    match unit:
        case Unit.SHARE:
            return share_format(value, beside)
        case Unit.SECONDS:
            return seconds_format(value)
        case Unit.MONEY:
            return money_format(currency, digits)
        case Unit.NUMBER:
            return "0.00"


def fitted(texts: Iterable[str], least: float, most: float) -> float:
    """Return the width of a column that holds each of `texts` on one line, between two limits."""
    return min(most, max(least, 2.0 + max(map(len, texts), default=0)))


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a table: its head, its width in characters, and the style of its text cells."""

    head: str
    width: float
    style: Style | None = None
    """None = wrapped text."""


@dataclass(frozen=True, slots=True)
class Figure:
    """A number for a cell; None leaves the cell blank and shaded (the reason stands in the row)."""

    value: float | None
    format: str


@dataclass(frozen=True, slots=True)
class Formula:
    """A formula without its leading `=`, and the value that Python computed for it."""

    text: str
    value: float | str
    format: str = "General"
    style: Style | None = None


@dataclass(frozen=True, slots=True)
class Styled:
    """Text with a style of its own."""

    text: str
    style: Style


@dataclass(frozen=True, slots=True)
class SourceLink:
    """A cell of the user's workbook by its name, `Examples!A12`, linked to the copy in the evidence."""

    where: str

    @property
    def target(self) -> str:
        """The link, or nothing where the name is not plainly a cell: a sheet's name is the user's text."""
        found = _CELL_NAME.fullmatch(self.where)
        return f"external:evidence/workbook.xlsx#'{found[1]}'!{found[2]}" if found else ""


Content: TypeAlias = str | int | Figure | Formula | Mark | Styled | SourceLink | None
"""What a cell may hold; None is blank."""
