"""The sheet Problems of a marked copy: number, place as a link, what is wrong and what to do, by hand in XML."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence

from lxml import etree

from reportgen.problems import Problem
from reportgen.workbook.package import MAIN, holdable, main, written

_HEADERS = ("No.", "Where", "Kind", "What is wrong", "What to do", "Also in")
_WIDTHS = (6, 26, 10, 70, 60, 50)
_PLACES_SHOWN = 40
_LINKS = 60_000
_CELL = re.compile(r"(.+)!([A-Z]{1,3}[0-9]{1,7})|(.+)!([0-9]{1,7}):[0-9]{1,7}")


def problems_sheet(problems: Sequence[Problem], title: str, sheets: Collection[str]) -> bytes:
    """Return the bytes of the sheet. `sheets` are those of the file, since a link can only lead to one of them."""
    root = etree.Element(main("worksheet"), nsmap={None: MAIN})
    views = etree.SubElement(root, main("sheetViews"))
    view = etree.SubElement(views, main("sheetView"), {"tabSelected": "1", "workbookViewId": "0"})
    etree.SubElement(view, main("pane"), {"ySplit": "3", "topLeftCell": "A4", "activePane": "bottomLeft", "state": "frozen"})
    columns = etree.SubElement(root, main("cols"))
    for number, width in enumerate(_WIDTHS, 1):
        etree.SubElement(
            columns, main("col"), {"min": str(number), "max": str(number), "width": str(width), "customWidth": "1"}
        )
    data = etree.SubElement(root, main("sheetData"))
    _row(data, 1, (title,))
    _row(
        data,
        2,
        ("Mend each cell in your own workbook, or here and save under its name; a mark goes when its cell changes.",),
    )
    _row(data, 3, _HEADERS)
    links = etree.Element(main("hyperlinks"))
    for number, problem in enumerate(problems, 1):
        more = len(problem.also) - _PLACES_SHOWN
        also = ", ".join(problem.also[:_PLACES_SHOWN]) + (f" and {more} more" if more > 0 else "")
        row = number + 3
        _row(data, row, (str(number), problem.where, problem.severity.value, problem.what, problem.remedy, also))
        location = _location(problem.where, sheets)
        if location and number <= _LINKS:
            etree.SubElement(
                links, main("hyperlink"), {"ref": f"B{row}", "location": location, "display": holdable(problem.where)}
            )
    if len(links):
        root.append(links)
    etree.SubElement(root, main("pageSetup"), {"orientation": "landscape", "fitToHeight": "0"})
    return written(root)


def _row(data: etree._Element, number: int, texts: Sequence[str]) -> None:
    row = etree.SubElement(data, main("row"), {"r": str(number)})
    for column, text in enumerate(texts):
        cell = etree.SubElement(row, main("c"), {"r": f"{'ABCDEF'[column]}{number}", "t": "inlineStr"})
        words = etree.SubElement(etree.SubElement(cell, main("is")), main("t"))
        words.text = holdable(text)
        words.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")


def _location(where: str, sheets: Collection[str]) -> str:
    """Return where a link leads, empty where the place is no cell, row or sheet of the file."""
    match = _CELL.fullmatch(where)
    name, cell = (where, "A1") if match is None else (match[1] or match[3], match[2] or f"A{match[4]}")
    quoted = name.replace("'", "''")
    return f"'{quoted}'!{cell}" if name in sheets else ""
