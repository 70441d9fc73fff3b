"""What is measured in one run: every measure and scope that the reports show, and what has to be resampled for it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType

import numpy as np

from reportgen.domain.estimating.proportion import Method
from reportgen.domain.estimating.replicates import Wanted
from reportgen.domain.measures import MEASURES, measure_named, primary_measure
from reportgen.domain.measures.columns import ratio
from reportgen.domain.records.corpus import Corpus
from reportgen.domain.records.measure import KNOWN_FAILURES, Better, Family, Floats, Measure, Sample, Unit
from reportgen.domain.records.plan import OVERALL, EvaluationPlan, FieldSpec, FieldType, Label, Scope, ScopeKind, Task

MOST_SEGMENTS = 40
NO_RECORDS: Mapping[str, Sequence[str]] = MappingProxyType({})
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
    if settings.several_labels:
        keys = [name for e in corpus.eval if e.key is not None for name in e.key.labels or ()]
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


def records_of(fields: Sequence[FieldSpec]) -> dict[str, tuple[str, ...]]:
    """Return the parts of each records field, by the field's name."""
    return {spec.name: tuple(part.name for part in spec.parts) for spec in fields if spec.type is FieldType.RECORDS}


def unlisted(plan: EvaluationPlan) -> frozenset[str]:
    """Return the measures of the task that this plan gives no ground for, such as those of rows without a records field."""
    return frozenset(
        m.name
        for m in MEASURES.values()
        if (m.of_rows and not records_of(plan.fields))
        or (m.ordered and not ranks_of(plan.labels))
        or (m.of_mistakes and not plan.mistake_costs)
        or (m.of_repeats and plan.settings.repeats == 1)
        or (m.of_routes and all(c.route is None for c in plan.candidates))
        or (m.several is not None and m.several is not plan.settings.several_labels)
    )


def ranks_of(labels: Sequence[Label]) -> tuple[int, ...]:
    """Return the rank of each label from 0 on, by the sheet's Order; none where any label lacks one."""
    orders = [label.order for label in labels]
    places = sorted({order for order in orders if order is not None})
    return tuple(places.index(order) for order in orders if order is not None) if labels and None not in orders else ()


def mistakes_of(plan: EvaluationPlan, labels: Sequence[str]) -> tuple[tuple[float, ...], ...]:
    """Return what each mistake costs, expected by given label, the last column for no label (formulas.md 3.1).

    A pair that is not listed costs the highest figure of its expected label, and where that has none, of the sheet.
    """
    if not plan.mistake_costs:
        return ()
    listed: dict[str, dict[str, float]] = {}
    for pair in plan.mistake_costs:
        listed.setdefault(pair.expected, {})[pair.given] = pair.cost
    most = max(pair.cost for pair in plan.mistake_costs)
    table = []
    for expected in labels:
        row = listed.get(expected, {})
        usual = max(row.values(), default=most)
        table.append(tuple(0.0 if given == expected else row.get(given, usual) for given in (*labels, "")))
    return tuple(table)


def wanted_measures(  # noqa: PLR0917 - the task, and everything that figures are shown by
    task: Task,
    labels: Sequence[str],
    fields: Sequence[str],
    segments: Sequence[str],
    records: Mapping[str, Sequence[str]] = NO_RECORDS,
    left_out: Collection[str] = (),
) -> list[Wanted]:
    """Return every measure and scope that the reports show, known failures apart: they have rows of their own."""
    known = [m for m in MEASURES.values() if task in m.tasks and m.name not in {KNOWN_FAILURES, *left_out}]
    wanted = [(m, OVERALL) for m in known if ScopeKind.OVERALL in m.scopes]
    parts = [Scope(ScopeKind.LABEL, name) for name in labels] if task is Task.CLASSIFICATION else []
    if task is Task.EXTRACTION:
        parts = [Scope(ScopeKind.FIELD, name) for name in fields]
        wanted += [(m, scope) for m in known if m.name in _BY_FIELD for scope in parts]
        rows = [n for name, has in records.items() for n in (name, *(f"{name}: {part}" for part in has))]
        wanted += [(m, Scope(ScopeKind.FIELD, name)) for m in known if m.of_rows for name in rows]
    wanted += [(m, scope) for m in known if m.name in _BY_PART for scope in parts]
    shown = {primary_measure(task).name, *_BY_SEGMENT}
    wanted += [(m, Scope(ScopeKind.SEGMENT, s)) for m in known if m.name in shown for s in segments]
    return wanted


def all_wanted(frame: Frame) -> dict[str, Wanted]:
    """Return all wanted measures by key: what the reports show, the primary measure by segment, and every level."""
    task = frame.plan.settings.task
    names = tuple(f.name for f in frame.plan.fields)
    wanted = wanted_measures(task, frame.labels, names, frame.segments, records_of(frame.plan.fields), unlisted(frame.plan))
    wanted += [(frame.primary, Scope(ScopeKind.SEGMENT, s)) for s in frame.segments]
    for level in frame.plan.service_levels:
        of = measure_named(level.measure, task)
        if of is not None and of.name != KNOWN_FAILURES:
            wanted.append((of, level.scope))
    return {of.key(scope): (of, scope) for of, scope in wanted}


def resampled(frame: Frame) -> list[Wanted]:
    """Return what is resampled: means, the primary measure, and whatever a required level speaks of."""
    means = {key: w for key, w in all_wanted(frame).items() if w[0].family is Family.MEAN}
    return list((means | _decided_on(frame)).values())


def decided_on(frame: Frame) -> frozenset[str]:
    """Return the keys of what the decision is made of: the primary measure, the levels and the full cost."""
    return frozenset(_decided_on(frame)) | {MEASURES["cost per task"].key()}


def _decided_on(frame: Frame) -> dict[str, Wanted]:
    wanted: dict[str, Wanted] = {}
    if frame.primary.family is not Family.QUANTILE:
        wanted[frame.primary.key()] = (frame.primary, OVERALL)
    for level in frame.plan.service_levels:
        of = measure_named(level.measure, frame.plan.settings.task)
        if of is None or of.name == KNOWN_FAILURES:
            continue
        of = within(of, level.target) if of.family is Family.QUANTILE else of
        wanted[of.key(level.scope)] = (of, level.scope)
    return wanted


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
