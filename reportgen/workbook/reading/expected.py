"""Reads what is right for one example, task by task; a value that could mean two things is refused, never scored later."""

# ruff: noqa: EM101, EM102, TRY003 - each sentence to the user stands where its fault is found

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from reportgen.domain.reading.dates import read_date
from reportgen.domain.reading.numbers import mark_of, read_quantity
from reportgen.domain.records.plan import NO_LABELS, AnswerKey, FieldKey, FieldSpec, FieldType, Task
from reportgen.domain.wording.figures import row_in_words
from reportgen.workbook.layout.sheets import squash
from reportgen.workbook.reading.key_cells import answer_lines, field_lines
from reportgen.workbook.reading.records import RecordRows
from reportgen.workbook.reading.tasks import LabelNames
from reportgen.workbook.rows import texts, values
from reportgen.workbook.rows.row import Row
from reportgen.workbook.rows.table import Member, Table
from reportgen.workbook.rows.unsupported import MULTI_LABEL
from reportgen.workbook.rows.values import UnreadableError, fold

_JOINED_ANSWERS = re.compile(r"[^;/\n]{1,40}(?:(?:;| / )[^;/\n]{1,40})+")
_JOINED_FACTS = re.compile(r"[^;\n]{5,200}(?:;[^;\n]{5,200}){2,}")

_PLAINLY = "Write the figure with its unit or currency in full, such as 1250.50 EUR or 5 metres."
KeyReader = Callable[[Row], AnswerKey | None]

_UNLABELLED = "?"
_STAND_INS = frozenset(
    {
        *(
            "-",
            "--",
            "---",
            "\u2013",
            "\u2014",
            "/",
            "./.",
            "n/a",
            "n.a.",
            "na",
            "n.v.",
            "k.a.",
            "none",
            "null",
            "nil",
            "missing",
        ),
        *("unknown", "not given", "not stated", "not specified", "not applicable", "not available", "not found", "no value"),
    }
)
"""What offices write for "there is none", folded; the scorers would look for these very words in the document."""
_EXPECTED, _EVIDENCE = "Expected: <Field>", "Evidence: <Field>"


def key_reader(task: Task, table: Table, labels: LabelNames, fields: Sequence[FieldSpec], records: RecordRows) -> KeyReader:
    """Return the reader of answer keys for one task; None from it means that nothing is labelled."""
    match task:
        case Task.CLASSIFICATION:
            return lambda row: _set_key(row, labels) if labels.per_example_several else _label_key(row, labels)
        case Task.QUESTION_ANSWERING:
            return _answers_key
        case Task.SUMMARIZATION:
            return _summary_key
        case Task.EXTRACTION:
            columns = field_columns(table, fields)
            return lambda row: _fields_key(row, columns, records)


def _set_key(row: Row, labels: LabelNames) -> AnswerKey | None:
    """Return the key of an example that may have several labels."""
    found = read_label_set(row, "Expected", labels)
    return None if found is None else AnswerKey(label=set_in_words(found), labels=found)


def set_in_words(labels: Sequence[str]) -> str:
    """Return a set of labels as one text, the same for the same set."""
    return "; ".join(labels) or "(none)"


def read_label_set(row: Row, header: str, labels: LabelNames) -> tuple[str, ...] | None:
    """Return the labels of a cell in their own order, empty where none applies; None where it is blank, `?` or at fault."""
    given = row.names(header)
    if not given or given == (_UNLABELLED,):
        return None
    if len(given) == 1 and labels.named(given[0]) is None:
        if fold(given[0]) in NO_LABELS:
            return ()
        given = tuple(part for part in re.split(r"\s*[,;|]\s*", given[0]) if part)
    unknown = [text for text in given if labels.named(text) is None]
    for text in unknown:
        what = f"the {header} holds {values.shown(text)}, which is not on the sheet Labels."
        near = values.near(text, [n.name for n in labels.labels])
        row.fault(header, what, near or "Add it there, or correct it.", "unknown label")
    found = {labels.named(text) for text in given}
    return None if unknown else tuple(n.name for n in labels.labels if n.name in found)


def _label_key(row: Row, labels: LabelNames) -> AnswerKey | None:
    label = read_label(row, "Expected", labels)
    return None if label is None else AnswerKey(label=label)


