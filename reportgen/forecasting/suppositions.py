"""The rules of thumb behind figures that are supposed before anything was asked: low, expected, high."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from reportgen.domain.records.forecast import Range
from reportgen.domain.records.plan import CandidateSpec, Example, Price

CHARACTERS_PER_TOKEN = (5.0, 4.0, 3.0)
ATTEMPTS = (1.0, 1.02, 1.2)
SAMPLED = 1_000
"""So many examples are measured for their length; where there are more, these stand for all."""
PriceOf = Callable[[CandidateSpec], tuple[Price | None, str]]
"""From a candidate to its price, None where none is known, and where that stands."""
_MILLION = 1_000_000
_UNSPACED = re.compile(r"[\u0e00-\u0eff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af]")


def priced(price: Price, sent: Range, given: Range) -> Range:
    """Return the money for input and output tokens at a price per million."""
    both = zip(sent.ends, given.ends, strict=True)
    return Range(*((a * price.input + b * price.output) / _MILLION for a, b in both))


def sampled(examples: Sequence[Example]) -> tuple[Sequence[Example], float]:
    """Return evenly spaced examples and how many each stands for."""
    if len(examples) <= SAMPLED:
        return examples, 1.0
    chosen = [examples[i * len(examples) // SAMPLED] for i in range(SAMPLED)]
    return chosen, len(examples) / SAMPLED


def weight(text: str) -> float:
    """Return the characters of a text, those of scripts without spaces counted four times: each is a token."""
    return len(text) if text.isascii() else len(text) + 3 * sum(1 for _ in _UNSPACED.finditer(text))
