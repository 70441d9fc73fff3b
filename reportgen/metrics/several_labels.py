"""Scores answers that name several labels: right in full where the set is the expected one (formulas.md 3.1).

An answer is a JSON list of labels, an object `{"labels": [...]}`, or labels one a line or between commas. Each has to be a
label; one that is none makes the answer unreadable, since nobody knows what the application would make of it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from reportgen.domain.reading.text import fold
from reportgen.domain.records.plan import NO_LABELS, AnswersRead, Example
from reportgen.domain.records.response import Outcome, Response
from reportgen.domain.records.score import Mark, Part, Reading, Score
from reportgen.metrics.answer_text import bare_answer, first_line, without_lead_in
from reportgen.metrics.interface import (
    ScoreExample,
    ScoreResponse,
    failed_reading,
    has_answer,
    one_reading,
    shown,
    why_failed,
)
from reportgen.metrics.json_output import Fault, Json, load_repaired, load_strictly
from reportgen.metrics.label_reader import LabelReader
from reportgen.metrics.verdicts import Verdicts, is_positive, judged

PART = "label"
_PARTED = re.compile(r"[,;\n]")
_BULLET = re.compile(r"^\s*(?:[-*•–]|\d{1,2}[.)])\s+")

LabelSet = tuple[str, ...]


@dataclass(frozen=True)
class LabelSetReader:
    """Finds sets of labels in answers."""

    reader: LabelReader

    def read(self, text: str) -> LabelSet | None:
        """Return the labels as the application takes them out of an answer, in the order of the labels; None = it cannot."""
        found = self.strict(text)
        if found is not None:
            return found
        match self.reader.reads:
            case AnswersRead.STRICTLY:
                return None
            case AnswersRead.FIRST_LINE:
                return self._listed(without_lead_in(first_line(text)))
            case AnswersRead.LABEL_ANYWHERE:
                return self.lenient(text)
            case AnswersRead.REPAIRED:
                return self._repaired(text)

    def strict(self, text: str) -> LabelSet | None:
        """Return the labels of an answer that is a list of labels and nothing else."""
        if text.lstrip().startswith(("[", "{")):
            return self._of_json(load_strictly(text))
        return self._listed(text)

    def lenient(self, text: str) -> LabelSet | None:
        """Return the labels of a repaired answer, of its first line, else every label that occurs as a whole word."""
        found = self._repaired(text)
        found = self._listed(without_lead_in(first_line(text))) if found is None else found
        if found is not None:
            return found
        named = self.reader.all_in(bare_answer(text))
        return self._ordered(named) if named else None

    def _repaired(self, text: str) -> LabelSet | None:
        bare = bare_answer(text)
        if "[" not in bare and "{" not in bare:
            return self._listed(bare)
        listed = re.search(r"\[[^\[\]{}]*\]", bare)
        if "{" not in bare and listed is not None:
            return self._of_json(load_strictly(listed[0]))
        return self._of_json(load_repaired(bare))

    def _of_json(self, value: Json | Fault) -> LabelSet | None:
        if isinstance(value, dict):
            value = value.get("labels", value.get("label"))
        if isinstance(value, str):
            return self._listed(value)
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            return None
        return self._named([str(item) for item in value])

    def _listed(self, text: str) -> LabelSet | None:
        """Return the labels of a text that lists them; one label may hold a comma itself."""
        if fold(text).rstrip(".") in NO_LABELS:
            return ()
        whole = self.reader.exact(text)
        if whole is not None:
            return (whole,)
        lines = [_BULLET.sub("", line) for line in text.splitlines() if line.strip()]
        if lines and (found := self._named(lines)) is not None:
            return found
        parts = [part.strip() for part in _PARTED.split(text) if part.strip()]
        return self._named([_BULLET.sub("", part) for part in parts]) if parts else None

    def _named(self, texts: Sequence[str]) -> LabelSet | None:
        found = [self.reader.exact(text) for text in texts]
        return None if None in found else self._ordered({name for name in found if name is not None})

    def _ordered(self, names: set[str]) -> LabelSet:
        return tuple(label.name for label in self.reader.labels if label.name in names)


def prepare(reader: LabelReader, verdicts: Verdicts) -> ScoreExample:
    """Return the scorer of a plan whose examples have several labels."""
    sets = LabelSetReader(reader)

    def for_example(example: Example) -> ScoreResponse:
        wanted = example.key.labels if example.key is not None else None
        return lambda response: _score(sets, verdicts, wanted, response)

    return for_example


def _score(sets: LabelSetReader, verdicts: Verdicts, wanted: LabelSet | None, response: Response) -> Score:
    unscored = "" if wanted is not None else "the example has no expected labels"
    if not has_answer(response):
        part = _part(wanted, Mark.WRONG, "", why_failed(response))
        return one_reading(response, failed_reading(response, [part]), unscored)
    strict = _reading(verdicts, wanted, sets.read(response.text), response)
    if strict.outcome is Outcome.ANSWERED:
        return one_reading(response, strict, unscored)
    lenient = _reading(verdicts, wanted, sets.lenient(response.text), response)
    return Score(response.candidate, response.example_id, strict, lenient, unscored)


def _reading(verdicts: Verdicts, wanted: LabelSet | None, found: LabelSet | None, response: Response) -> Reading:
    if found is None:
        reason = "no set of labels can be read from the answer" if response.text.strip() else "the answer is empty"
        return Reading(Outcome.INVALID, (_part(wanted, Mark.WRONG, shown(response.text), reason),), reason=reason)
    right = wanted is not None and set(found) == set(wanted)
    part = _part(wanted, Mark.CORRECT if right else Mark.WRONG, in_words(found), "" if right else _differs(wanted, found))
    recorded = verdicts.on(response.candidate, response.example_id)
    verdict = (recorded.get(PART) or recorded.get("")) if wanted is not None else None
    if verdict is not None:
        part = judged(part, verdict, Mark.CORRECT if is_positive(verdict) else Mark.WRONG)
        found = wanted if part.mark is Mark.CORRECT and wanted is not None else found
    return Reading(Outcome.ANSWERED, (part,), labels=found)


def _part(wanted: LabelSet | None, mark: Mark, found: str, reason: str) -> Part:
    if wanted is None:
        return Part(PART, Mark.UNSCORED, found=found, reason="no expected labels")
    return Part(PART, mark, in_words(wanted), found, reason)


def in_words(labels: LabelSet) -> str:
    """Return a set of labels as people read it, one a line; an empty one says so."""
    return "\n".join(labels) or "(none)"


def _differs(wanted: LabelSet | None, found: LabelSet) -> str:
    lacking = [name for name in wanted or () if name not in found]
    besides = [name for name in found if name not in (wanted or ())]
    told = [f"not given: {', '.join(lacking)}"] * bool(lacking) + [f"not expected: {', '.join(besides)}"] * bool(besides)
    return "; ".join(told)
