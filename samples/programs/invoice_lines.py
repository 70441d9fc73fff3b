"""Reads an invoice line by line: a label that is like a known one, misreadings forgiven, says what the value is."""

from __future__ import annotations

import difflib
import json
import re
from dataclasses import dataclass

from samples.common import Answer
from samples.programs.invoice_patterns import VAT_WORDS

LABELS: dict[str, tuple[str, ...]] = {
    "Supplier": ("supplier", "seller", "vendor", "supplier name", "from"),
    "Invoice number": (
        "invoice no",
        "invoice number",
        "inv no",
        "our invoice",
        "invoice",
        "document no",
        "invoice ref",
        "invoice id",
        "doc number",
    ),
    "Invoice date": ("date", "invoice date", "dated", "issued on", "date of issue", "tax point", "issue date", "doc date"),
    "Amount due": (
        "total due",
        "amount due",
        "balance due",
        "please pay",
        "grand total",
        "total payable",
        "invoice total",
    ),
    "Purchase orders": (
        "your order",
        "po",
        "purchase order",
        "your ref",
        "order no",
        "customer order",
        "order ref",
        "buyer order",
        "po number",
    ),
}
ALIKE = 0.82
"""Similarity from which a label counts as a known one."""
BUYER = "halden joinery"

_SPLITS = (re.compile(r"^(.{2,40}?)\s*[:=|]\s*(.+)$"), re.compile(r"^(\S.{1,38}?)\s{2,}(\S.*)$"))
_BILL = re.compile(r"(?:bill|invoice) (\S*\d\S*?),? (?:written on|of) (.+?)(?:,| covers)", re.IGNORECASE)
_LETTER_TOTAL = re.compile(r"^(.{6,20}?) (?:- )?((?:EUR |€ )?\d[\d.,]*[.,]\d{2})$")
_ORDER = re.compile(r"\b(?:PO-[\dOlS]{5}|HJC [\dOlS]{4}|45000[\dOlS]{5})\b")
_COMPANY = re.compile(r"^[A-Z0-9][\w&' ]{4,40}(?: (?:Ltd|GmbH|LLP|A/S|BV|plc|KG))?(?= - |$)")
_DIGITS = str.maketrans("OlS", "015")


@dataclass(frozen=True, slots=True)
class Found:
    """A value and the line that shows it."""

    value: str
    quote: str


def answer(text: str) -> Answer:
    """Return the fields found as JSON, each with its line."""
    found = read(text)
    orders = [f.value for f in found.get("Purchase orders", [])]
    fields: dict[str, object] = {
        name: {"value": found[name][0].value, "quote": found[name][0].quote}
        if name in found
        else {"value": None, "quote": None}
        for name in (*LABELS, "VAT treatment")
        if name != "Purchase orders"
    }
    quote = found["Purchase orders"][0].quote if orders else None
    fields["Purchase orders"] = {"value": list(dict.fromkeys(orders)), "quote": quote}
    return Answer(json.dumps(fields, ensure_ascii=False))


def read(text: str) -> dict[str, list[Found]]:
    """Return what every line gave, by field, in the order of the text."""
    found: dict[str, list[Found]] = {}
    lines = [line.strip() for line in text.split("\n") if line.strip()]
    for line in lines:
        for name, value in _pairs(line):
            found.setdefault(name, []).append(Found(value, line))
        vat = next((name for name, words in VAT_WORDS if words.search(line)), None)
        if vat:
            found.setdefault("VAT treatment", []).append(Found(vat, line))
    if "Supplier" not in found and (supplier := _letterhead(lines)):
        found["Supplier"] = [supplier]
    return found


def _pairs(line: str) -> list[tuple[str, str]]:
    if bill := _BILL.search(line):
        return [("Invoice number", bill[1]), ("Invoice date", bill[2])]
    orders = [("Purchase orders", m[0].translate(_DIGITS) if "HJC" not in m[0] else m[0]) for m in _ORDER.finditer(line)]
    if orders:
        return orders
    for split in (*_SPLITS, _LETTER_TOTAL):
        if (match := split.match(line)) and (name := _field(match[1])):
            return [(name, match[2].strip())] if name != "Purchase orders" else []
    return []


def _field(label: str) -> str | None:
    """Return the field whose label is most like this one, None where none is like enough."""
    bare = re.sub(r"[^a-z]+", " ", label.replace("0", "o").replace("1", "l").replace("rn", "m").lower()).strip()
    best = max(
        ((difflib.SequenceMatcher(None, bare, known).ratio(), name) for name, labels in LABELS.items() for known in labels),
    )
    return best[1] if best[0] >= ALIKE else None


def _letterhead(lines: list[str]) -> Found | None:
    """Return the first line, else the last, that looks like a company and is not the buyer."""
    for line in (*lines[:2], *reversed(lines[-2:]), *lines):
        match = _COMPANY.match(line)
        if match and BUYER not in line.lower() and "invoice" not in line.lower():
            return Found(match[0].strip(), line)
    return None
