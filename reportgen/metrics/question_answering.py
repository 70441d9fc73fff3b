"""Scores short answers: right when equal, after normalisation, to one of the accepted answers; numbers and dates by value.

The lenient reading passes over thoughts in tags and, where that makes the answer right, over what follows its first line.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from reportgen.domain.reading.dates import read_date, same_date
from reportgen.domain.reading.numbers import read_quantity
from reportgen.domain.records.plan import AnswersRead, EvaluationPlan, Example
from reportgen.domain.records.response import Outcome, Response
from reportgen.domain.records.score import Mark, Part, Reading, Score
from reportgen.metrics.answer_text import bare_answer, text_read
from reportgen.metrics.interface import (
    ScoreExample,
    ScoreResponse,
    failed_reading,
    has_answer,
    one_reading,
    shown,
    why_failed,
)
from reportgen.metrics.rouge import rouge_l, token_f1
from reportgen.metrics.values import Conventions, compare_quantities, same_text
from reportgen.metrics.verdicts import Verdicts, is_positive, judged

PART = "answer"
TOKEN_F1 = "token F1"  # noqa: S105 - the name of a measure
ROUGE_L = "ROUGE-L"
EXTRAS = (TOKEN_F1, ROUGE_L)


_ARTICLES = re.compile(r"(?<!\S)(?:[Tt]he|(?<!\S\s)[Aa]n|(?<!\S\s)a)\s+(?=\S)")
"""`the` anywhere, `an` and a small `a` at the start: elsewhere an a may be a name, as in hepatitis A."""


def same_answer(expected: str, answer: str, conventions: Conventions) -> bool:
    """Return whether two short answers are the same: word for word but for articles, or the same number, amount or day.

    An answer may name a unit or a currency that nobody expected; one that was expected must be named.
    """
    if same_text(_bare(expected), _bare(answer), conventions):
        return True
    wanted, found = (read_quantity(text.strip().rstrip("."), conventions.decimal_mark) for text in (expected, answer))
    if (
        wanted is not None
        and found is not None
        and compare_quantities(wanted, found, None, currency=conventions.currency).right
    ):
        return not (wanted.unit and not found.unit) and not (wanted.currencies and not found.currencies)
    days, said = read_date(expected, conventions.date_order), read_date(answer, conventions.date_order)
    return len(days) == len(said) == 1 and same_date(days[0], said[0])


def _bare(text: str) -> str:
    """Return a short answer on one line without its articles."""
    return _ARTICLES.sub("", " ".join(text.split()))


def prepare(plan: EvaluationPlan) -> ScoreExample:
    """Return the scorer of a question answering plan."""
    conventions = Conventions.of(plan.settings)
    verdicts = Verdicts.of(plan.recorded_verdicts)

    def for_example(example: Example) -> ScoreResponse:
        accepted = tuple(a for a in example.key.answers if a.strip()) if example.key is not None else ()
        return _ExampleScorer(accepted, conventions, verdicts, plan.settings.answers_read)

    return for_example


@dataclass(frozen=True, slots=True)
class _ExampleScorer:
    accepted: tuple[str, ...]
    conventions: Conventions
    verdicts: Verdicts
    reads: AnswersRead

    def __call__(self, response: Response) -> Score:
        if not has_answer(response):
            part = self._part(Mark.WRONG, "", why_failed(response))
            return one_reading(response, failed_reading(response, [part], self._extras), self._unscored(part))
        if not response.text.strip():
            part = self._part(Mark.WRONG, "", "the answer is empty")
            empty = Reading(Outcome.INVALID, (part,), extras=dict.fromkeys(self._extras, 0.0), reason=part.reason)
            return one_reading(response, empty, self._unscored(part))
        text = text_read(response.text, self.reads)
        strict = self._reading(response, text)
        others = dict.fromkeys((bare_answer(response.text), text_read(response.text, AnswersRead.FIRST_LINE)))
        better = (self._reading(response, other) for other in others if other.strip() and other != text)
        lenient = strict if strict.right else next((r for r in better if r.right), strict)
        return Score(response.candidate, response.example_id, strict, lenient, self._unscored(strict.parts[0]))

    def _reading(self, response: Response, text: str) -> Reading:
        if not text.strip():
            part = self._part(Mark.WRONG, "", "the answer holds nothing that is read")
            return Reading(Outcome.INVALID, (part,), extras=dict.fromkeys(self._extras, 0.0), reason=part.reason)
        right = any(same_answer(expected, text, self.conventions) for expected in self.accepted)
        part = self._part(Mark.CORRECT if right else Mark.WRONG, shown(text), "")
        recorded = self.verdicts.on(response.candidate, response.example_id)
        verdict = recorded.get(PART) or recorded.get("")
        if verdict is not None:
            part = judged(part, verdict, Mark.CORRECT if is_positive(verdict) else Mark.WRONG)
        return Reading(Outcome.ANSWERED, (part,), extras=self._graded(text))

    @property
    def _extras(self) -> tuple[str, ...]:
        return EXTRAS if self.accepted else ()

    def _part(self, mark: Mark, found: str, reason: str) -> Part:
        if not self.accepted:
            return Part(PART, Mark.UNSCORED, found=found, reason=reason or "no expected answer")
        return Part(PART, mark, "\n".join(self.accepted), found, reason)

    def _unscored(self, part: Part) -> str:
        return "the example has no expected answer" if part.mark is Mark.UNSCORED else ""

    def _graded(self, text: str) -> dict[str, float]:
        if not self.accepted:
            return {}
        return {
            TOKEN_F1: max(token_f1(expected, text) for expected in self.accepted),
            ROUGE_L: max(rouge_l(expected, text).f1 for expected in self.accepted),
        }
