"""All checks of one run folder or bundle, in their order: bytes first, then records, then documents."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from reportgen.evidence import bundle
from reportgen.evidence.certificates import Certificate, certificates
from reportgen.evidence.run_folder import RunFolder
from reportgen.evidence.signing import public_key
from reportgen.extensions import Group, added
from reportgen.problems import NeedsMendingError, ReportgenError
from reportgen.reports.interface import prepared
from reportgen.reports.material import PARQUET
from reportgen.steps import tell
from reportgen.verification import documents, evidence_files, figures, hashes, records, signed, stamps
from reportgen.verification.checks import Check, Verification, Word, guarded


@dataclass(frozen=True, slots=True)
class _Target:
    """What is verified: a run folder as it lies there, or one that came out of a bundle."""

    path: Path
    folder: RunFolder
    bag: bundle.Bag | None
    scratch: Path


def verify(path: Path, *, key: Path | None = None, trust: Path | None = None, copies: Sequence[Path] = ()) -> Verification:
    """Check everything about a run folder or a bundle; nothing is asked, and nothing in it is changed.

    Args:
        path: of the folder or the bundle.
        key: the public key of the person who signed the bundle.
        trust: certificates that vouch for who stamped and for who signed a copy.
        copies: of the PDFs, signed in a PDF reader.

    Raises:
        NeedsMendingError: `path` is neither, `key` is no public key, or `trust` holds no certificate.
    """
    if key is not None:
        public_key(key)
    trusted = None if trust is None else certificates(trust)
    with _unpacked(path) as target:
        if isinstance(target, Check):
            return Verification(str(path), "", (target,))
        tell("Checking hashes, seal and chain")
        checks = [*_hash_stage(target, key, trusted, wanted=trusted is not None and not copies)]
        tell("Computing every figure again")
        with prepared(target.folder.path):
            checks += _record_stage(target)
        checks += _signed_stage(target, copies, trusted)
        return Verification(str(path), _run_id(target.folder), tuple(checks))


def check_hashes(path: Path, *, key: Path | None = None, trust: Path | None = None) -> Verification:
    """Check container, signature, time stamp, seal and chain alone: what bytes can tell, in a moment."""
    trusted = None if trust is None else certificates(trust)
    with _unpacked(path) as target:
        if isinstance(target, Check):
            return Verification(str(path), "", (target,))
        return Verification(
            str(path), _run_id(target.folder), tuple(_hash_stage(target, key, trusted, wanted=trusted is not None))
        )


@contextmanager
def _unpacked(path: Path) -> Iterator[_Target | Check]:
    with tempfile.TemporaryDirectory(prefix="reportgen-verify-") as name:
        scratch = Path(name)
        if path.is_dir():
            folder = RunFolder(path)
            if not folder.evidence.is_dir():
                msg = f"{path} is not a run folder. Name the folder that `reportgen run` made, or its bundle."
                raise NeedsMendingError(msg)
            yield _Target(path, folder, None, scratch)
            return
        if path.suffix.lower() != ".zip":
            msg = f"{path} is neither a run folder nor a bundle. A bundle ends in .bundle.zip."
            raise NeedsMendingError(msg)
        try:
            bag = bundle.read_bundle(path, scratch)
        except bundle.DamagedBundleError as error:
            yield hashes.damaged(error)
            return
        yield _Target(path, bag.run, bag, scratch)


def _hash_stage(target: _Target, key: Path | None, trust: Sequence[Certificate] | None, *, wanted: bool) -> Iterator[Check]:
    bag, folder = target.bag, target.folder
    if bag is not None:
        yield guarded("Bundle", lambda: hashes.container(bag, target.path, target.scratch))
    yield guarded("Signature", lambda: hashes.signature(bag, key))
    yield guarded("Time stamp", lambda: stamps.stamp(bag, trust, wanted=wanted))
    yield guarded("Seal", lambda: hashes.seal(folder))
    yield guarded("Seals", lambda: hashes.seals(folder))
    yield guarded("Chain", lambda: hashes.chain(folder))
    yield guarded("Openings", lambda: hashes.earlier(folder))


def _record_stage(target: _Target) -> Iterator[Check]:
    folder = target.folder
    sources = records.Sources(folder)
    yield guarded("Packages", lambda: records.packages(sources))
    yield guarded("Rules", lambda: records.rules(sources))
    yield guarded("Prices", lambda: records.prices(sources))
    yield guarded("Files", lambda: evidence_files.files(sources))
    yield guarded("Keys", lambda: evidence_files.secrets(folder))
    try:
        again = records.recompute(sources)
    except Exception as error:  # noqa: BLE001 - forged records may provoke anything; nothing after them is verified then
        told = str(error) if isinstance(error, ReportgenError) else f"{type(error).__name__}: {error}"
        for name in (
            "Run record",
            "Coverage",
            "Scores",
            "Figures",
            "Holdout",
            documents.WORKBOOK,
            *documents.PDFS,
            "Attachment",
            "Printed hash",
        ):
            yield Check(name, Word.UNCHECKED, f"The records cannot be computed again: {told}"[:300])
        return
    checks: dict[str, Callable[[], Check]] = {
        "Run record": lambda: records.run_record(sources, again),
        "Coverage": lambda: records.coverage(sources, again),
        "Scores": lambda: figures.scores(folder, again),
        "Figures": lambda: figures.figures(folder, again),
        "Holdout": lambda: records.openings(folder, again),
        "Program": lambda: records.program(sources),
    }
    for name, check in checks.items():
        yield guarded(name, check)
    yield from _document_stage(target, again)


def _document_stage(target: _Target, again: records.Recomputed) -> Iterator[Check]:
    given = target.folder.path
    tell("Drawing the documents again")
    try:
        made = documents.render(again, target.scratch)
    except ReportgenError as error:
        yield from documents.not_rendered(error)
    else:
        yield guarded(documents.WORKBOOK, lambda: documents.workbook(given, made, again))
        if any((folder / PARQUET).exists() for folder in (given, made)):
            yield guarded(PARQUET, lambda: documents.answers(given, made, again))
        for name in documents.PDFS:
            yield guarded(name, lambda name=name: documents.pdf(given, made, name, again))  # type: ignore[misc]
        for name in added(Group.REPORTS):
            yield guarded(name, lambda name=name: documents.of_another_package(given, made, name, again))  # type: ignore[misc]
    evidence = again.comparison.run.evidence_sha256
    yield guarded("Attachment", lambda: documents.attachment(given))
    yield guarded("Printed hash", lambda: documents.printed_hash(given, evidence))


def _signed_stage(target: _Target, copies: Sequence[Path], trust: Sequence[Certificate] | None) -> Iterator[Check]:
    for copy in copies:
        yield guarded(f"Signed {copy.name}", lambda copy=copy: signed.signed(target.folder, copy, trust))  # type: ignore[misc]


def _run_id(folder: RunFolder) -> str:
    found = guarded("", lambda: Check("", Word.SAME, hashes.run_id(folder)))
    return found.sentence if found.word is Word.SAME else ""
