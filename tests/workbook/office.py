"""LibreOffice as the peer of our reader, and workbooks whose parts have the names that other programs give them."""

from __future__ import annotations

import io
import shutil
import subprocess
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest


def converted(path: Path, kind: str) -> Path:
    """Return a file in another format, written by LibreOffice; the test is skipped where it is not installed."""
    if shutil.which("soffice") is None:
        pytest.skip("LibreOffice is not installed")
    out = path.parent / kind.partition(":")[0]
    profile = f"-env:UserInstallation=file://{path.parent / 'profile'}"
    command = ["soffice", "--headless", profile, "--convert-to", kind, "--outdir", str(out), str(path)]
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    return out / f"{path.stem}.{kind.partition(':')[0]}"


def each_part(data: bytes, name: Callable[[str], str], part: Callable[[bytes], bytes] = lambda p: p) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as archive, zipfile.ZipFile(out, "w") as target:
        for info in archive.infolist():
            target.writestr(name(info.filename), part(archive.read(info)))
    return out.getvalue()


def strict(data: bytes) -> bytes:
    """Return a workbook as Excel saves it as Strict Open XML."""
    names = {
        b"http://schemas.openxmlformats.org/spreadsheetml/2006/main": b"http://purl.oclc.org/ooxml/spreadsheetml/main",
        b"http://schemas.openxmlformats.org/officeDocument/2006/": b"http://purl.oclc.org/ooxml/officeDocument/",
        b"http://schemas.openxmlformats.org/drawingml/2006/": b"http://purl.oclc.org/ooxml/drawingml/",
        b"/extended-properties": b"/extendedProperties",
    }

    def renamed(part: bytes) -> bytes:
        for usual, other in names.items():
            part = part.replace(usual, other)
        return part.replace(b"<workbook ", b'<workbook conformance="strict" ')

    return each_part(data, lambda name: name, renamed)


def back_slashes(data: bytes) -> bytes:
    """Return a workbook whose parts are named with back-slashes, as some libraries on Windows write them."""
    return each_part(data, lambda name: name.replace("/", "\\"))


def other_case(data: bytes) -> bytes:
    """Return a workbook whose parts have other letters than those that their relationships name."""
    return each_part(data, lambda name: name.upper() if name.startswith("xl/w") else name.replace("xl/", "XL/"))
