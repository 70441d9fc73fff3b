"""Support tickets of a fictitious energy supplier, for the classification sample."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from random import Random

from samples.common import filled, mistyped, without_near_copies
from samples.corpora.tickets_text import (
    ASKS,
    BACKGROUNDS,
    CLOSINGS,
    HISTORY,
    LABELS,
    MONTHS,
    NAMES,
    OPENINGS,
    SITUATIONS,
    STREETS,
    TERSE,
)

SEGMENTS = {"e-mail": 0.5, "web form": 0.3, "chat": 0.2}
"""How the sample was drawn; production has more chat (the sheet Production mix)."""
TYPOS = 0.35
"""Share of chat messages, and half as many of the others, that carry a typing mistake."""
SECOND_TOPIC = 0.22
MISLABELLED = 0.02
"""Share of tickets that carry the label of their second topic: both can be defended, only one is given."""
SECOND_OPINIONS = 1 / 6
TERSE_CHATS = 0.12
DRAGGED_ALONG = 0.06
"""Share of e-mails that quote the earlier exchange."""


@dataclass(frozen=True, slots=True)
class Ticket:
    """One message with the label that the back office gave it, and the second opinion where there is one."""

    text: str
    label: str
    segment: str
    second_label: str = ""


def tickets(seed: int) -> list[Ticket]:
    """Return the tickets in the order in which they came in."""
    rng = Random(seed)
    labels = [label for label, (count, _) in LABELS.items() for _ in range(count)]
    rng.shuffle(labels)
    return without_near_copies(rng, len(labels), lambda r, i: _ticket(r, labels[i]), lambda ticket: ticket.text)


def _ticket(rng: Random, label: str) -> Ticket:
    segment = rng.choices(list(SEGMENTS), list(SEGMENTS.values()))[0]
    text, other = _message(rng, label, segment)
    given, second = _labelled(rng, label, other)
    return Ticket(text, given, segment, second)


def _labelled(rng: Random, label: str, other: str) -> tuple[str, str]:
    """Return the label that was given, and for one ticket in six the label that a second person gave."""
    given = other if other and rng.random() < MISLABELLED / SECOND_TOPIC else label
    if rng.random() > SECOND_OPINIONS:
        return given, ""
    disagrees = other and rng.random() < 0.25  # noqa: PLR2004 - a quarter of the doubtful ones
    return given, (other if given == label else label) if disagrees else given


def _message(rng: Random, label: str, segment: str) -> tuple[str, str]:
    """Return a text and the label of its second topic, empty where it has none."""
    if segment == "chat" and rng.random() < TERSE_CHATS:
        return filled(rng, rng.choice(TERSE[label]), SLOTS), ""
    situations = list(SITUATIONS[label])
    core = rng.sample(situations, 1 if segment == "chat" or rng.random() < 0.55 else 2)  # noqa: PLR2004 - as read in mail
    other = ""
    if rng.random() < SECOND_TOPIC:
        other = rng.choice([name for name in SITUATIONS if name != label])
        core.append(rng.choice(SITUATIONS[other]))
    background = rng.sample(BACKGROUNDS, rng.choice((0, 1) if segment == "chat" else (0, 1, 1, 2)))
    body = background + core if rng.random() < 0.7 else core[:1] + background + core[1:]  # noqa: PLR2004 - most explain first
    text = filled(rng, _framed(rng, body, segment), SLOTS).replace(" \n ", "\n\n").strip()
    if segment == "chat":
        text = text.lower() if rng.random() < 0.6 else text  # noqa: PLR2004 - most people chat in lower case
    if rng.random() < (TYPOS if segment == "chat" else TYPOS / 2):
        text = mistyped(rng, text)
    return text, other


def _framed(rng: Random, body: list[str], segment: str) -> str:
    """Return the body with what people write around it in this channel."""
    if segment == "e-mail":
        sentences = [rng.choice(OPENINGS), "\n", *body, rng.choice(ASKS), "\n", rng.choice(CLOSINGS)]
        if rng.random() < DRAGGED_ALONG:
            sentences += ["\n", *(f"> {line}" for line in rng.sample(HISTORY, rng.randint(2, 5)))]
    elif segment == "web form":
        sentences = [*body, rng.choice(ASKS), rng.choice((*CLOSINGS, "", "", "", ""))]
    else:
        sentences = [rng.choice(("hi", "hello", "", "", "hey")), *body, rng.choice((*ASKS, "", "", "", "", "", "", "", ""))]
    return " ".join(s for s in sentences if s)


SLOTS: Mapping[str, Callable[[Random], str]] = {
    "month": lambda r: r.choice(MONTHS),
    "month2": lambda r: r.choice(MONTHS),
    "amount": lambda r: f"{r.randint(180, 2400)}.{r.randint(0, 99):02d} euros",
    "amount2": lambda r: f"{r.randint(28, 190)} euros",
    "percent": lambda r: str(r.randint(8, 60)),
    "number": lambda r: str(r.randint(100000, 999999)),
    "customer": lambda r: str(r.randint(10_000_000, 99_999_999)),
    "kwh": lambda r: str(r.randint(1200, 48000)),
    "kwh2": lambda r: str(r.randint(1200, 48000)),
    "meter": lambda r: f"1ESY{r.randint(1000000, 9999999)}",
    "date": lambda r: f"{r.randint(1, 28)} {r.choice(MONTHS)}",
    "clock": lambda r: f"{r.randint(0, 23)}:{r.choice(('00', '15', '30', '40'))}",
    "street": lambda r: r.choice(STREETS),
    "house": lambda r: str(r.randint(1, 140)),
    "flat": lambda r: str(r.randint(1, 24)),
    "count": lambda r: str(r.randint(3, 12)),
    "day": lambda r: str(r.choice((5, 10, 15, 20))),
    "cents": lambda r: f"{r.randint(24, 34)}.{r.randint(0, 9)}",
    "cents2": lambda r: f"{r.randint(33, 45)}.{r.randint(0, 9)}",
    "name": lambda r: r.choice(NAMES),
}
