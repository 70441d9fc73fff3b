"""The hash stage: container, seal and chain; it reads bytes and trusts nothing that stands in them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import msgspec

from reportgen.domain.records.comparison import RunRecord
from reportgen.evaluation import sealing
from reportgen.evidence import bundle
from reportgen.evidence.access_log import read_entries
from reportgen.evidence.journal import read_lines
from reportgen.evidence.run_folder import RunFolder, json_bytes, sha256_of
from reportgen.evidence.seal import MANIFEST, SEAL, Seal, evidence_sha256, files_of, make_seal
from reportgen.evidence.signing import EVALUATION, check_envelope, key_id, public_key
from reportgen.problems import ReportgenError
from reportgen.verification.checks import Check, Word, compared, note, same

_LINE = re.compile(r"([0-9a-f]{64})  (.+)")


def container(bag: bundle.Bag, path: Path, scratch: Path) -> Check:
    """Compare the zip and the bag's own files with what their content must give, byte for byte."""
    differences = [f"{name} is not listed" for name in bundle.unlisted(bag)]
    if at := bundle.zip_difference(bag, path, scratch):
        differences.append(f"{path.name}: {at}")
    try:
        wanted = bundle.tag_files(bag)
    except ReportgenError as error:
        differences.append(str(error))
        wanted = {}
    wanted["tagmanifest-sha256.txt"] = bundle.tag_manifest(bag)
    for name, content in wanted.items():
        given = (bag.path / name).read_bytes() if (bag.path / name).is_file() else None
        if given != content:
            differences.append(f"{name} {'is missing' if given is None else 'does not fit the files'}")
    good = "The bundle is whole: every byte is as its content demands."
    return compared("Bundle", good, "The bundle is not as it was written.", differences)


def signature(bag: bundle.Bag | None, key: Path | None) -> Check:
    """Check who signed, with the key that the verifier brought; a bundle's own word for it counts for nothing."""
    name = "Signature"
    if bag is None:
        if key is None:
            return note(name, "A run folder carries no signature; who made it was not checked.")
        return Check(name, Word.UNCHECKED, "A run folder carries no signature. Verify the bundle instead.")
    signed = [n for n in bundle.ENVELOPES if (bag.path / n).is_file()]
    if key is None:
        told = "It is signed, but who signed was not checked: give --key." if signed else "It is not signed."
        return note(name, f"{told} All else was checked.")
    public = public_key(key)
    missing = [f"{n} is missing: the bundle is not signed" for n in bundle.ENVELOPES if n not in signed]
    if missing:
        return compared(name, "", "The bundle is not signed with this key.", missing)
    facts, files = bundle.attestation(bag), bundle.subjects(bag)
    faults = []
    for envelope, kind in bundle.ENVELOPES.items():
        predicate = facts.evaluation if kind == EVALUATION else facts.tests
        if fault := check_envelope((bag.path / envelope).read_bytes(), kind, predicate, files, public):
            faults.append(f"{envelope}: {fault}")
    good = f"Signed with the given key {key_id(public)[:16]}…, over every file and the result."
    return compared(name, good, "The signature does not hold for this key and these files.", faults)


def seal(folder: RunFolder) -> Check:
    """Compare every file with the manifest, and manifest and seal with what they must be."""
    name, bad = "Seal", "Files were changed after they were sealed."
    if differences := list(_listed(folder)):  # the files that follow may be the changed ones: nothing in them is relied on
        return compared(name, "", bad, differences)
    record = msgspec.json.decode(folder.record.read_bytes(), type=RunRecord)
    sealed, parent = sealing(folder, record)
    evidence = evidence_sha256(folder)
    manifest, wanted = make_seal(
        folder, run_id=record.run_id, sealed=sealed, version=record.version, evidence=evidence, parent=parent
    )
    if (folder.evidence / MANIFEST).read_bytes() != manifest:
        differences.append(f"evidence/{MANIFEST} is not in its canonical form")
    given = (folder.evidence / SEAL).read_bytes()
    if given != json_bytes(wanted):
        differences += _seal_differences(given, wanted)
    good = f"{wanted.files} files, each with its hash; evidence {evidence[:16]}…, sealed {sealed}."
    return compared(name, good, bad, differences)


