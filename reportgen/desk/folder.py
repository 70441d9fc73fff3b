"""The folder that the desk works in: what is an evaluation, where its runs are, and that nothing outside is ever touched."""

from __future__ import annotations

import os
import re
import shutil
import time
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from reportgen.desk.session import PRIVATE
from reportgen.problems import NeedsMendingError
from reportgen.workbook.opening.lock_files import held_open

WORKBOOKS = frozenset({".xlsx", ".xlsm", ".ods"})
BUNDLE = ".bundle.zip"
_COPIES = (".checked", ".imported", ".answers")
"""Ends of names that reportgen itself gives to copies."""
LONGEST_NAME = 120
"""Bytes: what is made beside a workbook has a longer name, and a system holds 255."""
_OTHER = re.compile(r"[^\w .,()+&'-]+")
_RESERVED = re.compile(r"(?i)(con|prn|aux|nul|com\d|lpt\d)(\..*)?")


class NotHereError(NeedsMendingError):
    """What was asked for is not in the folder."""


@dataclass(frozen=True, slots=True)
class Run:
    """One run folder of an evaluation. `finished`: it has been decided."""

    path: Path
    finished: bool
    at: float

    @property
    def name(self) -> str:
        """The folder's name."""
        return self.path.name


class Folder:
    """Finds things by their bare names in one folder; links are resolved first, and what leads out is not there."""

    def __init__(self, path: Path) -> None:
        self.path = path.resolve()
        self._workbook_of: dict[tuple[Path, int], str] = {}

    @property
    def private(self) -> Path:
        """Where the desk keeps its own files."""
        return self.path / PRIVATE

    def inside(self, name: str) -> Path:
        """Return the file or folder of that name. Raises NotHereError for all that is not an entry of this very folder."""
        plain = name not in {"", ".", ".."} and not name.startswith((".", "~$")) and not set(name) & set("/\\\0:")
        path = self.path / name if plain else None
        try:
            resolved = path.resolve(strict=True) if path is not None else None
        except (OSError, RuntimeError):
            resolved = None
        if path is None or resolved is None or resolved.parent != self.path:
            msg = f"There is no “{shown(name)}” in this folder. Go back to Home and choose from the list."
            raise NotHereError(msg)
        return path

    def content(self, path: Path) -> bytes:
        """Return the bytes of a file that lies in this folder as it is read: a link that came since leads nowhere.

        Raises NotHereError for all that does not.
        """
        try:
            with path.open("rb") as file:
                real = path.resolve(strict=True)
                if real.is_relative_to(self.path) and os.path.samestat(os.fstat(file.fileno()), real.stat()):
                    return file.read()
        except (OSError, RuntimeError):
            pass
        msg = f"There is no “{shown(path.name)}” in this folder any more. Go back to Home and choose from the list."
        raise NotHereError(msg)

    def workbook(self, name: str) -> Path:
        """Return a workbook by its name. Raises NotHereError where it is none."""
        path = self.inside(name)
        if not _is_workbook(path):
            msg = f"“{shown(name)}” is no workbook. Go back to Home and choose from the list."
            raise NotHereError(msg)
        return path

    def run(self, name: str) -> Path:
        """Return a run folder by its name. Raises NotHereError where it is none."""
        path = self.inside(name)
        if not (path / "evidence").is_dir():
            msg = f"“{shown(name)}” is no run folder. Go back to Home and choose from the list."
            raise NotHereError(msg)
        return path

    def workbooks(self) -> list[Path]:
        """Return every workbook, the one saved last first."""
        found = [p for p in self._entries() if _is_workbook(p)]
        return sorted(found, key=lambda p: p.stat().st_mtime, reverse=True)

    def runs_of(self, workbook: str) -> list[Run]:
        """Return the runs of a workbook, the newest first."""
        return sorted((r for of, r in self._runs() if of == workbook), key=lambda r: r.at, reverse=True)

    def stray_runs(self) -> list[Run]:
        """Return finished runs whose workbook does not lie here, the newest first."""
        names = {p.name for p in self.workbooks()}
        found = (r for of, r in self._runs() if of not in names and r.finished)
        return sorted(found, key=lambda r: r.at, reverse=True)

    def bundles(self) -> list[Path]:
        """Return every bundle."""
        return sorted(p for p in self._entries() if p.name.endswith(BUNDLE) and p.is_file())

    def held_open(self, workbook: Path) -> bool:
        """Whether Excel or LibreOffice has the workbook open, by the lock file that they leave beside it."""
        return held_open(self.path / workbook.name)

    def keep_earlier(self, path: Path) -> Path:
        """Keep a copy of a file that is about to be replaced, and return where."""
        kept = self.private / "earlier" / f"{time.strftime('%Y%m%d-%H%M%S')}-{path.name}"
        kept.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(path, kept)
        return kept

    def _entries(self) -> Iterator[Path]:
        for path in self.path.iterdir():
            if not path.name.startswith((".", "~$")) and path.resolve().parent == self.path:
                yield path

    def _runs(self) -> Iterator[tuple[str, Run]]:
        for path in self._entries():
            plan = path / "evidence" / "plan.json"
            if not plan.is_file():
                continue
            key = (path, plan.stat().st_mtime_ns)
            if key not in self._workbook_of:
                self._workbook_of[key] = _named_workbook(path)
            results = path / "results.json"
            done = results.is_file() and (path / "evidence" / "seal.json").is_file()
            yield self._workbook_of[key], Run(path, done, (results if done else plan).stat().st_mtime)


