"""Run: the price said, one Start, a bar for each candidate, then the steps; stopped and taken up again at any time."""

from __future__ import annotations

from typing import NoReturn
from urllib.parse import quote

from aiohttp import web

from reportgen.candidates.interface import Progress
from reportgen.desk.finished import chosen_run
from reportgen.desk.jobs import STOPPED
from reportgen.desk.pages.shared import live_of, rail_of
from reportgen.desk.rendering import render, seen_other
from reportgen.desk.state import Desk, desk_of, patience_of, workbook_of
from reportgen.desk.status import begin_check, checked
from reportgen.desk.words import glossary_of
from reportgen.problems import NeedsMendingError
from reportgen.progress import words

STEPS = (
    "Reading the workbook",
    "Asking the candidates",
    "Scoring the answers",
    "Comparing and deciding",
    "Writing the documents",
    "Sealing the run folder",
)
"""The steps of `reportgen run`, in its words."""


async def run_page(request: web.Request) -> web.Response:
    """Show how far the run is, or what it would take."""
    desk, workbook = desk_of(request), workbook_of(request)
    live = live_of(desk, workbook)
    job = desk.jobs.state("run", workbook.name)
    alive = job is not None and job.alive
    found = None if alive else await checked(desk, workbook, patience_of(request))
    seen = begin_check(desk, workbook) if alive else found
    runs = desk.folder.runs_of(workbook.name)
    return render(
        request,
        "run.html",
        glossary=glossary_of("run"),
        workbook=workbook.name,
        rail=rail_of(desk, workbook, "Run"),
        live=live,
        job=job,
        found=found,
        steps=STEPS,
        stopped=job is not None and not job.alive and (job.ended == STOPPED or job.broken_off or job.ended == 3),  # noqa: PLR2004
        finished=next((r for r in runs if r.finished), None),
        drawn=next(((r.path / "recommendation-report.pdf").is_file() for r in runs if r.finished), False),
        currency=seen.currency if seen else "",
        line=line,
        held=desk.folder.held_open(workbook),
    )


def line(progress: dict[str, object], currency: str = "") -> str:
    """Return one candidate's progress in words, as on a terminal, with the currency where it is known."""
    return words(Progress(**{**progress, "stopping": False}), currency)  # type: ignore[arg-type]


async def started(request: web.Request) -> NoReturn:
    """Start the run, or take it up again."""
    desk, workbook = desk_of(request), workbook_of(request)
    found = await checked(desk, workbook, patience_of(request))
    if found.errors:
        msg = f"{workbook.name} has problems that must be mended first. The page Check shows each."
        raise NeedsMendingError(msg)
    missing = [key.variable for key in found.keys if not key.there]
    if missing:
        msg = f"The key {missing[0]} is missing. Type it on the page Check; it stays in the memory of this desk."
        raise NeedsMendingError(msg)
    start(desk, "run", workbook.name, [str(workbook)])
    seen_other(f"/w/{quote(workbook.name, safe='')}/run")


def start(desk: Desk, command: str, workbook: str, words: list[str]) -> None:
    """Start a command for a workbook with what the person allowed; keys go by the environment alone."""
    flags = [word for flag in sorted(desk.allowed.get(workbook, ())) for word in flag.split(" ")]
    desk.jobs.start(command, workbook, [*words, *flags], desk.environment())


async def stopped(request: web.Request) -> NoReturn:
    """Stop the run in order."""
    desk, workbook = desk_of(request), workbook_of(request)
    desk.jobs.stop("run", workbook.name)
    seen_other(f"/w/{quote(workbook.name, safe='')}/run")


async def documents(request: web.Request) -> NoReturn:
    """Write the documents of a run again; nothing is asked."""
    desk, workbook = desk_of(request), workbook_of(request)
    run = chosen_run(desk, workbook, request.query.get("run", ""))
    desk.jobs.start("report", workbook.name, [str(run.path)], desk.environment())
    seen_other(f"/w/{quote(workbook.name, safe='')}/documents?run={quote(run.name)}")


async def documents_page(request: web.Request) -> web.Response:
    """Show how far the documents are, then lead back to the decision."""
    desk, workbook = desk_of(request), workbook_of(request)
    job = desk.jobs.state("report", workbook.name)
    if job is None or job.ended == 0:
        seen_other(f"/w/{quote(workbook.name, safe='')}/decide?run={quote(request.query.get('run', ''))}")
    if job.alive:
        return render(request, "waiting.html", words=next(reversed(job.steps), "Starting"))
    return render(request, "error.html", title="The documents could not be written", sentences=job.said[-5:], problems=())
