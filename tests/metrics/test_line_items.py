"""Line items: rows paired by parts that agree, against a by-hand count on invoices with real faults (formulas.md 3.2)."""

from __future__ import annotations

import itertools
import json
import random
from collections.abc import Mapping, Sequence
from decimal import Decimal

import pytest

from reportgen.domain.measures.line_items import MEASURES
from reportgen.domain.records.measure import Observation, Sample
from reportgen.domain.records.plan import OVERALL, AnswerKey, Example, FieldKey, FieldSpec, FieldType, Scope, ScopeKind, Task
from reportgen.domain.records.response import Outcome
from reportgen.domain.records.score import Mark, RowPair
from reportgen.metrics.json_output import Given
from reportgen.metrics.line_items import RowComparer
from reportgen.metrics.values import Conventions, compare
from tests.loops import some
from tests.metrics.cases import answer, failure, plan_of, score_one

PARTS = (
    FieldSpec("Item"),
    FieldSpec("Quantity", FieldType.NUMBER),
    FieldSpec("Amount", FieldType.MONEY, also_written=("Price",)),
)
LINES = FieldSpec("Line items", FieldType.RECORDS, parts=PARTS)
POINT = Conventions(decimal_mark=".")
Row = tuple[str, str, str]
F1, EXACT = MEASURES


def _row(*values: str) -> dict[str, str]:
    return dict(zip((p.name for p in PARTS), values, strict=True))


def _pairs(expected: Sequence[Row], given: Sequence[Row]) -> tuple[RowPair, ...]:
    answers = [{name: Given(text) for name, text in _row(*row).items()} for row in given]
    return RowComparer(LINES, POINT).pairs([_row(*row) for row in expected], answers)


def _example(rows: Sequence[Row], number: int = 1) -> Example:
    key = FieldKey(tuple(" ".join(row) for row in rows), rows=tuple(_row(*row) for row in rows))
    return Example(f"e{number}", "an invoice", AnswerKey(fields={"Line items": key}), "A2")


def _figures(examples: Sequence[Example], answers: Sequence[str], scope: Scope = OVERALL) -> tuple[float, float]:
    plan = plan_of(Task.EXTRACTION, examples, fields=[LINES], decimal_mark="point")
    rows = []
    for example, text in zip(examples, answers, strict=True):
        response = answer(text, example.id) if text else failure(Outcome.TIMEOUT, example.id)
        rows.append(Observation(example, response, score_one(plan, example, response), None))
    sample = Sample(tuple(rows), fields=("Line items",), records={"Line items": tuple(p.name for p in PARTS)})
    found = []
    for measure in (F1, EXACT):
        assert measure.statistic is not None
        found.append(float(measure.statistic(measure.features(sample, scope).sum(axis=0))))
    return found[0], found[1]


def _json(rows: Sequence[Row]) -> str:
    return json.dumps({"Line items": [_row(*row) for row in rows]})


def test_the_known_answer_of_the_page() -> None:
    expected, given = [("A", "10", "2.50"), ("B", "5", "1.00")], [("B", "5", "1.00"), ("A", "10", "25.0"), ("C", "1", "9.0")]
    assert _figures([_example(expected)], [_json(given)]) == (pytest.approx(2 / 3), pytest.approx(1 / 3))
    by_amount = Scope(ScopeKind.FIELD, "Line items: Amount")
    assert _figures([_example(expected)], [_json(given)], by_amount) == (pytest.approx(2 / 5), pytest.approx(1 / 3))


