"""Where keys come from: the environment, then a `.env` of the person at the keyboard, never one beside a workbook.

A workbook arrives by e-mail, and a `.env` may come with it; so the folder of a workbook counts only with `--env-file`, only
names that hold keys are taken, and what the environment sets already stays.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from reportgen.candidates.wire.secrets import SECRET_MARKS
from reportgen.problems import NeedsMendingError

NAME = ".env"
LARGEST = 1 << 20
"""Bytes; a file of keys has a few hundred."""
_LINE = re.compile(r"\s*(?:export\s+)?([A-Za-z_][A-Za-z0-9_]*)\s*=\s*(.*?)\s*")


@dataclass(frozen=True, slots=True)
class Keys:
    """The environment that keys are taken from, and which file gave which variable."""

    environment: Mapping[str, str]
    file: Path | None = None
    variables: tuple[str, ...] = ()

    @property
    def told(self) -> tuple[str, ...]:
        """Say which file gave which variable; nothing where none did."""
        return (f"Keys from {self.file}: {', '.join(self.variables)}",) if self.variables else ()


def keys_for(workbook: Path, env_file: Path | None = None) -> Keys:
    """Return the one way in for keys: the environment before all, then `env_file`, else the `.env` of the current folder.

    The folder of the workbook counts only where `env_file` names a file in it.

    Raises NeedsMendingError when a file is there but cannot be read.
    """
    folder = Path.cwd()
    if env_file is None and folder.resolve() == workbook.resolve().parent:
        return Keys(dict(os.environ))
    path = env_file or folder / NAME
    found = _read(path, demanded=env_file is not None)
    new = {name: value for name, value in found.items() if name not in os.environ}
    return Keys(new | dict(os.environ), path, tuple(sorted(new)))


def _read(path: Path, *, demanded: bool) -> dict[str, str]:
    try:
        if not path.is_file() and not demanded:
            return {}
        if path.stat().st_size > LARGEST:
            msg = f"{path} is larger than {LARGEST:,} bytes and is no list of keys. Move it away."
            raise NeedsMendingError(msg)
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        msg = f"{path} cannot be read as a list of NAME=value lines. Mend it, or move it away."
        raise NeedsMendingError(msg) from error
    return keys_in(text)


def keys_in(text: str) -> dict[str, str]:
    """Return the keys in `NAME=value` lines: quotes around a value and ` # remarks` are taken off, other names left out."""
    found: dict[str, str] = {}
    for line in text.splitlines():
        match = _LINE.fullmatch(line)
        if match is None or not any(mark in match[1].upper() for mark in SECRET_MARKS):
            continue
        value = _bare(match[2])
        if value:
            found[match[1]] = value
    return found


def _bare(value: str) -> str:
    quote = value[:1]
    if quote in {'"', "'"} and (end := value.find(quote, 1)) > 0:
        return value[1:end]
    return re.split(r"\s+#", value, maxsplit=1)[0].strip()
