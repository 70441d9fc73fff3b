"""Scores: how one response was judged, part by part, strictly and leniently; or why it could not be judged."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple

from reportgen.domain.records.response import Outcome


class Mark(StrEnum):
    """What was found for one part. `CORRECT_EMPTY` = rightly left empty (extraction)."""

    CORRECT = "correct"
    CORRECT_EMPTY = "correctly empty"
    WRONG = "wrong"
    MISSING = "missing"
    INVENTED = "invented"
    SUPPORTED = "supported"
    UNSUPPORTED = "unsupported"
    COVERED = "covered"
    OMITTED = "omitted"
    UNSCORED = "unscored"

    @property
    def right(self) -> bool:
        """Whether the part is as it should be."""
        return self in _RIGHT


_RIGHT = frozenset({Mark.CORRECT, Mark.CORRECT_EMPTY, Mark.SUPPORTED, Mark.COVERED})


class CitationMark(StrEnum):
    """The ladder of formulas.md 3.2, worst first; from `elsewhere` on the quotation stands in the document word for word."""

    MISSING = "missing"
    NOT_FOUND = "not found"
    ALTERED = "altered"
    ELSEWHERE = "elsewhere"
    SUPPORTS = "supports"

    @property
    def found(self) -> bool:
        """Whether the quotation stands in the document."""
        return self in {CitationMark.ELSEWHERE, CitationMark.SUPPORTS}


class JudgeKind(StrEnum):
    RULE = "rule"
    MODEL = "model"
    PERSON = "person"


class ItemCounts(NamedTuple):
    """How the items of a list fit: pairs found, items expected, items given."""

    matched: int
    expected: int
    given: int


@dataclass(frozen=True, slots=True)
class RowPair:
    """One row of a records field: what was expected, what was given, and a mark for each part in their order.

    `expected` None = a row that was given and not expected, `given` None = one that is missing. A part that is blank on
    both sides is `correctly empty` and counts on neither.
    """

    expected: tuple[str, ...] | None
    given: tuple[str, ...] | None
    marks: tuple[Mark, ...]

    @property
    def exact(self) -> bool:
        """Whether the row was expected and given, with every part right."""
        whole = self.expected is not None and self.given is not None
        return whole and all(m.right or m is Mark.UNSCORED for m in self.marks)


@dataclass(frozen=True, slots=True)
class Part:
    """One judged part: `label`, a field's name, `fact N`, `sentence N` or `answer`.

    `rule_mark` is our own comparison where a recorded verdict took its place, `model_mark` what a model judge said where a
    person's verdict took its place; else None. `items` is filled for lists; `altered` holds what the document says and what
    the quotation says instead; `unread` = the value, or the one expected, cannot be read by the field's type.
    """

    name: str
    mark: Mark
    expected: str = ""
    found: str = ""
    reason: str = ""
    judged_by: JudgeKind = JudgeKind.RULE
    judge: str = ""
    rule_mark: Mark | None = None
    model_mark: Mark | None = None
    citation: CitationMark | None = None
    quote: str = ""
    items: ItemCounts | None = None
    altered: tuple[tuple[str, str], ...] = ()
    rows: tuple[RowPair, ...] = ()
    """The rows of a records field, expected ones in their order, then what was given besides."""
    unread: bool = False


@dataclass(frozen=True, slots=True)
class Reading:
    """One way of reading an output (strict or lenient) and what came of it.

    `outcome` is final: an answer that cannot be read is INVALID. `label` is the predicted label, None where there is none;
    `labels` are those predicted where an example has several.
    `extras` holds graded figures by name (`token F1`, `ROUGE-L`), each 0 to 1.
    """

    outcome: Outcome
    parts: tuple[Part, ...]
    label: str | None = None
    labels: tuple[str, ...] = ()
    extras: Mapping[str, float] = field(default_factory=dict)
    reason: str = ""

    @property
    def right(self) -> bool:
        """Whether every scored part of an answered response is right."""
        scored = [p for p in self.parts if p.mark is not Mark.UNSCORED]
        return self.outcome is Outcome.ANSWERED and bool(scored) and all(p.mark.right for p in scored)


@dataclass(frozen=True, slots=True)
class Score:
    """How one response was judged. `unscored`, where not empty, says why nothing could be judged at all."""

    candidate: str
    example_id: str
    strict: Reading
    lenient: Reading
    unscored: str = ""
