"""Holds a run that was made before a change against its own stored records, reckoned again after the change.

    python -m tests.same_figures RUN [RUN ...]

Each run folder is copied, its documents are written again by the code of this checkout, and both `results.json` must be
equal to the last bit. Run it on `demo` folders of all four samples before and after code was moved.
"""

from __future__ import annotations

import json
import shutil
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from reportgen.evaluation import report


def again(run: Path) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return every leaf of `results.json` by its path: as it stands in the run folder, and as this checkout reckons it."""
    with TemporaryDirectory() as folder:
        copy = Path(folder) / run.name
        shutil.copytree(run, copy)
        report(copy)
        return _leaves(run), _leaves(copy)


def _leaves(run: Path) -> dict[str, Any]:
    def walk(path: str, value: Any) -> list[tuple[str, Any]]:  # noqa: ANN401 - JSON
        if isinstance(value, dict):
            return [leaf for k, v in value.items() for leaf in walk(f"{path}/{k}", v)]
        if isinstance(value, list):
            return [leaf for i, v in enumerate(value) for leaf in walk(f"{path}/{i}", v)]
        return [(path, value)]

    return dict(walk("", json.loads((run / "results.json").read_text(encoding="utf-8"))))


def main(runs: list[Path]) -> int:
    """Print what differs, and how much is equal; return 1 where anything differs."""
    worst = 0
    for run in runs:
        before, after = again(run)
        apart = [k for k in sorted(before.keys() | after.keys()) if before.get(k, "(none)") != after.get(k, "(none)")]
        for key in apart:
            print(f"{key}: {before.get(key, '(none)')!r} -> {after.get(key, '(none)')!r}")  # noqa: T201 - people run this
        print(f"{run}: {len(before) - len(apart):,} of {len(before):,} equal, {len(apart):,} differ")  # noqa: T201
        worst = max(worst, bool(apart))
    return worst


if __name__ == "__main__":
    sys.exit(main([Path(name) for name in sys.argv[1:]]))
