"""The examples as the checks of their quality see them, and how a check says what it found."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from reportgen.corpus.quality_copies import Plain, normalised
from reportgen.domain.records.plan import EvaluationPlan, Example, Split
from reportgen.problems import Problem, Severity


@dataclass(frozen=True)
class Rows:
    """The examples with their splits, in sheet order."""

    plan: EvaluationPlan
    examples: tuple[Example, ...]
    splits: tuple[Split, ...]

    @property
    def texts(self) -> list[str]:
        """The inputs, in order; pictures, whose content is in no text, stand as the hash of their file."""
        return [_text(e) for e in self.examples]

    @cached_property
    def plain(self) -> list[Plain]:
        """The texts as copies are compared."""
        return [normalised(text) for text in self.texts]


def problem(code: str, severity: Severity, where: Sequence[str], what: str, remedy: str) -> Problem:
    """Return a finding on the cells in `where`, of which there is at least one."""
    return Problem(where[0], what, remedy, code, severity, tuple(where[1:]))


def places_of(rows: Rows, places: Sequence[int]) -> tuple[str, ...]:
    """Return the cells of rows by their places, counted from 0."""
    return tuple(rows.examples[i].where for i in places)


def _text(example: Example) -> str:
    pictures = example.document is not None and example.document.unread_pages
    return f"{example.document.sha256} {example.input}" if pictures and example.document is not None else example.input
