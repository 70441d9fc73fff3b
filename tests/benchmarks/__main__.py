"""Run the benchmarks and print one line each: what was measured, its reference, their ratio, and the bar.

python -m tests.benchmarks [NAME ...]
python -m tests.benchmarks table ...    the table of what we hold ourselves to, see `table`
"""

from __future__ import annotations

import math
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.benchmarks import recorded, table
from tests.benchmarks.processes import PROGRAM, ROOT, spent

REPEATS = 5


@dataclass(frozen=True, slots=True)
class Line:
    """One speed or size. `bar` limits measured / reference, or, without a reference, what was measured itself."""

    work: str
    measured: float
    reference: float | None
    bar: float
    what: str
    unit: str = "s"

    def __str__(self) -> str:
        ratio = self.measured if self.reference is None else self.measured / self.reference
        verdict = "reached" if ratio <= self.bar else "MISSED"
        limit = f"bar {self.bar:<6g} {verdict}" if math.isfinite(self.bar) else "beside it"
        beside = f"{self.what}" if self.reference is None else f"{self.what} {self.reference:.3f} {self.unit}"
        return f"{self.work:52} {self.measured:8.3f} {self.unit:5} {beside:48} {ratio:7.3f}  {limit}"


def timed(command: list[str], *, repeats: int = REPEATS, cwd: Path = ROOT) -> float:
    """Return the median wall time of a whole process, in seconds."""
    spans = []
    for _ in range(repeats):
        start = time.perf_counter()
        subprocess.run(command, check=True, capture_output=True, cwd=cwd)
        spans.append(time.perf_counter() - start)
    return statistics.median(spans)


def start_up() -> Iterator[Line]:
    """Time the commands that must feel instant."""
    bare = timed([sys.executable, "-c", "pass"], repeats=15)
    yield Line("reportgen --help", timed([*PROGRAM, "--help"], repeats=9), bare, 5, "python -c pass")
    with tempfile.TemporaryDirectory() as folder:
        spans = []
        for number in range(9):
            start = time.perf_counter()
            command = [*PROGRAM, "new", f"{folder}/{number}.xlsx", "--task", "classification"]
            subprocess.run(command, check=True, capture_output=True)
            spans.append(time.perf_counter() - start)
    yield Line("reportgen new", statistics.median(spans), bare, 12, "python -c pass")


def checking() -> Iterator[Line]:
    """Time the check of 1,000 rows beside openpyxl reading the same file twice, and how it grows to 100,000 rows."""
    from tests.benchmarks.checking import measurements  # noqa: PLC0415

    for work, value, reference, what, bar in measurements():
        yield Line(work, value, reference, bar, what)


def whole_run() -> Iterator[Line]:
    """Time a run of 1,000 examples and 5 candidates from cold start to sealed folder: recorded, stored and asked."""
    with tempfile.TemporaryDirectory() as folder:
        path = recorded.workbook(Path(folder) / "recorded.xlsx", 1000, 5)
        measured = timed([*PROGRAM, "run", str(path)], repeats=1)
        run = path.with_name("recorded-run")
        again = timed([*PROGRAM, "report", str(run)], repeats=1)
    yield Line("run from recorded outputs, 1,000 x 5", measured, None, 8, "cold start to sealed folder")
    yield Line("report again, 1,000 x 5", again, None, 8, "from stored records")
    from tests.benchmarks.asking import whole_run as asked_run  # noqa: PLC0415

    in_all, ideal = asked_run(0.05, 5)
    yield Line("run asked at 50 ms, 32 at once, 1,000 x 5", in_all, ideal, 1.8, "ideal request phase")


def verifying() -> Iterator[Line]:
    """Time `verify` beside the run that it checks, each a whole process with its own peak of memory, at two sizes."""
    for examples, candidates in ((1000, 5), (100_000, 10)):
        yield from verified(examples, candidates)


def verified(examples: int, candidates: int) -> Iterator[Line]:
    """Time one run from recorded outputs and its verification; the large run has bars of its own."""
    large, size = examples > 10_000, f"{examples:,} x {candidates}"
    with tempfile.TemporaryDirectory() as folder:
        path = recorded.workbook(Path(folder) / "recorded.xlsx", examples, candidates)
        run = spent([*PROGRAM, "run", str(path)])
        verify = spent([*PROGRAM, "verify", str(path.with_name("recorded-run"))])
    if large:
        yield Line(f"run, {size}", run.wall_s, None, 600, "cold start to sealed folder")
        yield Line(f"run, {size}, peak", run.peak_mb, None, 2048, "the main process", "MB")
    bar = math.inf if large else 1
    beside = f"its run ({run.peak_mb:.0f} MB)"
    yield Line(f"verify, {size} ({verify.peak_mb:.0f} MB)", verify.wall_s, run.wall_s, bar, beside)


