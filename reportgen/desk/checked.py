"""A workbook as the desk checks it: every problem as a piece of its sheet, what may go where, and which keys are there."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from reportgen.checking import CheckResult, check_read
from reportgen.checking.proofs import Proof
from reportgen.domain.records.plan import CandidateKind, EvaluationPlan
from reportgen.domain.records.providers import PROVIDERS, host_of, provider_of
from reportgen.domain.telling.forecast import lines as forecast_lines
from reportgen.evaluation import Permissions
from reportgen.problems import NeedsMendingError, Problem, Severity
from reportgen.workbook.opening.cells import (
    CellError,
    CellValue,
    NoResult,
    SheetCells,
    ShownNumber,
    column_letters,
    column_number,
)
from reportgen.workbook.opening.other_files import read_any
from reportgen.workbook.reading.parser import check_plan

MOST_PIECES = 200
"""So many problems are shown as pieces of their sheet; the others by their place alone."""
LONGEST = 120
_FLAG = re.compile(r"--allow-(?:commands|(?:key|host) [^\s.,]+(?:\.[^\s.,]+)*)")
_CELL = re.compile(r"(.+)!([A-Z]{1,3})?(\d{1,7})?(?::.*)?")


@dataclass(frozen=True, slots=True)
class Piece:
    """A problem in a piece of its sheet: heads over cells, the faulty one marked by its place; no rows where it has none."""

    problem: Problem
    heads: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()
    rows: tuple[tuple[int, tuple[str, ...]], ...] = ()
    row: int = 0
    column: int = -1
    """Place among `columns`, -1 where no one cell is meant."""
    flag: str = ""
    """The permission that would lift it."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """All problems of one sheet."""

    name: str
    pieces: tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class Key:
    """A key that candidates need: whose, in which variable, where it goes, and whether it is there."""

    variable: str
    host: str
    candidates: tuple[str, ...]
    there: bool


@dataclass(frozen=True, slots=True)
class Checked:
    """All that the pages show of a check."""

    result: CheckResult
    sheets: tuple[Sheet, ...]
    keys: tuple[Key, ...] = ()
    commands: tuple[str, ...] = ()
    """Programs that candidates of kind Command would start."""
    takes: tuple[str, ...] = ()
    currency: str = ""
    spending: str = ""
    kinds: Mapping[str, int] = field(default_factory=dict)

    @property
    def errors(self) -> int:
        """How many problems stop a run."""
        return self.result.errors


def examine(workbook: Path, permissions: Permissions, environment: Mapping[str, str]) -> Checked:
    """Check a workbook for the desk."""
    plan, problems = check_plan(
        workbook, allow_commands=permissions.commands, allowed_keys=permissions.keys or {}, allowed_hosts=permissions.hosts
    )
    result = check_read(workbook, plan, problems, permissions, environment)
    kinds = {s.value: sum(p.severity is s for p in result.problems) for s in Severity}
    sheets = tuple(_sheets(workbook, result.problems))
    if plan is None:
        return Checked(result, sheets, kinds=kinds)
    limit = plan.settings.spending_limit
    return Checked(
        result,
        sheets,
        tuple(_keys(plan, permissions, environment)),
        tuple(f"{c.name}: {c.model}" for c in plan.candidates if c.kind is CandidateKind.COMMAND),
        tuple(forecast_lines(result.forecast)),
        plan.settings.currency,
        "" if limit is None else f"{plan.settings.currency} {limit:,.2f}",
        kinds,
    )


@dataclass(frozen=True, slots=True)
class Shown:
    """What the examples can prove of one level; `can` None = nobody can say beforehand.

    `room` is the share of examples that may go wrong, in percent; None where it is no matter of wrong answers.
    """

    measure: str
    words: str
    sentence: str
    can: bool | None
    room: float | None = None
    errors: int = 0
    examples: int = 0


def shown_proof(proof: Proof) -> Shown:
    """Return one proof as a page shows it."""
    sentence = str(proof).removeprefix(f"{proof.where}: {proof.measure}, {proof.words}:").strip()
    able = next((getattr(proof, name) is not None for name in ("most_errors", "most") if hasattr(proof, name)), None)
    can = None if able is None else able and not getattr(proof, "caps", ())
    measure = proof.measure.removesuffix(" (overall)")
    measure = measure if measure[1:2].isdigit() else f"{measure[:1].upper()}{measure[1:]}"
    found = Shown(measure, proof.words, f"{sentence[:1].upper()}{sentence[1:]}", can)
    errors, examples = getattr(proof, "most_errors", None), getattr(proof, "examples", 0)
    if not can or errors is None or not examples:
        return found
    return replace(found, room=round(min(100.0, 100 * errors / examples), 1), errors=errors, examples=examples)


def flags_in(problem: Problem) -> str:
    """Return the permission that a problem's remedy names, empty where it names none."""
    found = _FLAG.search(f"{problem.remedy} {problem.what}")
    return found.group() if found else ""


