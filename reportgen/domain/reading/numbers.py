"""Numbers and amounts as people write them, read by the declared decimal mark and never guessed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from reportgen.domain.reading.text import fold

_LONGEST = 80
"""A value longer than this is no number; it also bounds the work on hostile text."""

_NUMBER = re.compile(r"\d{1,3}(?:[ ']\d{3})+(?!\d)(?:[.,]\d+)?|\d+(?:[.,]\d+)*|(?<![\w.,])[.,]\d+")
_AFTER = re.compile(r"[^\W\d_]+|%|[^\w\s]")
_IN_PARENTHESES = re.compile(r"(?:[^()\w]*|[^\W\d_]{1,3} ?)\([^()]*\)")
"""A negative amount as accountants write it, its currency before or inside: `(1,234.50)`, `£(20)`, `EUR (20)`."""
_SWISS_ROUND = re.compile(r"^[.,]-+")
_MACHINE = re.compile(r"\d+\.\d+")

_SCALES = {
    **dict.fromkeys(["hundred"], Decimal(100)),
    **dict.fromkeys(["k", "thousand", "thousands", "tsd", "tausend"], Decimal(1_000)),
    **dict.fromkeys(["m", "mn", "mm", "mio", "mill", "million", "millions", "millionen"], Decimal(1_000_000)),
    **dict.fromkeys(["b", "bn", "billion", "billions", "mrd", "mia", "milliarde", "milliarden"], Decimal(1_000_000_000)),
    **dict.fromkeys(["tn", "trillion", "trillions"], Decimal(1_000_000_000_000)),
    "lakh": Decimal(100_000),
    "crore": Decimal(10_000_000),
}
_DOUBTFUL_SCALES = frozenset({"m", "b", "k", "mm"})
"""Scales that may also be units (5 m of cable); in running text both readings count."""
_PERCENT = frozenset({"%", "percent", "prozent", "pct"})

_DOLLARS = frozenset({"USD", "CAD", "AUD", "NZD", "SGD", "HKD", "MXN", "TWD"})
_CODES = (
    "USD EUR GBP CHF JPY CNY INR CAD AUD NZD SGD HKD MXN TWD SEK NOK DKK PLN CZK HUF RON BGN TRY ZAR BRL KRW ILS AED SAR "
    "THB IDR MYR PHP VND RUB UAH ISK ARS CLP COP PEN EGP NGN KES PKR BDT LKR"
)
_CURRENCIES: dict[str, frozenset[str]] = {
    **{code.casefold(): frozenset({code}) for code in _CODES.split()},
    **dict.fromkeys(["€", "euro", "euros"], frozenset({"EUR"})),
    **dict.fromkeys(["$", "dollar", "dollars"], _DOLLARS),
    **dict.fromkeys(["us$", "usd$", "$us"], frozenset({"USD"})),
    **dict.fromkeys(["£", "pound", "pounds", "sterling"], frozenset({"GBP"})),
    **dict.fromkeys(["¥", "yen", "yuan", "rmb"], frozenset({"JPY", "CNY"})),
    **dict.fromkeys(["₹", "rs", "rupee", "rupees"], frozenset({"INR", "PKR", "LKR"})),
    **dict.fromkeys(["fr", "sfr", "franken", "francs"], frozenset({"CHF"})),
    **dict.fromkeys(["kr"], frozenset({"SEK", "NOK", "DKK", "ISK"})),
    "c$": frozenset({"CAD"}),
    "a$": frozenset({"AUD"}),
    "₩": frozenset({"KRW"}),
    "zł": frozenset({"PLN"}),
    "₺": frozenset({"TRY"}),
}

_UNITS: dict[str, str] = {
    spelling: names.split()[0]
    for names in (
        "second s sec secs seconds",
        "minute min mins minutes",
        "hour h hr hrs hours",
        "day d days",
        "week wk wks weeks",
        "month mo mos months",
        "year y yr yrs years",
        "gram g grams gramme grammes",
        "kilogram kg kgs kilo kilos kilograms",
        "tonne t tonnes",
        "millimetre mm millimetres millimeter millimeters",
        "centimetre cm centimetres centimeter centimeters",
        "metre metres meter meters",
        "kilometre km kms kilometres kilometer kilometers",
        "litre l litres liter liters",
        "piece pc pcs pieces",
    )
    for spelling in names.split()
}
"""One name for each unit that is also written shorter; nothing is converted, 60 minutes are not 1 hour."""

_ONES = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
    "eighteen nineteen"
)
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety"
_NUMBER_WORDS = {word: n for n, word in enumerate(_ONES.split())} | {
    word: 10 * n for n, word in enumerate(_TENS.split(), start=2)
}
_MULTIPLIERS = {"hundred": 100, "thousand": 1_000, "million": 1_000_000, "billion": 1_000_000_000}


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number that was read: its possible values (two where the decimal mark leaves it open), currency and unit."""

    values: tuple[Decimal, ...]
    currencies: frozenset[str] = frozenset()
    unit: str = ""

    @property
    def ambiguous(self) -> bool:
        """Whether the text has two readings and nobody declared which one holds."""
        return len(self.values) > 1


