"""Asking: nothing is paid for twice, nothing leaves a denominator, and nothing in flight is lost when a run stops."""

from __future__ import annotations

import asyncio
import sys
import threading
from collections.abc import Sequence

import pytest

from reportgen.candidates import request_limits
from reportgen.candidates.interface import Progress
from reportgen.candidates.prices import find_price, token_cost
from reportgen.domain.records.plan import CandidateKind, CandidateSpec, Price, Prompt, RecordedOutput, Role
from reportgen.domain.records.response import Basis, Outcome, Response, Usage
from reportgen.problems import NeedsMendingError, StoppedEarlyError
from tests.candidates.plans import MemoryJournal, api_model, example, plan_of, run
from tests.fakes.model_server import ModelServer, Reply, always

PRICE = Price(input=10, output=100)
"""The server's usual answer, 100 and 7 tokens, costs .0017."""


@pytest.fixture(autouse=True)
def _short_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(request_limits, "FIRST_PAUSE_S", 0.01)


def test_responses_come_in_the_order_of_the_plan_one_for_each_candidate_and_example() -> None:
    with ModelServer() as server:
        plan = plan_of(api_model("B", server.url), api_model("A", server.url), api_model("J", server.url, role=Role.JUDGE))
        found = run(plan, [example(n) for n in (3, 1, 2)])
    assert [(r.candidate, r.example_id) for r in found] == [(c, e) for c in "BA" for e in ("E3", "E1", "E2")]


def test_what_the_journal_holds_is_never_asked_again_and_a_changed_prompt_is() -> None:
    journal = MemoryJournal()
    examples = [example(n) for n in range(6)]
    with ModelServer() as server:
        spec = api_model("A", server.url)
        first = run(plan_of(spec), examples, journal)
        again = run(plan_of(spec), [*examples, example(6)], journal)
        assert len(server.books) == 7
        run(plan_of(api_model("A", server.url, prompt=Prompt("p", "Sort {input}"))), examples, journal)
        assert len(server.books) == 13
    assert again[:6] == first


def test_candidates_are_asked_in_a_drawn_order_for_each_example_and_the_same_one_every_time() -> None:
    def order() -> list[str]:
        with ModelServer() as server:
            specs = [api_model(name, server.url, model=f"openai/{name}") for name in "ABC"]
            run(plan_of(*specs, most_requests_at_once=1), [example(n) for n in range(8)])
            return [seen.body["model"] for seen in server.books]

    first, second = order(), order()
    triples = {tuple(first[i : i + 3]) for i in range(0, 24, 3)}
    assert first == second
    assert all(set(triple) == set("ABC") for triple in triples)
    assert len(triples) > 1


def test_never_more_requests_are_under_way_than_the_workbook_allows() -> None:
    with ModelServer(always(Reply(latency_s=0.02))) as server:
        found = run(plan_of(api_model("A", server.url), most_requests_at_once=4), [example(n) for n in range(40)])
        assert server.most_in_flight == 4
    assert max(r.in_flight or 0 for r in found) == 4


def test_the_spending_limit_counts_what_is_in_flight_and_keeps_every_answer() -> None:
    journal = MemoryJournal()
    with ModelServer(always(Reply(latency_s=0.02))) as server:
        spec = api_model("A", server.url, price=PRICE, most_output_tokens=7)
        plan = plan_of(spec, spending_limit=0.02, most_requests_at_once=4)
        with pytest.raises(StoppedEarlyError, match="spending limit"):
            run(plan, [example(n) for n in range(40)], journal)
        answered = len(server.books)
    assert len(journal.written) == answered
    assert 0.0017 * answered <= 0.02
    assert answered == 11


def test_a_run_that_is_taken_up_again_counts_what_it_has_spent_before() -> None:
    journal = MemoryJournal()
    examples = [example(n) for n in range(10)]
    with ModelServer() as server:
        spec = api_model("A", server.url, price=PRICE)
        run(plan_of(spec), examples, journal)
        with pytest.raises(StoppedEarlyError, match=r"0\.017 is spent"):
            run(plan_of(spec, spending_limit=0.018), [*examples, *(example(n) for n in range(10, 20))], journal)


def test_a_spending_limit_with_an_unpriced_candidate_is_refused_before_anything_is_asked() -> None:
    with ModelServer() as server:
        with pytest.raises(NeedsMendingError, match="no price is known for A"):
            run(plan_of(api_model("A", server.url), spending_limit=5), [example(1)])
        assert server.books == []


