"""Known failures of the invoice extraction: what the last audit found, with the cases that would show it again."""

from __future__ import annotations

from samples.corpora.invoices import DATE, DUE, NUMBER, ORDERS, SUPPLIER, VAT, Invoice


def _case(segment: str, text: str, values: dict[str, str], evidence: dict[str, str]) -> Invoice:
    return Invoice(text, segment, values, evidence)


_DELIVERY_NOTE_FIRST = (
    _case(
        "scan",
        "Ilmstad Glass Works GmbH\nWerkstrasse 12, Neuhalden\n\nHalden Joinery Cooperative\nDelivery note: "
        "LS-88120\nDelivery date: 11.03.2026\nInvoice no.: RE-40117\nInvoice date: 18.03.2026\n4 x Float glass 6 mm  "
        "52.00  208.00\nNet: 208.00\nVAT 20 %: 41.60\nTotal due: EUR 249.60",
        {
            SUPPLIER: "Ilmstad Glass Works GmbH",
            NUMBER: "RE-40117",
            DATE: "18.03.2026",
            DUE: "EUR 249.60",
            VAT: "standard rate",
        },
        {NUMBER: "Invoice no.: RE-40117", DATE: "Invoice date: 18.03.2026", DUE: "Total due: EUR 249.60"},
    ),
    _case(
        "portal",
        "delivery_date = 2026-05-04\ndespatch_ref = 771204\ninvoice_id = SI2290-1\nissue_date = 2026-05-11\nseller = "
        "Pellgrave Workwear BV\nbuyer = Halden Joinery Cooperative\nline = Work trousers, grey; 6; 52.10\nNet = "
        "312.60\nReverse charge: the recipient accounts for the VAT\nTotal payable = 312.60",
        {SUPPLIER: "Pellgrave Workwear BV", NUMBER: "SI2290-1", DATE: "2026-05-11", DUE: "312.60", VAT: "reverse charge"},
        {NUMBER: "invoice_id = SI2290-1", DATE: "issue_date = 2026-05-11", DUE: "Total payable = 312.60"},
    ),
    _case(
        "e-mail",
        "Good morning,\nthe goods left our yard on 2 June 2026.\nOur bill 44/8120, written on 9 June 2026, is for:\n- 2 "
        "Saw blade 300 mm, 96 teeth, sharpening at 19.40 each\nThis belongs to your HJC 4411.\nVAT 20 %: 7.76\nPlease "
        "pay: EUR 46.56\nKind regards\nTessel Saw Blades Ltd",
        {
            SUPPLIER: "Tessel Saw Blades Ltd",
            NUMBER: "44/8120",
            DATE: "9 June 2026",
            DUE: "EUR 46.56",
            VAT: "standard rate",
            ORDERS: "HJC 4411",
        },
        {NUMBER: "Our bill 44/8120, written on 9 June 2026, is for:", DUE: "Please pay: EUR 46.56"},
    ),
)

_DEPOSIT = (
    _case(
        "e-mail",
        "Dear accounts team,\nplease find our bill for last week below.\nInvoice A7731 of 20.08.2026 covers:\n- 1 "
        "Inspection of extraction unit at 420.00 each\nNet 420.00\nplus 20% VAT 84.00\nTotal incl. tax 504.00\nReceived "
        "on account -200.00\nBalance due EUR 304.00\nBest regards\nGravenholt Machine Service KG",
        {
            SUPPLIER: "Gravenholt Machine Service KG",
            NUMBER: "A7731",
            DATE: "20.08.2026",
            DUE: "EUR 304.00",
            VAT: "standard rate",
        },
        {NUMBER: "Invoice A7731 of 20.08.2026 covers:", DUE: "Balance due EUR 304.00"},
    ),
    _case(
        "scan",
        "INVOICE        Halden Joinery Cooperative\nDocument no.          202688104\nDate                  3 September "
        "2026\nPO                    PO-24418\n\n 1  Container 7 cbm, mixed wood, exchange     1      260.00        "
        "260.00\nVAT 20 %                                             52.00\nInvoice total before deposit         "
        "312.00\nless deposit                                       -100.00\nAmount due                                  "
        "  EUR 212.00\nDaleham Waste Services plc - North Quay 4, Daleham",
        {
            SUPPLIER: "Daleham Waste Services plc",
            NUMBER: "202688104",
            DATE: "3 September 2026",
            DUE: "EUR 212.00",
            VAT: "standard rate",
            ORDERS: "PO-24418",
        },
        {NUMBER: "Document no.          202688104", ORDERS: "PO                    PO-24418"},
    ),
    _case(
        "portal",
        "vendor: Lundrup Timber A/S\ninvoice_no: 118230\ndoc_date: 14/07/2026\nbuyer: Halden Joinery "
        "Cooperative\npo_number: PO-20991\npo_number: PO-20992\nline: Oak boards 27 mm, planed, sqm; 12; 61.00\nSum: "
        "732.00\nVAT at the reduced rate (7 %): 51.24\nTotal incl. tax: 783.24\nDown payment: -300.00\nPlease pay: EUR "
        "483.24",
        {
            SUPPLIER: "Lundrup Timber A/S",
            NUMBER: "118230",
            DATE: "14/07/2026",
            DUE: "EUR 483.24",
            VAT: "reduced rate",
            ORDERS: "PO-20991\nPO-20992",
        },
        {NUMBER: "invoice_no: 118230", DATE: "doc_date: 14/07/2026", DUE: "Please pay: EUR 483.24"},
    ),
)

FAILURES: dict[str, tuple[str, str, str, tuple[Invoice, ...]]] = {
    "KF-1": (
        "The date or number of the delivery note was keyed in instead of the invoice's",
        "medium",
        "2026-04-02",
        _DELIVERY_NOTE_FIRST,
    ),
    "KF-2": ("The total was paid although a deposit had been deducted", "high", "2026-06-18", _DEPOSIT),
}
"""Failure to (description, severity, first seen, cases)."""
