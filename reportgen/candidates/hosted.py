"""API models: asked over the lean transport where the protocol is OpenAI's, through litellm where it is another one."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import msgspec

from reportgen.candidates.content_keys import fingerprint_of
from reportgen.candidates.given import Form, Given, given, limits_of, not_given
from reportgen.candidates.interface import Briefing, CandidateStoppedError, Question
from reportgen.candidates.litellm_transport import LiteLLMTransport
from reportgen.candidates.price_table import takes_schema
from reportgen.candidates.prompts import answer_schema, few_shot, messages, prompt_of
from reportgen.candidates.provider_library import credentials
from reportgen.candidates.replies import AttemptFailedError, Failure, Reply
from reportgen.candidates.request_limits import LONGEST_RETRY_AFTER_S, Limiter, pause_s
from reportgen.candidates.secrets import OPENAI, Redactor, key_for, refuse_host, secrets_in
from reportgen.candidates.sent_documents import CannotGiveError, DocumentSender, without_text
from reportgen.candidates.transport import OpenAITransport, RequestSettings, Transport, is_openai_itself
from reportgen.domain.records.model_settings import OwnSetting, own_setting, setting_key, unknown_settings
from reportgen.domain.records.plan import CandidateSpec, EvaluationPlan, Task
from reportgen.domain.records.providers import PROVIDERS, host_of, provider_of
from reportgen.domain.records.response import Attempt, Outcome, Response, Usage
from reportgen.problems import NeedsMendingError, Problem

LONGEST_TOLD_S = 86_400.0
OPENAI_STYLE = frozenset({"openai", "hosted_vllm", "openai_like", "custom_openai", "lm_studio", "llamafile"})
OTHER_PROTOCOL = frozenset(
    {"anthropic", "gemini", "vertex_ai", "bedrock", "sagemaker", "azure", "azure_ai", "cohere", "cohere_chat", "watsonx"}
)


class HostedCandidate:
    """Tries again by kind of failure, up to the plan's limit; every attempt is in the response's log."""

    def __init__(self, spec: CandidateSpec, briefing: Briefing) -> None:
        self._spec = spec
        self._settings = briefing.plan.settings
        self._prompt = prompt_of(spec, self._settings.task, several=self._settings.several_labels)
        self._shots = few_shot(spec, briefing)
        refuse_host(spec, briefing.allowed_hosts)
        key = key_for(spec, briefing.environment, briefing.allowed_keys)
        self._redactor = Redactor(secrets_in(briefing.environment, briefing.plan.candidates) | {key})
        self.fingerprint = fingerprint_of(spec, _structured(spec, briefing.plan))
        self.endpoint = host_with_port(spec.endpoint) or provider_of(spec.model)
        again = own_setting(spec.settings, OwnSetting.ASK_AGAIN) == "yes"
        self._misfit = briefing.misfit if again else None
        self._transport = _make_transport(spec, briefing, key)
        self._answered_once = False
        self._documents = DocumentSender(briefing.documents, limits_of(spec))

    def given(self, question: Question) -> object:
        """Return the messages, and what goes out beside them of a document that is no text alone."""
        what = given(self._spec, question.document)
        if what == Given() or question.document is None:
            return messages(self._prompt, question, self._shots)
        return messages(self._prompt, without_text(question, what), self._shots), question.document.sha256, what

    async def answer_later(
        self, question: Question, key: str, limiter: Limiter, may_retry: Callable[[Sequence[Attempt]], bool]
    ) -> Response:
        """Ask until there is an answer, a failure that no other attempt can mend, or no attempt left.

        Task latency is the sum of the attempts' own latencies and the pauses between them, so that neither waiting for a
        slot nor our own computing is in it.
        """
        try:
            chat = await self._chat(question)
        except CannotGiveError as error:
            return not_given(self._spec.name, question.id, key, str(error))
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
                    attempt = _with_ours(_attempt(begun, reply), ready, entered)
                    if misfit := self._misfit_of(reply, len(log) + 1):
                        log.append(replace(attempt, outcome=Failure.UNFIT.value, reason=misfit))
                        if may_retry(log):
                            continue
                        log.pop()
                    log.append(attempt)
                    return self._answered(question, key, reply, log, paused, in_flight)
                log.append(_with_ours(_failed_attempt(begun, failed), ready, entered))
            last = not failed.failure.may_be_tried_again or len(log) >= self._settings.most_attempts
            last = last or not may_retry(log)
            self._stop_if_hopeless(failed, last=last)
            if last:
                return self._failed(question, key, failed, log, paused, in_flight)
            pause = pause_s(f"{self._settings.seed}|{self._spec.name}|{question.id}", len(log), failed.retry_after)
            paused += pause
            await limiter.rest(pause, paid=any(attempt.billed for attempt in log))

    async def _chat(self, question: Question) -> list[dict[str, Any]]:
        """Return the messages; pages of a document are drawn in a thread of their own. Raises CannotGiveError."""
        what = given(self._spec, question.document)
        if what.form is Form.TEXT:
            return self._documents.chat(self._prompt, question, self._shots, what)
        return await asyncio.to_thread(self._documents.chat, self._prompt, question, self._shots, what)

    def _misfit_of(self, reply: Reply, attempt: int) -> str:
        """Return why a reply is to be asked for again, '' where it stands; the last one stands as it is and is scored."""
        if self._misfit is None or reply.refused or attempt >= self._settings.most_attempts:
            return ""
        return self._misfit(reply.text)

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
            self._spec.name,
            question.id,
            key,
            outcome,
            latency_s=sum(a.latency_s for a in log) + paused,
            attempt_latency_s=log[-1].latency_s,
            usage=total_usage(log),
            attempts=len(log),
            in_flight=in_flight,
            log=tuple(log),
        )

    async def close(self) -> None:
        """Give connections back."""
        self._documents.close()
        await self._transport.close()


def host_with_port(endpoint: str) -> str:
    """Return what shares one limit: the same server, whatever the path."""
    return endpoint.partition("//")[2].partition("/")[0].casefold()


def _tell(limiter: Limiter, number: int, error: AttemptFailedError) -> None:
    match error.failure:
        case Failure.RATE_LIMITED:
            limiter.refused(number, error.retry_after)
        case Failure.SERVER | Failure.CONNECTION | Failure.TIMEOUT:
            limiter.troubled()
        case _:
            pass


def _attempt(begun: str, reply: Reply) -> Attempt:
    outcome = Outcome.REFUSED if reply.refused else Outcome.ANSWERED
    return Attempt(begun, reply.latency_s, outcome.value, reply.usage, billed=True, reason=reply.reason, doubt=reply.doubt)


def _with_ours(attempt: Attempt, ready: float, entered: float) -> Attempt:
    """Return the attempt with our own time beside the provider's: the wait for a slot, and what lies around the request."""
    around = time.perf_counter() - entered - attempt.latency_s
    return replace(attempt, waited_s=entered - ready, overhead_s=max(0.0, around))


