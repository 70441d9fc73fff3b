"""Word files as Word shows them: changes as they stand accepted, every control, box and note, numbers of lists, tables.

The package is walked as it is: the libraries for it pass over insertions, controls or text boxes, and say nothing of it.
An element that is not known is walked through, so that text in a new kind of wrapper is never lost.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any

from reportgen.documents.formulas import formula, placed
from reportgen.documents.interface import STRUCK, DocumentError, ReadDocument, counted_things
from reportgen.documents.symbols import symbol
from reportgen.documents.word_numbers import ListNumbers, Styles, number_of, on, value_of
from reportgen.documents.word_package import DAMAGED, WordPackage

_DEEPEST_CHUNK = 3
_WORD = (
    "http://schemas.openxmlformats.org/wordprocessingml/2006/main",
    "http://purl.oclc.org/ooxml/wordprocessingml/main",
)
_RELATED = (
    "http://schemas.openxmlformats.org/officeDocument/2006/relationships",
    "http://purl.oclc.org/ooxml/officeDocument/relationships",
)
_PASSED_OVER = (
    "pPr", "rPr", "tblPr", "tblPrEx", "tblGrid", "trPr", "tcPr", "sdtPr", "sdtEndPr", "sectPr", "smartTagPr", "rubyPr",
    "customXmlPr", "del", "moveFrom", "delText", "delInstrText", "cellDel", "proofErr", "bookmarkStart", "bookmarkEnd",
    "lastRenderedPageBreak", "commentRangeStart", "commentRangeEnd", "annotationRef", "footnoteRef", "endnoteRef",
    "separator", "continuationSeparator",
)  # fmt: skip
_MARKS = {"tab": "\t", "ptab": "\t", "br": "\n", "cr": "\n", "noBreakHyphen": "\u2011", "softHyphen": ""}
_CHART, _PICTURE, _OBJECT, _NOT_TAKEN_IN = "chart", "picture", "embedded object", "document inside it"
Foreign = Callable[[bytes, str, int], str]
"""Reads a part of another kind that a file takes in: its bytes, its ending, how deep it lies."""


def read_word(data: bytes, foreign: Foreign, depth: int = 0) -> ReadDocument:
    """Return all the text of a Word file.

    Args:
        data: The bytes of the file.
        foreign: Reads documents that it takes in whole (altChunk).
        depth: How many files that take in one another it lies in.

    Raises:
        DocumentError: It is damaged, locked, of another kind, or made to hurt.
    """
    package = WordPackage(data)
    try:
        return _Walk(package, foreign, depth).read()
    except RecursionError as e:
        raise DocumentError(*DAMAGED) from e


class _Walk:
    """One file on its way into lines. `_line` is the paragraph being read, `_lines` the block that it will stand in."""

    def __init__(self, package: WordPackage, foreign: Foreign, depth: int) -> None:
        self._package = package
        self._foreign = foreign
        self._depth = depth
        self._links = package.relations(package.main)
        kinds: dict[str, str] = {}
        for link in self._links.values():
            kinds.setdefault(link.kind, link.part)
        self._styles = Styles(package.root(kinds.get("styles", "")))
        self._numbers = ListNumbers(package.root(kinds.get("numbering", "")), self._styles)
        self._settings = package.root(kinds.get("settings", ""))
        self._notes = {kind: package.root(kinds.get(f"{kind}s", "")) for kind in ("footnote", "endnote")}
        self._lines: list[str] = []
        self._line: list[str] = []
        self._boxes: list[str] = []
        self._fields: list[str] = []
        self._noted: list[tuple[str, str]] = []
        self._out: Counter[str] = Counter()
        self._part = package.main
        self._place = ""
        self._handlers = self._by_tag()

    def read(self) -> ReadDocument:
        """Return the text: headers, body, footers, notes."""
        root = self._package.root(self._package.main)
        body = None if root is None else root.find("{*}body")
        if body is None:
            raise DocumentError(*DAMAGED)
        headers, footers = self._running(root)
        lines = [*headers, *self._block(body), *footers]
        notes = []
        for kind, key in self._noted:
            label = f"[{'e' if kind == 'endnote' else ''}{key}]"
            notes.append(f"{label} {self._note(kind, key)}".rstrip())
        return ReadDocument("\n".join([*lines, *notes]), counted_things(self._out))

    def _by_tag(self) -> dict[str, Callable[[Any], None]]:
        """Return what is done at each element of the word language, in both of its spellings, and of its neighbours."""
        named: dict[str, Callable[[Any], None]] = {
            "t": self._text,
            "r": self._run,
            "p": self._paragraph,
            "tbl": self._table,
            "txbxContent": self._box,
            "sym": self._symbol,
            "fldChar": self._field,
            "instrText": self._nothing,
            "footnoteReference": lambda e: self._reference(e, "footnote"),
            "endnoteReference": lambda e: self._reference(e, "endnote"),
            "commentReference": lambda _: self._count("comment"),
            "ruby": self._ruby,
            "object": self._object,
            "altChunk": self._chunk,
            "subDoc": lambda _: self._count(_NOT_TAKEN_IN),
            "pgNum": self._nothing,
        }
        named |= dict.fromkeys(_PASSED_OVER, self._nothing)
        named |= {name: self._mark(text) for name, text in _MARKS.items()}
        found = {f"{{{space}}}{name}": act for space in _WORD for name, act in named.items()}
        office = "http://schemas.openxmlformats.org"
        found |= {
            f"{{{office}/markup-compatibility/2006}}AlternateContent": self._alternatives,
            f"{{{office}/officeDocument/2006/math}}oMath": lambda e: self._say(formula(e)),
            "{http://purl.oclc.org/ooxml/officeDocument/math}oMath": lambda e: self._say(formula(e)),
            f"{{{office}/drawingml/2006/picture}}pic": lambda _: self._count(_PICTURE),
            "{http://purl.oclc.org/ooxml/drawingml/picture}pic": lambda _: self._count(_PICTURE),
            f"{{{office}/drawingml/2006/chart}}chart": lambda _: self._count(_CHART),
            f"{{{office}/drawingml/2006/diagram}}relIds": self._diagram,
            f"{{{office}/drawingml/2006/main}}t": self._text,
            "{urn:schemas-microsoft-com:vml}imagedata": lambda _: self._count(_PICTURE),
            "{urn:schemas-microsoft-com:vml}textpath": self._word_art,
        }
        return found

    def _walk(self, parent: Any) -> None:  # noqa: ANN401 - lxml has no types
        handlers = self._handlers
        for child in parent:
            act = handlers.get(child.tag)
            if act is None:
                if len(child):
                    self._walk(child)
            else:
                act(child)

    def _block(self, parent: Any) -> list[str]:  # noqa: ANN401 - lxml has no types
        """Return the lines of a body, a cell, a box or a note."""
        outer = self._lines, self._line, self._boxes, self._fields
        self._lines, self._line, self._boxes, self._fields = [], [], [], []
        self._walk(parent)
        if self._line:
            self._lines.append("".join(self._line))
        lines = [*self._lines, *self._boxes]
        self._lines, self._line, self._boxes, self._fields = outer
        return lines

    def _nothing(self, _: Any) -> None:  # noqa: ANN401 - lxml has no types
        """Pass over what is not shown."""

    def _count(self, what: str) -> None:
        self._out[what] += 1

    def _mark(self, text: str) -> Callable[[Any], None]:
        def act(_: Any) -> None:  # noqa: ANN401 - lxml has no types
            self._say(text)

        return act

    def _say(self, text: str) -> None:
        if "instruction" not in self._fields:
            self._line.append(text)

    def _text(self, element: Any) -> None:  # noqa: ANN401 - lxml has no types
        if element.text:
            self._say(placed(element.text, self._place))

    def _run(self, run: Any) -> None:  # noqa: ANN401 - lxml has no types
        properties = run[0] if len(run) and run[0].tag.endswith("}rPr") else None
        if properties is not None and len(properties) and self._hidden(properties):
            if any(t.text and t.text.strip() for t in run.iter("{*}t")):
                self._count("hidden passage")
            return
        struck = properties is not None and _struck(properties) and run.find("{*}t") is not None
        self._place = "" if properties is None else value_of(properties, "vertAlign")
        if struck and self._line[-1:] == [STRUCK]:
            self._line.pop()
        elif struck:
            self._say(STRUCK)
        self._walk(run)
        self._place = ""
        if struck:
            self._say(STRUCK)

    def _hidden(self, properties: Any) -> bool:  # noqa: ANN401 - lxml has no types
        for one in properties:
            name = one.tag
            if name.endswith("}vanish"):
                return on(one)
        return self._styles.any_hidden and self._styles.hides(value_of(properties, "rStyle"))

    def _paragraph(self, paragraph: Any) -> None:  # noqa: ANN401 - lxml has no types
        first = paragraph[0] if len(paragraph) else None
        properties = first if first is not None and first.tag.endswith("}pPr") else None
        deleted = False
        label = ""
        if properties is not None or self._styles.numbers_by_default:
            mark = None if properties is None else properties.find("{*}rPr")
            deleted = mark is not None and (mark.find("{*}del") is not None or mark.find("{*}moveFrom") is not None)
            if deleted and not _lives(paragraph):
                return
            label = self._numbers.label(properties)
        if label and not self._line:
            self._line.append(f"{label} ")
        self._walk(paragraph)
        self._fields = [f for f in self._fields if f != "instruction"]
        if deleted:  # its end is deleted, so the next one goes on in the same line
            return
        self._lines.append("".join(self._line))
        self._line = []
        if self._boxes:
            self._lines += self._boxes
            self._boxes = []

    def _box(self, content: Any) -> None:  # noqa: ANN401 - lxml has no types
        """Read a text box; its lines follow the paragraph that it is anchored in."""
        lines = self._block(content)
        self._boxes += lines

    def _table(self, table: Any) -> None:  # noqa: ANN401 - lxml has no types
        """Read a table: a line for each row, cells parted by tabs; a merged cell is said once, however far it spans."""
        for row in _inside(table, "tr"):
            properties = row.find("{*}trPr")
            if properties is not None and properties.find("{*}del") is not None:
                continue
            cells = ["\n".join(self._block(cell)).strip("\n") for cell in _inside(row, "tc") if not _cell_deleted(cell)]
            self._lines.append("\t".join(cells))

    def _symbol(self, element: Any) -> None:  # noqa: ANN401 - lxml has no types
        found = {name.rpartition("}")[2]: value for name, value in element.attrib.items()}
        try:
            letter = chr(int(found.get("char", ""), 16))
        except (ValueError, OverflowError):
            return
        shown = symbol(found.get("font", ""), letter)
        if shown == "\ufffd":
            self._count("letter of a symbol font")
        self._say(shown)

    def _field(self, element: Any) -> None:  # noqa: ANN401 - lxml has no types
        kind = next((v for k, v in element.attrib.items() if k.endswith("}fldCharType")), "")
        if kind == "begin":
            self._say(_form_field(element.find("{*}ffData")))
            self._fields.append("instruction")
        elif kind == "separate" and self._fields:
            self._fields[-1] = "result"
        elif kind == "end" and self._fields:
            self._fields.pop()

    def _reference(self, element: Any, kind: str) -> None:  # noqa: ANN401 - lxml has no types
        key = next((v for k, v in element.attrib.items() if k.endswith("}id")), "")
        if (kind, key) not in self._noted:
            self._noted.append((kind, key))
        self._say(f"[{'e' if kind == 'endnote' else ''}{key}]")

    def _note(self, kind: str, key: str) -> str:
        root = self._notes[kind]
        for note in () if root is None else root:
            if next((v for k, v in note.attrib.items() if k.endswith("}id")), "") == key:
                return "\n".join(self._block(note)).strip()
        return ""

    def _ruby(self, element: Any) -> None:  # noqa: ANN401 - lxml has no types
        """Say the base, and how it is read in brackets."""
        for name, before, after in (("rubyBase", "", ""), ("rt", "(", ")")):
            part = element.find(f"{{*}}{name}")
            if part is not None:
                self._say(before)
                self._walk(part)
                self._say(after)

    def _object(self, element: Any) -> None:  # noqa: ANN401 - lxml has no types
        before = self._out[_PICTURE]
        self._walk(element)
        self._out[_PICTURE] = before  # the picture of it is no picture of its own
        self._count(_OBJECT)

    def _word_art(self, element: Any) -> None:  # noqa: ANN401 - lxml has no types
        self._say(element.get("string", ""))

    def _alternatives(self, element: Any) -> None:  # noqa: ANN401 - lxml has no types
        """Read the first of several forms of the same thing; what Word knows stands first."""
        choices = [c for c in element if c.tag.endswith("}Choice") or c.tag.endswith("}Fallback")]
        if choices:
            self._walk(choices[0])

    def _diagram(self, element: Any) -> None:  # noqa: ANN401 - lxml has no types
        link = next((v for k, v in element.attrib.items() if k.endswith("}dm")), "")
        found = self._package.relations(self._part).get(link)
        root = None if found is None else self._package.root(found.part)
        if root is None:
            self._count("diagram")
            return
        for paragraph in root.iter("{http://schemas.openxmlformats.org/drawingml/2006/main}p"):
            if text := "".join(t.text or "" for t in paragraph.iter("{*}t")):
                self._boxes.append(text)

    def _chunk(self, element: Any) -> None:  # noqa: ANN401 - lxml has no types
        """Take in another document whole, as Word does when it opens the file."""
        link = next((element.get(f"{{{space}}}id") for space in _RELATED if element.get(f"{{{space}}}id")), "")
        found = self._links.get(link)
        if found is None or found.outside or self._depth >= _DEEPEST_CHUNK:
            self._count(_NOT_TAKEN_IN)
            return
        ending = f".{found.part.rpartition('.')[2].casefold()}"
        try:
            self._lines += self._foreign(self._package.bytes(found.part), ending, self._depth + 1).split("\n")
        except DocumentError:
            self._count(_NOT_TAKEN_IN)

    def _running(self, root: Any) -> tuple[list[str], list[str]]:  # noqa: ANN401 - lxml has no types
        """Return headers and footers as far as pages show them, each text once."""
        found: dict[str, list[str]] = {"header": [], "footer": []}
        seen: set[str] = set()
        even = self._settings is not None and (m := self._settings.find("{*}evenAndOddHeaders")) is not None and on(m)
        for section in root.iter(*(f"{{{space}}}sectPr" for space in _WORD)):
            title = (m := section.find("{*}titlePg")) is not None and on(m)
            for one in section:
                kind = one.tag.rpartition("}")[2].removesuffix("Reference")
                if kind not in found:
                    continue
                page = next((v for k, v in one.attrib.items() if k.endswith("}type")), "default")
                link = next((one.get(f"{{{space}}}id") for space in _RELATED if one.get(f"{{{space}}}id")), "")
                if (page == "first" and not title) or (page == "even" and not even) or link not in self._links:
                    continue
                lines = self._of_part(self._links[link].part)
                if any(line.strip() for line in lines) and (text := "\n".join(lines)) not in seen:
                    seen.add(text)
                    found[kind] += lines
        return found["header"], found["footer"]

    def _of_part(self, part: str) -> list[str]:
        root = self._package.root(part)
        if root is None:
            return []
        outer, self._part = self._part, part
        lines = self._block(root)
        self._part = outer
        return lines


def _inside(parent: Any, name: str) -> list[Any]:  # noqa: ANN401 - lxml has no types
    """Return the rows of a table or the cells of a row, those in controls and wrappers of any kind among them."""
    found = []
    for child in parent:
        kind = child.tag.rpartition("}")[2]
        if kind == name:
            found.append(child)
        elif kind == "AlternateContent" and len(child):
            found += _inside(child[0], name)
        elif kind not in _PASSED_OVER:
            found += _inside(child, name)
    return found


def _cell_deleted(cell: Any) -> bool:  # noqa: ANN401 - lxml has no types
    properties = cell.find("{*}tcPr")
    return properties is not None and properties.find("{*}cellDel") is not None


def _struck(properties: Any) -> bool:  # noqa: ANN401 - lxml has no types
    return any(one.tag.endswith(("}strike", "}dstrike")) and on(one) for one in properties)


def _lives(paragraph: Any) -> bool:  # noqa: ANN401 - lxml has no types
    """Whether a paragraph whose end is deleted holds anything that is not."""
    return any(child.tag.rpartition("}")[2] not in {"pPr", "del", "moveFrom"} for child in paragraph)


def _form_field(data: Any) -> str:  # noqa: ANN401 - lxml has no types
    """Return what a form field without a result shows: a box that is checked or not, the choice of a list."""
    if data is None:
        return ""
    if (box := data.find("{*}checkBox")) is not None:
        mark = box.find("{*}checked")
        mark = box.find("{*}default") if mark is None else mark
        return "☒" if mark is not None and on(mark) else "☐"
    if (choice := data.find("{*}ddList")) is not None:
        entries = [next(iter(e.attrib.values()), "") for e in choice.findall("{*}listEntry")]
        at = number_of(value_of(choice, "result") or value_of(choice, "default"))
        return entries[at] if 0 <= at < len(entries) else ""
    return ""
