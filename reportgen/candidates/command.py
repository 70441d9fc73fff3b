"""A program of the user's own: one JSON line in, one JSON line out; never through a shell, and only when allowed."""

from __future__ import annotations

import contextlib
import queue
import shlex
import subprocess
import tempfile
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import IO

import msgspec

from reportgen.candidates.content_keys import fingerprint_of
from reportgen.candidates.interface import Briefing, Question
from reportgen.candidates.wire.secrets import SECRET_MARKS, Redactor, secrets_in
from reportgen.domain.records.plan import CandidateSpec
from reportgen.domain.records.response import Outcome, Response, Usage

SHOWN = 300
MOST_RESTARTS = 3
"""A program that hangs is started again for the next question, but no more often than this in a row."""
PATIENCE_S = 2.0


@dataclass(frozen=True, slots=True)
class Reply:
    """One line that the program writes (contract, section 2). An output that is no text is taken as the JSON it is."""

    id: str
    output: str | float | bool | list[object] | dict[str, object] | None = ""
    confidence: float | None = None
    outcome: Outcome = Outcome.ANSWERED
    input_tokens: int | None = None
    output_tokens: int | None = None
    cost: float | None = None

    @property
    def text(self) -> str:
        """The output as text."""
        if isinstance(self.output, str):
            return self.output
        return "" if self.output is None else msgspec.json.encode(self.output).decode()

    def fault(self, asked: str) -> str:
        """Return why this cannot be the answer to the question `asked`, '' where it can."""
        if self.id != asked:
            return f"the program answered {self.id[:SHOWN]!r} when it was asked {asked!r}"
        numbers = (self.input_tokens, self.output_tokens, self.cost)
        if any(number is not None and not 0 <= number < float("inf") for number in numbers):
            return "the program wrote a count or a cost below zero"
        if self.confidence is not None and not 0 <= self.confidence <= 1:
            return f"the program wrote the confidence {self.confidence}, expected 0 to 1"
        return ""


@dataclass(frozen=True, slots=True)
class Trouble:
    """What went wrong with one question. `ended` = the program is gone; `hung` = it had to be stopped."""

    outcome: Outcome
    reason: str
    ended: bool = False
    hung: bool = False


class CommandCandidate:
    """Starts the program at the first question and keeps it running.

    A program that ends early fails every later question, for the same reason. One that does not answer in time is stopped
    and started again. Its latency is that of each line; the first holds the start of the program.
    """

    def __init__(self, spec: CandidateSpec, briefing: Briefing) -> None:
        self._name = spec.name
        self._words = shlex.split(spec.model)
        self._timeout = briefing.plan.settings.timeout_s
        self._environment = without_secrets(briefing.environment, spec.key_variable)
        self._redactor = Redactor(secrets_in(briefing.environment, briefing.plan.candidates))
        self.fingerprint = fingerprint_of(spec)
        self._program: _Program | None = None
        self._hung = 0
        self._gone: Trouble | None = None

    def given(self, question: Question) -> object:
        """Return the line that the program reads."""
        return encoded(question).decode()

    def answer(self, question: Question, key: str) -> Response:
        """Return what the program wrote for this question, or a typed failure with what went wrong."""
        if self._gone is not None:
            return self._failed(question, key, self._gone, None)
        start = time.perf_counter()
        found = self._exchange(question)
        latency = time.perf_counter() - start
        if isinstance(found, Reply):
            self._hung = 0
            return self._answered(question, key, found, latency)
        if found.hung:
            self._hung += 1
            self.close()
        if found.ended or self._hung >= MOST_RESTARTS:
            self._gone = found
            self.close()
        return self._failed(question, key, found, latency)

    def _exchange(self, question: Question) -> Reply | Trouble:
        if self._program is None:
            try:
                self._program = _Program(self._words, self._environment)
            except (OSError, ValueError, IndexError) as error:
                return Trouble(Outcome.ERROR, f"the program could not be started ({error})", ended=True)
        try:
            line = self._program.ask(encoded(question), self._timeout)
        except queue.Empty:
            reason = f"the program did not answer within {self._timeout:g} s and was stopped"
            return Trouble(Outcome.TIMEOUT, reason, hung=True)
        if not line:
            return Trouble(Outcome.ERROR, self._program.last_words(), ended=True)
        try:
            reply = msgspec.json.decode(line, type=Reply)
            fault = reply.fault(question.id)
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            fault = f"the program wrote a line that is not understood ({error}): {line[:SHOWN].decode('utf-8', 'replace')}"
        # A line too many or too few puts every later answer to the wrong question: start afresh.
        return Trouble(Outcome.ERROR, fault, hung=True) if fault else reply

    def _answered(self, question: Question, key: str, reply: Reply, latency: float) -> Response:
        counted = reply.input_tokens is not None and reply.output_tokens is not None
        response = Response(
            self._name,
            question.id,
            key,
            reply.outcome,
            text=reply.text,
            confidence=reply.confidence,
            latency_s=latency,
            attempt_latency_s=latency,
            usage=Usage(reply.input_tokens or 0, reply.output_tokens or 0) if counted else None,
            attempts=1,
            cost=reply.cost,
            model_returned="command",
        )
        return self._redactor.response(response)

    def _failed(self, question: Question, key: str, trouble: Trouble, latency: float | None) -> Response:
        response = Response(
            self._name,
            question.id,
            key,
            trouble.outcome,
            reason=trouble.reason,
            latency_s=latency,
            attempt_latency_s=latency,
            attempts=None if latency is None else 1,
        )
        return self._redactor.response(response)

    def close(self) -> None:
        """Stop the program."""
        program, self._program = self._program, None
        if program is not None:
            program.stop(patient=self._hung == 0)


