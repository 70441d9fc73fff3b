"""The lean way to an OpenAI-compatible server: one request, one reply, its latency measured where the bytes move."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from enum import StrEnum
from functools import partial
from types import SimpleNamespace
from typing import Protocol, cast

import aiohttp
import msgspec
from aiohttp.client_proto import ResponseHandler
from yarl import URL

from reportgen.candidates.secrets import OPENAI
from reportgen.domain.records.providers import host_of, is_loopback
from reportgen.domain.records.response import Usage

HTTP_OK = 200
UNAUTHORIZED = frozenset({401, 402, 404})
"""No key, no money, no such model or path: no other request of this candidate would fare better."""
TOO_MANY = 429
OVER_QUOTA = ("insufficient_quota", "billing_hard_limit_reached")
SERVER_FAULT = 500
RETRYABLE = frozenset({408, 409, 425})
CONTENT_FILTERS = ("content_filter", "content_policy_violation", "responsibleaipolicyviolation")
SHOWN = 300
_DURATION = re.compile(r"(?:(\d+)h)?(?:(\d+)m(?!s))?(?:(\d+(?:\.\d+)?)s)?(?:(\d+(?:\.\d+)?)ms)?")
LARGEST_REPLY = 32 << 20
"""Bytes; an answer has a few thousand."""


class Failure(StrEnum):
    """Why an attempt failed."""

    RATE_LIMITED = "rate limited"
    SERVER = "server error"
    CONNECTION = "connection"
    TIMEOUT = "timeout"
    MALFORMED = "malformed reply"
    REJECTED = "rejected"
    UNREACHABLE = "unreachable"
    BLOCKED = "blocked"
    UNFIT = "does not fit"

    @property
    def may_be_tried_again(self) -> bool:
        """Whether another attempt can help."""
        return self not in {Failure.REJECTED, Failure.BLOCKED}


@dataclass(frozen=True, slots=True)
class Reply:
    """What a model said to one request. `refused` = the provider or the model declined, for the `reason`."""

    text: str
    latency_s: float
    usage: Usage | None = None
    model: str = ""
    refused: bool = False
    reason: str = ""
    hold_s: float | None = None
    """How long the provider's rate headers say that nothing more will be served."""


class AttemptFailedError(Exception):
    """One attempt failed; `retry_after` is what the server asked for, in seconds; `usage` what it billed all the same."""

    def __init__(
        self,
        failure: Failure,
        reason: str,
        latency_s: float,
        retry_after: float | None = None,
        usage: Usage | None = None,
    ) -> None:
        super().__init__(reason)
        self.failure = failure
        self.reason = reason
        self.latency_s = latency_s
        self.retry_after = retry_after
        self.usage = usage


class Transport(Protocol):
    """Sends one request."""

    async def send(self, messages: list[dict[str, str]]) -> Reply:
        """Return the reply. Raises AttemptFailedError."""

    async def close(self) -> None:
        """Give connections back."""


@dataclass(frozen=True, slots=True)
class RequestSettings:
    """What is the same for every request of a candidate. `more` are further parameters of the protocol, from Settings."""

    model: str
    timeout_s: float
    temperature: float | None = None
    most_output_tokens: int | None = None
    response_format: dict[str, object] | None = None
    more: Mapping[str, object] = field(default_factory=dict)
    limit_name: str = "max_tokens"

    def body(self, messages: list[dict[str, str]]) -> dict[str, object]:
        """Return the request as the OpenAI chat protocol has it; what was not set is left to the server."""
        body: dict[str, object] = dict(self.more)
        body |= {"model": self.model, "messages": messages}
        if self.temperature is not None:
            body["temperature"] = self.temperature
        if self.most_output_tokens is not None:
            body[self.limit_name] = self.most_output_tokens
        if self.response_format is not None:
            body["response_format"] = self.response_format
        return body


@dataclass(frozen=True, slots=True)
class _Details:
    cached_tokens: int | None = None
    reasoning_tokens: int | None = None


@dataclass(frozen=True, slots=True)
class UsageGiven:
    """The token counts of a reply, as the protocol has them."""

    prompt_tokens: int | None = None
    completion_tokens: int | None = None
    prompt_tokens_details: _Details | None = None
    completion_tokens_details: _Details | None = None

    def counted(self) -> Usage | None:
        """Return the counts, None where one is missing or impossible; cached tokens are part of the input."""
        if self.prompt_tokens is None or self.completion_tokens is None:
            return None
        cached = (self.prompt_tokens_details.cached_tokens if self.prompt_tokens_details else None) or 0
        thinking = self.completion_tokens_details.reasoning_tokens if self.completion_tokens_details else None
        if min(self.prompt_tokens, self.completion_tokens, cached, thinking or 0) < 0 or cached > self.prompt_tokens:
            return None
        return Usage(self.prompt_tokens, self.completion_tokens, cached, thinking)


