"""A run whose candidate is asked in batches, from the workbook to the sealed folder, killed and taken up again."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from reportgen.cli import main
from reportgen.evidence.journal import read_lines
from tests.fakes.batch_server import BatchServer
from tests.fakes.model_server import Reply
from tests.small_workbooks import baseline, tickets

MODEL: dict[str, Any] = {"Candidate": "m", "Kind": "API model", "Model": "openai/gpt-4o-mini", "Settings": "batch: yes"}
PRICED = {"Input price": 1, "Output price": 2}


def right(_number: int, body: dict[str, Any]) -> Reply:
    text = str(body["messages"][-1]["content"]).rpartition("Text:")[2]
    return Reply("refund" if "refund" in text.casefold() or "money" in text else "delivery")


def workbook(path: Path, server: BatchServer, **more: Any) -> Path:  # noqa: ANN401 - rows of any sheet
    model = MODEL | PRICED | {"Endpoint": server.url}
    return tickets(path, candidates=[model, baseline("majority", Role="production")], all_eval=True, **more)


def killed(path: Path, when: Callable[[], object]) -> None:
    """Start a run in another process and kill it without a word as soon as something is so."""
    command = [sys.executable, "-m", "reportgen.cli", "run", str(path)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        until = time.monotonic() + 300
        while not when() and process.poll() is None and time.monotonic() < until:
            time.sleep(0.002)
        assert process.poll() is None, "the run ended before it was killed"
    finally:
        process.kill()
        process.wait()


def kill_three_times(path: Path, server: BatchServer, count: int) -> None:
    """Kill a run when its first batch was just made, while one is waited for, and in the middle of the answers."""
    journal = path.with_name(f"{path.stem}-run") / "evidence" / "responses.jsonl"
    killed(path, lambda: server.calls["create"])
    killed(path, lambda: server.calls["look"] > 3)
    server.takes_s = 0.0
    killed(path, lambda: journal.exists() and journal.stat().st_size > count * 100)


def results(path: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((path.with_name(f"{path.stem}-run") / "results.json").read_text(encoding="utf-8"))
    return found


def check_books(path: Path, server: BatchServer, count: int) -> None:
    """Hold the provider's books against the run's: requests, tokens, money."""
    run = path.with_name(f"{path.stem}-run")
    lines, _ = read_lines(run / "evidence" / "responses.jsonl")
    ours = [line.response for line in lines if line.response.candidate == "m"]
    assert len(ours) == len({r.key for r in ours}) == count
    assert sum(server.worked.values()) == len(server.worked) == count, "each request was worked on and charged once"
    assert sum(r.usage.input + r.usage.output for r in ours if r.usage) == server.tokens
    model = results(path)["candidates"][0]
    assert model["counts"]["answered"] == count
    assert model["measurements"]["token_cost_per_task"]["value"] == pytest.approx((100 * 1 + 7 * 2) / 1e6)
    assert model["measurements"]["p95_latency"]["reason"] == "latency is not measured in a batch"


def test_a_run_that_is_killed_when_its_batch_was_just_made_fetches_that_batch(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with BatchServer(right, takes_s=0.3) as server:
        path = workbook(tmp_path / "t.xlsx", server, count=40)
        killed(path, lambda: server.calls["create"])
        assert main(["run", str(path)]) == 0
        assert len(server.made) == server.calls["create"] == 1
        check_books(path, server, 40)
        assert main(["verify", str(tmp_path / "t-run")]) == 0
        capsys.readouterr()
        assert main(["run", str(path)]) == 0
        assert "Nothing was asked" in capsys.readouterr().out
        assert server.calls["create"] == 1


@pytest.mark.deep
def test_fifty_thousand_requests_survive_three_kills_and_nothing_is_submitted_twice(tmp_path: Path) -> None:
    count = 50_000
    with BatchServer(right, takes_s=3600, expires=lambda n: n % 5_000 == 17, fails=lambda n: n % 7_000 == 3) as server:
        path = workbook(tmp_path / "t.xlsx", server, count=count)
        kill_three_times(path, server, count)
        assert main(["run", str(path)]) == 0
        sizes = [len(one.lines) for one in server.made.values()]
        check_books(path, server, count)
    again = 11 + 8  # one expires in the second batch as well
    assert sum(sizes) == count + again
    assert len(set.union(*({line["custom_id"] for line in one.lines} for one in server.made.values()))) == sum(sizes)
    assert main(["verify", str(tmp_path / "t-run")]) == 0


@pytest.mark.parametrize(
    ("candidate", "limit", "said"),
    [
        ({"Model": "anthropic/claude-sonnet-4-5"}, None, ("Candidates!", "anthropic does not speak OpenAI's", "export")),
        ({"Model": "mistral/m", "Endpoint": "https://api.mistral.ai/v1"}, None, ("mistral does not speak", "batch export")),
        ({"Model": "groq/llama"}, None, ("needs the address of a server", "api.groq.com/openai/v1")),
        ({"Settings": "batch: yes\ntransport: litellm"}, None, ("exclude one another",)),
        ({"Settings": "batch: yes\nservice_tier: flex"}, None, ("service tier of its own",)),
        ({"Settings": "batch: maybe"}, None, ('the setting "batch" is "maybe"', "yes")),
        ({}, 5.0, ("cannot be stopped halfway", "Fill it in, or take the Spending limit away")),
    ],
)
def test_what_a_batch_cannot_do_is_said_by_cell(
    tmp_path: Path, candidate: dict[str, Any], limit: float | None, said: Sequence[str], capsys: pytest.CaptureFixture[str]
) -> None:
    path = tickets(tmp_path / "t.xlsx", candidates=[MODEL | candidate], count=20, spending_limit=limit)
    assert main(["check", str(path)]) == 2
    told = " ".join("".join(capsys.readouterr()).split())
    assert all(part in told for part in said), told


def test_check_says_that_latency_is_never_proven_what_it_costs_and_that_it_may_take_a_day(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tickets(tmp_path / "t.xlsx", candidates=[MODEL], count=60)
    assert main(["check", str(path)]) == 0
    told = " ".join("".join(capsys.readouterr()).split())
    assert "m: latency is not measured in a batch, so the level on p95 latency can never be proven for it" in told
    assert "price table, batches)" in told
    assert "A batch may take up to a day: m." in told
