"""Supplier invoices of a fictitious joinery as plain text, with the six fields that a clerk keys in, for extraction."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from random import Random

from samples.common import filled, without_near_copies
from samples.corpora import invoices_text as words

SEGMENTS = {"portal": 0.35, "e-mail": 0.4, "scan": 0.25}
DEAR = 100
"""Unit price from which nobody orders a dozen."""
SUPPLIER, NUMBER, DATE, DUE = "Supplier", "Invoice number", "Invoice date", "Amount due"
VAT, ORDERS = "VAT treatment", "Purchase orders"


@dataclass(frozen=True, slots=True)
class Invoice:
    """One document: its text, what a clerk keys in for each field (empty = not there), and the words that show it."""

    text: str
    segment: str
    values: Mapping[str, str]
    evidence: Mapping[str, str]


@dataclass(slots=True)
class Draft:
    """An invoice while it is being written: the facts, and the lines as they are put down."""

    rng: Random
    supplier: str
    number: str
    day: str
    orders: tuple[str, ...]
    vat: str
    decimal: str
    net: float = 0.0
    lines: list[str] = field(default_factory=list)
    evidence: dict[str, str] = field(default_factory=dict)
    due: str = ""

    def put(self, line: str, shows: str = "") -> None:
        """Add a line; `shows` names the field that it is evidence for."""
        self.lines.append(line)
        if shows:
            self.evidence[shows] = line.strip()

    def money(self, value: float) -> str:
        """Return an amount as this supplier prints it."""
        english = f"{value:,.2f}"
        return english if self.decimal == "." else english.translate(str.maketrans(",.", ".,"))


def invoices(seed: int, count: int) -> list[Invoice]:
    """Return the invoices in the order in which they came in."""
    rng = Random(seed)
    return without_near_copies(rng, count, lambda r, _: _invoice(r), lambda invoice: invoice.text)


def _invoice(rng: Random) -> Invoice:
    segment = rng.choices(list(SEGMENTS), list(SEGMENTS.values()))[0]
    draft = _facts(rng)
    layout = rng.choice(LAYOUTS[segment])
    layout(draft)
    values = {
        SUPPLIER: draft.supplier,
        NUMBER: draft.number,
        DATE: draft.day,
        DUE: draft.due,
        VAT: draft.vat,
        ORDERS: "\n".join(draft.orders),
    }
    text = "\n".join(draft.lines)
    if segment != "scan":
        return Invoice(text, segment, values, draft.evidence)
    return _scanned(rng, Invoice(text, segment, values, draft.evidence))


def _facts(rng: Random) -> Draft:
    supplier = " ".join(filter(None, (rng.choice(words.FIRST), rng.choice(words.TRADES), rng.choice(words.FORMS))))
    return Draft(
        rng,
        supplier,
        number=_number(rng),
        day=_day(rng, date(2026, 1, 5) + timedelta(days=rng.randint(0, 290))),
        orders=tuple(_order(rng) for _ in range(rng.choices((0, 1, 2, 3), (35, 42, 15, 8))[0])),
        vat=rng.choices(("standard rate", "reduced rate", "reverse charge", "exempt", ""), (52, 14, 17, 8, 9))[0],
        decimal=rng.choice((".", ".", ",")),
    )


def _number(rng: Random) -> str:
    n = rng.randint(100, 99999)
    return rng.choice(
        (
            f"{n + 100000}",
            f"RE-{n}",
            f"INV-2026-{n}",
            f"{rng.randint(10, 99)}/{n}",
            f"A{n}",
            f"2026{n}",
            f"SI{n}-{rng.randint(1, 9)}",
        )
    )


def _order(rng: Random) -> str:
    return rng.choice(
        (f"PO-{rng.randint(20000, 29999)}", f"HJC {rng.randint(4000, 4999)}", f"45000{rng.randint(10000, 99999)}")
    )


def _day(rng: Random, day: date) -> str:
    month = words.MONTHS[day.month - 1]
    return rng.choice(
        (
            f"{day:%d.%m.%Y}",
            f"{day:%Y-%m-%d}",
            f"{day.day} {month} {day.year}",
            f"{day:%d/%m/%Y}",
            f"{month} {day.day}, {day.year}",
            f"{day.day}. {month} {day.year}",
        )
    )


SLOTS: Mapping[str, Callable[[Random], str]] = {
    "date": lambda r: _day(r, date(2026, 1, 2) + timedelta(days=r.randint(0, 320))),
    "n": lambda r: str(r.randint(10000, 999999)),
    "ext": lambda r: str(r.randint(2, 99)),
}


def _address(draft: Draft) -> str:
    return f"{draft.rng.choice(words.STREETS)} {draft.rng.randint(1, 180)}, {draft.rng.choice(words.TOWNS)}"


def _items(draft: Draft) -> list[tuple[str, int, float]]:
    chosen = draft.rng.sample(words.GOODS, draft.rng.choice((1, 2, 2, 3, 3, 4, 5, 7)))
    found = []
    for name, low, high in chosen:
        usual = (1, 1, 1, 2, 3) if high > DEAR else (1, 2, 3, 4, 6, 10, 12, 25)
        quantity, price = draft.rng.choice(usual), round(draft.rng.uniform(low, high), 2)
        draft.net += quantity * price
        found.append((name, quantity, price))
    return found


def _totals(draft: Draft, form: str) -> None:
    """Put down net, tax and what is to be paid; some invoices are paid in part, a few state no amount to pay at all."""
    rng, rate = draft.rng, words.VAT_RATES.get(draft.vat, 0.0)
    tax = round(draft.net * rate, 2)
    total = round(draft.net + tax, 2)
    if rng.random() < 0.75:  # noqa: PLR2004 - most print the net sum
        draft.put(form.format(rng.choice(("Net", "Subtotal", "Goods value", "Sum")), draft.money(draft.net)))
    if draft.vat:
        line = rng.choice(words.VAT_LINES[draft.vat])
        draft.put(form.format(line, draft.money(tax)) if rate else line, VAT)
    if rng.random() < 0.06:  # noqa: PLR2004 - cash sales and settled bills
        if rng.random() < 0.6:  # noqa: PLR2004 - some print the total all the same
            draft.put(form.format(rng.choice(words.DUE_WORDS), draft.money(total)))
        draft.put(
            rng.choice(("Paid in cash, thank you.", "Settled by direct debit, nothing to pay.", "Already paid by card."))
        )
        return
    if rng.random() < 0.15:  # noqa: PLR2004 - with a down payment
        paid = round(total * rng.uniform(0.1, 0.5), 2)
        draft.put(form.format("Total incl. tax", draft.money(total)))
        draft.put(form.format(rng.choice(("Down payment", "Received on account", "less deposit")), "-" + draft.money(paid)))
        total = round(total - paid, 2)
    currency = rng.choice(("EUR ", "EUR ", "", "€ "))
    draft.due = f"{currency}{draft.money(total)}"
    draft.put(form.format(rng.choice(words.DUE_WORDS), draft.due), DUE)


def _small_print(draft: Draft, most: int) -> None:
    for line in draft.rng.sample(words.TERMS, draft.rng.randint(1, most)):
        draft.put(filled(draft.rng, line, SLOTS))


def _classic(draft: Draft) -> None:
    """Letterhead, labels with colons, a table, totals."""
    rng = draft.rng
    draft.put(draft.supplier, SUPPLIER)
    draft.put(_address(draft))
    draft.put("")
    draft.put(words.BUYER)
    draft.put("INVOICE" if rng.random() < 0.6 else "")  # noqa: PLR2004 - the others print no title
    heads = [
        (f"{rng.choice(words.NUMBER_WORDS)}: {draft.number}", NUMBER),
        (f"{rng.choice(words.DATE_WORDS)}: {draft.day}", DATE),
        (filled(rng, "Customer no.: {n}", SLOTS), ""),
        (filled(rng, "Delivery date: {date}", SLOTS), ""),
    ]
    if draft.orders:
        heads.append((f"{rng.choice(words.ORDER_WORDS)}: {', '.join(draft.orders)}", ORDERS))
    rng.shuffle(heads)
    for line, shows in heads:
        draft.put(line, shows)
    for name, quantity, price in _items(draft):
        draft.put(f"{quantity} x {name}  {draft.money(price)}  {draft.money(quantity * price)}")
    _totals(draft, "{}: {}")
    _small_print(draft, 4)


def _columns(draft: Draft) -> None:
    """Labels and values in columns without colons, supplier at the foot."""
    rng = draft.rng
    draft.put(f"INVOICE        {words.BUYER}")
    draft.put(f"{rng.choice(words.NUMBER_WORDS):<22}{draft.number}", NUMBER)
    draft.put(f"{rng.choice(words.DATE_WORDS):<22}{draft.day}", DATE)
    if rng.random() < 0.5:  # noqa: PLR2004 - half of them
        draft.put(filled(rng, f"{'Delivery note':<22}{{n}}", SLOTS))
    for order in draft.orders:
        draft.put(f"{rng.choice(words.ORDER_WORDS):<22}{order}", ORDERS)
    draft.put("")
    for n, (name, quantity, price) in enumerate(_items(draft), start=1):
        draft.put(f"{n:>2}  {name:<48}{quantity:>4}{draft.money(price):>12}{draft.money(quantity * price):>14}")
    _totals(draft, "{:<40}{:>18}")
    _small_print(draft, 3)
    draft.put(f"{draft.supplier} - {_address(draft)}", SUPPLIER)


def _letter(draft: Draft) -> None:
    """An e-mail that says it in sentences."""
    rng = draft.rng
    draft.put(rng.choice(words.COVER))
    draft.put(filled(rng, rng.choice(words.COVER_STORIES), SLOTS))
    numbered = rng.choice(
        (f"Invoice {draft.number} of {draft.day} covers:", f"Our bill {draft.number}, written on {draft.day}, is for:")
    )
    draft.put(numbered, NUMBER)
    draft.evidence[DATE] = numbered
    for name, quantity, price in _items(draft):
        draft.put(f"- {quantity} {name} at {draft.money(price)} each")
    if draft.orders:
        draft.put(f"This belongs to your {' and '.join(draft.orders)}.", ORDERS)
    _totals(draft, rng.choice(("{}: {}", "{} {}", "{} - {}")))
    _small_print(draft, 3)
    draft.put(rng.choice(("Kind regards", "Best regards", "With thanks")))
    draft.put(draft.supplier, SUPPLIER)


def _forwarded(draft: Draft) -> None:
    """A mail that drags the printed invoice along."""
    rng = draft.rng
    draft.put(f"From: accounts@example.com\nSubject: Fwd: {rng.choice(('bill', 'Invoice', 'your order', 'reminder'))}")
    draft.put(filled(rng, rng.choice(words.COVER_STORIES), SLOTS))
    draft.put("----- forwarded -----")
    rng.choice((_classic, _columns))(draft)


def _export(draft: Draft) -> None:
    """What the portal writes: keys and values."""
    rng = draft.rng
    mark = rng.choice((" = ", ": ", " | "))
    pairs = [
        (rng.choice(("seller", "supplier_name", "vendor")), draft.supplier, SUPPLIER),
        (rng.choice(("invoice_id", "doc_number", "invoice_no")), draft.number, NUMBER),
        (rng.choice(("issue_date", "invoice_date", "doc_date")), draft.day, DATE),
        ("buyer", words.BUYER, ""),
        ("delivery_date", SLOTS["date"](rng), ""),
        ("despatch_ref", SLOTS["n"](rng), ""),
    ]
    pairs += [(rng.choice(("order_ref", "buyer_order", "po_number")), order, ORDERS) for order in draft.orders]
    rng.shuffle(pairs)
    for key, value, shows in pairs:
        draft.put(f"{key}{mark}{value}", shows)
    for name, quantity, price in _items(draft):
        draft.put(f"line{mark}{name}; {quantity}; {draft.money(price)}")
    _totals(draft, "{}" + mark + "{}")
    if rng.random() < 0.6:  # noqa: PLR2004 - remarks are optional in the portal
        draft.put(f"remark{mark}{filled(rng, rng.choice(words.TERMS), SLOTS)}")


Layout = Callable[[Draft], None]
LAYOUTS: Mapping[str, tuple[Layout, ...]] = {
    "portal": (_export, _export, _classic),
    "e-mail": (_letter, _letter, _forwarded, _classic),
    "scan": (_classic, _columns, _columns),
}

_MISREAD = {"o": "0", "l": "1", "I": "l", "i": "1", "e": "c", "m": "rn", "S": "5", "B": "8", "0": "O", "1": "l", "5": "S"}


def _scanned(rng: Random, invoice: Invoice) -> Invoice:
    """Return what a scanner makes of it: misread letters, lost blanks, a few misread digits that a person still reads."""
    lines = invoice.text.split("\n")
    spoiled = {line: _misread(rng, line) for line in dict.fromkeys(lines)}
    evidence = {name: spoiled.get(line, spoiled.get(f"{line} ", line)).strip() for name, line in invoice.evidence.items()}
    text = "\n".join(spoiled[line] for line in lines)
    return replace(invoice, text=text, evidence={name: e for name, e in evidence.items() if e in text})


def _misread(rng: Random, line: str) -> str:
    found = []
    for character in line:
        odds = 0.004 if character.isdigit() else 0.02
        found.append(_MISREAD[character] if character in _MISREAD and rng.random() < odds else character)
    text = "".join(found)
    return text.replace("  ", " ") if rng.random() < 0.3 else text  # noqa: PLR2004 - some scanners close gaps