def _listed(folder: RunFolder) -> Iterator[str]:
    """Yield files that are missing, changed or not listed in the manifest as it stands."""
    text = (folder.evidence / MANIFEST).read_bytes().decode("utf-8", "replace")
    listed: dict[str, str] = {}
    for line in text.splitlines():
        found = _LINE.fullmatch(line)
        if found is None:
            yield f"evidence/{MANIFEST}: the line {line[:60]!r} is none"
        else:
            listed[found[2]] = found[1]
    outside = {f"evidence/{MANIFEST}", f"evidence/{SEAL}"}
    there = {p.relative_to(folder.path).as_posix(): p for p in files_of(folder.path)}
    for name in sorted({*listed, *there} - outside):
        if name not in there:
            yield f"{name} is missing"
        elif name not in listed:
            yield f"{name} is not listed"
        elif sha256_of(there[name]) != listed[name]:
            yield f"{name} was changed"


def _seal_differences(given: bytes, wanted: Seal) -> list[str]:
    place = f"evidence/{SEAL}"
    try:
        found = msgspec.json.decode(given, type=Seal)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return [f"{place} cannot be read"]
    told = [
        f"{place}: {field} is {getattr(found, field)!r}, must be {getattr(wanted, field)!r}"
        for field in ("run_id", "evidence_sha256", "manifest_sha256", "files", "sealed", "version", "parent", "format")
        if getattr(found, field) != getattr(wanted, field)
    ]
    return told or [f"{place} is not in its canonical form"]


def chain(folder: RunFolder) -> Check:
    """Check the chain of hashes over the responses, over the access log, and over the answers of every opening."""
    differences: list[str] = []
    lines = 0
    judged = [folder.judge] if folder.judge.exists() else []
    opened = sorted(p for kind in ("opening", "judge") for p in folder.holdout.glob(f"{kind}-*.jsonl"))
    for path in (folder.responses, *judged, *opened):
        try:
            found, length = read_lines(path)
        except ReportgenError as error:
            differences.append(str(error))
            continue
        lines += len(found)
        if length != path.stat().st_size:
            differences.append(f"{path.name} ends in a torn line")
    try:
        entries = len(read_entries(folder.access_log))
    except ReportgenError as error:
        differences.append(str(error))
        entries = 0
    good = f"{lines:,} responses in an unbroken chain" + (f", {entries} entries in the holdout's log." if entries else ".")
    return compared("Chain", good, "Records were changed, removed or put in another order.", differences)


def damaged(error: ReportgenError) -> Check:
    """Return the check of a bundle that could not even be unpacked."""
    return Check("Bundle", Word.DIFFERENT, str(error))


def earlier(folder: RunFolder) -> Check:
    """Check what stood before each opening of the holdout: the decision was sealed, and what it rested on is unchanged."""
    entries = read_entries(folder.access_log)
    if not entries:
        return same("Openings", "The holdout was not opened in this run.")
    differences: list[str] = []
    for entry in entries:
        kept = folder.earlier_seal(entry.access.number)
        number = entry.access.number
        if sha256_of(kept / SEAL) != entry.seal_sha256:
            differences.append(f"opening {number}: the seal kept for it is not the one that its log names")
        found = msgspec.json.decode((kept / SEAL).read_bytes(), type=Seal)
        if sha256_of(kept / MANIFEST) != found.manifest_sha256:
            differences.append(f"opening {number}: the manifest kept for it does not fit its seal")
        differences += _changed_since(folder, kept / MANIFEST, number)
    opened = len({e.access.number for e in entries})
    good = f"{opened} {'opening' if opened == 1 else 'openings'}, each after the decision was sealed."
    return compared("Openings", good, "What the decision rested on was changed around an opening.", differences)


def _changed_since(folder: RunFolder, manifest: Path, number: int) -> Iterator[str]:
    for line in manifest.read_text("utf-8").splitlines():
        found = _LINE.fullmatch(line)
        if found is None or not found[2].startswith("evidence/") or found[2] == "evidence/holdout/access-log.jsonl":
            continue
        path = folder.path / found[2]
        if ".." in path.parts or not path.is_file() or sha256_of(path) != found[1]:
            yield f"{found[2]} is not what it was before opening {number}"


def run_id(folder: RunFolder) -> str:
    """Return the run's id as its record has it."""
    return msgspec.json.decode(folder.record.read_bytes(), type=RunRecord).run_id
