"""Every address of the desk, in one table."""

from __future__ import annotations

from dataclasses import dataclass

from aiohttp import web

from reportgen.desk.pages import answers, check, confirm, decide, home, keep, review, run, shared, verify, what_if, workbook
from reportgen.desk.safety import ENTRY, Handler, entered
from reportgen.desk.state import desk_of
from reportgen.desk.static import favicon, static


@dataclass(frozen=True, slots=True)
class Route:
    """One address, how it is asked, and who answers."""

    method: str
    path: str
    handler: Handler


async def enter(request: web.Request) -> web.Response:
    """Let in whoever brought the token."""
    return entered(desk_of(request).policy)


OF = "/w/{workbook}"
RUN = "/r/{run}"
ROUTES = (
    Route("GET", ENTRY, enter),
    Route("GET", "/static/{name}", static),
    Route("GET", "/favicon.ico", favicon),
    Route("GET", "/", home.home),
    Route("POST", "/drop", home.dropped),
    Route("POST", "/sample", home.sample),
    Route("POST", "/new", home.new),
    Route("GET", OF, decide.latest),
    Route("GET", f"{OF}/events", shared.events),
    Route("GET", f"{OF}/workbook", workbook.workbook_page),
    Route("GET", f"{OF}/file", workbook.download),
    Route("POST", f"{OF}/open", workbook.opened),
    Route("POST", f"{OF}/beside", workbook.documents_dropped),
    Route("POST", f"{OF}/drop", workbook.replaced),
    Route("GET", f"{OF}/check", check.check_page),
    Route("POST", f"{OF}/check", check.again),
    Route("GET", f"{OF}/marked", check.marked_copy),
    Route("POST", f"{OF}/key", check.key_given),
    Route("POST", f"{OF}/allow", check.allowed),
    Route("GET", f"{OF}/run", run.run_page),
    Route("POST", f"{OF}/run/start", run.started),
    Route("POST", f"{OF}/run/stop", run.stopped),
    Route("GET", f"{OF}/decide", decide.decide_page),
    Route("GET", f"{OF}/documents", run.documents_page),
    Route("POST", f"{OF}/documents", run.documents),
    Route("POST", f"{OF}/what-if", what_if.what_if),
    Route("GET", f"{OF}/answers", answers.answers_page),
    Route("GET", f"{OF}/answers.xlsx", answers.answers_sheet),
    Route("GET", f"{OF}/answers/{{row}}", answers.answer_page),
    Route("GET", f"{OF}/document", answers.input_document),
    Route("GET", f"{OF}/document/{{page}}", answers.input_page),
    Route("GET", f"{OF}/review", review.review_page),
    Route("POST", f"{OF}/review", review.verdict_given),
    Route("POST", f"{OF}/review/undo", review.undone),
    Route("POST", f"{OF}/review/score", review.scored_again),
    Route("GET", f"{OF}/confirm", confirm.confirm_page),
    Route("POST", f"{OF}/confirm", confirm.confirmed),
    Route("GET", f"{OF}/keep", keep.keep_page),
    Route("POST", f"{OF}/keep/sign", keep.signed),
    Route("POST", f"{OF}/keep/bundle", keep.bundled),
    Route("POST", f"{OF}/keep/accept", keep.accepted),
    Route("POST", f"{OF}/keep/rerun", keep.rerun),
    Route("GET", "/kept/{file}", keep.bundle_file),
    Route("GET", "/verify", verify.verify_page),
    Route("POST", "/verify/drop", verify.verify_dropped),
    Route("POST", "/verify/own", verify.verify_own),
    Route("GET", f"{RUN}/{{document}}", decide.document),
    Route("GET", f"{RUN}/{{document}}/view", decide.document_view),
    Route("GET", f"{RUN}/{{document}}/{{page:[0-9]{{1,4}}}}.png", decide.document_page),
)
"""Nothing else is answered. GET changes nothing; what changes something is POST, and refused from any other site."""


def add_routes(app: web.Application) -> None:
    """Put the table into an application."""
    for route in ROUTES:
        app.router.add_route(route.method, route.path, route.handler)
