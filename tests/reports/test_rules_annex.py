"""The annex says where the report answers what rules ask, computed from the run, and claims no conformity."""

from __future__ import annotations

from dataclasses import replace

import pytest

from reportgen.domain.records.comparison import Comparison, RequirementVerdict, Verdict
from reportgen.domain.records.plan import Requirement, Task
from reportgen.reports.view.build import build
from reportgen.reports.view.rules import CHECKS, _rules
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
