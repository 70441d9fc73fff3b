"""Figures inside sentences."""

from __future__ import annotations

import pytest

from reportgen.domain.records.measure import Unit
from reportgen.domain.wording.figures import UP, amount


@pytest.mark.parametrize(
    ("seconds", "told"),
    [
        (0.000411, "0.411 ms"),
        (0.0000021, "0.00210 ms"),
        (0.05, "50.00 ms"),
        (0.1, "0.100 s"),
        (68.86, "68.86 s"),
        (0, "0 s"),
    ],
)
def test_short_durations_are_told_in_milliseconds(seconds: float, told: str) -> None:
    assert amount(seconds, Unit.SECONDS, "USD").replace("\u00a0", " ") == told


def test_an_upper_bound_of_milliseconds_is_rounded_up() -> None:
    assert amount(0.0004111, Unit.SECONDS, "USD", rounding=UP).replace("\u00a0", " ") == "0.412 ms"
