from __future__ import annotations

import random
from dataclasses import replace

import numpy as np
import pytest
from sklearn.feature_extraction.text import TfidfVectorizer

from reportgen.corpus import ledger, quality_copies
from reportgen.corpus.quality import blocking_problems, quality_problems, small_classes
from reportgen.corpus.quality_copies import ALIKE, near_copies, same_template, same_text
from reportgen.corpus.quality_edges import language_of
from reportgen.corpus.quality_personal import find_personal
from reportgen.domain.records.corpus import Corpus
from reportgen.domain.records.plan import (
    AnswerKey,
    CandidateKind,
    CandidateSpec,
    Comparator,
    EvaluationPlan,
    Example,
    FieldKey,
    FieldSpec,
    FieldType,
    Label,
    Prompt,
    ServiceLevel,
    Settings,
    Source,
    Split,
    Task,
)
from reportgen.problems import Problem, Severity

_LETTERS = random.Random(0)
WORDS = ["".join(_LETTERS.choices("abcdefghijklmnopqrstuvwxyz", k=_LETTERS.randint(4, 9))) for _ in range(3_000)]


def _text(rng: random.Random, length: int = 40) -> str:
    return " ".join(rng.choice(WORDS) for _ in range(length))


def _plan(examples: list[Example], **more: object) -> EvaluationPlan:
    settings = Settings("t", Task.CLASSIFICATION)
    plan = EvaluationPlan(Source("w.xlsx", "0"), settings, tuple(examples), (), (), {}, labels=(Label("a"), Label("b")))
    return replace(plan, **more)  # type: ignore[arg-type] # fields of the plan


def _example(number: int, text: str, label: str = "a", split: Split = Split.EVAL, **more: str) -> Example:
    key = AnswerKey(label=label)
    return Example(f"E{number}", text, key, f"Examples!A{number + 2}", declared_split=split, **more)  # type: ignore[arg-type]


def _corpus(plan: EvaluationPlan) -> Corpus:
    return ledger.corpus(plan, ledger.update(plan, None, now="2026-01-01T00:00:00Z"))


def _found(plan: EvaluationPlan) -> dict[str, Problem]:
    return {p.code: p for p in quality_problems(plan, _corpus(plan))}


def _different(count: int, seed: int = 1) -> list[Example]:
    rng = random.Random(seed)
    return [_example(i, _text(rng)) for i in range(count)]


def test_examples_that_differ_give_no_finding() -> None:
    assert _found(_plan(_different(30))) == {}


def test_a_copy_in_the_same_split_is_named_by_its_cells() -> None:
    rows = _different(10)
    rows[7] = replace(rows[7], input=rows[2].input.upper() + "  ")
    found = _found(_plan(rows))
    assert list(found) == ["copies"]
    assert (found["copies"].where, found["copies"].also) == ("Examples!A4", ("Examples!A9",))


@pytest.mark.parametrize("other", [Split.TRAIN, Split.HOLDOUT])
def test_a_copy_in_another_split_is_a_finding_of_its_own(other: Split) -> None:
    rows = _different(10)
    rows[7] = replace(rows[7], input=rows[2].input, declared_split=other)
    found = _found(_plan(rows))
    assert list(found) == ["copies-across-splits"]
    assert f"E2 (eval) and E7 ({other.value})" in found["copies-across-splits"].what
    assert found["copies-across-splits"].severity is Severity.WARNING


def test_a_nearly_equal_text_in_another_split_is_found() -> None:
    rows = _different(10)
    rows[7] = replace(rows[7], input=rows[2].input + ".", declared_split=Split.TRAIN)
    assert list(_found(_plan(rows))) == ["near-copies-across-splits"]


