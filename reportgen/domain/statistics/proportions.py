"""Intervals and tests of one share, because a share without its uncertainty cannot be compared with a service level.

Two intervals, two jobs: Wilson's two-sided interval is shown, the exact (Clopper-Pearson) one-sided bound decides. The exact
bound never passes a failing candidate more often than alpha; Wald and Wilson do at the sample sizes that people have.
`x` and `n` may be real numbers (effective sample sizes), since the exact bound is a quantile of a Beta distribution.
"""

from __future__ import annotations

import math
from statistics import NormalDist

from scipy import special

_STANDARD_NORMAL = NormalDist()
# x = share * n is rounded by the computer: that far beyond 0 or n is still 0 or n.
_ROUNDING = 1e-9


def normal_quantile(probability: float) -> float:
    """Return the standard normal quantile of `probability`, which lies strictly between 0 and 1."""
    return _STANDARD_NORMAL.inv_cdf(probability)


def _checked(x: float, n: float) -> tuple[float, float]:
    """Return x and n with rounding errors at the ends of [0, n] taken away; ValueError for what is no count."""
    slack = _ROUNDING * max(1.0, n)
    if not (math.isfinite(n) and n >= 0 and -slack <= x <= n + slack):
        message = f"expected 0 <= x <= n, found x = {x}, n = {n}"
        raise ValueError(message)
    if x <= slack:
        return 0.0, n
    return (n, n) if x >= n - slack else (x, n)


def _checked_probability(value: float, name: str) -> float:
    if not 0.0 < value < 1.0:
        message = f"expected {name} strictly between 0 and 1, found {value}"
        raise ValueError(message)
    return value


def wilson(x: float, n: float, confidence: float = 0.95) -> tuple[float, float]:
    """Return Wilson's two-sided score interval of a share: the interval that is shown.

    Centre (p + z²/2n) / (1 + z²/n), half-width z / (1 + z²/n) · √(p(1-p)/n + z²/4n²). Source: Wilson 1927; Newcombe 1998,
    Statistics in Medicine 17:857; formulas.md 1.1.

    Args:
        x: successes, 0 to n; need not be whole.
        n: trials. With 0 nothing is known and the interval is (0, 1); no estimate must be shown beside it.
        confidence: two-sided level, strictly between 0 and 1.

    Returns:
        Low and high in [0, 1]; low is exactly 0 for x = 0 and high exactly 1 for x = n.

    Raises:
        ValueError: x is not within 0 to n, or the confidence is no probability.
    """
    x, n = _checked(x, n)
    z = normal_quantile(0.5 + _checked_probability(confidence, "confidence") / 2.0)
    if n == 0:
        return 0.0, 1.0
    p = x / n
    shrink = 1.0 + z * z / n
    centre = (p + z * z / (2.0 * n)) / shrink
    half = z / shrink * math.sqrt(p * (1.0 - p) / n + z * z / (4.0 * n * n))
    low = 0.0 if x == 0 else max(0.0, centre - half)
    high = 1.0 if x == n else min(1.0, centre + half)
    return low, high


def exact_lower(x: float, n: float, alpha: float = 0.05) -> float:
    """Return the one-sided Clopper-Pearson lower bound of a share: Beta⁻¹(alpha; x, n - x + 1).

    The share is at least this with confidence 1 - alpha; at most alpha of all samples claim too much. In a spreadsheet:
    `=IF(x=0,0,BETA.INV(alpha,x,n-x+1))`. Source: Clopper and Pearson 1934; formulas.md 1.1.

    Returns:
        A share in [0, 1], exactly 0 for x = 0 and so for n = 0.

    Raises:
        ValueError: x is not within 0 to n, or alpha is no probability.
    """
    x, n = _checked(x, n)
    _checked_probability(alpha, "alpha")
    return 0.0 if x == 0 else float(special.betaincinv(x, n - x + 1.0, alpha))


