"""What is missing on this machine, and the one command that mends it."""

from __future__ import annotations

import ctypes.util
import platform
import shutil
import sys
from collections.abc import Mapping
from types import MappingProxyType

from reportgen.assets import folder
from reportgen.documents import recognition

LIBRARIES = {"pango-1.0": "libpango-1.0-0", "pangoft2-1.0": "libpangoft2-1.0-0", "harfbuzz": "libharfbuzz0b"}
"""What WeasyPrint draws with: the library's name to its Debian package."""


_PANGO = {"Darwin": "pango", "Windows": "mingw-w64-ucrt-x86_64-pango"}


def examine() -> tuple[list[str], bool]:
    """Return one line for each thing looked at, and whether everything a run needs is there."""
    lines = [f"ok       Python {platform.python_version()}"]
    complete = sys.version_info >= (3, 11)
    if not complete:
        lines = [f"MISSING  Python 3.11 or later; this is {platform.python_version()}"]
    absent = [package for name, package in LIBRARIES.items() if ctypes.util.find_library(name) is None]
    if absent:
        complete = False
        lines.append(f"MISSING  {', '.join(absent)}: the PDFs cannot be drawn. {_install(absent)}")
    else:
        lines.append("ok       Pango, which draws the PDFs")
    for name in ("templates", "workbooks", "samples"):
        try:
            folder(name)
            lines.append(f"ok       {name}/")
        except FileNotFoundError as error:
            complete = False
            lines.append(f"MISSING  {error}")
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
        + _install(["tesseract-ocr"], {"Darwin": "tesseract", "Windows": "mingw-w64-ucrt-x86_64-tesseract-ocr"})
    )
    return lines, complete


def _install(packages: list[str], elsewhere: Mapping[str, str] = MappingProxyType(_PANGO)) -> str:
    """Return the command that brings Debian's packages, or on other systems what stands for them there."""
    match platform.system():
        case "Darwin":
            return f"Run: brew install {elsewhere['Darwin']}"
        case "Windows":
            return f"Install MSYS2, then run in its shell: pacman -S {elsewhere['Windows']}"
        case _:
            return f"Run: sudo apt-get install --yes {' '.join(packages)}"
