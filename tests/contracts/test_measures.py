"""Every measure answers the same questions, whoever wrote it."""

from __future__ import annotations

import random
from dataclasses import replace

import numpy as np
import pytest

from reportgen.domain.estimating.estimate import measure
from reportgen.domain.estimating.proportion import Method
from reportgen.domain.measures import MEASURES, measure_named, primary_measure
from reportgen.domain.records.comparison import Status
from reportgen.domain.records.measure import Family, Measure, Sample, Unit
from reportgen.domain.records.plan import OVERALL, Scope, ScopeKind, Task
from reportgen.domain.records.response import Outcome
from reportgen.domain.records.score import Mark, Part, Reading, RowPair
from tests.builders import comparison_for

QUICK = Method(resamples=200)
CONTRACT = (
    "accuracy · micro F1 · exact label set rate · macro F1 · weighted F1 · F1 · precision · recall · "
    "quadratic weighted kappa · mean distance in ranks · mean cost of mistakes · invalid output rate · field F1 · "
    "field accuracy · document exact match · schema-valid rate · missing field rate · invented field rate · "
    "citation accuracy · line item F1 · row exact rate · "
    "factual precision · omission rate · key-fact recall · ROUGE-L · exact answer rate · token F1 · mean latency · "
    "p50 latency · p95 latency · p99 latency · cost per task · running cost per task · token cost per task · review rate · "
    "retry rate · failure rate · known-failure pass rate · share sent on · item precision · item recall · "
    "item F1 · consistency · pass at every repeat · quote found rate"
)
PAIRS = [(task, m) for task in Task for m in MEASURES.values() if task in m.tasks and not m.of_repeats]
OPERATIONS = {
    "mean latency", "p50 latency", "p95 latency", "p99 latency", "cost per task", "running cost per task",
    "token cost per task", "review rate", "retry rate", "failure rate", "share sent on", "invalid output rate",
    "schema-valid rate", "ROUGE-L", "token F1", "citation accuracy", "quote found rate", "factual precision",
}  # fmt: skip
JUDGED = [(task, m) for task, m in PAIRS if m.name not in OPERATIONS]
MARKED = [
    (task, m)
    for task, m in PAIRS
    if m.best is not None
    and m.name not in {"retry rate", "failure rate", "ROUGE-L", "token F1", "citation accuracy", "quote found rate"}
    and not m.name.startswith("item ")
]
SEGMENTED = [(task, m) for task, m in PAIRS if ScopeKind.SEGMENT in m.scopes]


def _ids(pairs: list[tuple[Task, Measure]]) -> list[str]:
    return [f"{task.value}-{m.name}" for task, m in pairs]


@pytest.fixture(scope="module")
def samples() -> dict[Task, Sample]:
    made = {task: comparison_for(task, examples=60, status=Status.RECOMMEND) for task in Task}
    found = {task: c.candidates[0].sample for task, c in made.items()}
    labels, costs = len(found[Task.CLASSIFICATION].labels), found[Task.CLASSIFICATION]
    mistakes = tuple(tuple(float(10 * (a != b)) for b in range(labels + 1)) for a in range(labels))
    found[Task.CLASSIFICATION] = replace(costs, ranks=tuple(range(labels)), mistakes=mistakes)
    found[Task.EXTRACTION] = _with_rows(found[Task.EXTRACTION])
    return found


def _with_rows(sample: Sample) -> Sample:
    """Return the sample with two line items in every answer, as right as the first of its fields."""
    rows = []
    for o in sample.observations:
        parts = o.score.strict.parts
        mark = parts[0].mark if parts and parts[0].mark in {Mark.CORRECT, Mark.WRONG} else Mark.CORRECT
        pairs = tuple(RowPair(("a", "1"), ("a", "2"), (Mark.CORRECT, mark)) for _ in range(2))
        reading = replace(o.score.strict, parts=(*parts, Part("Rows", mark, rows=pairs)))
        rows.append(replace(o, score=replace(o.score, strict=reading, lenient=reading)))
    return replace(sample, observations=tuple(rows), records={"Rows": ("Item", "Amount")})


def _scope(sample: Sample, of: Measure) -> Scope:
    if ScopeKind.OVERALL in of.scopes:
        return OVERALL
    return Scope(ScopeKind.LABEL, sample.labels[0]) if sample.labels else Scope(ScopeKind.FIELD, sample.fields[0])


def test_the_measures_are_those_of_the_contract_in_its_order() -> None:
    assert list(MEASURES) == CONTRACT.split(" · ")


def test_no_two_measures_share_their_plain_words_and_every_one_has_an_explanation() -> None:
    assert len({m.words for m in MEASURES.values()}) == len(MEASURES)
    assert all(m.explanation.endswith(".") for m in MEASURES.values())


@pytest.mark.parametrize(("task", "of"), PAIRS, ids=_ids(PAIRS))
def test_a_measure_is_found_by_its_name_and_by_its_words_whatever_the_case_and_spaces(task: Task, of: Measure) -> None:
    for text in (of.name, of.words, of.name.upper(), f"  {of.words.replace(' ', '  ')} ", of.name.replace("-", " ")):
        assert measure_named(text, task) is of


