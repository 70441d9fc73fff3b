"""Pages of documents as pictures, drawn in a child process: a run or an example may come from a stranger."""

from __future__ import annotations

import threading
from functools import lru_cache
from pathlib import Path

from reportgen.desk.folder import NotHereError
from reportgen.documents.interface import DocumentError
from reportgen.documents.pdf_reader import PdfReader
from reportgen.documents.pictures import media_type

LONGEST = 1600
"""Pixels of the longer side; sharp on the pages, and small enough to come at once."""
LARGEST = 50 << 20
"""Bytes of a document that is drawn."""
_one_at_a_time = threading.Lock()
_reader = PdfReader()


def page_count(path: Path) -> int:
    """Return how many pages a PDF has; 0 where it cannot be read."""
    return _count(path, path.stat().st_mtime_ns)


def page_picture(path: Path, number: int) -> tuple[bytes, str]:
    """Return page `number`, from 1, and its media type. Raises NotHereError where there is none that can be drawn."""
    if not 1 <= number <= page_count(path):
        msg = "The document has no such page, or it cannot be drawn. Download it instead."
        raise NotHereError(msg)
    return _drawn(path, path.stat().st_mtime_ns, number)


@lru_cache(maxsize=64)
def _count(path: Path, _saved: int) -> int:
    if path.suffix.lower() != ".pdf" or path.stat().st_size > LARGEST:
        return 0
    try:
        with _one_at_a_time:
            return _reader.read(path.read_bytes()).pages
    except DocumentError:
        return 0


@lru_cache(maxsize=64)
def _drawn(path: Path, _saved: int, number: int) -> tuple[bytes, str]:
    try:
        with _one_at_a_time:
            picture = _reader.picture(path.read_bytes(), number, LONGEST)
    except DocumentError as error:
        msg = "This page cannot be drawn. Download the document instead."
        raise NotHereError(msg) from error
    return picture, media_type(picture)