def read_label(row: Row, header: str, labels: LabelNames) -> str | None:
    """Return the label of a cell, None where it is blank, `?` or at fault."""
    given = row.names(header)
    text = "\n".join(given)
    if not given or text == _UNLABELLED:
        return None
    named = {labels.named(g) for g in given}
    if len(named) == 1 and (label := named.pop()):
        return label
    if len(given) > 1 or labels.several(text):
        row.fault(
            header,
            f"{values.shown(text)} holds more than one label: {MULTI_LABEL}",
            "Keep the one that counts.",
            "not supported",
        )
        return None
    row.fault(
        header,
        f"the {header} is {values.shown(text)}, which is not on the sheet Labels.",
        values.near(text, [n.name for n in labels.labels]) or "Add it there, or correct it.",
        "unknown label",
    )
    return None


def _answers_key(row: Row) -> AnswerKey | None:
    answers = answer_lines(row, "Expected")
    _check_lines(row, "Expected", answers, _JOINED_ANSWERS, "accepted answers")
    return AnswerKey(answers=answers) if answers else None


def _summary_key(row: Row) -> AnswerKey | None:
    reference, facts = row.long_text("Reference summary"), answer_lines(row, "Key facts")
    _check_lines(row, "Key facts", facts, _JOINED_FACTS, "facts")
    return AnswerKey(reference=reference, key_facts=facts)  # without either, sentences are still held against the input


def _check_lines(row: Row, header: str, lines: Sequence[str], joined: re.Pattern[str], noun: str) -> None:
    """Warn of several things on one line, which count as one."""
    if len(lines) == 1 and joined.fullmatch(lines[0]):
        row.warn(
            header,
            f"the cell {header} has several parts on one line, which count as one; several {noun} may be meant.",
            "Put each on a line of its own (Alt+Enter), or leave it if it is one.",
            "one line",
        )


@dataclass(frozen=True, slots=True)
class FieldColumns:
    """The two columns of one field; 0 = the sheet has none."""

    spec: FieldSpec
    expected: int
    evidence: int


def field_columns(table: Table, fields: Sequence[FieldSpec]) -> tuple[FieldColumns, ...]:
    """Match the columns `Expected: <Field>` and `Evidence: <Field>` with the fields; put down what does not match."""
    names = {fold(f.name): f.name for f in fields}
    also = {fold(a): f.name for f in fields for a in f.also_written if "=" not in a}
    found = {family: _matched(table, family, also | names) for family in (_EXPECTED, _EVIDENCE)}
    for field in fields:
        if field.name not in found[_EXPECTED] and field.type is not FieldType.RECORDS:
            table.faults.warn(
                table.cells,
                f'there is no column "Expected: {field.name}"; the field is not scored.',
                _meant(table, field.name) or "Add the column, or take the field off the sheet Fields.",
                "missing column",
                row=table.header_row,
            )
    return tuple(FieldColumns(f, found[_EXPECTED].get(f.name, 0), found[_EVIDENCE].get(f.name, 0)) for f in fields)


def _meant(table: Table, field: str) -> str:
    """Offer a column of the user's own that may be meant by an `Expected:` column."""
    keys = {squash(field), squash(f"Expected {field}")}
    found = next((m.name for m in table.other if squash(m.name) in keys), "")
    return f'Did you mean this by "{found}"? Then rename it to "Expected: {field}".' if found else ""


def _matched(table: Table, family: str, names: Mapping[str, str]) -> dict[str, int]:
    """Return field name -> column for one family."""
    matched: dict[str, int] = {}
    for member in table.families.get(family, ()):
        name = names.get(fold(member.name))
        if name is None:
            what = f'"{member.name}" is not on the sheet Fields.'
            remedy = values.near(member.name, names.values()) or "Add it there, or delete the column."
            code = "unknown field"
        elif name in matched:
            what, remedy, code = f'the field "{name}" has two columns.', "Delete one of them.", "doubled header"
        else:
            matched[name] = member.column
            continue
        table.faults.add(table.cells, what, remedy, code, row=table.header_row, column=member.column)
    return matched


def expected_names(table: Table) -> tuple[str, ...]:
    """Return the fields that the `Expected:` columns name, in order."""
    members: list[Member] = table.families.get(_EXPECTED, [])
    return tuple({fold(m.name): m.name for m in members}.values())


def _rows_key(row: Row, each: FieldColumns, records: RecordRows) -> FieldKey:
    """Return the rows of a records field; its own column, where there is one, may only say that nobody looked."""
    given = row.read(each.expected, f"Expected: {each.spec.name}", texts.lines) if each.expected else None
    rows = records.of(row.identifier("Example ID"), each.spec.name)
    if given and given != (_UNLABELLED,):
        row.frame.faults.add(
            row.frame.cells,
            f"the Expected: {each.spec.name} is {values.shown(given[0])}, and rows stand on the sheet Records.",
            "Put each row there; here only ? may stand, where nobody looked.",
            "not a row",
            row=row.line,
            column=each.expected,
        )
    labelled = not given or bool(rows)
    return FieldKey(tuple(row_in_words(r) for r in rows), labelled=labelled, rows=rows)


