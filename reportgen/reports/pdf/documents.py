"""Writes the two PDFs: fills the templates from the view, and has each rendered in a child process with a time limit.

Templates escape everything, know nothing undefined, and calculate nothing. Fonts are our own four files and those that the
run keeps, so the same comparison gives the same bytes on any machine with the same libraries.
"""

from __future__ import annotations

import re
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from markupsafe import Markup

from reportgen import assets
from reportgen.reports.material import Material
from reportgen.reports.pdf import charts
from reportgen.reports.pdf.glyph_coverage import Letters
from reportgen.reports.pdf.house_style import HouseStyle, house_style
from reportgen.reports.pdf.process import FRONT_ENDS, Attached, Job
from reportgen.reports.pdf.renderers import ReportError, render
from reportgen.reports.view.records import View

if TYPE_CHECKING:
    from jinja2 import Environment


_UNDRAWN = re.compile(r"\(U\+([0-9A-F]{4,6})\)")
_MOST_UNDRAWN = 20


def write_checklist(made: Material, path: Path, style: HouseStyle | None = None) -> None:
    """Write readiness-checklist.pdf to `path`. Raises ReportError when it cannot be rendered."""
    _write("checklist.html", made, path, style or house_style())


def write_recommendation(made: Material, path: Path, style: HouseStyle | None = None) -> None:
    """Write recommendation-report.pdf to `path`. Raises ReportError when it cannot be rendered."""
    _write("recommendation.html", made, path, style or house_style())


def _write(template: str, made: Material, path: Path, style: HouseStyle) -> None:
    finished = made.comparison.run.finished
    without: frozenset[int] = frozenset()
    with tempfile.TemporaryDirectory(prefix=".reportgen-", dir=path.parent.resolve()) as scratch:
        half = Path(scratch) / "half.pdf"
        while True:
            html, css = page(template, made.view, finished, style, without)
            job = Job(html, css, str(half), style.logo, (_evidence(made),), _tight(template), finished)
            try:
                render(job, path.name, style.fonts)
            except ReportError as error:
                # A font may claim a letter and yet not draw it where it stands: then its code point stands for it.
                undrawn = {int(code, 16) for code in _UNDRAWN.findall(str(error))} - without if style.fonts else set()
                if not undrawn or len(without) > _MOST_UNDRAWN:
                    raise
                without |= undrawn
            else:
                break
        half.replace(path)


def _tight(template: str) -> str:
    """Return the closer setting of page one, for the one document whose first page must suffice."""
    if template != "recommendation.html":
        return ""
    return (assets.folder("templates") / "tight.css").read_text(encoding="utf-8")


def _evidence(made: Material) -> Attached:
    """Return the figures behind the pages, the same bytes as results.json, to travel with the document."""
    words = "Every figure of this document, unrounded, for machines; the same bytes as results.json in the run folder."
    return Attached("results.json", words, made.results)


def page(
    template: str, view: View, finished: str, style: HouseStyle, without: frozenset[int] = frozenset()
) -> tuple[str, str]:
    """Fill one template and return its HTML and the style sheet.

    `finished` = the end of the run; letters of `without` stand as code points.
    """
    letters = Letters(style.fonts, without)
    jinja = _environment(letters)
    created = _stamp(finished)
    html = jinja.get_template(template).render(
        view=view,
        style=style,
        created=created,
        charts=charts,
        printable=letters.printable,
        front_ends=Markup(FRONT_ENDS),  # noqa: S704 - our own constant
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
    environment.filters["attribute"] = letters.attribute
    return environment
