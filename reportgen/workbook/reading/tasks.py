"""Reads the sheets that say what a right answer may be: Labels and Fields, and labels found in Expected."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from reportgen.domain.records.plan import FieldSpec, FieldType, Label, MistakeCost
from reportgen.workbook.rows import values
from reportgen.workbook.rows.row import Row
from reportgen.workbook.rows.table import Table
from reportgen.workbook.rows.values import fold


@dataclass(frozen=True, slots=True)
class LabelNames:
    """Labels by every spelling, folded. `declared` = the sheet Labels lists them; else Expected does."""

    labels: tuple[Label, ...] = ()
    by_spelling: Mapping[str, str] = field(default_factory=dict)
    declared: bool = False
    per_example_several: bool = False
    """An example may have several of them."""

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
        labels.append(Label(name, row.long_text("Description"), also, row.integer("Order")))
    _check_order(table, labels)
    return LabelNames(tuple(labels), {k: v[0] for k, v in spelled.items()}, declared=bool(labels))


def _check_order(table: Table, labels: Sequence[Label]) -> None:
    """Refuse an order that some labels lack, or that puts two labels on one place."""
    without = [label.name for label in labels if label.order is None]
    if not labels or len(without) == len(labels):
        return
    column = table.columns["Order"]
    if without:
        what = f"the labels {values.listed(without)} have no Order, and others do."
        table.faults.add(table.cells, what, "Fill it in for all of them, or for none.", "no order", column=column)
    seen: dict[int, str] = {}
    for label in labels:
        if label.order is not None and seen.setdefault(label.order, label.name) != label.name:
            what = f"{label.name} and {seen[label.order]} have the same Order, {label.order}."
            table.faults.add(table.cells, what, "Each label has a place of its own.", "doubled", column=column)


NO_LABEL = frozenset({"(none)", "none", "(invalid)", "(no answer)", "no answer", "(unreadable)"})
"""What stands under Given for an answer of which no label can be read."""


def read_mistakes(table: Table, labels: LabelNames) -> tuple[MistakeCost, ...]:
    """Return what it costs when one label is taken for another."""
    found: list[MistakeCost] = []
    seen: dict[tuple[str, str], str] = {}
    for row in table.rows():
        if not row.require("Expected", "Given", "Cost"):
            continue
        expected, given, cost = _label_at(row, "Expected", labels), _label_at(row, "Given", labels), row.money("Cost")
        if expected is None or given is None or cost is None:
            continue
        first = seen.setdefault((expected, given), row.where("Cost"))
        if first != row.where("Cost"):
            row.fault("Cost", f"the cost of this mistake stands already in {first}.", "Keep one of the two.", "doubled")
        if expected == given and cost:
            row.fault(
                "Cost",
                f"{expected} for {given} is no mistake.",
                "Delete the row; a right answer costs nothing.",
                "no mistake",
            )
        found.append(MistakeCost(expected, given, cost, row.where("Cost")))
    if found and not any(pair.cost for pair in found):
        table.faults.add(table.cells, "every mistake costs 0.", "Fill in the costs, or delete the sheet.", "no costs")
    silent = [label.name for label in labels.labels if label.name not in {pair.expected for pair in found}]
    if found and silent:
        what = f"no mistake on {values.listed(silent)} has a cost; each costs the highest of the sheet."
        table.faults.warn(table.cells, what, "Add a row for what such a mistake costs.", "no costs")
    return tuple(found)


def _label_at(row: Row, header: str, labels: LabelNames) -> str | None:
    text = row.text(header)
    if header == "Given" and labels.named(text) is None and fold(text) in NO_LABEL:
        return ""
    name = labels.named(text)
    if name is None:
        near = values.near(text, [label.name for label in labels.labels])
        what = f"the {header} is {values.shown(text)}, which is not on the sheet Labels."
        row.fault(header, what, near or "Write a label.", "unknown label")
    return name


def labels_in(expected: Iterable[str]) -> LabelNames:
    """Return the labels that Expected holds, in order; the first spelling of each stands for all."""
    found: dict[str, str] = {}
    for text in expected:
        found.setdefault(fold(text), text)
    return LabelNames(tuple(Label(n) for n in found.values()), found)


def read_fields(table: Table) -> tuple[FieldSpec, ...]:
    """Return the fields of the sheet Fields, none where it has no rows; parts stand in their records field."""
    found: list[tuple[Row, FieldSpec]] = []
    spelled: dict[str, str] = {}
    for row in table.rows():
        if not row.require("Field", "Type"):
            continue
        spec = _field_of(row)
        whole, colon, _ = spec.name.partition(":")
        for spelling, header in [(spec.name, "Field"), *((a, "Also written as") for a in spec.also_written if "=" not in a)]:
            within = f"{whole}: " if colon and header != "Field" else ""
            before = spelled.setdefault(fold(within + spelling), row.where(header))
            if before != row.where(header):
                row.fault(
                    header, f'"{spelling[:60]}" stands already in {before}.', "Each name belongs to one field.", "doubled"
                )
        _check_field(row, spec)
        found.append((row, spec))
    return _assembled(found)


def _field_of(row: Row) -> FieldSpec:
    described = row.long_text("Description")
    total = _SUM_OF.search(described)
    return FieldSpec(
        name=row.name("Field"),
        type=FieldType(row.choice("Type") or FieldType.TEXT.value),
        required=row.yes_no("Required") or False,
        citation_required=row.yes_no("Citation required") or False,
        choices=row.names("Choices"),
        tolerance=row.number("Tolerance"),
        also_written=row.names("Also written as"),
        description=described,
        items=FieldType(row.choice("Items are") or FieldType.TEXT.value),
        sum_of=" ".join(total[1].split()) if total is not None else "",
    )


_SUM_OF = re.compile(r"\bsum of ([^:\n.;]{1,80}: *[^\n.;]{1,80})", re.IGNORECASE)
"""What the Description of a total says of the part that it adds up: `sum of Line items: Amount`."""
_NO_PART = frozenset({FieldType.LIST, FieldType.RECORDS})


def _assembled(found: Sequence[tuple[Row, FieldSpec]]) -> tuple[FieldSpec, ...]:
    """Put the parts, `Line items: Amount`, into their records field, and totals to the part that they add up."""
    records = {fold(s.name): s.name for _, s in found if s.type is FieldType.RECORDS}
    parts: dict[str, list[FieldSpec]] = {name: [] for name in records.values()}
    fields: list[tuple[Row, FieldSpec]] = []
    for row, spec in found:
        whole, colon, name = spec.name.partition(":")
        owner = records.get(fold(whole)) if colon else None
        if owner is None:
            fields.append((row, spec))
            continue
        if spec.type in _NO_PART:
            row.fault("Type", f"the part {spec.name} has the type {spec.type.value}.", "Parts hold one value.", "no part")
        if spec.citation_required:
            row.warn("Citation required", f"no quote is asked for the part {spec.name}.", "Clear the cell.", "unused")
        parts[owner].append(replace(spec, name=" ".join(name.split()), citation_required=False))
    whole_fields = [(row, replace(s, parts=tuple(parts.get(s.name, ()))) if s.name in parts else s) for row, s in fields]
    names = {fold(n): n for _, s in whole_fields for n in s.part_names}
    return tuple(_checked(row, spec, names) for row, spec in whole_fields)


def _checked(row: Row, spec: FieldSpec, parts: Mapping[str, str]) -> FieldSpec:
    """Return a field as it is used; put down records without parts or with quotes, and sums of what is not there."""
    if spec.type is FieldType.RECORDS and not spec.parts:
        remedy = f"Add a row for each part, such as {spec.name}: Amount, with the Type of the part."
        row.fault("Field", f"the field {spec.name} has the type records and no parts.", remedy, "no parts")
    if spec.type is FieldType.RECORDS and spec.citation_required:
        row.warn("Citation required", f"no quote is asked for the rows of {spec.name}.", "Clear the cell.", "unused")
        spec = replace(spec, citation_required=False)
    if not spec.sum_of:
        return spec
    part = parts.get(fold(spec.sum_of))
    if part is None or spec.type not in {FieldType.NUMBER, FieldType.MONEY}:
        if parts:
            what = f'the Description of {spec.name} speaks of a sum of "{spec.sum_of[:60]}", which is not checked.'
            row.warn("Description", what, values.near(spec.sum_of, parts.values()) or "Nothing to do.", "no sum")
        return replace(spec, sum_of="")
    return replace(spec, sum_of=part)


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
