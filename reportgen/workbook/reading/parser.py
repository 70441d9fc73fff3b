"""From a workbook to an `EvaluationPlan`, or to every problem that stands in the way, found in one pass."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import MappingProxyType
from typing import TypeVar

from reportgen.domain.records.model_settings import OwnSetting, own_setting
from reportgen.domain.records.plan import (
    Assumption,
    EvaluationPlan,
    Example,
    FieldSpec,
    MistakeCost,
    RecordedOutput,
    ServiceLevel,
    Settings,
    Source,
    Task,
)
from reportgen.problems import NeedsMendingError, Problem, Severity
from reportgen.workbook.layout.sheets import sheet
from reportgen.workbook.opening.cells import WorkbookCells
from reportgen.workbook.opening.other_files import read_any
from reportgen.workbook.reading import optional_sheets as further
from reportgen.workbook.reading.candidates import CandidatesRead, Permissions, read_candidates, read_prompts
from reportgen.workbook.reading.costs import DEFAULT_RULES, read_costs, read_review_rules
from reportgen.workbook.reading.documents import DocumentFolder
from reportgen.workbook.reading.evaluation import read_evaluation
from reportgen.workbook.reading.examples import ExamplesRead, read_examples, segments_of
from reportgen.workbook.reading.expected import read_typed
from reportgen.workbook.reading.hosts import check_hosts
from reportgen.workbook.reading.key_variables import check_cells_for_keys
from reportgen.workbook.reading.levels import Scopes, names_by_fold, read_levels
from reportgen.workbook.reading.recorded import Known, RecordedReader, known, read_verdicts
from reportgen.workbook.reading.records import RecordRows, read_records, records_fields
from reportgen.workbook.reading.tasks import LabelNames, read_fields, read_labels, read_mistakes
from reportgen.workbook.rows.faults import Faults
from reportgen.workbook.rows.find_sheets import Found, find_sheets
from reportgen.workbook.rows.row import Locale
from reportgen.workbook.rows.table import Table

T = TypeVar("T")

_NO_KEYS: Mapping[str, str] = MappingProxyType({})
UNDETECTED_ERROR = "Cost of an undetected error"
FACT_MEASURES = frozenset({"omission rate", "key-fact recall"})
_QUOTED_TEXT = frozenset({"Examples", "Recorded outputs", "Recorded verdicts"})
"""Sheets whose texts come from elsewhere and may quote what looks like a key."""


def read_plan(
    path: Path,
    *,
    allow_commands: bool = False,
    allowed_keys: Mapping[str, str] = _NO_KEYS,
    allowed_hosts: frozenset[str] = frozenset(),
) -> EvaluationPlan:
    """Read a workbook.

    Args:
        path: The workbook; input files are looked for in its folder.
        allow_commands: Whether candidates of the kind Command may stand.
        allowed_keys: Environment variable -> host, from `--allow-key VARIABLE=HOST`.
        allowed_hosts: Hosts of no known provider that may be asked, from `--allow-host HOST`.

    Returns:
        The plan; its warnings say what was noticed and does not stop the run.

    Raises:
        NeedsMendingError: The workbook has errors; `problems` holds all of them, and the warnings, in reading order.
    """
    found = check_plan(path, allow_commands=allow_commands, allowed_keys=allowed_keys, allowed_hosts=allowed_hosts)
    return _demanded(path, *found)


def read_evidence(path: Path, documents: Path) -> EvaluationPlan:
    """Read the workbook of a run folder again: its input files lie in `documents`, and nothing is asked.

    Raises NeedsMendingError as `read_plan` does.
    """
    kept = documents != path.parent
    allowed = Permissions(allow_commands=True, allowed_keys=_NO_KEYS, asks=False, kept_texts=kept)
    return _demanded(path, *plan_from(read_any(path), documents, allowed))


def _demanded(path: Path, plan: EvaluationPlan | None, problems: tuple[Problem, ...]) -> EvaluationPlan:
    if plan is None:
        errors = sum(1 for p in problems if p.severity is Severity.ERROR)
        head = str(next(p for p in problems if p.severity is Severity.ERROR))
        raise NeedsMendingError(f"{path.name} has {errors} problems. {head}" if errors > 1 else head, problems)
    return plan


def check_plan(
    path: Path,
    *,
    allow_commands: bool = False,
    allowed_keys: Mapping[str, str] = _NO_KEYS,
    allowed_hosts: frozenset[str] = frozenset(),
) -> tuple[EvaluationPlan | None, tuple[Problem, ...]]:
    """Read a workbook as `read_plan` does, without raising: the plan (None where it has errors) and every problem."""
    try:
        book = read_any(path)
    except NeedsMendingError as e:
        return None, e.problems
    return plan_from(book, path.parent, Permissions(allow_commands, allowed_keys, allowed_hosts))


def plan_from(book: WorkbookCells, folder: Path, allowed: Permissions) -> tuple[EvaluationPlan | None, tuple[Problem, ...]]:
    """Return the plan of a workbook that is already in memory, and every problem of it.

    `folder` is where its input files are looked for.
    """
    found, faults = find_sheets(book)
    reading = _Reading(found, faults, folder, allowed)
    plan = reading.read(Source(book.name, book.sha256, str(folder / book.name)))
    problems = book.notices + faults.problems(book.name)
    if plan is None or faults.stop:
        return None, problems
    return replace(plan, warnings=problems), problems


def _rankable(settings: Settings, examples: tuple[Example, ...]) -> Settings:
    """Return the settings with a primary measure that can be measured: without key facts nothing can be omitted."""
    facts = any(e.key is not None and e.key.key_facts for e in examples)
    if settings.task is not Task.SUMMARIZATION or facts or settings.primary_measure not in FACT_MEASURES:
        return settings
    return replace(settings, primary_measure="factual precision")


def _recognises(candidates: CandidatesRead) -> bool:
    """Whether a candidate wants pages that are pictures read by text recognition."""
    return any(own_setting(c.settings, OwnSetting.DOCUMENTS) == "recognised" for c in candidates.candidates)


@dataclass(slots=True)
class _Reading:
    """One workbook on its way into a plan: the sheets found, the faults so far, what the command line allows."""

    found: Found
    faults: Faults
    folder: Path
    allowed: Permissions
    locale: Locale = field(default_factory=Locale)
    task: Task | None = None

    def read(self, source: Source) -> EvaluationPlan | None:
        """Read every sheet; None where task or title are missing, since nothing else can be held against them."""
        for name, cells in self.found.items():
            check_cells_for_keys(cells, self.faults, error=name not in _QUOTED_TEXT)
        settings = self._evaluation()
        if self.task is None:
            self._without_task()
            return None
        labels = self._sheet("Labels", read_labels) or LabelNames()
        labels = replace(labels, per_example_several=settings is not None and settings.several_labels)
        fields = self._sheet("Fields", read_fields) or ()
        records = self._records(fields)
        candidates = self._candidates(limited=settings is not None and settings.spending_limit is not None)
        examples_table = self._table("Examples")
        read = ExamplesRead((), labels, fields, ())
        if examples_table:
            stored = self.allowed.kept_texts
            with DocumentFolder(self.folder, recognise=_recognises(candidates), stored=stored) as documents:
                read = read_examples(examples_table, self.task, labels, fields, records, documents)
        records.check_known(read.examples)
        self._hosts(candidates, read)
        things = known(settings or Settings("", self.task), candidates, read.examples, read.fields)
        recorded = self._recorded(things, read, examples_table)
        failures = self._sheet("Known failures", further.read_known_failures) or ()
        mistakes = self._sheet("Mistake costs", lambda t: read_mistakes(t, read.labels)) or ()
        plan = EvaluationPlan(
            source=source,
            settings=_rankable(settings or Settings("", self.task), read.examples),
            examples=read.examples,
            labels=read.labels.labels,
            fields=read.fields,
            candidates=candidates.candidates,
            service_levels=self._levels(read),
            costs=self._costs(mistakes),
            recorded_outputs=recorded,
            recorded_verdicts=self._sheet("Recorded verdicts", lambda t: read_verdicts(t, things)) or (),
            review_rules=self._sheet("Review rules", read_review_rules) or DEFAULT_RULES,
            production_mix=self._mix(read, examples_table),
            known_failures=further.failures_of(failures, examples_table, read.examples),
            requirements=self._sheet("Requirements", lambda t: further.read_requirements(t, candidates)) or (),
            screening=self._sheet("Screening", further.read_screening) or (),
            attestations=self._sheet("Attestations", further.read_attestations) or (),
            mistake_costs=mistakes,
        )
        return plan if settings else None

    def _hosts(self, candidates: CandidatesRead, read: ExamplesRead) -> None:
        """Refuse hosts of no known provider, each with the rows and files that would go there."""
        cells = self.found.get("Candidates")
        if cells is not None and self.allowed.asks:
            check_hosts(cells, self.faults, candidates.candidates, read.examples, self.allowed.allowed_hosts)

    def _costs(self, mistakes: tuple[MistakeCost, ...]) -> dict[str, Assumption]:
        """Read the costs; what each mistake costs takes the place of one cost for every undetected error."""
        costs = dict(self._sheet("Costs", read_costs) or {})
        if mistakes:
            gravest = max(mistakes, key=lambda pair: pair.cost)
            if UNDETECTED_ERROR in costs:
                where, _, cell = costs[UNDETECTED_ERROR].where.partition("!")
                what = f"{UNDETECTED_ERROR} ({cell or 'Costs'}) is not used: the sheet Mistake costs takes its place."
                self.faults.warn(where or "Costs", what, "Clear it, or delete the sheet Mistake costs.", "replaced")
            source = "the gravest mistake of the sheet Mistake costs; others count in proportion"
            costs[UNDETECTED_ERROR] = Assumption(UNDETECTED_ERROR, gravest.cost, source=source, where=gravest.where)
        return costs

    def _without_task(self) -> None:
        """Find at least the faults of the sheets that are read alike for every task."""
        self._sheet("Prompts", read_prompts)
        self._sheet("Costs", read_costs)
        self._sheet("Review rules", read_review_rules)
        self._sheet("Screening", further.read_screening)
        self._sheet("Attestations", further.read_attestations)

    def _records(self, fields: tuple[FieldSpec, ...]) -> RecordRows:
        """Read the rows that the documents hold; fields of the type records need the sheet, and the sheet such a field."""
        table, owners = self._table("Records"), records_fields(fields)
        if table is None and owners:
            what = f"the field {owners[0].name} has the type records, and there is no sheet Records."
            remedy = "Add the sheet, one row for each row of a document, with a column for each part."
            self.faults.add("Records", what, remedy, "missing sheet")
        if table is None or not owners:
            if table is not None:
                remedy = "Set the Type of a field to records and add its parts, or delete the sheet."
                what = "no field has the type records; the sheet was not read."
                self.faults.warn(table.cells, what, remedy, "unused sheet")
            return RecordRows()
        return read_records(table, fields, read_typed)

    def _levels(self, read: ExamplesRead) -> tuple[ServiceLevel, ...]:
        """Read the service levels; their scopes point at labels, fields and segments."""
        table = self._table("Service levels")
        if table is None or self.task is None:
            return ()
        parts = names_by_fold([name for f in read.fields for name in f.part_names])
        names = names_by_fold([f.name for f in read.fields])
        scopes = Scopes(read.labels.by_spelling, names, segments_of(read.examples), parts)
        return read_levels(table, self.task, scopes)

    def _recorded(self, things: Known, read: ExamplesRead, examples: Table | None) -> tuple[RecordedOutput, ...]:
        """Read recorded outputs in both forms, rows first."""
        reader = RecordedReader(things, self.faults)
        table = self._table("Recorded outputs")
        if table is not None:
            reader.read_rows(table)
        if examples is not None:
            reader.read_columns(read.outputs, examples.cells, examples.header_row)
            reader.warn_of_gaps(table.cells if table else examples.cells)
        return tuple(reader.outputs)

    def _mix(self, read: ExamplesRead, examples: Table | None) -> dict[str, float]:
        """Read the production mix and hold it against the segments of the examples."""
        table = self._table("Production mix")
        if table is None:
            return {}
        mix = further.read_mix(table, read.examples)
        if mix and examples is not None:
            further.check_covered(table, examples, mix, read.examples)
        return mix

    def _evaluation(self) -> Settings | None:
        """Read the sheet that says how all others are to be read."""
        cells = self.found.get("Evaluation")
        if cells is None:
            return None
        table = Table(sheet("Evaluation"), cells, self.faults, self.locale)
        settings, self.locale, self.task = read_evaluation(table)
        return settings

    def _table(self, name: str) -> Table | None:
        """Return a sheet as a table, None where the workbook lacks it or the task has no use for it."""
        cells = self.found.get(name)
        if cells is None:
            return None
        layout = sheet(name)
        if self.task is not None and self.task not in layout.tasks:
            self.faults.note(
                cells, f"the sheet is not used for {self.task.value} and was not read.", "Nothing to do.", "unused sheet"
            )
            return None
        return Table(layout, cells, self.faults, self.locale, self.task)

    def _sheet(self, name: str, reader: Callable[[Table], T]) -> T | None:
        """Read a sheet that needs nothing but itself."""
        table = self._table(name)
        return None if table is None else reader(table)

    def _candidates(self, *, limited: bool) -> CandidatesRead:
        """Read the candidates and the prompts they point at; `limited` = there is a Spending limit."""
        prompts = self._sheet("Prompts", read_prompts) or {}
        table = self._table("Candidates")
        if table is None or self.task is None:
            return CandidatesRead((), {}, {})
        return read_candidates(table, self.task, prompts, self.allowed, limited=limited)
