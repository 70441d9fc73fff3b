"""Random damage to good workbooks and their documents, in a process of its own for the time and memory of the reader alone.

    python -m tests.workbook.spoilt.mutations FIRST COUNT

prints one JSON object: how many were read, refused and found faulty, the slowest in seconds of its processor, the peak in
MiB, the crashes.
"""

from __future__ import annotations

import io
import json
import random
import re
import resource
import shutil
import sys
import tempfile
import time
import zipfile
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from reportgen.domain.records.plan import Task
from reportgen.problems import NeedsMendingError
from reportgen.workbook.blank.workbooks import write_workbook
from reportgen.workbook.marking.marked_copy import annotate
from reportgen.workbook.reading.parser import check_plan
from tests.documents import outlook_files as outlook
from tests.documents.made_documents import docx_word, raw_word
from tests.documents.pdf_files import form
from tests.workbook.filled import Sheets, sheets, write
from tests.workbook.spoilt.documents import holding
from tests.workbook.spoilt.office import folder_of_csv, opendocument

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
    """Return a damaged copy of a file: of its bytes, or of one part of an archive."""
    if not data.startswith(b"PK"):
        return rng.choice(MUTATIONS)(rng, data)
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


@dataclass(frozen=True)
class Good:
    """What is checked, the files that it is made of or that stand beside it, and which of them may be damaged."""

    checked: str
    files: dict[str, bytes]
    victims: tuple[str, ...]


def originals(folder: Path) -> list[list[Good]]:
    """Return the good ones by kind: workbooks of Excel with our own form among them, of other programs, with documents."""
    excel = [write(sheets(task), folder / f"{task.name}.xlsx") for task in Task]
    write_workbook(folder / "form.xlsx", Task.CLASSIFICATION)
    books = [Good("w.xlsx", {"w.xlsx": path.read_bytes()}, ("w.xlsx",)) for path in (*excel, folder / "form.xlsx")]
    others = [Good("w.ods", {"w.ods": opendocument()(folder).read_bytes()}, ("w.ods",))]
    for encoding in ("utf-8-sig", "cp1252", "utf-16", "gb18030"):
        part = folder / encoding
        part.mkdir()
        files = {f"w/{p.name}": p.read_bytes() for p in folder_of_csv(_marks(encoding), encoding=encoding)(part).iterdir()}
        others.append(Good("w", files, tuple(sorted(files))))
    return [books, others, _with_documents(folder)]


def _marks(encoding: str) -> Callable[[Sheets], None]:
    """Return how to put letters beyond ASCII into a workbook."""

    def change(made: Sheets) -> None:
        made["Examples"][1][1] = "退款申请已经提交" if encoding == "gb18030" else "café über straße"

    return change


def _with_documents(folder: Path) -> list[Good]:
    kinds = {
        "d.docx": docx_word(1),
        "e.docx": raw_word(1),
        "d.pdf": form(),
        "d.html": b"<meta charset=utf-8><h1>Rent</h1><table><tr><td>a<td>b</table><p hidden>x</p><p>caf\xc3\xa9 &euro;",
        "d.eml": b"From: a@example.org\nSubject: Rent\nContent-Type: multipart/mixed; boundary=B\n\n--B\n"
        b"Content-Type: text/html; charset=iso-8859-1\nContent-Transfer-Encoding: quoted-printable\n\n<p>caf=E9\n--B--\n",
        "d.msg": outlook.compound(outlook.message({"0037": "Rent", "0C1A": "Ann", "1000": "The rent is 1250."})),
        "d.txt": "Die Kündigungsfrist beträgt drei Monate.".encode("cp1252"),
    }
    found = []
    for name, data in kinds.items():
        book = holding(name, lambda data=data: data)(folder).read_bytes()  # type: ignore[misc]
        found.append(Good("w.xlsx", {"w.xlsx": book, name: data}, (name,)))
    return found


def _put(good: Good, folder: Path, rng: random.Random) -> Path:
    """Write one of the good ones with one file damaged, and return what is to be checked."""
    victim = rng.choice(good.victims)
    for name, data in good.files.items():
        path = folder / name
        path.parent.mkdir(exist_ok=True, parents=True)
        path.write_bytes(mutated(rng, data) if name == victim else data)
    return folder / good.checked


def main(first: int, count: int) -> None:
    """Damage, read and mark, and print what happened."""
    said: Counter[str] = Counter()
    crashes: list[str] = []
    slowest = 0.0
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        kinds = originals(folder)
        for seed in range(first, first + count):
            rng = random.Random(seed)
            path = _put(rng.choice(kinds[seed % len(kinds)]), folder / str(seed), rng)
            start = time.process_time()
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
            slowest = max(slowest, time.process_time() - start)
            shutil.rmtree(folder / str(seed))
    print(json.dumps({"said": said, "slowest": slowest, "peak": _peak_mib(), "crashes": crashes}))  # noqa: T201 - its only result


def _peak_mib() -> float:
    """Return the most memory that this program held; what getrusage tells starts from the memory of whoever started it."""
    status = Path("/proc/self/status")
    if status.exists():
        return int(next(line.split()[1] for line in status.read_text().splitlines() if line.startswith("VmHWM:"))) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
