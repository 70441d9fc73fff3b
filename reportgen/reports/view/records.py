"""The worded result as records: what the two PDFs and the workbook print, already rounded and ready to be placed.

Every `str` is final text; the only bare numbers are the positions in `chart_records`.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from reportgen.reports.view.chart_records import Charts, TornadoChart, TrendChart
from reportgen.reports.view.marks import Mark


@dataclass(frozen=True, slots=True)
class Fact:
    """A name and its value; `note` says where it comes from or what it means."""

    name: str
    value: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Signatory:
    """A line to sign: in which role, by whom where that is known, and the name of its field in the PDF."""

    role: str
    name: str
    field: str


@dataclass(frozen=True, slots=True)
class DocumentControl:
    """Who, what and which run: the head and foot of every page."""

    title: str
    task: str
    purpose: str
    owner: str
    prepared_by: str
    number: str
    edition: str
    """Revision and standing, for the head of every page."""
    revisions: tuple[Fact, ...]
    software: tuple[Fact, ...]
    confidentiality: str
    decision_needed_by: str
    date: str
    run_id: str
    evidence: str
    evidence_short: str
    facts: tuple[Fact, ...]
    """The whole of document control, for its table."""


@dataclass(frozen=True, slots=True)
class Headline:
    """Page one: the decision and what a reader needs to accept or refuse it."""

    status: Mark
    question: str
    sentence: str
    why: tuple[str, ...]
    further_reasons: tuple[str, ...]
    cost: tuple[Fact, ...]
    sureness: tuple[str, ...]
    changes: tuple[str, ...]
    conditions: tuple[str, ...]
    warning: str
    """Not empty where the rule itself needs a warning on page one."""


@dataclass(frozen=True, slots=True)
class MatrixRow:
    """One candidate, or manual work, in the matrix of page one. A cell is text; its `_note` is the small line under it."""

    name: str
    kind: str
    quality: str
    quality_note: str
    latency: str
    latency_note: str
    cost_per_task: str
    cost_note: str
    cost_per_month: str
    review: str
    review_note: str
    verdict: Mark
    verdict_note: str
    chosen: bool = False
    production: bool = False
    manual: bool = False
    front: bool = True
    """Stands on page one; the others only in the full table."""


@dataclass(frozen=True, slots=True)
class LevelCell:
    """One candidate against one service level."""

    candidate: str
    mark: Mark
    value: str
    bound: str
    sentence: str


@dataclass(frozen=True, slots=True)
class LevelRow:
    """One service level with every candidate's verdict; `lead` is the cell of the candidate the report speaks of most."""

    number: int
    words: str
    importance: str
    agreed: str
    reason: str
    where: str
    cells: tuple[LevelCell, ...]
    lead: LevelCell | None


