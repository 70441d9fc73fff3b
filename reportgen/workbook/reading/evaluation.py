"""Reads the sheet Evaluation into `Settings`, and how the other sheets write numbers, dates and money."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from reportgen.domain.measures import MEASURES, measure_named, primary_measure
from reportgen.domain.records.plan import READINGS, AnswersRead, Rule, Settings, Task
from reportgen.workbook.layout.sheets import TASK_SPELLINGS, CellType, Item, squash
from reportgen.workbook.opening.cells import CellValue
from reportgen.workbook.rows import dates, texts, values
from reportgen.workbook.rows.row import Locale, Row, out_of_limits, sentence
from reportgen.workbook.rows.table import Table
from reportgen.workbook.rows.unsupported import unsupported_name, unsupported_task
from reportgen.workbook.rows.values import UnreadableError, clean, fold, is_blank, shown

_NOTHING = frozenset({"no", "none", "1", "0", "false", "n/a", "-"})
"""What an item that asks for something unsupported may say without asking for it."""
_SHARES_TOLERANCE = 1e-6

Value = str | float | int


@dataclass(frozen=True, slots=True)
class _Found:
    """An item of the layout and the row that fills it in."""

    item: Item
    row: Row


def read_evaluation(table: Table) -> tuple[Settings | None, Locale, Task | None]:
    """Return the settings (None where they cannot stand), the locale, and the task where it can be told."""
    found = _items(table)
    locale = Locale(
        decimal_mark=str(_value(found, "Decimal mark", Locale()) or ""),
        date_order=str(_value(found, "Date order", Locale()) or ""),
        currency=_currency(found),
    )
    read = {name: _value(found, name, locale) for name in found if name not in {"Decimal mark", "Date order", "Currency"}}
    for item in table.layout.items:
        if item.required and item.name not in found:
            table.faults.add(
                table.cells, f'the item "{item.name}" is missing.', f'Add a row with the Item "{item.name}".', "missing item"
            )
        elif item.required and found[item.name].row.blank("Value"):
            found[item.name].row.fault("Value", f"the {item.name} is missing.", "Fill in the cell.", "missing value")
    task = Task(str(read["Task"])) if read.get("Task") else None
    shares = _shares(table, found, read)
    if task is not None:
        _check_reading(task, found, read)
        if read.get("Labels per example") == "several" and task is not Task.CLASSIFICATION:
            what = f"Labels per example is several, which says nothing for {task.value}."
            found["Labels per example"].row.fault("Value", what, "Clear the cell.", "unknown choice")
    if task is None or not read.get("Title"):
        return None, locale, task
    return _settings(task, read, locale, shares, _primary(task, found, read)), locale, task


def _items(table: Table) -> dict[str, _Found]:
    """Find the items by name or alias; put down doubled and unknown ones."""
    names = {squash(i.name): i for i in table.layout.items}
    known = {squash(a): i for i in table.layout.items for a in i.aliases} | names
    found: dict[str, _Found] = {}
    for row in table.rows():
        name = row.text("Item")
        item = known.get(squash(name.rstrip("*: ")))
        if item is None:
            _unknown_item(row, name, names)
        elif item.name in found:
            row.fault(
                "Item",
                f"the item {item.name} stands already in {found[item.name].row.where('Item')}.",
                "Delete one.",
                "doubled",
            )
        else:
            found[item.name] = _Found(item, row)
    return found


def _unknown_item(row: Row, name: str, names: Mapping[str, Item]) -> None:
    """Refuse an item that comes close to one of ours or asks for what is not there; note the others."""
    if row.blank("Value") or not name:
        return
    refused = unsupported_name(name)
    if refused:
        if fold(values.as_text(row.raw("Value"))) not in _NOTHING:
            row.fault("Item", refused, "Delete the row.", "not supported")
        return
    meant = values.near(name, [i.name for i in names.values()])
    if meant:
        row.fault("Item", f'the item "{name}" is not known.', meant, "unknown item")
    else:
        row.warn("Item", f'the item "{name}" is not known and was not read.', "Delete the row.", "unknown item")


def _value(found: Mapping[str, _Found], name: str, locale: Locale) -> Value | None:
    """Read one item by its type; None where it is blank or at fault."""
    if name not in found:
        return None
    item, row = found[name].item, found[name].row
    raw = row.raw("Value")
    if is_blank(raw):
        return None
    if name == "Task" and (refused := unsupported_task(values.as_text(raw))):
        row.fault("Value", refused, f"Choose one of: {values.listed(t.value for t in Task)}.", "not supported")
        return None
    try:
        value = _typed(item, raw, locale)
    except UnreadableError as e:
        row.fault("Value", sentence(item.name, raw, e), e.remedy, e.code)
        return None
    tail = out_of_limits(value, item.cell.least, item.cell.most)
    if tail:
        row.fault("Value", f"the {item.name} is {shown(raw)}, {tail}", "Check the figure.", "out of limits")
        return None
    return value


def _typed(item: Item, raw: CellValue, locale: Locale) -> Value:  # noqa: PLR0911 - one line for each type
    match item.type:
        case CellType.CHOICE:
            spellings = TASK_SPELLINGS if item.name == "Task" else item.cell.spellings
            return values.choice(raw, item.choices, spellings)
        case CellType.SHARE:
            return values.share(raw, locale.decimal_mark)
        case CellType.INTEGER:
            return values.integer(raw, locale.decimal_mark)
        case CellType.SECONDS:
            return values.seconds(raw, locale.decimal_mark)
        case CellType.MONEY:
            return values.money(raw, locale.currency, locale.decimal_mark)
        case CellType.NUMBER:
            return values.number(raw, locale.decimal_mark)
        case CellType.DATE:
            return dates.date(raw, locale.date_order)
        case _:
            return clean(texts.verbatim(raw))


_CURRENCY_WORDS = {
    sign: f'Did you mean "{code}"?'
    for code, signs in {
        "EUR": ("€", "EURO", "EUROS"),
        "USD": ("$", "US$", "DOLLAR", "DOLLARS"),
        "GBP": ("£", "POUNDS"),
    }.items()
    for sign in signs
}


def _currency(found: Mapping[str, _Found]) -> str:
    """Return the three letters of the currency."""
    if "Currency" not in found or found["Currency"].row.blank("Value"):
        return "USD"
    row = found["Currency"].row
    text = clean(values.as_text(row.raw("Value"))).upper()
    if re.fullmatch("[A-Z]{3}", text):
        return text
    row.fault(
        "Value",
        f"the Currency is {shown(row.raw('Value'))}, expected three letters.",
        _CURRENCY_WORDS.get(text, "Write USD, EUR or another code of three letters."),
        "unreadable",
    )
    return "USD"


def _shares(table: Table, found: Mapping[str, _Found], read: Mapping[str, Value | None]) -> tuple[float, float, float]:
    """Return train, eval and holdout share; they add up to 100 %."""
    names = ("Train share", "Eval share", "Holdout share")
    given = [read.get(n) for n in names]
    train, judged, held = (float(g) if g is not None else d for g, d in zip(given, (0.7, 0.2, 0.1), strict=True))
    total = train + judged + held
    broken = any(n in found and not found[n].row.blank("Value") and read.get(n) is None for n in names)
    if not broken and abs(total - 1) > _SHARES_TOLERANCE:
        place = next((found[n].row for n in names if n in found), None)
        parts = f"train {train * 100:.6g} %, eval {judged * 100:.6g} %, holdout {held * 100:.6g} %"
        what = f"the three shares add up to {total * 100:.10g} %: {parts}."
        remedy = "Make them add up to 100 %; a blank counts as its default (70, 20 and 10 %)."
        if place:
            place.fault("Value", what, remedy, "shares")
        else:
            table.faults.add(table.cells, what, remedy, "shares")
    return train, judged, held


def _check_reading(task: Task, found: Mapping[str, _Found], read: Mapping[str, Value | None]) -> None:
    """Refuse a way of reading that means nothing for the task."""
    chosen = read.get("Answers are read")
    possible = [a.value for a in READINGS[task]]
    if chosen is not None and chosen not in possible:
        found["Answers are read"].row.fault(
            "Value",
            f"Answers are read is {shown(str(chosen))}, which says nothing for {task.value}.",
            f"Choose one of: {values.listed(possible)}.",
            "unknown choice",
        )


def _primary(task: Task, found: Mapping[str, _Found], read: Mapping[str, Value | None]) -> str:
    """Return the name of the primary measure, the task's usual one where blank."""
    text = str(read.get("Primary measure") or "")
    if not text:
        return primary_measure(task).name
    row = found["Primary measure"].row
    measure = measure_named(text, task)
    if measure is None:
        offered = [w for m in MEASURES.values() if task in m.tasks for w in (m.name, m.words)]
        row.fault(
            "Value",
            f"the Primary measure is {shown(text)}, which is no measure of {task.value}.",
            values.near(text, offered) or "Choose from the list.",
            "unknown measure",
        )
        return ""
    return measure.name


