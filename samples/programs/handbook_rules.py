"""The answers of today: the question word says what value is wanted, the sentence most like the question gives it."""

from __future__ import annotations

import re

from samples.common import Answer

KINDS: tuple[tuple[re.Pattern[str], re.Pattern[str]], ...] = (
    (
        re.compile(r"\bwho\b|whom|whose|where", re.IGNORECASE),
        re.compile(r"the ((?:\w+ )?(?:manager|office|leader|council|porter|officer))|(head of department)"),
    ),
    (
        re.compile(r"cost|how much|paid|daily allowance|limit for hotels", re.IGNORECASE),
        re.compile(r"\d[\d.]* (?:euros|cents)"),
    ),
    (re.compile(r"on which day|which day", re.IGNORECASE), re.compile(r"\b(?:Mon|Tues|Wednes|Thurs|Fri)day\b")),
    (re.compile(r"what time|until when|when does", re.IGNORECASE), re.compile(r"\d{1,2}:\d{2}")),
    (
        re.compile(r"how|when|what|which|after|from|by|within", re.IGNORECASE),
        re.compile(r"\d+ (?:working )?(?:days|weeks|months|years|hours|minutes)"),
    ),
)
STOP = frozenset(
    [
        "the",
        "a",
        "an",
        "of",
        "to",
        "in",
        "on",
        "for",
        "is",
        "are",
        "do",
        "does",
        "i",
        "my",
        "me",
        "we",
        "it",
        "be",
        "have",
        "has",
        "how",
        "many",
        "what",
        "when",
        "who",
        "which",
        "long",
        "and",
        "or",
    ]
)


def answer(text: str) -> Answer:
    """Return the first value of the wanted kind in the sentence that is most like the question."""
    paragraph, _, question = text.partition("\n\nQuestion: ")
    asked = _words(question)
    sentences = re.split(r"(?<=[.!?])\s+", paragraph)
    ranked = sorted(sentences, key=lambda sentence: -len(asked & _words(sentence)))
    for wanted, value in KINDS:
        if wanted.search(question):
            for sentence in ranked:
                if match := value.search(sentence):
                    shared = len(asked & _words(sentence)) / max(1, len(asked))
                    return Answer(next((g for g in match.groups() if g), match[0]), min(1.0, 0.3 + shared))
    return Answer("not stated", 0.2)


def _words(text: str) -> set[str]:
    return {word.removesuffix("s") for word in re.findall(r"[a-z]+", text.lower())} - STOP