def test_a_stop_lets_what_is_in_flight_end_and_keeps_it() -> None:
    slow = threading.Event()

    def script(_number: int, body: dict[str, object]) -> Reply:
        if body["model"] == "bad":
            return Reply(status=401, text="no", latency_s=0.1)
        slow.set()
        return Reply(latency_s=0.4)

    journal = MemoryJournal()
    with ModelServer(script) as server:
        plan = plan_of(api_model("Good", server.url, model="openai/good"), api_model("Bad", server.url, model="openai/bad"))
        with pytest.raises(StoppedEarlyError, match="Bad cannot be asked"):
            run(plan, [example(1)], journal)
    assert slow.is_set()
    assert [(r.candidate, r.outcome) for r in journal.written] == [("Good", Outcome.ANSWERED)]


def test_a_storm_ends_with_an_outcome_for_every_example_and_with_the_servers_own_bill() -> None:
    def script(number: int, _body: dict[str, object]) -> Reply:
        kinds = {0: Reply(status=429), 1: Reply(status=500), 2: Reply(reset=True), 3: Reply(body=b"{")}
        return kinds.get(number * 7919 % 13, Reply(input_tokens=100 + number, output_tokens=number % 5))

    with ModelServer(script) as server:
        spec = api_model("A", server.url, price=PRICE)
        found = run(plan_of(spec, most_attempts=3), [example(n) for n in range(120)])
        billed, requests = server.billed, len(server.books)
    price = find_price(spec, found, "USD")
    assert len(found) == 120
    assert {r.outcome for r in found} <= {Outcome.ANSWERED, Outcome.ERROR}
    assert sum(r.attempts or 0 for r in found) == requests
    owed = sum(s.reply.input_tokens * 10 + s.reply.output_tokens * 100 for s in billed) / 1e6
    assert sum(token_cost(r, price) or 0 for r in found) == pytest.approx(owed, rel=1e-12)


def test_progress_is_told_to_its_end() -> None:
    shown: list[Progress] = []
    with ModelServer() as server:
        run(plan_of(api_model("A", server.url, price=PRICE)), [example(n) for n in range(5)], shown=shown)
    assert (shown[-1].candidate, shown[-1].done, shown[-1].planned) == ("A", 5, 5)
    assert shown[-1].spent == pytest.approx(5 * 0.0017)


def test_asking_works_inside_a_running_event_loop_as_notebooks_have_it() -> None:
    async def cell() -> Sequence[Response]:
        return run(plan_of(api_model("A", server.url)), [example(1)])

    with ModelServer() as server:
        (response,) = asyncio.run(cell())
    assert response.outcome is Outcome.ANSWERED


def test_every_candidate_without_its_key_is_named_at_once() -> None:
    specs = [api_model(name, "http://127.0.0.1:9/v1", key_variable=f"MISSING_{name}") for name in "AB"]
    with pytest.raises(NeedsMendingError) as raised:
        run(plan_of(*specs), [example(1)])
    assert [problem.what for problem in raised.value.problems] == [
        "A: the environment variable MISSING_A is not set.",
        "B: the environment variable MISSING_B is not set.",
    ]


def test_a_command_is_not_started_unless_the_command_line_allows_it() -> None:
    spec = CandidateSpec("C", CandidateKind.COMMAND, model=f"{sys.executable} -c pass")
    with pytest.raises(NeedsMendingError, match="never acts by itself"):
        run(plan_of(spec), [example(1)])


def test_recorded_rows_come_back_as_they_were_written_down_and_a_missing_one_is_an_error() -> None:
    from dataclasses import replace  # noqa: PLC0415

    spec = CandidateSpec("R", CandidateKind.RECORDED_OUTPUTS)
    row = RecordedOutput("R", "E1", "refund", 0.9, 1.5, 100, 20, 7, 2, "", 0.01, "2026-03-01")
    bare = RecordedOutput("R", "E2", "other", outcome="abstained")
    plan = replace(plan_of(spec), recorded_outputs=(row, bare))
    first, second, third = run(plan, [example(1), example(2), example(3)])
    assert first.usage == Usage(100, 7, 20)
    assert (first.latency_s, first.attempts, first.cost, first.recorded_on) == (1.5, 2, 0.01, "2026-03-01")
    assert (second.outcome, second.latency_s, second.usage, second.attempts) == (Outcome.ABSTAINED, None, None, None)
    assert (third.outcome, third.reason) == (Outcome.ERROR, "not recorded")
    assert {r.basis for r in (first, second, third)} == {Basis.RECORDED}


def test_recorded_costs_do_not_count_against_the_spending_limit() -> None:
    from dataclasses import replace  # noqa: PLC0415

    spec = CandidateSpec("R", CandidateKind.RECORDED_OUTPUTS)
    rows = tuple(RecordedOutput("R", f"E{n}", "refund", cost=5.0) for n in range(4))
    plan = replace(plan_of(spec, spending_limit=1.0), recorded_outputs=rows)
    assert len(run(plan, [example(n) for n in range(4)])) == 4
