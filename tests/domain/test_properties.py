"""What must hold whatever the data: the properties of formulas.md 9, over the whole comparison where they speak of it."""

from __future__ import annotations

import hashlib
import os
import random
import subprocess
import sys
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reportgen.domain.compare import PriceView, compare
from reportgen.domain.deciding.break_evens import break_evens
from reportgen.domain.estimating.costs import REVIEWER_HOUR, CostRates, CostSide, cost_terms
from reportgen.domain.records.comparison import Comparison, PairedComparison, Verdict
from reportgen.domain.records.corpus import in_order
from reportgen.domain.records.measure import Sample
from reportgen.domain.records.plan import Assumption, Comparator, EvaluationPlan, Role
from tests.domain.samples import RUN, classified, corpus_of, level, plan_of, renamed, taken_apart
from tests.loops import some

LABELS = ("refund", "delivery", "fraud")
NOT_WORSE = (Verdict.FAILED, Verdict.UNLIKELY, Verdict.NOT_TESTABLE, Verdict.LIKELY, Verdict.PROVEN)


def drawn(seed: int, right: float, n: int = 60, candidate: str = "A") -> Sample:
    """Return answers that are right so often, in two segments, with latencies and costs that vary."""
    draw, shared = random.Random(f"{seed} {candidate}"), random.Random(seed)
    truth = [shared.choice(LABELS) for _ in range(n)]
    said = [t if draw.random() < right else draw.choice([*LABELS, None]) for t in truth]
    return classified(
        truth,
        said,
        labels=LABELS,
        segments=[shared.choice(["mail", "chat"]) for _ in range(n)],
        latencies=[draw.uniform(0.2, 3.0) for _ in range(n)],
        reviewed=[draw.random() < 0.2 for _ in range(n)],
        candidate=candidate,
    )


def compared(samples: dict[str, Sample], plan: EvaluationPlan, *, order: random.Random | None = None) -> Comparison:
    """Return the whole comparison; with `order`, rows of the sheet and responses stand in another order."""
    corpus = corpus_of(next(iter(samples.values())))
    responses, scores = [], []
    for sample in samples.values():
        mine = taken_apart(sample)
        responses += mine[0]
        scores += mine[1]
    if order is not None:
        both = list(zip(responses, scores, strict=True))
        order.shuffle(both)
        responses, scores = [r for r, _ in both], [s for _, s in both]
        corpus = replace(corpus, eval=tuple(order.sample(corpus.eval, len(corpus.eval))))
        plan = replace(plan, examples=tuple(order.sample(plan.examples, len(plan.examples))))
    prices = {n: PriceView({o.example.id: o.token_cost for o in s.observations}, "workbook") for n, s in samples.items()}
    review = {(n, o.example.id): o.review for n, s in samples.items() for o in s.observations}
    return compare(plan, corpus, responses, scores, prices, review, RUN, resamples=200)


def race(seed: int, primary: str, production: str) -> tuple[dict[str, Sample], EvaluationPlan]:
    """Return two candidates on the same rows, and their plan."""
    samples = {name: drawn(seed, right, candidate=name) for name, right in (("A", 0.85), ("B", 0.75))}
    levels = (level(target=0.7), level("macro F1", 0.6), level("p95 latency", 4.0, Comparator.AT_MOST))
    plan = plan_of(samples, levels, production=production)
    return samples, replace(plan, settings=replace(plan.settings, primary_measure=primary))


@pytest.mark.parametrize("primary", ["accuracy", "macro F1"])
@pytest.mark.parametrize("seed", range(3))
def test_exchanging_the_two_of_a_pair_changes_only_the_sign(seed: int, primary: str) -> None:
    def pair(production: str) -> PairedComparison:
        return compared(*race(seed, primary, production)).pairs[0]

    one, other = pair("B"), pair("A")
    assert (one.a, one.b, other.a, other.b) == ("A", "B", "B", "A")
    assert other.difference == pytest.approx(-(one.difference or 0.0), abs=1e-12)
    assert (other.low, other.high) == pytest.approx((-(one.high or 0.0), -(one.low or 0.0)), abs=1e-12)
    assert other.p == one.p
    assert one.difference, "a pair that differs"


