"""What a model judge will be asked, and what that costs: its questions follow from answers that nobody has seen yet.

Supposed, and said to be: every summary is judged on each key fact and each sentence, with as many sentences as its reference
summary has, else as there are key facts; of short answers and text fields those that the rule calls wrong, between one in
twenty and half of them.
"""

from __future__ import annotations

from collections.abc import Sequence

from reportgen.candidates.interface import specs_asked
from reportgen.candidates.text_baseline import answer_of
from reportgen.domain.records.corpus import Corpus
from reportgen.domain.records.forecast import JudgeForecast, Range
from reportgen.domain.records.plan import AnswerKey, CandidateSpec, EvaluationPlan, Example, FieldType, Role, Task
from reportgen.forecasting.suppositions import ATTEMPTS, CHARACTERS_PER_TOKEN, PriceOf, priced, sampled, weight
from reportgen.metrics.consistency import sentences
from reportgen.metrics.judge import DOUBLED_SHARE, PROMPT

SENTENCES = (0.5, 1.0, 3.0)
"""Sentences of a summary, times those of the reference or the key facts."""
CALLED_WRONG = (0.05, 0.2, 0.5)
"""Share of short answers and of text fields that equal no accepted answer."""
REPLY_TOKENS = (15, 40, 200)
_WORDING = 150
"""Characters of the question itself and of the marks around its pieces."""


def judge_forecast(plan: EvaluationPlan, corpus: Corpus, price_of: PriceOf) -> JudgeForecast | None:
    """Return what the judge of a plan will take, None where there is none or nothing for it to judge."""
    judge = next((c for c in plan.candidates if c.role is Role.JUDGE), None)
    answering = len(specs_asked(plan))
    if judge is None or not answering:
        return None
    examples, share = sampled(corpus.asked)
    put, read = _questions(plan, judge, examples)
    times = answering * share * (1 + DOUBLED_SHARE)
    asked = Range(*(times * count for count in put))
    if not asked.high:
        return None
    sent = Range(
        *(
            times * again * characters / size
            for characters, size, again in zip(read, CHARACTERS_PER_TOKEN, ATTEMPTS, strict=True)
        )
    )
    given = Range(*(n * tokens for n, tokens in zip(asked.ends, REPLY_TOKENS, strict=True)))
    price, source = price_of(judge)
    return JudgeForecast(judge.name, asked, None if price is None else priced(price, sent, given), source)


USUAL_SENTENCES = 3
"""How many are supposed where nothing says how long a summary is."""


def sentences_supposed(key: AnswerKey) -> int:
    """Return how many sentences a summary is supposed to have: those of its reference, else one for each key fact, or 3."""
    return len(sentences(key.reference)) or len(key.key_facts) or USUAL_SENTENCES


def _questions(plan: EvaluationPlan, judge: CandidateSpec, examples: Sequence[Example]) -> tuple[list[float], list[float]]:
    """Return how many questions one candidate's answers give, and their characters: each low, expected, high."""
    task, texts = plan.settings.task, {f.name for f in plan.fields if f.type is FieldType.TEXT}
    own = f"{judge.prompt.system}{judge.prompt.user}" if judge.prompt else ""
    system = weight(own or PROMPT.system) + _WORDING
    put, read = [0.0, 0.0, 0.0], [0.0, 0.0, 0.0]
    for example in examples:
        key = example.key
        if key is None:
            continue
        answer = weight(answer_of(example, task))
        for end in range(3):
            match task:
                case Task.SUMMARIZATION:
                    facts = len(key.key_facts)
                    summary = answer if key.reference else weight("\n".join(key.key_facts))
                    said = SENTENCES[end] * sentences_supposed(key)
                    count = facts + said
                    characters = facts * (system + summary) + said * (system + weight(example.input))
                case Task.QUESTION_ANSWERING:
                    count = CALLED_WRONG[end] * bool(key.answers)
                    characters = count * (system + weight(example.input) + 2 * answer)
                case Task.EXTRACTION:
                    count = CALLED_WRONG[end] * sum(bool(k.values) for name, k in key.fields.items() if name in texts)
                    characters = count * (system + 2 * answer / max(1, len(key.fields)))
                case Task.CLASSIFICATION:
                    count = characters = 0.0
            put[end] += count
            read[end] += characters
    return put, read
