"""Keys: they come from the environment, go only where they may, and are taken out of every text that is kept.

The reader of the workbook says the same with its cell; here it is enforced once more, at the door the key leaves by.
"""

from __future__ import annotations

import base64
import ipaddress
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from urllib.parse import quote, urlsplit

from reportgen.domain.plan import CandidateSpec
from reportgen.domain.response import Attempt, Response
from reportgen.problems import NeedsMendingError, Problem

OPENAI = "https://api.openai.com/v1"
SHORTEST_SECRET = 8
"""Characters; what is shorter is a placeholder such as `EMPTY`, and taking it out would tear texts apart."""
SECRET_MARKS = ("KEY", "TOKEN", "SECRET", "PASSWORD", "PASSWD", "CREDENTIAL")
"""Words in the names of environment variables that hold what nobody else should see."""
REMOVED = "[key removed]"

_SURROGATE = re.compile("[\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Provider:
    """One provider: its own host, the variable its key is usually in, and words that mark further variables as its own."""

    host: str
    variable: str
    words: tuple[str, ...]


PROVIDERS: Mapping[str, Provider] = MappingProxyType(
    {
        "openai": Provider("api.openai.com", "OPENAI_API_KEY", ("OPENAI",)),
        "anthropic": Provider("api.anthropic.com", "ANTHROPIC_API_KEY", ("ANTHROPIC", "CLAUDE")),
        "mistral": Provider("api.mistral.ai", "MISTRAL_API_KEY", ("MISTRAL",)),
        "groq": Provider("api.groq.com", "GROQ_API_KEY", ("GROQ",)),
        "deepseek": Provider("api.deepseek.com", "DEEPSEEK_API_KEY", ("DEEPSEEK",)),
        "gemini": Provider("generativelanguage.googleapis.com", "GEMINI_API_KEY", ("GEMINI", "GOOGLE")),
        "cohere": Provider("api.cohere.com", "COHERE_API_KEY", ("COHERE", "CO_API")),
        "cohere_chat": Provider("api.cohere.com", "COHERE_API_KEY", ("COHERE", "CO_API")),
        "xai": Provider("api.x.ai", "XAI_API_KEY", ("XAI",)),
        "together_ai": Provider("api.together.xyz", "TOGETHERAI_API_KEY", ("TOGETHER",)),
        "openrouter": Provider("openrouter.ai", "OPENROUTER_API_KEY", ("OPENROUTER", "OR_API")),
        "fireworks_ai": Provider("api.fireworks.ai", "FIREWORKS_AI_API_KEY", ("FIREWORKS",)),
        "perplexity": Provider("api.perplexity.ai", "PERPLEXITYAI_API_KEY", ("PERPLEXITY",)),
    }
)


def provider_of(model: str) -> str:
    """Return the provider that a Model names before its slash; a bare gpt-… or claude-… is understood, else ''."""
    name, slash, _ = model.strip().casefold().partition("/")
    if slash:
        return name
    if name.startswith("claude"):
        return "anthropic"
    return "openai" if re.match(r"gpt|o\d|chatgpt", name) else ""


def host_of(endpoint: str) -> str:
    """Return the host of an address in lower case, '' where it has none."""
    try:
        return (urlsplit(endpoint).hostname or "").casefold()
    except ValueError:
        return ""


def is_loopback(host: str) -> bool:
    """Return whether a host is this machine itself."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


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
    if not is_loopback(host) and not _may_go(variable, host, provider, allowed):
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


def _may_go(variable: str, host: str, provider: Provider | None, allowed: Mapping[str, str]) -> bool:
    if host and allowed.get(variable, "").casefold() == host:
        return True
    if provider is None or host != provider.host:
        return False
    return any(word in variable.upper() for word in provider.words)


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
        return replace(
            response,
            text=self.text(response.text),
            reason=self.text(response.reason),
            model_returned=self.text(response.model_returned),
            log=tuple(self._attempt(attempt) for attempt in response.log),
        )

    def _attempt(self, attempt: Attempt) -> Attempt:
        return replace(attempt, reason=self.text(attempt.reason)) if attempt.reason else attempt


def _spellings(secret: str) -> set[str]:
    raw = secret.encode("utf-8", "replace")
    coded = {base64.b64encode(raw).decode().rstrip("="), base64.urlsafe_b64encode(raw).decode().rstrip("=")}
    return {secret, json.dumps(secret)[1:-1], quote(secret, safe="", errors="replace"), raw.hex()} | coded
