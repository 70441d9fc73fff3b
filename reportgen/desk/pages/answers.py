"""Answers: the example beside all candidates' answers, found by filters and words, walked through by keyboard."""

from __future__ import annotations

import asyncio
from pathlib import Path
from urllib.parse import quote, urlencode

from aiohttp import web

from reportgen.desk import answers
from reportgen.desk.answers import PER_PAGE, SHOWS, Rows, Wanted, mark_of, rows_of, sheet_of
from reportgen.desk.finished import Finished, finished_of
from reportgen.desk.folder import NotHereError
from reportgen.desk.pages.shared import rail_of
from reportgen.desk.pages.workbook import attachment, handed_out
from reportgen.desk.pictures import cited_places, page_count, page_picture
from reportgen.desk.rendering import render
from reportgen.desk.state import desk_of, workbook_of
from reportgen.desk.words import glossary_of
from reportgen.domain.records.plan import Example
from reportgen.domain.wording.numbers import seconds

PARTS = ("show", "candidate", "other", "label", "segment", "part", "words")


async def answers_page(request: web.Request) -> web.Response:
    """Show one page of the rows that are wanted."""
    workbook, run, found = await finished_of(request)
    rows, wanted = await _rows(request, found), _wanted(request)
    numbers = await asyncio.to_thread(rows.of, wanted)
    pages = max(1, -(-len(numbers) // PER_PAGE))
    page = min(max(1, _number(request.query.get("page", "1"))), pages)
    return render(
        request,
        "answers.html",
        glossary=glossary_of("answers"),
        workbook=workbook.name,
        rail=rail_of(desk_of(request), workbook, "Decide", run.name),
        run=run,
        rows=[rows.all[n] for n in numbers[(page - 1) * PER_PAGE : page * PER_PAGE]],
        seen=found.by_example,
        mark_of=mark_of,
        shows=SHOWS,
        known=rows,
        wanted=wanted,
        count=len(numbers),
        page=page,
        pages=pages,
        filters=_filters(wanted, run.name),
        filtered=any(getattr(wanted, name) for name in PARTS),
    )


async def answer_page(request: web.Request) -> web.Response:
    """Show one example with every candidate's answer."""
    workbook, run, found = await finished_of(request)
    rows, wanted = await _rows(request, found), _wanted(request)
    number = _number(request.match_info["row"])
    if not 0 <= number < len(rows.all):
        msg = "This run has no such row. Go back to Answers."
        raise NotHereError(msg)
    numbers = await asyncio.to_thread(rows.of, wanted)
    place = numbers.index(number) if number in numbers else -1
    row = rows.all[number]
    seen = found.by_example.get(row.example.id, {})
    quotes = [p.quote for o in seen.values() for p in o.score.strict.parts if p.quote]
    pages, places = await asyncio.to_thread(_shown_pages, found, row.example, quotes)
    here, there = f"/w/{quote(workbook.name, safe='')}/answers", _filters(wanted, run.name)
    return render(
        request,
        "answer.html",
        workbook=workbook.name,
        rail=rail_of(desk_of(request), workbook, "Decide", run.name),
        run=run,
        row=row,
        text=answers.with_quotes(row.example.input, quotes),
        cited=bool(quotes),
        seconds=seconds,
        pages=pages,
        places=places,
        cut=len(row.example.input) > answers.MOST_TEXT,
        given=[answers.given_by(name, observed, row.expected) for name, observed in seen.items()],
        back=f"{here}?{there}",
        before=f"{here}/{numbers[place - 1]}?{there}" if place > 0 else "",
        after=f"{here}/{numbers[place + 1]}?{there}" if 0 <= place < len(numbers) - 1 else "",
        place=place + 1,
        count=len(numbers),
    )


async def answers_sheet(request: web.Request) -> web.Response:
    """Hand out the rows that are wanted as a workbook."""
    workbook, _, found = await finished_of(request)
    rows, wanted = await _rows(request, found), _wanted(request)
    return attachment(await asyncio.to_thread(sheet_of, found, rows, wanted), f"{workbook.stem} answers.xlsx")


def _kept_document(request: web.Request) -> Path:
    """Return a document that a run asked about, as the run keeps it. Raises NotHereError for all else."""
    desk, workbook = desk_of(request), workbook_of(request)
    name = request.query.get("name", "")
    for run in desk.folder.runs_of(workbook.name):
        root = (run.path / "evidence" / "documents").resolve()
        path = (root / name).resolve() if name and "\0" not in name else root
        if path.is_file() and path.is_relative_to(root) and root.is_relative_to(desk.folder.path):
            return path
    msg = "No run keeps such a document. Go back to Answers."
    raise NotHereError(msg)


async def input_document(request: web.Request) -> web.Response:
    """Hand out a document that a run asked about."""
    path = _kept_document(request)
    return await handed_out(request, path, "application/octet-stream")


async def input_page(request: web.Request) -> web.Response:
    """Show one page of such a document as a picture."""
    picture, kind = await asyncio.to_thread(page_picture, _kept_document(request), _number(request.match_info["page"]))
    return web.Response(body=picture, content_type=kind)


def _shown_pages(found: Finished, example: Example, quotes: list[str]) -> tuple[int, dict[int, list[tuple[float, ...]]]]:
    """Return how many pages of an example's document can be shown, and where on them quotes stand."""
    if example.document is None:
        return 0, {}
    path = (found.folder.documents / example.document.name).resolve()
    if not path.is_file() or not path.is_relative_to(found.folder.documents.resolve()):
        return 0, {}
    return page_count(path), cited_places(path, quotes)


async def _rows(request: web.Request, found: Finished) -> Rows:

    key = ("rows", found.run.path, found.run.at)
    rows = await desk_of(request).runs.get(key, lambda: rows_of(found), f"Sorting the answers of {found.run.name}")
    assert isinstance(rows, Rows)  # noqa: S101 - what rows_of gives
    return rows


def _wanted(request: web.Request) -> Wanted:

    given = {name: request.query.get(name, "").strip()[:200] for name in PARTS}
    return Wanted(**{**given, "show": given["show"] if given["show"] in SHOWS else ""})


def _filters(wanted: Wanted, run: str) -> str:
    return urlencode({"run": run, **{name: value for name in PARTS if (value := getattr(wanted, name))}})


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0  # noqa: PLR2004 - rows, never more
