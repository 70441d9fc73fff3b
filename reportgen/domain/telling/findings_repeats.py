"""Candidates whose repeats show nothing: every answer to an example is the same text."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from reportgen.domain.measures.repeats import asked_together
from reportgen.domain.records.comparison import CandidateResult, Finding
from reportgen.domain.records.corpus import Corpus
from reportgen.domain.records.measure import Measure
from reportgen.domain.records.plan import EvaluationPlan
from reportgen.domain.wording.figures import counted
from reportgen.problems import Severity


def alike_repeats(plan: EvaluationPlan, _: Corpus, results: Sequence[CandidateResult], __: Measure) -> Iterator[Finding]:
    """Yield the candidates of which all answers to each example are letter for letter the same."""
    if plan.settings.repeats == 1:
        return
    for result in results:
        rows = result.sample.observations
        given = [(o.response.outcome, o.response.text) for o in rows]
        texts = [{given[i] for i in places} for places in asked_together(result.sample)]
        if texts and all(len(said) == 1 for said in texts):
            yield Finding(
                "repeats-alike",
                Severity.NOTE,
                result.spec.where or result.spec.name,
                f"All {plan.settings.repeats} answers of {result.spec.name} to each of {counted(len(texts), 'example')} are "
                "the same, letter for letter: temperature 0, a fixed seed, a cache or a method without chance. Its repeats "
                "say nothing about how steady it is where it may answer freely.",
                "Ask it at the temperature of production and without a seed or a cache, or set Repeats to 1.",
            )
