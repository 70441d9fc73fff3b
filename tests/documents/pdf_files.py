"""PDF files with what readers once passed over, made by reportlab and pikepdf."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import pikepdf
from reportlab.lib.pagesizes import A4
from reportlab.pdfgen.canvas import Canvas


def drawn(draw: Callable[[Canvas], object]) -> bytes:
    """A PDF of what is drawn."""
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=A4)
    draw(canvas)
    canvas.save()
    return out.getvalue()


def form(*, appearances: bool = True) -> bytes:
    """A form: texts left of, above and inside fields, boxes, a choice, a combed field, a field of several lines."""

    def draw(canvas: Canvas) -> None:
        canvas.drawString(72, 780, "Applicant:")
        canvas.drawString(300, 780, "Born:")
        canvas.drawString(72, 740, "Amount in EUR")
        canvas.drawString(100, 680, "I agree")
        canvas.drawString(200, 680, "I refuse")
        canvas.drawString(72, 640, "Colour:")
        canvas.drawString(72, 600, "Number:")
        canvas.drawString(72, 500, "End of the form.")
        fields = canvas.acroForm
        fields.textfield(name="name", value="Jane Example", x=130, y=774, width=150, height=20)
        fields.textfield(name="born", value="3 April 1980", x=335, y=774, width=100, height=20)
        fields.textfield(name="amount", value="15200", x=72, y=712, width=100, height=20)
        fields.checkbox(name="agree", checked=True, x=80, y=677, size=14)
        fields.checkbox(name="refuse", checked=False, x=180, y=677, size=14)
        fields.choice(name="colour", value="blue", options=[("red", "R"), ("blue", "B")], x=130, y=634, width=80, height=20)
        fields.textfield(name="number", value="4711", x=130, y=594, width=80, height=20, maxlen=4, fieldFlags="comb")

    data = drawn(draw)
    if appearances:
        return data
    with pikepdf.open(io.BytesIO(data)) as pdf:
        for annotation in pdf.pages[0].Annots:
            if annotation.get("/FT") == "/Tx":
                del annotation["/AP"]
        pdf.Root.AcroForm.NeedAppearances = True
        return saved(pdf)


def saved(pdf: pikepdf.Pdf) -> bytes:
    """The bytes of a PDF."""
    out = io.BytesIO()
    pdf.save(out)
    return out.getvalue()


def annotated(**entries: Any) -> bytes:  # noqa: ANN401 - whatever a PDF may hold
    """A page with one annotation of these entries."""
    with pikepdf.open(io.BytesIO(drawn(lambda c: c.drawString(72, 780, "The page itself.")))) as pdf:
        made = pikepdf.Dictionary(Type=pikepdf.Name.Annot, Rect=[100, 100, 200, 150], **({"F": 4} | entries))
        pdf.pages[0].Annots = pdf.make_indirect(pikepdf.Array([pdf.make_indirect(made)]))
        return saved(pdf)


def turned(angle: int) -> bytes:
    """A page that is shown turned."""
    with pikepdf.open(io.BytesIO(drawn(lambda c: c.drawString(72, 780, "A turned page of 42 words.")))) as pdf:
        pdf.pages[0].Rotate = angle
        return saved(pdf)
