"""Word and PDF files as five tools make them, each with another mix of what readers pass over, drawn by its number."""

# ruff: noqa: E501 - markup stands in one row

from __future__ import annotations

import io
import random
import subprocess
from collections.abc import Callable
from pathlib import Path

import docx
import pikepdf
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import getSampleStyleSheet
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import BalancedColumns, Paragraph, SimpleDocTemplate, Table
from weasyprint import HTML

from tests.documents.word_files import paragraph, run, word_file

WORDS = [
    "rent",
    "deposit",
    "notice",
    "tenant",
    "landlord",
    "party",
    "clause",
    "term",
    "payment",
    "invoice",
    "due",
    "annual",
    "renewal",
    "option",
    "purchase",
    "warranty",
    "law",
    "court",
    "address",
    "signature",
    "witness",
    "annex",
    "schedule",
    "interest",
    "default",
    "remedy",
    "insurance",
    "repair",
    "access",
    "inspection",
    "sublet",
    "guarantee",
]
_IN_WORD = 'w:author="A" w:date="2026-01-01T00:00:00Z"'


class _Draw:
    """Sentences whose words carry the number of their place, so that a missing one is known."""

    def __init__(self, number: int) -> None:
        self.rng = random.Random(number)
        self._at = 0

    def words(self, count: int = 6) -> str:
        made = []
        for _ in range(count):
            self._at += 1
            made.append(f"{self.rng.choice(WORDS)}{self._at}")
        return " ".join(made)


def office(folder: Path, to: str, *files: Path) -> None:
    """Let LibreOffice convert files into `folder`, all in one go."""
    profile = f"-env:UserInstallation=file://{folder}/profile"
    subprocess.run(
        ["soffice", profile, "--headless", "--convert-to", to, "--outdir", str(folder), *map(str, files)],
        check=True,
        capture_output=True,
        timeout=300,
    )


def _raw_features(draw: _Draw) -> dict[str, Callable[[], str]]:
    def cells(*inside: str) -> str:
        return "".join(f"<w:tc><w:tcPr/>{paragraph(cell)}</w:tc>" for cell in inside)

    def control(inside: str) -> str:
        return f"<w:sdt><w:sdtPr/><w:sdtContent>{inside}</w:sdtContent></w:sdt>"

    def field(code: str, shown: str) -> str:
        marks = [f'<w:r><w:fldChar w:fldCharType="{kind}"/></w:r>' for kind in ("begin", "separate", "end")]
        return f"{marks[0]}<w:r><w:instrText>{code}</w:instrText></w:r>{marks[1]}{run(shown)}{marks[2]}"

    return {
        "insertion": lambda: paragraph(run(draw.words()) + f'<w:ins w:id="1" {_IN_WORD}>{run(" " + draw.words(2))}</w:ins>'),
        "deletion": lambda: paragraph(
            run(draw.words())
            + f'<w:del w:id="2" {_IN_WORD}><w:r><w:delText xml:space="preserve"> gone</w:delText></w:r></w:del>'
        ),
        "line control": lambda: paragraph(run(draw.words(3) + " ") + control(run(draw.words(2)))),
        "block control": lambda: control(paragraph(run(draw.words()))),
        "row control": lambda: (
            f"<w:tbl><w:tblPr/><w:tblGrid><w:gridCol/><w:gridCol/></w:tblGrid><w:tr>{cells(run(draw.words(1)), run(draw.words(1)))}"
            f"</w:tr>{control(f'<w:tr>{cells(run(draw.words(1)), run(draw.words(1)))}</w:tr>')}</w:tbl>{paragraph('')}"
        ),
        "insertion in a cell": lambda: (
            "<w:tbl><w:tblPr/><w:tblGrid><w:gridCol/></w:tblGrid><w:tr>"
            + cells(f'<w:ins w:id="3" {_IN_WORD}>{run(draw.words(2))}</w:ins>')
            + f"</w:tr></w:tbl>{paragraph('')}"
        ),
        "smart tag": lambda: paragraph(f'<w:smartTag w:uri="u" w:element="city">{run(draw.words(2))}</w:smartTag>'),
        "field": lambda: paragraph(run(draw.words(2) + " ") + field(" REF x ", draw.words(2))),
        "simple field": lambda: paragraph(f'<w:fldSimple w:instr="TITLE">{run(draw.words(2))}</w:fldSimple>'),
        "marks": lambda: paragraph(
            f"<w:r><w:t>{draw.words(1)}</w:t><w:tab/><w:t>{draw.words(1)}</w:t><w:br/></w:r>{run(draw.words(1))}"
        ),
        "link": lambda: paragraph(f'<w:hyperlink w:anchor="a">{run(draw.words(2))}</w:hyperlink>'),
        "moved": lambda: paragraph(f'<w:moveTo w:id="4" {_IN_WORD}>{run(draw.words(2))}</w:moveTo>'),
        "bold in a word": lambda: paragraph(run("half") + run(draw.words(1), "<w:b/>")),
    }


def raw_word(number: int) -> bytes:
    """A Word file written part by part, of seven kinds of content."""
    draw = _Draw(number)
    features = _raw_features(draw)
    body = "".join(features[name]() for name in draw.rng.sample(sorted(features), 7))
    parts: dict[str, str | bytes] = {}
    references = ""
    if number % 2:
        parts["header1"] = paragraph(run(draw.words(2)))
        parts["footer1"] = paragraph(run(draw.words(2)))
        references = (
            '<w:headerReference w:type="default" r:id="header1"/><w:footerReference w:type="default" r:id="footer1"/>'
        )
    return word_file(f"{body}{paragraph(run(draw.words()))}<w:sectPr>{references}</w:sectPr>", parts)


