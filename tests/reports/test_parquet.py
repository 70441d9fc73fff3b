"""Every answer of a large run as a table: read by DuckDB, held against the comparison, verified with the run."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import duckdb
import pytest
from openpyxl import load_workbook

from reportgen.domain.records.plan import Task
from reportgen.evaluation import evaluate
from reportgen.evidence.seal import MANIFEST
from reportgen.reports import interface, parquet
from reportgen.reports.material import PARQUET
from reportgen.reports.xlsx import responses, workbook
from reportgen.verification.checks import Word
from reportgen.verification.verify import verify
from tests.builders import comparison_for
from tests.small_workbooks import tickets


def relation(path: Path, query: str) -> duckdb.DuckDBPyRelation:
    found = duckdb.sql(query.replace("TABLE", f"read_parquet('{path}')"))
    assert found is not None
    return found


def rows(path: Path, query: str) -> list[tuple[object, ...]]:
    return relation(path, query).fetchall()


@pytest.mark.parametrize("task", Task)
def test_duckdb_counts_what_the_comparison_counts(task: Task, tmp_path: Path) -> None:
    comparison = comparison_for(task, examples=40)
    parquet.write(comparison, tmp_path / PARQUET)
    counted = rows(
        tmp_path / PARQUET,
        "SELECT candidate, outcome, count(*) FROM TABLE "
        "WHERE split = 'eval' AND NOT (mark = 'unscored' AND outcome = 'answered') GROUP BY ALL",
    )
    wanted = {
        (c.spec.name, outcome.value): many
        for c in comparison.candidates
        for outcome, many in c.counts.by_outcome.items()
        if many
    }
    assert {(name, outcome): many for name, outcome, many in counted} == wanted
    texts = rows(tmp_path / PARQUET, "SELECT candidate, example_id, input, output, latency_s FROM TABLE")
    observed = {
        (c.spec.name, o.example.id): (o.example.input, o.response.text, o.response.latency_s)
        for c in comparison.candidates
        for o in (*c.sample.observations, *c.regression.observations)
    }
    assert {(r[0], r[1]): r[2:] for r in texts} == observed
    assert len(texts) == len(observed)


def test_small_groups_of_rows_make_the_same_table(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    comparison = comparison_for(Task.CLASSIFICATION, examples=40)
    parquet.write(comparison, tmp_path / "one.parquet")
    monkeypatch.setattr(parquet, "_ROWS_AT_ONCE", 7)
    parquet.write(comparison, tmp_path / "many.parquet")
    assert not list(parquet.other_rows(tmp_path / "one.parquet", tmp_path / "many.parquet"))
    other = comparison_for(Task.CLASSIFICATION, examples=41)
    parquet.write(other, tmp_path / "other.parquet")
    assert list(parquet.other_rows(tmp_path / "one.parquet", tmp_path / "other.parquet"))


def test_a_run_too_large_for_its_sheet_has_every_answer_as_a_table_that_verify_checks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(interface, "MOST_EXAMPLES", 10)
    monkeypatch.setattr(workbook.write, "__kwdefaults__", {"most_examples": 10})
    _, folder = evaluate(tickets(tmp_path / "many.xlsx", count=60), environment={})
    table = folder.path / PARQUET
    assert PARQUET in (folder.evidence / MANIFEST).read_text()
    asked = json.loads((folder.path / "results.json").read_text())["candidates"][0]["counts"]["planned"]
    assert rows(table, "SELECT count(DISTINCT example_id) FROM TABLE") == [(asked,)]
    told = load_workbook(folder.path / "comparison.xlsx")["Responses"]["B2"].value
    assert PARQUET in told
    good = {check.name: check.word for check in verify(folder.path).checks}
    assert good[PARQUET] is Word.SAME
    assert not {Word.DIFFERENT, Word.UNCHECKED} & set(good.values())
    changed = tmp_path / "changed"
    shutil.copytree(folder.path, changed)
    relation(table, "SELECT * REPLACE ('refund' AS output) FROM TABLE").write_parquet(str(changed / PARQUET))
    found = {check.name: check for check in verify(changed).checks}
    assert found[PARQUET].word is Word.DIFFERENT
    assert any("output" in told for told in found[PARQUET].differences)


def test_failures_that_fill_more_than_a_sheet_bears_are_a_sample_and_the_sheet_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from tests.reports.test_comparison_workbook import loaded, table, written  # noqa: PLC0415 - its helpers

    monkeypatch.setattr(responses, "_MOST_CELLS", 0)
    comparison = comparison_for(Task.CLASSIFICATION, examples=300)
    sheet = loaded(written(comparison, tmp_path, most_examples=10))["Responses"]
    assert len(table(sheet, "Example ID")) == 10
    assert "a seeded sample of the" in sheet["B2"].value
    assert "did not get right" in sheet["B2"].value


def test_a_run_whose_sheet_holds_every_answer_has_no_table(tmp_path: Path) -> None:
    comparison = comparison_for(Task.CLASSIFICATION, examples=30)
    assert PARQUET not in interface.written_for(comparison)
    assert not (tmp_path / PARQUET).exists()
