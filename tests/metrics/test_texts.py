"""Summaries, short answers and overlap of wording."""

from __future__ import annotations

import re
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reportgen.candidates.summary_baseline import sentences_of
from reportgen.domain.records.plan import AnswerKey, Task
from reportgen.domain.records.response import Outcome
from reportgen.domain.records.score import JudgeKind, Mark
from reportgen.metrics import score_all
from reportgen.metrics.consistency import InputText, SummaryText, sentences, why_unsupported
from reportgen.metrics.rouge import rouge_l, token_f1
from tests.metrics.cases import (
    FAILURES,
    SHARED,
    answer,
    example_of,
    failure,
    marks,
    plan_of,
    score_one,
    shared_lines,
    verdict,
)

FOX = "The quick brown fox jumps over the lazy dog"
DOG = "The quick brown dog jumps on the log."


def test_rouge_l_gives_the_figures_of_the_rouge_score_readme() -> None:
    longest = rouge_l(FOX, DOG)
    assert [longest.precision, longest.recall, longest.f1] == pytest.approx([0.625, 5 / 9, 0.5882], abs=5e-5)


def test_rouge_sees_letters_that_are_not_ascii() -> None:
    overlap = rouge_l("Überweisung über 500 €", "Überweisung über 500 euro")
    assert overlap.precision == overlap.recall == 0.75


@given(st.text(max_size=40), st.text(max_size=40))
def test_overlap_is_a_share_full_for_equal_texts_and_symmetric_in_f1(a: str, b: str) -> None:
    assert 0 <= rouge_l(a, b).f1 <= 1
    assert rouge_l(a, b).f1 == pytest.approx(rouge_l(b, a).f1)
    assert rouge_l(a, a).f1 == token_f1(a, a) == 1.0


def test_token_f1_is_that_of_squad() -> None:
    assert token_f1("the Eiffel Tower", "Eiffel tower, Paris") == pytest.approx(0.8)
    assert token_f1("a", "b") == 0.0


def mlqa_f1(expected: str, answer: str) -> float:
    """MLQA's evaluation for Chinese, by hand: every Chinese character is a token, Latin words and numbers are whole."""
    wanted, found = (re.findall(r"[\u4e00-\u9fff]|[a-z0-9]+", text.lower()) for text in (expected, answer))
    shared = sum((Counter(wanted) & Counter(found)).values())
    return 2 * shared / (len(wanted) + len(found))


@pytest.mark.parametrize(
    ("expected", "answer"),
    [("北京大学", "北京大学医学部"), ("1998年5月", "1998年"), ("iPhone 手机", "手机"), ("退款", "交付")],
)
def test_token_f1_of_chinese_is_that_of_mlqa(expected: str, answer: str) -> None:
    assert token_f1(expected, answer) == pytest.approx(mlqa_f1(expected, answer))


@pytest.mark.parametrize(
    ("near", "answer"),
    [("ผู้ซื้อต้องชำระเงิน", "ผู้ซื้อชำระเงิน"), ("契約は三年で終わる", "契約は三年で終わります"), ("ក្រុមហ៊ុនបង់ប្រាក់", "ក្រុមហ៊ុនមិនបង់ប្រាក់")],
)
def test_scripts_without_blanks_have_part_credit(near: str, answer: str) -> None:
    assert 0.6 < token_f1(near, answer) < 1
    assert 0.6 < rouge_l(near, answer).f1 < 1


@pytest.mark.parametrize(
    ("text", "many"),
    [
        ("他说：“可以。”我们同意！好吗？", 3),
        ("契約は終わる。「はい。」と言った。", 3),
        ("क्या यह सही है? हाँ। ठीक है।", 3),
        ("هل هذا صحيح؟ نعم. حسنا.", 3),
        ("สัญญาสิ้นสุดแล้ว\nต้องชำระเงิน", 2),
        ("ខ្ញុំចង់បានប្រាក់វិញ។ ទំនិញមិនទាន់មកដល់៕", 2),
    ],
)
def test_sentences_end_by_the_marks_of_each_script(text: str, many: int) -> None:
    assert len(sentences(text)) == many
    assert len(sentences_of(text)) == many, "the baselines end them alike"


# ---- short answers


