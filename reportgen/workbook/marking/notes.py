"""Notes at faulty cells: the text in a comments part, its little window in a VML part, the user's own notes kept."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lxml import etree

from reportgen.workbook.opening.cells import Address, column_letters, column_number
from reportgen.workbook.opening.package import MAIN, RELATIONS, Package, holdable, main, parse, written

AUTHOR = "reportgen check"
_BREAK = f"\n--- {AUTHOR} ---\n"
_COMMENTS = "application/vnd.openxmlformats-officedocument.spreadsheetml.comments+xml"
_VML = "application/vnd.openxmlformats-officedocument.vmlDrawing"
_OFFICE, _EXCEL = "urn:schemas-microsoft-com:office:office", "urn:schemas-microsoft-com:office:excel"
_SHAPE = "urn:schemas-microsoft-com:vml"
_BEFORE_LEGACY = (
    "legacyDrawingHF",
    "drawingHF",
    "picture",
    "oleObjects",
    "controls",
    "webPublishItems",
    "tableParts",
    "extLst",
)


def write_notes(package: Package, part: str, sheet: Any, notes: Mapping[Address, str]) -> None:  # noqa: ANN401 - lxml
    """Put our notes at cells of a sheet and take our earlier ones away; a sheet with threaded comments is left as it is.

    Args:
        package: the file.
        part: the name of the sheet's part.
        sheet: the root of the sheet's part; it gets its `legacyDrawing` where it had none.
        notes: by (row, column).
    """
    relations = package.relations(part)
    if any(r.kind.endswith("/threadedComment") for r in relations):
        return
    comments = next((r.target for r in relations if r.kind.endswith("/comments")), "")
    if not notes and not comments:
        return
    drawing = _drawing_part(package, part, sheet)
    try:
        shapes = parse(package.read(drawing)) if package.has(drawing) else _new_shapes()
    except etree.XMLSyntaxError:
        return  # older programs wrote VML that is no XML: the colours and the sheet Problems say it all
    if not comments:
        comments = package.free_name("xl/comments{}.xml")
        package.put(comments, written(_new_comments()))
        package.declare(comments, _COMMENTS)
        package.relate(part, "comments", comments)
    root = parse(package.read(comments))
    dropped = _without_ours(root)
    kept = _merge(root, notes)
    for address in dropped - set(notes):
        _drop_shape(shapes, address)
    for address in notes:
        if address not in kept and address not in dropped:
            _add_shape(shapes, address)
    package.put(comments, written(root))
    package.put(drawing, etree.tostring(shapes))


def _drawing_part(package: Package, part: str, sheet: Any) -> str:  # noqa: ANN401 - lxml
    """Return the sheet's VML part, made known to the sheet where it had none."""
    legacy = sheet.find(main("legacyDrawing"))
    if legacy is not None:
        wanted = legacy.get(f"{{{RELATIONS}}}id")
        return next(r.target for r in package.relations(part) if r.id == wanted)
    name = package.free_name("xl/drawings/vmlDrawing{}.vml")
    package.declare_ending("vml", _VML)
    found = package.relate(part, "vmlDrawing", name)
    legacy = etree.Element(main("legacyDrawing"), {f"{{{RELATIONS}}}id": found})
    place = next((i for i, child in enumerate(sheet) if etree.QName(child).localname in _BEFORE_LEGACY), len(sheet))
    sheet.insert(place, legacy)
    return name


def _new_comments() -> Any:  # noqa: ANN401 - lxml
    root = etree.Element(main("comments"), nsmap={None: MAIN})
    etree.SubElement(root, main("authors"))
    etree.SubElement(root, main("commentList"))
    return root


def _new_shapes() -> Any:  # noqa: ANN401 - lxml
    root = etree.Element("xml", nsmap={"v": _SHAPE, "o": _OFFICE, "x": _EXCEL})
    layout = etree.SubElement(root, f"{{{_OFFICE}}}shapelayout", {f"{{{_SHAPE}}}ext": "edit"})
    etree.SubElement(layout, f"{{{_OFFICE}}}idmap", {f"{{{_SHAPE}}}ext": "edit", "data": "1"})
    kind = etree.SubElement(
        root,
        f"{{{_SHAPE}}}shapetype",
        {"id": "_x0000_t202", "coordsize": "21600,21600", f"{{{_OFFICE}}}spt": "202", "path": "m,l,21600r21600,l21600,xe"},
    )
    etree.SubElement(kind, f"{{{_SHAPE}}}stroke", {"joinstyle": "miter"})
    etree.SubElement(kind, f"{{{_SHAPE}}}path", {"gradientshapeok": "t", f"{{{_OFFICE}}}connecttype": "rect"})
    return root


