"""The corpus against the production mix, with scipy as the judge."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from reportgen.domain.statistics.representativeness import compare_mix, psi_limit
from reportgen.domain.statistics.weighting import example_weights, kish

MIX = {"a": 0.5, "b": 0.3, "c": 0.15, "d": 0.05}


def test_the_known_comparison_is_met() -> None:
    counts = {"a": 300, "b": 120, "c": 60, "d": 20}
    found = compare_mix(counts, MIX)
    assert found.chi_square == pytest.approx(20.0)
    assert found.chi_square_p == pytest.approx(1.697e-4, abs=5e-8)
    assert found.g == pytest.approx(20.13551, abs=5e-6)
    assert found.psi == pytest.approx(0.0405465, abs=5e-8)
    assert found.total_variation == pytest.approx(0.10)
    assert (found.grade, found.method, found.missing, found.outside) == ("off", "chi-square", (), ())
    segments = [name for name, n in counts.items() for _ in range(n)]
    weights = example_weights(segments, MIX)
    assert [weights[segments.index(name)] for name in MIX] == pytest.approx([0.8333, 1.25, 1.25, 1.25], abs=5e-5)
    assert kish(weights) == pytest.approx(480)


def test_chi_square_and_g_give_the_values_of_scipys_example() -> None:
    counts = dict(zip("abcdef", [16, 18, 16, 14, 12, 12], strict=True))
    found = compare_mix(counts, dict.fromkeys("abcdef", 1.0))
    assert (found.chi_square, found.chi_square_p) == pytest.approx((2.0, 0.849145), abs=5e-7)
    assert (found.g, found.g_p) == pytest.approx((2.006573, 0.848235), abs=5e-7)
    observed = list(counts.values())
    assert found.chi_square_p == pytest.approx(stats.chisquare(observed).pvalue)
    assert found.g_p == pytest.approx(stats.power_divergence(observed, lambda_="log-likelihood").pvalue)


def test_the_limit_of_psi_depends_on_the_number_of_examples() -> None:
    assert [psi_limit(n, 4) for n in (100, 200, 500)] == pytest.approx([0.083, 0.041, 0.016], abs=0.006)
    assert psi_limit(200, 4) == pytest.approx(stats.chi2.ppf(0.95, 3) / 200)
    assert psi_limit(100, 1) == 0.0


@pytest.mark.parametrize(("n", "percentile"), [(100, 0.083), (200, 0.041), (500, 0.016)])
def test_the_limit_of_psi_is_about_its_simulated_percentile(n: int, percentile: float) -> None:
    w = np.array(list(MIX.values()))
    p = np.maximum(np.random.RandomState(1).multinomial(n, w, size=20_000) / n, 1e-9)
    simulated = float(np.quantile(np.sum((p - w) * np.log(p / w), axis=1), 0.95))
    assert simulated == pytest.approx(percentile, abs=0.0025)
    assert psi_limit(n, 4) == pytest.approx(simulated, rel=0.08)


def test_small_expected_counts_are_judged_by_simulation() -> None:
    counts = {"a": 9, "b": 8, "c": 1, "d": 2}
    found = compare_mix(counts, MIX)
    assert found.method == "Monte Carlo"
    w = np.array(list(MIX.values()))
    draws = stats.multinomial(20, w).rvs(20_000, random_state=5)
    far = np.sum((draws - 20 * w) ** 2 / (20 * w), axis=1) >= found.chi_square - 1e-9
    assert found.chi_square_p == pytest.approx(float(far.mean()), abs=0.012)
    assert compare_mix(counts, MIX) == found


def test_a_missing_segment_is_named_and_has_no_number() -> None:
    found = compare_mix({"a": 60, "b": 30, "c": 10}, MIX)
    assert found.missing == ("d",)
    assert found.psi is None


def test_a_segment_outside_the_mix_is_named_and_counts_as_far_from_it() -> None:
    found = compare_mix({"a": 50, "b": 30, "c": 15, "d": 5, "other": 100}, MIX)
    assert found.outside == ("other",)
    assert found.total_variation == pytest.approx(0.5)
    assert found.grade == "far"
    assert found.chi_square == pytest.approx(0.0, abs=1e-12)


def test_the_mix_itself_is_close() -> None:
    found = compare_mix({"a": 50, "b": 30, "c": 15, "d": 5}, MIX)
    assert found.grade == "close"
    assert found.total_variation == pytest.approx(0.0)
    assert found.chi_square_p == pytest.approx(1.0)
    assert compare_mix({"only": 7}, {"only": 1.0}).chi_square_p == 1.0


@pytest.mark.parametrize(("moved", "grade"), [(0, "close"), (5, "close"), (6, "off"), (15, "off"), (16, "far")])
def test_the_grade_turns_at_five_and_at_fifteen_in_a_hundred(moved: int, grade: str) -> None:
    found = compare_mix({"a": 50 + moved, "b": 50 - moved}, {"a": 0.5, "b": 0.5})
    assert found.total_variation == pytest.approx(moved / 100)
    assert found.grade == grade


def test_a_corpus_beside_the_mix_cannot_be_compared() -> None:
    with pytest.raises(ValueError, match="nothing to compare"):
        compare_mix({"z": 5}, MIX)
