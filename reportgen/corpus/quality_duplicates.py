"""Rows that say the same as others: copies, near copies, templates, within a split and across splits (formulas.md 5.3)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from reportgen.corpus.quality_copies import SAME, near_copies, same_template, same_text
from reportgen.corpus.quality_rows import Rows, places_of, problem
from reportgen.domain.wording.figures import counted, percent
from reportgen.problems import Problem, Severity

_SHOWN = 3


def copies(rows: Rows) -> Iterator[Problem]:
    """Name rows with the same input, apart for those that stand in two splits; one Group is one row to the split."""
    within: list[int] = []
    across: list[tuple[int, ...]] = []
    for group in same_text(rows.plain):
        if _crosses(rows, group):
            across.append(group)
        elif not _one_group(rows, group):
            within.extend(group)
    if within:
        yield problem(
            "copies",
            Severity.WARNING,
            places_of(rows, within),
            f"{counted(len(within), 'row holds', 'rows hold')} an input that stands elsewhere in the same split; "
            "each copy counts again.",
            "Keep one row of each input, or give the copies one Group.",
        )
    yield from _crossing(rows, across, "the same input", "copies-across-splits")


def like_copies(rows: Rows) -> Iterator[Problem]:
    """Name rows whose inputs are nearly the same, apart for those that stand in two splits."""
    pairs = near_copies(rows.plain)
    across = [(p.first, p.second) for p in pairs if p.alike >= SAME and _crosses(rows, (p.first, p.second))]
    yield from _crossing(
        rows, across, f"nearly the same input (at least {percent(SAME)} alike)", "near-copies-across-splits"
    )
    named = {place for pair in across for place in pair}
    apart = [p for p in pairs if not _one_group(rows, (p.first, p.second))]
    rest = sorted({place for p in apart for place in (p.first, p.second)} - named)
    if rest:
        closest = max(apart, key=lambda p: (p.alike, -p.first))
        one, other = rows.examples[closest.first], rows.examples[closest.second]
        yield problem(
            "near-copies",
            Severity.NOTE,
            places_of(rows, rest),
            f"{counted(len(rest), 'row')} have an input like that of another row (at least 80 % alike; the closest are "
            f"{one.id} and {other.id}, {percent(closest.alike)}). They say less than as many independent cases.",
            "Look at them, and give rows of one origin one Group.",
        )


def _one_group(rows: Rows, places: Sequence[int]) -> bool:
    """Whether rows that say the same carry one Group, which is all that could be asked of them."""
    return len({rows.examples[i].group for i in places}) == 1 and bool(rows.examples[places[0]].group)


def _crosses(rows: Rows, group: Sequence[int]) -> bool:
    """Whether rows that say the same stand in several splits; a row that was declared so is no excuse."""
    return len({rows.splits[i] for i in group}) > 1


def _crossing(rows: Rows, groups: Sequence[tuple[int, ...]], noun: str, code: str) -> Iterator[Problem]:
    if not groups:
        return
    shown = "; ".join(
        " and ".join(f"{rows.examples[i].id} ({rows.splits[i].value})" for i in group[:2]) for group in groups[:_SHOWN]
    )
    places = sorted({i for group in groups for i in group})
    yield problem(
        code,
        Severity.WARNING,
        places_of(rows, places),
        f"{counted(len(places), 'row')} have {noun} in two splits: {shown}{' and more' if len(groups) > _SHOWN else ''}. "
        "Whoever learns from one of them has seen the other.",
        "Give the rows that belong together one Group, and delete the split record before the first run.",
    )


def templates(rows: Rows) -> Iterator[Problem]:
    """Name rows that follow one template: they differ in numbers, dates and names alone."""
    groups = [group for group in same_template(rows.texts, rows.plain) if not _one_group(rows, group)]
    if not groups:
        return
    largest = max(groups, key=len)
    places = sorted({i for group in groups for i in group})
    yield problem(
        "templates",
        Severity.NOTE,
        places_of(rows, places),
        f"{counted(len(places), 'row follows', 'rows follow')} {counted(len(groups), 'template')}: "
        "they differ only in numbers, dates and "
        f"names (the largest has {len(largest)} rows). Learning the template is enough to answer them.",
        "Give the rows of one template one Group, or keep fewer of them.",
    )
