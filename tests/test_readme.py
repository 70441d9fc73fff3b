"""The documentation says what the code does."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from reportgen.workbook.layout.sheets import LOCAL_BASELINES
from tests import readme_pictures
from tests.readme_tables import README, ROOT, TABLES, filled

MOST_LINES_A_ROOM = 4_500
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


def test_the_pictures_of_the_readme_are_those_that_make_pictures_writes() -> None:
    shown = re.findall(r'<img src="docs/pictures/([^"]+)" alt="[^"]{20,}"', README.read_text(encoding="utf-8"))
    assert sorted(shown) == sorted(path.name for path in (ROOT / "docs" / "pictures").iterdir())
    assert sorted(shown) == sorted(readme_pictures.NAMES)


def test_every_room_is_on_the_map_and_none_is_a_heap() -> None:
    rooms = [file.parent for file in (ROOT / "reportgen").rglob("__init__.py") if file.parent.name != "reportgen"]
    sizes = {room: sum(len(f.read_text(encoding="utf-8").splitlines()) for f in room.glob("*.py")) for room in rooms}
    assert len(sizes) > 30
    assert not {room.name: size for room, size in sizes.items() if size > MOST_LINES_A_ROOM}, "find a wall that has a sense"
    told = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    assert not [room for room in rooms if f"| `{room.relative_to(ROOT).as_posix()}/` | " not in told]
