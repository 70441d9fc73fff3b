"""What the gate and the monthly loop say and write, in stories with something of everything in them.

`python -m tests.gold.make_documents` accepts what is said now: it writes `tests/gold/sayings` again.
"""

from __future__ import annotations

import contextlib
import io
import json
import re
import tempfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from reportgen import cli, evaluation
from reportgen.gate.run import CI_SYSTEMS
from tests.conftest import results_alone
from tests.fakes.model_server import ModelServer
from tests.gate import books
from tests.monitor.loop import World
from tests.monitor.test_rerun import quick

SAYINGS = Path(__file__).parent / "sayings"
Story = Callable[[Path, pytest.MonkeyPatch], Iterator[str]]
_HASH = re.compile(r"\b\d{8}-[0-9a-f]{8}(?:-rerun-[0-9a-f]{6})?\b|(?<![.\w])(?=\d*[a-f])(?=[a-f]*\d)[0-9a-f]{8,64}\b")
_PROGRESS = re.compile(r": [\d,]+ of [\d,]+")
"""How far a candidate is: which is told first hangs on the machine."""
_SHORT = 9
"""Significant digits of a figure: what follows differs by machine."""
_LONG = 40
"""A list of more is kept by its beginning and its length."""


def saying(story: Story) -> str:
    """Return what a story says, without what differs by run, machine and day."""
    with tempfile.TemporaryDirectory() as folder, results_alone(), pytest.MonkeyPatch.context() as patch:
        patch.setattr(evaluation, "utc_now", lambda: "2026-01-31T12:00:00Z")
        for system in CI_SYSTEMS:
            patch.delenv(system, raising=False)
        said = "\n".join(story(Path(folder), patch))
    return _HASH.sub("‹hash›", said.replace(folder, "‹folder›")) + "\n"


def _gate(folder: Path, patch: pytest.MonkeyPatch) -> Iterator[str]:
    """A baseline is accepted twice; all is as it was, then all is wrong that can be, then too little is known."""
    book, base = folder / "t.xlsx", folder / "baseline.json"
    books.write(book, wrong=range(10))
    _told("run", book)
    yield _told("accept", folder / "t-run", "--by", "Ann Smith", "--to", base)
    yield _told("accept", folder / "t-run", "--by", "Bo Lee", "--to", base)
    accepted = json.loads(base.read_text(encoding="utf-8"))
    yield _json(accepted)
    patch.setenv("GITLAB_CI", "true")
    yield _told("gate", folder / "t-run", "--baseline", base)
    yield from _files(folder / "t-run-gate")
    books.write(
        book,
        wrong=range(5, 30),
        changed=[7, 8],
        left_out=[3],
        failing=["K2"],
        unrecorded=[149],
        level=0.99,
        candidates={"new": range(30, 60)},
    )
    yield _told("gate", book, "--baseline", base)
    yield from _files(folder / "t-run-2-gate")
    yield _told("gate", folder / "t-run-2", "--baseline", base, "--candidate", "new", "--json")
    books.write(book, wrong=range(2, 13), rows=25, level=0.92)
    yield _told("gate", book, "--baseline", base)
    yield _told("gate", book, "--baseline", base, "--candidate", "none")


def _compare(folder: Path, _: pytest.MonkeyPatch) -> Iterator[str]:
    """The same workbook with rows edited, removed and added, a level, costs and candidates changed; then with itself."""
    book = folder / "t.xlsx"
    books.write(book, wrong=range(10), candidates={"old": range(5), "both": range(20)})
    _told("run", book)
    books.write(
        book,
        wrong=range(2, 30),
        rows=153,
        changed=range(100, 130),
        left_out=[141],
        level=0.6,
        failing=["K3"],
        further={"Costs": [{"Assumption": "Tasks per month", "Expected": 2000, "Source": "count"}]},
        candidates={"both": range(10, 30), "new model": []},
        evaluation={"Title": "Gate anew"},
    )
    _told("run", book)
    runs = folder / "t-run", folder / "t-run-2"
    yield _told("compare", *runs)
    yield _told("compare", *runs, "--json")
    yield _told("compare", *reversed(runs))
    yield _told("compare", runs[0], runs[0])


def _year(folder: Path, patch: pytest.MonkeyPatch) -> Iterator[str]:
    """Months: quiet, other answers behind one name, a snapshot and a price, fresh traffic, a drop, challengers."""
    with ModelServer() as server:
        quick(patch)
        world = World(folder, server)
        server.script = world.answer
        patch.setattr(evaluation, "utc_now", world.now)
        world.run()
        months: tuple[dict[str, Any], ...] = (
            {},
            {"wrong": world.wrong | {"prod": range(50, 58)}},
            {"snapshot": "2026-04-01", "prices": world.prices | {"prod": 4.5, "mid": 1.5}},
            {"rows": 130, "wrong": world.wrong | {"prod": [*range(8), *range(100, 115)]}, "edited": [3]},
            {"wrong": world.wrong | {"prod": [*range(8), 100, 101, 102]}},
            {"wrong": world.wrong | {"prod": range(95), "low": range(3)}},
            {},
            {"screening": [{"Model": f"openai/{m}", "Board": "arena", "Rating": r, "As of": "2026-06-30"}
                           for m, r in (("low", 1480), ("absent", 1500), ("mid", 1300))]},
        )  # fmt: skip
        for number, month in enumerate(months, 2):
            world.date = f"2026-{number:02}-05"
            for what, value in month.items():
                setattr(world, what, value)
            world.write()
            yield _told("rerun", world.first, "--challengers", "0" if number < 7 else "2")
        yield _told("rerun", world.first, "--challengers", "1", "--json")


STORIES: Mapping[str, Story] = {"gate": _gate, "compare": _compare, "year": _year}


def _told(*arguments: object) -> str:
    """Run a command; return it, its exit code and what it said."""
    words = [str(argument) for argument in arguments]
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        code = cli.main(words)
    said = out.getvalue()
    if "--json" in words and said.startswith("{"):
        said = _json(json.loads(said))
    steps = [f"err: {line}" for line in err.getvalue().splitlines() if not _PROGRESS.search(line)]
    told = [f"$ reportgen {' '.join(words)}", said.rstrip(), *steps]
    return "\n".join([*told, f"exit code {code}", ""])


def _files(folder: Path) -> Iterator[str]:
    for path in sorted(folder.iterdir()):
        text = path.read_text(encoding="utf-8")
        yield f"{path.name}:\n{_json(json.loads(text)) if path.suffix == '.json' else text}"


def _json(found: object) -> str:
    return json.dumps(_rounded(found), indent=1, ensure_ascii=False, sort_keys=True)


def _rounded(found: object) -> object:
    if isinstance(found, float):
        return float(f"{found:.{_SHORT}g}")
    if isinstance(found, dict):
        return {key: _rounded(value) for key, value in found.items()}
    if isinstance(found, list):
        return [_rounded(value) for value in found] if len(found) <= _LONG else [_rounded(found[0]), f"{len(found)} in all"]
    return found
