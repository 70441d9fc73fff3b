"""One file of a run folder: a BagIt (RFC 8493) in a zip that always comes out the same, and is read with distrust.

Everything in it is stored, sorted and dated alike, so a reader can build it again from its content and compare every byte,
those between the files included; and nothing in it can unpack to more than it is.
"""

# ruff: noqa: EM101, EM102, TRY003 - what is wrong with a bundle is said where it is found

from __future__ import annotations

import os
import shutil
import tempfile
import unicodedata
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from reportgen.archives import BROKEN_ARCHIVE
from reportgen.evidence.folder_files import files_of
from reportgen.evidence.run_folder import RunFolder, cannot_write, sha256_of
from reportgen.evidence.seal import SEAL, Seal, decode_seal, holding_seal
from reportgen.evidence.signing import EVALUATION, TEST_RESULT, Attestation, Json, sign
from reportgen.problems import NeedsMendingError, ReportgenError

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

REGULAR_FILE = 0o100644
DATED = (1980, 1, 1, 0, 0, 0)
BAGIT = b"BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"
ENVELOPES: Mapping[str, str] = {"attestation.dsse.json": EVALUATION, "test-result.dsse.json": TEST_RESULT}
STAMP = "timestamp.tsr"
TAG_FILES = frozenset({"bagit.txt", "bag-info.txt", "manifest-sha256.txt", "tagmanifest-sha256.txt", STAMP, *ENVELOPES})
MOST_FILES = 200_000
_NOT_PORTABLE = frozenset('<>:"|?*\\')


class DamagedBundleError(ReportgenError):
    """A bundle that is not whole, or not as `reportgen bundle` writes it; nothing of it was used."""


@dataclass(frozen=True, slots=True)
class Bag:
    """An unpacked bundle: its folder, the name inside the zip, and the run folder it carries."""

    path: Path
    name: str

    @property
    def run(self) -> RunFolder:
        """The run folder inside."""
        return RunFolder(self.path / "data")


def write_bundle(folder: RunFolder, target: Path, key: Ed25519PrivateKey | None = None, stamp: bytes | None = None) -> Path:
    """Write a sealed run folder as one file; with a key, its files and its result are signed.

    `stamp` is the reply of a time stamp authority over the seal; it goes in as it is.

    Raises NeedsMendingError for a run that is not sealed or holds a name that other systems cannot write, BrokenSealError
    for one that is not what was sealed, StoppedEarlyError when the file cannot be written.
    """
    holding_seal(folder, whole=True)
    name = target.name.removesuffix(".zip").removesuffix(".bundle") or "run"
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".reportgen-", dir=target.parent) as scratch:
            bag = Bag(Path(scratch) / "bag", name)
            for path in files_of(folder.path):
                inside = bag.run.path / path.relative_to(folder.path)
                inside.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(path, inside)
            for tag, content in tag_files(bag).items():
                (bag.path / tag).write_bytes(content)
            if key is not None:
                _sign(bag, key)
            if stamp is not None:
                (bag.path / STAMP).write_bytes(stamp)
            (bag.path / "tagmanifest-sha256.txt").write_bytes(tag_manifest(bag))
            half = Path(scratch) / "half.zip"
            write_zip(bag, half)
            half.replace(target)
    except OSError as error:
        raise cannot_write(target, error) from error
    return target


def tag_files(bag: Bag) -> dict[str, bytes]:
    """Return the tag files that follow from the payload alone, in their canonical bytes."""
    payload = [(path, path.relative_to(bag.path).as_posix()) for path in files_of(bag.run.path)]
    octets = sum(path.stat().st_size for path, _ in payload)
    seal = _seal(bag)
    info = (
        f"Bag-Software-Agent: reportgen {seal.version}\nBagging-Date: {seal.sealed[:10]}\n"
        f"External-Identifier: {seal.run_id}\nPayload-Oxum: {octets}.{len(payload)}\n"
    )
    manifest = "".join(f"{sha256_of(path)}  {_encoded(name)}\n" for path, name in payload)
    return {"bagit.txt": BAGIT, "bag-info.txt": info.encode(), "manifest-sha256.txt": manifest.encode()}


