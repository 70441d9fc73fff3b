"""A model provider on loopback: real sockets, the OpenAI chat and Anthropic messages protocols, and its own books.

Tests tell it what to do with each request (answer, refuse, be slow, break) and compare what reportgen recorded with what
the server itself wrote down.
"""

from __future__ import annotations

import asyncio
import json
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Self

from aiohttp import web

START_SECONDS = 10
SETTLE_SECONDS = 0.2
HANG_SECONDS = 10


@dataclass(frozen=True, slots=True)
class Reply:
    """What the server does with one request; the defaults are a good answer at once."""

    text: str | None = "refund"
    latency_s: float = 0.0
    status: int = 200
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes | None = None
    """Sent instead of a well-formed answer."""
    input_tokens: int = 100
    cached_tokens: int = 0
    output_tokens: int = 7
    thinking_tokens: int = 0
    finish: str = "stop"
    refusal: str | None = None
    snapshot: str = "2026-01-01"
    """What the returned name of the model ends in."""
    usage: bool = True
    reset: bool = False
    """Cut the connection before the first byte."""
    cut: bool = False
    """Cut the connection in the middle of the body."""
    hang: bool = False
    """Say nothing at all until the client has gone away, or ten seconds are over."""
    drip_s: float = 0.0
    """Send the body a byte at a time over about this long."""


@dataclass(frozen=True, slots=True)
class Seen:
    """One request as the server saw it. `latency_s` is from the last byte of the request to the last byte of the answer."""

    path: str
    key: str
    body: dict[str, Any]
    reply: Reply
    at: float
    latency_s: float
    in_flight: int

    @property
    def billed(self) -> bool:
        """Whether this provider charges for it: whatever it answered in full."""
        broken = self.reply.reset or self.reply.cut or self.reply.hang
        return self.reply.status == 200 and not broken and self.reply.body is None

    @property
    def asked(self) -> str:
        """The last user message."""
        return str(self.body["messages"][-1]["content"])


Script = Callable[[int, dict[str, Any]], Reply]
"""What to do with the n-th request (from 0) and its body."""


def always(reply: Reply) -> Script:
    """Do the same with every request."""
    return lambda _number, _body: reply


def in_turn(*replies: Reply) -> Script:
    """Do one after the other; the last one from then on."""
    return lambda number, _body: replies[min(number, len(replies) - 1)]