@dataclass(frozen=True, slots=True)
class Cell:
    """One figure in a table: its text and the small line beneath or beside it."""

    text: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class TableRow:
    """A name, a small note under it, and one cell for each column of its table."""

    name: str
    note: str
    cells: tuple[Cell, ...]
    chosen: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of figures under worded column heads; `notes` stand beneath."""

    head: str
    columns: tuple[str, ...]
    rows: tuple[TableRow, ...]
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Sensitivity:
    """What the choice hangs on: assumptions, targets of the service levels, and what knowing more would be worth."""

    tornado: TornadoChart | None
    tornado_note: str
    slack: Table
    uncertainty: str


@dataclass(frozen=True, slots=True)
class CostView:
    """The cost section: formula in words, breakdown by candidate, and every assumption with its cell."""

    formula: str
    lead_formula: str
    table: Table
    assumptions: tuple[AssumptionRow, ...]
    break_evens: tuple[BreakEvenRow, ...]
    """Only those with a realistic value at which the choice tips over."""
    steady: str
    """The assumptions without one, in a sentence."""
    cheaper: tuple[str, ...]
    tokens: Table
    """Which tokens were counted, candidate by candidate."""
    review: Table
    """What human review finds and lets through; no rows where nothing is known."""
    stated: Table
    """Stated confidence against the share that was right, in ten bins; no rows where nobody states any."""


@dataclass(frozen=True, slots=True)
class AssumptionRow:
    """One input of the cost model: measured in this run, or assumed by a person and written in a cell."""

    name: str
    value: str
    span: str
    basis: Mark
    source: str
    where: str


@dataclass(frozen=True, slots=True)
class BreakEvenRow:
    """Where the choice between winner and runner-up tips over."""

    assumption: str
    current: str
    tips_at: str
    sentence: str


@dataclass(frozen=True, slots=True)
class ErrorExample:
    """One answer that was not right, with its text."""

    number: int
    candidate: str
    example: str
    where: str
    segment: str
    kind: str
    input: str
    expected: str
    found: str
    reason: str


@dataclass(frozen=True, slots=True)
class KnownFailureRow:
    """One known failure and how many of its cases each candidate got right."""

    name: str
    description: str
    severity: str
    cases: str
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Quality:
    """Quality by label or field and by segment, comparisons, known failures and errors with their text."""

    primary: str
    parts_word: str
    """`label`, `field`, or empty where the task has none."""
    parts: Table
    segments: Table
    comparisons: Table
    comparisons_note: str
    citations: Table
    """What became of the quotations; no rows where none was owed."""
    balance: Table
    """Figures that a common label cannot flatter; no rows where the task is no classification."""
    confusions: tuple[Fact, ...]
    known_failures: tuple[KnownFailureRow, ...]
    known_failure_columns: tuple[str, ...]
    segment_statements: tuple[str, ...]
    """A sentence for each subgroup that was or was not tested."""
    errors: tuple[ErrorExample, ...]
    errors_note: str
    unread: Table
    """The commonest answers that could not be read; no rows where all could."""
    line_items: Table
    """Rows expected against given of the first documents that are not right; none without such fields."""


@dataclass(frozen=True, slots=True)
class Reliability:
    """Latency and outcomes of every candidate."""

    latency: Table
    outcomes: Table


@dataclass(frozen=True, slots=True)
class FindingRow:
    """A check besides the nine points."""

    mark: Mark
    where: str
    what: str
    remedy: str


@dataclass(frozen=True, slots=True)
class RequirementCell:
    """One candidate against a requirement beyond figures."""

    mark: Mark
    source: str


@dataclass(frozen=True, slots=True)
class RequirementRow:
    """A requirement beyond figures; `cells` are in the order of the candidates, None where it was not asked of one."""

    requirement: str
    importance: str
    cells: tuple[RequirementCell | None, ...]
    source: str
    """Said once where it is the same for every candidate."""


@dataclass(frozen=True, slots=True)
class RuleLine:
    """One thing that rules ask of such a report, who asks it, and whether and where it is answered."""

    item: str
    source: str
    mark: Mark
    found: str


@dataclass(frozen=True, slots=True)
class RulesAnnex:
    summary: str
    note: str
    lines: tuple[RuleLine, ...]


@dataclass(frozen=True, slots=True)
class FurtherPoint:
    """A point of the checklist besides the nine; `remedy` is empty where it is met."""

    group: str
    check: str
    mark: Mark
    found: str
    where: str
    remedy: str


@dataclass(frozen=True, slots=True)
class DeviationRow:
    """Something that differed from the plan, what it does to the result, and what became of it."""

    what: str
    effect: str
    disposition: str


@dataclass(frozen=True, slots=True)
class Section:
    """A heading and its paragraphs."""

    title: str
    paragraphs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ChecklistRow:
    """One of the nine points."""

    number: int
    item: str
    mark: Mark
    found: str
    needed: str
    evidence: str
    next_step: str


@dataclass(frozen=True, slots=True)
class CoverageRow:
    """How many examples one label, field or segment has."""

    name: str
    cells: tuple[Cell, ...]
    thin: bool


@dataclass(frozen=True, slots=True)
class ChecklistView:
    """The readiness checklist: verdict, nine points, what the sample can prove, and what is still to be done."""

    readiness: Mark
    sentence: str
    rule: str
    counts: tuple[Fact, ...]
    points: tuple[ChecklistRow, ...]
    first_actions: tuple[str, ...]
    further: tuple[FurtherPoint, ...]
    splits: Table
    coverage_word: str
    coverage_columns: tuple[str, ...]
    coverage: tuple[CoverageRow, ...]
    coverage_note: str
    proof_sentences: tuple[str, ...]
    proof: Table
    notes_on_reading: tuple[FindingRow, ...]
    questions: tuple[str, ...]
    acknowledgements: tuple[Signatory, ...]
    attestations: tuple[Fact, ...]
    asking: tuple[str, ...]
    """What asking was expected to take before anything was sent, and what it took."""


@dataclass(frozen=True, slots=True)
class TrendView:
    """The monthly loop in words."""

    mark: Mark
    subject: str
    reasons: tuple[str, ...]
    facts: tuple[Fact, ...]
    chart: TrendChart
    runs: Table
    drift: Table
    prices: Table
    asked: tuple[str, ...]
    note: str


@dataclass(frozen=True, slots=True)
class View:
    """The whole result in words. `lead` is the winner, else the candidate nearest to the limits."""

    document: DocumentControl
    headline: Headline
    lead: str
    lead_words: str
    matrix: tuple[MatrixRow, ...]
    matrix_columns: tuple[str, ...]
    matrix_notes: tuple[str, ...]
    levels: tuple[LevelRow, ...]
    level_names: tuple[str, ...]
    candidate_names: tuple[str, ...]
    requirements: tuple[RequirementRow, ...]
    costs: CostView
    sensitivity: Sensitivity
    quality: Quality
    reliability: Reliability
    data: tuple[str, ...]
    methods: tuple[Section, ...]
    limitations: tuple[str, ...]
    findings: tuple[FindingRow, ...]
    glossary: tuple[Fact, ...]
    signatories: tuple[Signatory, ...]
    statement: str
    evidence: tuple[Fact, ...]
    evidence_note: str
    deviations: tuple[DeviationRow, ...]
    rules: RulesAnnex
    checklist: ChecklistView
    tested: tuple[Fact, ...] = ()
    """The exact system spoken of: model, settings and prompt."""
    holdout: tuple[str, ...] = ()
    """How the holdout was locked, and every opening of it with what it showed."""
    charts: Charts = field(default_factory=lambda: Charts(None, None, None, None))
    trend: TrendView | None = None
    """What the monthly loop found, None where this run is no rerun."""
