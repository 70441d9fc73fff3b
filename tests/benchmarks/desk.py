"""The pages of the desk: how long each takes, on the shipped sample and on many examples; and the first of all."""

from __future__ import annotations

import statistics
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from tests.benchmarks.checking import workbook
from tests.desk.opened import OpenDesk

PAGES = (
    "",
    "/check",
    "/run",
    "/decide",
    "/answers?show=wrong",
    "/answers?show=differ",
    "/answers?show=ahead&candidate=majority",
    "/answers?label=refund&segment=mail",
    "/answers?words=refund",
    "/answers/7",
    "/review",
    "/confirm",
    "/keep",
)
REPEATS = 5


def page_times(name: str, make: object, folder: Path) -> Iterator[tuple[str, float]]:
    """Yield each page with its time in seconds, after the run has been read once: the median, of a filter the slowest."""
    with OpenDesk(folder) as desk:
        if callable(make):
            make(desk)
        at = f"/w/{name}"
        desk.runs_to_the_end(name)
        for page in ("/decide", "/answers", "/review"):
            while b"One moment" in desk.ask("GET", f"{at}{page}").body:
                time.sleep(1)
        for page in PAGES:
            spans = []
            for _ in range(REPEATS):
                start = time.perf_counter()
                desk.ask("GET", f"{at}{page}" if page else "/")
                spans.append(time.perf_counter() - start)
            yield page or "home", max(spans) if "?" in page else statistics.median(spans)


def on_the_sample() -> Iterator[tuple[str, float]]:
    """Yield the pages of the classification sample."""
    with tempfile.TemporaryDirectory() as name:
        yield from page_times(
            "classification-sample.xlsx", lambda desk: desk.post("/sample", {"task": "classification"}), Path(name)
        )


def on_many(examples: int) -> Iterator[tuple[str, float]]:
    """Yield the pages of an evaluation of so many examples."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        workbook(folder / "many.xlsx", examples)
        yield from page_times("many.xlsx", None, folder)


def first_paint() -> float:
    """Return the seconds from the command to the first page in an open browser, the median of five."""
    from tests.desk.browser import browser, visit  # noqa: PLC0415 - where Chromium is

    spans = []
    with browser() as on, tempfile.TemporaryDirectory() as name:
        for number in range(REPEATS):
            folder = Path(name) / str(number)
            folder.mkdir()
            with visit(on) as page:
                start = time.perf_counter()
                with OpenDesk(folder) as desk:
                    page.goto(desk.door)
                    page.get_by_role("heading", level=1).wait_for()
                    spans.append(time.perf_counter() - start)
    return statistics.median(spans)
