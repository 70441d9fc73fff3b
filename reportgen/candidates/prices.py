"""What a response cost: the workbook's price first, litellm's own table second, else UNPRICED, which never counts as 0."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

import msgspec

from reportgen.domain.records.plan import CandidateKind, CandidateSpec, Price
from reportgen.domain.records.providers import PROVIDERS, host_of, provider_of
from reportgen.domain.records.response import Outcome, Response

UNPRICED = "UNPRICED"
MILLION = 1_000_000
TABLE = "model_prices_and_context_window_backup.json"


@dataclass(frozen=True, slots=True)
class PriceFound:
    """The price that a candidate is reckoned with. `source` is `UNPRICED` where nothing is known, with the `reason`."""

    price: Price | None
    source: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class _TableRow:
    litellm_provider: str = ""
    input_cost_per_token: float | None = None
    output_cost_per_token: float | None = None
    cache_read_input_token_cost: float | None = None


def find_price(spec: CandidateSpec, responses: Sequence[Response], currency: str) -> PriceFound:
    """Return the price of a candidate, and where it was found; litellm's table is in USD and serves no other currency.

    A response whose tokens are unknown cannot be priced, and then the whole candidate is unpriced.
    """
    if spec.kind is CandidateKind.LOCAL_BASELINE:
        return PriceFound(None, "local")
    billed = [r for r in responses if r.cost is None and not _free(r)]
    price, source = list_price(spec, currency)
    if not billed and any(r.cost is not None for r in responses):
        return PriceFound(price, "reported by the command" if spec.kind is CandidateKind.COMMAND else "recorded cost")
    if price is None:
        return PriceFound(
            None, UNPRICED, f"neither the Candidates sheet nor litellm's price table gives a price in {currency}"
        )
    unknown = sum(r.usage is None for r in billed)
    if unknown:
        return PriceFound(price, UNPRICED, f"{unknown} of {len(responses)} responses have no token counts")
    return PriceFound(price, source)


def list_price(spec: CandidateSpec, currency: str) -> tuple[Price | None, str]:
    """Return the price of a candidate's tokens before anything is asked, and where it stands.

    litellm's table holds the providers' own prices in USD: it says nothing about another endpoint.
    """
    if spec.price is not None:
        return spec.price, "workbook"
    own_host = PROVIDERS[provider_of(spec.model)].host if provider_of(spec.model) in PROVIDERS else ""
    elsewhere = bool(spec.endpoint) and host_of(spec.endpoint) != own_host
    if spec.kind is CandidateKind.COMMAND or elsewhere or currency != "USD":
        return None, UNPRICED
    return _from_table(spec.model)


def token_cost(response: Response, found: PriceFound) -> float | None:
    """Return money for all billed attempts of one response, None where it is not known.

    `Response.cost` overrides tokens times price; cached input tokens are part of the input tokens and have their own price.
    """
    if response.cost is not None:
        return response.cost
    if found.source == "local" or _free(response):
        return 0.0
    if found.price is None or response.usage is None:
        return None
    price, usage = found.price, response.usage
    cached = price.input if price.cached_input is None else price.cached_input
    fresh_input = usage.input - usage.cached_input
    return (fresh_input * price.input + usage.cached_input * cached + usage.output * price.output) / MILLION


def _free(response: Response) -> bool:
    """Return whether nothing is known to have been billed: a failure without any token count."""
    return response.usage is None and response.outcome in {Outcome.ERROR, Outcome.TIMEOUT}


@cache
def _table() -> Mapping[str, msgspec.Raw]:
    """Return the price table that ships with litellm, without importing litellm; empty where it is not installed."""
    package = find_spec("litellm")
    if package is None or package.origin is None:
        return {}
    raw = (Path(package.origin).parent / TABLE).read_bytes()
    return msgspec.json.decode(raw, type=dict[str, msgspec.Raw])


def _from_table(model: str) -> tuple[Price | None, str]:
    """Look a model up by its name, or by its bare name where the table has that under the same provider."""
    prefix, _, bare = model.strip().partition("/")
    for name in (model.strip(), bare):
        if not name or name not in _table():
            continue
        row = msgspec.json.decode(_table()[name], type=_TableRow)
        if name != model.strip() and row.litellm_provider != prefix.casefold():
            continue
        if row.input_cost_per_token is not None and row.output_cost_per_token is not None:
            cached = row.cache_read_input_token_cost
            source = f"litellm {version('litellm')} price table"
            price = Price(
                row.input_cost_per_token * MILLION,
                row.output_cost_per_token * MILLION,
                None if cached is None else cached * MILLION,
                source,
            )
            return price, source
    return None, UNPRICED
