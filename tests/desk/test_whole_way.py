"""The whole way without a terminal, as a person goes it in a browser; no command is typed."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

import openpyxl

from reportgen.cli import main
from tests.desk.browser import browser, needs_chromium, visit
from tests.desk.opened import OpenDesk
from tests.fakes.model_server import ModelServer, Reply
from tests.gold.make_documents import shown
from tests.small_workbooks import tickets
from tests.verification import runs

if TYPE_CHECKING:
    from playwright.sync_api import Page

KEY = "sk-desk-3f81c2a97d5e46b0"
CLOCK = re.compile(r"\d\d:\d\d(:\d\d)?")
VARIABLE = "DESK_TRIAL_KEY"

NOTICES = """window.heard = []; window.Notification = class {
  static permission = "default";
  static async requestPermission() { window.Notification.permission = "granted"; return "granted"; }
  constructor(title, options) { window.heard.push(options.body); }
};"""
"""What the browser shows a person outside the page, caught; headless Chromium shows nothing."""


def answered(_: int, body: dict[str, Any]) -> Reply:
    """Answer rightly, but for the one model that knows a single label."""
    asked = str(body["messages"][-1]["content"]).casefold()
    right = "delivery" if "parcel" in asked.rpartition("order")[2] or "deliver" in asked.splitlines()[-1] else "refund"
    return Reply(text="refund" if "blunt" in str(body["model"]) else right, latency_s=0.4)


def workbook(path: Path, url: str) -> Path:
    """Write 60 labelled rows and three models behind one endpoint."""
    models = [
        {
            "Candidate": name,
            "Kind": "API model",
            "Model": f"openai/{name.casefold()}",
            "Endpoint": url,
            "Key variable": VARIABLE,
            "Input price": price,
            "Output price": price,
            "Most output tokens": 20,
        }
        for name, price in (("Sharp", 1), ("Blunt", 0.5), ("Dear", 9))
    ]
    split = [{"Split": "holdout" if number % 5 == 4 else "eval"} for number in range(60)]
    levels = [
        {"Measure": "accuracy", "Comparison": "at least", "Target": 0.6, "Agreed by": "Ada"},
        {"Measure": "cost per task", "Comparison": "at most", "Target": 4, "Agreed by": "Ada"},
    ]
    return tickets(path, candidates=models, columns=split, Service_levels=levels)


def spoil(good: Path, path: Path) -> None:
    """Write the same with three faults, two of which stop a run, as a person makes them."""
    book = openpyxl.load_workbook(good)
    heads = {str(cell.value): cell.column for cell in book["Examples"][1]}
    book["Examples"].cell(5, heads["Expected"]).value = None
    book["Examples"].cell(9, heads["Example ID"]).value = "M000"
    levels = {str(cell.value): cell.column for cell in book["Service levels"][1]}
    book["Service levels"].cell(2, levels["Target"]).value = 60
    book.save(path)
    book.close()


def wait_for(page: Page, words: str) -> None:
    page.get_by_text(words).first.wait_for()


def mends_and_starts(page: Page, desk: OpenDesk, tmp_path: Path) -> None:
    page.goto((desk.folder / ".reportgen-desk" / "open.html").as_uri())
    page.wait_for_url(f"http://{desk.host}/")
    page.locator("[data-drop] input[type=file]").set_input_files(tmp_path / "tickets.xlsx")
    wait_for(page, "2 problems to mend")
    assert page.locator("td.faulty").count() >= 3
    shutil.copyfile(tmp_path / "good.xlsx", desk.folder / "tickets.xlsx")  # Excel saves; the page comes by itself
    wait_for(page, "In order: it can be run.")
    gives_the_key(page)
    page.get_by_role("link", name="Go on to Run").click()
    page.get_by_role("button", name="Start").click()
    page.locator("progress").first.wait_for()
    page.reload()
    page.locator("progress").first.wait_for()


def gives_the_key(page: Page) -> None:
    page.get_by_label("Key", exact=True).fill(KEY)
    page.get_by_role("button", name="Keep it in memory").click()
    wait_for(page, "present")
    assert KEY not in page.content()


def decides_and_reviews(page: Page, desk: OpenDesk) -> None:
    page.add_init_script(NOTICES)
    page.goto(desk.door)
    page.wait_for_url(f"http://{desk.host}/")
    page.get_by_role("link", name="tickets.xlsx").click()
    page.goto(f"http://{desk.host}/w/tickets.xlsx/run")
    page.locator("[data-running] progress").first.wait_for()  # the desk was killed, the run was not
    page.get_by_role("button", name="Tell me when it is done").click()
    page.get_by_role("link", name="Go on to Decide").wait_for(timeout=200_000)
    assert page.evaluate("window.heard") == [page.locator(".verdict").inner_text().replace("\n", " ")]
    assert page.title().startswith("● Done")
    page.get_by_role("link", name="Go on to Decide").click()
    page.locator(".decision .says", has_text="Sharp").wait_for()
    page.get_by_label("Tasks per month").fill("1")
    page.get_by_role("button", name="Reckon").click()
    page.locator("[data-outcome] .verdict").wait_for()
    page.get_by_role("link", name="Look at wrong answers").click()
    wait_for(page, "of 48 examples")
    with page.expect_navigation():
        page.locator(".answers tbody a").first.click()
    page.keyboard.press("j")
    wait_for(page, "2 of ")
    page.goto(f"http://{desk.host}/w/tickets.xlsx/review")
    page.get_by_label("Your name").fill("Ada Byron")
    for number in range(20):
        wait_for(page, f"{number} of ")
        page.wait_for_load_state("load")
        page.locator("h1").click()
        page.keyboard.press("1")
        wait_for(page, f"{number + 1} of ")
    page.keyboard.press("z")
    wait_for(page, "19 of ")
    page.wait_for_load_state("load")
    page.keyboard.press("1")
    wait_for(page, "20 of ")


def confirms_and_keeps(page: Page, desk: OpenDesk) -> None:
    page.goto(f"http://{desk.host}/w/tickets.xlsx/check")
    gives_the_key(page)
    page.goto(f"http://{desk.host}/w/tickets.xlsx/confirm")
    page.get_by_label("Your name; it stands in both PDFs").fill("Ada Byron")
    page.get_by_role("button", name="Open it now, once").click()
    wait_for(page, "What it showed")
    page.get_by_role("heading", name="Open it once more").wait_for()
    page.get_by_label("Your name; it stands in both PDFs").fill("Bob Boole")
    page.get_by_label("Why it must be opened again; every report will show it").fill("the first reader had doubts")
    page.get_by_role("button", name="Open it again").click()
    wait_for(page, "Opening 2")
    page.locator("[data-part=confirm]:not([data-running])", has_text="the first reader had doubts").wait_for()
    page.get_by_role("link", name="Go on to Keep").click()
    page.get_by_label("Name", exact=True).fill("Ada Byron")
    page.get_by_role("button", name="Sign", exact=True).click()
    page.locator(".signed", has_text="Ada Byron").wait_for()
    page.get_by_role("button", name="Write the bundle").click()
    page.get_by_role("button", name="Verify it").click()
    wait_for(page, "VERIFIED")
    assert page.locator(".mark.bad").count() == 0


@needs_chromium
def test_from_a_dropped_workbook_to_a_verified_bundle(tmp_path: Path) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    with ModelServer(answered) as server, browser() as on:
        spoil(workbook(tmp_path / "good.xlsx", server.url), tmp_path / "tickets.xlsx")
        desk = OpenDesk(folder)
        desk.start()
        with visit(on) as page:
            mends_and_starts(page, desk, tmp_path)
        desk.kill()
        desk.start()
        with visit(on) as page:
            decides_and_reviews(page, desk)
            confirms_and_keeps(page, desk)
        desk.close()
    reviews = folder / "tickets-run-reviews.csv"
    assert len(reviews.read_text(encoding="utf-8-sig").splitlines()) == 1 + 20
    assert main(["score", str(folder / "tickets-run"), "--out", str(tmp_path / "again"), "--reviews", str(reviews)]) == 0
    for path in folder.rglob("*"):
        assert path.is_dir() or KEY.encode() not in path.read_bytes(), path


def test_the_desk_and_the_commands_give_the_same(tmp_path: Path) -> None:
    by_desk, by_hand = tmp_path / "desk", tmp_path / "hand"
    for folder in (by_desk, by_hand):
        folder.mkdir()
        runs.write(folder / "tickets.xlsx", wrong_locked=3)
    assert main(["check", str(by_hand / "tickets.xlsx")]) == 0
    shutil.copyfile(by_hand / "tickets.reportgen.json", by_desk / "tickets.reportgen.json")
    assert main(["run", str(by_hand / "tickets.xlsx")]) == 0
    with OpenDesk(by_desk) as desk:
        desk.runs_to_the_end("tickets.xlsx")
    first, second = (json.loads((f / "tickets-run" / "results.json").read_text()) for f in (by_desk, by_hand))
    for found in (first, second):
        for name in ("started", "finished", "evidence_sha256", "run_id"):
            assert found["evaluation"].pop(name)
    assert first == second
    at_the_desk, typed = (documents(f / "tickets-run") for f in (by_desk, by_hand))
    assert at_the_desk == typed
    assert len(typed) > 20


def documents(run: Path) -> dict[str, str]:
    """Return the three documents as text, but for hashes and the time of day."""
    return {name: CLOCK.sub("then", text) for name, text in shown(run).items()}
