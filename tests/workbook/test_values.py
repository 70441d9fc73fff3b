from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reportgen.workbook.opening.cells import CellError, CellValue, NoResult, ShownNumber
from reportgen.workbook.rows import dates, texts, values
from reportgen.workbook.rows.values import UnreadableError


@pytest.mark.parametrize(
    "cell", [0.7, "70%", "70 %", "0.7", "0,7", "70,0 %", "70\u00a0%", "70 percent", ShownNumber(0.7, "70%")]
)
def test_a_share_is_read_in_every_form_of_the_contract(cell: CellValue) -> None:
    assert values.share(cell) == pytest.approx(0.7)


@pytest.mark.parametrize("cell", [70, 70.0, "70"])
def test_seventy_without_a_sign_is_refused_with_both_readings(cell: CellValue) -> None:
    with pytest.raises(UnreadableError) as caught:
        values.share(cell)
    assert "70 %" in caught.value.tail
    assert "7000 %" in caught.value.tail
    assert "70 %" in caught.value.remedy


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("1.234,56", 1234.56),
        ("1,234.56", 1234.56),
        ("1’234.50", 1234.5),
        ("1'234", 1234),
        ("1 234,50", 1234.5),
        ("1\u202f234,50", 1234.5),
        ("1,23,456.7", 123456.7),
        ("(1,234.50)", -1234.5),
        ("\u22125", -5),
        ("5-", -5),
        ("+5", 5),
        ("0.125", 0.125),
        ("0,125", 0.125),
        ("12.5", 12.5),
        ("1,234,567", 1234567),
        ("1.234.567", 1234567),
        ("1e5", 100000),
        (".5", 0.5),
        ("1234.567", 1234.567),
        ("١٢", 12),
        ("１２", 12),
        ("1٬234٫5", 1234.5),
    ],
)
def test_a_number_with_one_reading_is_read(text: str, number: float) -> None:
    assert values.number_in(text) == pytest.approx(number)


@pytest.mark.parametrize(
    ("text", "readings"), [("1,234", ("1234", "1.234")), ("1.234", ("1234", "1.234")), ("12,500", ("12500",))]
)
def test_a_number_with_two_readings_is_refused_with_both(text: str, readings: tuple[str, ...]) -> None:
    with pytest.raises(UnreadableError) as caught:
        values.number_in(text)
    assert caught.value.code == "two readings"
    assert all(r in caught.value.tail for r in readings)


def test_the_declared_decimal_mark_settles_a_number_with_two_readings() -> None:
    assert values.number_in("1,234", "comma") == 1.234
    assert values.number_in("1,234", "point") == 1234
    assert values.number_in("1.234", "comma") == 1234


@pytest.mark.parametrize("text", ["fast", "", "1,2,3", "1.2.3", "12 34", "--5", "1,234.5.6", "nan", "inf", "1_000", "5 kg"])
def test_what_is_no_number_is_refused(text: str) -> None:
    with pytest.raises(UnreadableError):
        values.number_in(text)


@given(st.integers(-(10**9), 10**9), st.integers(0, 99))
@settings(max_examples=60)
def test_a_number_written_with_both_marks_means_the_same_either_way(whole: int, cents: int) -> None:
    english = f"{whole:,}.{cents:02d}"
    german = english.replace(",", "_").replace(".", ",").replace("_", ".")
    expected = float(f"{whole}.{cents:02d}")
    if abs(whole) >= 1000:
        assert values.number_in(english) == values.number_in(german) == expected


@pytest.mark.parametrize(
    ("cell", "amount"),
    [
        ("€ 1.234,50", 1234.5),
        ("1.234,50 EUR", 1234.5),
        ("-€20", -20),
        ("20", 20),
        (7, 7),
        ("(€5,50)", -5.5),
        ("3 Mio. €", 3e6),
    ],
)
def test_money_is_read_with_its_currency(cell: CellValue, amount: float) -> None:
    assert values.money(cell, "EUR") == amount


def test_money_in_another_currency_is_refused() -> None:
    for cell in ("$20", "20 USD"):
        with pytest.raises(UnreadableError, match="not in EUR"):
            values.money(cell, "EUR")


@pytest.mark.parametrize(
    ("cell", "seconds"), [(2.5, 2.5), ("2.5 s", 2.5), ("800 ms", 0.8), ("2 min", 120), ("3 seconds", 3)]
)
def test_seconds_are_read_with_their_unit(cell: CellValue, seconds: float) -> None:
    assert values.seconds(cell) == pytest.approx(seconds)


