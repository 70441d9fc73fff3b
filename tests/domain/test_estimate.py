"""Intervals and bounds: the right method for each family, the edges, and what stands beside a figure."""

from __future__ import annotations

import math
import random
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import bootstrap
from sklearn.metrics import f1_score

from reportgen.domain.estimating.estimate import measure, share_within
from reportgen.domain.estimating.proportion import Method
from reportgen.domain.measures import MEASURES
from reportgen.domain.records.measure import CostTerms, Measurement, Sample
from reportgen.domain.records.plan import OVERALL, Scope, ScopeKind
from reportgen.domain.records.response import Basis
from reportgen.domain.records.score import JudgeKind
from reportgen.domain.statistics.proportions import exact_lower, exact_upper, wilson
from tests.domain.samples import classified, right_of

QUICK = Method(resamples=500)


def accuracy(sample: Sample, method: Method = QUICK) -> Measurement:
    return measure(sample, MEASURES["accuracy"], OVERALL, method)


def test_a_share_shows_wilson_and_is_decided_by_the_exact_bound() -> None:
    found = accuracy(right_of(141, 150))
    assert (found.value, found.x, found.n) == (0.94, 141, 150)
    assert (found.low, found.high) == pytest.approx(wilson(141, 150))
    assert found.bound == pytest.approx(0.897636, abs=1e-6)
    assert found.opposite_bound == pytest.approx(exact_upper(141, 150))
    assert found.n_effective is None


def test_a_lower_is_better_share_is_bounded_from_above() -> None:
    sample = classified(["a"] * 150, ["a"] * 138 + [None] * 12)
    found = measure(sample, MEASURES["invalid output rate"], OVERALL, QUICK)
    assert found.value == 0.08
    assert (found.low, found.high) == pytest.approx((0.0464, 0.1346), abs=5e-5)
    assert found.bound == pytest.approx(0.1264, abs=5e-5)


def test_the_production_mix_weighs_the_share_and_leaves_the_plain_one_beside_it() -> None:
    rows, right = (40, 25, 20, 15), (39, 23, 17, 11)
    truth, said, where = [], [], []
    for segment, (n, x) in enumerate(zip(rows, right, strict=True)):
        truth += ["a"] * n
        said += ["a"] * x + ["b"] * (n - x)
        where += [f"s{segment}"] * n
    sample = classified(truth, said, labels=("a", "b"), segments=where)
    mix = {"s0": 0.6, "s1": 0.25, "s2": 0.1, "s3": 0.05}
    found = accuracy(sample, replace(QUICK, mix=mix))
    assert found.value == pytest.approx(0.936667, abs=1e-6)
    assert found.unweighted == pytest.approx(0.9)
    assert (found.low, found.high) == pytest.approx((0.869643, 0.975612), abs=2e-6)
    assert found.bound == pytest.approx(0.880831, abs=2e-6)
    inside = measure(sample, MEASURES["accuracy"], Scope(ScopeKind.SEGMENT, "s3"), replace(QUICK, mix=mix))
    assert (inside.value, inside.unweighted) == (pytest.approx(11 / 15), None)
    weighted_f1 = measure(sample, MEASURES["recall"], Scope(ScopeKind.LABEL, "a"), replace(QUICK, mix=mix))
    assert weighted_f1.value == pytest.approx(0.936667, abs=1e-6)


def test_the_corpus_mix_as_production_mix_reproduces_the_plain_figures() -> None:
    sample = classified(list("aabb") * 10, list("abbb") * 10, segments=["x", "y"] * 20)
    mixed = replace(QUICK, mix={"x": 0.5, "y": 0.5})
    for name in ("accuracy", "macro F1", "mean latency"):
        plain, weighted = (measure(sample, MEASURES[name], OVERALL, m).value for m in (QUICK, mixed))
        assert weighted == pytest.approx(plain)


