"""Where words stand on the pages of a PDF, so that a picture of a page can mark them; runs in the child process alone."""

from __future__ import annotations

import ctypes
from collections.abc import Iterator

import pypdfium2
import pypdfium2.raw as pdfium

MOST_PLACES = 400
"""Places of one document that are returned: a page that is marked all over marks nothing."""
_GRID = 100_000
"""Device units on a side of a page: fine enough for shares of five digits."""

Place = tuple[float, float, float, float]
"""Left, top, width and height, as shares of the page as it is shown."""


def find_places(pdf: pypdfium2.PdfDocument, texts: list[str]) -> dict[int, list[Place]]:
    """Return by page, counted from 1, where texts stand, line by line; letters of either size are the same."""
    found: dict[int, list[Place]] = {}
    count = 0
    for number in range(len(pdf)):
        page = pdf[number]
        spots = list(dict.fromkeys(_on_page(page, texts)))[: MOST_PLACES - count]
        page.close()
        if spots:
            found[number + 1] = spots
            count += len(spots)
        if count >= MOST_PLACES:
            break
    return found


def _on_page(page: pypdfium2.PdfPage, texts: list[str]) -> Iterator[Place]:
    part = page.get_textpage()
    for text in texts:
        searcher = part.search(text)
        while (hit := searcher.get_next()) is not None:
            for box in range(part.count_rects(*hit)):
                left, bottom, right, top = part.get_rect(box)
                yield _share(page, left, bottom, right, top)
        searcher.close()
    part.close()


def _share(page: pypdfium2.PdfPage, left: float, bottom: float, right: float, top: float) -> Place:
    """Return a box of the page's own space as shares of the page as it is shown, turned and cropped."""
    (x, y), (to_x, to_y) = _shown(page, left, top), _shown(page, right, bottom)
    return min(x, to_x), min(y, to_y), abs(to_x - x), abs(to_y - y)


def _shown(page: pypdfium2.PdfPage, x: float, y: float) -> tuple[float, float]:
    at_x, at_y = ctypes.c_int(), ctypes.c_int()
    pdfium.FPDF_PageToDevice(page, 0, 0, _GRID, _GRID, 0, x, y, at_x, at_y)
    return at_x.value / _GRID, at_y.value / _GRID