@dataclass(frozen=True, slots=True)
class _Piece:
    type: str = ""
    text: str | None = None


@dataclass(frozen=True, slots=True)
class _Message:
    content: str | tuple[_Piece, ...] | None = None
    refusal: str | None = None

    @property
    def text(self) -> str:
        if isinstance(self.content, tuple):
            return "".join(piece.text or "" for piece in self.content)
        return self.content or ""


@dataclass(frozen=True, slots=True)
class _Choice:
    message: _Message
    finish_reason: str | None = None


@dataclass(frozen=True, slots=True)
class ChatCompletion:
    """The part of a reply of the OpenAI chat protocol that counts."""

    choices: tuple[_Choice, ...] | None = None
    model: str | None = None
    usage: UsageGiven | None = None

    def reply(self, latency_s: float) -> Reply:
        """Return it as a reply. Raises AttemptFailedError where it holds no choice."""
        usage = self.usage.counted() if self.usage else None
        if not self.choices:
            raise AttemptFailedError(Failure.MALFORMED, "the reply holds no choice", latency_s, usage=usage)
        choice = self.choices[0]
        finish = choice.finish_reason or ""
        refused = bool(choice.message.refusal) or finish == "content_filter"
        text = choice.message.text or choice.message.refusal or ""
        reason = "cut at the most output tokens" if finish == "length" else finish if refused else ""
        return Reply(text, latency_s, usage, self.model or "", refused, reason)


def read_completion(raw: bytes, latency_s: float) -> Reply:
    """Return the reply in a body. Raises AttemptFailedError where it is not one of the protocol."""
    try:
        return msgspec.json.decode(raw, type=ChatCompletion).reply(latency_s)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        reason = f"the reply is not understood: {error}"
        raise AttemptFailedError(Failure.MALFORMED, reason, latency_s) from error


class OpenAITransport:
    """Speaks the OpenAI chat protocol over one pooled session; it never tries again by itself and follows no redirect."""

    def __init__(self, endpoint: str, key: str, settings: RequestSettings) -> None:
        base = endpoint.rstrip("/")
        self._url = URL(base if base.endswith("/chat/completions") else f"{base}/chat/completions")
        self._headers = {"Content-Type": "application/json"} | ({"Authorization": f"Bearer {key}"} if key else {})
        self._settings = settings
        self._session: aiohttp.ClientSession | None = None
        self._reached = False

    async def send(self, messages: list[dict[str, str]]) -> Reply:
        """Send one request; its latency runs from the request being sent to the last byte of the reply."""
        body = msgspec.json.encode(self._settings.body(messages))
        watch = SimpleNamespace(sent=time.perf_counter())
        try:
            async with asyncio.timeout(self._settings.timeout_s):
                status, headers, raw = await self._exchange(body, watch)
        except TimeoutError as error:
            reason = f"no answer within {self._settings.timeout_s:g} s"
            raise AttemptFailedError(Failure.TIMEOUT, reason, time.perf_counter() - watch.sent) from error
        except (aiohttp.ClientError, OSError) as error:
            raise self._broken(error, time.perf_counter() - watch.sent) from error
        latency = max(0.0, watch.ended - watch.sent)
        self._reached = True
        if status != HTTP_OK:
            asked = retry_after_s(headers)
            return not_answered(status, raw, latency, hold_s(headers) if asked is None and status == TOO_MANY else asked)
        reply = read_completion(raw, latency)
        tokens = reply.usage.input + reply.usage.output if reply.usage else 0
        hold = hold_s(headers, tokens)
        return reply if hold is None else replace(reply, hold_s=hold)

    async def _exchange(self, body: bytes, watch: SimpleNamespace) -> tuple[int, Mapping[str, str], bytes]:
        session = self._open()
        async with session.post(
            self._url, data=body, headers=self._headers, allow_redirects=False, trace_request_ctx=watch
        ) as response:
            raw = bytearray()
            async for block in response.content.iter_any():
                raw += block
                if len(raw) > LARGEST_REPLY:
                    response.close()
                    raise aiohttp.ClientPayloadError(f"the reply is longer than {LARGEST_REPLY:,} bytes")  # noqa: EM102, TRY003
            watch.ended = last_byte_at(response, watch.sent)
            return response.status, response.headers, bytes(raw)

    def _open(self) -> aiohttp.ClientSession:
        if self._session is None:
            trace = aiohttp.TraceConfig()
            trace.on_request_headers_sent.append(_note_sending)
            self._session = aiohttp.ClientSession(
                connector=_StampingConnector(limit=0),
                timeout=aiohttp.ClientTimeout(total=None),
                trace_configs=[trace],
                trust_env=not is_loopback((self._url.host or "").casefold()),
                cookie_jar=aiohttp.DummyCookieJar(),
            )
        return self._session

    def _broken(self, error: Exception, latency_s: float) -> AttemptFailedError:
        """Return the failure; a host that has never said anything is out of reach, and not the model's fault."""
        never = isinstance(error, aiohttp.ClientConnectorError) and not self._reached
        failure = Failure.UNREACHABLE if never else Failure.CONNECTION
        return AttemptFailedError(failure, f"{type(error).__name__}: {error}", latency_s)

    async def close(self) -> None:
        """Close the pool."""
        if self._session is not None:
            await self._session.close()