def _failed_attempt(begun: str, error: AttemptFailedError) -> Attempt:
    usage = error.counts.usage
    return Attempt(
        begun,
        error.latency_s,
        error.failure.value,
        usage,
        billed=usage is not None,
        reason=error.reason,
        doubt=error.counts.doubt,
        charge_unknown=error.sent,
    )


def total_usage(log: list[Attempt]) -> Usage | None:
    """Return the tokens of all billed attempts, None where nothing was billed or one of them did not say."""
    usages = [a.usage for a in log if a.billed]
    known = [u for u in usages if u is not None]
    if not known or len(known) < len(usages):
        return None
    thinking = [u.thinking for u in known if u.thinking is not None]
    return Usage(
        sum(u.input for u in known),
        sum(u.output for u in known),
        sum(u.cached_input for u in known),
        sum(thinking) if thinking else None,
        sum(u.written_input for u in known),
        sum(u.audio_input for u in known),
        sum(u.picture_input for u in known),
        sum(u.audio_output for u in known),
    )


def _make_transport(spec: CandidateSpec, briefing: Briefing, key: str) -> Transport:
    provider = provider_of(spec.model)
    chosen = own_setting(spec.settings, OwnSetting.TRANSPORT)
    speaks_openai = provider == "openai" or (bool(spec.endpoint) and provider not in OTHER_PROTOCOL)
    lean = chosen != "litellm" and (speaks_openai or (chosen == "direct" and bool(spec.endpoint)))
    settings = request_settings(spec, briefing.plan, lean=lean)
    if lean:
        return OpenAITransport(spec.endpoint or OPENAI, key, settings)
    anyway = own_setting(spec.settings, OwnSetting.STRUCTURED_OUTPUT) == "yes"
    own = credentials(provider, briefing.environment)
    return LiteLLMTransport(spec.endpoint, key, settings, own, structured_anyway=anyway)


