"""Text for a terminal, without anything that would steer it or turn its direction: names may come from a stranger's file."""

from __future__ import annotations

import re

_STEERING = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")


def neutral(text: str) -> str:
    """Return a text with controls, direction marks and lone surrogates as `[U+202E]`; in JSON as its own escapes."""
    if not _STEERING.search(text):
        return text
    form = "\\u{:04x}" if text.startswith(("{", "[")) else "[U+{:04X}]"
    return _STEERING.sub(lambda found: form.format(ord(found.group())), text)
