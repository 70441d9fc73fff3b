"""One finished run, used as people use it: the matrix, two side by side, every answer, by keyboard alone, and Keep."""

from __future__ import annotations

import io
import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

import openpyxl
import pytest

from tests.desk.browser import browser, needs_chromium, visit
from tests.desk.opened import OpenDesk
from tests.documents import pdf_files
from tests.small_workbooks import baseline, tickets
from tests.verification.authority import SIGNING, issue, sign

if TYPE_CHECKING:
    from playwright.sync_api import Page, Route

W = "/w/tickets.xlsx"
HOSTILE = '<script>window.hurt = 1</script><img src=x onerror="window.hurt = 1">'
"""Stands in an input, a label's note, a name and a title: text, wherever it comes out."""


@pytest.fixture(scope="module")
def used(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OpenDesk]:
    """A desk with one finished run of three candidates."""
    folder: Path = tmp_path_factory.mktemp("using") / "folder"
    folder.mkdir()
    (folder / "letter.pdf").write_bytes(pdf_files.drawn(lambda c: c.drawString(72, 780, "Please refund order 1000")))
    columns: list[dict[str, object]] = [{"Split": ("eval", "train")[number % 5 in {1, 2}]} for number in range(60)]
    columns[0] |= {"Input": None, "Input file": "letter.pdf", "Notes": HOSTILE}
    candidates = [
        baseline("majority"),
        baseline("nearest example", Role="production"),
        baseline(f"Rules {HOSTILE}") | {"Model": "tf-idf logistic regression"},
    ]
    tickets(folder / "tickets.xlsx", candidates=candidates, columns=columns)
    with OpenDesk(folder) as desk:
        desk.runs_to_the_end("tickets.xlsx")
        yield desk


@pytest.fixture(scope="module")
def page(used: OpenDesk) -> Iterator[Page]:
    """One window that was let in."""
    with browser() as on, visit(on) as opened:
        opened.goto(used.door)
        opened.wait_for_url(f"http://{used.host}/")
        yield opened


def go(page: Page, desk: OpenDesk, path: str) -> None:
    page.goto(f"http://{desk.host}{path}")
    page.locator("h1:not(:has-text('One moment'))").wait_for()


def first_column(page: Page) -> list[str]:
    cells = page.locator("[data-matrix] tbody tr:visible th").all()
    return [cell.get_attribute("data-value") or "" for cell in cells]


@needs_chromium
def test_the_matrix_sorts_and_leaves_out(page: Page, used: OpenDesk) -> None:
    go(page, used, f"{W}/decide")
    as_it_stands = first_column(page)
    assert len(as_it_stands) == 4
    page.get_by_role("button", name="Candidate", exact=True).click()
    assert first_column(page) == sorted(as_it_stands, key=str.lower)
    page.get_by_role("button", name="Candidate", exact=True).click()
    assert first_column(page) == sorted(as_it_stands, key=str.lower, reverse=True)
    page.get_by_role("button", name="Review rate").click()
    assert first_column(page)[-1] == "Manual work"  # what has no figure stands last
    page.get_by_role("button", name="Review rate").click()
    assert first_column(page)[-1] == "Manual work"
    page.locator("[data-matrix-tools]").get_by_label("majority").uncheck()
    assert "majority" not in first_column(page)
    page.locator("[data-matrix-tools]").get_by_label("majority").check()
    assert sorted(first_column(page)) == sorted(as_it_stands)


@needs_chromium
def test_two_candidates_side_by_side_lead_to_the_answers_that_one_alone_has_right(page: Page, used: OpenDesk) -> None:
    go(page, used, f"{W}/decide")
    page.get_by_label("Compare").select_option("nearest example")
    page.get_by_label("with", exact=True).select_option("majority")
    page.get_by_role("button", name="Side by side").click()
    page.get_by_text("nearest example beside majority").first.wait_for()
    alone = page.get_by_role("link", name="with nearest example alone")
    count = alone.locator("strong").inner_text()
    alone.click()
    page.get_by_role("heading", name="Answers").wait_for()
    assert page.locator("p[role=status] strong").inner_text() == count
    assert page.locator("tbody tr td:nth-of-type(3) .mark.bad").count() == page.locator("tbody tr").count()
    assert page.locator("tbody tr td:nth-of-type(4) .mark.good").count() == page.locator("tbody tr").count()


