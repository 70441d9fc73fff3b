"""A provider's library sees no secret but the candidate's own, and what it sends stays at the host that was named."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from reportgen.candidates.wire.litellm_transport import LiteLLMTransport
from reportgen.candidates.wire.provider_library import bare_environment
from reportgen.candidates.wire.replies import AttemptFailedError
from reportgen.candidates.wire.secrets import key_for
from reportgen.candidates.wire.transport import RequestSettings
from reportgen.domain.records.plan import CandidateKind, CandidateSpec
from reportgen.domain.records.providers import NO_MODEL_KEYS, PROVIDERS, provider_of
from reportgen.problems import NeedsMendingError

MORE = ("DATABASE_URL", "GITHUB_TOKEN", "STRIPE_SECRET_KEY", "MY_PASSWORD", "CISCO_API_KEY", "SLACK_BOT_TOKEN")
SECRETS = {name: f"secret-of-{name.lower()}" for p in PROVIDERS.values() for name in p.variables}
SECRETS |= {name: f"secret-of-{name.lower()}" for name in (*sorted(NO_MODEL_KEYS), *MORE)}
FORMS = (
    *PROVIDERS, "azure", "azure_ai", "bedrock", "bedrock_converse", "sagemaker", "vertex_ai", "vertex_ai_beta", "watsonx",
    "huggingface", "replicate", "databricks", "cloudflare", "ai21", "dashscope", "volcengine", "zai", "nebius", "baseten",
    "codestral", "github", "anyscale", "predibase", "snowflake", "oci", "oobabooga", "custom_openai", "openai_like",
    "hosted_vllm", "lm_studio", "llamafile", "xinference", "infinity", "triton", "petals", "nlp_cloud", "aleph_alpha",
    "maritalk", "gradient_ai", "heroku", "litellm_proxy",
)  # fmt: skip
"""Providers as a Model may name them."""


class _Captured(BaseHTTPRequestHandler):
    seen: list[str]
    elsewhere = ""

    def _take(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        type(self).seen.append(f"{self.path}\n{self.headers}\n{self.rfile.read(length).decode('utf-8', 'replace')}")
        self.send_response(307 if self.elsewhere else 400)
        if self.elsewhere:
            self.send_header("Location", self.elsewhere)
        self.send_header("Content-Length", "0")
        self.end_headers()

    do_GET = do_POST = do_PUT = _take  # noqa: N815 - the names that the server calls

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def listeners() -> Iterator[tuple[type[_Captured], str, type[_Captured]]]:
    """Yield a listener with its address, and the one that it sends everybody on to where `elsewhere` is set."""
    kinds: list[type[_Captured]] = [type(name, (_Captured,), {"seen": []}) for name in ("First", "Second")]
    servers = [ThreadingHTTPServer(("127.0.0.1", 0), kind) for kind in kinds]
    for server in servers:
        threading.Thread(target=server.serve_forever, daemon=True).start()
    kinds[0].elsewhere = ""
    kinds[1].address = f"http://127.0.0.1:{servers[1].server_port}/v1"  # type: ignore[attr-defined]
    yield kinds[0], f"http://127.0.0.1:{servers[0].server_port}/v1", kinds[1]
    for server in servers:
        server.shutdown()
        server.server_close()


async def _ask(form: str, endpoint: str, key: str) -> None:
    transport = LiteLLMTransport(endpoint, key, RequestSettings(f"{form}/m", 4.0), {})
    try:
        with bare_environment():
            await transport.send([{"role": "user", "content": "hello"}])
    except AttemptFailedError:
        pass
    finally:
        await transport.close()


def test_no_form_of_provider_sends_a_secret_of_the_environment(
    listeners: tuple[type[_Captured], str, type[_Captured]], monkeypatch: pytest.MonkeyPatch
) -> None:
    import asyncio  # noqa: PLC0415

    for name, value in SECRETS.items():
        monkeypatch.setenv(name, value)
    first, address, _ = listeners
    assert len(FORMS) >= 65
    assert len(SECRETS) >= 63

    async def all_forms() -> None:
        for form in FORMS:
            await _ask(form, address, "key-of-its-own")

    asyncio.run(all_forms())
    sent = "\n".join(first.seen)
    assert len(first.seen) > len(FORMS) // 3, "many of them ask the endpoint; the others want more than a key"
    assert [name for name, value in SECRETS.items() if value in sent] == []


def test_a_redirect_is_not_followed_to_another_host(
    listeners: tuple[type[_Captured], str, type[_Captured]],
) -> None:
    import asyncio  # noqa: PLC0415

    first, address, second = listeners
    first.elsewhere = second.address  # type: ignore[attr-defined]

    async def some() -> None:
        for form in ("anthropic", "openai", "groq", "huggingface", "azure_ai", "cohere_chat"):
            await _ask(form, address, "key-of-its-own")

    asyncio.run(some())
    assert first.seen
    assert second.seen == []


def test_the_environment_is_whole_again_afterwards(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOME_TOKEN", "x")
    with bare_environment():
        assert "SOME_TOKEN" not in os.environ
        assert "PATH" in os.environ
    assert os.environ.get("SOME_TOKEN", "").strip("x") == ""


@pytest.mark.parametrize("form", [form for form in FORMS if not form.startswith("ollama")])
def test_a_key_leaves_for_its_own_host_alone(form: str) -> None:
    own = PROVIDERS.get(provider_of(f"{form}/m"))
    for name in SECRETS:
        spec = CandidateSpec("A", CandidateKind.API_MODEL, model=f"{form}/m", key_variable=name)
        if own is not None and name in own.variables:
            assert key_for(spec, SECRETS, {}) == SECRETS[name]
        else:
            with pytest.raises(NeedsMendingError):
                key_for(spec, SECRETS, {})
