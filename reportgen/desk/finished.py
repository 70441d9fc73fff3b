"""A finished run as the pages show it: its comparison and its view, worked out once from the stored records."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from aiohttp import web

from reportgen.desk.folder import Run
from reportgen.desk.state import PATIENCE_S, Desk, desk_of, patience_of, workbook_of
from reportgen.domain.records.comparison import Comparison
from reportgen.domain.records.measure import Observation
from reportgen.domain.records.plan import Example
from reportgen.evaluation import recall
from reportgen.evidence.run_folder import RunFolder
from reportgen.problems import NeedsMendingError
from reportgen.reports.view.build import View, build


@dataclass(frozen=True, slots=True)
class Finished:
    """One run with everything that pages ask of it."""

    run: Run
    comparison: Comparison
    folder: RunFolder
    view: View
    by_example: dict[str, dict[str, Observation]] = field(repr=False)
    """Example to candidate to what was observed, eval and regression rows."""
    labels: frozenset[str] = frozenset()
    segments: frozenset[str] = frozenset()
    fields: frozenset[str] = frozenset()
    """What answers can be found by, besides words."""


def labels_of(example: Example) -> tuple[str, ...]:
    """Return the label of an example, or its several."""
    key = example.key
    if key is None or not key.label:
        return ()
    return (key.label,) if key.labels is None else key.labels


async def finished_of(request: web.Request) -> tuple[Path, Run, Finished]:
    """Return workbook, run and its results, as the address names them; the newest run where it names none.

    Raises NeedsMendingError where there is none yet, NotYetError while it is read.
    """
    desk, workbook = desk_of(request), workbook_of(request)
    run = chosen_run(desk, workbook, request.query.get("run", ""))
    return workbook, run, await read(desk, run, patience_of(request))


def chosen_run(desk: Desk, workbook: Path, named: str = "") -> Run:
    """Return a finished run of a workbook. Raises NeedsMendingError where there is none."""
    runs = [r for r in desk.folder.runs_of(workbook.name) if r.finished]
    found = next((r for r in runs if not named or r.name == named), None)
    if found is None:
        msg = f"{workbook.name} has no finished run{f' called “{named}”' if named else ' yet'}. Start it on the page Run."
        raise NeedsMendingError(msg)
    return found


async def read(desk: Desk, run: Run, patience: float = PATIENCE_S) -> Finished:
    """Return the results of a run. Raises NotYetError while they are read."""
    found = await desk.runs.get((run.path, run.at), lambda: _read(run), f"Reading {run.name}", patience)
    assert isinstance(found, Finished)  # noqa: S101 - what _read gives
    return found


def _read(run: Run) -> Finished:

    comparison, folder = recall(run.path)
    by_example: dict[str, dict[str, Observation]] = {}
    for result in comparison.candidates:
        for observation in (*result.sample.observations, *result.regression.observations):
            by_example.setdefault(observation.example.id, {})[result.spec.name] = observation
    asked = comparison.corpus.asked
    return Finished(
        run,
        comparison,
        folder,
        build(comparison),
        by_example,
        frozenset(label for e in asked for label in labels_of(e)),
        frozenset(e.segment for e in asked if e.segment),
        frozenset(f.name for f in comparison.plan.fields),
    )
