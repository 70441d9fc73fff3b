"""Where the headline cost (T + I)·R + H and the full cost would choose different candidates, that is said."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from reportgen.domain.estimating import costs
from reportgen.domain.records.comparison import CandidateResult, Finding, Verdict
from reportgen.domain.records.corpus import Corpus
from reportgen.domain.records.measure import Measure
from reportgen.domain.records.plan import EvaluationPlan, Importance
from reportgen.domain.wording.figures import money
from reportgen.problems import Severity

_PROVEN = frozenset({Verdict.PROVEN})
_OPEN = frozenset({Verdict.PROVEN, Verdict.LIKELY})


def headline(plan: EvaluationPlan, _: Corpus, results: Sequence[CandidateResult], __: Measure) -> Iterator[Finding]:
    """Yield the two candidates where, of those in the running, another is cheapest by the headline than by the full cost."""
    pool = _in_the_running(results)
    sums = [(costs.headline(r.cost_lines), costs.full_cost(r.cost_lines), r.spec.name) for r in pool if r.priced]
    known = [(run, full, name) for run, full, name in sums if run is not None and full is not None]
    if len(known) < 2:  # noqa: PLR2004 - a choice needs two
        return
    by_headline, by_full = min(known), min(known, key=lambda row: row[1])
    if by_headline[2] == by_full[2] or by_headline[0] == by_full[0]:
        return
    currency = plan.settings.currency
    yield Finding(
        "headline-differs",
        Severity.NOTE,
        "Costs",
        f"By (T + I)·R + H alone {by_headline[2]} is the cheapest ({money(by_headline[0], currency)} a task against "
        f"{money(by_full[0], currency)}); with every line of the cost {by_full[2]} is ({money(by_full[1], currency)} "
        f"against {money(by_headline[1], currency)}). The choice goes by the full cost.",
        "Look at the lines beneath the headline on the sheet Costs: they make the difference.",
    )


def _in_the_running(results: Sequence[CandidateResult]) -> list[CandidateResult]:
    """Return those proven on every required level, else those on which none is worse than likely."""
    for allowed in (_PROVEN, _OPEN):
        pool = [r for r in results if all(v.verdict in allowed for v in r.levels if v.level.importance is Importance.MUST)]
        if pool:
            return pool
    return []
