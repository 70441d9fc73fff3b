"""What a provider's reply means: an answer, a refusal or a failure of its kind, told in a sentence a buyer can read.

Bodies differ by provider and break in many ways, so they are looked through by hand and never decoded against a type:
whatever cannot be read costs no answer that can.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import NoReturn

from reportgen.candidates.wire.bodies import decoded
from reportgen.candidates.wire.provider_errors import Told, failure_of, is_filtered, told_in
from reportgen.candidates.wire.usage import NOTHING, Counts, counts_in
from reportgen.domain.records.response import Usage

HTTP_OK = range(200, 300)
"""Statuses of a request that was served: some servers say 201 or 206 of an answer."""
_SURROGATE = re.compile("[\ud800-\udfff]")
_PAGE = re.compile(rb"^\W*<(?:!doctype|html|head|body|\?xml|script|meta|title)\b", re.IGNORECASE)

CUT = frozenset({"length", "max_tokens", "max_output_tokens", "model_length", "max_token", "model_context_window_exceeded"})
ENDED = frozenset(
    {
        "", "stop", "end_turn", "eos", "eos_token", "stop_sequence", "stop_token", "complete", "completed", "finish",
        "finished", "tool_calls", "tool_call", "tool_use", "function_call", "end", "done", "normal", "null", "none",
        "unload", "load", "pause_turn", "unspecified",
    }
)  # fmt: skip
REFUSED = frozenset(
    {
        "content_filter", "content_filtered", "safety", "recitation", "blocklist", "prohibited_content", "spii",
        "image_safety", "refusal", "guardrail_intervened", "guardrails", "error_toxic", "blocked", "block", "sensitive",
        "model_armor", "language", "image_prohibited_content", "jailbreak", "data_inspection_failed", "flagged",
    }
)  # fmt: skip
BROKEN = frozenset(
    {
        "error", "network_error", "insufficient_system_resource", "malformed_function_call", "server_error", "failed",
        "failure", "cancelled", "canceled", "abort", "aborted", "timeout", "unexpected_tool_call", "error_limit",
        "rate_limit", "malformed_model_output", "internal_error", "overloaded",
    }
)  # fmt: skip


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
    doubt: str = ""
    """What about its token counts contradicts itself."""


class AttemptFailedError(Exception):
    """One attempt failed; `retry_after` is what the server asked for, in seconds; `counts` what it billed all the same.

    `sent` = the whole request went out and no reply says what it cost, so the provider may have charged for it.
    `page` = a web page came, as where a network asks to sign in: no model is there.
    """

    def __init__(
        self,
        failure: Failure,
        reason: str,
        latency_s: float,
        retry_after: float | None = None,
        counts: Counts = NOTHING,
        *,
        sent: bool = False,
        page: bool = False,
    ) -> None:
        super().__init__(reason)
        self.failure = failure
        self.reason = reason
        self.latency_s = latency_s
        self.retry_after = retry_after
        self.counts = counts
        self.sent = sent and counts.usage is None
        self.page = page


@dataclass(frozen=True, slots=True)
class _Spoken:
    """What a reply says, whatever its shape. `finish` in lower case, without the prefixes that some put before it."""

    text: str
    finish: str
    refusal: str = ""
    error: Told | None = None
    silent: str = "the reply is empty"
    """Why there is no text, where there is none."""


def read_completion(raw: bytes, latency_s: float) -> Reply:
    """Return the reply in the body of a 200. Raises AttemptFailedError where it is none."""
    if _PAGE.match(raw[:200]):
        reason = f"a web page came instead of an answer{_quoted(page_text(raw))}"
        raise AttemptFailedError(Failure.MALFORMED, reason, latency_s, page=True)
    try:
        body = decoded(raw)
    except ValueError as error:
        reason = "the reply is empty" if not raw.strip() else "the reply is not understood: it is no JSON"
        raise AttemptFailedError(Failure.MALFORMED, reason, latency_s, sent=True) from error
    body = body[0] if isinstance(body, list) and len(body) == 1 else body
    if not isinstance(body, Mapping):
        raise AttemptFailedError(Failure.MALFORMED, "the reply is not one of a chat model", latency_s, sent=True)
    spoken = next(_shapes(body), None)
    counts = counts_in(body, answered=bool(spoken and spoken.text and not spoken.error))
    told = told_in(body)
    if told is not None and (spoken is None or not spoken.text):
        return failed_or_refused(told, latency_s, None, counts)
    if spoken is None:
        raise AttemptFailedError(Failure.MALFORMED, "the reply holds no choice", latency_s, None, counts, sent=True)
    return _judged(spoken, counts, str(body.get("model") or body.get("modelVersion") or ""), latency_s)


def _judged(spoken: _Spoken, counts: Counts, model: str, latency_s: float) -> Reply:
    """Return what a reply amounts to by its finish reason. Raises AttemptFailedError where the model broke off."""
    finish = spoken.finish
    if spoken.error is not None and not is_filtered(spoken.error):
        failed_or_refused(spoken.error, latency_s, None, counts)
    if finish in BROKEN and spoken.error is None:
        words = f"the model broke off ({finish.replace('_', ' ')})"
        raise AttemptFailedError(Failure.SERVER, words, latency_s, None, counts, sent=True)
    refused = bool(spoken.refusal) or finish in REFUSED or spoken.error is not None
    text = clean(spoken.text or spoken.refusal)
    known = finish in ENDED or finish in CUT or refused
    if not known and not text:
        words = f'the reply is empty and ended for a reason that is not known ("{finish[:40]}")'
        raise AttemptFailedError(Failure.MALFORMED, words, latency_s, None, counts, sent=True)
    reason = spoken.silent if not text else ""
    if refused:
        reason = (finish or "refusal").replace("_", " ")
    elif finish in CUT:
        reason = "cut at the most output tokens"
    elif not known:
        reason = f'ended for a reason that is not known ("{finish[:40]}")'
    return Reply(text, latency_s, counts.usage, clean(model), refused, reason, doubt=counts.doubt)


def failed_or_refused(told: Told, latency_s: float, retry_after: float | None, counts: Counts) -> Reply:
    """Return a refusal that the provider gave as an error. Raises AttemptFailedError for every other error."""
    if is_filtered(told):
        return Reply("", latency_s, counts.usage or Usage(0, 0), refused=True, reason=told.sentence, doubt=counts.doubt)
    failure = Failure(failure_of(told))
    pause = told.retry_after if retry_after is None else retry_after
    raise AttemptFailedError(failure, told.sentence, latency_s, pause, counts)


def not_answered(status: int, raw: bytes, latency_s: float, retry_after: float | None, location: str = "") -> Reply:
    """Return a refusal that the provider gave as an HTTP error. Raises AttemptFailedError for every other status."""
    body: object = None
    page = page_text(raw) if _PAGE.match(raw[:200]) else ""
    if not page:
        try:
            body = decoded(raw)
        except ValueError:
            page = page_text(raw)
    told = told_in(body, status=status) or Told("", status)
    if page:
        told = Told(page, status, page=True)
    if location:
        told = Told(f"the address leads elsewhere, to {location}", status)
    return failed_or_refused(told, latency_s, retry_after, counts_in(body))


def clean(text: str) -> str:
    """Return text without halves of surrogate pairs, which no file can hold."""
    return _SURROGATE.sub("\ufffd", text)


def page_text(raw: bytes) -> str:
    """Return what a web page says first, its title where it has one, as one short line."""
    html = raw[:20_000].decode("utf-8", "replace")
    title = re.search(r"<title[^>]*>(.*?)</title>", html, re.IGNORECASE | re.DOTALL)
    bare = re.sub(r"<(script|style)\b.*?</\1>", " ", html, flags=re.IGNORECASE | re.DOTALL)
    text = title.group(1) if title and title.group(1).strip() else re.sub(r"<[^>]*>?", " ", bare)
    return " ".join(text.split())[:80]


def _quoted(text: str) -> str:
    return f' ("{text}")' if text else ""


def _shapes(body: Mapping[str, object]) -> Iterator[_Spoken]:
    """Yield what a reply says in each shape that fits: OpenAI's, Anthropic's, Gemini's, Bedrock's, Cohere's, Ollama's."""
    choice = _head(body.get("choices"))
    if choice is not None:
        message = _map(choice.get("message") or choice.get("delta"))
        error = told_in(choice) if choice.get("error") else None
        refusal = message.get("refusal")
        text = _text(message.get("content")) or _text(choice.get("text"))
        declined = refusal if isinstance(refusal, str) else "refusal" * bool(refusal)
        yield _Spoken(text, _finish(choice.get("finish_reason")), declined, error, _why_silent(message))
        return
    candidate = _head(body.get("candidates"))
    if candidate is not None:
        yield _Spoken(_text(_map(candidate.get("content")).get("parts")), _finish(candidate.get("finishReason")))
    elif reason := _map(body.get("promptFeedback")).get("blockReason"):
        yield _Spoken("", "safety", str(reason).casefold())
    elif output := _map(_map(body.get("output")).get("message")):
        yield _Spoken(_text(output.get("content")), _finish(body.get("stopReason")))
    elif "stop_reason" in body and isinstance(body.get("content"), list):
        yield _Spoken(_text(body["content"]), _finish(body["stop_reason"]))
    elif isinstance(body.get("message"), Mapping):
        ended = body.get("finish_reason", body.get("done_reason"))
        yield _Spoken(_text(_map(body["message"]).get("content")), _finish(ended))


def _why_silent(message: Mapping[str, object]) -> str:
    """Return why a message without text has none."""
    if message.get("tool_calls") or message.get("function_call"):
        return "the reply calls a tool instead of answering"
    if message.get("reasoning_content") or message.get("reasoning") or message.get("thinking"):
        return "the reply holds thoughts and no answer"
    return "the reply is empty"


def _text(content: object) -> str:
    """Return the text of a message: plain, the text pieces of a list without those that think, or a value as JSON."""
    if isinstance(content, str):
        return content
    if isinstance(content, Mapping) and isinstance(content.get("text"), str):
        return str(content["text"])
    if isinstance(content, Mapping) or (isinstance(content, int | float) and not isinstance(content, bool)):
        return json.dumps(content, ensure_ascii=False)
    if not isinstance(content, list):
        return ""
    pieces = []
    for piece in content:
        one = _map(piece)
        said = piece if isinstance(piece, str) else one.get("text", one.get("content"))
        said = said.get("value") if isinstance(said, Mapping) else said
        thinks = one.get("thought") is True or str(one.get("type", "")).casefold() in {"thinking", "reasoning", "thought"}
        if isinstance(said, str) and not thinks:
            pieces.append(said)
    return "".join(pieces)


def _finish(reason: object) -> str:
    """Return a finish reason in lower case without prefixes such as `FinishReason.` or `FINISH_REASON_`."""
    folded = str(reason or "").strip().rpartition(".")[2].rpartition(":")[2]
    folded = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", folded).casefold().replace("-", "_").replace(" ", "_")
    return folded.removeprefix("finish_reason_").removeprefix("finish_").strip("_")


def _head(items: object) -> Mapping[str, object] | None:
    """Return the first of several choices, by its index where they have one."""
    found = [one for one in (items if isinstance(items, list) else ()) if isinstance(one, Mapping)]
    return next((one for one in found if one.get("index") == 0), found[0] if found else None)


def _map(value: object) -> Mapping[str, object]:
    return value if isinstance(value, Mapping) else {}


def unexpected(error: Exception, latency_s: float) -> NoReturn:
    """Raise what was never foreseen as the failure of this one attempt."""
    words = f"the reply could not be taken in: {clean(str(error))[:120] or 'no reason given'}"
    raise AttemptFailedError(Failure.MALFORMED, words, latency_s, sent=True) from error
