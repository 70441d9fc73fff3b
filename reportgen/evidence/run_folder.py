"""The run folder: where each file of a run lies, and how files get there without ever being half-written."""

from __future__ import annotations

import errno
import hashlib
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from reportgen.problems import NeedsMendingError, StoppedEarlyError

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class RunFolder:
    """Names of the contract's section 4. Nothing is created by naming it."""

    path: Path

    @property
    def evidence(self) -> Path:
        """The folder of everything the figures come from."""
        return self.path / "evidence"

    @property
    def workbook(self) -> Path:
        """The workbook as received, byte for byte."""
        return self.evidence / "workbook.xlsx"

    @property
    def documents(self) -> Path:
        """Input files beside the workbook, in the same sub-folders."""
        return self.evidence / "documents"

    @property
    def plan(self) -> Path:
        """The rules, hashed before the first request."""
        return self.evidence / "plan.json"

    @property
    def split(self) -> Path:
        """Which example is in which split, with the holdout's commitments."""
        return self.evidence / "split.json"

    @property
    def responses(self) -> Path:
        """The journal of responses."""
        return self.evidence / "responses.jsonl"

    @property
    def judge(self) -> Path:
        """The journal of a judge's replies."""
        return self.evidence / "judge.jsonl"

    @property
    def limits(self) -> Path:
        """Every change of how many requests were under way at an endpoint."""
        return self.evidence / "limits.jsonl"

    @property
    def scores(self) -> Path:
        """How each response was judged."""
        return self.evidence / "scores.jsonl"

    @property
    def prices(self) -> Path:
        """The prices used, with their source and date."""
        return self.evidence / "prices.json"

    @property
    def destinations(self) -> Path:
        """To which host which rows and files went."""
        return self.evidence / "destinations.json"

    @property
    def environment(self) -> Path:
        """Versions of everything that took part."""
        return self.evidence / "environment.json"

    @property
    def record(self) -> Path:
        """Run id, clock and hashes."""
        return self.evidence / "run.json"

    @property
    def reviews(self) -> Path:
        """Verdicts and removals that people added after the run, by `reportgen score --reviews`."""
        return self.evidence / "reviews.json"

    @property
    def changes(self) -> Path:
        """Who last saved the workbook, and which earlier runs stood under other rules."""
        return self.evidence / "changes.json"

    @property
    def seals(self) -> Path:
        """The seals that stood before the present one."""
        return self.evidence / "seals"

    @property
    def parent(self) -> Path:
        """The run that this one was scored again from."""
        return self.evidence / "parent.json"

    @property
    def harness(self) -> Path:
        """What was on record about lm-evaluation-harness when the run was made."""
        return self.evidence / "lm-eval.json"

    @property
    def holdout(self) -> Path:
        """Everything about openings of the holdout."""
        return self.evidence / "holdout"

    @property
    def access_log(self) -> Path:
        """The append-only log of openings."""
        return self.holdout / "access-log.jsonl"

    def opening(self, number: int) -> Path:
        """Return where the winner's answers of one opening are."""
        return self.holdout / f"opening-{number}.jsonl"

    def judged_opening(self, number: int) -> Path:
        """Return where a judge's replies on the answers of one opening are."""
        return self.holdout / f"judge-{number}.jsonl"

    def earlier_seal(self, number: int) -> Path:
        """Return the folder of the seal that stood before one opening."""
        return self.holdout / f"sealed-before-{number}"


OTHER_OUT = "Choose another folder with --out."


LINES_AT_ONCE = 10_000


def write_bytes(path: Path, content: bytes, *, remedy: str = OTHER_OUT) -> None:
    """Write beside the target, then replace it. Raises StoppedEarlyError when the disk is full or the folder read-only."""
    _write(path, [content], remedy)


def _write(path: Path, blocks: Iterable[bytes], remedy: str = OTHER_OUT) -> None:
    draft = path.with_name(f"{path.name}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with draft.open("wb") as file:
            file.writelines(blocks)
        draft.replace(path)
    except OSError as error:
        with suppress(OSError):
            draft.unlink(missing_ok=True)
        raise cannot_write(path, error, remedy) from error


def cannot_write(path: Path, error: OSError, remedy: str = OTHER_OUT) -> StoppedEarlyError:
    """Return the error that says in a sentence why `path` cannot be written."""
    if error.errno == errno.ENOSPC:
        return StoppedEarlyError(f"The disk is full: {path} could not be written. Free some space and run again.")
    return StoppedEarlyError(f"{path} cannot be written ({error.strerror}). {remedy}")


def write_json(path: Path, value: Any) -> None:  # noqa: ANN401 - any record that msgspec can encode
    """Write a record as readable JSON with sorted keys."""
    write_bytes(path, json_bytes(value))


def read_json(path: Path, kind: type[T]) -> T | None:
    """Return the record that a file of a run holds, None where there is no such file.

    Raises NeedsMendingError when it cannot be read as one.
    """
    try:
        return msgspec.json.decode(path.read_bytes(), type=kind)
    except FileNotFoundError:
        return None
    except msgspec.DecodeError as error:
        msg = f"{path} is damaged. Put the last good copy of the run folder back."
        raise NeedsMendingError(msg) from error


def json_bytes(value: Any) -> bytes:  # noqa: ANN401 - any record that msgspec can encode
    """Return the canonical bytes of a record: readable JSON with sorted keys."""
    return msgspec.json.format(msgspec.json.encode(value, order="sorted"), indent=1) + b"\n"


def write_json_lines(path: Path, records: Sequence[Any]) -> None:
    """Write one canonical line for each record; however many there are, only a few thousand are encoded at a time."""
    encoder = msgspec.json.Encoder(order="sorted")
    starts = range(0, len(records), LINES_AT_ONCE)
    _write(path, (encoder.encode_lines(records[start : start + LINES_AT_ONCE]) for start in starts))


def sha256_of(path: Path) -> str:
    """Return the hex SHA-256 of a file's bytes."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()
