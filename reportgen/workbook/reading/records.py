"""Reads the sheet Records: the rows that stand in each document, such as the line items of an invoice, part by part."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from reportgen.domain.records.plan import Example, FieldSpec, FieldType
from reportgen.workbook.reading.key_cells import field_lines
from reportgen.workbook.rows import values
from reportgen.workbook.rows.row import Row
from reportgen.workbook.rows.table import Table
from reportgen.workbook.rows.values import UnreadableError, fold

ReadTyped = Callable[[str, FieldSpec, str, str], None]
"""Reads one expected value by its field's type and raises UnreadableError where it cannot be read for certain."""
_UNLABELLED = "?"


@dataclass(frozen=True, slots=True)
class RecordRows:
    """The expected rows by folded example ID and field, and where the first row of each example stands."""

    rows: Mapping[tuple[str, str], tuple[Mapping[str, str], ...]] = field(default_factory=dict)
    first: Mapping[str, Row] = field(default_factory=dict)

    def of(self, example_id: str, name: str) -> tuple[Mapping[str, str], ...]:
        """Return the rows of one field of one example, none where the document holds none."""
        return self.rows.get((fold(example_id), name), ())

    def check_known(self, examples: Iterable[Example]) -> None:
        """Put down the rows of examples that are not there."""
        known = {fold(e.id): e.id for e in examples}
        for example_id, row in self.first.items():
            if example_id not in known:
                given = row.identifier("Example ID")
                near = values.near(given, known.values())
                row.fault(
                    "Example ID",
                    f"there is no example {values.shown(given)}.",
                    near or "Correct the Example ID, or add the example.",
                    "unknown example",
                )


def records_fields(fields: Sequence[FieldSpec]) -> tuple[FieldSpec, ...]:
    """Return the fields that hold rows."""
    return tuple(spec for spec in fields if spec.type is FieldType.RECORDS)


def read_records(table: Table, fields: Sequence[FieldSpec], typed: ReadTyped) -> RecordRows:
    """Return the rows of the sheet Records; every cell is read by the type of its part."""
    owners = {fold(spec.name): spec for spec in records_fields(fields)}
    columns = _part_columns(table, owners.values())
    rows: dict[tuple[str, str], list[Mapping[str, str]]] = {}
    first: dict[str, Row] = {}
    for row in table.rows():
        if not row.require("Example ID"):
            continue
        spec = _owner(row, owners)
        if spec is None:
            continue
        example = fold(row.identifier("Example ID"))
        first.setdefault(example, row)
        found = {
            part.name: _value(row, columns[spec.name, part.name], spec, part, typed)
            for part in spec.parts
            if (spec.name, part.name) in columns
        }
        if any(found.values()):
            rows.setdefault((example, spec.name), []).append(found)
        else:
            row.warn("Example ID", "the row holds no part and was not read.", "Fill in a part, or delete it.", "blank row")
    return RecordRows({name: tuple(found) for name, found in rows.items()}, first)


def _owner(row: Row, owners: Mapping[str, FieldSpec]) -> FieldSpec | None:
    """Return the field that a row belongs to, None where it names none."""
    named = row.text("Field") if row.frame.columns.get("Field") else ""
    if not named and len(owners) == 1:
        return next(iter(owners.values()))
    spec = owners.get(fold(named))
    if spec is None:
        names = [s.name for s in owners.values()]
        what = f"the Field is {values.shown(named)}, which is no field of the type records."
        if not named:
            what = "the Field is missing, and there are several of the type records."
        row.fault("Field", what, values.near(named, names) or f"Write one of: {values.listed(names)}.", "unknown field")
    return spec


def _part_columns(table: Table, owners: Iterable[FieldSpec]) -> dict[tuple[str, str], int]:
    """Match the further columns with parts, `Amount` or `Line items: Amount`; put down what does not match."""
    fields = tuple(owners)
    found: dict[tuple[str, str], int] = {}
    spelled: dict[str, list[tuple[str, str]]] = {}
    for spec in fields:
        for part in spec.parts:
            for name in (part.name, f"{spec.name}: {part.name}", *(a for a in part.also_written if "=" not in a)):
                spelled.setdefault(fold(name), []).append((spec.name, part.name))
    names = [part.name for spec in fields for part in spec.parts]
    for member in table.other:
        targets = spelled.get(fold(member.name), [])
        for target in targets:
            found.setdefault(target, member.column)
        if not targets:
            table.faults.warn(
                table.cells,
                f'the column "{member.name}" is no part of a field of the type records and was not read.',
                values.near(member.name, names) or "Add the part on the sheet Fields, or delete the column.",
                "unknown column",
                row=table.header_row,
                column=member.column,
            )
    for spec in fields:
        lacking = [part.name for part in spec.parts if (spec.name, part.name) not in found]
        if lacking and next(table.rows(), None) is not None:
            table.faults.add(
                table.cells,
                f"there is no column for {values.listed(lacking)} of {spec.name}.",
                "Add a column with the name of the part, or take it off the sheet Fields.",
                "missing column",
                row=table.header_row,
            )
    return found


def _value(row: Row, column: int, spec: FieldSpec, part: FieldSpec, typed: ReadTyped) -> str:
    """Return one cell as text; put down what its type cannot read for certain."""
    noun = f"{spec.name}: {part.name}"
    text = " ".join(field_lines(row, column, replace(part, name=noun)))
    if not text or text == _UNLABELLED:
        return text
    frame = row.frame
    try:
        typed(text, part, frame.locale.decimal_mark, frame.locale.date_order)
    except UnreadableError as e:
        put = frame.faults.add if e.code in {"two readings", "unknown choice"} else frame.faults.warn
        put(frame.cells, f"the {noun} is {values.shown(text)}, {e.tail}", e.remedy, e.code, row=row.line, column=column)
    return text