@needs_chromium
def test_a_figure_leads_to_its_answers_and_the_keyboard_through_them(page: Page, used: OpenDesk) -> None:
    go(page, used, f"{W}/decide")
    by_label = page.get_by_role("table", name="By label, every candidate")
    never_right = by_label.get_by_role("link", name="0 %", exact=True).first
    label = never_right.locator("xpath=ancestor::tr/th").inner_text().splitlines()[0].strip()
    never_right.click()
    page.get_by_role("heading", name="Answers").wait_for()
    assert {cell.inner_text() for cell in page.locator("td.right").all()} == {label}
    rows = page.locator("tbody tr").count()
    page.locator("tbody a").first.click()
    page.get_by_text(f"1 of {rows}").wait_for()
    seen = [page.locator("h1").inner_text()]
    page.keyboard.press("j")
    page.get_by_text(f"2 of {rows}").wait_for()
    one_row = page.url
    seen.append(page.locator("h1").inner_text())
    page.keyboard.press("k")
    page.get_by_text(f"1 of {rows}").wait_for()
    assert page.locator("h1").inner_text() == seen[0]
    page.goto(one_row)
    assert page.locator("h1").inner_text() == seen[1]
    assert page.locator(".answer mark").count() >= 1  # what differs from the right answer
    page.keyboard.press("u")
    page.get_by_role("heading", name="Answers").wait_for()
    assert page.locator("tbody tr").count() == rows


@needs_chromium
def test_filters_words_and_the_view_as_a_workbook(page: Page, used: OpenDesk) -> None:
    go(page, used, f"{W}/answers")
    everything = page.locator("tbody tr").count()
    page.get_by_label("Words in input or answers").fill("PARCEL")
    page.get_by_role("button", name="Show").click()
    page.get_by_role("link", name="show all").wait_for()
    found = page.locator("tbody tr").count()
    assert 0 < found < everything
    with page.expect_download() as taken:
        page.get_by_role("link", name="this view as .xlsx").click()
    sheet = openpyxl.load_workbook(io.BytesIO(Path(taken.value.path()).read_bytes())).active
    assert sheet is not None
    rows = list(sheet.iter_rows(values_only=True))
    assert len(rows) == found + 1
    assert all("parcel" in str(row[2]).casefold() for row in rows[1:])
    page.get_by_label("Words in input or answers").fill("no such words")
    page.get_by_role("button", name="Show").click()
    page.get_by_text("No example is like that.").wait_for()


@needs_chromium
def test_text_of_cells_stays_text_on_every_page(page: Page, used: OpenDesk) -> None:
    names = ("check", "run", "decide", "answers", "answers/0", "review", "confirm", "keep")
    for path in ("/", *(f"{W}/{name}" for name in names)):
        go(page, used, path)
        assert page.evaluate("window.hurt") is None, path
        assert page.locator("img[src='x'], main script").count() == 0, path
    go(page, used, f"{W}/answers/0")
    assert page.locator(".answer h2", has_text="<script>").count() == 1


@needs_chromium
def test_a_document_is_shown_page_by_page_beside_its_answers(page: Page, used: OpenDesk) -> None:
    go(page, used, f"{W}/answers/0")
    assert page.locator("h1").inner_text() == "M000"
    picture = page.locator("figure.page img").first
    picture.scroll_into_view_if_needed()
    assert picture.evaluate("image => image.decode().then(() => image.naturalWidth)") > 500
    page.get_by_text("The text that was read in it").click()
    page.get_by_text("Please refund order 1000").wait_for()
    with page.expect_download() as taken:
        page.get_by_role("link", name="letter.pdf").click()
    assert Path(taken.value.path()).read_bytes() == (used.folder / "letter.pdf").read_bytes()


