"""Pages of PDFs as pictures, so that a document is seen in place by any browser."""

from __future__ import annotations

import io
import threading
from functools import lru_cache
from pathlib import Path

from reportgen.desk.folder import NotHereError

WIDTH = 1100
"""Pixels; sharp on the pages, and small enough to come at once."""
_one_at_a_time = threading.Lock()
"""PDFium is not made for several threads."""


def page_count(path: Path) -> int:
    """Return how many pages a PDF of ours has."""
    return _count(path, path.stat().st_mtime_ns)


def page_picture(path: Path, number: int) -> bytes:
    """Return page `number`, from 1, as PNG. Raises NotHereError where there is none."""
    if not 1 <= number <= page_count(path):
        msg = "The document has no such page."
        raise NotHereError(msg)
    return _drawn(path, path.stat().st_mtime_ns, number)


@lru_cache(maxsize=32)
def _count(path: Path, _saved: int) -> int:
    import pypdfium2  # noqa: PLC0415 - not before a document is shown

    with _one_at_a_time, pypdfium2.PdfDocument(path) as document:
        return len(document)


@lru_cache(maxsize=64)
def _drawn(path: Path, _saved: int, number: int) -> bytes:
    import pypdfium2  # noqa: PLC0415 - not before a document is shown

    out = io.BytesIO()
    with _one_at_a_time, pypdfium2.PdfDocument(path) as document:
        page = document[number - 1]
        page.render(scale=WIDTH / page.get_width()).to_pil().save(out, "PNG")
    return out.getvalue()
