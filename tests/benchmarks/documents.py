"""The documents beside their references: the workbook against xlsxwriter writing the same cells bare, the PDFs by the page.

python -m tests.benchmarks.documents workbook|pdfs EXAMPLES CANDIDATES

measures one of them in a process of its own and prints seconds, the reference's seconds, peak MB and pages as JSON.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from reportgen.domain.records.comparison import Comparison

BUILT = 1000
REPEATS = 4
ROOT = Path(__file__).resolve().parents[2]
Cells = Sequence[tuple[str, Sequence[tuple[int, int, object]]]]


@dataclass(frozen=True, slots=True)
class Document:
    """One measured job. `seconds` is CPU time of the workbook and wall time of the PDFs; `reference` is xlsxwriter bare.

    `peak_mb` is the peak of the process that wrote: of the workbook the writer, of the PDFs the larger renderer.
    """

    seconds: float
    reference: float
    peak_mb: float
    pages: int


def measured(what: str, examples: int, candidates: int) -> Document:
    """Measure one job in a process of its own, so that no job's memory counts for another's."""
    command = [sys.executable, "-m", "tests.benchmarks.documents", what, str(examples), str(candidates)]
    done = subprocess.run(command, check=True, capture_output=True, text=True, cwd=ROOT)
    return Document(**json.loads(done.stdout))


def _stretched(examples: int, candidates: int) -> Comparison:
    """Return a comparison of so many examples: a smaller one, its rows repeated under new names."""
    from reportgen.domain.records.plan import Task  # noqa: PLC0415 - as above
    from tests.builders import comparison_for  # noqa: PLC0415 - as above

    small = comparison_for(Task.CLASSIFICATION, examples=min(examples, BUILT), candidates=candidates)
    times = -(-examples // BUILT)
    rows = [[replace(e, id=f"{e.id}-{k}") for e in small.corpus.eval] for k in range(times)]
    results = tuple(
        replace(
            result,
            sample=replace(
                result.sample,
                observations=tuple(
                    replace(o, example=e) for copies in rows for o, e in zip(result.sample.observations, copies, strict=True)
                ),
            ),
        )
        for result in small.candidates
    )
    every = tuple(e for copies in rows for e in copies)
    return replace(small, corpus=replace(small.corpus, eval=every), candidates=results)


def _workbook(examples: int, candidates: int, folder: Path) -> Document:
    from reportgen.reports.material import Material  # noqa: PLC0415 - only this job pays for the import
    from reportgen.reports.xlsx.workbook import write  # noqa: PLC0415 - see above

    data, path = _stretched(examples, candidates), folder / "comparison.xlsx"
    ours, bare = [_cpu(lambda: write(Material(data), path))], list[float]()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    cells = _cells(path)
    for _ in range(REPEATS if examples <= BUILT else 1):
        bare.append(_cpu(lambda: _bare(cells, folder / "bare.xlsx")))
        ours.append(_cpu(lambda: write(Material(data), path)))
    return Document(min(ours), min(bare), peak, 0)


def _cpu(job: Callable[[], None]) -> float:
    """Return the processor time of a job, which other programs on the machine do not lengthen."""
    start = time.process_time()
    job()
    return time.process_time() - start


def _cells(path: Path) -> Cells:
    """Return every cell of the workbook by sheet, blank ones that carry a format as well."""
    import openpyxl  # noqa: PLC0415 - as above

    book = openpyxl.load_workbook(path, data_only=True)
    return [(s.title, [(c.row - 1, c.column - 1, c.value) for row in s.iter_rows() for c in row if _kept(c)]) for s in book]


def _kept(cell: Any) -> bool:  # noqa: ANN401 - openpyxl has no types
    return cell.value is not None or bool(cell.has_style)


def _bare(cells: Cells, path: Path) -> None:
    """Write the same cells with typed calls and one format: no tables, no charts, no formulas, nothing cleaned."""
    import xlsxwriter  # noqa: PLC0415 - as above

    with xlsxwriter.Workbook(str(path)) as book:
        plain = book.add_format({"valign": "top"})
        for name, found in cells:
            sheet = book.add_worksheet(name)
            for row, column, value in found:
                if value is None:
                    sheet.write_blank(row, column, None, plain)
                elif isinstance(value, int | float):
                    sheet.write_number(row, column, value, plain)
                else:
                    sheet.write_string(row, column, str(value), plain)


def _pdfs(examples: int, candidates: int, folder: Path) -> Document:
    from pypdf import PdfReader  # noqa: PLC0415 - as above

    from reportgen.reports.material import Material  # noqa: PLC0415 - see above
    from reportgen.reports.pdf.documents import write_checklist, write_recommendation  # noqa: PLC0415 - as above

    data = _stretched(examples, candidates)
    start = time.perf_counter()
    paths = (folder / "readiness-checklist.pdf", folder / "recommendation-report.pdf")
    write_checklist(Material(data), paths[0])
    write_recommendation(Material(data), paths[1])
    seconds = time.perf_counter() - start
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    return Document(seconds, 0.0, peak, sum(len(PdfReader(path).pages) for path in paths))


def main() -> None:
    """Measure the job named on the command line."""
    what, examples, candidates = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    job = {"workbook": _workbook, "pdfs": _pdfs}[what]
    with tempfile.TemporaryDirectory() as folder:
        found = job(examples, candidates, Path(folder))
    print(json.dumps({name: getattr(found, name) for name in Document.__slots__}))  # noqa: T201 - its whole purpose


if __name__ == "__main__":
    main()
