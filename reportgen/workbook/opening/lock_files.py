"""The lock files that Excel and LibreOffice leave beside a workbook while they have it open."""

from __future__ import annotations

from pathlib import Path


def held_open(path: Path) -> bool:
    """Whether Excel or LibreOffice has a workbook open, by the lock file that they leave beside it."""
    locks = (f"~${path.name}", f"~${path.name[2:]}", f".~lock.{path.name}#")
    return not path.is_dir() and any((path.parent / lock).exists() for lock in locks)
