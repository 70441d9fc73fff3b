"""What the contract marks as not yet built is refused by cell, with what to do instead, and never silently ignored."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from reportgen.cli import main
from tests.small_workbooks import tickets

MODEL = {"Candidate": "m", "Kind": "API model", "Model": "openai/gpt-4o-mini"}


@pytest.mark.parametrize(
    ("candidate", "said", "remedy"),
    [
        (MODEL | {"Settings": "batch: yes"}, 'the setting "batch" is not known', "reportgen batch export"),
        (MODEL | {"Settings": "Batch: no"}, 'the setting "Batch" is not known', "reportgen batch export"),
    ],
)
def test_what_is_not_yet_built_is_refused_by_cell(
    tmp_path: Path, candidate: dict[str, Any], said: str, remedy: str, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tickets(tmp_path / "t.xlsx", candidates=[candidate], count=20)
    assert main(["check", str(path)]) != 0
    told = " ".join("".join(capsys.readouterr()).split())
    assert all(part in told for part in ("Candidates!", said, remedy)), told
