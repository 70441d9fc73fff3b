"""Bad weather: in a storm of faults, and with kill -9 in the middle of it, the books agree with the server's own."""

from __future__ import annotations

import random
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from reportgen.candidates import request_limits
from reportgen.candidates.prices import find_price, token_cost
from reportgen.domain.records.plan import Price
from reportgen.domain.records.response import Outcome, Response
from reportgen.evidence.journal import read_lines
from reportgen.metrics import score_all
from tests.candidates.plans import MemoryJournal, api_model, example, plan_of, run
from tests.fakes.model_server import ModelServer, Reply, Script

ROOT = Path(__file__).resolve().parents[2]
PRICE = Price(input=2.5, output=10, cached_input=1.25)
AT_ONCE = 8
STORM = ((0.30, "limit"), (0.35, "fault"), (0.37, "reset"), (0.38, "hang"), (0.39, "garbage"))
"""Shares of requests, added up: 30 % 429, 5 % 5xx, 2 % resets, 1 % hangs, 1 % garbage."""


def weather(chance: float, kind_of_fault: int) -> Reply | None:
    """Return what goes wrong at this point between 0 and 1, None where nothing does."""
    kind = next((name for limit, name in STORM if chance < limit), "")
    faults = {
        "limit": Reply(status=429, headers=(("Retry-After", "0.01"),)),
        "fault": Reply(status=(500, 502, 503, 529)[kind_of_fault % 4], text="busy"),
        "reset": Reply(reset=True),
        "hang": Reply(hang=True),
        "garbage": Reply(body=(b"{", b"<html>oops</html>", b'"text"', b"\xff\xfe")[kind_of_fault % 4]),
    }
    return faults.get(kind)


def stormy(seed: int) -> Script:
    """Return weather drawn anew for each request."""
    draw = random.Random(seed)

    def script(number: int, _body: dict[str, Any]) -> Reply:
        good = Reply("refund", input_tokens=100 + number % 37, cached_tokens=number % 11, output_tokens=3 + number % 5)
        return weather(draw.random(), number) or good

    return script


