"""The evaluation from workbook to sealed run folder, top to bottom; each step leaves a file that the next can start from."""

from __future__ import annotations

import hashlib
import platform
import shutil
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import msgspec

from reportgen import assets
from reportgen.candidates.ask import ask, refuse_unaskable, stored
from reportgen.candidates.env_file import Keys, keys_for
from reportgen.candidates.interface import Progress
from reportgen.candidates.prices import find_price
from reportgen.concluding.conclude import PriceRecord, StoredRun, as_reviewed, conclude, score
from reportgen.concluding.conclude import read_run as read_stored
from reportgen.concluding.model_judge import Way, consult, open_questions, with_verdicts
from reportgen.corpus import ledger
from reportgen.corpus.quality import blocking_problems
from reportgen.documents.recognition import KEPT as KEPT_TEXT
from reportgen.domain.records.comparison import Comparison, RunRecord
from reportgen.domain.records.corpus import Corpus
from reportgen.domain.records.document import document_part
from reportgen.domain.records.plan import CandidateKind, EvaluationPlan
from reportgen.domain.records.response import Response, group_by_candidate
from reportgen.domain.telling.destinations import by_host
from reportgen.evidence.access_log import read_entries
from reportgen.evidence.changes import keep_changes
from reportgen.evidence.destinations import keep_destinations
from reportgen.evidence.harness import keep_harness
from reportgen.evidence.journal import FileJournal
from reportgen.evidence.limits import LimitFile
from reportgen.evidence.rerun import RERUN
from reportgen.evidence.rules import Rules, fix_rules, plan_sha256, read_rules
from reportgen.evidence.run_folder import RunFolder, json_bytes, sha256_of, write_bytes, write_json, write_json_lines
from reportgen.evidence.seal import (
    SEAL,
    Link,
    clear_drafts,
    decode_seal,
    evidence_sha256,
    holding_seal,
    lifted,
    next_link,
    record_names,
    write_seal,
)
from reportgen.extensions import in_use
from reportgen.metrics import misfit_of
from reportgen.problems import NeedsMendingError
from reportgen.reports.interface import prepared, write_all
from reportgen.reports.pdf import machine_fonts
from reportgen.reports.pdf.house_style import KEPT, MACHINE, files_beside, style_of_run
from reportgen.steps import tell
from reportgen.workbook.opening.last_saved import last_saved
from reportgen.workbook.opening.other_files import workbook_bytes
from reportgen.workbook.reading.parser import read_plan

RECORDED_LIBRARIES = (
    "reportgen",
    "numpy",
    "scipy",
    "scikit-learn",
    "rapidfuzz",
    "litellm",
    "aiohttp",
    "openpyxl",
    "xlsxwriter",
    "weasyprint",
    "pydyf",
    "msgspec",
    "json_repair",
    "jsonschema",
)


READING, ASKING = "Reading the workbook", "Asking the candidates"
SCORING, COMPARING, SEALING = "Scoring the answers", "Comparing and deciding", "Sealing the run folder"
"""The steps of a run in words; between the last two come those of `reports.interface.write_all`."""


@dataclass(frozen=True, slots=True)
class Permissions:
    """What the person at the keyboard allows a workbook to do; a workbook never acts by itself."""

    commands: bool = False
    keys: Mapping[str, str] | None = None
    """Environment variable to the one host, besides its provider's own, that it may be sent to."""
    hosts: frozenset[str] = frozenset()
    """Hosts of no known provider that rows and files may go to."""
    env_file: Path | None = None
    """A file of keys, besides the environment and the `.env` of the current folder."""

    def keys_for(self, workbook: Path) -> Keys:
        """Return where the keys for a workbook come from: the one way in."""
        return keys_for(workbook, self.env_file)


