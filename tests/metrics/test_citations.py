"""Quotations: the ladder from missing to supports, on made-up passages and on long documents."""

from __future__ import annotations

import time

import pytest

from reportgen.domain.records.plan import FieldSpec, FieldType
from reportgen.domain.records.score import CitationMark
from reportgen.metrics.citations import Source, find_quote, judge_citation
from reportgen.metrics.json_output import Given
from reportgen.metrics.values import Conventions

TEXT = (
    "This Agreement is made on the 19th day of December, 2018 by “Acme” Inc. and Beta-\nWorks LLC. The total price is\n"
    "EUR 1,250.00, payable within ninety (90) days of the invoice. The Supplier shall not assign this Agreement without the "
    "prior written consent of the Customer, such consent not to be unreasonably withheld. It renews for 5 years."
)
SOURCE = Source(TEXT)
OK, NOT, ALTERED = CitationMark.SUPPORTS, CitationMark.NOT_FOUND, CitationMark.ALTERED


@pytest.mark.parametrize(
    ("quote", "rung"),
    [
        ("The total price is EUR 1,250.00", OK),
        ("the TOTAL price\u00a0is eur 1,250.00,", OK),
        ('by "Acme" Inc.', OK),
        ("by 'Acme' Inc.", OK),
        ("This Agreement is made ... payable within ninety (90) days", OK),
        ("This Agreement is made [...] It renews for 5 years.", OK),
        ("This Agreement … renews for 5 years", OK),
        ("It renews for 5 years ... This Agreement is made", NOT),
        ("The Supplier shall not asign this Agreement without the prior written consent of the Customer", ALTERED),
        ("The Supplier shall assign this Agreement without the prior written consent of the Customer", ALTERED),
        ("The Supplier shall not assign this Agree-\nment without the prior written con sent of the Customer", OK),
        ("by “Acme” Inc. and Betaworks LLC", OK),
        ("payable before ninety (90) days", ALTERED),
        ("payable ninety (90) days", ALTERED),
        ("payable within ninety (90) working days", ALTERED),
        ("payable within (90) ninety days", ALTERED),
        ("The total price is EUR 1,950.00, payable within ninety (90) days of the invoice.", ALTERED),
        ("renews for 7 years", ALTERED),
        ("EUR 1,250.0", ALTERED),
        ("5", OK),
        ("25", NOT),
        ("the", NOT),
        ("Acme", OK),
        ("Acm", NOT),
        ("The buyer pays nothing at all.", NOT),
        (TEXT + " " + TEXT, NOT),
    ],
)
def test_a_quote_is_found_with_its_typography_changed_and_not_with_its_content_changed(
    quote: str, rung: CitationMark
) -> None:
    assert find_quote(quote, SOURCE).mark is rung


@pytest.mark.parametrize(
    ("quote", "altered"),
    [
        ("payable before ninety (90) days of the invoice", (("within", "before"),)),
        ("The Supplier shall assign this Agreement", (("not", ""),)),
        ("The total price is EUR 1,950.00", (("1,250.00", "1,950.00"),)),
        ("such consent not to be very unreasonably withheld", (("", "very"),)),
    ],
)
def test_what_was_altered_is_told_word_by_word(quote: str, altered: tuple[tuple[str, str], ...]) -> None:
    assert find_quote(quote, SOURCE).altered == altered


def test_one_letter_of_a_long_word_may_be_misread_in_a_recognised_document_and_no_digit() -> None:
    text = "The Supplier shall not asslgn this Agreernent within ninety (90) days of 12 May 2026 at any time."
    scanned, typed = Source(text, recognised=True), Source(text)
    assert find_quote("The Supplier shall not assign this", scanned).mark is OK
    assert find_quote("The Supplier shall not assign this", typed).mark is ALTERED
    assert find_quote("shall not asslgn this Agreement within", scanned).mark is ALTERED  # two letters for one
    assert find_quote("ninety (80) days of 12 May", scanned).mark is ALTERED
    assert find_quote("The Supplier may not assign this", scanned).mark is ALTERED
    assert find_quote("The Supplier shall assign this", scanned).mark is ALTERED


def test_a_word_that_turns_the_meaning_never_vanishes_into_its_neighbour() -> None:
    assert find_quote("the tenant is notable to pay", Source("the tenant is not able to pay")).mark is not OK
    assert find_quote("the tenant is not able to pay", Source("the ten ant is not able to pay")).mark is OK
    assert find_quote("clause 510 days", Source("clause 5 10 days")).mark is not OK
    assert find_quote("退款须在三十日内", Source("客户退款须在三十日内提出")).mark is OK


