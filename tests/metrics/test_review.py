"""Review rules: which fire, for what, and never by looking at the right answer."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from reportgen.domain.records.plan import AnswerKey, EvaluationPlan, FieldKey, FieldSpec, ReviewRule, Task
from reportgen.domain.records.response import Outcome, Response
from reportgen.metrics.review import drawn, triggers
from tests.metrics.cases import answer, example_of, failure, keys, plan_of, score_one

FIELDS = (FieldSpec("a", required=True, citation_required=True), FieldSpec("b"))
PLAN = plan_of(Task.EXTRACTION, fields=FIELDS)
EXAMPLE = example_of(keys(a="x", b="y"), "the x and the y")


def _fired(response: Response, plan: EvaluationPlan = PLAN) -> tuple[str, ...]:
    return triggers(plan)(EXAMPLE, response, score_one(plan, EXAMPLE, response))


@pytest.mark.parametrize(
    ("given", "rules"),
    [
        ({"a": {"value": "x", "quote": "the x"}}, ()),
        ({"a": {"value": "wrong", "quote": "the x"}}, ()),
        ({"a": {"value": "x", "quote": "the z"}}, ("failed citation",)),
        ({"a": "x"}, ("failed citation",)),
        ({"b": "y"}, ("missing field",)),
    ],
)
def test_the_first_four_rules_are_on_without_a_sheet(given: object, rules: tuple[str, ...]) -> None:
    assert _fired(answer(json.dumps(given))) == rules


@pytest.mark.parametrize(
    ("response", "rules"),
    [
        (answer("no json"), ("invalid output",)),
        (failure(Outcome.INVALID), ("invalid output",)),
        (failure(Outcome.REFUSED), ("abstained",)),
        (failure(Outcome.ABSTAINED), ("abstained",)),
        (failure(Outcome.ERROR), ()),
        (failure(Outcome.TIMEOUT), ()),
    ],
)
def test_failures_are_reviewed_only_where_there_is_something_to_decide(response: Response, rules: tuple[str, ...]) -> None:
    assert _fired(response) == rules


def test_a_value_that_its_quote_does_not_hold_is_reviewed_where_the_rule_is_on() -> None:
    example = example_of(AnswerKey(fields={"a": FieldKey(("x",), "the x"), "b": FieldKey(("y",))}), "the x and the y")
    plan = replace(PLAN, review_rules=(ReviewRule("unsupported value"), ReviewRule("failed citation")))
    response = answer(json.dumps({"a": {"value": "x", "quote": "and y"}}))
    assert triggers(plan)(example, response, score_one(plan, example, response)) == ("failed citation",)
    response = answer(json.dumps({"a": {"value": "x", "quote": "the y"}}))
    example = replace(example, key=AnswerKey(fields={"a": FieldKey(("x",), "and the x in full")}))
    assert triggers(plan)(example, response, score_one(plan, example, response)) == ("unsupported value",)


def test_a_rule_that_is_off_does_not_fire() -> None:
    plan = replace(PLAN, review_rules=(ReviewRule("invalid output", on=False),))
    assert _fired(answer("no json"), plan) == ()


def test_low_confidence_uses_the_recorded_confidence_else_the_stated_one() -> None:
    plan = plan_of(Task.CLASSIFICATION, rules=[ReviewRule("low confidence", 0.8)])
    sure, unsure = '{"label": "x", "confidence": 0.8}', '{"label": "x", "confidence": 0.79}'
    assert _fired(answer(sure), plan) == ()
    assert _fired(answer(unsure), plan) == ("low confidence",)
    assert _fired(replace(answer(unsure), confidence=0.9), plan) == ()
    assert _fired(answer("x"), plan) == ()


def test_the_random_sample_has_its_share_and_is_the_same_for_every_candidate() -> None:
    ids = [f"row {i}" for i in range(20_000)]
    share = sum(drawn(i, 1, 0.02) for i in ids) / len(ids)
    assert share == pytest.approx(0.02, abs=0.004)
    assert [drawn(i, 1, 0.5) for i in ids[:50]] != [drawn(i, 2, 0.5) for i in ids[:50]]
    assert all(drawn(i, 1, 1.0) and not drawn(i, 1, 0.0) for i in ids[:100])
    assert {i for i in ids if drawn(i, 1, 0.02)} <= {i for i in ids if drawn(i, 1, 0.05)}


def test_labels_play_no_part() -> None:
    plan = replace(PLAN, review_rules=())
    for response in (answer('{"a": "x"}'), answer("no json"), answer("{}")):
        blind = replace(EXAMPLE, key=None)
        assert triggers(plan)(blind, response, score_one(plan, blind, response)) == _fired(response, plan)
