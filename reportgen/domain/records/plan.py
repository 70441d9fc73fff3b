"""The evaluation plan: everything the workbook says, typed and checked, and nothing else.

All records are frozen values. `where` names the cell that a value came from, so that every later message and every
report can point at it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType

from reportgen.domain.records.document import Document
from reportgen.domain.records.routing import Route
from reportgen.problems import Problem


class Task(StrEnum):
    CLASSIFICATION = "classification"
    EXTRACTION = "extraction"
    SUMMARIZATION = "summarization"
    QUESTION_ANSWERING = "question answering"


class FieldType(StrEnum):
    TEXT = "text"
    NAME = "name"
    CHOICE = "choice"
    DATE = "date"
    NUMBER = "number"
    MONEY = "money"
    YES_NO = "yes/no"
    LIST = "list"
    RECORDS = "records"
    """Rows of parts, such as the line items of an invoice."""


class CandidateKind(StrEnum):
    API_MODEL = "API model"
    RECORDED_OUTPUTS = "Recorded outputs"
    LOCAL_BASELINE = "Local baseline"
    COMMAND = "Command"
    ROUTE = "Route"
    """Made of two others: one answers first, and the other where that answer gives reason to ask it."""


@dataclass(frozen=True, slots=True)
class AddedKind:
    """A kind that another package adds; `value` is its name, as a Kind cell gives it."""

    value: str


def runs_foreign_code(kind: CandidateKind | AddedKind) -> bool:
    """Return whether the answers come from a program that is not ours: a command, or what a package adds."""
    return kind is CandidateKind.COMMAND or isinstance(kind, AddedKind)


class Role(StrEnum):
    CANDIDATE = "candidate"
    PRODUCTION = "production"
    JUDGE = "judge"


class Split(StrEnum):
    TRAIN = "train"
    EVAL = "eval"
    HOLDOUT = "holdout"
    REGRESSION = "regression"


class Rule(StrEnum):
    """How the decision treats uncertainty: bounds (`proven`) or bare figures (`point estimate`)."""

    PROVEN = "proven"
    POINT_ESTIMATE = "point estimate"


class AnswersRead(StrEnum):
    """How the application takes a label or a value out of an answer; that reading decides (formulas.md 3.1)."""

    STRICTLY = "strictly"
    """The answer is the label, or the JSON object, and nothing else."""
    FIRST_LINE = "first line"
    """The first line, or a leading label followed by a colon, a dash, a full stop or the end of the line."""
    LABEL_ANYWHERE = "label anywhere"
    """The only label that occurs."""
    REPAIRED = "repaired"
    """JSON after it was taken out of a fence or of the words around it, and mended."""


READINGS: Mapping[Task, tuple[AnswersRead, ...]] = MappingProxyType(
    {
        Task.CLASSIFICATION: tuple(AnswersRead),
        Task.EXTRACTION: (AnswersRead.STRICTLY, AnswersRead.REPAIRED),
        Task.SUMMARIZATION: (AnswersRead.STRICTLY, AnswersRead.REPAIRED),
        Task.QUESTION_ANSWERING: (AnswersRead.STRICTLY, AnswersRead.FIRST_LINE, AnswersRead.REPAIRED),
    }
)
"""The ways of reading that mean something for each task."""


NO_LABELS = frozenset({"(none)", "none", "[]", "no label", "(no label)"})
"""What says, folded, that of several possible labels none applies."""


class Importance(StrEnum):
    MUST = "must"
    SHOULD = "should"


class Comparator(StrEnum):
    AT_LEAST = "at least"
    AT_MOST = "at most"


class ScopeKind(StrEnum):
    OVERALL = "overall"
    LABEL = "label"
    FIELD = "field"
    SEGMENT = "segment"


@dataclass(frozen=True, slots=True)
class Scope:
    """The part of the evaluation that a figure speaks of: everything, one label, one field or one segment."""

    kind: ScopeKind = ScopeKind.OVERALL
    name: str = ""

    def __str__(self) -> str:
        return self.kind.value if self.kind is ScopeKind.OVERALL else f"{self.kind.value}: {self.name}"


OVERALL = Scope()


@dataclass(frozen=True, slots=True)
class FieldKey:
    """What is right for one field of one example.

    `values` empty = the document does not hold it; `labelled` False = `?`, nobody said. A list field has one value a line;
    any other field has several values when several are accepted. `rows` holds the rows of a records field, part to value,
    `?` = nobody looked; its `values` are the same rows in words.
    """

    values: tuple[str, ...] = ()
    evidence: str = ""
    labelled: bool = True
    rows: tuple[Mapping[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class AnswerKey:
    """What is right for one example; only the part of its task is filled."""

    label: str | None = None
    answers: tuple[str, ...] = ()
    fields: Mapping[str, FieldKey] = field(default_factory=dict)
    reference: str = ""
    key_facts: tuple[str, ...] = ()
    labels: tuple[str, ...] | None = None
    """Where an example has several labels: all of them, empty = none applies; `label` holds them in one text."""

    @property
    def says_something(self) -> bool:
        """Whether a person filled anything in; a summary is held against its input even where nobody did."""
        return bool(self.label or self.answers or self.fields or self.reference or self.key_facts)


REPEAT = " · repeat "
"""Between the id of an example and the number of its repeat, from the second on."""


def repeat_id(example_id: str, repeat: int) -> str:
    """Return the id that the answers of one repeat stand under: the example's own for the first, `M001 · repeat 2`."""
    return example_id if repeat == 1 else f"{example_id}{REPEAT}{repeat}"