def _settings(
    task: Task, read: Mapping[str, Value | None], locale: Locale, shares: tuple[float, float, float], primary: str
) -> Settings:
    """Put the settings together; blanks take the contract's defaults."""

    def text(name: str) -> str:
        return str(read.get(name) or "")

    def size(name: str, default: float) -> float:
        value = read.get(name)
        return default if value is None else float(value)

    def optional(name: str) -> float | None:
        value = read.get(name)
        return None if value is None else float(value)

    return Settings(
        title=text("Title"),
        task=task,
        purpose=text("Purpose"),
        business_owner=text("Business owner"),
        prepared_by=text("Prepared by"),
        document_number=text("Document number"),
        confidentiality=text("Confidentiality"),
        decision_needed_by=text("Decision needed by"),
        primary_measure=primary,
        train_share=shares[0],
        eval_share=shares[1],
        holdout_share=shares[2],
        seed=int(size("Seed", 1)),
        confidence=size("Confidence", 0.95),
        currency=locale.currency,
        spending_limit=optional("Spending limit"),
        most_requests_at_once=int(size("Most requests at once", 8)),
        timeout_s=size("Seconds before a request times out", 60.0),
        most_attempts=int(size("Most attempts", 3)),
        repeats=int(size("Repeats", 1)),
        date_order=locale.date_order,
        decimal_mark=locale.decimal_mark,
        regression_margin=optional("Regression margin"),
        screen_keeps=int(size("Screen keeps", 10)),
        rule=Rule(text("Rule") or Rule.PROVEN.value),
        several_labels=text("Labels per example") == "several",
        answers_read=AnswersRead(text("Answers are read") or AnswersRead.STRICTLY.value),
        out_of_scope=text("Out-of-scope uses"),
        risk_class=text("Risk class"),
        risk_class_decided_by=text("Risk class decided by"),
        monitored_by=text("Monitored by"),
        evidence_kept_until=text("Evidence kept until"),
    )