@needs_chromium
def test_by_keyboard_alone_from_home_to_an_answer_and_back(page: Page, used: OpenDesk) -> None:
    go(page, used, "/")
    for words, heading in (
        ("tickets.xlsx", "Small tickets"),
        ("Look at wrong answers", "Answers"),
        ("M0", "M0"),
        ("Check", "Check"),
        ("reportgen", "Choose an AI model"),
    ):
        for _ in range(80):
            page.keyboard.press("Tab")
            if page.evaluate("(document.activeElement.innerText || '').trim()").startswith(words) or (
                words in page.evaluate("document.activeElement.innerText || ''") and words == "Check"
            ):
                break
        page.keyboard.press("Enter")
        page.locator("h1", has_text=heading).wait_for()


@needs_chromium
def test_baseline_second_run_comparison_and_another_opening(page: Page, used: OpenDesk) -> None:
    go(page, used, f"{W}/keep")
    page.get_by_label("Your name").fill("Ada Byron")
    page.get_by_role("button", name="Accept this run as the baseline").click()
    page.get_by_text("accepted by Ada Byron").wait_for()
    assert (used.folder / "tickets.baseline.json").is_file()
    page.get_by_role("button", name="Ask again now").click()
    page.locator("[data-part=keep]:not([data-running]) #rerun li").first.wait_for(timeout=120_000)
    go(page, used, f"{W}/keep")
    page.get_by_label("Compare with").select_option("tickets-run")
    page.get_by_role("button", name="Compare", exact=True).click()
    page.locator("pre.said").wait_for()
    assert "tickets-run" in page.content()
    page.locator("#rerun .chart svg").wait_for()


@needs_chromium
def test_a_broken_workbook_is_mended_and_dropped_again(page: Page, used: OpenDesk, tmp_path: Path) -> None:
    good, broken = tickets(tmp_path / "from the mail.xlsx"), tmp_path / "trial.xlsx"
    book = openpyxl.load_workbook(good)
    heads = {str(cell.value): cell.column for cell in book["Service levels"][1]}
    book["Service levels"].cell(2, heads["Target"]).value = 60
    book.save(broken)
    book.close()
    go(page, used, "/")
    page.locator("#file").set_input_files(broken)
    page.get_by_text("1 problem to mend").wait_for()
    assert page.locator("td.faulty").count() == 1
    go(page, used, "/w/trial.xlsx/workbook")
    page.locator("#newer").set_input_files(good)
    page.get_by_text("In order: it can be run.").wait_for()
    kept = (used.folder / ".reportgen-desk" / "earlier").glob("*trial.xlsx")
    assert [path.read_bytes() for path in kept] == [broken.read_bytes()]


@needs_chromium
def test_a_host_that_nobody_knows_waits_for_a_yes_that_can_be_taken_back(page: Page, used: OpenDesk) -> None:
    model = {"Candidate": "Ours", "Kind": "API model", "Model": "openai/ours", "Endpoint": "https://models.example.org/v1"}
    prices = {"Key variable": "OURS_KEY", "Input price": 1, "Output price": 1}
    tickets(used.folder / "hosts.xlsx", candidates=[model | prices, baseline("majority")])
    go(page, used, "/w/hosts.xlsx/check")
    page.get_by_text("2 problems to mend").wait_for()
    rows = page.locator(".problem", has_text="60 rows would go to models.example.org")
    rows.get_by_role("button", name="Yes, allow this").click()
    page.get_by_text("1 problem to mend").wait_for()
    key = page.locator(".problem", has_text="OURS_KEY would go to models.example.org")
    key.get_by_role("button", name="Yes, allow this").click()
    page.get_by_text("In order: it can be run.").wait_for()
    goes = page.locator("#goes").inner_text()
    assert "Rows may go to models.example.org." in goes
    assert "The key OURS_KEY may go to models.example.org." in goes
    page.get_by_role("button", name="Take it back").first.click()
    page.get_by_text("1 problem to mend").wait_for()