def in_words(flag: str) -> str:
    """Return what a flag allows as a person says it."""
    if flag == "--allow-commands":
        return "The programs that the workbook names may be started."
    what = flag.partition(" ")[2]
    key, _, host = what.partition("=")
    return f"The key {key} may go to {host}." if host else f"Rows may go to {what}."


def permissions_of(flags: Sequence[str]) -> Permissions:
    """Return what flags allow, as the command line reads them."""
    keys = dict(flag.removeprefix("--allow-key ").split("=", 1) for flag in flags if flag.startswith("--allow-key "))
    hosts = frozenset(flag.removeprefix("--allow-host ") for flag in flags if flag.startswith("--allow-host "))
    return Permissions(commands="--allow-commands" in flags, keys=keys, hosts=hosts)


def _sheets(workbook: Path, problems: Sequence[Problem]) -> Iterator[Sheet]:
    """Yield problems by sheet, in the order of the worst of each."""
    ordered = sorted(problems, key=lambda p: list(Severity).index(p.severity))
    cells = _cells(workbook, ordered)
    by_sheet: dict[str, list[Piece]] = {}
    for number, problem in enumerate(ordered):
        name = problem.where.partition("!")[0] if "!" in problem.where or problem.where in cells else ""
        piece = _piece(problem, cells) if number < MOST_PIECES else Piece(problem, flag=flags_in(problem))
        by_sheet.setdefault(name or "The workbook as a whole", []).append(piece)
    for name, pieces in by_sheet.items():
        yield Sheet(name, tuple(pieces))


def _cells(workbook: Path, problems: Sequence[Problem]) -> dict[str, SheetCells]:
    if not any("!" in p.where for p in problems):
        return {}
    try:
        return {sheet.name: sheet for sheet in read_any(workbook).sheets}
    except NeedsMendingError:
        return {}


def _piece(problem: Problem, cells: Mapping[str, SheetCells]) -> Piece:
    flag = flags_in(problem)
    found = _CELL.fullmatch(problem.where)
    sheet = cells.get(found[1]) if found else None
    if found is None or sheet is None or not sheet.rows or not found[3]:
        return Piece(problem, flag=flag)
    row, column = int(found[3]), column_number(found[2]) if found[2] else 0
    place = next((i for i, (number, _) in enumerate(sheet.rows) if number >= row), len(sheet.rows))
    top, header = sheet.rows[0]
    near = [r for r in sheet.rows[max(place - 1, 1) : place + 2] if abs(r[0] - row) <= 2]  # noqa: PLR2004 - its neighbours
    if not any(number == row for number, _ in near) and row != top:
        near = sorted([*near, (row, ())])
    middle = column or 1
    last = max(len(header), middle)
    wanted = sorted({1, *range(max(1, middle - 2), min(last, middle + 2) + 1)})
    return Piece(
        problem,
        tuple(_shown(header, c) for c in wanted),
        tuple(column_letters(c) for c in wanted),
        tuple((number, tuple(_shown(values, c) for c in wanted)) for number, values in near),
        row,
        wanted.index(middle) if column else -1,
        flag,
    )


def _shown(values: Sequence[CellValue], column: int) -> str:
    """Return a cell as it shows itself, cut short."""
    value = values[column - 1] if column <= len(values) else None
    match value:
        case None:
            text = ""
        case ShownNumber() | CellError():
            text = value.shown
        case NoResult():
            text = value.formula
        case bool():
            text = "TRUE" if value else "FALSE"
        case float():
            text = f"{value:.10g}"
        case _:
            text = str(value)
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"


def _host(plan_host: str, model: str) -> str:
    provider = PROVIDERS.get(provider_of(model))
    return host_of(plan_host) if plan_host else provider.host if provider else ""


def _keys(plan: EvaluationPlan, permissions: Permissions, environment: Mapping[str, str]) -> Iterator[Key]:
    needed: dict[tuple[str, str], list[str]] = {}
    for spec in plan.candidates:
        if spec.kind is not CandidateKind.API_MODEL:
            continue
        provider, host = PROVIDERS.get(provider_of(spec.model)), _host(spec.endpoint, spec.model)
        usual = provider.variable if provider and (host == provider.host) else ""
        allowed = (permissions.keys or {}).get(provider.variable, "") if provider else ""
        variable = spec.key_variable or usual or (provider.variable if provider and allowed.casefold() == host else "")
        if variable:
            needed.setdefault((variable, host), []).append(spec.name)
    for (variable, host), names in needed.items():
        yield Key(variable, host, tuple(names), bool(environment.get(variable, "").strip()))
