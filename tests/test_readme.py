"""The README says what the code does."""

from __future__ import annotations

import re

from reportgen.workbook.layout.sheets import LOCAL_BASELINES
from tests.readme_tables import README, filled


def test_the_tables_of_the_readme_are_those_of_the_code() -> None:
    text = README.read_text(encoding="utf-8")
    assert filled(text) == text, "run `make readme`"


def test_every_local_baseline_is_named() -> None:
    text = README.read_text(encoding="utf-8")
    assert all(f"`{name}`" in text for name in LOCAL_BASELINES)


def test_the_two_commands_are_in_the_makefile() -> None:
    makefile = (README.parent / "Makefile").read_text(encoding="utf-8")
    for target in re.findall(r"^    make ([a-z-]+)$", README.read_text(encoding="utf-8"), flags=re.MULTILINE):
        assert f"\n{target}:" in makefile
