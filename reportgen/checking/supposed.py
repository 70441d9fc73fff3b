"""Answers that nobody has given yet: right in every part but for so many faults, spread evenly.

On such answers a run's own rule says beforehand what the examples can prove. What a fault is, differs by measure: a wrong
label, a value without its quote, an answer that came too late, one that a person had to look at.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from functools import cached_property
from types import MappingProxyType

from reportgen.domain.estimating.computed_measures import mistakes_of, ranks_of, records_of
from reportgen.domain.estimating.costs import cost_terms
from reportgen.domain.measures.added import added_metrics, worst_of
from reportgen.domain.measures.columns import FAILED
from reportgen.domain.records.measure import Observation, Sample
from reportgen.domain.records.plan import EvaluationPlan, Example, FieldType, ScopeKind, ServiceLevel, Task
from reportgen.domain.records.response import Outcome, Response
from reportgen.domain.records.score import CitationMark, ItemCounts, JudgeKind, Mark, Part, Reading, RowPair, Score
from reportgen.domain.wording.figures import counted
from reportgen.forecasting.judge import sentences_supposed
from reportgen.workbook.reading.expected import set_in_words

WHOLE = ""
"""The place of a fault that concerns the whole answer."""
_LABEL, _ANSWER = "label", "answer"
_SUPPOSED = "supposed"


@dataclass(frozen=True, slots=True)
class Fault:
    """What counts against a measure: a `mark` on one part, or with `whole` something about the whole answer.

    `filled` and `empty` say whether it can befall a part that has, or has not, something expected of it; `parts` names the
    kind of part where only one kind counts. `on` is what is supposed besides, a clause behind "if".
    """

    noun: str
    nouns: str
    mark: Mark = Mark.WRONG
    whole: bool = False
    outcome: Outcome = Outcome.ANSWERED
    filled: bool = True
    empty: bool = False
    parts: str = ""
    cited: bool = False
    items: bool = False
    reviewed: bool = False
    again: bool = False
    slow: bool = False
    sent_on: bool = False
    on: str = "they fall evenly"

    def counted(self, many: int) -> str:
        """Return so many of it in words: `3 wrong labels`, `no wrong label`."""
        return counted(many, self.noun, self.nouns) if many else f"no {self.noun}"

    @property
    def marks(self) -> bool:
        """Whether the fault is a mark on a part; otherwise every part is right."""
        plain = self.outcome is Outcome.ANSWERED
        return plain and not (self.cited or self.reviewed or self.again or self.slow or self.sent_on)


_READER = "they fall evenly, and if people or a calibrated judge decide"
_SENTENCES = f"summaries have as many sentences as their reference or key facts, {_READER.replace('they', 'faults')}"
_WRONG_LABEL = Fault("wrong label", "wrong labels")
_WRONG_VALUE = Fault("wrong value", "wrong values")
_WRONG_ROWS = Fault("document with every line item wrong", "documents with every line item wrong")
_WRONG_SET = Fault("answer without its labels", "answers without their labels", whole=True)
_WRONG = Fault("wrong answer", "wrong answers", whole=True)
_OMITTED = Fault("key fact left out", "key facts left out", Mark.OMITTED, parts="fact", on=_READER)
_UNQUOTED = Fault(
    "value without its quote",
    "values without their quote",
    cited=True,
    on="every value is given and faults fall evenly",
)
_WRONG_ITEM = Fault("list with a wrong item", "lists with a wrong item", items=True)
_FAILS_METRIC = Fault("answer that fails it", "answers that fail it", whole=True, on="every other answer meets it in full")
_INVALID = Fault("unreadable answer", "unreadable answers", whole=True, outcome=Outcome.INVALID)
_SLOW = Fault("slower answer", "slower answers", whole=True, slow=True)
_REVIEWED = Fault("reviewed answer", "reviewed answers", whole=True, reviewed=True)
_PAID_REVIEW = Fault(
    "reviewed answer",
    "reviewed answers",
    whole=True,
    reviewed=True,
    on="tokens cost next to nothing and no other answer is wrong",
)

FAULTS: Mapping[str, Fault] = MappingProxyType(
    {
        "accuracy": _WRONG_LABEL,
        "micro F1": _WRONG_SET,
        "exact label set rate": _WRONG_SET,
        "macro F1": _WRONG_LABEL,
        "weighted F1": _WRONG_LABEL,
        "invalid output rate": _INVALID,
        "field F1": _WRONG_VALUE,
        "field accuracy": Fault("wrong field", "wrong fields", empty=True),
        "document exact match": Fault("document with a wrong field", "documents with a wrong field", whole=True),
        "schema-valid rate": _INVALID,
        "missing field rate": Fault("missing value", "missing values", Mark.MISSING),
        "invented field rate": Fault("invented value", "invented values", Mark.INVENTED, filled=False, empty=True),
        "citation accuracy": _UNQUOTED,
        "quote found rate": _UNQUOTED,
        **dict.fromkeys(["item precision", "item recall", "item F1"], _WRONG_ITEM),
        "quadratic weighted kappa": _WRONG_LABEL,
        "mean distance in ranks": _WRONG_LABEL,
        "mean cost of mistakes": _WRONG_LABEL,
        "line item F1": _WRONG_ROWS,
        "row exact rate": _WRONG_ROWS,
        "factual precision": Fault(
            "unsupported sentence", "unsupported sentences", Mark.UNSUPPORTED, parts="sentence", on=_SENTENCES
        ),
        "omission rate": _OMITTED,
        "key-fact recall": _OMITTED,
        "exact answer rate": _WRONG,
        "token F1": Fault(
            "answer without a right word", "answers without a right word", whole=True, on="all others are word for word"
        ),
        "p50 latency": _SLOW,
        "p95 latency": _SLOW,
        "p99 latency": _SLOW,
        "cost per task": _PAID_REVIEW,
        "running cost per task": _PAID_REVIEW,
        "review rate": _REVIEWED,
        "retry rate": Fault("repeated request", "repeated requests", whole=True, again=True),
        "share sent on": Fault("task sent on", "tasks sent on", whole=True, sent_on=True),
        "failure rate": Fault("failed request", "failed requests", whole=True, outcome=Outcome.ERROR),
        "known-failure pass rate": Fault("case that fails again", "cases that fail again", whole=True),
    }
)
"""What counts against each measure. Mean latency and the costs of tokens have no faults: see `means`."""


def fault_of(level: ServiceLevel, task: Task) -> Fault | None:
    """Return what counts against the measure of a level, None for a mean of seconds or money."""
    if level.measure == "precision" and level.scope.kind is ScopeKind.LABEL:
        return Fault(f"other answer called {level.scope.name}", f"other answers called {level.scope.name}")
    if level.measure in {"F1", "precision", "recall"}:
        return _WRONG_LABEL if task is Task.CLASSIFICATION else _WRONG_VALUE
    return FAULTS.get(level.measure) or (_FAILS_METRIC if level.measure in added_metrics() else None)


class Supposed:
    """The examples of one level and what counts against it."""

    def __init__(self, plan: EvaluationPlan, level: ServiceLevel, examples: Sequence[Example], fault: Fault) -> None:
        """Keep what is supposed; nothing is made before it is asked for."""
        self.plan, self.level, self.examples, self.fault = plan, level, examples, fault
        self._labels = tuple(label.name for label in plan.labels)
        self._lists = frozenset(f.name for f in plan.fields if f.type is FieldType.LIST)

    @cached_property
    def _right(self) -> tuple[Observation, ...]:
        """Every answer right: made once, and each sample replaces some of them."""
        return tuple(self._observation(i, example, frozenset()) for i, example in enumerate(self.examples))

    def places(self) -> list[tuple[int, str]]:
        """Return every place where a fault can be, sorted so that even steps are fair to labels, fields and segments."""
        scope = self.level.scope
        here = [
            (i, example)
            for i, example in enumerate(self.examples)
            if scope.kind is not ScopeKind.SEGMENT or example.segment == scope.name
        ]
        if self.fault.whole:
            found = [("", example.segment, i, WHOLE) for i, example in here if self._counts(example)]
        else:
            found = [
                ("" if self.fault.parts else f"{name} {expected}", example.segment, i, name)
                for i, example in here
                for name, expected in parts_of(example)
                if (self.fault.filled if expected else self.fault.empty) and self._possible(name, expected, example)
            ]
        return [(i, name) for _, _, i, name in sorted(found, key=lambda place: place[:3])]

    def sample(self, wrong: AbstractSet[tuple[int, str]]) -> Sample:
        """Return the sample of a candidate with these faults and no other."""
        fields, rows = self.plan.fields, list(self._right)
        for place in {place for place, _ in wrong}:
            rows[place] = self._observation(place, self.examples[place], wrong)
        return Sample(
            tuple(rows),
            labels=self._labels,
            fields=tuple(f.name for f in fields),
            citation_fields=tuple(f.name for f in fields if f.citation_required),
            costs=cost_terms(self.plan.costs),
            records=records_of(fields),
            several=self.plan.settings.several_labels,
            ranks=ranks_of(self.plan.labels),
            mistakes=mistakes_of(self.plan, self._labels),
        )

    def _counts(self, example: Example) -> bool:
        """Whether an example has a part in the measure: what only a key can tell needs one."""
        return not self.fault.marks or any(True for _ in parts_of(example))

    def _possible(self, name: str, expected: str, example: Example) -> bool:  # noqa: PLR0911 - one line for each kind of fault
        scope = self.level.scope
        if self.fault.parts:
            return name.startswith(f"{self.fault.parts} ")
        if self.fault.cited and name not in {f.name for f in self.plan.fields if f.citation_required}:
            return False
        if self.fault.items and name not in self._lists:
            return False
        if self.fault is _WRONG_ROWS:
            wanted = scope.name.partition(":")[0] if scope.kind is ScopeKind.FIELD else ""
            return name in records_of(self.plan.fields) and wanted in {"", name}
        if scope.kind is ScopeKind.FIELD:
            return name == scope.name
        if scope.kind is ScopeKind.LABEL:
            several = example.key.labels if example.key is not None else None
            holds = expected == scope.name if several is None else scope.name in several
            return holds is (self.level.measure != "precision")
        return True

    def _observation(self, place: int, example: Example, wrong: AbstractSet[tuple[int, str]]) -> Observation:
        fault, whole = self.fault, (place, WHOLE) in wrong
        marked = fault.marks
        parts = tuple(
            self._part(example, name, expected, at_fault=whole if marked and whole else (place, name) in wrong)
            for name, expected in parts_of(example)
        )
        outcome = fault.outcome if whole else Outcome.ANSWERED
        reading = Reading(
            outcome,
            parts if outcome is Outcome.ANSWERED else tuple(_lost(p) for p in parts),
            self._label(example, at_fault=(whole and marked) or (place, _LABEL) in wrong),
            self._label_set(example, at_fault=(whole and marked) or (place, _LABEL) in wrong),
            self._graded(example, whole=whole),
        )
        response = Response(
            _SUPPOSED,
            example.id,
            "",
            outcome if outcome in FAILED else Outcome.ANSWERED,
            latency_s=2 * self.level.target if whole and fault.slow else 0.0,
            attempts=2 if whole and fault.again else 1,
            made_of=(_SUPPOSED, _SUPPOSED) if whole and fault.sent_on else (),
        )
        score = Score(_SUPPOSED, example.id, reading, reading, "" if example.key is not None else "nothing is expected")
        return Observation(example, response, score, 0.0, (_SUPPOSED,) if whole and fault.reviewed else ())

    def _graded(self, example: Example, *, whole: bool) -> dict[str, float]:
        """Return the figures that an answer carries as a whole."""
        metric = added_metrics().get(self.level.measure)
        if metric is not None:
            return {metric.name: worst_of(metric) if whole else 1.0 - worst_of(metric)}
        return {"token F1": 0.0 if whole else 1.0} if example.key is not None and example.key.answers else {}

    def _label(self, example: Example, *, at_fault: bool) -> str | None:
        label, labels = example.key.label if example.key is not None else None, self._labels
        if example.key is not None and example.key.labels is not None:
            return set_in_words(self._label_set(example, at_fault=at_fault))
        if label is None or not at_fault or not labels:
            return label
        if self.level.measure == "precision":
            return self.level.scope.name
        return labels[(labels.index(label) + 1) % len(labels)]

    def _label_set(self, example: Example, *, at_fault: bool) -> tuple[str, ...]:
        """Return the labels of an answer where an example has several: at fault none of them, or one wrongly."""
        key, scope = example.key, self.level.scope
        if key is None or key.labels is None:
            return ()
        if not at_fault:
            return key.labels
        if self.level.measure == "precision":
            return (*key.labels, scope.name)
        return tuple(name for name in key.labels if name != scope.name) if scope.kind is ScopeKind.LABEL else ()

    def _part(self, example: Example, name: str, expected: str, *, at_fault: bool) -> Part:
        mark = _right_mark(name, expected)
        cited = CitationMark.SUPPORTS
        if at_fault and self.fault.cited:
            cited = CitationMark.MISSING
        elif at_fault:
            mark = self.fault.mark if not self.fault.whole else _wrong_mark(name)
            mark = Mark.INVENTED if mark is Mark.WRONG and not expected else mark
        found = "" if mark in (Mark.CORRECT_EMPTY, Mark.MISSING) else "x"
        items = self._items(expected, at_fault=at_fault) if name in self._lists else None
        rows = _rows_supposed(example, name, right=mark is Mark.CORRECT)
        cites = cited if found else None
        return Part(name, mark, expected, found, judged_by=JudgeKind.PERSON, citation=cites, items=items, rows=rows)

    def _items(self, expected: str, *, at_fault: bool) -> ItemCounts:
        """Return a list of which all items are right, or one is another."""
        count = len(expected.splitlines())
        return ItemCounts(max(count - at_fault, 0), count, max(count, int(at_fault)))


def _rows_supposed(example: Example, name: str, *, right: bool) -> tuple[RowPair, ...]:
    """Return the expected rows of a records field, every part of them right or every part wrong."""
    key = example.key.fields.get(name) if example.key is not None else None
    rows = [tuple(row.values()) for row in key.rows] if key is not None else []
    mark = Mark.CORRECT if right else Mark.WRONG
    return tuple(RowPair(row, row, tuple(mark if text else Mark.CORRECT_EMPTY for text in row)) for row in rows)


def parts_of(example: Example) -> Iterator[tuple[str, str]]:
    """Yield (part, what is expected of it, empty where the document does not hold it)."""
    key = example.key
    if key is None:
        return
    if key.label is not None:
        yield _LABEL, key.label
    if key.answers:
        yield _ANSWER, key.answers[0]
    for name, field in key.fields.items():
        if field.labelled:
            yield name, "\n".join(field.values)
    for place, fact in enumerate(key.key_facts, start=1):
        yield f"fact {place}", fact
    if key.reference or key.key_facts or not key.says_something:
        for place in range(1, 1 + sentences_supposed(key)):
            yield f"sentence {place}", f"sentence {place}"


def _right_mark(name: str, expected: str) -> Mark:
    if name.startswith("fact "):
        return Mark.COVERED
    if name.startswith("sentence "):
        return Mark.SUPPORTED
    return Mark.CORRECT if expected or name == _LABEL else Mark.CORRECT_EMPTY


def _wrong_mark(name: str) -> Mark:
    if name.startswith("fact "):
        return Mark.OMITTED
    return Mark.UNSUPPORTED if name.startswith("sentence ") else Mark.WRONG


def _lost(part: Part) -> Part:
    """Return a part of an answer that cannot be read or never came."""
    mark = Mark.MISSING if part.mark is Mark.CORRECT else part.mark
    return Part(part.name, mark, part.expected, judged_by=JudgeKind.PERSON)
