"""The books of a run: a response is kept in the journal before it counts, and what is in flight counts against the limit."""

from __future__ import annotations

import asyncio
import math
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from reportgen.candidates.given import given
from reportgen.candidates.interface import Journal, Progress, Question, specs_asked
from reportgen.candidates.prices import PriceFound, list_price, token_cost
from reportgen.domain.records.plan import CandidateSpec, EvaluationPlan
from reportgen.domain.records.response import Attempt, Basis, Outcome, Response, Usage
from reportgen.problems import StoppedEarlyError

SHOW_EVERY_S = 0.2
CHARACTERS_A_TOKEN = 3
"""Cautious: most texts have four."""
PROMPT_TOKENS = 500
ANSWER_TOKENS = 1000
"""What a first answer is taken to need until the candidate has given one."""


@dataclass(slots=True)
class _Tally:
    """How far one candidate is. `known` = its money can be told."""

    spec: CandidateSpec
    price: PriceFound
    done: int = 0
    failed: int = 0
    retried: int = 0
    fresh: int = 0
    spent: float = 0.0
    known: bool = True
    dearest: float = 0.0
    shown_at: float = 0.0

    def add(self, response: Response, length: int, *, fresh: bool, paid: bool) -> None:
        self.done += 1
        self.fresh += fresh
        self.failed += response.outcome in {Outcome.ERROR, Outcome.TIMEOUT}
        self.retried += (response.attempts or 1) > 1
        if paid and response.basis is Basis.MEASURED and not response.from_earlier_run:
            cost = token_cost(response, self.price)
            unknown = sum(map(_unknown, response.log))
            self.known = self.known and cost is not None and not unknown
            self.dearest = max(self.dearest, cost or 0.0)
            # What may have been charged and is not known counts as what it may have been.
            self.spent += (cost or 0.0) + unknown * self.estimate(length)

    def estimate(self, length: int) -> float:
        """Return what one request of so many characters may cost: the dearest so far, before that a cautious guess."""
        if self.dearest or self.price.price is None:
            return self.dearest
        usage = Usage(length // CHARACTERS_A_TOKEN + PROMPT_TOKENS, self.spec.most_output_tokens or ANSWER_TOKENS)
        return token_cost(Response("", "", "", Outcome.ANSWERED, usage=usage), self.price) or 0.0

    def cost_of(self, attempt: Attempt, length: int) -> float:
        """Return what one attempt cost, or may have cost."""
        if _unknown(attempt):
            return self.estimate(length)
        if attempt.usage is None:
            return 0.0
        return token_cost(Response("", "", "", Outcome.ANSWERED, usage=attempt.usage), self.price) or 0.0


def length_of(spec: CandidateSpec, question: Question) -> int:
    """Return the characters of a question, pages that go out as pictures reckoned by their tokens."""
    return len(question.input) + CHARACTERS_A_TOKEN * given(spec, question.document).tokens


def _unknown(attempt: Attempt) -> bool:
    """Return whether an attempt may have been charged, and nobody says how much."""
    return attempt.charge_unknown or (attempt.billed and attempt.usage is None)


class Books:
    """What came in so far, by candidate and example; used by one thread but for the writing."""

    def __init__(
        self,
        plan: EvaluationPlan,
        questions: Sequence[Question],
        journal: Journal,
        show: Callable[[Progress], None] | None,
    ) -> None:
        currency = plan.settings.currency
        self.found: dict[tuple[str, str], Response] = {}
        self._tallies = {s.name: _Tally(s, list_price(s, currency)) for s in specs_asked(plan)}
        self._limit = plan.settings.spending_limit
        self._reserved = 0.0
        self._asked = {q.id: q for q in questions}
        self._planned = len(questions)
        self._journal = journal
        self._show = show
        self._started = time.perf_counter()
        self._waiting: list[Response] = []
        self._writing = asyncio.Lock()
        self._settled = asyncio.Condition()
        self._under_way = 0

    @property
    def spent(self) -> float:
        """Money of this run so far, that of an interrupted start included, as far as it is known."""
        return sum(t.spent for t in self._tallies.values())

    def take(self, key: str) -> bool:
        """Count the response that the journal holds for a content key; False where it holds none."""
        paid = self._journal.holds(key)
        kept = self._journal.get(key)
        if kept is None or kept.unasked:
            return False
        self._count(kept, fresh=False, paid=paid)
        return True

    def add(self, responses: Sequence[Response]) -> None:
        """Put new responses on disk, then count them."""
        if responses:
            self._journal.append_all(responses)
        for response in responses:
            self._count(response, fresh=True, paid=True)

    async def add_later(self, response: Response) -> None:
        """Do the same without holding up the event loop; responses that arrive while one is written share its flush."""
        self._waiting.append(response)
        async with self._writing:
            if not any(waiting is response for waiting in self._waiting):
                return
            batch, self._waiting = self._waiting, []
            await asyncio.to_thread(self._journal.append_all, batch)
            for written in batch:
                self._count(written, fresh=True, paid=True)

    async def add_together(self, responses: Sequence[Response]) -> None:
        """Do the same with many that came together."""
        async with self._writing:
            await asyncio.to_thread(self._journal.append_all, responses)
            for written in responses:
                self._count(written, fresh=True, paid=True)

    async def reserve(self, spec: CandidateSpec, length: int) -> float:
        """Set money aside for a question of so many characters that is about to be asked; gives the amount.

        Where it might not be enough it waits until what is under way has shown its true cost. Raises StoppedEarlyError
        when nothing is under way and one more answer might still pass the limit.
        """
        async with self._settled:
            while True:
                estimate = self._tallies[spec.name].estimate(length)
                if estimate <= self._room():
                    break
                if not self._under_way:
                    raise self._limit_reached()
                await self._settled.wait()
            return self._set_aside(estimate)

    async def reserve_many(self, spec: CandidateSpec, lengths: Sequence[int]) -> list[float]:
        """Set money aside for as many questions, from the first on, as the limit leaves room for; gives the amounts.

        Raises as `reserve` where there is no room for the first.
        """
        amounts = [await self.reserve(spec, lengths[0])]
        async with self._settled:
            for length in lengths[1:]:
                estimate = self._tallies[spec.name].estimate(length)
                if estimate > self._room():
                    break
                amounts.append(self._set_aside(estimate))
        return amounts

    async def reserve_sent(self, spec: CandidateSpec, lengths: Sequence[int]) -> list[float]:
        """Set money aside for questions that an earlier start sent: they cost what they cost."""
        async with self._settled:
            return [self._set_aside(self._tallies[spec.name].estimate(length)) for length in lengths]

    def _set_aside(self, amount: float) -> float:
        self._reserved += amount
        self._under_way += 1
        return amount

    def _room(self) -> float:
        """Return what the spending limit leaves."""
        return math.inf if self._limit is None else self._limit - self.spent - self._reserved

    def may_retry(self, spec: CandidateSpec, question: Question, log: Sequence[Attempt]) -> bool:
        """Return whether one more attempt at a question fits the spending limit, after those in `log` that may cost."""
        if self._limit is None:
            return True
        tally, length = self._tallies[spec.name], length_of(spec, question)
        so_far = sum(tally.cost_of(attempt, length) for attempt in log)
        return not so_far or self.spent + self._reserved + so_far <= self._limit

    async def release(self, reserved: float, many: int = 1) -> None:
        """Give back what was set aside, once so many answers are counted."""
        async with self._settled:
            self._under_way -= many
            self._reserved = self._reserved - reserved if self._under_way else 0.0
            self._settled.notify_all()

    def wait(self, candidate: str, words: str) -> None:
        """Show what is being waited for."""
        self._tell(self._tallies[candidate], waiting=words)

    def stopping(self) -> None:
        """Show that nothing more is asked."""
        for tally in self._tallies.values():
            if tally.done < self._planned:
                self._tell(tally, stopping=True)

    def _limit_reached(self) -> StoppedEarlyError:
        msg = (
            f"The spending limit of {self._limit:g} would be passed: {self.spent:.4g} is spent, and the next answer may "
            "cost the rest. Every answer is kept. Raise the limit on the sheet Evaluation and run again; nothing is asked "
            "twice."
        )
        return StoppedEarlyError(msg)

    def _count(self, response: Response, *, fresh: bool, paid: bool) -> None:
        self.found[response.candidate, response.example_id] = response
        tally = self._tallies[response.candidate]
        question = self._asked.get(response.example_id)
        length = 0 if question is None else length_of(tally.spec, question)
        tally.add(response, length, fresh=fresh, paid=paid)
        now = time.perf_counter()
        if self._show is None or (tally.done < self._planned and now - tally.shown_at < SHOW_EVERY_S):
            return
        self._tell(tally)

    def _tell(self, tally: _Tally, *, stopping: bool = False, waiting: str = "") -> None:
        if self._show is None:
            return
        tally.shown_at = time.perf_counter()
        rate = tally.fresh / max(tally.shown_at - self._started, 1e-9)
        spent = tally.spent if tally.known else None
        spec, failed, retried = tally.spec, tally.failed, tally.retried
        told = Progress(spec.name, tally.done, self._planned, failed, retried, spent, rate, tally.fresh, stopping, waiting)
        self._show(told)
