from __future__ import annotations

import json
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from reportgen.cli import main
from reportgen.workbook.reading.parser import check_plan
from tests.workbook.spoilt.corpus import Spoilt, spoilt

ALL = tuple(spoilt())
ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize("case", ALL, ids=[s.name.replace(" ", "_") for s in ALL])
def test_a_spoilt_workbook_gives_exactly_its_problems(tmp_path: Path, case: Spoilt) -> None:
    plan, problems = check_plan(case.make(tmp_path))
    found = [f"{p.severity.value} {p.where}{f' +{len(p.also)}' if p.also else ''}: {p.code}" for p in problems]
    assert found == list(case.expected)
    assert (plan is None) == any(line.startswith("error") for line in found)
    assert all(p.what.endswith((".", "?")) and p.remedy for p in problems)


def test_the_corpus_is_as_large_as_it_must_be() -> None:
    assert len(ALL) >= 60
    assert len({s.name for s in ALL}) == len(ALL)


def _damaged(first: int, count: int) -> dict[str, Any]:
    command = [sys.executable, "-m", "tests.workbook.spoilt.mutations", str(first), str(count)]
    done = subprocess.run(command, check=True, capture_output=True, cwd=ROOT, text=True, timeout=1800)
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def _stands(found: dict[str, Any]) -> None:
    assert found["crashes"] == []
    assert found["slowest"] < 5
    assert found["peak"] < 1024
    assert set(found["said"]) == {"read", "faulty", "refused"}  # damage of every degree was tried


def test_a_hundred_damaged_workbooks_give_a_plan_or_problems() -> None:
    _stands(_damaged(0, 100))


@pytest.mark.deep
def test_two_thousand_damaged_workbooks_give_a_plan_or_problems() -> None:
    _stands(_damaged(100, 2_000))


HOSTILE = (
    "a zip bomb",
    "billion laughs",
    "an external entity",
    "an input file outside",
    "an input file on the network",
    "an input file that leads outside by a link",
    "a Word file that asks for a file",
    "a Word file that asks for a file in UTF-16",
    "a Word file that swells",
    "a formula into another file",
    "a command without its flag",
    "a foreign endpoint without its flag",
    "an endpoint without encryption",
)


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_workbook_is_refused_and_nothing_is_fetched_run_or_written(
    tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    path = next(s for s in ALL if s.name == name).make(tmp_path)
    before = {p: p.read_bytes() for p in tmp_path.rglob("*") if p.is_file()}

    def never(*_: object, **__: object) -> None:
        pytest.fail("a hostile workbook reached out")

    monkeypatch.setattr(socket.socket, "connect", never)
    monkeypatch.setattr(subprocess, "Popen", never)
    for command in ("check", "run"):
        assert main([command, str(path)]) == 2
        assert "error" in capsys.readouterr().err
    assert {p: p.read_bytes() for p in tmp_path.rglob("*") if p.is_file()} == before
