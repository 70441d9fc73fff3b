"""What the examples can prove of a level, by the verdict that a run would give, on supposed answers.

The bound of a score such as macro F1 depends on where the errors fall, and with a production mix or groups so does that of a
share; there is no table for it. Here a supposed candidate answers all examples rightly but for some faults spread evenly
over labels, fields or key facts, and the most faults with which the verdict is still PROVEN are looked for.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from reportgen.checking.supposed import Fault, Supposed
from reportgen.domain.deciding.verdicts import Judged, is_hard_gate, verdict
from reportgen.domain.estimating.estimate import measure
from reportgen.domain.estimating.proportion import Method
from reportgen.domain.measures import MEASURES
from reportgen.domain.records.comparison import Verdict
from reportgen.domain.records.measure import KNOWN_FAILURES, Measure, Measurement, Unit
from reportgen.domain.records.plan import Comparator, EvaluationPlan, Example, ServiceLevel
from reportgen.domain.statistics.proportions import fewest_examples_to_prove
from reportgen.domain.wording.figures import DOWN, UP, amount, counted, level_words

RESAMPLES = 1_000


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """What the examples can prove of one level.

    `most_errors` None = not even answers without a fault prove it; `best` is the figure that they would show at best in
    words, empty where nothing can be measured at all, with the `reason`. `errors` are those in words, `places` is how many
    could be made, `supposed` a clause behind "if". `caps` say why the verdict cannot be more than LIKELY, whatever the
    answers. A `counted` level is no estimate: every case counts.
    `needed` examples, or groups where rows hang together, are the fewest that prove a share without a fault; None = no
    number does, or it is `money`.
    """

    where: str
    measure: str
    words: str
    errors: str
    most_errors: int | None
    places: int
    examples: int
    best: str
    reason: str = ""
    caps: tuple[str, ...] = ()
    supposed: str = ""
    counted: bool = False
    needed: int | None = None
    grouped: bool = False
    money: bool = False

    def __str__(self) -> str:
        start = f"{self.where}: {self.measure}, {self.words}:"
        if not self.best:
            return f"{start} cannot be proven; {self.reason}."
        if self.caps:
            return f"{start} LIKELY at best, whatever the answers: {'; '.join(self.caps)}."
        have = counted(self.examples, "example")
        if self.most_errors is None:
            return f"{start} {have} cannot prove it; even answers without a fault would {self.best}. {self._remedy()}"
        limit = "at most " if self.most_errors else ""
        if self.counted:
            return f"{start} counted case by case, met with {limit}{self.errors} in {have}."
        among = f" of {self.places:,}" if self.places != self.examples else ""
        many = "even with" if self.most_errors == self.places else "with about" if self.most_errors else "with"
        return f"{start} proven {many} {self.errors}{among} in {have}, if {self.supposed}."

    def _remedy(self) -> str:
        one, many = ("group of rows", "groups of rows") if self.grouped else ("example", "examples")
        if self.money:
            return f"Add {many}, or set a level that leaves room for a review."
        if self.needed is None:
            return f"No number of {many} is enough; set a level that allows for an error."
        return f"At least {counted(self.needed, one, many)} are needed."


def rehearsal(level: ServiceLevel, plan: EvaluationPlan, examples: Sequence[Example], fault: Fault) -> Rehearsal:
    """Return what these examples can prove of a level, where `fault` is what counts against it."""
    supposed, of = Supposed(plan, level, examples, fault), MEASURES[level.measure]
    places, currency = supposed.places(), plan.settings.currency
    best = _judged(supposed, places, 0)
    most = None if best.found.value is None or best.found.caps else _most(len(places), lambda n: _holds(supposed, places, n))
    return Rehearsal(
        level.where,
        f"{level.measure} ({level.scope})",
        level_words(level, of.unit, currency),
        fault.counted(most or 0),
        most,
        len(places),
        best.found.n,
        _best(level, best.found, currency),
        best.found.reason or best.found.not_testable,
        best.found.caps,
        fault.on,
        is_hard_gate(level.measure, level.target),
        _needed(level, of, 1 - plan.settings.confidence),
        any(example.group for example in examples),
        of.unit is Unit.MONEY,
    )


def _needed(level: ServiceLevel, of: Measure, alpha: float) -> int | None:
    """Return how many examples without a fault prove the level, were they alike in weight; None for money and seconds."""
    if of.quantile is not None:
        return fewest_examples_to_prove(of.quantile, alpha)
    if of.unit is not Unit.SHARE:
        return None
    return fewest_examples_to_prove(level.target if level.comparator is Comparator.AT_LEAST else 1 - level.target, alpha)


def method_of(plan: EvaluationPlan, level: ServiceLevel) -> Method:
    """Return how uncertainty is rehearsed: as in a run, with fewer resamples; known failures are no sample of a mix."""
    settings = plan.settings
    mix = {} if level.measure == KNOWN_FAILURES else dict(plan.production_mix)
    return Method(settings.confidence, RESAMPLES, settings.seed, mix)


def _judged(supposed: Supposed, places: Sequence[tuple[int, str]], errors: int) -> Judged:
    """Return what a run would hold in hand with so many faults, evenly spread."""
    count = len(places)
    sample = supposed.sample({places[(2 * i + 1) * count // (2 * errors)] for i in range(errors)})
    level, method = supposed.level, method_of(supposed.plan, supposed.level)
    of = MEASURES[level.measure]
    found = measure(sample, of, level.scope, method)
    return Judged(level, of, found, sample, method, currency=supposed.plan.settings.currency)


def _holds(supposed: Supposed, places: Sequence[tuple[int, str]], errors: int) -> bool:
    return verdict(_judged(supposed, places, errors)).verdict is Verdict.PROVEN


def _best(level: ServiceLevel, found: Measurement, currency: str) -> str:
    """Return what faultless answers would show, in words; empty where they show nothing."""
    if found.value is None or found.not_testable:
        return ""
    if found.bound is None:
        return "leave any time possible"
    higher = MEASURES[level.measure].best == 1.0
    figure = amount(found.bound, found.unit, currency, beside=level.target, rounding=DOWN if higher else UP)
    return f"show no more than {figure}" if higher else f"leave {figure} possible"


def _most(places: int, holds: Callable[[int], bool]) -> int | None:
    """Return the largest number for which it holds, None where it does not hold for 0; it is taken to end only once."""
    if not holds(0):
        return None
    low, high = 0, 1
    while high <= places and holds(high):
        low, high = high, 2 * high
    high = min(high, places + 1)
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if holds(middle) else (low, middle)
    return low
