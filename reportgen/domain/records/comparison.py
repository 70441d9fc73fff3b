"""The comparison: every candidate's figures, verdicts and costs, the decision, the checklist and the findings.

This record holds unrounded figures and nothing worded for print but the reasons; `reports.view` words and rounds.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

from reportgen.domain.records.corpus import Corpus, HoldoutAccess
from reportgen.domain.records.forecast import NOTHING_ASKED, Forecast
from reportgen.domain.records.measure import Measurement, Sample, Unit
from reportgen.domain.records.monitoring import Monitoring
from reportgen.domain.records.plan import CandidateSpec, EvaluationPlan, Requirement, Role, ServiceLevel
from reportgen.domain.records.response import Basis, Outcome
from reportgen.domain.records.review_figures import ReviewFigures
from reportgen.problems import Severity

if TYPE_CHECKING:
    from pandas import DataFrame


_SAME = 1e-12


class Verdict(StrEnum):
    PROVEN = "PROVEN"
    LIKELY = "LIKELY"
    UNLIKELY = "UNLIKELY"
    FAILED = "FAILED"
    NOT_TESTABLE = "NOT TESTABLE"


class Status(StrEnum):
    RECOMMEND = "RECOMMEND"
    RECOMMEND_PROVISIONALLY = "RECOMMEND PROVISIONALLY"
    NOT_ENOUGH_EVIDENCE = "NOT ENOUGH EVIDENCE"
    NO_CANDIDATE_QUALIFIES = "NO CANDIDATE QUALIFIES"

    @property
    def word(self) -> str:
        """The status as people read it: what is recommended provisionally is a pilot, and no recommendation."""
        return "PILOT" if self is Status.RECOMMEND_PROVISIONALLY else self.value


class Readiness(StrEnum):
    READY = "READY"
    READY_WITH_WARNINGS = "READY WITH WARNINGS"
    NOT_READY = "NOT READY"


class PointStatus(StrEnum):
    MET = "met"
    PARTLY = "partly"
    NOT_MET = "not met"


@dataclass(frozen=True, slots=True)
class Beside:
    """A figure with its two-sided percentile interval; None = not defined, or no end that is finite."""

    value: float | None
    low: float | None
    high: float | None


@dataclass(frozen=True, slots=True)
class Balance:
    """One candidate's figures over `rows` judged examples."""

    balanced_accuracy: Beside
    matthews: Beside
    rows: int


@dataclass(frozen=True, slots=True)
class LevelVerdict:
    """One candidate against one service level. `sentence` can be read out to a buyer."""

    level: ServiceLevel
    measurement: Measurement | None
    verdict: Verdict
    sentence: str
    p_value: float | None = None
    more_examples: int | None = None
    """How many more examples would settle a LIKELY verdict (cautious variant), None = not attainable or not needed."""


@dataclass(frozen=True, slots=True)
class RequirementVerdict:
    requirement: Requirement
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class CostLine:
    """One line of the full cost per task. `amount` is money a task; None = cannot be known, with the reason in `note`."""

    name: str
    amount: float | None
    basis: Basis
    headline: bool
    """Part of (T+I)·R+H."""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Counts:
    """Outcomes of the strict reading over the eval split; they sum to `planned`.

    `unscored` were answered but could not be judged, and stand in no other count.
    """

    planned: int
    by_outcome: Mapping[Outcome, int]
    unscored: int


@dataclass(frozen=True, slots=True)
class CandidateResult:
    """Everything about one candidate. Keys of `measurements` are the names of results.json."""

    spec: CandidateSpec
    sample: Sample
    """The eval split."""
    regression: Sample
    """The known failures."""
    counts: Counts
    measurements: Mapping[str, Measurement]
    levels: tuple[LevelVerdict, ...]
    requirements: tuple[RequirementVerdict, ...]
    cost_lines: tuple[CostLine, ...]
    price_source: str
    """Where the price came from: `workbook`, `recorded cost`, `local`, a price table with its date, or `UNPRICED`."""
    review_triggers: Mapping[str, int]
    confusion: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    """Expected label to predicted label (or `(invalid)`, `(abstained)`, `(failed)`) to count."""
    balance: Balance | None = None
    """Balanced accuracy and Matthews' correlation; None where the task is no classification."""

    @property
    def priced(self) -> bool:
        """Whether a price or a cost is known for every billed response."""
        return self.price_source != "UNPRICED"


