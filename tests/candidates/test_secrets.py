"""Keys go to their provider's own host, to loopback, or where --allow-key says; and they stay out of every text."""

from __future__ import annotations

import base64
import html
import json
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reportgen.candidates.wire.secrets import REMOVED, Redactor, key_for, refuse_host, secrets_in
from reportgen.domain.records.plan import CandidateKind, CandidateSpec
from reportgen.domain.records.providers import is_loopback
from reportgen.domain.records.response import Attempt, Outcome, Response
from reportgen.problems import NeedsMendingError

KEY = 'sk-"ä/+=0123456789'
ENVIRONMENT = {
    "OPENAI_API_KEY": KEY,
    "OPENAI_KEY_TEAM_B": KEY,
    "ANTHROPIC_API_KEY": KEY,
    "MISTRAL_API_KEY": KEY,
    "MY_KEY": KEY,
    "GITHUB_TOKEN": KEY,
    "CISCO_API_KEY": KEY,
    "DATABASE_PASSWORD": KEY,
}


def spec(model: str, endpoint: str = "", variable: str = "") -> CandidateSpec:
    return CandidateSpec("A", CandidateKind.API_MODEL, model=model, endpoint=endpoint, key_variable=variable)


@pytest.mark.parametrize(
    ("candidate", "allowed"),
    [
        (spec("openai/gpt-4o-mini"), {}),
        (spec("gpt-4o-mini"), {}),
        (spec("openai/gpt-4o-mini", variable="OPENAI_KEY_TEAM_B"), {"OPENAI_KEY_TEAM_B": "api.openai.com"}),
        (spec("openai/x", "http://127.0.0.1:8000/v1", "OPENAI_API_KEY"), {}),
        (spec("openai/gpt-4o-mini", "https://api.openai.com/v1"), {}),
        (spec("anthropic/claude-x"), {}),
        (spec("x", "http://127.0.0.1:8000/v1", "MY_KEY"), {}),
        (spec("x", "http://localhost:8000/v1", "GITHUB_TOKEN"), {"GITHUB_TOKEN": "localhost"}),
        (spec("x", "https://models.example.com/v1", "MY_KEY"), {"MY_KEY": "models.example.com"}),
        (spec("openai/x", "https://eu.example.com/v1"), {"OPENAI_API_KEY": "eu.example.com"}),
    ],
)
def test_a_key_goes_where_it_may(candidate: CandidateSpec, allowed: dict[str, str]) -> None:
    assert key_for(candidate, ENVIRONMENT, allowed) == KEY


@pytest.mark.parametrize(
    ("candidate", "allowed"),
    [
        (spec("openai/gpt-4o-mini", "https://evil.example.com/v1", "OPENAI_API_KEY"), {}),
        (spec("openai/gpt-4o-mini", variable="GITHUB_TOKEN"), {}),
        (spec("openai/gpt-4o-mini", variable="OPENAI_KEY_TEAM_B"), {}),
        (spec("cohere/command", variable="CISCO_API_KEY"), {}),
        (spec("x", "http://localhost:8000/v1", "GITHUB_TOKEN"), {}),
        (spec("x", "http://127.0.0.1:8000/v1", "OPENAI_API_KEY"), {}),
        (spec("openai/x", "http://127.0.0.1:8000/v1", "DATABASE_PASSWORD"), {}),
        (spec("openai/gpt-4o-mini", variable="ANTHROPIC_API_KEY"), {}),
        (spec("x", "https://models.example.com/v1", "MY_KEY"), {"MY_KEY": "other.example.com"}),
        (spec("x", "https://models.example.com/v1", "MY_KEY"), {"OPENAI_API_KEY": "models.example.com"}),
        (spec("x", "https://api.openai.com.evil.example/v1", "OPENAI_API_KEY"), {}),
        (spec("x", "https://api.openai.com@evil.example/v1", "OPENAI_API_KEY"), {}),
        (spec("x", "http://models.example.com/v1", "MY_KEY"), {"MY_KEY": "models.example.com"}),
        (spec("unknown/x", variable="MY_KEY"), {}),
        (spec("openai/x", "http://127.0.0.1.evil.example/v1", "MY_KEY"), {}),
    ],
)
def test_a_key_that_would_go_elsewhere_stops_the_run_with_the_remedy(
    candidate: CandidateSpec, allowed: dict[str, str]
) -> None:
    with pytest.raises(NeedsMendingError) as raised:
        key_for(candidate, ENVIRONMENT, allowed)
    assert raised.value.problems[0].remedy
    assert KEY not in str(raised.value)


