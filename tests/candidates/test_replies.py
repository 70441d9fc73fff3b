"""Every body that a provider may send, over both transports: the right outcome, the right bill, a sentence for people.

The bodies of `provider_replies.json` are those of public threads; the others are of the same kinds, as the documentation
of each provider has them.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from reportgen.candidates import request_limits
from reportgen.candidates.prices import find_price, token_cost
from reportgen.candidates.wire.replies import AttemptFailedError
from reportgen.candidates.wire.transport import read_exchange
from reportgen.candidates.wire.usage import counts_in
from reportgen.domain.records.plan import Price
from reportgen.domain.records.response import Outcome, Response
from reportgen.problems import StoppedEarlyError
from tests.candidates.plans import api_model, example, plan_of, run
from tests.fakes.model_server import ModelServer, Reply, always, in_turn

SHARED = Path(__file__).resolve().parents[3] / "shared" / "cases" / "provider_replies.json"
PRICE = Price(input=1, output=10, cached_input=0.1)
ROUTES = ["direct", "litellm"]
OK, REFUSED, ERROR, STOPS = Outcome.ANSWERED, Outcome.REFUSED, Outcome.ERROR, None
UNPRICED = -1.0

EXPECTED: dict[str, tuple[Outcome | None, float, int, bool]] = {
    "plain": (OK, 0.0002, 1, False),
    "thinking outside completion_tokens": (OK, 0.0102, 1, False),
    "usage all zero": (OK, UNPRICED, 1, True),
    "usage as floats": (OK, 0.0002, 1, False),
    "usage as strings": (OK, 0.0002, 1, False),
    "usage contradicts itself": (OK, 0.0002, 1, True),
    "tokens beyond belief": (OK, UNPRICED, 1, True),
    "cache written apart from prompt_tokens": (OK, 0.0012, 1, False),
    "error inside a 200, once": (ERROR, 0, 2, False),
    "rate limit inside a 200": (ERROR, 0, 2, False),
    "finish_reason error": (ERROR, 0.0004, 2, False),
    "blocked, no message": (REFUSED, 0.0002, 1, False),
    "SAFETY": (REFUSED, 0.0002, 1, False),
    "lone surrogate in the text": (OK, 0.0002, 1, False),
    "thoughts before the answer": (OK, 0.0002, 1, False),
    "HTML of a sign-in page": (STOPS, 0, 2, False),
    "model not known": (STOPS, 0, 1, False),
    "key refused": (STOPS, 0, 1, False),
}
"""By name: outcome (None = this candidate stops), money, attempts of two, whether the token counts are doubted."""


@pytest.fixture(autouse=True)
def _short_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(request_limits, "FIRST_PAUSE_S", 0.01)


def choice(text: object = "refund", finish: str | None = "stop") -> dict[str, Any]:
    one = {"index": 0, "message": {"role": "assistant", "content": text}, "finish_reason": finish}
    counts = {"prompt_tokens": 100, "completion_tokens": 10}
    return {"id": "x", "object": "chat.completion", "model": "m", "choices": [one], "usage": counts}


THINKING = [{"type": "thinking", "thinking": []}, {"type": "text", "text": "refund"}]
THOUGHTS = [{"type": "thinking", "text": "Hm."}, {"text": "So.", "thought": True}, {"type": "text", "text": "refund"}]
OVERLOADED = {"type": "error", "error": {"type": "overloaded_error", "message": "Overloaded"}}
AZURE_FILTER = {"error": {"code": "content_filter", "message": "m", "innererror": {"code": "x"}}}
NESTED = 'OpenAIException - {"error": {"message": "bad n", "code": 1}}'


def error(message: str, **more: object) -> dict[str, Any]:
    return {"error": {"message": message, **more}}


COUNTS = {"prompt_tokens": 100, "completion_tokens": 10}


def piece(text: str, finish: str | None = None, usage: dict[str, int] | None = None) -> dict[str, Any]:
    one = {"index": 0, "delta": {"content": text}, "finish_reason": finish}
    return {"id": "x", "object": "chat.completion.chunk", "model": "m", "choices": [one], "usage": usage}


def stream(*pieces: object, done: bool = True) -> bytes:
    events = [json.dumps(one) for one in pieces] + ["[DONE]"] * done
    return "".join(f"data: {one}\n\n" for one in events).encode()


MORE: list[tuple[str, int, object, Outcome | None, float, int]] = [
    ("mistral thinks in pieces", 200, choice(THINKING), OK, 2, 1),
    ("thoughts that are pieces of text", 200, choice(THOUGHTS), OK, 2, 1),
    ("vertex prefix", 200, choice("", "FinishReason.PROHIBITED_CONTENT"), REFUSED, 2, 1),
    ("azure filter in the answer", 200, choice(None, "content_filter"), REFUSED, 2, 1),
    ("bedrock guardrail", 200, choice("", "guardrail_intervened"), REFUSED, 2, 1),
    ("a finish that nobody knows, with text", 200, choice("refund", "zebra"), OK, 2, 1),
    ("a finish that nobody knows, without", 200, choice("", "zebra"), ERROR, 4, 2),
    ("deepseek is short of machines", 200, choice("", "insufficient_system_resource"), ERROR, 4, 2),
    ("vllm aborts", 200, choice("", "abort"), ERROR, 4, 2),
    ("no finish at all", 200, choice("refund", None), OK, 2, 1),
    ("groq filter in a 200", 200, error("blocked", code="content_filter"), REFUSED, 0, 1),
    ("a filter is only mentioned", 400, error("Unknown parameter: content_filter.", code="unknown_parameter"), ERROR, 0, 1),
    ("azure filter", 400, AZURE_FILTER, REFUSED, 0, 1),
    ("openai flags a prompt", 400, error("flagged", code="invalid_prompt", type="invalid_request_error"), REFUSED, 0, 1),
    ("openrouter moderation", 403, error("flagged", code=403, metadata={"flagged_input": "x"}), REFUSED, 0, 1),
    ("gemini key", 400, [error("API key not valid. Please pass a valid API key.", code=400)], STOPS, 0, 1),
    ("mistral model", 400, {"object": "error", "message": "Invalid model: m", "type": "invalid_model"}, STOPS, 0, 1),
    ("ollama model", 404, error("model 'm' not found, try pulling it first", type="api_error"), STOPS, 0, 1),
    ("no money", 402, error("Insufficient Balance", code="invalid_request_error"), STOPS, 0, 1),
    ("quota", 429, error("You exceeded your current quota", code="insufficient_quota"), STOPS, 0, 1),
    ("too long", 400, error("maximum context length is 4096 tokens", code="context_length_exceeded"), ERROR, 0, 1),
    ("groq too large a request", 413, error("Request too large", code="request_too_large"), ERROR, 0, 1),
    ("anthropic overloaded", 529, OVERLOADED, ERROR, 0, 2),
    ("gateway page", 502, b"<html><head><title>502 Bad Gateway</title></head></html>", ERROR, 0, 2),
    ("fastapi detail", 422, {"detail": [{"loc": ["body"], "msg": "field required"}]}, ERROR, 0, 1),
    ("an error that is a text", 500, {"error": "CUDA out of memory"}, ERROR, 0, 2),
    ("nested json", 400, error(NESTED), ERROR, 0, 1),
    ("empty", 200, b"", ERROR, 0, 2),
    ("a list", 200, b"[1, 2]", ERROR, 0, 2),
    ("null", 200, b"null", ERROR, 0, 2),
    ("latin-1", 200, json.dumps(choice("refund")).encode().replace(b"refund", b"r\xe9fund"), OK, 2, 1),
    ("a byte order mark", 200, b"\xef\xbb\xbf" + json.dumps(choice("refund")).encode(), OK, 2, 1),
    ("nested beyond reason", 200, b"[" * 100_000, ERROR, 0, 2),
    ("a sign-in page by redirect", 302, b"", STOPS, 0, 1),
    ("a stream that nobody asked for", 200, stream(piece("ref"), piece("und"), piece("", "stop", COUNTS)), OK, 2, 1),
    ("a stream with comments", 200, b": PROCESSING\n\n" + stream(piece("refund", "stop", COUNTS)), OK, 2, 1),
    ("a stream that tells its id first", 200, b"id: 1\nevent: m\n" + stream(piece("refund", "stop", COUNTS)), OK, 2, 1),
    ("a stream that tells its event first", 200, b"event: m\n" + stream(piece("refund", "stop", COUNTS)), OK, 2, 1),
    ("a stream that tells a pause first", 200, b"retry: 9\n" + stream(piece("refund", "stop", COUNTS)), OK, 2, 1),
    ("a stream that breaks off", 200, stream(piece("ref"), done=False), ERROR, 0, 2),
    ("a stream with an error", 200, stream(piece("ref"), error("Overloaded", code=503)), ERROR, 0, 2),
    ("comments before the answer", 200, b": PROCESSING\n\n" + json.dumps(choice()).encode(), OK, 2, 1),
    ("parts with values", 200, choice([{"type": "text", "text": {"value": "refund"}}]), OK, 2, 1),
    ("an object for text", 200, choice({"label": "refund"}), OK, 2, 1),
    ("served as created", 201, choice(), OK, 2, 1),
    ("UTF-16", 200, json.dumps(choice()).encode("utf-16"), OK, 2, 1),
    ("a line break in the text", 200, json.dumps(choice("re fund")).encode().replace(b"re fund", b"re\nfund"), OK, 2, 1),
    ("a count of thousands of digits", 200, json.dumps(choice()).encode()[:-1] + b', "n": ' + b"9" * 5000 + b"}", OK, 2, 1),
    ("the client is said to have gone", 499, error("client closed request"), ERROR, 0, 2),
    ("minimax", 200, {"base_resp": {"status_code": 1002, "status_msg": "rate limit"}, "choices": None}, ERROR, 0, 2),
    ("no success", 200, {"success": False, "code": 401, "msg": "invalid token", "data": None}, STOPS, 0, 1),
]
"""Name, status, body, outcome, money in ten-thousandths, attempts of two."""
SAID = {"latin-1": "r\xe9fund", "an object for text": '{"label": "refund"}', "a line break in the text": "re\nfund"}
"""What the answer is where it is not "refund"."""


def as_bytes(body: object) -> bytes:
    return body if isinstance(body, bytes) else (body if isinstance(body, str) else json.dumps(body)).encode()


def asked_once(route: str, status: int, body: object) -> tuple[Response | None, str, int, float | None]:
    """Ask a server that says this to everything; return the response, what stopped it, the requests and the bill."""
    content = as_bytes(body)
    headers = (("Location", "https://login.example.com/"),) if status == 302 else ()
    with ModelServer(always(Reply(status=status, body=content, headers=headers))) as server:
        spec = api_model("A", server.url, price=PRICE, settings={"transport": route})
        try:
            (response,) = run(plan_of(spec, most_attempts=2, timeout_s=20), [example(1)])
        except StoppedEarlyError as stopped:
            return None, str(stopped), len(server.books), None
        found = find_price(spec, [response], "USD")
        cost = token_cost(response, found) if found.source != "UNPRICED" else UNPRICED
        return response, response.reason, len(server.books), cost


def shown_plainly(told: str) -> bool:
    """Whether a sentence holds neither raw JSON nor the name of a class."""
    return not any(mark in told for mark in ('{"', "{'", "Error:", "Exception", "litellm", "<html", "Traceback"))


@pytest.mark.skipif(not SHARED.exists(), reason="the shared cases are not on this machine")
@pytest.mark.parametrize("route", ROUTES)
def test_every_reply_of_the_public_threads_has_its_right_outcome_and_bill(route: str) -> None:
    wrong: list[object] = []
    cases = json.loads(SHARED.read_text(encoding="utf-8"))
    assert {case["name"] for case in cases} == set(EXPECTED)
    for case in cases:
        outcome, money, attempts, doubted = EXPECTED[case["name"]]
        response, told, requests, cost = asked_once(route, case["status"], case["body"])
        if not shown_plainly(told):
            wrong.append((case["name"], told))
        if response is None:
            wrong += [(case["name"], "stopped", requests)] if outcome is not STOPS or requests != attempts else []
            continue
        got = (response.outcome, cost, requests, any(a.doubt for a in response.log))
        if got != (outcome, pytest.approx(money), attempts, doubted):
            wrong.append((case["name"], *got))
    assert not wrong


@pytest.mark.parametrize("route", ROUTES)
def test_bodies_of_the_same_kinds_from_other_providers(route: str) -> None:
    wrong: list[object] = []
    for name, status, body, outcome, money, attempts in MORE:
        response, told, requests, cost = asked_once(route, status, body)
        if not shown_plainly(told) or requests != attempts:
            wrong.append((name, told, requests))
        if response is None or outcome is STOPS:
            wrong += [(name, told)] if (response is None) != (outcome is STOPS) else []
        elif (response.outcome, cost) != (outcome, pytest.approx(money / 10_000)):
            wrong.append((name, told, response.outcome, cost))
        elif outcome is OK and response.text != SAID.get(name, "refund"):
            wrong.append((name, response.text))
    assert not wrong


@pytest.mark.parametrize(
    ("message", "said"),
    [
        ({"content": None, "tool_calls": [{"id": "1"}]}, "the reply calls a tool instead of answering"),
        ({"content": "", "reasoning_content": "Hm."}, "the reply holds thoughts and no answer"),
        ({"content": ""}, "the reply is empty"),
    ],
)
def test_a_reply_without_text_says_why(message: dict[str, Any], said: str) -> None:
    body = choice() | {"choices": [{"index": 0, "message": message, "finish_reason": "stop"}]}
    response, reason, _, _ = asked_once("direct", 200, body)
    assert response is not None
    assert (response.outcome, response.text, reason) == (OK, "", said)


def test_letters_of_western_europe_stay_what_they_are() -> None:
    body = json.dumps(choice("rückgabe"), ensure_ascii=False).encode("latin-1")
    response, *_ = asked_once("direct", 200, body)
    assert response is not None
    assert response.text == "rückgabe"


@pytest.mark.parametrize(
    ("header", "message", "seconds"),
    [
        ("20s", "slow", 20.0),
        ("1.5", "slow", 1.5),
        ("-3", "slow", None),
        ("", "Rate limit reached. Please try again in 7m12s.", 432.0),
        ("", "Please try again in 220ms. Visit us.", 0.22),
        ("", "Please try again later.", None),
    ],
)
def test_a_pause_is_understood_however_it_is_asked_for(header: str, message: str, seconds: float | None) -> None:
    with pytest.raises(AttemptFailedError) as failed:
        read_exchange(429, {"Retry-After": header} if header else {}, json.dumps(error(message)).encode(), 0.1)
    assert failed.value.retry_after == (None if seconds is None else pytest.approx(seconds))


@pytest.mark.parametrize("route", ROUTES)
def test_a_rate_limit_inside_a_200_tells_the_limiter_and_its_message_is_kept(route: str) -> None:
    limit = json.dumps(error("Rate limit exceeded: free-models-per-day", code=429)).encode()
    with ModelServer(in_turn(Reply(body=limit), Reply())) as server:
        changes: list[Any] = []
        spec = api_model("A", server.url, settings={"transport": route})
        (response,) = run(plan_of(spec), [example(1)], limit_log=changes.extend)
    assert [(a.outcome, a.reason) for a in response.log[:1]] == [
        ("rate limited", "Rate limit exceeded: free-models-per-day (HTTP 429)")
    ]
    assert any("refused as too much" in change.reason for change in changes)


def usage(into: object = 100, out: object = 10, total: object = None, **more: object) -> dict[str, Any]:
    """Return counts as the OpenAI protocol has them: `cached` and `thinking` inside their details."""
    found = {"prompt_tokens": into, "completion_tokens": out, "total_tokens": total}
    if "cached" in more:
        found["prompt_tokens_details"] = {"cached_tokens": more.pop("cached")}
    if "thinking" in more:
        found["completion_tokens_details"] = {"reasoning_tokens": more.pop("thinking")}
    return {name: value for name, value in (found | more).items() if value is not None}


ANTHROPIC = {"cache_read_input_tokens": 500, "cache_creation_input_tokens": 300}
BEDROCK = {"cacheReadInputTokens": 500, "cacheWriteInputTokens": 300}
ALL_CACHED = {"input_tokens": 0, "cache_read_input_tokens": 500, "cache_creation_input_tokens": 0}
ALL_CACHED_BEDROCK = {"inputTokens": 0, "outputTokens": 10, "totalTokens": 510, "cacheReadInputTokens": 500}
RESPONSES = {"input_tokens_details": {"cached_tokens": 40}, "output_tokens_details": {"reasoning_tokens": 50}}

GEMINI_THOUGHTS = {"promptTokenCount": 100, "thoughtsTokenCount": 10, "totalTokenCount": 110}

SHAPES: list[tuple[str, dict[str, Any], tuple[int, int, int, int] | None, bool]] = [
    ("openai", usage(100, 60, 160, cached=40, thinking=50), (100, 60, 40, 0), False),
    ("vllm without details", usage(100, 10, 110) | {"prompt_tokens_details": None}, (100, 10, 0, 0), False),
    ("xai: thinking outside, told by the total", usage(100, 60, 210, thinking=50), (100, 110, 0, 0), False),
    ("thinking larger than the output, no total", usage(100, 10, thinking=500), (100, 510, 0, 0), False),
    ("gemini's openai door: only the total knows", usage(100, 10, 400), (100, 300, 0, 0), True),
    ("deepseek", usage(100, 10, 110, prompt_cache_hit_tokens=64, prompt_cache_miss_tokens=36), (100, 10, 64, 0), False),
    ("anthropic", {"input_tokens": 20, "output_tokens": 10, **ANTHROPIC}, (820, 10, 500, 300), False),
    ("bedrock", {"inputTokens": 20, "outputTokens": 10, "totalTokens": 830, **BEDROCK}, (820, 10, 500, 300), False),
    ("litellm of anthropic", usage(820, 10, 830, cached=500, **ANTHROPIC), (820, 10, 500, 300), False),
    ("apart or not, nobody says", usage(820, 10, cache_read_input_tokens=500), (1320, 10, 500, 0), True),
    ("responses", {"input_tokens": 100, "output_tokens": 60, "total_tokens": 160, **RESPONSES}, (100, 60, 40, 0), False),
    ("total as text", usage("100", 10.0, "110"), (100, 10, 0, 0), False),
    ("gemini: thoughts and no text", GEMINI_THOUGHTS, (100, 10, 0, 0), False),
    ("output missing, told by the total", usage(100, None, 110), (100, 10, 0, 0), False),
    ("only a total", usage(None, None, 110), None, True),
    ("no input, told by the total", usage(0, 10, 110), (100, 10, 0, 0), False),
    ("no input at all", usage(0, 10), None, True),
    ("no output for an answer", usage(100, 0, 100), (100, 0, 0, 0), True),
    ("negative", usage(-5, 10), None, True),
    ("no number", usage("many", 10), None, True),
    ("nan", usage(float("nan"), 10), None, True),
    ("more cached than went in", usage(100, 10, cached=400), (100, 10, 100, 0), True),
    ("all of it from the cache", usage(100, 10, 110, cached=100), (100, 10, 100, 0), False),
    ("all of it from the cache, no total", usage(100, 10, cached=100), (100, 10, 100, 0), False),
    ("anthropic, all of it from the cache", ALL_CACHED | {"output_tokens": 10}, (500, 10, 500, 0), False),
    ("bedrock, all of it from the cache", ALL_CACHED_BEDROCK, (500, 10, 500, 0), False),
    ("a list for details", usage(100, 10) | {"prompt_tokens_details": [1]}, (100, 10, 0, 0), False),
    ("nothing", {}, None, False),
]


@pytest.mark.parametrize(("name", "given", "expected", "doubted"), SHAPES, ids=[shape[0] for shape in SHAPES])
def test_usage_is_read_in_every_shape_and_the_larger_consistent_reading_counts(
    name: str, given: dict[str, Any], expected: tuple[int, int, int, int] | None, doubted: bool
) -> None:
    counts = counts_in({"usage": given})
    found = counts.usage
    got = (found.input, found.output, found.cached_input, found.written_input) if found else None
    assert (got, bool(counts.doubt)) == (expected, doubted), (name, counts)


def test_native_shapes_of_gemini_cohere_and_ollama_are_read_too() -> None:
    parts = {"promptTokenCount": 100, "candidatesTokenCount": 10, "thoughtsTokenCount": 50, "cachedContentTokenCount": 30}
    gemini = counts_in({"usageMetadata": parts | {"totalTokenCount": 160}})
    billed = {"input_tokens": 9.0, "output_tokens": 3.0}
    cohere = counts_in({"meta": {"billed_units": billed, "tokens": {"input_tokens": 500}}})
    ollama = counts_in({"message": {"content": "x"}, "prompt_eval_count": 26, "eval_count": 8})
    read = [(c.usage.input, c.usage.output, c.usage.cached_input) if c.usage else None for c in (gemini, cohere, ollama)]
    assert read == [(100, 60, 30), (9, 3, 0), (26, 8, 0)]


def test_a_spending_limit_holds_where_replies_break_after_they_were_paid_for() -> None:
    """The server charges 0.01 for all that it was sent: answers, half bodies, silence, bodies that nobody can read."""
    broken = json.dumps(choice("", "error")).encode().replace(b": 100", b": 5000").replace(b": 10}", b": 500}")
    faults = (Reply(body=b"{"), Reply(cut=True), Reply(hang=True), Reply(body=broken))
    limit, cost, at_once = 0.5, 0.01, 4

    def script(number: int, _body: dict[str, Any]) -> Reply:
        return faults[number % 4] if number % 5 else Reply(input_tokens=5_000, output_tokens=500)

    price = Price(input=1, output=10)
    with ModelServer(script) as server:
        spec = api_model("A", server.url, price=price, most_output_tokens=950)
        plan = plan_of(spec, spending_limit=limit, timeout_s=0.2, most_requests_at_once=at_once)
        with pytest.raises(StoppedEarlyError, match=r"spending limit of 0\.5"):
            run(plan, [example(n) for n in range(200)])
        charged = len(server.books) * cost
    assert limit / 2 < charged <= limit + at_once * cost


TRANSPORT = {
    "reset": Reply(reset=True),
    "cut": Reply(cut=True),
    "hang": Reply(hang=True),
    "drip": Reply(drip_s=8.0),
    **{str(status): Reply(status=status, text="broken") for status in (409, 424, 425, 500, 502, 504, 520, 522, 524)},
    "503": Reply(status=503, text="busy", headers=(("Retry-After", "0.01"),)),
    "529": Reply(status=529, text="overloaded"),
    "429": Reply(status=429, text="slow", headers=(("retry-after-ms", "10"),)),
    "408": Reply(status=408, text="too slow"),
}
"""Faults of the transport, for which nobody is charged."""


def modes() -> Iterator[tuple[str, Reply, float | None]]:
    """Yield every fault with what each reply of its kind costs, None where nobody can tell."""
    for name, reply in TRANSPORT.items():
        yield name, reply, 0.0
    for name, status, body, outcome, money, attempts in MORE:
        if outcome is not STOPS:
            yield name, Reply(status=status, body=as_bytes(body)), money / attempts / 10_000
    for case in json.loads(SHARED.read_text(encoding="utf-8")):
        outcome, money, attempts, _ = EXPECTED[case["name"]]
        if outcome is not STOPS:
            cost = None if money == UNPRICED else money / attempts
            yield case["name"], Reply(status=case["status"], body=as_bytes(case["body"])), cost


@pytest.mark.deep
@pytest.mark.skipif(not SHARED.exists(), reason="the shared cases are not on this machine")
@pytest.mark.parametrize("route", ROUTES)
def test_in_every_fault_mode_the_servers_books_are_ours_in_requests_tokens_and_money(route: str) -> None:
    """Seventy modes, twelve examples each, every second request goes wrong in that way."""
    good, wrong, count = Reply(input_tokens=200, output_tokens=20), list[object](), 0
    for name, fault, cost in modes():
        count += 1
        with ModelServer(in_turn(good, *[fault, good] * 50)) as server:
            spec = api_model("A", server.url, price=PRICE, settings={"transport": route})
            patience = 2 if fault.hang or fault.drip_s else 30
            plan = plan_of(spec, most_attempts=2, timeout_s=patience, most_requests_at_once=1)
            found = run(plan, [example(n) for n in range(12)])
            faults = sum(seen.reply is fault for seen in server.books)
            goods = len(server.books) - faults
        attempts = [a for r in found for a in r.log]
        known = [a.usage for a in attempts if a.usage is not None]
        ours = sum(((u.input - u.cached_input) * 1 + u.cached_input * 0.1 + u.output * 10) / 1e6 for u in known)
        theirs = goods * (200 + 20 * 10) / 1e6 + faults * (cost or 0.0)
        if len(attempts) != goods + faults or ours != pytest.approx(theirs, abs=1e-12):
            wrong.append((name, len(attempts), goods + faults, ours, theirs))
        elif {r.outcome for r in found} & {Outcome.INVALID} or len(found) != 12:
            wrong.append((name, [r.outcome for r in found]))
    assert count >= 70
    assert not wrong


@pytest.mark.skipif(not SHARED.exists(), reason="the shared cases are not on this machine")
def test_a_spending_limit_of_two_dollars_holds_with_every_fault_on() -> None:
    """What no reply accounts for the server charges like a good answer; only what is in flight may pass the limit."""
    dear, at_once = Price(input=50, output=500, cached_input=5), 4
    each = (200 * 50 + 20 * 500) / 1e6
    kinds = [(reply, each if cost is None or reply.cut else cost * 50) for _, reply, cost in modes() if not reply.hang]
    kinds = [(reply, cost) for reply, cost in kinds if not reply.drip_s]
    good = Reply(input_tokens=200, output_tokens=20)
    script = in_turn(good, *[reply for reply, _ in kinds * 20])
    with ModelServer(script) as server:
        spec = api_model("A", server.url, price=dear, most_output_tokens=1200)
        plan = plan_of(spec, spending_limit=2.0, most_attempts=2, timeout_s=30, most_requests_at_once=at_once)
        with pytest.raises(StoppedEarlyError, match="spending limit of 2"):
            run(plan, [example(n) for n in range(2_000)])
        costs = {id(reply): cost for reply, cost in kinds} | {id(good): each}
        charged = [costs[id(seen.reply)] for seen in server.books]
    assert 0.5 < sum(charged) <= 2.0 + at_once * max(charged)
