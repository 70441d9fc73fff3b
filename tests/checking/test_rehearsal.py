from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from reportgen.checking import check_workbook
from reportgen.checking.rehearsal import Rehearsal
from reportgen.domain.records.plan import FieldSpec, Task
from reportgen.evaluation import Permissions
from reportgen.workbook.blank.workbooks import write_workbook
from tests.small_workbooks import baseline, tickets

Rows = Sequence[Mapping[str, Any]]


def _levels(measure: str, target: float, comparison: str = "at least") -> Rows:
    return [{"Measure": measure, "Comparison": comparison, "Target": target, "Agreed by": "Ada"}]


def _extraction(path: Path, examples: Rows, levels: Rows) -> Path:
    candidates = [baseline("anchors and patterns")]
    rows = {"Examples": examples, "Service levels": levels, "Candidates": candidates, "Costs": [{"Assumption": "x"}]}
    write_workbook(path, Task.EXTRACTION, fields=[FieldSpec("Tenant")], evaluation={"Title": "Leases"}, rows=rows)
    return path


def _leases(count: int, *, without: int = 0) -> Rows:
    return [
        {
            "Example ID": f"L{n}",
            "Input": f"lease {n}",
            "Expected: Tenant": "Ann Lee" if n >= without else "",
            "Split": "eval",
        }
        for n in range(count)
    ]


def _only(path: Path) -> Rehearsal:
    (found,) = check_workbook(path, Permissions(), {}).proofs
    assert isinstance(found, Rehearsal)
    return found


@pytest.mark.parametrize(("count", "target", "errors"), [(100, 0.9, 4), (150, 0.9, 8), (200, 0.95, 4), (50, 0.95, None)])
def test_of_one_field_a_document_it_says_what_the_exact_table_says(
    tmp_path: Path, count: int, target: float, errors: int | None
) -> None:
    # formulas.md 1.2: one field a document makes field accuracy a share of documents
    found = _only(_extraction(tmp_path / "w.xlsx", _leases(count), _levels("field accuracy", target)))
    assert (found.most_errors, found.examples, found.places) == (errors, count, count)
    assert ("cannot prove it" in str(found)) == (errors is None)


def test_invented_values_are_counted_where_the_document_holds_none(tmp_path: Path) -> None:
    levels = _levels("invented field rate", 0.1, "at most")
    found = _only(_extraction(tmp_path / "w.xlsx", _leases(150, without=100), levels))
    # formulas.md 1.2 again: of 100 documents without the value, at most 4 may be given one
    assert (found.most_errors, found.places) == (4, 100)
    assert "4 invented values in 100 examples" in str(found)


def test_a_label_with_few_examples_is_likely_at_best(tmp_path: Path) -> None:
    rows = [
        {"Example ID": f"M{n}", "Input": f"message {n}", "Expected": "rare" if n < 3 else f"common {n % 2}", "Split": "eval"}
        for n in range(90)
    ]
    found = _only(tickets(tmp_path / "w.xlsx", Examples=rows, Service_levels=_levels("macro F1", 0.8)))
    assert found.most_errors is None
    assert "LIKELY at best" in str(found)
    assert "rare (3)" in str(found)


def test_the_more_errors_are_allowed_the_lower_the_level_and_never_above_it(tmp_path: Path) -> None:
    allowed = []
    for place, target in enumerate((0.7, 0.8, 0.9)):
        path = tickets(tmp_path / f"{place}.xlsx", count=120, all_eval=True, Service_levels=_levels("macro F1", target))
        found = _only(path)
        assert found.most_errors is not None
        assert 1 - found.most_errors / found.places > target  # what proves a level lies above it
        allowed.append(found.most_errors)
    assert allowed == sorted(allowed, reverse=True)
    assert allowed[0] > allowed[-1]


def test_levels_are_said_in_the_order_of_their_rows(tmp_path: Path) -> None:
    levels = [*_levels("macro F1", 0.8), *_levels("accuracy", 0.8), *_levels("weighted F1", 0.8)]
    text = check_workbook(tickets(tmp_path / "w.xlsx", all_eval=True, Service_levels=levels), Permissions(), {}).to_text()
    assert [f"D{n}:" in line for n, line in zip((2, 3, 4), text.splitlines()[3:6], strict=True)] == [True] * 3


def test_facts_left_out_prove_nothing_without_a_reader(tmp_path: Path) -> None:
    rows = {
        "Examples": [
            {"Example ID": f"N{n}", "Input": "A long note.", "Key facts": "One fact\nAnother fact", "Split": "eval"}
            for n in range(60)
        ],
        "Candidates": [baseline("lead sentences")],
        "Service levels": _levels("omission rate", 0.2, "at most"),
        "Costs": [{"Assumption": "x"}],
    }
    write_workbook(tmp_path / "w.xlsx", Task.SUMMARIZATION, evaluation={"Title": "Notes"}, rows=rows)
    found = _only(tmp_path / "w.xlsx")
    assert found.places == 120
    assert found.most_errors is not None
    assert 0 < found.most_errors < 24
    assert "if people or a calibrated judge decide" in str(found)
    assert "cannot prove it" in str(replace(found, most_errors=None))
