"""The record of lm-evaluation-harness beside a workbook, `NAME.lm-eval.json`, and the copy that a run keeps of it.

A workbook with imported answers, `NAME.imported.xlsx`, shares the record of the workbook that it was made from.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import msgspec

from reportgen.domain.records.harness import FORMAT, HarnessExport, HarnessGate, HarnessRecord
from reportgen.evidence.run_folder import RunFolder, json_bytes, write_bytes, write_json
from reportgen.problems import NeedsMendingError

IMPORTED = ".imported"
BESIDE = "Copy the workbook to a folder that you may write to, and work there."


def harness_path(workbook: Path) -> Path:
    """Return where the record of a workbook lies."""
    return workbook.with_name(f"{workbook.stem.removesuffix(IMPORTED)}.lm-eval.json")


def read_harness(path: Path) -> HarnessRecord | None:
    """Return a record, None where there is none. Raises NeedsMendingError when it cannot be read."""
    try:
        raw = path.read_bytes()
    except FileNotFoundError:
        return None
    try:
        found = msgspec.json.decode(raw, type=HarnessRecord)
    except msgspec.DecodeError as error:
        msg = (
            f"{path.name} is damaged. Put its last good copy back, or delete it and export again: reportgen lm-eval export."
        )
        raise NeedsMendingError(msg) from error
    if found.format != FORMAT:
        msg = f"{path.name} has the format {found.format!r}, expected {FORMAT!r}. Export again with this reportgen."
        raise NeedsMendingError(msg)
    return found


def note_export(workbook: Path, made: HarnessExport) -> None:
    """Put an export on record beside the workbook."""
    path = harness_path(workbook)
    _write_beside(path, replace(read_harness(path) or HarnessRecord(), export=made))


def note_gate(workbook: Path, made: HarnessGate) -> None:
    """Put a gate of imported answers on record beside the workbook."""
    path = harness_path(workbook)
    record = read_harness(path) or HarnessRecord()
    _write_beside(path, replace(record, gates=(*record.gates, made)))


def _write_beside(path: Path, record: HarnessRecord) -> None:
    write_bytes(path, json_bytes(record), remedy=BESIDE)


def keep_harness(workbook: Path, folder: RunFolder) -> None:
    """Copy the record into the evidence of a run; one whose holdout was opened keeps the evidence that it has."""
    found = read_harness(harness_path(workbook))
    if found is not None and not folder.access_log.exists():
        write_json(folder.harness, found)
