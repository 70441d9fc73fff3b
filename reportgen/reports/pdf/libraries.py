"""The libraries that draw the PDFs: whether this machine has them, and the one thing to do where it lacks some."""

from __future__ import annotations

import ctypes
import ctypes.util
import platform
from collections.abc import Mapping

LIBRARIES: Mapping[str, str] = {
    "pango-1.0": "libpango-1.0-0",
    "pangoft2-1.0": "libpangoft2-1.0-0",
    "harfbuzz": "libharfbuzz0b",
}
"""What WeasyPrint draws with: the library's name to its Debian package."""
PANGO: Mapping[str, str] = {"Darwin": "pango", "Windows": "mingw-w64-ucrt-x86_64-pango"}
"""What brings all of them elsewhere."""


def absent() -> list[str]:
    """Return the Debian packages of the libraries that are not there."""
    return [package for name, package in LIBRARIES.items() if not _there(name)]


def install(packages: list[str], elsewhere: Mapping[str, str] = PANGO) -> str:
    """Return the command that brings Debian's packages, or on other systems what stands for them there."""
    match platform.system():
        case "Darwin":
            return f"Run: brew install {elsewhere['Darwin']}"
        case "Windows":
            return f"Install MSYS2, then run in its shell: pacman -S {elsewhere['Windows']}"
        case _:
            return f"Run: sudo apt-get install --yes {' '.join(packages)}"


def _there(name: str) -> bool:
    """Whether a library can be found or loaded; some systems have no tool to find one, and load it all the same."""
    if ctypes.util.find_library(name) is not None:
        return True
    for file in (f"lib{name}.so.0", f"lib{name}-0.dll", f"lib{name}.0.dylib", f"/opt/homebrew/lib/lib{name}.dylib"):
        try:
            ctypes.CDLL(file)
        except OSError:
            continue
        return True
    return False
