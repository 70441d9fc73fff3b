"""What commands have in common: saying things, naming problems, and turning options into values."""

from __future__ import annotations

import argparse
import re
import sys
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import replace
from glob import escape as glob_escape
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from reportgen.archives import BROKEN_ARCHIVE
from reportgen.domain.wording.neutral import neutral
from reportgen.problems import NeedsMendingError, Problem, Severity

if TYPE_CHECKING:
    from reportgen.domain.records.comparison import Comparison
    from reportgen.domain.records.plan import FieldSpec
    from reportgen.evaluation import Permissions
    from reportgen.progress import Shown

_MOST_PROPERTIES = 100_000
"""Bytes read of what a workbook says about itself."""

T = TypeVar("T")
TASKS = ("classification", "extraction", "summarization", "question-answering")
SHOWN_PLACES = 12
WORKBOOKS = frozenset({".xlsx", ".xlsm", ".ods", ".csv"})


def add_permissions(sub: argparse.ArgumentParser) -> None:
    """Add what the person at the keyboard may allow a workbook to do."""
    sub.add_argument("--allow-commands", action="store_true", help="let candidates of kind Command run on this machine")
    sub.add_argument(
        "--allow-key",
        action="append",
        default=[],
        metavar="VARIABLE=HOST",
        help="let the key in this environment variable go to this host, besides its provider's own",
    )
    add_hosts(sub)
    _add_env_file(sub)


def add_hosts(sub: argparse.ArgumentParser) -> None:
    """Add the hosts that rows may go to."""
    sub.add_argument(
        "--allow-host",
        action="append",
        default=[],
        metavar="HOST",
        help="let rows and files of the workbook go to this host, which belongs to no known provider",
    )


def _add_env_file(sub: argparse.ArgumentParser) -> None:
    sub.add_argument(
        "--env-file",
        type=Path,
        default=None,
        metavar="FILE",
        help="take keys from this file of NAME=value lines too; a .env beside the workbook counts only so",
    )


def add_json(sub: argparse.ArgumentParser) -> None:
    """Add the choice of JSON for machines."""
    sub.add_argument("--json", action="store_true", help="print the result as JSON")


def add_progress(sub: argparse.ArgumentParser) -> None:
    """Add the choice of progress as JSON lines, for programs that follow a command; the last line is `{"ended": CODE}`."""
    sub.add_argument(
        "--progress",
        choices=("console", "json"),
        default="console",
        help="progress on standard error as lines for people, or as one JSON object a line (default: %(default)s)",
    )


def shown_as(options: argparse.Namespace) -> Shown:
    """Return who shows the progress of a command, as the options say."""
    from reportgen.progress import shown  # noqa: PLC0415

    return shown(sys.stderr, as_json=options.progress == "json")


def permissions_of(options: argparse.Namespace) -> Permissions:
    """Return what the options allow. Raises NeedsMendingError for a pair that is none."""
    from reportgen.evaluation import Permissions  # noqa: PLC0415

    keys = {}
    for pair in options.allow_key:
        variable, equals, host = pair.partition("=")
        if not equals or not variable.strip() or not host.strip():
            msg = f'--allow-key {pair}: expected VARIABLE=HOST, for example "MY_KEY=models.example.com".'
            raise NeedsMendingError(msg)
        keys[variable.strip()] = host.strip()
    hosts = hosts_of(options.allow_host)
    return Permissions(commands=options.allow_commands, keys=keys, hosts=hosts, env_file=options.env_file)


def with_leave(permissions: Permissions, act: Callable[[Permissions], T]) -> T:
    """Do something with a workbook; where only hosts lack leave, a person at a terminal is asked once for all of them.

    Raises what `act` raises, and NeedsMendingError where the answer is no.
    """
    from reportgen.workbook.reading.hosts import hosts_lacking_leave  # noqa: PLC0415

    try:
        return act(permissions)
    except NeedsMendingError as error:
        hosts = hosts_lacking_leave(error.problems)
        if not hosts or not (sys.stdin.isatty() and sys.stderr.isatty()):
            raise
        for problem in error.problems:
            if problem.severity is Severity.ERROR:
                say(f"{problem.where}: {problem.what}", error=True)
        say(f"Send them to {' and '.join(sorted(hosts))}? Type yes, anything else stops here.", error=True)
        if sys.stdin.readline().strip().casefold() != "yes":
            raise
    return act(replace(permissions, hosts=permissions.hosts | hosts))


