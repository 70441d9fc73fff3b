"""Lines of batch files in OpenAI's format: a request going out, and what the line of an output or error file says."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from reportgen.candidates.wire.provider_errors import told_in
from reportgen.candidates.wire.replies import (
    HTTP_OK,
    AttemptFailedError,
    Failure,
    Reply,
    not_answered,
    read_completion,
    unexpected,
)

MOST_REQUESTS = 50_000
MOST_BYTES = 190_000_000
"""OpenAI takes files of 50,000 requests and 200 MB; the others take as much or more."""
URL = "/v1/chat/completions"
EXPIRED, CANCELLED = "batch_expired", "batch_cancelled"


def request_line(custom_id: str, body: Mapping[str, object]) -> bytes:
    """Return one request as a line of a batch file."""
    return msgspec.json.encode({"custom_id": custom_id, "method": "POST", "url": URL, "body": body}) + b"\n"


def answered_id(raw: bytes) -> tuple[str, Mapping[str, msgspec.Raw]] | None:
    """Return the custom id of an answered or failed request and the parts of its line, None where a line is none."""
    try:
        line = msgspec.json.decode(raw, type=dict[str, msgspec.Raw])
        custom_id = msgspec.json.decode(line.get("custom_id", msgspec.Raw(b"null")))
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
    return (custom_id, line) if isinstance(custom_id, str) and ("response" in line or "error" in line) else None


def read_answer(line: Mapping[str, msgspec.Raw]) -> Reply:
    """Return the reply that a line holds. Raises AttemptFailedError where it tells of a failure."""
    response = bytes(line.get("response", b"null"))
    if response.strip() in {b"null", b"{}"}:
        raise _failed(bytes(line.get("error", b"null")))
    try:
        parts = msgspec.json.decode(response, type=dict[str, msgspec.Raw])
        status = msgspec.json.decode(parts.get("status_code", msgspec.Raw(b"200")))
        body = bytes(parts.get("body", response))
        status = status if isinstance(status, int) else HTTP_OK[0]
        return read_completion(body, 0.0) if status in HTTP_OK else not_answered(status, body, 0.0, None)
    except (ValueError, TypeError, KeyError, LookupError, ArithmeticError, RecursionError) as error:
        unexpected(error, 0.0)


def _failed(raw: bytes) -> AttemptFailedError:
    """Return the failure of a request that got no response at all; one that expired is charged by nobody."""
    try:
        error = msgspec.json.decode(raw)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        error = None
    told = told_in({"error": error})
    if told is None:
        return AttemptFailedError(Failure.SERVER, "the batch gives neither an answer nor a reason", 0.0, sent=True)
    if CANCELLED in told.marks:
        return AttemptFailedError(Failure.BLOCKED, told.message or "the batch was cancelled", 0.0)
    failure = Failure.TIMEOUT if EXPIRED in told.marks else Failure.SERVER
    return AttemptFailedError(failure, told.message or "the batch expired before it was answered", 0.0)
