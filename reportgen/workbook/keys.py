"""Keys and hosts: no key in a cell, and no key to a host that is not its provider's own."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Mapping
from types import MappingProxyType
from urllib.parse import urlsplit

from reportgen.domain.plan import CandidateKind, CandidateSpec
from reportgen.workbook.cells import SheetCells
from reportgen.workbook.faults import Faults
from reportgen.workbook.layout import squash
from reportgen.workbook.row import Row

_KEY = re.compile(
    r"\b(?:sk-[A-Za-z0-9_-]{16,}|sk_(?:live|test)_[A-Za-z0-9]{16,}|(?:AKIA|ASIA)[0-9A-Z]{16}|AIza[0-9A-Za-z_-]{30,}"
    r"|gh[pousr]_[A-Za-z0-9]{30,}|github_pat_[A-Za-z0-9_]{30,}|xox[abprs]-[A-Za-z0-9-]{16,}|hf_[A-Za-z0-9]{25,}"
    r"|gsk_[A-Za-z0-9]{30,}|xai-[A-Za-z0-9]{30,}|r8_[A-Za-z0-9]{30,}|pplx-[A-Za-z0-9]{30,}"
    r"|eyJ[A-Za-z0-9_-]{15,}\.eyJ[A-Za-z0-9_-]{15,}\.)"
    r"|-----BEGIN [A-Z ]*PRIVATE KEY-----|\bBearer\s+[A-Za-z0-9._~+/-]{20,}"
)
_KEY_MARKS = (
    "sk-", "sk_", "AKIA", "ASIA", "AIza", "ghp_", "gho_", "ghu_", "ghs_", "ghr_", "github_pat_", "xox", "hf_", "gsk_",
    "xai-", "r8_", "pplx-", "eyJ", "-----BEGIN ", "Bearer",
)  # fmt: skip
"""One of these stands in every key that the pattern knows; looking for them first is many times faster in long texts."""
_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,63}")
_SECRET_SETTINGS = frozenset(
    map(
        squash,
        (
            "api_key", "key", "token", "access_token", "authorization", "headers", "extra_headers", "default_headers",
            "password", "secret", "aws_access_key_id", "aws_secret_access_key", "aws_session_token",
            "vertex_credentials", "azure_ad_token", "client_secret",
        ),
    )
)  # fmt: skip
_HOST_SETTINGS = frozenset(
    map(squash, ("api_base", "base_url", "endpoint", "host", "url", "proxy", "proxies", "http_client", "custom_llm_provider",
                 "api_version_url", "aws_bedrock_runtime_endpoint", "organization_url"))
)  # fmt: skip

PROVIDERS: Mapping[str, tuple[tuple[str, ...], str]] = MappingProxyType(
    {
        "openai": (("OPENAI",), "api.openai.com"),
        "anthropic": (("ANTHROPIC", "CLAUDE"), "api.anthropic.com"),
        "mistral": (("MISTRAL",), "api.mistral.ai"),
        "groq": (("GROQ",), "api.groq.com"),
        "deepseek": (("DEEPSEEK",), "api.deepseek.com"),
        "gemini": (("GEMINI", "GOOGLE"), "generativelanguage.googleapis.com"),
        "cohere": (("COHERE", "CO_API"), "api.cohere.com"),
        "cohere_chat": (("COHERE", "CO_API"), "api.cohere.com"),
        "xai": (("XAI",), "api.x.ai"),
        "together_ai": (("TOGETHER",), "api.together.xyz"),
        "openrouter": (("OPENROUTER", "OR_API"), "openrouter.ai"),
        "fireworks_ai": (("FIREWORKS",), "api.fireworks.ai"),
        "perplexity": (("PERPLEXITY",), "api.perplexity.ai"),
    }
)
"""Provider (the part of Model before the slash) -> words by which its variables are known, and its own host."""


def own_host(model: str) -> str:
    """Return the host of a model's provider, '' where it is not known; a bare gpt-… or claude-… is understood."""
    return PROVIDERS[_provider(model)][1] if _provider(model) in PROVIDERS else ""


def _provider(model: str) -> str:
    name, slash, _ = model.partition("/")
    if slash:
        return name.casefold()
    if name.casefold().startswith("claude"):
        return "anthropic"
    return "openai" if re.match(r"(gpt|o\d|chatgpt)", name.casefold()) else ""


