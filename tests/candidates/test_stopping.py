"""Stopping: Ctrl-C once finishes what is in flight, twice stops; what waits is left for the next run."""

from __future__ import annotations

import asyncio
import errno
import io
import os
import pty
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from reportgen import evaluation, progress
from reportgen.candidates.interface import Progress
from reportgen.candidates.request_limits import GivenUpError, Limiter
from reportgen.commands.stopping import orderly_stop
from reportgen.domain.records.response import Outcome
from reportgen.evidence.journal import read_lines
from tests.candidates.plans import MemoryJournal, api_model, example, plan_of, run
from tests.fakes.model_server import ModelServer, Reply, always, in_turn
from tests.small_workbooks import tickets

ROOT = Path(__file__).resolve().parents[2]


def interrupt_when(server: ModelServer, *, under_way: int, times: int = 1, apart_s: float = 0.2) -> threading.Thread:
    """Press Ctrl-C in this process as soon as so many requests are under way."""

    def press() -> None:
        until = time.monotonic() + 10
        while server.most_in_flight < under_way and time.monotonic() < until:
            time.sleep(0.005)
        for _ in range(times):
            os.kill(os.getpid(), signal.SIGINT)
            time.sleep(apart_s)

    thread = threading.Thread(target=press)
    thread.start()
    return thread


def test_one_ctrl_c_keeps_every_answer_that_was_in_flight_and_asks_nothing_more() -> None:
    journal, shown = MemoryJournal(), list[Progress]()
    with ModelServer(always(Reply(latency_s=0.5))) as server:
        pressing = interrupt_when(server, under_way=2)
        with pytest.raises(KeyboardInterrupt):
            run(plan_of(api_model("A", server.url)), [example(n) for n in range(30)], journal, shown=shown)
        pressing.join()
        asked = len(server.books)
    assert 2 <= asked < 30
    assert len(journal.written) == asked
    assert {r.outcome for r in journal.written} == {Outcome.ANSWERED}
    assert any(p.stopping for p in shown)


def test_a_second_ctrl_c_stops_at_once() -> None:
    journal = MemoryJournal()
    with ModelServer(always(Reply(latency_s=8))) as server:
        pressing = interrupt_when(server, under_way=2, times=2)
        start = time.monotonic()
        with pytest.raises(KeyboardInterrupt):
            run(plan_of(api_model("A", server.url)), [example(n) for n in range(8)], journal)
        pressing.join()
    assert time.monotonic() - start < 5
    assert journal.written == []


def test_a_stop_does_not_wait_for_a_long_pause_that_a_provider_asked_for() -> None:
    journal = MemoryJournal()
    with ModelServer(always(Reply(status=429, headers=(("Retry-After", "60"),)))) as server:
        pressing = interrupt_when(server, under_way=1)
        start = time.monotonic()
        with pytest.raises(KeyboardInterrupt):
            run(plan_of(api_model("A", server.url)), [example(n) for n in range(8)], journal)
        pressing.join()
    assert time.monotonic() - start < 5
    assert journal.written == []


def test_who_paid_for_an_attempt_already_may_end_after_a_stop_and_who_did_not_gives_up() -> None:
    async def stopped() -> None:
        limiter = Limiter(2)
        limiter.stop()
        async with limiter.slot(paid=True):
            await limiter.rest(0, paid=True)
        with pytest.raises(GivenUpError):
            await limiter.rest(5)
        with pytest.raises(GivenUpError):
            async with limiter.slot():
                pass

    asyncio.run(asyncio.wait_for(stopped(), 2))


def test_the_command_ends_with_130_and_a_second_run_asks_only_what_is_missing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(evaluation, "write_all", lambda *_: None)
    replies = in_turn(*[Reply(latency_s=0.02)] * 20, Reply(latency_s=0.3))
    with ModelServer(replies) as server:
        model = {"Candidate": "Model", "Kind": "API model", "Model": "openai/m", "Endpoint": server.url}
        path = tickets(tmp_path / "t.xlsx", candidates=[model], count=60, all_eval=True, at_once=4)
        command = [sys.executable, "-m", "reportgen.cli", "run", str(path)]
        first = subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        until = time.monotonic() + 30
        while len(server.billed) < 25 and time.monotonic() < until:
            time.sleep(0.01)
        first.send_signal(signal.SIGINT)
        _, said = first.communicate(timeout=30)
        assert first.returncode == 130, said
        assert "Traceback" not in said
        assert "being finished" in said
        assert "run it again" in said
        kept = len(read_lines(tmp_path / "t-run" / "evidence" / "responses.jsonl")[0])
        assert kept == len(server.books) < 60
        server.script = always(Reply())
        evaluation.evaluate(path, environment={})
        assert len(server.books) == 60


def test_a_polite_kill_is_a_ctrl_c_and_an_ignored_signal_stays_ignored() -> None:
    with orderly_stop(), pytest.raises(KeyboardInterrupt):
        os.kill(os.getpid(), signal.SIGTERM)
    assert signal.getsignal(signal.SIGTERM) is signal.SIG_DFL
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        with orderly_stop():
            assert signal.getsignal(signal.SIGHUP) is signal.SIG_IGN
    finally:
        signal.signal(signal.SIGHUP, before)


ON_A_TERMINAL = """
import fcntl, os, sys, termios
os.setsid()
fcntl.ioctl(0, termios.TIOCSCTTY, 0)
os.execv(sys.executable, [sys.executable, "-m", "reportgen.cli", "run", sys.argv[1]])
"""


def test_a_terminal_that_is_closed_loses_nothing_that_was_in_flight(tmp_path: Path) -> None:
    with ModelServer(always(Reply(latency_s=0.4))) as server:
        model = {"Candidate": "Model", "Kind": "API model", "Model": "openai/m", "Endpoint": server.url}
        path = tickets(tmp_path / "t.xlsx", candidates=[model], count=60, all_eval=True, at_once=4)
        try:
            terminal, inside = pty.openpty()
        except OSError as error:
            pytest.skip(f"no terminal can be opened here: {error}")
        command = [sys.executable, "-c", ON_A_TERMINAL, str(path)]
        process = subprocess.Popen(command, cwd=ROOT, stdin=inside, stdout=inside, stderr=inside)
        os.close(inside)
        until = time.monotonic() + 30
        while len(server.billed) < 4 and time.monotonic() < until:
            time.sleep(0.01)
        os.close(terminal)
        assert process.wait(timeout=30) == 130
        kept = len(read_lines(tmp_path / "t-run" / "evidence" / "responses.jsonl")[0])
        assert kept == len(server.billed) == len(server.books) < 60


class Gone(io.StringIO):
    """A stream that can no longer be written to."""

    def __init__(self, number: int) -> None:
        super().__init__()
        self.number = number

    def write(self, _text: str) -> int:
        raise OSError(self.number, os.strerror(self.number))


def test_a_terminal_that_is_gone_before_its_signal_came_is_let_go(monkeypatch: pytest.MonkeyPatch) -> None:
    let_go: list[bool] = []
    monkeypatch.setattr(progress, "let_go_of_terminal", lambda: let_go.append(True))
    shown = Progress("A", 1, 1, 0, 0, None, 1.0)
    progress.Console(Gone(errno.EIO)).show(shown)
    assert let_go == [True]
    with pytest.raises(OSError, match="space"):
        progress.Console(Gone(errno.ENOSPC)).show(shown)
