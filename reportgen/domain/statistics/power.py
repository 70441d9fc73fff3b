"""What a sample can show before it is paid for, and how many more examples would settle an open question.

The exact binomial power is saw-toothed: one more example can lower it. Where a number of examples is planned for, the answer
holds for every larger number too; where one is asked to collect just so many more, both the first number that does and the
number from which on every number does are given.
"""

from __future__ import annotations

import bisect
import functools
import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import special

from reportgen.domain.statistics.proportions import exact_lower, normal_quantile

Whole = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

MOST_MORE = 10_000
"""More examples than that is no advice; the answer is then "unattainable"."""
FEWEST_MORE = 20
"""Fewer than that is noise, and is never advised."""
_HOLDS_FOR = 100


@dataclass(frozen=True, slots=True)
class MoreExamples:
    """How many more examples would prove a level with 80 % probability; None = unattainable.

    `optimistic` takes the observed share for the truth; `cautious` allows for not knowing it (assurance). Both are the
    smallest number that does when just so many are collected; the `lasting` ones do so for the next 100 numbers too.
    """

    optimistic: int | None
    cautious: int | None
    optimistic_lasting: int | None = None
    cautious_lasting: int | None = None


def fewest_right_to_prove(n: Whole, target: float, alpha: float = 0.05) -> Whole:
    """Return, for each number of examples, how many must be right to prove `target`; n + 1 where even all do not suffice.

    Args:
        n: (m,) numbers of examples, each at least 1.
        target: share strictly between 0 and 1.
        alpha: one-sided error probability.
    """
    z = normal_quantile(1.0 - alpha)
    guess = np.rint(n * target + z * np.sqrt(n * target * (1.0 - target)) + 0.5).astype(np.int64)
    right: Whole = np.clip(guess, 1, n + 1)

    def proves(x: Whole) -> npt.NDArray[np.bool_]:
        p: Floats = special.betainc(np.maximum(x, 1), np.maximum(n - x + 1.0, 1.0), target)
        result: npt.NDArray[np.bool_] = np.where(x > n, True, np.where(x <= 0, False, p <= alpha))
        return result

    while (short := ~proves(right)).any():
        right = right + short
    while (spare := proves(right - 1)).any():
        right = right - spare
    return right


def _chance_of_at_least(k: Whole, n: Whole, share: float) -> Floats:
    """Return P(Bin(n, share) >= k) for arrays of k and n."""
    inside = (k >= 1) & (k <= n)
    tail: Floats = special.betainc(np.where(inside, k, 1), np.where(inside, n - k + 1.0, 1.0), share)
    return np.where(k <= 0, 1.0, np.where(inside, tail, 0.0))


def examples_to_prove(target: float, truth: float, power: float = 0.8, alpha: float = 0.05) -> int | None:
    """Return the number of examples from which on a candidate of true share `truth` proves `target` with that power.

    The exact search: the power stays at or above `power` for every larger number. None where `truth` is not above
    `target`, or more than a million examples would be needed. Source: formulas.md 1.9.
    """
    about = examples_to_prove_normal(target, truth, power, alpha)
    if about is None or about > 1_000_000:  # noqa: PLR2004 - stated in the docstring
        return None
    reach = math.ceil(about)
    while True:
        # Far beyond the normal answer the teeth of the saw lie above the power: what fails last, fails before that.
        reach = 2 * reach + 200
        n = np.arange(1, reach + 1)
        failing = np.flatnonzero(_chance_of_at_least(fewest_right_to_prove(n, target, alpha), n, truth) < power)
        last = int(n[failing[-1]]) if failing.size else 0
        if last < 0.75 * reach:
            return last + 1


def examples_to_prove_normal(target: float, truth: float, power: float = 0.8, alpha: float = 0.05) -> float | None:
    """Return the normal approximation ((z_α√(p0 q0) + z_β√(p1 q1)) / (p1 - p0))²; None where truth is not above target."""
    if not 0.0 < target < truth <= 1.0:
        return None
    spread = normal_quantile(1.0 - alpha) * math.sqrt(target * (1.0 - target))
    spread += normal_quantile(power) * math.sqrt(truth * (1.0 - truth))
    return (spread / (truth - target)) ** 2


