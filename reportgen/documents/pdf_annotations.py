"""What the fields and notes of a PDF page show, and where in its text that belongs; runs in the child process alone."""

from __future__ import annotations

import ctypes
from collections import Counter
from typing import Any

import pypdfium2
import pypdfium2.raw as pdfium

_LINK, _POPUP, _WIDGET, _FREE_TEXT = 2, 16, 20, 3
_LEFT_OUT = {12: "struck passage", 13: "stamp", 15: "hand drawing", 17: "attached file", 28: "redaction mark"}
"""What kinds of annotations show beyond their own words."""
_HIDDEN = 0x2 | 0x20
"""Hidden, or not shown on the screen."""
_CHECK, _RADIO, _COMBO, _LIST, _TYPED = 2, 3, 4, 5, 6
_PASSWORD_FIELD = 1 << 13
_FAR = 220.0
_STEP = 3.0
_BEHIND_BOX = 40.0
_ABOVE = 24.0


class Annotations:
    """Reads them all: `inserted` are values with their places in the text, `lines` stand nowhere near any text.

    `drawn` = at least one of them is drawn on the page; `counts` says what was left out.
    """

    def __init__(self, form: Any, page: pypdfium2.PdfPage, part: pypdfium2.PdfTextPage, raw: str) -> None:  # noqa: ANN401
        self.inserted: list[tuple[int, str]] = []
        self.lines: list[str] = []
        self.drawn = False
        self.counts: Counter[str] = Counter()
        self._form = form
        self._part = part
        self._raw = raw
        for index in range(pdfium.FPDFPage_GetAnnotCount(page)):
            annotation = pdfium.FPDFPage_GetAnnot(page, index)
            if annotation:
                self._read(annotation)
                pdfium.FPDFPage_CloseAnnot(annotation)

    def _read(self, annotation: Any) -> None:  # noqa: ANN401 - a handle of pdfium
        kind = pdfium.FPDFAnnot_GetSubtype(annotation)
        if pdfium.FPDFAnnot_GetFlags(annotation) & _HIDDEN or kind in {_LINK, _POPUP}:
            return
        self.drawn = True
        if kind in _LEFT_OUT:
            self.counts[_LEFT_OUT[kind]] += 1
        if kind == _WIDGET:
            if self._form is not None:
                self._field(annotation)
        elif content := _string(pdfium.FPDFAnnot_GetStringValue, annotation, b"Contents").strip():
            self.lines.append(content if kind == _FREE_TEXT else f"[note: {content}]")

    def _field(self, annotation: Any) -> None:  # noqa: ANN401 - as above
        """Say what a field of a form shows, beside the words that name it."""
        kind = pdfium.FPDFAnnot_GetFormFieldType(self._form, annotation)
        if kind in {_CHECK, _RADIO}:
            mark = "[x] " if pdfium.FPDFAnnot_IsChecked(self._form, annotation) else "[ ] "
            self._say(self._right_of(annotation), mark, f"{mark}{self._name(annotation)}".strip())
            return
        if kind not in {_COMBO, _LIST, _TYPED}:
            return
        if kind == _TYPED and pdfium.FPDFAnnot_GetFormFieldFlags(self._form, annotation) & _PASSWORD_FIELD:
            self.counts["hidden value of the form"] += 1
            return
        value = self._chosen(annotation) if kind != _TYPED else ""
        value = value or _string(pdfium.FPDFAnnot_GetFormFieldValue, self._form, annotation)
        if value.strip():
            name = self._name(annotation)
            self._say(self._left_or_above(annotation), f" {value} ", f"{name}: {value}" if name else value)

    def _say(self, place: int | None, value: str, alone: str) -> None:
        if place is None:
            self.lines.append(alone)
        else:
            self.inserted.append((place, value))

    def _name(self, annotation: Any) -> str:  # noqa: ANN401 - as above
        shown = _string(pdfium.FPDFAnnot_GetFormFieldAlternateName, self._form, annotation)
        return shown or _string(pdfium.FPDFAnnot_GetFormFieldName, self._form, annotation)

    def _chosen(self, annotation: Any) -> str:  # noqa: ANN401 - as above
        """Return the labels of the options that are chosen."""
        count = max(0, pdfium.FPDFAnnot_GetOptionCount(self._form, annotation))
        chosen = [i for i in range(count) if pdfium.FPDFAnnot_IsOptionSelected(self._form, annotation, i)]
        return ", ".join(_string(pdfium.FPDFAnnot_GetOptionLabel, self._form, annotation, i) for i in chosen)

    def _hit(self, across: float, up: float, wide: float, high: float) -> int | None:
        found: int | None = self._part.get_index(across, up, wide, high)
        return found

    def _left_or_above(self, annotation: Any) -> int | None:  # noqa: ANN401 - as above
        """Return the place in the text behind the words that stand left of a field, or above it, or in it."""
        left, low, right, high = _rectangle(annotation)
        reach = max(4.0, min(8.0, (high - low) / 2))
        middle = max(high - 10.0, (low + high) / 2)
        for across in _steps(left, max(left - _FAR, 0.0)):
            if (hit := self._hit(across, middle, 2.0, reach)) is not None:
                return _after(self._raw, hit)
        for up in _steps(high, high + _ABOVE):
            if (hit := self._hit(left + 4.0, up, 6.0, 2.0)) is not None:
                return _end_of_line(self._raw, hit)
        return next((h for x in _steps(left, right) if (h := self._hit(x, middle, 2.0, reach)) is not None), None)

    def _right_of(self, annotation: Any) -> int | None:  # noqa: ANN401 - as above
        """Return the place in the text before the words that stand right of a box."""
        _, low, right, high = _rectangle(annotation)
        for across in _steps(right, right + _BEHIND_BOX):
            if (hit := self._hit(across, (low + high) / 2, 2.0, 6.0)) is not None:
                while hit > 0 and not self._raw[hit - 1 : hit].isspace():
                    hit -= 1
                return hit
        return None


def _string(getter: Any, *which: Any) -> str:  # noqa: ANN401 - functions and handles of pdfium
    """Return a text that pdfium writes into a buffer of the size that it asks for."""
    size = getter(*which, None, 0)
    buffer = ctypes.create_string_buffer(max(2, size))
    getter(*which, ctypes.cast(buffer, ctypes.POINTER(pdfium.FPDF_WCHAR)), size)
    text = buffer.raw[: max(0, size - 2)].decode("utf-16-le", "replace")
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _rectangle(annotation: Any) -> tuple[float, float, float, float]:  # noqa: ANN401 - a handle of pdfium
    box = pdfium.FS_RECTF()
    pdfium.FPDFAnnot_GetRect(annotation, box)
    low, high = sorted((box.bottom, box.top))
    return box.left, low, box.right, high


def _steps(start: float, end: float) -> list[float]:
    count = int(abs(end - start) / _STEP)
    way = _STEP if end >= start else -_STEP
    return [start + way * i for i in range(count + 1)]


def _after(raw: str, hit: int) -> int:
    while hit < len(raw) and not raw[hit].isspace():
        hit += 1
    return hit


def _end_of_line(raw: str, hit: int) -> int:
    while hit < len(raw) and raw[hit] not in "\r\n":
        hit += 1
    return hit
