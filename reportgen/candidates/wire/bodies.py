"""The body of a reply as plain values, read as forgivingly as may be: other encodings, streams that nobody asked for."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping

import msgspec

LONGEST_INTEGER = 300
"""Digits; Python refuses to read thousands, and no count of ours has as many."""
_FIELDS = ("data:", "event:", "id:", "retry:")
_DONE = "[DONE]"


def decoded(raw: bytes) -> object:
    """Return the JSON of a body, a stream of pieces put together. Raises ValueError where it is none."""
    try:
        return msgspec.json.decode(raw)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        pass
    text = _text(raw).lstrip()
    lines = text.splitlines() if text.startswith((":", *_FIELDS)) else []
    if any(line.startswith("data:") for line in lines):
        return _joined(list(_events(lines)))
    return _loads("\n".join(line for line in lines if not line.startswith((":", *_FIELDS))) or text)


def _text(raw: bytes) -> str:
    """Return a body's text: UTF-8, or as its first bytes tell, or of Western Europe where not one letter is UTF-8."""
    text = raw.decode(json.detect_encoding(raw), "replace")
    if "\ufffd" in text and not any(letter > "\x7f" and letter != "\ufffd" for letter in text):
        return raw.decode("cp1252", "replace")
    return text


def _loads(text: str) -> object:
    try:
        found: object = json.loads(text, strict=False, parse_int=_integer)
    except RecursionError as error:
        raise ValueError from error
    return found


def _integer(digits: str) -> float:
    return int(digits) if len(digits) <= LONGEST_INTEGER else float("inf")


def _events(lines: list[str]) -> Iterator[object]:
    """Yield what the events of a stream hold; a last one that was cut off is left out."""
    for line in lines:
        told = line.removeprefix("data:").strip() if line.startswith("data:") else ""
        if told == _DONE:
            yield _DONE
        elif told:
            try:
                yield _loads(told)
            except ValueError:
                return


def _joined(events: list[object]) -> object:
    """Return the pieces of a chat completion as the one body they make; one that was cut off ended as `aborted`."""
    pieces = [one for one in events if isinstance(one, Mapping)]
    whole: dict[str, object] = {}
    text, finish = "", ""
    for piece in pieces:
        whole |= {name: value for name, value in piece.items() if value is not None and name != "choices"}
        choices = piece.get("choices")
        choice = choices[0] if isinstance(choices, list) and choices and isinstance(choices[0], Mapping) else {}
        delta = choice.get("delta") or choice.get("message")
        said = delta.get("content") if isinstance(delta, Mapping) else choice.get("text")
        text += said if isinstance(said, str) else ""
        finish = str(choice.get("finish_reason") or finish)
    if whole.get("error"):
        return whole
    ended = finish or ("stop" if _DONE in events else "aborted")
    return whole | {"choices": [{"index": 0, "message": {"role": "assistant", "content": text}, "finish_reason": ended}]}