class _Program:
    """A running program; reading and writing have threads of their own, so that neither side can hang us."""

    def __init__(self, words: list[str], environment: Mapping[str, str]) -> None:
        self._lines: queue.Queue[bytes] = queue.Queue()
        self._complaints: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115 - open as long as the program runs
        try:
            self._process = subprocess.Popen(  # noqa: S603 - allowed by --allow-commands, and no shell reads it
                words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self._complaints, env=dict(environment)
            )
        except BaseException:
            self._complaints.close()
            raise
        self._reader = threading.Thread(target=self._listen, daemon=True)
        self._reader.start()

    def _listen(self) -> None:
        if self._process.stdout is not None:
            for line in self._process.stdout:
                self._lines.put(line)
        self._lines.put(b"")

    def ask(self, line: bytes, timeout_s: float) -> bytes:
        """Return the next line, b'' where the program has ended. Raises queue.Empty after `timeout_s`."""
        threading.Thread(target=self._write, args=(line,), daemon=True).start()
        return self._lines.get(timeout=timeout_s)

    def _write(self, line: bytes) -> None:
        with contextlib.suppress(OSError, ValueError):  # a program that is gone is noticed where its answer is read
            if self._process.stdin is not None:
                self._process.stdin.write(line)
                self._process.stdin.flush()

    def last_words(self) -> str:
        """Return how the program ended, with the end of what it wrote to standard error."""
        code = self._end(patient=True)
        self._complaints.seek(0)
        said = self._complaints.read()[-SHOWN:].decode("utf-8", "replace").strip()
        return f"the program ended early (exit code {code}){': ' if said else ''}{said}"

    def _end(self, *, patient: bool) -> int:
        if not patient:
            self._process.kill()
        try:
            return self._process.wait(PATIENCE_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            return self._process.wait()

    def stop(self, *, patient: bool) -> None:
        """Let the program end by closing its input, or end it."""
        if not patient:
            self._process.kill()
        if self._process.stdin is not None:
            with contextlib.suppress(OSError, ValueError):
                self._process.stdin.close()
        self._end(patient=patient)
        self._reader.join(PATIENCE_S)
        if self._process.stdout is not None and not self._reader.is_alive():
            self._process.stdout.close()
        self._complaints.close()


def encoded(question: Question) -> bytes:
    """Return the line that a program reads (contract, section 2); labels and fields are names."""
    sent = {
        "id": question.id,
        "input": question.input,
        "task": question.task,
        "labels": [label.name for label in question.labels],
        "fields": [spec.name for spec in question.fields],
    }
    return msgspec.json.encode(sent) + b"\n"


def without_secrets(environment: Mapping[str, str], named: str) -> dict[str, str]:
    """Return the environment for a program: no key but the one that its row names."""
    return {
        name: value
        for name, value in environment.items()
        if name == named or not any(mark in name.upper() for mark in SECRET_MARKS)
    }
