"""JSON answers: what the application could have read, what a repair may save, and what neither accepts."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reportgen.domain.records.plan import FieldSpec, FieldType
from reportgen.metrics.json_output import AnswerReader, Fault, Given, load_repaired, load_strictly, schema_of

FIELDS = (
    FieldSpec("Supplier name", FieldType.NAME, also_written=("vendor",)),
    FieldSpec("Total", FieldType.MONEY),
    FieldSpec("Items", FieldType.LIST),
    FieldSpec("Paid", FieldType.YES_NO),
    FieldSpec("Kind", FieldType.CHOICE, choices=("A", "B"), also_written=("A = first",)),
)
READER = AnswerReader(FIELDS)


@pytest.mark.parametrize(
    "text",
    [
        '{"a": NaN}',
        '{"a": Infinity}',
        '{"a": 1e999}',
        '{"a": 1, "a": 2}',
        '{"a": {"b": 1, "b": 2}}',
        "not json",
        "",
        '{"a": 1} trailing',
        '```json\n{"a": 1}\n```',
        "[" * 100_000,
        "1" * 5_000,
    ],
)
def test_strict_json_refuses_what_an_application_would_misread(text: str) -> None:
    assert isinstance(load_strictly(text), Fault)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ('```json\n{"a": 1}\n```', {"a": 1}),
        ('Here you are: {"a": 1}. Anything else?', {"a": 1}),
        ("{'a': 1,}", {"a": 1}),
        ('{"a": "cut off', {"a": "cut off"}),
    ],
)
def test_a_repair_takes_the_object_out_of_its_wrapping_or_mends_it(text: str, value: object) -> None:
    assert load_repaired(text) == value


@pytest.mark.parametrize("text", ["not json", "", '{"a": 1}{"b": 2}', '{"Total": NaN}', "[1, 2]"])
def test_a_repair_is_validated_again_and_may_fail(text: str) -> None:
    assert isinstance(READER.lenient(text), Fault)


def _read(text: str) -> dict[str, Given]:
    answer = READER.strict(text)
    assert not isinstance(answer, Fault), answer.reason
    return dict(answer)


def test_values_stand_alone_or_with_a_quote() -> None:
    answer = _read(
        '{"Supplier name": {"value": "Acme", "quote": "by Acme"}, "Total": 12.50, "Items": ["a", {"value": "b"}]}'
    )
    assert answer["Supplier name"] == Given("Acme", quotes=("by Acme",))
    assert answer["Total"] == Given("12.5", Decimal("12.5"))
    assert answer["Items"] == Given("a\nb", items=("a", "b"), numbers=(None, None))
    assert answer["Paid"].empty


@pytest.mark.parametrize("value", ['""', "null", '{"value": ""}', '{"value": null, "quote": "x"}', '"  "'])
def test_null_blank_and_absent_values_are_empty(value: str) -> None:
    assert _read(f'{{"Supplier name": {value}}}')["Supplier name"].empty


@pytest.mark.parametrize("value", ['""', "null", "[]", '[""]', "[null]", '{"value": []}'])
def test_empty_lists_are_empty(value: str) -> None:
    assert _read(f'{{"Items": {value}}}')["Items"].empty


def test_keys_are_the_names_of_fields_in_any_case_and_their_other_names() -> None:
    for name in ("Supplier name", "supplier_name", "SUPPLIER-NAME", "vendor", "Vendor"):
        assert _read(f'{{"{name}": "Acme"}}')["Supplier name"].text == "Acme"


def test_the_spelling_of_a_choice_is_no_name_of_its_field() -> None:
    assert isinstance(READER.strict('{"A = first": "A"}'), Fault)


@pytest.mark.parametrize(
    "text",
    [
        "[]",
        "null",
        '"text"',
        '{"answer": "Acme"}',
        '{"vendor": "A", "supplier name": "B"}',
        '{"Supplier name": 5}',
        '{"Supplier name": ["A"]}',
        '{"Total": true}',
        '{"Total": {"amount": 5}}',
        '{"Items": "a, b"}',
        '{"Items": [["a"]]}',
        '{"Total": {"value": 5, "quote": 5}}',
    ],
)
def test_what_does_not_fit_the_schema_is_a_fault_with_a_reason(text: str) -> None:
    fault = READER.strict(text)
    assert isinstance(fault, Fault)
    assert fault.reason


def test_other_keys_are_passed_over_and_an_empty_object_answers_nothing() -> None:
    assert _read('{"Supplier name": "Acme", "reasoning": "x"}')["Supplier name"].text == "Acme"
    assert all(given.empty for given in _read("{}").values())


def test_na_and_not_found_are_values() -> None:
    assert not _read('{"Supplier name": "N/A"}')["Supplier name"].empty


def test_the_lenient_reading_unwraps_lists_and_wraps_texts() -> None:
    answer = READER.lenient('{"Items": "a\\nb", "Supplier name": ["Acme"]}')
    assert not isinstance(answer, Fault)
    assert answer["Items"].items == ("a", "b")
    assert answer["Supplier name"].text == "Acme"


_SCALARS: st.SearchStrategy[Any] = (
    st.none() | st.booleans() | st.integers(-5, 5) | st.floats(-5, 5) | st.sampled_from(["", "x"])
)
_VALUES = st.recursive(
    _SCALARS, lambda inner: st.lists(inner, max_size=2) | st.fixed_dictionaries({"value": inner, "quote": inner})
)


@given(st.dictionaries(st.sampled_from([f.name for f in FIELDS]), _VALUES))
def test_the_reader_accepts_exactly_what_the_schema_accepts(answer: dict[str, Any]) -> None:
    valid = jsonschema.Draft202012Validator(schema_of(FIELDS)).is_valid(answer)
    assert isinstance(READER.strict(json.dumps(answer)), Fault) is not valid


@given(st.text(alphabet='{}[]":,abT tl0123.\\n', max_size=60))
def test_no_text_makes_the_readers_fail(text: str) -> None:
    READER.strict(text)
    READER.lenient(text)


@pytest.mark.parametrize("text", ["{" * 100_000, '{"a": ' + "[" * 100_000, "{" + " " * 300_000 + "'a'"])
def test_no_repair_is_tried_where_it_would_take_for_ever(text: str) -> None:
    fault = READER.lenient(text)
    assert isinstance(fault, Fault)
    assert "no repair was tried" in fault.reason
