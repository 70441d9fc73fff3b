"""`reportgen screen` from the command line to the report."""

from __future__ import annotations

import json
from pathlib import Path

import openpyxl
import pytest

from reportgen import cli, evaluation
from reportgen.domain.records.comparison import Comparison
from reportgen.reports.material import Material
from reportgen.reports.view.build import build
from reportgen.reports.xlsx.workbook import write
from reportgen.workbook.reading.parser import read_plan
from tests.gate.books import PRODUCTION
from tests.gate.books import write as write_book

BOARD = "model,rating,rating_q025,rating_q975\nbig,1500,1490,1510\nmodel of in use,1400,1390,1410\nsmall,1395,1380,1405\n"


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_book(tmp_path_factory.mktemp("screen") / "mail.xlsx", rows=30, evaluation={"Screen keeps": 1})


def board(folder: Path, text: str = BOARD) -> Path:
    path = folder / "board.csv"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_board_is_screened_and_the_candidates_are_found_on_it(
    tmp_path: Path, book: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["screen", str(book), "--board", str(board(tmp_path)), "--as-of", "2026-04-03", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    (only,) = found["boards"]
    assert (only["board"], only["cut"]) == ("board", 1500)
    assert [(m["row"]["model"], m["stays"]) for m in only["models"]] == [
        ("big", True), ("model of in use", False), ("small", False)
    ]  # fmt: skip
    assert {m["row"]["as_of"] for m in only["models"]} == {"2026-04-03"}
    assert found["candidates"] == [{"name": PRODUCTION, "model": f"model of {PRODUCTION}", "listed": True, "stays": False}]
    assert "weigh nothing" in found["weight"]


def test_the_words_name_what_was_screened_out_with_reason_and_day(
    tmp_path: Path, book: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["screen", str(book), "--board", str(board(tmp_path)), "--as-of", "2026-04-03"]) == 0
    told = capsys.readouterr().out
    assert "small: its High of 1405.0 lies below the cut of 1500.0, the rating of place 1; as of 2026-04-03" in told
    assert f"but screened out: {PRODUCTION}." in told


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "the file is empty"),
        ("name,rating\nbig,1\n", 'the column "Model" is missing'),
        ("model,rating\nbig,high\n", "Rating"),
        ("model,rating\nbig,1\nBig,2\n", "stands on this board already"),
        ("model,rating,low,high\nbig,1,2,3\n", "does not lie between Low and High"),
    ],
)
def test_a_faulty_board_is_named_by_its_cells(
    tmp_path: Path, book: Path, capsys: pytest.CaptureFixture[str], text: str, said: str
) -> None:
    assert cli.main(["screen", str(book), "--board", str(board(tmp_path, text))]) == 2
    assert said in capsys.readouterr().err


def test_options_that_do_nothing_are_refused(tmp_path: Path, book: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["screen", str(book)]) == 2
    assert "no ratings on a sheet Screening" in capsys.readouterr().err
    assert cli.main(["screen", str(book), "--board", str(board(tmp_path)), "--as-of", "April"]) == 2
    assert cli.main(["screen", str(book), "--board", str(board(tmp_path)), "--to", str(book)]) == 2


@pytest.fixture(scope="module")
def screened(book: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("screened")
    copy = folder / "copy.xlsx"
    assert cli.main(["screen", str(book), "--board", str(board(folder)), "--as-of", "2026-04-03", "--to", str(copy)]) == 0
    return copy


@pytest.fixture(scope="module")
def compared(screened: Path) -> Comparison:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(evaluation, "write_all", lambda *_: None)
        return evaluation.evaluate(screened, environment={})[0]


def test_the_copy_holds_the_ratings_and_screens_alike(screened: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rows = read_plan(screened).screening
    assert [(r.model, r.rating, r.high) for r in rows][2] == ("small", 1395, 1405)
    capsys.readouterr()
    assert cli.main(["screen", str(screened), "--json"]) == 0
    assert [m["stays"] for m in json.loads(capsys.readouterr().out)["boards"][0]["models"]] == [True, False, False]


def test_the_reports_list_what_was_screened_out_and_say_that_ratings_weigh_nothing(
    compared: Comparison, tmp_path: Path
) -> None:
    (told,) = [s for s in build(compared).methods if s.title == "The screen before the evaluation"]
    assert "Screened out that day" in told.paragraphs[0]
    assert "small" in told.paragraphs[0]
    assert "weigh nothing" in told.paragraphs[1]
    assert any(f.code == "screened-out" and PRODUCTION in f.what for f in compared.findings)
    write(Material(compared), tmp_path / "comparison.xlsx")
    sheet = openpyxl.load_workbook(tmp_path / "comparison.xlsx")["Run record"]
    cells = [[c.value for c in row] for row in sheet.iter_rows()]
    (small,) = [row for row in cells if row[0] == "small"]
    assert small[2:8] == ["screened out", "board", "3\u00a0April 2026", 1395, 1380, 1405]


def test_no_figure_and_no_verdict_depends_on_a_rating(compared: Comparison, book: Path, tmp_path: Path) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(evaluation, "write_all", lambda *_: None)
        plain, _ = evaluation.evaluate(book, out=tmp_path / "plain", environment={})
    assert plain.decision == compared.decision
    assert plain.candidates[0].measurements == compared.candidates[0].measurements
