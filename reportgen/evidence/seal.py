"""The seal: two hashes that close a run folder.

The evidence hash covers what the figures come from and is printed on every page; the manifest covers every file, documents
included, in the form that `sha256sum -c` reads. Two levels, since a page cannot hold its own hash. The seal shows that
nothing changed since; it does not show who made it: signing is a step of its own.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

import msgspec

from reportgen.evidence.run_folder import RunFolder, sha256_of, write_bytes, write_json
from reportgen.problems import NeedsMendingError

MANIFEST = "manifest-sha256.txt"
SEAL = "seal.json"


@dataclass(frozen=True, slots=True)
class Seal:
    """The content of `evidence/seal.json`."""

    run_id: str
    evidence_sha256: str
    manifest_sha256: str
    files: int
    sealed: str
    version: str
    parent: str = ""
    """SHA-256 of the seal that this one follows: of the run before its holdout was opened, or of the run scored again."""
    format: str = "reportgen.seal/1"


def evidence_sha256(folder: RunFolder) -> str:
    """Return SHA-256 over the manifest lines of the evidence, in name order.

    The run record stands outside, since it holds this hash; so do manifest and seal.
    """
    outside = {folder.record, folder.evidence / MANIFEST, folder.evidence / SEAL}
    files = [path for path in files_of(folder.evidence) if path not in outside]
    return hashlib.sha256(_lines(folder.evidence, files)).hexdigest()


def make_seal(
    folder: RunFolder, *, run_id: str, sealed: str, version: str, evidence: str, parent: str = ""
) -> tuple[bytes, Seal]:
    """Return the manifest of every file of the run folder and the seal over it, as they must be; nothing is written."""
    outside = {folder.evidence / MANIFEST, folder.evidence / SEAL}
    files = [path for path in files_of(folder.path) if path not in outside]
    manifest = _lines(folder.path, files)
    return manifest, Seal(run_id, evidence, hashlib.sha256(manifest).hexdigest(), len(files), sealed, version, parent)


def write_seal(folder: RunFolder, *, run_id: str, sealed: str, version: str, evidence: str, parent: str = "") -> Seal:
    """Write the manifest of every file of the run folder, then the seal over it."""
    manifest, seal = make_seal(folder, run_id=run_id, sealed=sealed, version=version, evidence=evidence, parent=parent)
    write_bytes(folder.evidence / MANIFEST, manifest)
    write_json(folder.evidence / SEAL, seal)
    return seal


def read_seal(folder: RunFolder) -> Seal:
    """Return the seal of a finished run whose evidence is what was sealed. Raises NeedsMendingError otherwise."""
    try:
        seal = msgspec.json.decode((folder.evidence / SEAL).read_bytes(), type=Seal)
    except (OSError, msgspec.DecodeError) as error:
        msg = f"{folder.path} is not sealed. Let `reportgen run` end first."
        raise NeedsMendingError(msg) from error
    if evidence_sha256(folder) != seal.evidence_sha256:
        msg = f"The evidence of {folder.path} was changed after it was sealed. Put the sealed folder back, or run again."
        raise NeedsMendingError(msg)
    return seal


def files_of(folder: Path) -> list[Path]:
    """Return the files of a run in name order; lock files and half-written drafts are no part of it."""
    return sorted(p for p in folder.rglob("*") if p.is_file() and p.suffix not in {".lock", ".part"})


def _lines(base: Path, files: list[Path]) -> bytes:
    return "".join(f"{sha256_of(path)}  {path.relative_to(base).as_posix()}\n" for path in files).encode()
