"""Small workbooks with recorded outputs whose every right and wrong answer is chosen."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from pathlib import Path

from reportgen.domain.records.plan import Task
from reportgen.workbook.blank.workbooks import write_workbook

ROWS = 150
PRODUCTION = "in use"


def write(
    path: Path,
    *,
    wrong: Collection[int] = (),
    rows: int = ROWS,
    left_out: Collection[int] = (),
    failing: Collection[str] = (),
    changed: Collection[int] = (),
    unrecorded: Collection[int] = (),
    level: float = 0.5,
    evaluation: Mapping[str, str | float] | None = None,
    further: Mapping[str, Sequence[Mapping[str, str | float]]] | None = None,
    candidates: Mapping[str, Collection[int]] | None = None,
) -> Path:
    """Write a workbook whose production model is wrong on the rows `wrong` and fails the known failures `failing`."""
    ids = [i for i in range(rows) if i not in left_out]
    examples = [
        {
            "Example ID": f"E{i}",
            "Input": f"case {i}{' edited' if i in changed else ''}",
            "Expected": _label(i),
            "Split": "eval",
        }
        for i in ids
    ]
    failures = [("K1", "late"), ("K2", "late"), ("K3", "double")]
    examples += [
        {"Example ID": name, "Input": f"known {name}", "Expected": "yes", "Known failure": mode} for name, mode in failures
    ]
    known = {PRODUCTION: wrong, **(candidates or {})}
    outputs = [
        _output(name, f"E{i}", _label(i + 1 if i in missed else i))
        for name, missed in known.items()
        for i in ids
        if i not in unrecorded
    ]
    outputs += [_output(name, k, "no" if k in failing else "yes") for name in known for k, _ in failures]
    write_workbook(
        path,
        Task.CLASSIFICATION,
        evaluation={"Title": "Gate", "Primary measure": "accuracy", **(evaluation or {})},
        rows={
            "Examples": examples,
            "Labels": [{"Label": "yes"}, {"Label": "no"}],
            "Candidates": [
                {
                    "Candidate": name,
                    "Kind": "Recorded outputs",
                    "Model": f"model of {name}",
                    "Role": "production" if name == PRODUCTION else "candidate",
                }
                for name in known
            ],
            "Recorded outputs": outputs,
            "Service levels": [{"Measure": "accuracy", "Comparison": "at least", "Target": level, "Agreed by": "Ann"}],
            "Known failures": [
                {"Failure ID": "late", "Description": "Late orders were missed", "Severity": "high"},
                {"Failure ID": "double", "Description": "Doubled orders", "Severity": "low"},
            ],
            "Costs": [
                {"Assumption": "Tasks per month", "Expected": 1000, "Source": "count"},
                {"Assumption": "Minutes per review", "Expected": 3, "Source": "measured"},
                {"Assumption": "Reviewer cost per hour", "Expected": 36, "Source": "payroll"},
                {"Assumption": "Manual cost per task", "Expected": 4, "Source": "payroll"},
            ],
            **(further or {}),
        },
    )
    return path


def _label(number: int) -> str:
    return ("yes", "no")[number % 2]


def _output(candidate: str, example: str, text: str) -> dict[str, str | float]:
    return {"Candidate": candidate, "Example ID": example, "Output": text, "Latency (s)": 0.5, "Attempts": 1, "Cost": 0.001}