def docx_word(number: int) -> bytes:
    """A Word file of python-docx: headings, lists, tables with merged and nested cells, sections with headers."""
    draw = _Draw(number)
    file = docx.Document()
    file.add_heading(draw.words(3), level=1)
    for _ in range(3):
        file.add_paragraph(draw.words(4), style="List Number")
        file.add_paragraph(draw.words(2), style="List Bullet 2")
    table = file.add_table(rows=3, cols=3)
    for row in table.rows:
        for cell in row.cells:
            cell.text = draw.words(2)
    table.cell(0, 0).merge(table.cell(0, 1))
    inner = table.cell(2, 2).add_table(1, 2)
    inner.cell(0, 0).text, inner.cell(0, 1).text = draw.words(1), draw.words(1)
    section = file.sections[0]
    section.header.paragraphs[0].text = draw.words(3)
    section.footer.paragraphs[0].text = draw.words(3)
    if number % 3 == 0:
        section.different_first_page_header_footer = True
        section.first_page_header.paragraphs[0].text = draw.words(2)
    box = (
        f"<w:r {nsdecls('w')} xmlns:v='urn:schemas-microsoft-com:vml'><w:pict><v:shape style='width:200pt;height:40pt'><v:textbox>"
        f"<w:txbxContent><w:p><w:r><w:t>{draw.words(3)}</w:t></w:r></w:p></w:txbxContent></v:textbox></v:shape></w:pict></w:r>"
    )
    file.add_paragraph(draw.words(2))._p.append(parse_xml(box))  # noqa: SLF001 - the library has no text boxes
    file.add_paragraph(draw.words(8))
    out = io.BytesIO()
    file.save(out)
    return out.getvalue()


def _page(number: int) -> str:
    draw = _Draw(number)
    rows = "".join(f"<tr><td>{draw.words(2)}</td><td>{draw.words(2)}</td></tr>" for _ in range(3))
    items = "".join(f"<li>{draw.words(3)}</li>" for _ in range(3))
    styles = ("", "columns: 2;", "writing-mode: horizontal-tb; text-align: justify; hyphens: auto;")
    return (
        f"<html lang=en><body style='{styles[number % 3]}'><h1>{draw.words(3)}</h1><p>{draw.words(40)}</p><ol>{items}</ol>"
        f"<table border=1>{rows}</table><p>{draw.words(30)}</p></body></html>"
    )


def office_words(folder: Path, numbers: range) -> list[Path]:
    """Word files that LibreOffice makes from pages."""
    pages = []
    for number in numbers:
        page = folder / f"office-{number}.html"
        page.write_text(_page(number), encoding="utf-8")
        pages.append(page)
    office(folder, "docx:Office Open XML Text", *pages)
    return [page.with_suffix(".docx") for page in pages]


def words_of(folder: Path, each: int) -> list[Path]:
    """So many Word files of each of three makers."""
    made = []
    for number in range(each):
        for name, make in (("raw", raw_word), ("python", docx_word)):
            path = folder / f"{name}-{number}.docx"
            path.write_bytes(make(number))
            made.append(path)
    return [*made, *office_words(folder, range(each))]


def _reportlab(number: int) -> bytes:
    draw, out = _Draw(number), io.BytesIO()
    style = getSampleStyleSheet()["BodyText"]
    text = [Paragraph(draw.words(60), style) for _ in range(3)]
    table = Table([[draw.words(1) for _ in range(3)] for _ in range(4)])
    SimpleDocTemplate(out, pagesize=A4).build([BalancedColumns(text, nCols=2 + number % 2), table])
    return out.getvalue()


def _form(number: int) -> bytes:
    draw, out = _Draw(number), io.BytesIO()
    canvas = Canvas(out, pagesize=A4)
    for line in range(6):
        up = 780 - 40 * line
        canvas.drawString(72, up, f"Field{line}:")
        canvas.acroForm.textfield(name=f"f{line}", value=draw.words(2), x=150, y=up - 6, width=220, height=20)
    canvas.drawString(72, 400, draw.words(5))
    canvas.showPage()
    canvas.rotate(90)
    canvas.drawString(100, -300, draw.words(5))
    canvas.save()
    return out.getvalue()


def _changed(number: int) -> bytes:
    draw = _Draw(number)
    name = pikepdf.Name
    with pikepdf.open(io.BytesIO(_reportlab(number))) as pdf:
        page = pdf.pages[0]
        page.Rotate = 90 * (number % 4)
        page.CropBox = [0, 0, 595, 842]
        box = pikepdf.Dictionary(
            Type=name.Annot, Subtype=name.FreeText, Rect=[50, 20, 500, 60], F=4, DA="/Helv 10 Tf", Contents=draw.words(3)
        )
        page.Annots = pdf.make_indirect(pikepdf.Array([pdf.make_indirect(box)]))
        out = io.BytesIO()
        pdf.save(out, object_stream_mode=pikepdf.ObjectStreamMode.generate)
        return out.getvalue()


def pdfs_of(folder: Path, each: int, words: list[Path]) -> list[Path]:
    """So many PDF files of each of five makers, the last of them LibreOffice from the first Word files."""
    made = []
    for number in range(each):
        makers: dict[str, Callable[[int], bytes]] = {
            "reportlab": _reportlab,
            "form": _form,
            "pikepdf": _changed,
            "weasyprint": lambda n: bytes(HTML(string=_page(n)).write_pdf()),
        }
        for name, make in makers.items():
            path = folder / f"{name}-{number}.pdf"
            path.write_bytes(make(number))
            made.append(path)
    office(folder, "pdf", *words[:each])
    return [*made, *(folder / f"{path.stem}.pdf" for path in words[:each])]
