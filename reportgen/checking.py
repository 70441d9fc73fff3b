"""`reportgen check`: every problem of a workbook, and what its examples can prove, before any money is spent."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import msgspec

from reportgen.domain.corpus import Corpus
from reportgen.domain.measure import Family
from reportgen.domain.measures import MEASURES
from reportgen.domain.plan import Comparator, EvaluationPlan, ServiceLevel
from reportgen.domain.statistics.proportions import fewest_examples_to_prove, most_errors_to_prove
from reportgen.evaluation import Permissions, split_corpus
from reportgen.problems import Problem, Severity
from reportgen.workbook.parser import check_plan


@dataclass(frozen=True, slots=True)
class Provability:
    """What the eval split can prove of one service level on a share. `most_errors` None = it cannot be proven at all."""

    where: str
    measure: str
    target: float
    examples: int
    most_errors: int | None
    examples_needed: int | None


@dataclass(frozen=True, slots=True)
class CheckResult:
    """What `reportgen check` has to say."""

    workbook: str
    problems: tuple[Problem, ...]
    splits: dict[str, int]
    provable: tuple[Provability, ...]
    requests: int

    @property
    def errors(self) -> int:
        """How many problems stop a run."""
        return sum(p.severity is Severity.ERROR for p in self.problems)

    def to_json(self) -> str:
        """Return the result for machines."""
        return msgspec.json.format(msgspec.json.encode(self, order="sorted"), indent=1).decode()

    def to_text(self) -> str:
        """Return the result for people, without the problems."""
        if self.errors:
            return f"{self.workbook} needs mending before it can be run. Nothing was changed."
        sizes = ", ".join(f"{count} {name}" for name, count in self.splits.items() if count)
        lines = [f"{self.workbook} is in order: {sizes}.", f"A run asks {self.requests:,} answers.".replace(",", " ")]
        lines += [_sentence(p) for p in self.provable]
        return "\n".join(lines)


def check_workbook(workbook: Path, permissions: Permissions) -> CheckResult:
    """Read a workbook, collect its problems, split its examples, and say what they can prove."""
    plan, problems = check_plan(workbook, allow_commands=permissions.commands, allowed_keys=permissions.keys or {})
    if plan is None:
        return CheckResult(workbook.name, problems, {}, (), 0)
    corpus, _ = split_corpus(plan, workbook)
    splits = {s.split.value: s.examples for s in corpus.summaries}
    provable = tuple(p for level in plan.service_levels if (p := _provability(level, plan, corpus)) is not None)
    return CheckResult(workbook.name, problems, splits, provable, len(corpus.asked) * len(plan.candidates))


def _provability(level: ServiceLevel, plan: EvaluationPlan, corpus: Corpus) -> Provability | None:
    """Return what the eval split can prove of a level on a share of examples, None for any other measure."""
    measure = MEASURES[level.measure]
    if measure.family is not Family.SHARE:
        return None
    share = level.target if level.comparator is Comparator.AT_LEAST else 1 - level.target
    if not 0 < share < 1:
        return None
    examples = _examples_in_scope(level, corpus)
    alpha = 1 - plan.settings.confidence
    return Provability(
        level.where,
        f"{level.measure} ({level.scope})",
        level.target,
        examples,
        most_errors_to_prove(examples, share, alpha),
        fewest_examples_to_prove(share, alpha),
    )


def _examples_in_scope(level: ServiceLevel, corpus: Corpus) -> int:
    if level.measure == "known-failure pass rate":
        return len(corpus.regression)
    name = level.scope.name
    match level.scope.kind.value:
        case "segment":
            return sum(e.segment == name for e in corpus.eval)
        case "label":
            return sum(e.key is not None and e.key.label == name for e in corpus.eval)
        case "field":
            return sum(e.key is not None and name in e.key.fields for e in corpus.eval)
        case _:
            return len(corpus.eval)


def _sentence(provability: Provability) -> str:
    start = f"{provability.where}: {provability.measure}, limit {provability.target:.4g}:"
    if provability.most_errors is None:
        return (
            f"{start} {provability.examples} examples cannot prove it, whatever the answers; "
            f"{_needed(provability.examples_needed)}."
        )
    errors = provability.most_errors
    return f"{start} proven with at most {errors} {'error' if errors == 1 else 'errors'} in {provability.examples} examples."


def _needed(examples: int | None) -> str:
    return "no number of examples is enough" if examples is None else f"at least {examples} are needed"
