"""The seal: two hashes that close a run folder, and the hash of the seal before.

The evidence hash covers what the figures come from and is printed on every page; the manifest covers every file, documents
included, in the form that `sha256sum -c` reads. Two levels, since a page cannot hold its own hash. The seal shows that
nothing changed since; it does not show who made it: signing is a step of its own.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import msgspec

from reportgen.domain.records.comparison import RunRecord
from reportgen.evidence.folder_files import doubled, files_of, no_files
from reportgen.evidence.run_folder import RunFolder, json_bytes, sha256_of, write_bytes
from reportgen.problems import ExitCode, NeedsMendingError, Problem, ReportgenError

MANIFEST = "manifest-sha256.txt"
SEAL = "seal.json"
FORMAT, FIRST_FORMAT = "reportgen.seal/3", "reportgen.seal/1"
_WITHOUT: Mapping[str, tuple[str, ...]] = {
    FIRST_FORMAT: ("number", "program", "records"),
    "reportgen.seal/2": ("records",),
    FORMAT: (),
}
"""Format to the fields that it does not have."""
_LINE = re.compile(r"([0-9a-f]{64})  (.+)")


class BrokenSealError(ReportgenError):
    """A run folder that is not what was sealed; each problem names one difference."""

    exit_code = ExitCode.CONTRADICTED


class NewerFormatError(ReportgenError):
    """A file of a run that a newer reportgen wrote, so that this one cannot say whether it holds."""

    exit_code = ExitCode.INCONCLUSIVE


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
    """SHA-256 of the seal that this one follows, in this run or in the run that it was scored again from."""
    number: int = 1
    """Which seal of the chain it is."""
    program: str = ""
    """SHA-256 over the versions of everything that wrote the documents; the run record has it too."""
    records: tuple[str, ...] = ()
    """The records of the evidence that it stands over, so that one that is gone under a later seal is a difference."""
    format: str = FORMAT


@dataclass(frozen=True, slots=True)
class Link:
    """Where a seal stands in the chain."""

    number: int = 1
    parent: str = ""


def evidence_sha256(folder: RunFolder) -> str:
    """Return SHA-256 over the manifest lines of the evidence, in name order.

    The run record stands outside, since it holds this hash; so do manifest, seal and the seals before.
    """
    outside = {folder.record, folder.evidence / MANIFEST, folder.evidence / SEAL}
    files = [p for p in files_of(folder.evidence) if p not in outside and p.parent != folder.seals]
    return hashlib.sha256(_lines(folder.evidence, files)).hexdigest()


def record_names(folder: RunFolder) -> tuple[str, ...]:
    """Return the records of the evidence, documents apart: the run record names them, so that a missing one is seen."""
    outside = {folder.record, folder.evidence / MANIFEST, folder.evidence / SEAL}
    names = (p.relative_to(folder.evidence).as_posix() for p in files_of(folder.evidence) if p not in outside)
    return tuple(n for n in names if not n.startswith(("documents/", "seals/")))


def make_seal(
    folder: RunFolder, *, run_id: str, sealed: str, version: str, evidence: str, link: Link = Link(), program: str = ""
) -> tuple[bytes, Seal]:
    """Return the manifest of every file of the run folder and the seal over it, as they must be; nothing is written."""
    outside = {folder.evidence / MANIFEST, folder.evidence / SEAL}
    files = [path for path in files_of(folder.path) if path not in outside]
    manifest = _lines(folder.path, files)
    digest = hashlib.sha256(manifest).hexdigest()
    records = record_names(folder)
    return manifest, Seal(run_id, evidence, digest, len(files), sealed, version, link.parent, link.number, program, records)


def seal_bytes(seal: Seal) -> bytes:
    """Return the canonical bytes of a seal, in the spelling of its own format."""
    fields = msgspec.to_builtins(seal)
    return json_bytes({name: value for name, value in fields.items() if name not in _WITHOUT[seal.format]})


def write_seal(
    folder: RunFolder, *, run_id: str, sealed: str, version: str, evidence: str, link: Link = Link(), program: str = ""
) -> Seal:
    """Write the manifest of every file of the run folder, then the seal over it; the seal before is kept beside."""
    now = folder.evidence / SEAL
    if link.number > 1 and now.exists() and sha256_of(now) == link.parent:
        now.replace(_made(folder.seals) / f"{link.number - 1}.json")
    (folder.seals / f"{link.number}.json").unlink(missing_ok=True)
    manifest, seal = make_seal(
        folder, run_id=run_id, sealed=sealed, version=version, evidence=evidence, link=link, program=program
    )
    write_bytes(folder.evidence / MANIFEST, manifest)
    write_bytes(now, seal_bytes(seal))
    return seal


def next_link(folder: RunFolder, evidence: str, program: str, first: Link = Link()) -> Link:
    """Return where the next seal stands: in the place of the last one where evidence and program are the same, else behind.

    `first` is the link of a run without any seal yet.
    """
    last = _last(folder)
    if last is None:
        return first
    raw, seal = last
    if (seal.evidence_sha256, seal.program) == (evidence, program):
        return Link(seal.number, seal.parent)
    return Link(seal.number + 1, hashlib.sha256(raw).hexdigest())


@contextmanager
def lifted(folder: RunFolder) -> Iterator[None]:
    """Take the seal off a run that is asked on, and put it back where that ends in an error and nothing was changed.

    Raises BrokenSealError where the seal does not hold; a run without a seal is left as it is.
    """
    path = folder.evidence / SEAL
    if not path.exists():
        yield
        return
    seal, record = holding_seal(folder), folder.record.read_bytes()
    aside = _made(folder.seals) / f"{seal.number}.json"
    path.replace(aside)
    try:
        yield
    except BaseException:
        if aside.exists() and not path.exists() and evidence_sha256(folder) == seal.evidence_sha256:
            write_bytes(folder.record, record)
            aside.replace(path)
        raise
    finally:
        with suppress(OSError):
            folder.seals.rmdir()


def clear_drafts(folder: RunFolder) -> None:
    """Take away the drafts that a crash left behind: they are no part of a run."""
    for path in files_of(folder.path):
        if path.suffix == ".part":
            path.unlink()


def _made(folder: Path) -> Path:
    folder.mkdir(exist_ok=True)
    return folder


def _last(folder: RunFolder) -> tuple[bytes, Seal] | None:
    """Return the last seal of a chain, lifted or not, as bytes and record."""
    kept = sorted(folder.seals.glob("*.json"), key=lambda p: (len(p.name), p.name))
    path = folder.evidence / SEAL
    found = path if path.exists() else kept[-1] if kept else None
    if found is None:
        return None
    raw = found.read_bytes()
    return raw, decode_seal(raw, found)


def decode_seal(raw: bytes, path: Path) -> Seal:
    """Return a seal. Raises NewerFormatError for one of a later reportgen, BrokenSealError for anything else."""
    try:
        seal = msgspec.json.decode(raw, type=Seal)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        msg = f"{path} cannot be read as a seal. Put the sealed folder back, or run again."
        raise BrokenSealError(msg) from error
    if seal.format not in _WITHOUT:
        msg = f"{path} has the format {seal.format[:40]!r}, which a newer reportgen wrote. Use that one."
        raise NewerFormatError(msg)
    return seal


def opening_begun(folder: RunFolder) -> bool:
    """Return whether the seal in force is the one that stood before the last opening of the holdout."""
    kept = sorted(folder.holdout.glob(f"sealed-before-*/{SEAL}"), key=lambda p: (len(p.parent.name), p.parent.name))
    now = folder.evidence / SEAL
    return bool(kept) and now.is_file() and kept[-1].read_bytes() == now.read_bytes()


def holding_seal(folder: RunFolder, *, whole: bool = False, begun: bool = False) -> Seal:
    """Return the seal of a finished run after holding every file of the evidence against it.

    Args:
        folder: the run.
        whole: the documents too.
        begun: an opening of the holdout may have been begun after the seal, its own records are not in it then.

    Raises:
        NeedsMendingError: the folder has no seal.
        BrokenSealError: a file was changed, added or taken away since; every difference is a problem of its own.
        NewerFormatError: a newer reportgen sealed it.
    """
    path = folder.evidence / SEAL
    if not path.exists():
        msg = f"{folder.path} is not sealed. Let `reportgen run` end first."
        if not folder.record.exists():
            msg = f"{folder.path} is not the folder of a finished run. Name the folder that `reportgen run` made."
        raise NeedsMendingError(msg)
    seal = decode_seal(path.read_bytes(), path)
    opening = begun and opening_begun(folder)
    different = list(seal_differences(folder, seal, whole=whole, opening=opening))
    if different:
        what = "run folder" if whole else "evidence"
        msg = (
            f"The {what} of {folder.path} is not what was sealed, so nothing was made from it. Put the sealed folder back; "
            f"`reportgen verify {folder.path.name}` checks the rest."
        )
        told = (Problem(place, "it is not as it was sealed:", f"{said}.", "seal") for place, said in different)
        raise BrokenSealError(msg, tuple(told))
    return seal


def seal_differences(
    folder: RunFolder, seal: Seal, *, whole: bool = True, opening: bool = False
) -> Iterator[tuple[str, str]]:
    """Yield what of a folder is not as its seal says: the place, and what is wrong with it."""
    for place, said in listed_differences(folder):
        if (whole or place.startswith("evidence/")) and not (opening and place.startswith("evidence/holdout/")):
            yield place, said
    manifest = folder.evidence / MANIFEST
    if manifest.is_file() and sha256_of(manifest) != seal.manifest_sha256:
        yield f"evidence/{MANIFEST}", "it is not the one that the seal was put over"
    if not opening:
        if evidence_sha256(folder) != seal.evidence_sha256:
            yield f"evidence/{SEAL}", "the hash of the evidence is another one"
        yield from _other_records(folder, seal)


def _other_records(folder: RunFolder, seal: Seal) -> Iterator[tuple[str, str]]:
    """Yield the records that run record or seal name and that are not there, those they do not name, and another program."""
    try:
        record = msgspec.json.decode(folder.record.read_bytes(), type=RunRecord)
    except (OSError, msgspec.DecodeError, UnicodeDecodeError):
        yield "evidence/run.json", "it is missing or cannot be read"
        return
    there = set(record_names(folder))
    if seal.format == FORMAT and (set(seal.records) != there or seal.program != record.program):
        yield f"evidence/{SEAL}", "it names other records, or another program, than the run has"
    if record.records is not None:
        yield from ((f"evidence/{n}", "run.json names it, and it is missing") for n in sorted({*record.records} - there))
        yield from ((f"evidence/{n}", "run.json does not name it") for n in sorted(there - {*record.records}))


def listed_differences(folder: RunFolder) -> Iterator[tuple[str, str]]:
    """Yield files that are missing, changed, no files, or not listed in the manifest as it stands."""
    path = folder.evidence / MANIFEST
    if not path.is_file():
        yield f"evidence/{MANIFEST}", "it is missing"
        return
    listed: dict[str, str] = {}
    for line in path.read_bytes().decode("utf-8", "replace").splitlines():
        found = _LINE.fullmatch(line)
        if found is None or found[2] in listed:
            yield f"evidence/{MANIFEST}", f"the line {line[:60]!r} is none, or doubled"
        else:
            listed[found[2]] = found[1]
    outside = {f"evidence/{MANIFEST}", f"evidence/{SEAL}"}
    there = {p.relative_to(folder.path).as_posix(): p for p in files_of(folder.path)}
    yield from ((name, "it is a link or no file") for name in no_files(folder.path))
    yield from ((name, "its name differs from another one by case or spelling alone") for name in doubled(there))
    for name in sorted({*listed, *there} - outside):
        if name not in there:
            yield name, "it is missing"
        elif name not in listed:
            yield name, "it is not listed"
        elif sha256_of(there[name]) != listed[name]:
            yield name, "it was changed"


def _lines(base: Path, files: list[Path]) -> bytes:
    return "".join(f"{sha256_of(path)}  {path.relative_to(base).as_posix()}\n" for path in files).encode()