@needs_chromium
def test_a_workbook_that_excel_holds_is_said_and_no_more_once_it_is_closed(page: Page, used: OpenDesk) -> None:
    held, words = used.folder / "~$tickets.xlsx", "open in Excel or LibreOffice"
    for name in ("workbook", "check", "run"):
        go(page, used, f"{W}/{name}")
        assert page.get_by_text(words).count() == 0
        held.write_bytes(b"Ada")
        page.get_by_text(words).first.wait_for()  # by itself, without a reload
        held.unlink()
        page.get_by_text(words).first.wait_for(state="detached")
    go(page, used, "/")
    assert page.get_by_text("~$tickets").count() == 0


@needs_chromium
def test_a_copy_that_was_signed_is_checked_with_its_bundle_key_and_certificates(
    page: Page, used: OpenDesk, tmp_path: Path
) -> None:
    root = issue("The house")
    copy, trust = tmp_path / "signed by Ada.pdf", tmp_path / "house.crt"
    report = (used.folder / "tickets-run" / "recommendation-report.pdf").read_bytes()
    with ThreadPoolExecutor() as beside:  # pyHanko wants a loop of its own, and the browser holds this one
        signed = beside.submit(sign, report, issue("Ada Byron", root, usage=SIGNING), "signature-1")
    copy.write_bytes(signed.result())
    trust.write_bytes(root.pem)
    go(page, used, f"{W}/keep?run=tickets-run")
    page.get_by_role("button", name="Write the bundle").click()
    page.get_by_text("tickets-run.bundle.zip is written").wait_for()
    go(page, used, "/verify")
    page.locator("#file").set_input_files([copy, trust])
    page.get_by_text("none yet; the checks begin when one is dropped").wait_for()
    page.locator("#file").set_input_files([used.folder / "tickets-run.bundle.zip", used.folder / "desk.key.pub"])
    page.get_by_text("VERIFIED").wait_for()
    check = page.locator(".points li", has_text="Signed signed by Ada.pdf")
    assert check.locator(".mark.good").count() == 1
    assert "Ada Byron" in check.inner_text()
    assert "The given certificates vouch for them." in check.inner_text()
    assert page.locator(".mark.bad").count() == 0
    page.get_by_role("button", name="Begin anew with nothing").click()
    page.get_by_text("Nothing was checked yet.").wait_for()
    assert not list((used.folder / ".reportgen-desk" / "verify").iterdir())


@needs_chromium
def test_a_page_whose_desk_was_closed_says_so(page: Page, tmp_path: Path) -> None:
    tickets(tmp_path / "tickets.xlsx", candidates=[baseline("majority")])
    on = page.context.browser
    assert on is not None
    with visit(on, expected=("ERR_CONNECTION_REFUSED", "ERR_INCOMPLETE_CHUNKED")) as opened:
        with OpenDesk(tmp_path) as desk:
            opened.goto(desk.door)
            opened.wait_for_url(f"http://{desk.host}/")
            go(opened, desk, f"{W}/check")
        notice = opened.get_by_role("alert").filter(has_text="The desk does not answer")
        notice.wait_for(timeout=20_000)
        assert "start it again" in notice.inner_text()
        assert notice.count() == 1


@needs_chromium
def test_what_the_desk_said_earlier_never_takes_the_place_of_what_it_said_later(page: Page, used: OpenDesk) -> None:
    go(page, used, f"{W}/check")
    as_it_is = page.content()
    held: list[Route] = []

    def answer(route: Route) -> None:
        if route.request.resource_type != "fetch":
            route.continue_()
        elif not held:
            held.append(route)
        else:
            route.fulfill(body=as_it_is.replace("In order", "Said later"), content_type="text/html")

    page.route("**/check", answer)
    workbook = used.folder / "tickets.xlsx"
    os.utime(workbook)
    for _ in range(200):
        if not held:
            page.wait_for_timeout(100)
    os.utime(workbook)
    page.get_by_text("Said later").wait_for()
    page.wait_for_timeout(2_000)  # until nothing more changes, which would put it right by itself
    held[0].fulfill(body=as_it_is.replace("In order", "Said earlier"), content_type="text/html")
    page.wait_for_timeout(500)
    assert page.get_by_text("Said later").count() == 1
    assert page.get_by_text("Said earlier").count() == 0
    page.unroute("**/check")
