"""Files that a person drops: counted as they come in, looked at with distrust, and only then given a name."""

from __future__ import annotations

import secrets
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from aiohttp import BodyPartReader, web
from aiohttp.http_exceptions import HttpProcessingError

from reportgen.desk.folder import Folder, safe_name
from reportgen.problems import NeedsMendingError

LARGEST = 200 << 20
"""Bytes of one file; what a workbook may hold at most."""
MOST_FILES = 1_000
UNREADABLE = "The desk could not read what was sent. Go back and try again."


async def taken(request: web.Request, folder: Folder, endings: frozenset[str], largest: int = LARGEST) -> tuple[str, Path]:
    """Return the safe name of the one file in a form, and the draft that holds it.

    Raises NeedsMendingError where there is none, there are several, or it is of another kind or too large.
    """
    found: list[tuple[str, Path]] = []
    with ExitStack() as unwanted:
        async for name, draft in each(request, folder, lambda given: safe_name(given, endings), largest):
            unwanted.callback(discard, draft)
            found.append((name, draft))
        if len(found) > 1:
            msg = f"Several files came, {found[0][0]} and {found[1][0]} among them, and none was taken. Drop the one meant."
            raise NeedsMendingError(msg)
        unwanted.pop_all()
    return found[0]


async def each(
    request: web.Request, folder: Folder, named: Callable[[str], str], largest: int = LARGEST
) -> AsyncIterator[tuple[str, Path]]:
    """Yield each file in a form under the name that `named` gives it, with the draft that holds it; the caller settles it.

    Raises NeedsMendingError where there is none, or one is too large, and whatever `named` raises.
    """
    count = 0
    async for part in _parts(request):
        if isinstance(part, BodyPartReader) and part.filename:
            count += 1
            if count > MOST_FILES:
                msg = f"More than {MOST_FILES:,} files at a time. Those before were taken; drop the others after them."
                raise NeedsMendingError(msg)
            name = named(part.filename.replace("%22", '"'))  # browsers send a quotation mark so
            yield name, await _draft(part, folder, name, largest)
    if not count:
        msg = "No file came with that. Choose one, or drop it on the page."
        raise NeedsMendingError(msg)


@contextmanager
def readable() -> Iterator[None]:
    """Tell a form that cannot be read, or of which not all came, from a fault of ours. Raises NeedsMendingError."""
    try:
        yield
    except (ValueError, AssertionError, HttpProcessingError, ConnectionError) as error:
        raise NeedsMendingError(UNREADABLE) from error


async def _parts(request: web.Request) -> AsyncIterator[object]:
    with readable():
        reader = await request.multipart()
        while (part := await reader.next()) is not None:
            yield part


async def _draft(part: BodyPartReader, folder: Folder, name: str, largest: int) -> Path:
    place = folder.private / "incoming" / secrets.token_hex(8)
    place.mkdir(parents=True, mode=0o700)
    draft, size = place / name, 0
    try:
        with readable(), draft.open("wb") as file:
            while chunk := await part.read_chunk(1 << 16):
                size += len(chunk)
                if size > largest:
                    break
                file.write(chunk)
    except BaseException:  # also where the tab was closed in the middle: nothing half is kept
        discard(draft)
        raise
    if size > largest:
        discard(draft)
        msg = f"{name} is larger than {largest >> 20} MB. Keep what matters of it, and drop it again."
        raise NeedsMendingError(msg)
    return draft


def discard(draft: Path) -> None:
    """Take a draft away."""
    draft.unlink(missing_ok=True)
    if not any(draft.parent.iterdir()):
        draft.parent.rmdir()


def settle(folder: Folder, draft: Path, name: str) -> Path:
    """Put a workbook that passes the pre-flight into the folder; one of that name that is there is kept aside.

    Raises NeedsMendingError where it cannot be read, and then nothing was changed.
    """
    from reportgen.workbook.opening.other_files import read_any  # noqa: PLC0415 - not before somebody drops something

    target = folder.path / name
    try:
        read_any(draft)
        if target.exists() and target.resolve().parent == folder.path:
            if target.read_bytes() != draft.read_bytes():
                folder.keep_earlier(target)
        elif target.is_symlink():
            msg = f"{name} is a link that leads out of this folder, and is not written over. Give the file another name."
            raise NeedsMendingError(msg)
        draft.replace(target)
    finally:
        if draft.exists():
            discard(draft)
        elif draft.parent.exists():
            draft.parent.rmdir()
    return target
