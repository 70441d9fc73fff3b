"""The values of the measures, judged by scikit-learn and by known answers of formulas.md section 3."""

from __future__ import annotations

import math
import random
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
from sklearn.metrics import accuracy_score, f1_score, precision_recall_fscore_support

from reportgen.domain.estimating.estimate import measure
from reportgen.domain.estimating.proportion import Method
from reportgen.domain.measures import MEASURES
from reportgen.domain.measures.classification import label_totals
from reportgen.domain.records.measure import Observation, Sample
from reportgen.domain.records.plan import OVERALL, AnswerKey, Example, FieldKey, Scope, ScopeKind
from reportgen.domain.records.response import Outcome, Response
from reportgen.domain.records.score import CitationMark, Mark, Part, Reading, Score
from tests.domain.samples import classified

QUICK = Method(resamples=100)


def value(sample: Sample, name: str, scope: Scope = OVERALL) -> float | None:
    return measure(sample, MEASURES[name], scope, QUICK).value


def test_an_invalid_output_makes_no_class_of_its_own() -> None:
    truth = ["a"] * 6 + ["b"] * 4
    said: list[str | None] = ["a"] * 5 + [None] + ["b", "b", "b", "a"]
    sample = classified(truth, said)
    assert value(sample, "macro F1") == pytest.approx(0.8452, abs=5e-5)
    assert value(sample, "accuracy") == 0.8
    found = [value(sample, n, Scope(ScopeKind.LABEL, lab)) for n in ("precision", "recall", "F1") for lab in "ab"]
    assert found == pytest.approx([5 / 6, 1, 5 / 6, 0.75, 5 / 6, 6 / 7])
    heard = [s or "(invalid)" for s in said]
    phantom = precision_recall_fscore_support(truth, heard, average="macro", zero_division=0)[2]
    assert phantom == pytest.approx(0.5635, abs=5e-5), "the trap: without the labels the invalid output is a third class"
    micro = precision_recall_fscore_support(truth, heard, labels=["a", "b"], average="micro")[2]
    hits, given, missed = np.sum([label_totals(sample, name) for name in "ab"], axis=0)
    assert 2 * hits / (2 * hits + given + missed) == pytest.approx(micro) == pytest.approx(0.8421, abs=5e-5)


def test_a_label_without_a_row_is_left_out_of_macro_f1_and_named() -> None:
    found = measure(classified(["a", "a", "b"], ["a", "b", "b"], labels="abc"), MEASURES["macro F1"], OVERALL, QUICK)
    assert found.value == pytest.approx(2 / 3)
    by_sklearn = [f1_score(["a", "a", "b"], ["a", "b", "b"], labels=list("abc"), average="macro", zero_division=z)
                  for z in (0, 1, np.nan)]  # fmt: skip
    assert by_sklearn == pytest.approx([0.4444, 0.7778, 2 / 3], abs=5e-5)
    assert any("Not tested" in note and "c" in note for note in found.notes)


def test_macro_f1_is_scikit_learns_on_its_own_example() -> None:
    truth, said = ["cat", "dog", "pig", "cat", "dog", "pig"], ["cat", "pig", "dog", "cat", "cat", "dog"]
    sample = classified(truth, said)
    assert value(sample, "macro F1") == pytest.approx(0.2667, abs=5e-5)
    each = [
        [value(sample, n, Scope(ScopeKind.LABEL, lab)) for lab in ("cat", "dog", "pig")] for n in ("precision", "recall")
    ]
    assert [sum(v or 0.0 for v in row) / 3 for row in each] == pytest.approx([0.2222, 0.3333], abs=5e-5)
    assert value(sample, "accuracy") == pytest.approx(0.3333, abs=5e-5), "micro F1, since every answer is a label"


@pytest.mark.parametrize("seed", range(5))
def test_all_figures_of_a_classification_are_those_of_scikit_learn(seed: int) -> None:
    draw = random.Random(seed)
    names = [f"label {i}" for i in range(7)]
    truth = [draw.choice(names) for _ in range(90)]
    said = [t if draw.random() < 0.7 else draw.choice([*names, None, "!"]) for t in truth]
    sample = classified(truth, said, labels=names)
    heard = ["(none)" if s in {None, "!"} else s for s in said]
    each = precision_recall_fscore_support(truth, heard, labels=names, zero_division=0)
    for place, name in enumerate(names):
        scope = Scope(ScopeKind.LABEL, name)
        assert value(sample, "recall", scope) == pytest.approx(each[1][place])
        assert value(sample, "F1", scope) == pytest.approx(each[2][place])
        if heard.count(name):
            assert value(sample, "precision", scope) == pytest.approx(each[0][place])
    for name, average in (("macro F1", "macro"), ("weighted F1", "weighted")):
        judge = precision_recall_fscore_support(truth, heard, labels=names, average=average, zero_division=0)[2]
        assert value(sample, name) == pytest.approx(judge)
    assert value(sample, "accuracy") == pytest.approx(accuracy_score(truth, heard))


