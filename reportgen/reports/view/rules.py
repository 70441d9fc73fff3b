"""The annex: where the report answers what rules, standards and guidance ask, each line computed from the run."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cache

import msgspec
import yaml  # type: ignore[import-untyped]  # ships no types

from reportgen import assets
from reportgen.domain.records.plan import CandidateKind, Role
from reportgen.domain.wording import numbers
from reportgen.domain.wording.text import line
from reportgen.reports.view.context import Context
from reportgen.reports.view.marks import Mark, Tone
from reportgen.reports.view.records import RuleLine, RulesAnnex
from reportgen.reports.view.tested import is_known

FILE = "rules.yaml"
_GAPS = ("(name", "(say ", "(write ")
"""How the statements of a blank say that something is still to be filled in."""


class _Item(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    item: str
    source: str
    section: str
    check: str
    words: list[str] = []


class _Rules(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    seen: str
    note: str
    items: list[_Item]


Answer = tuple[bool | None, str]
"""Answered, partly (None) or not, and what is there or lacking."""


def annex(context: Context) -> RulesAnnex:
    """Return every line of `templates/rules.yaml` with what this run answers of it."""
    rules = _rules()
    lines = tuple(_line(context, item) for item in rules.items)
    counts = [sum(of.mark.word.startswith(word) for of in lines) for word in ("answered", "partly", "not")]
    told = f"Of {len(lines)} lines {counts[0]} are answered, {counts[1]} partly, {counts[2]} not."
    summary = f"{told} Texts as read in {rules.seen}."
    return RulesAnnex(summary, rules.note, lines)


@cache
def _rules() -> _Rules:
    text = (assets.folder("templates") / FILE).read_text(encoding="utf-8")
    found = yaml.safe_load(text)
    return msgspec.convert({**found, "seen": str(found["seen"])}, _Rules)


def _line(context: Context, item: _Item) -> RuleLine:
    good, found = _requirement(context, item.words) if item.check == "requirement" else CHECKS[item.check](context)
    where = f"section {item.section}" if item.section[0].isdigit() else item.section
    if good:
        mark = Mark("●", f"answered in {where}", Tone.GOOD)
    elif good is None:
        mark = Mark("◐", f"partly, in {where}", Tone.CAUTION)
    else:
        mark = Mark("○", "not answered", Tone.NEUTRAL)
    return RuleLine(item.item, item.source, mark, found)


def _all_of(*parts: tuple[str, str]) -> Answer:
    """Return answered where every part is filled in, partly where some are; names those that lack."""
    lacking = [name for name, value in parts if not value.strip()]
    if not lacking:
        return True, ""
    return (None if len(lacking) < len(parts) else False), f"not filled in: {numbers.listing(lacking)}"


def _requirement(context: Context, words: list[str]) -> Answer:
    """Return whether the sheet Requirements asks it of the candidate spoken of, and whether somebody confirmed an answer."""
    lead = context.lead
    asked = [] if lead is None else [
        r.requirement for r in lead.requirements if any(word in r.requirement.requirement.casefold() for word in words)
    ]  # fmt: skip
    if not asked:
        return False, "not asked on the sheet Requirements"
    known = [r for r in asked if r.met.strip().casefold() in {"yes", "no"} and (r.source or r.confirmed_by)]
    if len(known) == len(asked):
        return True, ""
    return None, "asked, without a confirmed answer and its source"


def _criteria(context: Context) -> Answer:
    levels = context.comparison.plan.service_levels
    agreed = sum(bool(level.agreed_by and level.reason) for level in levels)
    if levels and agreed == len(levels):
        return True, ""
    return (None if levels else False), f"{agreed} of {numbers.plural(len(levels), 'level')} with a name and a reason"


def _labelling(context: Context) -> Answer:
    twice = any(e.second_label for e in context.comparison.corpus.asked)
    lacking = [] if _attested(context, ("instruction",)) else ["nobody attests by which instructions the answers were given"]
    lacking += [] if _attested(context, ("qualified", "qualification")) else ["nor how those who gave them are qualified"]
    lacking += [] if twice else ["no example was labelled twice"]
    return (True, "") if not lacking else (None if len(lacking) < 3 else False, numbers.listing(lacking))  # noqa: PLR2004 - all of them


def _segments(context: Context) -> Answer:
    many = len({e.segment for e in context.comparison.corpus.eval if e.segment})
    return (True, "") if many > 1 else (False, "the examples name no segments, so no subgroup was tested")


def _baseline(context: Context) -> Answer:
    there = any(r.spec.role is Role.PRODUCTION for r in context.results)
    simple = any(r.spec.kind is CandidateKind.LOCAL_BASELINE for r in context.results)
    if there and len(context.results) > 1:
        return True, ""
    return (None if there or simple or len(context.results) > 1 else False), "the model in production was not evaluated"


def _failures(context: Context) -> Answer:
    there = bool(context.comparison.corpus.regression)
    return (True, "") if there else (None, "wrong answers are shown; the workbook names no known failure")


def _robustness(context: Context) -> Answer:
    if _attested(context, ("injected instruction", "noisy", "noise")):
        return True, ""
    return False, "inputs were asked as they are; noise and injected instructions were not tried"


def _repeats(context: Context) -> Answer:
    many = int(getattr(context.comparison.plan.settings, "repeats", 1))
    return (True, "") if many > 1 else (False, "each example was asked once")


def _system(context: Context) -> Answer:
    known = is_known(context)
    return known, "" if known else "the answers were recorded elsewhere; their prompt and settings are known by Notes alone"


def _attested(context: Context, words: Sequence[str]) -> bool:
    """Return whether somebody confirmed a statement that holds one of the words, its gap filled in."""
    said = [a.statement.casefold() for a in context.comparison.plan.attestations if a.confirmed_by]
    return any(any(word in s for word in words) and not any(gap in s for gap in _GAPS) for s in said)


def _oversight(context: Context) -> Answer:
    if _attested(context, ("stop the use", "authority to stop")):
        return True, ""
    rules = context.lead is not None and "review_rate" in context.lead.measurements
    return (None if rules else False), "review rules and rate are given; no person with authority to stop is named"


def _review(context: Context) -> Answer:
    if _attested(context, ("conflict of interest", "no stake", "conflicts of interest")):
        return True, ""
    return None, "a line for an independent reviewer; competence and conflicts are not recorded"


def _costs(context: Context) -> Answer:
    given = [a for a in context.comparison.plan.costs.values() if a.expected is not None]
    sourced = sum(bool(a.source) for a in given)
    if given and sourced == len(given):
        return True, ""
    return (None if given else False), f"{sourced} of {numbers.plural(len(given), 'assumption')} with a source"


def _monitoring(context: Context) -> Answer:
    owner = line(context.comparison.plan.settings.monitored_by, 80)
    return (True, "") if owner else (None, "what to measure, how often and when to act is printed; no owner is named")


CHECKS: Mapping[str, Callable[[Context], Answer]] = {
    "always": lambda _: (True, ""),
    "document": lambda c: _all_of(
        ("Business owner", c.comparison.plan.settings.business_owner),
        ("Document number", c.comparison.plan.settings.document_number),
        ("Prepared by", c.comparison.plan.settings.prepared_by),
        ("Confidentiality", c.comparison.plan.settings.confidentiality),
    ),
    "purpose": lambda c: _all_of(("Purpose", c.comparison.plan.settings.purpose)),
    "out_of_scope": lambda c: _all_of(("Out-of-scope uses", c.comparison.plan.settings.out_of_scope)),
    "risk_class": lambda c: _all_of(
        ("Risk class", c.comparison.plan.settings.risk_class),
        ("Risk class decided by", c.comparison.plan.settings.risk_class_decided_by),
    ),
    "criteria": _criteria,
    "labelling": _labelling,
    "segments": _segments,
    "baseline": _baseline,
    "failures": _failures,
    "robustness": _robustness,
    "repeats": _repeats,
    "system": _system,
    "oversight": _oversight,
    "costs": _costs,
    "monitoring": _monitoring,
    "signed": lambda _: (None, "lines for three signatures; nobody can have signed a page that is only being written"),
    "review": _review,
    "kept_until": lambda c: _all_of(("Evidence kept until", c.comparison.plan.settings.evidence_kept_until)),
}
"""What decides each line, by the name that `rules.yaml` gives it."""