def _without_ours(root: Any) -> set[Address]:  # noqa: ANN401 - lxml
    """Take away what an earlier check wrote; return where whole notes went."""
    authors = [a.text or "" for a in root.find(main("authors"))]
    gone: set[Address] = set()
    for comment in list(root.find(main("commentList"))):
        if authors[int(comment.get("authorId", "0"))] == AUTHOR:
            gone.add(_address(comment.get("ref")))
            comment.getparent().remove(comment)
            continue
        for run in list(comment.find(main("text"))):
            if run.findtext(main("t"), "").startswith(_BREAK):
                run.getparent().remove(run)
    return gone


def _merge(root: Any, notes: Mapping[Address, str]) -> set[Address]:  # noqa: ANN401 - lxml
    """Append to the user's notes, add our own; return the cells that had a note of the user."""
    authors, listed = root.find(main("authors")), root.find(main("commentList"))
    names = [a.text or "" for a in authors]
    if AUTHOR not in names:
        etree.SubElement(authors, main("author")).text = AUTHOR
        names.append(AUTHOR)
    own = {_address(c.get("ref")): c for c in listed}
    for address, note in notes.items():
        if address in own:
            _run(own[address].find(main("text")), _BREAK + note)
            continue
        reference = f"{column_letters(address[1])}{address[0]}"
        comment = etree.SubElement(listed, main("comment"), {"ref": reference, "authorId": str(names.index(AUTHOR))})
        _run(etree.SubElement(comment, main("text")), note)
    listed[:] = sorted(listed, key=lambda c: _address(c.get("ref")))
    return set(own)


def _run(text: Any, words: str) -> None:  # noqa: ANN401 - lxml
    plain = text.find(main("t"))
    if plain is not None:  # a note without runs: its text becomes the first one
        text.remove(plain)
        etree.SubElement(text, main("r")).append(plain)
    run = etree.SubElement(etree.SubElement(text, main("r")), main("t"))
    run.text = holdable(words)
    run.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")


def _add_shape(shapes: Any, address: Address) -> None:  # noqa: ANN401 - lxml
    row, column = address[0] - 1, address[1] - 1
    style = "position:absolute;margin-left:60pt;margin-top:2pt;width:220pt;height:80pt;z-index:1;visibility:hidden"
    shape = etree.SubElement(
        shapes,
        f"{{{_SHAPE}}}shape",
        {
            "id": f"_x0000_s{9_000_000 + row * 16_384 + column}",
            "type": "#_x0000_t202",
            "style": style,
            "fillcolor": "#ffffe1",
            f"{{{_OFFICE}}}insetmode": "auto",
        },
    )
    etree.SubElement(shape, f"{{{_SHAPE}}}fill", {"color2": "#ffffe1"})
    etree.SubElement(shape, f"{{{_SHAPE}}}path", {f"{{{_OFFICE}}}connecttype": "none"})
    data = etree.SubElement(shape, f"{{{_EXCEL}}}ClientData", {"ObjectType": "Note"})
    etree.SubElement(data, f"{{{_EXCEL}}}MoveWithCells")
    etree.SubElement(data, f"{{{_EXCEL}}}SizeWithCells")
    etree.SubElement(data, f"{{{_EXCEL}}}Anchor").text = f"{column + 1}, 15, {row}, 2, {column + 5}, 20, {row + 5}, 4"
    etree.SubElement(data, f"{{{_EXCEL}}}AutoFill").text = "False"
    etree.SubElement(data, f"{{{_EXCEL}}}Row").text = str(row)
    etree.SubElement(data, f"{{{_EXCEL}}}Column").text = str(column)


def _drop_shape(shapes: Any, address: Address) -> None:  # noqa: ANN401 - lxml
    for data in list(shapes.iter(f"{{{_EXCEL}}}ClientData")):
        row, column = data.findtext(f"{{{_EXCEL}}}Row"), data.findtext(f"{{{_EXCEL}}}Column")
        if data.get("ObjectType") == "Note" and (row, column) == (str(address[0] - 1), str(address[1] - 1)):
            shape = data.getparent()
            shape.getparent().remove(shape)


def _address(reference: str) -> Address:
    letters = reference.rstrip("0123456789")
    return int(reference[len(letters) :]), column_number(letters)
