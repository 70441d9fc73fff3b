"""The monthly loop from command line to sealed run, against a server whose models change when the test says so."""

from __future__ import annotations

import json
import shutil
import sqlite3
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from reportgen import cli, evaluation
from reportgen.concluding import conclude
from reportgen.domain.compare import compare as domain_compare
from reportgen.monitor import compare as monitor_compare
from reportgen.reports import interface
from tests.fakes.model_server import ModelServer
from tests.monitor.loop import PRODUCTION, ROWS, World

FEW = 200
"""Resamples: nothing here rests on a bootstrap, since accuracy on plain rows has exact methods."""


def quick(patch: pytest.MonkeyPatch) -> None:
    """Let runs draw no documents and few resamples."""
    patch.setattr(interface, "REPORTS", {"results.json": interface.REPORTS["results.json"]})
    patch.setattr(conclude, "compare", partial(domain_compare, resamples=FEW))
    patch.setattr(monitor_compare, "RESAMPLES", FEW)
    patch.setenv("LOOP_KEY", "k")


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """The first run, made once; its server answers for every test."""
    with ModelServer() as server, pytest.MonkeyPatch.context() as patch:
        quick(patch)
        made = World(tmp_path_factory.mktemp("first"), server)
        server.script = made.answer
        patch.setattr(evaluation, "utc_now", made.now)
        made.run()
        yield made


