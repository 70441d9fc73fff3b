"""Whether a given value is the expected one, by the type of the field; similar is never right but in lists of texts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import assert_never

from reportgen.domain.records.plan import FieldSpec, FieldType
from reportgen.metrics.dates import CalendarDate, read_date
from reportgen.metrics.json_output import Given
from reportgen.metrics.normalise import comparable, comparable_name, fold, yes_or_no
from reportgen.metrics.quantities import Quantity, read_quantity

LIST_THRESHOLD = 85.0
"""Token-sort similarity (0 to 100) from which two list items are the same (figures.md 3.2)."""
_MOST_PAIRED = 2_000
"""Longest list that is paired by similarity; longer ones are compared item by item."""


@dataclass(frozen=True, slots=True)
class Conventions:
    """What the Evaluation sheet declares about dates and numbers; blank = not declared, ambiguous values are then wrong."""

    date_order: str = ""
    decimal_mark: str = ""


@dataclass(frozen=True, slots=True)
class Match:
    """Whether the value is right, and why not where that is not plain to see."""

    right: bool
    reason: str = ""


UNDECLARED = Conventions()
RIGHT = Match(right=True)
DIFFERENT = Match(right=False, reason="the value differs")


def choice_of(spec: FieldSpec, text: str) -> str | None:
    """Return the choice that `text` names, by name or by an `also written` entry `choice = other spelling`; else None."""
    wanted = comparable(text)
    for choice in spec.choices:
        if comparable(choice) == wanted:
            return choice
    for entry in spec.also_written:
        choice, equals, other = entry.partition("=")
        if equals and comparable(other) == wanted:
            return choice.strip()
    return None


def compare(spec: FieldSpec, accepted: Sequence[str], given: Given, conventions: Conventions) -> Match:
    """Return whether `given` is one of the accepted values, or, for a list, all of them.

    Args:
        spec: the field; its type chooses the comparison, its tolerance (own unit, days for dates) widens it.
        accepted: the expected values, at least one.
        given: a value that is not empty.
        conventions: declared date order and decimal mark.
    """
    if spec.type is FieldType.LIST:
        return compare_lists(accepted, given.items or tuple(given.text.splitlines()))
    found = DIFFERENT
    for value in accepted:
        result = _compare_one(spec, value, given, conventions)
        if result.right:
            return result
        found = result if result.reason != DIFFERENT.reason else found
    return found


def _compare_one(spec: FieldSpec, expected: str, given: Given, conventions: Conventions) -> Match:
    result: Match
    match spec.type:
        case FieldType.TEXT:
            result = _same(comparable(expected) == comparable(given.text))
        case FieldType.NAME:
            result = _same(comparable_name(expected) == comparable_name(given.text))
        case FieldType.CHOICE:
            result = _compare_choices(spec, expected, given.text)
        case FieldType.YES_NO:
            result = _compare_truth(expected, given.text)
        case FieldType.DATE:
            result = compare_dates(expected, given.text, conventions.date_order, spec.tolerance)
        case FieldType.NUMBER | FieldType.MONEY:
            result = _compare_numbers(expected, given, conventions.decimal_mark, spec.tolerance)
        case FieldType.LIST:
            result = compare_lists((expected,), given.items)
        case _:
            assert_never(spec.type)
    return result


def _compare_truth(expected: str, given: str) -> Match:
    wanted, found = yes_or_no(expected), yes_or_no(given)
    if wanted is None or found is None:
        return _same(comparable(expected) == comparable(given))
    return _same(wanted is found)


def _same(right: bool) -> Match:
    return RIGHT if right else DIFFERENT


def _compare_choices(spec: FieldSpec, expected: str, given: str) -> Match:
    wanted, found = choice_of(spec, expected), choice_of(spec, given)
    if found is None and spec.choices:
        return Match(comparable(expected) == comparable(given), "not one of the choices")
    return _same(comparable(wanted or expected) == comparable(found or given))


def compare_dates(expected: str, given: str, order: str, tolerance: float | None = None) -> Match:
    """Return whether two dates are the same day, or the same partial date; `tolerance` is in days."""
    if comparable(expected) == comparable(given):
        return RIGHT
    wanted, found = read_date(expected, order), read_date(given, order)
    for text, dates in ((expected, wanted), (given, found)):
        if not dates:
            return Match(right=False, reason=f'"{text[:60]}" is not a date that can be read')
        if len(dates) > 1:
            return Match(right=False, reason=f'"{text[:60]}" is ambiguous: declare the Date order')
    return _same(wanted == found or _days_apart(wanted[0], found[0]) <= (tolerance or 0))


def _days_apart(a: CalendarDate, b: CalendarDate) -> float:
    if a.full is None or b.full is None:
        return float("inf")
    return abs((a.full - b.full).days)


def _compare_numbers(expected: str, given: Given, mark: str, tolerance: float | None) -> Match:
    if fold(expected) == fold(given.text):
        return RIGHT
    wanted = read_quantity(expected, mark)
    found = Quantity((given.number,)) if given.number is not None else read_quantity(given.text, mark)
    if wanted is None and found is None and comparable(expected) == comparable(given.text):
        return RIGHT  # words where a number should be; between numbers a bracket or a minus would be lost
    return compare_quantities(wanted, found, tolerance, (expected, given.text))


def compare_quantities(
    wanted: Quantity | None, found: Quantity | None, tolerance: float | None, texts: tuple[str, str] = ("", "")
) -> Match:
    """Return whether two numbers are equal within `tolerance`, with the same currency and unit where both name one."""
    for text, quantity in zip(texts, (wanted, found), strict=True):
        if quantity is None:
            return Match(right=False, reason=f'"{text[:60]}" is not a number that can be read')
        if quantity.ambiguous:
            return Match(right=False, reason=f'"{text[:60]}" is ambiguous: declare the Decimal mark')
    if wanted is None or found is None:
        return DIFFERENT
    if wanted.currencies and found.currencies and not wanted.currencies & found.currencies:
        return Match(right=False, reason="the currency differs")
    if wanted.unit and found.unit and wanted.unit.rstrip("s") != found.unit.rstrip("s"):
        return Match(right=False, reason="the unit differs")
    return _same(abs(wanted.values[0] - found.values[0]) <= Decimal(str(tolerance or 0)))


@dataclass(frozen=True, slots=True)
class ListMatch:
    """How two lists of texts fit: pairs found, items expected, items given."""

    matched: int
    expected: int
    given: int

    @property
    def precision(self) -> float:
        """Matched of given; two empty lists fit."""
        return self.matched / self.given if self.given else float(not self.expected)

    @property
    def recall(self) -> float:
        """Matched of expected; two empty lists fit."""
        return self.matched / self.expected if self.expected else float(not self.given)

    @property
    def f1(self) -> float:
        """Harmonic mean of both."""
        both = self.precision + self.recall
        return 2 * self.precision * self.recall / both if both else 0.0


def match_lists(expected: Sequence[str], given: Sequence[str]) -> ListMatch:
    """Pair expected and given items so that the pairs are most alike in all (optimal assignment, figures.md 3.2).

    Items pair from a token-sort similarity of 85 on, and only when their digits agree: `Invoice 1001` is not
    `Invoice 1002`.
    """
    wanted, found = sorted(comparable(item) for item in expected), sorted(comparable(item) for item in given)
    if wanted == found:
        return ListMatch(len(wanted), len(wanted), len(found))
    if max(len(wanted), len(found)) > _MOST_PAIRED:
        return ListMatch(len(set(wanted) & set(found)), len(wanted), len(found))
    if not wanted or not found:
        return ListMatch(0, len(wanted), len(found))
    from rapidfuzz import fuzz, process  # noqa: PLC0415 - only lists need them
    from scipy.optimize import linear_sum_assignment  # noqa: PLC0415 - only lists need it

    alike = process.cdist(wanted, found, scorer=fuzz.token_sort_ratio)
    wanted_digits, found_digits = [_digits(w) for w in wanted], [_digits(f) for f in found]
    for i, digits in enumerate(wanted_digits):
        for j, others in enumerate(found_digits):
            if digits != others or alike[i, j] < LIST_THRESHOLD:
                alike[i, j] = 0
    rows, columns = linear_sum_assignment(-alike)
    return ListMatch(int((alike[rows, columns] > 0).sum()), len(wanted), len(found))


def _digits(text: str) -> list[str]:
    """Return the digits of each word that has any, in no order, since word order is forgiven too."""
    return sorted(filter(None, ("".join(c for c in word if c.isdigit()) for word in text.split())))


def compare_lists(expected: Sequence[str], given: Sequence[str]) -> Match:
    """Return whether every expected item was given and nothing else."""
    found = match_lists(expected, given)
    if found.matched == found.expected == found.given:
        return RIGHT
    return Match(
        False,
        f"{found.matched} of {found.expected} items found, {found.given - found.matched} of {found.given} not expected",
    )