@pytest.mark.parametrize("seed", range(3))
def test_the_order_of_rows_and_responses_changes_no_bit_of_any_figure(seed: int) -> None:
    samples, plan = race(seed, "macro F1", "B")
    there, again = compared(samples, plan), compared(samples, plan, order=random.Random(seed))
    assert [o.example.id for o in again.candidates[0].sample.observations] == [e.id for e in in_order(again.corpus.eval)]
    for mine, other in zip(there.candidates, again.candidates, strict=True):
        assert mine.measurements == other.measurements
        assert (mine.levels, mine.cost_lines, mine.balance) == (other.levels, other.cost_lines, other.balance)
    assert (there.pairs, there.decision) == (again.pairs, again.decision)


def test_rows_are_ordered_by_the_numbers_in_their_ids() -> None:
    rows = classified(["a"] * 4, ["a"] * 4).observations
    named = [replace(o.example, id=name) for o, name in zip(rows, ("E10", "E9", "E2-10", "E2-9"), strict=True)]
    assert [e.id for e in in_order(named)] == ["E2-9", "E2-10", "E9", "E10"]


@pytest.mark.parametrize(("seed", "target"), [(1, 0.75), (2, 0.8), (3, 0.9)])
def test_one_more_right_answer_worsens_no_verdict_all_the_way_from_half_right_to_all_right(seed: int, target: float) -> None:
    sample = drawn(seed, 0.5)
    truth = [o.example.key.label or "" for o in sample.observations if o.example.key is not None]
    said = [o.score.strict.label for o in sample.observations]
    segments = [o.example.segment for o in sample.observations]
    levels = (level(target=target), level("macro F1", target), level("invalid output rate", 0.1, Comparator.AT_MOST))
    wrong = [i for i, (t, s) in enumerate(zip(truth, said, strict=True)) if t != s]
    seen = [_verdicts(sample, levels)]
    for place in random.Random(seed).sample(wrong, len(wrong)):
        said[place] = truth[place]
        seen.append(_verdicts(classified(truth, said, labels=LABELS, segments=segments), levels))
    for before, after in pairwise(seen):
        assert all(NOT_WORSE.index(b) >= NOT_WORSE.index(a) for a, b in zip(before, after, strict=True)), (before, after)
    assert {step[0] for step in seen} >= {Verdict.UNLIKELY, Verdict.LIKELY}, "the way crosses the target"


def _verdicts(sample: Sample, levels: tuple[object, ...]) -> list[Verdict]:
    plan = plan_of({"A": sample}, levels)  # type: ignore[arg-type]
    return [v.verdict for v in compared({"A": renamed(sample, "A")}, plan).candidates[0].levels]


@pytest.mark.parametrize("seed", range(2))
def test_weighting_by_the_mix_of_the_corpus_itself_changes_no_value(seed: int) -> None:
    samples, plan = race(seed, "macro F1", "B")
    segments = [o.example.segment for o in samples["A"].observations]
    own = {name: segments.count(name) / len(segments) for name in set(segments)}
    for plain, weighted in some(
        zip(compared(samples, plan).candidates, compared(samples, replace(plan, production_mix=own)).candidates, strict=True)
    ):
        values = {key: m.value for key, m in plain.measurements.items()}
        assert {key: m.value for key, m in weighted.measurements.items()} == pytest.approx(values)
        assert [c.amount for c in weighted.cost_lines] == pytest.approx([c.amount for c in plain.cost_lines])
        assert weighted.balance is not None
        assert plain.balance is not None
        assert weighted.balance.matthews.value == pytest.approx(plain.balance.matthews.value)


