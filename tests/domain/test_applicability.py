"""A level on invented values is waived only where documents that lack a field are too rare to matter."""

from __future__ import annotations

from dataclasses import replace

import pytest

from reportgen.domain.deciding.applicability import INVENTED, as_it_applies, without_a_case
from reportgen.domain.records.plan import AnswerKey, Comparator, EvaluationPlan, Example, FieldKey, Importance, Task
from tests.domain.samples import level, plan_of, right_of

LEVELS = (0.01, 0.03, 0.05, 0.13)


def plan(target: float) -> EvaluationPlan:
    return plan_of({"A": right_of(1, 1)}, (level(INVENTED, target, Comparator.AT_MOST),), task=Task.EXTRACTION)


def documents(n: int, groups: int = 0) -> list[Example]:
    """Return documents that hold every field; some of one group where groups are given."""
    key = AnswerKey(fields={"Total": FieldKey(("1",), labelled=True)})
    return [Example(f"D{i}", "text", key, f"Examples!A{i + 2}", group=f"G{i % groups}" if groups else "") for i in range(n)]


@pytest.mark.parametrize("target", LEVELS)
def test_a_candidate_that_always_invents_is_spared_the_level_in_at_most_5_of_100_samples(target: float) -> None:
    """Just more documents than the level allows lack a field; the level is waived where none of them was drawn."""
    for n in range(1, 500):
        if without_a_case(plan(target), documents(n)):
            assert (1 - target) ** n <= 0.05 + 1e-9
            return
    pytest.fail("never waived")


def test_documents_of_one_group_count_once_and_one_that_lacks_a_field_keeps_the_level() -> None:
    asked = plan(0.05)
    assert without_a_case(asked, documents(120)) == asked.service_levels
    assert as_it_applies(asked, documents(120)).service_levels[0].importance is Importance.SHOULD
    assert without_a_case(asked, documents(120, groups=20)) == ()
    lacking = replace(documents(1)[0], id="L", key=AnswerKey(fields={"Total": FieldKey((), labelled=True)}))
    assert without_a_case(asked, [*documents(120), lacking]) == ()
