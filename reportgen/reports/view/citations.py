"""Words how far the quotations of an extraction hold: a buyer who trusts a quoted value must see every one that does not."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import assert_never

from reportgen.domain.records.comparison import CandidateResult
from reportgen.domain.records.plan import Example
from reportgen.domain.records.response import Outcome
from reportgen.domain.records.score import CitationMark, Part
from reportgen.domain.wording import numbers
from reportgen.domain.wording.text import line
from reportgen.reports.view.context import Context
from reportgen.reports.view.records import Cell, Table, TableRow

UNVERIFIED_HEAD = "Quotations that could not be verified"
"""Heading of the full list in comparison.xlsx; the PDF points at it."""


_MOST_ALTERED = 4
"""Altered places that stand under the table; the workbook lists all."""


@dataclass(frozen=True, slots=True)
class Unverified:
    """A given value whose quotation does not hold. `counts` = the field owes one, so citation accuracy counts it."""

    result: CandidateResult
    example: Example
    part: Part
    fault: str
    counts: bool


def unverified(context: Context) -> Iterator[Unverified]:
    """Yield every quotation that does not support its value, by candidate and example, in their order."""
    for result in context.results:
        owed = frozenset(result.sample.citation_fields)
        for o in (*result.sample.observations, *result.regression.observations):
            for part in o.score.strict.parts:
                if part.citation is not None and part.citation is not CitationMark.SUPPORTS:
                    yield Unverified(result, o.example, part, fault_words(part.citation), part.name in owed)


def fault_words(mark: CitationMark) -> str:
    """Return what is wrong with a quotation."""
    match mark:
        case CitationMark.MISSING:
            return "missing: no quotation was given"
        case CitationMark.NOT_FOUND:
            return "not found: the input does not hold these words"
        case CitationMark.ALTERED:
            return "altered: the input has other words at this place"
        case CitationMark.ELSEWHERE:
            return "elsewhere: the words stand in the input and do not hold the value"
        case CitationMark.SUPPORTS:
            return "supports its value"
    assert_never(mark)


def citations(context: Context) -> Table:
    """Count the quotations of every candidate by what became of them, known failures aside; no rows where none was owed."""
    rows = []
    for result in context.results:
        owed = frozenset(result.sample.citation_fields)
        found = Counter(
            part.citation
            for o in result.sample.observations
            for part in o.score.strict.parts
            if part.citation is not None and part.name in owed and o.score.strict.outcome is Outcome.ANSWERED
        )
        if owed:
            figures = [found.total(), *(found[m] for m in reversed(CitationMark))]
            cells = tuple(Cell(numbers.count(n)) for n in figures)
            rows.append(TableRow(line(result.spec.name, 60), "", cells, context.is_winner(result)))
    columns = ("Values given", "Supported", "Found elsewhere", "Altered", "Not found", "Missing")
    return Table("Candidate", columns, tuple(rows), tuple(_notes(context)) if rows else ())


def _notes(context: Context) -> Iterator[str]:
    told_of = list(unverified(context))
    many = len(told_of)
    yield "Counted are the fields that owe a quotation; only a supported value counts as right in the citation accuracy."
    if many:
        told = numbers.plural(many, "quotation that could not be verified", "quotations that could not be verified")
        yield f"{told}, known failures and other fields included, stand one by one in comparison.xlsx, sheet Checks."
    else:
        yield "Every quotation that was given could be verified."
    altered = [(u, place) for u in told_of for place in u.part.altered]
    for u, (before, after) in altered[:_MOST_ALTERED]:
        there, quoted = (f"“{line(words, 60)}”" if words else "nothing" for words in (before, after))
        where = f"{line(u.example.id, 30)}, {line(u.result.spec.name, 40)}"
        yield f"Altered: the input says {there}, the quotation {quoted} ({where}, {line(u.part.name, 40)})."
