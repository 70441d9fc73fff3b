"""Reads PDFs in a child process, so that a document made to hurt costs a sentence and never the machine."""

from __future__ import annotations

import base64
import json
import os
import subprocess
import threading
from collections.abc import Sequence
from typing import Any

from reportgen.child_processes import ended, started
from reportgen.documents import pdf_process
from reportgen.documents.interface import (
    MOST_CHARACTERS,
    PASSWORD,
    TOO_MUCH_TEXT,
    DocumentError,
    ReadDocument,
    counted_things,
)

SECONDS = 30.0
"""What one document may take; a contract of a thousand pages takes three."""
_FAULTS = {
    pdf_process.PASSWORD: PASSWORD,
    pdf_process.DAMAGED: ("which is a damaged PDF.", "Take the file from its source again.", "damaged"),
    pdf_process.TOO_LONG: TOO_MUCH_TEXT,
    pdf_process.FORM: (
        "which is an XFA form: its pages hold a notice, and only Adobe's programs show what was filled in.",
        "Open it in Adobe Reader and print it to PDF.",
        "file kind",
    ),
}
_ENDLESS = (
    "which takes more time or memory than a document can need.",
    "Do not trust this file; give its text in a text file.",
    "hostile",
)


class PdfReader:
    """One child process for all PDFs of a workbook, begun with the first; `close` ends it."""

    def __init__(self, seconds: float = SECONDS) -> None:
        self._seconds = seconds
        self._child: subprocess.Popen[bytes] | None = None

    def read(self, data: bytes) -> ReadDocument:
        """Return the text of a PDF.

        Raises:
            DocumentError: It is damaged, locked, too long, or made so that reading it does not end.
        """
        found = self._ordered({"most_characters": MOST_CHARACTERS}, data)
        texts = tuple(found["texts"])
        left_out = counted_things(found["counts"])
        return ReadDocument("\n\n".join(texts), left_out, tuple(found["pictures"]), len(texts), texts)

    def picture(self, data: bytes, page: int, longest: int) -> bytes:
        """Return one page, counted from 1, as PNG or JPEG bytes of at most so many pixels a side.

        Raises DocumentError as `read` does.
        """
        return base64.b64decode(self._ordered({"page": page, "longest": longest}, data)["picture"])

    def places(self, data: bytes, texts: Sequence[str]) -> dict[int, list[tuple[float, ...]]]:
        """Return by page, counted from 1, where texts stand: left, top, width and height of each line as shares of the page.

        Raises DocumentError as `read` does.
        """
        found = self._ordered({"texts": list(texts)}, data)["places"]
        return {int(page): [tuple(spot) for spot in spots] for page, spots in found.items()}

    def _ordered(self, order: dict[str, Any], data: bytes) -> dict[str, Any]:
        """Hand an order and a document to the child, and return what came back."""
        child = self._child = self._child or _begun()
        timer = threading.Timer(self._seconds, child.kill)
        timer.start()
        try:
            state, said = _asked(child, json.dumps(order).encode(), data)
        except OSError:
            state, said = b"", b""
        finally:
            timer.cancel()
        if not state:  # it was killed, or its memory ended
            self.close()
        if state != pdf_process.TEXT:
            raise DocumentError(*_FAULTS.get(state, _ENDLESS))
        found: dict[str, Any] = json.loads(said)
        return found

    def close(self) -> None:
        """End the child, if there is one."""
        child, self._child = self._child, None
        if child is None:
            return
        ended(child)


def _begun() -> subprocess.Popen[bytes]:
    surroundings = {k: v for k, v in os.environ.items() if k in {"PATH", "SYSTEMROOT", "TEMP", "TMP"}}
    return started("reportgen.documents.pdf_process", surroundings, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)


def _asked(child: subprocess.Popen[bytes], order: bytes, data: bytes) -> tuple[bytes, bytes]:
    """Hand a document over and return what came back; nothing where the child has ended."""
    if child.stdin is None or child.stdout is None:
        return b"", b""
    for block in (order, data):
        child.stdin.write(len(block).to_bytes(pdf_process.LENGTH, "big") + block)
    child.stdin.flush()
    head = child.stdout.read(1 + pdf_process.LENGTH)
    if len(head) <= pdf_process.LENGTH:
        return b"", b""
    size = int.from_bytes(head[1:], "big")
    text = child.stdout.read(size)
    return (head[:1], text) if len(text) == size else (b"", b"")
