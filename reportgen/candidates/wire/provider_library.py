"""What a provider's library sees: no secret of the environment, no redirect to another host, and nobody it could tell.

A library looks for keys wherever it likes. While it works, the environment of the process holds only what a program needs to
run; a candidate's own key is handed over as an argument.
"""

from __future__ import annotations

import contextlib
import io
import logging
import os
import warnings
from collections.abc import Iterator, Mapping
from contextvars import ContextVar
from functools import wraps
from types import MappingProxyType
from typing import Any

KEPT = frozenset(
    {
        "PATH", "HOME", "USER", "LANG", "LANGUAGE", "TZ", "TMPDIR", "TMP", "TEMP", "SHELL", "TERM", "PWD", "SYSTEMROOT",
        "SYSTEMDRIVE", "WINDIR", "COMSPEC", "PATHEXT", "OS", "USERPROFILE", "APPDATA", "LOCALAPPDATA", "PROGRAMDATA",
        "PROGRAMFILES", "NUMBER_OF_PROCESSORS", "SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE",
        "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY", "AWS_REGION", "AWS_DEFAULT_REGION", "AWS_PROFILE",
        "LITELLM_LOCAL_MODEL_COST_MAP", "LITELLM_MODE", "NO_COLOR", "VIRTUAL_ENV", "LD_LIBRARY_PATH",
        "DYLD_FALLBACK_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS",
    }
)  # fmt: skip
"""Variables that a program needs; all others are taken away, since nobody knows which of them hold secrets."""
KEPT_PREFIXES = ("LC_", "PYTHON", "XDG_", "FONTCONFIG", "PYTEST_")
CREDENTIALS: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        "bedrock": {
            "AWS_ACCESS_KEY_ID": "aws_access_key_id",
            "AWS_SECRET_ACCESS_KEY": "aws_secret_access_key",
            "AWS_SESSION_TOKEN": "aws_session_token",
            "AWS_REGION": "aws_region_name",
        },
        "vertex_ai": {
            "GOOGLE_APPLICATION_CREDENTIALS": "vertex_credentials",
            "VERTEXAI_PROJECT": "vertex_project",
            "VERTEXAI_LOCATION": "vertex_location",
        },
        "azure": {"AZURE_API_VERSION": "api_version"},
        "watsonx": {"WATSONX_PROJECT_ID": "project_id"},
    }
)
"""Providers that need more than one key: variable to the argument that their library takes it as."""
_CREDENTIALS_OF = MappingProxyType({"sagemaker": "bedrock", "bedrock_converse": "bedrock", "vertex_ai_beta": "vertex_ai"})


def credentials(provider: str, environment: Mapping[str, str]) -> dict[str, str]:
    """Return what a provider with more than one key is handed over besides, from variables that are its own alone."""
    wanted = CREDENTIALS.get(_CREDENTIALS_OF.get(provider, provider), {})
    return {argument: environment[name] for name, argument in wanted.items() if environment.get(name)}


@contextlib.contextmanager
def bare_environment() -> Iterator[None]:
    """Take from the environment of this process everything that a program does not need, and put it back afterwards."""
    taken = {name: os.environ.pop(name) for name in list(os.environ) if not _is_kept(name)}
    try:
        yield
    finally:
        for name, value in taken.items():
            os.environ.setdefault(name, value)


def _is_kept(name: str) -> bool:
    return name.upper() in KEPT or name.upper().startswith(KEPT_PREFIXES)


_HOST: ContextVar[str] = ContextVar("host", default="")


@contextlib.contextmanager
def only_to(host: str) -> Iterator[None]:
    """Let requests that are made meanwhile go to this host alone; '' = wherever the library knows its provider."""
    before = _HOST.set(host)
    try:
        yield
    finally:
        _HOST.reset(before)


def guard_clients() -> None:
    """Let no client of a provider's library follow a redirect, or ask another host than the one that was named."""
    import httpx  # noqa: PLC0415 - only where a library of a provider is used

    for client in (httpx.AsyncClient, httpx.Client):
        if not getattr(client.send, "is_guarded", False):
            client.send = _guarded(client.send)  # type: ignore[method-assign]


def _guarded(send: Any) -> Any:  # noqa: ANN401 - the two clients' own signatures
    import httpx  # noqa: PLC0415 - as above

    @wraps(send)
    def sent(self: object, request: httpx.Request, **options: object) -> object:
        named = _HOST.get()
        if named and request.url.host.casefold() != named:
            msg = f"the library asked {request.url.host}, and the Endpoint is {named}"
            raise httpx.UnsupportedProtocol(msg, request=request)
        return send(self, request, **(options | {"follow_redirects": False}))

    sent.is_guarded = True  # type: ignore[attr-defined]
    return sent


@contextlib.contextmanager
def quiet() -> Iterator[None]:
    """Keep what a library warns of, logs or prints from the user, to whom it says nothing."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for name in ("LiteLLM", "LiteLLM Router", "LiteLLM Proxy", "httpx", "openai", "botocore", "google.auth"):
            logging.getLogger(name).setLevel(logging.CRITICAL)
        with contextlib.redirect_stdout(io.StringIO()):
            yield