@pytest.mark.parametrize("endpoint", ["https://models.example.com/v1", "http://127.0.0.1:8000/v1"])
def test_a_named_endpoint_never_gets_the_providers_key_unasked(endpoint: str) -> None:
    assert key_for(spec("openai/gpt-4o-mini", endpoint), ENVIRONMENT, {}) == ""


def test_what_a_candidate_names_is_a_key_whatever_it_is_called() -> None:
    found = {"HOUSE": "  s3cret-of-the-house ", "OPENAI_API_KEY": KEY, "HOME": "/home/ann", "ODD_TOKEN": "t0ken"}
    assert secrets_in(found, [spec("x", "http://127.0.0.1/v1", "HOUSE")]) == {"s3cret-of-the-house", KEY, "t0ken"}
    assert secrets_in(found, [spec("openai/x")]) == {KEY, "t0ken"}


def test_an_address_stands_in_endpoint_and_not_in_model() -> None:
    with pytest.raises(NeedsMendingError, match="holds an address") as raised:
        refuse_host(spec("https://evil.example.com/v1/m"), {"evil.example.com"})
    assert raised.value.problems[0].remedy == "Write provider/model, and the address into Endpoint."


def test_a_variable_that_is_not_set_is_said_with_its_name() -> None:
    with pytest.raises(NeedsMendingError, match="OPENAI_API_KEY is not set"):
        key_for(spec("openai/gpt-4o-mini"), {}, {})


@pytest.mark.parametrize(
    ("host", "loopback"),
    [("localhost", True), ("127.0.0.1", True), ("127.9.9.9", True), ("::1", True), ("10.0.0.1", False), ("0.0.0.0", False)],  # noqa: S104 - not bound
)
def test_loopback_is_this_machine_alone(host: str, loopback: bool) -> None:
    assert is_loopback(host) is loopback


@pytest.mark.parametrize(
    "spelling",
    [
        KEY,
        json.dumps(KEY)[1:-1],
        quote(KEY, safe=""),
        KEY.encode().hex(),
        KEY.encode().hex().upper(),
        html.escape(KEY),
        base64.b64encode(KEY.encode()).decode().rstrip("="),
    ],
)
def test_a_key_is_taken_out_in_every_spelling(spelling: str) -> None:
    assert Redactor([KEY]).text(f"before {spelling} after") == f"before {REMOVED} after"


@pytest.mark.parametrize("before", ["u:", "user:", "", "me:", "x", "xy", "xyz"])
@pytest.mark.parametrize("after", ["", "\n", " and", "!!", "..."])
def test_a_key_inside_a_longer_base64_text_is_taken_out_but_for_the_characters_it_shares(before: str, after: str) -> None:
    coded = base64.b64encode(f"{before}{KEY}{after}".encode()).decode()
    clean = Redactor([KEY]).text(coded)
    assert REMOVED in clean
    left = clean.partition(REMOVED)
    assert len(left[0]) <= len(before) * 4 / 3 + 1
    assert len(left[2].rstrip("=")) <= len(after) * 4 / 3 + 2


def test_every_text_of_a_response_is_cleaned() -> None:
    log = (Attempt("now", 0.1, "server error", reason=f"no {KEY}"),)
    dirty = Response("A", "E1", "k", Outcome.ERROR, text=KEY, reason=KEY, model_returned=KEY, log=log)
    assert KEY not in repr(Redactor([KEY]).response(dirty))


def test_placeholders_are_no_secrets() -> None:
    assert Redactor(["", "none", "EMPTY"]).text("none is EMPTY") == "none is EMPTY"


@given(st.text(st.characters(exclude_categories=())))
def test_whatever_a_model_says_can_be_written_to_a_file(text: str) -> None:
    Redactor([KEY]).text(text).encode("utf-8")
