"""One desk for a folder: its lock, and the file that hands the token to the browser and to nobody else."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

import msgspec
from filelock import FileLock, Timeout

from reportgen.desk.safety import ENTRY, Policy
from reportgen.problems import NeedsMendingError

PRIVATE = ".reportgen-desk"
"""The desk's own folder: the session, progress of runs, earlier copies of replaced workbooks; never a key."""


@dataclass(frozen=True, slots=True)
class Known:
    """What a later desk learns of the one that holds the folder."""

    port: int
    token: str
    pid: int


class Session:
    """Holds a folder for one desk."""

    def __init__(self, folder: Path) -> None:
        self.private = folder / PRIVATE
        try:
            self.private.mkdir(mode=0o700, exist_ok=True)
            self._lock = FileLock(self.private / "lock", timeout=0)
        except OSError as error:
            msg = f"{folder} cannot be written to ({error.strerror}). Choose a folder of your own: reportgen desk FOLDER"
            raise NeedsMendingError(msg) from error

    @property
    def door(self) -> Path:
        """The page that leads the browser in."""
        return self.private / "open.html"

    def taken(self) -> bool:
        """Take the folder. Returns False where another desk holds it."""
        try:
            self._lock.acquire()
        except Timeout:
            return False
        return True

    def other(self) -> Known | None:
        """Return the desk that holds the folder, None where it has not said so yet."""
        try:
            return msgspec.json.decode((self.private / "session.json").read_bytes(), type=Known)
        except (OSError, msgspec.DecodeError):
            return None

    def open(self, policy: Policy) -> None:
        """Write the session and the door, for this user's eyes only."""
        address = f"{policy.origin}{ENTRY}?token={policy.token}"
        _write_private(
            self.private / "session.json", msgspec.json.encode(Known(policy.port, policy.token, os.getpid())).decode()
        )
        _write_private(
            self.door,
            f'<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>reportgen</title>'
            f'<meta http-equiv="refresh" content="0; url={address}"></head>'
            f'<body><p><a href="{address}">Open the desk</a></p></body></html>\n',
        )

    def close(self) -> None:
        """Give the folder back; the token is worth nothing any more."""
        for name in ("session.json", "open.html"):
            (self.private / name).unlink(missing_ok=True)
        self._lock.release()


def _write_private(path: Path, text: str) -> None:
    path.unlink(missing_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        file.write(text)
