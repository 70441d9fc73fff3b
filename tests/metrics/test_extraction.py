"""Fields: each mark, failures, verdicts, and a comparison of four real candidates with what their authors published."""

from __future__ import annotations

import json
from collections import Counter

import pytest

from reportgen.domain.records.plan import AnswerKey, FieldKey, FieldSpec, FieldType, Task
from reportgen.domain.records.response import Outcome
from reportgen.domain.records.score import CitationMark, JudgeKind, Mark
from reportgen.metrics import score_all
from tests.metrics.cases import (
    FAILURES,
    SHARED,
    answer,
    example_of,
    failure,
    keys,
    marks,
    plan_of,
    score_one,
    shared_lines,
    verdict,
)

FIELDS = tuple(FieldSpec(name) for name in "abcde")
PLAN = plan_of(Task.EXTRACTION, fields=FIELDS)
EXAMPLE = example_of(keys(a="x", b="x", c="x", d="", e=""))


def test_each_field_ends_in_exactly_one_of_the_five_marks() -> None:
    score = score_one(PLAN, EXAMPLE, answer('{"a": "X", "b": "y", "d": "z"}'))
    assert marks(score) == {
        "a": Mark.CORRECT,
        "b": Mark.WRONG,
        "c": Mark.MISSING,
        "d": Mark.INVENTED,
        "e": Mark.CORRECT_EMPTY,
    }
    assert score.strict is score.lenient
    assert not score.strict.right


def test_a_field_that_nobody_labelled_is_unscored_and_does_not_spoil_the_document() -> None:
    score = score_one(PLAN, example_of(keys(a="x", b=None)), answer('{"a": "x", "b": "anything"}'))
    assert marks(score)["b"] is Mark.UNSCORED
    assert score.strict.right
    assert not score.unscored


def test_an_example_without_any_label_is_unscored_but_still_read() -> None:
    score = score_one(PLAN, example_of(None), answer('{"a": "x"}'))
    assert score.unscored
    assert score.strict.parts[0].found == "x"


def test_a_fenced_answer_is_invalid_strictly_and_scored_leniently() -> None:
    score = score_one(PLAN, EXAMPLE, answer('```json\n{"a": "x"}\n```'))
    assert score.strict.outcome is Outcome.INVALID
    assert marks(score)["a"] is Mark.MISSING
    assert score.lenient.outcome is Outcome.ANSWERED
    assert marks(score, lenient=True)["a"] is Mark.CORRECT


@pytest.mark.parametrize("outcome", FAILURES)
def test_a_failure_misses_what_is_there_and_earns_nothing_for_what_is_not(outcome: Outcome) -> None:
    score = score_one(PLAN, EXAMPLE, failure(outcome))
    assert score.strict.outcome is score.lenient.outcome is outcome
    assert marks(score) == dict.fromkeys("abc", Mark.MISSING)
    assert not score.strict.right
    assert not score.unscored


def test_a_failure_on_a_document_that_holds_nothing_is_scored_and_not_right() -> None:
    score = score_one(PLAN, example_of(keys(a="", b="", c="", d="", e="")), failure(Outcome.ERROR))
    assert not score.unscored
    assert not score.strict.right
    assert score.strict.parts == ()


@pytest.mark.parametrize(
    ("expected", "given", "word", "mark"),
    [
        ("x", "y", "correct", Mark.CORRECT),
        ("", "", "correct", Mark.CORRECT_EMPTY),
        ("", "y", "correct", Mark.CORRECT),
        ("x", "y", "wrong", Mark.WRONG),
        ("", "y", "wrong", Mark.INVENTED),
        ("x", "", "wrong", Mark.MISSING),
        ("x", "y", "missing", Mark.MISSING),
        ("x", "y", "invented", Mark.INVENTED),
        (None, "y", "correct", Mark.CORRECT),
    ],
)
def test_a_recorded_verdict_holds_and_our_mark_stands_beside_it(
    expected: str | None, given: str, word: str, mark: Mark
) -> None:
    fields = (FieldSpec("Due date"),)
    key = AnswerKey(fields={"Due date": FieldKey((expected,) if expected else (), labelled=expected is not None)})
    response = answer(json.dumps({"Due date": given}))
    own = score_one(plan_of(Task.EXTRACTION, fields=fields), example_of(key), response).strict.parts[0]
    plan = plan_of(Task.EXTRACTION, fields=fields, verdicts=[verdict("due_date", word, "model")])
    part = score_one(plan, example_of(key), response).strict.parts[0]
    assert (part.mark, part.rule_mark, part.judged_by) == (mark, own.mark, JudgeKind.MODEL)


