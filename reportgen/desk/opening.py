"""Opening a workbook in the program of this machine, as a double click does; only ever on a person's own click."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

from reportgen.problems import NeedsMendingError

_PROGRAMS = {"darwin": "open", "linux": "xdg-open"}
"""What opens a file as a double click does, by system; Windows does it itself."""


def opens() -> bool:
    """Whether this machine opens files for a person: not in a container, nor where nobody sits in front of it."""
    if hasattr(os, "startfile"):
        return True
    seen = sys.platform == "darwin" or bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))
    return seen and shutil.which(_PROGRAMS.get(sys.platform, "")) is not None


def open_workbook(path: Path) -> None:
    """Open a workbook. Raises NeedsMendingError where this machine cannot."""
    try:
        if hasattr(os, "startfile"):
            os.startfile(path)  # noqa: S606 - a workbook of the folder, on a person's click
        elif opens():
            program = shutil.which(_PROGRAMS[sys.platform]) or ""
            subprocess.Popen(  # noqa: S603 - as above; no shell, and a path that begins with /
                [program, str(path)], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                start_new_session=True,
            )  # fmt: skip
        else:
            msg = f"Nothing opens files on this machine. Open {path} yourself, or download a copy."
            raise NeedsMendingError(msg)
    except OSError as error:
        msg = f"{path.name} could not be opened ({error.strerror}). Open it from its folder: {path.parent}"
        raise NeedsMendingError(msg) from error
