"""A command speaks the contract's lines; whatever it does wrong is a typed failure of that question, never of the run."""

from __future__ import annotations

import shlex
import sys
from pathlib import Path

import pytest

from reportgen.candidates.command import without_secrets
from reportgen.candidates.prices import find_price, token_cost
from reportgen.domain.records.plan import CandidateKind, CandidateSpec
from reportgen.domain.records.response import Outcome, Response, Usage
from tests.candidates.plans import KEY, example, plan_of, run
from tests.loops import some

HEAD = "import json, os, sys, time\nfor line in sys.stdin:\n    q = json.loads(line)\n    "
SAY = "print(json.dumps({'id': q['id'], 'output': %s}), flush=True)\n"


def answers(tmp_path: Path, body: str, count: int = 3, timeout_s: float = 20) -> tuple[Response, ...]:
    program = tmp_path / "a program.py"
    program.write_text(HEAD + body, encoding="utf-8")
    spec = CandidateSpec("C", CandidateKind.COMMAND, model=shlex.join([sys.executable, str(program)]))
    examples = [example(n) for n in range(count)]
    environment = {"PATH": "/usr/bin:/bin", "SOME_API_KEY": KEY, "GREETING": "hello"}
    return run(plan_of(spec, timeout_s=timeout_s), examples, allow_commands=True, environment=environment)


def test_a_program_sees_the_question_and_never_what_is_right(tmp_path: Path) -> None:
    (response,) = answers(tmp_path, SAY % "json.dumps(q, sort_keys=True)", 1)
    assert response.text == (
        '{"fields": [], "id": "E0", "input": "text 0", "labels": ["refund", "delivery", "other"], "task": "classification"}'
    )
    assert response.outcome is Outcome.ANSWERED
    assert response.latency_s is not None


def test_tokens_confidence_cost_and_outcome_are_taken_over(tmp_path: Path) -> None:
    body = (
        "print(json.dumps({'id': q['id'], 'output': 'x', 'confidence': .5, 'outcome': 'abstained', "
        "'input_tokens': 3, 'output_tokens': 1, 'cost': .25}), flush=True)\n"
    )
    first, second = answers(tmp_path, body, 2)
    assert (first.confidence, first.outcome, first.usage, first.cost) == (0.5, Outcome.ABSTAINED, Usage(3, 1), 0.25)
    price = find_price(CandidateSpec("C", CandidateKind.COMMAND), (first, second), "USD")
    assert [token_cost(r, price) for r in (first, second)] == [0.25, 0.25]


def test_a_command_that_reports_no_cost_is_unpriced(tmp_path: Path) -> None:
    found = answers(tmp_path, SAY % "'refund'")
    price = find_price(CandidateSpec("C", CandidateKind.COMMAND), found, "USD")
    assert price.source == "UNPRICED"
    assert token_cost(found[0], price) is None


def test_an_output_that_is_a_json_object_is_taken_as_it_stands(tmp_path: Path) -> None:
    (response,) = answers(tmp_path, SAY % "{'Due date': {'value': None}}", 1)
    assert response.text == '{"Due date":{"value":null}}'


def test_a_program_that_crashes_fails_the_rest_with_its_last_words(tmp_path: Path) -> None:
    body = "if q['id'] == 'E1': sys.exit('out of paper')\n    " + SAY % "'refund'"
    found = answers(tmp_path, body, 4)
    assert [r.outcome for r in found] == [Outcome.ANSWERED, Outcome.ERROR, Outcome.ERROR, Outcome.ERROR]
    assert all("exit code 1" in r.reason and "out of paper" in r.reason for r in found[1:])
    assert [r.attempts for r in found] == [1, 1, None, None]


def test_a_program_that_hangs_is_started_again_for_the_next_question(tmp_path: Path) -> None:
    body = "if q['id'] == 'E1': time.sleep(60)\n    " + SAY % "'refund'"
    found = answers(tmp_path, body, 3, timeout_s=1.5)
    assert [r.outcome for r in found] == [Outcome.ANSWERED, Outcome.TIMEOUT, Outcome.ANSWERED]


def test_a_program_that_always_hangs_is_given_up(tmp_path: Path) -> None:
    found = answers(tmp_path, "time.sleep(60)\n", 6, timeout_s=0.1)
    assert {r.outcome for r in found} == {Outcome.TIMEOUT}
    assert [r.attempts for r in found] == [1, 1, 1, None, None, None]


def test_a_program_that_reads_nothing_cannot_hang_a_long_document(tmp_path: Path) -> None:
    program = tmp_path / "deaf.py"
    program.write_text("import time\ntime.sleep(60)\n", encoding="utf-8")
    spec = CandidateSpec("C", CandidateKind.COMMAND, model=shlex.join([sys.executable, str(program)]))
    (response,) = run(plan_of(spec, timeout_s=0.3), [example(1, text="x" * 500_000)], allow_commands=True)
    assert response.outcome is Outcome.TIMEOUT


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("print('no json', flush=True)\n", "not understood"),
        ("print(json.dumps({'id': 'other', 'output': 'x'}), flush=True)\n", "when it was asked"),
        ("print(json.dumps({'id': q['id'], 'output': 'x', 'confidence': 7}), flush=True)\n", "confidence"),
        ("print(json.dumps({'id': q['id'], 'output': 'x', 'cost': -1}), flush=True)\n", "below zero"),
        ("print(json.dumps({'id': q['id'], 'outcome': 'fine'}), flush=True)\n", "not understood"),
    ],
)
def test_a_line_that_cannot_be_the_answer_is_an_error_of_that_question_alone(tmp_path: Path, line: str, told: str) -> None:
    found = answers(tmp_path, f"if q['id'] == 'E0':\n        {line}        continue\n    {SAY % repr('refund')}", 2)
    assert (found[0].outcome, found[1].outcome) == (Outcome.ERROR, Outcome.ANSWERED)
    assert told in found[0].reason


def test_a_program_that_cannot_be_started_is_an_error_with_the_reason() -> None:
    spec = CandidateSpec("C", CandidateKind.COMMAND, model="/no/such/program --fast")
    found = run(plan_of(spec), [example(1), example(2)], allow_commands=True)
    assert all(r.outcome is Outcome.ERROR and "could not be started" in r.reason for r in some(found))


def test_no_shell_reads_the_command_line(tmp_path: Path) -> None:
    spec = CandidateSpec("C", CandidateKind.COMMAND, model=f"echo hi > {tmp_path / 'written'}")
    run(plan_of(spec), [example(1)], allow_commands=True)
    assert not (tmp_path / "written").exists()


def test_a_program_is_not_given_keys_and_what_it_prints_is_searched_for_them(tmp_path: Path) -> None:
    (seen,) = answers(tmp_path, SAY % "str(sorted(n for n in os.environ if n.isupper()))", 1)
    assert "GREETING" in seen.text
    assert "SOME_API_KEY" not in seen.text
    (told,) = answers(tmp_path, SAY % repr(f"the key is {KEY}"), 1)
    assert told.text == "the key is [key removed]"
    assert without_secrets({"MY_TOKEN": "x", "OTHER_TOKEN": "y"}, "MY_TOKEN") == {"MY_TOKEN": "x"}
