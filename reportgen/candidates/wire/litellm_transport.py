"""Any provider that litellm knows: its conversions are used, its own retries, caches and telemetry stay off.

What came over the wire is kept beside what litellm made of it, so that a reply which litellm cannot take in is still read,
billed and sorted like one of the lean transport.
"""

from __future__ import annotations

import asyncio
import logging
import os
import re
import time
import warnings
from collections.abc import Awaitable, Callable, Mapping
from contextvars import ContextVar
from dataclasses import replace
from types import MappingProxyType, ModuleType
from typing import Any

import msgspec

from reportgen.candidates.wire.bodies import decoded
from reportgen.candidates.wire.provider_errors import Told, plain_words
from reportgen.candidates.wire.provider_library import guard_clients, only_to, quiet
from reportgen.candidates.wire.replies import (
    HTTP_OK,
    AttemptFailedError,
    Failure,
    Reply,
    failed_or_refused,
    read_completion,
)
from reportgen.candidates.wire.transport import RequestSettings, read_exchange, retry_after_s, timed_out
from reportgen.candidates.wire.usage import NOTHING, Counts, counts_in
from reportgen.domain.records.providers import host_of

_SEEN: ContextVar[list[Any] | None] = ContextVar("seen", default=None)
"""Every HTTP response of the request that this task is making, whole."""


def _litellm() -> ModuleType:
    """Import litellm with everything off that would send or try anything by itself."""
    # It fetches its price table from the network unless told not to; nothing is sent anywhere but to the candidates.
    os.environ.setdefault("LITELLM_LOCAL_MODEL_COST_MAP", "True")
    # In its DEV mode it would load any .env that it finds above its own folder into the environment.
    os.environ.setdefault("LITELLM_MODE", "PRODUCTION")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import litellm  # noqa: PLC0415 - three seconds and 168 MB, only when it is needed

    warnings.filterwarnings("ignore", module=r"(litellm|pydantic)\b")  # what it does with its own types is no news to users
    litellm.telemetry = False
    litellm.suppress_debug_info = True
    logging.getLogger("LiteLLM").setLevel(logging.CRITICAL)  # what is wrong with a reply stands in the log of attempts
    _keep_what_comes()
    module: ModuleType = litellm
    return module


def _keep_what_comes() -> None:
    """Note every response where all of litellm's clients pass: it keeps none of a reply that it cannot take in."""
    import httpx  # noqa: PLC0415 - comes with litellm

    guard_clients()
    plain = httpx.AsyncClient.send
    if getattr(plain, "notes_responses", False):
        return

    async def noting(client: Any, request: Any, **options: Any) -> Any:  # noqa: ANN401 - whatever httpx takes and gives
        seen = _SEEN.get()
        response = await plain(client, request, **options)
        if seen is not None and not options.get("stream"):
            seen.append(response)
        return response

    noting.notes_responses = noting.is_guarded = True  # type: ignore[attr-defined]
    httpx.AsyncClient.send = noting  # type: ignore[method-assign, assignment]


