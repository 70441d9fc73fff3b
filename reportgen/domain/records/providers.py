"""The model providers we know: whose key may go to which host, said once for the workbook's check and for the run itself."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from urllib.parse import urlsplit

HTTPS = 443
NO_MODEL_MARKS = ("PASSWORD", "PASSWD", "SECRET", "CREDENTIAL", "PRIVATE", "DATABASE", "GITHUB", "GITLAB", "SLACK")
"""Words in the names of variables that hold no key of a model."""
NO_MODEL_KEYS = frozenset(
    {
        "AWS_ACCESS_KEY_ID", "AWS_SESSION_TOKEN", "AZURE_API_KEY", "AZURE_OPENAI_API_KEY", "AZURE_AD_TOKEN", "HF_TOKEN",
        "HUGGINGFACE_API_KEY", "HUGGING_FACE_HUB_TOKEN", "REPLICATE_API_KEY", "REPLICATE_API_TOKEN", "WATSONX_APIKEY",
        "WATSONX_API_KEY", "WATSONX_TOKEN", "DATABRICKS_API_KEY", "DATABRICKS_TOKEN", "CLOUDFLARE_API_KEY", "GH_TOKEN",
        "CLOUDFLARE_API_TOKEN", "NPM_TOKEN", "PYPI_TOKEN", "TWINE_TOKEN", "STRIPE_API_KEY", "SENDGRID_API_KEY",
        "DATADOG_API_KEY", "DD_API_KEY", "SENTRY_AUTH_TOKEN", "DOCKER_AUTH_TOKEN", "VAULT_TOKEN", "KUBE_TOKEN", "SSH_KEY",
        "HEROKU_API_KEY", "VERCEL_TOKEN", "NETLIFY_AUTH_TOKEN", "LANGCHAIN_API_KEY", "LANGSMITH_API_KEY", "WANDB_API_KEY",
        "DASHSCOPE_API_KEY", "ZAI_API_KEY", "ARK_API_KEY", "VOLCENGINE_API_KEY", "NEBIUS_API_KEY", "BASETEN_API_KEY",
        "CODESTRAL_API_KEY", "VOYAGE_API_KEY", "JINA_API_KEY", "PINECONE_API_KEY", "ANTHROPIC_AUTH_TOKEN",
    }
)  # fmt: skip
"""Variables of other services, and of providers whose host is not known here."""


@dataclass(frozen=True, slots=True)
class Provider:
    """One provider: its own host, and the exact names of the environment variables whose keys are its own.

    The first variable is the one that its key is usually in.
    """

    host: str
    variables: tuple[str, ...]

    @property
    def variable(self) -> str:
        """The environment variable that its key is usually in."""
        return self.variables[0] if self.variables else ""

    def owns(self, variable: str) -> bool:
        """Whether an environment variable is this provider's: by its exact name, since parts of names deceive."""
        return variable in self.variables


def _of(host: str, *variables: str) -> Provider:
    return Provider(host, variables)


_COHERE = _of("api.cohere.com", "COHERE_API_KEY", "CO_API_KEY")
PROVIDERS: Mapping[str, Provider] = MappingProxyType(
    {
        "openai": _of("api.openai.com", "OPENAI_API_KEY"),
        "anthropic": _of("api.anthropic.com", "ANTHROPIC_API_KEY", "CLAUDE_API_KEY"),
        "mistral": _of("api.mistral.ai", "MISTRAL_API_KEY"),
        "groq": _of("api.groq.com", "GROQ_API_KEY"),
        "deepseek": _of("api.deepseek.com", "DEEPSEEK_API_KEY"),
        "gemini": _of("generativelanguage.googleapis.com", "GEMINI_API_KEY", "GOOGLE_API_KEY"),
        "cohere": _COHERE,
        "cohere_chat": _COHERE,
        "xai": _of("api.x.ai", "XAI_API_KEY"),
        "together_ai": _of("api.together.xyz", "TOGETHERAI_API_KEY", "TOGETHER_AI_API_KEY", "TOGETHER_API_KEY"),
        "openrouter": _of("openrouter.ai", "OPENROUTER_API_KEY", "OR_API_KEY"),
        "fireworks_ai": _of(
            "api.fireworks.ai", "FIREWORKS_AI_API_KEY", "FIREWORKS_API_KEY", "FIREWORKSAI_API_KEY", "FIREWORKS_AI_TOKEN"
        ),
        "perplexity": _of("api.perplexity.ai", "PERPLEXITYAI_API_KEY", "PERPLEXITY_API_KEY"),
        "cerebras": _of("api.cerebras.ai", "CEREBRAS_API_KEY"),
        "sambanova": _of("api.sambanova.ai", "SAMBANOVA_API_KEY"),
        "nvidia_nim": _of("integrate.api.nvidia.com", "NVIDIA_NIM_API_KEY"),
        "deepinfra": _of("api.deepinfra.com", "DEEPINFRA_API_KEY"),
        "moonshot": _of("api.moonshot.ai", "MOONSHOT_API_KEY"),
        "ai21_chat": _of("api.ai21.com", "AI21_API_KEY"),
        "hyperbolic": _of("api.hyperbolic.xyz", "HYPERBOLIC_API_KEY"),
        "novita": _of("api.novita.ai", "NOVITA_API_KEY"),
        "lambda_ai": _of("api.lambda.ai", "LAMBDA_API_KEY"),
        "friendliai": _of("api.friendli.ai", "FRIENDLI_TOKEN", "FRIENDLIAI_API_KEY"),
        "minimax": _of("api.minimax.io", "MINIMAX_API_KEY"),
        "meta_llama": _of("api.llama.com", "LLAMA_API_KEY"),
        "ollama": _of("localhost"),
        "ollama_chat": _of("localhost"),
    }
)
"""By the part of Model before the slash."""

