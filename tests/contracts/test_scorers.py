"""Every scorer answers the same questions; a new one is asked them by standing in the mapping."""

from __future__ import annotations

import json
import random
from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reportgen.domain.records.plan import AnswerKey, EvaluationPlan, Example, FieldSpec, Label, Task
from reportgen.domain.records.response import Outcome, Response
from reportgen.domain.records.score import Mark, Reading
from reportgen.metrics import SCORERS, score_all
from tests.loops import some
from tests.metrics.cases import FAILURES, answer, example_of, failure, keys, plan_of


@dataclass(frozen=True)
class Case:
    plan: EvaluationPlan
    examples: tuple[Example, ...]
    perfect: tuple[str, ...]


TEXT = "Acme sold 1,200 units in Bern. The invoice is due on 3 April 2024."
CASES = {
    Task.CLASSIFICATION: Case(
        plan_of(Task.CLASSIFICATION, labels=[Label("yes"), Label("no")]),
        (example_of(AnswerKey(label="yes")), example_of(AnswerKey(label="no"), example_id="e2")),
        ("yes", "no"),
    ),
    Task.EXTRACTION: Case(
        plan_of(Task.EXTRACTION, fields=[FieldSpec("who", citation_required=True), FieldSpec("when")]),
        (example_of(keys(who="Acme", when=""), TEXT), example_of(keys(who="", when="3 April 2024"), TEXT, "e2")),
        (json.dumps({"who": {"value": "Acme", "quote": "Acme sold 1,200 units"}}), json.dumps({"when": "3 April 2024"})),
    ),
    Task.SUMMARIZATION: Case(
        plan_of(Task.SUMMARIZATION),
        (
            example_of(AnswerKey(key_facts=("Acme sold 1,200 units",), reference=TEXT), TEXT),
            example_of(AnswerKey(key_facts=("The invoice is due on 3 April 2024",), reference=TEXT), TEXT, "e2"),
        ),
        (TEXT, TEXT),
    ),
    Task.QUESTION_ANSWERING: Case(
        plan_of(Task.QUESTION_ANSWERING),
        (example_of(AnswerKey(answers=("Bern",)), TEXT), example_of(AnswerKey(answers=("1200",)), TEXT, "e2")),
        ("Bern", "1200"),
    ),
}
EVERY = pytest.mark.parametrize("task", list(SCORERS))


def _perfect(case: Case) -> list[Response]:
    return [answer(text, example.id) for text, example in zip(case.perfect, case.examples, strict=True)]


def _mixed(case: Case) -> list[Response]:
    ids = [example.id for example in case.examples]
    failures = [failure(outcome, i, outcome.value) for outcome in FAILURES for i in ids]
    return [*_perfect(case), *failures, *(answer("nonsense {", i, "n") for i in ids)]


def test_every_task_has_a_scorer_and_a_case() -> None:
    assert set(SCORERS) == set(CASES) == set(Task)


@EVERY
def test_perfect_answers_are_right_in_both_readings_and_graded_1(task: Task) -> None:
    case = CASES[task]
    for score in some(score_all(case.plan, case.examples, _perfect(case))):
        assert score.strict.right
        assert score.lenient.right
        assert not score.unscored
        assert set(score.strict.extras.values()) <= {1.0}


@EVERY
def test_there_is_one_score_for_each_response_in_their_order(task: Task) -> None:
    case = CASES[task]
    responses = _mixed(case)
    scores = score_all(case.plan, case.examples, responses)
    assert [(s.candidate, s.example_id) for s in scores] == [(r.candidate, r.example_id) for r in responses]


@EVERY
def test_order_does_not_matter(task: Task) -> None:
    case = CASES[task]
    responses = _mixed(case)
    straight = dict(zip(responses, score_all(case.plan, case.examples, responses), strict=True))
    shuffled = random.Random(7).sample(responses, len(responses))
    assert dict(zip(shuffled, score_all(case.plan, case.examples[::-1], shuffled), strict=True)) == straight


@EVERY
@pytest.mark.parametrize("outcome", FAILURES)
def test_a_failure_keeps_its_outcome_and_nothing_in_it_is_right(task: Task, outcome: Outcome) -> None:
    case = CASES[task]
    for score in some(score_all(case.plan, case.examples, [failure(outcome, example.id) for example in case.examples])):
        for reading in (score.strict, score.lenient):
            assert reading.outcome is outcome
            assert reading.reason == "no luck"
            assert not any(part.mark.right for part in reading.parts)
            assert all(value == 0 for value in reading.extras.values())
        assert not score.unscored


@EVERY
def test_without_a_key_nothing_is_right_or_wrong_by_comparison(task: Task) -> None:
    case = CASES[task]
    examples = [example_of(None, TEXT, example.id) for example in case.examples]
    for score in some(score_all(case.plan, examples, _mixed(case))):
        judged = {part.mark for part in score.strict.parts if not part.name.startswith("sentence")}
        assert judged <= {Mark.UNSCORED}
        assert bool(score.unscored) is (task is not Task.SUMMARIZATION)


@EVERY
@given(text=st.text(max_size=80) | st.text(alphabet='{}[]":,\\ \nyesno01.', max_size=40))
def test_no_answer_makes_a_scorer_fail_and_every_figure_is_a_share(task: Task, text: str) -> None:
    case = CASES[task]
    for score in some(score_all(case.plan, case.examples, [answer(text, example.id) for example in case.examples])):
        readings: tuple[Reading, ...] = (score.strict, score.lenient)
        for reading in readings:
            assert reading.outcome in {Outcome.ANSWERED, Outcome.INVALID}
            assert (reading.outcome is Outcome.INVALID) <= bool(reading.reason)
            assert all(0 <= value <= 1 for value in reading.extras.values())


def test_a_response_to_an_unknown_example_is_refused_by_name() -> None:
    case = CASES[Task.CLASSIFICATION]
    with pytest.raises(ValueError, match="ghost"):
        score_all(case.plan, case.examples, [answer("yes", "ghost")])