@dataclass(frozen=True, slots=True)
class PairedComparison:
    """`difference` = a - b on the same rows, in the measure's unit."""

    a: str
    b: str
    measure: str
    difference: float | None
    low: float | None
    high: float | None
    p: float | None
    p_adjusted: float | None
    method: str
    n: int = 0


@dataclass(frozen=True, slots=True)
class BreakEven:
    """The value of one assumption at which winner and runner-up cost the same; None = no realistic value."""

    assumption: str
    current: float | None
    value: float | None
    unit: str
    sentence: str

    @property
    def already(self) -> bool:
        """Whether both cost the same as it is."""
        return self.value is not None and self.current is not None and abs(self.value - self.current) < _SAME


@dataclass(frozen=True, slots=True)
class CheaperButUnproven:
    candidate: str
    saving_per_task: float
    saving_per_month: float | None
    more_examples: int | None
    sentence: str


@dataclass(frozen=True, slots=True)
class Swing:
    """How far winner's less runner-up's cost per task moves with one assumption between a low and a high value."""

    assumption: str
    unit: str
    """`money`, `share`, `times` (the present price), or the unit of the sheet Costs."""
    low: float
    high: float
    at_low: float
    at_high: float
    given: bool
    """The range is the workbook's; else it is 20 % to either side."""

    @property
    def width(self) -> float:
        """How far the difference moves, in money a task."""
        return abs(self.at_high - self.at_low)

    @property
    def turns(self) -> bool:
        """Whether the difference crosses zero, so that the other candidate becomes the cheaper one."""
        return min(self.at_low, self.at_high) < 0 < max(self.at_low, self.at_high)


@dataclass(frozen=True, slots=True)
class Tornado:
    """Winner's less runner-up's cost per task now, and its swings, widest first."""

    winner: str
    runner_up: str
    gap: float
    swings: tuple[Swing, ...]


@dataclass(frozen=True, slots=True)
class SlackStep:
    """The candidate that would be chosen for every target from the last step's up to this one, this one included."""

    target: float
    winner: str


@dataclass(frozen=True, slots=True)
class SlackCurve:
    """Who would be chosen if one required level were set elsewhere, the easiest target first; beyond the last: nobody."""

    level: ServiceLevel
    unit: Unit
    steps: tuple[SlackStep, ...]
    sentence: str


@dataclass(frozen=True, slots=True)
class PriceOfUncertainty:
    """What choosing now costs on average against choosing with perfect knowledge: the most that more examples are worth.

    `per_task` and `per_year` are money; `missed` is the share of resamples in which the winner misses a required level.
    """

    per_task: float
    per_year: float | None
    missed: float
    sentence: str


@dataclass(frozen=True, slots=True)
class NearMiss:
    """How easily a candidate that truly misses `level` by one point gets as far as the one that was chosen.

    `one` is the chance of one such candidate on so many examples, `any_of` the most that of all candidates one does.
    """

    level: ServiceLevel
    examples: int
    candidates: int
    one: float
    any_of: float
    sentence: str


@dataclass(frozen=True, slots=True)
class Decision:
    """The decision of the contract. `winner` empty = none."""

    status: Status
    winner: str
    reasons: tuple[str, ...]
    rule: str
    collect_more: int | None = None
    runner_up: str = ""
    conditions: tuple[str, ...] = ()
    winner_probability: Mapping[str, float] = field(default_factory=dict)
    break_evens: tuple[BreakEven, ...] = ()
    cheaper_but_unproven: tuple[CheaperButUnproven, ...] = ()
    tornado: Tornado | None = None
    slack: tuple[SlackCurve, ...] = ()
    price_of_uncertainty: PriceOfUncertainty | None = None
    nearest: tuple[str, ...] = ()
    """Without a winner, the candidates that come nearest to what was required, alike near; the first is spoken of."""
    near_miss: NearMiss | None = None
    """For a pilot only."""
    pilot_cost: float | None = None
    """The full cost per task while a person checks every answer, where the conditions ask for that."""
    no_price: tuple[str, ...] = ()
    """Without a winner, the candidates that meet everything that was required or may, and whose price is not known."""
    too_dear: tuple[str, ...] = ()
    """Without a winner, the candidates that meet everything that was required but cost as much as people, or more."""


@dataclass(frozen=True, slots=True)
class ChecklistPoint:
    number: int
    item: str
    status: PointStatus
    found: str
    needed: str
    evidence: str
    next_step: str = ""


