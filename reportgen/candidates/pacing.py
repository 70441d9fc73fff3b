"""How many requests are under way at one endpoint: few at first, more while it goes well, half when it is too many."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

FIRST_SHARE = 4
"""The limit starts at a quarter of the ceiling: low, and two good round trips away from it."""
FIRST_PAUSE_S = 0.5
LONGEST_PAUSE_S = 30.0
LONGEST_RETRY_AFTER_S = 600.0
"""A provider that asks for a longer pause stops the run instead of keeping it waiting."""


@dataclass(frozen=True, slots=True)
class LimitChange:
    """One change of an endpoint's limit. `at` is seconds on the monotonic clock."""

    at: float
    limit: int
    reason: str


class Limiter:
    """One for each endpoint, never above the user's ceiling; used by one event loop.

    Until the first refusal the limit grows by one for each answer, so it doubles each round trip; after that by one each
    round trip. A refusal halves it once for all requests that were under way together.
    """

    def __init__(self, ceiling: int) -> None:
        self.changes: list[LimitChange] = []
        self._ceiling = max(1, ceiling)
        self._limit = float(max(1, self._ceiling // FIRST_SHARE))
        self._doubling = True
        self._under_way = 0
        self._sent = 0
        self._halved_up_to = 0
        self._resume_at = 0.0
        self._freed = asyncio.Condition()

    @property
    def under_way(self) -> int:
        """How many requests are under way now."""
        return self._under_way

    @property
    def limit(self) -> int:
        """How many may be under way now."""
        return max(1, int(self._limit))

    @asynccontextmanager
    async def slot(self) -> AsyncIterator[int]:
        """Wait until one more request may be under way and give its number; this waiting is in no latency."""
        await self._enter()
        self._sent += 1
        try:
            yield self._sent
        finally:
            async with self._freed:
                self._under_way -= 1
                self._freed.notify_all()

    async def _enter(self) -> None:
        while True:
            async with self._freed:
                await self._freed.wait_for(lambda: self._under_way < self.limit)
                pause = self._resume_at - time.monotonic()
                if pause <= 0:
                    self._under_way += 1
                    return
            await asyncio.sleep(pause)

    def served(self) -> None:
        """One request was served."""
        self._set(min(float(self._ceiling), self._limit + (1 if self._doubling else 1 / self._limit)), "served")

    def refused(self, number: int, retry_after_s: float | None) -> None:
        """The endpoint said that request `number` was too much; nothing more is sent before `retry_after_s` has passed."""
        if retry_after_s:
            self._resume_at = max(self._resume_at, time.monotonic() + retry_after_s)
        if number <= self._halved_up_to:
            return
        self._halved_up_to = self._sent
        self._doubling = False
        self._set(max(1.0, self._limit / 2), "refused")

    def troubled(self) -> None:
        """The endpoint is in trouble (5xx): more at once would not help it."""
        self._doubling = False

    def _set(self, limit: float, reason: str) -> None:
        before, self._limit = self.limit, limit
        if self.limit != before:
            self.changes.append(LimitChange(time.monotonic(), self.limit, reason))


def pause_s(seed: str, retry: int, retry_after_s: float | None) -> float:
    """Return how long to wait before a retry (from 1), in seconds: doubling from half a second, times .5 to 1.5 by the seed.

    A provider's Retry-After is the least; the spread comes on top, so that not all come back in the same moment.
    """
    chance = random.Random(f"{seed}|{retry}").random()  # noqa: S311 - spread, not a secret
    if retry_after_s is not None:
        return retry_after_s + chance * min(1.0, retry_after_s / 10)
    return min(LONGEST_PAUSE_S, FIRST_PAUSE_S * 2.0 ** (retry - 1)) * (0.5 + chance)