def tag_manifest(bag: Bag) -> bytes:
    """Return the manifest of all tag files but itself, in its canonical bytes."""
    names = sorted(n for n in TAG_FILES - {"tagmanifest-sha256.txt"} if (bag.path / n).is_file())
    return "".join(f"{sha256_of(bag.path / n)}  {n}\n" for n in names).encode()


def subjects(bag: Bag) -> dict[str, str]:
    """Return every payload file with its SHA-256: what a signature stands for."""
    return {p.relative_to(bag.path).as_posix(): sha256_of(p) for p in files_of(bag.run.path)}


def attestation(bag: Bag) -> Attestation:
    """Return what is signed about a run: its hashes and decision, and one test for each service level of each candidate."""
    results = msgspec.json.decode((bag.run.path / "results.json").read_bytes(), type=_Results)
    seal = _seal(bag)
    named: dict[str, list[str]] = {"PROVEN": [], "FAILED": [], "": []}
    for candidate in results.candidates:
        for level in candidate.service_levels:
            test = f"{candidate.name}: {level.measure} [{level.scope}] {level.comparison} {level.target!r}"
            named[level.verdict if level.verdict in named else ""].append(test)
    status = results.decision.status
    word = {"RECOMMEND": "PASSED", "RECOMMEND PROVISIONALLY": "WARNED"}.get(status, "FAILED")
    plan: Json = {"name": "data/evidence/plan.json", "digest": {"sha256": sha256_of(bag.run.plan)}}
    evaluation: dict[str, Json] = {**_facts(seal), "status": status, "winner": results.decision.winner}
    tests: dict[str, Json] = {
        "result": word,
        "configuration": [plan],
        "passedTests": named["PROVEN"],
        "warnedTests": named[""],
        "failedTests": named["FAILED"],
    }
    return Attestation(evaluation, tests)


def _seal(bag: Bag) -> Seal:
    path = bag.run.evidence / SEAL
    return decode_seal(path.read_bytes(), path)


def _facts(seal: Seal) -> dict[str, Json]:
    return {
        "run_id": seal.run_id,
        "sealed": seal.sealed,
        "version": seal.version,
        "evidence_sha256": seal.evidence_sha256,
        "manifest_sha256": seal.manifest_sha256,
        "parent": seal.parent,
    }


class _Level(msgspec.Struct):
    measure: str
    scope: str
    comparison: str
    target: float
    verdict: str


class _Candidate(msgspec.Struct):
    name: str
    service_levels: list[_Level]


class _Decision(msgspec.Struct):
    status: str
    winner: str | None


class _Results(msgspec.Struct):
    """What of results.json is signed by name."""

    candidates: list[_Candidate]
    decision: _Decision


def _sign(bag: Bag, key: Ed25519PrivateKey) -> None:
    signed, files = attestation(bag), subjects(bag)
    for name, kind in ENVELOPES.items():
        predicate = signed.evaluation if kind == EVALUATION else signed.tests
        (bag.path / name).write_bytes(sign(kind, predicate, files, key))


def write_zip(bag: Bag, target: Path) -> None:
    """Write the bag as a zip: stored, sorted, dated alike; the same bag gives the same bytes on every system."""
    names = [(p, p.relative_to(bag.path).as_posix()) for p in files_of(bag.path)]
    for _, name in names:
        if fault := _name_fault(name):
            msg = f"{name!r} cannot be bundled: {fault}. Rename the file beside the workbook and run again."
            raise NeedsMendingError(msg)
    with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as archive:
        for path, name in sorted(names, key=lambda pair: pair[1]):
            entry = zipfile.ZipInfo(f"{bag.name}/{name}", DATED)
            entry.create_system = 3
            entry.external_attr = REGULAR_FILE << 16
            entry.file_size = path.stat().st_size
            with path.open("rb") as source, archive.open(entry, "w") as inside:
                shutil.copyfileobj(source, inside, 1 << 20)


