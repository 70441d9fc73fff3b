"""What is kept of a run besides its folder: names under it, one signed file of it, the baseline."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

import msgspec

from reportgen.desk.folder import BUNDLE, Folder, NotHereError
from reportgen.domain.records.comparison import Comparison, RunRecord
from reportgen.evaluation import utc_now
from reportgen.evidence.bundle import write_bundle
from reportgen.evidence.run_folder import RunFolder, write_json
from reportgen.evidence.signing import make_keys, private_key
from reportgen.gate.baseline import accept, read_baseline
from reportgen.monitor.compare import compare_runs, side_of
from reportgen.monitor.compare_text import as_text
from reportgen.problems import NeedsMendingError

NEW_KEY = "desk.key"
"""The pair of keys that is made where the folder has none."""


@dataclass(frozen=True, slots=True)
class SignOff:
    """One name under a run: who, in which role, when, and the hash of the evidence that was signed."""

    role: str
    name: str
    at: str
    run_id: str
    evidence_sha256: str


def sign_off_file(run: Path) -> Path:
    """Return where the names under a run are kept: beside it, since the run folder is sealed."""
    return run.with_name(f"{run.name}.sign-off.json")


def signed_off(run: Path) -> list[SignOff]:
    """Return the names under a run."""
    try:
        return msgspec.json.decode(sign_off_file(run).read_bytes(), type=list[SignOff])
    except (OSError, msgspec.DecodeError):
        return []


def sign_off(run: Path, record: RunRecord, role: str, name: str) -> None:
    """Put a name under a run; a later one of the same role takes the place of the earlier."""
    kept = [s for s in signed_off(run) if s.role != role]
    write_json(sign_off_file(run), [*kept, SignOff(role, name, utc_now(), record.run_id, record.evidence_sha256)])


def key_files(folder: Path) -> list[str]:
    """Return the private keys in the folder, by name."""
    return sorted(p.name for p in folder.glob("*.key") if p.is_file() and not p.is_symlink())


def bundle_of(run: Path) -> Path | None:
    """Return the bundle of a run where there is one."""
    path = run.with_name(f"{run.name}{BUNDLE}")
    return path if path.is_file() else None


def write(folder: Folder, run: Path, key: str) -> Path:
    """Write the bundle beside the run, signed with the key of that name; `new` makes a pair first, empty signs nothing."""
    if key == "new":
        key = NEW_KEY
        make_keys(folder.path / key, folder.path / f"{key}.pub")
    if key and key not in key_files(folder.path):
        msg = f"There is no key “{key}” in this folder. Choose one of the list, or make a new one."
        raise NeedsMendingError(msg)
    signing = private_key(folder.path / key) if key else None
    return write_bundle(RunFolder(run), run.with_name(f"{run.name}{BUNDLE}"), signing)


async def not_handed_out() -> NoReturn:
    """Refuse whatever is neither a bundle nor a public key."""
    msg = "Only bundles and public keys are handed out here. Go back to Keep."
    raise NotHereError(msg)


def baseline_file(folder: Path, workbook: Path) -> Path:
    """Return where the baseline of a workbook is kept."""
    return folder / f"{workbook.stem}.baseline.json"


def baseline_of(folder: Path, workbook: Path) -> str:
    """Return who accepted which run as the baseline, empty where nobody did."""
    path = baseline_file(folder, workbook)
    if not path.is_file():
        return ""
    accepted = read_baseline(path).accepted
    return f"Run {accepted.run_id}, accepted by {accepted.by} at {accepted.at}."


def accept_as_baseline(comparison: Comparison, folder: RunFolder, by: str, to: Path) -> None:
    """Make a run the baseline, on purpose and on record."""
    accept(comparison, folder, by=by, at=utc_now(), to=to)


def differences(then: Path, now: Path) -> list[str]:
    """Return what changed between two runs, in words."""
    sides = [side_of(then), side_of(now)]
    return as_text(compare_runs(*sides), sides[1].comparison).splitlines()
