"""The pictures that the README shows, from the shipped sample: `python -m tests.readme_pictures`, or `make pictures`.

Page one as WeasyPrint laid it out, the first sheet as LibreOffice shows it, the desk as Chromium does.
"""

from __future__ import annotations

import tempfile
from io import BytesIO
from pathlib import Path

import pypdfium2
from PIL import Image

from tests.desk.browser import browser, visit
from tests.desk.opened import OpenDesk
from tests.desk.pictures import enter
from tests.workbook.office import converted

PICTURES = Path(__file__).resolve().parents[1] / "docs" / "pictures"
NAMES = DESK, PAGE_ONE, WORKBOOK = "desk.png", "page-one.png", "workbook.png"
TASK = "classification"
WIDE = 1000
"""Pixels of the widest side of each picture."""
_COLOURS = 128


def draw(target: Path = PICTURES) -> None:
    """Run the sample in a desk and write the three pictures."""
    target.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as name, OpenDesk(Path(name)) as desk, browser() as on:
        desk.post("/sample", {"task": TASK})
        desk.runs_to_the_end(f"{TASK}-sample.xlsx")
        with visit(on) as page:
            enter(page, desk)
            page.goto(f"http://{desk.host}/w/{TASK}-sample.xlsx/decide")
            page.locator("h1").first.wait_for()
            _write(page.screenshot(), target / DESK)
        run = Path(name) / f"{TASK}-sample-run"
        _write(_first_page(run / "recommendation-report.pdf"), target / PAGE_ONE)
        _write(_first_page(converted(run / "comparison.xlsx", "pdf")), target / WORKBOOK)


def _first_page(path: Path) -> bytes:
    with pypdfium2.PdfDocument(path) as document:
        picture = document[0].render(scale=2).to_pil()
    out = BytesIO()
    picture.save(out, "png")
    return out.getvalue()


def _write(png: bytes, path: Path) -> None:
    with Image.open(BytesIO(png)) as picture:
        small = picture.convert("RGB")
        small.thumbnail((WIDE, WIDE), Image.Resampling.LANCZOS)
        small.quantize(_COLOURS, dither=Image.Dither.NONE).save(path, optimize=True)


if __name__ == "__main__":
    draw()
