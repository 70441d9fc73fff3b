"""Measures of the rows of records fields, such as line items: part by part, and row by row (formulas.md 3.2)."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from reportgen.domain.measures.columns import f1, in_scope, judged, ratio, remembered
from reportgen.domain.records.measure import Better, Family, Floats, Measure, Sample, Unit
from reportgen.domain.records.plan import Scope, ScopeKind, Task
from reportgen.domain.records.score import Mark, RowPair

_SCOPES = frozenset({ScopeKind.OVERALL, ScopeKind.FIELD, ScopeKind.SEGMENT})
_GIVEN_WRONG = frozenset({Mark.WRONG, Mark.INVENTED})
_LOST = frozenset({Mark.WRONG, Mark.MISSING})
_WIDTH = 5


def _places(sample: Sample) -> dict[str, int]:
    """Return the place of each records field and of each of its parts in the table of counts."""
    names = [n for name, parts in sample.records.items() for n in (name, *(f"{name}: {part}" for part in parts))]
    return {name: place for place, name in enumerate(names)}


def _counts(sample: Sample) -> Floats:
    """Return (n, fields and parts, 5): parts right, given in vain, expected in vain; rows exact; rows at most."""

    def make() -> Floats:
        places = _places(sample)
        table = np.zeros((len(sample.observations), len(places), _WIDTH))
        for row, reading in enumerate(sample.readings()):
            for part in reading.parts:
                if part.rows and part.name in sample.records:
                    every = range(len(sample.records[part.name]))
                    table[row, places[part.name]] = _count(part.rows, every)
                    for at in every:
                        table[row, places[part.name] + 1 + at] = _count(part.rows, (at,))
        return table

    return remembered(sample, "rows", make)


def _count(rows: Sequence[RowPair], parts: Sequence[int]) -> tuple[int, int, int, int, int]:
    marks = [pair.marks[at] for pair in rows for at in parts]
    right = sum(m is Mark.CORRECT for m in marks)
    wrong, lost = sum(m in _GIVEN_WRONG for m in marks), sum(m in _LOST for m in marks)
    whole = [pair for pair in rows if pair.expected is not None and pair.given is not None]
    exact = sum(all(pair.marks[at].right or pair.marks[at] is Mark.UNSCORED for at in parts) for pair in whole)
    most = max(sum(pair.expected is not None for pair in rows), sum(pair.given is not None for pair in rows))
    return right, wrong, lost, exact, most


def _in_scope(sample: Sample, scope: Scope) -> Floats:
    """Return (n, 5): the counts of the scope's field or part, of all records fields where it names none."""
    table, places = _counts(sample), _places(sample)
    chosen = [places[name] for name in sample.records]
    if scope.kind is ScopeKind.FIELD:
        chosen = [places[scope.name]] if scope.name in places else []
    weight = in_scope(sample, scope) * judged(sample)
    return np.asarray(table[:, chosen, :].sum(axis=1) * weight[:, None], dtype=np.float64)


def _none(sample: Sample, scope: Scope) -> str:
    if not sample.records:
        return "no field has the type records"
    return "" if _in_scope(sample, scope).any() else "no document of this scope holds such rows, and none were given"


MEASURES: tuple[Measure, ...] = (
    Measure(
        "line item F1",
        "Parts of line items right, neither missing nor invented (line item F1)",
        Better.HIGHER,
        Unit.SHARE,
        Family.MEAN,
        frozenset({Task.EXTRACTION}),
        lambda sample, scope: _in_scope(sample, scope)[:, :3],
        f1,
        scopes=_SCOPES,
        best=1.0,
        of_rows=True,
        explanation="F1 over the parts of all rows (micro), after each row was paired with the one it agrees with most.",
        why_not=_none,
    ),
    Measure(
        "row exact rate",
        "Line items with every part right (row exact rate)",
        Better.HIGHER,
        Unit.SHARE,
        Family.MEAN,
        frozenset({Task.EXTRACTION}),
        lambda sample, scope: _in_scope(sample, scope)[:, 3:],
        ratio,
        scopes=_SCOPES,
        best=1.0,
        of_rows=True,
        explanation="Rows with every part right, of the rows expected or given, whichever are more.",
        why_not=_none,
    ),
)
