"""The whole way: from a workbook to a sealed run folder, again, changed, interrupted, and over a real socket."""

from __future__ import annotations

import hashlib
import json
import os
from pathlib import Path
from typing import Any

import pytest

import reportgen
from reportgen.domain.records.comparison import Status
from reportgen.evaluation import Permissions, evaluate, report
from reportgen.evidence.journal import read_lines
from reportgen.problems import NeedsMendingError
from tests.fakes.model_server import ModelServer, Reply, in_turn
from tests.small_workbooks import baseline, tickets

DOCUMENTS = ("comparison.xlsx", "recommendation-report.pdf", "readiness-checklist.pdf", "results.json")
KEY = "sk-very-secret-0123456789abcdef"


def hashes(folder: Path) -> dict[str, str]:
    """Return the SHA-256 of every file of a run folder."""
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def results(folder: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((folder / "results.json").read_text(encoding="utf-8"))
    return found


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A finished run of a small workbook."""
    workbook = tickets(tmp_path_factory.mktemp("run") / "tickets.xlsx")
    _, folder = evaluate(workbook)
    return folder.path


def test_a_run_leaves_the_documents_and_the_evidence_of_the_contract(run: Path) -> None:
    assert run.name == "tickets-run"
    assert all((run / name).stat().st_size > 1000 for name in DOCUMENTS)
    evidence = {path.name for path in (run / "evidence").iterdir()}
    assert evidence >= {
        "workbook.xlsx",
        "plan.json",
        "split.json",
        "responses.jsonl",
        "scores.jsonl",
        "prices.json",
        "environment.json",
        "manifest-sha256.txt",
        "seal.json",
    }
    assert (run.parent / "tickets.reportgen.json").exists()


def test_the_manifest_names_every_file_with_its_hash(run: Path) -> None:
    lines = (run / "evidence" / "manifest-sha256.txt").read_text().splitlines()
    manifest = {name: digest for digest, name in (line.split("  ", 1) for line in lines)}
    found = {k: v for k, v in hashes(run).items() if k not in {"evidence/manifest-sha256.txt", "evidence/seal.json"}}
    assert manifest == found


def test_counts_sum_to_what_was_planned_and_nine_points_are_checked(run: Path) -> None:
    found = results(run)
    for candidate in found["candidates"]:
        counts = candidate["counts"]
        assert sum(counts.values()) == 2 * counts["planned"]
    assert [point["number"] for point in found["checklist"]] == list(range(1, 10))
    assert found["decision"]["status"] in {status.value for status in Status}


def test_only_eval_rows_are_asked(run: Path) -> None:
    split = json.loads((run / "evidence" / "split.json").read_text())["assigned"]
    lines, _ = read_lines(run / "evidence" / "responses.jsonl")
    assert {split[line.response.example_id] for line in lines} == {"eval"}


def test_the_documents_come_out_again_byte_for_byte(run: Path) -> None:
    before = hashes(run)
    report(run)
    assert hashes(run) == before
    evaluate(run.parent / "tickets.xlsx")
    assert hashes(run) == before


@pytest.mark.usefixtures("figures_only")
def test_a_changed_workbook_gets_its_own_folder_and_only_what_changed_is_asked(tmp_path: Path) -> None:
    workbook = tickets(tmp_path / "tickets.xlsx")
    _, first = evaluate(workbook)
    kept = {line.response.key for line in read_lines(first.responses)[0]}
    before = hashes(first.path)
    tickets(workbook, candidates=[baseline("majority"), baseline("tf-idf logistic regression", Role="production")])
    _, second = evaluate(workbook)
    assert second.path.name == "tickets-run-2"
    assert hashes(first.path) == before
    again = {line.response.key for line in read_lines(second.responses)[0]}
    assert len(kept & again) == len(kept) / 2


@pytest.mark.usefixtures("figures_only")
def test_an_interrupted_run_is_taken_up_and_ends_as_an_unbroken_one(tmp_path: Path) -> None:
    workbook = tickets(tmp_path / "tickets.xlsx")
    _, folder = evaluate(workbook)
    whole = folder.responses.read_bytes()
    os.truncate(folder.responses, len(whole) // 2 + 10)
    (folder.evidence / "seal.json").unlink()
    comparison, _ = evaluate(workbook)
    lines, _ = read_lines(folder.responses)
    assert len(lines) == whole.count(b"\n")
    assert len({(line.response.candidate, line.response.example_id) for line in lines}) == len(lines)
    assert comparison.run.run_id


def test_report_of_something_else_is_refused(tmp_path: Path) -> None:
    with pytest.raises(NeedsMendingError, match="not the folder of a finished run"):
        report(tmp_path)


def test_a_folder_that_is_no_run_folder_is_not_written_into(tmp_path: Path) -> None:
    workbook = tickets(tmp_path / "tickets.xlsx")
    (tmp_path / "tickets-run").mkdir()
    (tmp_path / "tickets-run" / "holiday.jpg").write_bytes(b"x")
    with pytest.raises(NeedsMendingError, match="not a run folder"):
        evaluate(workbook)


@pytest.mark.usefixtures("figures_only")
def test_the_python_door_gives_the_same_figures_as_a_frame(tmp_path: Path) -> None:
    plan = reportgen.read_workbook(tickets(tmp_path / "tickets.xlsx"))
    frame = reportgen.run(plan).to_frame()
    assert reportgen.run is not None
    assert callable(reportgen.run)
    figures = results(tmp_path / "tickets-run")["candidates"][0]["measurements"]
    row = frame[(frame["candidate"] == "majority") & (frame["measure"] == "accuracy")].iloc[0]
    assert row["value"] == figures["accuracy"]["value"]


def test_a_workbook_changed_after_it_was_read_is_not_run(tmp_path: Path) -> None:
    workbook = tickets(tmp_path / "tickets.xlsx")
    plan = reportgen.read_workbook(workbook)
    tickets(workbook, count=62)
    with pytest.raises(NeedsMendingError, match="changed after it was read"):
        reportgen.run(plan)


@pytest.mark.parametrize("transport", ["lean", "litellm"])
@pytest.mark.filterwarnings("default")  # litellm's own warnings are not ours to mend
def test_a_real_server_is_asked_and_its_key_is_found_nowhere(tmp_path: Path, transport: str) -> None:
    model = {
        "Candidate": "Model A",
        "Kind": "API model",
        "Model": "openai/small-model",
        "Role": "production",
        "Key variable": "OPENAI_API_KEY",
        "Input price": 2,
        "Output price": 10,
    }
    if transport == "litellm":
        model["Settings"] = "transport: litellm"
    busy = Reply(status=429, text="slow down", headers=(("Retry-After", "0"),))
    with ModelServer(in_turn(busy, Reply("refund", latency_s=0.02))) as server:
        workbook = tickets(tmp_path / "tickets.xlsx", candidates=[{**model, "Endpoint": server.url}], count=40)
        comparison, folder = evaluate(workbook, environment={"OPENAI_API_KEY": KEY}, permissions=Permissions())
    found = comparison.result("Model A")
    planned = found.counts.planned
    assert planned > 0
    assert len(server.billed) == planned
    assert len(server.books) == planned + 1
    assert found.measurements["retry_rate"].value == pytest.approx(1 / planned)
    expected = (100 * 2 + 7 * 10) / 1e6
    assert found.measurements["token_cost_per_task"].value == pytest.approx(expected)
    median = found.measurements["p50_latency"].value
    assert median is not None
    assert median >= 0.02
    assert {seen.key for seen in server.billed} == {KEY}
    for path in folder.path.rglob("*"):
        assert not path.is_file() or KEY.encode() not in path.read_bytes()
