"""What a run was expected to ask, cost and take before anything was sent."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Range:
    """A figure that is supposed, not measured."""

    low: float
    expected: float
    high: float

    @property
    def ends(self) -> tuple[float, float, float]:
        """All three, low first."""
        return self.low, self.expected, self.high

    def plus(self, other: Range) -> Range:
        """Return the sum, end by end."""
        return Range(*(a + b for a, b in zip(self.ends, other.ends, strict=True)))


NO_RANGE = Range(0, 0, 0)


@dataclass(frozen=True, slots=True)
class CandidateForecast:
    """One candidate that is asked over the network or by a command. `cost` None = no price is known."""

    candidate: str
    requests: int
    input_tokens: Range
    output_tokens: Range
    cost: Range | None
    price_source: str


@dataclass(frozen=True, slots=True)
class JudgeForecast:
    """The judge's part of a run. `cost` None = no price is known."""

    judge: str
    questions: Range
    cost: Range | None
    price_source: str


@dataclass(frozen=True, slots=True)
class Forecast:
    """What a run will ask, cost and take. `cost` sums the priced candidates; `seconds` holds for requests alone."""

    requests: int
    candidates: tuple[CandidateForecast, ...]
    free: tuple[str, ...]
    cost: Range
    seconds: Range
    unpriced: tuple[str, ...]
    currency: str
    spending_limit: float | None
    judge: JudgeForecast | None = None
    batched: tuple[str, ...] = ()
    """Candidates that are asked in batches, which `seconds` leaves out."""


NOTHING_ASKED = Forecast(0, (), (), NO_RANGE, NO_RANGE, (), "USD", None)
