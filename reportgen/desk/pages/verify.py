"""Verify: drop any bundle, and a public key where one was given, and see each check in words."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import NoReturn

from aiohttp import web

from reportgen.desk import uploads
from reportgen.desk.folder import BUNDLE, safe_name
from reportgen.desk.pages.shared import form_of
from reportgen.desk.rendering import render, seen_other
from reportgen.desk.state import Desk, desk_of
from reportgen.desk.words import glossary_of
from reportgen.problems import NeedsMendingError

SUBJECT = "dropped"
KEY_BYTES = 1 << 16


async def verify_page(request: web.Request) -> web.Response:
    """Show the checks of what was dropped last."""
    desk = desk_of(request)
    job = desk.jobs.state("verify", SUBJECT)
    return render(
        request,
        "verify.html",
        glossary=glossary_of("verify"),
        job=job,
        found=_found(desk) if job is not None and not job.alive else None,
        bundle=_held(desk, ".zip"),
        key=_held(desk, ".pub"),
        bundles=[p.name for p in desk.folder.bundles()],
    )


async def verify_dropped(request: web.Request) -> NoReturn:
    """Take a bundle or a public key; once a bundle is there, it is checked."""
    desk = desk_of(request)
    name, draft = await uploads.taken(request, desk.folder, frozenset({".zip", ".pub"}))
    try:
        if name.endswith(".pub") and draft.stat().st_size > KEY_BYTES:
            msg = f"{name} is no public key. It ends in .key.pub and is a few lines long."
            raise NeedsMendingError(msg)
        place = _place(desk)
        for old in place.glob(f"*{Path(name).suffix}"):
            old.unlink()
        draft.replace(place / name)
    finally:
        uploads.discard(draft) if draft.exists() else draft.parent.rmdir()
    _start(desk)
    seen_other("/verify")


async def verify_own(request: web.Request) -> NoReturn:
    """Check a bundle of this folder, with the public key beside it where there is one."""
    desk = desk_of(request)
    form = await form_of(request)
    path = desk.folder.inside(form.get("bundle", ""))
    if not path.name.endswith(BUNDLE):
        msg = "That is no bundle. Choose one of the list."
        raise NeedsMendingError(msg)
    place = _place(desk)
    for old in place.iterdir():
        old.unlink()
    shutil.copyfile(path, place / safe_name(path.name, frozenset({".zip"})))
    for key in sorted(desk.folder.path.glob("*.key.pub"))[:1]:
        shutil.copyfile(key, place / safe_name(key.name, frozenset({".pub"})))
    _start(desk)
    seen_other("/verify")


def _start(desk: Desk) -> None:
    bundle, key = _held(desk, ".zip"), _held(desk, ".pub")
    if bundle:
        place = _place(desk)
        words = [str(place / bundle), "--json", *(("--key", str(place / key)) if key else ())]
        desk.jobs.start("verify", SUBJECT, words, desk.environment())


def _place(desk: Desk) -> Path:
    place = desk.folder.private / "verify"
    place.mkdir(parents=True, exist_ok=True)
    return place


def _held(desk: Desk, ending: str) -> str:
    return next((p.name for p in sorted(_place(desk).glob(f"*{ending}"))), "")


def _found(desk: Desk) -> dict[str, object] | None:
    try:
        found = json.loads(desk.jobs.said("verify", SUBJECT))
    except ValueError:
        return None
    return found if isinstance(found, dict) else None