def test_the_contracts_other_spelling_of_field_f1_is_read() -> None:
    assert measure_named("field F1 (micro)", Task.EXTRACTION) is MEASURES["field F1"]
    assert measure_named("field F1 (micro)", Task.CLASSIFICATION) is None
    assert measure_named("speed", Task.CLASSIFICATION) is None


def test_every_task_has_a_primary_measure_of_its_own() -> None:
    assert [primary_measure(t).name for t in Task] == ["macro F1", "field F1", "omission rate", "exact answer rate"]


@pytest.mark.parametrize(("task", "of"), PAIRS, ids=_ids(PAIRS))
def test_the_order_of_the_rows_does_not_change_a_value(task: Task, of: Measure, samples: dict[Task, Sample]) -> None:
    sample = samples[task]
    rows = list(sample.observations)
    random.Random(3).shuffle(rows)
    scope = _scope(sample, of)
    there, again = (measure(s, of, scope, QUICK).value for s in (sample, replace(sample, observations=tuple(rows))))
    assert (there is None) == (again is None)
    if there is not None and again is not None:
        assert again == pytest.approx(there, rel=1e-12, abs=1e-15)


@pytest.mark.parametrize(("task", "of"), PAIRS, ids=_ids(PAIRS))
def test_no_example_gives_no_value_and_says_why(task: Task, of: Measure, samples: dict[Task, Sample]) -> None:
    found = measure(replace(samples[task], observations=()), of, _scope(samples[task], of), QUICK)
    assert found.value is None
    assert found.reason


@pytest.mark.parametrize(("task", "of"), JUDGED, ids=_ids(JUDGED))
def test_an_answer_that_nobody_could_judge_gives_no_value_of_quality(
    task: Task, of: Measure, samples: dict[Task, Sample]
) -> None:
    blank = Reading(Outcome.ANSWERED, ())
    rows = tuple(
        replace(o, score=replace(o.score, strict=blank, lenient=blank, unscored="nobody said"))
        for o in samples[task].observations
    )
    found = measure(replace(samples[task], observations=rows), of, _scope(samples[task], of), QUICK)
    assert found.value is None
    assert found.reason


@pytest.mark.parametrize(("task", "of"), MARKED, ids=_ids(MARKED))
def test_perfect_answers_reach_the_stated_best(task: Task, of: Measure, samples: dict[Task, Sample]) -> None:
    sample = samples[task]
    good = {Mark.WRONG: Mark.CORRECT, Mark.MISSING: Mark.CORRECT, Mark.INVENTED: Mark.CORRECT_EMPTY,
            Mark.UNSUPPORTED: Mark.SUPPORTED, Mark.OMITTED: Mark.COVERED}  # fmt: skip
    rows = []
    for o in sample.observations:
        parts = o.score.strict.parts
        if not parts or (task is Task.SUMMARIZATION and not any(p.name.startswith("sentence") for p in parts)):
            continue
        label = o.example.key.label if o.example.key else None
        right = {p.name: tuple(replace(r, marks=(Mark.CORRECT, Mark.CORRECT)) for r in p.rows) for p in parts}
        marked = tuple(replace(p, mark=good.get(p.mark, p.mark), rows=right[p.name]) for p in parts)
        reading = replace(o.score.strict, outcome=Outcome.ANSWERED, parts=marked, label=label)
        rows.append(replace(o, score=replace(o.score, strict=reading, lenient=reading)))
    found = measure(replace(sample, observations=tuple(rows)), of, _scope(sample, of), QUICK)
    assert found.value == of.best


@pytest.mark.parametrize(("task", "of"), PAIRS, ids=_ids(PAIRS))
def test_a_value_lies_in_its_interval_and_a_share_between_none_and_all(
    task: Task, of: Measure, samples: dict[Task, Sample]
) -> None:
    found = measure(samples[task], of, _scope(samples[task], of), QUICK)
    if found.value is None:
        assert found.reason
        return
    assert found.low is None or found.low <= found.value + 1e-12
    assert found.high is None or found.high >= found.value - 1e-12
    if of.unit is Unit.SHARE:
        assert 0 <= found.value <= 1


@pytest.mark.parametrize(("task", "of"), SEGMENTED, ids=_ids(SEGMENTED))
def test_features_have_a_row_for_each_observation_and_zeros_outside_the_segment(
    task: Task, of: Measure, samples: dict[Task, Sample]
) -> None:
    sample = samples[task]
    segment = sample.observations[0].example.segment
    features = of.features(sample, Scope(ScopeKind.SEGMENT, segment))
    assert features.shape[0] == len(sample.observations)
    outside = np.array([o.example.segment != segment for o in sample.observations])
    inside = features[outside]
    assert np.isnan(inside).all() if of.family is Family.QUANTILE else not inside.any()
