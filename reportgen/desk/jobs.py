"""Commands as child processes that outlive the desk: their progress lies in files, so any later desk takes them up."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import msgspec

from reportgen.child_processes import detached, living

STOPPED = 130
"""The exit code of a command that was stopped in order."""


@dataclass(frozen=True, slots=True)
class Begun:
    """What is kept of a job: its process, and when it was started, in seconds since 1970."""

    command: str
    subject: str
    pid: int
    born: str
    at: float


@dataclass(slots=True)
class State:
    """How far a job is, read from its progress lines."""

    command: str
    subject: str
    at: float
    candidates: dict[str, dict[str, object]] = field(default_factory=dict)
    steps: dict[str, tuple[int, int]] = field(default_factory=dict)
    """Words to done and total, in the order in which they began."""
    said: list[str] = field(default_factory=list)
    ended: int | None = None
    """The exit code; None while it runs, or where it was killed."""
    alive: bool = False
    stopping: bool = False

    @property
    def broken_off(self) -> bool:
        """Whether it was killed, or its machine went down."""
        return self.ended is None and not self.alive

    @property
    def planned(self) -> int:
        """All answers that are asked for."""
        return sum(int(str(c["planned"])) for c in self.candidates.values())

    @property
    def done(self) -> int:
        """Those that are there."""
        return sum(int(str(c["done"])) for c in self.candidates.values())


class Jobs:
    """Starts, follows and stops jobs; one of each command for each subject at a time."""

    def __init__(self, private: Path) -> None:
        self._folder = private / "jobs"
        self._folder.mkdir(parents=True, exist_ok=True)
        self._mine: dict[Path, subprocess.Popen[bytes]] = {}
        self._read: dict[Path, tuple[int, State]] = {}

    def start(self, command: str, subject: str, words: Sequence[str], environment: Mapping[str, str]) -> None:
        """Start a command. `words` are its arguments; keys travel in `environment` alone. Does nothing while one runs."""
        path = self._path(command, subject)
        if (state := self.state(command, subject)) is not None and state.alive:
            return
        self._read.pop(path, None)
        with path.with_suffix(".out").open("wb") as out, path.with_suffix(".log").open("wb") as log:
            process = detached("reportgen.cli", [command, *words, "--progress", "json"], environment, out=out, log=log)
        self._mine[path] = process
        begun = Begun(command, subject, process.pid, living(process.pid), time.time())
        path.with_suffix(".json").write_bytes(msgspec.json.encode(begun))

    def state(self, command: str, subject: str) -> State | None:
        """Return how far a job is, None where there never was one."""
        path = self._path(command, subject)
        try:
            begun = msgspec.json.decode(path.with_suffix(".json").read_bytes(), type=Begun)
        except (OSError, msgspec.DecodeError):
            return None
        offset, state = self._read.get(path, (0, State(command, subject, begun.at)))
        alive = self._alive(path, begun)
        with contextlib.suppress(OSError), path.with_suffix(".log").open("rb") as log:
            log.seek(offset)
            lines = log.read().split(b"\n")
            if not alive and lines[-1]:
                lines.append(b"")
            for line in lines[:-1]:
                _take(state, line.decode("utf-8", "replace"))
                offset += len(line) + 1
        state.alive = alive and state.ended is None
        self._read[path] = (offset, state)
        return state

    def said(self, command: str, subject: str) -> str:
        """Return what a job printed as its result."""
        try:
            return self._path(command, subject).with_suffix(".out").read_text(encoding="utf-8")
        except OSError:
            return ""

    def stop(self, command: str, subject: str) -> None:
        """Stop a job in order: what is in flight is finished and kept."""
        state = self.state(command, subject)
        if state is None or not state.alive:
            return
        begun = msgspec.json.decode(self._path(command, subject).with_suffix(".json").read_bytes(), type=Begun)
        with contextlib.suppress(OSError):
            os.kill(begun.pid, getattr(signal, "CTRL_BREAK_EVENT", signal.SIGTERM))
        state.stopping = True

    def forget(self, command: str, subject: str) -> None:
        """Forget a job that is over, with what it said; one that runs goes on, and is kept."""
        state, path = self.state(command, subject), self._path(command, subject)
        if state is None or state.alive:
            return
        self._read.pop(path, None)
        for ending in (".json", ".out", ".log"):
            path.with_suffix(ending).unlink(missing_ok=True)

    def any_alive(self) -> bool:
        """Whether any job runs."""
        for path in self._folder.glob("*.json"):
            with contextlib.suppress(OSError, msgspec.DecodeError):
                begun = msgspec.json.decode(path.read_bytes(), type=Begun)
                if self._alive(path.with_suffix(""), begun):
                    return True
        return False

    def _path(self, command: str, subject: str) -> Path:
        return self._folder / f"{command}-{hashlib.sha256(subject.encode()).hexdigest()[:16]}"

    def _alive(self, path: Path, begun: Begun) -> bool:
        process = self._mine.get(path)
        if process is not None and process.pid == begun.pid:
            return process.poll() is None
        return bool(begun.born) and living(begun.pid) == begun.born


def _take(state: State, line: str) -> None:
    """Take one line of progress; what is no JSON object was said to people."""
    if not line.strip():
        return
    try:
        found = json.loads(line)
    except ValueError:
        found = None
    match found:
        case {"progress": {"candidate": str(name), **_rest}}:
            state.candidates[name] = found["progress"]
            state.stopping = state.stopping or bool(found["progress"].get("stopping"))
        case {"step": {"words": str(words), "done": int(done), "total": int(total)}}:
            state.steps[words] = (done, total)
        case {"ended": int(code)}:
            state.ended = code
        case _:
            state.said.append(line)
