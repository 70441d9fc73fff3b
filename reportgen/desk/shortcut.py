"""An entry in the start menu that opens the desk in a folder: a small file where each system looks for one."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from reportgen.problems import NeedsMendingError

NAME = "reportgen desk"


def write_shortcut(folder: Path) -> Path:
    """Write the entry for a folder and return its file. Raises NeedsMendingError where it cannot be written."""
    path, text = entry(sys.platform, folder.resolve(), Path.home(), os.environ.get("APPDATA", ""))
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="")
        path.chmod(0o755)
    except OSError as error:
        msg = f"{path} cannot be written ({error.strerror}). Start the desk by its command instead: reportgen desk"
        raise NeedsMendingError(msg) from error
    return path


def entry(system: str, folder: Path, home: Path, app_data: str) -> tuple[Path, str]:
    """Return where the entry goes on a system, and what stands in it. Raises NeedsMendingError for an odd folder name."""
    words = [sys.executable, "-P", "-m", "reportgen.cli", "desk", str(folder)]
    if any(set(word) & set('"\n\r%`$') for word in words):
        msg = f"{folder}: a start-menu entry cannot hold this name. Give the folder a plain one."
        raise NeedsMendingError(msg)
    quoted = " ".join(f'"{word}"' for word in words)
    if system == "win32":
        menu = Path(app_data or home / "AppData" / "Roaming") / "Microsoft" / "Windows" / "Start Menu" / "Programs"
        return menu / f"{NAME}.cmd", f"@echo off\r\n{quoted}\r\n"
    if system == "darwin":
        return home / "Applications" / f"{NAME}.command", f"#!/bin/sh\nexec {quoted}\n"
    desktop = quoted.replace("\\", "\\\\")
    lines = [
        "[Desktop Entry]",
        "Type=Application",
        f"Name={NAME}",
        "Comment=Choose an AI model for your own work",
        f"Exec={desktop}",
    ]
    return (
        home / ".local" / "share" / "applications" / "reportgen-desk.desktop",
        "\n".join([*lines, "Terminal=true", "Categories=Office;", ""]),
    )
