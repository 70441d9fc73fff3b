"""The checklist's points besides the nine: what each asks, how far the workbook or the run answers it, and what was found.

What only a person can know shows the attestation, or stays open.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from reportgen.domain.records.comparison import Comparison, PointStatus
from reportgen.domain.records.plan import CandidateKind, runs_foreign_code
from reportgen.domain.wording import numbers
from reportgen.domain.wording.text import clean, line

_WANTED_CANDIDATES = 5

_Point = tuple[str, PointStatus, str, str, str]
"""What is asked, its status, what was found, where, and what to do where it is not met."""


@dataclass(frozen=True, slots=True)
class OtherPoint:
    """A point of the checklist besides the nine; `remedy` is what to do where it is not met."""

    group: str
    check: str
    status: PointStatus
    found: str
    where: str
    remedy: str


def other_points(comparison: Comparison) -> tuple[OtherPoint, ...]:
    """Return the points besides the nine, group by group."""
    groups = (
        ("Use case", _use_case),
        ("Examples", _examples),
        ("Service levels", _levels),
        ("Costs", _costs),
        ("Data protection", _data_protection),
        ("Candidates", _candidates),
    )
    return tuple(OtherPoint(group, *point) for group, points in groups for point in points(comparison))


def _met(good: bool) -> PointStatus:
    return PointStatus.MET if good else PointStatus.NOT_MET


def _share_met(good: int, of: int) -> PointStatus:
    return PointStatus.MET if good == of else PointStatus.PARTLY if good else PointStatus.NOT_MET


def _use_case(comparison: Comparison) -> Iterator[_Point]:
    settings = comparison.plan.settings
    for check, text, item in (
        ("Purpose and scope are written down", _length(settings.purpose), "Purpose"),
        ("A business owner is named", line(settings.business_owner, 80), "Business owner"),
        ("The decision has a date", numbers.date(line(settings.decision_needed_by, 40)), "Decision needed by"),
    ):
        yield check, _met(bool(text)), text or "empty", "sheet Evaluation", f"Fill in {item}."


def _length(text: str) -> str:
    return f"in {numbers.plural(len(text.split()), 'word')}" if text.strip() else ""


def _examples(comparison: Comparison) -> Iterator[_Point]:
    corpus, plan = comparison.corpus, comparison.plan
    attested = [a for a in plan.attestations if a.confirmed_by]
    found = f"{len(attested)} of {numbers.plural(len(plan.attestations), 'statement')} confirmed by name"
    yield (
        "People attest how the sample was drawn and who labelled it",
        _share_met(len(attested), len(plan.attestations)) if plan.attestations else PointStatus.NOT_MET,
        found if plan.attestations else "nobody attests anything",
        "sheet Attestations",
        "Have it confirmed by name on the sheet, or sign it below.",
    )
    second = sum(bool(e.second_label) for e in corpus.asked)
    yield (
        "Some examples were labelled twice",
        _met(second > 0),
        f"{numbers.count(second)} of {numbers.plural(len(corpus.asked), 'example')} with a second label",
        "sheet Examples",
        "Fill in Second label for some rows, so that the labels themselves can be judged.",
    )
    segments = {e.segment for e in corpus.eval if e.segment}
    yield (
        "The mix of production is known",
        PointStatus.MET if plan.production_mix else PointStatus.PARTLY if segments else PointStatus.NOT_MET,
        f"{numbers.plural(len(segments), 'segment')}, {'with' if plan.production_mix else 'without'} a production mix",
        "sheet Production mix",
        "Give each segment's share of production.",
    )


def _levels(comparison: Comparison) -> Iterator[_Point]:
    levels = comparison.plan.service_levels
    agreed = sum(bool(s.agreed_by) for s in levels)
    yield (
        "Every level was agreed by a person",
        _share_met(agreed, len(levels)),
        f"{agreed} of {numbers.plural(len(levels), 'level')} with a name",
        "sheet Service levels",
        "Fill in Agreed by and Agreed on.",
    )
    reasoned = sum(bool(s.reason) for s in levels)
    yield (
        "Every level has its reason",
        _share_met(reasoned, len(levels)),
        f"{reasoned} of {numbers.plural(len(levels), 'level')} with a reason",
        "sheet Service levels",
        "Write down what would happen below the level.",
    )


def _costs(comparison: Comparison) -> Iterator[_Point]:
    given = [a for a in comparison.plan.costs.values() if a.expected is not None]
    sourced = sum(bool(a.source) for a in given)
    yield (
        "Every cost assumption names its source",
        _share_met(sourced, len(given)),
        f"{sourced} of {numbers.plural(len(given), 'assumption')} with a source",
        "sheet Costs",
        "Fill in Source.",
    )
    ranged = sum(a.low is not None and a.high is not None for a in given)
    yield (
        "Every cost assumption has a range",
        _share_met(ranged, len(given)),
        f"{ranged} of {numbers.plural(len(given), 'assumption')} with Low and High",
        "sheet Costs",
        "Fill in Low and High, so that the report can say what the choice hangs on.",
    )


def _data_protection(comparison: Comparison) -> Iterator[_Point]:
    personal = [f for f in comparison.findings if f.code == "personal-data"]
    yield (
        "No personal data among the inputs",
        PointStatus.PARTLY if personal else PointStatus.MET,
        clean(personal[0].what, 200) if personal else "nothing that looks like personal data was found",
        "sheet Examples; its rows stand under Findings",
        "Replace it, or have its use attested.",
    )
    specs = [result.spec for result in comparison.candidates]
    sent = [s for s in specs if s.kind is CandidateKind.API_MODEL or runs_foreign_code(s.kind)]
    places = [f"{line(s.name, 40)} ({line(s.endpoint or s.model or s.kind.value, 60)})" for s in sent]
    yield (
        "It is known which data left the house",
        PointStatus.MET,
        f"the inputs went to {numbers.listing(places)}" if places else "none: answers were recorded or made here",
        "evidence/responses.jsonl",
        "",
    )


def _candidates(comparison: Comparison) -> Iterator[_Point]:
    results = comparison.competing
    yield (
        f"At least {_WANTED_CANDIDATES} candidates were compared",
        PointStatus.MET if len(results) >= _WANTED_CANDIDATES else _share_met(len(results), _WANTED_CANDIDATES),
        numbers.plural(len(results), "candidate"),
        "sheet Candidates",
        "Add candidates, a local baseline among them.",
    )
    simple = [r for r in results if r.spec.kind is CandidateKind.LOCAL_BASELINE]
    yield (
        "A simple method shows what a model must beat",
        _met(bool(simple)),
        numbers.listing(line(r.spec.name, 40) for r in simple) or "no local baseline",
        "sheet Candidates",
        "Add a candidate of the kind Local baseline.",
    )
    priced = [r for r in results if r.spec.price is not None]
    dated = sum(bool(r.spec.price and r.spec.price.source and r.spec.price.date) for r in priced)
    yield (
        "Every price of tokens names its source and date",
        _share_met(dated, len(priced)),
        f"{dated} of {numbers.plural(len(priced), 'price')}" if priced else "no price of tokens was used",
        "sheet Candidates",
        "Fill in Price source and Price date.",
    )
