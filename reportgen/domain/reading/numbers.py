"""Numbers and amounts as people write them, read by the declared decimal mark and never guessed.

Nothing beside the digits is dropped: a sign, a scale, a percent sign, a currency and a unit are read, and a word that none
of the tables knows makes the text no number at all, so that it equals only itself.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import NamedTuple

from reportgen.domain.reading import locale_words, vocabulary
from reportgen.domain.reading.spoken import count_words
from reportgen.domain.reading.text import fold

LONGEST = 80
"""A value longer than this is no number; it also bounds the work on hostile text."""

NUMBER = re.compile(
    r"\d+(?:\.\d+)?[eE][+-]?\d{1,3}(?![^\W_])"
    r"|\d{1,3}(?:[ '٬]\d{3})+(?!\d)(?:[.,٫]\d+)?|\d+(?:[.,٫٬]\d+)*|(?<![\w.,])[.,٫]\d+"
)
_CHAIN = re.compile(r"(?:\d+(?:\.\d+)?[千万萬億亿兆천만억조] ?){2,}\d*|(?:\d+(?:\.\d+)?[千万萬億亿兆천만억조] ?)+\d+")
_LINK = re.compile(r"(\d+(?:\.\d+)?)([千万萬億亿兆천만억조]?)")
_IN_BRACKETS = re.compile(r"([^()\d]{0,8})\(([^()]*)\)([^()\d]{0,8})")
"""A negative amount as accountants write it, its currency before, inside or behind: `(1,234.50)`, `£(20)`, `(20) EUR`."""
_ROUND = re.compile(r"^[.,]-+")
_WRAPPED = re.compile(r"('|\*{1,3}|_{1,3}|`)([^'*_`]+)\1")
_MACHINE = re.compile(r"\d+\.\d+")
_UNSPACED_FROM = 0x0E00
"""Code points from which scripts are written without blanks between words: Thai, Chinese, Japanese, Korean."""
_MINUS_WORDS = re.compile(r"^(?:minus|negative|moins|menos|meno|минус)\b\s*", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number that was read: its possible values (more than one where its reading is open), currency and unit.

    `doubt` says what leaves it open: `mark`, or the word that has two meanings.
    """

    values: tuple[Decimal, ...]
    currencies: frozenset[str] = frozenset()
    unit: str = ""
    doubt: str = ""

    @property
    def ambiguous(self) -> bool:
        """Whether the text has two readings and nobody declared which one holds."""
        return len(self.values) > 1


def mark_of(declared: str) -> str:
    """Return the sign of the decimal mark that the Evaluation sheet declares in a word; blank where it says nothing."""
    return {"point": ".", "comma": ","}.get(declared, declared if declared in {".", ","} else "")


def digits_read(number: str, mark: str) -> tuple[Decimal, ...]:
    """Return the values that a string of digits and separators can have: none, one, or two where it is ambiguous.

    Args:
        number: digits with `.`, `,`, spaces, apostrophes or the Arabic marks, which have one meaning each.
        mark: the declared decimal mark, `.` or `,`; blank where nobody declared one.
    """
    if set(number.casefold()) & set("e٫٬"):
        return _plainly_marked(number)
    spaced = " " in number or "'" in number
    plain = number.replace(" ", "").replace("'", "")
    separators = [c for c in plain if c in ".,"]
    if not separators:
        return (Decimal(plain),)
    last = separators[-1]
    whole, _, fraction = plain.rpartition(last)
    if len(set(separators)) == 2:  # noqa: PLR2004 - both separators are there
        grouping = "," if last == "." else "."
        ok = separators.count(last) == 1 and _grouped(whole, grouping) and mark in {"", last}
        return (Decimal(f"{whole.replace(grouping, '')}.{fraction}"),) if ok else ()
    if len(separators) > 1:
        return (Decimal(plain.replace(last, "")),) if _grouped(plain, last) and mark != last else ()
    as_fraction = (Decimal(f"{whole or '0'}.{fraction}"),)
    as_group = (Decimal(whole + fraction),) if not spaced and whole[:1] != "0" and _grouped(plain, last) else ()
    if mark:
        machine = as_fraction if _MACHINE.fullmatch(plain) and not as_group else ()
        return as_fraction if last == mark else (as_group or machine)
    return as_group + as_fraction


