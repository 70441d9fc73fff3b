"""Messages as Outlook saves them: a compound file of streams, written here since no library writes one."""

from __future__ import annotations

import struct
from collections.abc import Mapping
from dataclasses import dataclass, field

_SECTOR = 512
_SMALL = 4096
_ROOT = 5
_END, _FREE, _FAT = 0xFFFFFFFE, 0xFFFFFFFF, 0xFFFFFFFD


@dataclass
class Storage:
    """A folder of a compound file."""

    streams: dict[str, bytes] = field(default_factory=dict)
    storages: dict[str, Storage] = field(default_factory=dict)


@dataclass
class _Entry:
    name: str
    kind: int
    data: bytes = b""
    child: int = _FREE
    right: int = _FREE
    start: int = _END


def compound(root: Storage) -> bytes:
    """The bytes of a compound file; streams below 4 KB lie together in the stream of the root, as Outlook has it."""
    entries = [_Entry("Root Entry", _ROOT)]
    _enter(root, 0, entries)
    small: list[int] = []
    for entry in entries[1:]:
        if 0 < len(entry.data) < _SMALL:
            entry.start = len(small)
            count = -(-len(entry.data) // 64)
            small += [len(small) + i + 1 for i in range(count)]
            small[-1] = _END
            entries[0].data += entry.data.ljust(count * 64, b"\0")
    table = struct.pack(f"<{len(small)}I", *small)
    table = table.ljust(-(-len(table) // _SECTOR) * _SECTOR, b"\xff")
    small_sectors, directory_sectors = len(table) // _SECTOR, -(-len(entries) // 4)
    fat = [_FAT, *_chain(1, directory_sectors), *_chain(1 + directory_sectors, small_sectors)]
    body = b""
    for entry in entries:
        if len(entry.data) >= _SMALL or (entry.kind == _ROOT and entry.data):
            count = -(-len(entry.data) // _SECTOR)
            entry.start = len(fat)
            fat += _chain(entry.start, count)
            body += entry.data.ljust(count * _SECTOR, b"\0")
    fat += [_FREE] * (_SECTOR // 4 - len(fat))
    head = bytes.fromhex("d0cf11e0a1b11ae1") + bytes(16)
    head += struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6) + bytes(6)
    first_small = 1 + directory_sectors if small_sectors else _END
    head += struct.pack("<IIIIIIIII", 0, 1, 1, 0, _SMALL, first_small, small_sectors, _END, 0)
    head += struct.pack("<109I", 0, *[_FREE] * 108)
    directory = b"".join(_packed(e) for e in entries).ljust(directory_sectors * _SECTOR, b"\0")
    return head + struct.pack(f"<{len(fat)}I", *fat) + directory + table + body


def _chain(start: int, count: int) -> list[int]:
    """The table's entries of sectors that follow one another."""
    return [*range(start + 1, start + count), _END] if count else []


def _enter(storage: Storage, at: int, entries: list[_Entry]) -> None:
    last = 0
    for name, data in storage.streams.items():
        last = _after(_Entry(name, 2, data), at, last, entries)
    for name, inner in storage.storages.items():
        last = _after(_Entry(name, 1), at, last, entries)
        _enter(inner, last, entries)


def _after(entry: _Entry, at: int, last: int, entries: list[_Entry]) -> int:
    entries.append(entry)
    number = len(entries) - 1
    if last:
        entries[last].right = number
    else:
        entries[at].child = number
    return number


def _packed(entry: _Entry) -> bytes:
    name = (entry.name + "\0").encode("utf-16-le")
    links = struct.pack("<BBIII", entry.kind, 1, _FREE, entry.right, entry.child)
    return (
        name.ljust(64, b"\0")
        + struct.pack("<H", len(name))
        + links
        + bytes(36)
        + struct.pack("<IQ", entry.start, len(entry.data))
    )


def message(texts: Mapping[str, str | bytes], *, unicode: bool = True, head: int = 32, sent: int = 0) -> Storage:
    """A message of properties by their numbers (`1000: text`); bytes are binary properties."""
    made = Storage()
    for key, value in texts.items():
        number = key.upper()
        if isinstance(value, bytes):
            made.streams[f"__substg1.0_{number}0102"] = value
        elif unicode:
            made.streams[f"__substg1.0_{number}001F"] = value.encode("utf-16-le")
        else:
            made.streams[f"__substg1.0_{number}001E"] = value.encode("cp1252")
    properties = bytes(head)
    if sent:
        properties += struct.pack("<IIQ", 0x00390040, 6, sent)
    properties += struct.pack("<IIQ", 0x3FFD0003, 6, 1252)
    made.streams["__properties_version1.0"] = properties
    return made


def attached(name: str, inner: Storage | None = None) -> Storage:
    """An attached file by its name, or an attached message."""
    made = Storage({"__substg1.0_3707001F": name.encode("utf-16-le"), "__properties_version1.0": bytes(8)})
    if inner is not None:
        made.storages["__substg1.0_3701000D"] = inner
    return made
