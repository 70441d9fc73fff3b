"""Random damage to a good workbook, in a process of its own so that time and memory are those of the reader alone.

    python -m tests.workbook.spoilt.mutations FIRST COUNT

prints one JSON object: how many were read, refused and found faulty, the slowest in seconds, the peak in MiB, the crashes.
"""

from __future__ import annotations

import io
import json
import random
import re
import resource
import sys
import tempfile
import time
import zipfile
from collections import Counter
from collections.abc import Callable
from pathlib import Path

from reportgen.domain.records.plan import Task
from reportgen.problems import NeedsMendingError
from reportgen.workbook.blank.workbooks import write_workbook
from reportgen.workbook.marking.marked_copy import annotate
from reportgen.workbook.reading.parser import check_plan
from tests.workbook.filled import sheets, write

_ODD = (b"", b"-1", b"99999999999", b"0", b"nan", b"s", b"#REF!", b"\xff", b"A1048577", b"XFE1", b"'", b"&#0;", b"&lt;" * 50)


def _flip(rng: random.Random, data: bytes) -> bytes:
    changed = bytearray(data)
    for _ in range(rng.choice([1, 3, 30])):
        changed[rng.randrange(len(changed))] = rng.randrange(256)
    return bytes(changed)


def _cut(rng: random.Random, data: bytes) -> bytes:
    start = rng.randrange(len(data))
    return data[:start] + data[start + rng.choice([1, 100, len(data)]) :]


def _double(rng: random.Random, data: bytes) -> bytes:
    start = rng.randrange(len(data))
    return data[:start] + data[start : start + rng.choice([10, 1000])] * rng.choice([2, 200]) + data[start:]


def _attribute(rng: random.Random, data: bytes) -> bytes:
    """Replace the value of an attribute, or the text of an element, by an odd one."""
    places = list(re.finditer(rb'(?<==")[^"]*(?=")|(?<=>)[^<]+(?=<)', data))
    if not places:
        return data
    for place in sorted(rng.sample(places, min(len(places), rng.choice([1, 5]))), key=lambda m: -m.start()):
        data = data[: place.start()] + rng.choice(_ODD) + data[place.end() :]
    return data


def _element(rng: random.Random, data: bytes) -> bytes:
    """Drop an element's tags, or swap two elements."""
    places = list(re.finditer(rb"<(\w+)[^<>]*?/>|<(\w+)[^<>]*>[^<>]*</\2>", data))
    if len(places) < 2:
        return data
    one, other = sorted(rng.sample(places, 2), key=lambda m: m.start())
    if rng.random() < 0.5:
        return data[: one.start()] + data[one.end() :]
    middle = data[one.end() : other.start()]
    return data[: one.start()] + other[0] + middle + one[0] + data[other.end() :]


MUTATIONS: tuple[Callable[[random.Random, bytes], bytes], ...] = (_flip, _cut, _double, _attribute, _attribute, _element)


def mutated(rng: random.Random, data: bytes) -> bytes:
    """Return a damaged copy of a workbook: of the archive itself, or of one of its parts."""
    if rng.random() < 0.15:
        return rng.choice([_flip, _cut])(rng, data)
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as source, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
        victim = rng.choice(source.namelist())
        for name in source.namelist():
            content = source.read(name)
            if name == victim:
                if rng.random() < 0.05:
                    continue
                content = rng.choice(MUTATIONS)(rng, content)
            target.writestr(name, content)
    return out.getvalue()


def originals(folder: Path) -> list[bytes]:
    """Return the good workbooks: small ones of every task, and our own form with all its craft."""
    found = [write(sheets(task), folder / f"{task.name}.xlsx").read_bytes() for task in Task]
    write_workbook(folder / "form.xlsx", Task.CLASSIFICATION)
    return [*found, (folder / "form.xlsx").read_bytes()]


def main(first: int, count: int) -> None:
    """Damage, read and mark, and print what happened."""
    said: Counter[str] = Counter()
    crashes: list[str] = []
    slowest = 0.0
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        good = originals(folder)
        path = folder / "w.xlsx"
        for seed in range(first, first + count):
            rng = random.Random(seed)
            path.write_bytes(mutated(rng, rng.choice(good)))
            start = time.perf_counter()
            try:
                plan, problems = check_plan(path)
                said["read" if plan is not None else "faulty"] += 1
                if not all(p.what and p.remedy and p.where for p in problems):
                    crashes.append(f"{seed}: a problem without words")
                annotate(path, problems)
            except NeedsMendingError:
                said["refused"] += 1
            except BaseException as error:  # noqa: BLE001 - whatever it is, it is a finding
                crashes.append(f"{seed}: {type(error).__name__}: {error}")
            slowest = max(slowest, time.perf_counter() - start)
    print(json.dumps({"said": said, "slowest": slowest, "peak": _peak_mib(), "crashes": crashes}))  # noqa: T201 - its only result


def _peak_mib() -> float:
    """Return the most memory that this program held; what getrusage tells starts from the memory of whoever started it."""
    status = Path("/proc/self/status")
    if status.exists():
        return int(next(line.split()[1] for line in status.read_text().splitlines() if line.startswith("VmHWM:"))) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