def _plainly_marked(number: str) -> tuple[Decimal, ...]:
    """Return the value of a number whose marks have one meaning: an exponent, or the Arabic marks."""
    if "e" in number.casefold():
        return (Decimal(number),)
    whole, mark, fraction = number.replace(" ", "٬").replace("'", "٬").partition("٫")
    digits = whole.replace("٬", "")
    ok = (not whole or (digits.isdigit() and _grouped(whole, "٬"))) and (fraction.isdigit() or not mark)
    return (Decimal(f"{digits or 0}.{fraction or 0}"),) if ok else ()


def _grouped(number: str, separator: str) -> bool:
    """Whether groups are of three digits, or of two before the last three as in India."""
    first, *rest = number.split(separator)
    if not rest:
        return True
    sizes = {len(group) for group in rest[:-1]}
    return 1 <= len(first) <= 3 and len(rest[-1]) == 3 and (sizes <= {3} or sizes <= {2})  # noqa: PLR2004 - digits in a group


def read_number(text: str, mark: str = "") -> tuple[Decimal, ...]:
    """Return the values of a text that is a number and nothing else: digits, marks and a sign, brackets for a minus."""
    quantity = read_quantity(text, mark)
    if quantity is None or quantity.currencies or quantity.unit or any(c.isalpha() for c in fold(text).replace("e", "")):
        return ()
    return () if set(fold(text)) & set("%‰") or quantity.doubt not in {"", "mark"} else quantity.values


@lru_cache(maxsize=8_192)
def read_quantity(text: str, mark: str = "", *, money: bool = False) -> Quantity | None:
    """Return the number that `text` is, or None where it is none.

    Signs by minus (in front, or behind as in 500-) or brackets; scale words (k, million, lakh, 万, млн ...); percent divides
    by 100; currencies by sign, code or name; one unit may follow; English number words are read. `Cr` is no sign: it may
    be crore or credit.

    Args:
        text: the whole value.
        mark: declared decimal mark; blank leaves `1.234` ambiguous.
        money: whether the value is an amount of money, so that `5m` are five million and not five metres.
    """
    if len(text) > LONGEST:
        return None
    plain = _chains_told(_unwrapped(fold(text, keep_case=True)))
    negative = False
    if bracketed := _IN_BRACKETS.fullmatch(plain):
        before, inside, after = (part.strip() for part in bracketed.groups())
        outside = before or after
        if not any(c.isdigit() for c in inside) or (before and after) or (outside and currencies_named(outside) is None):
            return None
        negative, plain = True, f"{before} {inside} {after}".strip()
    match = NUMBER.search(plain)
    if match is None:
        return _spoken(plain, negative=negative, money=money, mark=mark)
    values = digits_read(match[0], mark)
    before, after = plain[: match.start()].strip(), plain[match.end() :].strip()
    if not values:
        return None
    front = _read_front(before)
    if front is None:
        return None
    tail = _read_tail(_ROUND.sub("", after), front, money=money, mark=mark)
    return None if tail is None else _put_together(values, tail, negative=negative)


def _unwrapped(plain: str) -> str:
    """Return a value without the quotes or the emphasis around all of it."""
    wrapped = _WRAPPED.fullmatch(plain)
    return wrapped[2] if wrapped else plain


class _Front(NamedTuple):
    """What stands before the digits."""

    negative: bool
    currencies: frozenset[str]
    factor: Decimal


class _Tail(NamedTuple):
    """What is said around the digits: sign, factors (two where a word has two meanings), currency, unit."""

    negative: bool
    factors: tuple[Decimal, ...]
    currencies: frozenset[str]
    unit: str
    doubt: str


