"""Every kind of candidate through the same questions: it sees no answers, never raises, and order does not matter."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Iterator
from dataclasses import fields, replace
from pathlib import Path

import pytest

from reportgen.candidates.ask import KINDS, maker_of
from reportgen.candidates.interface import Briefing, Question
from reportgen.domain.records.plan import (
    AnswerKey,
    CandidateKind,
    CandidateSpec,
    EvaluationPlan,
    Example,
    Price,
    RecordedOutput,
    Role,
)
from reportgen.domain.records.response import Outcome, Response
from tests.candidates.plans import MemoryJournal, api_model, example, plan_of, run
from tests.fakes.model_server import ModelServer, Reply, Script

PROGRAM = """
import json, sys
for line in sys.stdin:
    q = json.loads(line)
    label = "delivery" if "parcel" in q["input"] else "refund"
    print(json.dumps({"id": q["id"], "output": label}), flush=True)
"""
TEXTS = ["my money back please", "where is the parcel", "{input} \x00 😀 =1+1", " ", "parcel" * 3000]
ASKED = [example(n, text) for n, text in enumerate(TEXTS)]
TRAIN = [
    example(100, "money back", "refund"),
    example(101, "the parcel is late", "delivery"),
    example(102, "money money", "refund"),
]
BASELINES = ("majority", "nearest example", "tf-idf logistic regression", "lead sentences", "lexrank")


def _label(_number: int, body: dict[str, object]) -> Reply:
    return Reply("delivery" if "parcel" in str(body["messages"]) else "refund")


SCRIPT: Script = _label


@pytest.fixture(scope="module")
def server() -> Iterator[ModelServer]:
    with ModelServer(SCRIPT) as running:
        yield running


CASES = [
    CandidateKind.API_MODEL.value,
    CandidateKind.RECORDED_OUTPUTS.value,
    CandidateKind.COMMAND.value,
    *BASELINES,
]


def made(case: str, server: ModelServer, tmp_path: Path) -> EvaluationPlan:
    if case == CandidateKind.API_MODEL.value:
        return plan_of(api_model("X", server.url))
    if case == CandidateKind.RECORDED_OUTPUTS.value:
        rows = tuple(RecordedOutput("X", e.id, "refund", latency_s=1.0) for e in ASKED[1:])
        return replace(plan_of(CandidateSpec("X", CandidateKind.RECORDED_OUTPUTS)), recorded_outputs=rows)
    if case == CandidateKind.COMMAND.value:
        (tmp_path / "program.py").write_text(PROGRAM, encoding="utf-8")
        command = shlex.join([sys.executable, str(tmp_path / "program.py")])
        return plan_of(CandidateSpec("X", CandidateKind.COMMAND, model=command))
    return plan_of(CandidateSpec("X", CandidateKind.LOCAL_BASELINE, model=case))


def asked(plan: EvaluationPlan, examples: list[Example], train: list[Example] | None = None) -> tuple[Response, ...]:
    return run(plan, examples, train=TRAIN if train is None else train, allow_commands=True)


def test_every_kind_of_the_workbook_can_be_made() -> None:
    assert set(KINDS) == set(CandidateKind) - {CandidateKind.ROUTE}, "a route is made from others, and never asked"


def test_a_question_holds_nothing_of_what_is_right() -> None:
    assert [f.name for f in fields(Question)] == ["id", "input", "task", "labels", "fields", "asked", "document"]


@pytest.mark.parametrize("case", CASES)
def test_each_question_gets_one_response_of_its_own_that_can_be_kept(case: str, server: ModelServer, tmp_path: Path) -> None:
    found = asked(made(case, server, tmp_path), ASKED)
    assert [(r.candidate, r.example_id) for r in found] == [("X", e.id) for e in ASKED]
    assert len({r.key for r in found}) == len(found)
    assert all(r.reason for r in found if r.outcome is Outcome.ERROR)
    assert all(r.latency_s is None or r.latency_s >= 0 for r in found)


@pytest.mark.parametrize("case", CASES)
def test_the_order_of_the_questions_does_not_matter(case: str, server: ModelServer, tmp_path: Path) -> None:
    plan = made(case, server, tmp_path)
    forth = {r.example_id: (r.key, r.outcome, r.text) for r in asked(plan, ASKED)}
    back = {r.example_id: (r.key, r.outcome, r.text) for r in asked(plan, ASKED[::-1])}
    assert forth == back


@pytest.mark.parametrize("case", CASES)
def test_what_is_right_for_the_asked_examples_changes_nothing(case: str, server: ModelServer, tmp_path: Path) -> None:
    plan = made(case, server, tmp_path)
    other = [replace(e, key=AnswerKey(label="other")) for e in ASKED]
    first, second = asked(plan, ASKED), asked(plan, other)
    assert [(r.key, r.text) for r in first] == [(r.key, r.text) for r in second]


@pytest.mark.parametrize("case", CASES)
def test_price_role_and_notes_change_no_content_key_and_the_model_does(
    case: str, server: ModelServer, tmp_path: Path
) -> None:
    plan = made(case, server, tmp_path)
    (spec,) = plan.candidates
    briefing = Briefing(plan, tuple(TRAIN), {"MY_LOOPBACK": "a key of the server"}, {})
    told = replace(spec, price=Price(1, 2), role=Role.PRODUCTION, notes="x", where="Candidates!A9")
    changed = replace(spec, settings={"seed": "7"})
    make = maker_of(spec)
    assert make(told, briefing).fingerprint == make(spec, briefing).fingerprint
    assert make(changed, briefing).fingerprint != make(spec, briefing).fingerprint


@pytest.mark.parametrize("case", BASELINES)
def test_what_a_baseline_learns_from_is_part_of_its_content_key(case: str, server: ModelServer, tmp_path: Path) -> None:
    plan = made(case, server, tmp_path)
    assert {r.key for r in asked(plan, ASKED)}.isdisjoint(r.key for r in asked(plan, ASKED, TRAIN[:2]))


def test_the_journal_gives_the_very_responses_back() -> None:
    journal = MemoryJournal()
    plan = plan_of(CandidateSpec("X", CandidateKind.LOCAL_BASELINE, model="majority"))
    assert run(plan, ASKED, journal, train=TRAIN) == run(plan, ASKED, journal, train=TRAIN)
    assert len(journal.written) == len(ASKED)


@pytest.mark.parametrize("case", CASES)
def test_another_spelling_of_a_label_that_nobody_is_given_asks_nothing_again(
    case: str, server: ModelServer, tmp_path: Path
) -> None:
    plan = made(case, server, tmp_path)
    journal = MemoryJournal()
    run(plan, ASKED, journal, train=TRAIN, allow_commands=True)
    before = len(journal.written)
    respelled = tuple(replace(label, also_written=("x", "y")) for label in plan.labels)
    run(replace(plan, labels=respelled), ASKED, journal, train=TRAIN, allow_commands=True)
    assert len(journal.written) == before
