"""Where `templates/` and `workbooks/` are: inside the package in a wheel, beside it in a checkout."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent


def folder(name: str) -> Path:
    """Return the folder `name` (`templates`, `workbooks` or `samples`).

    Raises FileNotFoundError when the installation is incomplete.
    """
    for candidate in (_PACKAGE / name, _PACKAGE.parent / name):
        if candidate.is_dir():
            return candidate
    msg = f"reportgen is installed without its folder {name!r}. Install it again."
    raise FileNotFoundError(msg)


@cache
def build_sha256() -> str:
    """Return SHA-256 over every program file and template: two builds with the same hash write the same documents."""
    templates = folder("templates")
    files = [(f"reportgen/{p.relative_to(_PACKAGE).as_posix()}", p) for p in _PACKAGE.rglob("*.py")]
    files += [(f"templates/{p.relative_to(templates).as_posix()}", p) for p in templates.rglob("*") if p.is_file()]
    digest = hashlib.sha256()
    for name, path in sorted(dict(files).items()):
        digest.update(f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {name}\n".encode())
    return digest.hexdigest()