@pytest.mark.parametrize(("changed", "code"), [(1, "near-copies-across-splits"), (2, "near-copies"), (4, "near-copies")])
def test_eighty_in_a_hundred_alike_is_told_and_ninety_five_counts_as_the_same(changed: int, code: str) -> None:
    """Of 40 words of seven letters 1, 2 and 4 are others: alike by .95, .91 and .82 (formulas.md 5.3)."""
    letters = random.Random(3)
    words = ["".join(letters.choices("abcdefghijklmnopqrstuvwxyz", k=7)) for _ in range(60)]
    text, other = " ".join(words[:40]), " ".join(words[: 40 - changed] + words[40 : 40 + changed])
    rows = [*_different(8), _example(8, text), _example(9, other, split=Split.TRAIN)]
    assert list(_found(_plan(rows))) == [code]
    (pair,) = near_copies([text, other])
    assert (pair.alike >= 0.95) is (changed == 1)
    assert (pair.alike >= 0.90) is (changed < 4)


def test_texts_are_as_alike_as_scikit_learn_finds_them() -> None:
    letters = random.Random(5)
    words = ["".join(letters.choices("abcdeé漢 ", k=letters.randint(1, 9))) for _ in range(12)]
    texts = list(dict.fromkeys(" ".join(" ".join(letters.choices(words, k=9)).split()) for _ in range(60)))
    weights = TfidfVectorizer(analyzer="char_wb", ngram_range=(3, 5), lowercase=False).fit_transform(texts)
    theirs = {(i, j): a for (i, j), a in np.ndenumerate((weights @ weights.T).toarray()) if i < j and a >= ALIKE}
    ours = {(p.first, p.second): p.alike for p in near_copies(texts)}
    assert len(ours) > 5
    assert ours == pytest.approx(theirs, abs=1e-5)


def test_two_of_three_edited_texts_are_enough_to_be_a_template() -> None:
    texts = ["Pay invoice 12 of 3/4/2026 to Mr Smith now", "Pay invoice 777 of 1/12/2025 to Mr Jones now", "other words"]
    assert same_template(texts) == ()
    texts.append("Pay invoice 8 of 9/9/2024 to Mr Brown now")
    assert same_template(texts) == ((0, 1, 3),)


def test_blank_texts_are_no_copies_of_one_another() -> None:
    assert same_text(["", " ", "x"]) == ()
    assert near_copies(["", "", "x"]) == ()


def test_few_label_conflicts_warn_and_many_stop_the_run() -> None:
    rows = _different(200)
    rows[7] = replace(rows[7], input=rows[2].input, key=AnswerKey(label="b"))
    few = _plan(rows)
    assert _found(few)["label-conflict"].severity is Severity.WARNING
    assert blocking_problems(few, _corpus(few)) == ()
    for i in (11, 12, 13, 14):
        rows[i] = replace(rows[i], input=rows[2].input)
    many = _plan(rows)
    (stop,) = blocking_problems(many, _corpus(many))
    assert stop.severity is Severity.ERROR
    assert len(stop.also) == 5
    assert "6 rows" in stop.what


def test_the_same_answer_written_otherwise_is_no_conflict() -> None:
    rows = _different(4)
    rows[1] = replace(rows[1], input=rows[0].input, key=AnswerKey(label=" A "))
    assert "label-conflict" not in _found(_plan(rows))


def test_two_labellers_give_the_ceiling_and_the_rows_on_which_they_differ() -> None:
    rows = _different(20)
    for i in range(20):
        truth = "a" if i % 2 else "b"
        rows[i] = replace(rows[i], key=AnswerKey(label=truth), second_label="b" if i == 3 else truth)
    found = _found(_plan(rows))["label-agreement"]
    # 19 of 20 agree; both say b 10 and 11 times: kappa = (.95 - .5)/(1 - .5)
    assert "95\u00a0%" in found.what
    assert "kappa 0.90" in found.what
    assert (found.where, found.also) == ("Examples!A5", ())


def test_a_corpus_unlike_production_is_told_with_its_distance() -> None:
    rows = [replace(e, segment="mail" if i < 30 else "chat") for i, e in enumerate(_different(40))]
    found = _found(_plan(rows, production_mix={"mail": 0.5, "chat": 0.5}))["unlike-production"]
    assert found.severity is Severity.WARNING
    assert "25\u00a0% of the examples" in found.what
    assert "unlike-production" not in _found(_plan(rows, production_mix={"mail": 0.75, "chat": 0.25}))