def first_id(example_id: str) -> str:
    """Return the example's own id from that of any of its repeats."""
    return example_id.partition(REPEAT)[0]


@dataclass(frozen=True, slots=True)
class Example:
    """One labelled production case. `key` is None where the row has no expected value (unscored).

    `input` is all of its text; where the row has both an Input and an Input file, the document comes first and `question`
    holds what the cell asks.
    """

    id: str
    input: str
    key: AnswerKey | None
    where: str
    segment: str = ""
    group: str = ""
    declared_split: Split | None = None
    known_failure: str = ""
    second_label: str = ""
    document: Document | None = None
    question: str = ""
    notes: str = ""
    other_columns: Mapping[str, str] = field(default_factory=dict)
    repeat: int = 1
    """Which asking of the same question this is; from the second on the id is that of `repeat_id`."""

    @property
    def first_id(self) -> str:
        """The id of the example itself, whichever repeat this is."""
        return self.id if self.repeat == 1 else first_id(self.id)


@dataclass(frozen=True, slots=True)
class Label:
    name: str
    description: str = ""
    also_written: tuple[str, ...] = ()
    order: int | None = None
    """Its place where labels have an order, such as severity; None = they have none."""


@dataclass(frozen=True, slots=True)
class MistakeCost:
    """What it costs, in the evaluation's currency, when `expected` is taken for `given`; `given` empty = for no label."""

    expected: str
    given: str
    cost: float
    where: str = ""


@dataclass(frozen=True, slots=True)
class FieldSpec:
    """One field to extract. `tolerance` is absolute, in the field's own unit (days for dates).

    `choices` are the allowed values of a choice field; `also_written` holds other names of the field, and lines
    `value = other spelling`. `items` is the type of a list's items.
    """

    name: str
    type: FieldType = FieldType.TEXT
    required: bool = False
    citation_required: bool = False
    choices: tuple[str, ...] = ()
    tolerance: float | None = None
    also_written: tuple[str, ...] = ()
    description: str = ""
    items: FieldType = FieldType.TEXT
    parts: tuple[FieldSpec, ...] = ()
    """The parts of a records field, each with its own type; `part_names` are what scopes call them."""
    sum_of: str = ""
    """The part that a total adds up, `Line items: Amount`; empty = it is no such total."""

    @property
    def part_names(self) -> tuple[str, ...]:
        """The parts as scopes name them: `Line items: Amount`."""
        return tuple(f"{self.name}: {part.name}" for part in self.parts)


@dataclass(frozen=True, slots=True)
class PriceTier:
    """Prices of a request of which more tokens than `above` went in; `cached_input`, `cache_write` None = its input."""

    above: int
    input: float
    output: float
    cached_input: float | None = None
    cache_write: float | None = None


@dataclass(frozen=True, slots=True)
class Price:
    """Money for one million tokens, in the evaluation's currency.

    `cached_input`, `cache_write` and `picture_input` None = the input price; sound without a price of its own has none where
    the price is from a table. `tiers` by length, the lowest first.
    """

    input: float
    output: float
    cached_input: float | None = None
    source: str = ""
    date: str = ""
    cache_write: float | None = None
    picture_input: float | None = None
    audio_input: float | None = None
    audio_output: float | None = None
    tiers: tuple[PriceTier, ...] = ()


@dataclass(frozen=True, slots=True)
class Prompt:
    """Messages with `{input}`, `{labels}`, `{fields}` and `{examples}`; no other brace is special."""

    name: str
    user: str
    system: str = ""


@dataclass(frozen=True, slots=True)
class CandidateSpec:
    """One row of the Candidates sheet. `prompt` None = the built-in prompt; `price` None = not in the workbook."""

    name: str
    kind: CandidateKind | AddedKind
    model: str = ""
    role: Role = Role.CANDIDATE
    prompt: Prompt | None = None
    few_shot_examples: int = 0
    temperature: float | None = None
    most_output_tokens: int | None = None
    endpoint: str = ""
    key_variable: str = ""
    price: Price | None = None
    price_per_task: float | None = None
    """Prices a candidate that was recorded, or a command that reports no cost; tokens times price and Cost go before it."""
    infrastructure_per_month: float | None = None
    settings: Mapping[str, str] = field(default_factory=dict)
    notes: str = ""
    where: str = ""
    route: Route | None = None
    """Of a Route: whom it asks and when; `model` then says it in words."""

    @property
    def asks(self) -> tuple[str, ...]:
        """Its own name, and of a route those of the candidates that it is made of: what holds of them holds of it."""
        return (self.name,) if self.route is None else (self.name, self.route.first, self.route.then)


