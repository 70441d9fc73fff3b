"""Prices: the workbook's first, litellm's own table second, else UNPRICED; nothing unknown ever counts as nothing."""

from __future__ import annotations

import json
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path

import msgspec
import pytest

from reportgen.candidates import price_table
from reportgen.candidates.prices import PriceFound, find_price, list_price, token_cost
from reportgen.domain.records.plan import CandidateKind, CandidateSpec, Price
from reportgen.domain.records.response import Attempt, Outcome, Response, Usage


def api(model: str = "openai/gpt-4o-mini", **more: object) -> CandidateSpec:
    return CandidateSpec("A", CandidateKind.API_MODEL, model=model, **more)  # type: ignore[arg-type]


def response(usage: Usage | None = None, outcome: Outcome = Outcome.ANSWERED, cost: float | None = None) -> Response:
    return Response("A", "E1", "key", outcome, usage=usage, cost=cost)


def test_uncached_cached_and_output_tokens_have_their_own_prices() -> None:
    found = PriceFound(Price(input=3.0, output=15.0, cached_input=0.3), "workbook")
    cost = token_cost(response(Usage(input=1_000_000, output=100_000, cached_input=400_000, thinking=90_000)), found)
    assert cost == pytest.approx(0.6 * 3 + 0.4 * 0.3 + 0.1 * 15)
    worked = token_cost(response(Usage(input=2_000, output=250, cached_input=1_400)), found)
    assert worked == pytest.approx(0.005970), "the worked example of formulas.md 4.3"


def test_without_a_price_for_cached_tokens_they_cost_what_input_costs() -> None:
    assert token_cost(response(Usage(1_000_000, 0, 400_000)), PriceFound(Price(3.0, 15.0), "workbook")) == pytest.approx(3)


def test_a_cost_that_was_reported_goes_before_tokens_times_price() -> None:
    assert token_cost(response(Usage(10, 10), cost=0.5), PriceFound(Price(3.0, 15.0), "workbook")) == 0.5


def test_a_failure_without_token_counts_is_not_billed_and_an_answer_without_them_is_unknown() -> None:
    found = PriceFound(Price(3.0, 15.0), "workbook")
    assert token_cost(response(outcome=Outcome.TIMEOUT), found) == 0.0
    assert token_cost(response(outcome=Outcome.REFUSED), found) is None


def test_the_workbooks_price_goes_before_the_table() -> None:
    assert find_price(api(price=Price(1, 2)), [response(Usage(1, 1))], "USD") == PriceFound(Price(1, 2), "workbook")


def test_the_table_is_litellms_own_and_is_read_without_importing_it() -> None:
    package = find_spec("litellm")
    assert package is not None
    assert package.origin is not None
    table = json.loads((Path(package.origin).parent / "model_prices_and_context_window_backup.json").read_bytes())
    found = list_price(api(), "USD")
    price, source = found.price, found.source
    assert price is not None
    assert price.input == pytest.approx(table["gpt-4o-mini"]["input_cost_per_token"] * 1e6)
    assert price.cached_input == pytest.approx(table["gpt-4o-mini"]["cache_read_input_token_cost"] * 1e6)
    assert source.startswith("litellm 1.")


@pytest.mark.parametrize(
    "spec",
    [
        api("openai/no-such-model"),
        api("somebody/gpt-4o-mini"),
        api(endpoint="https://models.example.com/v1"),
        CandidateSpec("A", CandidateKind.COMMAND, model="gpt-4o-mini"),
    ],
)
def test_a_price_that_is_another_ones_is_not_taken(spec: CandidateSpec) -> None:
    assert find_price(spec, [response(Usage(1, 1))], "USD").source == "UNPRICED"


def test_the_tables_dollars_are_no_price_in_another_currency() -> None:
    found = find_price(api(), [response(Usage(1, 1))], "EUR")
    assert (found.source, found.price) == ("UNPRICED", None)
    assert "EUR" in found.reason


def test_one_answer_without_token_counts_makes_the_candidate_unpriced() -> None:
    found = find_price(api(price=Price(1, 2)), [response(Usage(1, 1)), response()], "USD")
    assert found.source == "UNPRICED"
    assert "1 of 2" in found.reason


def test_local_baselines_cost_nothing_for_tokens() -> None:
    found = find_price(CandidateSpec("A", CandidateKind.LOCAL_BASELINE, model="majority"), [response()], "EUR")
    assert found.source == "local"
    assert token_cost(response(), found) == 0.0


def test_recorded_costs_need_no_price() -> None:
    spec = CandidateSpec("A", CandidateKind.RECORDED_OUTPUTS)
    assert find_price(spec, [response(cost=0.1), response(outcome=Outcome.ERROR)], "EUR").source == "recorded cost"


