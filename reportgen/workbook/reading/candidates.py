"""Reads the sheets Prompts and Candidates; a workbook arrives by e-mail, so nothing in it may act or send keys by itself."""

from __future__ import annotations

import re
import shlex
from collections.abc import Mapping
from dataclasses import dataclass

from reportgen.domain.records.plan import AddedKind, CandidateKind, CandidateSpec, Price, Prompt, Role, Task
from reportgen.domain.records.providers import provider_of
from reportgen.workbook.layout.sheets import LOCAL_BASELINES
from reportgen.workbook.reading.batches import check_batch
from reportgen.workbook.reading.key_variables import check_key, check_settings
from reportgen.workbook.reading.routes import Written, read_route, settled
from reportgen.workbook.rows import values
from reportgen.workbook.rows.row import Row
from reportgen.workbook.rows.table import Table
from reportgen.workbook.rows.values import clean, fold

_NO_JUDGES = (CandidateKind.RECORDED_OUTPUTS, CandidateKind.LOCAL_BASELINE, CandidateKind.ROUTE)


@dataclass(frozen=True, slots=True)
class Permissions:
    """What the command line allows: commands, keys (environment variable -> host) and hosts beyond the providers' own."""

    allow_commands: bool
    allowed_keys: Mapping[str, str]
    allowed_hosts: frozenset[str] = frozenset()
    asks: bool = True
    """False where the workbook is read again as evidence: then nothing can run or be sent anywhere."""
    kept_texts: bool = False
    """Whether the documents lie in evidence: what text recognition read then stands beside them."""


@dataclass(frozen=True, slots=True)
class CandidatesRead:
    """The candidates that take part, and every name of the sheet by its folded form, left out ones included."""

    candidates: tuple[CandidateSpec, ...]
    names: Mapping[str, str]
    kinds: Mapping[str, CandidateKind | AddedKind]
    """Kind by name, for those that take part."""


def read_prompts(table: Table) -> dict[str, Prompt]:
    """Return the prompts by their folded name."""
    prompts: dict[str, Prompt] = {}
    for row in table.rows():
        if not row.require("Prompt", "User message"):
            continue
        prompt = Prompt(row.identifier("Prompt"), row.long_text("User message"), row.long_text("System message"))
        if fold(prompt.name) in prompts:
            row.fault(
                "Prompt", f'the prompt "{prompt.name[:60]}" stands twice.', "Give each prompt its own name.", "doubled"
            )
        if not any(slot in prompt.user + prompt.system for slot in ("{input}", "{document}")):
            row.fault(
                "User message", "the prompt does not hold {input}.", "Write {input} where the text belongs.", "no input"
            )
        prompts[fold(prompt.name)] = prompt
    return prompts


def read_candidates(
    table: Table, task: Task, prompts: Mapping[str, Prompt], allowed: Permissions, *, limited: bool = False
) -> CandidatesRead:
    """Return the candidates whose Include is not no; `limited` = the workbook sets a Spending limit."""
    reader = _CandidateReader(task, prompts, allowed, limited=limited)
    read = [c for row in table.rows() if (c := reader.read(row)) is not None]
    routes = {r.name: r for r in settled(reader.routes, reader.names, read)}
    candidates = tuple(routes.get(c.name, c) for c in read if c.kind is not CandidateKind.ROUTE or c.name in routes)
    if all(c.role is Role.JUDGE for c in candidates) and (not table.faults.stop or not reader.names):
        table.faults.add(table.cells, "there is no candidate to compare.", "Fill in at least one row.", "no rows")
    return CandidatesRead(candidates, reader.names, {c.name: c.kind for c in candidates})


def kind_named(name: str) -> CandidateKind | AddedKind:
    """Return the kind that a cell names, one of ours or one that is added."""
    return CandidateKind(name) if name in set(CandidateKind) else AddedKind(name)


