"""Keys: they come from the environment, go only where they may, and are taken out of every text that is kept.

The reader of the workbook says the same with its cell; here it is enforced once more, at the door the key leaves by.
"""

from __future__ import annotations

import base64
import html
import json
import math
import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from urllib.parse import quote, urlsplit

from reportgen.domain.records.plan import CandidateSpec
from reportgen.domain.records.providers import (
    PROVIDERS,
    host_asked,
    host_may_be_asked,
    host_of,
    is_loopback,
    key_may_go,
    provider_of,
)
from reportgen.domain.records.response import Attempt, Response
from reportgen.problems import NeedsMendingError, Problem

OPENAI = "https://api.openai.com/v1"
SHORTEST_SECRET = 8
"""Characters; what is shorter is a placeholder such as `EMPTY`, and taking it out would tear texts apart."""
SECRET_MARKS = ("KEY", "TOKEN", "SECRET", "PASSWORD", "PASSWD", "CREDENTIAL")
"""Words in the names of environment variables that hold what nobody else should see."""
REMOVED = "[key removed]"

_SURROGATE = re.compile("[\ud800-\udfff]")


def key_for(spec: CandidateSpec, environment: Mapping[str, str], allowed: Mapping[str, str]) -> str:
    """Return the key that may be sent for an API model, '' where none is needed or none may go there.

    Args:
        spec: the candidate; without an Endpoint the key goes to its provider's own host.
        environment: the only place that keys are taken from.
        allowed: variable to the one further host that `--allow-key VARIABLE=HOST` names.

    Raises:
        NeedsMendingError: the key may not go to that host, or the variable holds none.
    """
    provider = PROVIDERS.get(provider_of(spec.model))
    own = provider.host if provider else ""
    host = host_of(spec.endpoint) if spec.endpoint else own
    if spec.endpoint and not is_loopback(host) and urlsplit(spec.endpoint).scheme != "https":
        raise _refused(spec, f"its Endpoint {host or spec.endpoint} is not reached by https", "Write https://.")
    usual = provider.variable if provider else ""
    if not (host == own or allowed.get(usual, "").casefold() == host):
        usual = ""  # a named endpoint never gets the provider's own key unasked
    variable = spec.key_variable or usual
    if not variable:
        return ""
    if not key_may_go(variable, host, provider, allowed):
        raise _refused(
            spec,
            f"the key in {variable} would go to {host or 'an unknown host'}, which is not its provider's own host",
            f"If that is right, run again with --allow-key {variable}={host or 'HOST'}.",
        )
    key = environment.get(variable, "").strip()
    if not key:
        raise _refused(
            spec,
            f"the environment variable {variable} is not set",
            f"Set it before you run: export {variable}=... (in the shell, never in the workbook).",
        )
    return key


def refuse_host(spec: CandidateSpec, allowed: Collection[str]) -> None:
    """Raise NeedsMendingError where a candidate's host belongs to no known provider and nobody allowed it."""
    if "://" in spec.model:
        what = f"its Model {spec.model[:60]} holds an address"
        raise _refused(spec, what, "Write provider/model, and the address into Endpoint.")
    if not host_may_be_asked(spec.model, spec.endpoint, allowed):
        host = host_asked(spec.model, spec.endpoint) or provider_of(spec.model) or "HOST"
        raise _refused(
            spec,
            f"rows of the workbook would go to {host}, which belongs to no known provider",
            f"If that is right, run again with --allow-host {host}.",
        )


def _refused(spec: CandidateSpec, what: str, remedy: str) -> NeedsMendingError:
    problem = Problem(spec.where or "Candidates", f"{spec.name}: {what}.", remedy, "key")
    return NeedsMendingError(f"{spec.name} cannot be asked: {what}.", (problem,))


def secrets_in(environment: Mapping[str, str], specs: Iterable[CandidateSpec]) -> frozenset[str]:
    """Return every value of the environment that may be a key: by its name, or since a candidate names it."""
    named = {s.key_variable for s in specs} | {p.variable for p in PROVIDERS.values()}
    return frozenset(
        value.strip()
        for name, value in environment.items()
        if name in named or any(mark in name.upper() for mark in SECRET_MARKS)
    )


class Redactor:
    """Takes keys out of text in every spelling that our formats could give them, and what no file can hold."""

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        spellings = {form for s in secrets if len(s) >= SHORTEST_SECRET for form in _spellings(s)}
        longest_first = sorted(spellings, key=len, reverse=True)
        self._pattern = re.compile("|".join(map(re.escape, longest_first))) if spellings else None

    def text(self, text: str) -> str:
        """Return the text without keys, and without halves of surrogate pairs, which UTF-8 cannot hold."""
        clean = _SURROGATE.sub("\ufffd", text)
        return self._pattern.sub(REMOVED, clean) if self._pattern else clean

    def response(self, response: Response) -> Response:
        """Return the response with every text cleaned that came from outside."""
        given = (response.text, response.reason, response.model_returned)
        clean = tuple(map(self.text, given))
        log = tuple(self._attempt(attempt) if attempt.reason else attempt for attempt in response.log)
        if clean == given and log == response.log:
            return response
        return replace(response, text=clean[0], reason=clean[1], model_returned=clean[2], log=log)

    def _attempt(self, attempt: Attempt) -> Attempt:
        return replace(attempt, reason=self.text(attempt.reason))


def _spellings(secret: str) -> set[str]:
    raw = secret.encode("utf-8", "replace")
    quoted = quote(secret, safe="", errors="replace")
    escaped = re.sub("%..", lambda match: match.group().lower(), quoted)
    plain = {secret, json.dumps(secret)[1:-1], json.dumps(secret, ensure_ascii=False)[1:-1], quoted, escaped}
    return plain | {raw.hex(), raw.hex().upper(), html.escape(secret), html.escape(secret, quote=False)} | _base64(raw)


def _base64(raw: bytes) -> set[str]:
    """Return the Base64 of a secret alone, and what stays the same of it inside a longer text, as in `user:key`."""
    found = set()
    for encode in (base64.b64encode, base64.urlsafe_b64encode):
        found.add(encode(raw).decode().rstrip("="))
        for before in range(3):
            whole = (before + len(raw)) * 8 // 6
            found.add(encode(bytes(before) + raw).decode()[math.ceil(before * 8 / 6) : whole])
    return found
