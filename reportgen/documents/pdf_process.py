"""The child process that reads PDFs: alone, with a limit on its memory, since a page of a few bytes can unfold without end.

The parent sends one order and the bytes of one document after the other, each behind its length, and waits with a time
limit; what hangs or grows is ended with this process, and the next document gets a new one.
"""

from __future__ import annotations

import base64
import json
import sys
from typing import Any, BinaryIO

LENGTH = 8
"""Bytes of the length before each document and each answer, big endian."""
TEXT, PASSWORD, DAMAGED, TOO_LONG, FORM = b"t", b"p", b"d", b"l", b"x"
_MEMORY = 2**30


def limit_memory() -> None:
    """Let this process have so much memory and no more, where the system can hold it to that."""
    try:
        import resource  # noqa: PLC0415 - not on Windows, where the time limit alone stands
    except ImportError:
        return
    _, most = resource.getrlimit(resource.RLIMIT_AS)
    wanted = _MEMORY if most == resource.RLIM_INFINITY else min(_MEMORY, most)
    resource.setrlimit(resource.RLIMIT_AS, (wanted, most))


def answer(data: bytes, most_characters: int) -> tuple[bytes, dict[str, Any]]:
    """Return what became of a document, and its text with what is not in it."""
    import pypdfium2  # noqa: PLC0415 - the parent, which shares the constants above, need not load it

    from reportgen.documents.pdf_pages import DynamicFormError, TooLongError, read_pages  # noqa: PLC0415 - as above

    try:
        with pypdfium2.PdfDocument(data) as pdf:
            return TEXT, read_pages(pdf, data, most_characters)
    except pypdfium2.PdfiumError as e:
        return (PASSWORD if "password" in str(e).lower() else DAMAGED), {}
    except TooLongError:
        return TOO_LONG, {}
    except DynamicFormError:
        return FORM, {}


def drawn(data: bytes, page: int, longest: int) -> tuple[bytes, dict[str, Any]]:
    """Return one page, counted from 1, as a picture of at most so many pixels a side."""
    import pypdfium2  # noqa: PLC0415 - as above

    from reportgen.documents.pictures import encoded  # noqa: PLC0415 - as above

    try:
        with pypdfium2.PdfDocument(data) as pdf:
            if pdf.get_formtype():
                pdf.init_forms()
            found = pdf[page - 1]
            picture = found.render(scale=longest / max(1.0, *found.get_size()), may_draw_forms=True).to_pil()
            made, width, height = encoded(picture, longest)
            return TEXT, {"picture": base64.b64encode(made).decode(), "width": width, "height": height}
    except (pypdfium2.PdfiumError, IndexError):
        return DAMAGED, {}


def places(data: bytes, texts: list[str]) -> tuple[bytes, dict[str, Any]]:
    """Return by page, counted from 1, where texts stand: left, top, width and height of each line as shares of the page."""
    import pypdfium2  # noqa: PLC0415 - as above

    from reportgen.documents.pdf_places import find_places  # noqa: PLC0415 - as above

    try:
        with pypdfium2.PdfDocument(data) as pdf:
            return TEXT, {"places": find_places(pdf, texts)}
    except pypdfium2.PdfiumError:
        return DAMAGED, {}


def serve(asked: BinaryIO, answered: BinaryIO) -> None:
    """Read documents until there are no more."""
    while len(head := asked.read(LENGTH)) == LENGTH:
        order = json.loads(asked.read(int.from_bytes(head, "big")))
        data = asked.read(int.from_bytes(asked.read(LENGTH), "big"))
        if "page" in order:
            state, found = drawn(data, order["page"], order["longest"])
        elif "texts" in order:
            state, found = places(data, order["texts"])
        else:
            state, found = answer(data, order["most_characters"])
        said = json.dumps(found).encode()
        answered.write(state + len(said).to_bytes(LENGTH, "big") + said)
        answered.flush()


if __name__ == "__main__":
    limit_memory()
    serve(sys.stdin.buffer, sys.stdout.buffer)
