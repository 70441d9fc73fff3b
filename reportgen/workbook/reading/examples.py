"""Reads the sheet Examples: inputs verbatim, what is right for each, and recorded answers that stand in columns."""

from __future__ import annotations

import difflib
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace

from reportgen.domain.records.document import BETWEEN, Document
from reportgen.domain.records.plan import NO_LABELS, REPEAT, Example, FieldSpec, Split, Task
from reportgen.workbook.layout.sheets import squash
from reportgen.workbook.reading.documents import DocumentFolder, say_left_out
from reportgen.workbook.reading.expected import KeyReader, expected_names, key_reader, read_label_set, set_in_words
from reportgen.workbook.reading.records import RecordRows, records_fields
from reportgen.workbook.reading.tasks import LabelNames, fields_in, labels_in
from reportgen.workbook.rows import values
from reportgen.workbook.rows.row import Row
from reportgen.workbook.rows.table import Table
from reportgen.workbook.rows.texts import names
from reportgen.workbook.rows.values import UnreadableError, clean, fold, is_blank

_OUTPUT, _COST, _LATENCY = "Output: <Candidate>", "Cost: <Candidate>", "Latency: <Candidate>"


@dataclass(frozen=True, slots=True)
class WideOutput:
    """One filled cell of an `Output: <Candidate>` column; `row` and `column` say where.

    `cost` and `latency_s` stand beside it, in the columns `Cost: <Candidate>` and `Latency: <Candidate>`; None = blank.
    """

    candidate: str
    example_id: str
    text: str
    row: int
    column: int
    cost: float | None = None
    latency_s: float | None = None


@dataclass(frozen=True, slots=True)
class ExamplesRead:
    """All that the sheet Examples says."""

    examples: tuple[Example, ...]
    labels: LabelNames
    fields: tuple[FieldSpec, ...]
    outputs: tuple[WideOutput, ...]


_LONGEST_FILE_NAME = 120
_RARE, _FREQUENT, _NEARLY = 2, 10, 0.85
"""Rows of a label that may be a slip, rows of the label it may be a slip of, and how alike they are."""
_MOST_LABELS = 300
"""With more of them Expected holds something else than labels."""
_FILE_NAME = re.compile(r"\s*[\w .,()&/\\-]{1,100}\.(?:pdf|docx?|txt|md|rtf|xlsx?|eml|msg)\s*", re.IGNORECASE)


def read_examples(  # noqa: PLR0917 - the sheet, and all that says how to read it
    table: Table,
    task: Task,
    labels: LabelNames,
    fields: tuple[FieldSpec, ...],
    records: RecordRows,
    folder: DocumentFolder,
) -> ExamplesRead:
    """Return the examples; labels and fields that no sheet declares are taken from the columns."""
    if not records_fields(fields):
        _check_columns(table, task)
    if task is Task.EXTRACTION and not fields:
        fields = fields_in(expected_names(table))
    if task is Task.CLASSIFICATION and not labels.declared:
        labels = _found_labels(table, several=labels.per_example_several)
    reader = _ExampleReader(table, task, labels, key_reader(task, table, labels, fields, records), folder)
    examples = tuple(example for row in table.rows() if (example := reader.read(row)) is not None)
    _check_segments(table, examples)
    if reader.numbers:
        table.faults.note(
            table.cells,
            f"numbers as Example IDs: {reader.numbers:,}; of 007 Excel keeps 7.",
            "Format the column as text if IDs begin with zeros.",
            "numeric id",
            row=table.header_row,
            column=table.columns["Example ID"],
        )
    if next(table.rows(), None) is None:
        table.faults.add(table.cells, "there is no example.", "Fill in at least one row.", "no rows")
    if examples and not any(e.key and e.key.says_something for e in examples) and not table.faults.stop:
        _say_unlabelled(table, task)
    return ExamplesRead(examples, labels, fields, tuple(reader.outputs))


def _check_segments(table: Table, examples: Sequence[Example]) -> None:
    """Warn of segments that differ in case, spaces or hyphens alone: each spelling counts as a segment of its own."""
    spellings: dict[str, Counter[str]] = {}
    for name, count in Counter(e.segment for e in examples if e.segment).items():
        spellings.setdefault(squash(name), Counter())[name] = count
    usual = {name: found.most_common(1)[0][0] for found in spellings.values() if len(found) > 1 for name in found}
    if not usual:
        return
    column, lines = table.columns["Segment"], {row.where("Example ID"): row.line for row in table.rows()}
    for example in examples:
        wanted = usual.get(example.segment, example.segment)
        if wanted != example.segment:
            table.faults.warn(
                table.cells,
                f'the segment "{example.segment[:60]}" is also written "{wanted[:60]}"; they count as two segments.',
                "Write it one way.",
                "spelling",
                row=lines.get(example.where, 0),
                column=column,
            )