@pytest.mark.parametrize("seed", [1, 2])
def test_in_a_storm_every_example_ends_and_retries_and_cost_are_those_of_the_servers_books(
    seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(request_limits, "FIRST_PAUSE_S", 0.01)
    count = 300
    journal = MemoryJournal()
    with ModelServer(stormy(seed)) as server:
        plan = plan_of(api_model("A", server.url, price=PRICE), timeout_s=1, most_attempts=3, most_requests_at_once=16)
        found = run(plan, [example(n, text=f"message {n}.") for n in range(count)], journal)
        books = list(server.books)
    requests = Counter(seen.asked for seen in books)
    assert Counter(r.example_id for r in journal.written) == Counter(f"E{n}" for n in range(count))
    assert Outcome.ANSWERED in {r.outcome for r in found} <= {Outcome.ANSWERED, Outcome.ERROR, Outcome.TIMEOUT}
    assert sum(r.attempts or 0 for r in found) == len(books)
    assert sum((r.attempts or 0) > 1 for r in found) == sum(times > 1 for times in requests.values())
    assert sum(r.outcome is Outcome.ANSWERED for r in found) == sum(seen.billed for seen in books)
    assert {a.outcome for r in found for a in r.log} >= {
        "rate limited", "server error", "connection", "timeout", "malformed reply", "answered",
    }  # fmt: skip
    replies = [seen.reply for seen in books if seen.billed]
    owed = (
        sum((x.input_tokens - x.cached_tokens) * 2.5 + x.cached_tokens * 1.25 + x.output_tokens * 10 for x in replies) / 1e6
    )
    price = find_price(plan.candidates[0], found, "USD")
    spent = sum(token_cost(r, price) or 0.0 for r in found)
    assert spent == pytest.approx(owed, rel=1e-9)


CHILD = """
import sys
from pathlib import Path
from reportgen.candidates import request_limits
from reportgen.candidates.ask import ask
from reportgen.evidence.journal import FileJournal
from reportgen.evidence.limits import LimitFile
from tests.candidates.plans import ENVIRONMENT, corpus_of
from tests.candidates.test_storm import plan_and_examples

class Telling(FileJournal):
    def append_all(self, responses):
        super().append_all(responses)
        for response in responses:
            sys.stdout.write(response.example_id + "\\n")
        sys.stdout.flush()

request_limits.FIRST_PAUSE_S = 0.01
evidence = Path(sys.argv[2]) / "evidence"
plan, examples = plan_and_examples(sys.argv[1], int(sys.argv[3]))
with Telling(evidence / "responses.jsonl") as journal:
    ask(plan, corpus_of(examples), journal, environment=ENVIRONMENT, limit_log=LimitFile(evidence / "limits.jsonl"))
"""


def plan_and_examples(url: str, count: int) -> tuple[Any, list[Any]]:
    """Return the run that is killed, the same in every process."""
    plan = plan_of(api_model("A", url, price=PRICE), timeout_s=0.4, most_attempts=4, most_requests_at_once=AT_ONCE)
    return plan, [example(n, text=f"message {n}.", label="refund" if n % 3 else "delivery") for n in range(count)]


def steady(seed: int) -> Script:
    """Return weather that depends on the message and on how often it came in a row of attempts: two faults at most."""
    seen: Counter[str] = Counter()
    lock = threading.Lock()

    def script(_number: int, body: dict[str, Any]) -> Reply:
        text = body["messages"][-1]["content"]
        with lock:
            seen[text] += 1
            turn = seen[text]
        draw = random.Random(f"{seed}|{text}|{turn}")
        fault = weather(draw.random(), draw.randrange(4)) if turn % 3 else None
        answer = ("refund", "delivery", "other")[random.Random(text).randrange(3)]
        return fault or Reply(answer, latency_s=0.02)

    return script


def killed_run(folder: Path, seed: int, kills: int, count: int) -> None:
    """Kill one run `kills` times and hold what is on disk against the server's books after each and at the end."""
    draw = random.Random(seed)
    journal = folder / "evidence" / "responses.jsonl"
    with ModelServer(steady(seed)) as server:
        plan, examples = plan_and_examples(server.url, count)
        twice: set[str] = set()
        for _ in range(kills):
            least = len(server.billed) + draw.randrange(1, max(2, count // (kills + 1)))
            moment = draw.random() * 0.02
            acknowledged = interrupted(server.url, folder, count, partial(reached, server, least, moment))
            kept = {line.response.example_id for line in read_lines(journal)[0]} if journal.exists() else set()
            assert acknowledged <= kept, "an answer that was acknowledged is lost"
            paid = {id_in(seen.asked) for seen in server.billed}
            lost = paid - kept
            assert len(lost) <= AT_ONCE * 2, "more was lost than can have been in flight"
            twice |= lost
        finished = subprocess.run(command(server.url, folder, count), cwd=ROOT, capture_output=True, text=True, check=False)
        assert finished.returncode == 0, finished.stderr
        bills = Counter(id_in(seen.asked) for seen in server.billed)
    assert {name for name, times in bills.items() if times > 1} <= twice
    found = [line.response for line in read_lines(journal)[0]]
    assert sorted(r.example_id for r in found) == sorted(e.id for e in examples)
    with ModelServer(steady(seed)) as server:
        unbroken = run(plan_and_examples(server.url, count)[0], examples)
    assert verdicts(plan, examples, found) == verdicts(plan, examples, unbroken)


def verdicts(plan: Any, examples: list[Any], responses: Any) -> dict[str, object]:  # noqa: ANN401 - records of plans.py
    """Return everything that quality figures are made of, by example."""
    ordered: list[Response] = sorted(responses, key=lambda r: r.example_id)
    scores = score_all(plan, examples, ordered)
    return {r.example_id: (r.outcome, r.text, s.strict, s.lenient) for r, s in zip(ordered, scores, strict=True)}


def id_in(asked: str) -> str:
    """Return the id of the example that a request was about."""
    return f"E{asked.rpartition('message ')[2].partition('.')[0]}"


def reached(server: ModelServer, least: int, moment: float) -> None:
    """Wait until the server has answered so many, and a moment more."""
    until = time.monotonic() + 20
    while sum(seen.billed for seen in list(server._books)) < least and time.monotonic() < until:  # noqa: SLF001 - without waiting
        time.sleep(0.001)
    time.sleep(moment)


def command(url: str, folder: Path, count: int) -> list[str]:
    """Return how the run is started in a process of its own."""
    return [sys.executable, "-c", CHILD, url, str(folder), str(count)]


def interrupted(url: str, folder: Path, count: int, wait: Callable[[], None]) -> set[str]:
    """Start the run, wait, kill -9, and return the ids of the answers that it said were kept."""
    process = subprocess.Popen(command(url, folder, count), cwd=ROOT, stdout=subprocess.PIPE, text=True)
    try:
        wait()
    finally:
        process.kill()
    told, _ = process.communicate()
    whole = told[: told.rfind("\n") + 1]
    return set(whole.split())


def test_five_kills_lose_nothing_that_was_acknowledged_and_pay_for_nothing_twice(tmp_path: Path) -> None:
    killed_run(tmp_path, seed=1, kills=5, count=120)


@pytest.mark.deep
@pytest.mark.parametrize("seed", range(2, 12))
def test_a_hundred_kills_do_no_more_harm_than_five(seed: int, tmp_path: Path) -> None:
    killed_run(tmp_path, seed=seed, kills=10, count=240)
