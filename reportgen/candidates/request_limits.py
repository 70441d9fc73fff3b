"""How many requests are under way at one endpoint: few at first, more while it goes well, half when it is too many."""

from __future__ import annotations

import asyncio
import random
import time
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime

from reportgen.domain.records.response import LimitChange

FIRST_SHARE = 4
"""The limit starts at a quarter of the ceiling: low, and two good round trips away from it."""
FIRST_PAUSE_S = 0.5
LONGEST_PAUSE_S = 30.0
LONGEST_RETRY_AFTER_S = 600.0
"""A provider that asks for a longer pause stops the run instead of keeping it waiting."""
LONGEST_HOLD_S = 60.0
"""Rate headers speak of the minute's window; a day's window says so by a 429 with its own Retry-After."""


class GivenUpError(Exception):
    """The run is stopping, and this question was waiting: nothing of it was paid for, and a later run asks it."""


class Limiter:
    """One for each endpoint, never above the user's ceiling; used by one event loop.

    Until the first refusal the limit grows by one for each answer, so it doubles each round trip; after that by one each
    round trip. A refusal halves it once for all requests that were under way together.
    """

    def __init__(self, ceiling: int, endpoint: str = "") -> None:
        self.changes: list[LimitChange] = []
        self._endpoint = endpoint
        self._stopping = asyncio.Event()
        self._ceiling = max(1, ceiling)
        self._limit = float(max(1, self._ceiling // FIRST_SHARE))
        self._doubling = True
        self._under_way = 0
        self._sent = 0
        self._halved_up_to = 0
        self._resume_at = 0.0
        self._waiting: deque[asyncio.Future[None]] = deque()

    @property
    def under_way(self) -> int:
        """How many requests are under way now."""
        return self._under_way

    @property
    def limit(self) -> int:
        """How many may be under way now."""
        return max(1, int(self._limit))

    @asynccontextmanager
    async def slot(self, *, paid: bool = False) -> AsyncIterator[int]:
        """Wait until one more request may be under way and give its number; this waiting is in no latency.

        Raises GivenUpError when the run is stopping, but for a question that an attempt was `paid` for already.
        """
        await self._enter(paid=paid)
        if not self._sent:
            self._note("start")
        self._sent += 1
        try:
            yield self._sent
        finally:
            self._under_way -= 1
            self._wake()

    async def _enter(self, *, paid: bool) -> None:
        while True:
            if self._gives_up(paid=paid):
                raise GivenUpError
            pause = self._resume_at - time.monotonic()
            if pause > 0:
                await self.rest(pause, paid=paid)
            elif self._under_way < self.limit:
                self._under_way += 1
                return
            else:
                await self._turn()

    async def _turn(self) -> None:
        """Wait in line. Only as many are woken as there is room for: waking all for each answer costs more than asking."""
        mine = asyncio.get_running_loop().create_future()
        self._waiting.append(mine)
        try:
            await mine
        except asyncio.CancelledError:
            if mine.done() and not mine.cancelled():
                self._wake()
            raise

    def _wake(self) -> None:
        room = self.limit - self._under_way
        while self._waiting and (room > 0 or self._stopping.is_set()):
            waiter = self._waiting.popleft()
            if not waiter.done():
                waiter.set_result(None)
                room -= 1

    def _gives_up(self, *, paid: bool) -> bool:
        return self._stopping.is_set() and not paid

    async def rest(self, seconds: float, *, paid: bool = False) -> None:
        """Wait between two attempts. Raises GivenUpError as soon as the run is stopping, as `slot` does."""
        if paid:
            await asyncio.sleep(seconds)
            return
        try:
            await asyncio.wait_for(self._stopping.wait(), seconds)
        except TimeoutError:
            return
        raise GivenUpError

    def stop(self) -> None:
        """Send nothing more: who waits for a slot or between two attempts gives up, what is under way may end."""
        self._stopping.set()
        self._wake()

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
        before = self.limit
        asked = f", asked to wait {retry_after_s:g} s" if retry_after_s else ""
        self._set(max(1.0, self._limit / 2), f"refused as too much{asked}")
        if self.limit == before:
            self._note(f"refused as too much{asked}, and no lower limit is possible")

    def troubled(self) -> None:
        """The endpoint is in trouble (5xx): more at once would not help it."""
        if self._doubling:
            self._doubling = False
            self._note("trouble at the endpoint, growth slows down")

    def hold(self, seconds: float) -> None:
        """The endpoint's rate headers say that its window is used up: nothing more is sent for so long."""
        until = time.monotonic() + min(seconds, LONGEST_HOLD_S)
        if until > self._resume_at:
            self._resume_at = until
            self._note(f"rate headers: window used up for {seconds:.3g} s")

    def _set(self, limit: float, reason: str) -> None:
        before, self._limit = self.limit, limit
        if self.limit != before:
            self._note(reason)
            self._wake()

    def _note(self, reason: str) -> None:
        at = datetime.now(UTC).isoformat(timespec="milliseconds")
        self.changes.append(LimitChange(self._endpoint, at, self.limit, reason))


def pause_s(seed: str, retry: int, retry_after_s: float | None) -> float:
    """Return how long to wait before a retry (from 1), in seconds: doubling from half a second, times .5 to 1.5 by the seed.

    A provider's Retry-After is the least; the spread comes on top, so that not all come back in the same moment.
    """
    chance = random.Random(f"{seed}|{retry}").random()  # noqa: S311 - spread, not a secret
    if retry_after_s is not None:
        return retry_after_s + chance * min(1.0, retry_after_s / 10)
    return min(LONGEST_PAUSE_S, FIRST_PAUSE_S * 2.0 ** (retry - 1)) * (0.5 + chance)
