"""Reads recorded outputs (rows and columns) and recorded verdicts, and holds them against candidates and examples."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from reportgen.domain.records.corpus import repeated
from reportgen.domain.records.plan import (
    CandidateKind,
    Example,
    FieldSpec,
    RecordedOutput,
    RecordedVerdict,
    Settings,
    Split,
    Task,
    repeat_id,
)
from reportgen.domain.records.score import JudgeKind, Mark
from reportgen.workbook.opening.cells import SheetCells
from reportgen.workbook.reading.candidates import CandidatesRead
from reportgen.workbook.reading.examples import WideOutput
from reportgen.workbook.rows import values
from reportgen.workbook.rows.faults import Faults
from reportgen.workbook.rows.row import Row
from reportgen.workbook.rows.table import Table
from reportgen.workbook.rows.values import fold

Where = tuple[SheetCells, int, int]


@dataclass(frozen=True, slots=True)
class Known:
    """What recorded rows may point at. `examples` is by folded ID, each as often as it is asked."""

    task: Task
    candidates: CandidatesRead
    examples: Mapping[str, Example]
    fields: tuple[FieldSpec, ...]
    repeats: int = 1


def known(
    settings: Settings, candidates: CandidatesRead, examples: Sequence[Example], fields: tuple[FieldSpec, ...]
) -> Known:
    """Return what recorded rows may point at."""
    by_id = {fold(e.id): e for e in repeated(examples, settings.repeats)}
    return Known(settings.task, candidates, by_id, fields, settings.repeats)


class RecordedReader:
    """Collects recorded outputs from both forms; a second one for the same candidate and example is refused."""

    def __init__(self, known: Known, faults: Faults) -> None:
        self._known = known
        self._faults = faults
        self._seen: dict[tuple[str, str], str] = {}
        self.outputs: list[RecordedOutput] = []

    def read_rows(self, table: Table) -> None:
        """Take the rows of the sheet Recorded outputs."""
        for row in table.rows():
            if not row.require("Candidate", "Example ID"):
                continue
            record, repeat = _record(row), row.integer("Repeat") or 1
            if repeat > self._known.repeats:
                what = f"the Repeat is {repeat}, and each example is asked {_times(self._known.repeats)}."
                row.fault("Repeat", what, f"Set Repeats on the sheet Evaluation to {repeat}, or correct the cell.", "repeat")
                continue
            places = [(table.cells, row.line, table.columns.get(h, 0)) for h in ("Candidate", "Example ID")]
            self._take(replace(record, example_id=repeat_id(record.example_id, repeat)), places[0], places[1])

    def read_columns(self, outputs: Sequence[WideOutput], cells: SheetCells, header_row: int) -> None:
        """Take the `Output: <Candidate>` columns of the sheet Examples."""
        for each in outputs:
            if each.example_id:
                where = cells.address(each.row, each.column)
                record = RecordedOutput(
                    each.candidate,
                    each.example_id,
                    each.text,
                    latency_s=each.latency_s,
                    cost=each.cost,
                    where=where,
                )
                self._take(record, (cells, header_row, each.column), (cells, each.row, each.column))

    def _take(self, record: RecordedOutput, candidate_at: Where, example_at: Where) -> None:
        """Keep a record whose candidate and example are known and that is the first of its pair."""
        name = self._known.candidates.names.get(fold(record.candidate))
        example = self._known.examples.get(fold(record.example_id))
        if name is None:
            unknown_candidate(self._faults, candidate_at, record.candidate, self._known.candidates)
        if example is None:
            self._unknown_example(example_at, record.example_id)
        if name is None or example is None:
            return
        kind = self._known.candidates.kinds.get(name)
        if kind is None:
            return
        if kind is CandidateKind.ROUTE:
            what = f"{name} is a Route, whose outputs are those of its two candidates; recorded ones would not be used."
            self._put(candidate_at, what, "Record the outputs of those candidates.", "wrong kind")
            return
        if kind is not CandidateKind.RECORDED_OUTPUTS:
            what = f"{name} is of the kind {kind.value}, which is asked anew; its recorded outputs would not be used."
            self._put(candidate_at, what, "Set its Kind to Recorded outputs, or remove these.", "wrong kind")
            return
        first = self._seen.setdefault((name, example.id), record.where)
        if first != record.where:
            what = f"{name} has an output for {example.id} already in {first}."
            remedy = (
                "Keep one of the two; answers of a second asking have Repeat 2, and Repeats on the sheet Evaluation says 2."
            )
            self._put(example_at, what, remedy, "doubled")
            return
        self.outputs.append(_renamed(record, name, example.id))

    def _unknown_example(self, at: Where, name: str) -> None:
        what = f"there is no example {values.shown(name)}."
        self._put(at, what, "Correct the Example ID, or add the example.", "unknown example")

    def _put(self, at: Where, what: str, remedy: str, code: str) -> None:
        cells, row, column = at
        self._faults.add(cells, what, remedy, code, row=row, column=column)

    def warn_of_gaps(self, cells: SheetCells) -> None:
        """Say for each recorded candidate how many examples have no output, since each asked one counts as an error."""
        asked = [
            e for e in self._known.examples.values()
            if e.known_failure or e.declared_split not in {Split.TRAIN, Split.HOLDOUT}
        ]  # fmt: skip
        for name, kind in self._known.candidates.kinds.items():
            missing = [e.id for e in asked if (name, e.id) not in self._seen]
            if kind is CandidateKind.RECORDED_OUTPUTS and missing:
                self._faults.warn(
                    cells,
                    f"{name} has no recorded output for {len(missing)} of {len(asked)} examples: {values.listed(missing)}. "
                    "Each of them that is asked counts as an error (not recorded).",
                    f'Put its answers on a sheet Recorded outputs, or on the sheet Examples in a column "Output: {name}".',
                    "not recorded",
                )


def _times(repeats: int) -> str:
    return "once" if repeats == 1 else f"{repeats} times"


def unknown_candidate(faults: Faults, at: Where, name: str, candidates: CandidatesRead) -> None:
    """Put down a candidate that the sheet Candidates does not have."""
    cells, row, column = at
    remedy = values.near(name, candidates.names.values()) or "Add it to the sheet Candidates."
    what = f"there is no candidate {values.shown(name)}."
    faults.add(cells, what, remedy, "unknown candidate", row=row, column=column)


def _renamed(record: RecordedOutput, candidate: str, example_id: str) -> RecordedOutput:
    """Return the record under the names of the sheets Candidates and Examples."""
    if record.candidate == candidate and record.example_id == example_id:
        return record
    return replace(record, candidate=candidate, example_id=example_id)


def _record(row: Row) -> RecordedOutput:
    """Read one row of the sheet Recorded outputs."""
    given, cached = row.integer("Input tokens"), row.integer("Cached input tokens")
    if cached is not None and given is not None and cached > given:
        row.fault(
            "Cached input tokens",
            f"there are more cached input tokens ({cached}) than input tokens ({given}).",
            "Input tokens counts the cached ones too.",
            "out of limits",
        )
    output, outcome = row.long_text("Output", exact=True), row.choice("Outcome")
    if not output and outcome in {"", "answered"}:
        row.warn("Output", "the Output is blank; it counts as an empty answer.", "Fill in the Outcome.", "empty output")
    return RecordedOutput(
        candidate=row.identifier("Candidate"),
        example_id=row.identifier("Example ID"),
        output=output,
        confidence=row.share("Confidence"),
        latency_s=row.seconds("Latency (s)"),
        input_tokens=given,
        cached_input_tokens=cached,
        output_tokens=row.integer("Output tokens"),
        attempts=row.integer("Attempts"),
        outcome=outcome,
        cost=row.money("Cost"),
        recorded_on=row.date("Recorded on"),
        where=row.where("Candidate"),
    )


_WHOLE: Mapping[Task, str] = {Task.CLASSIFICATION: "label", Task.QUESTION_ANSWERING: "answer"}
_WORDS: Mapping[Task, tuple[Mark, ...]] = {
    Task.CLASSIFICATION: (Mark.CORRECT, Mark.WRONG),
    Task.QUESTION_ANSWERING: (Mark.CORRECT, Mark.WRONG, Mark.MISSING, Mark.INVENTED),
    Task.EXTRACTION: (Mark.CORRECT, Mark.WRONG, Mark.MISSING, Mark.INVENTED),
}
_FACT_WORDS = (Mark.COVERED, Mark.OMITTED)
_SENTENCE_WORDS = (Mark.SUPPORTED, Mark.UNSUPPORTED)
_GRADE = re.compile(r"(\d{1,3}(?:[.,]\d{1,2})?)(?:\s*(?:/|of)\s*(\d{1,3}))?")
_NUMBERED = re.compile(r"(fact|sentence)s?\s*[:#-]?\s*(\d{1,4})")


def read_verdicts(table: Table, known: Known) -> tuple[RecordedVerdict, ...]:
    """Return the recorded verdicts, their parts under the names that scores use (`label`, `answer`, `fact 2`, a field)."""
    verdicts: list[RecordedVerdict] = []
    seen: dict[tuple[str, ...], str] = {}
    for row in table.rows():
        if not row.require("Candidate", "Example ID", "Verdict"):
            continue
        candidate, example = _pair(row, known)
        graded = _grade(row)
        word = "" if graded is not None else row.choice("Verdict")
        part = _part(row, known, example, word) if example else ""
        if graded is not None and part:
            word = _graded_word(known.task, part, good=graded.good)
        kind = row.choice("Judge kind") or JudgeKind.MODEL.value
        judge = row.text("Judged by")
        verdict = RecordedVerdict(
            candidate=candidate,
            example_id=example.id if example else "",
            part=part,
            verdict=word,
            judge_kind=kind,
            judged_by=judge,
            judged_on=row.date("Judged on"),
            reason=" ".join(filter(None, (graded.words if graded is not None else "", row.long_text("Reason")))),
            where=row.where("Verdict"),
        )
        if not (candidate and example and part):
            continue
        first = seen.setdefault((candidate, example.id, part, kind, fold(judge)), verdict.where)
        if first != verdict.where:
            row.fault(
                "Verdict", f"the same judge has judged this part already in {first}.", "Keep one of the two.", "doubled"
            )
        if candidate in known.candidates.kinds:
            verdicts.append(verdict)
    return tuple(verdicts)


@dataclass(frozen=True, slots=True)
class _Grade:
    """A verdict on a scale, and whether it reaches the grade from which it counts."""

    good: bool
    words: str


def _grade(row: Row) -> _Grade | None:
    """Return the grade of a cell that holds a number, None where it holds a word; a grade needs the one it counts from."""
    raw = row.raw("Verdict")
    text = values.clean(values.as_text(raw))
    given = _GRADE.fullmatch(text)
    if given is None:
        return None
    least = row.number("Counts from") if row.frame.columns.get("Counts from") else None
    if least is None:
        row.fault(
            "Verdict",
            f"the Verdict is the grade {values.shown(text)}, and nothing says from which grade on it counts.",
            "Fill in Counts from, such as 4 on a scale from 1 to 5, or write a word.",
            "grade",
        )
        return _Grade(False, "")
    top = given[2]
    if top is not None and not (float(given[1]) <= float(top) and least <= float(top)):
        row.fault("Verdict", f"the grade {values.shown(text)} lies above its scale.", "Check the grade.", "grade")
    good = float(given[1].replace(",", ".")) >= least
    return _Grade(good, f"Grade {text}, counted from {least:.10g}.")


def _graded_word(task: Task, part: str, *, good: bool) -> str:
    """Return the verdict that a grade comes to, in the words that fit the part."""
    if task is Task.SUMMARIZATION:
        right, wrong = _FACT_WORDS if part.startswith("fact ") else _SENTENCE_WORDS
    else:
        right, wrong = Mark.CORRECT, Mark.WRONG
    return (right if good else wrong).value


def _pair(row: Row, known: Known) -> tuple[str, Example | None]:
    """Return the candidate's name and the example that a verdict speaks of."""
    given = row.identifier("Candidate")
    name = known.candidates.names.get(fold(given))
    if name is None and given:
        at = (row.frame.cells, row.line, row.frame.columns["Candidate"])
        unknown_candidate(row.frame.faults, at, given, known.candidates)
    if known.candidates.kinds.get(name or "") is CandidateKind.ROUTE:
        what = f"{name} is a Route: its answer is that of one of its two candidates, and so is the verdict on it."
        row.fault("Candidate", what, "Name the candidate that gave the answer.", "wrong kind")
    example_id = row.identifier("Example ID")
    example = known.examples.get(fold(example_id))
    if example is None and example_id:
        what = f"there is no example {values.shown(example_id)}."
        row.fault("Example ID", what, "Correct the Example ID, or add the example.", "unknown example")
    return name or "", example


