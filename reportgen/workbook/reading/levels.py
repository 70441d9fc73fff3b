"""Reads the sheets Service levels, Costs and Review rules: what must be reached, what it costs, when a person looks."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from reportgen.domain.measures import MEASURES, measure_named
from reportgen.domain.records.measure import Better, Measure, Unit
from reportgen.domain.records.plan import OVERALL, Comparator, Importance, Scope, ScopeKind, ServiceLevel, Task
from reportgen.workbook.opening.cells import CellValue, ShownNumber
from reportgen.workbook.rows import values
from reportgen.workbook.rows.row import Locale, Row, sentence
from reportgen.workbook.rows.table import Table
from reportgen.workbook.rows.units import CONVERTED, OtherUnitError, currency_in, money_unit
from reportgen.workbook.rows.values import UnreadableError, clean, fold, shown

_COMPARED = re.compile(
    r"^[<>=\u2264\u2265]|\b(?:or|and) (?:more|less|better|above|below)|^(?:at (?:least|most)|min|max|under|over)\b"
)
_LONG_WAIT = 300.0
"""Seconds; nobody waits so long for one answer, but many a system writes its times in milliseconds."""
_PERCENT = frozenset({"%", "percent", "per cent", "pct"})
_PLAIN = frozenset({"rank", "ranks", "kappa", "number"})
_SHARE = frozenset({"share", "fraction", "ratio", "0 to 1"})


@dataclass(frozen=True, slots=True)
class Scopes:
    """The names that a scope may point at, by their folded form."""

    labels: Mapping[str, str]
    fields: Mapping[str, str]
    segments: Mapping[str, str]
    parts: Mapping[str, str] = field(default_factory=dict)
    """Parts of records fields, `Line items: Amount`, which stand as fields to the measures of rows."""

    def within(self, kind: ScopeKind, measure: Measure) -> Mapping[str, str]:
        """Return the names of one kind that a measure may be asked of."""
        return {**self.of(kind), **self.parts} if kind is ScopeKind.FIELD and measure.of_rows else self.of(kind)

    def of(self, kind: ScopeKind) -> Mapping[str, str]:
        """Return the names of one kind."""
        return {ScopeKind.LABEL: self.labels, ScopeKind.FIELD: self.fields, ScopeKind.SEGMENT: self.segments}.get(kind, {})


def read_levels(table: Table, task: Task, scopes: Scopes) -> tuple[ServiceLevel, ...]:
    """Return the service levels with targets in the measure's own unit."""
    levels: list[ServiceLevel] = []
    seen: dict[tuple[str, Scope, Comparator], str] = {}
    for row in table.rows():
        if not row.require("Measure", "Comparison", "Target"):
            continue
        measure = _measure(row, task)
        word = row.choice("Comparison")
        importance = Importance(row.choice("Importance") or Importance.MUST.value)
        agreed_on = row.date("Agreed on")
        if measure is None:
            continue
        scope = _scope(row, measure, scopes)
        target = _target(row, measure)
        if word:
            _check_direction(row, measure, Comparator(word))
        if scope is None or target is None or not word:
            continue
        level = ServiceLevel(
            measure=measure.name,
            comparator=Comparator(word),
            target=target,
            scope=scope,
            unit=money_unit(row.text("Unit"), row.frame.locale.currency) if measure.unit is Unit.MONEY else row.text("Unit"),
            importance=importance,
            agreed_by=row.text("Agreed by"),
            agreed_on=agreed_on,
            reason=row.long_text("Reason"),
            where=row.where("Target"),
        )
        first = seen.setdefault((level.measure, scope, level.comparator), level.where)
        if first != level.where:
            row.fault("Measure", f"this limit stands already in {first}.", "Keep one of the two.", "doubled")
        levels.append(level)
    if next(table.rows(), None) is None:
        table.faults.warn(
            table.cells, "there is no service level; nothing can be proven.", "Agree on at least one limit.", "no rows"
        )
    return tuple(levels)