def hosts_of(names: Sequence[str]) -> frozenset[str]:
    """Return the hosts that `--allow-host` names. Raises NeedsMendingError for one that is none."""
    hosts = set()
    for name in names:
        host = name.strip().casefold()
        if not host or any(c in host for c in "/@:?#*") or any(c.isspace() for c in host):
            msg = f'--allow-host {name}: expected the name of a host alone, for example "models.example.com".'
            raise NeedsMendingError(msg)
        hosts.add(host)
    return frozenset(hosts)


def existing(path: Path) -> Path:
    """Return `path`, or say that it is not there and which near names are; `.` and `..` become the folder's own name."""
    if path.exists():
        return path if path.name not in {"", ".."} else path.resolve()
    import difflib  # noqa: PLC0415

    # By the stem: the endings of workbooks alone would make any two of them look alike.
    neighbours = {p.stem: p.name for p in sorted(path.parent.iterdir())} if path.parent.is_dir() else {}
    near = difflib.get_close_matches(path.stem, neighbours, n=1)
    hint = " Check the name and the folder."
    if near:
        hint = f" Did you mean {quoted(path.with_name(neighbours[near[0]]))}?"
    msg = f"{path} does not exist.{hint}"
    raise NeedsMendingError(msg)


def quoted(name: str | Path) -> str:
    """Return a name or a path as a command line takes it: in quotation marks where it holds a blank."""
    return f'"{name}"' if any(c.isspace() for c in str(name)) else str(name)


def run_of(path: Path) -> Path:
    """Return the folder of a run, or say which one where a workbook or a file of a run is named instead."""
    found = existing(path)
    if not found.is_file():
        return found
    if moved := _moved_from(found):
        msg = f"{found} is {moved}, away from its folder; this command takes that folder, the one that holds evidence."
        raise NeedsMendingError(msg)
    if (found.parent / "evidence").is_dir():
        what, folder = "one file of a run", found.parent
    else:
        beside = found.parent
        runs = [p for p in beside.glob(f"{glob_escape(found.stem)}-run*") if (p / "evidence").is_dir()]
        what = "a workbook" if found.suffix.casefold() in WORKBOOKS else "a file"
        folder = max(runs, key=lambda p: p.stat().st_mtime, default=Path())
    hint = f"Name its folder: {quoted(folder)}" if folder.name else "Run it first: reportgen run " + quoted(found)
    msg = f"{found} is {what}; this command takes the folder of a finished run. {hint}"
    raise NeedsMendingError(msg)


def workbook_of(path: Path) -> Path:
    """Return a filled-in workbook, or say what was named instead: a run's folder, or what a run wrote."""
    found = existing(path)
    run = found if (found / "evidence").is_dir() else found.parent if (found.parent / "evidence").is_dir() else None
    if moved := _moved_from(found):
        msg = (
            f"{found} is {moved}, away from its folder; this command takes the workbook that you filled in. "
            "The run's folder keeps it as it was: evidence/workbook.xlsx"
        )
        raise NeedsMendingError(msg)
    if run is None or found == run / "evidence" / "workbook.xlsx":
        return found
    what = "the folder of a run" if found == run else "what a run wrote"
    msg = (
        f"{found} is {what}; this command takes the workbook that you filled in. The run keeps it as it was: "
        f"{quoted(run / 'evidence' / 'workbook.xlsx')}"
    )
    raise NeedsMendingError(msg)


def _moved_from(path: Path) -> str:
    """Return whose comparison.xlsx a file says it is where its run's folder is not around it; empty for any other."""
    if path.suffix.casefold() != ".xlsx" or not path.is_file() or (path.parent / "evidence").is_dir():
        return ""
    try:
        with zipfile.ZipFile(path) as book, book.open("docProps/core.xml") as part:
            told = part.read(_MOST_PROPERTIES).decode(errors="replace")
    except (KeyError, *BROKEN_ARCHIVE):
        return ""  # no workbook that can be opened: whoever reads it says so
    run = re.search(r"run (\S+) evidence [0-9a-f]{64}", told)
    return f"the comparison.xlsx of run {run[1]}" if run else ""


