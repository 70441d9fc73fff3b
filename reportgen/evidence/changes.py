"""Which earlier runs of the workbook stood under other rules: a change after answers were known shows as a change.

Written with the rules, before the first request, and never changed afterwards.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import msgspec

from reportgen.domain.records.comparison import Finding
from reportgen.domain.records.corpus import LastSaved
from reportgen.domain.wording.figures import counted, listed
from reportgen.evidence.rules import Rules, read_rules
from reportgen.evidence.run_folder import RunFolder, read_json, write_json
from reportgen.problems import Severity

_PARTS = {
    "settings": "Evaluation",
    "service_levels": "Service levels",
    "costs": "Costs",
    "review_rules": "Review rules",
    "production_mix": "Production mix",
    "labels": "Labels",
    "fields": "Fields",
    "known_failures": "Known failures",
    "requirements": "Requirements",
    "split": "Examples",
    "candidates": "Candidates",
}
"""Part of the rules to the sheet that it comes from."""
_ROUTINE = frozenset({"Candidates"})
"""Asking one candidate more moves no goal."""


@dataclass(frozen=True, slots=True)
class EarlierRules:
    """The rules of one earlier run that was asked: where it lies beside this one, when they were fixed, what differs."""

    folder: str
    fixed_at: str
    plan_sha256: str
    workbook_sha256: str
    differs: tuple[str, ...]
    """Sheets; empty = none of those that hold rules."""


@dataclass(frozen=True, slots=True)
class Changes:
    """The content of `evidence/changes.json`: who last saved this workbook, and the earlier runs under other rules."""

    saved: LastSaved
    earlier: tuple[EarlierRules, ...]
    format: str = "reportgen.changes/1"


def keep_changes(folder: RunFolder, rules: Rules, earlier: Sequence[RunFolder], saved: LastSaved) -> None:
    """Write what changed since the earlier runs, once."""
    if not folder.changes.exists():
        write_json(folder.changes, Changes(saved, tuple(_earlier(rules, earlier))))


def read_changes(folder: RunFolder) -> Changes | None:
    """Return what a run holds about changes, None where it has no such record. Raises NeedsMendingError if it is damaged."""
    return read_json(folder.changes, Changes)


def _earlier(rules: Rules, folders: Sequence[RunFolder]) -> Iterator[EarlierRules]:
    for folder in folders:
        then = read_rules(folder)
        if then is not None and folder.responses.exists() and folder.responses.stat().st_size:
            differs = tuple(sheet for part, sheet in _PARTS.items() if _bytes(then, part) != _bytes(rules, part))
            yield EarlierRules(folder.path.name, then.fixed_at, then.plan_sha256, then.workbook_sha256, differs)


def _bytes(rules: Rules, part: str) -> bytes:
    return msgspec.json.encode(getattr(rules, part), order="sorted")


def change_findings(changes: Changes, fixed_at: str) -> Iterator[Finding]:
    """Yield that rules were changed after answers were known, for the last run before this one."""
    if not changes.earlier:
        return
    last = changes.earlier[-1]
    routine = set(last.differs) <= _ROUTINE
    many = len(changes.earlier)
    others = "" if many == 1 else f", the last of {counted(many, 'earlier run')} under other rules"
    saved = f" The workbook was {changes.saved.words}, as the file says of itself." if changes.saved.words else ""
    yield Finding(
        "rules-changed",
        Severity.NOTE if routine else Severity.WARNING,
        "evidence/changes.json",
        f"Answers of the run {last.folder} (rules fixed at {last.fixed_at}{others}) were known when those of this run "
        f"were fixed at {fixed_at}; {_told(last.differs)}.{saved}",
        "Nothing, where only candidates were added."
        if routine
        else "`reportgen compare` on both folders names each change; say in the workbook's Notes why it was made.",
    )


def _told(sheets: Sequence[str]) -> str:
    if not sheets:
        return "none of the sheets that hold rules differs"
    one = len(sheets) == 1
    return f"what the sheet{'' if one else 's'} {listed(sheets, 12)} say{'s' if one else ''} differs"