def evaluate(
    workbook: Path,
    *,
    out: Path | None = None,
    plan: EvaluationPlan | None = None,
    permissions: Permissions = Permissions(),
    environment: Mapping[str, str] | None = None,
    progress: Callable[[Progress], None] | None = None,
) -> tuple[Comparison, RunFolder]:
    """Read a workbook, ask its candidates, judge the answers, decide, write the documents, seal the run folder.

    `plan` = what `permitted_plan` has read of it already. Before anything is asked it is told which rows and files go to
    which host, and which file gave which key.

    Raises NeedsMendingError with every problem of the workbook, StoppedEarlyError when the run had to stop; what was
    answered until then stays in the run folder, and the next run takes it up.
    """
    plan = plan or permitted_plan(workbook, permissions)
    corpus, record = split_corpus(plan, workbook)
    refuse_blocking(plan, corpus)
    for line in (*by_host(plan, corpus), *permissions.keys_for(workbook).told):
        tell(line)
    found = permissions.keys_for(workbook).environment if environment is None else environment
    refuse_unaskable(plan, environment=found, allow_commands=permissions.commands, allowed_keys=permissions.keys or {})
    folder, earlier = choose_folder(workbook, plan, corpus, out)
    with lifted(folder):
        rules = keep_inputs(folder, plan, corpus, record, workbook, earlier)
        kept, changed = ask_into(
            StoredRun(folder, plan, corpus, record, rules, (), workbook),
            earlier,
            permissions,
            environment=found,
            progress=progress,
            without_the_stopped=True,
        )
        return finish(kept, changed=changed), folder


def permitted_plan(workbook: Path, permissions: Permissions) -> EvaluationPlan:
    """Read a workbook under what the person at the keyboard allows. Raises NeedsMendingError with every problem."""
    tell(READING)
    return read_plan(
        workbook,
        allow_commands=permissions.commands,
        allowed_keys=permissions.keys or {},
        allowed_hosts=permissions.hosts,
    )


def ask_into(
    run: StoredRun,
    earlier: Sequence[RunFolder],
    permissions: Permissions,
    *,
    environment: Mapping[str, str] | None = None,
    progress: Callable[[Progress], None] | None = None,
    without_the_stopped: bool = False,
) -> tuple[StoredRun, bool]:
    """Ask whatever the folder of a run does not hold yet; return the run with its responses, and whether any is new.

    `without_the_stopped` = a candidate that stops answering leaves errors, and the run goes on to its end. Answers in the
    folders of `earlier` serve again, where their content key is the same.
    """
    folder, plan, corpus = run.folder, run.plan, run.corpus
    way = Way(
        permissions.keys_for(run.workbook or folder.path).environment if environment is None else environment,
        permissions.commands,
        permissions.keys or {},
        progress,
        LimitFile(folder.limits),
        permissions.hosts,
    )
    tell(ASKING)
    with FileJournal(folder.responses, earlier=[f.responses for f in earlier]) as journal:
        responses = ask(
            ledger.unlocked(plan, corpus),
            corpus,
            journal,
            environment=way.environment,
            progress=way.progress,
            allow_commands=way.allow_commands,
            allowed_keys=way.allowed_keys,
            allowed_hosts=way.allowed_hosts,
            limit_log=way.limit_log,
            misfit=misfit_of(plan),
            without_the_stopped=without_the_stopped,
        )
        plan, corpus = as_reviewed(folder, plan, corpus)
        answers = stored(plan, corpus, responses)
        asked = open_questions(plan, corpus, answers)
        judged = consult(plan, asked, answers, folder.judge, [f.judge for f in earlier], way)
        changed = judged or journal.appended > 0
    keep_prices(folder, plan, responses)
    keep_destinations(folder, plan, responses)
    if changed or not folder.environment.exists():
        write_json(folder.environment, environment_record())
    plan = with_verdicts(plan, asked, folder.judge)
    return replace(run, plan=plan, corpus=corpus, responses=answers), changed


def report(run: Path) -> tuple[Comparison, RunFolder]:
    """Write the documents of a run again from its stored records; no request is made.

    Raises NeedsMendingError when `run` is not a run folder of a finished run, BrokenSealError when its evidence is not what
    was sealed.
    """
    tell(READING)
    folder = RunFolder(run)
    holding_seal(folder)
    kept = read_run(run)
    with lifted(folder):
        return finish(kept, changed=False), folder


def recall(run: Path) -> tuple[Comparison, RunFolder]:
    """Return the comparison of a finished run from its stored records; nothing is asked and nothing is written.

    Raises NeedsMendingError as `report` does.
    """
    kept = read_run(run)
    record = stored_record(kept.folder)
    return conclude(kept, score(kept.plan, kept.corpus, kept.responses), record), kept.folder


def read_run(run: Path) -> StoredRun:
    """Return the stored records of a finished run. Raises NeedsMendingError when `run` is not the folder of one."""
    return read_stored(RunFolder(run))