SHARES, SMALL = st.floats(0.01, 0.9), st.floats(0.001, 0.5)
SIDES = st.builds(CostRates, SMALL, st.floats(1, 2), st.floats(0, 0.1), SHARES, SHARES)


@settings(max_examples=150)
@given(SIDES, SIDES, st.floats(0, 2000), st.floats(0, 2000))
def test_at_every_break_even_that_is_named_both_candidates_cost_the_same(
    a: CostRates, b: CostRates, fixed_a: float, fixed_b: float
) -> None:
    costs = {
        name: Assumption(name, value)
        for name, value in (
            ("Tasks per month", 40_000.0),
            ("Minutes per review", 3.0),
            (REVIEWER_HOUR, 36.0),
            ("Overhead factor", 1.25),
            ("Manual cost per task", 4.5),
            ("Cost of an undetected error", 4.0),
        )
    }
    terms = [replace(cost_terms(costs), infrastructure_per_month=fixed) for fixed in (fixed_a, fixed_b)]
    sides = (CostSide("A", a, terms[0]), CostSide("B", b, terms[1]))
    found = break_evens(*sides, costs, "USD")
    assert {f.assumption for f in found} >= {REVIEWER_HOUR, "Tasks per month", "Token price of A", "Review rate of B"}
    for f in found:
        if f.value is not None and "by hand" in f.sentence:
            assert _moved(sides[0], f.assumption, f.value, costs).total == pytest.approx(f.value, rel=1e-6)
        elif f.value is not None:
            for at, first in ((f.value * (1 + 1e-4), "above"), (f.value * (1 - 1e-4), "below")):
                left, right = (_moved(side, f.assumption, at, costs).total or 0.0 for side in sides)
                cheaper = f"A becomes cheaper than B {first}" if left < right else f"B becomes cheaper than A {first}"
                assert cheaper in f.sentence or f" {first} " not in f.sentence, "true on both sides of the point"
            totals = [_moved(side, f.assumption, f.value, costs).total or 0.0 for side in sides]
            assert totals[0] == pytest.approx(totals[1], rel=1e-6, abs=1e-9), f.assumption


def _moved(side: CostSide, name: str, value: float, costs: dict[str, Assumption]) -> CostSide:
    """Return a side as it is when one assumption takes another value, by the cost model itself."""
    if name == "Cost of one review":
        return replace(side, terms=replace(side.terms, review_cost=value))
    if name in costs:
        moved = cost_terms({**costs, name: Assumption(name, value)})
        return replace(side, terms=replace(moved, infrastructure_per_month=side.terms.infrastructure_per_month))
    what, _, who = name.rpartition(" of ")
    if who != side.name:
        return side
    if what == "Review rate":
        return replace(side, rates=replace(side.rates, review=value))
    assert what == "Token price", name
    return replace(side, rates=replace(side.rates, token=(side.rates.token or 0.0) * value))


def figures_digest() -> str:
    """Return a hash over every figure, pair and decision of a race."""
    found = compared(*race(1, "macro F1", "B"))
    told = [(c.measurements, c.levels, c.balance) for c in found.candidates], found.pairs, found.decision
    return hashlib.sha256(msgspec.json.encode(told)).hexdigest()


def test_another_process_with_another_hash_seed_and_one_thread_gives_the_same_bits() -> None:
    code = "from tests.domain.test_properties import figures_digest; print(figures_digest())"
    root = Path(__file__).parents[2]
    environment = os.environ | {"PYTHONHASHSEED": "77", "OMP_NUM_THREADS": "1", "PYTHONPATH": os.fspath(root)}
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=root, env=environment, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == figures_digest()


def test_the_production_candidate_of_these_races_is_the_one_named() -> None:
    roles = {c.name: c.role for c in race(1, "accuracy", "B")[1].candidates}
    assert roles == {"A": Role.CANDIDATE, "B": Role.PRODUCTION}
