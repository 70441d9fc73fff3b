"""Part names as spreadsheet programs read them: back-slashes are slashes, and capital letters make no difference."""

from __future__ import annotations

import io
import posixpath
import zipfile
from collections.abc import Iterable
from typing import Any

from lxml import etree

from reportgen.archives import BROKEN_ARCHIVE
from reportgen.workbook.opening.preflight import refuse_sizes

_TYPES, _ROOT = "[Content_Types].xml", "_rels/.rels"
_MOST_BYTES = 2**20
"""Of a part with relationships; a sheet with very many links has some hundred thousand."""


def with_sound_names(data: bytes) -> bytes:
    """Return a workbook whose parts have the names by which its own parts call them; one in order as it is.

    Some programs write back-slashes, others another case than the one that they name. What cannot be read at all is
    returned as it is, for the pre-flight to say why. Raises NeedsMendingError where it unpacks to too much.
    """
    if not data.startswith(b"PK"):
        return data
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = [info.orig_filename for info in archive.infolist()]
            plain = [name.replace("\\", "/").lstrip("/") for name in names]
            if not any(name.lower() in {_TYPES.lower(), _ROOT} for name in plain):
                return data
            wanted = _wanted(archive, plain)
            sound = [wanted.get(name.lower(), name) for name in plain]
            if sound == archive.namelist() or len(set(sound)) < len(sound):
                return data
            refuse_sizes(archive, "")
            return _written(archive, sound)
    except BROKEN_ARCHIVE:
        return data


def _wanted(archive: zipfile.ZipFile, plain: Iterable[str]) -> dict[str, str]:
    """Return the names by which parts call one another, by their small letters."""
    wanted = {_TYPES.lower(): _TYPES, _ROOT: _ROOT}
    parts = sorted(zip(plain, archive.infolist(), strict=True), key=lambda part: part[0].count("/"))
    for name, info in parts:
        if not name.lower().endswith(".rels") or info.file_size > _MOST_BYTES:
            continue
        head, base = posixpath.split(name)
        source = posixpath.join(posixpath.dirname(head), base[: -len(".rels")])
        folder = posixpath.dirname(wanted.get(source.lower(), source))
        for target in _targets(archive.read(info)):
            full = target.lstrip("/") if target.startswith("/") else posixpath.normpath(posixpath.join(folder, target))
            wanted.setdefault(full.lower(), full)
    for full in list(wanted.values()):
        head, base = posixpath.split(full)
        related = posixpath.join(head, "_rels", f"{base}.rels")
        wanted.setdefault(related.lower(), related)
    return wanted


def _targets(data: bytes) -> list[str]:
    """Return the parts inside the file that a part with relationships names; none where it is no XML."""
    try:
        root: Any = etree.fromstring(data, etree.XMLParser(resolve_entities=False, no_network=True))
    except etree.XMLSyntaxError:
        return []
    inside = (entry for entry in root if entry.get("TargetMode") != "External")
    return [str(entry.get("Target", "")).replace("\\", "/") for entry in inside]


def _written(archive: zipfile.ZipFile, names: Iterable[str]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
        for info, name in zip(archive.infolist(), names, strict=True):
            target.writestr(zipfile.ZipInfo(name, date_time=(1980, 1, 1, 0, 0, 0)), archive.read(info), zipfile.ZIP_DEFLATED)
    return out.getvalue()
