"""E-mails as a mail program shows them: head, the text that is displayed, and the names of what is attached."""

from __future__ import annotations

import email
from dataclasses import dataclass, field
from email.errors import HeaderParseError
from email.header import decode_header, make_header
from email.message import Message

from reportgen.documents.html import read_html
from reportgen.documents.interface import HOSTILE, DocumentError, ReadDocument
from reportgen.documents.plain import decoded

HEAD = ("From", "To", "Cc", "Date", "Subject")
_DEEPEST = 8
_LONGEST_HEAD = 5_000
"""Characters of one line of the head; a mail to a hundred people has fewer."""
_S_MIME = frozenset({"application/pkcs7-mime", "application/x-pkcs7-mime"})
_ENCRYPTED = (
    "which is an encrypted e-mail.",
    "Open it in the mail program and save what it shows as text or PDF.",
    "password",
)


@dataclass(slots=True)
class Shown:
    """What a message shows, as it is put together."""

    parts: list[str] = field(default_factory=list)
    attached: list[str] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)
    reckoned: str = ""

    def read(self, head: list[str]) -> ReadDocument:
        """Return it as a document; what is attached is named in the text as well, since the mail program shows it."""
        names = [f"Attachments: {', '.join(self.attached)}"] if self.attached else []
        body = "\n\n".join(p for p in self.parts if p.strip())
        text = "\n".join([*head, *names]) + ("\n\n" if head or names else "") + body
        left_out = list(self.left_out)
        if self.attached:
            many = f"{len(self.attached)} attached files" if len(self.attached) > 1 else "1 attached file"
            left_out.append(f"{many} ({', '.join(self.attached)})")
        return ReadDocument(text, tuple(left_out), reckoned=self.reckoned)


def read_mail(data: bytes, depth: int = 0) -> ReadDocument:
    """Return the text of a message as mail programs and servers store it (.eml).

    Raises:
        DocumentError: It is no message, or is encrypted.
    """
    try:
        message = email.message_from_bytes(data)
    except RecursionError as e:
        raise DocumentError(*HOSTILE) from e
    head = head_of(message)
    if not head:
        raise DocumentError("which is no e-mail.", "Save the message again as .eml.", "damaged")  # noqa: EM101, TRY003
    shown = Shown()
    _take(message, shown, depth)
    return shown.read(head)


def head_of(message: Message) -> list[str]:
    """Return the lines of the head that mail programs show."""
    lines = []
    for name in HEAD:
        raw = next((str(v) for k, v in message.raw_items() if k.casefold() == name.casefold()), "")
        if value := " ".join(_decoded(raw).split()):
            lines.append(f"{name}: {value}")
    return lines


def _decoded(raw: str) -> str:
    """Return a line of a head, or a file's name, with its coded words as they read."""
    data = raw[:_LONGEST_HEAD].encode("utf-8", "surrogateescape")
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        text = data.decode("cp1252", "replace")
    try:
        return str(make_header(decode_header(text)))
    except (UnicodeDecodeError, LookupError, ValueError, HeaderParseError):
        return text


def _take(message: Message, shown: Shown, depth: int) -> None:
    """Take one part of a message with all that lies in it."""
    kind = message.get_content_type()
    if kind == "multipart/encrypted" or (
        kind in {"application/pkcs7-mime", "application/x-pkcs7-mime"} and _sealed(message)
    ):
        raise DocumentError(*_ENCRYPTED)
    if depth > _DEEPEST:
        shown.left_out.append("a part deep inside")
    elif kind == "multipart/alternative":
        _take_one(message, shown, depth)
    elif message.is_multipart() and kind != "message/rfc822":
        for part in message.get_payload():
            if isinstance(part, Message):
                _take(part, shown, depth + 1)
    else:
        _take_leaf(message, kind, shown, depth)


def _take_one(message: Message, shown: Shown, depth: int) -> None:
    """Take the last form of the same text that can be shown, as mail programs do."""
    for part in reversed([p for p in message.get_payload() if isinstance(p, Message)]):
        found = Shown()
        _take(part, found, depth + 1)
        if any(p.strip() for p in found.parts):
            shown.parts += found.parts
            shown.attached += found.attached
            shown.left_out += found.left_out
            shown.reckoned = shown.reckoned or found.reckoned
            return


def _take_leaf(message: Message, kind: str, shown: Shown, depth: int) -> None:
    attached = message.get_content_disposition() == "attachment"
    name = _name(message)
    if kind == "message/rfc822":
        inner = next((p for p in message.get_payload() if isinstance(p, Message)), None)
        if inner is not None:
            shown.parts.append("\n".join(["[attached message]", *head_of(inner)]))
            _take(inner, shown, depth + 1)
        return
    if attached or not kind.startswith("text/") or kind in {"text/calendar", "text/vcard"}:
        if kind.startswith("image/") and not attached and message.get("Content-ID"):
            shown.left_out.append("1 picture")
        else:
            shown.attached.append(name or kind)
        return
    payload = message.get_payload(decode=True)
    data = payload if isinstance(payload, bytes) else b""
    charset = str(message.get_content_charset() or "")
    if kind == "text/html":
        found = read_html(data, charset)
        shown.parts.append(found.text)
        shown.left_out += found.left_out
        shown.reckoned = shown.reckoned or found.reckoned
        return
    text, reckoned = decoded(data, charset)
    shown.parts.append(text.strip("\r\n"))
    shown.reckoned = shown.reckoned or reckoned


def _sealed(message: Message) -> bool:
    """Whether an S/MIME part is encrypted and not only signed."""
    return str(message.get_param("smime-type") or "enveloped-data").casefold() != "signed-data"


def _name(message: Message) -> str:
    try:
        return " ".join(_decoded(str(message.get_filename() or "")).split())
    except (ValueError, LookupError, TypeError):
        return ""
