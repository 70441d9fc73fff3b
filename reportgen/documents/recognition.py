"""Text recognition by Tesseract, where it is installed: pages that are pictures become text, and the record says so."""

from __future__ import annotations

import shutil
import subprocess

PROGRAM = "tesseract"
KEPT = ".recognised.txt"
"""What follows the name of a document where evidence keeps the text that was recognised in it."""
LONGEST_SIDE = 3500
"""Pixels of a page that is read: 300 a inch of A4."""
_SECONDS = 120


def program() -> str:
    """Return where Tesseract is, '' where it is not installed."""
    return shutil.which(PROGRAM) or ""


def languages() -> tuple[str, ...]:
    """Return the languages that it can read, none where it is not installed."""
    place = program()
    if not place:
        return ()
    listed = subprocess.run(  # noqa: S603 - a program of the machine, nothing of a workbook in the command
        [place, "--list-langs"], capture_output=True, text=True, timeout=_SECONDS, check=False
    ).stdout
    return tuple(line.strip() for line in listed.splitlines()[1:] if line.strip() and line.strip() != "osd")


def recognised(picture: bytes) -> str:
    """Return the text of a picture, '' where none is found; all installed languages are tried together."""
    place = program()
    if not place:
        return ""
    tongues = "+".join(languages()) or "eng"
    try:
        done = subprocess.run(  # noqa: S603 - as above
            [place, "stdin", "stdout", "-l", tongues], input=picture, capture_output=True, timeout=_SECONDS, check=False
        )
    except subprocess.TimeoutExpired:
        return ""
    return done.stdout.decode("utf-8", "replace").strip("\n\f ") if done.returncode == 0 else ""