def _measure(row: Row, task: Task) -> Measure | None:
    """Return the measure that a row names, by name or plain words."""
    text = row.text("Measure")
    measure = measure_named(text, task)
    if measure is None:
        elsewhere = next((m for t in Task if (m := measure_named(text, t)) is not None), None)
        offered = [w for m in MEASURES.values() if task in m.tasks and m.gateable for w in (m.name, m.words)]
        what = f"is no measure of {task.value}" if elsewhere else "is not known"
        row.fault(
            "Measure",
            f"the Measure is {shown(text)}, which {what}.",
            values.near(text, offered) or "Choose from the list.",
            "unknown measure",
        )
    elif not measure.gateable:
        row.fault("Measure", f"{measure.name} is shown but decides nothing.", "Choose another measure.", "not a limit")
        return None
    return measure


def _scope(row: Row, measure: Measure, scopes: Scopes) -> Scope | None:
    """Return the scope: overall, or one label, field or segment that exists."""
    text = row.text("Scope")
    allowed = sorted(k.value for k in measure.scopes if k is ScopeKind.OVERALL or scopes.of(k))
    if not text or fold(text) == ScopeKind.OVERALL.value:
        if ScopeKind.OVERALL in measure.scopes:
            return OVERALL
        first = [
            f"{kind.value}: {next(iter(scopes.of(kind).values()))}" for kind in sorted(measure.scopes) if scopes.of(kind)
        ]
        remedy = f"Write for example {' or '.join(first)}." if first else "Fill in the labels or fields first."
        row.fault("Scope", f"{measure.name} is about one label or field, and the Scope names none.", remedy, "no scope")
        return None
    word, colon, name = text.partition(":")
    kind = next((k for k in ScopeKind if k.value == fold(word) and k is not ScopeKind.OVERALL), None)
    if kind is None or not colon:
        row.fault(
            "Scope", f"the Scope is {shown(text)}, expected overall, label: …, field: … or segment: ….",
            "Write for example segment: e-mail.", "unknown scope",
        )  # fmt: skip
        return None
    if kind not in measure.scopes:
        row.fault(
            "Scope", f"{measure.name} cannot be measured by {kind.value}.", f"Use {' or '.join(allowed)}.", "unknown scope"
        )
        return None
    found = scopes.within(kind, measure).get(fold(name))
    if found is None:
        names = scopes.within(kind, measure).values()
        remedy = values.near(name, names) or (f"Known: {values.listed(names)}." if names else f"There is no {kind.value}.")
        row.fault("Scope", f"there is no {kind.value} {shown(name)}.", remedy, "unknown scope")
        return None
    return Scope(kind, found)


def _target(row: Row, measure: Measure) -> float | None:
    """Return the target in the measure's own unit: a share 0 to 1, seconds, money."""
    if "Target" not in row.frame.columns:
        return None
    raw = row.raw("Target")
    unit = row.text("Unit")
    scope = "" if fold(row.text("Scope")) in {"", ScopeKind.OVERALL.value} else f" ({row.text('Scope')})"
    noun = f"{measure.name}{scope} target"
    try:
        target = _in_unit(raw, fold(unit), measure.unit, row.frame.locale)
    except UnreadableError as e:
        compared = isinstance(raw, str) and _COMPARED.search(clean(raw)) is not None
        remedy = "Write the figure alone; at least or at most stands under Comparison." if compared else e.remedy
        row.fault("Unit" if e.code == "wrong unit" else "Target", sentence(noun, raw, e), remedy, e.code)
        return None
    if measure.unit is Unit.MONEY:
        _check_currency(row, noun, unit)
    if measure.unit is Unit.SECONDS and unit and values.seconds_unit(unit) not in {None, 1.0}:
        what = f"the {noun} is {shown(raw)} {unit}, which was read as {target:.10g} s."
        column = row.frame.columns["Unit"]
        row.frame.faults.note(row.frame.cells, what, "Nothing to do if that is so.", CONVERTED, row=row.line, column=column)
    if target < 0 or (measure.unit is Unit.SHARE and target > 1):
        limits = "a share from 0 to 100 %" if measure.unit is Unit.SHARE else "at least 0"
        row.fault("Target", f"the {noun} is {shown(raw)}, expected {limits}.", "Check the figure.", "out of limits")
        return None
    if measure.unit is Unit.SECONDS and target >= _LONG_WAIT:
        row.warn(
            "Target",
            f"the {noun} is {target:,.10g} s, {target / 60:,.0f} minutes.",
            f"Write {target:.10g} ms if milliseconds are meant.",
            "long wait",
        )
    return target


