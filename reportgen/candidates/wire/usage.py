"""Token counts of a reply, whatever its shape: the larger consistent reading counts, and a contradiction is said.

Providers write them as integers, floats or text, count thinking and cached tokens inside or outside their totals, and some
contradict themselves. What cannot be known stays unknown; no count ever costs the answer.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from reportgen.domain.records.response import Usage

LARGEST = 100_000_000
"""Tokens of one request; the longest context of any model is a tenth of it."""

_INPUT = ("prompt_tokens", "input_tokens", "inputTokens", "promptTokenCount", "prompt_eval_count", "inputTokenCount")
_OUTPUT = ("completion_tokens", "output_tokens", "outputTokens", "candidatesTokenCount", "eval_count", "outputTokenCount")
_TOTAL = ("total_tokens", "totalTokens", "totalTokenCount")
_INPUT_DETAILS = ("prompt_tokens_details", "input_tokens_details")
_OUTPUT_DETAILS = ("completion_tokens_details", "output_tokens_details")
_READ_APART = ("cache_read_input_tokens", "cacheReadInputTokens", "cacheReadInputTokenCount")
_WRITTEN_APART = ("cache_creation_input_tokens", "cacheWriteInputTokens", "cacheWriteInputTokenCount")
_READ_INSIDE = ("prompt_cache_hit_tokens", "cachedContentTokenCount", "cached_tokens")
_THOUGHTS_APART = ("thoughtsTokenCount",)
_PLACES = ("usage", "usageMetadata", "usage_metadata", "token_usage", "meta", "x_groq")
"""Where replies keep their counts."""
_INNER = ("billed_units", "tokens", "usage")
"""What may lie between: Cohere's two kinds of count, Groq's wrapping."""


@dataclass(frozen=True, slots=True)
class Counts:
    """What a reply says about tokens. `usage` None = not known; `doubt` says what about it contradicts itself."""

    usage: Usage | None = None
    doubt: str = ""


NOTHING = Counts()
"""A reply that says nothing about tokens."""


class _BeyondBeliefError(ValueError):
    """A count that cannot be one."""


def counts_in(reply: object, *, answered: bool = True) -> Counts:
    """Return the token counts in a decoded reply; `answered` = it holds text, so no output at all cannot be true."""
    found = _counts_of(reply)
    if found is None:
        return NOTHING
    try:
        return _read(found, answered=answered)
    except _BeyondBeliefError as error:
        return Counts(None, str(error))


def _counts_of(reply: object) -> Mapping[str, object] | None:
    """Return the part of a reply that counts, None where nothing does."""
    if not isinstance(reply, Mapping):
        return None
    for place in _PLACES:
        part = reply.get(place)
        if isinstance(part, Mapping):
            for one in (part, *(part.get(inner) for inner in _INNER)):
                if isinstance(one, Mapping) and any(name in one for name in (*_INPUT, *_OUTPUT, *_TOTAL)):
                    return one
    return reply if any(name in reply for name in (*_INPUT, *_OUTPUT)) else None


def _read(found: Mapping[str, object], *, answered: bool) -> Counts:
    into, out, total = (_first(found, names) for names in (_INPUT, _OUTPUT, _TOTAL))
    inside, outside = _details(found, _INPUT_DETAILS), _details(found, _OUTPUT_DETAILS)
    read_apart, written_apart = _first(found, _READ_APART) or 0, _first(found, _WRITTEN_APART) or 0
    read_inside = max(_first(found, _READ_INSIDE) or 0, _first(inside, ("cached_tokens",)) or 0)
    thinking = _first(outside, ("reasoning_tokens",))
    thoughts = _first(found, _THOUGHTS_APART)
    hit, missed = _first(found, ("prompt_cache_hit_tokens",)), _first(found, ("prompt_cache_miss_tokens",))
    if into is None and hit is not None and missed is not None:
        into = hit + missed
    if into is not None:
        into += _first(found, ("toolUsePromptTokenCount",)) or 0
    apart = read_apart + written_apart
    if into is None or (into == 0 and not apart):
        into = total - (out or 0) if total and out is not None else into
    if out is None:
        out = total - into if total and into is not None and total >= into else None
        out = out - thoughts if out is not None and thoughts and thoughts <= out else out
    if into is None or out is None:
        return Counts(None, "it does not say how many tokens went in and how many came out" if total else "")
    if not into + apart:
        return Counts(None, f"it counts {'none at all' if not out else 'none that went in'}, which cannot be")
    ins = _readings(into, apart, told_apart=apart > into or _native(found), same=bool(inside) and read_apart <= read_inside)
    outs = _readings(out, thoughts or thinking or 0, told_apart=thoughts is not None or (thinking or 0) > out, same=True)
    whole_in, whole_out, doubt = _settled(ins, outs, total)
    read = read_apart or read_inside
    usage = Usage(
        whole_in,
        whole_out,
        min(read, whole_in),
        thinking if thoughts is None else thoughts,
        written_input=min(max(written_apart, _first(inside, ("cache_write_tokens",)) or 0), whole_in - min(read, whole_in)),
        audio_input=min(_first(inside, ("audio_tokens",)) or 0, whole_in),
        picture_input=min(_first(inside, ("image_tokens",)) or 0, whole_in),
        audio_output=min(_first(outside, ("audio_tokens",)) or 0, whole_out),
    )
    if not doubt and answered and not whole_out:
        doubt = "it counts no token that came out, and yet there is an answer"
    if not doubt and read > whole_in:
        doubt = f"it counts more tokens from the cache ({read:,}) than went in ({whole_in:,})"
    return Counts(usage, doubt)


def _native(found: Mapping[str, object]) -> bool:
    """Return whether the counts are Anthropic's or Bedrock's own, which keep cached tokens out of the input tokens."""
    return ("input_tokens" in found or "inputTokens" in found) and not any(name in found for name in _INPUT_DETAILS)


def _readings(base: int, more: int, *, told_apart: bool, same: bool) -> tuple[int, ...]:
    """Return how many there may be in all, the usual reading first: `more` inside of `base`, or beside it."""
    if not more:
        return (base,)
    if told_apart:
        return (base + more,)
    return (base, base + more) if same else (base + more, base)


def _settled(ins: tuple[int, ...], outs: tuple[int, ...], total: int | None) -> tuple[int, int, str]:
    """Return input, output and what contradicts: the reading that gives the total, else the larger one."""
    if not total:
        unsaid = len(ins) > 1 and ins[0] > ins[1]
        return ins[0], outs[0], "it does not say whether cached tokens are part of its input tokens" if unsaid else ""
    for into in ins:
        for out in outs:
            if into + out == total:
                return into, out, ""
    into, out = max(ins), max(outs)
    if total > into + out:
        doubt = f"its total of {total:,} is more than its parts, {into + out:,}; the rest is billed as output"
        return into, total - into, doubt
    parts = min(ins) + min(outs)
    if total < parts:
        into, out = ins[0], outs[0]
    return into, out, f"its total of {total:,} is not its parts, {into + out:,}; the parts are billed"


def _details(found: Mapping[str, object], names: tuple[str, ...]) -> Mapping[str, object]:
    for name in names:
        part = found.get(name)
        if isinstance(part, Mapping):
            return part
    return {}


def _first(found: Mapping[str, object], names: tuple[str, ...]) -> int | None:
    """Return the first count of that name, None where it is not given. Raises _BeyondBeliefError for one that cannot be."""
    for name in names:
        value = found.get(name)
        if value is None or value == "":
            continue
        count = _number(value)
        if count is None or not 0 <= count <= LARGEST:
            shown = str(value)
            shown = shown if len(shown) <= 20 else f"{shown[:20]}…"  # noqa: PLR2004 - a figure that people can read
            msg = f"its {name.replace('_', ' ')} are {shown}, which cannot be"
            raise _BeyondBeliefError(msg)
        return math.ceil(count)
    return None


def _number(value: object) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        count = float(value)
    except (ValueError, OverflowError):
        return None
    return count if math.isfinite(count) else None
