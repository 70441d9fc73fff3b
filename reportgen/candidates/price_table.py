"""The price table that ships with litellm, read without importing it; what cannot be applied is no price and says why."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

import msgspec

from reportgen.domain.records.plan import Price, PriceTier

TABLE = "model_prices_and_context_window_backup.json"
TABLE_NAME = "litellm "
"""What the source of every price of the table begins with."""
MILLION = 1_000_000
BATCHES = "batches"
"""The table's name of the service tier of batches."""
_TIER = re.compile(r"input_cost_per_token_above_(\d+)k_tokens")
_OTHER_UNITS = ("character", "second", "query", "request", "image", "pixel", "page", "hour")


def from_table(model: str, tier: str = "") -> tuple[Price | None, str] | None:
    """Return a model's price, or why the table's price cannot be applied; None where the table does not have the model.

    Args:
        model: by its name, or by its bare name where the table has that under the same provider.
        tier: the service tier that is asked for (`flex`, `priority`, `batches`), '' for the usual one.
    """
    row = _row(model)
    if row is None:
        return None
    end = f"_{tier}" if tier else ""
    into, out = _money(row, f"input_cost_per_token{end}"), _money(row, f"output_cost_per_token{end}")
    source = f"{TABLE_NAME}{version('litellm')} price table{', batches' if tier == BATCHES else ''}"
    if into is None or out is None:
        if tier:
            what = "batches" if tier == BATCHES else f"the service tier {tier}"
            return None, f"{source} gives no price for {what}"
        other = next((unit for unit in _OTHER_UNITS if any(f"_per_{unit}" in name for name in row)), "")
        return (None, f"{source} prices it by the {other}, which cannot be applied to tokens") if other else None
    if not into or not out:
        return None, f"{source} gives 0, which is no price; fill in the prices on the sheet Candidates if it is free"
    return (
        Price(
            into,
            out,
            _money(row, f"cache_read_input_token_cost{end}"),
            source,
            cache_write=_money(row, f"cache_creation_input_token_cost{end}"),
            picture_input=_money(row, f"input_cost_per_image_token{end}"),
            audio_input=_money(row, f"input_cost_per_audio_token{end}"),
            audio_output=_money(row, f"output_cost_per_audio_token{end}"),
            tiers=_tiers(row, end),
        ),
        "",
    )


def takes_schema(model: str) -> bool | None:
    """Return whether a model takes a schema for its answers, None where the table does not have the model."""
    return able(model, "supports_response_schema")


def able(model: str, ability: str) -> bool | None:
    """Return whether a model has an ability (`supports_vision`), None where the table does not have the model."""
    row = _row(model)
    return None if row is None else row.get(ability) is True


def _tiers(row: Mapping[str, object], end: str) -> tuple[PriceTier, ...]:
    """Return the prices by length, the lowest first."""
    found = []
    for name in row:
        match = _TIER.fullmatch(name.removesuffix(end) if end and name.endswith(end) else name)
        if match is None:
            continue
        above = f"_above_{match.group(1)}k_tokens{end}"
        into, out = (_money(row, f"{what}_cost_per_token{above}") for what in ("input", "output"))
        into = _money(row, f"input_cost_per_token{end}") if into is None else into
        out = _money(row, f"output_cost_per_token{end}") if out is None else out
        if into is not None and out is not None:
            read, write = (_money(row, f"cache_{what}_input_token_cost{above}") for what in ("read", "creation"))
            found.append(PriceTier(int(match.group(1)) * 1000, into, out, read, write))
    return tuple(sorted({tier.above: tier for tier in found}.values(), key=lambda tier: tier.above))


def _money(row: Mapping[str, object], name: str) -> float | None:
    """Return a price for one million tokens, None where the row has none."""
    value = row.get(name)
    return float(value) * MILLION if isinstance(value, int | float) and not isinstance(value, bool) else None


def _row(model: str) -> Mapping[str, object] | None:
    prefix, _, bare = model.strip().partition("/")
    for name in (model.strip(), bare):
        if not name or name not in _table():
            continue
        row = msgspec.json.decode(_table()[name], type=dict[str, object])
        if name == model.strip() or row.get("litellm_provider") == prefix.casefold():
            return row
    return None


@cache
def _table() -> Mapping[str, msgspec.Raw]:
    """Return the rows, each still undecoded; empty where litellm is not installed."""
    package = find_spec("litellm")
    if package is None or package.origin is None:
        return {}
    raw = (Path(package.origin).parent / TABLE).read_bytes()
    return msgspec.json.decode(raw, type=dict[str, msgspec.Raw])
