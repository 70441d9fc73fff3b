"""Documents that a person drops: put where the workbook names them, under the very name that it uses."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from pathlib import Path, PurePosixPath

from reportgen.desk.folder import Folder, reserved, shown
from reportgen.documents.read import KINDS
from reportgen.problems import NeedsMendingError
from reportgen.workbook.opening.other_files import read_any

COLUMN = "input file"
_NOWHERE = frozenset('<>:"/\\|?*')
LONGEST_NAME = 200
"""Bytes; a system holds 255, and a copy that is kept aside has a longer name."""


def document_name(given: str) -> str:
    """Return the name of a dropped document, as it is: the workbook names it so.

    Raises NeedsMendingError for another kind of file, and for a name that some system cannot hold.
    """
    bare = unicodedata.normalize("NFC", given).replace("\\", "/").rpartition("/")[2]
    if Path(bare).suffix.lower() not in KINDS:
        msg = f"“{shown(bare)}” is no document that can be read ({', '.join(sorted(KINDS))}). Save it as PDF."
        raise NeedsMendingError(msg)
    plain = bare.isprintable() and not set(bare) & _NOWHERE and not bare.startswith((".", "~$", " ")) and not reserved(bare)
    if not plain or len(bare.encode()) > LONGEST_NAME:
        msg = f"“{shown(bare)}” is a name that some systems cannot hold. Give it a plain name, in the workbook too."
        raise NeedsMendingError(msg)
    return bare


def places_of(workbook: Path) -> Mapping[str, str]:
    """Return where a workbook names its documents: by their bare names, in small letters, the path beside the workbook.

    Raises NeedsMendingError where the workbook cannot be read.
    """
    found: dict[str, str] = {}
    for sheet in read_any(workbook).sheets:
        head = sheet.rows[0][1] if sheet.rows else ()
        at = next((i for i, cell in enumerate(head) if str(cell or "").strip().casefold() == COLUMN), None)
        if at is None:
            continue
        for _, cells in sheet.rows[1:]:
            named = str(cells[at] or "").strip().replace("\\", "/") if at < len(cells) else ""
            if named:
                found.setdefault(PurePosixPath(named).name.casefold(), named)
    return found


def put_beside(folder: Folder, draft: Path, name: str, places: Mapping[str, str]) -> Path:
    """Put a document where the workbook names it, else beside the workbook; one that is there is kept aside.

    Raises NeedsMendingError where that would lead out of the folder.
    """
    target = folder.path / places.get(name.casefold(), name)
    target = target.parent.resolve() / target.name
    inside = target.is_relative_to(folder.path) and not target.is_symlink() and not target.is_dir()
    if not inside or any(part.startswith(".") for part in target.relative_to(folder.path).parts):
        msg = f"The workbook names {shown(name)} in a place that is not inside this folder. Write its bare name there."
        raise NeedsMendingError(msg)
    target.parent.mkdir(parents=True, exist_ok=True)
    if target.exists() and target.read_bytes() != draft.read_bytes():
        folder.keep_earlier(target)
    draft.replace(target)
    return target
