"""Cells of the answer key as the lines that answers are compared with, value and format taken together."""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal

from reportgen.domain.reading.numbers import read_quantity
from reportgen.domain.records.plan import FieldSpec, FieldType
from reportgen.workbook.opening.cells import CellValue, ShownNumber
from reportgen.workbook.opening.format_numbers import general
from reportgen.workbook.rows import dates, texts, values
from reportgen.workbook.rows.row import Locale, Row, sentence
from reportgen.workbook.rows.values import UnreadableError, clean, figure_in

_ROUNDED = 1e-9
"""Relative; what differs less is the noise of binary fractions."""
_GROUP = 3
_BEHIND = re.compile(r"\d\s*([^\W\d_][^\s\d]*\d?)$")


def answer_lines(row: Row, header: str) -> tuple[str, ...]:
    """Return what the cell under a header shows, line by line; say where Excel may have changed what was typed."""
    column = row.frame.columns.get(header)
    return () if column is None else _shown_lines(row, column, header)


def field_lines(row: Row, column: int, spec: FieldSpec) -> tuple[str, ...]:
    """Return the expected values of a field, each as a text that its type reads in one way."""
    noun, value, locale = f"Expected: {spec.name}", row.at(column), row.frame.locale
    if isinstance(value, str) or value is None:
        return row.read(column, noun, texts.lines) or ()
    match spec.type:
        case FieldType.DATE:
            return _one(row, column, noun, lambda v: dates.date(v, locale.date_order))
        case FieldType.NUMBER | FieldType.MONEY:
            return _one(row, column, noun, lambda v: _figure(v, locale, money=spec.type is FieldType.MONEY))
        case FieldType.CHOICE:
            return row.read(column, noun, texts.names) or ()
        case FieldType.YES_NO:
            return row.read(column, noun, texts.lines) or ()
        case _:
            return _shown_lines(row, column, noun, values_are_texts=True)


def _shown_lines(row: Row, column: int, noun: str, *, values_are_texts: bool = False) -> tuple[str, ...]:
    value = row.at(column)
    given = texts.lines(row.faithful(column, noun))
    plain = isinstance(value, int | float) and not isinstance(value, bool | ShownNumber) and not texts.doubt(value)
    if given and plain and (values_are_texts or isinstance(value, float)):
        row.frame.faults.note(
            row.frame.cells,
            f"the {noun} is a number without a format; of 1.10 Excel keeps 1.1, and of 007 it keeps 7.",
            "Format the column as text and type again what should read otherwise.",
            "number in a text",
            row=row.line,
            column=column,
        )
    return given


def _one(row: Row, column: int, noun: str, reader: Callable[[CellValue], str]) -> tuple[str, ...]:
    """Read a cell of one value; say where what it shows is not all that it holds."""
    text = row.read(column, noun, reader)
    if text is None:
        return ()
    tail = _difference(row.at(column))
    if tail:
        what = sentence(noun, row.at(column), UnreadableError(tail, ""))
        row.frame.faults.warn(row.frame.cells, what, "Type what is right.", "as shown", row=row.line, column=column)
    return (text,)


def _difference(value: CellValue) -> str:
    """Say what a cell holds beside what it shows, where that changes what is right."""
    if isinstance(value, ShownNumber):
        size, scale = _shown_size(value)
        if not _same(size, float(value) * scale):
            return f"and the cell holds {general(float(value))}; what it shows counts."
    elif isinstance(value, texts.Moment) and getattr(value, "lost", False) and getattr(value, "shown", ""):
        return f"of which Excel has made {texts.as_iso(value)}."
    return ""


def _figure(value: CellValue, locale: Locale, *, money: bool) -> str:
    """Return a number as a text that can be read in one way, with the percent sign or the currency that the cell shows."""
    size = values.number(value, locale.decimal_mark, "an amount of money" if money else "a number")
    before = after = ""
    if isinstance(value, ShownNumber):
        size, _ = _shown_size(value)
        after = "%" if values.percentage(value) is not None else "" if money else _unit(value, size)
        before = next((f"{mark.upper()} " for mark in values.currency_shown(value)), "") if money else ""
    return f"{before}{_digits(size, locale.decimal_mark)}{after}"


def _unit(value: ShownNumber, size: float) -> str:
    """Return the unit that a format writes behind a number, such as `0" kg"`; a word for thousands is none."""
    written = clean(value.shown)
    found = _BEHIND.search(written)
    if found is None or figure_in(written) != abs(size):
        return ""
    read = read_quantity(f"1 {found[1]}")
    return f" {found[1]}" if read is not None and read.unit and read.values == (Decimal(1),) else ""


def _shown_size(value: ShownNumber) -> tuple[float, float]:
    """Return the number that a cell shows, per cent as such, and by what the cell's own number is multiplied for it.

    Where the digits shown are those of another scale (thousands, halves), it is the cell's own number.
    """
    percent = values.percentage(value)
    scale = 1.0 if percent is None or _same(percent, float(value)) else 100.0
    own, written = float(value) * scale, clean(value.shown)
    digits = figure_in(written)
    if digits is None:
        return own, scale
    size = digits if value >= 0 else -digits
    room = abs(own) / 10 if "E" in written else 10.0 ** -len(written.partition(".")[2].rstrip(" )%"))
    return (size if abs(size - own) <= room and (size or not own) else own), scale


def _same(one: float, other: float) -> bool:
    return abs(one - other) <= _ROUNDED * max(abs(one), abs(other))


def _digits(size: float, decimal_mark: str) -> str:
    """Return digits that no reader can take for thousands."""
    text = f"{Decimal(general(size)):f}"
    if "." in text and len(text.partition(".")[2]) == _GROUP and decimal_mark != "point":
        text += "0"
    return text.replace(".", ",") if decimal_mark == "comma" else text
