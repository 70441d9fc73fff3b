"""Words the checklist's points besides the nine, and the deviations of the run from its plan."""

from __future__ import annotations

from reportgen.domain.records.comparison import Comparison, PointStatus
from reportgen.domain.records.plan import Role, Rule
from reportgen.domain.records.response import Outcome
from reportgen.domain.telling.other_points import other_points
from reportgen.domain.wording import numbers
from reportgen.domain.wording.text import line
from reportgen.reports.view.context import Context, planned, point_mark
from reportgen.reports.view.records import DeviationRow, FurtherPoint


def further_points(comparison: Comparison) -> tuple[FurtherPoint, ...]:
    """Return the points besides the nine, in groups; a group's name stands on its first point."""
    told: list[FurtherPoint] = []
    before = ""
    for p in other_points(comparison):
        missing = "" if p.status is PointStatus.MET else p.remedy
        group, before = "" if p.group == before else p.group, p.group
        told.append(FurtherPoint(group, p.check, point_mark(p.status), p.found, p.where, missing))
    return tuple(told)


def deviations(context: Context) -> tuple[DeviationRow, ...]:
    """Return what differed from the plan of the run, its effect, and what became of it."""
    comparison, told = context.comparison, []
    if comparison.corpus.renewed:
        told.append(
            DeviationRow(
                "The record of the earlier split was lost; the split is a new one.",
                "Locked rows may have been seen before.",
                "Stands as a limit of this run.",
            )
        )
    if comparison.run.answers_recorded_before:
        told.append(
            DeviationRow(
                "Some answers were recorded before the rules were fixed.",
                "The levels cannot be shown to be independent of these answers.",
                "Points 5 and 8 of the readiness checklist are judged accordingly.",
            )
        )
    if comparison.plan.settings.rule is Rule.POINT_ESTIMATE:
        told.append(
            DeviationRow(
                "The workbook replaces proof by the bare figure.",
                "A lucky sample can pass.",
                "Warned of on page one.",
            )
        )
    for result in comparison.candidates:
        if result.spec.role is Role.JUDGE:
            continue
        name, counts = line(result.spec.name, 60), result.counts
        failed = planned(counts, Outcome.ERROR, Outcome.TIMEOUT)
        if failed:
            told.append(
                DeviationRow(
                    f"{numbers.count(failed)} of {numbers.plural(counts.planned, 'request')} to {name} failed or timed out.",
                    "Counted as wrong and as never answered.",
                    "They stay in the denominator.",
                )
            )
        if counts.unscored:
            told.append(
                DeviationRow(
                    f"{numbers.plural(counts.unscored, 'answer')} of {name} could not be judged.",
                    "These examples carry no score.",
                    "Counted apart, see What became of every request.",
                )
            )
    return tuple(told)
