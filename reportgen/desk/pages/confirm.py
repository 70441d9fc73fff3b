"""Confirm: what is locked, who opened it, and the one opening for the winner."""

from __future__ import annotations

from typing import NoReturn
from urllib.parse import quote

from aiohttp import web

from reportgen.desk.finished import finished_of
from reportgen.desk.pages.run import line, start
from reportgen.desk.pages.shared import form_of, live_of, needed, rail_of
from reportgen.desk.rendering import render, seen_other
from reportgen.desk.state import desk_of
from reportgen.desk.words import glossary_of
from reportgen.domain.deciding.holdout import sentence


async def confirm_page(request: web.Request) -> web.Response:
    """Show the holdout and its openings."""
    workbook, run, found = await finished_of(request)
    desk, comparison = desk_of(request), found.comparison
    return render(
        request,
        "confirm.html",
        glossary=glossary_of("confirm"),
        workbook=workbook.name,
        rail=rail_of(desk, workbook, "Confirm", run.name),
        live=live_of(desk, workbook),
        run=run,
        view=found.view,
        locked=len(comparison.corpus.holdout.example_ids),
        openings=[(o, _sentence(o)) for o in comparison.holdout_openings],
        winner=comparison.decision.winner,
        job=desk.jobs.state("confirm", workbook.name),
        said=desk.jobs.said("confirm", workbook.name).splitlines(),
        line=line,
    )


def _sentence(opening: object) -> str:

    return sentence(opening)  # type: ignore[arg-type]


async def confirmed(request: web.Request) -> NoReturn:
    """Open the holdout for the winner."""
    workbook, run, found = await finished_of(request)
    form = await form_of(request)
    words = [str(run.path), "--by", needed(form, "by", "An opening stands under a name. Write yours.")]
    if any(found.comparison.holdout_openings):
        words += ["--again", needed(form, "again", "It was opened before: say why it must be opened again.")]
    start(desk_of(request), "confirm", workbook.name, words)
    seen_other(f"/w/{quote(workbook.name, safe='')}/confirm?run={quote(run.name)}")
