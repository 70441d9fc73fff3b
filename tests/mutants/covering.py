"""Which tests run a line, and how long each takes: as coverage.py and pytest recorded it in `make coverage-by-test`."""

from __future__ import annotations

import math
import xml.etree.ElementTree as ET
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path

import coverage

STRICTEST = ("tests/gold/test_documents.py", "tests/gold/test_records.py")
"""They compare every sheet, page and session whole, so that any figure or word in one may be seen here first."""


class Covering:
    """The tests of a run: which lines of which file each ran, and the seconds that it took."""

    def __init__(self, recorded: Path, junit: Path) -> None:
        self._data = coverage.CoverageData(basename=str(recorded))
        self._data.read()
        self._seconds = _seconds(junit)
        self._beside = defaultdict(list)
        for test in self._seconds:
            self._beside[test.split("::")[0]].append(test)
        self._lines: dict[str, dict[int, list[str]]] = {}

    def tests(self, path: str, lines: Iterable[int], near: str, limit: float) -> list[str]:
        """Return the tests that run one of these lines, those under `near` first, each time the quickest first.

        What only a fixture runs may be seen by every test of that test's file. What runs at import is seen by whoever runs
        anything of the file. Tests near come until they take `limit` seconds, then the whole documents and sessions
        (`STRICTEST`), then the others until they take it.
        """
        by_line = self._by_line(path)
        found = {test for line in lines for context in by_line.get(line, ()) for test in self._seeing(context)}
        if not found:
            found = {test for contexts in by_line.values() for context in contexts for test in self._seeing(context)}
        close, strictest = ({test for test in found if test.startswith(place)} for place in (near, STRICTEST))
        groups = (close, limit), (strictest, math.inf), (found - close - strictest, limit)
        return [test for tests, seconds in groups for test in self._quickest(tests, seconds)]

    def _by_line(self, path: str) -> dict[int, list[str]]:
        if path not in self._lines:
            names = [name for name in self._data.measured_files() if name.endswith(f"/{path}")]
            self._lines[path] = {}
            for name in names:
                self._lines[path] |= self._data.contexts_by_lineno(name)
        return self._lines[path]

    def _seeing(self, context: str) -> list[str]:
        test, _, phase = context.rpartition("|")
        found = [test] if phase == "run" else self._beside[test.split("::")[0]]
        return [test for test in found if test in self._seconds]

    def _quickest(self, tests: set[str], limit: float) -> list[str]:
        kept: list[str] = []
        spent = 0.0
        for test in sorted(tests, key=lambda test: (self._seconds[test], test)):
            spent += self._seconds[test]
            if spent > limit and kept:
                break
            kept.append(test)
        return kept


def _seconds(junit: Path) -> dict[str, float]:
    found = {}
    for case in ET.parse(junit).iter("testcase"):  # noqa: S314 - our own file, written by pytest
        if case.find("skipped") is None:
            found[f"{case.attrib['classname'].replace('.', '/')}.py::{case.attrib['name']}"] = float(case.attrib["time"])
    return found
