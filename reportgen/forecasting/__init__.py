"""What a run will cost and take, reckoned from the lengths of the texts, so that nobody is surprised by a bill.

A supposition and said to be one: tokens by the rule of thumb of 4 characters each (5 at least, 3 at most, and one for each
character of scripts without spaces), answers as long as what is expected of them. A candidate without a price is named and
never counted as 0; what is recorded or computed on this machine is asked for nothing.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import partial

from reportgen.candidates.ask import question_of
from reportgen.candidates.given import given
from reportgen.candidates.interface import Briefing, specs_asked
from reportgen.candidates.prices import list_price
from reportgen.candidates.prompts import few_shot, messages
from reportgen.candidates.text_baseline import answer_of
from reportgen.domain.records.built_in_prompts import prompt_of
from reportgen.domain.records.corpus import Corpus
from reportgen.domain.records.forecast import NO_RANGE, CandidateForecast, Forecast, Range
from reportgen.domain.records.model_settings import in_batches
from reportgen.domain.records.plan import CandidateKind, CandidateSpec, EvaluationPlan, Example, Price, runs_foreign_code
from reportgen.forecasting.judge import judge_forecast
from reportgen.forecasting.suppositions import ATTEMPTS, CHARACTERS_PER_TOKEN, PriceOf, priced, sampled, weight

ANSWER_LENGTHS = (1.0, 1.5, 4.0)
"""Answers are so many times as long as what is expected: wrapping in JSON and quotes, and talk or thinking at most."""
FEWEST_ANSWER_TOKENS = (2, 8, 200)
SECONDS = (0.7, 2.0, 8.0)


def forecast(plan: EvaluationPlan, corpus: Corpus, price_of: PriceOf | None = None) -> Forecast:
    """Return what asking the eval and regression rows of a plan will cost and take, answers of earlier runs not counted.

    `price_of` gives the price of a candidate and its source; without it, those of the workbook and of today's price table.
    """
    price_of = price_of or partial(_listed, currency=plan.settings.currency)
    specs = specs_asked(plan)
    asked = [c for c in specs if c.kind is CandidateKind.API_MODEL or runs_foreign_code(c.kind)]
    found = tuple(_of(spec, plan, corpus, price_of) for spec in asked)
    cost = NO_RANGE
    for one in found:
        cost = cost.plus(one.cost or NO_RANGE)
    requests = sum(one.requests for one in found)
    judge = judge_forecast(plan, corpus, price_of)
    questions = NO_RANGE if judge is None else judge.questions
    cost = cost.plus(NO_RANGE if judge is None else judge.cost or NO_RANGE)
    batched = tuple(c.name for c in asked if in_batches(c.settings))
    one_by_one = sum(one.requests for one in found if one.candidate not in batched)
    waves = [(one_by_one + n) / plan.settings.most_requests_at_once for n in questions.ends]
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
        batched,
    )


def _listed(spec: CandidateSpec, currency: str) -> tuple[Price | None, str]:
    found = list_price(spec, currency)
    return found.price, found.source


def _of(spec: CandidateSpec, plan: EvaluationPlan, corpus: Corpus, price_of: PriceOf) -> CandidateForecast:
    sample, share = sampled(corpus.asked)
    sent, wanted = _characters(spec, plan, corpus, sample)
    tokens_in = Range(*(share * more * sent / size for size, more in zip(CHARACTERS_PER_TOKEN, ATTEMPTS, strict=True)))
    tokens_out = Range(*(share * _answers(spec, wanted, end) for end in range(3)))
    price, source = price_of(spec)
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
        question = question_of(example, plan)
        chat = messages(prompt_of(spec, task, several=plan.settings.several_labels), question, shots)
        sent += sum(weight(turn["content"]) for turn in chat)
        sent += given(spec, example.document).tokens * CHARACTERS_PER_TOKEN[1]
        wanted.append(weight(answer_of(example, task)))
    return sent, wanted
