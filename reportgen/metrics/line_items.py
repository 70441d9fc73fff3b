"""Rows of a records field, such as line items: paired so that the most parts agree, and marked part by part.

A part is compared exactly as a field of its type is, by `values.compare`; nothing looser makes a pair (formulas.md 3.2).
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from reportgen.domain.reading.dates import read_date
from reportgen.domain.reading.numbers import read_quantity
from reportgen.domain.reading.text import comparable_name
from reportgen.domain.records.plan import FieldSpec, FieldType
from reportgen.domain.records.score import Mark, RowPair
from reportgen.metrics.json_output import NOTHING, Given
from reportgen.metrics.values import Conventions, compare

UNLABELLED = "?"
_FIGURES = frozenset({FieldType.NUMBER, FieldType.MONEY})

Bools = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class RowComparer:
    """Holds the rows of one records field against one another."""

    spec: FieldSpec
    conventions: Conventions

    def pairs(self, expected: Sequence[Mapping[str, str]], given: Sequence[Mapping[str, Given]]) -> tuple[RowPair, ...]:
        """Return expected rows in their order, each with the given row that it was paired with, then rows given besides.

        The pairing maximises the number of parts that agree, ties by order; rows that agree in no part are no pair.
        """
        agree = [self._agreement(part, expected, given) for part in self.spec.parts]
        partner = _assigned(sum((a.astype(np.int64) for a in agree), np.zeros((len(expected), len(given)), dtype=np.int64)))
        found = [self._pair(row, given, partner.get(i), i, agree) for i, row in enumerate(expected)]
        taken = set(partner.values())
        besides = [self._besides(row) for j, row in enumerate(given) if j not in taken]
        return (*found, *besides)

    def _agreement(
        self, part: FieldSpec, expected: Sequence[Mapping[str, str]], given: Sequence[Mapping[str, Given]]
    ) -> Bools:
        """Return (expected, given): where the two rows hold the same value of a part, both of them one."""
        wanted = [row.get(part.name, "") for row in expected]
        found = [row.get(part.name, NOTHING) for row in given]
        texts = {text: n for n, text in enumerate(dict.fromkeys(wanted))}
        answers = {(g.text, g.number): g for g in found}
        places = {name: n for n, name in enumerate(answers)}
        same = np.zeros((len(texts), len(places)), dtype=np.bool_)
        buckets: dict[Hashable, list[int]] = {}
        for name, place in places.items():
            for shared in self._keys(part, answers[name]) if not answers[name].empty else ():
                buckets.setdefault(shared, []).append(place)
        known = list(answers.values())
        for text, row in texts.items():
            if text and text != UNLABELLED:
                near = {place for shared in self._keys(part, Given(text)) for place in buckets.get(shared, ())}
                for place in near:
                    same[row, place] = compare(part, (text,), known[place], self.conventions).right
        rows = np.array([texts[text] for text in wanted], dtype=np.int64)
        columns = np.array([places[g.text, g.number] for g in found], dtype=np.int64)
        return same[np.ix_(rows, columns)]

    def _keys(self, part: FieldSpec, value: Given) -> tuple[Hashable, ...]:
        """Return what two values share at least one of if they can be the same, so that only such are compared."""
        if part.tolerance or any("=" in line for line in part.also_written) or part.type is FieldType.YES_NO:
            return ("any",)
        words = comparable_name(value.text)
        if part.type in _FIGURES:
            if value.number is not None:
                return words, value.number.normalize()
            read = read_quantity(value.text, self.conventions.decimal_mark)
            return (words, *(number.normalize() for number in read.values)) if read is not None else (words,)
        if part.type is FieldType.DATE:
            return words, *read_date(value.text, self.conventions.date_order)
        return (words,)

    def _pair(
        self,
        row: Mapping[str, str],
        given: Sequence[Mapping[str, Given]],
        partner: int | None,
        place: int,
        agree: Sequence[Bools],
    ) -> RowPair:
        expected = tuple(row.get(part.name, "") for part in self.spec.parts)
        if partner is None:
            return RowPair(expected, None, tuple(_unpaired(text, Mark.MISSING) for text in expected))
        found = tuple(given[partner].get(part.name, NOTHING).text for part in self.spec.parts)
        marks = [
            _mark(wanted, text, same=bool(part[place, partner]))
            for wanted, text, part in zip(expected, found, agree, strict=True)
        ]
        return RowPair(expected, found, tuple(marks))

    def _besides(self, row: Mapping[str, Given]) -> RowPair:
        found = tuple(row.get(part.name, NOTHING).text for part in self.spec.parts)
        return RowPair(None, found, tuple(_unpaired(text, Mark.INVENTED) for text in found))


def _unpaired(text: str, mark: Mark) -> Mark:
    if text == UNLABELLED and mark is Mark.MISSING:
        return Mark.UNSCORED
    return mark if text else Mark.CORRECT_EMPTY


def _mark(expected: str, given: str, *, same: bool) -> Mark:
    if expected == UNLABELLED:
        return Mark.UNSCORED
    if not given:
        return Mark.MISSING if expected else Mark.CORRECT_EMPTY
    if not expected:
        return Mark.INVENTED
    return Mark.CORRECT if same else Mark.WRONG


def _assigned(agree: npt.NDArray[np.int64]) -> dict[int, int]:
    """Return expected row -> given row, with the most agreement in all; of equal pairings the one nearest to the order."""
    if not agree.size or not agree.any():
        return {}
    from scipy.optimize import linear_sum_assignment  # noqa: PLC0415 - only records need it

    many, more = agree.shape
    apart = (np.arange(many)[:, None] - np.arange(more)[None, :]).astype(np.float64) ** 2
    far = apart.max() * min(many, more) + 1
    rows, columns = linear_sum_assignment(np.where(agree > 0, apart - far * agree, 0.0))
    return {int(i): int(j) for i, j in zip(rows, columns, strict=True) if agree[i, j] > 0}


def rows_differ(pairs: Sequence[RowPair]) -> str:
    """Return what is not right about the rows, in words; empty where all is."""
    expected = sum(p.expected is not None for p in pairs)
    given = sum(p.given is not None for p in pairs)
    exact = sum(p.exact for p in pairs)
    if exact == expected == given:
        return ""
    return f"{exact} of {expected} rows right in every part, {given} given"


def as_expected(pairs: Sequence[RowPair]) -> tuple[RowPair, ...]:
    """Return the expected rows as given in full: what a verdict that calls the answer right says of them."""
    wanted = [p.expected for p in pairs if p.expected is not None]
    return tuple(RowPair(row, row, tuple(_mark(text, text, same=True) for text in row)) for row in wanted)