@dataclass(frozen=True, slots=True)
class Mention:
    """A number inside running text, as it stands there, with every value that it may have."""

    text: str
    values: frozenset[Decimal]
    start: int
    end: int


def mark_of(declared: str) -> str:
    """Return the sign of the decimal mark that the Evaluation sheet declares in a word; blank where it says nothing."""
    return {"point": ".", "comma": ","}.get(declared, declared if declared in {".", ","} else "")


def digits_read(number: str, mark: str) -> tuple[Decimal, ...]:
    """Return the values that a string of digits and separators can have: none, one, or two where it is ambiguous.

    Args:
        number: digits with `.`, `,`, spaces or apostrophes.
        mark: the declared decimal mark, `.` or `,`; blank where nobody declared one.
    """
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


def _grouped(number: str, separator: str) -> bool:
    """Whether groups are of three digits, or of two before the last three as in India."""
    first, *rest = number.split(separator)
    if not rest:
        return True
    sizes = {len(group) for group in rest[:-1]}
    return 1 <= len(first) <= 3 and len(rest[-1]) == 3 and (sizes <= {3} or sizes <= {2})  # noqa: PLR2004 - digits in a group


def read_quantity(text: str, mark: str = "") -> Quantity | None:
    """Return the number that `text` is, or None where it is none.

    Signs by minus, parentheses or `CR`; scale words (k, m, bn, million, lakh ...); percent divides by 100; currencies by
    sign, code or word; one unit word may follow; English number words are read.

    Args:
        text: the whole value.
        mark: declared decimal mark; blank leaves `1.234` ambiguous.
    """
    if len(text) > _LONGEST:
        return None
    folded = fold(text)
    negative = _IN_PARENTHESES.fullmatch(folded) is not None
    if negative:
        folded = folded.replace("(", "").replace(")", "").strip()
    match = _NUMBER.search(folded)
    if match is None:
        spoken = _spoken(folded)
        if spoken is None:
            return None
        return _with_surroundings((spoken[0],), "", spoken[1], negative=negative)
    values, before, after = digits_read(match[0], mark), folded[: match.start()], folded[match.end() :]
    if not values or any(c.isdigit() for c in after):
        return None
    return _with_surroundings(values, before.strip(), after.strip(), negative=negative)


def _with_surroundings(values: tuple[Decimal, ...], before: str, after: str, *, negative: bool) -> Quantity | None:
    """Return the quantity with sign, currency, scale and unit read from the text around the digits."""
    sign = before.replace(" ", "")
    if sign.startswith(("-", "+")) or sign.endswith(("-", "+")):
        negative = negative or "-" in sign
        sign = sign.strip("+-")
    sign = sign.rstrip(".")
    if sign.startswith("cr"):
        negative, sign = True, sign.removeprefix("cr")
    if sign and sign not in _CURRENCIES:
        return None
    tokens = _AFTER.findall(_SWISS_ROUND.sub("", after))
    tail = _read_tail(tokens, _CURRENCIES.get(sign, frozenset()))
    if tail is None:
        return None
    factor, currencies, unit = tail
    negative = negative or "cr" in tokens or tokens[-1:] == ["-"]
    signed = -factor if negative else factor
    return Quantity(tuple(value * signed for value in values), currencies, unit)


