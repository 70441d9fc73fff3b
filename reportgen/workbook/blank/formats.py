"""The few looks of every sheet, in one place: what is yours, what is ours, what is missing, what is doubled."""

from __future__ import annotations

from enum import StrEnum

from xlsxwriter.format import Format

from reportgen.spreadsheets.writer import Book
from reportgen.workbook.layout.schema import CellType

USUAL = {"font_name": "Arial", "font_size": 10, "valign": "top"}
"""What every cell has unless its look says otherwise."""
_INPUT = {
    "bg_color": "#FFFBE6",
    "font_color": "#1F3FA8",
    "border": 1,
    "border_color": "#D9D2B0",
    "locked": False,
    "indent": 1,
}
_TEXT = {"num_format": "@", "text_wrap": True, "align": "left"}
_OURS = {
    "bg_color": "#F2F2F2",
    "font_color": "#404040",
    "border": 1,
    "border_color": "#D0D0D0",
    "indent": 1,
    "align": "left",
    "valign": "vcenter",
}
_HEADER = {
    "bold": True,
    "font_color": "#FFFFFF",
    "text_wrap": True,
    "valign": "vcenter",
    "border": 1,
    "border_color": "#FFFFFF",
    "indent": 1,
}


class Header(StrEnum):
    """Header colours; white on each of them has a contrast above 4.5 : 1."""

    REQUIRED = "#1F3864"
    OPTIONAL = "#4A6591"
    OURS = "#595959"


_NUMBER_FORMATS = {
    CellType.SHARE: "0.0##%",
    CellType.NUMBER: "General",
    CellType.INTEGER: "0",
    CellType.MONEY: "#,##0.00####",
    CellType.SECONDS: "0.0##",
    CellType.DATE: "yyyy-mm-dd",
}


def number_format(type_: CellType) -> str:
    """Return the number format of a type; `@` (text) where the cell must never be guessed at."""
    return _NUMBER_FORMATS.get(type_, "@")


def yours(book: Book, type_: CellType, *, shown_as: str = "", align: str = "right", valign: str = "vcenter") -> Format:
    """Return the look of a cell to fill in; text keeps a leading = as text when it is edited, `align` is for numbers."""
    if type_ in _NUMBER_FORMATS:
        return book.format({**_INPUT, "num_format": shown_as or number_format(type_), "align": align, "valign": valign})
    return book.format({**_INPUT, **_TEXT, "quote_prefix": True, "valign": valign})


def ours(book: Book, **more: object) -> Format:
    """Return the look of a cell that reportgen fills."""
    return book.format({**_OURS, "text_wrap": True, **more})


def header(book: Book, colour: Header) -> Format:
    """Return the look of a column's header."""
    return book.format({**_HEADER, "bg_color": colour.value})


def plain(book: Book, **more: object) -> Format:
    """Return the look of running text."""
    return book.format({"text_wrap": True, "font_color": "#262626", **more})


def missing(book: Book) -> Format:
    """Return how a cell that still needs something is marked."""
    return book.format({"bg_color": "#F8CBAD", "font_color": "#7F2A00"})


def doubled(book: Book) -> Format:
    """Return how a value that stands twice is marked."""
    return book.format({"bg_color": "#F4B6B6", "font_color": "#8B0000", "bold": True})
