"""One verdict for each candidate and service level, on unrounded figures, with a sentence to read out (formulas.md 2.1)."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import assert_never

import numpy as np

from reportgen.domain.estimating.estimate import share_within
from reportgen.domain.estimating.proportion import Method, group_count, groups
from reportgen.domain.measures import RIGHTNESS
from reportgen.domain.measures.columns import is_ratio
from reportgen.domain.records.comparison import LevelVerdict, RequirementVerdict, Verdict
from reportgen.domain.records.measure import KNOWN_FAILURES, Better, Family, Floats, Measure, Measurement, Sample, Unit
from reportgen.domain.records.plan import Comparator, Requirement, ServiceLevel
from reportgen.domain.statistics.order_statistics import upper_rank
from reportgen.domain.statistics.power import MOST_MORE, how_many_more
from reportgen.domain.statistics.proportions import exact_lower, normal_quantile, p_value_at_least, p_value_at_most
from reportgen.domain.wording.figures import DOWN, UP, about, amount, capital, counted, level_words, percent

_POWER = 0.8
_LEAST_ADVICE = 20


@dataclass(frozen=True, slots=True)
class Judged:
    """What a verdict is made from: the level, its measure, the candidate's figure, its sample and its resampled values."""

    level: ServiceLevel
    of: Measure
    found: Measurement
    sample: Sample
    method: Method
    values: Floats | None = None
    currency: str = "USD"


def verdict(case: Judged) -> LevelVerdict:
    """Return the verdict of one candidate on one service level.

    At least p0, figure p, one-sided bounds L and U: PROVEN L >= p0, LIKELY p >= p0 > L, UNLIKELY p < p0 <= U, FAILED U < p0;
    at most mirrors it. NOT TESTABLE where there is no figure, or so few examples that even a perfect candidate could not be
    proven; a level that is clearly failed stays FAILED.
    """
    found, level = case.found, case.level
    if found.value is None:
        lost = case.of.family is Family.QUANTILE and "failed" in found.reason
        word = Verdict.FAILED if lost else Verdict.NOT_TESTABLE
        return LevelVerdict(
            level, found, word, f"{_subject(case)} has no value: {found.reason}.", p_value=1.0 if lost else None
        )
    if hard_gate(case):
        return _counted(case)
    word, why = _bounded(case, reached=reaches(level, found.value))
    more = _more_examples(case) if word is Verdict.LIKELY and not found.caps else None
    return LevelVerdict(level, found, word, _sentence(case, word, why, more), _p_value(case, word), more)


def requirement_verdict(requirement: Requirement) -> RequirementVerdict:
    """Return PROVEN for yes, FAILED for no, NOT TESTABLE for anything that nobody confirmed."""
    word = {"yes": Verdict.PROVEN, "no": Verdict.FAILED}.get(requirement.met.strip().casefold(), Verdict.NOT_TESTABLE)
    return RequirementVerdict(requirement, word)


def reaches(level: ServiceLevel, value: float) -> bool:
    """Return whether an unrounded value meets the target, the target itself included."""
    match level.comparator:
        case Comparator.AT_LEAST:
            return value >= level.target
        case Comparator.AT_MOST:
            return value <= level.target
        case _:
            assert_never(level.comparator)


def hard_gate(case: Judged) -> bool:
    """Return whether the level is counted, not estimated: known failures, and an agreed form demanded of every output."""
    return is_hard_gate(case.of.name, case.level.target)


def is_hard_gate(measure: str, target: float) -> bool:
    """Return whether a level of this measure and target is counted case by case; see `hard_gate`."""
    return measure == KNOWN_FAILURES or {"schema-valid rate": 1.0, "invalid output rate": 0.0}.get(measure) == target


def _bounded(case: Judged, *, reached: bool) -> tuple[Verdict, str]:
    found, level = case.found, case.level
    against, favour = _bounds(case)
    if favour is not None and not reaches(level, favour):
        return Verdict.FAILED, ""
    if found.not_testable:
        return Verdict.NOT_TESTABLE, found.not_testable
    if too_few := _too_few(case):
        return Verdict.NOT_TESTABLE, too_few
    if against is not None and reaches(level, against):
        return (Verdict.LIKELY, found.caps[0]) if found.caps else (Verdict.PROVEN, "")
    return (Verdict.LIKELY if reached else Verdict.UNLIKELY), ""


