"""Reads the sheets that most workbooks leave out: production mix, known failures, requirements, screening, attestations."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from reportgen.domain.records.plan import Attestation, Example, Importance, KnownFailure, Requirement, ScreeningRow
from reportgen.workbook.reading.candidates import CandidatesRead
from reportgen.workbook.reading.recorded import unknown_candidate
from reportgen.workbook.rows import values
from reportgen.workbook.rows.table import Table
from reportgen.workbook.rows.values import fold, shown

_SUM_TOLERANCE = 0.005
"""Shares typed with one digit after the point may miss 100 % by so much."""


def read_mix(table: Table, examples: Sequence[Example]) -> dict[str, float]:
    """Return segment -> share of production; the shares add up to 100 % and cover the segments of the examples."""
    mix: dict[str, float] = {}
    segments = {fold(e.segment): e for e in reversed(examples) if not e.known_failure}
    listed: dict[str, str] = {}
    whole = True
    for row in table.rows():
        if not row.require("Segment", "Share"):
            whole = False
            continue
        name, share = row.name("Segment"), row.share("Share")
        if fold(name) in listed:
            row.fault("Segment", f"the segment {shown(name)} stands twice.", "Add the two shares up.", "doubled")
            whole = False
        listed[fold(name)] = name
        known = segments.get(fold(name))
        if known is None and share:
            row.warn(
                "Segment",
                f"no example stands for the segment {shown(name)}.",
                values.near(name, [e.segment for e in segments.values() if e.segment]) or "Add examples of it.",
                "uncovered segment",
            )
        if share is None:
            whole = False
        else:
            mix[known.segment if known else name] = share
    if mix and whole and abs(sum(mix.values()) - 1) > _SUM_TOLERANCE:
        table.faults.add(
            table.cells, f"the shares add up to {sum(mix.values()) * 100:.10g} %.", "Make them add up to 100 %.", "shares"
        )
    return _normalised(mix) if mix else mix


def _normalised(mix: Mapping[str, float]) -> dict[str, float]:
    """Return the shares so that they add up to 1 exactly, which rounding on paper seldom does."""
    total = sum(mix.values())
    return dict(mix) if abs(total - 1) < 1e-12 or abs(total - 1) > _SUM_TOLERANCE else {k: v / total for k, v in mix.items()}  # noqa: PLR2004 - the last bits of a double


def check_covered(mix_table: Table, examples: Table, mix: Mapping[str, float], read: Sequence[Example]) -> None:
    """Refuse examples whose segment has no share, since they would weigh nothing or anything."""
    known = {fold(s) for s in mix}
    column = examples.columns.get("Segment", 0)
    lines = {row.where("Example ID"): row.line for row in examples.rows()}
    for example in read:
        if example.known_failure or fold(example.segment) in known:
            continue
        what = (
            f"the segment {shown(example.segment)} is not on the sheet {mix_table.cells.name}."
            if example.segment
            else f"the Segment is missing, and the sheet {mix_table.cells.name} weighs examples by it."
        )
        remedy = values.near(example.segment, mix) if example.segment else ""
        examples.faults.add(
            examples.cells,
            what,
            remedy or "Fill in a segment that has a share.",
            "unknown segment",
            row=lines.get(example.where, 0),
            column=column,
        )


def read_known_failures(table: Table) -> tuple[KnownFailure, ...]:
    """Return the known failures."""
    failures: dict[str, KnownFailure] = {}
    for row in table.rows():
        if not row.require("Failure ID", "Description"):
            continue
        name = row.identifier("Failure ID")
        if fold(name) in failures:
            row.fault("Failure ID", f"the failure {shown(name)} stands twice.", "Give each its own ID.", "doubled")
        failures[fold(name)] = KnownFailure(name, row.long_text("Description"), row.text("Severity"), row.date("First seen"))
    return tuple(failures.values())


def failures_of(
    declared: Sequence[KnownFailure], examples: Table | None, read: Sequence[Example]
) -> tuple[KnownFailure, ...]:
    """Return the declared failures, or those that examples name; put down examples that name an unknown one."""
    if not declared:
        return tuple({fold(e.known_failure): KnownFailure(e.known_failure, "") for e in read if e.known_failure}.values())
    known = {fold(f.id) for f in declared}
    unknown = {fold(e.known_failure) for e in read if e.known_failure} - known
    if unknown and examples is not None:
        for row in examples.rows():
            name = row.identifier("Known failure")
            if fold(name) in unknown:
                row.fault(
                    "Known failure",
                    f"the Known failure is {shown(name)}, which is not on the sheet Known failures.",
                    values.near(name, [f.id for f in declared]) or "Add it there.",
                    "unknown failure",
                )
    return tuple(declared)


def read_requirements(table: Table, candidates: CandidatesRead) -> tuple[Requirement, ...]:
    """Return what compliance asks of each candidate that takes part."""
    if "Candidate" not in table.columns:
        return ()
    requirements: list[Requirement] = []
    seen: dict[tuple[str, str], str] = {}
    for row in table.rows():
        if not row.require("Candidate", "Requirement", "Met"):
            continue
        given = row.identifier("Candidate")
        name = candidates.names.get(fold(given))
        if name is None:
            unknown_candidate(table.faults, (table.cells, row.line, table.columns["Candidate"]), given, candidates)
        requirement = Requirement(
            candidate=name or given,
            requirement=row.text("Requirement"),
            met=row.choice("Met"),
            importance=Importance(row.choice("Importance") or Importance.MUST.value),
            source=row.text("Source"),
            confirmed_by=row.text("Confirmed by"),
            date=row.date("Date"),
            where=row.where("Met"),
            answer=row.long_text("Answer"),
        )
        first = seen.setdefault((fold(given), fold(requirement.requirement)), requirement.where)
        if first != requirement.where:
            row.fault("Requirement", f"this requirement stands already in {first}.", "Keep one of the two.", "doubled")
        if name in candidates.kinds:
            requirements.append(requirement)
    return tuple(requirements)


def read_screening(table: Table) -> tuple[ScreeningRow, ...]:
    """Return public ratings."""
    rows: list[ScreeningRow] = []
    seen: dict[tuple[str, str], str] = {}
    for row in table.rows():
        if not row.require("Model", "Board", "Rating", "As of"):
            continue
        first = seen.setdefault((fold(row.text("Model")), fold(row.text("Board"))), row.where("Model"))
        if first != row.where("Model"):
            what = f"the model {shown(row.text('Model'))} stands on this board already in {first}."
            row.fault("Model", what, "Keep the latest of the two.", "doubled")
        rating, low, high = row.number("Rating"), row.number("Low"), row.number("High")
        if rating is not None and ((low is not None and low > rating) or (high is not None and high < rating)):
            row.fault("Rating", "the Rating does not lie between Low and High.", "Check the three figures.", "range")
        rows.append(
            ScreeningRow(
                row.name("Model"), row.name("Board"), rating or 0.0, row.date("As of"), low, high, row.integer("Votes")
            )
        )
    return tuple(rows)


def read_attestations(table: Table) -> tuple[Attestation, ...]:
    """Return what people confirm by name."""
    return tuple(
        Attestation(row.text("Statement"), row.text("Confirmed by"), row.text("Role"), row.date("Date"))
        for row in table.rows()
        if row.require("Statement")
    )
