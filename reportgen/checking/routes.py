"""Routes that would send nothing on for low confidence, since the first candidate does not say how sure it is."""

from __future__ import annotations

from collections.abc import Iterator

from reportgen.candidates.recorded import response_of
from reportgen.domain.records.corpus import Corpus
from reportgen.domain.records.plan import CandidateKind, EvaluationPlan
from reportgen.domain.records.response import Outcome
from reportgen.domain.wording.figures import counted
from reportgen.metrics.review import confidence_of
from reportgen.problems import Problem, Severity


def unsure_routes(plan: EvaluationPlan, corpus: Corpus) -> Iterator[Problem]:
    """Yield the routes by confidence whose first candidate has recorded answers without one."""
    asked = {e.id for e in corpus.asked}
    kinds = {spec.name: spec.kind for spec in plan.candidates}
    for spec in plan.candidates:
        route = spec.route
        if route is None or not route.asks_for_confidence or kinds[route.first] is not CandidateKind.RECORDED_OUTPUTS:
            continue
        given = [response_of(r) for r in plan.recorded_outputs if r.candidate == route.first and r.example_id in asked]
        answers = [r for r in given if r.outcome is Outcome.ANSWERED]
        without = sum(confidence_of(r) is None for r in answers)
        if without:
            yield Problem(
                spec.where or "Candidates",
                f"{spec.name} sends on below a confidence, and {route.first} states none with {without:,} of "
                f"{counted(len(answers), 'recorded answer')}: none of these is sent on for it.",
                "Fill in Confidence on the sheet Recorded outputs, or send on by what can be seen without it.",
                "route-without-confidence",
                Severity.WARNING,
            )
