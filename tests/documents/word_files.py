"""Word files made part by part, for what no library writes: each holds a body and whatever parts it points to."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping

WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006"
NAMES = (
    f'xmlns:w="{WORD}" xmlns:r="{OFFICE}/relationships" xmlns:v="urn:schemas-microsoft-com:vml" '
    'xmlns:o="urn:schemas-microsoft-com:office:office" '
    'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" '
    'xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape" '
    'xmlns:w14="http://schemas.microsoft.com/office/word/2010/wordml" '
    'xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing" '
    'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" '
    'xmlns:pic="http://schemas.openxmlformats.org/drawingml/2006/picture" '
    'xmlns:c="http://schemas.openxmlformats.org/drawingml/2006/chart" '
    'xmlns:dgm="http://schemas.openxmlformats.org/drawingml/2006/diagram" '
    'xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math"'
)
_KINDS = {
    "header": "header", "footer": "footer", "footnotes": "footnotes", "endnotes": "endnotes", "comments": "comments",
    "styles": "styles", "numbering": "numbering", "settings": "settings",
}  # fmt: skip


def run(text: str, properties: str = "") -> str:
    """One run of text."""
    return f'<w:r>{f"<w:rPr>{properties}</w:rPr>" if properties else ""}<w:t xml:space="preserve">{text}</w:t></w:r>'


def paragraph(inside: str, properties: str = "") -> str:
    """One paragraph of runs."""
    return f"<w:p>{f'<w:pPr>{properties}</w:pPr>' if properties else ''}{inside}</w:p>"


def word_file(body: str, parts: Mapping[str, str | bytes] | None = None, *, word: str = WORD, slash: str = "/") -> bytes:
    """Return a Word file: `parts` maps `header1`, `footnotes`, `chunk.html` ... to the inside of each part.

    A part is linked under its own name, so that the body says `r:id="header1"`.
    """
    types = ['<Default Extension="xml" ContentType="application/xml"/>']
    types.append('<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>')
    main = "application/vnd.openxmlformats-officedocument.wordprocessingml"
    types.append(f'<Override PartName="/word/document.xml" ContentType="{main}.document.main+xml"/>')
    names = NAMES.replace(WORD, word)
    files: dict[str, bytes] = {
        f"word{slash}document.xml": f"<w:document {names}><w:body>{body}</w:body></w:document>".encode()
    }
    links = []
    for name, inside in (parts or {}).items():
        kind = _KINDS.get(name.rstrip("0123456789"), "aFChunk")
        file = name if "." in name else f"{name}.xml"
        links.append(f'<Relationship Id="{name}" Type="{OFFICE}/relationships/{kind}" Target="{file}"/>')
        if kind == "aFChunk":
            files[f"word{slash}{file}"] = _bytes(inside)
            types.append(f'<Default Extension="{file.rpartition(".")[2]}" ContentType="text/html"/>')
            continue
        root = {"header": "hdr", "footer": "ftr"}.get(kind, kind)
        files[f"word{slash}{file}"] = f"<w:{root} {names}>".encode() + _bytes(inside) + f"</w:{root}>".encode()
        types.append(f'<Override PartName="/word/{file}" ContentType="{main}.{kind}+xml"/>')
    package = "http://schemas.openxmlformats.org/package/2006"
    top = f'<Relationship Id="r1" Type="{OFFICE}/relationships/officeDocument" Target="word/document.xml"/>'
    files[f"_rels{slash}.rels"] = f'<Relationships xmlns="{package}/relationships">{top}</Relationships>'.encode()
    linked = f'<Relationships xmlns="{package}/relationships">{"".join(links)}</Relationships>'
    files[f"word{slash}_rels{slash}document.xml.rels"] = linked.encode()
    files["[Content_Types].xml"] = f'<Types xmlns="{package}/content-types">{"".join(types)}</Types>'.encode()
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return out.getvalue()


def _bytes(inside: str | bytes) -> bytes:
    return inside if isinstance(inside, bytes) else inside.encode()
