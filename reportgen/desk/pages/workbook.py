"""Workbook: open it in Excel, or drop a newer one; the desk sees when it was saved, and when Excel holds it open."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import NoReturn
from urllib.parse import quote

from aiohttp import web

from reportgen.desk import beside, uploads
from reportgen.desk.opening import open_workbook, opens
from reportgen.desk.pages.shared import live_of, rail_of
from reportgen.desk.rendering import render, seen_other
from reportgen.desk.state import desk_of, workbook_of
from reportgen.desk.status import begin_check, status_of
from reportgen.desk.words import glossary_of
from reportgen.documents.read import KINDS
from reportgen.workbook.layout import five_steps
from reportgen.workbook.reading.documents import SIZE_LIMIT

TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


async def workbook_page(request: web.Request) -> web.Response:
    """Show where the workbook is and how it stands."""
    desk, workbook = desk_of(request), workbook_of(request)
    begin_check(desk, workbook)
    return render(
        request,
        "workbook.html",
        glossary=glossary_of("workbook"),
        workbook=workbook.name,
        rail=rail_of(desk, workbook, "Workbook"),
        live=live_of(desk, workbook),
        stands=status_of(desk, workbook),
        held=desk.folder.held_open(workbook),
        path=workbook,
        steps=list(zip(five_steps.NAMES, (*five_steps.WHAT[:-1], five_steps.AT_THE_DESK), five_steps.SHEETS, strict=True)),
        new="new" in request.query,
        opens=opens(),
        kinds=",".join(sorted(KINDS)),
    )


async def opened(request: web.Request) -> NoReturn:
    """Open the workbook in Excel, or whatever this machine opens workbooks with."""
    workbook = workbook_of(request)
    await asyncio.to_thread(open_workbook, workbook)
    seen_other(f"/w/{quote(workbook.name, safe='')}/workbook")


async def download(request: web.Request) -> web.StreamResponse:
    """Hand out the workbook as a file."""
    return await handed_out(request, workbook_of(request))


async def handed_out(request: web.Request, path: Path, kind: str = TYPE, name: str = "") -> web.Response:
    """Return a file of the folder as a download, under `name` where that is not its own. Raises NotHereError."""
    return attachment(await asyncio.to_thread(desk_of(request).folder.content, path), name or path.name, kind)


def attachment(content: bytes, name: str, kind: str = TYPE) -> web.Response:
    """Return bytes as a download."""
    return web.Response(
        body=content, content_type=kind, headers={"Content-Disposition": f"attachment; filename*=UTF-8''{quote(name)}"}
    )


async def documents_dropped(request: web.Request) -> NoReturn:
    """Take documents that the workbook names, each under its own name, and check again."""
    desk, workbook = desk_of(request), workbook_of(request)
    places = await asyncio.to_thread(beside.places_of, workbook)
    try:
        async for name, draft in uploads.each(request, desk.folder, beside.document_name, SIZE_LIMIT):
            try:
                await asyncio.to_thread(beside.put_beside, desk.folder, draft, name, places)
            finally:
                uploads.discard(draft)
    finally:
        desk.looked += 1
    seen_other(f"/w/{quote(workbook.name, safe='')}/check")


async def replaced(request: web.Request) -> NoReturn:
    """Take a newer copy of this very workbook, whatever it is called where it comes from."""
    desk, workbook = desk_of(request), workbook_of(request)
    _, draft = await uploads.taken(request, desk.folder, frozenset({workbook.suffix.lower()}))
    await asyncio.to_thread(uploads.settle, desk.folder, draft, workbook.name)
    seen_other(f"/w/{quote(workbook.name, safe='')}/check")
