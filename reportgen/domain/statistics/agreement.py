"""Agreement between two raters and the correction of a fallible judge, because a judge is a witness and must be measured.

Kappa and AC1 stand side by side: kappa falls to nothing where nearly all verdicts are alike, although the raters agree.
Prediction-powered inference combines few human labels with many verdicts of a judge; Rogan and Gladen's estimate is the
cross-check. Labels must be a random sample of the scored outputs, of each candidate separately (formulas.md 3.4).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from reportgen.domain.statistics.proportions import normal_quantile

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Agreement:
    """Chance-corrected agreement with its large-sample interval; `observed` is the plain share of equal verdicts."""

    value: float
    standard_error: float
    low: float
    high: float
    observed: float


@dataclass(frozen=True, slots=True)
class Corrected:
    """A share corrected for the judge's errors, with its two-sided interval.

    `tuning` is the weight λ that the judge's verdicts got (prediction-powered inference only; 0 = human labels alone).
    """

    value: float
    standard_error: float
    low: float
    high: float
    tuning: float


def _square(table: npt.ArrayLike) -> tuple[Floats, float]:
    """Return the table as shares and its total; ValueError for what is no table of counts."""
    counts = np.asarray(table, dtype=np.float64)
    if counts.ndim != 2 or counts.shape[0] != counts.shape[1] or counts.shape[0] < 2:  # noqa: PLR2004 - two raters, two verdicts
        message = f"expected a square table of at least two verdicts, found shape {counts.shape}"
        raise ValueError(message)
    total = float(counts.sum())
    if not (math.isfinite(total) and total > 0.0 and float(counts.min()) >= 0.0):
        message = "expected counts of at least 0, not all of them 0"
        raise ValueError(message)
    return counts / total, total


def kappa(table: npt.ArrayLike, confidence: float = 0.95) -> Agreement | None:
    """Return Cohen's kappa (p_o - p_e)/(1 - p_e), p_e = Σ r_i c_i, with its large-sample standard error.

    None where both raters gave one and the same verdict throughout: chance alone then explains everything, and kappa is
    undefined. Source: Cohen 1960; standard error Fleiss, Cohen and Everitt 1969; formulas.md 3.4.

    Args:
        table: (q, q) counts, rows the first rater's verdicts, columns the second's.
        confidence: two-sided level.

    Raises:
        ValueError: the table is not square, is empty, or has negative counts.
    """
    shares, total = _square(table)
    rows, columns = shares.sum(axis=1), shares.sum(axis=0)
    observed, chance = float(np.trace(shares)), float(rows @ columns)
    if chance >= 1.0:
        return None
    value = (observed - chance) / (1.0 - chance)
    diagonal = np.diag(shares)
    on = float(np.sum(diagonal * (1.0 - (rows + columns) * (1.0 - value)) ** 2))
    crossed = columns[:, np.newaxis] + rows[np.newaxis, :]
    off = (1.0 - value) ** 2 * float(np.sum(shares * crossed**2) - np.sum(diagonal * np.diag(crossed) ** 2))
    rest = (value - chance * (1.0 - value)) ** 2
    error = math.sqrt(max(0.0, on + off - rest) / total) / (1.0 - chance)
    return _agreement(value, error, observed, confidence)


def gwet_ac1(table: npt.ArrayLike, confidence: float = 0.95) -> Agreement:
    """Return Gwet's AC1 (p_o - p_e)/(1 - p_e), p_e = Σ π_k(1 - π_k)/(q - 1), π the mean of both raters' shares.

    The standard error is Gwet's linearised one over items. Source: Gwet 2008; formulas.md 3.4.

    Args:
        table: (q, q) counts, rows the first rater's verdicts, columns the second's.
        confidence: two-sided level.

    Raises:
        ValueError: the table is not square, is empty, or has negative counts.
    """
    shares, total = _square(table)
    q = shares.shape[0]
    mean = (shares.sum(axis=1) + shares.sum(axis=0)) / 2.0
    observed = float(np.trace(shares))
    chance = float(np.sum(mean * (1.0 - mean))) / (q - 1.0)
    value = (observed - chance) / (1.0 - chance)
    # An item's part in AC1: its agreement, less what its two verdicts do to the chance agreement.
    item_chance = (1.0 - mean) / (q - 1.0)
    part = (np.eye(q) - chance) / (1.0 - chance)
    drift = (item_chance[:, np.newaxis] + item_chance[np.newaxis, :]) / 2.0 - chance
    part = part - 2.0 * (1.0 - value) * drift / (1.0 - chance)
    spread = float(np.sum(shares * (part - value) ** 2))
    error = math.sqrt(spread / (total - 1.0)) if total > 1.0 else math.inf
    return _agreement(value, error, observed, confidence)


def _agreement(value: float, error: float, observed: float, confidence: float) -> Agreement:
    half = normal_quantile(0.5 + confidence / 2.0) * error
    return Agreement(value, error, max(-1.0, value - half), min(1.0, value + half), observed)


def prediction_powered(
    truth: Floats, judged: Floats, judged_only: Floats, *, confidence: float = 0.95, tuned: bool = True
) -> Corrected:
    """Return a share from few human labels and many verdicts of a judge: prediction-powered inference.

    θ = λ·mean(f of the unlabelled) + mean(Y - λf of the labelled), Var = λ² var(f)/N + var(Y - λf)/n, λ = cov(Y, f)/((1 +
    n/N) var f) clipped to [0, 1] where `tuned` (PPI++), else 1 (PPI). var f in λ is that of all verdicts together with
    one degree of freedom less, the others divide by the number of values, as the authors' program does. Source:
    Angelopoulos et al. 2023 (Science 382:669 and arXiv:2311.01453); formulas.md 3.4.

    Args:
        truth: (n,) human verdicts Y, 0 or 1 or graded, n >= 2.
        judged: (n,) the judge's verdicts f of the same outputs.
        judged_only: (N,) the judge's verdicts of the outputs without a human label, N >= 1.
        confidence: two-sided level.
        tuned: choose λ by the data, never worse than human labels alone in the long run.

    Raises:
        ValueError: the lengths do not fit.
    """
    n, more = len(truth), len(judged_only)
    if len(judged) != n or n < 2 or more < 1:  # noqa: PLR2004 - a spread needs two labels
        message = f"expected as many human as judge verdicts (2 or more), found {n}, {len(judged)} and {more} without label"
        raise ValueError(message)
    tuning = 1.0
    if tuned:
        spread = float(np.var(np.concatenate([judged, judged_only]), ddof=1))
        together = float(np.mean((truth - truth.mean()) * (judged - judged.mean())))
        tuning = 0.0 if spread == 0.0 else min(1.0, max(0.0, together / ((1.0 + n / more) * spread)))
    rest = truth - tuning * judged
    value = tuning * float(judged_only.mean()) + float(rest.mean())
    error = math.sqrt(tuning**2 * float(np.var(judged_only)) / more + float(np.var(rest)) / n)
    return _corrected(value, error, confidence, tuning)


LEAST_SKILL = 1.2
"""A judge whose sensitivity and specificity add up to no more is refused (1 = a coin)."""


def _corrected(value: float, error: float, confidence: float, tuning: float) -> Corrected:
    half = normal_quantile(0.5 + confidence / 2.0) * error
    return Corrected(value, error, max(0.0, value - half), min(1.0, value + half), tuning)
