"""The record of limits is part of the evidence: whole lines, appended, left alone where nothing is asked."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from reportgen import evaluation
from reportgen.domain.records.response import LimitChange
from reportgen.evaluation import evaluate, report
from reportgen.evidence.limits import LimitFile, read_limits
from reportgen.problems import StoppedEarlyError
from tests.fakes.model_server import ModelServer, Reply, in_turn
from tests.small_workbooks import tickets

START = LimitChange("models.example.com", "2026-11-24T01:00:00.000+00:00", 2, "start")
GROWN = LimitChange("models.example.com", "2026-11-24T01:00:01.000+00:00", 3, "served")


@pytest.fixture(autouse=True)
def _no_documents(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave the three documents away: they take seconds and are tested elsewhere."""
    monkeypatch.setattr(evaluation, "write_all", lambda *_: None)


def test_changes_are_appended_over_several_starts(tmp_path: Path) -> None:
    path = tmp_path / "limits.jsonl"
    assert read_limits(path) == ()
    LimitFile(path)([START])
    LimitFile(path)([GROWN])
    assert read_limits(path) == (START, GROWN)


def test_a_line_torn_by_a_crash_is_cut_before_the_next_one_is_written(tmp_path: Path) -> None:
    path = tmp_path / "limits.jsonl"
    LimitFile(path)([START, GROWN])
    os.truncate(path, path.stat().st_size - 9)
    assert read_limits(path) == (START,)
    LimitFile(path)([GROWN])
    assert read_limits(path) == (START, GROWN)


def test_a_folder_that_is_gone_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(StoppedEarlyError, match="cannot be written"):
        LimitFile(tmp_path / "gone" / "limits.jsonl")([START])


def test_a_run_keeps_its_limits_and_a_replay_leaves_them_as_they_are(tmp_path: Path) -> None:
    slow = Reply(status=429, headers=(("Retry-After", "0.05"),))
    with ModelServer(in_turn(Reply(), Reply(), slow, Reply())) as server:
        model = {"Candidate": "A", "Kind": "API model", "Model": "openai/m", "Endpoint": server.url}
        path = tickets(tmp_path / "t.xlsx", candidates=[model], count=20, all_eval=True)
        evaluate(path, environment={})
        kept = (tmp_path / "t-run" / "evidence" / "limits.jsonl").read_bytes()
        changes = read_limits(tmp_path / "t-run" / "evidence" / "limits.jsonl")
        assert {c.endpoint for c in changes} == {server.root.removeprefix("http://")}
        assert changes[0].reason == "start"
        assert any("asked to wait 0.05 s" in c.reason for c in changes)
        evaluate(path, environment={})
        report(tmp_path / "t-run")
        assert (tmp_path / "t-run" / "evidence" / "limits.jsonl").read_bytes() == kept
        assert len(server.books) == 21


def test_answers_of_an_earlier_run_carry_their_day_and_a_finding_names_the_mixture(tmp_path: Path) -> None:
    levels = [{"Measure": "accuracy", "Comparison": "at least", "Target": 0.7, "Agreed by": "Ada"}]
    with ModelServer(in_turn(*[Reply()] * 5, Reply(status=400), Reply())) as server:
        model = {"Candidate": "A", "Kind": "API model", "Model": "openai/m", "Endpoint": server.url}
        path = tickets(tmp_path / "t.xlsx", candidates=[model], count=20, all_eval=True)
        first, _ = evaluate(path, environment={})
        tickets(path, candidates=[model], count=20, all_eval=True, Service_levels=levels)
        second, folder = evaluate(path, environment={})
        assert len(server.books) == 21
        third, _ = evaluate(path, environment={})
        assert len(server.books) == 21
    assert folder.path.name == "t-run-2"
    found = {f.code: f.what for f in second.findings}
    assert "19 of 20 answers of A were asked in an earlier run (20" in found["mixed-latencies"]
    assert not any(f.code.endswith("-latencies") for f in first.findings)
    assert [f.code for f in third.findings] == [f.code for f in second.findings]
    taken = [o.response for o in second.candidates[0].sample.observations if o.response.from_earlier_run]
    assert len(taken) == 19
    assert {r.recorded_on for r in taken} == {r.log[0].started[:10] for r in taken}
    assert (first.run.answers_recorded_before, second.run.answers_recorded_before) == (False, True)