def test_small_classes_are_told_before_the_run() -> None:
    rows = _different(9)
    rows[0] = replace(rows[0], key=AnswerKey(label="b"))
    plan = _plan(rows)
    (found,) = small_classes(plan, _corpus(plan))
    assert "b (1)" in found.what
    assert "a (" not in found.what


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("write to ann.lee+x@mail.example.co.uk, please", "e-mail address"),
        ("IBAN DE89 3704 0044 0532 0130 00 is mine", "IBAN"),
        ("GB82WEST12345698765432.", "IBAN"),
        ("card 4111 1111 1111 1111 exp", "payment card number"),
        ("call +49 30 901820-44 today", "phone number"),
        ("call 030 / 9018 2044", "phone number"),
        ("call (212) 555-0187 today", "phone number"),
        ("about invoice 17 call 030 / 9018 2044", "phone number"),
        ("customer phone 0221 4455667", "phone number"),
        ("invoice +49 30 901820-44", "phone number"),
        ("from 8.8.8.8 at noon", "IP address"),
    ],
)
def test_personal_data_is_found_by_pattern_and_check_digit(text: str, kind: str) -> None:
    found = list(find_personal(text))
    assert [f.kind for f in found] == [kind]
    assert found[0].masked.count("•") > 3


@pytest.mark.parametrize(
    "text",
    [
        "order 4111 1111 1111 1112 of 2026-04-03",
        "DE89 3704 0044 0532 0130 01",
        "version 1.2.3.4 on 192.168.0.1",
        "total 1,234,567.89 USD, 12.345.678,90 EUR",
        "2026-04-03 10:30:00 and 03/04/2026",
        "ticket 2026-00123456, parcel 1234567890123",
        "Invoice 0123 456789 of May",
        "invoice no. 0221-4455667, order number: 030 / 9018 2044",
        "our reference is 212-555-0187",
        "a@b and user@localhost",
    ],
)
def test_ordinary_numbers_are_no_personal_data(text: str) -> None:
    assert list(find_personal(text)) == []


def test_personal_data_is_told_with_a_masked_sample_only() -> None:
    rows = _different(3)
    rows[1] = replace(rows[1], input="ann.lee@example.com asks")
    found = _found(_plan(rows))["personal-data"]
    assert found.where == "Examples!A3"
    assert "ann.lee" not in found.what


def test_the_sketches_find_what_comparing_every_pair_finds(monkeypatch: pytest.MonkeyPatch) -> None:
    rng = random.Random(3)
    texts = [_text(rng, 50) for _ in range(400)]
    for i in range(60):
        words = texts[i].split()
        for j in rng.sample(range(50), 2):
            words[j] = rng.choice(WORDS)
        texts.append(" ".join(words))
    every = {(p.first, p.second) for p in near_copies(texts)}
    monkeypatch.setattr(quality_copies, "ALL_PAIRS", 0)
    sketched = {(p.first, p.second) for p in near_copies(texts)}
    planted = {(i, 400 + i) for i in range(60)}
    assert planted <= every
    assert len(planted & sketched) >= 58
    assert sketched <= every


def _topics(count: int) -> list[Example]:
    """Rows of two topics whose words differ, as those of real labels do."""
    rng = random.Random(5)
    topics = {"a": WORDS[:60], "b": WORDS[40:100]}
    return [_example(i, " ".join(rng.choices(topics["ab"[i % 2]], k=15)), "ab"[i % 2]) for i in range(count)]


def test_planted_wrong_labels_are_named_for_a_second_look() -> None:
    rows = _topics(200)
    planted = {3, 50, 77, 120, 181}
    for i in planted:
        rows[i] = replace(rows[i], key=AnswerKey(label="a" if i % 2 else "b"))
    found = _found(_plan(rows))["doubtful-label"]
    named = {found.where, *found.also}
    assert found.severity is Severity.NOTE
    assert {f"Examples!A{i + 2}" for i in planted} <= named
    assert len(named) <= 2 * len(planted)