class _CandidateReader:
    """Reads one row after the other and remembers names and who is in production."""

    def __init__(self, task: Task, prompts: Mapping[str, Prompt], allowed: Permissions, *, limited: bool) -> None:
        self._limited = limited
        self.names: dict[str, str] = {}
        self.routes: list[Written] = []
        self._task = task
        self._prompts = prompts
        self._allowed = allowed
        self._production = ""
        self._judge = ""

    def read(self, row: Row) -> CandidateSpec | None:
        """Return one candidate, None where it is left out or cannot stand."""
        complete = row.require("Candidate", "Kind")
        name = row.identifier("Candidate")
        if name and fold(name) in self.names:
            row.fault("Candidate", f'the candidate "{name[:60]}" stands twice.', "Give each its own name.", "doubled")
        self.names.setdefault(fold(name), name)
        if row.yes_no("Include") is False:
            return None
        kind = row.choice("Kind")
        if not complete or not kind:
            return None
        of = kind_named(kind)
        settings = row.settings("Settings")
        spec = CandidateSpec(
            name=name,
            kind=of,
            model=self._model(row, of),
            role=self._role(row),
            prompt=self._prompt(row),
            few_shot_examples=row.integer("Few-shot examples") or 0,
            temperature=row.number("Temperature"),
            most_output_tokens=row.integer("Most output tokens"),
            endpoint=row.text("Endpoint"),
            key_variable=row.text("Key variable"),
            price=_price(row),
            price_per_task=row.money("Price per task"),
            infrastructure_per_month=row.money("Infrastructure cost per month"),
            settings=settings,
            notes=row.long_text("Notes"),
            where=row.where("Candidate"),
            route=read_route(row, settings) if of is CandidateKind.ROUTE else None,
        )
        if spec.kind is CandidateKind.ROUTE:
            self.routes.append(Written(row, spec))
        check_settings(row, spec, self._task)
        check_batch(row, spec, limited=self._limited)
        if self._allowed.asks:
            check_key(row, spec, self._allowed.allowed_keys)
        return spec

    def _role(self, row: Row) -> Role:
        """Return the role; only one candidate is what runs today."""
        role = Role(row.choice("Role") or Role.CANDIDATE.value)
        if role is Role.JUDGE:
            self._check_judge(row)
        if role is Role.PRODUCTION:
            if self._production:
                row.fault(
                    "Role",
                    f"the role production stands already in {self._production}.",
                    "Only one can be in use.",
                    "doubled",
                )
            self._production = self._production or row.where("Role")
        return role

    def _check_judge(self, row: Row) -> None:
        """Refuse a second judge, and one that cannot be asked a question of its own."""
        if self._judge:
            row.fault("Role", f"the role judge stands already in {self._judge}.", "Keep one judge.", "doubled")
        self._judge = self._judge or row.where("Role")
        if row.choice("Kind") in {k.value for k in _NO_JUDGES}:
            row.fault(
                "Kind",
                "a judge is an API model or a command.",
                "Choose one of the two; verdicts given already belong on the sheet Recorded verdicts.",
                "judge kind",
            )

    def _prompt(self, row: Row) -> Prompt | None:
        """Return the prompt that a row names, None for the built-in one."""
        name = row.name("Prompt")
        if not name:
            return None
        prompt = self._prompts.get(fold(name))
        if prompt is None:
            row.fault(
                "Prompt",
                f"the Prompt is {values.shown(name)}, which is not on the sheet Prompts.",
                values.near(name, [p.name for p in self._prompts.values()]) or "Add it there, or clear the cell.",
                "unknown prompt",
            )
        return prompt

    def _model(self, row: Row, kind: CandidateKind | AddedKind) -> str:
        """Return the model: a provider's, a baseline's name, a command line, or what an added kind makes of it."""
        model = clean(row.long_text("Model"))
        match kind:
            case CandidateKind.RECORDED_OUTPUTS | AddedKind():
                return model
            case CandidateKind.ROUTE:
                return ""
            case CandidateKind.COMMAND:
                self._check_command(row, model)
                return model
            case CandidateKind.API_MODEL:
                if not model:
                    row.fault(
                        "Model", "the Model is missing.", "Write provider/model, such as openai/gpt-4o-mini.", "no model"
                    )
                elif "://" in model:
                    row.fault(
                        "Model",
                        f"the Model is {values.shown(model)}, which holds an address.",
                        "Write provider/model, and an address into Endpoint.",
                        "address in model",
                    )
                elif re.search(r"\s", model) or not (provider_of(model) or row.text("Endpoint")):
                    row.warn(
                        "Model",
                        f"the Model is {values.shown(model)}, which names no provider and model as programs do.",
                        "Write it as the provider does, such as openai/gpt-4o-mini.",
                        "model name",
                    )
                return model
            case CandidateKind.LOCAL_BASELINE:
                return self._baseline(row, model)

    def _check_command(self, row: Row, command: str) -> None:
        """Refuse commands that the command line does not allow, or that cannot be split into words."""
        if self._allowed.asks and not self._allowed.allow_commands:
            row.fault(
                "Kind",
                "a Command runs a program, and a workbook may not do that by itself.",
                "Run with --allow-commands if you trust this workbook.",
                "command",
            )
        try:
            words = shlex.split(command)
        except ValueError:
            words = []
        if not words:
            row.fault("Model", f"the Model is {values.shown(command)}, expected a command line.", "Write one.", "no model")

    def _baseline(self, row: Row, model: str) -> str:
        """Return the name of a local baseline that can do the task."""
        by_name = {fold(n).replace("-", " "): n for n in LOCAL_BASELINES}
        name = by_name.get(fold(model).replace("-", " "), "")
        fitting = [n for n, tasks in LOCAL_BASELINES.items() if self._task in tasks]
        if not name:
            row.fault(
                "Model",
                f"the Model is {values.shown(model)}, expected the name of a local baseline.",
                values.near(model, fitting) or f"Choose one of: {values.listed(fitting)}.",
                "unknown baseline",
            )
        elif name not in fitting:
            row.fault(
                "Model",
                f"the local baseline {name} cannot do {self._task.value}.",
                f"Choose one of: {values.listed(fitting)}.",
                "unknown baseline",
            )
        return name


def _price(row: Row) -> Price | None:
    """Return the price; half a price is refused, since a missing half would count as nothing."""
    given, paid = row.money("Input price"), row.money("Output price")
    cached = row.money("Cached input price")
    if row.blank("Input price") != row.blank("Output price"):
        missing = "Input price" if row.blank("Input price") else "Output price"
        row.fault(
            missing, f"the {missing} is missing beside the other price.", "Write both, 0 if it is free.", "half a price"
        )
    elif cached is not None and row.blank("Input price"):
        row.fault("Input price", "the Input price is missing beside the Cached input price.", "Write both.", "half a price")
    if given is None or paid is None:
        return None
    return Price(given, paid, cached, row.text("Price source"), row.date("Price date"))