def refuse_blocking(plan: EvaluationPlan, corpus: Corpus) -> None:
    """Stop before anything is asked where rows contradict one another or a prompt gives answers away.

    Raises NeedsMendingError.
    """
    if found := blocking_problems(plan, corpus):
        raise NeedsMendingError(str(found[0]), found)


def split_corpus(plan: EvaluationPlan, workbook: Path) -> tuple[Corpus, ledger.SplitRecord]:
    """Assign every example to its split, and put that on record beside the workbook."""
    path = ledger.record_path(workbook)
    earlier = ledger.load(path)
    lost = earlier is None and read_rules(RunFolder(default_folder(workbook))) is not None
    record = ledger.update(plan, earlier, now=utc_now(), lost=lost, saved=last_saved(workbook))
    if record != earlier:
        write_bytes(path, ledger.encode(record), remedy="Copy the workbook to a folder that you may write to, and run that.")
    return ledger.corpus(plan, record), record


def default_folder(workbook: Path) -> Path:
    """Return where the first run of a workbook goes."""
    return workbook.with_name(f"{workbook.stem}-run")


def choose_folder(
    workbook: Path, plan: EvaluationPlan, corpus: Corpus, out: Path | None
) -> tuple[RunFolder, list[RunFolder]]:
    """Return the run folder of this very plan, or the next free one, and the earlier ones whose answers may serve again."""
    base = out or default_folder(workbook)
    digest = plan_sha256(plan, corpus)
    earlier: list[RunFolder] = []
    number = 1
    while True:
        path = base if number == 1 else base.with_name(f"{base.name}-{number}")
        folder = RunFolder(path)
        rules = read_rules(folder)
        if rules is not None and rules.plan_sha256 == digest:
            return folder, earlier
        if rules is None:
            if path.exists() and (not path.is_dir() or any(path.iterdir())) and not folder.evidence.exists():
                msg = f"{path} exists and is not a run folder. Choose another folder with --out, or move it away."
                raise NeedsMendingError(msg)
            return folder, earlier
        earlier.append(folder)
        number += 1


def keep_inputs(  # noqa: PLR0917 - what a run is made from
    folder: RunFolder,
    plan: EvaluationPlan,
    corpus: Corpus,
    record: ledger.SplitRecord,
    workbook: Path,
    before: Sequence[RunFolder] = (),
) -> Rules:
    """Copy the workbook, its documents and the split into the evidence, and fix the rules before anything is asked.

    Earlier runs that were asked under other rules, among those of `before`, go on record with them.
    """
    write_bytes(folder.workbook, workbook_bytes(workbook))
    for example in plan.examples:
        if example.document is not None:
            target = folder.documents / example.document.name
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(workbook.parent / example.document.name, target)
            if example.document.recognised:
                text = document_part(example.input, example.question)
                write_bytes(target.with_name(f"{target.name}{KEPT_TEXT}"), text.encode("utf-8", "replace"))
    for name, content in files_beside(workbook):
        write_bytes(folder.path / KEPT / name, content)
    keep_harness(workbook, folder)
    earlier = ledger.load(folder.split)
    if earlier is None or replace(earlier, openings=record.openings, used=record.used) != record:
        write_bytes(folder.split, ledger.encode(record))
    rules = fix_rules(folder, plan, corpus, now=utc_now(), version=own_version())
    keep_changes(folder, rules, before, last_saved(workbook))
    return rules


def keep_prices(folder: RunFolder, plan: EvaluationPlan, responses: Sequence[Response]) -> None:
    """Write the prices that this run reckons with; a later price list changes nothing."""
    by_candidate = group_by_candidate(responses)
    records = [
        PriceRecord(spec.name, find_price(spec, by_candidate.get(spec.name, []), plan.settings.currency))
        for spec in plan.candidates
        if spec.route is None
    ]
    write_json(folder.prices, records)


def keep_fonts(kept: StoredRun) -> None:
    """Keep with the evidence what this machine has for scripts that our fonts lack, cut down to the letters of this run."""
    letters = machine_fonts.letters_of_plan(kept.plan) | machine_fonts.letters_of(*(r.text for r in kept.responses))
    found = machine_fonts.choose(letters, style_of_run(kept.folder.path).fonts)
    for name, content in machine_fonts.kept(found):
        write_bytes(kept.folder.path / KEPT / MACHINE / name, content)