@pytest.mark.parametrize(
    ("accepted", "text", "mark"),
    [
        (["Paris"], "paris.", Mark.CORRECT),
        (["the Eiffel Tower"], "Eiffel Tower", Mark.CORRECT),
        (["Paris", "City of Light"], "The City of Light", Mark.CORRECT),
        (["1,250.00"], "1250", Mark.CORRECT),
        (["three"], "3", Mark.CORRECT),
        (["2024-04-03"], "April 3, 2024", Mark.CORRECT),
        (["A"], "A", Mark.CORRECT),
        (["A"], "the", Mark.WRONG),
        (["Vitamin A"], "Vitamin", Mark.WRONG),
        (["Vitamin A"], "vitamin a", Mark.CORRECT),
        (["A positive"], "positive", Mark.WRONG),
        (["hepatitis A virus"], "hepatitis virus", Mark.WRONG),
        (["BBB-"], "BBB", Mark.WRONG),
        (["5 years"], "5", Mark.WRONG),
        (["5"], "$5.00", Mark.CORRECT),
        (["The Hague"], "Hague", Mark.CORRECT),
        (["a cat"], "cat", Mark.CORRECT),
        (["EUR 5"], "USD 5", Mark.WRONG),
        (["Paris"], "The answer is Paris", Mark.WRONG),
        (["5"], "6", Mark.WRONG),
    ],
)
def test_an_answer_is_right_when_it_equals_an_accepted_one_by_words_or_by_value(
    accepted: list[str], text: str, mark: Mark
) -> None:
    plan = plan_of(Task.QUESTION_ANSWERING, decimal_mark=".")
    score = score_one(plan, example_of(AnswerKey(answers=tuple(accepted))), answer(text))
    assert marks(score) == {"answer": mark}
    assert set(score.strict.extras) == {"token F1", "ROUGE-L"}


def test_graded_figures_are_those_of_the_best_accepted_answer() -> None:
    example = example_of(AnswerKey(answers=("something else", "in the old town of Berne")))
    score = score_one(plan_of(Task.QUESTION_ANSWERING), example, answer("the old town"))
    assert score.strict.extras["token F1"] == pytest.approx(2 * 2 / (2 + 5))


@pytest.mark.parametrize("outcome", FAILURES)
def test_a_failed_answer_is_wrong_and_graded_0(outcome: Outcome) -> None:
    score = score_one(plan_of(Task.QUESTION_ANSWERING), example_of(AnswerKey(answers=("x",))), failure(outcome))
    assert score.strict.outcome is outcome
    assert marks(score) == {"answer": Mark.WRONG}
    assert dict(score.strict.extras) == {"token F1": 0.0, "ROUGE-L": 0.0}


def test_a_verdict_on_an_answer_replaces_the_comparison() -> None:
    plan = plan_of(Task.QUESTION_ANSWERING, verdicts=[verdict("answer", "correct", "")])
    part = score_one(plan, example_of(AnswerKey(answers=("Paris",))), answer("It is Paris")).strict.parts[0]
    assert (part.mark, part.rule_mark, part.judged_by) == (Mark.CORRECT, Mark.WRONG, JudgeKind.MODEL)


def test_an_answer_without_an_accepted_one_is_unscored_unless_somebody_judged_it() -> None:
    example, response = example_of(AnswerKey()), answer("x")
    assert score_one(plan_of(Task.QUESTION_ANSWERING), example, response).unscored
    ruled = score_one(plan_of(Task.QUESTION_ANSWERING, verdicts=[verdict("answer", "wrong")]), example, response)
    assert (ruled.unscored, marks(ruled)) == ("", {"answer": Mark.WRONG})


# ---- sentences

SOURCE = InputText(
    "Acme Ltd. sold 1,200 units for €1.5 million in March 2024. Mr. Meier, the CEO, signed order RS-12 on 3 April 2024. "
    "Three workers were hired and the factory in Bern was closed."
)


@pytest.mark.parametrize(
    "sentence",
    [
        "Acme sold 1200 units for 1,500,000 euros.",
        "Meier signed RS-12 on April 3, 2024.",
        "In April 2024 Meier signed the order.",
        "Acme hired 3 workers.",
        "The factory in Bern was closed.",
    ],
)
def test_a_sentence_whose_figures_names_and_words_stand_in_the_input_is_supported(sentence: str) -> None:
    assert why_unsupported(sentence, SOURCE) == ""


@pytest.mark.parametrize(
    ("sentence", "named"),
    [
        ("Acme sold 1300 units.", "1300"),
        ("Meier signed RS-13 on 3 April 2024.", "rs-13"),
        ("Meier signed the order on 4 April 2024.", "4 april 2024"),
        ("The CEO Schmidt signed the order.", "Schmidt"),
        ("Microsoft sold 1,200 units.", "Microsoft"),
        ("Four workers were hired.", "four"),
        ("Shareholders applauded loudly after hearing wonderful news.", "content words"),
    ],
)
def test_an_invented_figure_name_or_story_is_named_as_the_reason(sentence: str, named: str) -> None:
    assert named in why_unsupported(sentence, SOURCE)


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("One. Two! Three?", 3),
        ("Mr. Meier paid 1.5 million to Acme Ltd. and left.", 1),
        ("- first point\n- second point", 2),
        ("1. First\n2. Second", 2),
        ("tokenised text . more of it . end", 3),
        ("He said “Stop.” Then he left.", 2),
        ("J. Smith met U.S. officials.", 1),
        ("第一。第二。", 2),
        ("", 0),
        ("...", 0),
    ],
)
def test_sentences_end_where_a_reader_ends_them(text: str, count: int) -> None:
    assert len(sentences(text)) == count


