"""`reportgen check`: every problem of a workbook, what its examples can prove, and what asking costs, before it is spent."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import msgspec

from reportgen.candidates.interface import specs_asked
from reportgen.checking.forecast import NOTHING, Forecast, forecast
from reportgen.checking.provability import OtherSplit, Provability, other_split, provabilities, smallest_gap
from reportgen.corpus.quality import quality_problems, small_classes
from reportgen.domain.plan import EvaluationPlan
from reportgen.domain.wording import counted
from reportgen.evaluation import Permissions, split_corpus
from reportgen.problems import Problem, Severity
from reportgen.workbook.parser import check_plan

USUAL_CANDIDATES = 5


@dataclass(frozen=True, slots=True)
class CheckResult:
    """What `reportgen check` has to say. `smallest_difference` is a share, None without eval examples."""

    workbook: str
    problems: tuple[Problem, ...]
    splits: dict[str, int]
    provable: tuple[Provability, ...]
    requests: int
    smallest_difference: float | None = None
    other_split: OtherSplit | None = None
    forecast: Forecast = NOTHING

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
        lines = [f"{self.workbook} is in order: {sizes}.", "", "What the examples can prove:"]
        lines += [f"  {p}" for p in self.provable] or ["  No service level is about a share or a percentile."]
        if self.smallest_difference is not None:
            lines.append(
                f"  The smallest difference between two candidates that {counted(self.splits['eval'], 'eval example')} will "
                f"probably show is about {100 * self.smallest_difference:.1f} points, if they differ on one example in ten."
            )
        if self.other_split is not None:
            lines += [f"  {line}" for line in str(self.other_split).splitlines()]
        return "\n".join([*lines, "", "What a run will take:", *(f"  {line}" for line in self.forecast.lines())])


def check_workbook(workbook: Path, permissions: Permissions) -> CheckResult:
    """Read a workbook, collect its problems and those of its examples, and say what a run can prove and will take."""
    plan, problems = check_plan(workbook, allow_commands=permissions.commands, allowed_keys=permissions.keys or {})
    if plan is None:
        return CheckResult(workbook.name, problems, {}, (), 0)
    corpus, _ = split_corpus(plan, workbook)
    estimate = forecast(plan, corpus)
    return CheckResult(
        workbook.name,
        (*problems, *quality_problems(plan, corpus), *small_classes(plan, corpus), *_few_candidates(plan)),
        {s.split.value: s.examples for s in corpus.summaries},
        provabilities(plan, corpus),
        estimate.requests,
        smallest_gap(plan, corpus),
        other_split(plan, corpus),
        estimate,
    )


def _few_candidates(plan: EvaluationPlan) -> tuple[Problem, ...]:
    found = len(specs_asked(plan))
    if found >= USUAL_CANDIDATES:
        return ()
    return (
        Problem(
            "Candidates",
            f"{counted(found, 'candidate')}; a choice from fewer than {USUAL_CANDIDATES} may miss a better one.",
            "Add candidates, a local baseline among them.",
            "few-candidates",
            Severity.NOTE,
        ),
    )