def finish(kept: StoredRun, *, changed: bool) -> Comparison:
    """Score, compare, decide, write the documents, seal; the same records give the same bytes."""
    folder = kept.folder
    clear_drafts(folder)
    if changed:
        keep_fonts(kept)
    with prepared(folder.path):
        tell(SCORING)
        scores = score(kept.plan, kept.corpus, kept.responses)
        write_json_lines(folder.scores, scores)
        run = run_record(kept, changed=changed)
        write_json(folder.record, run)
        tell(COMPARING)
        comparison = conclude(kept, scores, run)
        write_all(comparison, folder.path)
    tell(SEALING)
    link = link_of(folder, run.evidence_sha256)
    write_seal(
        folder,
        run_id=run.run_id,
        sealed=sealed_at(folder, run, link),
        version=run.version,
        evidence=run.evidence_sha256,
        link=link,
        program=run.program,
    )
    return comparison


def link_of(folder: RunFolder, evidence: str) -> Link:
    """Return where the next seal of a run stands: behind its own last one, or behind that of the run it was scored from."""
    return next_link(folder, evidence, program_sha256())


def sealed_at(folder: RunFolder, run: RunRecord, link: Link) -> str:
    """Return when a run is sealed: at its end or its last opening, and now where only its documents were written again."""
    lifted_or_before = (folder.seals / f"{number}.json" for number in (link.number, link.number - 1))
    for path in (folder.evidence / SEAL, *lifted_or_before):
        if path.exists() and (seal := decode_seal(path.read_bytes(), path)).evidence_sha256 == run.evidence_sha256:
            return seal.sealed if seal.number == link.number else utc_now()
    entries = read_entries(folder.access_log)
    return entries[-1].at if entries else run.finished


def program_sha256() -> str:
    """Return SHA-256 over the versions of everything that writes documents here."""
    return hashlib.sha256(json_bytes(environment_record())).hexdigest()


def run_record(kept: StoredRun, *, changed: bool) -> RunRecord:
    """Return the run record; where nothing was asked anew, that of the run that asked, with what the evidence holds now."""
    folder, plan, rules = kept.folder, kept.plan, kept.rules
    evidence = evidence_sha256(folder)
    records, seals = record_names(folder), link_of(folder, evidence).number
    if not changed and folder.record.exists():
        return replace(stored_record(folder), records=records, seals=seals, program=program_sha256())
    return RunRecord(
        run_id=run_id_of(folder, rules),
        workbook_sha256=plan.source.sha256,
        plan_sha256=rules.plan_sha256,
        evidence_sha256=evidence,
        started=rules.fixed_at,
        finished=utc_now(),
        version=own_version(),
        rules_fixed_at=rules.fixed_at,
        answers_recorded_before=recorded_before(plan, kept.responses),
        software=environment_record(),
        records=records,
        seals=seals,
        program=program_sha256(),
    )


def stored_record(folder: RunFolder) -> RunRecord:
    """Return the record that a run holds, with the hash of its evidence as it stands."""
    record = msgspec.json.decode(folder.record.read_bytes(), type=RunRecord)
    return replace(record, evidence_sha256=evidence_sha256(folder))


def recorded_before(plan: EvaluationPlan, responses: Sequence[Response]) -> bool:
    """Return whether any answer was there before the rules were fixed."""
    taken_over = any(r.recorded_on for r in responses)
    return taken_over or any(c.kind is CandidateKind.RECORDED_OUTPUTS for c in plan.candidates)


def run_id_of(folder: RunFolder, rules: Rules) -> str:
    """Return the id of a run: the day, its plan, and what it repeats or was scored from."""
    repeated = folder.evidence / RERUN
    again = f"-rerun-{sha256_of(repeated)[:6]}" if repeated.exists() else ""
    again += f"-scored-{sha256_of(folder.parent)[:6]}" if folder.parent.exists() else ""
    return f"{rules.fixed_at[:10].replace('-', '')}-{rules.plan_sha256[:8]}{again}"


def environment_record() -> dict[str, str]:
    """Return the versions of everything that took part; no host name, no user."""
    found = {"python": sys.version.split()[0], "system": platform.system(), "machine": platform.machine()}
    found["reportgen build"] = assets.build_sha256()
    for name in RECORDED_LIBRARIES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            found[name] = "not installed"
    return found | in_use()


def own_version() -> str:
    """Return the version of reportgen."""
    return version("reportgen")


def utc_now() -> str:
    """Return the time in UTC, ISO 8601, to the second."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
