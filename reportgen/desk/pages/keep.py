"""Keep: sign-off, the signed bundle, the baseline, two runs side by side, and the same question every month."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import NoReturn
from urllib.parse import quote

from aiohttp import web

from reportgen.desk import keeping
from reportgen.desk.finished import chosen_run, finished_of, read
from reportgen.desk.folder import BUNDLE
from reportgen.desk.pages.decide import drawn_trend
from reportgen.desk.pages.run import line, start
from reportgen.desk.pages.shared import form_of, live_of, needed, rail_of
from reportgen.desk.pages.workbook import handed_out
from reportgen.desk.rendering import render, seen_other
from reportgen.desk.state import desk_of, workbook_of
from reportgen.desk.status import decided
from reportgen.desk.words import glossary_of


async def keep_page(request: web.Request) -> web.Response:
    """Show what is kept and what can be done with it."""
    workbook, run, found = await finished_of(request)
    desk = desk_of(request)
    signed = {s.role: s for s in keeping.signed_off(run.path)}
    return render(
        request,
        "keep.html",
        glossary=glossary_of("keep"),
        workbook=workbook.name,
        rail=rail_of(desk, workbook, "Keep", run.name),
        live=live_of(desk, workbook),
        run=run,
        runs=[r for r in desk.folder.runs_of(workbook.name) if r.finished],
        view=found.view,
        until=decided(run)[2],
        signed=signed,
        next_role=next((s.role for s in found.view.signatories if s.role not in signed), ""),
        roles=list(dict.fromkeys(s.role for s in found.view.signatories)),
        kept_until=found.comparison.plan.settings.evidence_kept_until,
        bundle=keeping.bundle_of(run.path),
        keys=keeping.key_files(desk.folder.path),
        baseline=keeping.baseline_of(desk.folder.path, workbook),
        compared=await _compared(request),
        job=desk.jobs.state("rerun", workbook.name),
        said=desk.jobs.said("rerun", workbook.name).splitlines(),
        trend=drawn_trend(found.view),
        line=line,
    )


async def signed(request: web.Request) -> NoReturn:
    """Keep one name of the sign-off, with the hash of what was signed."""
    workbook, run, found = await finished_of(request)
    form = await form_of(request)
    role = form.get("role", "")
    name = needed(form, "name", "A sign-off stands under a name. Write yours.")
    await asyncio.to_thread(keeping.sign_off, run.path, found.comparison.run, role, name)
    _back(workbook, run.name, "#signoff")


async def bundled(request: web.Request) -> NoReturn:
    """Write the bundle, signed with a key of the folder, or with a new one."""
    workbook, run, _ = await finished_of(request)
    form = await form_of(request)
    desk = desk_of(request)
    await asyncio.to_thread(keeping.write, desk.folder, run.path, form.get("key", ""))
    _back(workbook, run.name, "#bundle")


async def bundle_file(request: web.Request) -> web.Response:
    """Hand out the bundle, or the public key that it is checked with."""
    desk = desk_of(request)
    name = request.match_info["file"]
    path = desk.folder.inside(name)
    if not name.endswith((BUNDLE, ".key.pub")):
        return await keeping.not_handed_out()
    return await handed_out(request, path, "application/octet-stream")


async def accepted(request: web.Request) -> NoReturn:
    """Make the run the baseline."""
    workbook, run, found = await finished_of(request)
    by = needed(await form_of(request), "by", "A baseline is accepted by a person. Write your name.")
    to = keeping.baseline_file(desk_of(request).folder.path, workbook)
    await asyncio.to_thread(keeping.accept_as_baseline, found.comparison, found.folder, by, to)
    _back(workbook, run.name, "#baseline")


async def rerun(request: web.Request) -> NoReturn:
    """Ask the same question again, as every month."""
    workbook, run, _ = await finished_of(request)
    start(desk_of(request), "rerun", workbook.name, [str(run.path)])
    _back(workbook, run.name, "#rerun")


async def _compared(request: web.Request) -> tuple[str, list[str]]:
    """Return the earlier run that was chosen, and what changed since in words."""
    desk, workbook = desk_of(request), workbook_of(request)
    named = request.query.get("with", "")
    if not named:
        return "", []
    then, now = chosen_run(desk, workbook, named), chosen_run(desk, workbook, request.query.get("run", ""))
    await read(desk, then)
    key = ("compare", then.path, then.at, now.path, now.at)
    lines: list[str] = await desk.runs.get(key, lambda: keeping.differences(then.path, now.path), "Comparing the two runs")
    return named, lines


def _back(workbook: Path, run: str, place: str) -> NoReturn:
    seen_other(f"/w/{quote(workbook.name, safe='')}/keep?run={quote(run)}{place}")
