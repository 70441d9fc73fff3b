"""What the accounts office uses today: one regular expression a field over the whole text, the first match wins."""

from __future__ import annotations

import json
import re

from samples.common import Answer

_DATE = r"\d{1,2}[./]\d{1,2}[./]\d{4}|\d{4}-\d{2}-\d{2}|\d{1,2}\.? [A-Z][a-z]+ \d{4}|[A-Z][a-z]+ \d{1,2}, \d{4}"
_MONEY = r"(?:EUR |€ )?-?\d[\d.,]*[.,]\d{2}"

PATTERNS: dict[str, re.Pattern[str]] = {
    "Supplier": re.compile(
        r"^(?:seller|vendor|supplier_name)\W+(.+)$|^([A-Z][\w&' ]+ (?:Ltd|GmbH|LLP|A/S|BV|plc|KG))\b", re.MULTILINE
    ),
    "Invoice number": re.compile(
        r"(?:invoice(?: no\.?| number| ref\.?)?|inv\. no|invoice_(?:id|no)|doc(?:ument)?[_ ]n(?:umber|o\.?)|bill)[ :=|]*"
        r"((?=\S*\d)[A-Z0-9][\w/-]+)",
        re.IGNORECASE,
    ),
    "Invoice date": re.compile(rf"(?:date[ds]?|dated|issued on|of|on|tax point)[\w ]*[ :=|]+({_DATE})", re.IGNORECASE),
    "Amount due": re.compile(
        rf"(?:total due|amount due|balance due|please pay|grand total|total payable|invoice total)[ :=|-]*({_MONEY})",
        re.IGNORECASE,
    ),
    "Purchase orders": re.compile(r"\b(PO-\d{5}|HJC \d{4}|45000\d{5})\b"),
}
VAT_WORDS = (
    ("reverse charge", re.compile(r"reverse charge|tax liability of the recipient", re.IGNORECASE)),
    ("exempt", re.compile(r"exempt", re.IGNORECASE)),
    ("reduced rate", re.compile(r"reduced|\b7 ?%", re.IGNORECASE)),
    ("standard rate", re.compile(r"\b20(?:\.0)? ?%", re.IGNORECASE)),
)


def answer(text: str) -> Answer:
    """Return the fields found as JSON, each with the line that it stands on."""
    found: dict[str, object] = {}
    for name, pattern in PATTERNS.items():
        matches = list(pattern.finditer(text))
        values = [next(group for group in match.groups() if group) for match in matches]
        if name == "Purchase orders":
            quote = line_of(text, matches[0].start()) if matches else None
            found[name] = {"value": list(dict.fromkeys(values)), "quote": quote}
        else:
            quote = line_of(text, matches[0].end()) if matches else None
            found[name] = {"value": values[0].strip() if values else None, "quote": quote}
    hit = next(((name, match) for name, words in VAT_WORDS if (match := words.search(text))), None)
    found["VAT treatment"] = {"value": hit[0] if hit else None, "quote": line_of(text, hit[1].start()) if hit else None}
    return Answer(json.dumps(found, ensure_ascii=False))


def line_of(text: str, at: int) -> str:
    """Return the line of the text that holds a place."""
    start = text.rfind("\n", 0, at) + 1
    end = text.find("\n", at)
    return text[start : end if end >= 0 else len(text)].strip()
