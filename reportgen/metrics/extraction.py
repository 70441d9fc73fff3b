"""Scores extracted fields: every field of every example ends in exactly one mark, quotations are followed to the document.

A response without a readable answer gave nothing: every field that the document holds is missing (formulas.md 3.2), and
that is all of its parts. A field that the document does not hold is then neither missing nor rightly empty, since a failure
is not restraint; the outcome of the reading says that the whole response is not right.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from reportgen.domain.reading.text import key
from reportgen.domain.records.plan import EvaluationPlan, Example, FieldKey, FieldSpec, FieldType
from reportgen.domain.records.response import Outcome, Response
from reportgen.domain.records.score import ItemCounts, Mark, Part, Reading, RowPair, Score
from reportgen.metrics.citations import Found, Source, judge_citation
from reportgen.metrics.interface import (
    ScoreExample,
    ScoreResponse,
    failed_reading,
    has_answer,
    one_reading,
    shown,
    why_failed,
)
from reportgen.metrics.json_output import NOTHING, AnswerReader, Fault, Given
from reportgen.metrics.line_items import RowComparer, as_expected, rows_differ
from reportgen.metrics.values import Conventions, compare, match_lists
from reportgen.metrics.verdicts import PartVerdicts, Verdicts, is_positive, judged, value_mark

_UNLABELLED = FieldKey(labelled=False)


def prepare(plan: EvaluationPlan) -> ScoreExample:
    """Return the scorer of an extraction plan."""
    conventions = Conventions.of(plan.settings)
    reader, verdicts = AnswerReader(plan.fields, plan.settings.answers_read), Verdicts.of(plan.recorded_verdicts)

    comparers = {s.name: RowComparer(s, conventions) for s in plan.fields if s.type is FieldType.RECORDS}

    def for_example(example: Example) -> ScoreResponse:
        keys: Mapping[str, FieldKey] = example.key.fields if example.key is not None else {}
        return _ExampleScorer(reader, verdicts, conventions, keys, _source(example), comparers)

    return for_example


def _source(example: Example) -> Source:
    return Source(example.input, recognised=example.document is not None and example.document.recognised)


@dataclass(frozen=True)
class _ExampleScorer:
    reader: AnswerReader
    verdicts: Verdicts
    conventions: Conventions
    keys: Mapping[str, FieldKey]
    source: Source
    comparers: Mapping[str, RowComparer]

    def __call__(self, response: Response) -> Score:
        recorded = self.verdicts.on(response.candidate, response.example_id)
        if not has_answer(response):
            parts = self._failed(why_failed(response))
            return one_reading(response, failed_reading(response, parts), self._unscored(parts))
        answer = self.reader.read(response.text)
        if not isinstance(answer, Fault):
            reading = self._answered(answer, recorded)
            return one_reading(response, reading, self._unscored(reading.parts))
        strict = self._invalid(answer)
        repaired = self.reader.lenient(response.text)
        lenient = self._invalid(repaired) if isinstance(repaired, Fault) else self._answered(repaired, recorded)
        return Score(response.candidate, response.example_id, strict, lenient, self._unscored(lenient.parts))

    def _unscored(self, parts: tuple[Part, ...]) -> str:
        """Return why nothing could be judged: no field has an expected value and no verdict was recorded."""
        labelled = any(self.keys.get(spec.name, _UNLABELLED).labelled for spec in self.reader.fields)
        judged_parts = any(part.mark is not Mark.UNSCORED for part in parts)
        return "" if labelled or judged_parts else "no field of the example is labelled"

    def _invalid(self, fault: Fault) -> Reading:
        return Reading(Outcome.INVALID, self._failed(fault.reason), reason=fault.reason)

    def _failed(self, reason: str) -> tuple[Part, ...]:
        expected = ((spec, self.keys.get(spec.name, _UNLABELLED)) for spec in self.reader.fields)
        return tuple(self._lost(spec, wanted, reason) for spec, wanted in expected if wanted.values)

    def _lost(self, spec: FieldSpec, wanted: FieldKey, reason: str) -> Part:
        items, rows = self._items(spec, wanted, NOTHING), self._rows(spec.name, wanted, NOTHING)
        return Part(spec.name, Mark.MISSING, "\n".join(wanted.values), reason=reason, items=items, rows=rows)

    def _rows(self, name: str, expected: FieldKey, given: Given) -> tuple[RowPair, ...]:
        """Return the rows of a records field, expected against given; none for every other field."""
        comparer = self.comparers.get(name)
        return comparer.pairs(expected.rows, given.rows) if comparer is not None and expected.labelled else ()

    def _answered(self, answer: Mapping[str, Given], recorded: PartVerdicts) -> Reading:
        parts = tuple(self._part(spec, answer.get(spec.name, NOTHING), recorded) for spec in self.reader.fields)
        return Reading(Outcome.ANSWERED, parts)

    def _part(self, spec: FieldSpec, given: Given, recorded: PartVerdicts) -> Part:
        expected = self.keys.get(spec.name, _UNLABELLED)
        rows = self._rows(spec.name, expected, given)
        mark, reason, unread = self._mark(spec, expected, given, rows)
        citation = self._citation(spec, expected, given)
        part = Part(
            spec.name,
            mark,
            "\n".join(expected.values),
            shown(given.text),
            reason,
            citation=citation.mark if citation else None,
            quote=shown("\n".join(given.quotes)),
            items=self._items(spec, expected, given),
            altered=citation.altered if citation else (),
            rows=rows,
            unread=unread,
        )
        verdict = recorded.get(key(spec.name)) if recorded else None
        if verdict is None:
            return part
        if is_positive(verdict):
            part = replace(part, rows=as_expected(rows))
        return judged(part, verdict, value_mark(verdict, expected=part.expected, found=part.found))

    def _mark(self, spec: FieldSpec, expected: FieldKey, given: Given, rows: tuple[RowPair, ...]) -> tuple[Mark, str, bool]:
        """Return the mark of a field, why it is wrong, and whether it could not be read."""
        if not expected.labelled:
            return Mark.UNSCORED, "not labelled", False
        if given.empty:
            return (Mark.MISSING if expected.values else Mark.CORRECT_EMPTY), "", False
        if not expected.values:
            return Mark.INVENTED, "the document does not hold it", False
        if spec.type is FieldType.RECORDS:
            differs = rows_differ(rows)
            return (Mark.WRONG if differs else Mark.CORRECT), differs, False
        match = compare(spec, expected.values, given, self.conventions)
        return (Mark.CORRECT, "", False) if match.right else (Mark.WRONG, match.reason, match.unread)

    def _items(self, spec: FieldSpec, expected: FieldKey, given: Given) -> ItemCounts | None:
        if spec.type is not FieldType.LIST or not expected.labelled:
            return None
        found = match_lists(spec, expected.values, given, self.conventions)
        return ItemCounts(found.matched, found.expected, found.given)

    def _citation(self, spec: FieldSpec, expected: FieldKey, given: Given) -> Found | None:
        if given.empty or not (given.quotes or spec.citation_required) or spec.type is FieldType.RECORDS:
            return None
        return judge_citation(spec, given, self.source, self.conventions, expected.evidence)