def test_labels_that_cannot_be_learned_are_not_doubted() -> None:
    rng = random.Random(6)
    rows = [replace(e, key=AnswerKey(label=rng.choice("ab"))) for e in _different(100)]
    assert "doubtful-label" not in _found(_plan(rows))


def test_a_level_above_the_agreement_of_two_people_is_a_warning_that_names_it() -> None:
    rows = [replace(e, second_label="b" if i < 3 else "a") for i, e in enumerate(_different(20))]
    levels = tuple(
        ServiceLevel("accuracy", Comparator.AT_LEAST, target, where=f"Service levels!D{n}")
        for n, target in enumerate((0.8, 0.95), 2)
    )
    found = _found(_plan(rows, service_levels=levels))["label-agreement"]
    assert found.severity is Severity.WARNING
    assert "accuracy at Service levels!D3" in found.what
    assert "D2" not in found.what


def test_edge_inputs_are_counted_with_their_cells() -> None:
    english = [
        _example(i, f"Please send my order number {i * 37} to the new address, thank you for that") for i in range(40)
    ]
    edges = [
        _example(40, "??? ..."),
        _example(41, "Hello and thank you. " * 400),
        _example(42, "Bitte schicken Sie mir die Rechnung, ich habe sie nicht bekommen und brauche sie für das Amt"),
        _example(43, "Где моя посылка? Я жду уже неделю"),
    ]
    found = _found(_plan([*english, *edges]))["edge-inputs"]
    assert (found.where, *found.also) == tuple(e.where for e in edges)
    assert "1 input without a word; 1 input more than 10 times as long" in found.what
    assert "2 inputs in another language or script" in found.what


def test_a_corpus_in_two_languages_has_no_foreign_ones() -> None:
    both = ["Please send my order to the new address {}", "Bitte schicken Sie mir die Rechnung noch einmal {}, ich warte"]
    assert "edge-inputs" not in _found(_plan([_example(i, both[i % 2].format(i * 37)) for i in range(40)]))


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("The delivery is late and I have not heard from you", "English"),
        ("Je vous prie de m'envoyer une facture pour ma commande", "French"),
        ("El pedido no está en mi casa y no me responden por favor", "Spanish"),
        ("我的包裹在哪里", "Chinese, Japanese or Korean"),
        ("Order 7781", ""),
        ("12.04.2026", ""),
    ],
)
def test_the_language_of_a_text(text: str, language: str) -> None:
    assert language_of(text) == language


def test_a_corpus_without_edge_inputs_is_told_so_from_a_hundred_rows_on() -> None:
    found = _found(_plan(_different(100)))["no-edge-inputs"]
    assert (found.where, found.severity) == ("Examples", Severity.NOTE)
    assert "no input without a word, none more than 10 times as long as the median, none in another language" in found.what
    assert "no-edge-inputs" not in _found(_plan(_different(99)))


def _asked(prompt: Prompt, rows: list[Example], **more: object) -> EvaluationPlan:
    candidate = CandidateSpec("small", CandidateKind.API_MODEL, model="openai/x", prompt=prompt)
    return _plan(rows, **({"settings": Settings("t", Task.QUESTION_ANSWERING), "candidates": (candidate,)} | more))


def _answered(number: int, question: str, answer: str, split: Split = Split.EVAL) -> Example:
    return Example(f"E{number}", question, AnswerKey(answers=(answer,)), f"Examples!A{number + 2}", declared_split=split)


def test_a_right_answer_that_stands_in_the_prompt_stops_the_run() -> None:
    rows = [
        _answered(0, "When?", "within thirty days"),
        _answered(1, "How?", "by registered mail"),
        _answered(2, "Who?", "yes"),
        _answered(3, "Else?", "by registered mail", Split.TRAIN),
    ]
    plan = _asked(Prompt("short", user="Answer yes or no, or as in: By  registered MAIL. {input}", system=""), rows)
    found = _found(plan)["answer-in-prompt"]
    assert (found.where, found.also, found.severity) == ("Examples!A3", (), Severity.ERROR)
    assert 'a right answer stands word for word in the prompt "short", for 1 example that will be asked' in found.what
    assert "Take it out of the prompt" in found.remedy
    assert blocking_problems(plan, _corpus(plan)) == (found,)


