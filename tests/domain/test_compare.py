"""The whole comparison: samples, decision, pairs, checklist and findings from responses and scores."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from reportgen.domain.compare import PriceView, compare
from reportgen.domain.deciding.qualification import Gate
from reportgen.domain.records.comparison import Comparison, PointStatus, Readiness, RunRecord, Status, Verdict
from reportgen.domain.records.harness import HarnessGate, HarnessRecord
from reportgen.domain.records.measure import Observation, Sample
from reportgen.domain.records.plan import (
    AnswerKey,
    Comparator,
    EvaluationPlan,
    Example,
    Importance,
    KnownFailure,
    RecordedOutput,
    Requirement,
    Role,
    Rule,
    Scope,
    ScopeKind,
    ServiceLevel,
    Task,
)
from reportgen.domain.records.response import Basis, Outcome, Response
from reportgen.domain.records.score import JudgeKind, Mark, Part, Reading, Score
from tests.domain.samples import RUN, classified, corpus_of, level, plan_of, renamed, right_of, taken_apart

AT_MOST = Comparator.AT_MOST


def run(
    samples: Mapping[str, Sample],
    plan: EvaluationPlan | None = None,
    *,
    levels: tuple[ServiceLevel, ...] = (level(),),
    production: str = "P",
    regression: Mapping[str, Sample] | None = None,
    record: RunRecord = RUN,
    holdout: int = 40,
    harness: HarnessRecord | None = None,
) -> Comparison:
    named = {name: renamed(sample, name) for name, sample in samples.items()}
    plan = plan or plan_of(named, levels, production=production)
    responses, scores, prices, review = [], [], {}, {}
    for name, sample in named.items():
        more = renamed(regression[name], name).observations if regression else ()
        rows = (*sample.observations, *more)
        for o in rows:
            review[name, o.example.id] = o.review
        responses += [o.response for o in rows]
        scores += [o.score for o in rows]
        prices[name] = PriceView({o.example.id: o.token_cost for o in rows}, "workbook")
    first = next(iter(named.values()))
    corpus = corpus_of(first, holdout)
    if regression:
        corpus = replace(corpus, regression=tuple(o.example for o in next(iter(regression.values())).observations))
    return compare(plan, corpus, responses, scores, prices, review, record, resamples=500, harness=harness)


def codes(result: Comparison) -> set[str]:
    return {f.code for f in result.findings}


def test_the_cheapest_proven_candidate_is_recommended() -> None:
    result = run({"P": right_of(199, 200, token_cost=0.05), "B": right_of(198, 200, token_cost=0.01)})
    assert (result.decision.status, result.decision.winner) == (Status.RECOMMEND, "B")
    assert result.decision.runner_up == "P"
    assert result.decision.winner_probability["B"] == 1.0
    assert sum(result.decision.winner_probability.values()) == pytest.approx(1.0)


def test_without_the_production_model_no_recommendation_is_more_than_provisional() -> None:
    result = run({"A": right_of(199, 200), "B": right_of(198, 200, token_cost=0.05)}, production="")
    assert (result.decision.status, result.decision.winner) == (Status.RECOMMEND_PROVISIONALLY, "A")
    assert any("production was not evaluated" in r for r in result.decision.reasons)
    assert "no-production" in codes(result)


def test_the_best_of_many_just_proven_candidates_is_recommended_provisionally() -> None:
    samples = {name: right_of(142, 150, token_cost=0.01 * (i + 1)) for i, name in enumerate("PABCD")}
    result = run(samples)
    assert all(c.levels[0].verdict is Verdict.PROVEN for c in result.candidates)
    assert result.decision.status is Status.RECOMMEND_PROVISIONALLY
    assert "picked out of 5 candidates" in result.decision.reasons[0]
    assert not any("Holm" in r for r in result.decision.reasons)


def test_a_likely_candidate_is_recommended_provisionally_with_the_number_of_examples_still_needed() -> None:
    result = run({"P": right_of(120, 150), "A": right_of(141, 150)})
    assert (result.decision.status, result.decision.winner) == (Status.RECOMMEND_PROVISIONALLY, "A")
    assert result.decision.collect_more == 171
    assert any("pilot" in c for c in result.decision.conditions)


def test_where_every_candidate_fails_nobody_qualifies_and_the_nearest_is_named() -> None:
    result = run({"P": right_of(90, 150), "A": right_of(120, 150)})
    assert (result.decision.status, result.decision.winner) == (Status.NO_CANDIDATE_QUALIFIES, "")
    assert "A comes nearest" in result.decision.reasons[0]
    assert "misses by 10.0 points" in result.decision.reasons[1]
    assert result.decision.winner_probability["none"] == 1.0
    assert result.pairs[0].b == "P"


def test_candidates_that_come_equally_near_are_all_named_and_the_reasons_say_of_whom_they_speak() -> None:
    result = run({"P": right_of(90, 150), "B": right_of(120, 150), "A": right_of(120, 150)})
    assert result.decision.nearest == ("B", "A")
    assert result.decision.reasons[0].endswith("B and A come equally near. What follows is about B.")


def test_too_few_examples_are_not_enough_evidence_and_the_finding_says_how_many_are() -> None:
    result = run({"P": right_of(20, 20), "A": right_of(20, 20)})
    assert result.decision.status is Status.NOT_ENOUGH_EVIDENCE
    found = next(f for f in result.findings if f.code == "level-not-provable")
    assert "At least 29 examples" in found.remedy


def test_an_unpriced_candidate_never_wins_and_alone_it_leaves_no_price() -> None:
    result = run({"P": right_of(100, 150), "A": right_of(199, 200, token_cost=None)} | {"P": right_of(150, 200)})
    assert (result.decision.status, result.decision.winner) == (Status.NOT_ENOUGH_EVIDENCE, "")
    assert result.decision.reasons[0].startswith("No price")
    assert result.unpriced == ("A",)
    assert "unpriced" in codes(result)
    both = run({"P": right_of(199, 200), "A": right_of(199, 200, token_cost=None)})
    assert both.decision.winner == "P"


def test_no_candidate_that_costs_as_much_as_manual_work_is_recommended() -> None:
    result = run({"P": right_of(199, 200, token_cost=4.5), "A": right_of(199, 200, token_cost=4.6)})
    assert result.decision.status is Status.NO_CANDIDATE_QUALIFIES
    assert any("by hand" in r for r in result.decision.reasons)
    assert run({"P": right_of(199, 200, token_cost=4.49)}).decision.winner == "P"


def test_a_cheaper_likely_candidate_is_named_with_its_saving() -> None:
    result = run({"P": right_of(199, 200, token_cost=0.05), "B": right_of(187, 200, token_cost=0.01)})
    assert result.decision.winner == "P"
    named = result.decision.cheaper_but_unproven[0]
    assert (named.candidate, named.saving_per_month) == ("B", pytest.approx(0.04 * 40_000))
    assert named.more_examples
    assert "$1,600 a month" in named.sentence


def test_a_tie_in_cost_goes_to_the_model_in_production() -> None:
    result = run({"A": right_of(200, 200), "P": right_of(199, 200)})
    assert result.decision.winner == "P"
    assert any("model in production" in r for r in result.decision.reasons)


def test_a_requirement_that_is_not_met_rules_out_and_one_unconfirmed_leaves_it_open() -> None:
    samples = {"P": right_of(150, 200), "A": right_of(199, 200)}
    for met, status in (
        ("no", Status.NO_CANDIDATE_QUALIFIES),
        ("unknown", Status.NOT_ENOUGH_EVIDENCE),
        ("yes", Status.RECOMMEND),
    ):
        plan = replace(
            plan_of(samples, (level(),), production="P"), requirements=(Requirement("A", "data stay in the EU", met),)
        )
        assert run(samples, plan).decision.status is status


def test_only_required_levels_count() -> None:
    wished = level(target=0.999, importance=Importance.SHOULD)
    result = run({"P": right_of(199, 200)}, levels=(level(), wished))
    assert result.decision.status is Status.RECOMMEND


def test_the_point_estimate_rule_warns_in_its_first_reason() -> None:
    samples = {"P": right_of(120, 150), "A": right_of(136, 150)}
    plan = plan_of(samples, (level(),), production="P")
    plan = replace(plan, settings=replace(plan.settings, rule=Rule.POINT_ESTIMATE))
    result = run(samples, plan)
    assert (result.decision.status, result.decision.winner) == (Status.RECOMMEND_PROVISIONALLY, "A")
    assert "one in two just-failing models" in result.decision.reasons[0]
    assert result.checklist[5].status is PointStatus.PARTLY


def test_a_declared_margin_keeps_out_what_is_worse_than_production() -> None:
    samples = {"P": right_of(200, 200, token_cost=0.05), "A": right_of(186, 200)}
    levels = (level(target=0.85),)
    assert run(samples, levels=levels).decision.winner == "A"
    plan = plan_of(samples, levels, production="P")
    plan = replace(plan, settings=replace(plan.settings, regression_margin=0.03, primary_measure="accuracy"))
    assert run(samples, plan).decision.winner == "P"


@pytest.mark.parametrize(
    ("gained", "lost", "status", "winner"),
    [
        (5, 5, Status.RECOMMEND, "A"),
        (5, 8, Status.RECOMMEND_PROVISIONALLY, "A"),
        (3, 10, Status.NO_CANDIDATE_QUALIFIES, ""),
    ],
)
def test_the_gate_of_five_points_decides_as_in_the_worked_examples(
    gained: int, lost: int, status: Status, winner: str
) -> None:
    """N = 150, margin 5 points (formulas.md 1.10): pass, inconclusive, fail; production itself is too dear here."""
    truth = ["a", "b"] * 75
    flip = {"a": "b", "b": "a"}
    ours = [flip[t] if i < lost else t for i, t in enumerate(truth)]
    theirs = [flip[t] if lost <= i < lost + gained else t for i, t in enumerate(truth)]
    samples = {"P": classified(truth, theirs, token_cost=9.0), "A": classified(truth, ours)}
    plan = plan_of(samples, (level(target=0.8),), production="P")
    plan = replace(plan, settings=replace(plan.settings, regression_margin=0.05, primary_measure="accuracy"))
    found = run(samples, plan).decision
    assert (found.status, found.winner) == (status, winner)


@pytest.mark.parametrize(("missed", "gate"), [((2, 30), Gate.PASS), ((30, 2), Gate.FAIL)])
def test_a_gate_on_a_measure_that_should_be_low_is_mirrored(missed: tuple[int, int], gate: Gate) -> None:
    """Omission rate: fewer facts left out than production passes, more fails."""

    def summaries(name: str, lost: int, cost: float) -> Sample:
        rows = []
        for i in range(100):
            mark = Mark.OMITTED if i < lost else Mark.COVERED
            example = Example(f"E{i:03d}", "text", AnswerKey(key_facts=("a fact",)), f"A{i}")
            reading = Reading(Outcome.ANSWERED, (Part("fact 1", mark, "a fact", judged_by=JudgeKind.PERSON),))
            response = Response(name, example.id, "", Outcome.ANSWERED, "an answer", attempts=1)
            rows.append(Observation(example, response, Score(name, example.id, reading, reading), cost))
        return Sample(tuple(rows))

    samples = {"A": summaries("A", missed[0], 0.01), "P": summaries("P", missed[1], 0.02)}
    plan = plan_of(samples, (level("omission rate", 0.6, AT_MOST),), production="P", task=Task.SUMMARIZATION)
    found = run(samples, replace(plan, settings=replace(plan.settings, regression_margin=0.05)))
    assert found.decision.winner == ("A" if gate is Gate.PASS else "P")
    assert any("no worse than production" in r for r in found.decision.reasons) is False


def test_levels_from_above_and_percentiles_count_in_the_chance_to_be_chosen() -> None:
    samples = {"P": right_of(199, 200, token_cost=0.05), "A": right_of(198, 200, token_cost=0.01)}
    for measure, target, none in (("cost per task", 0.02, 0.0), ("p95 latency", 2.0, 0.0), ("p95 latency", 0.5, 1.0)):
        found = run(samples, levels=(level(), level(measure, target, AT_MOST))).decision.winner_probability
        assert (found["A"], found["none"]) == (1.0 - none, none)


def test_a_known_failure_that_is_back_is_never_chosen_in_any_draw() -> None:
    samples = {"P": right_of(199, 200, token_cost=0.05), "A": right_of(198, 200, token_cost=0.01)}
    again = {"P": right_of(3, 3), "A": right_of(2, 3)}
    known = {
        name: replace(
            s,
            observations=tuple(
                replace(
                    o,
                    example=replace(o.example, id=f"K{i}", known_failure="KF-1"),
                    response=replace(o.response, example_id=f"K{i}"),
                    score=replace(o.score, example_id=f"K{i}"),
                )
                for i, o in enumerate(s.observations)
            ),
        )
        for name, s in again.items()
    }
    found = run(samples, levels=(level(), level("known-failure pass rate", 1.0)), regression=known).decision
    assert (found.winner, found.winner_probability["A"]) == ("P", 0.0)


def test_pairs_use_the_exact_methods_for_right_or_wrong_and_are_symmetric() -> None:
    truth = ["a", "b"] * 75
    flip = {"a": "b", "b": "a"}
    first = classified(truth, [flip[t] if i < 40 else t for i, t in enumerate(truth)])
    second = classified(truth, [flip[t] if 20 <= i < 40 or 40 <= i < 48 else t for i, t in enumerate(truth)])
    plan = plan_of({"A": first, "B": second}, (level(),), production="B")
    plan = replace(plan, settings=replace(plan.settings, primary_measure="accuracy"))
    pair = run({"A": first, "B": second}, plan).pairs[0]
    assert (pair.a, pair.b, pair.difference, pair.n) == ("A", "B", pytest.approx((8 - 20) / 150), 150)
    assert pair.method.startswith("Tango")
    swapped = replace(
        plan,
        candidates=tuple(replace(c, role=Role.PRODUCTION if c.name == "A" else Role.CANDIDATE) for c in plan.candidates),
    )
    other = run({"A": first, "B": second}, swapped).pairs[0]
    assert (other.difference, other.p) == (pytest.approx(-(pair.difference or 0)), pair.p)
    assert (other.low, other.high) == (pytest.approx(-(pair.high or 0)), pytest.approx(-(pair.low or 0)))


def test_identical_answers_are_not_different_on_any_measure() -> None:
    pair = run({"P": right_of(90, 100), "A": right_of(90, 100)}).pairs[0]
    assert (pair.difference, pair.p, pair.p_adjusted) == (0.0, 1.0, 1.0)
    assert pair.method.startswith("paired bootstrap")


def test_the_same_arguments_give_the_same_figures_whatever_the_order_of_the_responses() -> None:
    sample = right_of(90, 100)
    plan = plan_of({"A": sample}, (level(),))
    responses, scores = taken_apart(sample)
    order = list(range(100))
    random.Random(1).shuffle(order)
    prices = {"A": PriceView({o.example.id: 0.001 for o in sample.observations}, "workbook")}
    first = compare(plan, corpus_of(sample), responses, scores, prices, {}, RUN, resamples=300)
    mixed = [responses[i] for i in order], [scores[i] for i in order]
    second = compare(plan, corpus_of(sample), *mixed, prices, {}, RUN, resamples=300)
    assert first.candidates[0].measurements == second.candidates[0].measurements
    assert first.decision == second.decision


def test_counts_sum_to_planned_and_an_example_nobody_asked_is_an_error() -> None:
    sample = classified(list("aab"), ["a", None, "!"])
    responses, scores = taken_apart(sample)
    plan = plan_of({"A": sample}, (level(),))
    result = compare(plan, corpus_of(sample), responses[:2], scores[:2], {}, {}, RUN, resamples=50)
    counts = result.candidates[0].counts
    assert (counts.planned, sum(counts.by_outcome.values())) == (3, 3)
    assert (counts.by_outcome[Outcome.INVALID], counts.by_outcome[Outcome.ERROR]) == (1, 1)
    assert result.candidates[0].price_source == "UNPRICED"
    assert result.candidates[0].confusion == {"a": {"a": 1, "(invalid)": 1}, "b": {"(failed)": 1}}


def test_every_level_is_measured_at_its_own_scope() -> None:
    levels = (
        level("recall", 0.8, scope=Scope(ScopeKind.LABEL, "a")),
        level("F1", 0.8, scope=Scope(ScopeKind.LABEL, "b")),
        level("p95 latency", 2.5, AT_MOST),
        level("cost per task", 0.5, AT_MOST),
        level("weighted F1", 0.9, scope=Scope(ScopeKind.SEGMENT, "mail")),
    )
    sample = right_of(198, 200, segments=["mail", "web"] * 100)
    result = run({"P": sample}, levels=levels)
    verdicts = result.candidates[0].levels
    assert all(v.measurement is not None and v.measurement.value is not None for v in verdicts)
    assert "recall[label: a]" in result.candidates[0].measurements
    assert result.candidates[0].measurements["weighted_f1[segment: mail]"].n == 100


def test_the_checklist_has_nine_points_and_readiness_follows_from_them() -> None:
    result = run({"P": right_of(199, 200)})
    assert [p.number for p in result.checklist] == list(range(1, 10))
    assert all(p.next_step for p in result.checklist if p.status is not PointStatus.MET)
    assert result.checklist[3].status is PointStatus.NOT_MET
    assert result.readiness is Readiness.NOT_READY


@pytest.mark.parametrize(
    ("n", "status"),
    [(500, PointStatus.MET), (499, PointStatus.PARTLY), (100, PointStatus.PARTLY), (99, PointStatus.NOT_MET)],
)
def test_point_one_counts_distinct_labelled_examples(n: int, status: PointStatus) -> None:
    assert run({"P": right_of(n, n)}).checklist[0].status is status


def test_point_two_is_partly_met_by_recorded_verdicts() -> None:
    sample = right_of(99, 100)
    odd = sample.observations[0]
    reading = replace(odd.score.strict, parts=(replace(odd.score.strict.parts[0], judged_by=JudgeKind.PERSON),))
    judged = replace(sample, observations=(replace(odd, score=replace(odd.score, strict=reading)), *sample.observations[1:]))
    assert run({"P": sample}).checklist[1].status is PointStatus.MET
    assert run({"P": judged}).checklist[1].status is PointStatus.PARTLY
    assert run({"P": sample}, levels=(level("p95 latency", 3, AT_MOST),)).checklist[1].status is PointStatus.NOT_MET


def test_point_three_needs_prices_and_measured_retries() -> None:
    sample = right_of(99, 100)
    unknown = replace(
        sample,
        observations=tuple(replace(o, response=replace(o.response, attempts=None)) for o in sample.observations),
    )
    assert run({"P": sample}).checklist[2].status is PointStatus.MET
    assert run({"P": unknown}).checklist[2].status is PointStatus.PARTLY
    assert run({"P": right_of(99, 100, token_cost=None)}).checklist[2].status is PointStatus.NOT_MET


def gated(days_before: int, ci: str) -> HarnessRecord:
    """Return a record with one gate of imported answers, so many days before the rules were fixed."""
    at = datetime.fromisoformat(RUN.rules_fixed_at) - timedelta(days=days_before)
    gate = HarnessGate(at.isoformat(), ci, "PASSED", "P", "0" * 64, "run", "1" * 64, "2" * 64)
    return HarnessRecord(gates=(gate,))


@pytest.mark.parametrize(
    ("record", "status"),
    [
        (None, PointStatus.NOT_MET),
        (gated(1, ""), PointStatus.PARTLY),
        (gated(35, "GitHub Actions"), PointStatus.MET),
        (gated(36, "GitHub Actions"), PointStatus.PARTLY),
    ],
)
def test_point_four_wants_a_gate_in_ci_of_the_last_35_days(record: HarnessRecord | None, status: PointStatus) -> None:
    assert run({"P": right_of(99, 100)}, harness=record).checklist[3].status is status


def test_point_five_tells_measured_from_recorded_production() -> None:
    sample = right_of(99, 100)
    recorded = replace(
        sample,
        observations=tuple(replace(o, response=replace(o.response, basis=Basis.RECORDED)) for o in sample.observations),
    )
    assert run({"P": sample}).checklist[4].status is PointStatus.MET
    assert run({"P": recorded}).checklist[4].status is PointStatus.PARTLY
    assert run({"A": sample}, production="").checklist[4].status is PointStatus.NOT_MET


def test_point_seven_needs_locked_rows_without_answers() -> None:
    sample = right_of(99, 100)
    assert run({"P": sample}).checklist[6].status is PointStatus.MET
    assert run({"P": sample}, holdout=29).checklist[6].status is PointStatus.PARTLY
    assert run({"P": sample}, holdout=0).checklist[6].status is PointStatus.NOT_MET
    plan = replace(plan_of({"P": sample}, (level(),), production="P"), recorded_outputs=(RecordedOutput("P", "H3", "a"),))
    assert run({"P": sample}, plan).checklist[6].status is PointStatus.NOT_MET


def test_point_eight_needs_latency_and_cost_levels_before_the_answers() -> None:
    both = (level(), level("p95 latency", 3, AT_MOST), level("cost per task", 1, AT_MOST))
    sample = right_of(99, 100)
    assert run({"P": sample}, levels=both).checklist[7].status is PointStatus.MET
    before = replace(RUN, answers_recorded_before=True)
    assert run({"P": sample}, levels=both, record=before).checklist[7].status is PointStatus.PARTLY
    assert run({"P": sample}, levels=both[:2]).checklist[7].status is PointStatus.NOT_MET


@pytest.mark.parametrize(("cases", "status"), [(3, PointStatus.MET), (2, PointStatus.PARTLY), (0, PointStatus.NOT_MET)])
def test_point_nine_needs_three_cases_of_each_known_failure(cases: int, status: PointStatus) -> None:
    sample = right_of(99, 100)
    known = right_of(cases, cases) if cases else None
    if known is not None:
        rows = tuple(
            replace(
                o,
                example=replace(o.example, id=f"K{i}", known_failure="KF-1"),
                response=replace(o.response, example_id=f"K{i}"),
            )
            for i, o in enumerate(known.observations)
        )
        known = replace(known, observations=rows)
    plan = plan_of({"P": sample}, (level(),), production="P")
    extra = tuple(o.example for o in known.observations) if known else ()
    plan = replace(plan, examples=plan.examples + extra, known_failures=(KnownFailure("KF-1", "wrong refunds"),))
    result = run({"P": sample}, plan, regression={"P": known} if known else None)
    assert result.checklist[8].status is status
    found = result.candidates[0].measurements["known_failure_pass_rate"]
    assert found.value == (1.0 if cases else None)


def test_rows_on_which_all_candidates_agree_against_the_label_are_listed() -> None:
    truth = ["a"] * 40 + ["b"] * 40
    said = ["b"] + ["a"] * 39 + ["b"] * 40
    result = run({name: classified(truth, said) for name in ("P", "A", "B")})
    found = next(f for f in result.findings if f.code == "all-against-label")
    assert "E0000" in found.what
    assert "all-against-label" not in codes(run({name: classified(truth, said) for name in ("P", "A")}))


def test_answers_that_are_one_row_out_of_step_are_noticed() -> None:
    draw = random.Random(2)
    truth = [draw.choice("abcd") for _ in range(120)]
    result = run({"P": classified(truth, truth), "A": classified(truth, [truth[-1], *truth[:-1]])})
    assert next(f.what for f in result.findings if f.code == "rows-shifted").startswith("The answers of A fit")


def test_review_that_does_not_find_errors_is_called_out() -> None:
    truth = ["a"] * 80 + ["b"] * 20
    said = ["a"] * 90 + ["b"] * 10
    blind, sharp = [i % 5 == 0 for i in range(100)], [i >= 75 for i in range(100)]
    assert "review-finds-nothing" in codes(run({"P": classified(truth, said, reviewed=blind)}))
    assert "review-finds-nothing" not in codes(run({"P": classified(truth, said, reviewed=sharp)}))


def test_a_level_above_what_two_labellers_agree_on_cannot_be_demonstrated() -> None:
    sample = right_of(99, 100)
    rows = tuple(
        replace(o, example=replace(o.example, second_label="a" if i % 10 == 0 else o.example.key.label or ""))
        for i, o in enumerate(sample.observations)
        if o.example.key is not None
    )
    result = run({"P": replace(sample, observations=rows)}, levels=(level(target=0.95),))
    assert "Two labellers agree on 90" in next(f.what for f in result.findings if f.code == "above-agreement")


def test_segments_and_mix_that_do_not_meet_are_said() -> None:
    sample = right_of(99, 100, segments=["mail"] * 90 + ["fax"] * 10)
    plan = plan_of({"P": sample}, (level(),), production="P", production_mix={"mail": 0.9, "chat": 0.1})
    found = codes(run({"P": sample}, plan))
    assert {"segment-without-share", "segment-without-examples"} <= found


def test_one_candidate_and_all_failures_still_give_a_whole_comparison() -> None:
    result = run({"P": classified(["a"] * 30 + ["b"] * 30, ["!"] * 60)}, levels=(level(), level("p95 latency", 2, AT_MOST)))
    assert result.decision.status is Status.NO_CANDIDATE_QUALIFIES
    assert result.candidates[0].measurements["p95_latency"].value is None


def test_77_labels_and_ten_candidates_are_compared() -> None:
    draw = random.Random(4)
    names = [f"label {i}" for i in range(77)]
    truth = [draw.choice(names) for _ in range(1_000)]
    samples = {}
    for k in range(10):
        said = [t if draw.random() < 0.9 else draw.choice(names) for t in truth]
        samples[f"C{k}"] = classified(truth, said, labels=names)
    result = run(samples, production="C0")
    assert len(result.candidates[0].measurements) > 3 * 77
