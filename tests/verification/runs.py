"""A small sealed run whose every answer is chosen, and the ways in which a forger would change it."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import msgspec

from reportgen import evaluation
from reportgen.domain.records.comparison import RunRecord
from reportgen.evidence.journal import FIRST, Line, read_lines
from reportgen.evidence.run_folder import RunFolder, write_json
from reportgen.evidence.seal import SEAL, Link, decode_seal, evidence_sha256, record_names, write_seal
from tests.small_workbooks import examples, tickets

EVAL, HOLDOUT, ROWS = 100, 40, 150
WINNER, OTHER = "steady", "hasty"


def write(path: Path, *, wrong_locked: int = 0, relabelled: bool = False) -> Path:
    """Write a workbook with two recorded candidates; `steady` is right on all eval rows and wrong on some locked ones."""
    rows = examples(ROWS)
    for number, row in enumerate(rows):
        row["Split"] = "eval" if number < EVAL else "holdout" if number < EVAL + HOLDOUT else "train"
        if relabelled and row["Split"] == "holdout":
            row["Expected"] = _other(row["Expected"])
    right = examples(ROWS)
    outputs = [output(WINNER, row, n >= EVAL + HOLDOUT - wrong_locked) for n, row in enumerate(right[: EVAL + HOLDOUT])]
    outputs += [output(OTHER, row, n % 2 == 0) for n, row in enumerate(right[: EVAL + HOLDOUT])]
    candidates = [
        {"Candidate": WINNER, "Kind": "Recorded outputs", "Role": "production", "Input price": 1, "Output price": 2},
        {"Candidate": OTHER, "Kind": "Recorded outputs", "Input price": 1, "Output price": 2},
    ]
    levels = [
        {"Measure": "accuracy", "Comparison": "at least", "Target": 0.8, "Agreed by": "Ada"},
        {"Measure": "cost per task", "Comparison": "at most", "Target": 4, "Agreed by": "Ada"},
    ]
    labels = [{"Label": "refund"}, {"Label": "delivery"}]
    return tickets(
        path, Examples=rows, candidates=candidates, Recorded_outputs=outputs, Service_levels=levels, Labels=labels
    )


def output(name: str, row: dict[str, Any], wrong: bool) -> dict[str, Any]:
    label = _other(row["Expected"]) if wrong else row["Expected"]
    tokens = {"Input tokens": 50, "Output tokens": 3, "Attempts": 1, "Latency (s)": 0.4}
    return {"Candidate": name, "Example ID": row["Example ID"], "Output": label, **tokens}


def _other(label: str) -> str:
    return "delivery" if label == "refund" else "refund"


def make_run(folder: Path, *, wrong_locked: int = 0) -> RunFolder:
    """Write the workbook and run it."""
    folder.mkdir(parents=True, exist_ok=True)
    _, run = evaluation.evaluate(write(folder / "t.xlsx", wrong_locked=wrong_locked), environment={})
    return run


def reseal(folder: RunFolder) -> None:
    """Do what a forger without a key can: make every hash fit again, in the place that the seal had in the chain."""
    path = folder.evidence / SEAL
    seal = decode_seal(path.read_bytes(), path)
    run = msgspec.json.decode(folder.record.read_bytes(), type=RunRecord)
    evidence = evidence_sha256(folder)
    write_json(folder.record, replace(run, evidence_sha256=evidence, records=record_names(folder)))
    write_seal(
        folder,
        run_id=run.run_id,
        sealed=seal.sealed,
        version=run.version,
        evidence=evidence,
        link=Link(seal.number, seal.parent),
        program=seal.program,
    )


def software(folder: RunFolder, told: Mapping[str, str]) -> None:
    """Let the run record name other programs."""
    run = msgspec.json.decode(folder.record.read_bytes(), type=RunRecord)
    write_json(folder.record, replace(run, software=told))


def forge_response(folder: RunFolder, place: int, **changes: Any) -> None:  # noqa: ANN401 - any field of a response
    """Change one response and chain the journal anew."""
    lines, _ = read_lines(folder.responses)
    responses = [line.response for line in lines]
    responses[place] = replace(responses[place], **changes)
    prev, block = FIRST, b""
    for number, response in enumerate(responses):
        text = msgspec.json.encode(Line(number, prev, response), order="sorted")
        prev = hashlib.sha256(text).hexdigest()
        block += text + b"\n"
    folder.responses.write_bytes(block)


def files(folder: RunFolder) -> list[Path]:
    """Return every file of a run."""
    return sorted(p for p in folder.path.rglob("*") if p.is_file())
