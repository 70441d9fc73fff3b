"""One batch on its way: sent, waited for, fetched, each step on record before the next, and found again after a kill."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, TypeVar

from reportgen.candidates.interface import BatchRecords
from reportgen.candidates.request_limits import LONGEST_PAUSE_S, LONGEST_RETRY_AFTER_S
from reportgen.candidates.wire.batch_lines import answered_id, read_answer
from reportgen.candidates.wire.batch_service import Batch, BatchService
from reportgen.candidates.wire.replies import AttemptFailedError, Failure, Reply
from reportgen.domain.records.batch import BatchRecord, BatchStep
from reportgen.domain.records.response import Attempt

T = TypeVar("T")
Result = Reply | AttemptFailedError

FIRST_PAUSE_S = 0.25
TRIES, TRIES_WAITING = 12, 60
"""How often a call is tried; while a batch is waited for, that is for half an hour."""
LOOKS = 3
"""How often a provider's list is read before a batch is taken never to have been made: lists may lag a moment behind."""
AT_ONCE = 200
"""Lines that are handed on together."""
NEVER_TAKEN = frozenset({Failure.RATE_LIMITED, Failure.UNREACHABLE})


class LeftError(Exception):
    """The run is stopping; the batch goes on at its provider, and the next run fetches it."""


@dataclass(slots=True)
class Trip:
    """One batch. `uid` is ours, `begun` when it was meant to be sent (UTC, ISO 8601); ids are '' until they are known."""

    uid: str
    candidate: str
    begun: str
    service: BatchService
    records: BatchRecords
    stopping: asyncio.Event
    file_id: str = ""
    batch_id: str = ""
    lost: str = ""
    """Why answers could not be fetched: the provider does not have them any more."""
    closed: bool = False
    _seen: set[str] = field(default_factory=set)
    _torn: bool = False
    """Whether a line of the file that was read last is none."""

    async def send(self, custom_ids: Sequence[str], content: bytes) -> None:
        """Put the intent on record, then send the file and have it worked on. Raises AttemptFailedError, LeftError."""
        self._note(BatchStep.INTENDED, custom_ids=tuple(custom_ids))
        self._uploaded(await self._patiently(lambda: self.service.upload(self._name, content)))
        self._made(await self._create(known=False))

    async def take_up(self) -> bool:
        """Find again what an earlier start sent; False where nothing of it was ever sent."""
        if self.batch_id:
            return True
        if not self.file_id:
            try:
                found = await self._patiently(lambda: self.service.find_file(self._name))
            except AttemptFailedError:
                found = ""
            if not found:
                self.close("never sent")
                return False
            self._uploaded(found)
        self._made(await self._create(known=True))
        return True

    async def wait(self, show: Callable[[Batch], None]) -> Batch:
        """Return the batch when it has ended. Raises AttemptFailedError, and LeftError where the run stops."""
        pause = FIRST_PAUSE_S
        while True:
            batch = await self._patiently(lambda: self.service.look(self.batch_id), TRIES_WAITING)
            show(batch)
            if batch.ended:
                return batch
            await self._rest(pause)
            pause = min(LONGEST_PAUSE_S, pause * 1.5)

    async def results(self, batch: Batch) -> AsyncIterator[list[tuple[str, Result]]]:
        """Yield what came of each request, by its custom id; a download that breaks is begun again where it broke."""
        for file_id in filter(None, (batch.output_file, batch.error_file)):
            for number in range(1, TRIES + 1):
                try:
                    async for block in self._read(file_id):
                        yield block
                    if self._torn and number < LOOKS:
                        await self._rest(FIRST_PAUSE_S)
                        continue
                except AttemptFailedError as error:
                    if not error.failure.may_be_tried_again:
                        self.lost = error.reason
                    elif number < TRIES:
                        await self._rest(_pause(number, error))
                        continue
                    else:
                        raise
                break

    def close(self, reason: str, failed: dict[str, Attempt] | None = None) -> None:
        """Put on record that nothing more will come of it, and which attempts another one is to follow."""
        self.closed = True
        self._note(BatchStep.CLOSED, reason=reason, failed=failed or {})

    async def _read(self, file_id: str) -> AsyncIterator[list[tuple[str, Result]]]:
        block: dict[str, Result] = {}
        self._torn = False
        async for raw in self.service.lines(file_id):
            found = answered_id(raw)
            if found is None:
                self._torn = self._torn or bool(raw.strip())
                continue
            if found[0] in self._seen or found[0] in block:
                continue
            try:
                block[found[0]] = read_answer(found[1])
            except AttemptFailedError as error:
                block[found[0]] = error
            if len(block) == AT_ONCE:
                self._seen |= block.keys()
                yield [*block.items()]
                block = {}
        if block:
            self._seen |= block.keys()
            yield [*block.items()]

    async def _create(self, *, known: bool) -> Batch:
        """Have the file worked on; where an earlier call may have come through (`known`), look for its batch first."""
        for number in range(1, TRIES + 1):
            if known and (found := await self._find()) is not None:
                return found
            try:
                return await self.service.create(self.file_id, self.uid)
            except AttemptFailedError as error:
                if not error.failure.may_be_tried_again or number == TRIES:
                    raise
                known = known or error.failure not in NEVER_TAKEN
                await self._rest(_pause(number, error))
        raise AssertionError

    async def _find(self) -> Batch | None:
        for number in range(1, LOOKS + 1):
            found = await self._patiently(lambda: self.service.find(self.uid, self.file_id))
            if found is not None:
                return found
            if number < LOOKS:
                await self._rest(number * FIRST_PAUSE_S)
        return None

    async def _patiently(self, call: Callable[[], Awaitable[T]], tries: int = TRIES) -> T:
        """Return what a call gives, tried again with growing pauses. Raises the last AttemptFailedError, LeftError."""
        number = 1
        while True:
            try:
                return await call()
            except AttemptFailedError as error:
                if not error.failure.may_be_tried_again or number == tries:
                    raise
                await self._rest(_pause(number, error))
                number += 1

    async def _rest(self, seconds: float) -> None:
        try:
            await asyncio.wait_for(self.stopping.wait(), seconds)
        except TimeoutError:
            return
        raise LeftError

    def _uploaded(self, file_id: str) -> None:
        self.file_id = file_id
        self._note(BatchStep.UPLOADED)

    def _made(self, batch: Batch) -> None:
        self.batch_id = batch.id
        self._note(BatchStep.CREATED)

    @property
    def _name(self) -> str:
        return f"reportgen-{self.uid}.jsonl"

    def _note(self, step: BatchStep, **more: Any) -> None:  # noqa: ANN401 - further fields of the record
        record = BatchRecord(now(), self.uid, self.candidate, step, file_id=self.file_id, batch_id=self.batch_id, **more)
        self.records.append(record)


def _pause(number: int, error: AttemptFailedError) -> float:
    """Return how long to wait before a call is tried again, in seconds; a provider that asks for longer is listened to."""
    asked = min(error.retry_after or 0.0, LONGEST_RETRY_AFTER_S)
    return max(asked, min(LONGEST_PAUSE_S, FIRST_PAUSE_S * 2.0 ** (number - 1)))


def now() -> str:
    """Return the time, UTC, ISO 8601."""
    return datetime.now(UTC).isoformat(timespec="milliseconds")
