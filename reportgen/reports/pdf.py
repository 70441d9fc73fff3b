"""Writes the two PDFs: fills the templates from the view, and has each rendered in a child process with a time limit.

Templates escape everything, know nothing undefined, and calculate nothing. Fonts are our own four files and no others, so
the same comparison gives the same bytes on any machine with the same libraries.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from reportgen import assets
from reportgen.domain.comparison import Comparison
from reportgen.problems import ReportgenError
from reportgen.reports import charts
from reportgen.reports.data import results_bytes
from reportgen.reports.house_style import HouseStyle, house_style
from reportgen.reports.letters import Letters
from reportgen.reports.pdf_process import Attached, Job
from reportgen.reports.view import build
from reportgen.reports.view_records import View

if TYPE_CHECKING:
    from jinja2 import Environment

TIME_LIMIT_S = 120.0
"""A report of the largest evaluation takes a few seconds; what takes longer is text that attacks the layout."""


class ReportError(ReportgenError):
    """A PDF could not be rendered; everything else of the run is kept, and `reportgen report` tries again."""


def write_checklist(comparison: Comparison, path: Path, style: HouseStyle | None = None) -> None:
    """Write readiness-checklist.pdf to `path`. Raises ReportError when it cannot be rendered."""
    _write("checklist.html", build(comparison), comparison, path, style or house_style())


def write_recommendation(comparison: Comparison, path: Path, style: HouseStyle | None = None) -> None:
    """Write recommendation-report.pdf to `path`. Raises ReportError when it cannot be rendered."""
    _write("recommendation.html", build(comparison), comparison, path, style or house_style())


def write_both(comparison: Comparison, folder: Path, style: HouseStyle | None = None) -> tuple[Path, Path]:
    """Write both PDFs into `folder`, rendered side by side, and return their paths: checklist, recommendation.

    Both are tried before an error is raised, so that one failure does not cost the other document.
    """
    chosen, view = style or house_style(), build(comparison)
    paths = (folder / "readiness-checklist.pdf", folder / "recommendation-report.pdf")
    with ThreadPoolExecutor(max_workers=2) as pool:
        waiting = [
            pool.submit(_write, template, view, comparison, path, chosen)
            for template, path in zip(("checklist.html", "recommendation.html"), paths, strict=True)
        ]
    for done in waiting:
        done.result()
    return paths


def _write(template: str, view: View, comparison: Comparison, path: Path, style: HouseStyle) -> None:
    html, css = page(template, view, comparison, style)
    with tempfile.TemporaryDirectory(prefix=".reportgen-", dir=path.parent.resolve()) as scratch:
        half = Path(scratch) / "half.pdf"
        job = Job(html, css, str(half), style.logo, (_evidence(comparison),), _tight(template), comparison.run.finished)
        _render(job, Path(scratch), path.name, style.fonts)
        half.replace(path)


def _tight(template: str) -> str:
    """Return the closer setting of page one, for the one document whose first page must suffice."""
    if template != "recommendation.html":
        return ""
    return (assets.folder("templates") / "tight.css").read_text(encoding="utf-8")


def _evidence(comparison: Comparison) -> Attached:
    """Return the figures behind the pages, the same bytes as results.json, to travel with the document."""
    words = "Every figure of this document, unrounded, for machines; the same bytes as results.json in the run folder."
    return Attached("results.json", words, results_bytes(comparison))


def page(template: str, view: View, comparison: Comparison, style: HouseStyle) -> tuple[str, str]:
    """Fill one template and return its HTML and the style sheet."""
    letters = Letters(style.fonts)
    jinja = _environment(letters)
    created = _stamp(comparison.run.finished)
    html = jinja.get_template(template).render(
        view=view, style=style, created=created, charts=charts, printable=letters.printable
    )
    return html, jinja.get_template("report.css").render(style=style)


def _stamp(finished: str) -> str:
    """Return the run's own end as the documents' date, or nothing where it is no W3C date: the engine would warn."""
    return finished if re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(Z|[+-]\d\d:\d\d)", finished) else ""


def _environment(letters: Letters) -> Environment:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined  # noqa: PLC0415 - only the PDFs need it

    environment = Environment(
        loader=FileSystemLoader(assets.folder("templates")),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=letters.finalized,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["coded"] = letters.coded
    return environment


def _render(job: Job, scratch: Path, name: str, more_fonts: tuple[Path, ...] = ()) -> None:
    """Run the child process on one job. Raises ReportError with what the child said."""
    command = [sys.executable, "-P", "-m", "reportgen.reports.pdf_process"]
    try:
        done = subprocess.run(  # noqa: S603 - our own interpreter and module, nothing from the workbook
            command,
            input=msgspec.json.encode(job),
            env=_surroundings(scratch, more_fonts),
            capture_output=True,
            timeout=TIME_LIMIT_S,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        msg = (
            f"{name} took longer than {TIME_LIMIT_S:.0f} s to lay out and was stopped. The evidence is complete without it."
        )
        raise ReportError(msg) from error
    if done.returncode:
        said = done.stderr.decode("utf-8", "replace").strip().splitlines()
        msg = f"{name} could not be rendered: {said[-1] if said else 'the renderer gave no reason'}. Run: reportgen doctor"
        raise ReportError(msg)


def _surroundings(scratch: Path, more_fonts: tuple[Path, ...]) -> dict[str, str]:
    """Return the child's environment: our fonts and the house's, no clock but the run's, our package on its path."""
    fonts = scratch / "fonts.conf"
    folders = [assets.folder("templates") / "fonts", *dict.fromkeys(font.parent for font in more_fonts)]
    named = "".join(f"<dir>{_xml(folder.resolve())}</dir>" for folder in folders)
    fonts.write_text(
        '<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "urn:fontconfig:fonts.dtd">\n'
        f"<fontconfig>{named}<cachedir>{_xml(scratch / 'cache')}</cachedir></fontconfig>\n",
        encoding="utf-8",
    )
    kept = {k: v for k, v in os.environ.items() if k not in {"SOURCE_DATE_EPOCH", "PYTHONPATH", "FONTCONFIG_PATH"}}
    return kept | {"FONTCONFIG_FILE": str(fonts), "PYTHONPATH": str(Path(__file__).resolve().parents[2])}


def _xml(path: Path) -> str:
    return str(path).replace("&", "&amp;").replace("<", "&lt;")
