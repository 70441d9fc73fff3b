"""What a run will cost and take, reckoned from the lengths of the texts, so that nobody is surprised by a bill.

A supposition and said to be one: tokens by the rule of thumb of 4 characters each (5 at least, 3 at most, and one for each
character of scripts without spaces), answers as long as what is expected of them. A candidate without a price is named and
never counted as 0; what is recorded or computed on this machine is asked for nothing.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from reportgen.candidates.interface import Briefing, Question, specs_asked
from reportgen.candidates.prices import list_price
from reportgen.candidates.prompts import few_shot, messages, prompt_of
from reportgen.candidates.text_baseline import answer_of
from reportgen.checking.judge_forecast import JudgeForecast, judge_forecast
from reportgen.checking.ranges import ATTEMPTS, CHARACTERS_PER_TOKEN, NONE, Range, priced, sampled, weight
from reportgen.domain.corpus import Corpus
from reportgen.domain.plan import CandidateKind, CandidateSpec, EvaluationPlan, Example
from reportgen.domain.wording import counted, listed, money

ANSWER_LENGTHS = (1.0, 1.5, 4.0)
"""Answers are so many times as long as what is expected: wrapping in JSON and quotes, and talk or thinking at most."""
FEWEST_ANSWER_TOKENS = (2, 8, 200)
SECONDS = (0.7, 2.0, 8.0)


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
    judge = judge_forecast(plan, corpus)
    questions = NONE if judge is None else judge.questions
    cost = cost.plus(NONE if judge is None else judge.cost or NONE)
    waves = [(requests + n) / plan.settings.most_requests_at_once for n in questions.ends]
    unpriced = [one.candidate for one in found if one.cost is None]
    if judge is not None and judge.cost is None:
        unpriced.append(judge.judge)
    return Forecast(
        requests,
        found,
        tuple(c.name for c in specs if c not in asked),
        cost,
        Range(*(n * seconds * more for n, seconds, more in zip(waves, SECONDS, ATTEMPTS, strict=True))),
        tuple(unpriced),
        plan.settings.currency,
        plan.settings.spending_limit,
        judge,
    )


def _of(spec: CandidateSpec, plan: EvaluationPlan, corpus: Corpus) -> CandidateForecast:
    sample, share = sampled(corpus.asked)
    sent, wanted = _characters(spec, plan, corpus, sample)
    tokens_in = Range(*(share * more * sent / size for size, more in zip(CHARACTERS_PER_TOKEN, ATTEMPTS, strict=True)))
    tokens_out = Range(*(share * _answers(spec, wanted, end) for end in range(3)))
    price, source = list_price(spec, plan.settings.currency)
    cost = None if price is None else priced(price, tokens_in, tokens_out)
    return CandidateForecast(spec.name, len(corpus.asked), tokens_in, tokens_out, cost, source)


def _answers(spec: CandidateSpec, wanted: Sequence[float], end: int) -> float:
    """Return the tokens of all answers at one end of the range; no answer is longer than the candidate's limit."""
    longest = spec.most_output_tokens if spec.most_output_tokens is not None else math.inf
    size, times, least, again = CHARACTERS_PER_TOKEN[end], ANSWER_LENGTHS[end], FEWEST_ANSWER_TOKENS[end], ATTEMPTS[end]
    return again * sum(min(longest, max(least, times * length / size)) for length in wanted)


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
        sent += sum(weight(turn["content"]) for turn in chat)
        wanted.append(weight(answer_of(example, task)))
    return sent, wanted


def _duration(seconds: float) -> str:
    if seconds < 90:  # noqa: PLR2004 - a minute and a half
        return counted(max(1, round(seconds)), "second")
    if seconds < 90 * 60:
        return counted(round(seconds / 60), "minute")
    return f"{seconds / 3600:.1f} hours"
