"""How an evaluation stands, in words: problems, ready, asking, decided; and which step is reached."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from reportgen.desk.folder import Run
from reportgen.desk.jobs import STOPPED, State
from reportgen.desk.state import PATIENCE_S, Desk
from reportgen.domain.wording.figures import counted, money

if TYPE_CHECKING:
    from reportgen.desk.checked import Checked

VALID_DAYS = 90
"""So long evidence is valid unless the monthly loop says otherwise."""
STEP_BACK = 3


@dataclass(frozen=True, slots=True)
class Status:
    """How an evaluation stands. `tone` is one of the marks'; `step` is where a person goes on."""

    workbook: str
    words: str
    tone: str
    step: str
    reached: str
    at: float
    expires: str = ""


def check_key(desk: Desk, workbook: Path) -> tuple[object, ...]:
    """Return what the check of a workbook depends on."""
    seen = workbook.stat()
    allowed = frozenset(desk.allowed.get(workbook.name, ()))
    return workbook.name, seen.st_mtime_ns, seen.st_size, allowed, tuple(sorted(desk.keys)), desk.looked


def begin_check(desk: Desk, workbook: Path) -> Checked | None:
    """Return the check of a workbook where it is there; else begin it, unless enough is under way."""
    key = check_key(desk, workbook)
    if desk.checks.busy(key):
        return None
    desk.checks.begin(key, _examination(desk, workbook))
    found: Checked | None = desk.checks.ready(key)
    return found


async def checked(desk: Desk, workbook: Path, patience: float = PATIENCE_S) -> Checked:
    """Return the check of a workbook. Raises NotYetError while it takes longer than `patience`."""
    found: Checked = await desk.checks.get(
        check_key(desk, workbook), _examination(desk, workbook), f"Checking {workbook.name}", patience
    )
    return found


def _examination(desk: Desk, workbook: Path) -> Callable[[], Checked]:
    """Return the work of checking a workbook, under what a person allowed until now; it is done beside the loop."""
    allowed, environment = sorted(desk.allowed.get(workbook.name, ())), desk.environment()

    def work() -> Checked:
        from reportgen.desk.checked import examine, permissions_of  # noqa: PLC0415 - a second, which no page waits for

        return examine(workbook, permissions_of(allowed), environment)

    return work


def status_of(desk: Desk, workbook: Path) -> Status:
    """Return how an evaluation stands, as far as it is known now."""
    at = workbook.stat().st_mtime
    runs = desk.folder.runs_of(workbook.name)
    finished = next((r for r in runs if r.finished), None)
    reached = "Keep" if finished else "Run" if runs else "Check"
    job = desk.jobs.state("run", workbook.name)
    if job is not None and (said := _of_job(job, finished)) is not None:
        words, tone = said
        return Status(workbook.name, words, tone, "Run", "Keep" if finished else "Run", max(at, job.at))
    if finished is not None and finished.at >= at:
        words, tone, expires = decided(finished)
        return Status(workbook.name, words, tone, "Decide", reached, finished.at, expires)
    again = "changed since it was decided; " if finished else ""
    found = begin_check(desk, workbook)
    if found is None:
        return Status(workbook.name, f"{again}being checked …", "neutral", "Check", reached, at)
    if found.errors:
        return Status(workbook.name, again + counted(found.errors, "problem"), "bad", "Check", reached, at)
    return Status(workbook.name, f"{again}ready to run", "good", "Check", reached if finished else "Run", at)


def _of_job(job: State, finished: Run | None) -> tuple[str, str] | None:
    """Return what a job has to say, None where it ended well and is no news."""
    share = f"{100 * job.done // job.planned} %" if job.planned else ""
    if job.alive:
        return (f"asking, {share}" if share and job.done < job.planned else "working …"), "neutral"
    if job.ended == 0 or (finished is not None and finished.at > job.at and job.ended is not None):
        return None
    if job.ended in {STOPPED, STEP_BACK} or job.broken_off:
        return f"stopped{f' at {share}' if share else ''}; go on at any time", "caution"
    return None


def decided(run: Run) -> tuple[str, str, str]:
    """Return the decision of a run in words, its tone, and until when it may be used."""
    found = _results(run.path / "results.json", run.at)
    if not found:
        return "decided, but results.json cannot be read; its documents can be written again", "caution", ""
    decision = found.get("decision", {})
    status, winner = str(decision.get("status", "")), str(decision.get("winner") or "")
    tone = {"RECOMMEND": "good", "NO CANDIDATE QUALIFIES": "bad"}.get(status, "caution")
    word = _word(status)
    words = f"{word}: {winner}{_price(found, winner)}" if winner else word
    return words, tone, _expires(str(found.get("evaluation", {}).get("finished", "")))


def _word(status: str) -> str:
    """Return a status as the documents print it; one of a later version stays as it is."""
    from reportgen.domain.records.comparison import Status  # noqa: PLC0415 - not before the first decision

    return Status(status).word if status in set(Status) else status


@lru_cache(maxsize=64)
def _results(path: Path, _at: float) -> dict[str, Any]:
    with suppress(OSError, ValueError):
        found = json.loads(path.read_bytes())
        if isinstance(found, dict):
            return {"decision": found.get("decision", {}), "evaluation": found.get("evaluation", {}), "costs": _costs(found)}
    return {}


def _costs(found: dict[str, Any]) -> dict[str, tuple[float | None, str]]:
    costs = {}
    for candidate in found.get("candidates", []):
        cost = candidate.get("measurements", {}).get("cost_per_task", {})
        costs[str(candidate.get("name"))] = (cost.get("value"), str(cost.get("unit", "")))
    return costs


def _price(found: dict[str, Any], winner: str) -> str:
    value, currency = found.get("costs", {}).get(winner, (None, ""))
    return "" if value is None else f", {money(value, currency)} a task"


def _expires(finished: str) -> str:
    with suppress(ValueError):
        until = datetime.fromisoformat(finished) + timedelta(days=VALID_DAYS)
        days = (until - datetime.now(UTC)).days
        return f"evidence valid for {counted(days, 'more day')}" if days >= 0 else "evidence is out of date: run it again"
    return ""
