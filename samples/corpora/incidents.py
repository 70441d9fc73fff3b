"""Incident notes of a fictitious district heating works, with key facts and a reference summary, for summarization."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

from samples.common import mistyped, without_near_copies
from samples.corpora import incidents_text as words

SEGMENTS = {"shift log": 0.45, "e-mail": 0.35, "phone note": 0.2}


@dataclass(frozen=True, slots=True)
class Incident:
    """One note with what a good summary must say, and a summary that the shift leader would sign."""

    text: str
    segment: str
    facts: tuple[str, ...]
    reference: str


def incidents(seed: int, count: int) -> list[Incident]:
    """Return the notes in the order in which they came in."""
    rng = Random(seed)
    return without_near_copies(rng, count, lambda r, _: _incident(r), lambda incident: incident.text)


def _incident(rng: Random) -> Incident:
    segment = rng.choices(list(SEGMENTS), list(SEGMENTS.values()))[0]
    values = _values(rng)
    event, causes = words.EVENTS[rng.choice(list(words.EVENTS))]
    chosen = [event, rng.choice(causes)]
    others = rng.sample(list(words.ASPECTS), rng.choice((2, 3, 3, 4, 5)))
    order = list(words.ASPECTS)
    chosen += [rng.choice(words.ASPECTS[name]) for name in sorted(others, key=order.index)]
    told = [(rng.choice(ways).format(**values), fact.format(**values)) for ways, fact in chosen]
    text = _written(rng, segment, [way for way, _ in told], values)
    facts = tuple(fact[0].upper() + fact[1:] for _, fact in told)
    return Incident(text, segment, facts, ". ".join(facts) + ".")


def _written(rng: Random, segment: str, told: list[str], values: dict[str, str]) -> str:
    """Return the note: the facts in the manner of the segment, with everything else that people write down."""
    if segment == "e-mail" and rng.random() < 0.5:  # noqa: PLR2004 - half of them put the result first
        told = told[2:][::-1] + told[:2]
    elif segment == "phone note":
        rng.shuffle(told)
    fillers = rng.sample(
        words.FILLERS, rng.choice((2, 4, 5, 6, 8, 10, 14)) if segment != "phone note" else rng.randint(1, 5)
    )
    lines = list(told)
    for filler in fillers:
        lines.insert(rng.randint(0, len(lines)), filler.format(**values))
    opener, closer = (rng.choice(part[segment]).format(**values) for part in (words.OPENERS, words.CLOSERS))
    separator = "\n" if segment == "shift log" and rng.random() < 0.5 else " "  # noqa: PLR2004 - half of them use lines
    text = "\n".join(filter(None, (opener, separator.join(lines), closer)))
    return mistyped(rng, text) if rng.random() < 0.2 else text  # noqa: PLR2004 - one note in five


def _values(rng: Random) -> dict[str, str]:
    """Return the values of one note; all aspects of it use the same ones."""
    start = rng.randint(0, 23 * 60)
    end = min(start + rng.randint(35, 700), 24 * 60 - 1)
    street, street2 = rng.sample(words.STREETS, 2)
    name, name2 = rng.sample(words.NAMES, 2)
    day, month = rng.randint(1, 18), rng.choice(words.MONTHS)
    return {
        "clock": f"{start // 60}:{start % 60:02d}",
        "clock2": f"{end // 60}:{end % 60:02d}",
        "street": street,
        "street2": street2,
        "house": str(rng.randint(1, 120)),
        "station": rng.choice(words.STATIONS),
        "name": name,
        "name2": name2,
        "joint": str(rng.randint(10, 480)),
        "pump": f"P{rng.randint(1, 9)}{rng.randint(0, 9)}",
        "unit": str(rng.randint(1, 6)),
        "percent": str(rng.randint(4, 30)),
        "day": f"{day} {month}",
        "day2": f"{day + rng.randint(2, 10)} {month}",
        "month": rng.choice(words.MONTHS),
        "customers": str(rng.choice((14, 38, 62, 95, 120, 240, 310, 480, 760, 1150, 1900)) + rng.randint(0, 9)),
        "degrees": str(rng.randint(38, 66)),
        "amount": str(rng.randint(8, 420) * 100),
        "volume": str(rng.randint(6, 190)),
        "valve": str(rng.randint(10, 49)),
        "valve2": str(rng.randint(50, 99)),
        "supplier": rng.choice(words.SUPPLIERS),
        "cold": str(rng.randint(-14, 12)),
        "bar": f"{rng.randint(4, 9)}.{rng.randint(0, 9)}",
        "n": str(rng.randint(2, 9)),
        "minutes": str(rng.randint(8, 75)),
        "shift": rng.choice("ABCD"),
    }
