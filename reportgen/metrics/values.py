"""Whether a given value is the expected one, by the type of the field; similar is never right."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import TypeVar, assert_never

import numpy as np

from reportgen.domain.reading.dates import read_date, same_date
from reportgen.domain.reading.numbers import Quantity, mark_of, read_quantity
from reportgen.domain.reading.text import comparable, comparable_name, fold, yes_or_no
from reportgen.domain.records.plan import FieldSpec, FieldType, Settings
from reportgen.metrics.json_output import Given

_MOST_COMPARED = 10_000
"""Pairs of items that are held against one another at once; beyond, only items that are letter by letter the same pair."""


@dataclass(frozen=True, slots=True)
class Conventions:
    """What the Evaluation sheet declares about dates and numbers; blank = not declared, ambiguous values are then wrong."""

    date_order: str = ""
    decimal_mark: str = ""
    currency: str = "USD"

    @classmethod
    def of(cls, settings: Settings) -> Conventions:
        """Return what the settings declare, the decimal mark as the sign that the readers know."""
        return cls(settings.date_order, mark_of(settings.decimal_mark), settings.currency)


@dataclass(frozen=True, slots=True)
class Match:
    """Whether the value is right, and why not where that is not plain to see."""

    right: bool
    reason: str = ""
    unread: bool = False


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
        return match_lists(spec, accepted, given, conventions).match
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
            result = _same(same_text(expected, given.text, conventions) or _also_written(spec, expected, given.text))
        case FieldType.NAME:
            alike = comparable_name(expected) == comparable_name(given.text)
            result = _same(alike or _also_written(spec, expected, given.text))
        case FieldType.CHOICE:
            result = _compare_choices(spec, expected, given.text)
        case FieldType.YES_NO:
            result = _compare_truth(expected, given.text)
        case FieldType.DATE:
            result = compare_dates(expected, given.text, conventions.date_order, spec.tolerance)
        case FieldType.NUMBER | FieldType.MONEY:
            result = _compare_numbers(spec, expected, given, conventions)
        case FieldType.LIST:
            result = match_lists(spec, (expected,), given, conventions).match
        case FieldType.RECORDS:
            result = _same(fold(expected) == fold(given.text))
        case _:
            assert_never(spec.type)
    return result


def same_text(expected: str, given: str, conventions: Conventions) -> bool:
    """Return whether two texts say the same: word for word, and as a number too where both are one.

    `(5)` and `5` have the same words, and the first is minus five to whoever writes amounts.
    """
    if comparable(expected) != comparable(given):
        return False
    if not any(c.isdigit() for c in expected) or fold(expected, keep_case=True) == fold(given, keep_case=True):
        return True
    wanted, found = (read_quantity(text, conventions.decimal_mark) for text in (expected, given))
    return wanted is None or found is None or (wanted.values, wanted.unit) == (found.values, found.unit)


def _also_written(spec: FieldSpec, expected: str, given: str) -> bool:
    """Whether a line `expected = given` stands in Also written as."""
    wanted, found = comparable(expected), comparable(given)
    pairs = (entry.partition("=") for entry in spec.also_written if "=" in entry)
    return any(comparable(name) == wanted and comparable(other) == found for name, _, other in pairs)


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
            return Match(right=False, reason=f'"{text[:60]}" is not a date that can be read', unread=True)
        if len(dates) > 1:
            told = "declare the Date order" if not any(c.isalpha() for c in text) else " or ".join(map(str, dates))
            return Match(right=False, reason=f'"{text[:60]}" is ambiguous: {told}', unread=True)
    return _same(same_date(wanted[0], found[0], tolerance or 0))


def _compare_numbers(spec: FieldSpec, expected: str, given: Given, conventions: Conventions) -> Match:
    """Return whether two numbers or amounts are the same; what cannot be read equals only the same text."""
    if fold(expected, keep_case=True) == fold(given.text, keep_case=True):
        return RIGHT
    money = spec.type is FieldType.MONEY
    wanted = read_quantity(expected, conventions.decimal_mark, money=money)
    if given.number is not None:
        found: Quantity | None = Quantity((given.number,))
    else:
        found = read_quantity(given.text, conventions.decimal_mark, money=money)
    if wanted is None and found is None and _same_unread(expected, given.text):
        return RIGHT
    if money and found is not None and found.unit and not (wanted and wanted.unit):
        return Match(right=False, reason=f'"{given.text[:60]}" names a unit and is no amount of money')
    return compare_quantities(wanted, found, spec.tolerance, (expected, given.text), conventions.currency)


def _same_unread(expected: str, given: str) -> bool:
    """Whether two texts that are no numbers are the same: by words, and letter by letter where they hold digits."""
    if any(c.isdigit() for c in fold(expected)):
        return fold(expected).rstrip(".") == fold(given).rstrip(".")
    return comparable(expected) == comparable(given)


def compare_quantities(
    wanted: Quantity | None,
    found: Quantity | None,
    tolerance: float | None,
    texts: tuple[str, str] = ("", ""),
    currency: str = "USD",
) -> Match:
    """Return whether two numbers are equal within `tolerance`, with the same currency and unit where both name one.

    A sign that several currencies share means the evaluation's currency where that is one of them, and stays open elsewhere.
    """
    for text, quantity in zip(texts, (wanted, found), strict=True):
        if quantity is None or quantity.ambiguous:
            why = "is not a number that can be read" if quantity is None else f"is ambiguous: {_remedy(quantity)}"
            return Match(right=False, reason=f'"{text[:60]}" {why}', unread=True)
    assert wanted is not None and found is not None  # noqa: S101, PT018 - the loop has returned else
    if other := _other_currency(wanted, found, currency):
        return Match(right=False, reason=other)
    if wanted.unit and found.unit and wanted.unit != found.unit:
        return Match(right=False, reason="the unit differs")
    return _same(abs(wanted.values[0] - found.values[0]) <= Decimal(str(tolerance or 0)))


def _remedy(quantity: Quantity) -> str:
    if quantity.doubt == "mark":
        return "declare the Decimal mark"
    low, high = min(quantity.values), max(quantity.values)
    return f'"{quantity.doubt}" could mean {low:,f} or {high:,f}'


def _other_currency(wanted: Quantity, found: Quantity, declared: str) -> str:
    """Return why the currencies are not the same, empty where they are or where one side names none."""
    if not wanted.currencies or not found.currencies:
        return ""
    one, other = (
        frozenset({declared}) if declared in quantity.currencies else quantity.currencies for quantity in (wanted, found)
    )
    if one == other:
        return ""
    return "the currency is ambiguous: write its three letters" if one & other else "the currency differs"


@dataclass(frozen=True, slots=True)
class ListMatch:
    """How two lists fit: pairs found, items expected, items given."""

    matched: int
    expected: int
    given: int

    @property
    def match(self) -> Match:
        """Whether every expected item was given and nothing else."""
        if self.matched == self.expected == self.given:
            return RIGHT
        told = f"{self.matched} of {self.expected} items found, {self.given - self.matched} of {self.given} not expected"
        return Match(False, told)

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


def match_lists(spec: FieldSpec, expected: Sequence[str], given: Given, conventions: Conventions) -> ListMatch:
    """Pair expected and given items one to one, by the typed comparison of two values and nothing looser (formulas.md 3.2).

    Order is forgiven and what stands twice counts twice. Words alone pair first; what is left is compared by type, since a
    tolerance lets an item fit several.
    """
    items = given.items or tuple(line for line in given.text.splitlines() if line.strip())
    numbers = given.numbers or (None,) * len(items)
    found = [Given(text, number) for text, number in zip(items, numbers, strict=True)]
    one, wanted, matched = replace(spec, type=spec.items), list(expected), 0
    if spec.tolerance is None:
        alike = Counter(map(_exactly, wanted)) & Counter(_exactly(item.text) for item in found)
        wanted, found = _without(wanted, alike, str), _without(found, alike, lambda item: item.text)
        matched = alike.total()
    for several, others in _by_key(one, wanted, found, conventions):
        matched += _paired(one, several, others, conventions)
    return ListMatch(matched, len(expected), len(items))


def _by_key(
    one: FieldSpec, wanted: Sequence[str], found: Sequence[Given], conventions: Conventions
) -> Iterator[tuple[list[str], list[Given]]]:
    """Yield the items of both sides that can be the same; all where a tolerance or an alternative may join any two."""
    loose = one.tolerance is not None or any("=" in entry for entry in one.also_written)
    if loose and len(wanted) * len(found) <= _MOST_COMPARED:
        yield list(wanted), list(found)
        return
    places: dict[Hashable, tuple[list[str], list[Given]]] = {}
    for text in wanted:
        places.setdefault(_key(one, Given(text), conventions), ([], []))[0].append(text)
    for item in found:
        places.setdefault(_key(one, item, conventions), ([], []))[1].append(item)
    yield from places.values()


def _key(one: FieldSpec, item: Given, conventions: Conventions) -> Hashable:
    """Return what two items of this type share where they are the same."""
    match one.type:
        case FieldType.NUMBER | FieldType.MONEY:
            if item.number is not None:
                return item.number.normalize()
            quantity = read_quantity(item.text, conventions.decimal_mark, money=one.type is FieldType.MONEY)
            return comparable(item.text) if quantity is None else quantity.values[0].normalize()
        case FieldType.DATE:
            return read_date(item.text, conventions.date_order)[:1] or comparable(item.text)
        case FieldType.NAME:
            return comparable_name(item.text)
        case FieldType.CHOICE:
            return comparable(choice_of(one, item.text) or item.text)
        case _:
            return comparable(item.text)


def _paired(one: FieldSpec, wanted: Sequence[str], found: Sequence[Given], conventions: Conventions) -> int:
    """Return how many items pair one to one at most."""
    if not wanted or not found or len(wanted) * len(found) > _MOST_COMPARED:
        return 0
    fits = np.array([[_compare_one(one, a, b, conventions).right for b in found] for a in wanted], dtype=np.float64)
    if fits.size == 1:
        return int(fits[0, 0])
    from scipy.optimize import linear_sum_assignment  # noqa: PLC0415 - only lists need it

    rows, columns = linear_sum_assignment(-fits)
    return int(fits[rows, columns].sum())


def _exactly(text: str) -> str:
    """Return the form in which two items are the same whatever their type: letter by letter, blanks aside."""
    return fold(text, keep_case=True) if "'" not in fold(text) else text


Item = TypeVar("Item")


def _without(items: Sequence[Item], taken: Counter[str], text: Callable[[Item], str]) -> list[Item]:
    """Return the items that are left when those that have the same words on the other side are paired."""
    left, rest = Counter(taken), []
    for item in items:
        words = _exactly(text(item))
        if left[words]:
            left[words] -= 1
        else:
            rest.append(item)
    return rest
