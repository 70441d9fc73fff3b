"""A desk as a person starts it: a process of its own, asked over real sockets."""

from __future__ import annotations

import http.client
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

import pytest

START_SECONDS = 60


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def text(self) -> str:
        """The body as text."""
        return self.body.decode("utf-8", "replace")


class OpenDesk:
    """Starts `reportgen desk` in a folder and ends it."""

    def __init__(self, folder: Path, *more: str, environment: Mapping[str, str] | None = None) -> None:
        self.folder = folder
        self._more = more
        self._environment = {**os.environ, **(environment or {}), "NO_COLOR": "1"}

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, where: TracebackType | None) -> None:
        self.close()

    def start(self) -> None:
        """Start it, and wait until it answers."""
        command = [sys.executable, "-m", "reportgen.cli", "desk", str(self.folder), "--no-browser", *self._more]
        self.process = subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=self._environment, cwd=self.folder
        )
        until = time.monotonic() + START_SECONDS
        path = self.folder / ".reportgen-desk" / "session.json"
        while time.monotonic() < until:
            assert self.process.poll() is None, self.process.stdout and self.process.stdout.read()
            try:
                known = json.loads(path.read_text(encoding="utf-8"))
                if known["pid"] == self.process.pid:
                    self.port, self.token = known["port"], known["token"]
                    self.ask("GET", "/", cookie=False)
                    return
            except (OSError, ValueError):
                pass
            time.sleep(0.05)
        pytest.fail("the desk did not start")

    def close(self) -> None:
        """End it as Ctrl-C does."""
        self.process.send_signal(signal.SIGINT)
        self.process.communicate(timeout=START_SECONDS)

    def kill(self) -> None:
        """End it as a crash does."""
        self.process.kill()
        self.process.communicate(timeout=START_SECONDS)

    @property
    def host(self) -> str:
        """The exact Host."""
        return f"127.0.0.1:{self.port}"

    @property
    def door(self) -> str:
        """The address with its token."""
        return f"http://{self.host}/enter?token={self.token}"

    @property
    def cookie(self) -> str:
        """The header of somebody who was let in."""
        return f"reportgen-desk-{self.port}={self.token}"

    def ask(
        self,
        method: str,
        path: str,
        headers: Mapping[str, str] | None = None,
        body: bytes = b"",
        *,
        cookie: bool = True,
        host: str | None = None,
    ) -> Answer:
        """Send one request, as it stands, and return what came back."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=START_SECONDS)
        connection.putrequest(method, path, skip_host=True, skip_accept_encoding=True)
        sent = {"Host": self.host if host is None else host, **({"Cookie": self.cookie} if cookie else {})}
        if body or method == "POST":
            sent["Content-Length"] = str(len(body))
        for name, value in {**sent, **(headers or {})}.items():
            if value:
                connection.putheader(name, value)
        connection.endheaders(body or None)
        found = connection.getresponse()
        answer = Answer(found.status, {k.lower(): v for k, v in found.getheaders()}, found.read())
        connection.close()
        return answer

    def post(self, path: str, form: Mapping[str, str] | None = None, **headers: str) -> Answer:
        """Send a form as the page itself does."""
        from urllib.parse import urlencode  # noqa: PLC0415

        own = {"Origin": f"http://{self.host}", "Content-Type": "application/x-www-form-urlencoded", **headers}
        return self.ask("POST", path, own, urlencode(form or {}).encode())

    def runs_to_the_end(self, workbook: str) -> None:
        """Start the run of a workbook, and wait until it is done."""
        self.post(f"/w/{workbook}/run/start")
        until = time.monotonic() + 5 * START_SECONDS
        while b"Go on to Decide" not in self.ask("GET", f"/w/{workbook}/run").body:
            assert self.process.poll() is None, "the desk is gone"
            assert b"must be mended first" not in self.ask("GET", f"/w/{workbook}/run").body, "the workbook has faults"
            assert time.monotonic() < until, self.ask("GET", f"/w/{workbook}/run").text
            time.sleep(0.5)

    def drop(self, path: str, name: str, content: bytes, *more: str) -> Answer:
        """Drop a file on a page, or several of the same content."""
        edge = "----reportgen-test"
        heads = (f'--{edge}\r\nContent-Disposition: form-data; name="file"; filename="{n}"\r\n\r\n' for n in (name, *more))
        own = {"Origin": f"http://{self.host}", "Content-Type": f"multipart/form-data; boundary={edge}"}
        parts = b"".join(head.encode() + content + b"\r\n" for head in heads)
        return self.ask("POST", path, own, parts + f"--{edge}--\r\n".encode())
