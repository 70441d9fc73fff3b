"""The whole way without a terminal, as a person goes it in a browser."""

from __future__ import annotations

from pathlib import Path

from tests.desk.browser import browser, needs_chromium, visit
from tests.desk.opened import OpenDesk


@needs_chromium
def test_from_the_sample_to_the_decision(tmp_path: Path) -> None:
    with OpenDesk(tmp_path) as desk, browser() as on, visit(on) as page:
        page.goto((tmp_path / ".reportgen-desk" / "open.html").as_uri())
        page.wait_for_url(f"http://{desk.host}/")
        page.get_by_text("Try a sample").click()
        page.get_by_role("button", name="Try the sample").click()
        page.get_by_role("heading", name="Check", exact=True).wait_for()
        page.get_by_role("link", name="Go on to Run").click()
        page.get_by_role("button", name="Start").click()
        page.get_by_text("Asking the candidates").wait_for()
        page.reload()
        page.get_by_role("link", name="Go on to Decide").click()
        page.get_by_text("Choose Complement Bayes at €0.247 a task").first.wait_for()
        page.get_by_role("link", name="Look at it").first.click()
        assert page.locator("figure.page img").count() > 3
