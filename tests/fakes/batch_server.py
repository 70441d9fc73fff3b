"""A provider with OpenAI's batch API on loopback: files, batches, partial failure, expiry, and its own books."""

from __future__ import annotations

import json
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

from tests.fakes.model_server import ModelServer, Reply, openai_body

Fault = Callable[[str, int], str]
"""From what is called (`upload`, `create`, `look`, `list`, `fetch`) and its number (from 1) to what goes wrong: '' nothing,
`lost` = it is done and the connection cut, `500`, `404` ... = that status instead, `torn` = half of the body."""


@dataclass
class Made:
    """One batch as the provider keeps it."""

    id: str
    file: str
    metadata: dict[str, str]
    lines: list[dict[str, Any]]
    at: float
    status: str = "in_progress"
    errors: list[dict[str, str]] = field(default_factory=list)
    output: str = ""
    error: str = ""


@dataclass
class BatchServer(ModelServer):
    """Works each batch off after `takes_s`, with `script` for each request by its place among all ever worked on.

    `expires` and `fails` say of a request's number whether it is left over, and whether it fails; `refuses` gives the code
    of a validation error for a number of lines, '' where the batch is taken.
    """

    takes_s: float = 0.0
    expires: Callable[[int], bool] = lambda _number: False
    fails: Callable[[int], bool] = lambda _number: False
    refuses: Callable[[int], str] = lambda _lines: ""
    fault: Fault = lambda _what, _number: ""
    page: int = 100
    files: dict[str, tuple[str, bytes]] = field(default_factory=dict)
    made: dict[str, Made] = field(default_factory=dict)
    calls: Counter[str] = field(default_factory=Counter)
    keys: set[str] = field(default_factory=set)
    worked: Counter[str] = field(default_factory=Counter)
    """How often each custom id was worked on and charged."""
    tokens: int = 0
    """All that was charged, input and output."""
    _worked_on: int = 0

    def add_routes(self, router: web.UrlDispatcher) -> None:
        super().add_routes(router)
        router.add_post("/v1/files", self._upload)
        router.add_get("/v1/files", self._list_files)
        router.add_get("/v1/files/{id}/content", self._fetch)
        router.add_post("/v1/batches", self._create)
        router.add_get("/v1/batches", self._list)
        router.add_get("/v1/batches/{id}", self._look)

    def _goes_wrong(self, request: web.Request, what: str) -> str:
        self.keys.add(request.headers.get("Authorization", "").removeprefix("Bearer "))
        self.calls[what] += 1
        wrong = self.fault(what, self.calls[what])
        if wrong.isdecimal():
            raise _status(int(wrong))
        return wrong

    @staticmethod
    def _given(request: web.Request, wrong: str, body: object) -> web.StreamResponse:
        if wrong == "lost" and request.transport is not None:
            request.transport.abort()
        return web.json_response(body)

    async def _upload(self, request: web.Request) -> web.StreamResponse:
        form = await request.post()
        wrong = self._goes_wrong(request, "upload")
        sent = form["file"]
        assert form["purpose"] == "batch"
        assert isinstance(sent, web.FileField)
        name = f"file-{len(self.files)}"
        self.files[name] = (sent.filename, sent.file.read())
        return self._given(request, wrong, {"id": name, "object": "file", "filename": sent.filename})

    async def _list_files(self, request: web.Request) -> web.StreamResponse:
        wrong = self._goes_wrong(request, "list files")
        found = [{"id": name, "filename": title} for name, (title, _) in reversed(self.files.items())]
        return self._given(request, wrong, {"object": "list", "data": found, "has_more": False})

    async def _create(self, request: web.Request) -> web.StreamResponse:
        asked = await request.json()
        wrong = self._goes_wrong(request, "create")
        assert asked["endpoint"] == "/v1/chat/completions"
        assert asked["completion_window"] == "24h"
        lines = [json.loads(line) for line in self.files[asked["input_file_id"]][1].splitlines()]
        name = f"batch_{len(self.made)}"
        made = Made(name, asked["input_file_id"], asked["metadata"], lines, time.monotonic())
        if code := self.refuses(len(lines)):
            made.status, made.errors = "failed", [{"code": code, "message": f"Told: {code}."}]
        self.made[name] = made
        return self._given(request, wrong, self._told(made))

    async def _list(self, request: web.Request) -> web.StreamResponse:
        wrong = self._goes_wrong(request, "list")
        newest = list(reversed(self.made.values()))
        after = request.query.get("after", "")
        start = next((i + 1 for i, one in enumerate(newest) if one.id == after), 0)
        found = newest[start : start + self.page]
        more = start + self.page < len(newest)
        return self._given(request, wrong, {"data": [self._told(one) for one in found], "has_more": more})

    async def _look(self, request: web.Request) -> web.StreamResponse:
        wrong = self._goes_wrong(request, "look")
        if request.match_info["id"] not in self.made:
            raise _status(404)
        made = self.made[request.match_info["id"]]
        if made.status == "in_progress" and time.monotonic() - made.at >= self.takes_s:
            self._work(made)
        return self._given(request, wrong, self._told(made))

    async def _fetch(self, request: web.Request) -> web.StreamResponse:
        wrong = self._goes_wrong(request, "fetch")
        content = self.files[request.match_info["id"]][1]
        response = web.StreamResponse(headers={"Content-Type": "application/octet-stream"})
        response.content_length = len(content)
        await response.prepare(request)
        if wrong == "torn" and request.transport is not None:
            await response.write(content[: len(content) // 2])
            request.transport.abort()
            return response
        await response.write(content)
        await response.write_eof()
        return response

    def _work(self, made: Made) -> None:
        """Answer the requests, out of order, as providers do."""
        output: list[dict[str, Any]] = []
        error: list[dict[str, Any]] = []
        for line in reversed(made.lines):
            number, self._worked_on = self._worked_on, self._worked_on + 1
            if self.expires(number):
                left = {"code": "batch_expired", "message": "This request could not be executed in time."}
                error.append({"custom_id": line["custom_id"], "response": None, "error": left})
                continue
            reply = Reply(status=500, text="broken") if self.fails(number) else self.script(number, line["body"])
            body = openai_body(reply, line["body"])
            told = {"status_code": reply.status, "request_id": "r", "body": body}
            one = {"custom_id": line["custom_id"], "response": told, "error": None}
            (output if reply.status == 200 else error).append(one)
            if reply.status == 200:
                self.worked[line["custom_id"]] += 1
                self.tokens += reply.input_tokens + reply.output_tokens
        expired = any("expired" in str(one["error"]) for one in error)
        made.status = "expired" if expired else "completed"
        made.output, made.error = self._kept("output", output), self._kept("error", error)

    def _kept(self, title: str, lines: list[dict[str, Any]]) -> str:
        if not lines:
            return ""
        name = f"file-{len(self.files)}"
        self.files[name] = (title, "".join(json.dumps(line) + "\n" for line in lines).encode())
        return name

    def _told(self, made: Made) -> dict[str, object]:
        answered = 0 if made.status == "in_progress" else len(made.lines)
        return {
            "id": made.id,
            "object": "batch",
            "status": made.status,
            "input_file_id": made.file,
            "metadata": made.metadata,
            "output_file_id": made.output or None,
            "error_file_id": made.error or None,
            "errors": {"object": "list", "data": made.errors} if made.errors else None,
            "request_counts": {"total": len(made.lines), "completed": answered, "failed": 0},
        }


def _status(status: int) -> web.HTTPException:
    told = json.dumps({"error": {"message": f"told {status}", "type": "server_error" if status >= 500 else "error"}})
    kind = type("Told", (web.HTTPException,), {"status_code": status})
    made: web.HTTPException = kind(text=told, content_type="application/json")
    return made
