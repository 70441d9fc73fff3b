"""Reads the sheets that say what a right answer may be: Labels and Fields, and labels found in Expected."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from reportgen.domain.records.plan import FieldSpec, FieldType, Label
from reportgen.workbook.reading import values
from reportgen.workbook.reading.row import Row
from reportgen.workbook.reading.table import Table
from reportgen.workbook.reading.values import fold


@dataclass(frozen=True, slots=True)
class LabelNames:
    """Labels by every spelling, folded. `declared` = the sheet Labels lists them; else Expected does."""

    labels: tuple[Label, ...] = ()
    by_spelling: Mapping[str, str] = field(default_factory=dict)
    declared: bool = False

    def named(self, text: str) -> str | None:
        """Return the label that a text names, None where there is none."""
        return self.by_spelling.get(fold(text))

    def several(self, text: str) -> bool:
        """Whether a text is a row of labels, parted by a mark."""
        parts = [p for p in re.split(r"[;,|/\n+]| and ", text) if p.strip()]
        return len(parts) > 1 and all(self.named(p) for p in parts)


def read_labels(table: Table) -> LabelNames:
    """Return the labels of the sheet Labels, none where it has no rows."""
    labels: list[Label] = []
    spelled: dict[str, tuple[str, str]] = {}
    for row in table.rows():
        if not row.require("Label"):
            continue
        name = row.name("Label")
        also = row.names("Also written as")
        for spelling, header in [(name, "Label"), *((a, "Also written as") for a in also)]:
            before = spelled.setdefault(fold(spelling), (name, row.where(header)))
            if before[1] != row.where(header) and not (before[0] == name and header != "Label"):
                row.fault(
                    header,
                    f'"{spelling[:60]}" stands already in {before[1]}.',
                    "Each spelling belongs to one label.",
                    "doubled",
                )
        labels.append(Label(name, row.long_text("Description"), also))
    return LabelNames(tuple(labels), {k: v[0] for k, v in spelled.items()}, declared=bool(labels))


def labels_in(expected: Iterable[str]) -> LabelNames:
    """Return the labels that Expected holds, in order; the first spelling of each stands for all."""
    found: dict[str, str] = {}
    for text in expected:
        found.setdefault(fold(text), text)
    return LabelNames(tuple(Label(n) for n in found.values()), found)


def read_fields(table: Table) -> tuple[FieldSpec, ...]:
    """Return the fields of the sheet Fields, none where it has no rows."""
    fields: list[FieldSpec] = []
    spelled: dict[str, str] = {}
    for row in table.rows():
        if not row.require("Field", "Type"):
            continue
        name = row.name("Field")
        kind = row.choice("Type")
        choices = row.names("Choices")
        also = row.names("Also written as")
        for spelling, header in [(name, "Field"), *((a, "Also written as") for a in also if "=" not in a)]:
            before = spelled.setdefault(fold(spelling), row.where(header))
            if before != row.where(header):
                row.fault(
                    header, f'"{spelling[:60]}" stands already in {before}.', "Each name belongs to one field.", "doubled"
                )
        spec = FieldSpec(
            name=name,
            type=FieldType(kind or FieldType.TEXT.value),
            required=row.yes_no("Required") or False,
            citation_required=row.yes_no("Citation required") or False,
            choices=choices,
            tolerance=row.number("Tolerance"),
            also_written=also,
            description=row.long_text("Description"),
            items=FieldType(row.choice("Items are") or FieldType.TEXT.value),
        )
        _check_field(row, spec)
        fields.append(spec)
    return tuple(fields)


_WITH_TOLERANCE = frozenset({FieldType.NUMBER, FieldType.MONEY, FieldType.DATE})


def _check_field(row: Row, spec: FieldSpec) -> None:
    """Put down what does not fit the field's type."""
    compared = spec.items if spec.type is FieldType.LIST else spec.type
    if compared is FieldType.CHOICE and not spec.choices:
        row.fault(
            "Choices", f"the field {spec.name} has the type choice and no Choices.", "List them, one a line.", "no choices"
        )
    if spec.type is not FieldType.LIST and not row.blank("Items are"):
        row.warn("Items are", f"the field {spec.name} is no list; the cell is not read.", "Set its Type to list.", "unused")
    if spec.choices and compared is not FieldType.CHOICE:
        row.warn(
            "Choices", f"the field {spec.name} is no choice; its Choices are not read.", "Set its Type to choice.", "unused"
        )
    if spec.tolerance is not None and compared not in _WITH_TOLERANCE:
        row.fault(
            "Tolerance",
            f"the field {spec.name} has the type {compared.value}, which has no tolerance.",
            "Clear the cell, or set the Type to number, money or date.",
            "out of limits",
        )
    known = {fold(c) for c in spec.choices}
    seen: set[str] = set()
    for choice in spec.choices:
        if fold(choice) in seen:
            row.fault("Choices", f'the choice "{choice[:60]}" stands twice.', "Delete one of the two lines.", "doubled")
        seen.add(fold(choice))
    for line in spec.also_written:
        choice = line.partition("=")[0]
        if "=" in line and compared is FieldType.CHOICE and fold(choice) not in known:
            row.fault(
                "Also written as",
                f'"{choice.strip()[:60]}" is no choice of the field {spec.name}.',
                values.near(choice, spec.choices) or "Write choice = other spelling.",
                "unknown choice",
            )


def fields_in(names: Sequence[str]) -> tuple[FieldSpec, ...]:
    """Return a text field for each `Expected: <Field>` column."""
    return tuple(FieldSpec(name) for name in names)
