"""Measures of extraction, field by field: right, wrong, missing, invented, rightly empty (formulas.md 3.2)."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from reportgen.domain.measures.columns import column, f1, in_scope, judged, masked, ratio, remembered, right
from reportgen.domain.records.measure import Better, Family, Floats, Measure, Sample, Unit
from reportgen.domain.records.plan import Scope, ScopeKind, Task
from reportgen.domain.records.response import Outcome
from reportgen.domain.records.score import CitationMark, Mark

_TASK = frozenset({Task.EXTRACTION})
_OVERALL_FIELD_SEGMENT = frozenset({ScopeKind.OVERALL, ScopeKind.FIELD, ScopeKind.SEGMENT})
_MARKS = (Mark.CORRECT, Mark.CORRECT_EMPTY, Mark.WRONG, Mark.MISSING, Mark.INVENTED)
_GIVEN, _SUPPORTED, _LOST, _FOUND = range(len(_MARKS), len(_MARKS) + 4)


def _marks(sample: Sample) -> Floats:
    """Return (n, fields, 9): 1 where the field has the mark, then whether a citation was owed, supports, is lost or found.

    Lost is a field that the document does not hold in a response that could not be read: no mark, but not right either.
    """

    def make() -> Floats:
        place = {name: i for i, name in enumerate(sample.fields)}
        kind = {mark: i for i, mark in enumerate(_MARKS)}
        cited = frozenset(sample.citation_fields)
        table = np.zeros((len(sample.observations), len(sample.fields), len(_MARKS) + 4))
        for row, (observation, reading) in enumerate(zip(sample.observations, sample.readings(), strict=True)):
            key = observation.example.key
            if reading.outcome is not Outcome.ANSWERED and key is not None:
                lost = [place[name] for name, k in key.fields.items() if name in place and k.labelled and not k.values]
                table[row, lost, _LOST] = 1
            for part in reading.parts:
                at = place.get(part.name)
                if at is None:
                    continue
                if part.mark in kind:
                    table[row, at, kind[part.mark]] = 1
                    table[row, at, _LOST] = 0
                empty = part.mark in (Mark.MISSING, Mark.CORRECT_EMPTY) or not (part.found or part.mark in kind)
                if part.name in cited and reading.outcome is Outcome.ANSWERED and not empty:
                    table[row, at, _GIVEN] = 1
                    table[row, at, _SUPPORTED] = part.citation is CitationMark.SUPPORTS
                    table[row, at, _FOUND] = part.citation is not None and part.citation.found
        return table

    return remembered(sample, "marks", make)


def _sums(sample: Sample, scope: Scope, *kinds: Mark | int) -> Floats:
    """Return (n,): how many fields of the scope carry one of the marks, in each observation of the scope."""
    table = _marks(sample)
    at = [_MARKS.index(k) if isinstance(k, Mark) else k for k in kinds]
    if scope.kind is ScopeKind.FIELD:
        chosen = [sample.fields.index(scope.name)] if scope.name in sample.fields else []
        table = table[:, chosen, :]
    return np.asarray(table[:, :, at].sum(axis=(1, 2)) * in_scope(sample, scope), dtype=np.float64)


def field_counts(sample: Sample, scope: Scope) -> Floats:
    """Return (n, 3): right values, wrong or invented ones, wrong or missing ones: what F1 is made of."""
    return np.stack(
        [
            _sums(sample, scope, Mark.CORRECT),
            _sums(sample, scope, Mark.WRONG, Mark.INVENTED),
            _sums(sample, scope, Mark.WRONG, Mark.MISSING),
        ],
        axis=1,
    )


def _pair(above: Sequence[Mark | int], below: Sequence[Mark | int], sample: Sample, scope: Scope) -> Floats:
    return np.stack([_sums(sample, scope, *above), _sums(sample, scope, *below)], axis=1)


def _none_absent(sample: Sample, scope: Scope) -> str:
    if _sums(sample, scope, Mark.INVENTED, Mark.CORRECT_EMPTY).any():
        return ""
    return "not tested: every document of this scope holds the value, so none could be invented"


def _none_present(sample: Sample, scope: Scope) -> str:
    if _sums(sample, scope, Mark.CORRECT, Mark.WRONG, Mark.MISSING).any():
        return ""
    return "not tested: no document of this scope holds the value"


def _no_citation(sample: Sample, scope: Scope) -> str:
    if not sample.citation_fields:
        return "no field has Citation required"
    if scope.kind is ScopeKind.FIELD and scope.name not in sample.citation_fields:
        return f"the field {scope.name} has no Citation required"
    return "" if _sums(sample, scope, _GIVEN).any() else "no value was given that owes a citation"


def _items(sample: Sample, scope: Scope) -> Floats:
    """Return (n, 3): items paired, expected and given in the lists of the scope, in each observation of it."""

    def make() -> Floats:
        place = {name: i for i, name in enumerate(sample.fields)}
        table = np.zeros((len(sample.observations), len(sample.fields), 3))
        for row, reading in enumerate(sample.readings()):
            for part in reading.parts:
                if part.items is not None and part.name in place:
                    table[row, place[part.name]] = part.items
        return table

    table = remembered(sample, "items", make)
    if scope.kind is ScopeKind.FIELD:
        table = table[:, [sample.fields.index(scope.name)] if scope.name in sample.fields else [], :]
    return np.asarray(table.sum(axis=1) * in_scope(sample, scope)[:, None], dtype=np.float64)


def _item_counts(sample: Sample, scope: Scope) -> Floats:
    """Return (n, 3): items paired, items added, items left out: what F1 is made of."""
    paired, expected, given = _items(sample, scope).T
    return np.stack([paired, given - paired, expected - paired], axis=1)


def _no_items(column: int, reason: str) -> Callable[[Sample, Scope], str]:
    return lambda sample, scope: "" if _items(sample, scope)[:, column].any() else reason


def _valid(sample: Sample, scope: Scope) -> Floats:
    ok = column(sample, "schema-valid", lambda _, r: float(r.outcome is Outcome.ANSWERED))
    return masked(sample, scope, ok, np.ones_like(ok))


MEASURES: tuple[Measure, ...] = (
    Measure(
        "field F1",
        "Fields right, neither missing nor invented (field F1)",
        Better.HIGHER,
        Unit.SHARE,
        Family.MEAN,
        _TASK,
        field_counts,
        f1,
        best=1.0,
        explanation="F1 over all values of all documents (micro): right values against wrong, missing and invented ones.",
    ),
    Measure(
        "field accuracy",
        "Share of fields right (field accuracy)",
        Better.HIGHER,
        Unit.SHARE,
        Family.MEAN,
        _TASK,
        lambda sample, scope: _pair((Mark.CORRECT, Mark.CORRECT_EMPTY), (*_MARKS, _LOST), sample, scope),
        ratio,
        scopes=_OVERALL_FIELD_SEGMENT,
        best=1.0,
        explanation="The share of fields that are right; a rightly empty field counts as right, an unreadable answer never.",
    ),
    Measure(
        "document exact match",
        "Documents with every field right (document exact match)",
        Better.HIGHER,
        Unit.SHARE,
        Family.SHARE,
        _TASK,
        lambda sample, scope: masked(sample, scope, right(sample), judged(sample)),
        ratio,
        best=1.0,
        explanation="The share of documents in which every labelled field is right.",
    ),
    Measure(
        "schema-valid rate",
        "Outputs in the agreed form (schema-valid rate)",
        Better.HIGHER,
        Unit.SHARE,
        Family.SHARE,
        _TASK,
        _valid,
        ratio,
        best=1.0,
        explanation="The share of planned documents whose output can be read as the agreed fields without repair.",
    ),
    Measure(
        "missing field rate",
        "Values left out (missing field rate)",
        Better.LOWER,
        Unit.SHARE,
        Family.MEAN,
        _TASK,
        lambda sample, scope: _pair((Mark.MISSING,), (Mark.CORRECT, Mark.WRONG, Mark.MISSING), sample, scope),
        ratio,
        scopes=_OVERALL_FIELD_SEGMENT,
        best=0.0,
        explanation="Of the values that the documents hold, the share that was not given.",
        why_not=_none_present,
    ),
    Measure(
        "invented field rate",
        "Values made up (invented field rate)",
        Better.LOWER,
        Unit.SHARE,
        Family.MEAN,
        _TASK,
        lambda sample, scope: _pair((Mark.INVENTED,), (Mark.INVENTED, Mark.CORRECT_EMPTY), sample, scope),
        ratio,
        scopes=_OVERALL_FIELD_SEGMENT,
        best=0.0,
        explanation="Of the fields that the documents do not hold, the share for which a value was given all the same.",
        why_not=_none_absent,
    ),
    Measure(
        "citation accuracy",
        "Values whose quote supports them (citation accuracy)",
        Better.HIGHER,
        Unit.SHARE,
        Family.MEAN,
        _TASK,
        lambda sample, scope: _pair((_SUPPORTED,), (_GIVEN,), sample, scope),
        ratio,
        scopes=_OVERALL_FIELD_SEGMENT,
        best=1.0,
        explanation="Of the values given that owe a quote, the share whose quote is in the document and supports the value.",
        why_not=_no_citation,
    ),
)

ITEM_MEASURES: tuple[Measure, ...] = (
    Measure(
        "item precision",
        "Items given that are expected (item precision)",
        Better.HIGHER,
        Unit.SHARE,
        Family.MEAN,
        _TASK,
        lambda sample, scope: _items(sample, scope)[:, [0, 2]],
        ratio,
        scopes=_OVERALL_FIELD_SEGMENT,
        best=1.0,
        explanation="Of all items given in lists, the share that is expected, each paired once by its type.",
        why_not=_no_items(2, "no item was given in a list"),
    ),
    Measure(
        "item recall",
        "Items expected that were given (item recall)",
        Better.HIGHER,
        Unit.SHARE,
        Family.MEAN,
        _TASK,
        lambda sample, scope: _items(sample, scope)[:, [0, 1]],
        ratio,
        scopes=_OVERALL_FIELD_SEGMENT,
        best=1.0,
        explanation="Of all items that lists should hold, the share that was given, each paired once by its type.",
        why_not=_no_items(1, "no list of this scope holds an item"),
    ),
    Measure(
        "item F1",
        "Items right, neither missing nor added (item F1)",
        Better.HIGHER,
        Unit.SHARE,
        Family.MEAN,
        _TASK,
        _item_counts,
        f1,
        scopes=_OVERALL_FIELD_SEGMENT,
        best=1.0,
        explanation="F1 over all items of all lists (micro): items paired against those added and those left out.",
        why_not=_no_items(1, "no list of this scope holds an item"),
    ),
)

QUOTE_MEASURES: tuple[Measure, ...] = (
    Measure(
        "quote found rate",
        "Quotes that stand in the document word for word (quote found rate)",
        Better.HIGHER,
        Unit.SHARE,
        Family.MEAN,
        _TASK,
        lambda sample, scope: _pair((_FOUND,), (_GIVEN,), sample, scope),
        ratio,
        scopes=_OVERALL_FIELD_SEGMENT,
        best=1.0,
        explanation="Of the values given that owe a quote, the share whose quote stands in the document word for word.",
        why_not=_no_citation,
    ),
)
