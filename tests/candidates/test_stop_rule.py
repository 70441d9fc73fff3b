"""One candidate that cannot go on stops alone: the others are asked to their end, and a later run asks what was left."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from reportgen import evaluation
from reportgen.candidates import request_limits
from reportgen.candidates.hosted import HostedCandidate
from reportgen.candidates.wire.transport import retry_after_s
from reportgen.commands.run import evaluate
from reportgen.domain.records.response import Outcome
from reportgen.problems import ExitCode, NeedsMendingError, StoppedEarlyError
from reportgen.progress import shown
from tests.candidates.plans import MemoryJournal, api_model, example, plan_of, run
from tests.fakes.model_server import ModelServer, Reply, always
from tests.small_workbooks import tickets

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(autouse=True)
def _short_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(request_limits, "FIRST_PAUSE_S", 0.001)


def by_model(healthy: Reply, ill: Reply, since: int = 0) -> Any:  # noqa: ANN401 - a script
    """Answer the model `ill` with a fault from its `since`-th request on, everybody else well."""
    seen = [0]

    def script(_number: int, body: dict[str, Any]) -> Reply:
        if body["model"] != "ill":
            return healthy
        seen[0] += 1
        return ill if seen[0] > since else healthy

    return script


ILL = {
    "key": Reply("Incorrect API key provided", status=401),
    "model": Reply("The model `ill` does not exist", status=404, finish="model_not_found"),
    "page": Reply(body=b"<html><body>Sign in to Wi-Fi</body></html>"),
    "9999": Reply(status=429, headers=(("Retry-After", "Fri, 31 Dec 9999 23:59:59 -1200"),)),
    "fire": Reply("on fire", status=500),
}


@pytest.mark.parametrize("kind", list(ILL))
def test_an_ill_candidate_stops_alone_and_the_healthy_one_is_asked_to_its_end(kind: str) -> None:
    journal = MemoryJournal()
    with ModelServer(by_model(Reply(), ILL[kind])) as server:
        plan = plan_of(api_model("Ill", server.url, model="openai/ill"), api_model("Well", server.url), most_attempts=2)
        found = run(plan, [example(n) for n in range(60)], journal, without_the_stopped=True)
        asked = sum(seen.body["model"] == "ill" for seen in server.books)
    well = [r for r in found if r.candidate == "Well"]
    ill = [r for r in found if r.candidate == "Ill"]
    assert [r.outcome for r in well] == [Outcome.ANSWERED] * 60
    assert {r.outcome for r in ill} == {Outcome.ERROR}
    assert len(ill) == 60
    assert sum(r.unasked for r in ill) >= 20
    assert asked <= 80
    assert all(r.reason.startswith("not asked: it had stopped answering") for r in ill if r.unasked)


def test_fifty_in_a_row_stop_a_candidate_that_once_answered_and_a_later_run_asks_what_was_left() -> None:
    journal = MemoryJournal()
    with ModelServer(by_model(Reply(), ILL["fire"], since=25)) as server:
        plan = plan_of(api_model("Ill", server.url, model="openai/ill"), most_attempts=1)
        rows = [example(n) for n in range(120)]
        found = run(plan, rows, journal, without_the_stopped=True)
        left = {r.example_id for r in found if r.unasked}
        assert 120 - 25 - 50 - 16 <= len(left) <= 120 - 25 - 50
        server.script = always(Reply())
        before = len(server.books)
        again = run(plan, rows, journal, without_the_stopped=True)
        assert len(server.books) - before == len(left)
    assert {r.example_id for r in again if r.outcome is Outcome.ANSWERED} >= left
    assert not any(r.unasked for r in again)


def test_an_exception_that_nobody_foresaw_is_the_error_of_its_question(monkeypatch: pytest.MonkeyPatch) -> None:
    plain = HostedCandidate.answer_later

    async def breaking(self: HostedCandidate, question: Any, *rest: Any) -> Any:  # noqa: ANN401 - passed through
        if question.id == "E3":
            raise ZeroDivisionError
        return await plain(self, question, *rest)

    monkeypatch.setattr(HostedCandidate, "answer_later", breaking)
    with ModelServer() as server:
        found = run(plan_of(api_model("A", server.url)), [example(n) for n in range(9)])
    assert {r.example_id: r.outcome for r in found if r.outcome is not Outcome.ANSWERED} == {"E3": Outcome.ERROR}


def test_a_crash_of_our_own_still_keeps_what_was_in_flight() -> None:
    journal = MemoryJournal()

    def crash(_changes: object) -> None:
        raise ZeroDivisionError

    with ModelServer(always(Reply(latency_s=0.2))) as server:
        with pytest.raises(ZeroDivisionError):
            run(plan_of(api_model("A", server.url)), [example(n) for n in range(60)], journal, limit_log=crash)
        assert len(journal.written) == len(server.books) < 60


def test_a_pause_that_no_clock_can_measure_is_none_and_a_far_date_a_long_one() -> None:
    end = "Fri, 31 Dec 9999 23:59:59"
    asked = {
        text: retry_after_s({"Retry-After": text}) for text in (f"{end} -1200", f"{end} GMT", "99999999999", "-5", "soon")
    }
    left = datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC) - datetime.now(UTC)
    assert asked.pop(f"{end} GMT") == pytest.approx(left.total_seconds(), rel=0, abs=60)
    assert asked == {f"{end} -1200": None, "99999999999": 99999999999.0, "-5": None, "soon": None}


def test_a_missing_key_leaves_no_folder_behind(tmp_path: Path) -> None:
    model = {"Candidate": "Model", "Kind": "API model", "Model": "openai/gpt-4o-mini", "Key variable": "OPENAI_API_KEY"}
    path = tickets(tmp_path / "t.xlsx", candidates=[model], count=60, all_eval=True)
    with pytest.raises(NeedsMendingError, match="not set"):
        evaluation.evaluate(path, environment={})
    assert not (tmp_path / "t-run").exists()


def test_the_command_writes_the_documents_of_the_healthy_one_and_ends_with_3(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(evaluation, "write_all", evaluation_results)
    with ModelServer(by_model(Reply(), ILL["key"])) as server:
        models = [
            {"Candidate": name, "Kind": "API model", "Model": f"openai/{model}", "Endpoint": server.url}
            for name, model in (("Ill", "ill"), ("Well", "well"))
        ]
        path = tickets(tmp_path / "t.xlsx", candidates=models, count=60, all_eval=True)
        code = evaluate(path, None, evaluation.Permissions(), shown(sys.stderr), as_json=False)
        said = capsys.readouterr()
        assert code is ExitCode.STOPPED_EARLY
        assert "Ill was not asked 60 tasks" in said.err or "Ill was not asked 5" in said.err
        assert "{" not in said.err
        server.script = always(Reply())
        assert evaluate(path, None, evaluation.Permissions(), shown(sys.stderr), as_json=False) is ExitCode.DONE
        capsys.readouterr()
        assert evaluate(path, None, evaluation.Permissions(), shown(sys.stderr), as_json=False) is ExitCode.DONE
        assert "Nothing was asked" in capsys.readouterr().out
    verified = subprocess.run(
        [sys.executable, "-m", "reportgen.cli", "verify", str(tmp_path / "t-run"), "--json"],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    coverage = next(c for c in json.loads(verified.stdout)["checks"] if c["name"] == "Coverage")
    assert "DIFFERENT" not in coverage.values(), coverage


def evaluation_results(comparison: Any, folder: Path) -> None:  # noqa: ANN401 - a comparison
    """Write the figures alone; the PDFs take longer than all the rest."""
    from reportgen.reports.data import results_bytes, write_results  # noqa: PLC0415

    write_results(results_bytes(comparison), folder / "results.json")


def test_with_nobody_left_to_compare_the_run_stops_and_says_why() -> None:
    with ModelServer(always(ILL["key"])) as server, pytest.raises(StoppedEarlyError, match="A cannot be asked: Incorrect"):
        run(plan_of(api_model("A", server.url)), [example(1)], without_the_stopped=True)
