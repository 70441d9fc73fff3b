"""Levels on cases that these examples do not hold: said, and not required, since nobody could be tested on them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from reportgen.domain.records.plan import (
    AnswerKey,
    EvaluationPlan,
    Example,
    FieldKey,
    Importance,
    Scope,
    ScopeKind,
    ServiceLevel,
)
from reportgen.domain.statistics.proportions import exact_upper

INVENTED = "invented field rate"


def without_a_case(plan: EvaluationPlan, examples: Sequence[Example]) -> tuple[ServiceLevel, ...]:
    """Return the levels on invented values where every labelled field stands in every document, so none can be invented.

    Only where so many documents show it that, at the plan's confidence, fewer documents lack a field than the level allows
    to be wrong: a candidate that invents each of those would still do. With fewer documents the level stays required.
    """
    asked = (level for level in plan.service_levels if level.measure == INVENTED)
    return tuple(level for level in asked if _cannot_matter(level, examples, plan))


def as_it_applies(plan: EvaluationPlan, examples: Sequence[Example]) -> EvaluationPlan:
    """Return the plan with such levels no longer required: what cannot happen in any example decides nothing."""
    void = without_a_case(plan, examples)
    levels = tuple(replace(s, importance=Importance.SHOULD) if s in void else s for s in plan.service_levels)
    return replace(plan, service_levels=levels) if void else plan


def _cannot_matter(level: ServiceLevel, examples: Sequence[Example], plan: EvaluationPlan) -> bool:
    """Return whether the labelled fields of the level's scope stand in every document, and in enough of them."""
    scope = level.scope
    documents = [
        (e, keys)
        for e in examples
        if e.key is not None
        and (scope.kind is not ScopeKind.SEGMENT or e.segment == scope.name)
        and (keys := _labelled(e.key, scope))
    ]
    drawn = len({e.group or e.id for e, _ in documents})
    complete = all(key.values for _, keys in documents for key in keys)
    return complete and drawn > 0 and exact_upper(0, drawn, 1 - plan.settings.confidence) <= level.target


def _labelled(key: AnswerKey, scope: Scope) -> list[FieldKey]:
    """Return what is labelled of an example within the scope."""
    return [f for name, f in key.fields.items() if f.labelled and (scope.kind is not ScopeKind.FIELD or name == scope.name)]
