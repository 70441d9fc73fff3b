"""What the examples can prove of each service level, said before any money is spent on them (figures.md 1.2 and 1.9)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from reportgen.domain.corpus import Corpus
from reportgen.domain.measure import Family, Unit
from reportgen.domain.measures import MEASURES
from reportgen.domain.plan import CandidateKind, Comparator, EvaluationPlan, Example, ScopeKind, ServiceLevel
from reportgen.domain.statistics.power import examples_to_prove, smallest_difference
from reportgen.domain.statistics.proportions import fewest_examples_to_prove, most_errors_to_prove
from reportgen.domain.wording import counted, level_words

USUAL_DISCORDANCE = 0.10
"""Share of examples on which just one of two candidates is right, as supposed before the answers are known."""
_LEARNS_NOTHING = frozenset({"lead sentences", "lexrank"})


@dataclass(frozen=True, slots=True)
class Provability:
    """What a number of examples can prove of one service level on a share, or on a percentile (a share within the limit).

    `most_errors` None = it cannot be proven at all. `examples_needed` are enough if all answers are right,
    `examples_likely` with 80 % probability if the true share lies halfway between the level and 100 %.
    """

    where: str
    measure: str
    words: str
    target: float
    examples: int
    most_errors: int | None
    examples_needed: int | None
    examples_likely: int | None

    def __str__(self) -> str:
        start = f"{self.where}: {self.measure}, {self.words}:"
        if self.most_errors is None:
            if self.examples_needed is None:
                return f"{start} no number of examples is enough; set a level that allows for an error."
            likely = f", about {self.examples_likely:,} to expect it" if self.examples_likely is not None else ""
            have = f"{start} {counted(self.examples, 'example')} cannot prove it, whatever the answers;"
            return f"{have} at least {self.examples_needed:,} are needed{likely}."
        return f"{start} proven with at most {counted(self.most_errors, 'error')} in {counted(self.examples, 'example')}."


@dataclass(frozen=True, slots=True)
class OtherSplit:
    """What would be gained by asking the train rows too, where nobody learns from them."""

    eval_now: int
    eval_then: int
    provable: tuple[Provability, ...]
    """The levels that would be proven with more errors than now, as they would stand then."""

    def __str__(self) -> str:
        head = f"No candidate learns from train. With all train rows in eval {self.eval_then:,} examples would be asked"
        lines = [f"{head} instead of {self.eval_now:,}:"]
        lines += [f"  {p}" for p in self.provable] or ["  no level on a share would gain by it."]
        return "\n".join(lines)


def provabilities(plan: EvaluationPlan, corpus: Corpus) -> tuple[Provability, ...]:
    """Return what the eval split, or for known failures the regression split, can prove of each level."""
    found = (_provability(level, plan, corpus.eval, corpus.regression) for level in plan.service_levels)
    return tuple(p for p in found if p is not None)


def smallest_gap(plan: EvaluationPlan, corpus: Corpus) -> float | None:
    """Return the smallest paired difference that the eval split shows with 80 % power, None without eval examples."""
    if not corpus.eval:
        return None
    return min(1.0, smallest_difference(len(corpus.eval), USUAL_DISCORDANCE, 1 - plan.settings.confidence))


def other_split(plan: EvaluationPlan, corpus: Corpus) -> OtherSplit | None:
    """Return what another split would prove; None where a candidate learns from train or there is no train split."""
    if not corpus.train or learns(plan):
        return None
    more = corpus.eval + corpus.train
    gained = []
    for level in plan.service_levels:
        now = _provability(level, plan, corpus.eval, corpus.regression)
        then = _provability(level, plan, more, corpus.regression)
        if now is not None and then is not None and then.most_errors is not None and then.most_errors != now.most_errors:
            gained.append(then)
    return OtherSplit(len(corpus.eval), len(more), tuple(gained))


def learns(plan: EvaluationPlan) -> bool:
    """Whether any candidate is given train examples: a baseline that learns, or few-shot examples in a prompt."""
    return any(
        c.few_shot_examples > 0 or (c.kind is CandidateKind.LOCAL_BASELINE and c.model.casefold() not in _LEARNS_NOTHING)
        for c in plan.candidates
    )


def _provability(
    level: ServiceLevel, plan: EvaluationPlan, asked: Sequence[Example], failures: Sequence[Example]
) -> Provability | None:
    """Return what examples can prove of a level; None for a mean, whose bound depends on how the answers vary."""
    measure = MEASURES[level.measure]
    if measure.family is Family.QUANTILE and level.comparator is Comparator.AT_MOST:
        share = measure.quantile or 0.0
    elif measure.family is Family.SHARE and measure.unit is Unit.SHARE:
        share = level.target if level.comparator is Comparator.AT_LEAST else 1 - level.target
    else:
        return None
    if not 0 < share <= 1:
        return None
    examples = len(failures) if level.measure == "known-failure pass rate" else _in_scope(level, asked)
    alpha = 1 - plan.settings.confidence
    return Provability(
        level.where,
        f"{level.measure} ({level.scope})",
        level_words(level, measure.unit, plan.settings.currency),
        level.target,
        examples,
        most_errors_to_prove(examples, share, alpha),
        fewest_examples_to_prove(share, alpha),
        examples_to_prove(share, (1 + share) / 2, alpha=alpha) if share < 1 else None,
    )


def _in_scope(level: ServiceLevel, examples: Sequence[Example]) -> int:
    name = level.scope.name
    match level.scope.kind:
        case ScopeKind.SEGMENT:
            return sum(e.segment == name for e in examples)
        case ScopeKind.LABEL:
            return sum(e.key is not None and e.key.label == name for e in examples)
        case ScopeKind.FIELD:
            return sum(e.key is not None and name in e.key.fields for e in examples)
        case ScopeKind.OVERALL:
            return len(examples)
