"""What a response cost: the workbook's price first, litellm's own table second, else UNPRICED, which never counts as 0."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from reportgen.candidates.price_table import BATCHES, TABLE_NAME, from_table
from reportgen.domain.records.model_settings import in_batches, setting_key
from reportgen.domain.records.plan import CandidateKind, CandidateSpec, Price, runs_foreign_code
from reportgen.domain.records.providers import PROVIDERS, host_of, provider_of
from reportgen.domain.records.response import Outcome, Response, Usage

UNPRICED = "UNPRICED"
MILLION = 1_000_000
PER_TASK = "price per task"


@dataclass(frozen=True, slots=True)
class PriceFound:
    """The price that a candidate is reckoned with. `source` is `UNPRICED` where nothing is known, with the `reason`."""

    price: Price | None
    source: str
    reason: str = ""
    per_task: float | None = None


def by_task(spec: CandidateSpec) -> bool:
    """Return whether a candidate may be priced by the task: one that is not asked over a provider's own interface."""
    return spec.kind is CandidateKind.RECORDED_OUTPUTS or runs_foreign_code(spec.kind)


def find_price(spec: CandidateSpec, responses: Sequence[Response], currency: str) -> PriceFound:
    """Return the price of a candidate, and where it was found; litellm's table is in USD and serves no other currency.

    A response whose tokens are unknown cannot be priced, and then the whole candidate is unpriced.
    """
    if spec.kind is CandidateKind.LOCAL_BASELINE:
        return PriceFound(None, "local")
    billed = [r for r in responses if r.cost is None and not _free(r)]
    listed = list_price(spec, currency)
    if not billed and any(r.cost is not None for r in responses):
        reported = "recorded cost"
        if runs_foreign_code(spec.kind):
            reported = "reported by the command" if spec.kind is CandidateKind.COMMAND else "reported by the candidate"
        return PriceFound(listed.price, reported, per_task=listed.per_task)
    if spec.price_per_task is not None and by_task(spec):
        return replace(listed, source=listed.source if listed.price else PER_TASK, reason="")
    if listed.price is None:
        return listed
    for what, many in (
        ("have no token counts", sum(r.usage is None for r in billed)),
        ("hold sound, for which the price table gives no price", sum(token_cost(r, listed) is None for r in billed)),
    ):
        if many:
            return replace(listed, source=UNPRICED, reason=f"{many} of {len(responses)} responses {what}")
    return listed


def list_price(spec: CandidateSpec, currency: str) -> PriceFound:
    """Return the price of a candidate before anything is asked, and where it stands.

    litellm's table holds the providers' own prices in USD: it says nothing about another endpoint.
    """
    per_task = spec.price_per_task if by_task(spec) else None
    if spec.price is not None:
        return PriceFound(spec.price, "workbook", per_task=per_task)
    own_host = PROVIDERS[provider_of(spec.model)].host if provider_of(spec.model) in PROVIDERS else ""
    elsewhere = bool(spec.endpoint) and host_of(spec.endpoint) != own_host
    nowhere = f"neither the Candidates sheet nor litellm's price table gives a price in {currency}"
    if runs_foreign_code(spec.kind) or elsewhere or currency != "USD":
        return PriceFound(None, UNPRICED, nowhere, per_task)
    found = from_table(spec.model, own_setting_of_tier(spec))
    if found is None:
        return PriceFound(None, UNPRICED, nowhere, per_task)
    price, reason = found
    return PriceFound(price, price.source if price else UNPRICED, reason, per_task)


def own_setting_of_tier(spec: CandidateSpec) -> str:
    """Return the service tier that the Settings ask for, '' for the usual one."""
    if in_batches(spec.settings):
        return BATCHES
    tier = next((value for name, value in spec.settings.items() if setting_key(name) == "service_tier"), "")
    tier = tier.strip().strip('"').casefold()
    return "" if tier in {"auto", "default", "standard", "standard_only"} else tier


def token_cost(response: Response, found: PriceFound) -> float | None:
    """Return money for all billed attempts of one response, None where it is not known.

    `Response.cost` overrides tokens times price, and a price for each task comes last.
    """
    if response.cost is not None:
        return response.cost
    if found.source == "local" or _free(response):
        return 0.0
    if found.price is None or response.usage is None:
        return found.per_task
    price, usage = found.price, response.usage
    if not price.tiers:
        return _cost(usage, price)
    parts = [a.usage for a in response.log if a.billed]
    if not parts:  # recorded: all that is known is the total of its attempts
        return _cost(usage, _tier(price, usage.input // max(1, response.attempts or 1)))
    costs = [_cost(part, _tier(price, part.input)) if part is not None else None for part in parts]
    known = [cost for cost in costs if cost is not None]
    return sum(known) if len(known) == len(costs) else None


def _tier(price: Price, tokens: int) -> Price:
    """Return the prices of a request of so many input tokens."""
    for tier in reversed(price.tiers):
        if tokens > tier.above:
            return replace(
                price,
                input=tier.input,
                output=tier.output,
                cached_input=tier.cached_input,
                cache_write=tier.cache_write,
                picture_input=None,
            )
    return price


def _cost(usage: Usage, price: Price) -> float | None:
    """Return money for one usage, every kind of token by its own price; None where sound has none."""
    unheard = (usage.audio_input and price.audio_input is None) or (usage.audio_output and price.audio_output is None)
    if unheard and price.source.startswith(TABLE_NAME):
        return None
    into, out = price.input, price.output
    kinds = (
        (usage.cached_input, into if price.cached_input is None else price.cached_input),
        (usage.written_input, into if price.cache_write is None else price.cache_write),
        (usage.audio_input, into if price.audio_input is None else price.audio_input),
        (usage.picture_input, into if price.picture_input is None else price.picture_input),
    )
    rest = max(0, usage.input - sum(tokens for tokens, _ in kinds))
    sound = out if price.audio_output is None else price.audio_output
    total = rest * into + sum(tokens * each for tokens, each in kinds)
    return (total + (usage.output - usage.audio_output) * out + usage.audio_output * sound) / MILLION


def _free(response: Response) -> bool:
    """Return whether nothing is known to have been billed: a failure without any token count."""
    return response.usage is None and response.outcome in {Outcome.ERROR, Outcome.TIMEOUT}
