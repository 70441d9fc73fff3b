"""Where `templates/` and `workbooks/` are: inside the package in a wheel, beside it in a checkout."""

from __future__ import annotations

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
