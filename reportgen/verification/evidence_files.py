"""What lies in the evidence: keys that should not, and files and formats that this version does not know."""

from __future__ import annotations

from pathlib import Path

import msgspec

from reportgen.concluding.conclude import exposed_keys
from reportgen.evidence.run_folder import RunFolder
from reportgen.verification.checks import Check, note, same

_FORMATS = {
    "evidence/plan.json": "reportgen.plan/1",
    "evidence/seal.json": "reportgen.seal/1",
    "evidence/split.json": "reportgen.split/1",
    "evidence/reviews.json": "reportgen.reviews/1",
    "evidence/parent.json": "reportgen.parent/1",
    "evidence/lm-eval.json": "reportgen.lm-eval/1",
    "evidence/changes.json": "reportgen.changes/1",
    "evidence/rerun.json": "reportgen.rerun/1",
    "evidence/monitoring.json": "reportgen.monitoring/1",
    "results.json": "reportgen.results/1",
}
_EVIDENCE = frozenset(
    {
        "workbook.xlsx", "plan.json", "split.json", "responses.jsonl", "judge.jsonl", "limits.jsonl", "scores.jsonl",
        "prices.json", "environment.json", "run.json", "reviews.json", "parent.json", "lm-eval.json",
        "changes.json", "rerun.json", "monitoring.json", "manifest-sha256.txt", "seal.json",
    }
)  # fmt: skip


def secrets(folder: RunFolder) -> Check:
    """Look for keys in the evidence, and for files and formats that this version does not know."""
    name = "Keys and formats"
    unknown = []
    keys = [f"{place} holds what looks like a key" for place in exposed_keys(folder)]
    for path in sorted(p for p in folder.evidence.rglob("*") if p.is_file()):
        place = path.relative_to(folder.evidence).as_posix()
        if place not in _EVIDENCE and not place.startswith(("documents/", "holdout/", "house-style/")):
            unknown.append(f"evidence/{place}")
    unknown += [told for place in sorted(_FORMATS) if (told := _unknown_format(folder.path / place, place))]
    if keys:
        return note(name, "Something looks like a key; have it replaced before the evidence goes on.", keys)
    if unknown:
        return note(name, "Some files are not known to this version.", unknown)
    return same(name, "No key in the evidence; every file and format is known.")


def _unknown_format(path: Path, place: str) -> str:
    if not path.is_file():
        return ""
    try:
        found = msgspec.json.decode(path.read_bytes(), type=_Named).format
    except msgspec.DecodeError:
        found = ""
    return "" if found == _FORMATS[place] else f"{place}: the format {found[:40]!r}"


class _Named(msgspec.Struct):
    format: str = ""
