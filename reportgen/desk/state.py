"""What one desk knows while it is open: its folder, its jobs, what a person allowed, and keys, in memory alone."""

from __future__ import annotations

import asyncio
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterator, Mapping
from pathlib import Path
from typing import Any

from aiohttp import web

from reportgen.desk.folder import Folder
from reportgen.desk.jobs import Jobs
from reportgen.desk.safety import Policy

PATIENCE_S = 6.0
"""So long a page waits for what it shows; then it says that it is still being read, and asks again."""
DOING_PATIENCE_S = 900.0
"""So long what a person does waits for what it rests on: a page can ask again, a pressed button cannot."""
CHECKS_KEPT, RUNS_KEPT = 256, 6
"""Results that stay in memory: a check is small, a large run is not."""
CHECKS_AT_ONCE = 2
"""So many workbooks are checked unasked at a time; the others of a list wait."""


class NotYetError(Exception):
    """What the page shows is still being read; `words` say what."""

    def __init__(self, words: str) -> None:
        super().__init__(words)
        self.words = words


class Keys(Mapping[str, str]):
    """Keys that were typed in: by their variable, in this process alone, and never shown again."""

    def __init__(self) -> None:
        self._keys: dict[str, str] = {}

    def __getitem__(self, variable: str) -> str:
        return self._keys[variable]

    def __iter__(self) -> Iterator[str]:
        return iter(self._keys)

    def __len__(self) -> int:
        return len(self._keys)

    def __repr__(self) -> str:
        return f"<{len(self)} keys, not shown>"

    def set(self, variable: str, key: str) -> None:
        """Take a key; an empty one forgets it."""
        self._keys.pop(variable, None)
        if key:
            self._keys[variable] = key


class Memory:
    """Results of slow work by what they depend on; each is worked out once, in a thread, however many pages ask."""

    def __init__(self, kept: int) -> None:
        self._kept = kept
        self._tasks: OrderedDict[Hashable, asyncio.Task[Any]] = OrderedDict()

    async def get(self, key: Hashable, work: Callable[[], Any], words: str, patience: float = PATIENCE_S) -> Any:  # noqa: ANN401
        """Return what `work` gives for `key`. Raises NotYetError after a while, and whatever `work` raises."""
        task = self.begin(key, work)
        try:
            return await asyncio.wait_for(asyncio.shield(task), patience)
        except TimeoutError as error:
            if task.done():
                raise
            raise NotYetError(words) from error

    def begin(self, key: Hashable, work: Callable[[], Any]) -> asyncio.Task[Any]:
        """Begin the work where nobody did yet."""
        task = self._tasks.get(key)
        if task is None or (task.done() and not task.cancelled() and task.exception() is not None):
            task = asyncio.create_task(asyncio.to_thread(work))
            task.add_done_callback(lambda t: t.cancelled() or t.exception())
            self._tasks[key] = task
        self._tasks.move_to_end(key)
        while len(self._tasks) > self._kept:
            self._tasks.popitem(last=False)
        return task

    def busy(self, key: Hashable) -> bool:
        """Whether so much is under way that new work for `key` should wait."""
        return key not in self._tasks and sum(not t.done() for t in self._tasks.values()) >= CHECKS_AT_ONCE

    def ready(self, key: Hashable) -> Any:  # noqa: ANN401 - whatever the work gave
        """Return the result where it is there, else None."""
        task = self._tasks.get(key)
        return task.result() if task is not None and task.done() and not task.cancelled() and not task.exception() else None


class Desk:
    """One open desk."""

    def __init__(self, folder: Path, policy: Policy) -> None:
        self.folder = Folder(folder)
        self.policy = policy
        self.jobs = Jobs(self.folder.private)
        self.keys = Keys()
        self.checks = Memory(CHECKS_KEPT)
        self.runs = Memory(RUNS_KEPT)
        self.looked = 0
        """How often a person had documents put beside a workbook, or asked to check again: what no saved workbook shows."""
        self.allowed: dict[str, set[str]] = {}
        """By workbook: what a person said yes to, in the words they saw."""
        self.last_visit = time.monotonic()
        self.seen = asyncio.Event()
        """Set once somebody was here."""

    def visited(self) -> None:
        """Note that somebody was here."""
        self.last_visit = time.monotonic()
        self.seen.set()

    def environment(self) -> dict[str, str]:
        """Return where keys come from: the environment, a `.env` that is not beside the workbooks, and what was typed in."""
        from reportgen.candidates.env_file import keys_for  # noqa: PLC0415 - not before a key is looked for

        return {**keys_for(self.folder.path / "any.xlsx").environment, **self.keys}


DESK = web.AppKey("desk", Desk)


def desk_of(request: web.Request) -> Desk:
    """Return the desk that a request came to."""
    return request.app[DESK]


def patience_of(request: web.Request) -> float:
    """Return how long a request waits for what it rests on."""
    return PATIENCE_S if request.method == "GET" else DOING_PATIENCE_S


def workbook_of(request: web.Request) -> Path:
    """Return the workbook that the address names. Raises NotHereError."""
    return desk_of(request).folder.workbook(request.match_info["workbook"])
