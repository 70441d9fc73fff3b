"""pyHanko's reader of PDFs, with the head of an object stream read once.

Its own reads that head anew for each object: minutes for a tagged document like ours, whose structure is thousands of
objects in one stream. What is read, and how, is pyHanko's.
"""

from __future__ import annotations

import io
from typing import Any


def quick_reader(content: bytes) -> Any:  # noqa: ANN401 - pyHanko's own type
    """Return a reader of a PDF. Raises PdfReadError where it is none."""
    from pyhanko.pdf_utils import generic, misc  # noqa: PLC0415 - only those who check a signed copy pay the import
    from pyhanko.pdf_utils.reader import PdfFileReader  # noqa: PLC0415 - as above

    class Reader(PdfFileReader):
        def __init__(self, stream: io.BytesIO) -> None:
            self._heads: dict[int, tuple[bytes, dict[int, tuple[int, int]]]] = {}
            super().__init__(stream)

        def _get_object_from_stream(self, idnum: int, stmnum: int, idx: int) -> Any:  # noqa: ANN401 - as above
            if stmnum not in self._heads:
                self._heads[stmnum] = _head(generic.Reference(stmnum, 0, self).get_object())
            data, places = self._heads[stmnum]
            place, start = places.get(idnum, (-1, 0))
            if place != idx:
                msg = f"Object {idnum} is not where the table says"
                raise misc.PdfReadError(msg)
            inside = io.BytesIO(data)
            inside.seek(start)
            found = generic.read_object(inside, generic.Reference(idnum, 0, self))
            if isinstance(found, (generic.StreamObject, generic.IndirectObject)):
                msg = "A stream or a reference cannot stand in an object stream"
                raise misc.PdfReadError(msg)
            return found

    return Reader(io.BytesIO(content))


def _head(stream: Any) -> tuple[bytes, dict[int, tuple[int, int]]]:  # noqa: ANN401 - pyHanko's own type
    """Return what an object stream holds, and where in it which object starts: number to its index and its place."""
    data, first = bytes(stream.data), int(stream["/First"])
    numbers = [int(word) for word in data[:first].split()]
    pairs = zip(numbers[::2], numbers[1::2], strict=True)
    return data, {number: (index, first + start) for index, (number, start) in enumerate(pairs)}