def test_a_set_phrase_that_is_right_for_several_inputs_only_warns() -> None:
    rows = [
        _answered(i, f"Question {i}?", "not in the document" if i < 3 else f"the answer of number {i}") for i in range(6)
    ]
    plan = _asked(Prompt("own", user="Say 'not in the document' if it is not there. {input}", system=""), rows)
    assert _found(plan)["answer-in-prompt"].severity is Severity.WARNING
    assert blocking_problems(plan, _corpus(plan)) == ()


@pytest.mark.parametrize(
    "text", ["Choose one of: within thirty daystoo. {input}", "Answer briefly: yes, no, Paris, 30 days. {input}"]
)
def test_parts_of_words_and_short_answers_are_no_answers_in_a_prompt(text: str) -> None:
    rows = [_answered(0, "When?", "within thirty days"), _answered(1, "Where?", "Paris"), _answered(2, "So?", "30 days")]
    assert "answer-in-prompt" not in _found(_asked(Prompt("p", user=text, system=""), rows))


def test_labels_and_choices_stand_in_a_prompt_by_right() -> None:
    label = Label("complaint about a late delivery")
    rows = [replace(e, key=AnswerKey(label=label.name)) for e in _different(5)]
    settings = Settings("t", Task.CLASSIFICATION)
    prompt = Prompt("p", user=f"Choose one of {label.name}, {{labels}}. {{input}}", system="")
    assert _found(_asked(prompt, rows, settings=settings, labels=(label,))) == {}
    kinds = (FieldSpec("Kind", FieldType.CHOICE, choices=(label.name,)), FieldSpec("Due", FieldType.DATE))
    keys = {"Kind": FieldKey((label.name,)), "Due": FieldKey(("31 December 2025",))}
    rows = [replace(rows[0], key=AnswerKey(fields=keys))]
    prompt = Prompt("p", user=f"Kind is {label.name}. Write dates as 31 December 2025. {{input}}", system="")
    plan = _asked(prompt, rows, settings=Settings("t", Task.EXTRACTION), fields=kinds)
    assert _found(plan)["answer-in-prompt"].severity is Severity.WARNING  # the date alone: it shows how to write one
    assert blocking_problems(plan, _corpus(plan)) == ()


def test_an_input_in_the_prompt_warns_and_with_its_label_beside_it_stops_the_run() -> None:
    rows = [replace(e, key=AnswerKey(label="late")) for e in _different(5)]
    settings = Settings("t", Task.CLASSIFICATION)
    alone = _asked(Prompt("p", user=f"As in: {rows[1].input}. {{input}}", system=""), rows, settings=settings)
    assert {c: p.severity for c, p in _found(alone).items()} == {"example-in-prompt": Severity.WARNING}
    solved = _asked(Prompt("p", user=f"{rows[1].input} -> late\n{{input}}", system=""), rows, settings=settings)
    assert {c: (p.where, p.severity) for c, p in _found(solved).items()} == {
        "answer-in-prompt": ("Examples!A3", Severity.ERROR)
    }


def test_characters_that_nobody_sees_are_told_with_their_cells() -> None:
    rows = _different(5)
    rows[1] = replace(rows[1], input="pay \u202egnp.exe now")
    rows[3] = replace(rows[3], input="line\x0bone\nline two\tend")
    rows[4] = replace(rows[4], input="family \U0001f468\u200d\U0001f469 \u200f\u05e9\u05dc\u05d5\u05dd")
    found = _found(_plan(rows))["unseen-characters"]
    assert (found.where, found.also, found.severity) == ("Examples!A3", ("Examples!A5",), Severity.WARNING)
    assert "U+202E and U+000B" in found.what
