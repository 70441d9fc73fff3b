"""The matrix as a page needs it: what each column is sorted by, and two candidates held side by side."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from reportgen.desk.finished import Finished
from reportgen.desk.linking import Links
from reportgen.domain.records.comparison import Verdict
from reportgen.domain.records.measure import Measurement, Observation
from reportgen.reports.view.context import context_of
from reportgen.reports.view.marks import Mark
from reportgen.reports.view.records import LevelRow, MatrixRow

ROWS = ("quality", "latency", "cost_per_task", "cost_per_month", "review")
"""The columns of figures, by their names in the view."""


@dataclass(frozen=True, slots=True)
class Side:
    """One line of two candidates side by side: a figure with its small line, or a verdict."""

    name: str
    first: str
    second: str
    first_note: str = ""
    second_note: str = ""
    marks: tuple[Mark, Mark] | None = None


@dataclass(frozen=True, slots=True)
class Shared:
    """How many examples both, one or neither of two candidates had right, with the address of those of one alone."""

    words: str
    count: int
    address: str = ""


@dataclass(frozen=True, slots=True)
class Two:
    """Two candidates side by side."""

    first: str
    second: str
    lines: tuple[Side, ...]
    shared: tuple[Shared, ...]


def sorted_by(found: Finished) -> list[tuple[float | None, ...]]:
    """Return for each row of the matrix the figures of its columns, then its verdict from the best; None sorts last."""
    context, ranks = context_of(found.comparison), list(Verdict)
    rows: list[tuple[float | None, ...]] = []
    for result in context.results:
        cost = _value(context.figure(result, "cost per task"))
        figures = (context.primary(result), context.figure(result, "p95 latency"), context.figure(result, "review rate"))
        quality, latency, review = (_value(f) for f in figures)
        worst = max((ranks.index(level.verdict) for level in result.levels), default=None)
        rows.append((quality, latency, cost, cost, review, None if worst is None else float(worst)))
    manual = found.comparison.manual_cost_per_task
    return rows if manual is None else [*rows, (None, None, manual, manual, None, None)]


def _value(figure: Measurement | None) -> float | None:
    return None if figure is None else figure.value


def two_of(found: Finished, links: Links, first: str, second: str) -> Two | None:
    """Return two candidates side by side; None where they are not two of this run."""
    names = [c.spec.name for c in found.comparison.competing]
    if first == second or first not in names or second not in names:
        return None
    a, b = names.index(first), names.index(second)
    rows, columns = found.view.matrix, found.view.matrix_columns[1:]
    lines = [*_figures(rows[a], rows[b], columns), *_levels(found.view.levels, a, b)]
    return Two(first, second, tuple(lines), tuple(_shared(found, links, first, second)))


def _figures(a: MatrixRow, b: MatrixRow, columns: tuple[str, ...]) -> Iterator[Side]:
    for head, name in zip(columns, ROWS, strict=False):
        note = {"cost_per_task": "cost_note", "cost_per_month": ""}.get(name, f"{name}_note")
        yield Side(
            head,
            getattr(a, name),
            getattr(b, name),
            getattr(a, note) if note else "",
            getattr(b, note) if note else "",
        )


def _levels(levels: tuple[LevelRow, ...], a: int, b: int) -> Iterator[Side]:
    for level in levels:
        one, other = level.cells[a], level.cells[b]
        yield Side(level.words, one.value, other.value, marks=(one.mark, other.mark))


def _shared(found: Finished, links: Links, first: str, second: str) -> Iterator[Shared]:
    """Yield how many examples were right: with both, with either alone, with neither, of those that both were scored on."""
    counts = {(True, True): 0, (True, False): 0, (False, True): 0, (False, False): 0}
    for seen in found.by_example.values():
        if first in seen and second in seen and not (seen[first].score.unscored or seen[second].score.unscored):
            counts[_right(seen[first]), _right(seen[second])] += 1
    yield Shared("with both", counts[True, True])
    ahead = links.answers(show="ahead", candidate=first, other=second)
    yield Shared(f"with {first} alone", counts[True, False], ahead)
    ahead = links.answers(show="ahead", candidate=second, other=first)
    yield Shared(f"with {second} alone", counts[False, True], ahead)
    yield Shared("with neither", counts[False, False])


def _right(observed: Observation) -> bool:
    return observed.score.strict.right
