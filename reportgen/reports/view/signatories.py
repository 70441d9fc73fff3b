"""Who signs: the roles of a document, the names that the workbook gives for them, and whoever else attests something."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from reportgen.domain.records.plan import EvaluationPlan
from reportgen.domain.wording.text import line
from reportgen.reports.view.records import Signatory

RECOMMENDATION = ("Prepared by", "Reviewed independently by", "Approved by")
CHECKLIST = ("Business owner", "Owner of the data", "Prepared by")
_ALSO: Mapping[str, frozenset[str]] = {
    "Prepared by": frozenset({"author", "evaluator"}),
    "Reviewed independently by": frozenset({"independent reviewer", "reviewed by", "reviewer"}),
    "Approved by": frozenset({"approver"}),
    "Owner of the data": frozenset({"data owner"}),
}
"""Other words for a role, as the column Role of the sheet Attestations may have it."""


def signatories(plan: EvaluationPlan, roles: tuple[str, ...]) -> tuple[Signatory, ...]:
    """Return a line to sign for each role, with the name where the workbook gives one, and for each other who attests."""
    return tuple(Signatory(role, name, f"signature-{n}") for n, (role, name) in enumerate(_named(plan, roles), 1))


def _named(plan: EvaluationPlan, roles: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    attesting = [(line(a.role, 40), line(a.confirmed_by, 60)) for a in plan.attestations if a.confirmed_by.strip()]
    told = {"Business owner": plan.settings.business_owner, "Prepared by": plan.settings.prepared_by}
    seen: set[str] = set()
    for role in roles:
        by_role = (name for given, name in attesting if given.casefold() in {role.casefold(), *_ALSO.get(role, ())})
        name = line(told.get(role, ""), 60) or next(by_role, "")
        seen.add(name.casefold())
        yield role, name
    for role, name in attesting:
        if name.casefold() not in seen:
            seen.add(name.casefold())
            yield role or "Attests", name
