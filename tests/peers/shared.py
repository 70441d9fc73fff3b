"""Where the real data lies, and how it is read. It is for trials only and never becomes part of the project."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import pytest

SHARED = Path(__file__).resolve().parents[2].parent / "shared" / "data"

needs_shared = pytest.mark.skipif(not SHARED.is_dir(), reason="the real data of ../shared is not on this machine")


def json_lines(name: str) -> list[dict[str, Any]]:
    """Return the records of one file of the real data."""
    with (SHARED / name).open(encoding="utf-8") as file:
        return [json.loads(line) for line in file]


def json_file(name: str) -> Any:  # noqa: ANN401 - published summaries have shapes of their own
    """Return the content of one JSON file of the real data."""
    return json.loads((SHARED / name).read_text(encoding="utf-8"))


def csv_rows(name: str) -> list[dict[str, str]]:
    """Return the rows of one CSV file of the real data."""
    with (SHARED / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