def split_names(text: str) -> list[str]:
    """Return the names of an option, parted by commas or, as in many offices, by semicolons."""
    return [name.strip() for name in text.replace(";", ",").split(",") if name.strip()]


def fields_of(task: str, text: str) -> list[FieldSpec]:
    """Return the fields that `--fields` names. Raises NeedsMendingError where the task has none, or two have one name."""
    from reportgen.domain.records.plan import FieldSpec  # noqa: PLC0415

    names = split_names(text)
    if names and task != "extraction":
        msg = f"--fields names the fields of an extraction; the task is {task}. Leave --fields out."
        raise NeedsMendingError(msg)
    folded = [name.casefold() for name in names]
    for place, name in enumerate(names):
        if folded.index(folded[place]) < place:
            msg = f'--fields names "{name}" twice. Each field needs a name of its own.'
            raise NeedsMendingError(msg)
    return [FieldSpec(name) for name in names]


def say(text: str, *, error: bool = False) -> None:
    """Print one message; standard output holds results, standard error everything else."""
    stream = sys.stderr if error else sys.stdout
    stream.write(f"{neutral(text)}\n")
    stream.flush()


def say_problems(problems: Sequence[Problem]) -> None:
    """Print every problem, errors first, each with its place and remedy."""
    for severity in Severity:
        chosen = [p for p in problems if p.severity is severity]
        if chosen:
            say(f"{len(chosen)} {severity.value}{'' if len(chosen) == 1 else 's'}:", error=True)
        for problem in chosen:
            say(f"  {problem}", error=True)
            if problem.also:
                more = len(problem.also) - SHOWN_PLACES
                places = ", ".join(problem.also[:SHOWN_PLACES])
                say(f"      also {places}{f' and {more} more' if more > 0 else ''}", error=True)


def say_result(comparison: Comparison, folder: Path, *, as_json: bool) -> None:
    """Say the decision and where the three documents are."""
    if as_json:
        say((folder / "results.json").read_text(encoding="utf-8").rstrip())
        return
    from reportgen.reports.view.context import context_of  # noqa: PLC0415
    from reportgen.reports.view.decision import headline  # noqa: PLC0415

    told = headline(context_of(comparison))
    say(f"{told.status.word}: {told.sentence}")
    for reason in told.why:
        say(f"  {reason}")
    say("The three documents:")
    for name in ("comparison.xlsx", "recommendation-report.pdf", "readiness-checklist.pdf"):
        if (folder / name).exists():
            say(f"  {folder / name}")
    if undrawn := undrawn_in_words():
        say(f"  {undrawn} Then: reportgen report {quoted(folder)}")
    say(f"The figures for machines: {folder / 'results.json'}; the evidence: {folder / 'evidence'}")
    for line in readiness_in_words(comparison):
        say(line)


def undrawn_in_words() -> str:
    """Say why the PDFs were not drawn and the one thing to do, empty where this machine can draw them."""
    from reportgen.reports.pdf.libraries import absent, install  # noqa: PLC0415

    lacking = absent()
    return f"The PDFs are not drawn yet: this machine lacks Pango. {install(lacking)}." if lacking else ""


def readiness_in_words(comparison: Comparison) -> list[str]:
    """Return the readiness and, line by line, the points that keep the evaluation from READY, the worst first."""
    from reportgen.domain.records.comparison import PointStatus  # noqa: PLC0415

    lacking = [p for status in (PointStatus.NOT_MET, PointStatus.PARTLY) for p in comparison.checklist if p.status is status]
    if not lacking:
        return [f"Readiness: {comparison.readiness}, all nine points are met."]
    of = "point keeps" if len(lacking) == 1 else "points keep"
    lines = [f"Readiness: {comparison.readiness}; {len(lacking)} of the nine {of} it from READY:"]
    for point in lacking:
        step = f" {point.next_step}" if point.next_step else ""
        lines.append(f"  {point.number} {point.status}: {point.item}. Found: {point.found}.{step}".replace("`", ""))
    return lines
