"""What every way of asking an API model shares: its messages, the parameters of its requests, whether it may be asked."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

import msgspec

from reportgen.candidates.content_keys import fingerprint_of
from reportgen.candidates.given import Form, Given, given, limits_of
from reportgen.candidates.interface import Briefing, Question
from reportgen.candidates.price_table import takes_schema
from reportgen.candidates.prompts import answer_schema, few_shot, messages
from reportgen.candidates.sent_documents import DocumentSender, without_text
from reportgen.candidates.wire.replies import AttemptFailedError, Reply
from reportgen.candidates.wire.secrets import OPENAI, Redactor, key_for, refuse_host, secrets_in
from reportgen.candidates.wire.transport import RequestSettings, is_openai_itself
from reportgen.domain.records.built_in_prompts import prompt_of
from reportgen.domain.records.model_settings import OwnSetting, own_setting, setting_key, unknown_settings
from reportgen.domain.records.plan import CandidateSpec, EvaluationPlan, Task
from reportgen.domain.records.providers import OPENAI_STYLE, OTHER_PROTOCOL, PROVIDERS, host_of, provider_of
from reportgen.domain.records.response import Attempt, Outcome, Usage
from reportgen.problems import NeedsMendingError, Problem


class ChatModel:
    """Makes the messages of a candidate from its prompt, its few-shot examples and the document of a question."""

    def __init__(self, spec: CandidateSpec, briefing: Briefing) -> None:
        self.spec = spec
        self.settings = briefing.plan.settings
        self.documents = DocumentSender(briefing.documents, limits_of(spec))
        self.fingerprint = fingerprint_of(spec, _structured(spec, briefing.plan))
        self.endpoint = host_with_port(spec.endpoint) or provider_of(spec.model)
        self._prompt = prompt_of(spec, self.settings.task, several=self.settings.several_labels)
        self._shots = few_shot(spec, briefing)
        again = own_setting(spec.settings, OwnSetting.ASK_AGAIN) == "yes"
        self._misfit = briefing.misfit if again else None

    def given(self, question: Question) -> object:
        """Return the messages, and what goes out beside them of a document that is no text alone."""
        what = given(self.spec, question.document)
        if what == Given() or question.document is None:
            return messages(self._prompt, question, self._shots)
        return messages(self._prompt, without_text(question, what), self._shots), question.document.sha256, what

    def write(self, question: Question, what: Given | None = None) -> list[dict[str, Any]]:
        """Return the messages with all that goes out of a document. Raises CannotGiveError."""
        what = given(self.spec, question.document) if what is None else what
        return self.documents.chat(self._prompt, question, self._shots, what)

    async def chat(self, question: Question) -> list[dict[str, Any]]:
        """Return the messages; pages of a document are drawn in a thread of their own. Raises CannotGiveError."""
        what = given(self.spec, question.document)
        if what.form is Form.TEXT:
            return self.write(question, what)
        return await asyncio.to_thread(self.write, question, what)

    def misfit_of(self, text: str, attempt: int, *, refused: bool) -> str:
        """Return why a reply is to be asked for again, '' where it stands; the last one stands as it is and is scored."""
        if self._misfit is None or refused or attempt >= self.settings.most_attempts:
            return ""
        return self._misfit(text)


def admitted(spec: CandidateSpec, briefing: Briefing) -> tuple[str, Redactor]:
    """Return a candidate's key and who takes keys out of texts. Raises NeedsMendingError where it may not be asked."""
    refuse_host(spec, briefing.allowed_hosts)
    key = key_for(spec, briefing.environment, briefing.allowed_keys)
    return key, Redactor(secrets_in(briefing.environment, briefing.plan.candidates) | {key})


def host_with_port(endpoint: str) -> str:
    """Return what shares one limit: the same server, whatever the path."""
    return endpoint.partition("//")[2].partition("/")[0].casefold()


def attempt_of(begun: str, reply: Reply, latency_s: float | None) -> Attempt:
    """Return an attempt that was answered; it began at that time (UTC, ISO 8601)."""
    outcome = Outcome.REFUSED if reply.refused else Outcome.ANSWERED
    return Attempt(begun, latency_s, outcome.value, reply.usage, billed=True, reason=reply.reason, doubt=reply.doubt)


def failed_attempt_of(begun: str, error: AttemptFailedError, latency_s: float | None) -> Attempt:
    """Return an attempt that failed; where no reply says what it cost, the provider may have charged for it."""
    usage = error.counts.usage
    return Attempt(
        begun,
        latency_s,
        error.failure.value,
        usage,
        billed=usage is not None,
        reason=error.reason,
        doubt=error.counts.doubt,
        charge_unknown=error.sent,
    )


def total_usage(log: Sequence[Attempt]) -> Usage | None:
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