@pytest.fixture
def world(first: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> World:
    """A copy of the first run; the clock stands still until the test moves it."""
    quick(monkeypatch)
    shutil.copytree(first.folder, tmp_path / "world")
    copy = World(tmp_path / "world", first.server)
    first.server.script = copy.answer
    monkeypatch.setattr(evaluation, "utc_now", copy.now)
    return copy


def found(capsys: pytest.CaptureFixture[str], world: World, *more: str) -> tuple[int, dict[str, Any]]:
    capsys.readouterr()
    code = world.rerun("--json", *more)
    record: dict[str, Any] = json.loads(capsys.readouterr().out)
    assert record["exit_code"] == code
    return code, record


@pytest.mark.parametrize(
    ("months", "drop", "dearer"), [(4, 3, 4), pytest.param(11, 7, 9, marks=pytest.mark.deep)], ids=["short", "a year"]
)
def test_a_drop_and_a_new_price_are_found_in_their_month(
    world: World, capsys: pytest.CaptureFixture[str], months: int, drop: int, dearer: int
) -> None:
    codes, prices = {}, {}
    for month in range(1, months + 1):
        world.date = f"2026-{month + 1:02}-05"
        if month == drop:
            world.wrong["prod"] = range(32)
        if month == dearer:
            world.prices["prod"] = 4.5
        asked = len(world.server.books)
        codes[month], record = found(capsys, world, "--challengers", "0")
        prices[month] = [n["about"] for n in record["price_changes"]]
        assert len(world.server.books) - asked == ROWS + 2  # every row was asked anew
        assert (record["action"] == "ACT") is (month >= drop)
    assert [month for month, code in codes.items() if code == 10] == list(range(drop, months + 1))
    assert [month for month, about in prices.items() if about] == [dearer]
    first, last = record["points"][0], record["points"][-1]
    signals = [p["signal"] for p in record["points"][1 : drop + 1]]
    assert signals == ["within the limits"] * (drop - 1) + ["outside three sigma"]
    assert first["cost_then"] == pytest.approx((200 * 3.0 + 5 * 10.0) / 1e6)
    assert (first["cost_today"], last["cost_then"]) == pytest.approx(((200 * 4.5 + 5 * 10.0) / 1e6,) * 2)
    assert record["trend"]["slope"] < 0
    assert record["valid_until"] == "2026-04-05"
    assert any("valid until" in n["sentence"] for n in record["expired"])  # ninety days after January


def test_challengers_are_the_highest_of_the_screening_list_that_can_be_asked_and_priced(
    world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    world.named |= {"new": "newcomer", "dear": "no price", "fourth": "fourth"}
    world.wrong |= {"new": [], "dear": [], "fourth": []}
    world.prices |= {"new": 1.0, "fourth": 1.0}
    ratings = {"absent/model": 1500, "openai/dear": 1490, "openai/new": 1480, "openai/prod": 1470, "openai/low": 1460}
    ratings |= {"openai/mid": 1450, "openai/fourth": 1440}
    world.screening = [{"Model": m, "Board": "arena", "Rating": r, "As of": "2026-01-30"} for m, r in ratings.items()]
    world.date = "2026-02-05"
    code, record = found(capsys, world)
    assert code == 0
    assert [c["about"] for c in record["challengers"]] == ["newcomer", "cheap", "middle"]
    reasons = {c["about"]: c["sentence"] for c in record["passed_over"]}
    assert "not on the sheet Candidates" in reasons["absent/model"]
    assert "no price is known" in reasons["openai/dear"]
    results = json.loads((world.folder / "tickets-rerun-202602" / "results.json").read_text(encoding="utf-8"))
    assert {c["name"] for c in results["candidates"]} == {PRODUCTION, "newcomer", "cheap", "middle"}
    assert {d["candidate"] for d in record["drift"]} == {PRODUCTION, "cheap", "middle"}


def test_without_a_list_the_best_of_the_last_run_are_asked(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    world.date = "2026-02-05"
    _, record = found(capsys, world, "--challengers", "1")
    assert [c["about"] for c in record["challengers"]] == ["cheap"]  # its winner


def test_traffic_drift_is_told_apart_from_model_drift(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    world.date, world.rows = "2026-02-05", ROWS + 30
    world.wrong["prod"] = [*range(8), *range(ROWS, ROWS + 15)]
    code, record = found(capsys, world, "--challengers", "0")
    assert (record["panel"], record["fresh"]) == (ROWS, 30)
    assert record["traffic"]["fresh_right"] == 15
    assert "Traffic has drifted while the model has not" in record["traffic"]["sentence"]
    assert record["traffic"]["mix_distance"] == 1.0
    assert (code, record["action"]) == (0, "WATCH")
    assert record["drift"][0]["difference"] == 0.0
    assert record["points"][-1]["n"] == ROWS


def test_a_few_fresh_rows_are_no_ground_for_a_finding(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    world.date, world.rows, world.edited = "2026-02-05", ROWS + 5, [3]
    _, record = found(capsys, world, "--challengers", "0")
    assert "too few" in record["traffic"]["sentence"]
    assert record["left_panel"] == ["E3"]
    assert record["points"][0]["n"] == record["points"][-1]["n"] == ROWS - 1
    assert record["trend_note"].startswith("too few points for a trend")


def test_a_changed_model_behind_the_same_name_shows_in_the_canary_prompts(
    world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    world.date = "2026-02-05"
    _, record = found(capsys, world, "--challengers", "0")
    assert record["canaries"] == [{"candidate": PRODUCTION, "now": 0, "prompts": 40, "natural": None, "p": None}]
    world.date, world.wrong["prod"] = "2026-03-05", range(50, 58)  # as many errors, on other rows
    code, record = found(capsys, world, "--challengers", "0")
    canary = record["canaries"][0]
    assert canary["natural"] == 0
    assert canary["now"] >= 5
    assert canary["p"] == pytest.approx(0.5 ** canary["now"])
    assert any("canary prompts" in reason for reason in record["reasons"])
    assert record["drift"][0]["difference"] == 0.0
    assert code == 0


def test_another_snapshot_under_the_same_name_is_noticed(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    world.date = "2026-02-05"
    _, record = found(capsys, world, "--challengers", "0")
    assert record["snapshots"] == []
    world.date, world.snapshot = "2026-03-05", "2026-03-01"
    code, record = found(capsys, world, "--challengers", "0")
    (noticed,) = record["snapshots"]
    assert noticed["about"] == PRODUCTION
    assert "prod-2026-01-01 in the run before and" in noticed["sentence"]
    assert "prod-2026-03-01 now" in noticed["sentence"]
    assert any("prod-2026-03-01" in reason for reason in record["reasons"])
    assert code == 0


def test_the_run_is_ordinary_evidence_and_the_history_is_rebuilt_from_it(
    world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    for date in ("2026-02-05", "2026-03-05"):
        world.date = date
        assert world.rerun("--challengers", "1") == 0
    run = world.folder / "tickets-rerun-202603"
    assert (run / "evidence" / "seal.json").exists()
    path = world.folder / "tickets-run.history.sqlite"
    before = dump(path)
    path.unlink()
    world.date = "2026-03-06"
    assert cli.main(["rerun", str(run), "--challengers", "1"]) == 0  # a rerun leads back to its first run
    assert (world.folder / "tickets-rerun-202603-2" / "results.json").exists()
    after = dump(path)
    assert set(before) < set(after)
    assert len(after) - len(before) == 1 + 2 + 2 * ROWS
    out = capsys.readouterr().out
    assert "Control chart of the frozen panel" in out
    assert "case" not in "".join(map(str, after))  # no input, no answer


def dump(path: Path) -> list[tuple[Any, ...]]:
    with sqlite3.connect(path) as base:
        rows = [r for table in ("run", "candidate", "answer") for r in base.execute(f"SELECT * FROM {table}")]  # noqa: S608
    base.close()
    return rows


def test_what_cannot_be_asked_again_is_said_with_its_remedy(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    world.named["prod"] = "renamed"
    assert world.rerun() == 2
    assert "is not on the sheet Candidates any more" in capsys.readouterr().err
    world.book.unlink()
    assert cli.main(["rerun", str(world.first)]) == 2
    assert "Name it with --workbook" in capsys.readouterr().err
    assert cli.main(["rerun", str(world.first), "--challengers", "-1"]) == 2


def test_a_history_that_is_none_is_not_written_over(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    path = world.folder / "tickets-run.history.sqlite"
    path.write_bytes(b"somebody's letter, which is no database at all" * 40)
    assert world.rerun() == 2
    assert "rebuild it" in capsys.readouterr().err
    assert path.read_bytes().startswith(b"somebody's letter")