def is_loopback(host: str) -> bool:
    """Whether a host is this machine."""
    if host.casefold() == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def check_key(row: Row, spec: CandidateSpec, allowed: Mapping[str, str]) -> None:
    """Put down an endpoint that is no address, a variable that is no name, and a key that would go astray.

    `allowed` maps environment variables to the hosts that `--allow-key VARIABLE=HOST` names.
    """
    host = _host(row, spec.endpoint)
    variable = spec.key_variable
    if not variable or host is None:
        return
    if not _VARIABLE.fullmatch(variable) or _looks_random(variable):
        row.fault(
            "Key variable",
            "this is not the name of an environment variable and may be a key itself.",
            "Write a name such as OPENAI_API_KEY; if it was a key, delete it and have it replaced.",
            "key in a cell",
        )
        return
    if spec.kind is not CandidateKind.API_MODEL or (spec.endpoint and is_loopback(host)):
        return
    words, own = PROVIDERS.get(_provider(spec.model), ((), ""))
    target = host or own
    known = any(word in variable.upper() for word in words)
    if (known and target == own) or (target and allowed.get(variable, "").casefold() == target):
        return
    if not target:
        row.fault(
            "Key variable",
            f"the key {variable} would go to the provider of {spec.model}, whose host is not known here.",
            f"Fill in Endpoint, and run with --allow-key {variable}=HOST for its host.",
            "key and host",
        )
        return
    row.fault(
        "Key variable",
        f"the key {variable} would go to {target}, which is not its provider's own host.",
        f"Run with --allow-key {variable}={target} if that is meant.",
        "key and host",
    )


def _host(row: Row, endpoint: str) -> str | None:
    """Return the host of an endpoint, '' where there is none, None where it is at fault."""
    if not endpoint:
        return ""
    try:
        parts = urlsplit(endpoint)
        host = parts.hostname or ""
        port = parts.port
    except ValueError:
        host, port, parts = "", None, urlsplit("")
    if not host or parts.scheme not in {"http", "https"} or port == 0:
        row.fault(
            "Endpoint", "the Endpoint is no web address.", "Write one such as https://models.example.com/v1.", "endpoint"
        )
        return None
    if parts.username or parts.password:
        row.fault("Endpoint", "the Endpoint holds a user name or password.", "Use Key variable instead.", "key in a cell")
        return None
    if parts.scheme == "http" and not is_loopback(host):
        row.fault("Endpoint", f"the Endpoint {host} is not reached by https.", "Write https://.", "endpoint")
        return None
    return host.casefold()


def _looks_random(text: str) -> bool:
    """Whether a word is more like a key than like a name: long, with small and capital letters and digits mixed."""
    kinds = (any(c.islower() for c in text), any(c.isupper() for c in text), sum(c.isdigit() for c in text) > 1)
    return bool(_KEY.search(text)) or (len(text) >= 20 and all(kinds))  # noqa: PLR2004 - shorter ones are names


def check_settings(row: Row, spec: CandidateSpec) -> None:
    """Refuse settings by which a workbook could carry a key or send one elsewhere."""
    for name in spec.settings:
        if squash(name) in _SECRET_SETTINGS:
            row.fault(
                "Settings", f'the setting "{name}" would carry a key.', "Name the variable in Key variable.", "key in a cell"
            )
        elif squash(name) in _HOST_SETTINGS:
            row.fault("Settings", f'the setting "{name}" names a host.', "Write it into the column Endpoint.", "endpoint")


def check_cells_for_keys(cells: SheetCells, faults: Faults, *, error: bool) -> None:
    """Put down every cell that looks as if it held a key; the message does not repeat it.

    In example texts and outputs it is a warning: they may quote one, but it would be sent on.
    """
    for number, row in cells.rows:
        for column, value in enumerate(row, 1):
            if isinstance(value, str) and any(mark in value for mark in _KEY_MARKS) and _KEY.search(value):
                put = faults.add if error else faults.warn
                put(
                    cells,
                    "this cell looks as if it held a key or a password.",
                    "Delete it and have the key replaced; keys belong into environment variables.",
                    "key in a cell",
                    row=number,
                    column=column,
                )