def _put_together(values: tuple[Decimal, ...], tail: _Tail, *, negative: bool) -> Quantity:
    signed = -1 if negative or tail.negative else 1
    every = tuple(dict.fromkeys(value * factor * signed for value in values for factor in tail.factors))
    doubt = "mark" if len(values) > 1 else tail.doubt
    return Quantity(every, tail.currencies, tail.unit, doubt)


def _read_front(before: str) -> _Front | None:
    """Return what stands before the digits: signs, `minus`, a currency, a percent sign; None where something else does."""
    negative = False
    rest = before
    if word := _MINUS_WORDS.match(rest):
        negative, rest = True, rest[word.end() :]
    signs = [c for c in (rest[:1], rest[-1:] if len(rest) > 1 else "") if c in {"-", "+"} and c]
    rest = rest.strip("+-").strip()
    if len(signs) > 1 or (negative and signs):
        return None
    negative = negative or signs == ["-"]
    if not rest:
        return _Front(negative, frozenset(), Decimal(1))
    if rest == "%":
        return _Front(negative, frozenset(), Decimal("0.01"))
    scaled = vocabulary.SCALED_CURRENCIES.get(rest.casefold())
    if scaled:
        return _Front(negative, frozenset({scaled[1]}), scaled[0])
    currencies = currencies_named(rest)
    return None if currencies is None else _Front(negative, currencies, Decimal(1))


def currencies_named(word: str) -> frozenset[str] | None:
    """Return the currencies that a sign, code or name may mean, None where it is none."""
    folded = word.casefold().strip()
    for spelling in (folded, folded.rstrip(".:")):
        if spelling in vocabulary.CURRENCIES:
            return vocabulary.CURRENCIES[spelling]
        code = spelling in locale_words.currency_codes()
        if code and (spelling in vocabulary.LOWER_CODES or word.strip().rstrip(".:").isupper()):
            return frozenset({spelling.upper()})
    return locale_words.currency_words().get(folded) if any(c.isalpha() for c in folded) else None


def _read_tail(after: str, front: _Front, *, money: bool, mark: str) -> _Tail | None:
    """Return what the words behind the digits say, or None where one of them is not known."""
    negative, rest = front.negative, after
    behind = rest[1:].strip() if rest.startswith("-") else ""
    if rest == "-" or (behind and currencies_named(behind) is not None) or re.search(r"[^\W\d_] ?-$|€ ?-$", rest):
        if negative:
            return None
        negative, rest = True, rest.strip("-").strip()
    rest = rest.removeprefix("-")
    factors: tuple[Decimal, ...] = (front.factor,)
    currencies, unit, doubt = front.currencies, "", ""
    scaled = percent = False
    while (rest := rest.strip()) not in {"", ",", ";", "."}:
        word, found = _next(rest, money=money or bool(currencies) or _names_money(rest), mark=mark)
        if found is None and "INR" in currencies and rest.casefold().rstrip(".") == "cr":
            word, found = rest, _Word((Decimal(10_000_000),), scale=True)
        if found is None or (found.unit and unit) or (found.currencies and currencies):
            return None
        if found.scale and (scaled or percent or unit):
            return None
        scaled, percent = scaled or found.scale, percent or found.percent
        factors = tuple(a * b for a in factors for b in found.factors)
        currencies, unit, doubt = currencies or found.currencies, unit or found.unit, doubt or found.doubt
        rest = rest[len(word) :].lstrip(". ") if word[-1:].isalpha() else rest[len(word) :]
    return _Tail(negative, factors, currencies, unit, doubt)


class _Word(NamedTuple):
    """What one word or phrase behind a number means."""

    factors: tuple[Decimal, ...] = (Decimal(1),)
    currencies: frozenset[str] = frozenset()
    unit: str = ""
    scale: bool = False
    percent: bool = False
    doubt: str = ""


def _names_money(rest: str) -> bool:
    words = rest.split()
    return bool(words) and currencies_named(words[-1]) is not None