def test_a_model_that_never_answered_keeps_its_price() -> None:
    assert find_price(api(price=Price(1, 2)), [response(outcome=Outcome.ERROR)], "USD").source == "workbook"


TABLE = {
    "free": {"input_cost_per_token": 0, "output_cost_per_token": 0},
    "half": {"input_cost_per_token": 1e-6, "output_cost_per_token": 0},
    "letters": {"input_cost_per_character": 1e-6, "output_cost_per_character": 1e-6},
    "long": {
        "input_cost_per_token": 1e-6, "output_cost_per_token": 10e-6, "cache_read_input_token_cost": 0.1e-6,
        "input_cost_per_token_above_200k_tokens": 2e-6, "output_cost_per_token_above_200k_tokens": 15e-6,
        "cache_read_input_token_cost_above_200k_tokens": 0.2e-6,
    },
    "kept": {"input_cost_per_token": 1e-6, "output_cost_per_token": 1e-6, "cache_creation_input_token_cost": 1.25e-6},
    "heard": {"input_cost_per_token": 1e-6, "output_cost_per_token": 1e-6, "input_cost_per_audio_token": 40e-6},
    "tiered": {
        "input_cost_per_token": 1e-6, "output_cost_per_token": 1e-6,
        "input_cost_per_token_flex": 0.5e-6, "output_cost_per_token_flex": 0.5e-6,
    },
}  # fmt: skip


@pytest.fixture
def table(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = {name: msgspec.Raw(json.dumps(row).encode()) for name, row in TABLE.items()}
    monkeypatch.setattr(price_table, "_table", lambda: rows)


@pytest.mark.usefixtures("table")
@pytest.mark.parametrize(
    ("model", "settings", "why"),
    [
        ("free", {}, "gives 0, which is no price"),
        ("half", {}, "gives 0, which is no price"),
        ("letters", {}, "prices it by the character"),
        ("tiered", {"service_tier": "priority"}, "no price for the service tier priority"),
        ("nobody", {}, "neither the Candidates sheet nor"),
    ],
)
def test_a_price_of_the_table_that_cannot_be_applied_is_none_and_says_why(
    model: str, settings: dict[str, str], why: str
) -> None:
    found = find_price(api(model, settings=settings), [response(Usage(10, 10))], "USD")
    assert (found.price, found.source) == (None, "UNPRICED")
    assert why in found.reason


@pytest.mark.usefixtures("table")
def test_tiers_by_length_cache_writes_sound_and_service_tiers_have_their_own_price() -> None:
    long = list_price(api("long"), "USD")
    assert token_cost(response(Usage(200_000, 0)), long) == pytest.approx(0.2)
    assert token_cost(response(Usage(200_001, 1_000, 1)), long) == pytest.approx((200_000 * 2 + 0.2 + 15_000) / 1e6)
    two = replace(
        response(Usage(300_000, 0)),
        attempts=2,
        log=tuple(Attempt("now", 1, "answered", Usage(150_000, 0), billed=True) for _ in range(2)),
    )
    assert token_cost(two, long) == pytest.approx(0.3), "each request has its own length"
    assert token_cost(response(Usage(1000, 0, 0, None, 800)), list_price(api("kept"), "USD")) == pytest.approx(0.0012)
    assert token_cost(response(Usage(1000, 0, audio_input=100)), list_price(api("heard"), "USD")) == pytest.approx(0.0049)
    flex = list_price(api("tiered", settings={"service tier": "flex"}), "USD")
    assert token_cost(response(Usage(1000, 1000)), flex) == pytest.approx(0.001)


@pytest.mark.usefixtures("table")
def test_sound_without_a_price_makes_the_candidate_unpriced() -> None:
    found = find_price(api("kept"), [response(Usage(1000, 10, audio_input=100))], "USD")
    assert found.source == "UNPRICED"
    assert "hold sound" in found.reason


def test_a_price_per_task_comes_after_tokens_and_cost_and_prices_what_was_recorded() -> None:
    spec = CandidateSpec("A", CandidateKind.RECORDED_OUTPUTS, price_per_task=0.05)
    rows = [response(), response(cost=0.2), response(outcome=Outcome.REFUSED)]
    found = find_price(spec, rows, "EUR")
    assert found.source == "price per task"
    assert [token_cost(r, found) for r in rows] == [0.05, 0.2, 0.05]
    both = find_price(replace(spec, price=Price(1, 2)), [response(Usage(1_000_000, 0)), response()], "EUR")
    assert [token_cost(r, both) for r in (response(Usage(1_000_000, 0)), response())] == [1, 0.05]
    assert find_price(api(endpoint="https://x.example", price_per_task=1.0), [response()], "EUR").source == "UNPRICED"
