"""The layout of the workbook as data: the single place that feeds blank, drop-downs, notes, parser, messages and README."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType

from reportgen.domain.records.plan import Task
from reportgen.workbook.layout.candidates import CANDIDATES, COSTS, SERVICE_LEVELS
from reportgen.workbook.layout.evaluation import EVALUATION, TASK_SPELLINGS
from reportgen.workbook.layout.examples import EXAMPLES, FIELDS, LABELS, MISTAKE_COSTS, RECORDS
from reportgen.workbook.layout.optional_sheets import (
    ATTESTATIONS,
    KNOWN_FAILURES,
    PRODUCTION_MIX,
    PROMPTS,
    RECORDED_OUTPUTS,
    RECORDED_VERDICTS,
    REQUIREMENTS,
    REVIEW_RULES,
    SCREENING,
)
from reportgen.workbook.layout.schema import Cell, CellType, Column, CostRow, Item, Per, Sheet, Source

__all__ = [
    "LOCAL_BASELINES",
    "OURS",
    "OUR_SHEETS",
    "PRIMARY_MEASURES",
    "ROW_STATUS",
    "SHEETS",
    "TASK_SPELLINGS",
    "TEMPLATE_VERSION",
    "Cell",
    "CellType",
    "Column",
    "CostRow",
    "Item",
    "Per",
    "Sheet",
    "Source",
    "columns_for",
    "folded",
    "measure_choices",
    "measure_words",
    "required_sheets",
    "sheet",
    "sheets_for",
    "squash",
    "task_named",
]

TEMPLATE_VERSION = "1"
"""Rises when a blank of an earlier version could be read differently."""

SHEETS: tuple[Sheet, ...] = (
    EVALUATION,
    EXAMPLES,
    LABELS,
    FIELDS,
    RECORDS,
    MISTAKE_COSTS,
    CANDIDATES,
    PROMPTS,
    RECORDED_OUTPUTS,
    RECORDED_VERDICTS,
    SERVICE_LEVELS,
    COSTS,
    REVIEW_RULES,
    PRODUCTION_MIX,
    KNOWN_FAILURES,
    REQUIREMENTS,
    SCREENING,
    ATTESTATIONS,
)

ROW_STATUS = "Row status"
OUR_SHEETS: tuple[str, ...] = ("Start", "Lists", "Filled example", "_reportgen")
OURS: tuple[str, ...] = (*OUR_SHEETS, ROW_STATUS)
"""Sheets and the column that we write and never read."""

LOCAL_BASELINES: Mapping[str, tuple[Task, ...]] = MappingProxyType(
    {
        "majority": (Task.CLASSIFICATION, Task.QUESTION_ANSWERING),
        "nearest example": tuple(Task),
        "tf-idf logistic regression": (Task.CLASSIFICATION,),
        "anchors and patterns": (Task.EXTRACTION,),
        "lead sentences": (Task.SUMMARIZATION,),
        "lexrank": (Task.SUMMARIZATION,),
    }
)
"""Names of the contract, with the tasks for which the drop-down offers them."""

PRIMARY_MEASURES: Mapping[Task, str] = MappingProxyType(
    {
        Task.CLASSIFICATION: "macro F1",
        Task.EXTRACTION: "field F1",
        Task.SUMMARIZATION: "omission rate",
        Task.QUESTION_ANSWERING: "exact answer rate",
    }
)
"""The measure that ranks where the workbook names none."""


def squash(name: str) -> str:
    """Return a name as sheets and headers are compared: case, spaces, underscores, hyphens forgiven."""
    return "".join(c for c in name.casefold() if not (c.isspace() or c in "_-\u00a0\u200b\ufeff"))


def sheet(name: str) -> Sheet:
    """Return the sheet called `name` or by one of its aliases, forgiving case, spaces and underscores.

    Raises KeyError where the layout has none.
    """
    return _BY_NAME[squash(name)]


def sheets_for(task: Task) -> tuple[Sheet, ...]:
    """Return the sheets that a workbook of this task may hold, in order."""
    return tuple(s for s in SHEETS if task in s.tasks)


def required_sheets() -> tuple[Sheet, ...]:
    """Return the sheets that no workbook may lack."""
    return tuple(s for s in SHEETS if s.required)


def columns_for(
    of: Sheet, task: Task, fields: Iterable[str] = (), candidates: Iterable[str] = ()
) -> tuple[tuple[str, Column], ...]:
    """Return (header, column) for each column of a sheet, families spelled out, ordinary ones before folded ones.

    The two families of a field stand side by side unless one of them is folded; families without names fall away.
    """
    names: dict[Per, Sequence[str]] = {Per.FIELD: tuple(fields), Per.CANDIDATE: tuple(candidates)}
    spelled: list[tuple[str, Column]] = []
    for column in of.columns:
        if task not in column.tasks:
            continue
        if column.per is None:
            spelled.append((column.header, column))
        else:
            spelled.extend((column.named(name), column) for name in names[column.per])
    return tuple(sorted(spelled, key=lambda pair: folded(pair[1], task)))


def folded(column: Column, task: Task) -> bool:
    """Return whether the blank for this task folds the column away."""
    return column.expert and task not in column.open_for


def measure_choices(task: Task, *, levels_only: bool = True) -> tuple[str, ...]:
    """Return the plain words of the measures for a task, in the order of the list of measures.

    `levels_only` leaves out what may be shown but never be a service level.
    """
    from reportgen.domain.measures import MEASURES  # noqa: PLC0415 - the layout is read without numpy where no list is needed

    return tuple(m.words for m in MEASURES.values() if task in m.tasks and (m.gateable or not levels_only))


def measure_words(name: str) -> str:
    """Return the plain words of one measure, the form that drop-downs show. Raises KeyError where there is none."""
    from reportgen.domain.measures import MEASURES  # noqa: PLC0415 - as above

    return MEASURES[name].words


def task_named(text: str) -> Task | None:
    """Return the task that a user means, None where no task is called so; `question-answering` and `QA` are understood."""
    key = " ".join(text.casefold().split())
    key = TASK_SPELLINGS.get(key, key)
    return next((t for t in Task if squash(t.value) == squash(key)), None)


_BY_NAME: Mapping[str, Sheet] = MappingProxyType(
    {squash(name): s for s in reversed(SHEETS) for name in (*s.aliases, s.name)} | {squash(s.name): s for s in SHEETS}
)
