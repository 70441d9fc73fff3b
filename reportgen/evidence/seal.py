"""The seal: two hashes that close a run folder.

The evidence hash covers what the figures come from and is printed on every page; the manifest covers every file, documents
included, in the form that `sha256sum -c` reads. Two levels, since a page cannot hold its own hash. The seal shows that
nothing changed since; it does not show who made it: signing is a step of its own.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

from reportgen.evidence.run_folder import RunFolder, sha256_of, write_bytes, write_json

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
    format: str = "reportgen.seal/1"


def evidence_sha256(folder: RunFolder) -> str:
    """Return SHA-256 over the manifest lines of the evidence, in name order.

    The run record stands outside, since it holds this hash; so do manifest and seal.
    """
    outside = {folder.record, folder.evidence / MANIFEST, folder.evidence / SEAL}
    files = [path for path in _files(folder.evidence) if path not in outside]
    return hashlib.sha256(_lines(folder.evidence, files)).hexdigest()


def write_seal(folder: RunFolder, *, run_id: str, sealed: str, version: str, evidence: str) -> Seal:
    """Write the manifest of every file of the run folder, then the seal over it."""
    manifest = folder.evidence / MANIFEST
    outside = {manifest, folder.evidence / SEAL}
    files = [path for path in _files(folder.path) if path not in outside]
    write_bytes(manifest, _lines(folder.path, files))
    seal = Seal(run_id, evidence, sha256_of(manifest), len(files), sealed, version)
    write_json(folder.evidence / SEAL, seal)
    return seal


def _files(folder: Path) -> list[Path]:
    """Return the files of a run in name order; lock files and half-written drafts are no part of it."""
    return sorted(p for p in folder.rglob("*") if p.is_file() and p.suffix not in {".lock", ".part"})


def _lines(base: Path, files: list[Path]) -> bytes:
    return "".join(f"{sha256_of(path)}  {path.relative_to(base).as_posix()}\n" for path in files).encode()
