"""What the examples can prove of a level on a score such as macro F1, by the rule that will decide, on supposed answers.

The bound of such a score depends on where the errors fall, so there is no table for it. Here a supposed candidate answers
all eval examples rightly but for some errors spread evenly over labels, fields or key facts, the bound that a run would
compute is computed (with fewer resamples), and the most errors at which it still reaches the level are looked for.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from reportgen.domain.corpus import Corpus
from reportgen.domain.estimate import measure
from reportgen.domain.measure import Measure, Measurement, Observation, Sample
from reportgen.domain.measures import MEASURES
from reportgen.domain.plan import Comparator, EvaluationPlan, Example, ScopeKind, ServiceLevel
from reportgen.domain.proportion import Method
from reportgen.domain.response import Outcome, Response
from reportgen.domain.score import JudgeKind, Mark, Part, Reading, Score
from reportgen.domain.wording import counted, level_words, percent

RESAMPLES = 1_000
MOST_EXAMPLES = 2_000
"""Beyond so many eval examples the size of the sample is no longer what stands between a candidate and its proof."""
_LABEL = "label"


@dataclass(frozen=True, slots=True)
class _Kind:
    """What an error of a measure is: `mark` on a part that has, or (`empty`) has not, something expected of it."""

    mark: Mark
    noun: str
    nouns: str
    filled: bool = True
    empty: bool = False
    judged: bool = False
    """Whether a person or a calibrated judge has to decide it: our own rule alone proves nothing."""


_KINDS: Mapping[str, _Kind] = MappingProxyType(
    {
        "macro F1": _Kind(Mark.WRONG, "wrong label", "wrong labels"),
        "weighted F1": _Kind(Mark.WRONG, "wrong label", "wrong labels"),
        "field F1": _Kind(Mark.WRONG, "wrong value", "wrong values"),
        "field accuracy": _Kind(Mark.WRONG, "wrong field", "wrong fields", empty=True),
        "missing field rate": _Kind(Mark.MISSING, "missing value", "missing values"),
        "invented field rate": _Kind(Mark.INVENTED, "invented value", "invented values", filled=False, empty=True),
        "omission rate": _Kind(Mark.OMITTED, "key fact left out", "key facts left out", judged=True),
        "key-fact recall": _Kind(Mark.OMITTED, "key fact left out", "key facts left out", judged=True),
    }
)


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """What the eval split can prove of one level on a score.

    `most_errors` None = not even answers without an error prove it; `best_bound` is the bound that they would give, None
    where nothing can be measured at all, with the `reason`. `errors` are those in words, `places` is how many could be
    made. `caps` say why the verdict cannot be more than LIKELY, whatever the answers.
    """

    where: str
    measure: str
    words: str
    errors: str
    most_errors: int | None
    places: int
    examples: int
    best_bound: float | None
    reason: str = ""
    caps: tuple[str, ...] = ()
    judged: bool = False

    def __str__(self) -> str:
        start = f"{self.where}: {self.measure}, {self.words}:"
        if self.best_bound is None:
            return f"{start} cannot be proven; {self.reason}."
        if self.caps:
            return f"{start} LIKELY at best, whatever the answers: {'; '.join(self.caps)}."
        if self.most_errors is None:
            share = percent(self.best_bound)
            left = f"leave {share} possible" if "at most" in self.words else f"show no more than {share}"
            have = f"{start} {counted(self.examples, 'example')} cannot prove it;"
            return f"{have} even answers without an error would {left}. Add examples."
        judged = ", and if people or a calibrated judge decide" if self.judged else ""
        return (
            f"{start} proven with about {self.errors} of {self.places:,} in {counted(self.examples, 'example')}, if errors "
            f"fall evenly{judged}."
        )


def rehearsals(plan: EvaluationPlan, corpus: Corpus) -> tuple[Rehearsal, ...]:
    """Return what the eval split can prove of each level on a score; none where there are very many examples."""
    if len(corpus.eval) > MOST_EXAMPLES:
        return ()
    levels = (level for level in plan.service_levels if _applies(level))
    return tuple(_rehearsal(level, plan, corpus.eval) for level in levels)


def _applies(level: ServiceLevel) -> bool:
    higher = MEASURES[level.measure].best == 1.0
    return level.measure in _KINDS and (level.comparator is Comparator.AT_LEAST) is higher


@dataclass(frozen=True, slots=True)
class _Supposed:
    """The examples of one level, and every place at which an error could be made: (example, part), evenly mixed."""

    plan: EvaluationPlan
    level: ServiceLevel
    examples: Sequence[Example]
    places: Sequence[tuple[int, str]]

    @property
    def of(self) -> Measure:
        return MEASURES[self.level.measure]

    def measured(self, errors: int) -> Measurement:
        """Return what a run would measure with so many errors, evenly spread."""
        count = len(self.places)
        chosen = {self.places[(2 * i + 1) * count // (2 * errors)] for i in range(errors)}
        mark, labels = _KINDS[self.level.measure].mark, [label.name for label in self.plan.labels]
        sample = Sample(
            tuple(_observation(e, i, chosen, mark, labels) for i, e in enumerate(self.examples)),
            labels=tuple(labels),
            fields=tuple(f.name for f in self.plan.fields),
        )
        settings = self.plan.settings
        method = Method(settings.confidence, RESAMPLES, settings.seed, dict(self.plan.production_mix))
        return measure(sample, self.of, self.level.scope, method)

    def holds(self, errors: int) -> bool:
        """Whether the level is proven with so many errors."""
        bound = self.measured(errors).bound
        if bound is None:
            return False
        return bound >= self.level.target if self.level.comparator is Comparator.AT_LEAST else bound <= self.level.target


def _rehearsal(level: ServiceLevel, plan: EvaluationPlan, asked: Sequence[Example]) -> Rehearsal:
    kind = _KINDS[level.measure]
    supposed = _Supposed(plan, level, asked, _places(level, asked))
    best = supposed.measured(0)
    most = None if best.bound is None or best.caps else _most(len(supposed.places), supposed.holds)
    return Rehearsal(
        level.where,
        f"{level.measure} ({level.scope})",
        level_words(level, supposed.of.unit, plan.settings.currency),
        counted(most or 0, kind.noun, kind.nouns),
        most,
        len(supposed.places),
        best.n,
        best.bound,
        best.reason or best.not_testable,
        best.caps,
        kind.judged,
    )


def _most(places: int, holds: Callable[[int], bool]) -> int | None:
    """Return the largest number for which it holds, None where it does not hold for 0; it is taken to end only once."""
    if not holds(0):
        return None
    low, high = 0, 1
    while high <= places and holds(high):
        low, high = high, 2 * high
    high = min(high, places + 1)
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if holds(middle) else (low, middle)
    return low


def _places(level: ServiceLevel, asked: Sequence[Example]) -> list[tuple[int, str]]:
    """Return every place at which an error could be made, sorted by part and what is expected, so that steps are even."""
    kind, scope = _KINDS[level.measure], level.scope
    found = [
        (name, expected, i)
        for i, example in enumerate(asked)
        if scope.kind is not ScopeKind.SEGMENT or example.segment == scope.name
        for name, expected in _parts(example)
        if scope.kind is not ScopeKind.FIELD or name == scope.name
        if (kind.filled if expected else kind.empty)
    ]
    return [(i, name) for name, _, i in (found if kind.judged else sorted(found))]


def _parts(example: Example) -> Iterator[tuple[str, str]]:
    """Yield (part, what is expected of it, empty where the document does not hold it)."""
    key = example.key
    if key is None:
        return
    if key.label is not None:
        yield _LABEL, key.label
    for name, field in key.fields.items():
        if field.labelled:
            yield name, "\n".join(field.values)
    for place, fact in enumerate(key.key_facts, start=1):
        yield f"fact {place}", fact


def _observation(
    example: Example, place: int, wrong: set[tuple[int, str]], mark: Mark, labels: Sequence[str]
) -> Observation:
    parts = tuple(_part(name, expected, mark if (place, name) in wrong else None) for name, expected in _parts(example))
    label = example.key.label if example.key is not None else None
    if label is not None and (place, _LABEL) in wrong and labels:
        label = labels[(labels.index(label) + 1) % len(labels)]
    reading = Reading(Outcome.ANSWERED, parts, label)
    response = Response("", example.id, "", Outcome.ANSWERED)
    return Observation(example, response, Score("", example.id, reading, reading), None)


def _part(name: str, expected: str, wrong: Mark | None) -> Part:
    if wrong is not None:
        mark = wrong if expected or wrong is not Mark.WRONG else Mark.INVENTED
    elif name.startswith("fact "):
        mark = Mark.COVERED
    else:
        mark = Mark.CORRECT if expected or name == _LABEL else Mark.CORRECT_EMPTY
    return Part(name, mark, expected, "" if mark is Mark.CORRECT_EMPTY else "x", judged_by=JudgeKind.PERSON)