def _read_tail(tokens: list[str], currencies: frozenset[str]) -> tuple[Decimal, frozenset[str], str] | None:
    """Return factor, currency and unit that the words after the digits say, or None where they say something else."""
    unit, factor = "", Decimal(1)
    for token in tokens:
        if token in _SCALES and factor == 1 and not unit:
            factor = _SCALES[token]
        elif token in _PERCENT:
            factor /= 100
        elif token in _CURRENCIES and not currencies:
            currencies = _CURRENCIES[token]
        elif token.isalpha() and token != "cr" and not unit:  # noqa: S105 - a word of the text
            unit = _UNITS.get(token, token)
        elif token not in {".", ",", "-", "cr"}:
            return None
    return factor, currencies, unit


def _spoken(folded: str) -> tuple[Decimal, str] | None:
    """Return the value of the English number words that `folded` starts with, and the rest of it."""
    tokens = folded.replace("-", " ").split()
    value, used = _count_words(tokens)
    return (Decimal(value), " ".join(tokens[used:])) if used else None


def _count_words(words: list[str]) -> tuple[int, int]:
    """Return the value of the number words that `words` starts with, and how many words they are."""
    total = current = used = 0
    for i, word in enumerate(words):
        before = words[i - 1] if used else ""
        if word in _NUMBER_WORDS and _goes_with(before, _NUMBER_WORDS[word]):
            current += _NUMBER_WORDS[word]
        elif word == "hundred" and used:
            current *= 100
        elif word in _MULTIPLIERS and used:
            total, current = total + current * _MULTIPLIERS[word], 0
        elif not (word == "and" and before in _MULTIPLIERS and words[i + 1 : i + 2] and words[i + 1] in _NUMBER_WORDS):
            break
        used = i + 1
    return total + current, used


def _goes_with(before: str, value: int) -> bool:
    """Whether a number word adds to the one before: `twenty five` is one number, `two three` are two."""
    earlier = _NUMBER_WORDS.get(before)
    return earlier is None or (earlier >= 20 and value < 10)  # noqa: PLR2004 - tens and ones


_TEXT_WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")
_NEXT_WORD = re.compile(r"\s?(%|[^\W\d_]+)")


def numbers_in(text: str, mark: str = "") -> Iterator[Mention]:
    """Yield every number in running text, digits and English number words, with all values it may have.

    Where the decimal mark is not declared, or a scale letter may be a unit, or a percent sign follows, several values count:
    the question here is whether a number occurs, not what it is.

    Args:
        text: already folded text.
        mark: declared decimal mark or blank.
    """
    for match in _NUMBER.finditer(text):
        if match.end() - match.start() > _LONGEST:
            continue
        values = set(digits_read(match[0], mark) or digits_read(match[0], ""))
        following = _NEXT_WORD.match(text, match.end())
        if following is not None and following[1] in _SCALES:
            scaled = {value * _SCALES[following[1]] for value in values}
            values = values | scaled if following[1] in _DOUBTFUL_SCALES else scaled
        elif following is not None and following[1] in _PERCENT:
            values |= {value / 100 for value in values}
        yield Mention(match[0], frozenset(values), match.start(), match.end())
    yield from _spoken_in(text)


_MINUS_BEFORE = re.compile(r"(?:^|[^\w.,)-])[-](?:[^\w\s(]|[^\W\d_]{1,3}\.? ?)?$")
_OPENED = re.compile(r"\([^\w()]*$|\((?:[^\W\d_]{1,3} )$")


def is_negative(text: str, mention: Mention) -> bool | None:
    """Return whether a number of running text has a minus before or behind it; None in brackets, which may mean either."""
    before, after = text[max(mention.start - 8, 0) : mention.start], text[mention.end : mention.end + 2]
    if _OPENED.search(before) and after.startswith(")"):
        return None
    return _MINUS_BEFORE.search(before) is not None or re.match(r"-(?![\w-])", after) is not None


def _spoken_in(text: str) -> Iterator[Mention]:
    """Yield the number words of `text`; `one` is left out, since it is a pronoun more often than a number."""
    tokens: list[tuple[str, int, int]] = []
    for match in _TEXT_WORD.finditer(text):
        start = match.start()
        for piece in match[0].split("-"):
            tokens.append((piece, start, start + len(piece)))
            start += len(piece) + 1
    i = 0
    while i < len(tokens):
        if tokens[i][0] not in _NUMBER_WORDS:
            i += 1
            continue
        value, used = _count_words([piece for piece, _, _ in tokens[i : i + 12]])
        start, end = tokens[i][1], tokens[i + used - 1][2]
        if text[start:end] != "one":
            yield Mention(text[start:end], frozenset({Decimal(value)}), start, end)
        i += used
