"""The figures of metrics that other packages add, put beside what the scorer of the task finds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from reportgen.domain.records.measure import Metric
from reportgen.domain.records.plan import Example
from reportgen.domain.records.response import Outcome, Response
from reportgen.domain.records.score import Reading, Score
from reportgen.extensions import Group, added
from reportgen.metrics.interface import ScoreExample, ScoreResponse
from reportgen.problems import NeedsMendingError


def with_metrics(score_example: ScoreExample, metrics: Sequence[Metric]) -> ScoreExample:
    """Return a scorer that also asks the metrics about every answer that could be read."""

    def for_example(example: Example) -> ScoreResponse:
        score = score_example(example)

        def for_response(response: Response) -> Score:
            found = score(response)
            if Outcome.ANSWERED not in {found.strict.outcome, found.lenient.outcome}:
                return found
            figures = {m.name: figure for m in metrics if (figure := _figure(m, example, response)) is not None}
            return replace(found, strict=_beside(found.strict, figures), lenient=_beside(found.lenient, figures))

        return for_response

    return for_example


def _beside(reading: Reading, figures: dict[str, float]) -> Reading:
    if reading.outcome is not Outcome.ANSWERED:
        return reading
    return replace(reading, extras={**reading.extras, **figures})


def _figure(metric: Metric, example: Example, response: Response) -> float | None:
    """Return what a metric says of an answer. Raises NeedsMendingError where that is no share, or it fails."""
    try:
        found = metric.score(example, response.text)
        figure = None if found is None else float(found)
    except Exception as error:
        raise _fault(metric, example, f"failed with {type(error).__name__}: {error}") from error
    if figure is not None and not 0 <= figure <= 1:
        raise _fault(metric, example, f"gave {found!r}, expected 0 to 1")
    return figure


def _fault(metric: Metric, example: Example, what: str) -> NeedsMendingError:
    origin = added(Group.METRICS)[metric.name].origin
    return NeedsMendingError(
        f'"{metric.name}", added by {origin}, {what} (example {example.id}). Mend it and run again; nothing is asked twice.'
    )