def _next(rest: str, *, money: bool, mark: str) -> tuple[str, _Word | None]:
    """Return the longest known word or phrase that `rest` begins with, and what it means."""
    for end in _ends(rest):
        phrase = rest[:end]
        found = _meaning(phrase, money=money, mark=mark)
        if found is not None:
            return phrase, found
    return rest, None


def _ends(rest: str) -> list[int]:
    """Return where a word or phrase may end, the longest first: at blanks and signs, and anywhere in unspaced scripts."""
    return [
        i
        for i in range(len(rest), 0, -1)
        if rest[i - 1] != " "
        and (i == len(rest) or not (rest[i - 1].isalnum() and rest[i].isalnum()) or ord(rest[i - 1]) >= _UNSPACED_FROM)
    ]


def _meaning(phrase: str, *, money: bool, mark: str) -> _Word | None:
    """Return what a word or phrase means, None where no table knows it."""
    folded = phrase.casefold()
    found: _Word | None
    if phrase in vocabulary.CASED_UNITS:
        found = _Word(unit=vocabulary.CASED_UNITS[phrase])
    elif money and folded in vocabulary.CURRENCIES:
        found = _Word(currencies=vocabulary.CURRENCIES[folded])
    elif folded in vocabulary.PERCENT:
        found = _Word((1 / vocabulary.PERCENT[folded],), percent=True)
    elif folded in vocabulary.DOUBTFUL or folded in vocabulary.LONG_OR_SHORT:
        found = _open_scale(phrase, folded, money=money, mark=mark)
    elif folded in vocabulary.SCALES:
        found = _Word((vocabulary.SCALES[folded],), scale=True)
    elif folded in vocabulary.SCALED_CURRENCIES:
        factor, code = vocabulary.SCALED_CURRENCIES[folded]
        found = _Word((factor,), frozenset({code}), scale=True)
    elif folded in vocabulary.UNITS:
        found = _Word(unit=vocabulary.UNITS[folded])
    else:
        found = _meaning_abroad(phrase)
    return found


def _open_scale(phrase: str, folded: str, *, money: bool, mark: str) -> _Word:
    """Return what a scale means that may mean something else as well."""
    if folded in vocabulary.LONG_OR_SHORT:
        size = vocabulary.LONG_OR_SHORT[folded]
        return _Word((size, size * 1000), scale=True, doubt=phrase) if mark == "," else _Word((size,), scale=True)
    size, unit = vocabulary.DOUBTFUL[folded]
    if money:
        return _Word((size,), scale=True)
    return _Word(unit=unit) if unit else _Word((size, Decimal(1)), scale=True, doubt=phrase)


def _meaning_abroad(phrase: str) -> _Word | None:
    """Return what the languages' tables say of a word: a currency or a unit, where they agree on one."""
    currencies, folded = currencies_named(phrase), phrase.casefold()
    units = locale_words.unit_words() if any(c.isalpha() for c in folded) else {}
    found = units.get(folded, frozenset())
    if currencies is not None:
        return None if found else _Word(currencies=currencies)
    return _Word(unit=next(iter(found))) if len(found) == 1 else None


def _chains_told(plain: str) -> str:
    """Return the text with East Asian numbers of several scales (1億2000万) as plain digits."""

    def told(match: re.Match[str]) -> str:
        total, last = Decimal(0), 10**17
        for digits, scale in _LINK.findall(match[0]):
            size = vocabulary.CHAINED.get(scale, 1)
            if size >= last:
                return match[0]
            total, last = total + Decimal(digits) * size, size
        return f"{total:f}"

    return _CHAIN.sub(told, plain)


def _spoken(plain: str, *, negative: bool, money: bool, mark: str) -> Quantity | None:
    """Return the number that English number words at the start of the text are."""
    tokens = plain.casefold().rstrip(".").replace("-", " ").split()
    value, used = count_words(tokens)
    if not used:
        return None
    tail = _read_tail(" ".join(tokens[used:]), _Front(negative, frozenset(), Decimal(1)), money=money, mark=mark)
    return None if tail is None else _put_together((Decimal(value),), tail, negative=negative)
