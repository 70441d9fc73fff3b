"""Which of several candidates is chosen: the cheapest; where costs tie, by an order declared before (formulas.md 2.2)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from reportgen.domain.deciding.qualification import Contender, Question, or_else, should_met, tie_order
from reportgen.domain.statistics.bootstrap import percentile_interval


@dataclass(frozen=True, slots=True)
class Choice:
    """The chosen candidate, the others whose cost cannot be told apart from its own, and why it was taken before them."""

    winner: Contender
    tied: tuple[str, ...]
    because: str


Ties = dict[tuple[str, str], bool]
"""Whether two candidates' costs cannot be told apart, by their names: found once where many pools are chosen from."""


def cheapest(pool: Sequence[Contender], question: Question, ties: Ties | None = None) -> Choice:
    """Return the cheapest; where costs cannot be told apart, the first by the order that was declared beforehand."""
    ordered = sorted(pool, key=lambda c: (c.cost or 0.0, c.name))
    first, known = ordered[0], {} if ties is None else ties
    for c in ordered[1:]:
        if (first.name, c.name) not in known:
            known[first.name, c.name] = _tie(first, c, question.confidence)
    tied = [first, *(c for c in ordered[1:] if known[first.name, c.name])]
    if len(tied) == 1:
        return Choice(first, (), "")
    winner = min(tied, key=tie_order)
    return Choice(winner, tuple(c.name for c in tied if c is not winner), _tie_reason(winner, tied))


def _tie(a: Contender, b: Contender, confidence: float) -> bool:
    """Return whether the paired bootstrap interval (90 % at 95 % confidence) of the cost difference contains 0."""
    if a.costs is None or b.costs is None or a.costs.shape != b.costs.shape:
        return a.cost == b.cost
    low, high = percentile_interval(a.costs - b.costs, 1 - 2 * (1 - confidence))
    return low <= 0 <= high


def _tie_reason(winner: Contender, tied: Sequence[Contender]) -> str:
    if winner.incumbent:
        return "it is the model in production"
    rest = [c for c in tied if c is not winner]
    if all(should_met(winner) > should_met(c) for c in rest):
        return "it meets more of the wished-for levels"
    if all(or_else(winner.quality_bound, -np.inf) > or_else(c.quality_bound, -np.inf) for c in rest):
        return "its quality is bounded higher"
    if all(or_else(winner.p95, np.inf) < or_else(c.p95, np.inf) for c in rest):
        return "it is faster"
    return "it comes first by quality, speed and name, in this order"
