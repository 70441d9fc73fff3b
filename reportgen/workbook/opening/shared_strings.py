"""What all sheets of an .xlsx file share: its texts, how its numbers are shown, and where its days begin to count."""

from __future__ import annotations

import datetime as dt
import re
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from xml.parsers import expat

from reportgen.workbook.opening.cells import CellError, CellValue, ShownNumber, with_shown
from reportgen.workbook.opening.format_codes import BUILTIN
from reportgen.workbook.opening.format_dates import shows_day, shows_year
from reportgen.workbook.opening.format_numbers import general
from reportgen.workbook.opening.number_format import NumberFormat, Section, compiled
from reportgen.workbook.opening.preflight import Preflight, stream

_ESCAPE = re.compile(r"_x([0-9A-Fa-f]{4})_")


@dataclass(frozen=True, slots=True)
class Shared:
    """`strings` by their number; `formats` are the number formats by the number of a cell's style."""

    strings: Sequence[str] = ()
    formats: Sequence[NumberFormat] = ()
    dates_from_1904: bool = False

    def worded(self, text: str, style: int) -> str:
        """Return a text as a cell of a style shows it: a format may add words."""
        look = self.formats[style] if style < len(self.formats) else GENERAL
        return text if look.words is None else look.worded(text)


def unescaped(text: str) -> str:
    """Return a text of a cell without the escapes of the format: `_x000D_` is a new line, `_x005F_` an underscore."""
    if "_x" in text:
        text = _ESCAPE.sub(lambda m: chr(int(m[1], 16)) if m[1] != "0000" else m[0], text)
        text = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return text.replace("\r\n", "\n").replace("\r", "\n") if "\r" in text else text


def number(written: str, style: int, shared: Shared) -> CellValue:
    """Return a number with what its cell shows, where that is more than its digits: a date, a time, a formatted number.

    Raises ValueError where it is no number.
    """
    value = float(written) if "." in written or "E" in written or "e" in written else int(written)
    look = shared.formats[style] if style < len(shared.formats) else GENERAL
    return value if look is GENERAL else formatted(value, look.code, shared.dates_from_1904)


@lru_cache(maxsize=65_536)
def formatted(value: float, code: str, from_1904: bool) -> CellValue:
    """Return a number by the code of its format; a day outside the calendar shows an error in Excel as well."""
    look = compiled(code)
    section, _ = look.section_for(value)
    if not section.is_date:
        shown, certain = look.shown(value)
        if not shown.strip():
            shown, certain = general(value), False  # a format that hides what the cell holds
        return ShownNumber(value, shown, certain=certain)
    try:
        shown, certain = look.shown(value, from_1904=from_1904)
        moment = _moment(value, duration=section.is_elapsed, from_1904=from_1904)
    except (OverflowError, ValueError):
        return CellError("#VALUE!")
    return with_shown(moment, shown if certain else "", lost=certain and _lost(section))


def _lost(section: Section) -> bool:
    """Whether a day is shown without its year: `10-Jan` may have been typed as 1-10."""
    return shows_day(section.parts) and not shows_year(section.parts)


def _moment(value: float, *, duration: bool, from_1904: bool) -> dt.datetime | dt.time | dt.timedelta:
    """Return the day, time of day or duration of a serial number."""
    from openpyxl.utils.datetime import CALENDAR_MAC_1904, CALENDAR_WINDOWS_1900, from_excel  # noqa: PLC0415 - only for dates

    epoch = CALENDAR_MAC_1904 if from_1904 else CALENDAR_WINDOWS_1900
    found: dt.datetime | dt.time | dt.timedelta = from_excel(value, epoch, timedelta=duration)
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
        return tuple(_look(self._own.get(i) or BUILTIN.get(i, "")) for i in self._chosen)


GENERAL = compiled("")


def _look(code: str) -> NumberFormat:
    found = compiled(code)
    return GENERAL if found.plain else found
