"""Asking over the network: one lane an endpoint, so that a slow one holds nobody up; what is in flight is never lost."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Coroutine, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any, Protocol

from reportgen.candidates.content_keys import content_key
from reportgen.candidates.interface import CandidateStoppedError, LimitLog, Question, RemoteCandidate
from reportgen.candidates.request_limits import GivenUpError, Limiter
from reportgen.candidates.spending import Books, length_of
from reportgen.candidates.stop_rule import StopRule
from reportgen.domain.records.plan import CandidateSpec
from reportgen.domain.records.response import Outcome, Response
from reportgen.problems import ReportgenError

WORKERS_A_SLOT = 2
"""More workers than slots: one that waits between two attempts leaves its slot to another."""

Job = tuple[CandidateSpec, Question]


class Beside(Protocol):
    """Asks in another way while the lanes are at work."""

    async def run(self) -> None:
        """Ask all; what was asked is kept whatever happens."""

    def stop(self) -> None:
        """Ask nothing more, and wait for nothing that comes later than what is in flight."""


class Lanes:
    """Works the jobs of each endpoint off in their order, at most `ceiling` requests at once for each."""

    def __init__(
        self,
        candidates: Mapping[str, RemoteCandidate],
        jobs: Iterable[Job],
        ceiling: int,
        books: Books,
        *,
        limit_log: LimitLog | None = None,
        rule: StopRule | None = None,
        beside: Sequence[Beside] = (),
    ) -> None:
        self._candidates = candidates
        self._ceiling = max(1, ceiling)
        self._books = books
        self._stopped: Exception | None = None
        self._rule = StopRule() if rule is None else rule
        self._beside = beside
        self._left: list[tuple[CandidateSpec, Question]] = []
        self._stopping = False
        self._limit_log = limit_log
        self._limiters: dict[str, Limiter] = {}
        self._jobs: dict[str, deque[Job]] = {}
        for spec, question in jobs:
            self._jobs.setdefault(candidates[spec.name].endpoint, deque()).append((spec, question))

    async def run(self) -> None:
        """Ask all. Raises the first StoppedEarlyError after everything that was in flight is answered and kept.

        Cancelled (Ctrl-C) it does the same before it lets the cancellation through; a second Ctrl-C stops at once.
        """
        self._limiters = {endpoint: Limiter(self._ceiling, endpoint) for endpoint in self._jobs}
        count = self._ceiling * WORKERS_A_SLOT
        workers = [
            asyncio.ensure_future(self._work(jobs, self._limiters[endpoint]))
            for endpoint, jobs in self._jobs.items()
            for _ in range(min(count, len(jobs)))
        ]
        workers += [asyncio.ensure_future(self._alone(other)) for other in self._beside]
        together = asyncio.gather(*workers)
        try:
            await asyncio.shield(together)
        except asyncio.CancelledError:
            self._books.stopping()
            self._stop()
            await together
            raise
        finally:
            for worker in workers:
                worker.cancel()
            await asyncio.gather(*workers, return_exceptions=True)
            for candidate in self._candidates.values():
                await candidate.close()
        if self._stopped is not None:
            raise self._stopped

    @property
    def rule(self) -> StopRule:
        """Which candidates stopped, and why."""
        return self._rule

    @property
    def left(self) -> Sequence[Job]:
        """The questions that were not asked since their candidate had stopped."""
        return self._left

    async def _work(self, jobs: deque[Job], limiter: Limiter) -> None:
        while jobs and not self._stopping:
            spec, question = job = jobs.popleft()
            try:
                await self._one(spec, question, limiter)
                self._keep_changes(limiter)
            except GivenUpError:
                return
            except CandidateStoppedError as error:
                self._rule.cannot_be_asked(spec.name, str(error))
                self._left.append(job)
            except Exception as error:  # noqa: BLE001 - whatever it is, what is in flight is finished and kept first
                self._stopped = self._stopped or error
                self._stop()

    async def _alone(self, other: Beside) -> None:
        try:
            await other.run()
        except Exception as error:  # noqa: BLE001 - as above
            self._stopped = self._stopped or error
            self._stop()

    def _stop(self) -> None:
        self._stopping = True
        for other in self._beside:
            other.stop()
        for limiter in self._limiters.values():
            limiter.stop()

    def _keep_changes(self, limiter: Limiter) -> None:
        """Put changes of the limit on record; the answer that brought them about is on disk already."""
        changes, limiter.changes = limiter.changes, []
        if changes and self._limit_log is not None:
            self._limit_log(changes)

    async def _one(self, spec: CandidateSpec, question: Question, limiter: Limiter) -> None:
        candidate = self._candidates[spec.name]
        key = content_key(spec, candidate, question)
        if self._books.take(key):
            return
        if spec.name in self._rule.why:
            self._left.append((spec, question))
            return
        reserved = await self._books.reserve(spec, length_of(spec, question))
        try:
            response = await self._asked(spec, question, key, limiter)
            self._rule.count(response)
            await self._books.add_later(response)
        finally:
            await self._books.release(reserved)

    async def _asked(self, spec: CandidateSpec, question: Question, key: str, limiter: Limiter) -> Response:
        """Return the response to one question; what was never foreseen is that question's error."""
        may_retry = partial(self._books.may_retry, spec, question)
        try:
            return await self._candidates[spec.name].answer_later(question, key, limiter, may_retry)
        except (GivenUpError, ReportgenError):
            raise
        except Exception as error:  # noqa: BLE001 - one question must not end a run
            return crashed(spec, question, key, error)


def crashed(spec: CandidateSpec, question: Question, key: str, error: Exception) -> Response:
    """Return the error of a question at which a candidate broke in a way that nobody foresaw."""
    words = " ".join(str(error).split())[:120] or "no reason given"
    return Response(spec.name, question.id, key, Outcome.ERROR, reason=f"asking it broke off: {words}", attempts=1)


def run_to_end(work: Coroutine[Any, Any, None]) -> None:
    """Run to its end, also where an event loop is running already, as in a notebook."""
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        asyncio.run(work)
        return
    with ThreadPoolExecutor(1) as pool:
        pool.submit(asyncio.run, work).result()