def _check_currency(row: Row, noun: str, unit: str) -> None:
    """Warn of a Unit that names another currency than the evaluation has."""
    currency = row.frame.locale.currency
    try:
        currency_in(unit, currency)
    except OtherUnitError as e:
        remedy = f"Convert the target and write {currency}, or name the other Currency on the sheet Evaluation."
        row.warn("Unit", f"the Unit of the {noun} is {shown(unit)}, {e}; it was read as {currency}.", remedy, "wrong unit")


def _in_unit(raw: CellValue, unit: str, kind: Unit, locale: Locale) -> float:
    """Read a target with the word that stands under Unit."""
    match kind:
        case Unit.SHARE:
            return _share_in(raw, unit, locale.decimal_mark)
        case Unit.SECONDS:
            factor = values.seconds_unit(unit) if unit else 1.0
            if factor is None:
                raise UnreadableError(f'but its Unit is "{unit}", expected s.', "Write s, or clear the Unit.", "wrong unit")  # noqa: EM102, TRY003
            if isinstance(raw, str) and re.search(r"[^\W\d_]\.?$", clean(raw)):
                factor = 1.0
            return values.seconds(raw, locale.decimal_mark) * factor
        case Unit.MONEY:
            try:
                currency_in(unit, locale.currency)
            except OtherUnitError as e:
                if e.another_currency:
                    return values.money(raw, locale.currency, locale.decimal_mark)
                remedy = "Convert the target, or clear the Unit."
                raise UnreadableError(f'but its Unit is "{unit.upper()}", {e}.', remedy, "wrong unit") from e  # noqa: EM102, TRY003
            return values.money(raw, locale.currency, locale.decimal_mark)
        case Unit.NUMBER:
            if unit and unit not in _PLAIN:
                raise UnreadableError(f'but its Unit is "{unit}", expected none.', "Clear the Unit.", "wrong unit")  # noqa: EM102, TRY003
            return values.number(raw, locale.decimal_mark)


def _share_in(raw: CellValue, unit: str, decimal_mark: str) -> float:
    """Read a share; with % under Unit a bare 90 is 90 %, and a bare 0.9 could be two things."""
    if unit and unit not in _PERCENT | _SHARE:
        raise UnreadableError(f'but its Unit is "{unit}", expected %.', "Write %, or clear the Unit.", "wrong unit")  # noqa: EM102, TRY003
    signed = values.percentage(raw) is not None if isinstance(raw, ShownNumber) else isinstance(raw, str) and "%" in raw
    if unit not in _PERCENT or signed:
        return values.share(raw, decimal_mark)
    size = values.number(raw, decimal_mark, "a share")
    if 0 < size < 1:
        both = f"which could mean {size:.10g} % or {size * 100:.10g} %."
        raise UnreadableError(both, f"Write {size:.10g} % or {size * 100:.10g} % with the sign.", "two readings")
    return values.hundredth(size)


def _check_direction(row: Row, measure: Measure, comparator: Comparator) -> None:
    """Warn of a limit on the wrong side."""
    usual = Comparator.AT_LEAST if measure.better is Better.HIGHER else Comparator.AT_MOST
    if comparator is not usual:
        row.warn(
            "Comparison",
            f"{measure.name} is better when {measure.better.value}, and the limit says {comparator.value}.",
            f"Did you mean {usual.value}?",
            "direction",
        )


def names_by_fold(names: Sequence[str]) -> dict[str, str]:
    """Return names by the form in which they are compared."""
    return {fold(n): n for n in names}
