"""Messages that Outlook saves (.msg): the properties of one message, read from the streams of its file."""

from __future__ import annotations

import io
import struct
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from reportgen.documents.html import html_text, read_html
from reportgen.documents.interface import DocumentError, ReadDocument
from reportgen.documents.mail import Shown
from reportgen.documents.plain import decoded

_DAMAGED = ("which is a damaged Outlook message.", "Open it in Outlook and save it again.", "damaged")
_RICH = (
    "whose text is stored in a form of Outlook's own.",
    "Open it in Outlook and save it as HTML or text.",
    "no text",
)
_SUBJECT, _BODY, _HTML, _RTF, _FROM, _FROM_ADDRESS, _FROM_SMTP, _TO, _CC = (
    "0037", "1000", "1013", "1009", "0C1A", "0C1F", "5D01", "0E04", "0E03",
)  # fmt: skip
_LONG_NAME, _SHORT_NAME, _SHOWN_NAME, _CONTENT_ID = "3707", "3704", "3001", "3712"
_SENT, _RECEIVED, _CODE_PAGE, _WEB_CODE_PAGE = 0x00390040, 0x0E060040, 0x3FFD0003, 0x3FDE0003
_DEEPEST = 4
_LARGEST = 64 * 2**20


def read_outlook(data: bytes) -> ReadDocument:
    """Return the text of a message: head, body, names of attachments, the messages in it.

    Raises:
        DocumentError: It is damaged, or its text is in a form that only Outlook reads.
    """
    import olefile  # noqa: PLC0415 - most workbooks do not need it

    try:
        with olefile.OleFileIO(io.BytesIO(data)) as file:
            return _Message(file, (), _DEEPEST).read()
    except DocumentError:
        raise
    except Exception as e:  # olefile raises whatever its streams raise; all of it means the same to the user
        raise DocumentError(*_DAMAGED) from e


class _Message:
    """One message of a file, at a place in it."""

    def __init__(self, file: Any, place: Sequence[str], deeper: int) -> None:  # noqa: ANN401 - olefile has no types
        self._file = file
        self._place = tuple(place)
        self._deeper = deeper
        self._numbers = self._properties(32 if not place else 24)
        page = self._numbers.get(_CODE_PAGE, 0) & 0xFFFF
        self._coding = f"cp{page}" if page else "cp1252"

    def read(self) -> ReadDocument:
        """Return the whole message."""
        shown = Shown()
        sender, address = self._text(_FROM), self._text(_FROM_SMTP) or self._text(_FROM_ADDRESS)
        named = f"{sender} <{address}>" if sender and "@" in address and address != sender else sender or address
        values = (
            ("From", named),
            ("To", self._text(_TO)),
            ("Cc", self._text(_CC)),
            ("Date", self._sent()),
            ("Subject", self._text(_SUBJECT)),
        )
        self._body(shown)
        for name in self._children("__attach_version1.0_"):
            self._attached(name, shown)
        return shown.read([f"{name}: {' '.join(value.split())}" for name, value in values if value.strip()])

    def _body(self, shown: Shown) -> None:
        if (data := self._stream(f"{_HTML}0102")) is not None:
            page = self._numbers.get(_WEB_CODE_PAGE, 0) & 0xFFFF
            found = read_html(data, "utf-8" if page == 65001 else f"cp{page}" if page else "")  # noqa: PLR2004 - its number
        elif text := self._text(_HTML):
            found = html_text(text)
        else:
            found = ReadDocument(self._text(_BODY))
        text = found.text if found.text.strip() else self._text(_BODY)
        if not text.strip() and self._stream(f"{_RTF}0102") is not None:
            raise DocumentError(*_RICH)
        shown.parts.append(text.strip("\r\n\0"))
        shown.reckoned = found.reckoned

    def _attached(self, name: str, shown: Shown) -> None:
        """Name an attached file; take in an attached message."""
        inner = (*self._place, name, "__substg1.0_3701000D")
        if self._file.exists([*inner, "__properties_version1.0"]) and self._deeper > 0:
            message = _Message(self._file, inner, self._deeper - 1).read()
            shown.parts.append(f"[attached message]\n{message.text}")
            return
        label = next((t for key in (_LONG_NAME, _SHORT_NAME, _SHOWN_NAME) if (t := self._text(key, name))), "")
        if self._text(_CONTENT_ID, name) and label.casefold().endswith((".png", ".jpg", ".jpeg", ".gif", ".bmp")):
            shown.left_out.append("1 picture")
        else:
            shown.attached.append(label or "a file without a name")

    def _children(self, start: str) -> list[str]:
        depth = len(self._place)
        found = {
            entry[depth]
            for entry in self._file.listdir(streams=True, storages=True)
            if len(entry) > depth and tuple(entry[:depth]) == self._place and entry[depth].startswith(start)
        }
        return sorted(found)

    def _stream(self, key: str, *below: str) -> bytes | None:
        path = [*self._place, *below, f"__substg1.0_{key}"]
        if not self._file.exists(path):
            return None
        with self._file.openstream(path) as stream:
            found: bytes = stream.read(_LARGEST)
        return found

    def _text(self, key: str, *below: str) -> str:
        if (data := self._stream(f"{key}001F", *below)) is not None:
            return data.decode("utf-16-le", "replace").rstrip("\0")
        data = self._stream(f"{key}001E", *below)
        return "" if data is None else decoded(data.rstrip(b"\0"), self._coding)[0]

    def _properties(self, head: int) -> dict[int, int]:
        """Return the properties of fixed length, as numbers."""
        path = [*self._place, "__properties_version1.0"]
        if not self._file.exists(path):
            raise DocumentError(*_DAMAGED)
        with self._file.openstream(path) as stream:
            data = stream.read(_LARGEST)
        found = {}
        for at in range(head, len(data) - 15, 16):
            tag, _, value = struct.unpack_from("<IIQ", data, at)
            found[tag] = value
        return found

    def _sent(self) -> str:
        ticks = self._numbers.get(_SENT) or self._numbers.get(_RECEIVED) or 0
        if not ticks:
            return ""
        try:
            return (datetime(1601, 1, 1, tzinfo=UTC) + timedelta(microseconds=ticks // 10)).isoformat(" ", "minutes")
        except OverflowError:
            return ""
