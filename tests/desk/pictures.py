"""Pictures of every page of the desk, from the shipped sample: `python -m tests.desk.pictures FOLDER`."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from typing import Literal

from tests.desk.browser import browser, visit
from tests.desk.opened import OpenDesk

W = "/w/classification-sample.xlsx"
PAGES = {
    "home": "/",
    "workbook": f"{W}/workbook",
    "check": f"{W}/check",
    "run": f"{W}/run",
    "decide": f"{W}/decide",
    "answers": f"{W}/answers?show=wrong",
    "answer": f"{W}/answers/3",
    "review": f"{W}/review",
    "confirm": f"{W}/confirm",
    "keep": f"{W}/keep",
    "verify": "/verify",
}
SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")


def draw(target: Path) -> None:
    """Run the sample and draw every page at both widths, light and dark."""
    target.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as name, OpenDesk(Path(name)) as desk, browser() as on:
        desk.post("/sample", {"task": "classification"})
        desk.runs_to_the_end("classification-sample.xlsx")
        for width in (1280, 390):
            for scheme in SCHEMES:
                with visit(on, width=width, scheme=scheme) as page:
                    page.goto(desk.door)
                    page.wait_for_url(f"http://{desk.host}/")
                    for title, path in PAGES.items():
                        page.goto(f"http://{desk.host}{path}")
                        page.locator("h1:not(:has-text('One moment'))").wait_for()
                        page.screenshot(path=str(target / f"{title}-{width}-{scheme}.png"), full_page=title != "decide")


if __name__ == "__main__":
    draw(Path(sys.argv[1]))
