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
from bisect import bisect_right
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import msgspec

from reportgen import assets
from reportgen.domain.comparison import Comparison
from reportgen.problems import ReportgenError
from reportgen.reports import charts
from reportgen.reports.pdf_process import Job
from reportgen.reports.view import build
from reportgen.reports.view_records import View

if TYPE_CHECKING:
    from jinja2 import Environment

TIME_LIMIT_S = 120.0
"""A report of the largest evaluation takes a few seconds; what takes longer is text that attacks the layout."""

_COLOUR = re.compile(r"#[0-9a-fA-F]{6}")


class ReportError(ReportgenError):
    """A PDF could not be rendered; everything else of the run is kept, and `reportgen report` tries again."""


@dataclass(frozen=True, slots=True)
class HouseStyle:
    """The look that a house may choose: its name, the paper and two colours."""

    organisation: str = ""
    paper: Literal["A4", "Letter"] = "A4"
    accent: str = "#0b3c5d"
    accent_light: str = "#e8eff4"


def house_style(path: Path | None = None) -> HouseStyle:
    """Read a house style from YAML; None = the shipped one.

    Raises ReportError where a value is not one of those allowed: it would end up in the style sheet.
    """
    import yaml  # type: ignore[import-untyped]  # noqa: PLC0415 - ships no types; only reports need it

    source = path or assets.folder("templates") / "house-style.yaml"
    try:
        style = msgspec.convert(yaml.safe_load(source.read_text(encoding="utf-8")) or {}, HouseStyle)
    except (msgspec.ValidationError, yaml.YAMLError) as error:
        msg = f"{source.name}: {error}. Write organisation, paper (A4 or Letter), accent and accent_light, nothing else."
        raise ReportError(msg) from error
    for name, colour in (("accent", style.accent), ("accent_light", style.accent_light)):
        if not _COLOUR.fullmatch(colour):
            msg = f"{source.name}: {name} is {colour!r}, expected a colour such as #0b3c5d."
            raise ReportError(msg)
    return style


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
    with tempfile.TemporaryDirectory(prefix=".reportgen-", dir=path.parent) as scratch:
        half = Path(scratch) / "half.pdf"
        _render(Job(html, css, str(half)), Path(scratch), path.name)
        half.replace(path)


def page(template: str, view: View, comparison: Comparison, style: HouseStyle) -> tuple[str, str]:
    """Fill one template and return its HTML and the style sheet."""
    jinja = _environment()
    created = _stamp(comparison.run.finished)
    html = jinja.get_template(template).render(view=view, style=style, created=created, charts=charts, printable=printable)
    return html, jinja.get_template("report.css").render(style=style)


def _stamp(finished: str) -> str:
    """Return the run's own end as the documents' date, or nothing where it is no W3C date: the engine would warn."""
    return finished if re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(Z|[+-]\d\d:\d\d)", finished) else ""


@cache
def _environment() -> Environment:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined  # noqa: PLC0415 - only the PDFs need it

    return Environment(
        loader=FileSystemLoader(assets.folder("templates")),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_finalized,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def _finalized(value: object) -> object:
    """Make every plain text printable; markup is made of texts that were."""
    return printable(value) if type(value) is str else value


def printable(text: str) -> str:
    """Return `text` with every character that our fonts cannot draw as its code point: `[U+6F22]`."""
    return text if text.isascii() else "".join(c if c == "\n" or _drawn(ord(c)) else f"[U+{ord(c):04X}]" for c in text)


def _drawn(code: int) -> bool:
    starts, ends = _coverage()
    place = bisect_right(starts, code) - 1
    return place >= 0 and code <= ends[place]


@cache
def _coverage() -> tuple[tuple[int, ...], tuple[int, ...]]:
    lines = (assets.folder("templates") / "fonts" / "coverage.txt").read_text(encoding="ascii").split()
    ranges = [tuple(int(end, 16) for end in line.split("-")) for line in lines]
    return tuple(r[0] for r in ranges), tuple(r[1] for r in ranges)


def _render(job: Job, scratch: Path, name: str) -> None:
    """Run the child process on one job. Raises ReportError with what the child said."""
    command = [sys.executable, "-P", "-m", "reportgen.reports.pdf_process"]
    try:
        done = subprocess.run(  # noqa: S603 - our own interpreter and module, nothing from the workbook
            command,
            input=msgspec.json.encode(job),
            env=_surroundings(scratch),
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


def _surroundings(scratch: Path) -> dict[str, str]:
    """Return the child's environment: our fonts and no others, no clock but the run's, our package on its path."""
    fonts = scratch / "fonts.conf"
    here = assets.folder("templates") / "fonts"
    fonts.write_text(
        '<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "urn:fontconfig:fonts.dtd">\n'
        f"<fontconfig><dir>{_xml(here)}</dir><cachedir>{_xml(scratch / 'cache')}</cachedir></fontconfig>\n",
        encoding="utf-8",
    )
    kept = {k: v for k, v in os.environ.items() if k not in {"SOURCE_DATE_EPOCH", "PYTHONPATH", "FONTCONFIG_PATH"}}
    return kept | {"FONTCONFIG_FILE": str(fonts), "PYTHONPATH": str(Path(__file__).resolve().parents[2])}


def _xml(path: Path) -> str:
    return str(path).replace("&", "&amp;").replace("<", "&lt;")
