"""Pages of documents as pictures, with what is cited on them marked; PDFs are drawn in a child process.

A run or an example may come from a stranger, and what is made to hurt must cost no more than a sentence.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

from reportgen.desk.folder import NotHereError
from reportgen.documents.interface import DocumentError
from reportgen.documents.pdf_reader import PdfReader
from reportgen.documents.pictures import ENDINGS, media_type, page_of_picture, read_picture

LONGEST = 1600
"""Pixels of the longer side; sharp on the pages, and small enough to come at once."""
LARGEST = 50 << 20
"""Bytes of a document that is drawn."""
MOST_QUOTES, LONGEST_QUOTE = 100, 1_000
_one_at_a_time = threading.Lock()
_reader = PdfReader()


def page_count(path: Path) -> int:
    """Return how many pages can be shown of a PDF or a picture; 0 where none can."""
    return _count(path, path.stat().st_mtime_ns)


def page_picture(path: Path, number: int) -> tuple[bytes, str]:
    """Return page `number`, from 1, and its media type. Raises NotHereError where there is none that can be drawn."""
    if not 1 <= number <= page_count(path):
        msg = "The document has no such page, or it cannot be drawn. Download it instead."
        raise NotHereError(msg)
    return _drawn(path, path.stat().st_mtime_ns, number)


def cited_places(path: Path, quotes: Sequence[str]) -> dict[int, list[tuple[float, ...]]]:
    """Return by page, from 1, where quotes stand in a PDF: left, top, width, height as shares of the page."""
    wanted = tuple(dict.fromkeys(" ".join(q.split())[:LONGEST_QUOTE] for q in quotes if len(q.strip()) > 1))[:MOST_QUOTES]
    return _places(path, path.stat().st_mtime_ns, wanted) if wanted and page_count(path) else {}


@lru_cache(maxsize=64)
def _count(path: Path, _saved: int) -> int:
    kind = path.suffix.lower()
    if (kind != ".pdf" and kind not in ENDINGS) or path.stat().st_size > LARGEST:
        return 0
    try:
        with _one_at_a_time:
            return _reader.read(path.read_bytes()).pages if kind == ".pdf" else read_picture(path.read_bytes()).pages
    except DocumentError:
        return 0


@lru_cache(maxsize=64)
def _drawn(path: Path, _saved: int, number: int) -> tuple[bytes, str]:
    try:
        with _one_at_a_time:
            if path.suffix.lower() == ".pdf":
                picture = _reader.picture(path.read_bytes(), number, LONGEST)
            else:
                picture = page_of_picture(path.read_bytes(), number, LONGEST)[0]
    except DocumentError as error:
        msg = "This page cannot be drawn. Download the document instead."
        raise NotHereError(msg) from error
    return picture, media_type(picture)


@lru_cache(maxsize=64)
def _places(path: Path, _saved: int, quotes: tuple[str, ...]) -> dict[int, list[tuple[float, ...]]]:
    if path.suffix.lower() != ".pdf":
        return {}
    try:
        with _one_at_a_time:
            return _reader.places(path.read_bytes(), quotes)
    except DocumentError:
        return {}