@dataclass(frozen=True, slots=True)
class Finding:
    """A check besides the nine points: `where` names cells, rows or candidates."""

    code: str
    severity: Severity
    where: str
    what: str
    remedy: str


class HoldoutVerdict(StrEnum):
    """What the locked rows say about the winner (formulas.md 5.6)."""

    CONFIRMED = "CONFIRMED"
    CONSISTENT = "CONSISTENT"
    CONTRADICTED = "CONTRADICTED"


@dataclass(frozen=True, slots=True)
class HoldoutResult:
    """The winner on the locked rows. `shrinkage_p`: Fisher's exact test of right answers, scored rows against locked."""

    rows: int
    verdict: HoldoutVerdict
    levels: tuple[LevelVerdict, ...]
    right: int
    eval_rows: int
    eval_right: int
    shrinkage_p: float


@dataclass(frozen=True, slots=True)
class HoldoutOpening:
    """One opening with what it showed; `result` None = another run's, or one that was not answered to the end."""

    access: HoldoutAccess
    result: HoldoutResult | None


@dataclass(frozen=True, slots=True)
class RunRecord:
    """The run itself. Times are UTC, ISO 8601, from one clock; hashes are hex SHA-256."""

    run_id: str
    workbook_sha256: str
    plan_sha256: str
    evidence_sha256: str
    started: str
    finished: str
    version: str
    rules_fixed_at: str
    """When plan and service levels were hashed, before the first request."""
    answers_recorded_before: bool
    """Some recorded answers carry a date before `rules_fixed_at`."""
    software: Mapping[str, str] = field(default_factory=dict)
    """Version of every program that took part, by its name; empty in runs of earlier versions."""
    records: tuple[str, ...] | None = None
    """The records that the evidence holds, so that a missing one is a difference; None in runs of earlier versions."""
    seals: int = 1
    """How many seals the chain has with the one that closes this run."""
    program: str = ""
    """SHA-256 over the versions of everything that wrote the documents; '' in runs of earlier versions."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """The whole result, in the order of the Candidates sheet."""

    plan: EvaluationPlan
    corpus: Corpus
    candidates: tuple[CandidateResult, ...]
    manual_cost_per_task: float | None
    primary_measure: str
    pairs: tuple[PairedComparison, ...]
    decision: Decision
    checklist: tuple[ChecklistPoint, ...]
    readiness: Readiness
    findings: tuple[Finding, ...]
    unpriced: tuple[str, ...]
    run: RunRecord
    holdout_openings: tuple[HoldoutOpening, ...] = ()
    review: Mapping[str, ReviewFigures] = field(default_factory=dict)
    """By candidate: what review finds and lets through."""
    monitoring: Monitoring | None = None
    """What the monthly loop found, where this run is a rerun."""
    forecast: Forecast = NOTHING_ASKED
    """What asking was expected to take, reckoned from the rules alone."""

    @property
    def competing(self) -> tuple[CandidateResult, ...]:
        """Every candidate that competes, in the order of the Candidates sheet; judges do not."""
        return tuple(c for c in self.candidates if c.spec.role is not Role.JUDGE)

    @property
    def tasks_per_month(self) -> float | None:
        """The volume from the Costs sheet, None where the workbook does not give it."""
        row = self.plan.costs.get("Tasks per month")
        return None if row is None else row.expected

    def per_month(self, amount: float | None) -> float | None:
        """Return an amount per task times that volume; None where either is unknown."""
        return None if amount is None or self.tasks_per_month is None else amount * self.tasks_per_month

    def result(self, name: str) -> CandidateResult:
        """Return the result of one candidate. Raises KeyError for an unknown name."""
        for candidate in self.candidates:
            if candidate.spec.name == name:
                return candidate
        raise KeyError(name)

    def to_frame(self) -> DataFrame:
        """Return one row for each candidate and measurement, unrounded; an unknown figure is missing and has a `reason`."""
        from pandas import DataFrame  # noqa: PLC0415 - half a second, and only for those who ask

        columns = ("value", "low", "high", "bound", "n", "unit", "method", "basis", "reason")
        return DataFrame(
            [
                {"candidate": result.spec.name, "measure": key} | {name: getattr(found, name) for name in columns}
                for result in self.candidates
                for key, found in result.measurements.items()
            ]
        )
