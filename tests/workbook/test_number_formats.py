from __future__ import annotations

import csv
import datetime as dt
from collections.abc import Sequence
from pathlib import Path

import pytest
import xlsxwriter

from reportgen.workbook.opening.cells import CellError, ShownMoment
from reportgen.workbook.opening.format_codes import BUILTIN
from reportgen.workbook.opening.number_format import compiled
from reportgen.workbook.opening.other_files import read_any
from reportgen.workbook.opening.shared_strings import formatted, unescaped
from reportgen.workbook.rows.values import as_text
from tests.workbook.number_formats import CASES, EXCEL_DIFFERS, SAVED_OTHERWISE
from tests.workbook.office import converted

CSV = "csv:Text - txt - csv (StarCalc):44,34,76,1"


def _written(path: Path) -> Path:
    book = xlsxwriter.Workbook(path)
    sheet = book.add_worksheet("S")
    looks = {code: book.add_format({"num_format": code}) for code, _ in CASES}
    for row, (code, value) in enumerate(CASES):
        sheet.write(row, 0, value, looks[code])
    book.close()
    return path


def _read(path: Path, count: int = len(CASES)) -> list[str]:
    rows = {number: as_text(values[0]) for number, values in read_any(path).sheets[0].rows}
    return [_bare(rows.get(n, "")) for n in range(1, count + 1)]


def _bare(text: str) -> str:
    """Leave out the spaces that only line up columns of figures."""
    return "".join(text.split())


def _apart(ours: Sequence[str], shown: Sequence[str]) -> set[str]:
    return {code for (code, _), found, peer in zip(CASES, ours, shown, strict=True) if found != peer}


def test_seven_hundred_cells_are_read_as_libreoffice_shows_them(tmp_path: Path) -> None:
    path = _written(tmp_path / "f.xlsx")
    with converted(path, CSV).open(encoding="utf-8", newline="") as file:
        shown = [_bare(row[0] if row else "") for row in csv.reader(file)]
    assert len({code for code, _ in CASES}) > 150
    assert len(CASES) > 700
    assert _apart(_read(path), shown) == set(EXCEL_DIFFERS)


@pytest.mark.deep
@pytest.mark.parametrize("kind", ["xlsx", "ods"])
def test_the_cells_saved_again_by_libreoffice_are_read_as_it_shows_them(tmp_path: Path, kind: str) -> None:
    again = converted(_written(tmp_path / "f.xlsx"), kind)
    with converted(again, CSV).open(encoding="utf-8", newline="") as file:
        shown = [_bare(row[0] if row else "") for row in csv.reader(file)]
    assert _apart(_read(again), shown) <= {*EXCEL_DIFFERS, *SAVED_OTHERWISE[kind]}


def test_the_cells_that_exceljs_writes_are_read_as_libreoffice_shows_them(tmp_path: Path) -> None:
    """The file is that of exceljs/make.js; its column B says what stands in column A."""
    path = tmp_path / "cells.xlsx"
    path.write_bytes((Path(__file__).parent / "exceljs" / "cells.xlsx").read_bytes())
    with converted(path, CSV).open(encoding="utf-8", newline="") as file:
        peer = list(csv.reader(file))
    assert len({row[1] for row in peer}) > 150
    assert len(peer) > 780
    ours = _read(path, len(peer))
    apart = {kind for (shown, kind, *_), found in zip(peer, ours, strict=True) if found != _bare(shown)}
    # exceljs does not escape an escape: Excel shows `A` for its `_x0041_`, LibreOffice the characters
    assert apart == {*EXCEL_DIFFERS, "escape"}
    assert read_any(path).sheets[0].formulas[(2, 4)] == "=C1*2"


@pytest.mark.parametrize(
    ("value", "code", "shown"),
    [
        (42, '"INV-"00000', "INV-00042"),
        (12345678, "000-00-0000", "012-34-5678"),
        (19, r"0\%", "19%"),
        (0.19, "0%", "19%"),
        (1.104166667, "[h]:mm", "26:30"),
        (0.5, "# ?/?", "1/2"),
        (1250, "[$€-2] #,##0.00", "€ 1,250.00"),
        (46115, '[$-411]ggge"年"m"月"d"日"', "令和8年4月3日"),
        (46115, "[$-419]d mmmm yyyy", "3 апреля 2026"),
        (4930123456, "+00 00 000000", "+49 30 123456"),
    ],
)
def test_a_number_is_shown_by_its_format(value: float, code: str, shown: str) -> None:
    assert compiled(code).shown(value) == (shown, True)


@pytest.mark.parametrize("built_in", [14, 22, *range(27, 37), *range(50, 59)])
def test_a_built_in_date_is_a_date_that_each_reader_sees_otherwise(built_in: int) -> None:
    found = formatted(46115.25, BUILTIN[built_in], False)
    assert isinstance(found, ShownMoment)
    assert (found.date(), found.shown, found.lost) == (dt.date(2026, 4, 3), "", False)


def test_a_day_without_its_year_is_lost_and_one_outside_the_calendar_an_error() -> None:
    found = formatted(46032, "d-mmm", False)
    assert isinstance(found, ShownMoment)
    assert (found.shown, found.lost) == ("10-Jan", True)
    assert formatted(46113, "mmm-yy", False).lost is False  # type: ignore[union-attr]
    assert formatted(-5, "yyyy-mm-dd", False) == CellError("#VALUE!")


@pytest.mark.parametrize(
    ("written", "text"),
    [
        ("one_x000A_two_x0020_", "one\ntwo "),
        ("a_x000D_\nb", "a\nb"),
        ("_x005F_x0041_", "_x0041_"),
        ("_xD83D__xDE00_", "\N{GRINNING FACE}"),
        ("_x00_ snake_x_case", "_x00_ snake_x_case"),
    ],
)
def test_escapes_of_the_format_are_the_characters_that_they_stand_for(written: str, text: str) -> None:
    assert unescaped(written) == text
