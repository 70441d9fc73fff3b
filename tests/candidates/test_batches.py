"""`batch: yes` against a provider with a batch API: nothing is lost, nothing is sent twice, every failure is told."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from reportgen.candidates import asking_batches, batch_trips
from reportgen.candidates.interface import Progress
from reportgen.candidates.prices import list_price
from reportgen.domain.records.plan import Price
from reportgen.domain.records.response import Outcome
from reportgen.problems import StoppedEarlyError
from reportgen.steps import heard_by
from tests.candidates.plans import KEY, MemoryJournal, api_model, example, plan_of, run
from tests.fakes.batch_server import BatchServer
from tests.fakes.model_server import Reply, always

PRICE = Price(1.0, 2.0)
FAILED = {Outcome.ERROR, Outcome.TIMEOUT}


@pytest.fixture(autouse=True)
def short_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batch_trips, "FIRST_PAUSE_S", 0.01)


def batched(server: BatchServer, name: str = "A", **more: Any) -> Any:  # noqa: ANN401 - fields of the record
    return api_model(name, server.url, settings={"batch": "yes"}, **more)


def ask(server: BatchServer, count: int = 30, journal: MemoryJournal | None = None, **more: Any) -> Any:  # noqa: ANN401 - as above
    plan = plan_of(batched(server, **more.pop("spec", {})), **more.pop("settings", {}))
    return run(plan, [example(n) for n in range(count)], journal, **more)


def test_a_batch_is_asked_once_priced_and_has_no_latency() -> None:
    shown: list[Progress] = []
    with BatchServer(always(Reply("refund", thinking_tokens=2)), takes_s=0.1) as server:
        found = ask(server, shown=shown)
        assert server.calls["create"] == server.calls["upload"] == 1
    assert {r.outcome for r in found} == {Outcome.ANSWERED}
    assert {(r.latency_s, r.attempt_latency_s, r.in_flight, r.attempts) for r in found} == {(None, None, None, 1)}
    assert {a.latency_s for r in found for a in r.log} == {None}
    assert sum(r.usage.input + r.usage.output for r in found if r.usage) == server.tokens
    assert server.keys == {KEY}
    assert any("1 batch at 127.0.0.1: 0 of 30 answered there" in p.waiting for p in shown)


def test_candidates_in_batches_and_one_by_one_are_asked_side_by_side() -> None:
    with BatchServer(takes_s=0.2) as server:
        plan = plan_of(batched(server), api_model("B", server.url))
        found = run(plan, [example(n) for n in range(20)])
    assert [(r.candidate, r.outcome, r.latency_s is None) for r in found] == [
        *[("A", Outcome.ANSWERED, True)] * 20,
        *[("B", Outcome.ANSWERED, False)] * 20,
    ]


def test_what_expired_or_failed_is_asked_again_by_the_rule_of_attempts_and_told_answer_by_answer() -> None:
    with BatchServer(expires=lambda n: n in {3, 4}, fails=lambda n: n in {7, 32}) as server:
        found = ask(server, settings={"most_attempts": 3})
        assert server.calls["create"] == 3
        assert max(server.worked.values()) == 1, "what was answered is never asked again"
    logs = sorted(([a.outcome for a in r.log] for r in found if len(r.log) > 1), key=str)
    expired, failed, answered = "timeout", "server error", "answered"
    assert {r.outcome for r in found} == {Outcome.ANSWERED}
    assert sorted(map(len, logs)) == [2, 2, 3]
    assert {one for log in logs for one in log} == {expired, failed, answered}
    assert all(not a.billed and not a.charge_unknown for r in found for a in r.log[:-1])


def test_what_fails_at_every_attempt_is_an_error_with_the_providers_words() -> None:
    with BatchServer(fails=lambda n: n % 10 == 9) as server:
        found = ask(server, settings={"most_attempts": 1})
        assert server.calls["create"] == 1
    errors = [r for r in found if r.outcome is Outcome.ERROR]
    assert (len(errors), {r.reason for r in errors}) == (3, {"broken (HTTP 500)"})


@pytest.mark.parametrize(
    "fault",
    [
        lambda what, n: "500" if n < 4 and what != "list" else "",
        lambda what, n: "lost" if n == 1 and what in {"upload", "look", "list"} else "",
        lambda what, n: "torn" if n < 3 and what == "fetch" else "",
        lambda what, n: "429" if n < 3 and what in {"create", "look"} else "",
    ],
    ids=["500", "lost", "torn", "429"],
)
def test_trouble_at_the_provider_costs_no_answer_and_no_second_batch(fault: Callable[[str, int], str]) -> None:
    with BatchServer(fault=fault, takes_s=0.05) as server:
        found = ask(server)
        assert {r.outcome for r in found} == {Outcome.ANSWERED}
        assert len(server.made) == 1


@pytest.mark.parametrize("page", [1, 100])
def test_a_batch_whose_making_was_not_confirmed_is_found_and_not_made_again(page: int) -> None:
    with BatchServer(fault=lambda what, n: "lost" if (what, n) == ("create", 2) else "", page=page) as server:
        ask(server, 5)
        found = ask(server, 12)
        assert len(server.made) == server.calls["create"] == 2
    assert {r.outcome for r in found} == {Outcome.ANSWERED}


def test_files_are_split_where_a_provider_takes_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(asking_batches, "MOST_REQUESTS", 12)
    monkeypatch.setattr(asking_batches, "MOST_BYTES", 4_000)
    with BatchServer(takes_s=0.05) as server:
        found = ask(server, 30)
        sizes = [len(one.lines) for one in server.made.values()]
        assert sum(sizes) == 30
        assert max(sizes) <= 12
        assert all(len(content) <= 4_000 for name, content in server.files.values() if name.startswith("reportgen-"))
    assert {r.outcome for r in found} == {Outcome.ANSWERED}


def test_where_the_queue_of_the_provider_is_full_less_is_sent_at_once() -> None:
    with BatchServer(refuses=lambda lines: "token_limit_exceeded" if lines > 8 else "", takes_s=0.02) as server:
        found = ask(server, 30)
        taken = [len(one.lines) for one in server.made.values() if one.status == "completed"]
    assert {r.outcome for r in found} == {Outcome.ANSWERED}
    assert (sum(taken), max(taken)) == (30, 7)


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"refuses": lambda _lines: "invalid_model"}, "Told: invalid_model."),
        ({"fault": lambda what, _n: "404" if what == "upload" else ""}, "took no batch: told 404 (HTTP 404)"),
        ({"fault": lambda what, _n: "401" if what == "create" else ""}, "took no batch: told 401 (HTTP 401)"),
    ],
)
def test_a_provider_that_takes_no_batch_is_told_and_the_others_are_asked(more: dict[str, Any], said: str) -> None:
    with BatchServer(**more) as server:
        plan = plan_of(batched(server), api_model("B", server.url))
        found = run(plan, [example(n) for n in range(6)], without_the_stopped=True)
    assert [r.outcome for r in found] == [*[Outcome.ERROR] * 6, *[Outcome.ANSWERED] * 6]
    assert all(said in r.reason and r.unasked for r in found[:6])


def test_a_batch_that_somebody_cancelled_is_not_sent_again() -> None:
    server = BatchServer(takes_s=60)

    def cancelling(what: str, _number: int) -> str:
        if what == "look":
            server.made["batch_0"].status = "cancelled"
        return ""

    server.fault = cancelling
    with server, pytest.raises(StoppedEarlyError, match=r"batch_0 was cancelled at 127\.0\.0\.1"):
        ask(server)
    assert len(server.made) == 1


def test_answers_that_the_provider_no_longer_has_may_have_been_charged() -> None:
    with BatchServer(fault=lambda what, _n: "404" if what == "fetch" else "") as server:
        found = ask(server, 3, settings={"most_attempts": 1})
    assert {r.outcome for r in found} == {Outcome.ERROR}
    assert all(r.log[0].charge_unknown and "no longer at 127.0.0.1" in r.reason for r in found)


def test_the_spending_limit_is_counted_before_anything_is_uploaded() -> None:
    each = (100 * 1.0 + 7 * 2.0) / 1e6
    with BatchServer() as server:
        spec = {"price": PRICE, "most_output_tokens": 50}
        with pytest.raises(StoppedEarlyError, match="spending limit"):
            ask(server, 60, spec=spec, settings={"spending_limit": 40 * each})
        first = len(server.made["batch_0"].lines)
        assert first < 40
        assert 38 <= sum(server.worked.values()) <= 40
    with BatchServer() as server, pytest.raises(StoppedEarlyError, match="spending limit"):
        ask(server, 60, spec=spec, settings={"spending_limit": each})
    assert not server.files


def test_only_the_tables_batch_price_holds_for_batches() -> None:
    usual = list_price(api_model("A", "", model="openai/gpt-4o-mini"), "USD")
    half = list_price(api_model("A", "", model="openai/gpt-4o-mini", settings={"Batch": "YES"}), "USD")
    none = list_price(api_model("A", "", model="openai/gpt-4-turbo", settings={"batch": "yes"}), "USD")
    assert usual.price is not None
    assert half.price is not None
    assert (half.price.input, half.price.output) == pytest.approx((usual.price.input / 2, usual.price.output / 2))
    assert (none.price, none.reason.endswith("gives no price for batches")) == (None, True)


def test_an_earlier_runs_batch_at_the_provider_serves_a_changed_workbook() -> None:
    """The batch was still at work when the workbook was changed in what no prompt holds: its answers serve."""
    before, after = MemoryJournal(), MemoryJournal()
    with BatchServer(takes_s=0.3) as server:
        with interrupted_when(lambda: server.made), pytest.raises(KeyboardInterrupt):
            ask(server, 10, before)
        after.batches.earlier = before.batches.records
        found = ask(server, 12, after)
        assert [len(one.lines) for one in server.made.values()] == [10, 2]
    assert {r.outcome for r in found} == {Outcome.ANSWERED}
    assert max(server.worked.values()) == 1


def test_ctrl_c_leaves_the_batch_at_work_and_the_next_start_fetches_it() -> None:
    journal, told = MemoryJournal(), list[str]()
    with BatchServer(takes_s=0.3) as server:
        hears = heard_by(lambda step: told.append(step.words))
        with interrupted_when(lambda: server.made), pytest.raises(KeyboardInterrupt), hears:
            ask(server, 10, journal)
        assert journal.written == []
        found = ask(server, 10, journal)
        assert len(server.made) == 1
    assert {r.outcome for r in found} == {Outcome.ANSWERED}
    assert told == ["A: 1 batch is with 127.0.0.1; the same command fetches what comes"]
    assert [r.step for r in journal.batches.records] == ["intended", "uploaded", "created", "closed"]


@contextmanager
def interrupted_when(ready: Callable[[], object]) -> Iterator[None]:
    """Press Ctrl-C in this process as soon as something has happened."""

    def press() -> None:
        until = time.monotonic() + 10
        while not ready() and time.monotonic() < until:
            time.sleep(0.005)
        time.sleep(0.05)
        os.kill(os.getpid(), signal.SIGINT)

    thread = threading.Thread(target=press)
    thread.start()
    yield
    thread.join()
