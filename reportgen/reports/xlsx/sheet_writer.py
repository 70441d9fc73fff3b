"""A thin writer over XlsxWriter that raises where XlsxWriter only returns a number, and lets no text act.

Everything a comparison workbook holds goes through here: text by `write_string` alone, cleaned and cut audibly; figures as
numbers with a format; formulas with the value that Python computed for them.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from functools import cache
from typing import Any

from xlsxwriter.utility import xl_rowcol_to_cell

from reportgen.domain.wording import numbers
from reportgen.reports.view.marks import Mark, Tone
from reportgen.reports.xlsx.sheet_content import (
    HEAD,
    LINE,
    SOFT,
    TEXT,
    TITLE,
    TONES,
    WRAPPED,
    Column,
    Content,
    Figure,
    Formula,
    SourceLink,
    Styled,
    marked,
    toned,
)
from reportgen.spreadsheets import writer
from reportgen.spreadsheets.cell_text import NARROW, ODD, safe
from reportgen.spreadsheets.writer import Style

_LINE_POINTS, _MOST_LINES, _TEXT_POINTS = 15.0, 8, 11
_PRINTED_CHARACTERS = 245
"""About how many characters of width still print legibly on one landscape page."""
_BETA_INV = "_xlfn.BETA.INV("
"""How Excel stores the one function newer than the file format; asking XlsxWriter to look for all takes a second."""
_USUAL, _EVENED, _MANY = 0.97, 0.9, 30
"""How wide a letter is against a figure: commonly, and over so many of them."""
_BOLD = 0.8
"""How much of a column's width bold letters and the filter's arrow leave."""
_MOST_LINKS = 65_000
"""A sheet holds 65,530 links; beyond that the name of the cell stands without one."""
_TABLE_NAME = re.compile(r"[^A-Za-z0-9_]+")


class _Forgetful(dict[tuple[int, int], str]):
    """Keeps nothing: to find overlaps XlsxWriter puts down every cell of a table, 160 bytes each. A test looks for them."""

    def __setitem__(self, place: tuple[int, int], table: str) -> None: ...


class Book(writer.Book):
    """The comparison workbook in the making: names of tables are legal and distinct."""

    def __init__(self, properties: Mapping[str, str], *, created: datetime, in_memory: bool = True) -> None:
        super().__init__({k: safe(v) for k, v in properties.items()}, created=created, in_memory=in_memory)
        self.raw.set_calc_mode("auto")
        self._tables: set[str] = set()

    def name_cell(self, name: str, sheet: str, row: int, column: int) -> None:
        """Define a name for one cell."""
        self.name(name, f"'{sheet}'!{xl_rowcol_to_cell(row, column, row_abs=True, col_abs=True)}")

    def table_name(self, wanted: str) -> str:
        """Return a table name that is legal and not taken."""
        base = "t_" + _TABLE_NAME.sub("_", wanted).strip("_")
        name, number = base, 2
        while name.casefold() in self._tables:
            name, number = f"{base}_{number}", number + 1
        self._tables.add(name.casefold())
        return name


class Sheet(writer.Sheet):
    """One sheet of it, set up for print: one page wide, with document number, run and page in its foot."""

    book: Book

    def __init__(self, book: Book, name: str, footer: str) -> None:
        super().__init__(book, name)
        self.raw.table_cells = _Forgetful()
        self.raw.hide_gridlines(2)
        self.raw.set_landscape()
        self.raw.fit_to_pages(1, 0)
        self.done(self.raw.set_footer(f"&L&8{footer}&R&8Page &P of &N"))
        self._links = 0
        self._breaks: list[int] = []

    def widths(self, widths: Sequence[float], first: int = 0) -> None:
        """Set the widths of columns, in characters."""
        for offset, width in enumerate(widths):
            self.width(first + offset, width)

    def prints(self, columns: int, last_row: int) -> None:
        """Print the first `columns` columns down to `last_row`; where one page is too narrow, on pages side by side.

        The pages of the same rows follow each other, and the first column stands on each.
        """
        self.done(self.raw.print_area(0, 0, last_row, columns - 1))
        pages = math.ceil(sum(self.column_widths.get(i, 9) for i in range(columns)) / _PRINTED_CHARACTERS)
        if pages > 1:
            self.raw.fit_to_pages(pages, 0)
            self.done(self.raw.repeat_columns(0))
            self.raw.print_across()

    def page_break(self, row: int) -> None:
        """Begin a new printed page at `row`."""
        self._breaks.append(row)
        self.breaks(self._breaks)

    def put(self, row: int, column: int, content: Content, style: Style = TEXT) -> None:
        """Write one cell. Raises SheetError where XlsxWriter refuses."""
        match content:
            case None | Styled(text=""):
                look = style if content is None else content.style
                self.blank(row, column, self.book.format(look))
            case str():
                self.text(row, column, safe(content), self.book.format(style))
            case int():
                self._figure(row, column, Figure(content, "#,##0"), style)
            case Figure():
                self._figure(row, column, content, style)
            case Formula():
                side = "left" if isinstance(content.value, str) else "right"
                indent = style.get("indent", 0) if side == "left" else 0
                shown = {**style, **(content.style or {}), "num_format": content.format, "indent": indent, "align": side}
                text = "=" + content.text.replace("BETA.INV(", _BETA_INV)
                self.formula(row, column, text, content.value, self.book.format(shown))
            case Mark():
                self.text(row, column, safe(marked(content)), self.book.format(toned(content.tone)))
            case SourceLink():
                if content.target and self._links < _MOST_LINKS:
                    look = self.book.format({**style, "font_color": "#1F5FA8", "underline": 1})
                    self.link(row, column, content.target, content.where, look, tip="The row in the evidence")
                else:
                    self.text(row, column, safe(content.where), self.book.format(style))
                self._links += 1
            case Styled():
                self.text(row, column, safe(content.text), self.book.format(content.style))

    def _figure(self, row: int, column: int, figure: Figure, style: Style) -> None:
        if figure.value is None or not math.isfinite(figure.value):
            self.blank(row, column, self.book.format({**style, "bg_color": TONES[Tone.NEUTRAL][1]}))
        else:
            self.number(row, column, figure.value, self.book.format(_numeric(style, figure.format)))

    def title(self, text: str, subtitle: str = "", *, column: int = 0) -> int:
        """Write the sheet's title and what it shows; return the next free row.

        `column` = where the second line begins; not the first where that column stands on every printed page.
        """
        self.put(0, 0, text, TITLE)
        self.height(0, 28)
        if subtitle:
            self.put(1, column, subtitle, {"font_color": SOFT, "valign": "top", "align": "left"})
        return 3

    def table(
        self,
        row: int,
        columns: Sequence[Column],
        rows: Sequence[Sequence[Content]],
        *,
        title: str,
        description: str = "",
        first: int = 0,
        widths: bool = True,
        freeze: int | None = None,
        filtered: bool = True,
        heights: bool = True,
        repeat: bool = True,
        sparse: bool = False,
    ) -> int:
        """Write a named table with a header row and alternative text; return the row after it and one blank row.

        `freeze` = how many columns stay in view; the rows above and the header stay too and, with `repeat`, stand on every
        printed page. `heights` False leaves the rows at the sheet's default height. `sparse` writes no cell where there is
        nothing, for sheets so large that each cell counts; columns with a fill carry it themselves.
        """
        heads = _distinct([c.head for c in columns])
        last = row + max(1, len(rows))
        sides = ["right" if any(_is_number(r[i]) for r in rows[:9]) else "left" for i in range(len(columns))]
        self.add_table(
            (row, first, last, first + len(columns) - 1),
            {
                "name": self.book.table_name(f"{self.name} {title}"),
                "title": safe(title)[:250],
                "description": safe(description or title)[:1000],
                "style": None,
                "autofilter": filtered and bool(rows),
                "columns": [
                    {"header": h, "header_format": self.book.format({**HEAD, "align": side, "indent": int(shift)})}
                    for i, (h, side) in enumerate(zip(heads, sides, strict=True))
                    for shift in (i > 0 and (filtered or side == "left"),)  # room for the filter's arrow
                ],
            },
        )
        if widths:
            self.widths([c.width for c in columns], first)
        measured = [self.column_widths.get(first + i, c.width) for i, c in enumerate(columns)]
        self.height(row, _LINE_POINTS * max(_lines(h, _BOLD * w) for h, w in zip(heads, measured, strict=True)) + 6)
        if sparse:
            for place, column in enumerate(columns, first):
                if column.style and "bg_color" in column.style:
                    self.width(place, column.width, self.book.format(column.style))
        standing = self._standing(row + 1, rows, _heights(columns, measured)) if heights else rows
        self._cells(row + 1, first, columns, standing, sparse=sparse)
        if freeze is not None:
            self.raw.freeze_panes(row + 1, first + freeze)
            if repeat:
                self.done(self.raw.repeat_rows(row))
        return last + 2

    def _standing(
        self, row: int, rows: Iterable[Sequence[Content]], height: Callable[[Sequence[Content]], float]
    ) -> Iterator[Sequence[Content]]:
        """Yield the rows, each given its height; a row may be made anew whenever it is looked at."""
        for at, cells in enumerate(rows, row):
            self.height(at, height(cells))
            yield cells

    def _cells(
        self, row: int, first: int, columns: Sequence[Column], rows: Iterable[Sequence[Content]], *, sparse: bool
    ) -> None:
        edge = {"bottom": 1, "bottom_color": LINE}
        edged = [
            {**(c.style or WRAPPED), **edge, **({"indent": 1, "align": "left"} if i else {})} for i, c in enumerate(columns)
        ]
        plain = [self.book.format(s) for s in edged]
        numeric: list[dict[str, Any]] = [{} for _ in columns]
        mark = {**edge, "indent": 1, "align": "left", "text_wrap": True}
        marks = {tone: self.book.format({**toned(tone), **mark}) for tone in Tone}
        spelled = cache(lambda mark: safe(marked(mark)))
        odd = ODD.search
        write, write_number, write_blank = self.raw.write_string, self.raw.write_number, self.raw.write_blank
        for at, cells in enumerate(rows, row):
            for index, content in enumerate(cells):
                column = first + index
                if sparse and (content is None or content == ""):
                    continue
                if isinstance(content, str):  # the common kinds go straight through; everything else by `put`
                    text = safe(content) if len(content) > NARROW or odd(content) else content
                    code = write(at, column, text, plain[index])
                elif content is None:
                    code = write_blank(at, column, None, plain[index])
                elif isinstance(content, Figure) and content.value is not None and math.isfinite(content.value):
                    shown = numeric[index].get(content.format)
                    if shown is None:
                        shown = self.book.format(_numeric(edged[index], content.format))
                        numeric[index][content.format] = shown
                    code = write_number(at, column, content.value, shown)
                elif isinstance(content, Mark):
                    code = write(at, column, spelled(content), marks[content.tone])
                else:
                    self.put(at, column, content, edged[index])
                    continue
                if code:
                    self.done(code, at, column)

    def protect(self) -> None:
        """Lock everything but input cells, without a password; filters and widths stay usable."""
        self.raw.protect(
            "", {"autofilter": True, "sort": True, "format_columns": True, "format_rows": True, "select_locked_cells": True}
        )

    def chart(
        self,
        row: int,
        column: int,
        chart: Any,  # noqa: ANN401 - XlsxWriter has no types
        description: str,
        *,
        width: int,
        height: int,
        below: int = 0,
    ) -> None:
        """Place a chart with its alternative text, `below` pixels under the top of the cell."""
        chart.set_size({"width": width, "height": height})
        options = {"description": safe(description)[:1000], "object_position": 2, "y_offset": below}
        self.done(self.raw.insert_chart(row, column, chart, options))


def _numeric(style: Style, number_format: str) -> Style:
    """Return a style for figures: the format, and a text cell's wrap and indent taken back."""
    dropped = {"text_wrap", "indent", "quote_prefix", *(("align",) if "indent" in style else ())}
    return {**{k: v for k, v in style.items() if k not in dropped}, "num_format": number_format}


