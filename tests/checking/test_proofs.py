"""Every measure that a level may name is foreseen in one sentence, by the verdict that a run would give."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from reportgen.checking import check_workbook
from reportgen.checking.means import SupposedMean
from reportgen.checking.proofs import Unforeseen, proofs
from reportgen.checking.provability import Provability, counts_examples
from reportgen.checking.rehearsal import Rehearsal, rehearsal
from reportgen.checking.supposed import Supposed, fault_of
from reportgen.corpus import ledger
from reportgen.domain.measures import MEASURES
from reportgen.domain.records.comparison import Verdict
from reportgen.domain.records.corpus import Corpus
from reportgen.domain.records.measure import Better
from reportgen.domain.records.plan import (
    Comparator,
    EvaluationPlan,
    FieldSpec,
    FieldType,
    Scope,
    ScopeKind,
    ServiceLevel,
    Task,
)
from reportgen.domain.statistics.proportions import most_errors_to_prove
from reportgen.evaluation import Permissions, evaluate
from reportgen.problems import NeedsMendingError
from reportgen.workbook.blank.workbooks import write_workbook
from reportgen.workbook.reading.parser import read_plan
from tests.small_workbooks import COSTS, baseline

GATEABLE = [(task, m.name) for task in Task for m in MEASURES.values() if task in m.tasks and m.gateable and not m.several]
SCOPES = {ScopeKind.LABEL: "refund", ScopeKind.FIELD: "Tenant", ScopeKind.SEGMENT: "mail"}
LEVELS = {"s": 3.0, "money": 2.0}
COUNT = 120
UNMEASURED = ("no field has the type records", "the sheet Labels gives no Order", "the workbook has no sheet Mistake costs")
ONCE = "cannot be proven, since each example is asked once. Set Repeats on the sheet Evaluation to 3 or more."
FORESEEN = ("proven with", "proven even with", "counted case by case", "cannot prove it", ONCE, *UNMEASURED)
NONE: Mapping[str, Any] = {}


def _examples(task: Task, count: int) -> Sequence[dict[str, Any]]:
    keys: Mapping[Task, Any] = {
        Task.CLASSIFICATION: lambda n: {"Expected": ("refund", "order", "other")[n % 3]},
        Task.EXTRACTION: lambda n: {
            "Expected: Tenant": f"Ann {n}",
            "Expected: Rent": f"{n + 100}" if n % 2 else "",
            "Expected: Pets": "cat\ndog",
        },
        Task.SUMMARIZATION: lambda _: {"Reference summary": "It is late. It is red.", "Key facts": "late\nred"},
        Task.QUESTION_ANSWERING: lambda n: {"Expected": f"answer {n}"},
    }
    return [
        {
            "Example ID": f"E{n}",
            "Input": f"the text of number {n}",
            "Split": "eval",
            "Segment": "mail" if n % 4 else "chat",
            **keys[task](n),
        }
        for n in range(count)
    ]


def _plan(folder: Path, task: Task, sheets: Mapping[str, Any] = NONE, *, count: int = COUNT) -> EvaluationPlan:
    failing = {"Example ID": "K1", "Input": "a known one", "Known failure": "F1"}
    failing |= {k: v for k, v in _examples(task, 1)[0].items() if k not in {"Example ID", "Input", "Split"}}
    rows: dict[str, Any] = {
        "Examples": [*_examples(task, count), failing, failing | {"Example ID": "K2", "Input": "another one"}],
        "Candidates": [baseline("lead sentences" if task is Task.SUMMARIZATION else "nearest example")],
        "Service levels": [{"Measure": "p95 latency", "Comparison": "at most", "Target": 3}],
        "Costs": [{"Assumption": name, "Expected": value} for name, value in COSTS.items()],
        **sheets,
    }
    fields = [
        FieldSpec("Tenant", citation_required=True),
        FieldSpec("Rent", FieldType.NUMBER),
        FieldSpec("Pets", FieldType.LIST),
    ]
    given = fields if task is Task.EXTRACTION else []
    write_workbook(folder / "w.xlsx", task, fields=given, evaluation={"Title": "Foreseen"}, rows=rows)
    return read_plan(folder / "w.xlsx")


def _corpus(plan: EvaluationPlan) -> Corpus:
    return ledger.corpus(plan, ledger.update(plan, None, now="2026-01-01T00:00:00Z"))


def _levels(task: Task) -> list[ServiceLevel]:
    """A usual level of each measure of a task, in each scope that it may have."""
    levels: list[ServiceLevel] = []
    for of in MEASURES.values():
        if task not in of.tasks or not of.gateable or of.several:
            continue
        higher = of.better is Better.HIGHER
        target = LEVELS.get(of.unit.value, 0.85 if higher else 0.15)
        side = Comparator.AT_LEAST if higher else Comparator.AT_MOST
        for kind in sorted(of.scopes):
            if (kind is ScopeKind.LABEL and task is not Task.CLASSIFICATION) or (
                kind is ScopeKind.FIELD and task is not Task.EXTRACTION
            ):
                continue
            name = {"invented field rate": "Rent", "item precision": "Pets", "item recall": "Pets", "item F1": "Pets"}.get(
                of.name
            )
            of_field = kind is ScopeKind.FIELD and name is not None
            scope = Scope(kind, name if of_field and name else SCOPES[kind]) if kind in SCOPES else Scope()
            levels.append(ServiceLevel(of.name, side, target, scope, where=f"Service levels!D{len(levels) + 2}"))
    return levels


def test_a_measure_that_decides_nothing_can_be_no_level(tmp_path: Path) -> None:
    shown = [(task, m.name) for task in Task for m in MEASURES.values() if task in m.tasks and not m.gateable]
    assert {name for _, name in shown} == {"ROUGE-L"}
    for task, name in shown:
        with pytest.raises(NeedsMendingError, match=f"{name} is shown but decides nothing"):
            _plan(tmp_path, task, {"Service levels": [{"Measure": name, "Comparison": "at least", "Target": 0.5}]})


MIX = [{"Segment": "mail", "Share": "60 %"}, {"Segment": "chat", "Share": "40 %"}]


@pytest.mark.parametrize("task", Task)
@pytest.mark.parametrize("mixed", [False, True])
def test_every_measure_of_every_task_is_foreseen_in_a_sentence(tmp_path: Path, task: Task, *, mixed: bool) -> None:
    plan = _plan(tmp_path, task, {"Production mix": MIX} if mixed else NONE)
    levels = _levels(task)
    assert {level.measure for level in levels} == {name for of, name in GATEABLE if of is task}
    said = proofs(replace(plan, service_levels=tuple(levels)), _corpus(plan))
    assert [p.where for p in said] == [level.where for level in levels]
    of_repeats = {m.name for m in MEASURES.values() if m.of_repeats}
    assert {level.measure for level, p in zip(levels, said, strict=True) if isinstance(p, Unforeseen)} == of_repeats
    for level, proof in zip(levels, said, strict=True):
        assert str(proof).startswith(f"{level.where}: {level.measure} ({level.scope}), the level of ")
        assert any(words in str(proof) for words in FORESEEN), str(proof)


@pytest.mark.parametrize("task", Task)
def test_the_table_of_shares_is_what_the_verdict_says_of_supposed_answers(tmp_path: Path, task: Task) -> None:
    plan = _plan(tmp_path, task, count=80)
    corpus = _corpus(plan)
    tried = 0
    for level in _levels(task):
        fault = fault_of(level, task)
        (table,) = proofs(replace(plan, service_levels=(level,)), corpus)
        if not counts_examples(MEASURES[level.measure]) or not isinstance(table, Provability) or fault is None:
            continue
        by_verdict = rehearsal(level, plan, corpus.eval, fault)
        assert (by_verdict.most_errors, by_verdict.examples) == (table.most_errors, table.examples), level
        tried += 1
    assert tried >= 10


def test_known_failures_are_counted_case_by_case_as_the_verdict_counts_them(tmp_path: Path) -> None:
    plan = _plan(tmp_path, Task.CLASSIFICATION, {"Production mix": MIX})
    levels = tuple(ServiceLevel("known-failure pass rate", Comparator.AT_LEAST, target, where="D2") for target in (1.0, 0.5))
    every, half = proofs(replace(plan, service_levels=levels), _corpus(plan))
    assert str(every).endswith("counted case by case, met with no case that fails again in 2 examples.")
    assert str(half).endswith("counted case by case, met with at most 1 case that fails again in 2 examples.")


def test_a_mix_takes_from_what_can_be_proven(tmp_path: Path) -> None:
    level = ServiceLevel("accuracy", Comparator.AT_LEAST, 0.85, where="D2")
    allowed = []
    for place, sheets in enumerate(
        (NONE, {"Production mix": [{"Segment": "mail", "Share": 0.2}, {"Segment": "chat", "Share": 0.8}]})
    ):
        folder = tmp_path / str(place)
        folder.mkdir()
        plan = replace(_plan(folder, Task.CLASSIFICATION, sheets), service_levels=(level,))
        (found,) = proofs(plan, _corpus(plan))
        assert isinstance(found, Provability | Rehearsal)
        allowed.append(found.most_errors)
    # a quarter of the examples is chat and weighs four fifths: the 120 rows count for about 45, of which 2 may be wrong
    assert allowed[0] == 11
    assert allowed[1] is not None
    assert allowed[1] < 8
    plan = replace(plan, service_levels=(replace(level, target=0.97),))
    (none,) = proofs(plan, _corpus(plan))
    assert "even answers without a fault would show no more than" in str(none)
    assert str(none).endswith("At least 99 examples are needed.")


def test_of_a_mean_it_is_said_what_is_supposed(tmp_path: Path) -> None:
    plan = _plan(tmp_path, Task.CLASSIFICATION, count=200)
    level = ServiceLevel("mean latency", Comparator.AT_MOST, 3, where="D2")
    (found,) = proofs(replace(plan, service_levels=(level,)), _corpus(plan))
    assert isinstance(found, SupposedMean)
    # 1 + 1.645 / sqrt(200) = 1.116; the resamples of skewed figures reach a little further
    assert found.most is not None
    assert 3 / 1.16 < found.most < 3 / 1.11
    # ((1.645 + .842) * .9 / .1)^2 = 500.8
    assert found.needed == 510
    assert "if answers differ by as much as their mean" in str(found)


@pytest.mark.parametrize(
    ("costs", "expected"),
    [
        ({"Minutes per review": 3, "Reviewer cost per hour": 40}, r"proven with about \d+ reviewed answers in 120 examples"),
        ({}, r"proven with a mean of \$0\.\d+ or less in 120 examples"),
        (
            {"Minutes per review": 3, "Reviewer cost per hour": 40, "Infrastructure cost per request": 0.97},
            r"would leave \$1\.02 possible\. Add examples, or set a level that leaves room for a review\.$",
        ),
        (
            {"Infrastructure cost per request": 1.5},
            r"cannot be proven; even answers that cost nothing would leave \$1\.50 possible",
        ),
    ],
)
def test_what_a_task_may_cost_is_told_in_reviews_where_they_are_paid(
    tmp_path: Path, costs: dict[str, float], expected: str
) -> None:
    rows = [{"Assumption": name, "Expected": value} for name, value in costs.items()] or [{"Assumption": "x"}]
    plan = _plan(tmp_path, Task.CLASSIFICATION, {"Costs": rows})
    level = ServiceLevel("cost per task", Comparator.AT_MOST, 1, where="D2")
    (found,) = proofs(replace(plan, service_levels=(level,)), _corpus(plan))
    assert re.search(expected, str(found)), str(found)


@pytest.mark.parametrize(
    ("level", "expected"),
    [
        (
            ServiceLevel("accuracy", Comparator.AT_MOST, 0.9),
            "accuracy is better when higher. Write at least under Comparison.",
        ),
        (ServiceLevel("review rate", Comparator.AT_MOST, 1.0), "any answers meet it."),
        (ServiceLevel("mean latency", Comparator.AT_MOST, 0), "Set a level above 0."),
        (ServiceLevel("macro F1", Comparator.AT_LEAST, 1), "No number of examples is enough; set a level that allows"),
    ],
)
def test_a_level_that_decides_nothing_is_told_so(tmp_path: Path, level: ServiceLevel, expected: str) -> None:
    plan = _plan(tmp_path, Task.CLASSIFICATION, count=30)
    (found,) = proofs(replace(plan, service_levels=(level,)), _corpus(plan))
    assert expected in str(found)


def test_very_many_examples_are_not_tried_out_and_it_is_said(tmp_path: Path) -> None:
    plan = _plan(tmp_path, Task.CLASSIFICATION, count=2_001)
    levels = tuple(
        ServiceLevel(name, side, target)
        for name, side, target in (
            ("macro F1", Comparator.AT_LEAST, 0.9),
            ("mean latency", Comparator.AT_MOST, 3),
            ("accuracy", Comparator.AT_LEAST, 0.9),
        )
    )
    macro, mean, accuracy = map(str, proofs(replace(plan, service_levels=levels), _corpus(plan)))
    # 1.645 / (2 sqrt(2001)) = .0184, and 1.645 / sqrt(2001) = .0368
    assert "2,001 examples prove a figure about 1.8 points better than the level" in macro
    assert "about 4\u00a0% below the level, if answers differ by as much as their mean" in mean
    assert f"proven with at most {most_errors_to_prove(2_001, 0.9)} wrong labels in 2,001 examples" in accuracy


def test_check_says_each_level_of_a_blank_workbook(tmp_path: Path) -> None:
    plan = _plan(tmp_path, Task.SUMMARIZATION)
    result = check_workbook(Path(plan.source.path), Permissions(), {})
    assert [p.where for p in result.proofs] == [level.where for level in plan.service_levels]


def test_rows_that_hang_together_count_as_their_groups(tmp_path: Path) -> None:
    plan = _plan(tmp_path, Task.CLASSIFICATION, count=150)
    levels = (ServiceLevel("accuracy", Comparator.AT_LEAST, 0.9), ServiceLevel("p95 latency", Comparator.AT_MOST, 3))
    said = {}
    for size in (10, 60):
        rows = tuple(replace(e, group=f"g{i // size}") for i, e in enumerate(plan.examples))
        grouped = replace(plan, examples=rows, service_levels=levels)
        said[size] = [str(p) for p in proofs(grouped, _corpus(grouped))]
    # 15 groups without an error show .05^(1/15) = 81.9 %; 29 are needed for 90 %, 59 for a 95th percentile
    assert said[10][0].endswith("would show no more than 81.8\u00a0%. At least 29 groups of rows are needed.")
    assert said[10][1].endswith("would leave any time possible. At least 59 groups of rows are needed.")
    assert all("the rows come from only 3 groups, at least 5 are needed" in line for line in said[60])


def test_a_run_with_the_foreseen_faults_is_proven_and_with_one_more_it_is_not(tmp_path: Path) -> None:
    levels = [{"Measure": name, "Comparison": "at least", "Target": 0.85} for name in ("exact answer rate", "token F1")]
    rows = _examples(Task.QUESTION_ANSWERING, COUNT)
    given: dict[str, Any] = {
        "Service levels": levels,
        "Production mix": MIX,
        "Candidates": [{"Candidate": "kept", "Kind": "Recorded outputs"}],
    }
    plan = _plan(tmp_path, Task.QUESTION_ANSWERING, given)
    foreseen = {p.most_errors for p in proofs(plan, _corpus(plan)) if isinstance(p, Rehearsal)}
    assert len(foreseen) == 1
    (most,) = foreseen
    assert most is not None
    fault = fault_of(plan.service_levels[0], Task.QUESTION_ANSWERING)
    assert fault is not None
    places = Supposed(plan, plan.service_levels[0], plan.examples[:COUNT], fault).places()
    for errors, word in ((most, Verdict.PROVEN), (most + 1, Verdict.LIKELY)):
        wrong = {places[(2 * i + 1) * COUNT // (2 * errors)][0] for i in range(errors)}
        outputs = [
            {"Candidate": "kept", "Example ID": row["Example ID"], "Output": "nothing" if i in wrong else row["Expected"]}
            for i, row in enumerate(rows)
        ]
        folder = tmp_path / str(errors)
        folder.mkdir()
        book = Path(_plan(folder, Task.QUESTION_ANSWERING, {**given, "Recorded outputs": outputs}).source.path)
        comparison, _ = evaluate(book)
        assert [v.verdict for v in comparison.candidates[0].levels] == [word, word]
