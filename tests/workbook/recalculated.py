"""LibreOffice as the judge of workbooks: it opens a file, calculates it anew, and saves what it understood."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest


def recalculated(path: Path) -> Path:
    """Return the file as LibreOffice saves it; the test skips, visibly, where LibreOffice is missing."""
    if shutil.which("soffice") is None:
        pytest.skip("LibreOffice is not installed")
    out = path.parent / "recalculated"
    profile = f"-env:UserInstallation=file://{path.parent / 'profile'}"
    command = ["soffice", "--headless", profile, "--convert-to", "xlsx", "--outdir", str(out), str(path)]
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    return out / path.name