@pytest.mark.parametrize(("share", "capped", "forbidden"), [(0.97, False, False), (0.9, True, False), (0.7, False, True)])
def test_production_without_examples_caps_a_verdict_and_then_forbids_it(share: float, capped: bool, forbidden: bool) -> None:
    sample = classified(list("ab") * 50, list("ab") * 50, segments=["x"] * 100)
    found = accuracy(sample, replace(QUICK, mix={"x": share, "y": 1 - share}))
    assert bool(found.caps) is capped
    assert bool(found.not_testable) is forbidden


def mixed(mix: dict[str, float]) -> Measurement:
    sample = classified(["a", "b"] * 50, ["a", "b"] * 50, segments=["x"] * 90 + ["y"] * 10)
    return accuracy(sample, replace(QUICK, mix=mix))


def test_what_the_mix_leaves_out_and_what_it_makes_heavy_is_told_beside_the_figure() -> None:
    covers = mixed({"x": 0.83, "y": 0.10, "z": 0.07})
    assert covers.notes == ("Covers 93\u00a0% of production; the other segments have no example.",)
    assert [mixed({"x": 1 - share, "y": share}).notes for share in (0.5, 0.52)] == [(), ()], "9.75 times is not yet heavy"
    assert mixed({"x": 0.4, "y": 0.6}).notes[0].startswith("Single examples weigh up to 1")


def test_a_weighted_share_of_some_rows_has_exact_bounds_on_kishs_number() -> None:
    segments = ["x"] * 80 + ["y"] * 20
    sample = classified(["a", "b"] * 50, ["a", "b"] * 48 + ["b", "a", "a", "b"], segments=segments)
    mix = replace(QUICK, mix={"x": 0.5, "y": 0.5})
    found = measure(sample, MEASURES["recall"], Scope(ScopeKind.LABEL, "a"), mix)
    effective = (40 * 0.625 + 10 * 2.5) ** 2 / (40 * 0.625**2 + 10 * 2.5**2)
    assert found.value == pytest.approx((40 * 0.625 + 9 * 2.5) / 50)
    assert found.n_effective == pytest.approx(effective)
    assert found.bound == pytest.approx(exact_lower((found.value or 0.0) * effective, effective))


@pytest.mark.parametrize(("rare", "warned"), [(5, True), (30, False)])
def test_single_examples_that_weigh_more_than_ten_times_as_much_are_named(rare: int, warned: bool) -> None:
    where = ["often"] * 100 + ["rare"] * rare
    sample = classified(["a"] * len(where), ["a"] * (len(where) - 1) + ["b"], labels=("a", "b"), segments=where)
    notes = accuracy(sample, replace(QUICK, mix={"often": 0.5, "rare": 0.5})).notes
    assert any("weigh up to 20 times as much" in note for note in notes) is warned