def test_a_label_that_was_never_given_has_no_precision_and_says_why() -> None:
    found = measure(classified(["a", "b"], ["a", "a"]), MEASURES["precision"], Scope(ScopeKind.LABEL, "b"), QUICK)
    assert found.value is None
    assert "never given" in found.reason


def test_a_verdict_that_calls_another_label_right_counts_as_the_expected_one() -> None:
    sample = classified(["a", "a", "b"], ["a", "b", "b"])
    odd = sample.observations[1]
    reading = replace(odd.score.strict, parts=(replace(odd.score.strict.parts[0], mark=Mark.CORRECT),))
    rows = (sample.observations[0], replace(odd, score=replace(odd.score, strict=reading)), sample.observations[2])
    assert value(replace(sample, observations=rows), "macro F1") == 1.0


def extracted(table: Sequence[Sequence[tuple[Mark, CitationMark | None]]], fields: Sequence[str] = ("x", "y")) -> Sample:
    rows = []
    for i, marks in enumerate(table):
        parts = tuple(
            Part(name, mark, found="" if mark in {Mark.MISSING, Mark.CORRECT_EMPTY} else "v", citation=citation)
            for name, (mark, citation) in zip(fields, marks, strict=True)
        )
        reading = Reading(Outcome.ANSWERED, parts)
        example = Example(f"E{i}", "text", AnswerKey(), f"A{i}")
        response = Response("A", example.id, "k", Outcome.ANSWERED, attempts=1)
        rows.append(Observation(example, response, Score("A", example.id, reading, reading), 0.0))
    return Sample(tuple(rows), fields=tuple(fields), citation_fields=(fields[0],))


MARKS: list[list[tuple[Mark, CitationMark | None]]] = [
    [(Mark.CORRECT, CitationMark.SUPPORTS), (Mark.CORRECT_EMPTY, None)],
    [(Mark.WRONG, CitationMark.NOT_FOUND), (Mark.INVENTED, None)],
    [(Mark.MISSING, None), (Mark.CORRECT, None)],
    [(Mark.CORRECT, None), (Mark.UNSCORED, None)],
]


@pytest.mark.parametrize(
    ("name", "scope", "expected"),
    [
        ("field accuracy", OVERALL, 4 / 7),
        ("field F1", OVERALL, 2 * 3 / (2 * 3 + 2 + 2)),
        ("F1", Scope(ScopeKind.FIELD, "x"), 2 * 2 / (2 * 2 + 1 + 2)),
        ("precision", Scope(ScopeKind.FIELD, "x"), 2 / 3),
        ("recall", Scope(ScopeKind.FIELD, "x"), 2 / 4),
        ("document exact match", OVERALL, 2 / 4),
        ("missing field rate", OVERALL, 1 / 5),
        ("invented field rate", OVERALL, 1 / 2),
        ("invented field rate", Scope(ScopeKind.FIELD, "y"), 1 / 2),
        ("citation accuracy", OVERALL, 1 / 3),
        ("schema-valid rate", OVERALL, 1.0),
    ],
)
def test_extraction_counts_right_wrong_missing_invented_and_rightly_empty(name: str, scope: Scope, expected: float) -> None:
    assert value(extracted(MARKS), name, scope) == pytest.approx(expected)


def test_an_unreadable_answer_keeps_its_rightly_empty_fields_in_the_denominator_of_field_accuracy() -> None:
    sample = extracted([[(Mark.CORRECT, None), (Mark.CORRECT_EMPTY, None)]] * 2)
    last = sample.observations[1]
    key = AnswerKey(fields={"x": FieldKey(("v",)), "y": FieldKey()})
    unread = Reading(Outcome.INVALID, (Part("x", Mark.MISSING),))
    broken = replace(last, example=replace(last.example, key=key), score=replace(last.score, strict=unread, lenient=unread))
    spoilt = replace(sample, observations=(sample.observations[0], broken))
    assert value(spoilt, "field accuracy") == pytest.approx(2 / 4)
    assert value(spoilt, "field accuracy", Scope(ScopeKind.FIELD, "y")) == pytest.approx(1 / 2)
    assert value(spoilt, "missing field rate") == pytest.approx(1 / 2)