def bounds(level: ServiceLevel, of: Measure, found: Measurement) -> tuple[float | None, float | None]:
    """Return the one-sided bound that counts against the candidate for this comparison, and the one in its favour."""
    against_high = level.comparator is Comparator.AT_LEAST
    higher = of.better is Better.HIGHER
    return (found.bound, found.opposite_bound) if higher == against_high else (found.opposite_bound, found.bound)


def _bounds(case: Judged) -> tuple[float | None, float | None]:
    return bounds(case.level, case.of, case.found)


def _be(many: int) -> str:
    return "is" if many == 1 else "are"


def _too_few(case: Judged) -> str:
    """Return why even a perfect candidate could not be proven with so few examples; empty where it could."""
    if case.of.family is Family.QUANTILE:
        units = case.found.n if groups(case.sample) is None else group_count(case.sample, _all_rows(case.sample))
        level = case.of.quantile or 0.0
        enough = upper_rank(units, level, case.method.alpha) is not None
        return (
            ""
            if enough
            else f"{counted(units, 'task')} {_be(units)} too few to show a {case.of.name}, even if none were slow"
        )
    if case.of.unit is not Unit.SHARE:
        return "one example shows no variation" if case.found.n < 2 else ""  # noqa: PLR2004 - the least that can vary
    target = case.level.target if case.level.comparator is Comparator.AT_LEAST else 1 - case.level.target
    independent = case.found.n_effective if case.found.n_effective is not None else float(case.found.n)
    if exact_lower(independent, independent, case.method.alpha) >= target:
        return ""
    return f"{counted(case.found.n, 'example')} {_be(case.found.n)} too few to prove this level even without an error"


def _all_rows(sample: Sample) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    return np.ones(len(sample.observations), dtype=np.bool_)


def _counted(case: Judged) -> LevelVerdict:
    """Return the verdict of a hard gate: every case counts, no statistics (formulas.md 2.1)."""
    found = case.found
    passed = found.value is not None and reaches(case.level, found.value)
    word = Verdict.PROVEN if passed else Verdict.FAILED
    told = f"{found.x} of {found.n}" if found.x is not None else amount(found.value or 0.0, found.unit, case.currency)
    sentence = f"{_subject(case)}: {told}; {level_words(case.level, found.unit, case.currency)} is " + (
        "met, counted case by case." if passed else "not met, counted case by case."
    )
    return LevelVerdict(case.level, found, word, sentence, p_value=0.0 if passed else 1.0)


def _p_value(case: Judged, word: Verdict) -> float | None:
    """Return the p-value of "the level is met": exact for shares and latency, from the resamples for means."""
    if word is Verdict.NOT_TESTABLE:
        return None
    level, found = case.level, case.found
    at_least = level.comparator is Comparator.AT_LEAST
    p: float | None = None
    if case.of.family is Family.QUANTILE and not at_least:
        share = share_within(case.sample, case.of, level.scope, level.target, case.method)
        q = case.of.quantile or 0.0
        p = None if share is None else p_value_at_least(share.value * share.n_effective, share.n_effective, q)
    elif is_ratio(case.of) and found.value is not None and (found.x is not None or found.n_effective is not None):
        n = found.n_effective if found.n_effective is not None else float(found.n)
        p = (p_value_at_least if at_least else p_value_at_most)(found.value * n, n, level.target)
    elif case.values is not None and len(case.values):
        good = np.nan_to_num(case.values, nan=-math.inf if at_least else math.inf)
        bad = int(np.count_nonzero(good < level.target if at_least else good > level.target))
        p = (1 + bad) / (1 + len(case.values))
    if p is None:
        return None
    return min(p, case.method.alpha) if word is Verdict.PROVEN else max(p, case.method.alpha)


def _more_examples(case: Judged) -> int | None:
    """Return how many more examples would probably settle a LIKELY level, by the cautious reckoning of formulas.md 1.9."""
    if case.of.unit is not Unit.SHARE and case.of.family is not Family.QUANTILE:
        return _more_for_mean(case)
    share = _provable_share(case)
    more = None if share is None else how_many_more(*share, case.method.alpha).cautious
    return None if more is None else max(_LEAST_ADVICE, more)


