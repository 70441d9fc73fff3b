"""The view: the one place that words and rounds a comparison, for both PDFs and the workbook alike.

Reports arrange what stands here and calculate nothing, so the three documents cannot disagree.
"""

from __future__ import annotations

from reportgen.domain.records.comparison import Comparison, Status
from reportgen.domain.wording.text import line
from reportgen.reports.view.charts import charts
from reportgen.reports.view.checklist import checklist
from reportgen.reports.view.context import Context, capital, context_of
from reportgen.reports.view.costs import costs
from reportgen.reports.view.decision import headline, levels, matrix, matrix_notes, requirements
from reportgen.reports.view.method import (
    EVIDENCE_NOTE,
    data,
    document,
    evidence,
    findings,
    glossary,
    holdout,
    limitations,
    methods,
    statement,
)
from reportgen.reports.view.other_points import deviations
from reportgen.reports.view.quality import quality, reliability
from reportgen.reports.view.records import View
from reportgen.reports.view.rules import annex
from reportgen.reports.view.sensitivity import sensitivity
from reportgen.reports.view.signatories import RECOMMENDATION, signatories
from reportgen.reports.view.tested import tested
from reportgen.reports.view.trend import trend

__all__ = ["View", "build"]


def build(comparison: Comparison) -> View:
    """Return the whole result in words and rounded figures.

    Nothing is decided here but what to show; all figures come from `comparison`.
    """
    context = context_of(comparison)
    return View(
        document=document(context),
        headline=headline(context),
        lead=line(context.lead.spec.name, 60) if context.lead is not None else "",
        lead_words=_lead_words(context),
        matrix=matrix(context),
        matrix_columns=_matrix_columns(context),
        matrix_notes=matrix_notes(context),
        levels=levels(context),
        level_names=tuple(str(i + 1) for i in range(len(comparison.plan.service_levels))),
        candidate_names=tuple(line(c.spec.name, 60) for c in context.results),
        requirements=requirements(context),
        costs=costs(context),
        sensitivity=sensitivity(context),
        quality=quality(context),
        reliability=reliability(context),
        data=data(context),
        methods=methods(context),
        limitations=limitations(context),
        findings=findings(context),
        glossary=glossary(context),
        signatories=signatories(comparison.plan, RECOMMENDATION),
        statement=statement(context),
        evidence=evidence(context),
        evidence_note=EVIDENCE_NOTE,
        deviations=deviations(context),
        rules=annex(context),
        checklist=checklist(context),
        tested=tested(context),
        holdout=holdout(context),
        charts=charts(context),
        trend=trend(comparison.monitoring, context.currency),
    )


def _lead_words(context: Context) -> str:
    if context.lead is None:
        return "no candidate was measured"
    decision = context.comparison.decision
    if decision.winner:
        pilot = decision.status is Status.RECOMMEND_PROVISIONALLY
        return "the candidate for the pilot" if pilot else "the recommended candidate"
    alike = len(decision.nearest)
    return f"the first of {alike} equally near to the limits" if alike > 1 else "the candidate nearest to the limits"


def _matrix_columns(context: Context) -> tuple[str, ...]:
    quality_name = capital(context.comparison.primary_measure)
    return ("Candidate", quality_name, "p95 latency", "Cost per task", "Cost per month", "Review rate", "Verdict")
