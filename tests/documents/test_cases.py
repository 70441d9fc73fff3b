"""The documents of the shared cases through the door: a workbook names them, and the example holds all of their text."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from reportgen.domain.records.plan import Task
from tests.peers.shared import SHARED
from tests.workbook.filled import check, sheets

CASES = SHARED.parent / "cases" / "files"
WORDS = {
    "tracked.docx": ("The monthly rent is 1250 EUR.",),
    "control.docx": ("The tenant is Orion Ltd.", "Deposit: 3000 EUR (block control)"),
    "sdtrow.docx": ("Chair\t120 EUR",),
    "textbox.docx": ("Boxed total 4711 EUR",),
    "header.docx": ("Contract no. HEAD-99", "1. first", "Foot-55"),
    "form.pdf": ("Applicant name: Jane Example", "Amount requested in EUR: 15200"),
}


@pytest.mark.skipif(not CASES.is_dir(), reason="the cases of ../shared are not on this machine")
@pytest.mark.parametrize("name", WORDS)
def test_an_example_holds_all_of_its_document(name: str, tmp_path: Path) -> None:
    shutil.copyfile(CASES / name, tmp_path / name)
    made = sheets(Task.SUMMARIZATION)
    made["Examples"][0].append("Input file")
    made["Examples"][1][1] = None
    made["Examples"][1].append(name.upper())
    plan, problems = check(made, tmp_path)
    assert plan is not None, problems
    assert plan.examples[0].document is not None
    assert plan.examples[0].document.name == name
    for words in WORDS[name]:
        assert words in plan.examples[0].input
    assert "900" not in plan.examples[0].input
