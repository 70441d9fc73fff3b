"""API models against a real HTTP server: tokens, retries, latencies and refusals are what the server's own books say."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from reportgen.candidates import chat_model, request_limits
from reportgen.candidates.wire import transport
from reportgen.domain.records.plan import FieldSpec, FieldType, Price, Prompt, Task
from reportgen.domain.records.response import Attempt, Outcome, Usage
from reportgen.evidence.journal import FileJournal
from reportgen.problems import NeedsMendingError, StoppedEarlyError
from tests.candidates.plans import ENVIRONMENT, KEY, MemoryJournal, api_model, corpus_of, example, plan_of, run
from tests.fakes.model_server import ModelServer, Reply, always, in_turn

ROUTES = ["direct", "litellm"]


@pytest.fixture(autouse=True)
def _short_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(request_limits, "FIRST_PAUSE_S", 0.01)


@pytest.mark.parametrize("route", ROUTES)
def test_tokens_latency_and_model_are_recorded_as_the_server_wrote_them_down(route: str) -> None:
    reply = Reply("delivery", latency_s=0.05, input_tokens=120, cached_tokens=40, output_tokens=9, thinking_tokens=4)
    with ModelServer(always(reply)) as server:
        spec = api_model("A", server.url, settings={"transport": route})
        start = time.perf_counter()
        (response,) = run(plan_of(spec), [example(1)])
        in_all = time.perf_counter() - start
        (seen,) = server.books
    assert (response.outcome, response.text, response.attempts) == (Outcome.ANSWERED, "delivery", 1)
    assert response.usage == Usage(120, 9, 40, 4)
    assert response.model_returned == "test-model-2026-01-01"
    assert seen.key == KEY
    assert response.latency_s is not None
    assert reply.latency_s <= response.latency_s <= in_all
    assert [(a.outcome, a.billed) for a in response.log] == [("answered", True)]


@pytest.mark.parametrize("route", ROUTES)
def test_a_rate_limit_and_a_server_error_are_tried_again_and_every_attempt_is_in_the_log(route: str) -> None:
    slow = Reply(status=429, headers=(("Retry-After", "0.2"),))
    with ModelServer(in_turn(slow, Reply(status=503, text="busy"), Reply("refund"))) as server:
        spec = api_model("A", server.url, settings={"transport": route})
        start = time.perf_counter()
        (response,) = run(plan_of(spec, most_attempts=3), [example(1)])
        in_all = time.perf_counter() - start
        assert len(server.books) == 3
    assert (response.outcome, response.attempts, response.text) == (Outcome.ANSWERED, 3, "refund")
    assert [(a.outcome, a.billed) for a in response.log] == [
        ("rate limited", False),
        ("server error", False),
        ("answered", True),
    ]
    assert response.usage == Usage(100, 7, 0, 0)
    assert response.latency_s is not None
    attempts = sum(a.latency_s or 0 for a in response.log)
    assert attempts + 0.2 <= response.latency_s <= in_all


@pytest.mark.parametrize(
    ("broken", "kind"),
    [
        (Reply(reset=True), "connection"),
        (Reply(cut=True), "connection"),
        (Reply(body=b"<html>oops</html>"), "malformed reply"),
        (Reply(body=b'{"choices": []}'), "malformed reply"),
        (Reply(latency_s=5), "timeout"),
        (Reply(drip_s=5), "timeout"),
    ],
)
def test_what_breaks_on_the_way_is_tried_again_by_its_kind(broken: Reply, kind: str) -> None:
    with ModelServer(in_turn(broken, Reply("refund"))) as server:
        (response,) = run(plan_of(api_model("A", server.url), timeout_s=0.3), [example(1)])
    assert response.outcome is Outcome.ANSWERED
    assert [a.outcome for a in response.log] == [kind, "answered"]


def test_attempts_are_capped_and_a_failure_is_a_value_with_its_reason() -> None:
    with ModelServer(always(Reply(status=500, text="on fire"))) as server:
        (response,) = run(plan_of(api_model("A", server.url), most_attempts=2), [example(1)])
        assert len(server.books) == 2
    assert (response.outcome, response.attempts, response.usage) == (Outcome.ERROR, 2, None)
    assert "on fire" in response.reason


def test_a_task_that_runs_out_of_time_every_time_ends_as_timeout() -> None:
    with ModelServer(always(Reply(latency_s=3))) as server:
        (response,) = run(plan_of(api_model("A", server.url), timeout_s=0.1, most_attempts=2), [example(1)])
    assert response.outcome is Outcome.TIMEOUT
    assert response.latency_s is not None
    assert response.latency_s >= 0.2


def test_a_request_that_the_server_rejects_is_not_tried_again() -> None:
    with ModelServer(always(Reply(status=400, text="too long"))) as server:
        (response,) = run(plan_of(api_model("A", server.url)), [example(1)])
        assert len(server.books) == 1
    assert (response.outcome, response.attempts) == (Outcome.ERROR, 1)


@pytest.mark.parametrize(
    "reply",
    [
        Reply(None, refusal="I cannot help with that."),
        Reply("", finish="content_filter"),
        Reply("The response was filtered", status=400, finish="content_filter"),
    ],
)
def test_a_refusal_is_an_outcome_of_its_own(reply: Reply) -> None:
    with ModelServer(always(reply)) as server:
        (response,) = run(plan_of(api_model("A", server.url)), [example(1)])
        assert len(server.books) == 1
    assert response.outcome is Outcome.REFUSED


@pytest.mark.parametrize("route", ROUTES)
def test_a_wrong_key_stops_the_run_and_leaves_no_failure_behind(route: str) -> None:
    journal = MemoryJournal()
    with ModelServer(always(Reply(f"bad key {KEY}", status=401))) as server:
        spec = api_model("A", server.url, settings={"transport": route})
        with pytest.raises(StoppedEarlyError, match="A cannot be asked") as raised:
            run(plan_of(spec), [example(1)], journal)
    assert KEY not in str(raised.value)
    assert journal.written == []


def test_a_host_that_was_never_reached_stops_the_run_instead_of_counting_against_the_model() -> None:
    journal = MemoryJournal()
    with pytest.raises(StoppedEarlyError, match="cannot be asked"):
        run(plan_of(api_model("A", "http://127.0.0.1:9/v1")), [example(1)], journal)
    assert journal.written == []


def test_a_provider_that_asks_for_an_hour_stops_the_run() -> None:
    with (
        ModelServer(always(Reply(status=429, headers=(("Retry-After", "3600"),)))) as server,
        pytest.raises(StoppedEarlyError, match="wait for 3600 s"),
    ):
        run(plan_of(api_model("A", server.url)), [example(1)])


@pytest.mark.parametrize("route", ROUTES)
def test_the_key_is_found_nowhere_in_the_journal_even_if_the_model_repeats_it(route: str, tmp_path: Path) -> None:
    script = in_turn(Reply(f"I know {KEY}"), Reply(f"no: {KEY}", status=500), Reply(f"no: {KEY}", status=400))
    with ModelServer(script) as server, FileJournal(tmp_path / "evidence" / "responses.jsonl") as journal:
        plan = plan_of(api_model("A", server.url, settings={"transport": route}), most_requests_at_once=1)
        hosted_ask(plan, journal)
    raw = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    assert b"[key removed]" in raw
    assert KEY.encode() not in raw


def hosted_ask(plan: object, journal: FileJournal) -> None:
    from reportgen.candidates.ask import ask  # noqa: PLC0415 - the one test with a journal on disk

    ask(plan, corpus_of([example(1), example(2)]), journal, environment=ENVIRONMENT)  # type: ignore[arg-type]


def test_an_anthropic_server_is_asked_in_its_own_protocol() -> None:
    with ModelServer(always(Reply("delivery", input_tokens=90, cached_tokens=30, output_tokens=5))) as server:
        spec = api_model("A", server.root, model="anthropic/claude-test", most_output_tokens=50)
        (response,) = run(plan_of(spec), [example(1)])
        assert server.books[0].path == "/v1/messages"
        assert server.books[0].key == KEY
    assert (response.outcome, response.text) == (Outcome.ANSWERED, "delivery")
    assert response.usage is not None
    assert (response.usage.input, response.usage.output, response.usage.cached_input) == (90, 5, 30)


def test_only_the_parameters_that_the_workbook_gives_are_sent() -> None:
    spec_more = {"temperature": 0.0, "most_output_tokens": 20, "settings": {"top_p": "0.9", "reasoning effort": "low"}}
    with ModelServer() as server:
        run(plan_of(api_model("A", server.url)), [example(1)])
        run(plan_of(api_model("A", server.url, **spec_more)), [example(1)])
        bare, full = (seen.body for seen in server.books)
    assert set(bare) == {"model", "messages"}
    assert bare["model"] == "test-model"
    assert {k: v for k, v in full.items() if k != "messages"} == {
        "model": "test-model",
        "temperature": 0.0,
        "max_tokens": 20,
        "top_p": 0.9,
        "reasoning_effort": "low",
    }


@pytest.mark.parametrize("name", ["api_base", "extra_headers", "fallbacks", "messages", "stream"])
def test_a_setting_that_is_not_on_the_list_is_refused(name: str) -> None:
    with pytest.raises(NeedsMendingError, match="not known"):
        run(plan_of(api_model("A", "http://127.0.0.1:9/v1", settings={name: "x"})), [example(1)])


def test_structured_output_is_asked_for_where_the_row_says_that_the_server_has_it() -> None:
    fields = (FieldSpec("Due date", FieldType.DATE), FieldSpec("Parties", FieldType.LIST))
    with ModelServer(always(Reply("{}"))) as server:
        spec = api_model("A", server.url, settings={"structured output": "yes"})
        run(plan_of(spec, task=Task.EXTRACTION, fields=fields), [example(1)])
        schema = server.books[0].body["response_format"]["json_schema"]["schema"]
    assert set(schema["properties"]) == {"Due date", "Parties"}
    assert schema["required"] == ["Due date", "Parties"]


def test_a_prompt_of_the_workbook_is_sent_with_braces_in_the_text_left_alone() -> None:
    prompt = Prompt("mine", user="Sort: {input} into {labels} {other}", system="Be brief.")
    with ModelServer() as server:
        run(plan_of(api_model("A", server.url, prompt=prompt)), [example(1, text="{labels} and {x}")])
        sent = server.books[0].body["messages"]
    assert sent[0] == {"role": "system", "content": "Be brief."}
    assert sent[1]["content"] == "Sort: {labels} and {x} into - refund: money back\n- delivery\n- other {other}"


def test_the_usage_of_a_reply_that_says_nothing_about_tokens_is_unknown_and_not_nothing() -> None:
    with ModelServer(always(Reply(usage=False))) as server:
        (response,) = run(plan_of(api_model("A", server.url, price=Price(1, 2))), [example(1)])
    assert response.outcome is Outcome.ANSWERED
    assert response.usage is None
    assert response.log[0].billed


def test_a_prefix_that_is_litellms_is_not_sent_to_a_server_of_the_openai_protocol() -> None:
    sent = []
    with ModelServer() as server:
        for model in ("hosted_vllm/qwen", "meta-llama/Llama-3-8B", "qwen"):
            run(plan_of(api_model("A", server.url, model=model)), [example(1)])
        sent = [seen.body["model"] for seen in server.books]
    assert sent == ["qwen", "meta-llama/Llama-3-8B", "qwen"]


def test_our_own_waiting_is_recorded_apart_and_is_in_no_latency() -> None:
    with ModelServer(always(Reply(latency_s=0.1))) as server:
        start = time.perf_counter()
        found = run(plan_of(api_model("A", server.url), most_requests_at_once=1), [example(n) for n in range(4)])
        in_all = time.perf_counter() - start
    waits = sorted(r.log[0].waited_s or 0.0 for r in found)
    assert waits[-1] >= 0.1
    assert all((r.log[0].overhead_s or 0.0) > 0 for r in found)
    assert all(r.latency_s == r.log[0].latency_s for r in found)
    assert sum(r.latency_s or 0.0 for r in found) <= in_all, "one at a time, so waiting would be counted twice"


def test_the_anthropic_protocol_asks_for_the_schema_by_its_own_means() -> None:
    fields = (FieldSpec("Due date", FieldType.DATE),)
    with ModelServer(always(Reply("{}"))) as server:
        settings = {"structured output": "yes"}
        spec = api_model("A", server.root, model="anthropic/claude-sonnet-4-5", most_output_tokens=50, settings=settings)
        run(plan_of(spec, task=Task.EXTRACTION, fields=fields), [example(1)])
        body = server.books[0].body
    assert "Due date" in str({name: part for name, part in body.items() if name != "messages"})


def test_total_usage_is_unknown_when_one_billed_attempt_did_not_say() -> None:
    attempt = Attempt("now", 0.1, "answered", Usage(1, 1), billed=True)
    silent = Attempt("now", 0.1, "answered", None, billed=True)
    free = Attempt("now", 0.1, "server error")
    assert chat_model.total_usage([free, attempt, attempt]) == Usage(2, 2)
    assert chat_model.total_usage([silent, attempt]) is None


@pytest.mark.parametrize("reset", ["0.3", "300ms", "0.3s"])
def test_rate_headers_that_say_the_window_is_used_up_hold_the_next_request(reset: str) -> None:
    full = (("x-ratelimit-remaining-requests", "0"), ("x-ratelimit-reset-requests", reset))
    with ModelServer(in_turn(Reply(headers=full), Reply())) as server:
        run(plan_of(api_model("A", server.url), most_requests_at_once=1), [example(1), example(2)])
        first, second = (seen.at for seen in server.books)
    assert second - first >= 0.28


def test_too_few_tokens_left_for_one_more_request_hold_it_and_enough_do_not() -> None:
    def headers(left: int) -> dict[str, str]:
        return {"x-ratelimit-remaining-tokens": str(left), "x-ratelimit-reset-tokens": "6m0s"}

    assert transport.hold_s(headers(90), tokens=107) == 360
    assert transport.hold_s(headers(200), tokens=107) is None
    assert transport.hold_s({"x-ratelimit-remaining-requests": "0"}) is None


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("20ms", 0.02), ("1s", 1), ("6m0s", 360), ("1h2m3.5s", 3723.5), ("7", 7), ("", None), ("soon", None), ("-1", None)],
)
def test_durations_of_rate_headers_are_read_as_providers_write_them(text: str, seconds: float | None) -> None:
    assert transport.duration_s(text) == seconds


def misfit(text: str) -> str:
    return "" if text in {"refund", "delivery"} else "none of the labels"


def test_an_answer_in_the_wrong_form_is_asked_for_again_where_the_row_says_so() -> None:
    replies = in_turn(Reply("It is a refund, I think", output_tokens=9), Reply("refund", output_tokens=1))
    with ModelServer(replies) as server:
        spec = api_model("A", server.url, settings={"ask again": "yes"})
        (response,) = run(plan_of(spec), [example(1)], misfit=misfit)
    assert (response.text, response.outcome, response.attempts) == ("refund", Outcome.ANSWERED, 2)
    assert response.usage == Usage(200, 10, 0, 0)
    assert [(a.outcome, a.billed) for a in response.log] == [("does not fit", True), ("answered", True)]


def test_without_that_line_the_first_answer_stands_and_with_it_the_last_one_does() -> None:
    for settings, requests in (({}, 1), ({"ask again": "no"}, 1), ({"ask again": "yes"}, 3)):
        with ModelServer(always(Reply("no idea"))) as server:
            spec = api_model("A", server.url, settings=settings)
            (response,) = run(plan_of(spec, most_attempts=3), [example(1)], misfit=misfit)
            assert len(server.books) == requests
        assert (response.outcome, response.text) == (Outcome.ANSWERED, "no idea")


def test_a_latency_ends_when_the_last_byte_came_and_not_when_it_was_read(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where many replies come at once, the last one is read long after it was there: here 0.3 s after."""
    arrived = transport._StampingHandler.data_received  # noqa: SLF001 - what happens between arrival and reading is inside

    def late(handler: transport._StampingHandler, data: bytes) -> None:
        arrived(handler, data)
        time.sleep(0.3)

    monkeypatch.setattr(transport._StampingHandler, "data_received", late)  # noqa: SLF001 - as above
    with ModelServer(always(Reply(latency_s=0.2))) as server:
        start = time.perf_counter()
        (response,) = run(plan_of(api_model("A", server.url)), [example(1)])
        in_all = time.perf_counter() - start
    assert response.latency_s is not None
    assert 0.2 <= response.latency_s <= in_all - 0.3


