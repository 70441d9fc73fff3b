"""Labels: what the strict and the lenient reading accept, and what they never accept."""

from __future__ import annotations

import json
import re

import pytest

from reportgen.domain.records.plan import AnswerKey, AnswersRead, Label, Task
from reportgen.domain.records.response import Outcome
from reportgen.domain.records.score import JudgeKind, Mark
from reportgen.metrics import score_all
from reportgen.metrics.classification import stated_confidence
from reportgen.metrics.label_reader import LabelReader, bare
from tests.metrics.cases import (
    FAILURES,
    SHARED,
    answer,
    example_of,
    failure,
    plan_of,
    score_one,
    shared_lines,
    verdict,
)

LABELS = (Label("Refund"), Label("Refund request"), Label("Billing", also_written=("invoice", "Rechnung")), Label("etc."))
READER = LabelReader(LABELS)


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("Refund", "Refund"),
        ("  refund \n", "Refund"),
        ("REFUND.", "Refund"),
        ('"Refund"', "Refund"),
        ('"Refund."', "Refund"),
        ('"Refund".', "Refund"),
        ("“refund”", "Refund"),
        ("ｒｅｆｕｎｄ", "Refund"),
        ("rechnung", "Billing"),
        ("etc.", "etc."),
        ("etc", "etc."),
        ("Refund..", None),
        ("Refund!", None),
        ("Label: Refund", None),
        ("Refund\nBecause.", None),
        ("", None),
        (".", None),
        ('{"label": "refund"}', "Refund"),
        ('{"label": "refund", "confidence": 0.9, "why": "x"}', "Refund"),
        ('{"label": "no such"}', None),
        ('{"label": null}', None),
        ('{"label": "refund", "label": "billing"}', None),
        ('{"label": "refund", "confidence": NaN}', None),
        ('```json\n{"label": "refund"}\n```', None),
        ('["refund"]', None),
    ],
)
def test_strict_reading_takes_a_bare_label_or_the_label_of_one_json_object(text: str, label: str | None) -> None:
    assert READER.strict(text) == label


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("\nREFUND\n\nThe customer wants billing to pay.", "Refund"),
        ("The label is **Refund**", "Refund"),
        ("This is a refund request", "Refund request"),
        ("refunded, refunds", None),
        ("refund or billing", None),
        ("refund, refund, refund", "Refund"),
        ("see the invoice", "Billing"),
        ('```json\n{"label": "refund", "reason": "not billing"}\n```', "Refund"),
        ("{'label': 'refund',", "Refund"),
        ('{"label": "unknown", "reason": "refund"}', None),
        ("", None),
        ("none of them", None),
    ],
)
def test_lenient_reading_takes_the_first_line_else_the_only_label_that_occurs(text: str, label: str | None) -> None:
    assert READER.lenient(text) == label


def test_one_final_full_stop_and_surrounding_quotes_go_and_nothing_else() -> None:
    assert bare(' "A b." ') == "a b"
    assert bare("a..") == "a."
    assert bare("'") == "'"


def test_a_right_answer_is_right_and_the_same_in_both_readings() -> None:
    score = score_one(plan_of(Task.CLASSIFICATION, labels=LABELS), example_of(AnswerKey(label="refund")), answer("Refund."))
    assert score.strict is score.lenient
    assert score.strict.right
    assert score.strict.label == "Refund"
    assert score.strict.parts[0].expected == "Refund"


def test_an_unreadable_answer_is_invalid_strictly_and_may_be_right_leniently() -> None:
    example = example_of(AnswerKey(label="Refund"))
    score = score_one(plan_of(Task.CLASSIFICATION, labels=LABELS), example, answer("I think: refund"))
    assert (score.strict.outcome, score.strict.label, score.strict.parts[0].mark) == (Outcome.INVALID, None, Mark.WRONG)
    assert score.lenient.right


def test_an_empty_answer_is_invalid_and_not_an_abstention() -> None:
    score = score_one(plan_of(Task.CLASSIFICATION, labels=LABELS), example_of(AnswerKey(label="Refund")), answer(" \n"))
    assert score.strict.outcome is score.lenient.outcome is Outcome.INVALID
    assert score.strict.reason == "the answer is empty"


@pytest.mark.parametrize("outcome", FAILURES)
def test_a_failure_keeps_its_outcome_and_counts_as_wrong(outcome: Outcome) -> None:
    score = score_one(plan_of(Task.CLASSIFICATION, labels=LABELS), example_of(AnswerKey(label="Refund")), failure(outcome))
    assert score.strict == score.lenient
    assert score.strict.outcome is outcome
    assert score.strict.label is None
    assert score.strict.parts[0].mark is Mark.WRONG
    assert not score.unscored


