"""The documents of the four samples as text: each sheet (cells, formats, formulas) and each page (text by position).

    python -m tests.gold.make_documents

accepts what the documents are now: it writes `tests/gold/documents` again, and `git diff` shows what a change did to them.
So it does with what commands say, `tests/gold/sayings`.

Clock, versions and hashes are fixed or masked, since they differ by day and machine; all else is what the sample gives.
"""

from __future__ import annotations

import re
import shutil
import tempfile
import xml.etree.ElementTree as ET
import zipfile
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import openpyxl
import pypdfium2
import pytest
from openpyxl.cell.cell import Cell
from openpyxl.worksheet.worksheet import Worksheet

from reportgen import assets, evaluation
from reportgen.candidates import baseline
from reportgen.corpus import ledger
from reportgen.domain.records.plan import Task
from tests.gold.sayings import SAYINGS, STORIES, saying

GOLD = Path(__file__).parent / "documents"
TASKS = tuple(task.value.replace(" ", "-") for task in Task)
ROWS = 30
"""So many rows of a sheet are kept cell by cell: further down they repeat."""
_HASH = re.compile(r"\b(?=[0-9a-f]*\d)[0-9a-f]{8,64}\b|\b[0-9a-f]{16}…")
HASH = "‹hash›"
_NOW = "2026-01-31T12:00:00Z"
_ENVIRONMENT = {"python": "3.11.0", "system": "Linux", "machine": "any", "reportgen build": "fixed", "reportgen": "0"}


def documents(task: str) -> dict[str, str]:
    """Return every sheet and every page of a sample's documents as text, by file name."""
    with tempfile.TemporaryDirectory() as name, pytest.MonkeyPatch.context() as patch:
        folder = Path(name)
        patch.setattr(evaluation, "utc_now", lambda: _NOW)
        patch.setattr(ledger, "secrets", SimpleNamespace(token_hex=lambda size: "5a17" * (size // 2)))
        patch.setattr(evaluation, "environment_record", lambda: dict(_ENVIRONMENT))
        ticks = iter(range(10**9))
        patch.setattr(baseline, "time", SimpleNamespace(perf_counter=lambda: next(ticks) / 4096))
        workbook = Path(shutil.copyfile(assets.folder("samples") / f"{task}.xlsx", folder / f"{task}-sample.xlsx"))
        _, run = evaluation.evaluate(workbook, out=folder / "run")
        return shown(run.path)


def shown(run: Path) -> dict[str, str]:
    """Return every sheet and every page of a run's documents as text, hashes masked, by file name."""
    found = dict(_sheets(run / "comparison.xlsx")) | {"native charts.txt": _charts(run / "comparison.xlsx")}
    for pdf in ("recommendation-report", "readiness-checklist"):
        found |= _pages(run / f"{pdf}.pdf", pdf)
    return found


def _sheets(path: Path) -> Iterator[tuple[str, str]]:
    for sheet in openpyxl.load_workbook(path, rich_text=False).worksheets:
        lines = [f"{sheet.max_row} rows, {sheet.max_column} columns, frozen at {sheet.freeze_panes}"]
        lines += [f"merged {merged}" for merged in sorted(map(str, sheet.merged_cells.ranges))]
        lines += [f"{kind} {place}" for kind, place in sorted(_rules(sheet))]
        lines += [f"width {letter} {found.width:g}" for letter, found in sorted(sheet.column_dimensions.items())]
        lines += [_cell(cell) for row in sheet.iter_rows(max_row=ROWS) for cell in row if cell.value is not None]
        yield f"{sheet.title}.txt", "\n".join(lines) + "\n"


def _charts(path: Path) -> str:
    """Return the native charts as Excel reads them, without the values that they keep beside the cells' own."""
    lines = []
    with zipfile.ZipFile(path) as package:
        for name in sorted(n for n in package.namelist() if n.startswith("xl/charts/chart")):
            chart = ET.fromstring(package.read(name))  # noqa: S314 - our own file
            for holder in list(chart.iter()):
                for kept in [part for part in holder if part.tag.endswith(("numCache", "strCache"))]:
                    holder.remove(kept)
            lines += [name, *(_element(part) for part in chart.iter())]
    return "\n".join(lines) + "\n"


def _element(part: ET.Element) -> str:
    given = (f"{name.rpartition('}')[2]}={value}" for name, value in sorted(part.attrib.items()))
    return " ".join([part.tag.rpartition("}")[2], *given, _masked((part.text or "").strip())]).rstrip()


def _rules(sheet: Worksheet) -> Iterator[tuple[str, str]]:
    for rule in sheet.data_validations.dataValidation:
        yield "validation", f"{rule.sqref} {rule.type} {rule.formula1}"
    for ranges in sheet.conditional_formatting:
        for rule in ranges.rules:
            yield "condition", f"{ranges.sqref} {rule.type} {' '.join(rule.formula)}"


def _cell(cell: Cell) -> str:
    value = cell.value
    shown = f"{value:.6g}" if isinstance(value, float) else _masked(str(value)).replace("\n", "⏎")
    font, fill = cell.font, cell.fill.fgColor.rgb if cell.fill.fill_type else ""
    marks = [cell.number_format, "bold" * bool(font.b), "italic" * bool(font.i), str(fill)]
    marks.append("wrap" * bool(cell.alignment.wrap_text))
    return f"{cell.coordinate} [{' '.join(filter(None, marks))}] {shown}"


def _pages(path: Path, name: str) -> Iterator[tuple[str, str]]:
    document = pypdfium2.PdfDocument(path)
    try:
        for number, page in enumerate(document, 1):
            text = page.get_textpage()
            boxes = [text.get_rect(i) for i in range(text.count_rects())]
            height = page.get_height()
            runs = [(x, height - y, _masked(" ".join(text.get_text_bounded(x, b, r, y).split()))) for x, b, r, y in boxes]
            # What stands behind a hash stands where the hash leaves it.
            lines = [f"{'… …' if HASH in found else f'{x:.0f} {y:.0f}'} {found}\n" for x, y, found in runs]
            yield f"{name}-{number}.txt", "".join(lines)
            text.close()
            page.close()
    finally:
        document.close()


def _masked(text: str) -> str:
    return _HASH.sub(HASH, text)


def pango() -> str:
    """Return the version of the library that sets the lines: another one may set them elsewhere."""
    from weasyprint.text.ffi import pango as library  # noqa: PLC0415 - on request only

    return str(library.pango_version())


def main() -> None:
    """Write the gold files of all four samples, and of what commands say, again."""
    shutil.rmtree(GOLD, ignore_errors=True)
    GOLD.mkdir()
    (GOLD / "pango.txt").write_text(f"{pango()}\n", encoding="utf-8")
    for task in TASKS:
        (GOLD / task).mkdir(parents=True)
        for name, text in documents(task).items():
            (GOLD / task / name).write_text(text, encoding="utf-8")
    shutil.rmtree(SAYINGS, ignore_errors=True)
    SAYINGS.mkdir()
    for name, story in STORIES.items():
        (SAYINGS / f"{name}.txt").write_text(saying(story), encoding="utf-8")


if __name__ == "__main__":
    main()
