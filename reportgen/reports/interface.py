"""The third plug point: a report turns a comparison into one file in the run folder; adding one is one line in `REPORTS`."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from types import MappingProxyType
from typing import TypeAlias

from reportgen.domain.records.comparison import Comparison
from reportgen.extensions import Extension, Group, added
from reportgen.problems import NeedsMendingError
from reportgen.reports.data import write_results
from reportgen.reports.material import MOST_EXAMPLES, PARQUET, Material
from reportgen.steps import tell

WRITING = "Writing the documents"
"""The step in words."""

Report: TypeAlias = Callable[[Material, Path], Path]
"""Writes one file into the given folder and returns its path.

It arranges what the comparison holds and its view says, and decides nothing; the same comparison gives the same bytes; what
stands in the folder afterwards is either the whole file or none; its texts come from models and workbooks and are not to be
trusted.
"""


def _results(made: Material, folder: Path) -> Path:
    path = folder / "results.json"
    write_results(made.results, path)
    return path


def _workbook(made: Material, folder: Path) -> Path:
    from reportgen.reports.xlsx.workbook import write  # noqa: PLC0415 - each report loads its libraries only when written

    path = folder / "comparison.xlsx"
    write(made, path)
    return path


def _table(made: Material, folder: Path) -> Path:
    from reportgen.reports.parquet import write  # noqa: PLC0415 - see above

    path = folder / PARQUET
    write(made.comparison, path)
    return path


def _checklist(made: Material, folder: Path) -> Path:
    from reportgen.reports.pdf.documents import write_checklist  # noqa: PLC0415 - see above
    from reportgen.reports.pdf.house_style import style_of_run  # noqa: PLC0415 - see above

    path = folder / "readiness-checklist.pdf"
    write_checklist(made, path, style_of_run(folder))
    return path


def _recommendation(made: Material, folder: Path) -> Path:
    from reportgen.reports.pdf.documents import write_recommendation  # noqa: PLC0415 - see above
    from reportgen.reports.pdf.house_style import style_of_run  # noqa: PLC0415 - see above

    path = folder / "recommendation-report.pdf"
    write_recommendation(made, path, style_of_run(folder))
    return path


REPORTS: Mapping[str, Report] = MappingProxyType(
    {
        "results.json": _results,
        "comparison.xlsx": _workbook,
        PARQUET: _table,
        "readiness-checklist.pdf": _checklist,
        "recommendation-report.pdf": _recommendation,
    }
)
"""File name to the report that writes it; other packages add theirs by an entry point (`Group.REPORTS`)."""


def reports() -> Mapping[str, Report]:
    """Return every report by file name, ours first. Raises NeedsMendingError where an added one has no name of its own."""
    found = dict(REPORTS)
    for name, extension in added(Group.REPORTS, REPORTS).items():
        if Path(name).name != name or name.startswith(".") or name == "evidence":
            msg = f'"{name}", added by {extension.origin}, is no plain file name.'
            raise NeedsMendingError(msg)
        found[name] = partial(_written_by, extension)
    return found


def _written_by(extension: Extension, made: Material, folder: Path) -> Path:
    """Write a document that is added. Raises NeedsMendingError where that fails or leaves no file."""
    path = folder / extension.name
    try:
        extension.value(made, folder)
        written = path.is_file()
        why = "it wrote no such file"
    except Exception as error:  # noqa: BLE001 - the fault of a package is told with its name
        written, why = False, f"{type(error).__name__}: {error}"
    if not written:
        msg = f"{extension.name} could not be written by {extension.origin}: {why}. Mend it, then: reportgen report {folder}"
        raise NeedsMendingError(msg)
    return path


def drawable() -> Mapping[str, Report]:
    """Return the reports that this machine can write: without the libraries that draw them, all but our PDFs."""
    from reportgen.reports.pdf.libraries import absent  # noqa: PLC0415 - see above

    found, pdfs = reports(), [name for name in REPORTS if name.endswith(".pdf")]
    return {name: write for name, write in found.items() if name not in pdfs} if pdfs and absent() else found


@contextmanager
def prepared(folder: Path) -> Iterator[None]:
    """Load what lays the PDFs out while their figures are still computed, where any is to be written.

    A house style that cannot be read is told by the report that needs it, not here.
    """
    from reportgen.reports.pdf.house_style import style_of_run  # noqa: PLC0415 - see above
    from reportgen.reports.pdf.renderers import waiting  # noqa: PLC0415 - see above

    fonts: tuple[Path, ...] = ()
    count = sum(name.endswith(".pdf") for name in drawable() if name in REPORTS)
    try:
        fonts = style_of_run(folder).fonts
    except NeedsMendingError:
        count = 0
    with waiting(count, fonts):
        yield


def written_for(comparison: Comparison) -> Mapping[str, Report]:
    """Return the reports that are written for a comparison: the table of answers only where their sheet is a sample."""
    found = drawable()
    if len(comparison.corpus.asked) > MOST_EXAMPLES:
        return found
    return {name: write for name, write in found.items() if name != PARQUET}


def write_all(comparison: Comparison, folder: Path) -> tuple[Path, ...]:
    """Write every report side by side (the PDFs render in processes of their own) and return the paths in order.

    Every report is tried before the first error is raised, so that one failing renderer does not cost the other files. What
    cannot be drawn on this machine is left out, and none of an earlier day stays in its place.
    """
    writers = written_for(comparison)
    for name in REPORTS.keys() - writers.keys():
        (folder / name).unlink(missing_ok=True)
    made = Material(comparison)
    with ThreadPoolExecutor(max_workers=len(writers)) as pool:
        tell(WRITING, 0, len(writers))
        waiting = [pool.submit(write, made, folder) for write in writers.values()]
        for done, _ in enumerate(as_completed(waiting), 1):
            tell(WRITING, done, len(writers))
    return tuple(done.result() for done in waiting)
