"""A `.env` of the person at the keyboard: keys may come from the folder they work in, never from beside a workbook.

A workbook arrives by e-mail, and a `.env` may come with it; so only the current folder counts, only names that hold keys
are taken, and what the environment sets already stays.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

from reportgen.candidates.secrets import SECRET_MARKS
from reportgen.problems import NeedsMendingError

NAME = ".env"
LARGEST = 1 << 20
"""Bytes; a file of keys has a few hundred."""
_LINE = re.compile(r"\s*(?:export\s+)?([A-Za-z_][A-Za-z0-9_]*)\s*=\s*(.*?)\s*")


def with_env_file(environment: Mapping[str, str], folder: Path) -> Mapping[str, str]:
    """Return the environment with the keys of the `.env` in `folder`, where there is one; the environment goes first.

    Raises NeedsMendingError when the file is there but cannot be read.
    """
    path = folder / NAME
    try:
        if not path.is_file():
            return environment
        if path.stat().st_size > LARGEST:
            msg = f"{path} is larger than {LARGEST:,} bytes and is no list of keys. Move it away."
            raise NeedsMendingError(msg)
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        msg = f"{path} cannot be read as a list of NAME=value lines. Mend it, or move it away."
        raise NeedsMendingError(msg) from error
    return keys_in(text) | dict(environment)


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