@pytest.mark.parametrize(
    ("expected", "given", "marks"),
    [
        ([("A", "1", "2")], [], ["mmm"]),
        ([], [("A", "", "2")], ["i.i"]),
        ([("A", "", "2")], [("a", "", "EUR 2.00")], ["c.c"]),
        ([("A", "", "2")], [("A", "3", "")], ["cim"]),
        ([("A", "1", "2")], [("B", "3", "4")], ["mmm", "iii"]),
        ([("A", "?", "2")], [("A", "9", "2")], ["cuc"]),
        ([("A", "1", "2"), ("A", "1", "2")], [("A", "1", "2")], ["ccc", "mmm"]),
        ([("A", "1", "2"), ("B", "1", "2")], [("B", "1", "2"), ("A", "1", "2")], ["ccc", "ccc"]),
        ([("A", "1", "2")], [("A", "1", "-2")], ["ccw"]),
        ([("A", "1", "10.50")], [("A", "1", "1050")], ["ccw"]),
    ],
)
def test_each_part_ends_in_one_mark(expected: list[Row], given: list[Row], marks: list[str]) -> None:
    kinds = (Mark.CORRECT, Mark.WRONG, Mark.MISSING, Mark.INVENTED, Mark.CORRECT_EMPTY, Mark.UNSCORED)
    letters = dict(zip(kinds, "cwmi.u", strict=True))
    assert ["".join(letters[m] for m in pair.marks) for pair in _pairs(expected, given)] == marks


@pytest.mark.parametrize(
    "text", ["", "no list", '{"Line items": "none"}', '{"Line items": ["A 1 2"]}', '{"Line items": [{"x": 1}]}']
)
def test_an_answer_without_readable_rows_misses_every_part(text: str) -> None:
    assert _figures([_example([("A", "1", "2"), ("B", "1", "3")])], [text]) == (0.0, 0.0)


def test_a_document_without_rows_counts_what_was_made_up_and_nothing_else() -> None:
    rows = [("A", "1", "2")]
    examples = [_example(rows, 1), _example([], 2)]
    assert _figures(examples, [_json(rows), '{"Line items": null}']) == (1.0, 1.0)
    assert _figures(examples, [_json(rows), _json(rows)]) == (pytest.approx(6 / 9), pytest.approx(1 / 2))


def _faulty(draw: random.Random, rows: list[Row]) -> list[Row]:
    """Return an invoice's rows with one to three faults: dropped, split, merged, swapped, shifted, made up, misread."""
    given = list(rows)
    for _ in range(draw.randint(1, 3)):
        at = draw.randrange(len(given)) if given else 0
        match draw.choice(("dropped", "split", "merged", "swapped", "shifted", "made up", "misread", "reordered")):
            case "dropped" if given:
                del given[at]
            case "split" if given:
                item, quantity, amount = given[at]
                half = f"{Decimal(amount) / 2:.2f}"
                given[at : at + 1] = [(item, quantity, half), (item, "", half)]
            case "merged" if len(given) > 1:
                first, second = given[0], given[1]
                given[:2] = [(f"{first[0]} {second[0]}", first[1], f"{Decimal(first[2]) + Decimal(second[2]):.2f}")]
            case "swapped" if given:
                item, quantity, amount = given[at]
                given[at] = (item, amount, quantity)
            case "shifted" if len(given) > 1:
                amounts = [row[2] for row in given]
                given = [(row[0], row[1], amount) for row, amount in zip(given, amounts[1:] + amounts[:1], strict=True)]
            case "made up":
                given.append(("Handling", "1", "4.90"))
            case "misread" if given:
                given[at] = (given[at][0], given[at][1], given[at][2].replace(".", ""))
            case _:
                draw.shuffle(given)
    return given


def _by_hand(expected: Sequence[Row], given: Sequence[Row]) -> tuple[int, int]:
    """Return the most parts that can agree over every way of pairing the rows, and how many rows are the same in full."""
    short, long = sorted((list(expected), list(given)), key=len)
    best = 0
    for chosen in itertools.permutations(range(len(long)), len(short)):
        best = max(best, sum(_agree(row, long[at]) for row, at in zip(short, chosen, strict=True)))
    left = list(given)
    exact = 0
    for row in expected:
        if row in left:
            left.remove(row)
            exact += 1
    return best, exact


