"""For every service level one sentence: what the examples can prove of it, or why nobody can say beforehand."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from reportgen.checking.means import SupposedMean, supposed_mean
from reportgen.checking.provability import Provability, counts_examples, learns, provability
from reportgen.checking.rehearsal import Rehearsal, rehearsal
from reportgen.checking.supposed import Supposed, fault_of
from reportgen.domain.deciding.verdicts import is_hard_gate
from reportgen.domain.estimating.costs import cost_terms
from reportgen.domain.measures import MEASURES
from reportgen.domain.records.corpus import Corpus
from reportgen.domain.records.measure import KNOWN_FAILURES, Better, Measure, Unit
from reportgen.domain.records.plan import Comparator, EvaluationPlan, Example, ScopeKind, ServiceLevel
from reportgen.domain.statistics.proportions import normal_quantile
from reportgen.domain.wording.figures import counted, level_words, percent

MOST_EXAMPLES = 2_000
"""Beyond so many eval examples the size of the sample is no longer what stands between a candidate and its proof."""


@dataclass(frozen=True, slots=True)
class Unforeseen:
    """A level of which nothing can be said beforehand, and why, in a sentence."""

    where: str
    measure: str
    words: str
    why: str

    def __str__(self) -> str:
        return f"{self.where}: {self.measure}, {self.words}: {self.why}"


Proof = Provability | Rehearsal | SupposedMean | Unforeseen


@dataclass(frozen=True, slots=True)
class OtherSplit:
    """What would be gained by asking the train rows too, where nobody learns from them."""

    eval_now: int
    eval_then: int
    provable: tuple[Provability | Rehearsal, ...]
    """The levels that would be proven with more errors than now, as they would stand then."""

    def __str__(self) -> str:
        head = f"No candidate learns from train. With all train rows in eval {self.eval_then:,} examples would be asked"
        lines = [f"{head} instead of {self.eval_now:,}:"]
        lines += [f"  {p}" for p in self.provable] or ["  no level on a share would gain by it."]
        return "\n".join(lines)


def proofs(plan: EvaluationPlan, corpus: Corpus) -> tuple[Proof, ...]:
    """Return what the eval split, or for known failures the regression split, can prove: one for each level, in order."""
    return tuple(_proof(level, plan, _asked(level, corpus)) for level in plan.service_levels)


def other_split(plan: EvaluationPlan, corpus: Corpus) -> OtherSplit | None:
    """Return what another split would prove; None where a candidate learns from train or there is no train split."""
    if not corpus.train or learns(plan):
        return None
    more = corpus.eval + corpus.train
    gained = []
    for level in plan.service_levels:
        if level.measure == KNOWN_FAILURES or not counts_examples(MEASURES[level.measure]):
            continue
        now, then = _proof(level, plan, corpus.eval), _proof(level, plan, more)
        if not isinstance(now, Provability | Rehearsal) or not isinstance(then, Provability | Rehearsal):
            continue
        if then.most_errors is not None and then.most_errors != now.most_errors:
            gained.append(then)
    return OtherSplit(len(corpus.eval), len(more), tuple(gained))


def _asked(level: ServiceLevel, corpus: Corpus) -> Sequence[Example]:
    return corpus.regression if level.measure == KNOWN_FAILURES else corpus.eval


def _proof(level: ServiceLevel, plan: EvaluationPlan, examples: Sequence[Example]) -> Proof:
    of = MEASURES[level.measure]
    if why := _says_nothing(level, of) or _of_repeats(of, plan.settings.repeats):
        return _unforeseen(level, plan, why)
    if level.measure == KNOWN_FAILURES and not examples:
        return _unforeseen(
            level, plan, "cannot be proven; no example names a Known failure. Add those that went wrong before."
        )
    fault = fault_of(level, plan.settings.task)
    if fault is not None and _by_table(level, plan, examples):
        return provability(level, plan, len(Supposed(plan, level, examples, fault).places()), fault)
    if len(examples) > MOST_EXAMPLES:
        return _unforeseen(level, plan, _many(len(examples), of.unit, 1 - plan.settings.confidence))
    if fault is None or (of.unit is Unit.MONEY and not cost_terms(plan.costs).review_cost):
        return supposed_mean(level, plan, examples)
    return rehearsal(level, plan, examples, fault)


def _of_repeats(of: Measure, repeats: int) -> str:
    """Return why a level on repeats cannot be foreseen; empty where it is on something else."""
    if not of.of_repeats:
        return ""
    if repeats == 1:
        return "cannot be proven, since each example is asked once. Set Repeats on the sheet Evaluation to 3 or more."
    return "cannot be foreseen: it hangs on how much the answers to one example differ."


def _by_table(level: ServiceLevel, plan: EvaluationPlan, examples: Sequence[Example]) -> bool:
    """Whether the level is on a share of a known number of examples that count alike and each for itself."""
    if plan.production_mix or any(e.group for e in examples) or is_hard_gate(level.measure, level.target):
        return False
    given = level.measure == "precision" and level.scope.kind is ScopeKind.LABEL
    return counts_examples(MEASURES[level.measure]) and not given


def _unforeseen(level: ServiceLevel, plan: EvaluationPlan, why: str) -> Unforeseen:
    words = level_words(level, MEASURES[level.measure].unit, plan.settings.currency)
    return Unforeseen(level.where, f"{level.measure} ({level.scope})", words, why)


def _says_nothing(level: ServiceLevel, of: Measure) -> str:
    """Return why a level is none that a candidate could prove or miss; empty where it is one."""
    usual = Comparator.AT_LEAST if of.better is Better.HIGHER else Comparator.AT_MOST
    if level.comparator is not usual:
        remedy = f"Write {usual.value} under Comparison."
        return f"nothing can be foreseen, since {of.name} is better when {of.better.value}. {remedy}"
    if of.unit is not Unit.SHARE:
        return "" if level.target > 0 else "only answers that take or cost nothing would meet it. Set a level above 0."
    wanted = level.target if usual is Comparator.AT_LEAST else 1 - level.target
    return "" if wanted > 0 else "any answers meet it. Set a level that a candidate can miss."


def _many(examples: int, unit: Unit, alpha: float) -> str:
    """Say what so many examples can prove at the widest: a figure from 0 to 1 varies by a half at most."""
    width = normal_quantile(1 - alpha) / math.sqrt(examples)
    better = (
        f"{100 * width / 2:.1f} points better than the level" if unit is Unit.SHARE else f"{percent(width)} below the level"
    )
    spread = "no label or segment is rare" if unit is Unit.SHARE else "answers differ by as much as their mean"
    return f"too many to try out beforehand; {counted(examples, 'example')} prove a figure about {better}, if {spread}."
