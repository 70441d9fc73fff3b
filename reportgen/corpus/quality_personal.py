"""Finds what looks like personal data, each kind by a pattern and, where there is one, its check digit (formulas.md 5.5)."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

_LONGEST_IBAN, _SHORTEST_IBAN = 34, 15
_FEWEST_DIGITS, _MOST_DIGITS = 8, 15
_DATE = re.compile(r"\d{1,2}[ /-]\d{1,2}[ /-]\d{2,4}\b")
_SOME_DIGITS = re.compile(r"\d\D{0,3}\d\D{0,3}\d\D{0,3}\d")
"""All kinds but the e-mail address have at least so many; most texts have not, and looking for them takes time."""
_MARKS = re.compile(r"[@\d]+")
_REACH = 400
"""Characters beside a mark within which lies all that a pattern sees; an e-mail address has at most 345 after the @."""
_PHONE = "phone number"
_CARD_DIGITS = range(13, 20)
_OTHER_NUMBER = re.compile(
    r"\b(?:invoices?|inv|orders?|po|ref|references?|tickets?|parcels?|tracking|account|contract|policy|case|customer|part|"
    r"item|article|serial|bill|receipt|rechnung|auftrag|kunden|number|no|nr)\b(?!.*(?:phone|tel|mobil|fax|call))[\s\w.:#-]{0,12}$",
    re.IGNORECASE,
)
"""Words before a number that say what it is: the number of an invoice may look like one to dial."""


@dataclass(frozen=True, slots=True)
class Personal:
    """One find: its kind, and a sample in which all but the first characters are masked."""

    kind: str
    masked: str


def find_personal(text: str) -> Iterator[Personal]:
    """Yield what in a text looks like an e-mail address, IBAN, payment card, phone number or IP address, in this order.

    What one kind has taken is not looked at again by the next: the digits of an IBAN are no phone number.
    """
    text = _near_marks(text)
    digits = _SOME_DIGITS.search(text) is not None
    for kind, pattern, holds in _KINDS:
        if not (digits or (holds is _always and "@" in text)):
            continue
        kept: list[str] = []
        position = 0
        for match in pattern.finditer(text):
            found = holds(match[0])
            if not found or (kind == _PHONE and _is_named_otherwise(match)):
                continue
            yield Personal(kind, masked(found))
            kept += [text[position : match.start()], "\n" * len(match[0])]
            position = match.end()
        if kept:
            text = "".join([*kept, text[position:]])


def _near_marks(text: str) -> str:
    """Return what stands near an @ or a digit; a long document is mostly neither, and no kind is without one."""
    kept: list[str] = []
    end = 0
    for mark in _MARKS.finditer(text):
        start, until = max(end, mark.start() - _REACH), min(len(text), mark.end() + _REACH)
        kept.append(text[start:until])
        end = until
    return "".join(kept)


def masked(text: str) -> str:
    """Return the first two characters and the length in dots, so that a report does not spread what it warns of."""
    return text[:2] + "•" * min(len(text) - 2, 10)


def _always(text: str) -> str:
    return text


def _iban(text: str) -> str:
    """Return the IBAN at the start of a match: the remainder of its rearranged digits by 97 is 1 (ISO 13616)."""
    packed = re.sub(r"[ \u00a0-]", "", text)
    for end in range(min(len(packed), _LONGEST_IBAN), _SHORTEST_IBAN - 1, -1):
        digits = "".join(str(int(c, 36)) for c in packed[4:end] + packed[:4])
        if int(digits) % 97 == 1:
            return packed[:end]
    return ""


def _card(text: str) -> str:
    """Return the digits where their length and Luhn's check digit are those of a payment card."""
    digits = re.sub(r"\D", "", text)
    if len(digits) not in _CARD_DIGITS or len(set(digits)) == 1 or digits[0] not in "23456":
        return ""
    total = 0
    for place, digit in enumerate(reversed(digits)):
        value = int(digit) * (2 if place % 2 else 1)
        total += value - 9 if value > 9 else value  # noqa: PLR2004 - the sum of its two digits
    return digits if total % 10 == 0 else ""


def _phone(text: str) -> str:
    """Return the number where it is written as phone numbers are: with + and a country, or 0 and separators."""
    digits = re.sub(r"\D", "", text)
    if not _FEWEST_DIGITS <= len(digits) <= _MOST_DIGITS or len(set(digits)) == 1 or _DATE.match(text):
        return ""
    return text.strip()


def _is_named_otherwise(match: re.Match[str]) -> bool:
    """Whether the words before a number without a country's + call it the number of something else."""
    before = match.string[max(0, match.start() - 40) : match.start()]
    return not match[0].startswith("+") and _OTHER_NUMBER.search(before.replace("\n", " ")) is not None


def _address(text: str) -> str:
    """Return an IP address that a person or household may have: neither loopback, nor private, nor a version number."""
    try:
        found = ipaddress.ip_address(text)
    except ValueError:
        return ""
    return text if found.is_global else ""


_KINDS: tuple[tuple[str, re.Pattern[str], Callable[[str], str]], ...] = (
    (
        "e-mail address",
        re.compile(r"(?<![\w.+-])[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){0,4}\.[^\W\d_]{2,24}\b"),
        _always,
    ),
    ("IBAN", re.compile(r"\b[A-Z]{2}\d{2}(?:[ \u00a0-]?[A-Z0-9]){11,30}\b"), _iban),
    ("payment card number", re.compile(r"(?<![\d.,-])\d(?:[ -]?\d){12,18}(?![\d]|[.,]\d)"), _card),
    (
        _PHONE,
        re.compile(
            r"(?<![\w.,/+-])(?<!\d[ ])(?:\+\d{1,3}[ ./()-]{0,2}(?:\d[ ./()-]{0,2}){6,11}\d"
            r"|\(?0\d{1,4}\)?[ /-]{1,3}(?:\d[ /-]?){4,9}\d"
            r"|\(?[2-9]\d{2}\)?[ .-][2-9]\d{2}[ .-]\d{4})(?![\w]|[.,-]\d)"
        ),
        _phone,
    ),
    (
        "IP address",
        re.compile(r"(?<![\w.:])(?i:(?<!version )(?<!release )(?<!build ))(?:\d{1,3}\.){3}\d{1,3}(?![\w.:]*\d)"),
        _address,
    ),
)
"""Kinds in the order in which they are looked for, each with its pattern and its proof."""
