"""The kinds of things a workbook is made of (sheet, column, item, cost row), so that layouts are data and not code."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from reportgen import extensions
from reportgen.domain.records.plan import Task
from reportgen.extensions import Group

ALL_TASKS: tuple[Task, ...] = tuple(Task)


class CellType(StrEnum):
    """What a cell is allowed to hold; the blank formats by it and the parser reads by it."""

    TEXT = "text"
    """One line; cleaned of stray spaces."""
    LONG_TEXT = "long text"
    """Kept character by character, since it goes to the model."""
    ID = "id"
    """A name by which other sheets point here; a number is read as its text."""
    LINES = "lines"
    """Several values, one a line."""
    SHARE = "share"
    NUMBER = "number"
    INTEGER = "whole number"
    MONEY = "money"
    SECONDS = "seconds"
    DATE = "date"
    YES_NO = "yes or no"
    CHOICE = "choice"
    SETTINGS = "settings"
    """`name: value`, one a line."""


class Per(StrEnum):
    """What a family of columns is repeated for; the header holds the name in angle brackets."""

    FIELD = "field"
    CANDIDATE = "candidate"


class Source(StrEnum):
    """Where a drop-down takes its entries from when they are not fixed words; such lists only suggest, they never refuse."""

    MEASURES = "measures"
    LABELS = "labels"
    CANDIDATES = "candidates"
    PROMPTS = "prompts"
    LOCAL_BASELINES = "local baselines"
    KINDS = "kinds"
    """Those that other packages add; they are allowed beside the choices."""
    UNITS = "units"
    KNOWN_FAILURES = "known failures"
    SUPPLIER_QUESTIONS = "supplier questions"


@dataclass(frozen=True, slots=True)
class Cell:
    """What a value may be, shared by columns and items.

    `choices` are the only words allowed (CHOICE); `spellings` maps other ways to write a choice, lower case, to the choice.
    `least` and `most` are inclusive limits in the unit of the type (a share is 0 to 1). `source` only suggests.
    """

    type: CellType = CellType.TEXT
    choices: tuple[str, ...] = ()
    spellings: Mapping[str, str] = field(default_factory=dict)
    source: Source | None = None
    least: float | None = None
    most: float | None = None

    @property
    def allowed(self) -> tuple[str, ...]:
        """The choices, with what other packages add to them."""
        return (*self.choices, *(extensions.added(Group.KINDS, self.choices) if self.source is Source.KINDS else ()))


@dataclass(frozen=True, slots=True)
class Column:
    """One column. `per` marks a family such as `Expected: <Field>`: then `prefix` is what the real headers start with.

    `default` says in words what a blank cell means. `expert` columns stand right and folded in the blank, except for the
    tasks in `open_for`. Columns with the same `one_of` are alternatives: each row needs at least one of them. `needed`
    marks a column without which an example cannot be scored.
    """

    header: str
    help: str
    cell: Cell = Cell()
    required: bool = False
    aliases: tuple[str, ...] = ()
    default: str = ""
    expert: bool = False
    open_for: tuple[Task, ...] = ()
    width: int = 18
    per: Per | None = None
    tasks: tuple[Task, ...] = ALL_TASKS
    one_of: str = ""
    needed: bool = False

    @property
    def type(self) -> CellType:
        """The type of its cells."""
        return self.cell.type

    @property
    def choices(self) -> tuple[str, ...]:
        """The only words allowed, empty where any value of the type is."""
        return self.cell.allowed

    @property
    def prefix(self) -> str:
        """What the headers of a family start with, `Expected:`; the whole header where it is no family."""
        return self.header.split("<", 1)[0].strip()

    def named(self, name: str) -> str:
        """Return the header of a family for one field or candidate: `Expected: Tenant`."""
        return f"{self.prefix} {name}"


@dataclass(frozen=True, slots=True)
class Item:
    """One row of the Evaluation sheet. `default` is what a blank value means, in the form a user would type it."""

    name: str
    help: str
    cell: Cell = Cell()
    required: bool = False
    default: str | float = ""
    aliases: tuple[str, ...] = ()
    expert: bool = False

    @property
    def type(self) -> CellType:
        """The type of its value."""
        return self.cell.type

    @property
    def choices(self) -> tuple[str, ...]:
        """The only words allowed, empty where any value of the type is."""
        return self.cell.choices


@dataclass(frozen=True, slots=True)
class CostRow:
    """One row of the Costs sheet. `unit` may hold {currency}; `type` says how Low, Expected and High are read."""

    name: str
    unit: str
    help: str
    type: CellType = CellType.NUMBER
    aliases: tuple[str, ...] = ()
    first: bool = False
    most: float | None = None


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet. `shown` = in every blank of its tasks; `required` = a workbook without it cannot be run."""

    name: str
    help: str
    columns: tuple[Column, ...]
    required: bool = False
    tasks: tuple[Task, ...] = ALL_TASKS
    shown: bool = False
    absent: str = ""
    """What happens where the sheet is left out, in words."""
    items: tuple[Item, ...] = ()
    rows: tuple[CostRow, ...] = ()
    aliases: tuple[str, ...] = ()
    open_columns: str = ""
    """Not empty where further columns are the user's own and are read: what they hold."""

    def column(self, header: str) -> Column:
        """Return the column with exactly this header.

        Raises KeyError where there is none.
        """
        for column in self.columns:
            if column.header == header:
                return column
        raise KeyError(header)

    def item(self, name: str) -> Item:
        """Return the item with exactly this name.

        Raises KeyError where there is none.
        """
        for item in self.items:
            if item.name == name:
                return item
        raise KeyError(name)
