"""Scores summaries: which key facts they cover, which of their sentences the input supports, and how the wording overlaps.

The lenient reading passes over thoughts in tags and a fence around the text, and is else the strict one. A response
without an answer covers no fact and has no sentence; measures count it 0 supported and everything omitted.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from reportgen.domain.records.plan import AnswersRead, EvaluationPlan, Example, RecordedVerdict
from reportgen.domain.records.response import Outcome, Response
from reportgen.domain.records.score import Mark, Part, Reading, Score
from reportgen.metrics.answer_text import bare_answer, text_read
from reportgen.metrics.consistency import InputText, SummaryText, sentences, why_unsupported
from reportgen.metrics.interface import (
    ScoreExample,
    ScoreResponse,
    failed_reading,
    has_answer,
    one_reading,
    shown,
    why_failed,
)
from reportgen.metrics.rouge import rouge_l
from reportgen.metrics.values import Conventions
from reportgen.metrics.verdicts import PartVerdicts, Verdicts, is_positive, judge_kind, judged

ROUGE_L = "ROUGE-L"
_NUMBERED = re.compile(r"(fact|sentence) (\d{1,6})")


def prepare(plan: EvaluationPlan) -> ScoreExample:
    """Return the scorer of a summarization plan."""
    conventions = Conventions.of(plan.settings)
    verdicts = Verdicts.of(plan.recorded_verdicts)
    sound = frozenset(v.candidate for v in plan.recorded_verdicts if v.part.startswith("sentence ") and is_positive(v))

    def for_example(example: Example) -> ScoreResponse:
        facts = example.key.key_facts if example.key is not None else ()
        reference = example.key.reference if example.key is not None else ""
        return _ExampleScorer(
            facts, reference, InputText(example.input, conventions), verdicts, plan.settings.answers_read, sound
        )

    return for_example


@dataclass(frozen=True, slots=True)
class _ExampleScorer:
    facts: tuple[str, ...]
    reference: str
    source: InputText
    verdicts: Verdicts
    reads: AnswersRead
    sound: frozenset[str]
    """Candidates whose sound sentences carry verdicts too: there verdicts from the first on are the whole answer."""

    def __call__(self, response: Response) -> Score:
        extras = (ROUGE_L,) if self.reference else ()
        if not has_answer(response):
            return one_reading(response, failed_reading(response, self._all_omitted(why_failed(response)), extras))
        if not response.text.strip():
            reason = "the answer is empty"
            graded = dict.fromkeys(extras, 0.0)
            return one_reading(response, Reading(Outcome.INVALID, self._all_omitted(reason), extras=graded, reason=reason))
        text, bare = text_read(response.text, self.reads), bare_answer(response.text)
        strict = self._reading(response, text)
        lenient = strict if bare == text else self._reading(response, bare)
        return Score(response.candidate, response.example_id, strict, lenient)

    def _reading(self, response: Response, text: str) -> Reading:
        if not text.strip():
            reason = "the answer holds thoughts alone"
            graded = {ROUGE_L: 0.0} if self.reference else {}
            return Reading(Outcome.INVALID, self._all_omitted(reason), extras=graded, reason=reason)
        recorded = self.verdicts.on(response.candidate, response.example_id)
        parts = self._fact_parts(text, recorded) + self._sentence_parts(response.candidate, text, recorded)
        graded = {ROUGE_L: rouge_l(self.reference, text).f1} if self.reference else {}
        return Reading(Outcome.ANSWERED, parts, extras=graded)

    def _all_omitted(self, reason: str) -> tuple[Part, ...]:
        return tuple(Part(f"fact {n}", Mark.OMITTED, fact, reason=reason) for n, fact in enumerate(self.facts, start=1))

    def _fact_parts(self, text: str, recorded: PartVerdicts) -> tuple[Part, ...]:
        """Return a part for each key fact; recorded facts alone where the example lists none."""
        ruled = _numbered(recorded, "fact")
        if not self.facts:
            return tuple(_recorded_part("fact", n, verdict) for n, verdict in sorted(ruled.items()))
        summary = SummaryText(text, self.source.conventions)
        parts: list[Part] = []
        for n, fact in enumerate(self.facts, start=1):
            own = Part(f"fact {n}", Mark.COVERED if summary.covers(fact) else Mark.OMITTED, fact)
            verdict = ruled.get(n)
            parts.append(judged(own, verdict, _mark("fact", verdict)) if verdict is not None else own)
        return tuple(parts)

    def _sentence_parts(self, candidate: str, text: str, recorded: PartVerdicts) -> tuple[Part, ...]:
        """Return a part for each sentence; where all were judged, exactly those: the judge's split is the split.

        Verdicts on some sentences leave the others our own mark: many people record only what is faulty.
        """
        own = [self._sentence_part(n, sentence) for n, sentence in enumerate(sentences(text), start=1)]
        ruled = _numbered(recorded, "sentence")
        if not ruled:
            return tuple(own)
        whole = set(ruled) == set(range(1, len(ruled) + 1)) and candidate in self.sound
        if max(ruled) > len(own) or (whole and max(ruled) < len(own)):
            return tuple(_recorded_part("sentence", n, verdict) for n, verdict in sorted(ruled.items()))
        return tuple(
            judged(part, ruled[n], _mark("sentence", ruled[n])) if n in ruled else part
            for n, part in enumerate(own, start=1)
        )

    def _sentence_part(self, n: int, sentence: str) -> Part:
        reason = why_unsupported(sentence, self.source)
        return Part(f"sentence {n}", Mark.UNSUPPORTED if reason else Mark.SUPPORTED, found=shown(sentence), reason=reason)


def _numbered(recorded: PartVerdicts, word: str) -> dict[int, RecordedVerdict]:
    """Return the verdicts on `fact N` or `sentence N` by N."""
    matches = ((_NUMBERED.fullmatch(name), verdict) for name, verdict in recorded.items())
    return {int(match[2]): verdict for match, verdict in matches if match is not None and match[1] == word}


def _mark(word: str, verdict: RecordedVerdict) -> Mark:
    if word == "fact":
        return Mark.COVERED if is_positive(verdict) else Mark.OMITTED
    return Mark.SUPPORTED if is_positive(verdict) else Mark.UNSUPPORTED


def _recorded_part(word: str, n: int, verdict: RecordedVerdict) -> Part:
    """Return a part that only the judge knows: there is no comparison of ours to stand beside it."""
    return Part(
        f"{word} {n}",
        _mark(word, verdict),
        reason=verdict.reason or f'recorded verdict "{verdict.verdict}"',
        judged_by=judge_kind(verdict),
        judge=verdict.judged_by,
    )
