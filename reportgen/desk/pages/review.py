"""Review: one answer at a time, blind, one key a verdict, saved at each step."""

from __future__ import annotations

import hashlib
from typing import NoReturn
from urllib.parse import quote

from aiohttp import web

from reportgen.desk import reviewing
from reportgen.desk.finished import Finished, finished_of
from reportgen.desk.pages.shared import form_of, live_of, needed, rail_of
from reportgen.desk.rendering import render, seen_other
from reportgen.desk.reviewing import Item, queue
from reportgen.desk.state import desk_of, patience_of
from reportgen.desk.words import glossary_of
from reportgen.problems import NeedsMendingError

MOST_INPUT = 20_000


async def review_page(request: web.Request) -> web.Response:
    """Show the first answer that is still open, or how the person and the rules agree."""
    workbook, run, found = await finished_of(request)
    desk = desk_of(request)
    items, given = await _queue(request, found), reviewing.read(reviewing.file_of(run.path))
    done = {g.key for g in given}
    item = next((i for i in items if i.key not in done), None)
    job = desk.jobs.state("score", workbook.name)
    return render(
        request,
        "review.html",
        glossary=glossary_of("review"),
        workbook=workbook.name,
        rail=rail_of(desk, workbook, "Decide", run.name),
        live=live_of(desk, workbook) if job is not None and job.alive else "",
        run=run,
        item=item,
        token=blind(item) if item else "",
        shown=item.input[:MOST_INPUT] if item else "",
        done=sum(i.key in done for i in items),
        count=len(items),
        by=given[-1].by if given else request.query.get("by", ""),
        given=given,
        agreement=reviewing.agreement(items, given),
        file=reviewing.file_of(run.path).name,
        job=job,
    )


async def verdict_given(request: web.Request) -> NoReturn:
    """Keep one verdict."""
    workbook, run, found = await finished_of(request)
    form = await form_of(request)
    by = needed(form, "by", "Every verdict stands under a name. Write yours.")
    key = (form.get("candidate", ""), form.get("example", ""), form.get("part", ""))
    item = next((i for i in await _queue(request, found) if _hidden(i) == key), None)
    if item is None or form.get("verdict") not in item.verdicts:
        msg = "This answer is not among those to be judged. Open the page again."
        raise NeedsMendingError(msg)
    path = reviewing.file_of(run.path)
    given = [g for g in reviewing.read(path) if g.key != item.key]
    reviewing.write(path, [*given, reviewing.judged(item, form["verdict"], by, form.get("comment", ""))])
    seen_other(f"/w/{quote(workbook.name, safe='')}/review?run={quote(run.name)}")


async def undone(request: web.Request) -> NoReturn:
    """Take the last verdict back."""
    workbook, run, _ = await finished_of(request)
    path = reviewing.file_of(run.path)
    given = reviewing.read(path)
    reviewing.write(path, given[:-1])
    by = quote(given[-1].by) if given else ""
    seen_other(f"/w/{quote(workbook.name, safe='')}/review?run={quote(run.name)}&by={by}")


async def scored_again(request: web.Request) -> NoReturn:
    """Score the run again with the verdicts, into a folder of its own."""
    workbook, run, _ = await finished_of(request)
    desk, path = desk_of(request), reviewing.file_of(run.path)
    if not path.exists():
        msg = "Nothing was judged yet. Give at least one verdict."
        raise NeedsMendingError(msg)
    number, out = 1, run.path.with_name(f"{run.name}-reviewed")
    while out.exists():
        number += 1
        out = run.path.with_name(f"{run.name}-reviewed-{number}")
    desk.jobs.start("score", workbook.name, [str(run.path), "--out", str(out), "--reviews", str(path)], desk.environment())
    seen_other(f"/w/{quote(workbook.name, safe='')}/review?run={quote(run.name)}")


def _hidden(item: Item) -> tuple[str, str, str]:
    """Return how a form names an item without naming the candidate."""
    return blind(item), item.example_id, item.part


def blind(item: Item) -> str:
    """Return a name for the candidate that says nothing."""
    return hashlib.sha256(f"{item.candidate}|{item.example_id}".encode()).hexdigest()[:12]


async def _queue(request: web.Request, found: Finished) -> tuple[Item, ...]:

    key = ("queue", found.run.path, found.run.at)
    items: tuple[Item, ...] = await desk_of(request).runs.get(
        key, lambda: queue(found), "Putting the queue together", patience_of(request)
    )
    return items
