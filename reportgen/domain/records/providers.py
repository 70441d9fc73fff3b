"""The model providers we know: whose key may go to which host, said once for the workbook's check and for the run itself."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from urllib.parse import urlsplit


@dataclass(frozen=True, slots=True)
class Provider:
    """One provider: its own host, the variable its key is usually in, and words that mark further variables as its own."""

    host: str
    variable: str
    words: tuple[str, ...]

    def owns(self, variable: str) -> bool:
        """Whether the name of an environment variable says that the key in it is this provider's."""
        return any(word in variable.upper() for word in self.words)


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
"""By the part of Model before the slash."""


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
    if host.casefold() == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def key_may_go(variable: str, host: str, provider: Provider | None, allowed: Mapping[str, str]) -> bool:
    """Return whether the key in `variable` may be sent to `host`.

    To this machine always; to the provider's own host where the variable is that provider's; elsewhere only where
    `--allow-key VARIABLE=HOST` (`allowed`) says so.
    """
    if is_loopback(host) or (host and allowed.get(variable, "").casefold() == host):
        return True
    return provider is not None and host == provider.host and provider.owns(variable)
