"""What a marked copy adds to the styles of a workbook: looks at the end of its lists, nothing of what was there changed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from lxml import etree

from reportgen.workbook.opening.package import MAIN, Package, main, parse, written

LOOK = (
    '<dxf><font><b/><color rgb="FF9C0006"/></font><fill><patternFill patternType="solid">'
    '<fgColor rgb="FFFFC7CE"/><bgColor rgb="FFFFC7CE"/></patternFill></fill></dxf>'
)
"""A faulty cell, and the word "error" on the sheet Problems."""
_FAMILY = '<name val="Calibri"/><family val="2"/>'
_PLAIN = f'<font><sz val="11"/>{_FAMILY}</font>'
_TITLE = f'<font><b/><sz val="14"/>{_FAMILY}</font>'
_HEAD = f'<font><b/><sz val="11"/><color rgb="FFFFFFFF"/>{_FAMILY}</font>'
_LINK = f'<font><u/><sz val="11"/><color rgb="FF0563C1"/>{_FAMILY}</font>'
_NO_FILL = '<fill><patternFill patternType="none"/></fill>'
_DARK = '<fill><patternFill patternType="solid"><fgColor rgb="FF1F3864"/><bgColor indexed="64"/></patternFill></fill>'
_AFTER_DIFFERENTIAL = ("tableStyles", "colors", "extLst")


@dataclass(frozen=True, slots=True)
class Formats:
    """Numbers of the cell formats of the sheet Problems."""

    title: int
    head: int
    text: int
    link: int


class Styles:
    """The styles of a workbook; what is added stands there once, however often a copy is marked again."""

    def __init__(self, package: Package, book: str) -> None:
        """Read the part; raises StopIteration where the workbook has none."""
        self._package = package
        self._part = next(r.target for r in package.relations(book) if r.kind.endswith("/styles"))
        self._root = parse(package.read(self._part))

    def keep(self) -> None:
        """Put the part back."""
        self._package.put(self._part, written(self._root))

    def look(self, content: str) -> int:
        """Return the number of a look that a rule gives to a cell."""
        if self._root.find(main("dxfs")) is None:
            insert_before(self._root, etree.Element(main("dxfs"), {"count": "0"}), _AFTER_DIFFERENTIAL)
        return self._number("dxfs", content)

    def formats(self) -> Formats:
        """Return the formats of the sheet Problems; those of the workbook's plain cells where it lists none of its own."""
        if any(self._root.find(main(name)) is None for name in ("fonts", "fills", "borders", "cellXfs")):
            return Formats(0, 0, 0, 0)
        return Formats(
            self._format(_TITLE, _NO_FILL, wrap=False),
            self._format(_HEAD, _DARK),
            self._format(_PLAIN, _NO_FILL),
            self._format(_LINK, _NO_FILL),
        )

    def _format(self, font: str, fill: str, *, wrap: bool = True) -> int:
        fonts, fills = self._number("fonts", font), self._number("fills", fill)
        alignment = f'<alignment vertical="top"{" wrapText=" + chr(34) + "1" + chr(34) if wrap else ""}/>'
        content = (
            f'<xf numFmtId="0" fontId="{fonts}" fillId="{fills}" borderId="0" xfId="0" applyFont="1" applyFill="1" '
            f'applyAlignment="1">{alignment}</xf>'
        )
        return self._number("cellXfs", content)

    def _number(self, name: str, content: str) -> int:
        """Return the place of an entry in a list of the styles, added at its end where it is not there yet."""
        entries = self._root.find(main(name))
        wanted = parse(content.replace(">", f' xmlns="{MAIN}">', 1).encode())
        same = etree.tostring(wanted, method="c14n", exclusive=True)
        for number, entry in enumerate(entries):
            if etree.tostring(entry, method="c14n", exclusive=True, with_tail=False) == same:
                return number
        entries.append(wanted)
        entries.set("count", str(len(entries)))
        return len(entries) - 1


def insert_before(parent: Any, child: Any, names: Sequence[str]) -> None:  # noqa: ANN401 - lxml
    """Insert a child before the first of these, as the schema orders them, else at the end."""
    place = next((i for i, c in enumerate(parent) if etree.QName(c).localname in names), len(parent))
    parent.insert(place, child)
