"""Local baselines really learn from train, say so when there is nothing to learn from, and quote verbatim."""

from __future__ import annotations

import json
import random

import numpy as np
import pytest

from reportgen.candidates.baseline import METHODS
from reportgen.candidates.summary_baseline import centrality, sentences_of
from reportgen.domain.records.plan import (
    AnswerKey,
    CandidateKind,
    CandidateSpec,
    Example,
    FieldKey,
    FieldSpec,
    FieldType,
    Task,
)
from reportgen.domain.records.response import Outcome, Response
from tests.candidates.plans import example, plan_of, run
from tests.loops import some

FIELDS = (
    FieldSpec("Number", FieldType.TEXT),
    FieldSpec("Total", FieldType.MONEY),
    FieldSpec("Date", FieldType.DATE),
    FieldSpec("Country", FieldType.CHOICE, choices=("Austria", "Norway", "Chile")),
)


def baseline(model: str) -> CandidateSpec:
    return CandidateSpec("B", CandidateKind.LOCAL_BASELINE, model=model)


def invoice(number: int, *, dated: bool = True) -> Example:
    rng = random.Random(number)
    values = {
        "Number": f"INV-{rng.randint(1000, 9999)}",
        "Total": f"EUR {rng.randint(10, 999)}.{rng.randint(10, 99)}",
        "Date": f"{rng.randint(1, 28):02}.0{rng.randint(1, 9)}.2025" if dated else "",
        "Country": rng.choice(FIELDS[3].choices),
    }
    text = f"Invoice number: {values['Number']}\nYour order {rng.randint(100, 999)} to {values['Country']}\n"
    text += f"Invoice date: {values['Date']}\n" if dated else ""
    text += f"Sum of goods: EUR {rng.randint(1, 9)}.00\nTotal due: {values['Total']}\n"
    keys = {name: FieldKey((value,) if value else ()) for name, value in values.items()}
    return Example(f"E{number}", text, AnswerKey(fields=keys), where="")


def extracted(train: list[Example], asked: list[Example]) -> list[dict[str, dict[str, str | None]]]:
    plan = plan_of(baseline("anchors and patterns"), task=Task.EXTRACTION, fields=FIELDS)
    return [json.loads(r.text) for r in run(plan, asked, train=train)]


def test_majority_answers_the_commonest_train_label_with_its_share() -> None:
    train = [example(n, label=label) for n, label in enumerate(["other", "refund", "refund", "delivery"])]
    (response,) = run(plan_of(baseline("majority")), [example(9)], train=train)
    assert (response.text, response.confidence) == ("refund", 0.5)


@pytest.mark.parametrize("model", ["nearest example", "tf-idf logistic regression"])
def test_text_baselines_learn_the_words_of_the_labels(model: str) -> None:
    words = {"refund": "money back bank transfer", "delivery": "parcel courier late street", "other": "hello weather thanks"}
    rng = random.Random(5)

    def row(number: int) -> Example:
        label = rng.choice(list(words))
        return example(number, " ".join(rng.choices(words[label].split(), k=4)), label)

    train, asked = [row(n) for n in range(90)], [row(n) for n in range(100, 140)]
    found = run(plan_of(baseline(model)), asked, train=train)
    right = sum(e.key is not None and e.key.label == r.text for e, r in zip(asked, found, strict=True))
    assert right >= 38
    assert all(r.confidence is not None and 0 <= r.confidence <= 1 for r in found)
    assert all(r.latency_s is not None and r.latency_s > 0 and r.cost == 0.0 for r in found)


def test_nearest_example_gives_the_answer_of_the_question_most_like_it() -> None:
    pairs = [("When does the shop open?", "At nine"), ("Who signs the lease?", "The tenant")]
    train = [Example(f"T{n}", q, AnswerKey(answers=(a, "or so")), where="") for n, (q, a) in enumerate(pairs)]
    asked = [Example("E1", "Who has to sign the lease", AnswerKey(), where="")]
    (response,) = run(plan_of(baseline("nearest example"), task=Task.QUESTION_ANSWERING), asked, train=train)
    assert response.text == "The tenant"


@pytest.mark.parametrize("model", sorted(set(METHODS) - {"lead sentences", "lexrank"}))
def test_without_train_examples_a_method_that_learns_gives_an_error_with_the_reason(model: str) -> None:
    found: tuple[Response, ...] = run(plan_of(baseline(model)), [example(1), example(2)])
    assert [r.outcome for r in found] == [Outcome.ERROR, Outcome.ERROR]
    assert all("no train examples" in r.reason for r in found)


def test_one_label_in_train_is_answered_throughout() -> None:
    (response,) = run(plan_of(baseline("tf-idf logistic regression")), [example(1)], train=[example(2), example(3)])
    assert response.text == "refund"


def test_anchors_find_the_values_of_invoices_never_seen() -> None:
    asked = [invoice(n) for n in range(200, 230)]
    found = extracted([invoice(n) for n in range(40)], asked)
    for name in ("Number", "Total", "Date", "Country"):
        keys = [e.key.fields[name].values[0] for e in asked if e.key is not None]
        right = sum(f[name]["value"] == k for f, k in zip(found, keys, strict=True))
        assert right >= 27, name


def test_every_quote_stands_in_the_text_letter_by_letter_and_holds_the_value() -> None:
    asked = [invoice(n) for n in range(200, 210)]
    for e, answer in some(zip(asked, extracted([invoice(n) for n in range(40)], asked), strict=True)):
        for given in some(answer.values()):
            assert (given["quote"] or "") in e.input
            assert (given["value"] or "") in (given["quote"] or "")


def test_a_field_that_nothing_points_to_stays_empty() -> None:
    train = [invoice(n, dated=n % 3 > 0) for n in range(40)]
    (answer,) = extracted(train, [invoice(300, dated=False)])
    assert answer["Date"]["value"] is None


def test_lead_takes_as_many_sentences_as_train_summaries_have() -> None:
    train = [Example("T", "Long text.", AnswerKey(reference="One. Two."), where="")]
    asked = [Example("E", "First thing. Second thing. Third thing.", AnswerKey(), where="")]
    (response,) = run(plan_of(baseline("lead sentences"), task=Task.SUMMARIZATION), asked, train=train)
    assert response.text == "First thing. Second thing."


def test_lexrank_prefers_the_sentence_that_the_others_speak_of() -> None:
    text = "The cat sat on a mat. Dogs bark. The cat on the mat slept. The mat of the cat is red. Rain fell."
    train = [Example("T", "x", AnswerKey(reference="One."), where="")]
    asked = [Example("E", text, AnswerKey(), where="")]
    (response,) = run(plan_of(baseline("lexrank"), task=Task.SUMMARIZATION), asked, train=train)
    assert response.text in {"The cat sat on a mat.", "The cat on the mat slept.", "The mat of the cat is red."}


def test_centrality_is_the_stationary_share_of_the_walk_between_sentences() -> None:
    shares = centrality([["a", "b"], ["b", "c"], ["c", "d"]], {})
    assert shares.sum() == pytest.approx(1)
    assert shares[0] == pytest.approx(shares[2])
    assert int(np.argmax(shares)) == 1


@pytest.mark.parametrize(
    ("text", "count"), [("One. Two! Three?", 3), ("Line one\nline two", 2), ("It cost 3.50 in all. Fine.", 2), ("", 0)]
)
def test_sentences_end_at_marks_and_line_breaks(text: str, count: int) -> None:
    assert len(sentences_of(text)) == count
