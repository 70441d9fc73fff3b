"""Levels on cases that these examples do not hold: said, and not required, since nobody could be tested on them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from reportgen.domain.records.plan import EvaluationPlan, Example, Importance, ScopeKind, ServiceLevel

INVENTED = "invented field rate"


def without_a_case(plan: EvaluationPlan, examples: Sequence[Example]) -> tuple[ServiceLevel, ...]:
    """Return the levels on invented values where every labelled field stands in every document, so none can be invented."""
    return tuple(level for level in plan.service_levels if level.measure == INVENTED and not _could_invent(level, examples))


def as_it_applies(plan: EvaluationPlan, examples: Sequence[Example]) -> EvaluationPlan:
    """Return the plan with such levels no longer required: what cannot happen in any example decides nothing."""
    void = without_a_case(plan, examples)
    levels = tuple(replace(s, importance=Importance.SHOULD) if s in void else s for s in plan.service_levels)
    return replace(plan, service_levels=levels) if void else plan


def _could_invent(level: ServiceLevel, examples: Sequence[Example]) -> bool:
    """Return whether some labelled field of the level's scope is missing from a document, or none is labelled at all."""
    scope = level.scope
    keys = [
        key
        for e in examples
        if e.key is not None and (scope.kind is not ScopeKind.SEGMENT or e.segment == scope.name)
        for name, key in e.key.fields.items()
        if key.labelled and (scope.kind is not ScopeKind.FIELD or name == scope.name)
    ]
    return not keys or not all(key.values for key in keys)
