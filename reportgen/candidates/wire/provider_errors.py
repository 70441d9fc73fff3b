"""Errors of providers: found in every shape they come in, told in one sentence, and sorted by what may help."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

SHOWN = 300
SERVER_FAULT, TOO_MANY, FIRST_ERROR = 500, 429, 400
REDIRECT = 300
HOPELESS = frozenset({401, 402, 404, 405, 407, 410})
"""No key, no money, no such model or path: no other request of this candidate would fare better."""
AGAIN = frozenset({408, 409, 424, 425, 499})

FILTERS = frozenset(
    {
        "content_filter", "content_policy_violation", "responsibleaipolicyviolation", "moderation_blocked", "invalid_prompt",
        "content_filter_error", "contentfilterblockedexception", "data_inspection_failed", "datainspectionfailed",
        "prohibited_content", "content_filtered", "safety", "safety_violation", "cyber_policy_violation", "jailbreak",
        "input_moderation", "output_moderation", "content_moderation", "image_content_policy_violation",
    }
)  # fmt: skip
STOPPERS = frozenset(
    {
        "invalid_api_key", "authentication_error", "invalid_authentication_error", "unauthenticated", "api_key_invalid",
        "permission_error", "permission_denied", "accessdeniedexception", "unrecognizedclientexception", "forbidden",
        "unauthorized", "expiredtokenexception", "account_deactivated", "billing_not_active", "insufficient_quota",
        "billing_hard_limit_reached", "billing_error", "exceeded_current_quota_error", "insufficient_balance",
        "arrearage", "model_not_found", "invalid_model", "model_not_available", "deploymentnotfound", "unknown_model",
        "not_found_error", "resourcenotfoundexception", "model_decommissioned", "model_terms_required", "access_denied",
        "unsupported_country_region_territory",
    }
)  # fmt: skip
THROTTLES = frozenset(
    {
        "rate_limit_exceeded", "rate_limit_error", "rate_limit_reached_error", "resource_exhausted", "throttlingexception",
        "too_many_requests", "toomanyrequestsexception", "throttling", "rate_limited", "tokens_usage_based", "throttled",
    }
)  # fmt: skip
TROUBLES = frozenset(
    {
        "overloaded_error", "server_error", "internal_server_error", "api_error", "service_unavailable", "unavailable",
        "internalserverexception", "serviceunavailableexception", "modelnotreadyexception", "modelerrorexception",
        "modeltimeoutexception", "engine_overloaded_error", "internal", "deadline_exceeded", "timeout", "server_overloaded",
        "internal_error", "overloaded",
    }
)  # fmt: skip
_CODES = ("code", "type", "status", "reason", "__type", "error_code", "http_status_code", "status_code", "error_type")
_NO_MODEL = re.compile(
    r"model\b.{0,80}\b(does not exist|not exist|not found|is not available|not supported for this|unknown)"
    r"|(not a valid|unknown|invalid|no such) model|model identifier is invalid",
    re.IGNORECASE | re.DOTALL,
)
_NO_KEY = re.compile(
    r"(api|access) ?key\b.{0,40}\b(not valid|invalid|expired|incorrect|missing|not found|revoked|disabled)"
    r"|(invalid|incorrect|missing|no|wrong) (api|access) ?key|invalid (x-)?api-?key|security token .{0,40}(invalid|expired)",
    re.IGNORECASE | re.DOTALL,
)
_STRUCTURE = re.compile(r"""[\[{]\s*[{'"]""")
_DELAY = re.compile(r"([\d.]+)s")
_TRY_AGAIN = re.compile(r"try again in (?:(\d+)h)?(?:(\d+)m(?!s))?(?:([\d.]+)s\b)?(?:([\d.]+)ms)?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Told:
    """What an error says: its message in plain words, its status (0 = none was given), and its codes in lower case."""

    message: str
    status: int = 0
    marks: frozenset[str] = frozenset()
    retry_after: float | None = None
    page: bool = False
    """The message is the title of a web page."""

    @property
    def sentence(self) -> str:
        """The error as a person is told it."""
        where = f" (HTTP {self.status})" if self.status >= REDIRECT else ""
        if self.page:
            return f'a web page came instead of an answer: "{self.message}"{where}'
        return f"{self.message or 'the provider gave no reason'}{where}"


def told_in(body: object, status: int = 0) -> Told | None:
    """Return the error in a decoded body, None where it holds none; `status` is that of HTTP, where it is one."""
    body = body[0] if isinstance(body, list) and body else body
    if isinstance(body, str):
        return Told(plain_words(body), status) if status else None
    if not isinstance(body, Mapping):
        return None
    parts = list(_parts(body, is_error=bool(status)))
    if not parts:
        return None
    message = next((text for part in parts if (text := _message(part))), "")
    codes = [str(code).casefold() for part in parts for code in _codes(part)]
    own = next((int(code) for code in codes if code.isdecimal() and FIRST_ERROR <= int(code) < 600), 0)  # noqa: PLR2004 - HTTP
    marks = frozenset(code.rpartition("#")[2].rpartition(".")[2].replace("-", "_").replace(" ", "_") for code in codes)
    pause = _asked_to_wait(parts)
    return Told(message, status or own, marks, _told_to_wait(message) if pause is None else pause)


def is_filtered(told: Told) -> bool:
    """Return whether a provider's filter declined this one request; a message that merely mentions a filter is none."""
    return bool(told.marks & FILTERS) and told.status < SERVER_FAULT and told.status != TOO_MANY


def failure_of(told: Told) -> str:
    """Return the kind of failure of an error, in the words of `Failure`."""
    status, marks = told.status, told.marks
    named = bool(_NO_KEY.search(told.message) or _NO_MODEL.search(told.message)) and not told.page
    stops = status in HOPELESS or REDIRECT <= status < FIRST_ERROR
    stops = stops or (marks & STOPPERS and status < SERVER_FAULT) or (named and 0 < status < SERVER_FAULT)
    if stops and not (status == TOO_MANY and marks & THROTTLES):
        return "blocked"
    if status == TOO_MANY or (marks & THROTTLES and status < SERVER_FAULT):
        return "rate limited"
    if status in AGAIN or status >= SERVER_FAULT or marks & TROUBLES or not status:
        return "server error"
    return "rejected"


def _parts(body: Mapping[str, object], *, is_error: bool) -> Iterator[Mapping[str, object]]:
    """Yield the parts of a body that speak of its error, the innermost first."""
    base = body.get("base_resp")
    if isinstance(base, Mapping) and base.get("status_code"):
        yield {"message": base.get("status_msg"), "code": base.get("status_code")}
    error = body.get("error") or body.get("errors") or (body.get("Error") if is_error else None)
    error = error[0] if isinstance(error, list) and error else error
    if isinstance(error, str):
        error = {"message": error}
    if isinstance(error, Mapping):
        yield from _parts(error, is_error=False)
        inner = error.get("innererror") or error.get("inner_error")
        if isinstance(inner, Mapping):
            yield inner
        yield error
        details = error.get("details")
        yield from (one for one in (details if isinstance(details, list) else ()) if isinstance(one, Mapping))
    output = body.get("Output")
    if isinstance(output, Mapping) and "__type" in output:
        yield output
    failed = body.get("success") is False
    says_so = failed or body.get("object") == "error" or body.get("type") == "error" or "__type" in body
    if is_error or isinstance(error, Mapping) or says_so:
        yield body


def _message(part: Mapping[str, object]) -> str:
    metadata = part.get("metadata")
    raw = metadata.get("raw") if isinstance(metadata, Mapping) else None
    for said in (part.get("message"), part.get("Message"), part.get("detail"), part.get("msg"), part.get("title"), raw):
        first = said[0] if isinstance(said, list) and said else said
        if isinstance(first, Mapping):
            first = first.get("message") or first.get("msg")
        if isinstance(first, str) and first.strip():
            return plain_words(first)
    return ""


def plain_words(text: str) -> str:
    """Return a message as one short line; where it wraps another one in JSON or a page, that one's words alone."""
    found = _STRUCTURE.search(text)
    if found:
        start = found.start()
        try:
            inner = told_in(json.loads(text[start:]), status=SERVER_FAULT)
        except (ValueError, RecursionError):
            inner = None
        text = inner.message if inner and inner.message else text[:start] or "the provider's words cannot be read"
    return " ".join(re.sub(r"<[^>]*>?", " ", text).split())[:SHOWN].rstrip(" :-")


def _codes(part: Mapping[str, object]) -> Iterator[object]:
    for name in _CODES:
        value = part.get(name)
        if isinstance(value, str | int) and not isinstance(value, bool):
            yield value
    metadata = part.get("metadata")
    if isinstance(metadata, Mapping) and metadata.get("flagged_input"):
        yield "input_moderation"


def _told_to_wait(message: str) -> float | None:
    """Return the pause that a message asks for in words, in seconds: `Please try again in 7m12s`."""
    found = _TRY_AGAIN.search(message)
    if found is None or not any(found.groups()):
        return None
    hours, minutes, seconds, milliseconds = (float(part.rstrip(".") or 0) if part else 0.0 for part in found.groups())
    return hours * 3600 + minutes * 60 + seconds + milliseconds / 1000


def _asked_to_wait(parts: list[Mapping[str, object]]) -> float | None:
    for part in parts:
        delay = part.get("retryDelay") or part.get("retry_after")
        found = _DELAY.fullmatch(delay) if isinstance(delay, str) else None
        if found:
            return float(found.group(1))
        if isinstance(delay, int | float) and not isinstance(delay, bool) and delay >= 0:
            return float(delay)
    return None
