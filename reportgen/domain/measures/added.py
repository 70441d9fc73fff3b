"""Measures that other packages add: the mean over examples of a figure of each answer."""

from __future__ import annotations

from collections.abc import Callable, Collection
from functools import lru_cache

from reportgen.domain.measures.columns import ratio
from reportgen.domain.measures.text import NOT_JUDGED, graded
from reportgen.domain.records.measure import Better, Family, Measure, Metric, Observation, Unit
from reportgen.domain.records.plan import Task
from reportgen.domain.records.response import Outcome
from reportgen.domain.records.score import Reading
from reportgen.extensions import Group, added
from reportgen.problems import NeedsMendingError


def added_metrics(own: Collection[str] = ()) -> dict[str, Metric]:
    """Return the metrics that other packages add, by name. Raises NeedsMendingError where one is none, or ill named."""
    found = {}
    for name, extension in added(Group.METRICS, own).items():
        metric = extension.value
        if not isinstance(metric, Metric) or metric.name != name:
            msg = f'"{name}", added by {extension.origin}, is no reportgen.metrics.interface.Metric of that name.'
            raise NeedsMendingError(msg)
        found[name] = metric
    return found


def added_measures(own: Collection[str]) -> tuple[Measure, ...]:
    """Return the measures of the metrics that are added. Raises NeedsMendingError where one has a name of ours."""
    return tuple(_measure(metric) for metric in added_metrics(own).values())


def tells_rightness(of: Measure) -> bool:
    """Return whether an added measure says how many answers are right."""
    metric = added_metrics().get(of.name)
    return metric is not None and metric.tells_rightness


def worst_of(metric: Metric) -> float:
    """Return what a response without an answer counts."""
    return 0.0 if metric.better is Better.HIGHER else 1.0


def metrics_for(task: Task) -> tuple[Metric, ...]:
    """Return the metrics that are added to a task."""
    return tuple(metric for metric in added_metrics().values() if task in metric.tasks)


@lru_cache
def _measure(metric: Metric) -> Measure:
    return Measure(
        metric.name,
        metric.words,
        metric.better,
        Unit.SHARE,
        Family.MEAN,
        metric.tasks,
        graded(f"added: {metric.name}", _grade(metric)),
        ratio,
        best=1.0 - worst_of(metric),
        explanation=metric.explanation,
    )


def _grade(metric: Metric) -> Callable[[Observation, Reading], float]:
    def grade(_: Observation, reading: Reading) -> float:
        return reading.extras.get(metric.name, NOT_JUDGED) if reading.outcome is Outcome.ANSWERED else worst_of(metric)

    return grade
