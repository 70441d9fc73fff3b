"""The rules before the run: what was decided before the first answer was seen, hashed and written first.

A later change of the workbook gives another hash, and so another run folder; nothing is written over.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace

import msgspec

from reportgen.domain.records.corpus import Corpus, SplitSummary
from reportgen.domain.records.plan import (
    Assumption,
    CandidateSpec,
    EvaluationPlan,
    FieldSpec,
    KnownFailure,
    Label,
    Requirement,
    ReviewRule,
    ServiceLevel,
    Settings,
)
from reportgen.evidence.run_folder import RunFolder, write_json


@dataclass(frozen=True, slots=True)
class Rules:
    """The content of `evidence/plan.json`. `plan_sha256` covers every row of the workbook as it was understood."""

    fixed_at: str
    version: str
    workbook: str
    workbook_sha256: str
    plan_sha256: str
    settings: Settings
    service_levels: tuple[ServiceLevel, ...]
    candidates: tuple[CandidateSpec, ...]
    costs: Mapping[str, Assumption]
    review_rules: tuple[ReviewRule, ...]
    production_mix: Mapping[str, float]
    labels: tuple[Label, ...]
    fields: tuple[FieldSpec, ...]
    known_failures: tuple[KnownFailure, ...]
    requirements: tuple[Requirement, ...]
    split: tuple[SplitSummary, ...]
    format: str = "reportgen.plan/1"


def plan_sha256(plan: EvaluationPlan, corpus: Corpus) -> str:
    """Return SHA-256 over the canonical JSON of the whole plan and its splits; where the file lies plays no part."""
    bare = replace(plan, source=replace(plan.source, path="", name=""), warnings=())
    splits = [(s.split, s.examples, s.sha256) for s in corpus.summaries]
    return hashlib.sha256(msgspec.json.encode((bare, splits), order="sorted")).hexdigest()


def read_rules(folder: RunFolder) -> Rules | None:
    """Return the rules that a run folder was made under, None where it holds none."""
    try:
        return msgspec.json.decode(folder.plan.read_bytes(), type=Rules)
    except (FileNotFoundError, NotADirectoryError):
        return None


def fix_rules(folder: RunFolder, plan: EvaluationPlan, corpus: Corpus, *, now: str, version: str) -> Rules:
    """Write the rules before the first request; a run that is taken up again keeps the time they were first fixed."""
    digest = plan_sha256(plan, corpus)
    earlier = read_rules(folder)
    if earlier is not None and earlier.plan_sha256 == digest:
        return earlier
    rules = rules_of(plan, corpus, now=now, version=version)
    write_json(folder.plan, rules)
    return rules


def rules_of(plan: EvaluationPlan, corpus: Corpus, *, now: str, version: str) -> Rules:
    """Return the rules that a plan and its splits make, fixed at `now`."""
    return Rules(
        fixed_at=now,
        version=version,
        workbook=plan.source.name,
        workbook_sha256=plan.source.sha256,
        plan_sha256=plan_sha256(plan, corpus),
        settings=plan.settings,
        service_levels=plan.service_levels,
        candidates=plan.candidates,
        costs=plan.costs,
        review_rules=plan.review_rules,
        production_mix=plan.production_mix,
        labels=plan.labels,
        fields=plan.fields,
        known_failures=plan.known_failures,
        requirements=plan.requirements,
        split=corpus.summaries,
    )