def asking() -> Iterator[Line]:
    """Time 1,000 calls at 32 at once against the ideal, the server's books, and litellm doing the same."""
    from tests.benchmarks.asking import measurements  # noqa: PLC0415

    for latency, bars in ((0.2, (1.08, 1.03, 1.05)), (0.05, (1.25, math.inf, math.inf))):
        left = iter(bars)
        for work, value, reference, what, ours in measurements(latency):
            yield Line(work, value, reference, next(left) if ours else math.inf, what)


def documents() -> Iterator[Line]:
    """Time and weigh the three documents at two sizes; pages must not grow with the number of examples."""
    from tests.benchmarks.documents import measured  # noqa: PLC0415

    for examples, candidates, bars in ((1000, 5, (1.6, 7.0, 400.0)), (100_000, 10, (math.inf,) * 3)):
        size = f"{examples:,} x {candidates}"
        book = measured("workbook", examples, candidates)
        yield Line(f"comparison.xlsx, {size}, CPU", book.seconds, book.reference, bars[0], "xlsxwriter, the same cells bare")
        yield Line(f"comparison.xlsx, {size}, peak", book.peak_mb, None, math.inf, "data included", "MB")
        pdfs = measured("pdfs", examples, candidates)
        yield Line(f"both PDFs, {size}, wall", pdfs.seconds, None, bars[1], f"side by side, {pdfs.pages} pages")
        yield Line(f"both PDFs, {size}, peak", pdfs.peak_mb, None, bars[2], "the larger process", "MB")
        yield Line(f"both PDFs, {size}, a page", pdfs.seconds / pdfs.pages, None, math.inf, "seconds a page")


def resampling() -> Iterator[Line]:
    """Time the joint resamples and the whole comparison beside scipy and scikit-learn."""
    from tests.benchmarks.resampling import measurements  # noqa: PLC0415

    bars = iter((1.5, 1.0, 1.0, math.inf, 20.0, 1.0))
    for work, value, reference, what in measurements():
        yield Line(work, value, reference, next(bars), what)


def pages() -> Iterator[Line]:
    """Time every page of the desk on the sample and on 10,000 examples."""
    from tests.benchmarks.desk import first_paint, on_many, on_the_sample  # noqa: PLC0415

    yield Line("desk: from the command to the first page", first_paint(), None, 1, "seconds")
    for page, seconds in on_the_sample():
        yield Line(f"desk, sample: {page}", seconds, None, 0.1, "seconds")
    for page, seconds in on_many(10_000):
        yield Line(f"desk, 10,000 examples: {page}", seconds, None, 0.3, "seconds")


def size() -> Iterator[Line]:
    """Weigh and time a run of many candidates and one of many labels."""
    from tests.benchmarks import size as large  # noqa: PLC0415

    for of, seconds, peak in ((large.MANY_CANDIDATES, 20, 500), (large.MANY_LABELS, 15, 500)):
        cpu, mb = large.measured(of)
        yield Line(f"run, {of}, CPU", cpu, None, seconds, "children included")
        yield Line(f"run, {of}, peak", mb, None, peak, "the main process", "MB")


def growth() -> Iterator[Line]:
    """Tell how CPU and memory grow over three sizes in each direction."""
    from tests.benchmarks.size import GROWTH, exponents  # noqa: PLC0415

    for direction, sizes in GROWTH.items():
        for what, exponent in exponents(direction):
            yield Line(f"growth of {what}, {direction} {sizes[0]:,} to {sizes[-1]:,}", exponent, None, 1.1, "exponent", "")


BENCHMARKS: dict[str, Callable[[], Iterator[Line]]] = {
    "start_up": start_up,
    "checking": checking,
    "whole_run": whole_run,
    "verifying": verifying,
    "asking": asking,
    "documents": documents,
    "pages": pages,
    "resampling": resampling,
    "size": size,
    "growth": growth,
}


def main() -> None:
    """Print the chosen benchmarks, all where none is named; or the table."""
    if sys.argv[1:2] == ["table"]:
        table.main(sys.argv[2:])
        return
    for name in sys.argv[1:] or list(BENCHMARKS):
        for line in BENCHMARKS[name]():
            sys.stdout.write(f"{line}\n")
            sys.stdout.flush()
    peak = max(resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    sys.stdout.write(f"peak memory of any process: {peak / 1024:.0f} MB\n")


if __name__ == "__main__":
    main()
