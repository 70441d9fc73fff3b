"""API models: asked over the lean transport where the protocol is OpenAI's, through litellm where it is another one."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime

from reportgen.candidates.chat_model import ChatModel, admitted, attempt_of, failed_attempt_of, request_settings, total_usage
from reportgen.candidates.given import not_given
from reportgen.candidates.interface import Briefing, CandidateStoppedError, Question
from reportgen.candidates.request_limits import LONGEST_RETRY_AFTER_S, Limiter, pause_s
from reportgen.candidates.sent_documents import CannotGiveError
from reportgen.candidates.wire.litellm_transport import LiteLLMTransport
from reportgen.candidates.wire.provider_library import credentials
from reportgen.candidates.wire.replies import AttemptFailedError, Failure, Reply
from reportgen.candidates.wire.secrets import OPENAI
from reportgen.candidates.wire.transport import OpenAITransport, Transport
from reportgen.domain.records.model_settings import OwnSetting, own_setting
from reportgen.domain.records.plan import CandidateSpec
from reportgen.domain.records.providers import provider_of, speaks_openai
from reportgen.domain.records.response import Attempt, Outcome, Response

LONGEST_TOLD_S = 86_400.0


class HostedCandidate(ChatModel):
    """Tries again by kind of failure, up to the plan's limit; every attempt is in the response's log."""

    def __init__(self, spec: CandidateSpec, briefing: Briefing) -> None:
        super().__init__(spec, briefing)
        key, self._redactor = admitted(spec, briefing)
        self._transport = _make_transport(spec, briefing, key)
        self._answered_once = False

    async def answer_later(
        self, question: Question, key: str, limiter: Limiter, may_retry: Callable[[Sequence[Attempt]], bool]
    ) -> Response:
        """Ask until there is an answer, a failure that no other attempt can mend, or no attempt left.

        Task latency is the sum of the attempts' own latencies and the pauses between them, so that neither waiting for a
        slot nor our own computing is in it.
        """
        try:
            chat = await self.chat(question)
        except CannotGiveError as error:
            return not_given(self.spec.name, question.id, key, str(error))
        log: list[Attempt] = []
        paused = 0.0
        while True:
            paid = any(attempt.billed for attempt in log)
            ready = time.perf_counter()
            async with limiter.slot(paid=paid) as number:
                entered = time.perf_counter()
                in_flight = limiter.under_way
                begun = datetime.now(UTC).isoformat(timespec="milliseconds")
                try:
                    reply = await self._transport.send(chat)
                except AttemptFailedError as error:
                    failed = error
                    _tell(limiter, number, error)
                else:
                    self._answered_once = True
                    limiter.served()
                    if reply.hold_s:
                        limiter.hold(reply.hold_s)
                    attempt = _with_ours(attempt_of(begun, reply, reply.latency_s), ready, entered)
                    if misfit := self.misfit_of(reply.text, len(log) + 1, refused=reply.refused):
                        log.append(replace(attempt, outcome=Failure.UNFIT.value, reason=misfit))
                        if may_retry(log):
                            continue
                        log.pop()
                    log.append(attempt)
                    return self._answered(question, key, reply, log, paused, in_flight)
                log.append(_with_ours(failed_attempt_of(begun, failed, failed.latency_s), ready, entered))
            last = not failed.failure.may_be_tried_again or len(log) >= self.settings.most_attempts
            last = last or not may_retry(log)
            self._stop_if_hopeless(failed, last=last)
            if last:
                return self._failed(question, key, failed, log, paused, in_flight)
            pause = pause_s(f"{self.settings.seed}|{self.spec.name}|{question.id}", len(log), failed.retry_after)
            paused += pause
            await limiter.rest(pause, paid=any(attempt.billed for attempt in log))

    def _stop_if_hopeless(self, error: AttemptFailedError, *, last: bool) -> None:
        """Raise CandidateStoppedError where its other questions could only fail alike, through no fault of the model."""
        nobody = error.failure is Failure.UNREACHABLE or (error.page and not self._answered_once)
        hopeless = error.failure is Failure.BLOCKED or (last and nobody)
        too_long = error.retry_after is not None and error.retry_after > LONGEST_RETRY_AFTER_S
        if not hopeless and not too_long:
            return
        pause = error.retry_after or 0.0
        long = f"{pause:.0f} s" if pause < LONGEST_TOLD_S else "longer than a day"
        why = f"the provider asks to wait for {long}" if too_long and not hopeless else error.reason
        raise CandidateStoppedError(self._redactor.text(why))

    def _failed(  # noqa: PLR0917 - private, and each is a fact of the failed task
        self, question: Question, key: str, error: AttemptFailedError, log: list[Attempt], paused: float, in_flight: int
    ) -> Response:
        outcome = Outcome.TIMEOUT if error.failure is Failure.TIMEOUT else Outcome.ERROR
        response = self._response(question, key, outcome, log, paused, in_flight)
        return self._redactor.response(replace(response, reason=error.reason))

    def _answered(  # noqa: PLR0917 - as above
        self, question: Question, key: str, reply: Reply, log: list[Attempt], paused: float, in_flight: int
    ) -> Response:
        outcome = Outcome.REFUSED if reply.refused else Outcome.ANSWERED
        response = self._response(question, key, outcome, log, paused, in_flight)
        told = replace(response, text=reply.text, reason=reply.reason, model_returned=reply.model)
        return self._redactor.response(told)

    def _response(  # noqa: PLR0917 - as above
        self, question: Question, key: str, outcome: Outcome, log: list[Attempt], paused: float, in_flight: int
    ) -> Response:
        return Response(
            self.spec.name,
            question.id,
            key,
            outcome,
            latency_s=sum(a.latency_s or 0.0 for a in log) + paused,
            attempt_latency_s=log[-1].latency_s,
            usage=total_usage(log),
            attempts=len(log),
            in_flight=in_flight,
            log=tuple(log),
        )

    async def close(self) -> None:
        """Give connections back."""
        self.documents.close()
        await self._transport.close()


def _tell(limiter: Limiter, number: int, error: AttemptFailedError) -> None:
    match error.failure:
        case Failure.RATE_LIMITED:
            limiter.refused(number, error.retry_after)
        case Failure.SERVER | Failure.CONNECTION | Failure.TIMEOUT:
            limiter.troubled()
        case _:
            pass


def _with_ours(attempt: Attempt, ready: float, entered: float) -> Attempt:
    """Return the attempt with our own time beside the provider's: the wait for a slot, and what lies around the request."""
    around = time.perf_counter() - entered - (attempt.latency_s or 0.0)
    return replace(attempt, waited_s=entered - ready, overhead_s=max(0.0, around))


def _make_transport(spec: CandidateSpec, briefing: Briefing, key: str) -> Transport:
    provider = provider_of(spec.model)
    chosen = own_setting(spec.settings, OwnSetting.TRANSPORT)
    lean = chosen != "litellm" and (speaks_openai(spec.model, spec.endpoint) or (chosen == "direct" and bool(spec.endpoint)))
    settings = request_settings(spec, briefing.plan, lean=lean)
    if lean:
        return OpenAITransport(spec.endpoint or OPENAI, key, settings)
    anyway = own_setting(spec.settings, OwnSetting.STRUCTURED_OUTPUT) == "yes"
    own = credentials(provider, briefing.environment)
    return LiteLLMTransport(spec.endpoint, key, settings, own, structured_anyway=anyway)