def _part(row: Row, known: Known, example: Example, word: str) -> str:
    """Return the part under its own name; put down a part that is not there and a word that does not fit it."""
    given = row.name("Part")
    words = _WORDS.get(known.task, ())
    part = ""
    match known.task:
        case Task.CLASSIFICATION | Task.QUESTION_ANSWERING:
            part = _WHOLE[known.task]
            if given and fold(given) not in {part, "label", "answer", "expected"}:
                _no_part(row, given, f"Leave Part blank for {known.task.value}.")
        case Task.EXTRACTION:
            names = {fold(a): f.name for f in known.fields for a in (*f.also_written, f.name) if "=" not in a}
            part = names.get(fold(given), "")
            if not part:
                _no_part(row, given, values.near(given, [f.name for f in known.fields]) or "Write the name of a field.")
        case Task.SUMMARIZATION:
            found = _NUMBERED.fullmatch(fold(given))
            facts = len(example.key.key_facts) if example.key else 0
            if found is None or int(found[2]) < 1:
                _no_part(row, given, "Write fact 1 for the first line of Key facts, or sentence 1 for the first sentence.")
            elif found[1] == "fact" and facts and int(found[2]) > facts:
                _no_part(row, given, f"The example {example.id} has {facts} key facts.")
            else:
                part = f"{found[1]} {int(found[2])}"
                words = _FACT_WORDS if found[1] == "fact" else _SENTENCE_WORDS
    if part and word and word not in {w.value for w in words}:
        row.fault(
            "Verdict",
            f'the Verdict is "{word}", which does not fit {part}.',
            f"Choose one of: {values.listed(w.value for w in words)}.",
            "wrong verdict",
        )
    return part


def _no_part(row: Row, given: str, remedy: str) -> None:
    what = f"the Part is {values.shown(given)}, which is no part of the answer." if given else "the Part is missing."
    row.fault("Part", what, remedy, "unknown part")