def _heights(columns: Sequence[Column], widths: Sequence[float]) -> Callable[[Sequence[Content]], float]:
    """Return how high a row stands with these cells: as its longest text asks for, up to some lines of the usual size."""
    scales = [_size(c.style) for c in columns]
    wraps = [c.style is None or "text_wrap" in c.style for c in columns]
    easy = [_usable(w, s) / _USUAL if k else math.inf for w, s, k in zip(widths, scales, wraps, strict=True)]

    def height(cells: Sequence[Content]) -> float:
        most = _LINE_POINTS
        for index, cell in enumerate(cells):
            if isinstance(cell, str):
                text = cell
            elif isinstance(cell, Mark):
                text = marked(cell)
            else:
                continue
            if len(text) > easy[index] or "\n" in text:
                lines = _lines(text, widths[index], scales[index]) if wraps[index] else text.count("\n") + 1
                most = max(most, _LINE_POINTS * scales[index] * min(_MOST_LINES, lines))
        return most + 3

    return height


def _size(style: Style | None) -> float:
    """Return a style's letters against the usual ones."""
    size = (style or TEXT).get("font_size", _TEXT_POINTS)
    return float(size) / _TEXT_POINTS if isinstance(size, int | float) else 1.0


def _usable(width: float, scale: float) -> float:
    return max(4.0, width - 1.0) / scale


