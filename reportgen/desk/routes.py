"""Every address of the desk, in one table; a page's room is loaded when it is asked for: the first waits for no other."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from importlib import import_module

from aiohttp import web

from reportgen.desk.safety import ENTRY, Handler, entered
from reportgen.desk.state import desk_of
from reportgen.desk.static import favicon, static


@dataclass(frozen=True, slots=True)
class Route:
    """One address, how it is asked, and who answers: a handler, or the room and the name of one."""

    method: str
    path: str
    handler: Handler | str


async def enter(request: web.Request) -> web.Response:
    """Let in whoever brought the token."""
    return entered(desk_of(request).policy)


def found(where: str) -> Handler:
    """Return the handler that a room and a name say."""
    room, _, name = where.partition(".")
    handler: Handler = getattr(import_module(f"reportgen.desk.pages.{room}"), name)
    return handler


def answering(where: Handler | str) -> Handler:
    """Return what answers for a route; a room that is not there yet is loaded beside the loop."""
    if not isinstance(where, str):
        return where

    async def answer(request: web.Request) -> web.StreamResponse:
        return await (await asyncio.to_thread(found, where))(request)

    return answer


OF = "/w/{workbook}"
RUN = "/r/{run}"
ROUTES = (
    Route("GET", ENTRY, enter),
    Route("GET", "/static/{name}", static),
    Route("GET", "/favicon.ico", favicon),
    Route("GET", "/", "home.home"),
    Route("POST", "/drop", "home.dropped"),
    Route("POST", "/sample", "home.sample"),
    Route("POST", "/new", "home.new"),
    Route("GET", OF, "decide.latest"),
    Route("GET", f"{OF}/events", "shared.events"),
    Route("GET", f"{OF}/workbook", "workbook.workbook_page"),
    Route("GET", f"{OF}/file", "workbook.download"),
    Route("POST", f"{OF}/open", "workbook.opened"),
    Route("POST", f"{OF}/beside", "workbook.documents_dropped"),
    Route("POST", f"{OF}/drop", "workbook.replaced"),
    Route("GET", f"{OF}/check", "check.check_page"),
    Route("POST", f"{OF}/check", "check.again"),
    Route("GET", f"{OF}/marked", "check.marked_copy"),
    Route("POST", f"{OF}/key", "check.key_given"),
    Route("POST", f"{OF}/allow", "check.allowed"),
    Route("GET", f"{OF}/run", "run.run_page"),
    Route("POST", f"{OF}/run/start", "run.started"),
    Route("POST", f"{OF}/run/stop", "run.stopped"),
    Route("GET", f"{OF}/decide", "decide.decide_page"),
    Route("GET", f"{OF}/documents", "run.documents_page"),
    Route("POST", f"{OF}/documents", "run.documents"),
    Route("POST", f"{OF}/what-if", "what_if.what_if"),
    Route("GET", f"{OF}/answers", "answers.answers_page"),
    Route("GET", f"{OF}/answers.xlsx", "answers.answers_sheet"),
    Route("GET", f"{OF}/answers/{{row}}", "answers.answer_page"),
    Route("GET", f"{OF}/document", "answers.input_document"),
    Route("GET", f"{OF}/document/{{page}}", "answers.input_page"),
    Route("GET", f"{OF}/review", "review.review_page"),
    Route("POST", f"{OF}/review", "review.verdict_given"),
    Route("POST", f"{OF}/review/undo", "review.undone"),
    Route("POST", f"{OF}/review/score", "review.scored_again"),
    Route("GET", f"{OF}/confirm", "confirm.confirm_page"),
    Route("POST", f"{OF}/confirm", "confirm.confirmed"),
    Route("GET", f"{OF}/keep", "keep.keep_page"),
    Route("POST", f"{OF}/keep/sign", "keep.signed"),
    Route("POST", f"{OF}/keep/bundle", "keep.bundled"),
    Route("POST", f"{OF}/keep/accept", "keep.accepted"),
    Route("POST", f"{OF}/keep/rerun", "keep.rerun"),
    Route("GET", "/kept/{file}", "keep.bundle_file"),
    Route("GET", "/verify", "verify.verify_page"),
    Route("POST", "/verify/drop", "verify.verify_dropped"),
    Route("POST", "/verify/own", "verify.verify_own"),
    Route("POST", "/verify/anew", "verify.verify_anew"),
    Route("GET", f"{RUN}/{{document}}", "decide.document"),
    Route("GET", f"{RUN}/{{document}}/view", "decide.document_view"),
    Route("GET", f"{RUN}/{{document}}/{{page:[0-9]{{1,4}}}}.png", "decide.document_page"),
)
"""Nothing else is answered. GET changes nothing; what changes something is POST, and refused from any other site."""


SETTLED_S = 0.5
"""So long the first page has for its style and script before other rooms are loaded beside it."""


async def load_rooms(seen: asyncio.Event) -> None:
    """Load the first page's room now, and the others once it was `seen`, so that no later page waits for its own."""
    first, *others = [route.handler for route in ROUTES if isinstance(route.handler, str)]
    await asyncio.to_thread(found, first)
    await seen.wait()
    await asyncio.sleep(SETTLED_S)
    for where in others:
        await asyncio.to_thread(found, where)


def add_routes(app: web.Application) -> None:
    """Put the table into an application."""
    for route in ROUTES:
        app.router.add_route(route.method, route.path, answering(route.handler))