OPENAI_STYLE = frozenset({"openai", "hosted_vllm", "openai_like", "custom_openai", "lm_studio", "llamafile"})
OTHER_PROTOCOL = frozenset(
    {"anthropic", "gemini", "vertex_ai", "bedrock", "sagemaker", "azure", "azure_ai", "cohere", "cohere_chat", "watsonx"}
)
OTHER_BATCHES = OTHER_PROTOCOL | {"mistral", "together_ai", "fireworks_ai"}
"""Providers whose batch service is not OpenAI's, whatever their chat protocol."""


def provider_of(model: str) -> str:
    """Return the provider that a Model names before its slash; a bare gpt-… or claude-… is understood, else ''."""
    name, slash, _ = model.strip().casefold().partition("/")
    if slash:
        return name
    if name.startswith("claude"):
        return "anthropic"
    return "openai" if re.match(r"gpt|o\d|chatgpt", name) else ""


def speaks_openai(model: str, endpoint: str) -> bool:
    """Return whether a candidate is asked in OpenAI's own protocol: OpenAI's models, and whatever stands at an Endpoint."""
    provider = provider_of(model)
    return provider == "openai" or (bool(endpoint) and provider not in OTHER_PROTOCOL)


def has_batches(model: str, endpoint: str) -> bool:
    """Return whether a candidate's host may have OpenAI's batch service."""
    return speaks_openai(model, endpoint) and provider_of(model) not in OTHER_BATCHES


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


def host_asked(model: str, endpoint: str) -> str:
    """Return the host that a candidate's questions go to, '' where it is not known: a provider without an Endpoint."""
    if endpoint:
        return host_of(endpoint)
    provider = PROVIDERS.get(provider_of(model))
    return provider.host if provider is not None else ""


def host_may_be_asked(model: str, endpoint: str, allowed: Collection[str]) -> bool:
    """Return whether the rows of a workbook may go to a candidate's host.

    To this machine and to the hosts of the providers that are known here always, by their usual port; elsewhere only where
    `--allow-host HOST` (`allowed`) says so.
    """
    host = host_asked(model, endpoint)
    if not host:
        return provider_of(model) in {name.casefold() for name in allowed}
    if is_loopback(host) or host in {name.casefold() for name in allowed}:
        return True
    usual = not endpoint or _port_of(endpoint) in {None, HTTPS}
    return usual and any(provider.host == host for provider in PROVIDERS.values())


def _port_of(endpoint: str) -> int | None:
    try:
        return urlsplit(endpoint).port
    except ValueError:
        return 0


def foreign(variable: str, provider: Provider | None) -> bool:
    """Return whether a variable is known to hold somebody else's secret: another provider's key, or no model's."""
    if provider is not None and provider.owns(variable):
        return False
    others = any(other.owns(variable) for other in PROVIDERS.values())
    name = variable.upper()
    return others or name in NO_MODEL_KEYS or any(mark in name for mark in NO_MODEL_MARKS)


def key_may_go(variable: str, host: str, provider: Provider | None, allowed: Mapping[str, str]) -> bool:
    """Return whether the key in `variable` may be sent to `host`.

    To the provider's own host where the variable is that provider's, and to this machine where it is not known to be
    somebody else's; elsewhere only where `--allow-key VARIABLE=HOST` (`allowed`) says so.
    """
    if host and allowed.get(variable, "").casefold() == host:
        return True
    if is_loopback(host):
        return not foreign(variable, provider)
    return provider is not None and host == provider.host and provider.owns(variable)
