"""What lies in a run folder: keys that should not, and files and formats that this version does not know."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import msgspec

from reportgen.concluding.conclude import exposed_keys
from reportgen.documents.recognition import KEPT as KEPT_TEXT
from reportgen.evidence.folder_files import files_of
from reportgen.evidence.run_folder import RunFolder
from reportgen.evidence.seal import FORMAT
from reportgen.extensions import Group, place
from reportgen.reports.interface import reports
from reportgen.verification.checks import Check, Word, compared, note, same
from reportgen.verification.records import Sources

_FORMATS = {
    "evidence/plan.json": "reportgen.plan/1",
    "evidence/seal.json": FORMAT,
    "evidence/split.json": "reportgen.split/1",
    "evidence/reviews.json": "reportgen.reviews/1",
    "evidence/parent.json": "reportgen.parent/1",
    "evidence/lm-eval.json": "reportgen.lm-eval/1",
    "evidence/changes.json": "reportgen.changes/1",
    "evidence/rerun.json": "reportgen.rerun/1",
    "evidence/destinations.json": "reportgen.destinations/1",
    "evidence/monitoring.json": "reportgen.monitoring/1",
    "results.json": "reportgen.results/1",
}
_EVIDENCE = frozenset(
    {
        "workbook.xlsx", "plan.json", "split.json", "responses.jsonl", "judge.jsonl", "limits.jsonl", "scores.jsonl",
        "responses-batches.jsonl", "judge-batches.jsonl",
        "prices.json", "environment.json", "run.json", "reviews.json", "parent.json", "lm-eval.json",
        "changes.json", "rerun.json", "destinations.json", "monitoring.json", "manifest-sha256.txt", "seal.json",
    }
)  # fmt: skip
_NUMBERED = re.compile(
    r"seals/\d+\.json|holdout/access-log\.jsonl|holdout/(?:opening|judge)-\d+(?:-batches)?\.jsonl"
    r"|holdout/sealed-before-\d+/(?:seal\.json|manifest-sha256\.txt)|house-style/(?:[^/]+/)?[^/]+"
)


def secrets(folder: RunFolder) -> Check:
    """Look for keys in the evidence."""
    keys = [f"{place} holds what looks like a key" for place in exposed_keys(folder)]
    if keys:
        return note("Keys", "Something looks like a key; have it replaced before the evidence goes on.", keys)
    return same("Keys", "No key in the evidence.")


def files(of: Sources) -> Check:
    """Look for files that no run has, and for formats that this version does not know."""
    name, folder = "Files", of.folder
    strange = list(_unknown(folder, set(_documents(of))))
    written = {name: by for name in strange if (by := of.environment.get(place(Group.REPORTS, name)))}
    unknown = [f"{name} is no file of a run" for name in strange if name not in written]
    faults = [fault for record in sorted(_FORMATS) if (fault := _format_fault(folder.path / record, record))]
    newer = [told for told, is_newer in faults if is_newer]
    if different := unknown + [told for told, is_newer in faults if not is_newer]:
        return compared(name, "", "Files do not belong to a run, or are of no known format.", different + newer)
    if written:
        told = [f"{document} was written by {by}" for document, by in written.items()]
        return Check(name, Word.UNCHECKED, "What wrote some documents is not installed here.", tuple(told))
    if newer:
        return Check(name, Word.UNCHECKED, "A newer reportgen wrote some files. Check them with that one.", tuple(newer))
    return same(name, "Every file and format is known.")


def _documents(of: Sources) -> Iterator[str]:
    for document in (e.document for e in of.plan.examples if e.document is not None):
        name = Path(document.name).as_posix()
        yield name
        if document.recognised:
            yield f"{name}{KEPT_TEXT}"


def _unknown(folder: RunFolder, documents: set[str]) -> Iterator[str]:
    """Yield the files that no run has; a document that no example names is one."""
    for path in files_of(folder.path):
        place = path.relative_to(folder.path).as_posix()
        inside = place.removeprefix("evidence/")
        if inside == place:
            known = inside in reports()
        elif inside.startswith("documents/"):
            known = inside.removeprefix("documents/") in documents
        else:
            known = inside in _EVIDENCE or _NUMBERED.fullmatch(inside) is not None
        if not known:
            yield place


def _format_fault(path: Path, place: str) -> tuple[str, bool] | None:
    """Return what is wrong with the format of a file, and whether a newer reportgen may have written it."""
    if not path.is_file():
        return None
    try:
        found = msgspec.json.decode(path.read_bytes(), type=_Named).format
    except (msgspec.DecodeError, UnicodeDecodeError):
        found = ""
    stem, _, number = _FORMATS[place].rpartition("/")
    named, _, given = found.rpartition("/")
    if named != stem or not given.isdecimal() or given == "0":
        return f"{place}: the format {found[:40]!r}", False
    if int(given) > int(number):
        return f"{place}: the format {found[:40]!r}", True
    return None


class _Named(msgspec.Struct):
    format: str = ""