def _say_unlabelled(table: Table, task: Task) -> None:
    """Refuse examples that nobody labelled; where every field says so with `?`, latency and cost can still be measured."""
    what, remedy = "no example says what is right", "Fill in what is expected for each example."
    if task is Task.SUMMARIZATION:
        table.faults.warn(
            table.cells,
            "there are no key facts: factual precision is measured, the omission rate is not.",
            "Fill in Key facts, one a line, for what every summary must say.",
            "no key facts",
        )
    elif task is Task.EXTRACTION:
        table.faults.warn(table.cells, f"{what}: only latency, cost and failures are measured.", remedy, "no labels")
    else:
        table.faults.add(table.cells, f"{what}.", remedy, "no labels")


def _check_columns(table: Table, task: Task) -> None:
    """Refuse a sheet without any column that says what is right."""
    needed = {
        Task.CLASSIFICATION: "Expected",
        Task.QUESTION_ANSWERING: "Expected",
        Task.SUMMARIZATION: "Key facts",
        Task.EXTRACTION: "Expected: <Field>",
    }[task]
    there = table.has(needed) or bool(table.families.get(needed))
    if not there and task is not Task.SUMMARIZATION:
        near = values.near(needed, [m.name for m in table.other])
        table.faults.add(
            table.cells,
            f'the column "{needed}" is missing, without which no example of {task.value} can be scored.',
            near or f'Add a column with the header "{needed}".',
            "missing column",
            row=table.header_row,
        )


def _found_labels(table: Table, *, several: bool) -> LabelNames:
    """Collect the labels from Expected; a cell of several lines is no label and is refused when it is read."""
    given: dict[int, str] = {}
    every: list[str] = []
    for row in table.rows():
        value = row.raw("Expected")
        if isinstance(value, str | int | float) and not is_blank(value):
            with suppress(UnreadableError):  # told when the row is read
                lines = names(value)
                every += [line for line in lines if line != "?" and fold(line) not in NO_LABELS]
                if len(lines) == 1 and lines[0] != "?":
                    given[row.line] = lines[0]
    if several:
        return replace(labels_in(every), per_example_several=True)
    found = labels_in(given.values())
    joined = {fold(n.name) for n in found.labels if _without(found, n.name).several(n.name)}
    if joined:
        found = labels_in(t for t in given.values() if fold(t) not in joined)
    _check_rare(table, found, given)
    return found


def _check_rare(table: Table, labels: LabelNames, given: Mapping[int, str]) -> None:
    """Warn of a label in a row or two that is nearly a frequent one: where no sheet lists them, a slip makes a label.

    `given` maps rows to what stands in Expected.
    """
    if len(labels.labels) > _MOST_LABELS:
        return
    rows: dict[str, list[int]] = {}
    for line, text in given.items():
        rows.setdefault(fold(text), []).append(line)
    frequent = [label.name for label in labels.labels if len(rows[fold(label.name)]) >= _FREQUENT]
    for label in labels.labels:
        at = rows[fold(label.name)]
        near = difflib.get_close_matches(label.name, frequent, n=1, cutoff=_NEARLY) if len(at) <= _RARE else []
        for line in at if near else ():
            table.faults.warn(
                table.cells,
                f'the Expected is "{label.name[:60]}", which hardly any row has, and looks like "{near[0][:60]}".',
                "Correct it, or list both on the sheet Labels.",
                "rare label",
                row=line,
                column=table.columns["Expected"],
            )


def _without(labels: LabelNames, name: str) -> LabelNames:
    """Return the labels as seen by one of them: whether it is a row of the others."""
    return labels if any(mark in name for mark in ";,|/+") or " and " in name else LabelNames()


