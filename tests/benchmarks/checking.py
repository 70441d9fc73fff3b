"""The check of workbooks of 1,000, 10,000 and 100,000 rows of 80 different words: time, memory, and how both grow."""

from __future__ import annotations

import math
import random
import statistics
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

from tests.benchmarks.processes import PROGRAM, spent
from tests.small_workbooks import tickets

WORDS_A_ROW = 80
_OPENPYXL_TWICE = (
    "import openpyxl, sys\nfor values in (False, True):\n"
    "    for s in openpyxl.load_workbook(sys.argv[1], data_only=values): list(s.iter_rows(values_only=True))"
)


def workbook(path: Path, rows: int) -> Path:
    """Write a workbook whose inputs are all different; seeded, so that every run measures the same file."""
    rng = random.Random(rows)
    words = ["".join(rng.choices("abcdefghijklmnopqrstuvwxyz", k=rng.randint(3, 10))) for _ in range(5_000)]
    examples = [
        {
            "Example ID": f"M{number:06d}",
            "Input": " ".join(rng.choices(words, k=WORDS_A_ROW)),
            "Expected": ("refund", "delivery")[number % 2],
            "Segment": ("mail", "chat")[number % 3 == 0],
            "Notes": "kept beside it",
        }
        for number in range(rows)
    ]
    return tickets(path, Examples=examples)


def timed(command: Sequence[str], *, repeats: int) -> tuple[float, float]:
    """Return the median wall time in seconds and the largest memory in MB of whole processes."""
    found = [spent(command) for _ in range(repeats)]
    return statistics.median(each.wall_s for each in found), max(each.peak_mb for each in found)


def measurements() -> Iterator[tuple[str, float, float | None, str, float]]:
    """Yield (work, seconds, reference, what the reference is, bar)."""
    with tempfile.TemporaryDirectory() as scratch:
        found = {}
        for rows, repeats in ((1_000, 5), (10_000, 1), (100_000, 1)):
            path = workbook(Path(scratch) / f"{rows}.xlsx", rows)
            reference, _ = timed([sys.executable, "-c", _OPENPYXL_TWICE, str(path)], repeats=repeats)
            seconds, peak = timed([*PROGRAM, "check", str(path)], repeats=repeats)
            found[rows] = seconds
            bar = 6 if rows == 1_000 else math.inf
            yield f"check, {rows:,} rows", seconds, reference, "openpyxl twice, import included,", bar
    yield "check, 100,000 rows", found[100_000], None, f"{peak:,.0f} MB of 1,536 at most", 45
    growth = found[10_000] * 10
    yield "check, growth from 10,000 to 100,000 rows", found[100_000], growth, "linear growth", 1.15