def test_a_verdict_does_not_make_an_unreadable_answer_readable() -> None:
    plan = plan_of(Task.EXTRACTION, fields=FIELDS, verdicts=[verdict("a", "correct")])
    score = score_one(plan, EXAMPLE, answer('```{"a": "y"}```'))
    assert marks(score)["a"] is Mark.MISSING
    assert marks(score, lenient=True)["a"] is Mark.CORRECT


def test_a_person_goes_before_a_model_whatever_the_order() -> None:
    said = [verdict("a", "correct", "person"), verdict("a", "wrong", "model")]
    for verdicts in (said, said[::-1]):
        plan = plan_of(Task.EXTRACTION, fields=FIELDS, verdicts=verdicts)
        assert marks(score_one(plan, EXAMPLE, answer('{"a": "y"}')))["a"] is Mark.CORRECT


def test_citations_are_owed_by_fields_that_require_them_and_followed_wherever_given() -> None:
    fields = (FieldSpec("a", citation_required=True), FieldSpec("b"), FieldSpec("c"), FieldSpec("d", citation_required=True))
    example = example_of(keys(a="x", b="y", c="z", d=""), "the x and the y")
    text = json.dumps({"a": "x", "b": {"value": "y", "quote": "the y"}, "c": "z", "d": None})
    parts = score_one(plan_of(Task.EXTRACTION, fields=fields), example, answer(text)).strict.parts
    assert [part.citation for part in parts] == [CitationMark.MISSING, CitationMark.SUPPORTS, None, None]
    assert parts[1].quote == "the y"


@pytest.mark.peers
@pytest.mark.skipif(not SHARED.is_dir(), reason="../shared is missing")
def test_recorded_verdicts_on_real_contracts_give_the_published_field_accuracy() -> None:
    documents = {row["id"]: row["text"] for row in shared_lines("contracts_cuad20/documents.jsonl")}
    examples = [
        example_of(keys(**row["fields"]), documents[row["id"]], row["id"])
        for row in shared_lines("contracts_cuad20/gold.jsonl")
    ]
    responses = [
        answer(
            json.dumps(
                {n: {"value": v["normalized_value"], "quote": v["raw_snippet"]} for n, v in row["extraction"].items()}
            ),
            row["id"],
            row["candidate"],
        )
        for row in shared_lines("contracts_cuad20/predictions.jsonl")
    ]
    verdicts = [
        verdict(row["field"], "correct" if row["judgment"] == "MATCH" else "wrong", "model", row["candidate"], row["id"])
        for row in shared_lines("contracts_cuad20/recorded_judgments.jsonl")
    ]
    names = ("parties", "contract_type", "notice_period", "expiration_date", "renewal_term")
    fields = [FieldSpec(n, FieldType.LIST if n == "parties" else FieldType.TEXT, citation_required=True) for n in names]
    scores = score_all(plan_of(Task.EXTRACTION, examples, fields=fields, verdicts=verdicts), examples, responses)
    right = Counter(score.candidate for score in scores for part in score.strict.parts if part.mark.right)
    assert right == {"sonnet": 42, "gpt-5": 44, "gpt-5-mini": 45, "flash": 44}  # published .84, .88, .90, .88 of 50
    assert {score.strict.outcome for score in scores} == {Outcome.ANSWERED}
    found = Counter(part.citation for score in scores for part in score.strict.parts if part.citation)
    assert found[CitationMark.MISSING] == 0
    assert found[CitationMark.NOT_FOUND] <= 8


@pytest.mark.peers
@pytest.mark.skipif(not SHARED.is_dir(), reason="../shared is missing")
def test_expected_values_with_their_own_spans_are_all_right_and_all_supported() -> None:
    names = ("people", "date", "time", "first_name", "last_name")
    rows = shared_lines("bookings_restaurant8k/test.jsonl")
    examples = [
        example_of(keys(**{n: [g["value"] for g in row["gold"].get(n, [])] for n in names}), row["text"], row["id"])
        for row in rows
    ]
    answers = [
        {n: {"value": g[0]["value"], "quote": row["text"][g[0]["start"] : g[0]["end"]]} for n, g in row["gold"].items()}
        for row in rows
    ]
    responses = [answer(json.dumps(given), row["id"]) for given, row in zip(answers, rows, strict=True)]
    fields = [FieldSpec(n, citation_required=True) for n in names]
    scores = score_all(plan_of(Task.EXTRACTION, examples, fields=fields), examples, responses)
    assert all(score.strict.right for score in scores)
    found = Counter(part.citation for score in scores for part in score.strict.parts if part.citation)
    assert found[CitationMark.NOT_FOUND] == 4  # one short word that stands twice: 7 guests at 7
    assert set(found) == {CitationMark.SUPPORTS, CitationMark.NOT_FOUND}
