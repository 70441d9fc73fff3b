"""Pages: templates that escape everything, the rail of steps, and errors as sentences."""

from __future__ import annotations

import time
import traceback
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, NoReturn
from urllib.parse import quote

from aiohttp import web
from markupsafe import Markup, escape

from reportgen import assets
from reportgen.desk.folder import NotHereError
from reportgen.desk.state import NotYetError, desk_of
from reportgen.desk.uploads import UNREADABLE
from reportgen.problems import ReportgenError

if TYPE_CHECKING:
    from jinja2 import Environment

STEPS = ("Workbook", "Check", "Run", "Decide", "Confirm", "Keep")
"""The way through, in its order."""


@dataclass(frozen=True, slots=True)
class Place:
    """One step of the rail: where it leads, whether it is this page's, and how far it is in a word."""

    name: str
    address: str
    here: bool
    state: str = ""
    """`done`, `open` or ``, for what is not reached yet."""


def rail(workbook: str, here: str, reached: str, run: str = "") -> tuple[Place, ...]:
    """Return the rail of one evaluation; `reached` is the furthest step that can be gone to, `here` the page's own."""
    furthest = STEPS.index(reached)
    done = min(furthest, STEPS.index("Confirm"))
    chosen = f"?run={quote(run)}" if run else ""
    places = []
    for number, name in enumerate(STEPS):
        address = f"/w/{quote(workbook, safe='')}/{name.lower()}"
        state = "done" if number < done else "open" if number <= furthest else ""
        places.append(Place(name, address + (chosen if number >= STEPS.index("Decide") else ""), name == here, state))
    return tuple(places)


def render(request: web.Request, template: str, *, status: int = 200, **values: object) -> web.Response:
    """Return a page."""
    desk = desk_of(request)
    defaults: dict[str, object] = {
        "rail": (),
        "workbook": "",
        "live": "",
        "glossary": (),
        "folder": desk.folder.path,
        "query": request.query,
    }
    text = environment().get_template(f"desk/{template}").render({**defaults, **values})
    return web.Response(text=text, content_type="text/html", status=status)


@cache
def environment() -> Environment:
    """Return the one environment of all pages."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined  # noqa: PLC0415 - a tenth of a second

    found = Environment(
        loader=FileSystemLoader(assets.folder("templates")),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    found.filters["coded"] = coded
    found.filters["segment"] = lambda text: quote(str(text), safe="")
    return found


PAGE_OF = {
    "new": "Home", "check": "Check", "run": "Run", "report": "Decide", "score": "Review", "confirm": "Confirm",
    "bundle": "Keep", "accept": "Keep", "compare": "Keep", "rerun": "Keep", "verify": "Verify",
}  # fmt: skip
"""The page that does what a command does."""


def coded(text: str) -> Markup:
    """Return a sentence with each command in it set as the page that does the same, else as it is typed."""
    pieces = [escape(piece) for piece in str(text).split("`")]
    return Markup("").join(_command(p) if odd % 2 else p for odd, p in enumerate(pieces))


def _command(text: Markup) -> Markup:
    first, _, rest = text.partition(" ")
    page = PAGE_OF.get(rest.partition(" ")[0]) if first == "reportgen" else None
    return Markup("the page <strong>{}</strong>").format(page) if page else Markup("<code>{}</code>").format(text)


def told(request: web.Request, error: Exception) -> web.Response:
    """Return an error as a page: a sentence with a remedy, never a code or a stack."""
    if isinstance(error, NotYetError):
        return render(request, "waiting.html", words=error.words)
    if isinstance(error, NotHereError):
        return render(request, "error.html", status=404, title="Not here", sentences=[str(error)], problems=())
    if isinstance(error, ReportgenError):
        return render(
            request,
            "error.html",
            status=422,
            title="Something needs mending",
            sentences=_sentences(error),
            problems=error.problems,
        )
    if isinstance(error, web.HTTPException):
        words = {404: "There is no such page. Go back to Home.", 405: "This page cannot be used that way. Go back to Home."}
        said = words.get(error.status, UNREADABLE)
        return render(request, "error.html", status=error.status, title="Not here", sentences=[said], problems=())
    said = (
        f"This is a fault in reportgen, not in your workbook ({type(error).__name__}). Nothing that was answered is "
        f"lost. Please send us {_kept(request, error)}; it may hold text of your workbook, so look first."
    )
    return render(request, "error.html", status=500, title="A fault in reportgen", sentences=[said], problems=())


def _sentences(error: ReportgenError) -> Sequence[str]:
    return [] if [str(p) for p in error.problems] == [str(error)] else [str(error)]


def _kept(request: web.Request, error: Exception) -> str:
    """Keep the traceback for whoever mends it, without what was typed."""
    path = desk_of(request).folder.private / f"fault-{time.strftime('%Y%m%d-%H%M%S')}.txt"
    path.write_text("".join(traceback.format_exception(error)), encoding="utf-8")
    return str(path)


def seen_other(address: str) -> NoReturn:
    """Lead on after something was done, so that a reload does not do it again."""
    raise web.HTTPSeeOther(address)
