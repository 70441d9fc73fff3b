"""`reportgen check`: every problem of a workbook, what its examples can prove, and what asking costs, before it is spent."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import msgspec

from reportgen.candidates.interface import specs_asked
from reportgen.candidates.wire.secrets import key_for
from reportgen.checking.never_proven import never_proven
from reportgen.checking.proofs import OtherSplit, Proof, other_split, proofs
from reportgen.checking.provability import smallest_gap
from reportgen.checking.recorded_answers import unread_problems, unread_recorded
from reportgen.checking.routes import unsure_routes
from reportgen.checking.scripts import scripts
from reportgen.checking.seeing import given_less
from reportgen.checking.seen_holdout import seen_holdout
from reportgen.corpus.quality import quality_problems, small_classes
from reportgen.domain.deciding.applicability import as_it_applies
from reportgen.domain.estimating.costs import MANUAL_COST, MINUTES_PER_REVIEW, REVIEWER_HOUR, TASKS_PER_MONTH, cost_terms
from reportgen.domain.records.corpus import Corpus
from reportgen.domain.records.forecast import NOTHING_ASKED, Forecast
from reportgen.domain.records.plan import CandidateKind, EvaluationPlan
from reportgen.domain.telling.destinations import by_host
from reportgen.domain.telling.findings import levels_without_a_case, no_quality_level
from reportgen.domain.telling.forecast import lines as forecast_lines
from reportgen.domain.telling.unread import UnreadOf
from reportgen.domain.wording.figures import counted, listed, money
from reportgen.evaluation import READING, Permissions, split_corpus
from reportgen.forecasting import forecast
from reportgen.problems import NeedsMendingError, Problem, Severity
from reportgen.steps import tell
from reportgen.workbook.reading.parser import check_plan

USUAL_CANDIDATES = 5
FIRST_COSTS = (TASKS_PER_MONTH, MINUTES_PER_REVIEW, REVIEWER_HOUR, MANUAL_COST)
"""The lines of Costs without which no cost is whole."""


@dataclass(frozen=True, slots=True)
class CheckResult:
    """What `reportgen check` has to say. `proofs` holds one for each service level, in the order of the sheet.

    `smallest_difference` is a share, None without eval examples.
    """

    workbook: str
    problems: tuple[Problem, ...]
    splits: dict[str, int]
    proofs: tuple[Proof, ...]
    requests: int
    smallest_difference: float | None = None
    other_split: OtherSplit | None = None
    forecast: Forecast = NOTHING_ASKED
    unread: tuple[UnreadOf, ...] = ()
    """What of the recorded answers cannot be read, by candidate."""
    costs: str = ""
    """The first costs as they were read, in a sentence, so that a slip of the decimal mark is seen."""
    hosts: tuple[str, ...] = ()
    """What goes to each host, in a line each."""
    keys: tuple[str, ...] = ()
    """Which file gave which variable."""

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
        lost = [one.candidate for one in self.unread if one.nothing_read]
        state = f"can be run, but nothing of {listed(lost)} can be read" if lost else "is in order"
        lines = [f"{self.workbook} {state}: {sizes}.", "", "What the examples can prove:"]
        lines += [f"  {p}" for p in self.proofs] or ["  There is no service level, so there is nothing to prove."]
        if self.smallest_difference is not None:
            lines.append(
                f"  The smallest difference between two candidates that {counted(self.splits['eval'], 'eval example')} will "
                f"probably show is about {100 * self.smallest_difference:.1f} points, if they differ on one example in ten."
            )
        if self.other_split is not None:
            lines += [f"  {line}" for line in str(self.other_split).splitlines()]
        if self.costs:
            lines += ["", "The costs as they were read:", f"  {self.costs}"]
        lines += ["", "Where the data goes:"]
        lines += [f"  {line}" for line in self.hosts] or ["  Nowhere: everything is answered on this machine."]
        lines += [f"  {line}" for line in self.keys]
        return "\n".join([*lines, "", "What a run will take:", *(f"  {line}" for line in forecast_lines(self.forecast))])


def check_workbook(workbook: Path, permissions: Permissions, environment: Mapping[str, str] | None = None) -> CheckResult:
    """Read a workbook, collect its problems and those of its examples, and say what a run can prove and will take.

    `environment` is where keys would come from, by default as for a run; only whether they are there is looked at.
    """
    tell(READING)
    plan, problems = check_plan(
        workbook, allow_commands=permissions.commands, allowed_keys=permissions.keys or {}, allowed_hosts=permissions.hosts
    )
    return check_read(workbook, plan, problems, permissions, environment)


def check_read(
    workbook: Path,
    plan: EvaluationPlan | None,
    problems: tuple[Problem, ...],
    permissions: Permissions,
    environment: Mapping[str, str] | None = None,
) -> CheckResult:
    """Return the same of a workbook that was read already, into a plan or nothing but problems."""
    if plan is None:
        return CheckResult(workbook.name, problems, {}, (), 0)
    corpus, _ = split_corpus(plan, workbook)
    plan = as_it_applies(plan, corpus.eval)
    keys = permissions.keys_for(workbook)
    tell("Trying out what the examples can prove")
    estimate, provable, unread = forecast(plan, corpus), proofs(plan, corpus), unread_recorded(plan, corpus)
    return CheckResult(
        workbook.name,
        (
            *problems,
            *missing_keys(plan, permissions, keys.environment if environment is None else environment),
            *quality_problems(plan, corpus),
            *small_classes(plan, corpus),
            *unread_problems(plan, unread),
            *given_less(plan, corpus),
            *unsure_routes(plan, corpus),
            *_few_candidates(plan),
            *_no_quality_level(plan),
            *_without_a_case(plan, corpus),
            *never_proven(plan, len(corpus.eval), provable, estimate),
            *seen_holdout(plan, corpus),
            *scripts(plan, workbook),
            *_left_open(plan),
        ),
        {s.split.value: s.examples for s in corpus.summaries},
        provable,
        estimate.requests,
        smallest_gap(plan, corpus),
        other_split(plan, corpus),
        estimate,
        unread,
        costs_in_words(plan),
        tuple(by_host(plan, corpus)),
        keys.told if environment is None else (),
    )


def costs_in_words(plan: EvaluationPlan) -> str:
    """Return what was read of the costs of review and of the volume; '' where nothing was."""
    terms, currency = cost_terms(plan.costs), plan.settings.currency
    parts = []
    if terms.tasks_per_month is not None:
        parts.append(f"{terms.tasks_per_month:,.10g} tasks a month")
    if terms.review_cost is not None:
        minutes = plan.costs[MINUTES_PER_REVIEW].expected
        unit = "minute" if minutes == 1 else "minutes"
        parts.append(f"{money(terms.review_cost, currency)} for a review ({minutes:.10g} {unit} of a reviewer)")
    if terms.manual_cost is not None:
        parts.append(f"{money(terms.manual_cost, currency)} for a task done by hand")
    return f"{'; '.join(parts)}." if parts else ""


def missing_keys(plan: EvaluationPlan, permissions: Permissions, environment: Mapping[str, str]) -> tuple[Problem, ...]:
    """Return a warning for each variable that a run will look for a key in and that holds none now, with its candidates."""
    lacking: dict[tuple[str, str], list[str]] = {}
    for spec in plan.candidates:
        if spec.kind is not CandidateKind.API_MODEL:
            continue
        try:
            key_for(spec, environment, permissions.keys or {})
        except NeedsMendingError as error:
            problem = error.problems[0]
            lacking.setdefault((problem.what.removeprefix(f"{spec.name}: "), problem.remedy), []).append(problem.where)
    return tuple(
        Problem(places[0], what, remedy, "no key", Severity.WARNING, tuple(places[1:]))
        for (what, remedy), places in lacking.items()
    )


def _left_open(plan: EvaluationPlan) -> Iterator[Problem]:
    """Yield what a run does without, though the reports ask for it: the first costs, and who agreed to the levels."""
    lacking = [n for n in FIRST_COSTS if n not in plan.costs or plan.costs[n].expected is None]
    if lacking:
        yield Problem(
            "Costs",
            f"{listed(lacking)} {'is' if len(lacking) == 1 else 'are'} not given, so the cost of a task and of a month is "
            "not whole.",
            "Fill in Expected; a rough figure with Low and High is better than none.",
            "costs-left-open",
            Severity.NOTE,
        )
    places = [level.where for level in plan.service_levels if not level.agreed_by]
    if places:
        yield Problem(
            places[0],
            "nobody has agreed to this level, so the reports cannot name who set it before the run.",
            "Say under Agreed by and Agreed on who did, and when.",
            "not-agreed",
            Severity.NOTE,
            tuple(places[1:]),
        )


def _no_quality_level(plan: EvaluationPlan) -> tuple[Problem, ...]:
    found = no_quality_level(plan)
    return () if found is None else (Problem(found.where, found.what, found.remedy, found.code, found.severity),)


def _without_a_case(plan: EvaluationPlan, corpus: Corpus) -> tuple[Problem, ...]:
    return tuple(Problem(f.where, f.what, f.remedy, f.code, f.severity) for f in levels_without_a_case(plan, corpus))


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