class LiteLLMTransport:
    """Any provider that litellm knows. Its own retries, caches and telemetry stay off; its CPU time is in its latency."""

    def __init__(
        self,
        endpoint: str,
        key: str,
        settings: RequestSettings,
        own: Mapping[str, str] = MappingProxyType({}),
        *,
        structured_anyway: bool = False,
    ) -> None:
        self._endpoint = endpoint
        self._own = {} if endpoint else own
        self._key = key
        self._settings = settings
        self._structured_anyway = structured_anyway
        self._ready = False
        self._reached = False

    async def send(self, messages: list[dict[str, Any]]) -> Reply:
        """Send one request through litellm."""
        litellm = _litellm()
        self._prepare(litellm)
        arguments: dict[str, Any] = self._settings.body(messages)
        arguments |= {"timeout": self._settings.timeout_s, "num_retries": 0, "max_retries": 0}
        if self._endpoint:
            # A named endpoint never gets the provider's own key out of the environment.
            arguments |= {"api_base": self._endpoint, "api_key": self._key or "none"}
        elif self._key:
            arguments["api_key"] = self._key
        arguments |= self._own
        seen: list[Any] = []
        _SEEN.set(seen)
        start = time.perf_counter()
        try:
            async with asyncio.timeout(self._settings.timeout_s):
                with quiet(), only_to(host_of(self._endpoint)):
                    found = await litellm.acompletion(**arguments)
        except TimeoutError as error:
            raise timed_out(self._settings.timeout_s, time.perf_counter() - start) from error
        except Exception as error:
            latency = time.perf_counter() - start
            if seen:
                self._reached = True
                return self._as_it_came(litellm, error, seen[-1], latency)
            raise self._unanswered(litellm, error, latency) from error
        latency = time.perf_counter() - start
        self._reached = True
        return _converted(found, seen[-1].content if seen else b"", latency)

    def _prepare(self, litellm: ModuleType) -> None:
        """Leave structured output away where the provider does not have it."""
        if self._ready:
            return
        self._ready = True
        if self._settings.response_format is None or self._structured_anyway:
            return
        if self._endpoint or not litellm.supports_response_schema(model=self._settings.model):
            self._settings = replace(self._settings, response_format=None)

    def _as_it_came(self, litellm: ModuleType, error: Exception, response: Any, latency: float) -> Reply:  # noqa: ANN401 - httpx's
        """Read a response that litellm made an error of. Raises AttemptFailedError where it is no reply."""
        headers = {**response.headers} | {"Retry-After": response.headers.get("retry-after", "")}
        filtered = isinstance(error, litellm.exceptions.ContentPolicyViolationError)
        if filtered and response.status_code in HTTP_OK:
            told = Told("the provider's filter declined", marks=frozenset({"content_filter"}))
            return failed_or_refused(told, latency, None, _counts(response.content, answered=False))
        return read_exchange(response.status_code, headers, response.content, latency)

    def _unanswered(self, litellm: ModuleType, error: Exception, latency: float) -> AttemptFailedError:
        """Return the failure of a request that no server answered."""
        known = litellm.exceptions
        unconnected = Failure.CONNECTION if self._reached else Failure.UNREACHABLE
        kinds: Mapping[type[Exception], Failure] = {
            known.AuthenticationError: Failure.BLOCKED,
            known.NotFoundError: Failure.BLOCKED,
            known.RateLimitError: Failure.RATE_LIMITED,
            known.Timeout: Failure.TIMEOUT,
            known.APIConnectionError: unconnected,
            known.InternalServerError: unconnected if "Connection error" in str(error) else Failure.SERVER,
            known.ServiceUnavailableError: Failure.SERVER,
            known.APIError: Failure.SERVER,
        }
        failure = next((kind for family, kind in kinds.items() if isinstance(error, family)), Failure.REJECTED)
        self._reached = self._reached or failure not in {Failure.UNREACHABLE, Failure.TIMEOUT}
        host = host_of(self._endpoint) or "the provider"
        words = {
            Failure.CONNECTION: f"the connection to {host} broke",
            Failure.UNREACHABLE: f"{host} cannot be reached",
            Failure.TIMEOUT: f"no answer within {self._settings.timeout_s:g} s",
        }
        reason = words.get(failure, "") or plain_words(_own_words(error))
        sent = failure in {Failure.TIMEOUT, Failure.CONNECTION, Failure.SERVER}
        return AttemptFailedError(failure, reason, latency, _retry_after_of(error), sent=sent)

    async def close(self) -> None:
        """Close the clients that litellm keeps."""
        if not self._ready:
            return
        from litellm.llms.custom_httpx.async_client_cleanup import close_litellm_async_clients  # noqa: PLC0415

        close: Callable[[], Awaitable[None]] = close_litellm_async_clients
        await close()


def _retry_after_of(error: BaseException | None) -> float | None:
    """Return the pause that the provider asked for: litellm hides its headers in one of several places."""
    while error is not None:
        response = getattr(error, "response", None)
        for headers in (getattr(error, "litellm_response_headers", None), getattr(response, "headers", None)):
            found = retry_after_s(headers) if headers else None
            if found is not None:
                return found
        error = error.__cause__ or error.__context__
    return None


def _converted(found: Any, raw: bytes, latency: float) -> Reply:  # noqa: ANN401 - litellm's own type
    """Return what litellm made of a reply, its tokens counted from what came over the wire where that says them."""
    try:
        if _map_of(raw).get("choices"):
            return read_completion(raw, latency)
        made = msgspec.json.encode(found.model_dump(mode="json", warnings=False))
    except (ValueError, TypeError, UnicodeEncodeError):
        return read_completion(raw, latency)
    reply = read_completion(made, latency)
    own = _counts(raw, answered=bool(reply.text) and not reply.refused)
    return replace(reply, usage=own.usage, doubt=own.doubt) if own != NOTHING else reply


def _map_of(raw: bytes) -> Mapping[str, object]:
    body = decoded(raw)
    return body if isinstance(body, Mapping) else {}


def _counts(raw: bytes, *, answered: bool) -> Counts:
    try:
        return counts_in(decoded(raw), answered=answered)
    except ValueError:
        return NOTHING


def _own_words(error: Exception) -> str:
    """Return the words of an error of litellm without the names of its classes."""
    words = str(error).partition("This looks like a bug")[0]
    return re.sub(r"^(\s*(litellm\.)?[A-Za-z]+(Error|Exception)( -|:)\s*)+", "", words)
