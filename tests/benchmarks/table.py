"""The table of speed and size that we hold ourselves to: before, now, the bar, the peak of memory; small jobs first.

python -m tests.benchmarks table [--large] [--before FOLDER]

`--large` measures the jobs of 100,000 examples instead. `--before` names a checkout of an earlier commit (0d337a5 is the
one before this work began) whose runs are measured beside ours, by the same Python; without it a figure of then stands.
"""

from __future__ import annotations

import argparse
import os
import shutil
import statistics
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.benchmarks import asking, checking, documents, many_documents, recorded, size
from tests.benchmarks.desk import first_paint, on_many
from tests.benchmarks.processes import PROGRAM, ROOT, Spent, spent

REPEATS = 3
HEAD = "| work | before | now | reach | | peak MB |\n|---|---|---|---|---|---|\n"


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table: figures in `unit`, at most `bar` to be reached; 0 MB = nothing said of memory."""

    work: str
    before: str
    now: float
    bar: float
    unit: str
    peak_mb: float = 0
    most_mb: float = 0

    def __str__(self) -> str:
        verdict = "reached" if self.now <= self.bar else "MISSED"
        peak = f"{self.peak_mb:,.0f}" if self.peak_mb else ""
        if self.most_mb:
            peak += f" of {self.most_mb:,.0f}: {'reached' if self.peak_mb <= self.most_mb else 'MISSED'}"
        return (
            f"| {self.work} | {self.before} | {self.now:.2f} {self.unit} | {self.bar:g} {self.unit} | {verdict} | {peak} |"
        )


def small(before: Path | None) -> Iterator[Row]:
    """Yield the jobs that take seconds, or a minute each at most."""
    yield from _started()
    in_all, ideal = asking.whole_run(0.05, 5)
    yield Row("1,000 x 5 asked at 50 ms, over the ideal request phase", "1.72 to 2.12", in_all / ideal, 1.4, "x")
    yield from _runs(before)
    pdfs = documents.measured("pdfs", 1000, 5)
    yield Row("both PDFs, 1,000 x 5, wall", "2.3 s", pdfs.seconds, 1.5, "s", pdfs.peak_mb)
    pages = [documents.measured("pdfs", 200, candidates).pages for candidates in (20, 40)]
    yield Row(f"pages of both PDFs, 40 candidates over 20 ({pages[0]})", "", pages[1] / pages[0], 1, "x")
    _, seconds, reference, _, _ = next(checking.measurements())
    yield Row("check, 1,000 rows, over openpyxl reading twice", "5.2 x", seconds / (reference or 0), 3, "x")
    book = documents.measured("workbook", 1000, 5)
    yield Row("comparison.xlsx over bare XlsxWriter, CPU", "1.6 x", book.seconds / book.reference, 1.4, "x", book.peak_mb)
    yield from _documents()
    for what, was, bar in ((size.MANY_CANDIDATES, "90 s, 2.1 GB", 20), (size.MANY_LABELS, "67 s, 1.8 GB", 15)):
        cpu, peak = size.measured(what)
        yield Row(f"run, {what}, CPU", was, cpu, bar, "s", peak, 500)


def large() -> Iterator[Row]:
    """Yield the jobs of 100,000 examples."""
    with tempfile.TemporaryDirectory() as folder:
        path = recorded.workbook(Path(folder) / "recorded.xlsx", 100_000, 10)
        run = spent([*PROGRAM, "run", str(path)])
        verify = spent([*PROGRAM, "verify", str(path.with_name("recorded-run"))])
    yield Row("run, 100,000 x 10 recorded, wall", "110 s, 1.6 GB", run.wall_s, 60, "s", run.peak_mb, 1200)
    yield Row("verify, 100,000 x 10, wall", "119 s, 1.95 GB", verify.wall_s, 60, "s", verify.peak_mb)
    slowest = max(on_many(100_000), key=lambda found: found[1])
    yield Row(f"desk, 100,000 examples, slowest page ({slowest[0]})", "none", slowest[1] * 1000, 300, "ms")


def _started() -> Iterator[Row]:
    bare = checking.timed([sys.executable, "-c", "pass"], repeats=15)[0]
    told = checking.timed([*PROGRAM, "--help"], repeats=9)[0]
    yield Row("reportgen --help over bare Python", "3 x", told / bare, 3, "x")
    with tempfile.TemporaryDirectory() as folder:
        new = [[*PROGRAM, "new", f"{folder}/{number}.xlsx", "--task", "classification"] for number in range(9)]
        made = statistics.median(spent(command).wall_s for command in new)
    yield Row("reportgen new over bare Python", "5.3 x", made / bare, 5.3, "x")
    yield Row("desk, from the command to the first page", "", first_paint(), 1, "s")


def _runs(before: Path | None) -> Iterator[Row]:
    """Yield the runs from cold start to sealed folder, each beside the earlier commit's in turn, and the verification."""
    with tempfile.TemporaryDirectory() as name:
        place = Path(name)
        sample = Path(shutil.copy(ROOT / "samples" / "classification.xlsx", place))
        yield _beside("the classification sample", sample, before, 6.0)[0]
        row, run_s = _beside("1,000 x 5 recorded", recorded.workbook(place / "recorded.xlsx", 1000, 5), before, 4.8)
        yield row
        checks = [spent([*PROGRAM, "verify", str(place / "recorded-0")]) for _ in range(REPEATS)]
    share = min(each.wall_s for each in checks) / run_s
    yield Row("verify, 1,000 x 5, over its run, wall", "1.0 x", share, 0.5, "x", checks[-1].peak_mb)


def _beside(work: str, path: Path, before: Path | None, then_s: float) -> tuple[Row, float]:
    """Return the row of a run's CPU, the least of a few runs, half of the earlier commit's its bar; and its wall time."""
    run, then, now = (*PROGRAM, "run", str(path), "--out"), list[Spent](), list[Spent]()
    for number in range(REPEATS):
        if before:
            with _code_of(before):
                then.append(spent([*run, f"{path.parent}/{path.stem}-then-{number}"], path.parent))
        now.append(spent([*run, f"{path.parent}/{path.stem}-{number}"]))
    cpu_s = min(each.cpu_s for each in now)
    then_s = min((each.cpu_s for each in then), default=then_s)
    row = Row(f"run, {work}, CPU", f"{then_s:.2f} s", cpu_s, round(then_s / 2, 2), "s", max(each.peak_mb for each in now))
    return row, min(each.wall_s for each in now)


@contextmanager
def _code_of(checkout: Path) -> Iterator[None]:
    """Let the processes begun within run the code of another checkout; they are begun outside of ours."""
    os.environ["PYTHONPATH"] = str(checkout)
    try:
        yield
    finally:
        del os.environ["PYTHONPATH"]


def _documents() -> Iterator[Row]:
    with tempfile.TemporaryDirectory() as folder:
        path = many_documents.workbook(Path(folder))
        for command, was, bar in (("check", "74 s", 15), ("run", "154 s, 652 MB", 25)):
            found = spent([*PROGRAM, command, str(path)])
            yield Row(f"{command}, 40 documents of 2 MB, wall", was, found.wall_s, bar, "s", found.peak_mb, 400)


def main(words: Sequence[str]) -> None:
    """Print the table, each row when it is known."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks table")
    parser.add_argument("--large", action="store_true")
    parser.add_argument("--before", type=Path)
    asked = parser.parse_args(words)
    sys.stdout.write(HEAD)
    for row in large() if asked.large else small(asked.before and asked.before.resolve()):
        sys.stdout.write(f"{row}\n")
        sys.stdout.flush()
