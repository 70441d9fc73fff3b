"""Reads PDFs in a child process, so that a document made to hurt costs a sentence and never the machine."""

from __future__ import annotations

import os
import subprocess
import threading

from reportgen.child_processes import ended, started
from reportgen.workbook.reading.pdf_process import DAMAGED, LENGTH, PASSWORD, TEXT, TOO_LONG
from reportgen.workbook.reading.values import UnreadableError

SECONDS = 30.0
"""What one document may take; a contract of a thousand pages takes three."""
TOO_MUCH_TEXT = ("which holds more text than any model reads.", "Give the part that matters.", "too large")
_FAULTS = {
    PASSWORD: ("which has a password.", "Remove it and save again.", "password"),
    DAMAGED: ("which is a damaged PDF.", "Take the file from its source again.", "damaged"),
    TOO_LONG: TOO_MUCH_TEXT,
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

    def text(self, data: bytes) -> str:
        """Return the text of a PDF.

        Raises:
            UnreadableError: It is damaged, locked, too long, or made so that reading it does not end.
        """
        child = self._child = self._child or _begun()
        timer = threading.Timer(self._seconds, child.kill)
        timer.start()
        try:
            state, text = _asked(child, data)
        except OSError:
            state, text = b"", b""
        finally:
            timer.cancel()
        if not state:  # it was killed, or its memory ended
            self.close()
        return _said(state, text)

    def close(self) -> None:
        """End the child, if there is one."""
        child, self._child = self._child, None
        if child is None:
            return
        ended(child)


def _begun() -> subprocess.Popen[bytes]:
    surroundings = {k: v for k, v in os.environ.items() if k in {"PATH", "SYSTEMROOT", "TEMP", "TMP"}}
    return started("reportgen.workbook.reading.pdf_process", surroundings, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)


def _asked(child: subprocess.Popen[bytes], data: bytes) -> tuple[bytes, bytes]:
    """Hand a document over and return what came back; nothing where the child has ended."""
    if child.stdin is None or child.stdout is None:
        return b"", b""
    child.stdin.write(len(data).to_bytes(LENGTH, "big") + data)
    child.stdin.flush()
    head = child.stdout.read(1 + LENGTH)
    if len(head) <= LENGTH:
        return b"", b""
    size = int.from_bytes(head[1:], "big")
    text = child.stdout.read(size)
    return (head[:1], text) if len(text) == size else (b"", b"")


def _said(state: bytes, text: bytes) -> str:
    if state == TEXT:
        return text.decode("utf-8")
    raise UnreadableError(*_FAULTS.get(state, _ENDLESS))
