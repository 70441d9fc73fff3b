"""Questions of employees with the handbook paragraph they are about, for question answering; each with its own paragraph."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

from samples.common import mistyped, without_near_copies
from samples.corpora import handbook_text as words

SEGMENTS = {"intranet": 0.5, "chat": 0.3, "phone": 0.2}
UNANSWERED = 0.1
"""Share of questions that the paragraph does not answer."""


@dataclass(frozen=True, slots=True)
class Enquiry:
    """One question with the paragraph in front of it, and the answers that a clerk would accept."""

    text: str
    segment: str
    answers: tuple[str, ...]


def enquiries(seed: int, count: int) -> list[Enquiry]:
    """Return the questions in the order in which they came in."""
    rng = Random(seed)
    return without_near_copies(rng, count, lambda r, _: _enquiry(r), lambda enquiry: enquiry.text)


def _enquiry(rng: Random) -> Enquiry:
    segment = rng.choices(list(SEGMENTS), list(SEGMENTS.values()))[0]
    topic = rng.choice(list(words.TOPICS))
    rules = list(words.TOPICS[topic])
    rng.shuffle(rules)
    asked, others = rules[0], rules[1 : rng.randint(3, len(rules))]
    stated = rng.random() >= UNANSWERED
    values = _values(rng, topic)
    told = [rng.choice(ways).format(**values) for ways, _, _ in ([asked, *others] if stated else others)]
    if rng.random() < 1 / 3:
        other = rng.choice([name for name in words.TOPICS if name != topic])
        told.append(rng.choice(rng.choice(words.TOPICS[other])[0]).format(**_values(rng, other)))
    told += [line.format(**_values(rng, topic)) for line in rng.sample(words.GENERAL, rng.randint(1, 5))]
    rng.shuffle(told)
    heading = f"{rng.randint(1, 14)}.{rng.randint(1, 9)} {topic}, site {values['site']}, {values['year']}."
    answers = tuple(a.format(**values) for a in asked[2]) if stated else words.NOT_STATED
    text = f"{heading}\n{' '.join(told)}\n\nQuestion: {_question(rng, rng.choice(asked[1]), segment)}"
    return Enquiry(text, segment, tuple(dict.fromkeys(answers)))


def _question(rng: Random, question: str, segment: str) -> str:
    """Return the question as it is put in this channel."""
    if segment == "chat":
        question = rng.choice(("", "", "hi, ", "quick one: ", "sorry to ask, ")) + question.lower()
        return mistyped(rng, question, 1) if rng.random() < 0.3 else question  # noqa: PLR2004 - typed on a phone
    if segment == "phone":
        return rng.choice(
            (
                "A colleague wants to know: {q}",
                "{q} She starts next month.",
                "{q} He has asked twice already.",
                "I was wondering. {q}",
            )
        ).format(q=question)
    return question


def _values(rng: Random, topic: str) -> dict[str, str]:
    """Return the values of one site's version of a topic."""
    own = {name: str(rng.randint(*ends)) for name, ends in words.RANGES.get(topic, {}).items()}
    allowed = rng.random() < 0.5  # noqa: PLR2004 - half of the sites
    hour = own.pop("hour", "8")
    money = own.pop("money", "20")
    return {
        **own,
        "time": f"{hour}:{rng.choice(('00', '15', '30', '45'))}",
        "money": f"{money} euros",
        "money2": f"{rng.randint(98, 900)} euros",
        "price": f"{rng.randint(4, 8)}.{rng.randint(10, 95)} euros",
        "cents": str(rng.randint(18, 99)),
        "ext": str(rng.randint(2000, 7999)),
        "ext2": str(rng.randint(2000, 7999)),
        "role": rng.choice(words.ROLES),
        "site": rng.choice(words.SITES),
        "weekday": rng.choice(words.WEEKDAYS),
        "year": str(rng.randint(2016, 2025)),
        "page": str(rng.randint(3, 90)),
        "n": str(rng.randint(2, 12)),
        "n2": str(rng.randint(40, 900)),
        "allowed": "allowed" if allowed else "not allowed",
        "yesno": "yes" if allowed else "no",
    }
