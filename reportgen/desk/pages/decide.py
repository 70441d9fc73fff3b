"""Decide: the decision as on page one, the matrix, charts, levels, costs, and the three documents."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from pathlib import Path
from typing import NoReturn
from urllib.parse import quote

from aiohttp import web
from markupsafe import Markup

from reportgen.desk.finished import finished_of
from reportgen.desk.folder import NotHereError
from reportgen.desk.linking import Links
from reportgen.desk.matrix import sorted_by, two_of
from reportgen.desk.pages.shared import rail_of
from reportgen.desk.pages.what_if import assumptions
from reportgen.desk.pages.workbook import TYPE, handed_out
from reportgen.desk.pictures import page_count, page_picture
from reportgen.desk.rendering import render, seen_other
from reportgen.desk.state import desk_of, workbook_of
from reportgen.desk.status import status_of
from reportgen.reports.pdf import charts
from reportgen.reports.pdf.libraries import absent, install
from reportgen.reports.view.build import View

DOCUMENTS: Mapping[str, str] = {
    "recommendation-report.pdf": "application/pdf",
    "readiness-checklist.pdf": "application/pdf",
    "comparison.xlsx": TYPE,
    "results.json": "application/json",
}
"""What a run leaves for people, and for machines."""


async def decide_page(request: web.Request) -> web.Response:
    """Show the decision and everything behind it."""
    workbook, run, found = await finished_of(request)
    desk = desk_of(request)
    links = Links(workbook.name, found)
    present = {name: (run.path / name).is_file() for name in DOCUMENTS}
    return render(
        request,
        "decide.html",
        workbook=workbook.name,
        rail=rail_of(desk, workbook, "Decide", run.name),
        run=run,
        runs=[r for r in desk.folder.runs_of(workbook.name) if r.finished],
        changed=workbook.stat().st_mtime > run.at,
        view=found.view,
        glossary=found.view.glossary,
        links=links,
        candidates=[c.spec.name for c in found.comparison.competing],
        values=sorted_by(found),
        two=two_of(found, links, request.query.get("a", ""), request.query.get("b", "")),
        assumptions=assumptions(found),
        charts=await asyncio.to_thread(_charts, found.view),
        present=present,
        undrawn="" if all(present.values()) else await asyncio.to_thread(_undrawn),
        pages={
            name: await asyncio.to_thread(page_count, run.path / name)
            for name in DOCUMENTS
            if name.endswith(".pdf") and present[name]
        },
    )


def _charts(view: View) -> dict[str, Markup | None]:

    drawn = view.charts
    found = {
        "scatter": drawn.scatter and charts.scatter(drawn.scatter, str),
        "cost_stack": drawn.cost_stack and charts.cost_stack(drawn.cost_stack, str),
        "parts": drawn.parts and charts.dots(drawn.parts, str),
        "latency": drawn.latency and charts.latency(drawn.latency, str),
        "tornado": view.sensitivity.tornado and charts.tornado(view.sensitivity.tornado, str),
        "trend": view.trend and charts.trend(view.trend.chart, str),
    }
    return {name: picture or None for name, picture in found.items()}


def _undrawn() -> str:
    """Return the one thing to do where this machine cannot draw the PDFs, empty where it can."""
    lacking = absent()
    return install(lacking) if lacking else ""


def drawn_trend(view: View) -> Markup | None:
    """Return the chart of the monthly loop, None where the run is no rerun."""
    return _charts(view).get("trend")


def _document(request: web.Request) -> Path:
    """Return a document of the run that the address names. Raises NotHereError for all but the four."""
    desk = desk_of(request)
    run, name = desk.folder.run(request.match_info["run"]), request.match_info["document"]
    path = run / name
    if name not in DOCUMENTS or not path.is_file() or path.resolve().parent != run.resolve():
        msg = "This run has no such document. Go back to Decide."
        raise NotHereError(msg)
    return path


async def document(request: web.Request) -> web.StreamResponse:
    """Hand out a document of a run as a file."""
    path = _document(request)
    return await handed_out(request, path, DOCUMENTS[path.name], f"{path.parent.name} {path.name}")


async def document_page(request: web.Request) -> web.StreamResponse:
    """Show one page of a PDF as a picture."""
    path = _document(request)
    if path.suffix != ".pdf":
        msg = "Only the PDFs are shown page by page; open the other documents in their programs."
        raise NotHereError(msg)
    number = int(request.match_info["page"])
    picture, kind = await asyncio.to_thread(page_picture, path, number)
    return web.Response(body=picture, content_type=kind)


async def document_view(request: web.Request) -> web.Response:
    """Show a PDF in place, page by page."""
    path = _document(request)
    workbook = request.query.get("of", "")
    return render(
        request,
        "document.html",
        document=path.name,
        run=path.parent.name,
        pages=await asyncio.to_thread(page_count, path),
        back=f"/w/{quote(workbook, safe='')}/decide?run={quote(path.parent.name)}" if workbook else "/",
    )


async def latest(request: web.Request) -> NoReturn:
    """Lead to the page where an evaluation goes on."""
    workbook = workbook_of(request)
    step = status_of(desk_of(request), workbook).step.lower()
    seen_other(f"/w/{quote(workbook.name, safe='')}/{step}")