@dataclass(frozen=True, slots=True)
class RecordedOutput:
    """One row of the Recorded outputs sheet, or one cell of an `Output: <Candidate>` column; None = not recorded."""

    candidate: str
    example_id: str
    output: str = ""
    confidence: float | None = None
    latency_s: float | None = None
    input_tokens: int | None = None
    cached_input_tokens: int | None = None
    output_tokens: int | None = None
    attempts: int | None = None
    outcome: str = ""
    cost: float | None = None
    recorded_on: str = ""
    where: str = ""


@dataclass(frozen=True, slots=True)
class RecordedVerdict:
    """What a person, a model or a rule said about one part of one response."""

    candidate: str
    example_id: str
    part: str
    verdict: str
    judge_kind: str = "model"
    judged_by: str = ""
    judged_on: str = ""
    reason: str = ""
    where: str = ""


@dataclass(frozen=True, slots=True)
class ServiceLevel:
    """A limit set before the run. `target` is in the measure's own unit: a share 0 to 1, seconds, money."""

    measure: str
    comparator: Comparator
    target: float
    scope: Scope = OVERALL
    unit: str = ""
    importance: Importance = Importance.MUST
    agreed_by: str = ""
    agreed_on: str = ""
    reason: str = ""
    where: str = ""


@dataclass(frozen=True, slots=True)
class Assumption:
    """One row of the Costs sheet; `low` and `high` None = no range given."""

    name: str
    expected: float
    low: float | None = None
    high: float | None = None
    unit: str = ""
    source: str = ""
    where: str = ""


@dataclass(frozen=True, slots=True)
class ReviewRule:
    """When a person looks at a response; `threshold` is a confidence or a share where the rule needs one."""

    name: str
    threshold: float | None = None
    on: bool = True


@dataclass(frozen=True, slots=True)
class KnownFailure:
    id: str
    description: str
    severity: str = ""
    first_seen: str = ""


@dataclass(frozen=True, slots=True)
class Requirement:
    candidate: str
    requirement: str
    met: str
    importance: Importance = Importance.MUST
    source: str = ""
    confirmed_by: str = ""
    date: str = ""
    where: str = ""
    answer: str = ""


@dataclass(frozen=True, slots=True)
class ScreeningRow:
    model: str
    board: str
    rating: float
    as_of: str
    low: float | None = None
    high: float | None = None
    votes: int | None = None


@dataclass(frozen=True, slots=True)
class Attestation:
    statement: str
    confirmed_by: str = ""
    role: str = ""
    date: str = ""


@dataclass(frozen=True, slots=True)
class Settings:
    """The Evaluation sheet. Shares are fractions, times are seconds, money is in `currency`."""

    title: str
    task: Task
    purpose: str = ""
    business_owner: str = ""
    prepared_by: str = ""
    document_number: str = ""
    confidentiality: str = ""
    decision_needed_by: str = ""
    primary_measure: str = ""
    train_share: float = 0.7
    eval_share: float = 0.2
    holdout_share: float = 0.1
    seed: int = 1
    confidence: float = 0.95
    currency: str = "USD"
    spending_limit: float | None = None
    most_requests_at_once: int = 8
    timeout_s: float = 60.0
    most_attempts: int = 3
    date_order: str = ""
    decimal_mark: str = ""
    regression_margin: float | None = None
    screen_keeps: int = 10
    rule: Rule = Rule.PROVEN
    answers_read: AnswersRead = AnswersRead.STRICTLY
    repeats: int = 1
    """How often every eval and regression example is asked."""
    several_labels: bool = False
    """An example may have several labels."""
    out_of_scope: str = ""
    risk_class: str = ""
    risk_class_decided_by: str = ""
    monitored_by: str = ""
    evidence_kept_until: str = ""


@dataclass(frozen=True, slots=True)
class Source:
    """The workbook as it was read: its file name (no folder) and the SHA-256 of its bytes."""

    name: str
    sha256: str
    path: str = ""
    """Where it was read from; no part of the evidence."""


@dataclass(frozen=True, slots=True)
class EvaluationPlan:
    """One workbook, read and found in order."""

    source: Source
    settings: Settings
    examples: tuple[Example, ...]
    candidates: tuple[CandidateSpec, ...]
    service_levels: tuple[ServiceLevel, ...]
    costs: Mapping[str, Assumption]
    labels: tuple[Label, ...] = ()
    fields: tuple[FieldSpec, ...] = ()
    recorded_outputs: tuple[RecordedOutput, ...] = ()
    recorded_verdicts: tuple[RecordedVerdict, ...] = ()
    review_rules: tuple[ReviewRule, ...] = ()
    production_mix: Mapping[str, float] = field(default_factory=dict)
    known_failures: tuple[KnownFailure, ...] = ()
    requirements: tuple[Requirement, ...] = ()
    screening: tuple[ScreeningRow, ...] = ()
    attestations: tuple[Attestation, ...] = ()
    mistake_costs: tuple[MistakeCost, ...] = ()
    warnings: tuple[Problem, ...] = ()
    """What was noticed while reading and does not stop the run, in sheet order."""
