"""The hash stage: container, seal and chain; it reads bytes and trusts nothing that stands in them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import msgspec

from reportgen.domain.records.comparison import RunRecord
from reportgen.evidence import bundle
from reportgen.evidence.access_log import read_entries
from reportgen.evidence.folder_files import files_of
from reportgen.evidence.journal import read_lines
from reportgen.evidence.reviews import read_parent
from reportgen.evidence.run_folder import RunFolder, sha256_of
from reportgen.evidence.seal import (
    FIRST_FORMAT,
    MANIFEST,
    SEAL,
    BrokenSealError,
    Link,
    Seal,
    decode_seal,
    make_seal,
    seal_bytes,
    seal_differences,
)
from reportgen.evidence.signing import EVALUATION, check_envelope, key_id, public_key
from reportgen.problems import ReportgenError
from reportgen.verification.checks import Check, Word, compared, note, same

_LINE = re.compile(r"([0-9a-f]{64})  (.+)")
_GROWING = ("evidence/holdout/access-log.jsonl", "evidence/run.json")
"""Files of the evidence that an opening adds to; each is checked by itself."""


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
        told = "Signed, but by whom was not checked without the public key (--key)." if signed else "It is not signed."
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
    name, bad = "Seal", "The run folder is not what was sealed."
    path = folder.evidence / SEAL
    if not path.is_file():
        return compared(name, "", bad, [f"evidence/{SEAL} is missing"])
    try:
        given = decode_seal(path.read_bytes(), path)
    except BrokenSealError:
        return compared(name, "", bad, [f"evidence/{SEAL} cannot be read"])
    differences = [f"{place}: {said}" for place, said in seal_differences(folder, given)]
    if differences:  # the files that follow may be the changed ones: nothing in them is relied on
        return compared(name, "", bad, differences)
    record = msgspec.json.decode(folder.record.read_bytes(), type=RunRecord)
    wanted = replace(given, run_id=record.run_id, version=record.version, sealed=_sealed(folder, given, record))
    manifest, made = make_seal(
        folder,
        run_id=wanted.run_id,
        sealed=wanted.sealed,
        version=wanted.version,
        evidence=given.evidence_sha256,
        link=Link(given.number, given.parent),
        program=record.program or given.program,
    )
    if (folder.evidence / MANIFEST).read_bytes() != manifest:
        differences.append(f"evidence/{MANIFEST} is not in its canonical form")
    if path.read_bytes() != seal_bytes(replace(made, format=given.format)):
        differences += _seal_differences(given, replace(made, format=given.format))
    good = f"{made.files} files, each with its hash; evidence {given.evidence_sha256[:16]}…, sealed {wanted.sealed}."
    return compared(name, good, bad, differences)


def _sealed(folder: RunFolder, given: Seal, record: RunRecord) -> str:
    """Return when the run must have been sealed; a seal over the same evidence as the one before says so itself."""
    before = folder.seals / f"{given.number - 1}.json"
    if before.is_file() and decode_seal(before.read_bytes(), before).evidence_sha256 == given.evidence_sha256:
        return given.sealed
    entries = read_entries(folder.access_log)
    return entries[-1].at if entries else record.finished


def _seal_differences(given: Seal, wanted: Seal) -> list[str]:
    place = f"evidence/{SEAL}"
    told = [
        f"{place}: {field} is {getattr(given, field)!r}, must be {getattr(wanted, field)!r}"
        for field in ("run_id", "evidence_sha256", "manifest_sha256", "files", "sealed", "version", "program", "records")
        if getattr(given, field) != getattr(wanted, field)
    ]
    return told or [f"{place} is not in its canonical form"]


def seals(folder: RunFolder) -> Check:
    """Check that each seal holds the hash of the one before, down to the first, and that the run record counts them."""
    name = "Seals"
    path = folder.evidence / SEAL
    last = decode_seal(path.read_bytes(), path)
    record = msgspec.json.decode(folder.record.read_bytes(), type=RunRecord)
    parent = read_parent(folder)
    if last.format == FIRST_FORMAT:
        return _first_format(folder, last)
    there = len(files_of(folder.seals))
    if not record.seals == last.number == there + 1:
        differences = [f"run.json counts {record.seals} seals, the seal says {last.number}, {there} before it are kept"]
        return compared(name, "", "The chain of seals is broken.", differences)
    differences, hashes, first = [], set(), 1
    above = last
    for number in range(last.number - 1, 0, -1):
        before = folder.seals / f"{number}.json"
        digest = sha256_of(before)
        hashes.add(digest)
        if above.parent != digest:
            differences.append(f"evidence/seals/{number}.json is not the seal that seal {number + 1} follows")
        lower = decode_seal(before.read_bytes(), before)
        if lower.number != number:
            differences.append(f"evidence/seals/{number}.json says that it is seal {lower.number}")
        if parent is not None and parent.seal_sha256 == digest:
            first = number + 1
        elif number >= first:
            differences += _taken_out(lower, above)
        above = lower
    if above.format != FIRST_FORMAT and above.parent:
        differences.append("the first seal follows another one, which is not there")
    if parent is not None and parent.seal_sha256 not in hashes:
        differences.append("the seal of the run that this one was scored from is not in the chain")
    opened = [e.seal_sha256 for e in read_entries(folder.access_log)]
    differences += [f"the seal before opening {n} is not in the chain" for n in _missing(opened, hashes)]
    many = f"{last.number} seals, each with the hash of the one before."
    good = "The first seal of this run." if last.number == 1 else many
    return compared(name, good, "The chain of seals is broken.", differences)


def _taken_out(lower: Seal, upper: Seal) -> Iterator[str]:
    """Yield what a seal stood over that the next one of the same run does not, and a next one that nothing led to."""
    gone = sorted(set(lower.records) - set(upper.records))
    yield from (f"evidence/{name} stood under seal {lower.number} and does not under seal {upper.number}" for name in gone)
    if (lower.evidence_sha256, lower.program) == (upper.evidence_sha256, upper.program):
        yield f"seal {upper.number} stands over the same as seal {lower.number}: what it was put for was taken out"


def _missing(wanted: list[str], there: set[str]) -> Iterator[str]:
    yield from (digest[:12] for digest in sorted(set(wanted) - there))


def _first_format(folder: RunFolder, last: Seal) -> Check:
    """Check the seal of an earlier version: it names the seal before its last opening, or that of its parent."""
    parent, entries = read_parent(folder), read_entries(folder.access_log)
    wanted = parent.seal_sha256 if parent is not None else ""
    if entries:
        wanted = sha256_of(folder.earlier_seal(entries[-1].access.number) / SEAL)
    differences = [] if last.parent == wanted else ["the seal does not follow the one that stood before"]
    return compared(
        "Seals", "A seal of an earlier version, which kept no chain.", "The chain of seals is broken.", differences
    )


def chain(folder: RunFolder) -> Check:
    """Check the chain of hashes over the responses, over the access log, and over the answers of every opening."""
    differences: list[str] = []
    lines = 0
    judged = [folder.judge] if folder.judge.exists() else []
    opened = sorted(p for kind in ("opening", "judge") for p in folder.holdout.glob(f"{kind}-*[0-9].jsonl"))
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
        if found is None or not found[2].startswith("evidence/") or found[2] in _GROWING:
            continue
        path = folder.path / found[2]
        if ".." in path.parts or not path.is_file() or sha256_of(path) != found[1]:
            yield f"{found[2]} is not what it was before opening {number}"


def run_id(folder: RunFolder) -> str:
    """Return the run's id as its record has it."""
    return msgspec.json.decode(folder.record.read_bytes(), type=RunRecord).run_id
