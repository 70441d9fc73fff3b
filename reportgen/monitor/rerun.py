"""The monthly loop: production and its challengers asked again on the frozen panel and the rows that came in since."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import msgspec

from reportgen import evaluation
from reportgen.candidates.interface import Progress
from reportgen.candidates.prices import PriceFound, list_price
from reportgen.concluding.conclude import StoredRun, conclude, read_prices, score
from reportgen.corpus import ledger
from reportgen.domain.records.comparison import Comparison, RunRecord
from reportgen.domain.records.corpus import Corpus
from reportgen.domain.records.monitoring import VALID_DAYS, Action, Monitoring
from reportgen.domain.records.plan import EvaluationPlan, Role
from reportgen.evidence.rerun import MONITORING, RERUN, Rerun, read_rerun, selected
from reportgen.evidence.rules import plan_sha256, read_rules
from reportgen.evidence.run_folder import RunFolder, write_json, write_json_lines
from reportgen.evidence.seal import evidence_sha256, holding_seal
from reportgen.monitor import history
from reportgen.monitor.assess import Month, assess
from reportgen.monitor.challengers import Challengers, cannot_be_asked, choose
from reportgen.problems import ExitCode, NeedsMendingError

CHALLENGERS = 3
NOTHING_ALLOWED = evaluation.Permissions()


@dataclass(frozen=True, slots=True)
class Terms:
    """What a month is judged by besides its answers: how long evidence is valid, the day, and the prices of that day."""

    valid_days: int
    today: str
    prices: Mapping[str, PriceFound]


@dataclass(frozen=True, slots=True)
class Loop:
    """The loop that a run belongs to: its first run, and everything that was run since, in order of time."""

    folder: RunFolder
    run_id: str
    evidence_sha256: str
    comparison: Comparison
    runs: tuple[history.PastRun, ...]
    subject: str

    def last_run(self) -> Comparison:
        """The comparison of the last run of the loop that still has its folder."""
        for run in reversed(self.runs):
            path = self.folder.path.with_name(run.folder)
            if run.run_id != self.run_id and path.is_dir():
                holding_seal(RunFolder(path))
                return evaluation.recall(path)[0]
        return self.comparison


def rerun(
    run: Path,
    *,
    workbook: Path | None = None,
    challengers: int = CHALLENGERS,
    valid_days: int = VALID_DAYS,
    out: Path | None = None,
    permissions: evaluation.Permissions = NOTHING_ALLOWED,
    environment: Mapping[str, str] | None = None,
    progress: Callable[[Progress], None] | None = None,
) -> tuple[Monitoring, RunFolder, str]:
    """Ask again, judge, compare with all earlier runs of the loop, write the documents, seal; no stored answer serves again.

    Returns what was found, the new run folder, and the currency of its figures.

    Args:
        run: the first run of the loop, or any rerun of it.
        workbook: as it stands today (default: the workbook of the first run, beside its folder).
        challengers: how many are asked besides production.
        valid_days: how long evidence is valid.
        out: the new run folder (default: NAME-rerun-YYYYMM beside the first run).
        permissions: what the workbook may do.
        environment: where keys are looked up.
        progress: told how far asking is.

    Raises:
        NeedsMendingError: the run or the workbook cannot be used, or production cannot be asked again.
        StoppedEarlyError: the run had to stop; the same command goes on.
    """
    today = evaluation.utc_now()
    loop = find_loop(run)
    book = workbook or _beside(loop)
    whole = evaluation.permitted_plan(book, permissions)
    _check_subject(whole, loop)
    corpus, record = evaluation.split_corpus(whole, book)
    evaluation.refuse_blocking(whole, corpus)
    named = choose(whole, loop.last_run, loop.subject, challengers)
    asked = {name: None for c in whole.candidates if c.name in {loop.subject, *named.names} for name in c.asks}
    wanted = _rerun_of(loop, corpus, named, tuple(asked), today)
    plan = selected(whole, wanted)
    folder = _free_folder(out or _default_folder(loop, today), plan, corpus)
    wanted = _put_down(folder, wanted)
    rules = evaluation.keep_inputs(folder, plan, corpus, record, book)
    fresh = StoredRun(folder, plan, corpus, record, rules, (), book)
    kept, changed = evaluation.ask_into(fresh, (), permissions, environment=environment, progress=progress)
    found = _judge(loop, kept, wanted, Terms(valid_days, today, _prices_today(whole)))
    evaluation.finish(kept, changed=changed)
    history.add(history.history_path(loop.folder.path), history.read_past(folder))
    return found, folder, plan.settings.currency


def exit_code(found: Monitoring) -> ExitCode:
    """Return 10 where the rule says to act, 11 where production could not be compared, else 0."""
    subject = next((d for d in found.drift if d.candidate == found.subject), None)
    if found.action is Action.ACT:
        return ExitCode.CONTRADICTED
    return ExitCode.DONE if subject is not None and subject.difference is not None else ExitCode.INCONCLUSIVE


def find_loop(run: Path) -> Loop:
    """Return the loop that a sealed run belongs to. Raises NeedsMendingError when its first run is not beside it."""
    folder = _first_run(RunFolder(run))
    seal = holding_seal(folder)
    comparison, _ = evaluation.recall(folder.path)
    runs = history.bring_up_to_date(history.history_path(folder.path), folder)
    production = next((c.spec.name for c in comparison.candidates if c.spec.role is Role.PRODUCTION), "")
    subject = production or comparison.decision.winner
    if not subject:
        msg = (
            "The first run has neither a candidate with the role production nor a winner, so there is nothing to watch. "
            "Give a candidate the role production on the sheet Candidates, and run again."
        )
        raise NeedsMendingError(msg)
    return Loop(folder, seal.run_id, seal.evidence_sha256, comparison, runs, subject)


def _first_run(folder: RunFolder) -> RunFolder:
    found = read_rerun(folder)
    if found is None:
        return folder
    for path in sorted(p for p in folder.path.resolve().parent.iterdir() if p.is_dir()):
        other = RunFolder(path)
        if read_rules(other) is not None and read_rerun(other) is None and other.record.exists():
            record = msgspec.json.decode(other.record.read_bytes(), type=RunRecord)
            if record.run_id == found.reference_run:
                return other
    msg = f"{folder.path} repeats run {found.reference_run}, whose folder is not beside it. Put that folder back."
    raise NeedsMendingError(msg)


def _beside(loop: Loop) -> Path:
    rules = read_rules(loop.folder)
    path = loop.folder.path.resolve().parent / (rules.workbook if rules is not None else "")
    if not path.is_file():
        msg = f"{path} is not there: the rerun reads today's workbook. Name it with --workbook."
        raise NeedsMendingError(msg)
    return path


def _check_subject(plan: EvaluationPlan, loop: Loop) -> None:
    if max(plan.settings.repeats, loop.comparison.plan.settings.repeats) > 1:
        msg = (
            "The monthly loop holds one answer an example against one a month ago, and this evaluation asks each more than "
            "once (Repeats on the sheet Evaluation). Start the loop from a run with Repeats 1."
        )
        raise NeedsMendingError(msg)
    if plan.settings.task is not loop.comparison.plan.settings.task:
        msg = f"The workbook is {plan.settings.task.value} now; the first run was not. Start a new evaluation."
        raise NeedsMendingError(msg)
    spec = next((c for c in plan.candidates if c.name == loop.subject), None)
    if spec is None:
        msg = f"{loop.subject} is not on the sheet Candidates any more, so it cannot be asked again. Put its row back."
        raise NeedsMendingError(msg)
    if why := cannot_be_asked(spec, plan):
        msg = (
            f"{loop.subject}: {why}. Make it an API model or a Command, or write this month's outputs into the workbook and "
            "use reportgen run and reportgen compare."
        )
        raise NeedsMendingError(msg)


def _rerun_of(loop: Loop, corpus: Corpus, named: Challengers, asked: tuple[str, ...], today: str) -> Rerun:
    then = loop.comparison.result(loop.subject).sample
    frozen = {o.example.id: ledger.rows_sha256([o.example]) for o in then.observations}
    panel = tuple(e.id for e in corpus.eval if frozen.get(e.id) == ledger.rows_sha256([e]))
    return Rerun(
        folder="",
        began=today,
        reference_run=loop.run_id,
        reference_evidence_sha256=loop.evidence_sha256,
        asked_again=asked,
        panel=panel,
        fresh=tuple(e.id for e in corpus.eval if e.id not in frozen),
        left_panel=tuple(name for name in frozen if name not in set(panel)),
        chosen=named.chosen,
        passed_over=named.passed_over,
    )


def _default_folder(loop: Loop, today: str) -> Path:
    return loop.folder.path.with_name(f"{loop.folder.path.name.removesuffix('-run')}-rerun-{today[:4]}{today[5:7]}")


def _free_folder(base: Path, plan: EvaluationPlan, corpus: Corpus) -> RunFolder:
    """Return the folder of this very rerun where it was stopped early, else the next free one: a finished run stays."""
    digest = plan_sha256(plan, corpus)
    number = 1
    while True:
        folder = RunFolder(base if number == 1 else base.with_name(f"{base.name}-{number}"))
        rules = read_rules(folder)
        if (
            rules is not None
            and rules.plan_sha256 == digest
            and not folder.record.exists()
            and read_rerun(folder) is not None
        ):
            return folder
        if rules is None:
            if folder.path.exists() and any(folder.path.iterdir()) and read_rerun(folder) is None:
                msg = f"{folder.path} exists and is not a run folder. Choose another folder with --out, or move it away."
                raise NeedsMendingError(msg)
            return folder
        number += 1


def _prices_today(plan: EvaluationPlan) -> dict[str, PriceFound]:
    """Return what every candidate of the workbook costs today, those that are not asked included."""
    currency = plan.settings.currency
    return {spec.name: list_price(spec, currency) for spec in plan.candidates}


def _put_down(folder: RunFolder, wanted: Rerun) -> Rerun:
    """Write what makes the run a rerun before it asks; one that was stopped early keeps what it began with."""
    if (begun := read_rerun(folder)) is not None:
        return begun
    named = replace(wanted, folder=folder.path.name)
    write_json(folder.evidence / RERUN, named)
    return named


def _judge(loop: Loop, kept: StoredRun, wanted: Rerun, terms: Terms) -> Monitoring:
    """Judge the answers of this month against the loop, and put the finding into the evidence."""
    scores = score(kept.plan, kept.corpus, kept.responses)
    write_json_lines(kept.folder.scores, scores)
    (kept.folder.evidence / MONITORING).unlink(missing_ok=True)
    name = evaluation.run_id_of(kept.folder, kept.rules)
    record = RunRecord(
        name, kept.plan.source.sha256, kept.rules.plan_sha256, "", kept.rules.fixed_at, terms.today, "", "", False
    )
    now = conclude(kept, scores, record)
    this = history.past_run(
        kept, scores, (name, kept.rules.fixed_at, terms.today, evidence_sha256(kept.folder)), loop.run_id
    )
    month = Month(
        loop.subject,
        wanted,
        loop.comparison,
        now,
        (*loop.runs, this),
        {**terms.prices, **read_prices(kept.folder)},
        terms.valid_days,
        terms.today,
    )
    found = assess(month)
    write_json(kept.folder.evidence / MONITORING, found)
    return found
