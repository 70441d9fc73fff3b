"""The lean way to an OpenAI-compatible server: one request, one reply, its latency measured where the bytes move."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import partial
from types import SimpleNamespace
from typing import Any, Protocol, cast

import aiohttp
import msgspec
from aiohttp.client_proto import ResponseHandler
from yarl import URL

from reportgen.candidates.wire.provider_errors import FIRST_ERROR, REDIRECT, TOO_MANY
from reportgen.candidates.wire.replies import (
    HTTP_OK,
    AttemptFailedError,
    Failure,
    Reply,
    not_answered,
    read_completion,
    unexpected,
)
from reportgen.candidates.wire.secrets import OPENAI
from reportgen.domain.records.providers import host_of, is_loopback

_DURATION = re.compile(r"(?:(\d+)h)?(?:(\d+)m(?!s))?(?:(\d+(?:\.\d+)?)s)?(?:(\d+(?:\.\d+)?)ms)?")
LARGEST_REPLY = 32 << 20
"""Bytes; an answer has a few thousand."""


class Transport(Protocol):
    """Sends one request."""

    async def send(self, messages: list[dict[str, Any]]) -> Reply:
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

    def body(self, messages: list[dict[str, Any]]) -> dict[str, object]:
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


class OpenAITransport:
    """Speaks the OpenAI chat protocol over one pooled session; it never tries again by itself and follows no redirect."""

    def __init__(self, endpoint: str, key: str, settings: RequestSettings) -> None:
        base = endpoint.rstrip("/")
        self._url = URL(base if base.endswith("/chat/completions") else f"{base}/chat/completions")
        self._headers = {"Content-Type": "application/json"} | ({"Authorization": f"Bearer {key}"} if key else {})
        self._settings = settings
        self._session: aiohttp.ClientSession | None = None
        self._reached = False

    async def send(self, messages: list[dict[str, Any]]) -> Reply:
        """Send one request; its latency runs from the request being sent to the last byte of the reply."""
        body = msgspec.json.encode(self._settings.body(messages))
        watch = SimpleNamespace(sent=time.perf_counter())
        try:
            async with asyncio.timeout(self._settings.timeout_s):
                status, headers, raw = await self._exchange(body, watch)
        except TimeoutError as error:
            raise timed_out(self._settings.timeout_s, time.perf_counter() - watch.sent) from error
        except (aiohttp.ClientError, OSError) as error:
            raise self._broken(error, time.perf_counter() - watch.sent) from error
        latency = max(0.0, watch.ended - watch.sent)
        self._reached = True
        try:
            return read_exchange(status, headers, raw, latency)
        except (ValueError, TypeError, KeyError, LookupError, ArithmeticError, RecursionError) as error:
            unexpected(error, latency)

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
        host = self._url.host
        if never:
            return AttemptFailedError(Failure.UNREACHABLE, f"{host} cannot be reached ({_why(error)})", latency_s)
        reason = f"the connection to {host} broke ({_why(error)})"
        sent = not isinstance(error, aiohttp.ClientConnectorError)
        return AttemptFailedError(Failure.CONNECTION, reason, latency_s, sent=sent)

    async def close(self) -> None:
        """Close the pool."""
        if self._session is not None:
            await self._session.close()


def timed_out(seconds: float, latency_s: float) -> AttemptFailedError:
    """Return the failure of a request that nobody answered in time; the provider may have worked on it all the same."""
    return AttemptFailedError(Failure.TIMEOUT, f"no answer within {seconds:g} s", latency_s, sent=True)


def read_exchange(status: int, headers: Mapping[str, str], raw: bytes, latency_s: float) -> Reply:
    """Return the reply in what a server sent back. Raises AttemptFailedError where it is none."""
    if status not in HTTP_OK:
        asked = retry_after_s(headers)
        if asked is None and status == TOO_MANY:
            asked = hold_s(headers)
        location = host_of(headers.get("Location", "")) if REDIRECT <= status < FIRST_ERROR else ""
        return not_answered(status, raw, latency_s, asked, location)
    reply = read_completion(raw, latency_s)
    tokens = reply.usage.input + reply.usage.output if reply.usage else 0
    hold = hold_s(headers, tokens)
    return reply if hold is None else replace(reply, hold_s=hold)


def _why(error: Exception) -> str:
    """Return why a connection failed, in the system's words."""
    cause = getattr(error, "os_error", None) or error
    words = str(getattr(cause, "strerror", None) or cause).partition("[")[0].strip()
    return words[:80] or "it was cut off"


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


def retry_after_s(headers: Mapping[str, str]) -> float | None:
    """Return the pause that a server asks for, in seconds: from `retry-after-ms`, or Retry-After as seconds or a date."""
    milliseconds = _number(headers.get("retry-after-ms"))
    if milliseconds is not None:
        return milliseconds / 1000
    header = headers.get("Retry-After") or ""
    seconds = duration_s(header)
    if seconds is not None or not header:
        return seconds
    try:
        until = parsedate_to_datetime(header)
        return max(0.0, (until.astimezone(UTC) - datetime.now(UTC)).total_seconds())
    except (ValueError, OverflowError, TypeError):
        return None


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
