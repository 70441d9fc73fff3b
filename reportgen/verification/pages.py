"""Two PDFs held against each other: their words page by page, then what their pages look like."""

from __future__ import annotations

import difflib
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

PAGE = re.compile(r"\bpage \d+ of \d+\b|\b\d+ of \d+ pages\b", re.IGNORECASE)
_SHADES = 64
"""Of 255: how far one point may be from the other before it counts as another one; edges of letters are soft."""
_POINTS = 12
"""So many other points on one page are seen; other libraries move none of them."""


def page_texts(path: Path) -> list[str]:
    """Return the text of each page of a PDF."""
    import pypdfium2  # noqa: PLC0415 - only this stage reads PDFs

    document = pypdfium2.PdfDocument(path)
    try:
        texts = []
        for page in document:
            text_page = page.get_textpage()
            texts.append(text_page.get_text_bounded())
            text_page.close()
            page.close()
        return texts
    finally:
        document.close()


def attached(path: Path) -> dict[str, bytes]:
    """Return the files inside a PDF by name."""
    import pypdfium2  # noqa: PLC0415 - only this stage reads PDFs

    document = pypdfium2.PdfDocument(path)
    try:
        files = [document.get_attachment(n) for n in range(document.count_attachments())]
        return {f.get_name(): bytes(f.get_data()) for f in files}
    finally:
        document.close()


def other_words(a: list[str], b: list[str]) -> Iterator[str]:
    """Yield where the words of two documents differ, page by page."""
    for number in range(max(len(a), len(b))):
        old = a[number].split() if number < len(a) else []
        new = b[number].split() if number < len(b) else []
        if old == new:
            continue
        matcher = difflib.SequenceMatcher(None, old, new, autojunk=False)
        for kind, i, j, k, m in matcher.get_opcodes():
            if kind != "equal":
                yield f"page {number + 1}: {' '.join(old[i:j])!r:.80}, must be {' '.join(new[k:m])!r:.80}"


def flowing(pages: list[str]) -> list[str]:
    """Return the words of a whole document in order, without the lines that stand on most of its pages.

    Other libraries may break pages elsewhere.
    """
    lines = [[PAGE.sub("", line).strip() for line in page.splitlines()] for page in pages]
    many = Counter(line for page in lines for line in set(page))
    most = {line for line, found in many.items() if found * 2 > len(pages) > 1}
    return [word for page in lines for line in page if line not in most for word in line.split()]


def other_looks(old: Path, new: Path) -> Iterator[str]:
    """Yield the pages that look otherwise, and whether a reader could follow links elsewhere."""
    import pypdfium2  # noqa: PLC0415 - only this stage reads PDFs

    one, two = pypdfium2.PdfDocument(old), pypdfium2.PdfDocument(new)
    try:
        if len(one) != len(two):
            yield f"{len(one)} pages, must be {len(two)}"
            return
        if _links(old) != _links(new):
            yield "it links to other addresses"
        for number in range(len(one)):
            a, b = _seen(one[number]), _seen(two[number])
            if a.shape != b.shape or int((abs(a - b) > _SHADES).sum()) > _POINTS:
                yield f"page {number + 1} looks otherwise"
    finally:
        one.close()
        two.close()


def _links(path: Path) -> list[str]:
    """Return the addresses that a PDF links to, in the order of its pages."""
    from pyhanko.pdf_utils.reader import PdfFileReader  # noqa: PLC0415 - a quarter of a second

    with path.open("rb") as file:
        pages = PdfFileReader(file, strict=False).root["/Pages"]["/Kids"]
        notes = (note for page in pages for note in page.get("/Annots", ()))
        return [str(note["/A"].get("/URI", "")) for note in notes if "/A" in note]


def _seen(page: Any) -> Any:  # noqa: ANN401 - pypdfium2 and numpy's own types
    """Return the points of a page, one for each 1/72 inch, in grey, wide enough to be subtracted."""
    return page.render(scale=1, grayscale=True).to_numpy().astype("int16")
