"""Each sheet and page of the four samples, and what commands say, is what it was, or the change is seen and accepted.

`python -m tests.gold.make_documents` accepts what is there now; the diff of `tests/gold` goes with the change.
"""

from __future__ import annotations

import difflib
from collections import Counter
from collections.abc import Iterator

import pytest

from tests.gold.make_documents import GOLD, TASKS, documents, pango
from tests.gold.sayings import SAYINGS, STORIES, saying

SHOWN = 40


def is_page(name: str) -> bool:
    """Whether a file holds a page of a PDF; the others are sheets."""
    return name.startswith(("recommendation-report-", "readiness-checklist-"))


def words(files: dict[str, str]) -> Iterator[str]:
    """Yield the words of the pages without their positions."""
    for name, text in files.items():
        if is_page(name):
            yield from (word for line in text.splitlines() for word in line.split(" ", 2)[-1].split())


@pytest.mark.parametrize("task", TASKS)
def test_every_sheet_and_page_is_as_it_was(task: str) -> None:
    wanted = {path.name: path.read_text(encoding="utf-8") for path in (GOLD / task).iterdir()}
    found = documents(task)
    if pango() != (GOLD / "pango.txt").read_text(encoding="utf-8").strip():
        # Another Pango may break lines and pages elsewhere; what is said stays.
        assert Counter(words(wanted)) == Counter(words(found))
        wanted = {name: text for name, text in wanted.items() if not is_page(name)}
        found = {name: text for name, text in found.items() if not is_page(name)}
    assert_same(task, wanted, found)


@pytest.mark.parametrize("name", STORIES)
def test_commands_say_what_they_said(name: str) -> None:
    file = f"{name}.txt"
    assert_same("sayings", {file: (SAYINGS / file).read_text(encoding="utf-8")}, {file: saying(STORIES[name])})


def assert_same(what: str, wanted: dict[str, str], found: dict[str, str]) -> None:
    changed = [
        line
        for name in sorted(wanted.keys() | found.keys())
        for line in difflib.unified_diff(
            wanted.get(name, "").splitlines(), found.get(name, "").splitlines(), f"{what}/{name}", "now", "", "", 0, ""
        )
    ]
    told = "\n".join(changed[:SHOWN])
    assert not changed, f"{told}\nIf this is meant: python -m tests.gold.make_documents"
