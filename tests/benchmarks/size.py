"""Large runs, each a process of its own: seconds of CPU, peak memory (VmHWM), and how both grow in one direction."""

from __future__ import annotations

import math
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from reportgen.domain.records.plan import Task
from reportgen.workbook.blank.workbooks import write_workbook
from tests.benchmarks.processes import PROGRAM, spent
from tests.small_workbooks import COSTS


@dataclass(frozen=True, slots=True)
class Size:
    """How large a run is; its candidates are recorded, priced and timed."""

    examples: int = 200
    candidates: int = 5
    labels: int = 10
    segments: int = 4

    def __str__(self) -> str:
        return f"{self.examples:,} x {self.candidates}, {self.labels:,} labels, {self.segments} segments"


MANY_CANDIDATES = Size(candidates=200)
MANY_LABELS = Size(examples=3_000, candidates=3, labels=1_000)
GROWTH = {
    "examples": (2_000, 4_000, 8_000),
    "candidates": (50, 100, 200),
    "labels": (250, 500, 1_000),
    "segments": (10, 20, 40),
}
_BASE = {"labels": Size(examples=3_000, candidates=3), "segments": Size(examples=2_000)}


def measured(size: Size) -> tuple[float, float]:
    """Return the CPU seconds of a run, its children included, and the peak of its largest process in MB."""
    with tempfile.TemporaryDirectory() as folder:
        path = workbook(Path(folder) / "size.xlsx", size)
        found = spent([*PROGRAM, "run", str(path)])
    return found.cpu_s, found.peak_mb


def exponents(direction: str) -> Iterator[tuple[str, float]]:
    """Yield the exponents of CPU and of peak memory over three sizes: 1 = linear, whatever a run takes before it begins."""
    sizes = [replace(_BASE.get(direction, Size()), **{direction: many}) for many in GROWTH[direction]]
    found = [measured(size) for size in sizes]
    for what, values in zip(("CPU", "peak"), zip(*found, strict=True), strict=True):
        yield what, math.log(values[-1] / values[0]) / math.log(GROWTH[direction][-1] / GROWTH[direction][0])


def workbook(path: Path, size: Size) -> Path:
    """Write a workbook whose candidates answered every example, each right in another share of cases."""
    names = [f"Model {number:03d}" for number in range(size.candidates)]
    labels = [f"label {number:04d}" for number in range(size.labels)]
    candidates = [
        {"Candidate": name, "Kind": "Recorded outputs", "Role": None if number else "production"}
        for number, name in enumerate(names)
    ]
    levels = (
        ("accuracy", "at least", 0.6),
        ("macro F1", "at least", 0.6),
        ("p95 latency", "at most", 5),
        ("cost per task", "at most", 4),
    )
    rows = {
        "Examples": [_example(number, names, labels, size.segments) for number in range(size.examples)],
        "Candidates": candidates,
        "Service levels": [{"Measure": m, "Comparison": c, "Target": t, "Agreed by": "Ada"} for m, c, t in levels],
        "Costs": [{"Assumption": name, "Expected": value} for name, value in COSTS.items()],
    }
    write_workbook(path, Task.CLASSIFICATION, evaluation={"Title": "Large"}, rows=rows)
    return path


def _example(number: int, names: list[str], labels: list[str], segments: int) -> dict[str, Any]:
    text = f"message {number} about {labels[number % len(labels)]}, please {number * 7919 % 10_007}"
    row: dict[str, Any] = {"Example ID": f"M{number:05d}", "Input": text, "Expected": labels[number % len(labels)]}
    row |= {"Segment": f"segment {number * 31 % segments}", "Split": "eval"}
    for c, name in enumerate(names):
        wrong = (number * 7919 + c * 104_729) % 100 < 3 * (c % 20 + 1)
        row[f"Output: {name}"] = labels[(number + wrong * (1 + c % max(1, len(labels) - 1))) % len(labels)]
        row[f"Latency: {name}"] = 0.4 + (number * 31 + c) % 97 / 100
        row[f"Cost: {name}"] = 0.001 + (number * 31 + c) % 97 / 10_000
    return row