def _more_for_mean(case: Judged) -> int | None:
    """Return the same for a mean of money or seconds: n ((z_α + z_β) · SE / distance)² - n, with 80 % power."""
    found = case.found
    distance = abs((found.value or 0.0) - case.level.target)
    spread = float(np.nanstd(case.values)) if case.values is not None and len(case.values) else 0.0
    if distance == 0 or spread == 0:
        return None
    reach = normal_quantile(1 - case.method.alpha) + normal_quantile(_POWER)
    more = math.ceil(found.n * (reach * spread / distance) ** 2) - found.n
    return max(_LEAST_ADVICE, more) if more <= MOST_MORE else None


def _provable_share(case: Judged) -> tuple[float, float, float] | None:
    """Return (right, examples, target) of the share that has to be shown, None where the figure is no share."""
    level, found = case.level, case.found
    at_least = level.comparator is Comparator.AT_LEAST
    if case.of.family is Family.QUANTILE and not at_least:
        share = share_within(case.sample, case.of, level.scope, level.target, case.method)
        return None if share is None else (share.value * share.n_effective, share.n_effective, case.of.quantile or 0.0)
    if case.of.unit is not Unit.SHARE or found.value is None:
        return None
    if found.n_effective is not None:
        n = found.n_effective
    elif found.x is None:
        n = _variance_equivalent(case)
    else:
        n = float(found.n)
    right = found.value if at_least else 1 - found.value
    return right * n, n, level.target if at_least else 1 - level.target


def _variance_equivalent(case: Judged) -> float:
    """Return the number of 0/1 examples that would vary as much as this mean does in its resamples, at most ten times n."""
    found = case.found
    value = found.value or 0.0
    spread = float(np.nanvar(case.values)) if case.values is not None and len(case.values) else 0.0
    if spread <= 0 or not 0 < value < 1:
        return float(found.n)
    return min(10.0 * found.n, value * (1 - value) / spread)


def _subject(case: Judged) -> str:
    name = capital(case.of.name)
    return name if not case.level.scope.name else f"{name} ({case.level.scope})"


def _sentence(case: Judged, word: Verdict, why: str = "", more: int | None = None) -> str:
    """Return the verdict as one sentence for a buyer."""
    told = _told(case)
    level = level_words(case.level, case.found.unit, case.currency)
    at_least = case.level.comparator is Comparator.AT_LEAST
    against, favour = _bounds(case)
    known = "" if against is None else f"; {_with_confidence(case, against, lower=at_least)}"
    match word:
        case Verdict.PROVEN:
            return f"{told}{known}, so {level} is proven."
        case Verdict.LIKELY:
            settle = "" if more is None else f"; about {about(more)} more examples would settle it"
            because = f", because {why}" if why else ""
            return f"{told}{known}, so {level} is likely but not proven{because}{settle}."
        case Verdict.UNLIKELY:
            return (
                f"{told}, so {level} is missed by this figure, though chance may have decided; more examples will hardly "
                "help, a better candidate or prompt may."
            )
        case Verdict.FAILED:
            best = "" if favour is None else f"; {_with_confidence(case, favour, lower=not at_least)}"
            return f"{told}{best}, so {level} is failed."
        case Verdict.NOT_TESTABLE:
            return f"{told}, but {level} cannot be tested: {why}."
        case _:
            assert_never(word)


def _with_confidence(case: Judged, bound: float, *, lower: bool) -> str:
    figure = amount(bound, case.found.unit, case.currency, beside=case.level.target, rounding=DOWN if lower else UP)
    return f"with {percent(case.method.confidence)} confidence {'at least' if lower else 'at most'} {figure}"


def _told(case: Judged) -> str:
    found = case.found
    if found.x is not None and found.unweighted is None and found.unit is Unit.SHARE:
        right = " right" if case.of.name in RIGHTNESS and case.of.better is Better.HIGHER else ""
        return f"{_subject(case)}: {found.x:,} of {found.n:,}{right}"
    value = amount(found.value or 0.0, found.unit, case.currency, beside=case.level.target)
    return f"{_subject(case)}: {value} over {counted(found.n, 'example')}"
