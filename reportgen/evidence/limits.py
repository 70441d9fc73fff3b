"""The record of limits: how many requests were under way at each endpoint, and why that changed, beside the answers.

Latencies depend on how much was asked at once, so the limits are part of the evidence. The file is appended to while the
run asks; a run in which nothing is asked leaves it as it is.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from reportgen.domain.records.response import LimitChange
from reportgen.evidence.appended_lines import LineFile, read_lines_of


class LimitFile:
    """Appends changes to `evidence/limits.jsonl`; the file comes into being with the first one."""

    def __init__(self, path: Path) -> None:
        self._file = LineFile(path)

    def __call__(self, changes: Sequence[LimitChange]) -> None:
        """Append changes. Raises StoppedEarlyError when they cannot be written; half a line is never left behind."""
        self._file.append(changes)


def read_limits(path: Path) -> tuple[LimitChange, ...]:
    """Return the changes in the order in which they happened; empty where nothing was asked over the network."""
    return read_lines_of(path, LimitChange)