@pytest.mark.parametrize(
    ("model", "endpoint", "settings", "sent"),
    [
        ("openai/gpt-4o-mini", "", {}, True),
        ("gpt-4", "", {}, False),
        ("openai/of-tomorrow", "", {}, True),
        ("mistral/mistral-large-latest", "https://api.mistral.ai/v1", {}, True),
        ("mistral/mistral-large-latest", "https://models.example.com/v1", {}, False),
        ("qwen", "http://127.0.0.1:9/v1", {}, False),
        ("qwen", "http://127.0.0.1:9/v1", {"structured output": "yes"}, True),
        ("openai/gpt-4o-mini", "", {"structured output": "no"}, False),
    ],
)
def test_a_schema_is_sent_by_itself_where_the_model_is_known_to_take_one(
    model: str, endpoint: str, settings: dict[str, str], sent: bool
) -> None:
    spec = api_model("A", endpoint, model=model, settings=settings)
    plan = plan_of(spec, task=Task.EXTRACTION, fields=(FieldSpec("Due date", FieldType.DATE),))
    assert (chat_model.request_settings(spec, plan, lean=True).response_format is not None) is sent


@pytest.mark.parametrize(
    ("endpoint", "named"),
    [
        ("", "max_completion_tokens"),
        ("https://api.openai.com/v1", "max_completion_tokens"),
        ("https://api.openai.com.example.com/v1", "max_tokens"),
        ("http://127.0.0.1:9/v1", "max_tokens"),
    ],
)
def test_openai_itself_is_told_the_most_output_tokens_by_its_own_word(endpoint: str, named: str) -> None:
    spec = api_model("A", endpoint, model="gpt-4o-mini", most_output_tokens=20)
    body = chat_model.request_settings(spec, plan_of(spec), lean=True).body([{"role": "user", "content": "Hello"}])
    assert {name: value for name, value in body.items() if "tokens" in name} == {named: 20}


@pytest.mark.parametrize("route", ROUTES)
def test_an_answer_that_was_cut_at_the_most_output_tokens_says_so(route: str) -> None:
    with ModelServer(in_turn(Reply("deliv", finish="length"), Reply("delivery"))) as server:
        spec = api_model("A", server.url, settings={"transport": route})
        one, other = run(plan_of(spec), [example(1), example(2)])
    assert {(r.text, r.reason) for r in (one, other)} == {("deliv", "cut at the most output tokens"), ("delivery", "")}
    assert one.outcome is other.outcome is Outcome.ANSWERED
