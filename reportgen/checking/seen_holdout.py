"""Locked rows that are locked no longer in truth: somebody has answers to them already."""

from __future__ import annotations

from collections.abc import Iterator

from reportgen.domain.records.corpus import Corpus
from reportgen.domain.records.plan import EvaluationPlan
from reportgen.domain.wording.figures import counted, listed
from reportgen.problems import Problem, Severity


def seen_holdout(plan: EvaluationPlan, corpus: Corpus) -> Iterator[Problem]:
    """Yield the recorded answers to rows of the holdout: point 7 of the checklist will not be met, said before the run."""
    locked = set(corpus.holdout.example_ids)
    found = [row for row in plan.recorded_outputs if row.example_id in locked]
    if not found:
        return
    rows, names = {row.example_id for row in found}, listed(dict.fromkeys(row.candidate for row in found))
    yield Problem(
        found[0].where or "Recorded outputs",
        f"{counted(len(rows), 'row')} of the holdout {'has' if len(rows) == 1 else 'have'} recorded answers of {names}, so "
        "nobody can say that they were never used: point 7 of the checklist will not be met.",
        "Lock new rows without recorded answers, or take these answers out.",
        "holdout-answered",
        Severity.WARNING,
        tuple(row.where for row in found[1:]),
    )