def _judge(kind: FieldType, value: str, *quotes: str, items: tuple[str, ...] = ()) -> CitationMark:
    given = Given(value, items=items, quotes=quotes)
    return judge_citation(FieldSpec("f", kind), given, SOURCE, Conventions("DMY", ".")).mark


@pytest.mark.parametrize(
    ("kind", "value", "quote"),
    [
        (FieldType.NAME, "ACME Inc", "by “Acme” Inc. and"),
        (FieldType.TEXT, "90 days", "payable within ninety (90) days"),
        (FieldType.TEXT, "ninety days", "payable within ninety (90) days"),
        (FieldType.DATE, "2018-12-19", "on the 19th day of December, 2018"),
        (FieldType.TEXT, "2018-12-19", "on the 19th day of December, 2018"),
        (FieldType.MONEY, "1250", "EUR 1,250.00"),
        (FieldType.NUMBER, "90", "ninety (90) days"),
        (FieldType.YES_NO, "true", "It renews for 5 years"),
    ],
)
def test_a_quote_supports_a_value_by_its_type(kind: FieldType, value: str, quote: str) -> None:
    assert _judge(kind, value, quote) is OK


@pytest.mark.parametrize(
    ("kind", "value", "quote"),
    [
        (FieldType.NAME, "Gamma", "by “Acme” Inc. and"),
        (FieldType.DATE, "2018-12-20", "on the 19th day of December, 2018"),
        (FieldType.MONEY, "125", "EUR 1,250.00"),
        (FieldType.MONEY, "-1250", "EUR 1,250.00"),
    ],
)
def test_a_quote_that_is_there_but_does_not_hold_the_value_says_so(kind: FieldType, value: str, quote: str) -> None:
    assert _judge(kind, value, quote) is CitationMark.ELSEWHERE


def test_a_text_said_in_other_words_is_supported_by_a_quote_that_stands_there_or_overlaps_the_evidence() -> None:
    given = Given("renewal of five years", quotes=("It renews for 5 years.",))
    spec, none = FieldSpec("f", FieldType.TEXT), Conventions()
    assert judge_citation(spec, given, SOURCE, none).mark is OK
    assert judge_citation(spec, given, SOURCE, none, "withheld. It renews for 5 years").mark is OK
    assert judge_citation(spec, given, SOURCE, none, "payable within ninety (90) days").mark is CitationMark.ELSEWHERE


def test_one_short_word_is_a_quote_only_where_it_stands_once() -> None:
    assert find_quote("5", Source("A table for 5 at noon")).mark is OK
    assert find_quote("5", Source("Clause 5: it renews for 5 years")).mark is NOT
    assert find_quote("5 years", Source("Clause 5: it renews for 5 years, then 5 years")).mark is OK


def test_without_a_quote_the_citation_is_missing() -> None:
    assert _judge(FieldType.TEXT, "90 days") is CitationMark.MISSING
    assert _judge(FieldType.TEXT, "90 days", "...") is CitationMark.MISSING


def test_passages_parted_by_a_blank_line_may_stand_anywhere_but_must_all_stand() -> None:
    assert _judge(FieldType.TEXT, "90 days", "It renews for 5 years.\n\npayable within ninety (90) days") is OK
    assert _judge(FieldType.TEXT, "90 days", "It rains.\n\npayable within ninety (90) days") is NOT


def test_every_item_of_a_list_must_be_quoted() -> None:
    quote = "by “Acme” Inc. and Beta-Works LLC"
    assert _judge(FieldType.LIST, "x", quote, items=("Acme Inc.", "Beta-Works LLC")) is OK
    assert _judge(FieldType.LIST, "x", quote, items=("Acme Inc.", "Gamma")) is CitationMark.ELSEWHERE


def test_long_quotes_in_a_long_document_are_looked_up_in_a_fraction_of_a_second() -> None:
    document = " ".join(f"Clause {i}: the parties agree on matter {i * 7919 % 1000} in good faith." for i in range(5_000))
    source = Source(document)
    quote = document[150_000:156_000].partition(" ")[2].rpartition(" ")[0].replace("good", "go od")
    hostile = "the parties agree on no matter whatsoever in bad faith at all and so on. " * 300
    started = time.perf_counter()
    assert find_quote(quote, source).mark is OK
    assert find_quote(hostile, source).mark is not OK
    assert time.perf_counter() - started < 5
