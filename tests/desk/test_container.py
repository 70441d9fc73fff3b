"""The Containerfile builds and its desk answers, where podman or docker runs; elsewhere this skips, visibly."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


def engine() -> str:
    """Return the program that builds and runs containers here, empty where none does."""
    for name in ("podman", "docker"):
        found = shutil.which(name)
        if found and subprocess.run([found, "info"], capture_output=True, check=False).returncode == 0:
            return found
    return ""


@pytest.mark.deep
def test_the_container_holds_all_that_is_drawn_and_read_with() -> None:
    program = engine()
    if not program:
        pytest.skip("neither podman nor docker runs here, so no container is built")
    build = [program, "build", "--tag", "reportgen-test", "--file", str(ROOT / "Containerfile"), str(ROOT)]
    subprocess.run(build, check=True, timeout=1800)
    said = subprocess.run(
        [program, "run", "--rm", "reportgen-test", "doctor"], capture_output=True, text=True, check=False, timeout=300
    ).stdout
    assert "Tesseract, which reads pages that are pictures" in said
    assert re.search(r"ok +Pango", said)
    desk = [program, "run", "--rm", "reportgen-test", "desk", "--no-browser", "--idle", "0.001"]
    served = subprocess.run(desk, capture_output=True, text=True, check=True, timeout=300)
    assert "Nobody was here" in served.stdout
