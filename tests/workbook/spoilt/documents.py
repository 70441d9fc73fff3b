"""Documents beside a workbook that no office would send on purpose: bombs, entities, links and pages without end."""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path

import docx

from reportgen.domain.records.plan import Task
from tests.workbook.filled import sheets, write

_W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'


def beside(name: str, put: Callable[[Path], object]) -> Callable[[Path], Path]:
    """A clean workbook whose first example names a file, which `put` makes at its path."""

    def make(folder: Path) -> Path:
        made = sheets(Task.CLASSIFICATION)
        header, first = made["Examples"][:2]
        header.append("Input file")
        first += [None] * (len(header) - 1 - len(first)) + [name]
        first[1] = None
        put(folder / name)
        return write(made, folder / "w.xlsx")

    return make


def holding(name: str, data: Callable[[], bytes]) -> Callable[[Path], Path]:
    """The same, with the bytes of the file."""
    return beside(name, lambda path: path.write_bytes(data()))


def word(body: str, *, start: str = "", coding: str = "utf-8") -> bytes:
    """A Word file whose main part holds a body, behind what stands before its root."""
    whole = io.BytesIO()
    docx.Document().save(whole)
    out = io.BytesIO()
    with zipfile.ZipFile(whole) as source, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for part in source.namelist():
            main = f'<?xml version="1.0" encoding="{coding}"?>{start}<w:document {_W}><w:body>{body}</w:body></w:document>'
            archive.writestr(part, main.encode(coding) if part == "word/document.xml" else source.read(part))
    return out.getvalue()


def paragraph(text: str) -> str:
    """One paragraph of a Word file."""
    return f"<w:p><w:r><w:t>{text}</w:t></w:r></w:p>"


def entity(coding: str) -> bytes:
    """A Word file that asks for a file of the machine."""
    asked = '<!DOCTYPE w:document [<!ENTITY x SYSTEM "file:///etc/hostname">]>'
    return word(paragraph("&x;"), start=asked, coding=coding)


def swollen() -> bytes:
    """A Word file of some kilobytes that unpacks to 30 MB."""
    return word(paragraph("a" * (30 * 2**20)))


def crowded() -> bytes:
    """A Word file of hundreds of thousands of blank paragraphs."""
    return word("<w:p/>" * 400_000)


def pdf(*objects: bytes) -> bytes:
    """A PDF of numbered objects, the first of them its catalog."""
    out, places = b"%PDF-1.5\n", []
    for number, content in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    head = b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    tail = b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF" % (len(objects) + 1, len(out))
    return out + head + table + tail


def endless() -> bytes:
    """A PDF of 3 kB: a form that draws the next one ten times, which does the same, nine deep."""
    deep, wide = 9, 10
    page = b"/MediaBox [0 0 600 800] /Contents 4 0 R /Resources << /XObject << /X 6 0 R >> >>"
    forms = []
    for place in range(deep):
        last = place == deep - 1
        body = b"BT /F 12 Tf (ha) Tj ET" if last else b"/X Do " * wide
        inside = b"/Font << /F 5 0 R >>" + (b"" if last else b" /XObject << /X %d 0 R >>" % (7 + place))
        forms.append(_stream(body, b"/Type /XObject /Subtype /Form /BBox [0 0 600 800] /Resources << %s >>" % inside))
    return pdf(
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R %s >>" % page,
        _stream(b"/X Do", b""),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
        *forms,
    )


def scanned() -> bytes:
    """A PDF of one page without a letter on it."""
    return pdf(
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 600 800] >>",
    )


def _stream(data: bytes, more: bytes) -> bytes:
    packed = zlib.compress(data)
    return b"<< /Length %d /Filter /FlateDecode %s >>\nstream\n%s\nendstream" % (len(packed), more, packed)