def _fields_key(row: Row, columns: Sequence[FieldColumns], records: RecordRows) -> AnswerKey | None:
    keys: dict[str, FieldKey] = {}
    for each in columns:
        if each.spec.type is FieldType.RECORDS:
            keys[each.spec.name] = _rows_key(row, each, records)
            continue
        given = field_lines(row, each.expected, each.spec) if each.expected else (_UNLABELLED,)
        labelled = given != (_UNLABELLED,)
        evidence = row.verbatim_at(each.evidence, f"Evidence: {each.spec.name}") if each.evidence else ""
        if labelled:
            _check_values(row, each, given)
        keys[each.spec.name] = FieldKey(given if labelled else (), evidence, labelled)
    if keys and all(k.labelled and not k.values for k in keys.values()):
        row.frame.faults.warn(
            row.frame.cells,
            "no field is filled in, which says that the document holds none of them.",
            "Nothing to do if that is so; else fill in the fields, with ? in those at which nobody looked.",
            "no field",
            row=row.line,
            column=columns[0].expected,
        )
    return AnswerKey(fields=keys) if any(k.labelled for k in keys.values()) else None


def _check_values(row: Row, each: FieldColumns, given: Sequence[str]) -> None:
    """Read expected values by the field's type: two readings are an error, none is a warning (only the same words count)."""
    frame = row.frame
    noun = f"Expected: {each.spec.name}"
    if len(given) == 1 and _stands_in(given[0], each.spec):
        frame.faults.warn(
            frame.cells,
            f"the {noun} is {values.shown(given[0])}, which counts as words that stand in the document.",
            "Leave the cell blank where the document holds no such value; write ? where nobody looked.",
            "stand-in",
            row=row.line,
            column=each.expected,
        )
        return
    for text in given:
        try:
            read_typed(text, each.spec, frame.locale.decimal_mark, frame.locale.date_order)
        except UnreadableError as e:
            put = frame.faults.add if e.code in {"two readings", "unknown choice"} else frame.faults.warn
            what = f"the {noun} is {values.shown(text)}, {e.tail}"
            put(frame.cells, what, e.remedy, e.code, row=row.line, column=each.expected)


def _stands_in(text: str, spec: FieldSpec) -> bool:
    return spec.type not in {FieldType.CHOICE, FieldType.YES_NO} and fold(text) in _STAND_INS


def read_typed(text: str, spec: FieldSpec, decimal_mark: str, date_order: str) -> None:
    """Read one value by its type and forget it; the scorers read it again in the same way."""
    match spec.type:
        case FieldType.DATE:
            _one_date(text, date_order)
        case FieldType.NUMBER | FieldType.MONEY:
            _one_quantity(text, mark_of(decimal_mark), money=spec.type is FieldType.MONEY)
        case FieldType.YES_NO:
            values.yes_no(text)
        case FieldType.CHOICE:
            others = (a.partition("=") for a in spec.also_written if "=" in a)
            if not spec.choices:
                return  # the sheet Fields has been told that its choices are missing
            values.choice(text, spec.choices, {fold(right): left.strip() for left, _, right in others})
        case FieldType.LIST:
            read_typed(text, replace(spec, type=spec.items), decimal_mark, date_order)
        case FieldType.TEXT | FieldType.NAME | FieldType.RECORDS:
            return


def _one_quantity(text: str, mark: str, *, money: bool) -> None:
    """Refuse a number or an amount that has two readings, or none."""
    found = read_quantity(text, mark, money=money)
    if found is None or (money and found.unit):
        noun = "an amount of money" if money else "a number"
        raise UnreadableError(f"which is not {noun} that can be read; only the same text is right.", _PLAINLY)
    if found.ambiguous:
        told = " or ".join(f"{value:f}" for value in found.values)
        remedy = "Type it without a thousands mark, or fill in Decimal mark on the sheet Evaluation."
        raise UnreadableError(f"which could mean {told}.", remedy if found.doubt == "mark" else _PLAINLY, "two readings")


def _one_date(text: str, order: str) -> None:
    """Refuse a date that has two readings, or none."""
    found = read_date(text, order)
    if not found:
        raise UnreadableError(
            "which is not a date that can be read; only the same text is right.",
            "Write it as 2026-04-03 (year, month, day).",
        )
    if len(found) > 1:
        told = " or ".join(str(date) for date in found)
        raise UnreadableError(
            f"which could mean {told}.",
            f"Write it as {found[0]}, or fill in Date order on the sheet Evaluation.",
            "two readings",
        )