def request_settings(spec: CandidateSpec, plan: EvaluationPlan, *, lean: bool) -> RequestSettings:
    """Return what is the same for every request of a candidate; `lean` = it goes to a server of the OpenAI protocol."""
    address = spec.endpoint or OPENAI
    wanted = own_setting(spec.settings, OwnSetting.STRUCTURED_OUTPUT)
    structured = _structured(spec, plan)
    return RequestSettings(
        _model_name(spec, provider_of(spec.model), lean=lean),
        plan.settings.timeout_s,
        spec.temperature,
        spec.most_output_tokens,
        structured if wanted == "yes" or not lean or _takes_schema(spec, address) else None,
        passed_on(spec),
        "max_completion_tokens" if lean and is_openai_itself(address) else "max_tokens",
    )


def _takes_schema(spec: CandidateSpec, address: str) -> bool:
    """Return whether the model at this address is known to take a schema; OpenAI's own does unless it is known not to."""
    provider = PROVIDERS.get(provider_of(spec.model))
    if is_openai_itself(address):
        return takes_schema(spec.model) is not False
    return provider is not None and host_of(address) == provider.host and takes_schema(spec.model) is True


def _structured(spec: CandidateSpec, plan: EvaluationPlan) -> dict[str, object] | None:
    """Return the form of the answer as a schema, where the task has one and the row does not decline it."""
    if plan.settings.task is not Task.EXTRACTION or own_setting(spec.settings, OwnSetting.STRUCTURED_OUTPUT) == "no":
        return None
    schema: dict[str, object] = {"name": "answer", "schema": answer_schema(plan.fields), "strict": True}
    return {"type": "json_schema", "json_schema": schema}


def _model_name(spec: CandidateSpec, provider: str, *, lean: bool) -> str:
    """Return the model as the server (lean) or litellm knows it: the provider's prefix is litellm's, not the server's."""
    prefix, _, bare = spec.model.partition("/")
    prefix = prefix.casefold()
    if lean:
        own = prefix in PROVIDERS and host_of(spec.endpoint) == PROVIDERS[prefix].host
        return bare if bare and (prefix in OPENAI_STYLE or own) else spec.model
    known = provider in PROVIDERS or provider in OPENAI_STYLE or provider in OTHER_PROTOCOL
    return f"openai/{spec.model}" if spec.endpoint and not known else spec.model


def passed_on(spec: CandidateSpec) -> dict[str, object]:
    """Return the lines of Settings that go to the model, numbers, lists and objects read as JSON.

    Raises NeedsMendingError for a name that is not on the list.
    """
    faults = unknown_settings(spec.settings)
    if faults:
        problems = tuple(
            Problem(spec.where or "Candidates", f"{spec.name}: {f.what}", f"Choose from: {', '.join(f.choices)}.", "setting")
            for f in faults
        )
        msg = f"{spec.name} cannot be asked: {faults[0].what}"
        raise NeedsMendingError(msg, problems)
    found: dict[str, object] = {}
    for name, text in spec.settings.items():
        key = setting_key(name)
        if key in set(OwnSetting):
            continue
        try:
            found[key] = msgspec.json.decode(text.strip())
        except msgspec.DecodeError:
            found[key] = text.strip()
    return found