@dataclass
class ModelServer:
    """Use as a context manager; `url` is the OpenAI base address, `root` the bare one."""

    script: Script = field(default_factory=lambda: always(Reply()))
    port: int = 0
    most_in_flight: int = 0
    _books: list[Seen] = field(default_factory=list)
    _numbers: int = 0
    _in_flight: int = 0
    _ready: threading.Event = field(default_factory=threading.Event)
    _loop: asyncio.AbstractEventLoop = field(default_factory=asyncio.new_event_loop)
    _thread: threading.Thread | None = None

    @property
    def root(self) -> str:
        """The address without a path."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def url(self) -> str:
        """The base address as OpenAI clients want it."""
        return f"{self.root}/v1"

    @property
    def books(self) -> list[Seen]:
        """Every request so far; a client may have its answer an instant before it is written down here."""
        until = time.monotonic() + SETTLE_SECONDS
        while self._in_flight and time.monotonic() < until:
            time.sleep(0.001)
        return self._books

    @property
    def billed(self) -> list[Seen]:
        """What this provider would charge for."""
        return [seen for seen in self.books if seen.billed]

    def __enter__(self) -> Self:
        self._thread = threading.Thread(target=self._serve, name="model server", daemon=True)
        self._thread.start()
        if not self._ready.wait(START_SECONDS):
            msg = "the model server did not start"
            raise RuntimeError(msg)
        return self

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        if self._thread is not None:
            self._thread.join(START_SECONDS)

    def _serve(self) -> None:
        asyncio.set_event_loop(self._loop)
        runner = self._loop.run_until_complete(self._start())
        self._ready.set()
        self._loop.run_forever()
        self._loop.run_until_complete(runner.cleanup())
        self._loop.close()

    async def _start(self) -> web.AppRunner:
        app = web.Application(client_max_size=256 << 20)
        self.add_routes(app.router)
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        self.port = runner.addresses[0][1]
        return runner

    def add_routes(self, router: web.UrlDispatcher) -> None:
        """Say what this provider serves."""
        router.add_post("/v1/chat/completions", self._openai)
        router.add_post("/v1/messages", self._anthropic)

    async def _openai(self, request: web.Request) -> web.StreamResponse:
        key = request.headers.get("Authorization", "").removeprefix("Bearer ")
        return await self._answer(request, key, openai_body)

    async def _anthropic(self, request: web.Request) -> web.StreamResponse:
        return await self._answer(request, request.headers.get("x-api-key", ""), anthropic_body)

    async def _answer(
        self, request: web.Request, key: str, encode: Callable[[Reply, dict[str, Any]], dict[str, Any]]
    ) -> web.StreamResponse:
        body = await request.json()
        start = time.perf_counter()
        number, self._numbers = self._numbers, self._numbers + 1
        reply = self.script(number, body)
        self._in_flight += 1
        in_flight = self._in_flight
        self.most_in_flight = max(self.most_in_flight, in_flight)
        try:
            await asyncio.sleep(reply.latency_s)
            if reply.hang:
                await _until_gone(request)
            content = reply.body if reply.body is not None else json.dumps(encode(reply, body)).encode()
            return await self._send(request, reply, content)
        finally:
            latency = time.perf_counter() - start
            self._books.append(Seen(request.path, key, body, reply, time.time(), latency, in_flight))
            self._in_flight -= 1

    async def _send(self, request: web.Request, reply: Reply, content: bytes) -> web.StreamResponse:
        transport = request.transport
        if reply.reset and transport is not None:
            transport.abort()
        response = web.StreamResponse(
            status=reply.status, headers={"Content-Type": "application/json", **dict(reply.headers)}
        )
        response.content_length = len(content)
        await response.prepare(request)
        if reply.cut and transport is not None:
            await response.write(content[: len(content) // 2])
            transport.abort()
            return response
        if reply.drip_s:
            for position in range(len(content)):
                await response.write(content[position : position + 1])
                await asyncio.sleep(reply.drip_s / len(content))
        else:
            await response.write(content)
        await response.write_eof()
        return response


async def _until_gone(request: web.Request) -> None:
    for _ in range(HANG_SECONDS * 20):
        if request.transport is None or request.transport.is_closing():
            return
        await asyncio.sleep(0.05)


def openai_body(reply: Reply, asked: dict[str, Any]) -> dict[str, Any]:
    """Return the body of an OpenAI chat completion, or of an error."""
    if reply.status != 200:
        return {"error": {"message": reply.text, "type": "error", "code": reply.finish}}
    message = {"role": "assistant", "content": reply.text, "refusal": reply.refusal}
    usage = {
        "prompt_tokens": reply.input_tokens,
        "completion_tokens": reply.output_tokens,
        "total_tokens": reply.input_tokens + reply.output_tokens,
        "prompt_tokens_details": {"cached_tokens": reply.cached_tokens},
        "completion_tokens_details": {"reasoning_tokens": reply.thinking_tokens},
    }
    body: dict[str, Any] = {
        "id": "chatcmpl-1",
        "object": "chat.completion",
        "created": 1_700_000_000,
        "model": f"{asked['model']}-{reply.snapshot}",
        "choices": [{"index": 0, "message": message, "finish_reason": reply.finish}],
    }
    return body | ({"usage": usage} if reply.usage else {})


def anthropic_body(reply: Reply, asked: dict[str, Any]) -> dict[str, Any]:
    """Return the body of an Anthropic message, or of an error."""
    if reply.status != 200:
        return {"type": "error", "error": {"type": "error", "message": reply.text}}
    return {
        "id": "msg_1",
        "type": "message",
        "role": "assistant",
        "model": asked["model"],
        "content": [{"type": "text", "text": reply.text}],
        "stop_reason": "refusal" if reply.refusal else "end_turn",
        "stop_sequence": None,
        "usage": {
            "input_tokens": reply.input_tokens - reply.cached_tokens,
            "cache_read_input_tokens": reply.cached_tokens,
            "cache_creation_input_tokens": 0,
            "output_tokens": reply.output_tokens,
        },
    }


def serve_elsewhere(latency_s: float) -> None:
    """Serve in this process for another one: print the address, answer, and print the books as JSON when told to end."""
    with ModelServer(always(Reply("refund", latency_s=latency_s))) as server:
        sys.stdout.write(f"{server.url}\n")
        sys.stdout.flush()
        sys.stdin.readline()
        seen = [(one.at, one.latency_s) for one in server.books]
    sys.stdout.write(json.dumps(seen))


if __name__ == "__main__":
    serve_elsewhere(float(sys.argv[1]))
