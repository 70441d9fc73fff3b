"""The documentation says what the code does."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from reportgen.workbook.layout.sheets import LOCAL_BASELINES
from tests.readme_tables import README, ROOT, TABLES, filled

PAGES = sorted([README, ROOT / "CONTRIBUTING.md", *(ROOT / "docs").glob("*.md")])


@pytest.mark.parametrize("page", TABLES)
def test_the_tables_of_a_page_are_those_of_the_code(page: str) -> None:
    assert filled(page) == (ROOT / page).read_text(encoding="utf-8"), "run `make readme`"


def test_every_local_baseline_is_named() -> None:
    text = (ROOT / "docs/workbook.md").read_text(encoding="utf-8")
    assert all(f"`{name}`" in text for name in LOCAL_BASELINES)


def test_every_make_target_that_a_page_names_is_in_the_makefile() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    named = {t for page in PAGES for t in re.findall(r"(?m)^    make ([a-z-]+)", page.read_text(encoding="utf-8"))}
    assert {"demo", "test"} <= named
    assert not {target for target in named if f"\n{target}:" not in makefile}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_link_of_a_page_leads_to_a_file(page: Path) -> None:
    links = re.findall(r"\]\((?!https?:)([^)#]+)", page.read_text(encoding="utf-8"))
    assert not [link for link in links if not (page.parent / link).exists()]
