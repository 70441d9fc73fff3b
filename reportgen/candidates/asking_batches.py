"""Asking in batches: every question of a candidate goes out once, and every answer is in the journal before it counts.

A run that is killed anywhere takes its batches up where they are, at the provider; nothing is ever sent a second time.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from uuid import uuid4

from reportgen.candidates.batch_trips import LeftError, Result, Trip, now
from reportgen.candidates.batched import BatchedCandidate, custom_id
from reportgen.candidates.chat_model import attempt_of, failed_attempt_of
from reportgen.candidates.concurrency import Job, crashed
from reportgen.candidates.content_keys import content_key
from reportgen.candidates.given import Form, given, not_given
from reportgen.candidates.interface import BatchRecords, Question
from reportgen.candidates.sent_documents import CannotGiveError
from reportgen.candidates.spending import Books, length_of
from reportgen.candidates.stop_rule import StopRule
from reportgen.candidates.wire.batch_lines import MOST_BYTES, MOST_REQUESTS
from reportgen.candidates.wire.batch_service import Batch
from reportgen.candidates.wire.replies import AttemptFailedError, Failure, Reply
from reportgen.domain.records.batch import failed_attempts, open_batches
from reportgen.domain.records.response import Attempt, Outcome, Response
from reportgen.domain.wording.figures import counted
from reportgen.steps import tell

BATCHES_AT_ONCE = 4
"""Of one candidate, at its provider."""
CANCELLED = frozenset({"cancelled", "canceled"})


@dataclass(slots=True)
class Ask:
    """A question on its way: what is set aside for it, and its attempts so far."""

    question: Question
    key: str
    log: list[Attempt] = field(default_factory=list)
    reserved: float | None = None


class BatchLane:
    """Works the questions of one candidate off in batches, each as large as the provider takes it."""

    def __init__(
        self, candidate: BatchedCandidate, questions: Sequence[Question], books: Books, records: BatchRecords, rule: StopRule
    ) -> None:
        self.left: list[Job] = []
        """Questions that were not asked since the candidate had stopped."""
        self._candidate = candidate
        self._spec = candidate.spec
        self._questions = questions
        self._books = books
        self._records = records
        self._rule = rule
        self._stopping = asyncio.Event()
        self._queue: deque[Ask] = deque()
        self._most = MOST_REQUESTS
        self._at_once = BATCHES_AT_ONCE
        self._trips: list[Trip] = []
        self._told: dict[str, Batch] = {}

    def stop(self) -> None:
        """Send nothing more and wait for nothing more; what is at the provider stays there for the next run."""
        self._stopping.set()

    async def run(self) -> None:
        """Ask all. Raises StoppedEarlyError where the spending limit is reached or nothing can be kept."""
        under_way = {asyncio.ensure_future(self._follow(trip, asks)) for trip, asks in await self._take_up()}
        try:
            while True:
                if self._queue and self._goes_on and len(under_way) < self._at_once:
                    if (sent := await self._send_next()) is not None:
                        under_way.add(asyncio.ensure_future(self._follow(*sent)))
                    continue
                if not under_way:
                    break
                done, under_way = await asyncio.wait(under_way, return_when=asyncio.FIRST_COMPLETED)
                self._queue.extend(ask for task in done for ask in task.result())
            self.left += [(self._spec, ask.question) for ask in self._queue]
        finally:
            self.stop()
            await asyncio.gather(*under_way, return_exceptions=True)
            await self._candidate.close()
            if behind := sum(not trip.closed for trip in self._trips):
                many = counted(behind, "batch is", "batches are")
                tell(f"{self._spec.name}: {many} with {self._candidate.service.host}; the same command fetches what comes")

    @property
    def _goes_on(self) -> bool:
        return not self._stopping.is_set() and self._spec.name not in self._rule.why

    async def _take_up(self) -> list[tuple[Trip, dict[str, Ask]]]:
        """Line up what is not answered yet; return the batches of earlier starts that are to answer some of it."""
        name, failed = self._spec.name, failed_attempts(self._records.records, self._spec.name)
        wanted: dict[str, Ask] = {}
        for number, question in enumerate(self._questions):
            await _let_others_work(number)
            key = content_key(self._spec, self._candidate, question)
            if self._books.take(key):
                continue
            ask = Ask(question, key)
            while (one := failed.get(custom_id(key, len(ask.log) + 1))) is not None:
                ask.log.append(one)
            wanted[_stem(custom_id(key, 1))] = ask
        found: list[tuple[Trip, dict[str, Ask]]] = []
        own = {record.uid for record in self._records.records}
        for record in open_batches([*self._records.earlier, *self._records.records], name):
            ours = {one: wanted.pop(_stem(one)) for one in record.custom_ids if _stem(one) in wanted}
            if ours or record.uid in own:
                found.append((self._trip(record.uid, record.at, record.file_id, record.batch_id), ours))
        for trip, _ in (one for one in found if not one[1]):
            trip.close("every answer was there already")
        self._queue.extend(wanted.values())
        found = [one for one in found if one[1]]
        for _, ours in found:
            lengths = [length_of(self._spec, ask.question) for ask in ours.values()]
            self._set_aside(ours.values(), await self._books.reserve_sent(self._spec, lengths))
        return found

    def _trip(self, uid: str, begun: str, file_id: str = "", batch_id: str = "") -> Trip:
        service = self._candidate.service
        self._trips.append(Trip(uid, self._spec.name, begun, service, self._records, self._stopping, file_id, batch_id))
        return self._trips[-1]

    @staticmethod
    def _set_aside(asks: Iterable[Ask], amounts: Sequence[float]) -> None:
        for ask, amount in zip(asks, amounts, strict=True):
            ask.reserved = amount

    async def _send_next(self) -> tuple[Trip, dict[str, Ask]] | None:
        """Send the next questions of the line as one batch, as many as a file and the spending limit have room for."""
        lines = await self._lines()
        if not lines:
            return None
        lengths = [self._length(ask, line) for ask, line in lines]
        amounts = await self._books.reserve_many(self._spec, lengths)
        for ask, _ in reversed(lines[len(amounts) :]):
            self._queue.appendleft(ask)
        lines = lines[: len(amounts)]
        asks = {custom_id(ask.key, len(ask.log) + 1): ask for ask, _ in lines}
        self._set_aside(asks.values(), amounts)
        try:
            if not self._stopping.is_set() and await self._sent(trip := self._trip(uuid4().hex, now()), asks, lines):
                return trip, asks
        except LeftError:
            pass  # the run is stopping; the intent is on record, and the next run looks what became of it
        await self._give_back(asks.values())
        return None

    async def _sent(self, trip: Trip, asks: dict[str, Ask], lines: Sequence[tuple[Ask, bytes]]) -> bool:
        """Send one batch; False where the provider refuses it or is out of reach, and then nothing more is asked."""
        self._show()
        try:
            await trip.send(list(asks), b"".join(line for _, line in lines))
        except AttemptFailedError as error:
            if not error.failure.may_be_tried_again:
                trip.close(self._candidate.redactor.text(f"refused: {error.reason}"))
            self._stop_asking(f"{trip.service.host} took no batch: {error.reason}", asks)
            return False
        return True

    async def _lines(self) -> list[tuple[Ask, bytes]]:
        """Take questions from the line, each with its line of the file; one that cannot be given is an error at once."""
        found: list[tuple[Ask, bytes]] = []
        size = 0
        while self._queue and len(found) < self._most:
            await _let_others_work(len(found))
            ask = self._queue.popleft()
            try:
                line = await self._candidate.line(ask.question, custom_id(ask.key, len(ask.log) + 1))
            except CannotGiveError as error:
                self._books.add([not_given(self._spec.name, ask.question.id, ask.key, str(error))])
                continue
            if found and size + len(line) > MOST_BYTES:
                self._queue.appendleft(ask)
                break
            size += len(line)
            found.append((ask, line))
        return found

    def _length(self, ask: Ask, line: bytes) -> int:
        """Return what a request is reckoned by: the bytes of its text, and of pictures what they count for."""
        in_words = given(self._spec, ask.question.document).form is Form.TEXT
        return len(line) if in_words else length_of(self._spec, ask.question)

    async def _follow(self, trip: Trip, asks: dict[str, Ask]) -> list[Ask]:
        """Take one batch to its end; return what is to be asked again. Its money is given back in every case."""
        try:
            if not await trip.take_up():
                return [*asks.values()]
            batch = await trip.wait(lambda seen: self._show(trip, seen))
            if batch.status == "failed":
                return self._not_begun(trip, batch, asks)
            return await self._fetch(trip, batch, asks)
        except LeftError:
            return []
        except AttemptFailedError as error:
            where = f"the batch {trip.batch_id}" if trip.batch_id else "a batch"
            self._stop_asking(f"{where} could not be fetched from {trip.service.host}: {error.reason}", asks)
            return []
        finally:
            self._told.pop(trip.uid, None)
            await self._give_back(asks.values())

    def _not_begun(self, trip: Trip, batch: Batch, asks: dict[str, Ask]) -> list[Ask]:
        """Return the questions of a batch that its provider did not take; where it is too much, less is tried."""
        self._ended(trip, "not taken: " + "; ".join(words for _, words in batch.errors))
        too_large = any("limit" in code for code, _ in batch.errors)
        if too_large and (others := sum(not trip.closed for trip in self._trips)):
            self._at_once = others
            return [*asks.values()]
        if too_large and len(asks) > 1:
            self._most = max(1, len(asks) // 2)
            return [*asks.values()]
        self._stop_asking(next((words for _, words in batch.errors), "") or "the batch failed for no reason given", asks)
        return []

    async def _fetch(self, trip: Trip, batch: Batch, asks: dict[str, Ask]) -> list[Ask]:
        """Keep what a batch brought; return what is to be asked again."""
        order, again, final = list(asks), dict[str, Ask](), dict[str, Response]()
        waiting = dict(asks)
        async for block in trip.results(batch):
            await self._keep(trip, waiting, [one for one in block if one[0] in waiting], again, final)
        if batch.status in CANCELLED:
            self._stop_asking(f"the batch {batch.id} was cancelled at {trip.service.host}", waiting)
        else:
            nothing = _missing(trip, batch)
            await self._keep(trip, waiting, [(one, nothing) for one in waiting], again, final)
        for one in order:
            if one in final:
                self._rule.count(final[one])
        self._ended(trip, batch.status, {one: ask.log[-1] for one, ask in again.items()})
        return [*again.values()]

    async def _keep(
        self,
        trip: Trip,
        waiting: dict[str, Ask],
        block: Sequence[tuple[str, Result]],
        again: dict[str, Ask],
        final: dict[str, Response],
    ) -> None:
        """Judge results one by one; what is final goes into the journal, what is not is put down as to be asked again."""
        kept, asks = [], []
        for one, result in block:
            ask = waiting.pop(one)
            asks.append(ask)
            if isinstance(result, AttemptFailedError) and result.failure is Failure.BLOCKED:
                self._stop_asking(result.reason, {one: ask})
            elif (response := self._judged(ask, result, trip.begun)) is None:
                again[one] = ask
            else:
                final[one] = response
                kept.append(response)
        await self._books.add_together(kept)
        await self._give_back(asks)

    def _judged(self, ask: Ask, result: Result, begun: str) -> Response | None:
        """Return the response that a result makes, None where another attempt is to follow; what breaks is an error."""
        try:
            return self._response(ask, result, begun)
        except Exception as error:  # noqa: BLE001 - one question must not end a run
            return crashed(self._spec, ask.question, ask.key, error)

    def _response(self, ask: Ask, result: Result, begun: str) -> Response | None:
        model, log, name = self._candidate, ask.log, self._spec
        if isinstance(result, Reply):
            attempt = attempt_of(begun, result, None)
            if misfit := model.misfit_of(result.text, len(log) + 1, refused=result.refused):
                log.append(replace(attempt, outcome=Failure.UNFIT.value, reason=misfit))
                if self._books.may_retry(name, ask.question, log):
                    return None
                log.pop()
            log.append(attempt)
            return model.answered(ask.question, ask.key, result, log)
        log.append(failed_attempt_of(begun, result, None))
        more = result.failure.may_be_tried_again and len(log) < model.settings.most_attempts
        if more and self._books.may_retry(name, ask.question, log):
            return None
        outcome = Outcome.TIMEOUT if result.failure is Failure.TIMEOUT else Outcome.ERROR
        return model.failed(ask.question, ask.key, outcome, log)

    def _stop_asking(self, reason: str, asks: dict[str, Ask]) -> None:
        self._rule.cannot_be_asked(self._spec.name, self._candidate.redactor.text(reason))
        self.left += [(self._spec, ask.question) for ask in asks.values()]

    def _ended(self, trip: Trip, how: str, failed: dict[str, Attempt] | None = None) -> None:
        trip.close(self._candidate.redactor.text(how), failed)

    async def _give_back(self, asks: Iterable[Ask]) -> None:
        """Give back what is still set aside for questions."""
        held = [ask for ask in asks if ask.reserved is not None]
        if held:
            await self._books.release(sum(ask.reserved or 0.0 for ask in held), len(held))
        for ask in held:
            ask.reserved = None

    def _show(self, trip: Trip | None = None, batch: Batch | None = None) -> None:
        """Show how far the batches at the provider are."""
        if trip is not None and batch is not None:
            self._told[trip.uid] = batch
        done, total = (sum(getattr(one, what) for one in self._told.values()) for what in ("done", "total"))
        many = counted(len(self._told), "batch", "batches")
        told = f"{many} at {self._candidate.service.host}: {done:,} of {total:,} answered there"
        self._books.wait(self._spec.name, told if total else "sending a batch")


async def _let_others_work(number: int) -> None:
    """Let requests that are under way be served between many questions, so that their latency is theirs alone."""
    if number % 64 == 0:
        await asyncio.sleep(0)


def _stem(of: str) -> str:
    """Return a custom id without its attempt."""
    return of.rpartition("-")[0]


def _missing(trip: Trip, batch: Batch) -> AttemptFailedError:
    """Return the failure of a request of which no file speaks: nobody knows whether it was charged."""
    if trip.lost:
        words = f"the answers are no longer at {trip.service.host}: {trip.lost}"
        return AttemptFailedError(Failure.CONNECTION, words, 0.0, sent=True)
    failure = Failure.TIMEOUT if batch.status == "expired" else Failure.SERVER
    return AttemptFailedError(failure, f"the batch ended ({batch.status}) without a word about it", 0.0, sent=True)