def test_without_an_expected_label_the_answer_is_read_and_unscored() -> None:
    score = score_one(plan_of(Task.CLASSIFICATION, labels=LABELS), example_of(None), answer("refund"))
    assert score.unscored
    assert (score.strict.label, score.strict.parts[0].mark) == ("Refund", Mark.UNSCORED)


def test_any_accepted_label_is_right_and_credits_the_main_one() -> None:
    example = example_of(AnswerKey(label="Refund", answers=("Refund", "Billing")))
    score = score_one(plan_of(Task.CLASSIFICATION, labels=LABELS), example, answer("invoice"))
    assert score.strict.right
    assert (score.strict.label, score.strict.parts[0].found) == ("Refund", "Billing")


def test_without_a_labels_sheet_the_expected_values_are_the_labels() -> None:
    examples = [example_of(AnswerKey(label="yes")), example_of(AnswerKey(label="no"), example_id="e2")]
    score = score_one(plan_of(Task.CLASSIFICATION, examples), examples[0], answer("No"))
    assert score.strict.label == "no"


@pytest.mark.parametrize(
    ("word", "text", "mark", "own", "label"),
    [
        ("correct", "Billing", Mark.CORRECT, Mark.WRONG, "Refund"),
        ("wrong", "Refund", Mark.WRONG, Mark.CORRECT, None),
        ("wrong", "Billing", Mark.WRONG, Mark.WRONG, "Billing"),
    ],
)
def test_a_recorded_verdict_takes_the_place_of_our_mark(
    word: str, text: str, mark: Mark, own: Mark, label: str | None
) -> None:
    plan = plan_of(Task.CLASSIFICATION, labels=LABELS, verdicts=[verdict("label", word)])
    score = score_one(plan, example_of(AnswerKey(label="Refund")), answer(text))
    part = score.strict.parts[0]
    assert (part.mark, part.rule_mark, part.judged_by, part.judge) == (mark, own, JudgeKind.PERSON, "Ann")
    assert score.strict.label == label


@pytest.mark.parametrize(
    ("text", "confidence"),
    [
        ('{"label": "a", "confidence": 0.25}', 0.25),
        ('{"label": "a", "confidence": 1}', 1.0),
        ('{"label": "a", "confidence": 95}', None),
        ('{"label": "a", "confidence": true}', None),
        ('{"label": "a", "confidence": "high"}', None),
        ("a with confidence", None),
        ("a", None),
    ],
)
def test_a_stated_confidence_is_a_number_from_0_to_1_or_none(text: str, confidence: float | None) -> None:
    assert stated_confidence(text) == confidence


@pytest.mark.peers
@pytest.mark.skipif(not SHARED.is_dir(), reason="../shared is missing")
def test_lenient_labels_of_real_gpt_replies_are_those_that_their_own_authors_parsed() -> None:
    gold = shared_lines("finance_fpb/gold.jsonl")
    examples = [example_of(AnswerKey(label=row["gold"]), row["text"], row["id"]) for row in gold]
    rows = shared_lines("finance_fpb/pred_gpt-4.jsonl") + shared_lines("finance_fpb/pred_gpt-3.5-turbo.jsonl")
    responses = [answer(row["raw_output"], row["id"], row["model"]) for row in rows]
    scores = score_all(plan_of(Task.CLASSIFICATION, examples), examples, responses)
    assert [score.lenient.label for score in scores] == [row["parsed"] for row in rows]
    assert {score.strict.outcome for score in scores} == {Outcome.INVALID}


def test_json_with_unusual_content_never_raises() -> None:
    for text in ('{"label": ' + "[" * 5_000, json.dumps({"label": {"a": 1}}), "{" * 2_000, "\ud800 refund"):
        READER.strict(text)
        READER.lenient(text)


@pytest.mark.peers
@pytest.mark.skipif(not SHARED.is_dir(), reason="../shared is missing")
def test_first_lines_of_real_gpt_replies_are_read_as_by_their_first_word() -> None:
    gold = shared_lines("finance_fpb/gold.jsonl")
    names = list(dict.fromkeys(row["gold"] for row in gold))
    reader = LabelReader(tuple(map(Label, names)), AnswersRead.FIRST_LINE)
    read = 0
    for row in shared_lines("finance_fpb/pred_gpt-4.jsonl") + shared_lines("finance_fpb/pred_gpt-3.5-turbo.jsonl"):
        word = re.match(r"\W*(\w+)", row["raw_output"])
        first = word[1].casefold() if word is not None and word[1].casefold() in names else None
        found = reader.read(row["raw_output"])
        read += found is not None
        assert None in {first, found} or first == found
    assert read > 2_000