class _StampingHandler(ResponseHandler):
    """Notes when bytes arrive: where many replies come at once, the last one is read long after it was there."""

    last_byte_at = 0.0

    def data_received(self, data: bytes) -> None:
        """Take bytes from the socket."""
        self.last_byte_at = time.perf_counter()
        super().data_received(data)


class _StampingConnector(aiohttp.TCPConnector):
    """Opens connections whose bytes are stamped."""

    def __init__(self, *, limit: int) -> None:
        super().__init__(limit=limit)
        self._factory = cast("partial[ResponseHandler]", partial(_StampingHandler, loop=asyncio.get_running_loop()))


def last_byte_at(response: aiohttp.ClientResponse, sent: float) -> float:
    """Return when the last byte of a reply came in, on the monotonic clock; now, where its connection did not note it."""
    stamp = getattr(getattr(response, "_protocol", None), "last_byte_at", 0.0)
    return stamp if stamp > sent else time.perf_counter()


async def _note_sending(_session: aiohttp.ClientSession, context: SimpleNamespace, _what: object) -> None:
    """Start the clock when the request leaves: connecting and our own queueing are not the provider's latency."""
    context.trace_request_ctx.sent = time.perf_counter()


def not_answered(status: int, raw: bytes, latency_s: float, retry_after: float | None) -> Reply:
    """Return a refusal that the provider gave as an HTTP error. Raises AttemptFailedError for every other status."""
    told = raw[: SHOWN * 4].decode("utf-8", "replace")
    marks = told.casefold()
    reason = f"HTTP {status}: {told[:SHOWN]}"
    if any(mark in marks for mark in CONTENT_FILTERS) and status < SERVER_FAULT:
        return Reply("", latency_s, Usage(0, 0), refused=True, reason=reason)
    raise AttemptFailedError(failure_of(status, marks), reason, latency_s, retry_after)


def failure_of(status: int, told: str) -> Failure:
    """Return the kind of failure of an HTTP status; `told` is the body in lower case."""
    if status in UNAUTHORIZED or (status == TOO_MANY and any(mark in told for mark in OVER_QUOTA)):
        return Failure.BLOCKED
    if status == TOO_MANY:
        return Failure.RATE_LIMITED
    if status in RETRYABLE or status >= SERVER_FAULT:
        return Failure.SERVER
    return Failure.REJECTED


def retry_after_s(headers: Mapping[str, str]) -> float | None:
    """Return the pause that a server asks for, in seconds: from `retry-after-ms`, or Retry-After as seconds or a date."""
    milliseconds = _number(headers.get("retry-after-ms"))
    if milliseconds is not None:
        return milliseconds / 1000
    header = headers.get("Retry-After")
    seconds = _number(header)
    if seconds is not None or not header:
        return seconds
    try:
        until = parsedate_to_datetime(header)
    except ValueError:
        return None
    return max(0.0, (until.astimezone(UTC) - datetime.now(UTC)).total_seconds())


def hold_s(headers: Mapping[str, str], tokens: int = 0) -> float | None:
    """Return how long until the provider's window opens again where its rate headers say that it is used up.

    Args:
        headers: `x-ratelimit-remaining-requests`, `-remaining-tokens` and their `-reset-`, as OpenAI and others send them.
        tokens: what one request takes; fewer left is too few.
    """
    holds = []
    for what, least in (("requests", 1), ("tokens", tokens)):
        left = _number(headers.get(f"x-ratelimit-remaining-{what}"))
        reset = duration_s(headers.get(f"x-ratelimit-reset-{what}", ""))
        if left is not None and reset is not None and left < least:
            holds.append(reset)
    return max(holds, default=None)


def duration_s(text: str) -> float | None:
    """Return a duration such as `1s`, `6m0s`, `1m12.5s` or `20ms` in seconds, plain seconds too; None where it is none."""
    plain = _number(text)
    if plain is not None:
        return plain
    found = _DURATION.fullmatch(text.strip())
    if not found or not text.strip():
        return None
    hours, minutes, seconds, milliseconds = (float(part or 0) for part in found.groups())
    return hours * 3600 + minutes * 60 + seconds + milliseconds / 1000


def _number(text: str | None) -> float | None:
    try:
        number = float(text or "")
    except ValueError:
        return None
    return number if 0 <= number < float("inf") else None


def is_openai_itself(endpoint: str) -> bool:
    """Whether an address is OpenAI's own, which has structured output and its own word for the output limit."""
    return host_of(endpoint) == host_of(OPENAI)
