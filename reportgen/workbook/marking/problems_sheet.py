"""The sheet Problems of a marked copy: number, place as a link, what is wrong and what to do, by hand in XML."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence

from lxml import etree

from reportgen.domain.wording.figures import capital
from reportgen.problems import Problem, Severity
from reportgen.workbook.blank.table_sheets import lines_needed
from reportgen.workbook.marking.styles import Formats
from reportgen.workbook.opening.package import MAIN, holdable, main, written

_HEADERS = ("No.", "Where", "Kind", "What is wrong", "What to do", "Also in")
_WIDTHS = (5, 24, 9, 62, 52, 34)
_ADVICE = "Mend each cell in your own workbook, or here and save under its name; a mark goes when its cell changes."
_TITLE_HEIGHT, _LINE_HEIGHT, _MOST_HEIGHT = 24, 15, 409
"""Points; no row can be higher than the last."""
_PLACES_SHOWN = 40
_LINKS = 60_000
_CELL = re.compile(r"(.+)!([A-Z]{1,3}[0-9]{1,7})|(.+)!([0-9]{1,7}):[0-9]{1,7}")


def problems_sheet(problems: Sequence[Problem], title: str, sheets: Collection[str], formats: Formats, look: int) -> bytes:
    """Return the bytes of the sheet, one row for each problem.

    Args:
        problems: in the order in which they are to be mended.
        title: stands in the first cell.
        sheets: those of the file, since a link can only lead to one of them.
        formats: of the cells.
        look: of the word "error".
    """
    root = etree.Element(main("worksheet"), nsmap={None: MAIN})
    etree.SubElement(etree.SubElement(root, main("sheetPr")), main("pageSetUpPr"), {"fitToPage": "1"})
    views = etree.SubElement(root, main("sheetViews"))
    view = etree.SubElement(views, main("sheetView"), {"tabSelected": "1", "workbookViewId": "0"})
    etree.SubElement(view, main("pane"), {"ySplit": "3", "topLeftCell": "A4", "activePane": "bottomLeft", "state": "frozen"})
    columns = etree.SubElement(root, main("cols"))
    for number, width in enumerate(_WIDTHS, 1):
        etree.SubElement(
            columns, main("col"), {"min": str(number), "max": str(number), "width": str(width), "customWidth": "1"}
        )
    data = etree.SubElement(root, main("sheetData"))
    _row(data, 1, (title,), (formats.title,))
    _row(data, 2, (_ADVICE,), (0,))
    _row(data, 3, _HEADERS, (formats.head,) * len(_HEADERS))
    links = etree.Element(main("hyperlinks"))
    for number, problem in enumerate(problems, 1):
        more = len(problem.also) - _PLACES_SHOWN
        also = ", ".join(problem.also[:_PLACES_SHOWN]) + (f" and {more} more" if more > 0 else "")
        row, location = number + 3, _location(problem.where, sheets)
        linked = bool(location) and number <= _LINKS
        looks = [formats.text] * len(_HEADERS)
        looks[1] = formats.link if linked else formats.text
        _row(
            data,
            row,
            (str(number), problem.where, problem.severity.value, capital(problem.what), problem.remedy, also),
            looks,
        )
        if linked:
            etree.SubElement(
                links, main("hyperlink"), {"ref": f"B{row}", "location": location, "display": holdable(problem.where)}
            )
    area = etree.SubElement(root, main("conditionalFormatting"), {"sqref": f"C4:C{len(problems) + 3}"})
    rule = etree.SubElement(
        area, main("cfRule"), {"type": "cellIs", "dxfId": str(look), "priority": "1", "operator": "equal"}
    )
    etree.SubElement(rule, main("formula")).text = f'"{Severity.ERROR.value}"'
    if len(links):
        root.append(links)
    etree.SubElement(root, main("pageSetup"), {"orientation": "landscape", "fitToHeight": "0"})
    return written(root)


def _row(data: etree._Element, number: int, texts: Sequence[str], formats: Sequence[int]) -> None:
    height = _TITLE_HEIGHT if number == 1 else _LINE_HEIGHT
    if len(texts) == len(_WIDTHS):  # a wrapped row; programs grow one that says no height only when it is edited
        height *= max(map(lines_needed, texts, _WIDTHS))
    size = {"r": str(number), "ht": str(min(height, _MOST_HEIGHT)), "customHeight": "1"}
    row = etree.SubElement(data, main("row"), size)
    for column, (text, look) in enumerate(zip(texts, formats, strict=True)):
        place = {"r": f"{'ABCDEF'[column]}{number}", "s": str(look), "t": "inlineStr"}
        words = etree.SubElement(etree.SubElement(etree.SubElement(row, main("c"), place), main("is")), main("t"))
        words.text = holdable(text)
        words.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")


def _location(where: str, sheets: Collection[str]) -> str:
    """Return where a link leads, empty where the place is no cell, row or sheet of the file."""
    match = _CELL.fullmatch(where)
    name, cell = (where, "A1") if match is None else (match[1] or match[3], match[2] or f"A{match[4]}")
    quoted = name.replace("'", "''")
    return f"'{quoted}'!{cell}" if name in sheets else ""