def _agree(a: Row, b: Row) -> int:
    return sum(bool(x) and bool(y) and (x == y or _number(x) == _number(y) is not None) for x, y in zip(a, b, strict=True))


def _number(text: str) -> Decimal | None:
    return Decimal(text) if text.replace(".", "", 1).isdigit() else None


def test_300_invoices_with_real_faults_are_counted_as_by_hand() -> None:
    draw = random.Random(11)
    goods = ("Widget", "Bolt M8", "Freight", "Paint red", "Gasket", "Service")
    right = wanted = answered = exact = most = 0
    examples, answers = [], []
    for number in range(300):
        rows = [
            (draw.choice(goods), str(draw.randint(1, 9)), f"{draw.randint(100, 99_999) / 100:.2f}")
            for _ in range(draw.randint(1, 4))
        ]
        given = _faulty(draw, rows)[:5]
        examples.append(_example(rows, number))
        answers.append(_json(given))
        best, same = _by_hand(rows, given)
        right += best
        exact += same
        wanted += sum(bool(text) for row in rows for text in row)
        answered += sum(bool(text) for row in given for text in row)
        most += max(len(rows), len(given))
        pairs = _pairs(rows, given)
        assert sum(m is Mark.CORRECT for pair in pairs for m in pair.marks) == best
    f1, rate = _figures(examples, answers)
    assert f1 == pytest.approx(2 * right / (wanted + answered), abs=1e-12)
    assert rate == pytest.approx(exact / most, abs=0.004)


def test_rows_are_compared_exactly_as_fields_are() -> None:
    """What is held apart before the comparison would have been called different by it, for every type."""
    figures = ["1.234", "1,234", "1234", "1 234,00", "(5)", "-5", "5 kg", "EUR 5", "5 EUR", "12 %", "0.12", "1.2."]
    words = [
        "3/4/2026",
        "2026-04-03",
        "4 March 2026",
        "R&D",
        "R and D",
        "r.d.",
        "yes",
        "Ja",
        "no",
        "A*",
        "A",
        "one",
        "x = y",
        "",
    ]
    texts = figures + words
    for kind in FieldType:
        if kind in {FieldType.LIST, FieldType.RECORDS}:
            continue
        part = FieldSpec("Part", kind, choices=("A", "R&D") if kind is FieldType.CHOICE else ())
        comparer = RowComparer(FieldSpec("Rows", FieldType.RECORDS, parts=(part,)), POINT)
        given = [Given(t) for t in texts] + [Given(str(n), Decimal(str(n))) for n in ("1.234", "5", "1234")]
        for text, other in some(itertools.product(filter(None, texts), given)):
            paired = comparer.pairs([{"Part": text}], [{"Part": other}] if not other.empty else [])
            right = not other.empty and compare(part, (text,), other, POINT).right
            assert (paired[0].marks[0] is Mark.CORRECT) is right, (kind, text, other)


def test_keys_of_parts_are_forgiven_and_doubled_ones_are_not() -> None:
    rows = [("A", "1", "2")]
    texts: Mapping[str, tuple[float, float]] = {
        '{"line_items": [{"ITEM": "A", "quantity": 1, "price": "2.00", "note": "x"}]}': (1.0, 1.0),
        '{"Line items": {"value": [{"Item": "A", "Quantity": "1", "Amount": {"value": 2, "quote": "2"}}], "quote": ""}}': (
            1.0,
            1.0,
        ),
        '{"Line items": [{"Item": "A", "Quantity": 1, "Amount": 2, "Price": 3}]}': (0.0, 0.0),
        '{"Line items": [{"Item": "A", "Quantity": [1], "Amount": 2}]}': (0.0, 0.0),
        '{"Line items": {"Item": "A", "Quantity": 1, "Amount": 2}}': (0.0, 0.0),
    }
    for text, figures in some(texts.items()):
        assert _figures([_example(rows)], [text]) == figures, text
