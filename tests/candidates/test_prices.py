"""Prices: the workbook's first, litellm's own table second, else UNPRICED; nothing unknown ever counts as nothing."""

from __future__ import annotations

import json
from importlib.util import find_spec
from pathlib import Path

import pytest

from reportgen.candidates.prices import PriceFound, find_price, list_price, token_cost
from reportgen.domain.records.plan import CandidateKind, CandidateSpec, Price
from reportgen.domain.records.response import Outcome, Response, Usage


def api(model: str = "openai/gpt-4o-mini", **more: object) -> CandidateSpec:
    return CandidateSpec("A", CandidateKind.API_MODEL, model=model, **more)  # type: ignore[arg-type]


def response(usage: Usage | None = None, outcome: Outcome = Outcome.ANSWERED, cost: float | None = None) -> Response:
    return Response("A", "E1", "key", outcome, usage=usage, cost=cost)


def test_uncached_cached_and_output_tokens_have_their_own_prices() -> None:
    found = PriceFound(Price(input=3.0, output=15.0, cached_input=0.3), "workbook")
    cost = token_cost(response(Usage(input=1_000_000, output=100_000, cached_input=400_000, thinking=90_000)), found)
    assert cost == pytest.approx(0.6 * 3 + 0.4 * 0.3 + 0.1 * 15)
    worked = token_cost(response(Usage(input=2_000, output=250, cached_input=1_400)), found)
    assert worked == pytest.approx(0.005970), "the worked example of figures.md 4.3"


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
    price, source = list_price(api(), "USD")
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
