"""The workbook's native charts; every point refers to cells, so no chart shows another figure than its sheet."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from xlsxwriter.utility import xl_range_formula

from reportgen.reports.xlsx.sheet_content import INK, LINE, SOFT
from reportgen.reports.xlsx.sheet_writer import Book

COLOURS = ("#0B5A9C", "#C4621A", "#2E8B6F", "#8E3B8A", "#7A7A7A", "#B8860B", "#3B4CC0", "#A03030", "#4A7C2F", "#5B6B7B")
"""Told apart by colour-blind eyes and, with the markers, on a grey printer."""
STACK = ("#0B5A9C", "#7FB3D9", "#E3A857", "#8E1B1B", "#9AA5B1", "#5B6B7B", "#D9534F", "#C9D1D9")
_MARKERS = ("circle", "square", "diamond", "triangle", "x", "plus", "star", "short_dash", "long_dash", "circle")
_DASHES = ("solid", "round_dot", "dash", "dash_dot", "long_dash")
_FONT = {"name": "Calibri", "size": 9, "color": INK}
NAME_COLUMN = 2
F1_COLUMN, MINUS_COLUMN, PLUS_COLUMN = 9, 12, 13


@dataclass(frozen=True, slots=True)
class Dot:
    """One candidate of cost against quality, and the rows of its figures (Matrix) and of its name and arms (Decision).

    Names stand in cells that charts refer to: a name such as `Yahoo!AI2` in a chart itself would be taken for a formula.
    """

    number: int
    name: str
    row: int
    arms: int


@dataclass(frozen=True, slots=True)
class Axis:
    """Title, format and limits of an axis; None = left to the program."""

    title: str
    format: str
    least: float | None = None
    most: float | None = None
    reverse: bool = False


def _axis(axis: Axis) -> dict[str, Any]:
    options: dict[str, Any] = {
        "name": axis.title,
        "name_font": {**_FONT, "bold": True},
        "num_font": _FONT,
        "num_format": axis.format,
        "major_gridlines": {"visible": True, "line": {"color": "#E3E8ED", "width": 0.5}},
        "line": {"color": LINE},
        "reverse": axis.reverse,
    }
    if axis.least is not None:
        options["min"] = axis.least
    if axis.most is not None:
        options["max"] = axis.most
    return options


def _titled(chart: Any, title: str | Sequence[str | int]) -> Any:  # noqa: ANN401 - XlsxWriter has no types
    chart.set_title({"name": title, "name_font": {**_FONT, "size": 11, "bold": True}, "overlay": False})
    chart.set_legend({"position": "bottom", "font": _FONT})
    chart.set_chartarea({"border": {"color": LINE}})
    return chart


def cost_against_quality(
    book: Book,
    dots: Sequence[Dot],
    *,
    columns: tuple[int, int],
    level: tuple[str, str, str] | None,
    cost: Axis,
    quality: Axis,
) -> Any:  # noqa: ANN401 - XlsxWriter has no types
    """Return the scatter of cost per task against quality, numbered dots with a key beneath.

    Args:
        book: the workbook.
        dots: the candidates that have both figures.
        columns: the Matrix columns of cost and of quality.
        level: title, references of the two costs and of the two qualities of the service level's line; None = no level.
        cost: the horizontal axis.
        quality: the vertical axis.
    """
    chart = _titled(book.raw.add_chart({"type": "scatter"}), "Cost against quality")
    for place, dot in enumerate(dots):
        colour = COLOURS[place % len(COLOURS)]
        chart.add_series(
            {
                "name": ["Decision", dot.arms, NAME_COLUMN],
                "categories": ["Matrix", dot.row, columns[0], dot.row, columns[0]],
                "values": ["Matrix", dot.row, columns[1], dot.row, columns[1]],
                "marker": {
                    "type": _MARKERS[place % len(_MARKERS)],
                    "size": 9,
                    "fill": {"color": colour},
                    "border": {"color": colour},
                },
                "y_error_bars": {
                    "type": "custom",
                    "minus_values": _reference("Decision", dot.arms, dot.arms, 0),
                    "plus_values": _reference("Decision", dot.arms, dot.arms, 1),
                    "line": {"color": colour, "width": 1},
                },
                "data_labels": {
                    "value": True,
                    "custom": [{"value": str(dot.number)}],
                    "position": "right",
                    "font": {**_FONT, "bold": True},
                },
            }
        )
    if level is not None:
        chart.add_series(
            {
                "name": level[0],
                "categories": level[1],
                "values": level[2],
                "marker": {"type": "none"},
                "line": {"color": SOFT, "width": 1.5, "dash_type": "dash"},
            }
        )
    chart.set_x_axis(_axis(cost))
    chart.set_y_axis(_axis(quality))
    return chart


def cost_stack(book: Book, *, header: int, first: int, rows: int, lines: Sequence[int], money: str) -> Any:  # noqa: ANN401
    """Return the stacked bars of cost per task; `lines` are columns of the Costs sheet."""
    chart = _titled(book.raw.add_chart({"type": "bar", "subtype": "stacked"}), "What a task costs, by line")
    for place, column in enumerate(lines):
        chart.add_series(
            {
                "name": ["Costs", header, column],
                "categories": ["Costs", first, 0, first + rows - 1, 0],
                "values": ["Costs", first, column, first + rows - 1, column],
                "fill": {"color": STACK[place % len(STACK)]},
                "border": {"color": "#FFFFFF", "width": 0.5},
                "gap": 60,
            }
        )
    chart.set_x_axis(_axis(Axis("Cost per task", money, least=0)))
    names = {"num_font": _FONT, "reverse": True, "line": {"color": LINE}, "major_gridlines": {"visible": False}}
    chart.set_y_axis({**names, "crossing": "max"})
    return chart


def part_chart(book: Book, sheet: str, first: int, rows: int, *, title: tuple[int, int]) -> Any:  # noqa: ANN401
    """Return bars of F1 with their intervals for one candidate; rows `first` onwards of `sheet` hold it.

    `title` is the cell that holds the title, since a candidate's name is in it.
    """
    last = first + rows - 1
    chart = _titled(book.raw.add_chart({"type": "bar"}), [sheet, *title])
    arms = {
        "type": "custom",
        "plus_values": _reference(sheet, first, last, PLUS_COLUMN),
        "minus_values": _reference(sheet, first, last, MINUS_COLUMN),
        "line": {"color": INK, "width": 1},
    }
    chart.add_series(
        {
            "name": "F1 with its interval",
            "categories": [sheet, first, 0, last, 0],
            "values": [sheet, first, F1_COLUMN, last, F1_COLUMN],
            "fill": {"color": "#9CC3E6"},
            "border": {"none": True},
            "gap": 40,
            "y_error_bars": arms,
        }
    )
    chart.set_x_axis(_axis(Axis("F1", "0%", 0, 1)))
    chart.set_y_axis(
        {"num_font": {**_FONT, "size": 8}, "reverse": True, "interval_unit": 1, "line": {"color": LINE}, "crossing": "max"}
    )
    chart.set_legend({"none": True})
    return chart


def curves(
    book: Book,
    sheet: str,
    *,
    first: int,
    rows: int,
    seconds: int,
    columns: int,
    limits: Sequence[tuple[str, int, int]],
) -> Any:  # noqa: ANN401 - XlsxWriter has no types
    """Return the share of tasks answered over time, one curve a column right of `seconds`, each limit an upright line.

    Args:
        book: the workbook.
        sheet: the sheet that holds the table.
        first: the table's first row of figures.
        rows: how many rows it has.
        seconds: the column of the times.
        columns: how many candidates stand right of it.
        limits: name, first of two rows and column of each limit's ends.
    """
    chart = _titled(book.raw.add_chart({"type": "scatter", "subtype": "straight"}), "Latency distribution")
    last = first + rows - 1
    for place in range(columns):
        column = seconds + 1 + place
        colour, dash = COLOURS[place % len(COLOURS)], _DASHES[place % len(_DASHES)]
        chart.add_series(
            {
                "name": [sheet, first - 1, column],
                "categories": [sheet, first, seconds, last, seconds],
                "values": [sheet, first, column, last, column],
                "line": {"color": colour, "width": 2, "dash_type": dash},
            }
        )
    for name, row, column in limits:
        chart.add_series(
            {
                "name": name,
                "categories": [sheet, row, column, row + 1, column],
                "values": [sheet, row, column + 1, row + 1, column + 1],
                "line": {"color": SOFT, "width": 1.5, "dash_type": "dash"},
            }
        )
    chart.set_x_axis(_axis(Axis("Seconds to the final answer", "General", least=0)))
    chart.set_y_axis(_axis(Axis("Share of all tasks", "0%", 0, 1)))
    return chart


def run_lines(book: Book, sheet: str, *, first: int, rows: int, columns: Sequence[int], title: str, number: str) -> Any:  # noqa: ANN401 - XlsxWriter has no types
    """Return one line a column over the runs of a table, whose first column names them.

    Args:
        book: the workbook.
        sheet: the sheet that holds the table.
        first: the table's first row of figures.
        rows: how many runs it has.
        columns: the columns of figures; the row above `first` names them.
        title: what the chart shows.
        number: the format of the figures.
    """
    chart = _titled(book.raw.add_chart({"type": "line"}), title)
    last = first + rows - 1
    for place, column in enumerate(columns):
        colour = COLOURS[place % len(COLOURS)]
        chart.add_series(
            {
                "name": [sheet, first - 1, column],
                "categories": [sheet, first, 0, last, 0],
                "values": [sheet, first, column, last, column],
                "line": {"color": colour, "width": 2 if place == 0 else 1.25, "dash_type": _DASHES[place % len(_DASHES)]},
                "marker": {"type": _MARKERS[place] if place == 0 else "none", "size": 6, "fill": {"color": colour}},
            }
        )
    chart.set_x_axis(_axis(Axis("Run", "General")))
    chart.set_y_axis(_axis(Axis("", number)))
    chart.show_blanks_as("gap")
    return chart


def _reference(sheet: str, first: int, last: int, column: int) -> str:
    return f"={xl_range_formula(sheet, first, column, last, column)}"
