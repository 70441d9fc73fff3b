"""The pages of a PDF as a reader prints them: letters, values typed into forms, notes; runs in the child process alone."""

from __future__ import annotations

import re
from collections import Counter
from typing import Any

import pypdfium2
import pypdfium2.raw as pdfium

from reportgen.documents.pdf_annotations import Annotations

_HARDLY_ANY = 200
"""Characters of a page on which a picture that covers it holds what matters."""
_COVERS = 0.5
_UNREADABLE = 0.2
"""The share of letters without a meaning from which a page's text is none."""
_NO_MEANING = re.compile("[\x00-\x08\x0e-\x1f\ufffd\ue000-\uf8ff]")
_WORDS = re.compile(r"\w+")
_DYNAMIC = 2
_DRAWN = frozenset({pdfium.FPDF_PAGEOBJ_PATH, pdfium.FPDF_PAGEOBJ_SHADING, pdfium.FPDF_PAGEOBJ_TEXT})


class TooLongError(Exception):
    """A document holds more text than any model reads."""


class DynamicFormError(Exception):
    """A document is a dynamic XFA form: its pages say that only another program can show it."""


def read_pages(pdf: pypdfium2.PdfDocument, data: bytes, most_characters: int) -> dict[str, Any]:
    """Return `texts` by page, `pictures` (pages that are pictures) and `counts` of what is left out.

    Raises DynamicFormError and TooLongError.
    """
    form_type = pdf.get_formtype()
    if form_type == _DYNAMIC:
        raise DynamicFormError
    if form_type:
        pdf.init_forms()
    texts: list[str] = []
    pictures: list[int] = []
    counts: Counter[str] = Counter()
    for number in range(len(pdf)):
        page = pdf[number]
        text = _page_text(pdf, number, page, counts)
        if len(_NO_MEANING.findall(text)) > _UNREADABLE * len(text):
            text = ""
        if len(text) < _HARDLY_ANY and _is_picture(page, text):
            pictures.append(number + 1)
        page.close()
        texts.append(text)
        if sum(map(len, texts)) > most_characters:
            raise TooLongError
    counts["attached file"] += pdf.count_attachments()
    counts["picture"] += max(0, _pictures_in(data) - len(pictures))
    return {"texts": texts, "pictures": pictures, "counts": dict(counts)}


def _pictures_in(data: bytes) -> int:
    """Return how many pictures a file holds; masks of pictures are none of their own."""
    return len(re.findall(rb"/Subtype\s*/Image\b", data)) - len(re.findall(rb"/S?Mask \d+ \d+ R", data))


def _is_picture(page: pypdfium2.PdfPage, text: str) -> bool:
    """Whether a page without text, or with hardly any, shows something that only the eye can read."""
    width, height = page.get_size()
    area = max(1.0, width * height)
    bare = not text.strip()
    for found in page.get_objects(max_depth=3):
        if bare and found.type in _DRAWN:
            return True
        if found.type == pdfium.FPDF_PAGEOBJ_IMAGE:
            left, bottom, right, top = found.get_bounds()
            if bare or abs((right - left) * (top - bottom)) > _COVERS * area:
                return True
    return False


def _page_text(pdf: pypdfium2.PdfDocument, number: int, page: pypdfium2.PdfPage, counts: Counter[str]) -> str:
    """Return the text of a page with what its fields and notes show."""
    part = page.get_textpage()
    raw = part.get_text_range()
    if pdfium.FPDFPage_GetAnnotCount(page) <= 0:
        part.close()
        return _hyphens(raw)
    found = Annotations(pdf.formenv, page, part, raw)
    part.close()
    counts.update(found.counts)
    lines = found.lines
    if found.drawn:
        lines += _further(pdf, number, page, "\n".join([raw, *lines, *(value for _, value in found.inserted)]))
    for place, value in sorted(found.inserted, key=lambda one: -one[0]):
        raw = raw[:place] + value + raw[place:]
    return _hyphens("\n".join([raw.rstrip(), *lines]))


def _hyphens(text: str) -> str:
    # pdfium marks a hyphen at the end of a line by U+FFFE
    return re.sub("\ufffe\\s*", "-", text)


def _further(pdf: pypdfium2.PdfDocument, number: int, page: pypdfium2.PdfPage, said: str) -> list[str]:
    """Return the lines that fields and notes draw and that nobody has said yet, such as the letters of a stamp."""
    if pdfium.FPDFPage_Flatten(page, pdfium.FLAT_NORMALDISPLAY) != pdfium.FLATTEN_SUCCESS:
        return []
    again = pdf[number]
    part = again.get_textpage()
    drawn = part.get_text_range()
    part.close()
    again.close()
    known, together = Counter(_WORDS.findall(said)), "".join(_WORDS.findall(said))
    lines = []
    for line in drawn.splitlines():
        words = Counter(_WORDS.findall(line))
        further = words - known
        known -= words
        # a comb draws the letters of one value apart from each other
        if further and "".join(further.elements()) not in together:
            lines.append(line.strip())
    return lines
