"""Correction for having looked at several candidates, because the best of many lucky ones looks good."""

from __future__ import annotations

from collections.abc import Sequence


def holm(p_values: Sequence[float]) -> list[float]:
    """Return Holm's step-down adjusted p-values in the order given.

    adj_(i) = max over j <= i of min(1, (m - j + 1) p_(j)). Source: Holm 1979; formulas.md 1.7.

    Raises:
        ValueError: a p-value is not within 0 to 1.
    """
    if any(not 0.0 <= p <= 1.0 for p in p_values):
        message = "expected p-values within 0 to 1"
        raise ValueError(message)
    adjusted = [0.0] * len(p_values)
    largest = 0.0
    for rank, index in enumerate(sorted(range(len(p_values)), key=lambda i: p_values[i])):
        largest = max(largest, min(1.0, (len(p_values) - rank) * p_values[index]))
        adjusted[index] = largest
    return adjusted
