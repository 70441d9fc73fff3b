"""The statistics of the loop over simulated years: a drop is found, quiet years stay quiet as often as promised."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pytest
from scipy import stats

from reportgen.domain.records.monitoring import Signal, control_chart, lasting_drop, trend_of
from reportgen.domain.statistics.control_charts import Count, false_alarm_rate

PANEL, SHARE = 150, 0.92


def year(draw: np.random.Generator, shares: list[float], n: int = PANEL) -> list[Count]:
    return [Count(int(draw.binomial(n, share)), n) for share in shares]


def test_twenty_quiet_years_raise_no_more_alarms_than_promised() -> None:
    draw = np.random.default_rng(20)
    alarms = sum(j.signal.alarm for _ in range(20) for j in control_chart(year(draw, [SHARE] * 13))[1:])
    # The promise for 240 months is 1.1 alarms; more than four come about once in a hundred such twenty years.
    most = int(stats.binom.ppf(0.99, 20 * 12, false_alarm_rate()))
    assert alarms <= most == 4


@pytest.mark.deep
@pytest.mark.parametrize(("n", "share"), [(60, 0.8), (150, 0.92), (150, 0.98), (400, 0.9)])
def test_the_false_alarm_rate_holds_over_two_thousand_quiet_years(n: int, share: float) -> None:
    draw = np.random.default_rng(n)
    years = [sum(j.signal.alarm for j in control_chart(year(draw, [share] * 13, n))[1:]) for _ in range(2000)]
    rate = sum(years) / (2000 * 12)
    error = float(np.std(years)) / np.sqrt(2000) / 12
    assert rate <= false_alarm_rate() + 3 * error


@pytest.mark.parametrize("seed", range(10))
def test_a_real_drop_in_month_7_is_found_in_month_7(seed: int) -> None:
    draw = np.random.default_rng(seed)
    found = control_chart(year(draw, [SHARE] * 7 + [0.72] * 6))
    assert not any(j.signal.alarm for j in found[:7])
    assert found[7].signal is Signal.OUTSIDE


def test_two_of_three_finds_the_smaller_drop_that_no_single_month_shows() -> None:
    counts = [Count(138, 150)] * 6 + [Count(126, 150)] * 2
    assert [j.signal for j in control_chart(counts)[-2:]] == [Signal.WARNING, Signal.TWO_OF_THREE]


def test_a_fall_among_the_first_runs_does_not_become_the_new_normal() -> None:
    found = control_chart([Count(138, 150), Count(100, 150), *[Count(101, 150)] * 3])
    assert [j.signal for j in found[1:]] == [Signal.OUTSIDE] * 4


def test_cusum_finds_a_small_lasting_drop_and_nothing_in_a_quiet_series() -> None:
    quiet = [Count(138, 150)] * 13
    assert not lasting_drop(quiet)
    assert lasting_drop([*quiet[:4], *[Count(134, 150)] * 20])
    assert not lasting_drop([Count(138, 150), *[Count(100, 150)] * 4])  # too few points


def test_a_trend_needs_five_points_and_time_between_them() -> None:
    days = [date(2026, 1, 5) + timedelta(days=30 * i) for i in range(6)]
    falling = [Count(140 - 5 * i, 150) for i in range(6)]
    assert trend_of(falling[:4], days[:4], 0.95) == (None, "too few points for a trend: 4 of 5")
    found, note = trend_of(falling, days, 0.95)
    assert found is not None
    assert note == ""
    assert found.slope == pytest.approx(-5 / 150 / (30 / (365.25 / 12)))
    assert trend_of(falling, [days[0]] * 6, 0.95)[0] is None
