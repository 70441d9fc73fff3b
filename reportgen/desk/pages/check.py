"""Check: every problem at once as a piece of its sheet, what the examples can prove, what goes where, keys and price."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import NoReturn
from urllib.parse import quote

from aiohttp import web

from reportgen.desk.checked import in_words, shown_proof
from reportgen.desk.pages.shared import form_of, live_of, needed, rail_of
from reportgen.desk.pages.workbook import attachment
from reportgen.desk.rendering import render, seen_other
from reportgen.desk.state import desk_of, patience_of, workbook_of
from reportgen.desk.status import checked
from reportgen.desk.words import glossary_of
from reportgen.problems import NeedsMendingError
from reportgen.workbook.marking.marked_copy import annotate

SEVERITIES = ("error", "warning", "note")


async def check_page(request: web.Request) -> web.Response:
    """Show the check."""
    desk, workbook = desk_of(request), workbook_of(request)
    live = live_of(desk, workbook)
    found = await checked(desk, workbook, patience_of(request))
    chosen = request.query.get("show", "")
    return render(
        request,
        "check.html",
        glossary=glossary_of("check"),
        workbook=workbook.name,
        rail=rail_of(desk, workbook, "Check"),
        live=live,
        held=desk.folder.held_open(workbook),
        found=found,
        chosen=chosen if chosen in SEVERITIES else "",
        severities=SEVERITIES,
        proofs=[shown_proof(proof) for proof in found.result.proofs],
        allowed={flag: in_words(flag) for flag in sorted(desk.allowed.get(workbook.name, ()))},
        typed=frozenset(desk.keys),
    )


async def marked_copy(request: web.Request) -> web.StreamResponse:
    """Hand out the copy of the workbook with every faulty cell marked."""
    desk, workbook = desk_of(request), workbook_of(request)
    found = await checked(desk, workbook, patience_of(request))
    if not found.result.problems:
        msg = "There is nothing to mark: the check found no problem."
        raise NeedsMendingError(msg)
    copy = await asyncio.to_thread(_marked, workbook, found.result.problems)
    return attachment(copy, f"{workbook.stem}.checked{workbook.suffix}")


def _marked(workbook: Path, problems: object) -> bytes:

    try:
        return annotate(workbook, problems).read_bytes()  # type: ignore[arg-type]
    except OSError as error:
        msg = f"The marked copy cannot be written ({error.strerror}). Close it in Excel, and try again."
        raise NeedsMendingError(msg) from error


async def again(request: web.Request) -> NoReturn:
    """Check once more: what lies beside a workbook changes without its being saved."""
    desk, workbook = desk_of(request), workbook_of(request)
    desk.looked += 1
    seen_other(f"/w/{quote(workbook.name, safe='')}/check")


async def key_given(request: web.Request) -> NoReturn:
    """Take a key into the memory of this process; it is never written down and never shown again."""
    desk, workbook = desk_of(request), workbook_of(request)
    form = await form_of(request)
    variable = needed(form, "variable", "The key has no place to go. Open the page again.")
    found = await checked(desk, workbook, patience_of(request))
    if variable not in {key.variable for key in found.keys}:
        msg = "This workbook needs no key of that name. Open the page again."
        raise NeedsMendingError(msg)
    desk.keys.set(variable, form.get("key", "").strip())
    seen_other(f"/w/{quote(workbook.name, safe='')}/check#keys")


async def allowed(request: web.Request) -> NoReturn:
    """Take a person's yes to something that a workbook may not do by itself; it holds until the desk is closed."""
    desk, workbook = desk_of(request), workbook_of(request)
    form = await form_of(request)
    flag = form.get("flag", "")
    found = await checked(desk, workbook, patience_of(request))
    known = {piece.flag for sheet in found.sheets for piece in sheet.pieces} | desk.allowed.get(workbook.name, set())
    if not flag or flag not in known:
        msg = "This workbook does not ask for that. Open the page again."
        raise NeedsMendingError(msg)
    flags = desk.allowed.setdefault(workbook.name, set())
    if form.get("say") == "no":
        flags.discard(flag)
    else:
        flags.add(flag)
    seen_other(f"/w/{quote(workbook.name, safe='')}/check")
