"""The marked copy of a workbook: the user's own file with each faulty cell coloured and noted, and nothing of it lost.

No library writes the file again, since each loses something of what was there; the XML of a few parts is patched and all
others stay byte for byte. The colour is a rule that holds only while the faulty value stands, so it goes when it is mended.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lxml import etree

from reportgen.problems import NeedsMendingError, Problem, Severity
from reportgen.workbook.marking.cells_copy import as_workbook
from reportgen.workbook.marking.notes import write_notes
from reportgen.workbook.marking.problems_sheet import problems_sheet
from reportgen.workbook.marking.styles import LOOK, Styles, insert_before
from reportgen.workbook.opening.cells import Address, column_letters, column_number
from reportgen.workbook.opening.other_files import read_any
from reportgen.workbook.opening.package import RELATIONS, Package, main, parse, written
from reportgen.workbook.opening.preflight import read_bytes

SHEET = "Problems"
MARKS_PER_PROBLEM = 500
"""So many cells of one problem are marked; the sheet Problems says how many more there are."""
_MARK = 'N("reportgen check")=0'
"""Always true, and how our own rules are known again."""
_TITLE = "Problems found by reportgen check"
_LITERAL = 200
_PLACE = re.compile(r"([A-Z]{1,3})([0-9]{1,7})|([0-9]{1,7}):[0-9]{1,7}")
_AFTER_RULES = (
    "dataValidations", "hyperlinks", "printOptions", "pageMargins", "pageSetup", "headerFooter", "rowBreaks", "colBreaks",
    "customProperties", "cellWatches", "ignoredErrors", "smartTags", "drawing", "legacyDrawing", "legacyDrawingHF",
    "drawingHF", "picture", "oleObjects", "controls", "webPublishItems", "tableParts", "extLst",
)  # fmt: skip
_WORKSHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"


@dataclass(frozen=True, slots=True)
class _Fault:
    """A problem at one cell."""

    number: int
    problem: Problem


def checked_name(workbook: Path) -> Path:
    """Return where the marked copy of a workbook goes: `NAME.checked.xlsx` beside it."""
    ending = workbook.suffix if _is_excel(workbook) else ".xlsx"
    return workbook.with_name(f"{workbook.name if workbook.is_dir() else workbook.stem}.checked{ending}")


def _is_excel(workbook: Path) -> bool:
    return workbook.suffix.lower() in {".xlsx", ".xlsm"} and not workbook.is_dir()


def annotate(workbook: Path, problems: Sequence[Problem]) -> Path:
    """Write the marked copy beside a workbook, in place of an earlier one, and return its path.

    Raises:
        NeedsMendingError: The file cannot be opened at all.
        OSError: The folder cannot be written.
    """
    book = read_any(workbook)
    try:
        data = read_bytes(workbook) if _is_excel(workbook) else as_workbook(book)
        content = marked(data, problems)
    except Exception as e:  # a part that no program of ours wrote may lack anything; all of it means the same to the user
        msg = f"{workbook.name} cannot be marked ({type(e).__name__}). Open it in Excel, save it again, and check that file."
        raise NeedsMendingError(msg) from e
    target = checked_name(workbook)
    draft = target.with_name(f"{target.name}.part")
    draft.write_bytes(content)
    draft.replace(target)
    return target


def marked(data: bytes, problems: Sequence[Problem]) -> bytes:
    """Return the bytes of the marked copy of a workbook that the pre-flight has let pass."""
    package = Package(data)
    book_part = package.main_part()
    book = parse(package.read(book_part))
    targets = {r.id: r.target for r in package.relations(book_part)}
    parts = {s.get("name"): targets.get(s.get(f"{{{RELATIONS}}}id"), "") for s in book.find(main("sheets"))}
    gravest_first = list(Severity)
    problems = sorted(problems, key=lambda p: gravest_first.index(p.severity))
    faults = _faults(problems, {name for name, part in parts.items() if package.has(part)})
    styles = Styles(package, book_part)
    look = styles.look(LOOK)
    formats = styles.formats()
    styles.keep()
    strings = _Strings(package, book_part)
    for name, part in parts.items():
        if package.has(part) and b"worksheet" in package.read(part)[:4096]:
            _mark_sheet(package, part, faults.get(name, {}), look=look, strings=strings)
    content = problems_sheet(problems, _TITLE, parts, formats, look)
    _add_problems(package, book_part, book, content=content, parts=parts)
    return package.to_bytes()


def _faults(problems: Sequence[Problem], sheets: set[str]) -> dict[str, dict[Address, list[_Fault]]]:
    """Return the problems by sheet and cell."""
    found: dict[str, dict[Address, list[_Fault]]] = {}
    for number, problem in enumerate(problems, 1):
        for place in (problem.where, *problem.also)[:MARKS_PER_PROBLEM]:
            sheet, address = _split(place)
            if address is not None and sheet in sheets:
                found.setdefault(sheet, {}).setdefault(address, []).append(_Fault(number, problem))
    return found


def _split(place: str) -> tuple[str, Address | None]:
    """Return the sheet and the cell of `Sheet!B7`; a row is its first cell, a sheet has none."""
    sheet, mark, cell = place.rpartition("!")
    match = _PLACE.fullmatch(cell)
    if not mark or match is None:
        return place, None
    return (sheet, (int(match[3]), 1)) if match[3] else (sheet, (int(match[2]), column_number(match[1])))


class _Strings:
    """The shared strings of a file, read when the first cell needs one."""

    def __init__(self, package: Package, book: str) -> None:
        self._package = package
        self._part = next((r.target for r in package.relations(book) if r.kind.endswith("/sharedStrings")), "")
        self._texts: list[str] | None = None

    def __getitem__(self, index: int) -> str:
        if self._texts is None:
            root = parse(self._package.read(self._part))
            self._texts = ["".join(t.text or "" for t in _texts(item)) for item in root.findall(main("si"))]
        return self._texts[index]


def _texts(item: Any) -> Iterator[Any]:  # noqa: ANN401 - lxml
    """Yield the text elements of a string, phonetic readings left out."""
    yield from item.findall(main("t"))
    for run in item.findall(main("r")):
        yield from run.findall(main("t"))


def _mark_sheet(
    package: Package, part: str, faults: Mapping[Address, list[_Fault]], *, look: int, strings: _Strings
) -> None:
    """Colour and note the faulty cells of a sheet; a sheet without any keeps its bytes unless we marked it before."""
    data = package.read(part)
    if not faults and b"reportgen check" not in data and b"tabSelected" not in data and not _noted(package, part):
        return
    sheet = parse(data)
    for view in sheet.iter(main("sheetView")):
        view.attrib.pop("tabSelected", None)
    _drop_rules(sheet)
    values = _values(sheet, set(faults), strings)
    highest = max((int(r.get("priority", "0")) for r in sheet.iter(main("cfRule"))), default=0)
    for place, address in enumerate(sorted(faults), 1):
        reference = f"{column_letters(address[1])}{address[0]}"
        area = etree.Element(main("conditionalFormatting"), {"sqref": reference})
        attributes = {"type": "expression", "dxfId": str(look), "priority": str(highest + place)}
        rule = etree.SubElement(area, main("cfRule"), attributes)
        absolute = f"${column_letters(address[1])}${address[0]}"
        etree.SubElement(rule, main("formula")).text = f"AND({_MARK},{_still(absolute, values.get(address, ''))})"
        insert_before(sheet, area, _AFTER_RULES)
    notes = {a: "\n".join(f"{f.number}. {_sentence(f.problem)}" for f in found[:5]) for a, found in faults.items()}
    write_notes(package, part, sheet, notes)
    package.put(part, written(sheet))


def _noted(package: Package, part: str) -> bool:
    comments = [r.target for r in package.relations(part) if r.kind.endswith("/comments")]
    return any(package.has(c) and b"reportgen check" in package.read(c) for c in comments)


def _drop_rules(sheet: Any) -> None:  # noqa: ANN401 - lxml
    for area in list(sheet.iter(main("conditionalFormatting"))):
        if any(_MARK in (f.text or "") for f in area.iter(main("formula"))):
            area.getparent().remove(area)


def _values(sheet: Any, wanted: set[Address], strings: _Strings) -> dict[Address, str]:  # noqa: ANN401 - lxml
    """Return what the wanted cells hold, as the right side of a formula: a number, a text in quotes, `#` for an error."""
    found: dict[Address, str] = {}
    rows = {row for row, _ in wanted}
    number = 0
    for row in sheet.iter(main("row")):
        number = int(row.get("r", number + 1))
        if number not in rows:
            continue
        column = 0
        for cell in row:
            letters = (cell.get("r") or "").rstrip("0123456789")
            column = column_number(letters) if letters else column + 1
            if (number, column) in wanted:
                found[number, column] = _value(cell, strings)
    return found


def _value(cell: Any, strings: _Strings) -> str:  # noqa: ANN401 - lxml
    shown = cell.findtext(main("v"), "")
    match cell.get("t", "n"):
        case "s":
            return f'"{strings[int(shown)]}"'
        case "inlineStr":
            return '"' + "".join(t.text or "" for t in _texts(cell.find(main("is")))) + '"'
        case "str":
            return f'"{shown}"'
        case "b":
            return "TRUE" if shown == "1" else "FALSE"
        case "e":
            return "#"
        case _:
            return str(shown)


def _still(cell: str, value: str) -> str:
    """Return the condition that a cell still holds its faulty value."""
    if value in {"", '""'} or (value.startswith('"') and not value[1:-1].strip()):
        return f"LEN(TRIM({cell}))=0"
    if value == "#":
        return f"ISERROR({cell})"
    if not value.startswith('"'):
        return f"{cell}={value}"
    text = value[1:-1]
    if re.search(r"_x[0-9A-Fa-f]{4}_|[\x00-\x1f]", text):
        return f"LEN({cell})={len(text)}" if "_x" not in text and "\r" not in text else f"LEN({cell})>0"
    quoted = text[:_LITERAL].replace('"', '""')
    return f'EXACT({cell},"{quoted}")' if len(text) <= _LITERAL else f'EXACT(LEFT({cell},{_LITERAL}),"{quoted}")'


def _sentence(problem: Problem) -> str:
    return f"{problem.severity.value.capitalize()}: {problem.what} {problem.remedy}".strip()


def _add_problems(
    package: Package,
    book_part: str,
    book: Any,  # noqa: ANN401 - lxml
    *,
    content: bytes,
    parts: Mapping[str, str],
) -> None:
    """Put the sheet Problems first, in place of an earlier one of ours."""
    earlier = next((part for name, part in parts.items() if name and name.startswith(SHEET) and _is_ours(package, part)), "")
    if earlier:
        package.put(earlier, content)
        return
    part = package.free_name("xl/worksheets/reportgen{}.xml")
    package.put(part, content)
    package.declare(part, _WORKSHEET)
    found = package.relate(book_part, "worksheet", part)
    name, number = SHEET, 1
    taken = {str(n).casefold() for n in parts}
    while name.casefold() in taken:
        number += 1
        name = f"{SHEET} {number}"
    sheets = book.find(main("sheets"))
    free = 1 + max(int(s.get("sheetId", "0")) for s in sheets)
    sheet = etree.Element(main("sheet"), {"name": name, "sheetId": str(free), f"{{{RELATIONS}}}id": found})
    sheets.insert(0, sheet)
    for defined in book.iter(main("definedName")):
        if defined.get("localSheetId") is not None:
            defined.set("localSheetId", str(int(defined.get("localSheetId")) + 1))
    for view in book.iter(main("workbookView")):
        view.set("activeTab", "0")
        view.attrib.pop("firstSheet", None)
    package.put(book_part, written(book))


def _is_ours(package: Package, part: str) -> bool:
    return package.has(part) and _TITLE.encode() in package.read(part)