@pytest.mark.parametrize(
    ("cell", "answer"), [(True, True), ("Ja", True), ("✓", True), ("x", True), ("NO", False), ("nein", False)]
)
def test_yes_and_no_are_read_in_the_words_of_offices(cell: CellValue, answer: bool) -> None:
    assert values.yes_no(cell) is answer


@pytest.mark.parametrize("cell", [1, "1", "maybe", 0])
def test_a_doubtful_yes_is_refused(cell: CellValue) -> None:
    with pytest.raises(UnreadableError, match="yes or no"):
        values.yes_no(cell)


@pytest.mark.parametrize(
    ("cell", "text"),
    [(7, "7"), (7.0, "7"), (ShownNumber(42, "00042"), "00042"), (" A\u00a01\u200b", "A 1"), ("e\u0301", "é")],
)
def test_an_identifier_is_read_as_it_is_shown(cell: CellValue, text: str) -> None:
    assert texts.identifier(cell) == text


@pytest.mark.parametrize("cell", [dt.datetime(2026, 4, 3), 10**17, 1.5e20])  # noqa: DTZ001 - workbooks know no time zone
def test_an_identifier_that_excel_has_changed_is_refused(cell: CellValue) -> None:
    with pytest.raises(UnreadableError):
        texts.identifier(cell)


def test_text_for_the_model_is_kept_character_by_character() -> None:
    text = " \u200da\u200cb\u00a0\n=1+1 \ufeff"
    assert texts.verbatim(text) == text


@pytest.mark.parametrize(
    "reader",
    [
        values.share,
        values.number,
        values.seconds,
        values.integer,
        values.yes_no,
        texts.identifier,
        texts.lines,
        dates.date,
    ],
)
@pytest.mark.parametrize("cell", [CellError("#N/A"), NoResult("=A1")])
def test_every_reader_refuses_error_cells_and_formulas_without_result(
    reader: Callable[[CellValue], object], cell: CellValue
) -> None:
    with pytest.raises(UnreadableError) as caught:
        reader(cell)
    assert caught.value.code in {"error cell", "no saved result"}


@pytest.mark.parametrize(
    ("cell", "order", "iso"),
    [
        (dt.datetime(2026, 4, 3), "", "2026-04-03"),  # noqa: DTZ001 - workbooks know no time zone
        (dt.datetime(2026, 4, 3, 10, 30), "", "2026-04-03T10:30:00"),  # noqa: DTZ001
        ("2026-04-03", "", "2026-04-03"),
        ("2026-04-03", "DMY", "2026-04-03"),
        ("20260403", "", "2026-04-03"),
        ("2026-04-03T10:00:00Z", "", "2026-04-03T10:00:00Z"),
        ("3 April 2026", "", "2026-04-03"),
        ("April 3rd, 2026", "", "2026-04-03"),
        ("3-Sept-2026", "", "2026-09-03"),
        ("25/04/2026", "", "2026-04-25"),
        ("04/25/2026", "", "2026-04-25"),
        ("03/04/2026", "DMY", "2026-04-03"),
        ("03/04/2026", "MDY", "2026-03-04"),
        ("04/04/2026", "", "2026-04-04"),
        ("2026/04/03", "", "2026-04-03"),
        ("3. März 2026", "", "2026-03-03"),
        ("3 апреля 2026", "", "2026-04-03"),
        ("2026年4月3日", "", "2026-04-03"),
    ],
)
def test_a_date_with_one_reading_is_read(cell: CellValue, order: str, iso: str) -> None:
    assert dates.date(cell, order) == iso


def test_a_date_with_two_readings_is_refused_with_both() -> None:
    with pytest.raises(UnreadableError, match="2026-04-03 or 2026-03-04"):
        dates.date("03/04/2026")


def test_a_bare_serial_number_is_refused_with_the_date_it_would_be() -> None:
    with pytest.raises(UnreadableError, match="2026-03-02"):
        dates.date(46083)


@pytest.mark.parametrize("cell", ["2026-02-30", "03/04/26", "yesterday", "31 Foo 2026", True, 5, "13/13/2026"])
def test_what_is_no_date_is_refused(cell: CellValue) -> None:
    with pytest.raises(UnreadableError):
        dates.date(cell)