def how_many_more(x: float, n: float, target: float, alpha: float = 0.05, power: float = 0.8) -> MoreExamples:
    """Return how many more examples would probably prove a share of at least `target` after x of n were right.

    Optimistic: the smallest m >= 20 with P(Bin(m, x/n) >= crit(n + m) - x) >= power. Cautious: the same with the share
    drawn from Beta(x + 1/2, n - x + 1/2). Where the observed share is not above the target no number helps: a better
    candidate or prompt will. More than 10,000 more is None as well. For "at most" levels call it with the complements.
    Source: formulas.md 1.9.

    Args:
        x: successes so far; an effective number is rounded to the nearest whole one.
        n: examples so far, at least 1 after rounding for there to be an answer.
        target: the level, a share.
        alpha: one-sided error probability of the proof.
        power: the probability wanted.
    """
    right, seen = round(x), round(n)
    if seen >= 1 and exact_lower(min(right, seen), seen, alpha) >= target:
        return MoreExamples(0, 0)
    if seen < 1 or not 0.0 < target < 1.0 or right <= target * seen:
        return MoreExamples(None, None)
    more = np.arange(1, MOST_MORE + _HOLDS_FOR + 1)
    needed = fewest_right_to_prove(seen + more, target, alpha) - right
    enough = _chance_of_at_least(needed, more, right / seen) >= power
    first = np.flatnonzero(enough[FEWEST_MORE - 1 : MOST_MORE])
    optimistic = int(first[0]) + FEWEST_MORE if first.size else None
    cautious, cautious_lasting = _assured(right, seen, needed, target, power)
    return MoreExamples(optimistic, cautious, _first_lasting(enough), cautious_lasting)


def _first_lasting(enough: npt.NDArray[np.bool_]) -> int | None:
    """Return the smallest m >= 20 with `enough` at m and the 100 numbers after it; index 0 stands for m = 1."""
    failures = np.concatenate([[0], np.cumsum(~enough)])
    starts = np.arange(FEWEST_MORE - 1, MOST_MORE)
    lasting = starts[failures[starts + _HOLDS_FOR + 1] == failures[starts]]
    return int(lasting[0]) + 1 if lasting.size else None


class _Assurance:
    """Chance of at least k successes among m more examples when the share is only known as Beta(a, b): Beta-binomial.

    Log-gammas of whole steps are looked up, since a search asks for many neighbouring sums.
    """

    def __init__(self, a: float, b: float, most: int) -> None:
        steps = np.arange(most + 1)
        self._factorial = special.gammaln(steps + 1.0)
        self._right = special.gammaln(a + steps)
        self._wrong = special.gammaln(b + steps)
        self._both = special.gammaln(a + b + steps)
        self._start = float(special.betaln(a, b))

    def at_least(self, k: int, m: int) -> float:
        if k > m:
            return 0.0
        if k <= 0:
            return 1.0
        wrong = np.arange(m - k + 1)
        logs: Any = self._factorial[m] - self._factorial[wrong] - self._factorial[m - wrong]
        logs += self._wrong[wrong] + self._right[m - wrong] - self._both[m] - self._start
        return min(1.0, float(np.exp(logs).sum()))


def _assured(right: int, seen: int, needed: Whole, target: float, power: float) -> tuple[int | None, int | None]:
    """Return the smallest and the smallest lasting m with assurance >= power; `needed[m - 1]` of m more must be right."""
    a, b = right + 0.5, seen - right + 0.5
    if float(special.betaincc(a, b, target)) < power:
        return None, None
    chance = _Assurance(a, b, len(needed))

    @functools.cache
    def enough(m: int) -> bool:
        return chance.at_least(int(needed[m - 1]), m) >= power

    # The chance rises only where one more error becomes allowed, and falls until the next: the first number of a tooth is
    # its best, the last its worst.
    allowed = np.arange(1, len(needed) + 1) - needed
    rises = [FEWEST_MORE, *(int(m) for m in np.flatnonzero(np.diff(allowed) > 0) + 2 if m > FEWEST_MORE)]
    ends = [m - 1 for m in rises[1:]]

    def lasts(m: int) -> bool:
        within = ends[bisect.bisect_left(ends, m) : bisect.bisect_left(ends, m + _HOLDS_FOR)]
        return enough(m) and enough(m + _HOLDS_FOR) and all(enough(end) for end in within)

    peaks = [m for m in rises if m <= MOST_MORE]
    first = _first_true(lambda i: enough(peaks[i]), 0, len(peaks) - 1, back=10)
    lasting = _first_true(lasts, FEWEST_MORE, MOST_MORE, back=2 * _HOLDS_FOR)
    return None if first is None else peaks[first], lasting


def _first_true(holds: Callable[[int], bool], low: int, high: int, *, back: int) -> int | None:
    """Return the first number in low to high where `holds`, which turns true once but for some uneven steps; None = nowhere.

    A bisection, then a look at the `back` numbers before its answer, since the steps may hide an earlier start.
    """
    if not holds(high):
        return None
    fails, found = low - 1, high
    while found - fails > 1:
        middle = (fails + found) // 2
        fails, found = (fails, middle) if holds(middle) else (middle, found)
    return next(number for number in range(max(low, found - back), found + 1) if holds(number))


def smallest_difference(n: float, discordant: float, alpha: float = 0.05, power: float = 0.8) -> float:
    """Return the smallest paired difference that n examples show, one-sided: (z_α + z_β)·√(ψ/n).

    Args:
        n: examples that both candidates answered.
        discordant: share ψ of examples on which just one of the two is right.
        alpha: one-sided error probability.
        power: the probability of showing it.
    """
    return (normal_quantile(1.0 - alpha) + normal_quantile(power)) * math.sqrt(discordant / n)
