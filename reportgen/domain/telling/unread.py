"""Answers that could not be read: which ones come most often, what each most likely means, and what to do about it.

Nothing is counted as right by what is said here; it says what a person can decide with one entry in the workbook.
"""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from reportgen.domain.records.measure import Sample
from reportgen.domain.records.plan import READINGS, AnswersRead, Settings
from reportgen.domain.records.response import Outcome
from reportgen.domain.wording.figures import counted, listed

MOST_NAMED = 5
"""Commonest unreadable answers that a sentence names."""
_LONGEST = 60
_FEWEST, _MAJORITY = 3, 0.6
"""Rows with one answer, and the share of them that expect one label, from which on that label is what it likely means."""
MANY = 0.05
"""Share of unreadable answers from which on they are worth a warning."""
_ALIKE = 0.8
"""Likeness of two spellings from which on one is taken for a slip of the other."""


@dataclass(frozen=True, slots=True)
class Unread:
    """One answer that could not be read. `label` is what the lenient reading finds in it, `expected` what is right there."""

    text: str
    reason: str = ""
    label: str = ""
    expected: str = ""
    mended: bool = False
    """The lenient reading can read it."""


@dataclass(frozen=True, slots=True)
class UnreadGroup:
    """Answers that say the same. `means` is the label they most likely mean, empty where nothing says so, `why` says why.

    `wrapped` = the label stands in the answer, with other text around it; else `answer` is another word for it.
    """

    answer: str
    count: int
    means: str = ""
    why: str = ""
    wrapped: bool = False

    @property
    def words(self) -> str:
        """Return the group in words: `"Contract end" (10, most likely cancellation: expected in 9 of 10)`."""
        means = f", most likely {self.means}: {self.why}" if self.means else ""
        return f'"{self.answer}" ({self.count:,}{means})'


@dataclass(frozen=True, slots=True)
class UnreadOf:
    """What could not be read of one candidate: how many of how many answers, in groups, commonest first."""

    candidate: str
    where: str
    unread: int
    answers: int
    groups: tuple[UnreadGroup, ...]

    @property
    def nothing_read(self) -> bool:
        """Whether there are answers, and not one of them could be read."""
        return self.answers > 0 and self.unread == self.answers


def grouped(answers: Iterable[Unread], labels: Sequence[str] = ()) -> tuple[UnreadGroup, ...]:
    """Return the answers in groups that say the same, commonest first.

    Args:
        answers: those that could not be read.
        labels: the labels of the task; none where it has no labels.
    """
    groups: dict[tuple[str, str], list[Unread]] = {}
    for one in answers:
        kind = ("mended", one.label) if one.mended else ("", _key(one.text) or _key(one.reason))
        groups.setdefault(kind, []).append(one)
    found = [_group(rows, labels, mended=kind == "mended") for (kind, _), rows in groups.items()]
    return tuple(sorted(found, key=lambda g: (-g.count, g.answer)))


def _group(rows: Sequence[Unread], labels: Sequence[str], *, mended: bool) -> UnreadGroup:
    shown = _shown(rows[0].text) or "(empty)"
    if mended:
        return UnreadGroup(shown, len(rows), rows[0].label, "it stands in the answer" if rows[0].label else "", wrapped=True)
    means, why = _meaning(rows, labels)
    return UnreadGroup(shown, len(rows), means, why)


def _meaning(rows: Sequence[Unread], labels: Sequence[str]) -> tuple[str, str]:
    """Return the label that an answer most likely means, and what says so."""
    word = _key(rows[0].text)
    if not word:
        return "", ""
    alike = {name: SequenceMatcher(None, word, _key(name)).ratio() for name in labels}
    near = [name for name, ratio in alike.items() if ratio >= _ALIKE]
    if len(near) == 1:
        return near[0], "spelled nearly so"
    expected = Counter(one.expected for one in rows if one.expected)
    total = sum(expected.values())
    for name, count in expected.most_common(1):
        if total >= _FEWEST and count >= _MAJORITY * total:
            return name, f"expected in {count} of {total}"
    return "", ""


def _key(text: str) -> str:
    """Return what two answers share that say the same: the first line, folded, without marks at its ends."""
    line = next((line for line in text.splitlines() if line.strip()), "")
    return " ".join(unicodedata.normalize("NFKC", line).casefold().split())[:_LONGEST].strip(" .:;,!*'\"`")


def _shown(text: str) -> str:
    line = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    return line if len(line) <= _LONGEST else f"{line[: _LONGEST - 1]}…"


def unread_of(candidate: str, where: str, sample: Sample) -> UnreadOf:
    """Return what could not be read of one candidate's answers; a recorded `invalid` counts with its text."""
    rows = [o for o in sample.observations if o.score.strict.outcome in {Outcome.ANSWERED, Outcome.INVALID}]
    lost = [
        Unread(
            o.response.text,
            o.score.strict.reason,
            o.score.lenient.label or "",
            (o.example.key.label or "") if o.example.key is not None else "",
            mended=o.score.lenient.outcome is Outcome.ANSWERED,
        )
        for o in rows
        if o.score.strict.outcome is Outcome.INVALID
    ]
    return UnreadOf(candidate, where, len(lost), len(rows), grouped(lost, sample.labels))


def sentence(found: UnreadOf, noun: str = "answer") -> str:
    """Return what could not be read of one candidate, with its commonest such answers."""
    much, verb = f"{found.unread:,} of {counted(found.answers, noun)}", "cannot be read"
    if found.nothing_read:
        much, verb = f"None of the {counted(found.answers, noun)}", "can be read"
    named = listed((g.words for g in found.groups[:MOST_NAMED]), MOST_NAMED)
    more = len(found.groups) - MOST_NAMED
    others = f", and {counted(more, 'other answer')}" if more > 0 else ""
    return f"{much} of {found.candidate} {verb}: {named}{others}."


def few(found: UnreadOf) -> bool:
    """Whether so little could not be read that it is worth a note and no warning."""
    return found.unread < MANY * found.answers


def remedy(found: UnreadOf, settings: Settings) -> str:
    """Return what to enter in the workbook where the application takes such answers over all the same."""
    said: list[str] = []
    synonyms = [g for g in found.groups[:MOST_NAMED] if g.means and not g.wrapped]
    wrapped = [g for g in found.groups if g.wrapped]
    if wrapped:
        ways = " or ".join(_ways(settings, in_json=all("{" in g.answer for g in wrapped)))
        said.append(f"If your application takes the answer out of the text around it, set Answers are read to {ways}.")
    if synonyms:
        lines = listed((f'"{g.answer}" for {g.means}' for g in synonyms), MOST_NAMED)
        said.append(f"If your application knows these words, enter under Also written as: {lines}.")
    return " ".join(said) or "Look at these answers, and mend the prompt or what was recorded; each counts as wrong."


def _ways(settings: Settings, *, in_json: bool) -> list[str]:
    """Return the ways of reading that may take an answer out of what stands around it."""
    possible = [a for a in READINGS[settings.task] if a not in {AnswersRead.STRICTLY, settings.answers_read}]
    fitting = [a for a in possible if (a is AnswersRead.REPAIRED) == in_json] or possible
    return [a.value for a in fitting] or [AnswersRead.STRICTLY.value]