class _ExampleReader:
    """Reads one row after the other and remembers the IDs it has seen."""

    def __init__(self, table: Table, task: Task, labels: LabelNames, keys: KeyReader, folder: DocumentFolder) -> None:
        self.outputs: list[WideOutput] = []
        self._table = table
        self._task = task
        self._labels = labels
        self._keys = keys
        self._folder = folder
        self._seen: dict[str, str] = {}
        self.numbers = 0
        """IDs that are numbers shown as such."""
        self._wide = table.families.get(_OUTPUT, [])
        self._costs = {fold(m.name): m for m in table.families.get(_COST, [])}
        self._latencies = {fold(m.name): m for m in table.families.get(_LATENCY, [])}
        answered = {fold(m.name) for m in self._wide}
        for noun, members in (("Cost", self._costs), ("Latency", self._latencies)):
            for name, member in members.items():
                if name not in answered:
                    what = f'there is no column "Output: {member.name}" beside "{noun}: {member.name}", so it is not used.'
                    remedy = f"Name it as the column of the answers, or use the column {noun} of the sheet Recorded outputs."
                    table.faults.warn(table.cells, what, remedy, "unused", row=table.header_row, column=member.column)

    def read(self, row: Row) -> Example | None:
        """Return one example, None where it has no ID."""
        row.require("Example ID")
        name = row.identifier("Example ID")
        self.numbers += isinstance(row.raw("Example ID"), int | float) and name.isdecimal() and not name.startswith("0")
        first = self._note_id(row, name)
        text, question, document = self._input(row)
        key = self._keys(row)
        if key is None:
            self._unscored(row)
        elif not key.says_something and self._table.has("Key facts"):
            what = "there are no key facts here: only its sentences are held against the input."
            row.warn("Key facts", what, "Fill them in, one a line.", "not labelled")
        for member in self._wide:
            output = row.verbatim_at(member.column, f"Output: {member.name}", exact=True)
            cost, latency = self._beside(row, member.name, answered=bool(output))
            if output and first:
                self.outputs.append(WideOutput(member.name, name, output, row.line, member.column, cost, latency))
        failure = row.identifier("Known failure")
        declared = row.choice("Split")
        if failure and declared:
            row.warn("Split", "a row with a Known failure is in no other split.", "Clear the Split of this row.", "unused")
        if not name:
            return None
        return Example(
            id=name,
            input=text,
            key=key,
            where=row.where("Example ID"),
            segment=row.name("Segment"),
            group=row.name("Group"),
            declared_split=Split(declared) if declared else None,
            known_failure=failure,
            second_label=self._second(row),
            document=document,
            question=question,
            notes=row.long_text("Notes"),
            other_columns={m.name: values.as_text(v) for m in self._table.other if not is_blank(v := row.at(m.column))},
        )

    def _note_id(self, row: Row, name: str) -> bool:
        """Refuse an ID that stands in another row; return whether this is its first row."""
        here = row.where("Example ID")
        if REPEAT in name:
            what = f'the Example ID "{name[:60]}" holds "{REPEAT.strip()}", which stands for the repeats of an example.'
            row.fault("Example ID", what, "Give the example another ID.", "repeat")
        first = self._seen.setdefault(fold(name), here) if name else here
        if first != here:
            what = f'the Example ID "{name[:60]}" stands already in {first}.'
            row.fault("Example ID", what, "Give each example its own ID.", "doubled")
        return first == here

    def _input(self, row: Row) -> tuple[str, str, Document | None]:
        """Return the text that is sent, from the cell, the file or both, what the cell asks of the file, and the file."""
        in_cell, in_file = not row.blank("Input"), not row.blank("Input file")
        text = row.long_text("Input")
        if in_file:
            column = self._table.columns["Input file"]
            found = row.read(column, "Input file", lambda v: self._folder.read(clean(values.as_text(v))))
            if found is None:
                return "", "", None
            read, document = found
            say_left_out(row, column, read, document)
            return (f"{read.text}{BETWEEN}{text}", text, document) if in_cell else (read.text, "", document)
        if not in_cell and (self._table.has("Input") or self._table.has("Input file")):
            remedy = "Fill in the text, name a file in Input file, or delete the row."
            row.fault("Input", "the Input is missing.", remedy, "missing value")
        if len(text) < _LONGEST_FILE_NAME and _FILE_NAME.fullmatch(text):
            row.warn(
                "Input",
                "the Input looks like the name of a file; the model would see the name alone.",
                "Move it to the column Input file.",
                "file name",
            )
        return text, "", None

    def _unscored(self, row: Row) -> None:
        """Say that an example counts for cost and latency only."""
        header = "Key facts" if self._task is Task.SUMMARIZATION else "Expected"
        if row.blank(header) or self._task is Task.EXTRACTION:
            row.warn(header, "nothing says what is right here; the example is not scored.", "Fill it in.", "not labelled")

    def _beside(self, row: Row, candidate: str, *, answered: bool) -> tuple[float | None, float | None]:
        """Return what the answer cost and how long it took; a figure without an answer is told."""
        cost, latency = self._costs.get(fold(candidate)), self._latencies.get(fold(candidate))
        found = (
            None if cost is None else row.money_at(cost.column, f"Cost: {cost.name}", _COST),
            None if latency is None else row.seconds_at(latency.column, f"Latency: {latency.name}", _LATENCY),
        )
        for member, value, noun in ((cost, found[0], "Cost"), (latency, found[1], "Latency")):
            if member is not None and value is not None and not answered:
                what = f"there is a {noun} of {member.name} but no Output, so it is not used."
                row.warn_at(
                    member.column, what, f'Fill in the column "Output: {member.name}", or clear this cell.', "unused"
                )
        return found

    def _second(self, row: Row) -> str:
        """Return what a second person said, as a label where the task has labels."""
        text = "\n".join(row.names("Second label"))
        if self._task is not Task.CLASSIFICATION or not text:
            return text
        if self._labels.per_example_several:
            found = read_label_set(row, "Second label", self._labels)
            return "" if found is None else set_in_words(found)
        label = self._labels.named(text)
        if label is None:
            row.warn(
                "Second label",
                f"the Second label is {values.shown(text)}, which is no label.",
                values.near(text, [n.name for n in self._labels.labels]) or "Correct it.",
                "unknown label",
            )
        return label or text


def segments_of(examples: Sequence[Example]) -> dict[str, str]:
    """Return the segments that examples name, by their folded form."""
    return {fold(e.segment): e.segment for e in examples if e.segment}
