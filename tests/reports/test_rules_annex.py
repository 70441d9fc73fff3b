"""The annex says where the report answers what rules ask, computed from the run, and claims no conformity."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import openpyxl
import pytest

from reportgen.domain.records.comparison import Comparison, RequirementVerdict, Verdict
from reportgen.domain.records.plan import Attestation, Requirement, Task
from reportgen.reports.view.build import build
from reportgen.reports.view.rules import CHECKS, _rules
from reportgen.workbook.blank.presets import ATTESTATIONS
from reportgen.workbook.blank.workbooks import write_workbook
from reportgen.workbook.layout.optional_sheets import SUPPLIER_QUESTIONS
from tests.builders import comparison_for


def status(comparison: Comparison) -> dict[str, str]:
    return {line.item: line.mark.word for line in build(comparison).rules.lines}


def test_every_line_has_a_source_and_a_check_that_exists() -> None:
    items = _rules().items
    assert len(items) == 31
    assert {i.check for i in items} - {"requirement"} <= set(CHECKS)
    assert all(i.source and i.section for i in items)


@pytest.mark.parametrize("task", list(Task))
def test_each_line_is_answered_partly_or_not_and_says_what_is_lacking(task: Task) -> None:
    annex = build(comparison_for(task, examples=40)).rules
    for line in annex.lines:
        assert line.mark.word.startswith(("answered in ", "partly, in ", "not answered"))
        assert bool(line.found) == (not line.mark.word.startswith("answered"))
    assert annex.summary.startswith("Of 31 lines ")
    told = (annex.summary + annex.note).casefold()
    assert not [word for word in ("complies with", "compliant", "conformant") if word in told]


def test_what_is_filled_in_changes_its_lines() -> None:
    bare = comparison_for(Task.CLASSIFICATION, examples=40)
    settings = replace(
        bare.plan.settings,
        out_of_scope="no legal advice",
        risk_class="not high-risk",
        risk_class_decided_by="Ada",
        monitored_by="Bo",
        evidence_kept_until="2036-01-01",
    )
    filled = replace(bare, plan=replace(bare.plan, settings=settings))
    before, after = status(bare), status(filled)
    changed = {item for item in after if after[item] != before[item]}
    assert changed == {
        "Uses that are out of scope, foreseeable misuse",
        "Risk class, and who decided it",
        "Monitoring: measures, cadence, trigger, owner",
        "How long the evidence is kept",
    }
    assert all(after[item].startswith("answered in ") for item in changed)


def test_a_supplier_s_answers_change_their_lines() -> None:
    bare = comparison_for(Task.CLASSIFICATION, examples=40)
    lead = build(bare).lead
    asked = tuple(
        RequirementVerdict(Requirement(lead, words, "yes", source="contract 4.2"), Verdict.PROVEN)
        for words in ("Data stays in the EU", "SOC 2 report", "No training on our data", "Exit within 30 days")
    )
    candidates = tuple(replace(c, requirements=asked) if c.spec.name == lead else c for c in bare.candidates)
    after = status(replace(bare, candidates=candidates))
    for start in ("Security of the supplier", "Use of data: residency", "Use of data: retention", "Exit:"):
        assert next(word for item, word in after.items() if item.startswith(start)).startswith("answered in section 1")


def test_a_blank_s_statement_counts_only_once_its_gap_is_filled_in() -> None:
    bare = comparison_for(Task.CLASSIFICATION, examples=40)
    given = [s for s in ATTESTATIONS if "stop the use" in s]
    for text, word in ((given[0], "partly"), (given[0].replace("(name)", "Ada Smith"), "answered")):
        plan = replace(bare.plan, attestations=(Attestation(text, "Ada Smith", "owner"),))
        after = status(replace(bare, plan=plan))
        assert next(w for item, w in after.items() if item.startswith("Human oversight")).startswith(word)


@pytest.mark.parametrize("task", list(Task))
def test_a_workbook_with_everything_filled_in_answers_at_least_27_of_31_lines(task: Task) -> None:
    bare = comparison_for(task, examples=40)
    settings = replace(
        bare.plan.settings,
        business_owner="Ada", document_number="E-1", prepared_by="Bo", confidentiality="internal", purpose="route mail",
        out_of_scope="no legal advice", risk_class="not high-risk", risk_class_decided_by="Ada", monitored_by="Bo",
        evidence_kept_until="2036-01-01",
    )  # fmt: skip
    filled = tuple(Attestation(re.sub(r"\(.*\)", "see file 7", s), "Ada", "owner") for s in ATTESTATIONS)
    levels = tuple(replace(s, agreed_by="Ada", reason="the work needs it") for s in bare.plan.service_levels)
    costs = {name: replace(a, source="Finance") for name, a in bare.plan.costs.items()}
    lead = next(c for c in bare.candidates if c.spec.name == build(bare).lead)
    asked = tuple(
        RequirementVerdict(Requirement(lead.spec.name, asked, "yes", source="contract"), Verdict.PROVEN)
        for asked in SUPPLIER_QUESTIONS
    )
    twice = tuple(replace(e, second_label="refund") for e in bare.corpus.eval)
    found = replace(
        bare,
        plan=replace(bare.plan, settings=settings, attestations=filled, service_levels=levels, costs=costs),
        corpus=replace(bare.corpus, eval=twice),
        candidates=tuple(replace(c, requirements=asked) if c is lead else c for c in bare.candidates),
    )
    words = status(found)
    assert sum(w.startswith("answered") for w in words.values()) >= 27, words


def test_the_standard_questions_to_a_supplier_stand_in_the_drop_down_of_requirements(tmp_path: Path) -> None:
    path = tmp_path / "book.xlsx"
    write_workbook(path, Task.CLASSIFICATION, with_sheets=["Requirements"])
    book = openpyxl.load_workbook(path)
    column = next(c for c in book["Lists"].iter_cols(values_only=True) if c[0] == "Questions to a supplier")
    assert tuple(v for v in column[1:] if v) == SUPPLIER_QUESTIONS
    rules = [r for r in book["Requirements"].data_validations.dataValidation if r.type == "list"]
    assert any("B" in str(r.sqref) and not r.showErrorMessage for r in rules), "it suggests, and refuses nothing"
