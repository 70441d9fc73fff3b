"""A model judge as a witness: calibrated against people, corrected for its errors, or capped."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from reportgen.domain.compare import PriceView, compare
from reportgen.domain.estimating.estimate import measure
from reportgen.domain.estimating.judge_correction import corrected
from reportgen.domain.estimating.judges import judge_caps, judge_records, with_calibration
from reportgen.domain.estimating.proportion import Method
from reportgen.domain.measures import MEASURES
from reportgen.domain.records.comparison import Comparison, Verdict
from reportgen.domain.records.measure import Observation, Sample
from reportgen.domain.records.plan import OVERALL, AnswerKey, Example, Task
from reportgen.domain.records.response import Outcome, Response
from reportgen.domain.records.score import JudgeKind, Mark, Part, Reading, Score
from tests.domain.samples import RUN, corpus_of, level, plan_of, renamed

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
    """The case of formulas.md 3.4: TP 68, FN 7, FP 5, TN 20 labelled, and 300 of 400 passed by the judge alone."""
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


def calibrated() -> dict[str, Sample]:
    """Two candidates whose judge misses one good fact in six: by its own verdicts A stays below 75 %."""
    labelled = [(GOOD, GOOD, 75), (GOOD, BAD, 15), (BAD, BAD, 32)]
    first = sample(labelled, [(GOOD, 273), (BAD, 105)])
    return {"A": first, "P": replace(first)}


def compared(samples: dict[str, Sample], **more: Any) -> Comparison:  # noqa: ANN401 - of any kind
    rows = {name: renamed(s, name) for name, s in samples.items()}
    plan = plan_of(rows, (level("key-fact recall", 0.75),), production="P", task=Task.SUMMARIZATION, **more)
    taken = [o for s in rows.values() for o in s.observations]
    prices = {n: PriceView({o.example.id: o.token_cost for o in s.observations}, "workbook") for n, s in rows.items()}
    scores = [o.score for o in taken]
    return compare(plan, corpus_of(rows["A"]), [o.response for o in taken], scores, prices, {}, RUN, resamples=400)


def standing(result: Comparison) -> str:
    return next(f.what for f in result.findings if f.code == "judge-calibration")


def test_the_winner_probability_rests_on_corrected_figures() -> None:
    result = compared(calibrated())
    found = result.candidates[0].measurements["key_fact_recall"]
    raw = measure(result.candidates[0].sample, RECALL).value
    assert found.value is not None
    assert raw is not None
    assert raw < 0.75 < found.value
    assert result.decision.winner_probability["none"] < 0.2
    assert "are corrected for its errors" in standing(result)


def test_where_the_correction_is_not_worked_out_the_finding_says_so_and_the_verdict_stays_likely() -> None:
    def grouped(whole: Sample) -> Sample:
        rows = (replace(o, example=replace(o.example, group=f"g{i % 40}")) for i, o in enumerate(whole.observations))
        return replace(whole, observations=tuple(rows))

    result = compared({name: grouped(s) for name, s in calibrated().items()})
    assert "not worked out for examples that belong together" in standing(result)
    assert result.candidates[0].levels[0].verdict is not Verdict.PROVEN
    mixed = compared(calibrated(), production_mix={"": 1.0, "other": 0.0})
    assert "not worked out for figures weighted by a production mix" in standing(mixed)
