"""The child process that reads PDFs: alone, with a limit on its memory, since a page of a few bytes can unfold without end.

The parent sends the bytes of one document after the other, each behind its length, and waits with a time limit; what hangs
or grows is ended with this process, and the next document gets a new one.
"""

from __future__ import annotations

import re
import sys
from typing import BinaryIO

LENGTH = 8
"""Bytes of the length before each document and each answer, big endian."""
TEXT, PASSWORD, DAMAGED, TOO_LONG = b"t", b"p", b"d", b"l"
MOST_CHARACTERS = 5_000_000
"""Of one document; more than any model reads at once, many times over."""
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


def answer(data: bytes) -> tuple[bytes, str]:
    """Return what became of a document and its text; pages are parted by an empty line."""
    import pypdfium2  # noqa: PLC0415 - the parent, which shares the constants above, need not load it

    pages: list[str] = []
    characters = 0
    try:
        with pypdfium2.PdfDocument(data) as pdf:
            for page in pdf:
                part = page.get_textpage()
                pages.append(part.get_text_bounded())
                part.close()
                page.close()
                characters += len(pages[-1])
                if characters > MOST_CHARACTERS:
                    return TOO_LONG, ""
    except pypdfium2.PdfiumError as e:
        return (PASSWORD if "password" in str(e).lower() else DAMAGED), ""
    # pdfium marks a hyphen at the end of a line by U+FFFE
    return TEXT, "\n\n".join(re.sub("\ufffe\\s*", "-", page) for page in pages)


def serve(asked: BinaryIO, answered: BinaryIO) -> None:
    """Read documents until there are no more."""
    while len(head := asked.read(LENGTH)) == LENGTH:
        state, text = answer(asked.read(int.from_bytes(head, "big")))
        said = text.encode("utf-8", "replace")
        answered.write(state + len(said).to_bytes(LENGTH, "big") + said)
        answered.flush()


if __name__ == "__main__":
    limit_memory()
    serve(sys.stdin.buffer, sys.stdout.buffer)
