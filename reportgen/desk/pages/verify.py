"""Verify: drop any bundle, and a public key, certificates and signed copies where there are some; each check in words."""

from __future__ import annotations

import asyncio
import json
import re
import shutil
from collections.abc import Mapping
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
SMALL_BYTES = 1 << 20
"""A key is a few lines, certificates are not many more."""
BUNDLES, KEYS, CERTIFICATES, COPIES = ".zip", ".pub", ".pem", ".pdf"
ENDINGS: Mapping[str, str] = {
    BUNDLES: BUNDLES, KEYS: KEYS, CERTIFICATES: CERTIFICATES, ".crt": CERTIFICATES, ".cer": CERTIFICATES, COPIES: COPIES,
}  # fmt: skip
"""What may be dropped, by how it ends, to how it is kept: one of each, but every signed copy."""
LOOK_EVERY_S = 0.1
_OPTION = re.compile(r" \(--\w+\)")


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
        bundle=_held(desk, BUNDLES),
        key=_held(desk, KEYS),
        certificates=_held(desk, CERTIFICATES),
        copies=[p.name for p in _copies(desk)],
        bundles=[p.name for p in desk.folder.bundles()],
        kinds=",".join(ENDINGS),
        plain=lambda sentence: _OPTION.sub("", sentence),
    )


async def verify_dropped(request: web.Request) -> NoReturn:
    """Take whatever of it was dropped; once a bundle is there, everything that is there is checked."""
    desk = desk_of(request)
    await _stopped(desk)
    place, before, fresh = _place(desk), _copies(desk), set[str]()
    async for name, draft in uploads.each(request, desk.folder, lambda given: safe_name(given, frozenset(ENDINGS))):
        kind = ENDINGS[Path(name).suffix]
        kept = place / f"{Path(name).stem}{kind}"
        try:
            if kind in {KEYS, CERTIFICATES} and draft.stat().st_size > SMALL_BYTES:
                msg = f"{name} is too large for a key or a certificate, which are a few lines long."
                raise NeedsMendingError(msg)
            if kind != COPIES:
                for old in place.glob(f"*{kind}"):
                    old.unlink()
            draft.replace(kept)
        finally:
            uploads.discard(draft) if draft.exists() else draft.parent.rmdir()
        fresh.add(kept.name)
    if any(name.endswith(BUNDLES) for name in fresh) and desk.jobs.state("verify", SUBJECT) is not None:
        for old in before:  # signed copies of the bundle before
            if old.name not in fresh:
                old.unlink()
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
    await _stopped(desk)
    _clear(desk)
    shutil.copyfile(path, _place(desk) / safe_name(path.name, frozenset({BUNDLES})))
    for key in sorted(desk.folder.path.glob("*.key.pub"))[:1]:
        shutil.copyfile(key, _place(desk) / safe_name(key.name, frozenset({KEYS})))
    _start(desk)
    seen_other("/verify")


async def verify_anew(request: web.Request) -> NoReturn:
    """Forget what was dropped."""
    desk = desk_of(request)
    await _stopped(desk)
    _clear(desk)
    desk.jobs.forget("verify", SUBJECT)
    seen_other("/verify")


def _start(desk: Desk) -> None:
    place = _place(desk)
    if bundle := _held(desk, BUNDLES):
        words = [str(place / bundle), "--json"]
        for option, ending in (("--key", KEYS), ("--trust", CERTIFICATES)):
            words += [option, str(place / held)] if (held := _held(desk, ending)) else []
        for copy in _copies(desk):
            words += ["--signed", str(copy)]
        desk.jobs.start("verify", SUBJECT, words, desk.environment())


async def _stopped(desk: Desk) -> None:
    """End checks that are under way: what they look at is about to change."""
    desk.jobs.stop("verify", SUBJECT)
    while (state := desk.jobs.state("verify", SUBJECT)) is not None and state.alive:  # noqa: ASYNC110 - another process
        await asyncio.sleep(LOOK_EVERY_S)


def _clear(desk: Desk) -> None:
    for old in _place(desk).iterdir():
        old.unlink()


def _place(desk: Desk) -> Path:
    place = desk.folder.private / "verify"
    place.mkdir(parents=True, exist_ok=True)
    return place


def _held(desk: Desk, ending: str) -> str:
    return next((p.name for p in sorted(_place(desk).glob(f"*{ending}"))), "")


def _copies(desk: Desk) -> list[Path]:
    return sorted(_place(desk).glob(f"*{COPIES}"))


def _found(desk: Desk) -> dict[str, object] | None:
    try:
        found = json.loads(desk.jobs.said("verify", SUBJECT))
    except ValueError:
        return None
    return found if isinstance(found, dict) else None