def test_a_field_that_every_document_holds_cannot_be_invented_and_says_so() -> None:
    found = measure(extracted(MARKS), MEASURES["invented field rate"], Scope(ScopeKind.FIELD, "x"), QUICK)
    assert found.value is None
    assert found.reason.startswith("not tested")


def summarised(parts: Sequence[Part] | None, facts: int = 4) -> Observation:
    outcome = Outcome.ANSWERED if parts is not None else Outcome.TIMEOUT
    reading = Reading(outcome, tuple(parts or ()), extras={"ROUGE-L": 0.5} if parts else {})
    key = AnswerKey(reference="text", key_facts=tuple(f"fact {i}" for i in range(facts)))
    example = Example("E", "text", key, "A1")
    return Observation(example, Response("A", "E", "k", outcome), Score("A", "E", reading, reading), 0.0)


def test_a_production_mix_that_weighs_nothing_anew_changes_no_summary_figure() -> None:
    good = [Part("sentence 1", Mark.SUPPORTED), Part("fact 1", Mark.COVERED)]
    rows = (summarised([*good, Part("fact 2", Mark.OMITTED)]), summarised(good), summarised(None))
    placed = [replace(o, example=replace(o.example, segment="mail")) for o in rows]
    mixed = Method(mix={"mail": 1.0}, resamples=200)
    for name in ("omission rate", "key-fact recall", "factual precision"):
        plain = measure(Sample(tuple(placed)), MEASURES[name], OVERALL, QUICK).value
        assert measure(Sample(tuple(placed)), MEASURES[name], OVERALL, mixed).value == pytest.approx(plain)


def test_summaries_are_averaged_over_examples_and_no_answer_is_the_worst() -> None:
    good = [Part("sentence 1", Mark.SUPPORTED), Part("sentence 2", Mark.UNSUPPORTED), Part("fact 1", Mark.COVERED)]
    sample = Sample((summarised([*good, Part("fact 2", Mark.OMITTED), Part("fact 3", Mark.OMITTED)]), summarised(None)))
    assert value(sample, "factual precision") == pytest.approx((1 / 2 + 0) / 2)
    assert value(sample, "omission rate") == pytest.approx((2 / 3 + 1) / 2)
    assert value(sample, "key-fact recall") == pytest.approx((1 / 3 + 0) / 2)
    assert value(sample, "ROUGE-L") == pytest.approx(0.25)


def test_an_answer_without_a_sentence_supports_nothing_and_an_example_without_key_facts_has_no_part() -> None:
    sample = Sample((summarised([Part("fact 1", Mark.COVERED)]), summarised([Part("sentence 1", Mark.SUPPORTED)], facts=0)))
    assert value(sample, "factual precision") == pytest.approx(0.5)
    found = measure(sample, MEASURES["omission rate"], OVERALL, QUICK)
    assert (found.value, found.n) == (0.0, 1)


def test_rates_divide_by_all_planned_examples() -> None:
    sample = classified(list("aabbb"), ["a", None, "!", "b", "a"], reviewed=[False, True, False, False, True])
    assert value(sample, "invalid output rate") == 1 / 5
    assert value(sample, "failure rate") == 1 / 5
    assert value(sample, "review rate") == 2 / 5
    assert value(sample, "retry rate") == 0.0


def test_unknown_attempts_are_no_zero_retries() -> None:
    sample = classified(list("ab"), list("ab"))
    rows = tuple(replace(o, response=replace(o.response, attempts=None)) for o in sample.observations)
    found = measure(replace(sample, observations=rows), MEASURES["retry rate"], OVERALL, QUICK)
    assert found.value is None
    assert "not recorded" in found.reason


def test_mean_latency_is_over_the_answered_and_an_unknown_one_is_never_zero() -> None:
    sample = classified(list("abab"), ["a", "b", "!", "b"], latencies=[1.0, 3.0, None, None])
    found = measure(sample, MEASURES["mean latency"], OVERALL, QUICK)
    assert (found.value, found.n) == (2.0, 2)
    assert any("not recorded" in note for note in found.notes)
    none = measure(classified(list("ab"), list("ab"), latencies=[None, None]), MEASURES["p95 latency"], OVERALL, QUICK)
    assert (none.value, none.reason) == (None, "latency is not measured in a batch")


def test_the_columns_of_a_sample_are_read_once_but_a_copy_reads_its_own() -> None:
    sample = classified(list("ab"), list("ab"))
    value(sample, "accuracy")
    assert sample.memo
    assert not replace(sample, lenient=True).memo
    assert not math.isnan(float(np.sum(sample.memo["right"])))
