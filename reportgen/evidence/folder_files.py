"""What lies in a folder of a run: its files by name order, and what is no plain file of its own name."""

from __future__ import annotations

import os
import unicodedata
from collections.abc import Iterable, Iterator
from pathlib import Path


def files_of(folder: Path) -> list[Path]:
    """Return the plain files of a run in name order; links are none, and none is followed."""
    found = (Path(base) / name for base, _, names in os.walk(folder) for name in names)
    return sorted(p for p in found if p.is_file() and not p.is_symlink())


def no_files(folder: Path) -> Iterator[str]:
    """Yield links, pipes and devices: what could lead elsewhere, or never end."""
    for base, folders, names in os.walk(folder):
        for name in sorted(folders + names):
            path = Path(base) / name
            if path.is_symlink() or not (path.is_file() or path.is_dir()):
                yield path.relative_to(folder).as_posix()


def doubled(names: Iterable[str]) -> Iterator[str]:
    """Yield each name that differs from an earlier one by case or by the spelling of its letters alone."""
    seen: set[str] = set()
    for name in sorted(names):
        folded = unicodedata.normalize("NFC", name).casefold()
        if folded in seen:
            yield name
        seen.add(folded)