def _named_workbook(run: Path) -> str:
    """Return which workbook a run was made from."""
    import msgspec  # noqa: PLC0415 - not before the first run is listed

    from reportgen.evidence.rules import read_rules  # noqa: PLC0415
    from reportgen.evidence.run_folder import RunFolder  # noqa: PLC0415

    try:
        rules = read_rules(RunFolder(run))
    except (OSError, msgspec.DecodeError):
        return ""
    return "" if rules is None else rules.workbook


def _is_workbook(path: Path) -> bool:
    return path.suffix.lower() in WORKBOOKS and path.is_file() and not _is_ours(path.stem)


def _is_ours(stem: str) -> bool:
    """Whether reportgen itself gives a workbook that name: a marked copy, say, or the comparison."""
    return stem.lower().endswith(_COPIES) or stem.lower() == "comparison"


def safe_name(given: str, endings: frozenset[str]) -> str:
    """Return a file name that any system takes, from the name that a browser sent.

    Raises NeedsMendingError where its ending is none of `endings`.
    """
    bare = unicodedata.normalize("NFC", given).replace("\\", "/").rpartition("/")[2].strip()
    stem, dot, ending = bare.rpartition(".")
    if not dot or f".{ending.lower()}" not in endings:
        kinds = ", ".join(sorted(endings))
        remedy = _instead(ending.lower()) if endings & WORKBOOKS else "Choose one of these kinds."
        msg = f"“{shown(bare)}” is not a kind of file that belongs here ({kinds}). {remedy}"
        raise NeedsMendingError(msg)
    clean = " ".join(_OTHER.sub(" ", stem).split()).strip(". ").encode()[:LONGEST_NAME].decode(errors="ignore")
    clean = clean.lstrip("~$").strip(". ") or "workbook"
    taken = reserved(clean) or (endings & WORKBOOKS and _is_ours(clean))
    return f"{f'{clean} file' if taken else clean}.{ending.lower()}"


def _instead(ending: str) -> str:
    """Return what to do with a file that is no workbook."""
    if ending.startswith("xl"):
        return "In Excel: File > Save As > Excel Workbook."
    if ending in {"csv", "tsv", "txt"}:
        return "Make a New evaluation on Home, and copy its rows into the sheet Examples."
    return "Documents go on the page Workbook of the evaluation that names them."


def reserved(name: str) -> bool:
    """Whether Windows keeps a file name for itself."""
    return _RESERVED.fullmatch(name) is not None


def shown(name: str) -> str:
    """Return a name as a sentence may hold it."""
    return "".join(c if c.isprintable() else "\ufffd" for c in name)[:80]
