"""Home: a place to drop a workbook, a new evaluation, the sample, and every evaluation with how it stands."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import NoReturn
from urllib.parse import quote

from aiohttp import web

from reportgen.assets import folder as shipped
from reportgen.desk import uploads
from reportgen.desk.folder import WORKBOOKS, Folder, safe_name
from reportgen.desk.pages.shared import form_of, needed
from reportgen.desk.rendering import render, seen_other
from reportgen.desk.state import desk_of
from reportgen.desk.status import decided, status_of
from reportgen.problems import NeedsMendingError

TASKS: Mapping[str, str] = {
    "classification": "sort texts into labels",
    "extraction": "take fields out of documents",
    "summarization": "write summaries",
    "question-answering": "answer questions",
}
WAY = (
    ("Workbook", "your examples, what is right for each, the limits and costs you agree on"),
    ("Check", "every problem at its cell, and what the examples can prove, before anything is paid"),
    ("Run", "each candidate is asked; stop and go on at any time"),
    ("Decide", "who meets every limit at the lowest cost, and each answer behind it"),
    ("Confirm", "locked examples, opened once, for the winner"),
    ("Keep", "names under it, and one signed file that anybody can check"),
)
"""The steps in a few words, for a first visit."""
CURRENCIES = ("EUR", "USD", "GBP", "CHF", "SEK", "NOK", "DKK", "PLN", "CZK", "JPY", "CNY", "INR", "CAD", "AUD", "BRL")
MOST_ROWS = 200


async def home(request: web.Request) -> web.Response:
    """Show the folder."""
    desk = desk_of(request)
    found = [status_of(desk, workbook) for workbook in desk.folder.workbooks()[:MOST_ROWS]]
    strays = [(run, *decided(run)) for run in desk.folder.stray_runs()[:MOST_ROWS]]
    return render(
        request,
        "home.html",
        evaluations=sorted(found, key=lambda s: s.at, reverse=True),
        strays=strays,
        when=lambda at: datetime.fromtimestamp(at).strftime("%d %b %Y, %H:%M"),  # noqa: DTZ006 - the person's own clock
        tasks=TASKS,
        way=WAY,
        currencies=CURRENCIES,
        waiting=any(s.words.endswith("…") for s in found),
    )


async def dropped(request: web.Request) -> NoReturn:
    """Take workbooks, each through the pre-flight, under safe names; one alone is shown at once, several in the list."""
    desk = desk_of(request)
    taken = []
    async for name, draft in uploads.each(request, desk.folder, lambda given: safe_name(given, WORKBOOKS)):
        taken.append(await asyncio.to_thread(uploads.settle, desk.folder, draft, name))
    seen_other("/" if len(taken) > 1 else f"/w/{quote(taken[0].name, safe='')}/check")


async def sample(request: web.Request) -> NoReturn:
    """Put the shipped sample of a task into the folder."""
    desk = desk_of(request)
    form = await form_of(request)
    task = form.get("task", "classification")
    if task not in TASKS:
        msg = "There is no sample of that task. Choose one of the list."
        raise NeedsMendingError(msg)
    target = free_name(desk.folder, f"{task}-sample.xlsx")
    shutil.copyfile(shipped("samples") / f"{task}.xlsx", target)
    seen_other(f"/w/{quote(target.name, safe='')}/check")


async def new(request: web.Request) -> NoReturn:
    """Write a blank workbook from the short form."""
    desk = desk_of(request)
    form = await form_of(request)
    title = needed(form, "title", "The new evaluation has no name. Say in a few words what it is about.")
    if form.get("task") not in TASKS:
        msg = "Choose what the candidates are to do."
        raise NeedsMendingError(msg)
    target = free_name(desk.folder, safe_name(f"{title}.xlsx", WORKBOOKS))
    await asyncio.to_thread(_write, target, title, form)
    seen_other(f"/w/{quote(target.name, safe='')}/workbook?new=1")


def _write(target: Path, title: str, form: dict[str, str]) -> None:
    from reportgen.domain.records.plan import CandidateKind, FieldSpec, Task  # noqa: PLC0415 - writing a workbook loads much
    from reportgen.workbook.blank.workbooks import write_workbook  # noqa: PLC0415

    task = Task(form["task"].replace("-", " "))
    parts, names = _lines(form.get("parts", "")), _lines(form.get("candidates", ""))
    rows: dict[str, list[dict[str, object]]] = {}
    if task is Task.CLASSIFICATION and parts:
        rows["Labels"] = [{"Label": part} for part in parts]
    if names:
        rows["Candidates"] = [{"Candidate": name, "Kind": CandidateKind.API_MODEL.value, "Model": name} for name in names]
    currency = form.get("currency", "")
    write_workbook(
        target,
        task,
        fields=[FieldSpec(part) for part in parts] if task is Task.EXTRACTION else (),
        rows=rows or None,  # type: ignore[arg-type]
        evaluation={"Title": title, "Currency": currency if currency in CURRENCIES else "USD"},
        begun=True,
    )


def _lines(text: str) -> list[str]:
    """Return the names of a text field, one a line or between commas, each once."""
    names = (" ".join(name.split()) for name in text.replace(",", "\n").replace(";", "\n").splitlines())
    return list(dict.fromkeys(name for name in names if name))


def free_name(folder: Folder, name: str) -> Path:
    """Return a path in the folder that nothing holds yet, numbered where the name is taken."""
    path = folder.path / name
    stem, number = path.stem, 2
    while path.exists():
        path = path.with_name(f"{stem} {number}{path.suffix}")
        number += 1
    return path
