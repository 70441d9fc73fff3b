"""Asks both other readers; where they differ it keeps what looks like a value, and its confidence says how often they do."""

from __future__ import annotations

import json
import re

from samples.common import Answer
from samples.programs import invoice_lines, invoice_patterns

_PLAUSIBLE = {
    "Supplier": re.compile(r"[A-Z].{5,50}"),
    "Invoice number": re.compile(r"[A-Z0-9][\w/-]{2,20}"),
    "Invoice date": re.compile(r".*\d.*"),
    "Amount due": re.compile(r"(?:EUR |€ )?\d[\d.,]*[.,]\d{2}"),
}


def answer(text: str) -> Answer:
    """Return the merged fields; the confidence is the share of fields on which both readers agree."""
    first = json.loads(invoice_lines.answer(text).output)
    second = json.loads(invoice_patterns.answer(text).output)
    merged = {name: _better(name, first[name], second[name]) for name in first}
    agreed = sum(_same(first[name]["value"], second[name]["value"]) for name in first)
    return Answer(json.dumps(merged, ensure_ascii=False), agreed / len(first))


def _better(name: str, line: dict[str, object], pattern: dict[str, object]) -> dict[str, object]:
    """Return the line reader's find where it looks like a value of this field, else the other's."""
    looks = _PLAUSIBLE.get(name)
    value = line["value"]
    if value and (looks is None or looks.fullmatch(str(value))):
        return line
    return pattern if pattern["value"] else line


def _same(a: object, b: object) -> bool:
    return (a or None) == (b or None)
