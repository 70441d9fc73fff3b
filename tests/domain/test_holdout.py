"""What an opening of the holdout shows: only what the locked rows rule out contradicts (figures.md 5.6)."""

from __future__ import annotations

import pytest

from reportgen.domain.comparison import CandidateResult, Counts, HoldoutVerdict
from reportgen.domain.corpus import HoldoutAccess
from reportgen.domain.estimate import measure
from reportgen.domain.holdout import judge_opening
from reportgen.domain.measures import MEASURES
from reportgen.domain.plan import Comparator, Task
from reportgen.domain.proportion import Method
from reportgen.domain.statistics.proportions import exact_upper
from reportgen.domain.verdicts import Judged, verdict
from tests.domain.samples import classified, level, right_of, spec

ACCESS = HoldoutAccess(1, "2026-02-01T00:00:00Z", "Ada", "to confirm the winner once", "A", "run")
QUICK = Method(resamples=100)


@pytest.mark.parametrize(
    ("failed", "found"),
    [(0, HoldoutVerdict.CONSISTENT), (3, HoldoutVerdict.CONSISTENT), (8, HoldoutVerdict.CONTRADICTED)],
)
def test_a_percentile_lost_to_failures_contradicts_only_where_the_share_in_time_is_ruled_out(
    failed: int, found: HoldoutVerdict
) -> None:
    """Three of 40 requests failed: the 95th percentile is infinite, but 37 of 40 in time do not rule 95 % out."""
    assert exact_upper(37, 40) > 0.95 > exact_upper(32, 40)
    locked = classified(["a"] * 40, ["a"] * (40 - failed) + ["!"] * failed, labels=("a", "b"))
    wanted, of = level("p95 latency", 2.0, Comparator.AT_MOST), MEASURES["p95 latency"]
    levels = (verdict(Judged(wanted, of, measure(locked, of, wanted.scope, QUICK), locked, QUICK)),)
    result = CandidateResult(spec(), locked, locked, Counts(40, {}, 0), {}, levels, (), (), "workbook", {})
    opening = judge_opening(ACCESS, result, right_of(90, 100), Task.CLASSIFICATION, 0.95)
    assert opening.result is not None
    assert opening.result.verdict is found
