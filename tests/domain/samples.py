"""Small samples, built by hand, for the tests of figures and the decision."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from reportgen.domain.records.comparison import RunRecord
from reportgen.domain.records.corpus import Corpus, SealedHoldout
from reportgen.domain.records.measure import CostTerms, Observation, Sample
from reportgen.domain.records.plan import (
    AnswerKey,
    Assumption,
    CandidateKind,
    CandidateSpec,
    Comparator,
    EvaluationPlan,
    Example,
    Label,
    Role,
    ServiceLevel,
    Settings,
    Source,
    Task,
)
from reportgen.domain.records.response import Outcome, Response
from reportgen.domain.records.score import Mark, Part, Reading, Score

RUN = RunRecord("run", "0" * 64, "1" * 64, "2" * 64, "t0", "t1", "0", "2026-01-01T00:00:00Z", answers_recorded_before=False)
NOTHING_GIVEN = CostTerms()
COSTS: Mapping[str, float] = {
    "Tasks per month": 40_000,
    "Minutes per review": 3,
    "Reviewer cost per hour": 36,
    "Manual cost per task": 4.5,
}


def classified(
    expected: Sequence[str],
    predicted: Sequence[str | None],
    *,
    labels: Sequence[str] | None = None,
    segments: Sequence[str] | None = None,
    groups: Sequence[str] | None = None,
    latencies: Sequence[float | None] | None = None,
    reviewed: Sequence[bool] | None = None,
    token_cost: float | None = 0.001,
    costs: CostTerms = NOTHING_GIVEN,
    candidate: str = "A",
) -> Sample:
    """Return one sample of classification; a prediction None is an invalid output, `!` an error."""
    rows = []
    for i, (truth, said) in enumerate(zip(expected, predicted, strict=True)):
        key = AnswerKey(label=truth) if truth != "?" else None
        example = Example(
            f"E{i:04d}",
            f"text {i}",
            key,
            f"Examples!A{i + 2}",
            segment=segments[i] if segments else "",
            group=groups[i] if groups else "",
        )
        outcome = Outcome.ERROR if said == "!" else Outcome.INVALID if said is None else Outcome.ANSWERED
        label = said if outcome is Outcome.ANSWERED else None
        mark = Mark.UNSCORED if key is None else Mark.CORRECT if label == truth else Mark.WRONG
        reading = Reading(outcome, (Part("label", mark, truth, label or ""),), label=label)
        response = Response(
            candidate,
            example.id,
            f"k{i}",
            Outcome.ANSWERED if outcome is Outcome.INVALID else outcome,
            text=said or "",
            latency_s=latencies[i] if latencies else 1.0,
            attempt_latency_s=latencies[i] if latencies else 1.0,
            attempts=1,
        )
        score = Score(candidate, example.id, reading, reading, unscored="no label" if key is None else "")
        review = ("low confidence",) if reviewed and reviewed[i] else ()
        rows.append(Observation(example, response, score, token_cost, review))
    names = tuple(labels) if labels is not None else tuple(dict.fromkeys(expected))
    return Sample(tuple(rows), labels=names, costs=costs)


def right_of(right: int, n: int, **more: object) -> Sample:
    """Return a sample of two labels in which the first `right` of `n` rows are right."""
    truth = ["a" if i % 2 else "b" for i in range(n)]
    said = [t if i < right else ("b" if t == "a" else "a") for i, t in enumerate(truth)]
    return classified(truth, said, labels=("a", "b"), **more)  # type: ignore[arg-type]


def taken_apart(sample: Sample) -> tuple[list[Response], list[Score]]:
    """Return the responses and scores of a sample, in order."""
    return [o.response for o in sample.observations], [o.score for o in sample.observations]


def level(
    measure: str = "accuracy", target: float = 0.9, comparator: Comparator = Comparator.AT_LEAST, **more: object
) -> ServiceLevel:
    """Return a required level on the whole sample."""
    return ServiceLevel(measure, comparator, target, **more)  # type: ignore[arg-type]


def spec(name: str = "A", role: Role = Role.CANDIDATE) -> CandidateSpec:
    """Return one row of the Candidates sheet."""
    return CandidateSpec(name, CandidateKind.API_MODEL, "model", role, where="Candidates!A2")


def plan_of(
    samples: Mapping[str, Sample],
    levels: Sequence[ServiceLevel] = (),
    *,
    production: str = "",
    costs: Mapping[str, float] = COSTS,
    task: Task = Task.CLASSIFICATION,
    **more: object,
) -> EvaluationPlan:
    """Return the plan that these samples could have come from."""
    first = next(iter(samples.values()))
    return EvaluationPlan(
        source=Source("evaluation.xlsx", "0" * 64),
        settings=Settings("Title", task),
        examples=tuple(o.example for o in first.observations),
        candidates=tuple(spec(n, Role.PRODUCTION if n == production else Role.CANDIDATE) for n in samples),
        service_levels=tuple(levels),
        costs={name: Assumption(name, value) for name, value in costs.items()},
        labels=tuple(Label(name) for name in first.labels),
        **more,  # type: ignore[arg-type]
    )


def corpus_of(sample: Sample, holdout: int = 40) -> Corpus:
    """Return a corpus whose eval split is this sample's examples."""
    locked = SealedHoldout(tuple(f"H{i}" for i in range(holdout)), "5e" * 32 if holdout else "")
    return Corpus((), tuple(o.example for o in sample.observations), (), locked, ())


def renamed(sample: Sample, candidate: str) -> Sample:
    """Return the same sample as another candidate's."""
    rows = tuple(
        replace(o, response=replace(o.response, candidate=candidate), score=replace(o.score, candidate=candidate))
        for o in sample.observations
    )
    return replace(sample, observations=rows)