@pytest.mark.parametrize(
    ("fact", "covered"),
    [
        ("Acme sold 1,200 units", True),
        ("acme sold 1200 units in march", True),
        ("Acme sold 1,300 units", False),
        ("Acme did not sell 1,200 units", False),
        ("The weather was fine", False),
    ],
)
def test_a_key_fact_is_covered_word_for_word_or_nearly_with_the_same_numbers(fact: str, covered: bool) -> None:
    assert SummaryText("In March, Acme sold 1,200 units. That was all.").covers(fact) is covered


# ---- summaries

FACTS = AnswerKey(key_facts=("Acme sold 1,200 units", "The factory was closed"), reference="Acme sold 1,200 units.")
EXAMPLE = example_of(FACTS, SOURCE.original)


def test_a_summary_has_a_part_for_each_fact_and_each_sentence_and_an_overlap() -> None:
    score = score_one(plan_of(Task.SUMMARIZATION), EXAMPLE, answer("Acme sold 1,200 units. Schmidt left Acme."))
    assert marks(score) == {
        "fact 1": Mark.COVERED,
        "fact 2": Mark.OMITTED,
        "sentence 1": Mark.SUPPORTED,
        "sentence 2": Mark.UNSUPPORTED,
    }
    assert score.strict.extras["ROUGE-L"] == pytest.approx(2 * 4 / (7 + 4), abs=0.1)


@pytest.mark.parametrize("outcome", FAILURES)
def test_without_an_answer_every_fact_is_omitted_and_there_is_no_sentence(outcome: Outcome) -> None:
    score = score_one(plan_of(Task.SUMMARIZATION), EXAMPLE, failure(outcome))
    assert marks(score) == {"fact 1": Mark.OMITTED, "fact 2": Mark.OMITTED}
    assert (score.strict.outcome, score.strict.extras["ROUGE-L"]) == (outcome, 0.0)


def test_an_empty_summary_is_invalid() -> None:
    score = score_one(plan_of(Task.SUMMARIZATION), EXAMPLE, answer("  "))
    assert (score.strict.outcome, score.strict.reason) == (Outcome.INVALID, "the answer is empty")


def test_judged_sentences_are_the_sentences_and_unjudged_facts_fall_back_to_the_rule() -> None:
    verdicts = [verdict("sentence 1", "unsupported"), verdict("sentence 2", "supported"), verdict("sentence 3", "supported")]
    plan = plan_of(Task.SUMMARIZATION, verdicts=[*verdicts, verdict("fact 2", "covered")])
    score = score_one(plan, EXAMPLE, answer("Acme sold 1,200 units. It did."))
    assert marks(score) == {
        "fact 1": Mark.COVERED,
        "fact 2": Mark.COVERED,
        "sentence 1": Mark.UNSUPPORTED,
        "sentence 2": Mark.SUPPORTED,
        "sentence 3": Mark.SUPPORTED,
    }
    by_name = {part.name: part for part in score.strict.parts}
    assert (by_name["fact 2"].rule_mark, by_name["fact 1"].rule_mark) == (Mark.OMITTED, None)
    assert by_name["sentence 3"].rule_mark is None


def test_where_the_split_agrees_our_own_mark_stands_beside_the_judged_one() -> None:
    plan = plan_of(Task.SUMMARIZATION, verdicts=[verdict("Sentence 1", "unsupported")])
    part = score_one(plan, EXAMPLE, answer("Acme sold 1,200 units.")).strict.parts[-1]
    assert (part.mark, part.rule_mark, part.found) == (Mark.UNSUPPORTED, Mark.SUPPORTED, "Acme sold 1,200 units.")


@pytest.mark.peers
@pytest.mark.skipif(not SHARED.is_dir(), reason="../shared is missing")
def test_the_rule_for_key_facts_ranks_real_systems_as_people_do() -> None:
    documents = shared_lines("summaries_rose/documents.jsonl")
    examples = [example_of(AnswerKey(key_facts=tuple(row["key_facts"])), row["source"], row["id"]) for row in documents]
    rows = shared_lines("summaries_rose/predictions.jsonl")
    responses = [answer(row["summary"], row["id"], row["candidate"]) for row in rows]
    scores = score_all(plan_of(Task.SUMMARIZATION, examples), examples, responses)
    ours: dict[str, list[float]] = {}
    people: dict[str, list[float]] = {}
    for score, row in zip(scores, rows, strict=True):
        facts = [part.mark for part in score.strict.parts if part.name.startswith("fact")]
        ours.setdefault(score.candidate, []).append(facts.count(Mark.COVERED) / len(facts))
        people.setdefault(score.candidate, []).append(row["human_acu_recall"])
    means = {name: sum(values) / len(values) for name, values in ours.items()}
    human = {name: sum(values) / len(values) for name, values in people.items()}
    assert sorted(means, key=means.__getitem__) == sorted(human, key=human.__getitem__)
    assert all(abs(means[name] - human[name]) < 0.08 for name in means)
