"""What one opening of the holdout shows: contradicted, confirmed or consistent, by required levels (formulas.md 5.6)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from reportgen.domain.deciding.holdout import judge_opening
from reportgen.domain.records.comparison import HoldoutVerdict, LevelVerdict, Verdict
from reportgen.domain.records.corpus import HoldoutAccess
from reportgen.domain.records.plan import Task
from tests.domain.samples import classified, right_of
from tests.domain.test_decision import on, who
from tests.domain.test_verdicts import AT_MOST, judged

ACCESS = HoldoutAccess(1, "2026-11-27T02:00:00Z", "Ada", "one-shot confirmation", "A", "r")


def shown(*levels: LevelVerdict, right: int = 66) -> tuple[HoldoutVerdict, float]:
    locked = replace(who("A", 1.0, *levels).result, sample=right_of(right, 75))
    result = judge_opening(ACCESS, locked, right_of(141, 150), Task.CLASSIFICATION, 0.95).result
    assert result is not None
    return result.verdict, result.shrinkage_p


@pytest.mark.parametrize(
    ("words", "verdict"),
    [
        ((Verdict.PROVEN, Verdict.PROVEN), HoldoutVerdict.CONFIRMED),
        ((Verdict.PROVEN, Verdict.LIKELY), HoldoutVerdict.CONSISTENT),
        ((Verdict.PROVEN, Verdict.UNLIKELY), HoldoutVerdict.CONSISTENT),
        ((Verdict.PROVEN, Verdict.NOT_TESTABLE), HoldoutVerdict.CONSISTENT),
        ((Verdict.PROVEN, Verdict.FAILED), HoldoutVerdict.CONTRADICTED),
    ],
)
def test_one_required_level_decides_against_and_all_together_for(
    words: tuple[Verdict, ...], verdict: HoldoutVerdict
) -> None:
    assert shown(*map(on, words))[0] is verdict


def test_a_level_that_is_only_wished_for_neither_contradicts_nor_withholds() -> None:
    for word in (Verdict.FAILED, Verdict.LIKELY):
        assert shown(on(Verdict.PROVEN), on(word, wished=True))[0] is HoldoutVerdict.CONFIRMED
    assert shown(on(Verdict.PROVEN, wished=True))[0] is HoldoutVerdict.CONSISTENT, "nothing required was confirmed"


def test_shrinkage_is_tested_by_fishers_exact_test() -> None:
    assert shown(on(Verdict.PROVEN))[1] == pytest.approx(0.126, abs=5e-4)


@pytest.mark.parametrize(("failed", "verdict"), [(5, HoldoutVerdict.CONSISTENT), (10, HoldoutVerdict.CONTRADICTED)])
def test_a_percentile_that_failures_took_is_held_against_the_exact_bound(failed: int, verdict: HoldoutVerdict) -> None:
    """Of 75 tasks 70 or 65 are fast: with 95 % confidence at most 97.3 or 92.6 % are, where 95 % have to be."""
    sample = classified(["a"] * 75, ["a"] * (75 - failed) + ["!"] * failed)
    found = judged(sample, "p95 latency", 2.5, AT_MOST)
    assert found.verdict is Verdict.FAILED, "on scored rows such a percentile fails"
    locked = replace(who("A", 1.0, found).result, sample=sample)
    result = judge_opening(ACCESS, locked, right_of(141, 150), Task.CLASSIFICATION, 0.95).result
    assert result is not None
    assert result.verdict is verdict
