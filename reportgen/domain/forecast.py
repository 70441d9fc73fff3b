"""What a run was expected to ask, cost and take before anything was sent, and how that is said."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from reportgen.domain.wording import counted, listed, money


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

    def lines(self) -> Iterator[str]:
        """Yield what is said to people."""
        if not self.candidates and self.judge is None:
            yield "Nothing is asked over the network and nothing is paid: every candidate is recorded or computed here."
            return
        yield from self._asked()
        if len(self.unpriced) < len(self.candidates) + (self.judge is not None):
            yield from self._costs()
        if self.unpriced:
            yield (
                f"No price is known for {listed(self.unpriced)}: their cost comes on top, and without a price they cannot "
                "win. Fill in Input price and Output price."
            )
        yield f"Time: about {_duration(self.seconds.expected)}, between {_duration(self.seconds.low)} and {self._longest()}."
        if self.spending_limit is not None and self.cost.high > self.spending_limit:
            verb = "will probably" if self.cost.expected > self.spending_limit else "may"
            yield f"The run {verb} stop at the Spending limit of {self._money(self.spending_limit)}; what it has is kept."

    def _asked(self) -> Iterator[str]:
        asked = f"{counted(self.requests, 'answer')} asked of {counted(len(self.candidates), 'candidate')}"
        yield asked + (f"; nothing is paid for {listed(self.free)}." if self.free else ".")
        if self.judge is not None:
            put = self.judge.questions
            yield (
                f"{self.judge.judge} is asked about {round(put.expected):,} questions as the judge, between "
                f"{round(put.low):,} and {round(put.high):,}, as the answers turn out."
            )

    def _costs(self) -> Iterator[str]:
        yield (
            f"Cost: about {self._money(self.cost.expected)}, between {self._money(self.cost.low)} and "
            f"{self._money(self.cost.high)}, supposing 3 to 5 characters a token and up to 20 % repeated requests."
        )
        for one in self.candidates:
            if one.cost is not None:
                yield f"  {one.candidate}: about {self._money(one.cost.expected)} ({one.price_source})"
        if self.judge is not None and self.judge.cost is not None:
            told = f"about {self._money(self.judge.cost.expected)} ({self.judge.price_source})"
            yield f"  {self.judge.judge} as the judge: {told}; it counts in no candidate's cost"

    def _money(self, value: float) -> str:
        return money(value, self.currency)

    def _longest(self) -> str:
        return _duration(self.seconds.high)


NOTHING_ASKED = Forecast(0, (), (), NO_RANGE, NO_RANGE, (), "USD", None)


def _duration(seconds: float) -> str:
    if seconds < 90:  # noqa: PLR2004 - a minute and a half
        return counted(max(1, round(seconds)), "second")
    if seconds < 90 * 60:
        return counted(round(seconds / 60), "minute")
    return f"{seconds / 3600:.1f} hours"
