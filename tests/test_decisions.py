"""Every decision stands in the index, with its own title."""

from __future__ import annotations

import re
from pathlib import Path

FOLDER = Path(__file__).resolve().parents[1] / ".github/decisions"


def test_the_index_has_every_decision_by_its_title_and_no_other() -> None:
    pages = [file for file in sorted(FOLDER.glob("*.md")) if re.match(r"\d{4}-", file.name)]
    titles = {file.name: re.sub(r"^# (\d+\. )?", "", file.read_text("utf-8").splitlines()[0]) for file in pages}
    index = re.findall(r"(?m)^\| \[(\d{4})\]\(([^)]+)\) \| (.+?) \| ", (FOLDER / "README.md").read_text("utf-8"))
    assert len(index) > 5
    assert {name: title for _, name, title in index} == titles
    assert all(name.startswith(number) for number, name, _ in index)