def _lines(text: str, width: float, scale: float = 1.0) -> int:
    """Return about how many lines `text` takes in a column of `width` characters of the usual size."""
    usable = _usable(width, scale)
    return sum(_broken(len(part), usable) for part in text[:2000].split("\n"))


def _broken(characters: int, width: float) -> int:
    """Return how many lines a paragraph takes; over many letters the narrow and the wide ones even out."""
    return max(1, math.ceil(characters * (_EVENED if characters > _MANY else _USUAL) / width))


def _is_number(content: Content) -> bool:
    """Whether a cell's content is aligned like a figure."""
    if isinstance(content, Formula):
        return not isinstance(content.value, str)
    return isinstance(content, int | Figure)


def _distinct(heads: Sequence[str]) -> list[str]:
    """Return heads that are legal in a table: one line, at most 250 characters, distinct without regard to case."""
    seen: set[str] = set()
    kept: list[str] = []
    for head in heads:
        base = " ".join(safe(head).split())[:240] or "Column"
        name, number = base, 2
        while name.casefold() in seen:
            name, number = f"{base} ({number})", number + 1
        seen.add(name.casefold())
        kept.append(name)
    return kept


def footer(document: str, confidentiality: str, run_id: str, evidence: str) -> str:
    """Return the foot of every page, its codes disarmed; with the page numbers it stays within Excel's 255 characters."""
    parts = (document, confidentiality, run_id and f"run {run_id}", evidence and f"evidence {numbers.short_hash(evidence)}")
    shown = " · ".join(" ".join(safe(p).split())[:45] for p in parts if p)
    return shown.replace("&", "&&")
