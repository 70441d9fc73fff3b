"""The ticket routing that the back office has used for years: word lists, the label with most hits wins."""

from __future__ import annotations

import re

from samples.common import Answer

WORDS: dict[str, tuple[str, ...]] = {
    "billing": ("bill", "invoice", "statement", "charged", "vat", "credit", "total"),
    "meter reading": ("reading", "meter", "kwh", "display", "technician"),
    "moving": ("move", "moved", "moving", "tenant", "keys", "landlord", "address", "occupant", "flat"),
    "payment": ("debit", "pay", "paid", "instalment", "instalments", "account", "transfer", "reminder", "bank", "refund"),
    "tariff": ("tariff", "price", "offer", "cents", "guarantee", "guaranteed", "cheaper", "switch"),
    "outage": ("power", "light", "dark", "outage", "fuse", "fuses", "cable", "voltage", "electricity", "interruption"),
    "cancellation": ("end", "notice", "withdraw", "revoke", "leave", "ends", "close", "cancel"),
    "data protection": ("data", "delete", "erase", "consent", "stored", "phone", "stranger"),
}


def answer(text: str) -> Answer:
    """Return the label with the most of its words in the message, and its share of all words found."""
    found = re.findall(r"[a-z]+", text.lower())
    hits = {label: sum(found.count(word) for word in words) for label, words in WORDS.items()}
    best = max(hits, key=lambda label: hits[label])
    total = sum(hits.values())
    return Answer(best, hits[best] / total) if total else Answer("billing", 0.0)