def exact_upper(x: float, n: float, alpha: float = 0.05) -> float:
    """Return the one-sided Clopper-Pearson upper bound of a share: Beta⁻¹(1 - alpha; x + 1, n - x).

    The mirror image of `exact_lower`: one minus the lower bound of the failures.

    Returns:
        A share in [0, 1], exactly 1 for x = n and so for n = 0.

    Raises:
        ValueError: x is not within 0 to n, or alpha is no probability.
    """
    x, n = _checked(x, n)
    _checked_probability(alpha, "alpha")
    return 1.0 if x == n else float(special.betainccinv(x + 1.0, n - x, alpha))


def exact_interval(x: float, n: float, confidence: float = 0.95) -> tuple[float, float]:
    """Return the two-sided Clopper-Pearson interval: both one-sided bounds at half the error probability each."""
    half = (1.0 - _checked_probability(confidence, "confidence")) / 2.0
    return exact_lower(x, n, half), exact_upper(x, n, half)


def p_value_at_least(x: float, n: float, target: float) -> float:
    """Return P(X >= x) where the share is just `target`: the p-value against the hypothesis share <= target.

    At most alpha exactly where `exact_lower(x, n, alpha) >= target`. Source: exact binomial test; formulas.md 1.10.
    """
    x, n = _checked(x, n)
    if x == 0:
        return 1.0
    return float(special.betainc(x, n - x + 1.0, min(1.0, max(0.0, target))))


def p_value_at_most(x: float, n: float, target: float) -> float:
    """Return P(X <= x) where the share is just `target`: the p-value against the hypothesis share >= target.

    At most alpha exactly where `exact_upper(x, n, alpha) <= target`. Source: exact binomial test; formulas.md 1.10.
    """
    x, n = _checked(x, n)
    if x == n:
        return 1.0
    return float(special.betaincc(x + 1.0, n - x, min(1.0, max(0.0, target))))


def most_errors_to_prove(n: int, target: float, alpha: float = 0.05) -> int | None:
    """Return the largest number of errors among `n` that still proves a share of at least `target`; None = impossible.

    Proven means `exact_lower(n - errors, n, alpha) >= target`. Source: formulas.md 1.2.
    """
    if exact_lower(n, n, alpha) < target:
        return None
    proves, fails = 0, n + 1
    while fails - proves > 1:
        errors = (proves + fails) // 2
        if exact_lower(n - errors, n, alpha) >= target:
            proves = errors
        else:
            fails = errors
    return proves


def fewest_examples_to_prove(target: float, alpha: float = 0.05) -> int | None:
    """Return the number of examples, all right, from which on `target` is proven: ⌈ln alpha / ln target⌉.

    None where no number suffices: a target of 100 % can be observed, never proven. Source: formulas.md 1.2.
    """
    _checked_probability(alpha, "alpha")
    if target >= 1.0:
        return None
    if target <= 0.0:
        return 1
    n = max(1, math.ceil(math.log(alpha) / math.log(target)))
    # The logarithms may round across a whole number; the bound itself decides.
    while n > 1 and exact_lower(n - 1, n - 1, alpha) >= target:
        n -= 1
    while exact_lower(n, n, alpha) < target:
        n += 1
    return n


def fisher_exact(x_a: int, n_a: int, x_b: int, n_b: int) -> float:
    """Return Fisher's exact two-sided p-value of "two independent samples have the same share".

    Used between the eval split and the holdout. Source: scipy.stats.fisher_exact, as formulas.md 5.6 asks.
    """
    from scipy import stats  # noqa: PLC0415 - .5 s that only a confirmation and a rerun need

    if not (0 <= x_a <= n_a and 0 <= x_b <= n_b):
        message = f"expected counts within their totals, found {x_a} of {n_a} and {x_b} of {n_b}"
        raise ValueError(message)
    return float(stats.fisher_exact([[x_a, n_a - x_a], [x_b, n_b - x_b]]).pvalue)
