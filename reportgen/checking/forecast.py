"""What a run will cost and take, reckoned from the lengths of the texts, so that nobody is surprised by a bill.

A supposition and said to be one: tokens by the rule of thumb of 4 characters each (5 at least, 3 at most, and one for each
character of scripts without spaces), answers as long as what is expected of them. A candidate without a price is named and
never counted as 0; what is recorded or computed on this machine is asked for nothing.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from reportgen.candidates.interface import Briefing, Question, specs_asked
from reportgen.candidates.prices import list_price
from reportgen.candidates.prompts import few_shot, messages, prompt_of
from reportgen.candidates.text_baseline import answer_of
from reportgen.domain.corpus import Corpus
from reportgen.domain.plan import CandidateKind, CandidateSpec, EvaluationPlan, Example, Price
from reportgen.domain.wording import counted, listed, money

CHARACTERS_PER_TOKEN = (5.0, 4.0, 3.0)
ANSWER_LENGTHS = (1.0, 1.5, 4.0)
"""Answers are so many times as long as what is expected: wrapping in JSON and quotes, and talk or thinking at most."""
FEWEST_ANSWER_TOKENS = (2, 8, 200)
ATTEMPTS = (1.0, 1.02, 1.2)
SECONDS = (0.7, 2.0, 8.0)
SAMPLED = 1_000
"""So many examples are measured for their length; where there are more, these stand for all."""
_MILLION = 1_000_000
_UNSPACED = re.compile(r"[\u0e00-\u0eff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af]")


@dataclass(frozen=True, slots=True)
class Range:
    """A figure that is supposed, not measured."""

    low: float
    expected: float
    high: float

    def plus(self, other: Range) -> Range:
        """Return the sum, end by end."""
        return Range(self.low + other.low, self.expected + other.expected, self.high + other.high)


NONE = Range(0, 0, 0)


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

    def lines(self) -> Iterator[str]:
        """Yield what is said to people."""
        if not self.candidates:
            yield "Nothing is asked over the network and nothing is paid: every candidate is recorded or computed here."
            return
        yield (
            f"{counted(self.requests, 'answer')} asked of {counted(len(self.candidates), 'candidate')}"
            + (f"; nothing is paid for {listed(self.free)}." if self.free else ".")
        )
        if len(self.unpriced) < len(self.candidates):
            yield (
                f"Cost: about {self._money(self.cost.expected)}, between {self._money(self.cost.low)} and "
                f"{self._money(self.cost.high)}, supposing 3 to 5 characters a token and up to 20 % repeated requests."
            )
            for one in self.candidates:
                if one.cost is not None:
                    yield f"  {one.candidate}: about {self._money(one.cost.expected)} ({one.price_source})"
        if self.unpriced:
            yield (
                f"No price is known for {listed(self.unpriced)}: their cost comes on top, and without a price they cannot "
                "win. Fill in Input price and Output price."
            )
        yield f"Time: about {_duration(self.seconds.expected)}, between {_duration(self.seconds.low)} and {self._longest()}."
        if self.spending_limit is not None and self.cost.high > self.spending_limit:
            verb = "will probably" if self.cost.expected > self.spending_limit else "may"
            yield f"The run {verb} stop at the Spending limit of {self._money(self.spending_limit)}; what it has is kept."

    def _money(self, value: float) -> str:
        return money(value, self.currency)

    def _longest(self) -> str:
        return _duration(self.seconds.high)


NOTHING = Forecast(0, (), (), NONE, NONE, (), "USD", None)


def forecast(plan: EvaluationPlan, corpus: Corpus) -> Forecast:
    """Return what asking the eval and regression rows of a plan will cost and take, answers of earlier runs not counted."""
    specs = specs_asked(plan)
    asked = [c for c in specs if c.kind in {CandidateKind.API_MODEL, CandidateKind.COMMAND}]
    found = tuple(_of(spec, plan, corpus) for spec in asked)
    cost = NONE
    for one in found:
        cost = cost.plus(one.cost or NONE)
    requests = sum(one.requests for one in found)
    waves = requests / plan.settings.most_requests_at_once
    return Forecast(
        requests,
        found,
        tuple(c.name for c in specs if c not in asked),
        cost,
        Range(*(waves * seconds * more for seconds, more in zip(SECONDS, ATTEMPTS, strict=True))),
        tuple(one.candidate for one in found if one.cost is None),
        plan.settings.currency,
        plan.settings.spending_limit,
    )


def _of(spec: CandidateSpec, plan: EvaluationPlan, corpus: Corpus) -> CandidateForecast:
    sample, share = _sampled(corpus.asked)
    sent, wanted = _characters(spec, plan, corpus, sample)
    tokens_in = Range(*(share * more * sent / size for size, more in zip(CHARACTERS_PER_TOKEN, ATTEMPTS, strict=True)))
    tokens_out = Range(*(share * _answers(spec, wanted, end) for end in range(3)))
    price, source = list_price(spec, plan.settings.currency)
    cost = None if price is None else _cost(price, tokens_in, tokens_out)
    return CandidateForecast(spec.name, len(corpus.asked), tokens_in, tokens_out, cost, source)


def _cost(price: Price, sent: Range, given: Range) -> Range:
    ends = zip((sent.low, sent.expected, sent.high), (given.low, given.expected, given.high), strict=True)
    return Range(*((a * price.input + b * price.output) / _MILLION for a, b in ends))


def _answers(spec: CandidateSpec, wanted: Sequence[float], end: int) -> float:
    """Return the tokens of all answers at one end of the range; no answer is longer than the candidate's limit."""
    longest = spec.most_output_tokens if spec.most_output_tokens is not None else math.inf
    size, times, least, again = CHARACTERS_PER_TOKEN[end], ANSWER_LENGTHS[end], FEWEST_ANSWER_TOKENS[end], ATTEMPTS[end]
    return again * sum(min(longest, max(least, times * length / size)) for length in wanted)


def _sampled(examples: Sequence[Example]) -> tuple[Sequence[Example], float]:
    """Return evenly spaced examples and how many each stands for."""
    if len(examples) <= SAMPLED:
        return examples, 1.0
    chosen = [examples[i * len(examples) // SAMPLED] for i in range(SAMPLED)]
    return chosen, len(examples) / SAMPLED


def _characters(
    spec: CandidateSpec, plan: EvaluationPlan, corpus: Corpus, sample: Sequence[Example]
) -> tuple[float, list[float]]:
    """Return the characters of all messages, and of each answer as it is expected; unspaced scripts count four times."""
    task = plan.settings.task
    shots = few_shot(spec, Briefing(plan, corpus.train, {}, {}, frozenset(e.id for e in corpus.asked)))
    sent, wanted = 0.0, []
    for example in sample:
        question = Question(example.id, example.input, task, plan.labels, plan.fields)
        chat = messages(prompt_of(spec, task), question, shots)
        sent += sum(_weight(turn["content"]) for turn in chat)
        wanted.append(_weight(answer_of(example, task)))
    return sent, wanted


def _weight(text: str) -> float:
    return len(text) if text.isascii() else len(text) + 3 * sum(1 for _ in _UNSPACED.finditer(text))


def _duration(seconds: float) -> str:
    if seconds < 90:  # noqa: PLR2004 - a minute and a half
        return counted(max(1, round(seconds)), "second")
    if seconds < 90 * 60:
        return counted(round(seconds / 60), "minute")
    return f"{seconds / 3600:.1f} hours"
