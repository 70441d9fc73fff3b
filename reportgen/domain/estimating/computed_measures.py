"""What is measured in one run: every measure and scope that the reports show, and what has to be resampled for it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from reportgen.domain.estimating.proportion import Method
from reportgen.domain.estimating.replicates import Wanted
from reportgen.domain.measures import MEASURES, measure_named, primary_measure
from reportgen.domain.measures.columns import ratio
from reportgen.domain.records.corpus import Corpus
from reportgen.domain.records.measure import KNOWN_FAILURES, Better, Family, Floats, Measure, Sample, Unit
from reportgen.domain.records.plan import OVERALL, EvaluationPlan, Scope, ScopeKind, Task

MOST_SEGMENTS = 40
_BY_SEGMENT = ("accuracy", "field accuracy", "key-fact recall", "invalid output rate", "review rate", "cost per task")
_OF_ITEMS = ("item precision", "item recall", "item F1")
_BY_FIELD = (
    "field accuracy",
    "missing field rate",
    "invented field rate",
    "citation accuracy",
    "quote found rate",
    *_OF_ITEMS,
)
_BY_PART = ("F1", "precision", "recall")


@dataclass(frozen=True, slots=True)
class Frame:
    """What all candidates share: the plan, the method, the measures that are wanted, and the rows."""

    plan: EvaluationPlan
    corpus: Corpus
    method: Method
    primary: Measure
    labels: tuple[str, ...]
    segments: tuple[str, ...]


def make_frame(plan: EvaluationPlan, corpus: Corpus, resamples: int) -> Frame:
    """Return the frame of one evaluation; labels that the workbook does not declare are those that eval rows expect."""
    settings = plan.settings
    named = measure_named(settings.primary_measure, settings.task) if settings.primary_measure else None
    keys = [e.key.label for e in corpus.eval if e.key is not None and e.key.label]
    labels = tuple(label.name for label in plan.labels) or tuple(dict.fromkeys(keys))
    segments = Counter(e.segment for e in corpus.eval if e.segment)
    return Frame(
        plan,
        corpus,
        Method(settings.confidence, resamples, settings.seed, dict(plan.production_mix)),
        named or primary_measure(settings.task),
        labels,
        tuple(sorted(name for name, _ in segments.most_common(MOST_SEGMENTS))),
    )


def wanted_measures(task: Task, labels: Sequence[str], fields: Sequence[str], segments: Sequence[str]) -> list[Wanted]:
    """Return every measure and scope that the reports show, known failures apart: they have rows of their own."""
    known = [m for m in MEASURES.values() if task in m.tasks and m.name != KNOWN_FAILURES]
    wanted = [(m, OVERALL) for m in known if ScopeKind.OVERALL in m.scopes]
    parts = [Scope(ScopeKind.LABEL, name) for name in labels] if task is Task.CLASSIFICATION else []
    if task is Task.EXTRACTION:
        parts = [Scope(ScopeKind.FIELD, name) for name in fields]
        wanted += [(m, scope) for m in known if m.name in _BY_FIELD for scope in parts]
    wanted += [(m, scope) for m in known if m.name in _BY_PART for scope in parts]
    shown = {primary_measure(task).name, *_BY_SEGMENT}
    wanted += [(m, Scope(ScopeKind.SEGMENT, s)) for m in known if m.name in shown for s in segments]
    return wanted


def all_wanted(frame: Frame) -> dict[str, Wanted]:
    """Return all wanted measures by key: what the reports show, the primary measure by segment, and every level."""
    task = frame.plan.settings.task
    names = tuple(f.name for f in frame.plan.fields)
    wanted = wanted_measures(task, frame.labels, names, frame.segments)
    wanted += [(frame.primary, Scope(ScopeKind.SEGMENT, s)) for s in frame.segments]
    for level in frame.plan.service_levels:
        of = measure_named(level.measure, task)
        if of is not None and of.name != KNOWN_FAILURES:
            wanted.append((of, level.scope))
    return {of.key(scope): (of, scope) for of, scope in wanted}


def resampled(frame: Frame) -> list[Wanted]:
    """Return what is resampled: means, the primary measure, and whatever a required level speaks of."""
    wanted = {key: w for key, w in all_wanted(frame).items() if w[0].family is Family.MEAN}
    if frame.primary.family is not Family.QUANTILE:
        wanted[frame.primary.key()] = (frame.primary, OVERALL)
    for level in frame.plan.service_levels:
        of = measure_named(level.measure, frame.plan.settings.task)
        if of is None or of.name == KNOWN_FAILURES:
            continue
        of = within(of, level.target) if of.family is Family.QUANTILE else of
        wanted[of.key(level.scope)] = (of, level.scope)
    return list(wanted.values())


def within(of: Measure, limit: float) -> Measure:
    """Return the share of tasks answered within a limit: a latency percentile's dual, which is a function of sums."""

    def features(sample: Sample, scope: Scope) -> Floats:
        latency = of.features(sample, scope)[:, 0]
        return np.stack([latency <= limit, ~np.isnan(latency)], axis=1).astype(np.float64)

    return replace(
        of,
        name=f"{of.name} within {limit!r}",
        better=Better.HIGHER,
        unit=Unit.SHARE,
        family=Family.SHARE,
        features=features,
        statistic=ratio,
    )
