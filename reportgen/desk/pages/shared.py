"""What several pages need: the rail, forms, and word of what has changed."""

from __future__ import annotations

import asyncio
import hashlib
import json
from pathlib import Path
from urllib.parse import quote

from aiohttp import web

from reportgen.desk.rendering import Place, rail
from reportgen.desk.state import Desk, desk_of
from reportgen.desk.status import status_of
from reportgen.desk.uploads import readable
from reportgen.problems import NeedsMendingError

EVENT_EVERY_S = 0.5
COMMANDS = ("run", "confirm", "rerun", "report", "score", "verify")
"""What runs as a child process for a workbook."""


def rail_of(desk: Desk, workbook: Path, here: str, run: str = "") -> tuple[Place, ...]:
    """Return the rail of a workbook's page."""
    return rail(workbook.name, here, status_of(desk, workbook).reached, run)


async def form_of(request: web.Request) -> dict[str, str]:
    """Return the fields of a form without files."""
    with readable():
        return {name: value for name, value in (await request.post()).items() if isinstance(value, str)}


def needed(form: dict[str, str], name: str, words: str) -> str:
    """Return a field that must be filled. Raises NeedsMendingError, in `words`, where it is not."""
    given = " ".join(form.get(name, "").split())
    if not given:
        raise NeedsMendingError(words)
    return given


async def events(request: web.Request) -> web.StreamResponse:
    """Tell the page each time that what it shows has changed: the workbook was saved, or a job went on."""
    desk, name = desk_of(request), request.match_info["workbook"]
    response = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
    await response.prepare(request)
    last = request.query.get("since", "")
    while True:
        now = _digest(desk, name)
        if now != last:
            await response.write(f"data: {now}\n\n".encode())
            last = now
        await asyncio.sleep(EVENT_EVERY_S)
        if request.transport is None or request.transport.is_closing():
            return response


def live_of(desk: Desk, workbook: Path) -> str:
    """Return where a page hears of changes since now; asked before the page reads anything, so that none is missed."""
    return f"/w/{quote(workbook.name, safe='')}/events?since={_digest(desk, workbook.name)}"


def _digest(desk: Desk, name: str) -> str:
    return hashlib.sha256(json.dumps(_seen(desk, name)).encode()).hexdigest()[:16]


def _seen(desk: Desk, name: str) -> list[object]:
    """Return what, when it changes, makes a page of this workbook old."""
    try:
        workbook = desk.folder.workbook(name)
        status = status_of(desk, workbook)
        seen: list[object] = [workbook.stat().st_mtime_ns, status.words, desk.folder.held_open(workbook)]
    except (NeedsMendingError, OSError):
        return ["gone"]
    jobs = (desk.jobs.state(command, name) for command in COMMANDS)
    return seen + [[j.command, j.done, str(j.steps), j.ended, j.alive, j.stopping] for j in jobs if j is not None]
