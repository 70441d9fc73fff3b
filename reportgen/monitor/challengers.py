"""Whom the monthly loop asks besides production: the highest of the Screening list, else the best of the last run."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from reportgen.candidates.prices import list_price
from reportgen.domain.deciding.screening import model_key
from reportgen.domain.records.comparison import Comparison
from reportgen.domain.records.measure import Better
from reportgen.domain.records.monitoring import Noticed
from reportgen.domain.records.plan import CandidateKind, CandidateSpec, EvaluationPlan, Role, ScreeningRow
from reportgen.monitor.compare import primary_of


@dataclass(frozen=True, slots=True)
class Challengers:
    """Who is asked besides production, and who stood higher but could not be, each with the reason."""

    chosen: tuple[Noticed, ...]
    passed_over: tuple[Noticed, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """The names of those chosen."""
        return tuple(c.about for c in self.chosen)


def choose(plan: EvaluationPlan, last_run: Callable[[], Comparison], subject: str, most: int) -> Challengers:
    """Return up to `most` challengers that can be asked again and priced.

    From the newest board of the sheet Screening by rating, where `Model` matches a candidate by model or name; without that
    sheet the best of the last run: its winner, then by the primary measure.
    """
    if not most:
        return Challengers((), ())
    ranked = list(_by_rating(plan) if plan.screening else _by_last_run(plan, last_run()))
    chosen: list[Noticed] = []
    passed: list[Noticed] = []
    for name, spec, why in ranked:
        if len(chosen) == most:
            break
        if spec is not None and (spec.name == subject or any(spec.name == c.about for c in chosen)):
            continue
        hindrance = "it is not on the sheet Candidates, or not included there" if spec is None else _hindrance(spec, plan)
        if spec is not None and not hindrance:
            chosen.append(Noticed(spec.name, why))
        else:
            passed.append(Noticed(name, f"{why}, but {hindrance}"))
    return Challengers(tuple(chosen), tuple(passed))


def cannot_be_asked(spec: CandidateSpec, plan: EvaluationPlan) -> str:
    """Return why a candidate, or one of those that a route asks, cannot be asked again; empty where it can."""
    kinds = {c.kind for c in plan.candidates if c.name in spec.asks}
    return "recorded outputs cannot be asked again" if CandidateKind.RECORDED_OUTPUTS in kinds else ""


def _hindrance(spec: CandidateSpec, plan: EvaluationPlan) -> str:
    if spec.role is Role.JUDGE:
        return "it is a judge"
    if why := cannot_be_asked(spec, plan):
        return why
    models = [c for c in plan.candidates if c.name in spec.asks and c.kind is CandidateKind.API_MODEL]
    if any(list_price(c, plan.settings.currency).price is None for c in models):
        return "no price is known"
    return ""


def _by_rating(plan: EvaluationPlan) -> Iterable[tuple[str, CandidateSpec | None, str]]:
    newest = max(plan.screening, key=lambda r: r.as_of)
    latest: dict[str, ScreeningRow] = {}
    for row in sorted((r for r in plan.screening if r.board == newest.board), key=lambda r: r.as_of):
        latest[model_key(row.model)] = row
    for row in sorted(latest.values(), key=lambda r: (-r.rating, model_key(r.model))):
        yield row.model, _matching(row.model, plan.candidates), f"rating {row.rating:g} on {row.board}, {row.as_of}"


def _matching(model: str, specs: Sequence[CandidateSpec]) -> CandidateSpec | None:
    wanted = model_key(model)
    rated = (s for s in specs if s.role is not Role.JUDGE and wanted in {model_key(s.model), model_key(s.name)})
    return next(rated, None)


def _by_last_run(plan: EvaluationPlan, last: Comparison) -> Iterable[tuple[str, CandidateSpec | None, str]]:
    of = primary_of(last)
    sign = -1.0 if of.better is Better.HIGHER else 1.0
    values = {
        c.spec.name: found.value
        for c in last.candidates
        if (found := c.measurements.get(of.key())) is not None and found.value is not None
    }
    order = sorted(values, key=lambda name: (name != last.decision.winner, sign * values[name]))
    specs = {s.name: s for s in plan.candidates}
    for name in order:
        why = (
            "the winner of the last run" if name == last.decision.winner else f"{of.name} {values[name]:.3f} in the last run"
        )
        yield name, specs.get(name), why
