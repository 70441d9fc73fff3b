"""What the examples can prove of each service level, said before any money is spent on them (formulas.md 1.2 and 1.9)."""

from __future__ import annotations

from dataclasses import dataclass

from reportgen.checking.supposed import Fault
from reportgen.domain.measures import MEASURES
from reportgen.domain.records.corpus import Corpus
from reportgen.domain.records.measure import Family, Measure, Unit
from reportgen.domain.records.plan import CandidateKind, Comparator, EvaluationPlan, ServiceLevel
from reportgen.domain.statistics.power import examples_to_prove, smallest_difference
from reportgen.domain.statistics.proportions import fewest_examples_to_prove, most_errors_to_prove
from reportgen.domain.wording.figures import counted, level_words

USUAL_DISCORDANCE = 0.10
"""Share of examples on which just one of two candidates is right, as supposed before the answers are known."""
_LEARNS_NOTHING = frozenset({"lead sentences", "lexrank"})


@dataclass(frozen=True, slots=True)
class Provability:
    """What a number of examples can prove of one service level on a share, or on a percentile (a share within the limit).

    `most_errors` None = it cannot be proven at all; `errors` are those in words. `examples_needed` are enough if all answers
    are right, `examples_likely` with 80 % probability if the true share lies halfway between the level and 100 %.
    """

    where: str
    measure: str
    words: str
    target: float
    examples: int
    most_errors: int | None
    examples_needed: int | None
    examples_likely: int | None
    errors: str

    def __str__(self) -> str:
        start = f"{self.where}: {self.measure}, {self.words}:"
        if self.most_errors is None:
            if self.examples_needed is None:
                return f"{start} no number of examples is enough; set a level that allows for an error."
            likely = f", about {self.examples_likely:,} to expect it" if self.examples_likely is not None else ""
            have = f"{start} {counted(self.examples, 'example')} cannot prove it, whatever the answers;"
            return f"{have} at least {self.examples_needed:,} are needed{likely}."
        limit = "at most " if self.most_errors else ""
        return f"{start} proven with {limit}{self.errors} in {counted(self.examples, 'example')}."


def smallest_gap(plan: EvaluationPlan, corpus: Corpus) -> float | None:
    """Return the smallest paired difference that the eval split shows with 80 % power, None without eval examples."""
    if not corpus.eval:
        return None
    return min(1.0, smallest_difference(len(corpus.eval), USUAL_DISCORDANCE, 1 - plan.settings.confidence))


def learns(plan: EvaluationPlan) -> bool:
    """Whether any candidate is given train examples: a baseline that learns, or few-shot examples in a prompt."""
    return any(
        c.few_shot_examples > 0 or (c.kind is CandidateKind.LOCAL_BASELINE and c.model.casefold() not in _LEARNS_NOTHING)
        for c in plan.candidates
    )


def counts_examples(of: Measure) -> bool:
    """Whether a level on the measure is one on a share of examples: shares, and percentiles (a share within the limit)."""
    return of.family is Family.QUANTILE or (of.family is Family.SHARE and of.unit is Unit.SHARE)


def provability(level: ServiceLevel, plan: EvaluationPlan, examples: int, fault: Fault) -> Provability:
    """Return what so many examples that count alike, each for itself, can prove of a level on a share of them.

    `fault` is what counts against the level.
    """
    measure = MEASURES[level.measure]
    if measure.family is Family.QUANTILE:
        share = measure.quantile or 0.0
    else:
        share = level.target if level.comparator is Comparator.AT_LEAST else 1 - level.target
    alpha = 1 - plan.settings.confidence
    most = most_errors_to_prove(examples, share, alpha) if examples else None
    return Provability(
        level.where,
        f"{level.measure} ({level.scope})",
        level_words(level, measure.unit, plan.settings.currency),
        level.target,
        examples,
        most,
        fewest_examples_to_prove(share, alpha),
        examples_to_prove(share, (1 + share) / 2, alpha=alpha) if share < 1 else None,
        fault.counted(most or 0),
    )