def test_rows_that_belong_together_count_as_fewer() -> None:
    truth = ["a"] * 120
    said = [("a" if (i // 3) % 4 else "b") for i in range(120)]
    alone = accuracy(classified(truth, said, labels=("a", "b")))
    grouped = accuracy(classified(truth, said, labels=("a", "b"), groups=[f"g{i // 3}" for i in range(120)]))
    assert grouped.value == alone.value
    assert grouped.n_effective == pytest.approx(40, rel=0.05)
    assert grouped.bound is not None
    assert alone.bound is not None
    assert grouped.bound < alone.bound


def test_fewer_than_five_groups_carry_no_verdict() -> None:
    sample = classified(["a"] * 40, ["a"] * 39 + ["b"], labels=("a", "b"), groups=[f"g{i % 4}" for i in range(40)])
    assert "4 groups" in accuracy(sample).not_testable


def test_a_mean_has_the_bca_interval_that_scipy_gives() -> None:
    draw = random.Random(5)
    times = [draw.lognormvariate(0, 0.6) for _ in range(80)]
    found = measure(classified(["a"] * 80, ["a"] * 80, latencies=times), MEASURES["mean latency"])
    judge = bootstrap((np.array(times),), np.mean, n_resamples=9_999, rng=np.random.default_rng(1)).confidence_interval
    assert (found.low, found.high) == (pytest.approx(judge.low, rel=0.02), pytest.approx(judge.high, rel=0.02))
    assert found.bound is not None
    assert found.value is not None
    assert found.value < found.bound < judge.high * 1.02


def test_where_every_example_is_alike_the_exact_bound_on_the_perfect_ones_stands_in() -> None:
    found = measure(right_of(50, 50), MEASURES["macro F1"], OVERALL, QUICK)
    assert found.value == 1.0
    assert found.bound == pytest.approx(0.941845, abs=1e-6)
    assert "degenerate" in found.method


def test_a_small_class_caps_macro_f1_with_its_count() -> None:
    found = measure(classified(["a"] * 50 + ["b"] * 3, ["a"] * 50 + ["b"] * 2 + ["a"]), MEASURES["macro F1"], OVERALL, QUICK)
    assert any("b (3)" in cap for cap in found.caps)


def test_a_failure_counts_as_infinite_latency_and_is_never_dropped() -> None:
    said = ["a"] * 147 + ["!"] * 3
    times = [1.0 + i / 1000 for i in range(150)]
    found = measure(classified(["a"] * 150, said, latencies=times), MEASURES["p95 latency"], OVERALL, QUICK)
    assert found.value == pytest.approx(1.142)
    assert found.n == 150
    assert found.answered_only == {"value": pytest.approx(float(np.percentile(times[:147], 95))), "n": 147}
    assert found.attempt is not None
    assert found.attempt["n"] == 147
    assert found.bound is None, "the 148th of 150 is a failure"


def test_where_the_rank_falls_on_a_failure_there_is_no_value_but_a_reason() -> None:
    said = ["a"] * 92 + ["!"] * 8
    found = measure(classified(["a"] * 100, said), MEASURES["p95 latency"], OVERALL, QUICK)
    assert (found.value, found.reason) == (None, "more than 5 % of requests failed")
    assert found.answered_only == {"value": 1.0, "n": 92}


def test_latency_ranks_are_those_of_hahn_and_meeker() -> None:
    times = [float(i) for i in range(1, 151)]
    found = measure(classified(["a"] * 150, ["a"] * 150, latencies=times), MEASURES["p95 latency"], OVERALL, QUICK)
    assert (found.value, found.low, found.high, found.bound) == (143, 137, 148, 148)


@settings(max_examples=40)
@given(st.lists(st.sampled_from([0.5, 1.0, 2.0, 3.0, math.inf]), min_size=59, max_size=140), st.sampled_from([1.0, 2.5]))
def test_the_latency_bound_and_the_share_within_the_limit_always_agree(times: list[float], limit: float) -> None:
    said: list[str | None] = ["!" if math.isinf(t) else "a" for t in times]
    if all(s == "!" for s in said):
        return
    sample = classified(["a"] * len(times), said, latencies=times)
    found = measure(sample, MEASURES["p95 latency"], OVERALL, QUICK)
    share = share_within(sample, MEASURES["p95 latency"], OVERALL, limit, QUICK)
    assert share is not None
    assert (found.bound is not None and found.bound <= limit) == (share.lower >= 0.95)


def test_weighted_latency_answers_with_the_weighted_percentile_and_the_same_duality() -> None:
    times = [1.0] * 80 + [9.0] * 20
    sample = classified(["a"] * 100, ["a"] * 100, latencies=times, segments=["quick"] * 80 + ["slow"] * 20)
    found = measure(sample, MEASURES["p95 latency"], OVERALL, replace(QUICK, mix={"quick": 0.97, "slow": 0.03}))
    assert (found.value, found.unweighted) == (1.0, 9.0)


@settings(max_examples=30)
@given(st.integers(1, 119))
def test_one_more_right_answer_never_lowers_a_bound(right: int) -> None:
    worse, better = accuracy(right_of(right, 120)), accuracy(right_of(right + 1, 120))
    assert worse.bound is not None
    assert better.bound is not None
    assert better.bound > worse.bound


def test_a_recorded_response_makes_the_figure_recorded_and_wages_make_a_cost_assumed() -> None:
    sample = right_of(9, 10, reviewed=[True] * 10, costs=CostTerms(review_cost=2.0))
    rows = tuple(replace(o, response=replace(o.response, basis=Basis.RECORDED)) for o in sample.observations)
    recorded = replace(sample, observations=rows)
    assert accuracy(sample).basis is Basis.MEASURED
    assert accuracy(recorded).basis is Basis.RECORDED
    assert measure(recorded, MEASURES["cost per task"], OVERALL, QUICK).basis is Basis.ASSUMED
    assert measure(recorded, MEASURES["token cost per task"], OVERALL, QUICK).basis is Basis.RECORDED


def test_the_verdicts_of_an_uncalibrated_model_cap_the_figure() -> None:
    sample = right_of(99, 100)
    odd = sample.observations[0]
    part = replace(odd.score.strict.parts[0], judged_by=JudgeKind.MODEL)
    reading = replace(odd.score.strict, parts=(part,))
    judged = replace(sample, observations=(replace(odd, score=replace(odd.score, strict=reading)), *sample.observations[1:]))
    assert accuracy(sample).caps == ()
    assert "1 of 100 verdicts" in accuracy(judged).caps[0]


def test_unseen_reviews_raise_the_upper_bound_of_the_cost() -> None:
    terms = CostTerms(review_cost=2.25)
    never = measure(right_of(100, 100, costs=terms), MEASURES["cost per task"], OVERALL, QUICK)
    assert never.value == pytest.approx(0.001)
    assert never.bound == pytest.approx(0.001 + 2.25 * exact_upper(0, 100))
    assert never.high == pytest.approx(0.001 + 2.25 * exact_upper(0, 100, 0.025))


def test_the_lenient_value_stands_beside_the_strict_one() -> None:
    sample = classified(list("aabb"), ["a", None, "b", "b"])
    odd = sample.observations[1]
    mended = replace(sample.observations[0].score.strict, label="a")
    rows = (sample.observations[0], replace(odd, score=replace(odd.score, lenient=mended)), *sample.observations[2:])
    found = accuracy(replace(sample, observations=rows))
    assert (found.value, found.lenient) == (0.75, 1.0)


def test_one_example_gives_a_figure_with_exact_bounds() -> None:
    found = accuracy(right_of(1, 1))
    assert (found.low, found.high) == pytest.approx((0.206549, 1.0), abs=1e-6)
    assert found.bound == pytest.approx(exact_lower(1, 1))


def test_the_bound_of_macro_f1_counts_one_more_missed_example_of_the_rarest_label() -> None:
    truth = ["a"] * 92 + ["b"] * 8
    said = ["b"] * 4 + truth[4:]
    sample = classified(truth, said)
    of = MEASURES["macro F1"]
    found, bare = (measure(sample, m, OVERALL, QUICK) for m in (of, replace(of, further_errors=None)))
    before = f1_score(truth, said, average="macro")
    after = f1_score([*truth, "b"], [*said, "none"], labels=["a", "b"], average="macro")
    assert found.value == pytest.approx(before)
    assert found.bound == pytest.approx((bare.bound or 0.0) - (before - after))
    assert "less what one more missed example would take" in found.method
    assert "less what" not in bare.method


def test_no_wrong_answer_seen_is_not_none_to_come_where_an_undetected_error_costs() -> None:
    costs = CostTerms(review_cost=2.0, undetected_error_cost=50.0)
    never = measure(right_of(100, 100, costs=costs), MEASURES["cost per task"])
    assert never.value == pytest.approx(0.001)
    assert never.bound == pytest.approx(0.001 + 52.0 * exact_upper(0, 100))
    assert "no review and no error was seen in 100" in never.method


def test_a_mean_of_times_that_are_all_alike_is_no_proof() -> None:
    alike = measure(right_of(100, 100), MEASURES["mean latency"])
    assert alike.caps[0].startswith("every task took the same time")
