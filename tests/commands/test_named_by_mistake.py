"""A workbook where a run is wanted, a run where a workbook is, names with blanks: each is told what to type instead."""

from __future__ import annotations

import shlex
import zipfile
from pathlib import Path

import pytest

from reportgen import cli
from tests.conftest import results_alone
from tests.small_workbooks import baseline, tickets

GOLD = Path(__file__).parents[1] / "gold" / "t-run.bundle.zip"
LABELS = [{"Label": "refund", "Also written as": "money back"}, {"Label": "delivery"}]


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run of `my tickets.xlsx`, and beside it one of the same workbook with a synonym less."""
    book = tmp_path_factory.mktemp("runs") / "my tickets.xlsx"
    with results_alone():
        tickets(book, Labels=LABELS, candidates=[baseline("majority", Role="production"), baseline("nearest example")])
        assert cli.main(["run", str(book)]) == 0
        tickets(
            book,
            Labels=[{"Label": "refund", "Also written as": "cash back"}, LABELS[1]],
            candidates=[baseline("majority", Role="production"), baseline("nearest example")],
        )
        assert cli.main(["run", str(book)]) == 0
    return book.with_name("my tickets-run")


def said(capsys: pytest.CaptureFixture[str], *words: object) -> tuple[int, str]:
    capsys.readouterr()
    code = cli.main([str(word) for word in words])
    told = capsys.readouterr()
    return code, told.out + told.err


@pytest.mark.parametrize(
    "words",
    [("report",), ("accept", "--by", "Ann", "--to", "b.json"), ("bundle",), ("confirm", "--by", "Ann"), ("rerun",)],
)
def test_a_workbook_where_a_run_is_wanted(run: Path, capsys: pytest.CaptureFixture[str], words: tuple[str, ...]) -> None:
    book = run.with_name("my tickets.xlsx")
    code, told = said(capsys, words[0], book, *words[1:])
    assert code == 2
    assert "is a workbook; this command takes the folder of a finished run" in told
    assert shlex.split(told.split("Name its folder: ")[1])[0].startswith(str(run)), "the name can be typed as it stands"


@pytest.mark.parametrize("command", ["check", "run"])
def test_a_run_or_what_it_wrote_where_a_workbook_is_wanted(
    run: Path, capsys: pytest.CaptureFixture[str], command: str
) -> None:
    for named, what in ((run, "the folder of a run"), (run / "results.json", "what a run wrote")):
        code, told = said(capsys, command, named)
        assert code == 2
        assert f"is {what}; this command takes the workbook that you filled in" in told
        assert f'"{run / "evidence" / "workbook.xlsx"}"' in told


@pytest.mark.parametrize("command", ["verify", "report", "bundle", "check", "run"])
def test_a_comparison_away_from_its_run_is_recognised(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, command: str
) -> None:
    moved = tmp_path / "what Ann sent.xlsx"
    with zipfile.ZipFile(GOLD) as bundle:
        moved.write_bytes(bundle.read(next(n for n in bundle.namelist() if n.endswith("/comparison.xlsx"))))
    code, told = said(capsys, command, moved)
    assert code == 2
    assert "is the comparison.xlsx of run 20" in told
    assert "away from its folder; this command takes " in told
    assert "Run it first" not in told


def test_a_near_name_with_a_blank_is_quoted(run: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _, told = said(capsys, "check", run.with_name("my tickeds.xlsx"))
    assert f'Did you mean "{run.with_name("my tickets.xlsx")}"?' in told


def test_accept_says_whom_it_makes_the_baseline_and_offers_the_winner(
    run: Path, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    code, told = said(capsys, "accept", run, "--by", "Ann", "--to", tmp_path / "base line.json")
    assert code == 0
    assert "Later runs are held against majority (in production" in told
    assert f'--baseline "{tmp_path / "base line.json"}"' in told
    code, told = said(capsys, "accept", run, "--by", "Ann", "--to", tmp_path / "b.json", "--candidate", "nearest example")
    assert code == 0
    assert "Later runs are held against nearest example" in told
    code, told = said(capsys, "accept", run, "--by", "Ann", "--to", tmp_path / "c.json", "--candidate", "nobody")
    assert code == 2
    assert "It has majority and nearest example." in told


def test_compare_names_the_sheet_and_the_cell_that_changed(run: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, told = said(capsys, "compare", run, run.with_name("my tickets-run-2"))
    assert code == 0
    assert "Nothing else changed" not in told
    assert "Labels!C2 (refund, Also written as): money back → cash back" in told
