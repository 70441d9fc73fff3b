"""The parts of a message that are no text: pages as pictures, or a PDF, as the OpenAI protocol and litellm have them."""

from __future__ import annotations

import base64
import hashlib
import threading
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from reportgen.candidates.given import Form, Given, Limits
from reportgen.candidates.interface import Question
from reportgen.candidates.prompts import messages
from reportgen.documents.interface import DocumentError
from reportgen.documents.pdf_reader import PdfReader
from reportgen.documents.pictures import media_type, page_of_picture
from reportgen.domain.records.document import Document
from reportgen.domain.records.plan import Example, Prompt


class CannotGiveError(Exception):
    """A document cannot be given as its candidate needs it; the message says why."""


class DocumentSender:
    """Makes the parts from the files in `folder`; pages are drawn anew for each request and never kept on disk."""

    def __init__(self, folder: Path | None, limits: Limits) -> None:
        self._folder = folder
        self._limits = limits
        self._pdfs = PdfReader()
        self._one_at_a_time = threading.Lock()

    def chat(self, prompt: Prompt, question: Question, shots: Sequence[Example], what: Given) -> list[dict[str, Any]]:
        """Return the messages, with the pages or the file that is given of a document before the text of the last one.

        Raises CannotGiveError where that would be less than the document holds: it cannot be given, or the file is gone,
        another one, damaged, or too large for the provider.
        """
        if what.reason:
            raise CannotGiveError(what.reason)
        made: list[dict[str, Any]] = [*messages(prompt, without_text(question, what), shots)]
        if what.form is not Form.TEXT and question.document is not None:
            text = {"type": "text", "text": made[-1]["content"]}
            made[-1] = {"role": "user", "content": [*self._parts(question.document, what), text]}
        return made

    def _parts(self, document: Document, what: Given) -> list[dict[str, Any]]:
        try:
            data = (self._folder or Path()).joinpath(document.name).read_bytes()
        except OSError as e:
            msg = f"{document.name} cannot be read ({e.strerror})"
            raise CannotGiveError(msg) from e
        if hashlib.sha256(data).hexdigest() != document.sha256:
            msg = f"{document.name} is not the file that was checked"
            raise CannotGiveError(msg)
        if what.form is Form.FILE:
            return [self._file(document, data)]
        longest = self._limits.longest_side
        try:
            with self._one_at_a_time:
                pictures = [self._page(document, data, page, longest) for page in what.pages]
        except DocumentError as e:
            msg = f"{document.name}, {e.tail.rstrip('.')}"
            raise CannotGiveError(msg) from e
        size = sum(map(len, pictures))
        if size > self._limits.together:
            most = self._limits.together // 2**20
            msg = f"the pages of {document.name} take {size / 2**20:,.0f} MB, and {most} MB go into a request"
            raise CannotGiveError(msg)
        return [{"type": "image_url", "image_url": {"url": _address(media_type(p), p)}} for p in pictures]

    def _page(self, document: Document, data: bytes, page: int, longest: int) -> bytes:
        if document.name.casefold().endswith(".pdf"):
            return self._pdfs.picture(data, page, longest)
        return page_of_picture(data, page, longest)[0]

    def _file(self, document: Document, data: bytes) -> dict[str, Any]:
        most = self._limits.pdf_bytes or self._limits.together
        if len(data) > most:
            msg = f"{document.name} has {len(data) / 2**20:,.0f} MB, and its provider takes {most // 2**20} MB"
            raise CannotGiveError(msg)
        name = document.name.rpartition("/")[2]
        return {"type": "file", "file": {"filename": name, "file_data": _address("application/pdf", data)}}

    def close(self) -> None:
        """End the process that draws pages."""
        self._pdfs.close()


def without_text(question: Question, what: Given) -> Question:
    """Return a question as its messages hold it: without the text of a document that goes out in another form."""
    return question if what.with_text else replace(question, input=question.asked)


def _address(media: str, data: bytes) -> str:
    return f"data:{media};base64,{base64.b64encode(data).decode()}"
