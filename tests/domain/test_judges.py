"""A model judge as a witness: calibrated against people, corrected for its errors, or capped."""

from __future__ import annotations

from dataclasses import replace

import pytest

from reportgen.domain.estimate import measure
from reportgen.domain.judge_correction import corrected
from reportgen.domain.judges import judge_caps, judge_records, with_calibration
from reportgen.domain.measure import Observation, Sample
from reportgen.domain.measures import MEASURES
from reportgen.domain.plan import OVERALL, AnswerKey, Example
from reportgen.domain.proportion import Method
from reportgen.domain.response import Outcome, Response
from reportgen.domain.score import JudgeKind, Mark, Part, Reading, Score

RECALL = MEASURES["key-fact recall"]
OMISSION = MEASURES["omission rate"]
GOOD, BAD = Mark.COVERED, Mark.OMITTED
PERSON, MODEL = JudgeKind.PERSON, JudgeKind.MODEL


def observation(number: int, mark: Mark, judge: JudgeKind, said: Mark | None = None) -> Observation:
    example = Example(f"E{number}", "text", AnswerKey(key_facts=("a fact",)), f"Examples!A{number}")
    part = Part("fact 1", mark, "a fact", judged_by=judge, rule_mark=BAD, model_mark=said)
    reading = Reading(Outcome.ANSWERED, (part,))
    response = Response("A", example.id, "", Outcome.ANSWERED, "an answer")
    return Observation(example, response, Score("A", example.id, reading, reading), 0.0)


def sample(labelled: list[tuple[Mark, Mark, int]], alone: list[tuple[Mark, int]], first: int = 0) -> Sample:
    """People's mark, the judge's, and how often; then the judge's alone."""
    rows = [(mark, PERSON, said) for mark, said, times in labelled for _ in range(times)]
    more = [(mark, MODEL, None) for mark, times in alone for _ in range(times)]
    return Sample(tuple(observation(n, *row) for n, row in enumerate([*rows, *more], first)))


def known() -> Sample:
    """The case of figures.md 3.4: TP 68, FN 7, FP 5, TN 20 labelled, and 300 of 400 passed by the judge alone."""
    labelled = [(GOOD, GOOD, 68), (GOOD, BAD, 7), (BAD, GOOD, 5), (BAD, BAD, 20)]
    return sample(labelled, [(GOOD, 300), (BAD, 100)])


def test_the_record_counts_what_people_and_the_judge_said_of_the_same_parts() -> None:
    record = judge_records({"A": known()})["fact"]
    assert record.table == [[68, 7], [5, 20]]
    assert record.sensitivity == pytest.approx(68 / 75)
    assert record.specificity == pytest.approx(20 / 25)
    assert record.labels == {"A": 100}
    assert "30 of each are needed" in record.why_not


def test_ppi_gives_the_value_of_the_authors_program() -> None:
    of = replace(known(), calibrated=frozenset({"fact"}))
    found = corrected(measure(of, RECALL), of, RECALL, Method())
    assert found.value == pytest.approx(0.76117, abs=5e-6)
    assert (found.low, found.high) == pytest.approx((0.69453, 0.82780), abs=5e-5)
    assert found.caps == ()
    assert "100 answers judged by people" in found.method
    mirrored = corrected(measure(of, OMISSION), of, OMISSION, Method())
    assert mirrored.value == pytest.approx(1 - 0.76117, abs=5e-6)
    assert mirrored.bound == pytest.approx(1 - (found.bound or 0.0))


def test_failed_tasks_count_as_they_are() -> None:
    whole = known()
    lost = Reading(Outcome.ERROR, ())
    failed = [replace(o, score=Score("A", o.example.id, lost, lost)) for o in sample([], [(BAD, 500)], 1000).observations]
    of = replace(whole, observations=(*whole.observations, *failed), calibrated=frozenset({"fact"}))
    found = corrected(measure(of, RECALL), of, RECALL, Method())
    assert found.value == pytest.approx(0.76117 / 2, abs=5e-6)


def test_an_uncalibrated_judge_caps_and_corrects_nothing() -> None:
    of = with_calibration({"A": known()})["A"]
    assert of.calibrated == frozenset()
    plain = measure(of, RECALL)
    assert corrected(plain, of, RECALL, Method()) == plain
    assert any("was not calibrated against people" in cap for cap in judge_caps(of, RECALL, OVERALL))


def test_enough_labels_of_both_kinds_and_of_the_candidate_calibrate_it() -> None:
    labelled = [(GOOD, GOOD, 60), (GOOD, BAD, 5), (BAD, GOOD, 5), (BAD, BAD, 35)]
    good, lazy = sample(labelled, [(GOOD, 50)]), sample([(GOOD, GOOD, 29)], [(GOOD, 50)])
    known = with_calibration({"A": good, "B": lazy})
    assert known["A"].calibrated == {"fact"}
    assert known["B"].calibrated == frozenset()


def test_a_judge_hardly_better_than_a_coin_is_refused() -> None:
    labelled = [(GOOD, GOOD, 40), (GOOD, BAD, 20), (BAD, GOOD, 30), (BAD, BAD, 30)]
    record = judge_records({"A": sample(labelled, [])})["fact"]
    assert "it is refused" in record.why_not
