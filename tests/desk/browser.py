"""Debian's Chromium, driven as a person would; every page error and console message fails the test that saw it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

CHROMIUM = Path("/usr/bin/chromium")
ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
needs_chromium = pytest.mark.skipif(not CHROMIUM.exists(), reason="Chromium is not installed, so nobody looks at the pages")


@contextmanager
def browser() -> Iterator[Browser]:
    """Start Chromium."""
    from playwright.sync_api import sync_playwright  # noqa: PLC0415 - only where it is there

    with sync_playwright() as play:
        started = play.chromium.launch(executable_path=str(CHROMIUM), args=list(ARGUMENTS))
        yield started
        started.close()


@contextmanager
def visit(
    on: Browser, *, width: int = 1280, scheme: Literal["light", "dark"] = "light", expected: tuple[str, ...] = ()
) -> Iterator[Page]:
    """Open a page in a window of its own. `expected` are pieces of console messages that the test provokes."""
    context = on.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme, accept_downloads=True)
    page = context.new_page()
    heard: list[str] = []
    page.on("pageerror", lambda error: heard.append(f"page error: {error}"))
    page.on("console", lambda message: heard.append(f"{message.type}: {message.text} {message.location['url']}"))
    page.set_default_timeout(40_000)
    yield page
    context.close()
    if unexpected := [h for h in heard if not any(e in h for e in expected)]:
        pytest.fail(f"the page complained: {unexpected}")
