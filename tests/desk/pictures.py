"""Pictures of every page of the desk, from the shipped sample: `python -m tests.desk.pictures FOLDER`."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from tests.desk.browser import browser, visit
from tests.desk.opened import OpenDesk

if TYPE_CHECKING:
    from playwright.sync_api import Page

W, E = "/w/classification-sample.xlsx", "/w/extraction-sample.xlsx"
PAGES = {
    "home": "/",
    "workbook": f"{W}/workbook",
    "check": f"{W}/check",
    "run": f"{W}/run",
    "decide": f"{W}/decide?a=Complement+Bayes&b=TF-IDF+regression",
    "answers": f"{W}/answers?show=wrong",
    "answer": f"{W}/answers/3",
    "answer-by-field": f"{E}/answers/2",
    "review": f"{E}/review",
    "confirm": f"{W}/confirm",
    "keep": f"{W}/keep",
    "verify": "/verify",
    "document": "/r/classification-sample-run/recommendation-report.pdf/view",
    "error": "/w/none.xlsx/check",
}
SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")


def draw(target: Path) -> None:
    """Run two samples and draw every page at both widths, light and dark, and as it prints."""
    target.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as name, OpenDesk(Path(name)) as desk, browser() as on:
        with visit(on) as page:
            enter(page, desk)
            page.screenshot(path=str(target / "first-visit.png"), full_page=True)
        for task in ("classification", "extraction"):
            desk.post("/sample", {"task": task})
            desk.runs_to_the_end(f"{task}-sample.xlsx")
        for width in (1280, 390):
            for scheme in SCHEMES:
                with visit(on, width=width, scheme=scheme, expected=("404",)) as page:
                    enter(page, desk)
                    for title, path in PAGES.items():
                        look(page, f"http://{desk.host}{path}", target / f"{title}-{width}-{scheme}.png")
                        if width == 1280 and scheme == "light":
                            page.pdf(path=str(target / f"{title}.pdf"), format="A4", prefer_css_page_size=True)


def enter(page: Page, desk: OpenDesk) -> None:
    page.goto(desk.door)
    page.wait_for_url(f"http://{desk.host}/")


def look(page: Page, address: str, to: Path) -> None:
    """Draw a whole page in a window as high as it is, so that what sticks to the window's edge stays where it belongs."""
    page.goto(address)
    page.locator("h1:not(:has-text('One moment'))").wait_for()
    width = page.viewport_size["width"] if page.viewport_size else 1280
    page.set_viewport_size({"width": width, "height": min(15_000, page.evaluate("document.documentElement.scrollHeight"))})
    page.wait_for_timeout(300)  # pictures of pages load when they come into view
    page.screenshot(path=str(to))
    page.set_viewport_size({"width": width, "height": 900})


if __name__ == "__main__":
    draw(Path(sys.argv[1]))
