"""Every page, narrow and wide, light and dark: axe finds nothing serious, nothing sticks out, the keyboard suffices."""

from __future__ import annotations

import inspect
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from reportgen.desk.routes import ROUTES, found
from tests.desk.browser import browser, needs_chromium, visit
from tests.desk.opened import OpenDesk
from tests.loops import some
from tests.small_workbooks import tickets

if TYPE_CHECKING:
    from playwright.sync_api import Page

W = "/w/tickets.xlsx"
PAGES = (
    "/",
    f"{W}/workbook",
    f"{W}/check",
    f"{W}/run",
    f"{W}/decide",
    f"{W}/answers",
    f"{W}/answers/3",
    f"{W}/review",
    f"{W}/confirm",
    f"{W}/keep",
    "/verify",
    "/w/none.xlsx/check",
    "/r/tickets-run/recommendation-report.pdf/view",
)
LOOKS: tuple[tuple[int, Literal["light", "dark"]], ...] = ((390, "light"), (1280, "dark"))


def test_the_first_page_waits_for_nothing_heavy() -> None:
    code = (
        "import sys; import reportgen.desk.server, reportgen.desk.pages.home;"
        "heavy = {'numpy', 'scipy', 'lxml', 'openpyxl', 'litellm', 'weasyprint', 'xlsxwriter'};"
        "sys.exit(str(heavy & set(sys.modules)) if heavy & set(sys.modules) else 0)"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert found.returncode == 0, found.stderr


def test_every_address_has_somebody_who_answers() -> None:
    named = some(route.handler for route in ROUTES if isinstance(route.handler, str))
    assert all(inspect.iscoroutinefunction(found(handler)) for handler in named)


def serious(page: Page) -> list[str]:
    from axe_playwright_python.sync_playwright import Axe  # noqa: PLC0415 - only where Chromium is

    found = Axe().run(page).response["violations"]
    return [
        f"{v['id']}: {v['nodes'][0]['html'][:160]} {v['nodes'][0].get('failureSummary', '')[:300]}"
        for v in found
        if v["impact"] in {"serious", "critical"}
    ]


@needs_chromium
def test_every_page_is_for_everybody(tmp_path: Path) -> None:
    tickets(tmp_path / "tickets.xlsx")
    faults: list[str] = []
    with OpenDesk(tmp_path) as desk, browser() as on:
        desk.runs_to_the_end("tickets.xlsx")
        for width, scheme in LOOKS:
            with visit(on, width=width, scheme=scheme, expected=("404",)) as page:
                page.goto(desk.door)
                page.wait_for_url(f"http://{desk.host}/")
                for path in PAGES:
                    page.goto(f"http://{desk.host}{path}")
                    page.locator("h1:not(:has-text('One moment'))").wait_for()
                    faults += [f"{path} {width} {scheme}: {fault}" for fault in serious(page)]
                    if page.evaluate("document.scrollingElement.scrollWidth > innerWidth"):
                        faults.append(f"{path} {width}: sticks out")
        with visit(on) as page:
            page.goto(desk.door)
            page.wait_for_url(f"http://{desk.host}/")
            page.keyboard.press("Tab")
            assert page.evaluate("document.activeElement.className") == "skip"
            page.keyboard.press("Enter")
            assert page.evaluate("document.activeElement.id") == "main"
    assert not faults, "\n".join(faults)