def read_bundle(path: Path, scratch: Path) -> Bag:
    """Unpack a bundle below `scratch`, reading it with distrust.

    Raises DamagedBundleError for anything that `reportgen bundle` would not have written: a path that leads elsewhere, a
    link, something compressed or encrypted, a doubled name, bytes between or behind the files.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            entries = archive.infolist()
            name = _checked(entries, path.stat().st_size)
            bag = Bag(scratch / "bag", name)
            for entry in entries:
                inside = bag.path / entry.filename[len(name) + 1 :]
                inside.parent.mkdir(parents=True, exist_ok=True)
                with archive.open(entry) as source, inside.open("xb") as target:
                    shutil.copyfileobj(source, target, 1 << 20)
    except DamagedBundleError:
        raise
    except OSError as error:
        msg = f"{path.name} cannot be unpacked ({error.strerror})."
        raise DamagedBundleError(msg) from error
    except BROKEN_ARCHIVE as error:
        msg = f"{path.name} is damaged, or is no bundle ({_first_line(error)})."
        raise DamagedBundleError(msg) from error
    return bag


def zip_difference(bag: Bag, path: Path, scratch: Path) -> str:
    """Return where a bundle differs from what its own content packs to, '' where every byte is the same."""
    again = scratch / "again.zip"
    write_zip(bag, again)
    position = 0
    with again.open("rb") as ours, path.open("rb") as given:
        while True:
            a, b = ours.read(1 << 20), given.read(1 << 20)
            if a != b:
                first = next((i for i, (x, y) in enumerate(zip(a, b, strict=False)) if x != y), min(len(a), len(b)))
                return f"byte {position + first:,} is not as it must be for this content"
            if not a:
                return ""
            position += len(a)


def _checked(entries: list[zipfile.ZipInfo], size: int) -> str:
    """Return the one folder that all entries lie in, after looking at every entry's name, kind and size."""
    if not entries or len(entries) > MOST_FILES:
        raise _damaged(f"it holds {len(entries)} files")
    top = entries[0].filename.split("/", 1)[0]
    seen: set[str] = set()
    total = 0
    for entry in entries:
        name = entry.filename
        fault = _name_fault(name)
        folded = unicodedata.normalize("NFC", name).casefold()
        kind = entry.external_attr >> 16
        if fault or not name.startswith(f"{top}/"):
            raise _damaged(f"the name {name[:80]!r}: {fault or 'outside its folder'}")
        if folded in seen or entry.is_dir():
            raise _damaged(f"{name[:80]!r} stands in it twice, or is a folder")
        if kind != REGULAR_FILE or entry.compress_type != zipfile.ZIP_STORED or entry.flag_bits & 1:
            raise _damaged(f"{name[:80]!r} is a link, compressed or encrypted")
        if entry.file_size != entry.compress_size:
            raise _damaged(f"{name[:80]!r} would unpack to another size")
        seen.add(folded)
        total += entry.file_size
    if total > size:
        raise _damaged("its files overlap: they would unpack to more than it is")
    return top


def _name_fault(name: str) -> str:
    """Return why a name cannot stand in a bundle, '' where it can on every system."""
    for part in name.split("/"):
        if part in {"", ".", ".."} or part != part.rstrip(" ."):
            return "it is not a plain path"
        if any(ord(c) < ord(" ") or c in _NOT_PORTABLE for c in part) or not _encodable(part):
            return "it holds a character that not every system can write"
    return "" if len(os.fsencode(name)) < 1000 else "it is too long"  # noqa: PLR2004 - what every system can bear


def _encodable(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _encoded(name: str) -> str:
    """Return a path as RFC 8493 writes it in a manifest."""
    return name.replace("%", "%25").replace("\n", "%0A").replace("\r", "%0D")


def _damaged(why: str) -> DamagedBundleError:
    return DamagedBundleError(f"This is not a bundle that reportgen wrote: {why}. Nothing of it was used.")


def _first_line(error: Exception) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0][:120]


def unlisted(bag: Bag) -> Iterator[str]:
    """Yield what lies in a bag besides the payload and the tag files."""
    for path in files_of(bag.path):
        name = path.relative_to(bag.path).as_posix()
        if not name.startswith("data/") and name not in TAG_FILES:
            yield name
