"""The house style: name, logo, paper and fonts on the pages, every fault refused before a run, kept with the evidence."""

from __future__ import annotations

import struct
import zlib
from dataclasses import replace
from pathlib import Path

import pytest

from reportgen.domain.records.plan import Task
from reportgen.problems import NeedsMendingError
from reportgen.reports.interface import REPORTS
from reportgen.reports.material import Material
from reportgen.reports.pdf import documents
from reportgen.reports.pdf.glyph_coverage import Letters
from reportgen.reports.pdf.house_style import FILE, KEPT, files_beside, house_style, style_of_run
from tests.builders import comparison_for

pikepdf = pytest.importorskip("pikepdf")
pypdf = pytest.importorskip("pypdf")
THAI = Path("/usr/share/fonts/truetype/noto/NotoSansThai-Regular.ttf")


def png() -> bytes:
    """A picture of 40 x 10 dots in one colour."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    rows = (b"\x00" + b"\x11\x55\x99" * 40) * 10
    head = struct.pack(">IIBBBBB", 40, 10, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


def write_style(folder: Path, text: str) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "logo.png").write_bytes(png())
    (folder / FILE).write_text(text, encoding="utf-8")
    return folder / FILE


def test_name_logo_and_letter_paper_stand_on_the_pages_of_a_run_that_keeps_a_style(tmp_path: Path) -> None:
    write_style(tmp_path / KEPT, 'organisation: "Example Ltd"\npaper: Letter\naccent: "#7a1f3d"\nlogo: logo.png\n')
    path = REPORTS["readiness-checklist.pdf"](Material(comparison_for(Task.SUMMARIZATION, examples=30)), tmp_path)
    pages = pypdf.PdfReader(path).pages
    assert all("Example Ltd" in page.extract_text() for page in pages)
    assert {(round(float(p.mediabox.width)), round(float(p.mediabox.height))) for p in pages} == {(612, 792)}
    with pikepdf.open(path) as document:
        pictures = [o for o in document.objects if isinstance(o, pikepdf.Stream) and o.get("/Subtype") == "/Image"]
        assert [(int(o.Width), int(o.Height)) for o in pictures] == [(40, 10)]


def test_the_style_beside_a_workbook_is_kept_with_its_files_and_read_again_from_the_run(tmp_path: Path) -> None:
    write_style(tmp_path, "logo: logo.png\n")
    for name, content in files_beside(tmp_path / "evaluation.xlsx"):
        target = tmp_path / "run" / KEPT / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)
    assert style_of_run(tmp_path / "run").logo == png()
    assert style_of_run(tmp_path / "another").logo == b""
    assert list(files_beside(tmp_path / "elsewhere" / "evaluation.xlsx")) == []


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("accent: red\n", "expected a colour"),
        ("paper: A3\n", "Write organisation, paper"),
        ("colour: blue\n", "Write organisation, paper"),
        ("organisation: [\n", "Write organisation, paper"),
        ("logo: ../secret.png\n", "does not lie beside it"),
        ("logo: /etc/passwd\n", "does not lie beside it"),
        ("logo: house-style.yaml\n", "no PNG or JPEG"),
        ("fonts: nowhere\n", "does not lie beside it"),
        ("fonts: empty\n", "must hold font files"),
    ],
)
def test_a_fault_in_the_style_is_told_with_its_remedy_before_anything_is_asked(tmp_path: Path, text: str, said: str) -> None:
    (tmp_path / "empty").mkdir()
    write_style(tmp_path, text)
    with pytest.raises(NeedsMendingError, match=said):
        list(files_beside(tmp_path / "evaluation.xlsx"))


@pytest.mark.skipif(not THAI.exists(), reason="the Thai font of the Noto project is not installed here")
def test_a_script_that_our_fonts_lack_is_drawn_by_the_house_s_fonts_and_else_shown_as_code_points(tmp_path: Path) -> None:
    (tmp_path / "fonts").mkdir()
    (tmp_path / "fonts" / THAI.name).write_bytes(THAI.read_bytes())
    style = house_style(write_style(tmp_path, "fonts: fonts\n"))
    plain = comparison_for(Task.CLASSIFICATION, examples=30)
    comparison = replace(plain, plan=replace(plain.plan, settings=replace(plain.plan.settings, title="รายงาน")))
    for chosen, shown in ((style, "รายงาน"), (house_style(), "[U+0E23]")):
        path = tmp_path / "checklist.pdf"
        documents.write_checklist(Material(comparison), path, chosen)
        assert shown in pypdf.PdfReader(path).pages[0].extract_text()


def test_a_file_that_is_no_font_is_refused_by_name(tmp_path: Path) -> None:
    bad = tmp_path / "bad.ttf"
    bad.write_bytes(b"no font")
    with pytest.raises(NeedsMendingError, match=r"bad\.ttf is no font"):
        Letters((bad,))
