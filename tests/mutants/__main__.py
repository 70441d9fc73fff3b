"""Whether the tests of a room notice a fault: `make mutants ROOM=reports` changes one place at a time and counts who sees.

    python -m tests.mutants ROOM [--count 100] [--seed 21] [--only NUMBER ...]

Each mutant is one change in `reportgen/ROOM`: a comparison, an `and`, a condition, a sum, a number, a text, a value
returned, a statement dropped, an argument. It is tried in a copy of the project under `build/mutants`, with the tests that
run the changed lines: those of `tests/ROOM` first, then the documents of the samples, then others, the quickest first.

Why our own: mutmut runs its copies in one process, where a child process of ours (pages, readers of documents, the desk's
commands) would meet the unchanged file, and cosmic-ray runs one command for every mutant, which is minutes here; this one
changes the file itself and runs seconds.
"""

from __future__ import annotations

import argparse
import compileall
import shutil
import sys
import time
from pathlib import Path
from py_compile import PycInvalidationMode

from tests.mutants.covering import Covering
from tests.mutants.operators import Mutant, drawn
from tests.mutants.trying import GREEN, failing, prepare

ROOT = Path(__file__).resolve().parents[2]
BUILD = ROOT / "build" / "mutants"
COPIED = (
    "reportgen",
    "tests",
    "samples",
    "templates",
    "workbooks",
    "docs",
    ".github",
    "pyproject.toml",
    "README.md",
    "CONTRIBUTING.md",
)
NEAR_SECONDS = 30.0
"""Tests of the room, and then other tests, are run until they took so long when they were recorded."""
LIMIT_SECONDS = 300.0


def main() -> int:
    """Try the mutants of one room; print each as it ends and the share that the tests killed."""
    asked = _arguments()
    copy = _copied(asked.room)
    covering = Covering(asked.recorded, asked.junit)
    chosen = drawn(sorted((copy / "reportgen" / asked.room).rglob("*.py")), asked.count, asked.seed)
    near = f"tests/{asked.room}/"
    prepare(copy, near)
    trial, killed, tried = _Trial(copy, covering, near), 0, asked.only or range(1, len(chosen) + 1)
    for number in tried:
        mutant = chosen[number - 1]
        began, by = time.monotonic(), trial.killer(mutant)
        killed += by != GREEN
        told = f"{number:3} {'killed' if by else 'SURVIVED'} {time.monotonic() - began:5.1f} s  {mutant.told()}  [{by}]"
        print(told, flush=True)  # noqa: T201 - people run this
    print(f"{asked.room}: {killed} of {len(tried)} killed")  # noqa: T201 - people run this
    return 0


class _Trial:
    """Mutants tried in one copy; a test that fails without any change kills nothing."""

    def __init__(self, copy: Path, covering: Covering, near: str) -> None:
        self._copy, self._covering, self._near = copy, covering, near
        self._green: dict[str, bool] = {}

    def killer(self, mutant: Mutant) -> str:
        """Return the test that failed with this change, or `GREEN`."""
        path = mutant.path.relative_to(self._copy).as_posix()
        lines = range(mutant.lines[0], mutant.lines[1] + 1)
        tests = self._covering.tests(path, lines, self._near, NEAR_SECONDS)
        before = mutant.path.read_bytes()
        while tests := [test for test in tests if self._green.get(test, True)]:
            mutant.path.write_text(mutant.source(), encoding="utf-8")
            try:
                by = failing(tests, LIMIT_SECONDS)
            finally:
                mutant.path.write_bytes(before)
            if by == GREEN or self._is_green([by] if by in tests else tests):
                return by
        return GREEN

    def _is_green(self, tests: list[str]) -> bool:
        """Whether these tests pass without any change; those that do not are left out from now on."""
        while new := [test for test in tests if test not in self._green]:
            by = failing(new, LIMIT_SECONDS)
            if by != GREEN and by not in new:
                msg = f"without any change: {by}"
                raise RuntimeError(msg)
            self._green |= dict.fromkeys(new, True) if by == GREEN else {by: False}
        return all(self._green[test] for test in tests)


def _copied(room: str) -> Path:
    copy = BUILD / "copies" / room
    shutil.rmtree(copy, ignore_errors=True)
    copy.mkdir(parents=True)
    for name in COPIED:
        (shutil.copytree if (ROOT / name).is_dir() else shutil.copy2)(ROOT / name, copy / name)
    # By their content: a change within the same second is seen too.
    compileall.compile_dir(copy / "reportgen", quiet=2, force=True, invalidation_mode=PycInvalidationMode.CHECKED_HASH)
    shared = copy.parent / "shared"
    if (ROOT.parent / "shared").is_dir() and not shared.exists():
        shared.symlink_to(ROOT.parent / "shared")
    return copy


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.mutants")
    parser.add_argument("room", help="a folder of reportgen, such as reports")
    parser.add_argument("--count", type=int, default=100)
    parser.add_argument("--seed", type=int, default=21)
    parser.add_argument("--only", type=int, nargs="*", default=[], help="numbers of mutants to try again")
    parser.add_argument("--recorded", type=Path, default=BUILD / "coverage", help="what coverage.py recorded")
    parser.add_argument("--junit", type=Path, default=BUILD / "tests.xml", help="what pytest recorded")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
