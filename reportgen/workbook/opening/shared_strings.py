"""What all sheets of an .xlsx file share: its texts, how its numbers are shown, and where its days begin to count."""

from __future__ import annotations

import datetime as dt
import re
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from xml.parsers import expat

from reportgen.workbook.opening.cells import CellError, CellValue, ShownNumber
from reportgen.workbook.opening.preflight import Preflight, stream

_ESCAPE = re.compile(r"_x(000D_\n?|0009_|005F_)", re.IGNORECASE)
_WRITTEN = {"000d": "\n", "0009": "\t", "005f": "_"}
_ZEROS = re.compile(r"0{2,}")
_PERCENT = re.compile(r"[0#?.,]+[\s\\]*%(?:;.*)?")


@dataclass(frozen=True, slots=True)
class Shared:
    """`strings` by their number; `formats` are the number formats by the number of a cell's style."""

    strings: Sequence[str] = ()
    formats: Sequence[NumberFormat] = ()
    dates_from_1904: bool = False


@dataclass(frozen=True, slots=True)
class NumberFormat:
    """How a style shows a number: as a date, a duration, padded with zeros, as a percentage, or plainly."""

    date: bool = False
    duration: bool = False
    zeros: int = 0
    percent: bool = False

    @property
    def plain(self) -> bool:
        """Whether the cell shows the number's own digits."""
        return not (self.date or self.zeros or self.percent)


def unescaped(text: str) -> str:
    """Return a text of a cell without the escapes of the format: `_x000D_` is a new line, `_x005F_` an underscore."""
    if "_x00" in text:
        text = _ESCAPE.sub(lambda m: _WRITTEN[m[1][:4].lower()], text)
    return text.replace("\r\n", "\n").replace("\r", "\n") if "\r" in text else text


def number(written: str, style: int, shared: Shared) -> CellValue:
    """Return a number as its cell shows it: a date, or the number with what is seen where that is more than its digits.

    Raises ValueError where it is no number.
    """
    value = float(written) if "." in written or "E" in written or "e" in written else int(written)
    shown = shared.formats[style] if style < len(shared.formats) else _PLAIN
    if shown.plain:
        return value
    if shown.date:
        return _date(value, shown, dates_from_1904=shared.dates_from_1904)
    if shown.percent:
        return ShownNumber(value, f"{round(value * 100, 10):.12g}%")
    return ShownNumber(value, str(value).zfill(shown.zeros)) if isinstance(value, int) else value


def _date(value: float, shown: NumberFormat, *, dates_from_1904: bool) -> CellValue:
    """Return the day of a serial number; one outside the calendar shows an error in Excel as well."""
    from openpyxl.utils.datetime import CALENDAR_MAC_1904, CALENDAR_WINDOWS_1900, from_excel  # noqa: PLC0415 - only for dates

    epoch = CALENDAR_MAC_1904 if dates_from_1904 else CALENDAR_WINDOWS_1900
    try:
        found: dt.datetime | dt.date | dt.time | dt.timedelta | None = from_excel(value, epoch, timedelta=shown.duration)
    except (OverflowError, ValueError):
        return CellError("#VALUE!")
    return found


def read_shared(archive: zipfile.ZipFile, flight: Preflight, name: str) -> Shared:
    """Read the texts and styles of a file. Raises NeedsMendingError where they are damaged or made to hurt."""
    held = set(archive.namelist())
    strings = _Strings()
    if flight.strings in held:
        stream(archive, flight.strings, name, strings.parser)
    styles = _Styles()
    if flight.styles in held:
        stream(archive, flight.styles, name, styles.parser)
    return Shared(strings.found, styles.formats(), flight.dates_from_1904)


class _Strings:
    """Collects the texts of all runs of each string; the reading aids of Japanese texts are left aside."""

    def __init__(self) -> None:
        self.found: list[str] = []
        self._words: list[str] = []
        self._aside = False
        self.parser = expat.ParserCreate()
        self.parser.buffer_text = True
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end

    def _start(self, tag: str, _: dict[str, str]) -> None:
        local = tag.rpartition(":")[2]
        if local == "t" and not self._aside:
            self.parser.CharacterDataHandler = self._words.append
        elif local == "si":
            self._words = []
        elif local == "rPh":
            self._aside = True

    def _end(self, tag: str) -> None:
        local = tag.rpartition(":")[2]
        if local == "t":
            self.parser.CharacterDataHandler = None
        elif local == "si":
            self.found.append(unescaped("".join(self._words)))
        elif local == "rPh":
            self._aside = False


class _Styles:
    """Collects the number format of each cell style."""

    def __init__(self) -> None:
        self._own: dict[int, str] = {}
        self._chosen: list[int] = []
        self._of_cells = False
        self.parser = expat.ParserCreate()
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        local = tag.rpartition(":")[2]
        if local == "numFmt" and attributes.get("numFmtId", "").isdigit():
            self._own.setdefault(int(attributes["numFmtId"]), attributes.get("formatCode", ""))
        elif local == "cellXfs":
            self._of_cells = True
        elif local == "xf" and self._of_cells:
            chosen = attributes.get("numFmtId", "")
            self._chosen.append(int(chosen) if chosen.isdigit() else 0)

    def _end(self, tag: str) -> None:
        if tag.rpartition(":")[2] == "cellXfs":
            self._of_cells = False

    def formats(self) -> tuple[NumberFormat, ...]:
        """Return them in the order of the styles."""
        if not any(self._chosen):
            return ()
        from openpyxl.styles.numbers import BUILTIN_FORMATS  # noqa: PLC0415 - a quarter of a second

        known = {**BUILTIN_FORMATS, **self._own}
        return tuple(_format(known.get(i, "General")) for i in self._chosen)


def _format(code: str) -> NumberFormat:
    from openpyxl.styles.numbers import is_date_format, is_timedelta_format  # noqa: PLC0415 - as above

    if code == "General":
        return _PLAIN
    return NumberFormat(
        date=bool(is_date_format(code)),
        duration=bool(is_timedelta_format(code)),
        zeros=len(code) if _ZEROS.fullmatch(code) else 0,
        percent=_PERCENT.fullmatch(code) is not None,
    )


_PLAIN = NumberFormat()
