"""What is missing on this machine, and the one command that mends it."""

from __future__ import annotations

import platform
import shutil
import sys

from reportgen.assets import folder
from reportgen.documents import recognition
from reportgen.reports.pdf import machine_fonts
from reportgen.reports.pdf.libraries import absent, install


def examine() -> tuple[list[str], bool]:
    """Return one line for each thing looked at, and whether everything a run needs is there."""
    lines = [f"ok       Python {platform.python_version()}"]
    complete = sys.version_info >= (3, 11)
    if not complete:
        lines = [f"MISSING  Python 3.11 or later; this is {platform.python_version()}"]
    if lacking := absent():
        complete = False
        lines.append(f"MISSING  {', '.join(lacking)}: the PDFs cannot be drawn. {install(lacking)}")
    else:
        lines.append("ok       Pango, which draws the PDFs")
    for name in ("templates", "workbooks", "samples"):
        try:
            folder(name)
            lines.append(f"ok       {name}/")
        except FileNotFoundError as error:
            complete = False
            lines.append(f"MISSING  {error}")
    lines += _scripts()
    office = shutil.which("soffice")
    lines.append(
        "ok       LibreOffice (only the project's own tests use it)"
        if office
        else "absent   LibreOffice; only the project's own tests use it, a run does not need it"
    )
    tongues = recognition.languages()
    lines.append(
        f"ok       Tesseract, which reads pages that are pictures (documents: recognised): {', '.join(tongues)}"
        if tongues
        else "absent   Tesseract; only candidates with documents: recognised use it. "
        + install(["tesseract-ocr"], {"Darwin": "tesseract", "Windows": "mingw-w64-ucrt-x86_64-tesseract-ocr"})
    )
    return lines, complete


def _scripts() -> list[str]:
    """Return which scripts beyond Latin, Greek and Cyrillic the PDFs can print here, and what brings the rest."""
    found = machine_fonts.choose("".join(machine_fonts.SAMPLES.values()))
    lines = [f"ok       {c.script} in the PDFs: {machine_fonts.told(c)}" for c in found if not c.lacking]
    lacking = [c.script for c in found if c.lacking]
    if lacking:
        names = ", ".join(lacking)
        lines.append(f"absent   fonts for {names}; only workbooks in them need one. {machine_fonts.remedy(lacking)}")
    return lines
