"""The journal loses nothing that it acknowledged, and notices what was changed."""

from __future__ import annotations

import os
import resource
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from reportgen.domain.records.response import Outcome, Response
from reportgen.evidence.appended_lines import LineFile, read_lines_of
from reportgen.evidence.journal import FileJournal, read_lines
from reportgen.problems import NeedsMendingError, StoppedEarlyError


def response(number: int, text: str = "yes") -> Response:
    return Response("Model A", f"E{number}", f"key {number}", Outcome.ANSWERED, text)


def filled(path: Path, count: int = 5) -> Path:
    with FileJournal(path) as journal:
        for number in range(count):
            journal.append(response(number))
    return path


def test_what_was_appended_is_there_when_the_journal_is_opened_again(tmp_path: Path) -> None:
    path = filled(tmp_path / "run" / "responses.jsonl")
    with FileJournal(path) as journal:
        assert journal.get("key 3") == response(3)
        assert journal.get("key 9") is None
        assert journal.appended == 0
        journal.append(response(5))
    assert [line.seq for line in read_lines(path)[0]] == list(range(6))


@pytest.mark.parametrize("lost", [1, 7, 40])
def test_a_torn_last_line_is_cut_and_the_chain_goes_on(tmp_path: Path, lost: int) -> None:
    path = filled(tmp_path / "responses.jsonl")
    os.truncate(path, path.stat().st_size - lost)
    with FileJournal(path) as journal:
        assert journal.get("key 4") is None
        assert journal.get("key 3") is not None
        journal.append(response(4))
    assert len(read_lines(path)[0]) == 5


def test_a_line_changed_in_the_middle_is_noticed(tmp_path: Path) -> None:
    path = filled(tmp_path / "responses.jsonl")
    path.write_bytes(path.read_bytes().replace(b'"yes"', b'"no!"', 1))
    with pytest.raises(NeedsMendingError, match="line 2"):
        FileJournal(path)


def test_a_line_taken_out_is_noticed(tmp_path: Path) -> None:
    path = filled(tmp_path / "responses.jsonl")
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join(lines[:2] + lines[3:]))
    with pytest.raises(NeedsMendingError, match="line 3"):
        FileJournal(path)


def test_a_second_process_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "responses.jsonl"
    code = f"from pathlib import Path; from reportgen.evidence.journal import FileJournal; FileJournal(Path({str(path)!r}))"
    with FileJournal(path):
        other = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert "Another reportgen is working" in other.stderr


def test_answers_of_an_earlier_run_are_taken_over_and_not_counted_as_new(tmp_path: Path) -> None:
    old = filled(tmp_path / "old.jsonl")
    with FileJournal(tmp_path / "new.jsonl", earlier=[old]) as journal:
        assert journal.get("key 2") == response(2)
        assert journal.appended == 0
    assert [line.response for line in read_lines(tmp_path / "new.jsonl")[0]] == [response(2)]


def test_a_killed_writer_loses_nothing_that_it_said_was_kept(tmp_path: Path) -> None:
    path = tmp_path / "responses.jsonl"
    code = (
        "import sys; from pathlib import Path\n"
        "from reportgen.domain.records.response import Outcome, Response\n"
        "from reportgen.evidence.journal import FileJournal\n"
        f"journal = FileJournal(Path({str(path)!r}))\n"
        "for n in range(100000):\n"
        "    journal.append(Response('A', f'E{n}', f'key {n}', Outcome.ANSWERED, 'x' * 5000))\n"
        "    sys.stdout.write(f'{n}\\n'); sys.stdout.flush()\n"
    )
    writer = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)
    assert writer.stdout is not None
    with writer.stdout as output:
        for _ in range(30):
            acknowledged = int(output.readline())
        writer.send_signal(signal.SIGKILL)
        rest = output.read().split()
        acknowledged = int(rest[-1]) if rest else acknowledged
    writer.wait()
    with FileJournal(path) as journal:
        assert all(journal.get(f"key {n}") is not None for n in range(acknowledged + 1))


def test_a_full_disk_is_a_sentence_and_the_journal_stays_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = filled(tmp_path / "responses.jsonl")

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    with FileJournal(path) as journal:
        monkeypatch.setattr(os, "fsync", full)
        with pytest.raises(StoppedEarlyError, match="disk is full"):
            journal.append(response(5))
    assert len(read_lines(path)[0]) == 5


@contextmanager
def no_room_after(path: Path, room: int) -> Iterator[None]:
    """Let a file grow by `room` bytes and no further, as on a disk that fills up in the middle of a write."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (path.stat().st_size + room, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


@pytest.mark.parametrize("room", [0, 1, 60])
def test_a_write_that_stopped_half_way_is_cut_back_and_the_same_journal_goes_on(tmp_path: Path, room: int) -> None:
    path = filled(tmp_path / "responses.jsonl")
    whole = path.read_bytes()
    with FileJournal(path) as journal:
        with no_room_after(path, room), pytest.raises(StoppedEarlyError):
            journal.append(response(5))
        assert path.read_bytes() == whole
        assert journal.get("key 5") is None
        journal.append(response(6))
    assert [line.response.key for line in read_lines(path)[0]] == [f"key {n}" for n in (0, 1, 2, 3, 4, 6)]


@pytest.mark.parametrize("room", [0, 1, 20])
def test_a_record_written_half_way_leaves_no_half_line(tmp_path: Path, room: int) -> None:
    path = tmp_path / "reviews.jsonl"
    lines = LineFile(path)
    lines.append([response(1), response(2)], durable=True)
    with no_room_after(path, room), pytest.raises(StoppedEarlyError):
        lines.append([response(3)])
    lines.append([response(4)])
    assert read_lines_of(path, Response) == (response(1), response(2), response(4))


def test_an_answer_of_an_earlier_run_serves_again_and_a_failure_does_not(tmp_path: Path) -> None:
    with FileJournal(tmp_path / "1" / "responses.jsonl") as first:
        first.append(response(1))
        first.append(Response("Model A", "E2", "key 2", Outcome.TIMEOUT, reason="no answer within 5 s"))
    with FileJournal(tmp_path / "2" / "responses.jsonl", earlier=[tmp_path / "1" / "responses.jsonl"]) as second:
        assert not second.holds("key 1")
        assert second.get("key 1") == response(1)
        assert second.holds("key 1")
        assert second.get("key 2") is None
        assert second.appended == 0
    assert [line.response.key for line in read_lines(tmp_path / "2" / "responses.jsonl")[0]] == ["key 1"]
