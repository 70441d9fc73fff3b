"""What came back from providers and is worth knowing: tokens in doubt, charges not known, candidates that stopped."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from reportgen.domain.records.comparison import CandidateResult, Finding
from reportgen.domain.records.corpus import Corpus
from reportgen.domain.records.measure import Measure
from reportgen.domain.records.plan import EvaluationPlan
from reportgen.domain.records.response import Response
from reportgen.domain.wording.figures import counted
from reportgen.problems import Severity


def doubted_tokens(_: EvaluationPlan, __: Corpus, results: Sequence[CandidateResult], ___: Measure) -> Iterator[Finding]:
    """Yield the candidates whose replies count tokens in a way that contradicts itself, with the first such reply."""
    for result in results:
        doubts = [(r.example_id, a) for r in _responses(result) for a in r.log if a.doubt]
        if not doubts:
            continue
        example, attempt = doubts[0]
        unknown = sum(a.usage is None for _, a in doubts)
        done = "Its tokens count as unknown." if unknown == len(doubts) else "The larger reading is billed."
        if 0 < unknown < len(doubts):
            done = f"The larger reading is billed; {unknown} of them give none, and count as unknown."
        yield Finding(
            "token-counts",
            Severity.WARNING,
            result.spec.where or result.spec.name,
            f"{counted(len(doubts), 'reply', 'replies')} of {result.spec.name} count tokens in a way that does not add up; "
            f"in {example} {attempt.doubt}. {done}",
            "Hold its cost against the provider's own bill before you rely on it.",
        )


def unknown_charges(_: EvaluationPlan, __: Corpus, results: Sequence[CandidateResult], ___: Measure) -> Iterator[Finding]:
    """Yield the candidates of which requests broke after they were sent: what those cost is in no figure."""
    for result in results:
        broken = sum(a.charge_unknown for r in _responses(result) for a in r.log)
        if broken:
            yield Finding(
                "charge-unknown",
                Severity.NOTE,
                result.spec.where or result.spec.name,
                f"{counted(broken, 'request')} of {result.spec.name} timed out or broke after being sent. The provider may "
                "have charged for them; no reply says how much, so they are in no cost here. A spending limit counts each "
                "with a cautious estimate.",
                "Hold its cost against the provider's own bill before you rely on it.",
            )


def priced_by_task(_: EvaluationPlan, __: Corpus, results: Sequence[CandidateResult], ___: Measure) -> Iterator[Finding]:
    """Yield the candidates whose cost is a price for each task: no token was counted."""
    for result in results:
        if result.price_source == "price per task":
            yield Finding(
                "price-per-task",
                Severity.NOTE,
                result.spec.where or result.spec.name,
                f"{result.spec.name} is priced by the task; no token of it was counted.",
                "See that the price holds for documents as long as yours.",
            )


def stopped(_: EvaluationPlan, __: Corpus, results: Sequence[CandidateResult], ___: Measure) -> Iterator[Finding]:
    """Yield the candidates that stopped answering before their last task."""
    for result in results:
        if told := stopped_words(result):
            yield Finding(
                "stopped-answering",
                Severity.WARNING,
                result.spec.where or result.spec.name,
                told,
                "Mend that and run it again: only these tasks are asked then.",
            )


def stopped_words(result: CandidateResult) -> str:
    """Return what a candidate left unasked and why, '' where it was asked to the end."""
    left = [r for r in _responses(result) if r.unasked]
    if not left:
        return ""
    why = left[0].reason.partition("(")[2].removesuffix(")")
    many = counted(len(left), "task")
    return f"{result.spec.name} was not asked {many}, which count as errors: {why}."


def _responses(result: CandidateResult) -> Iterator[Response]:
    """Yield the responses that this run asked for itself."""
    rows = (*result.sample.observations, *result.regression.observations)
    yield from (o.response for o in rows)
