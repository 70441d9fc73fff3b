"""`reportgen lm-eval import`: the harness's answers become recorded outputs in a copy of the workbook.

Rows are joined by example, never by position, and each has to be the row that the workbook has now. Holdout rows and rows of
no split that is asked are refused. The files hold neither tokens nor latency nor price, so those are "not measured".
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from reportgen import evaluation
from reportgen.corpus import ledger
from reportgen.domain.records.corpus import Corpus
from reportgen.domain.records.harness import HARNESS_VERSION, TASK_HASH
from reportgen.domain.records.plan import CandidateKind, EvaluationPlan, Split
from reportgen.evidence.harness import BESIDE, IMPORTED
from reportgen.evidence.run_folder import write_bytes
from reportgen.exchange.lm_eval_results import Results, TaskResult, read_results
from reportgen.exchange.rows import row_of
from reportgen.problems import NeedsMendingError, Problem
from reportgen.spreadsheets.cell_text import sound
from reportgen.workbook.marking.appended_rows import NewRow, appended
from reportgen.workbook.opening.preflight import read_bytes
from reportgen.workbook.opening.xlsx import read_cells
from reportgen.workbook.reading.parser import read_evidence

PARTIAL = "lm-eval partial"
_COMPARED = ("text", "expected", "stratum", "group", "known_failure", "key")
"""What has to be the same in the answered row and in the workbook; the weight may have moved with the production mix."""
MOST_LISTED = 20


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import wrote. `partial` names the tasks that were asked in part only (`--limit`)."""

    workbook: str
    candidate: str
    answers: int
    of_filter: str
    partial: tuple[str, ...]
    notes: tuple[str, ...]


def import_results(results: Path, workbook: Path, *, name: str = "", wanted_filter: str = "") -> Imported:
    """Check the results and write `NAME.imported.xlsx` with its split record; the workbook itself stays as it is.

    Raises NeedsMendingError for results that were changed, that belong to other rows, or that name holdout rows; for a
    workbook with errors; and where the candidate is already there.
    """
    if workbook.suffix.lower() not in {".xlsx", ".xlsm"}:
        msg = f"{workbook.name}: answers can be brought into an Excel workbook only. Save it as .xlsx, and import into that."
        raise NeedsMendingError(msg)
    target = imported_name(workbook)
    if target.exists() and target != workbook:
        msg = (
            f"{target} is there already. To add these answers to it: reportgen lm-eval import {results} --into {target}; "
            "otherwise move it away."
        )
        raise NeedsMendingError(msg)
    read = read_results(results, wanted_filter)
    plan = read_evidence(workbook, workbook.parent)
    corpus, record = evaluation.split_corpus(plan, workbook)
    tasks = _ours(read)
    problems = tuple(p for task in tasks for p in _misplaced(task, plan, corpus))
    if problems:
        raise NeedsMendingError(str(problems[0]), problems)
    candidate = _candidate(plan, name.strip() or read.model)
    partial = tuple(f"{t.task}: {len(t.samples)} of {t.planned} rows" for t in tasks if len(t.samples) < t.planned)
    answers = {str(s.doc["example_id"]): s.text for t in tasks for s in t.samples}
    rows = {
        "Candidates": [_candidate_row(candidate, read, tasks, partial)],
        "Recorded outputs": [_output_row(candidate, example, text, read.day) for example, text in answers.items()],
    }
    content = appended(read_bytes(workbook), read_cells(workbook), rows)
    write_bytes(ledger.record_path(target), ledger.encode(record), remedy=BESIDE)
    write_bytes(target, content, remedy=BESIDE)
    notes = tuple(_notes(read, tasks, corpus, answers, partial))
    return Imported(str(target), candidate, len(answers), read.of_filter, partial, notes)


def imported_name(workbook: Path) -> Path:
    """Return where the copy goes: `NAME.imported.xlsx` beside the workbook; a copy of ours is added to."""
    return workbook.with_name(f"{workbook.stem.removesuffix(IMPORTED)}{IMPORTED}{workbook.suffix}")


def _ours(read: Results) -> list[TaskResult]:
    """Return the tasks that reportgen exported, eval first."""
    found = [t for t in read.tasks if "reportgen" in t.metadata]
    if not any(t.metadata.get("split") == Split.EVAL.value for t in found):
        names = ", ".join(t.task for t in read.tasks) or "none"
        msg = (
            f"{read.path.name} holds no task that reportgen exported (tasks: {names}). "
            "Export one with: reportgen lm-eval export WORKBOOK DIR"
        )
        raise NeedsMendingError(msg)
    return sorted(found, key=lambda t: t.metadata.get("split") != Split.EVAL.value)


def _misplaced(task: TaskResult, plan: EvaluationPlan, corpus: Corpus) -> Iterable[Problem]:
    """Yield a problem for each row that may not come back: locked, of another split, changed, doubled."""
    split = Split(task.metadata["split"]) if task.metadata.get("split") in set(Split) else Split.EVAL
    allowed = {e.id: e for e in (corpus.regression if split is Split.REGRESSION else corpus.eval)}
    locked, known = set(corpus.holdout.example_ids), {e.id for e in plan.examples}
    times = Counter(str(s.doc.get("example_id", "")) for s in task.samples)
    for sample in task.samples:
        example_id = str(sample.doc.get("example_id", ""))
        where = f"{task.task}: {example_id or 'a row without example_id'}"
        if example_id in locked:
            yield Problem(where, "this row is locked in the holdout.", "Only `reportgen confirm` may ask it.", "holdout")
        elif example_id not in allowed:
            told = f"is not of the {split.value} split" if example_id in known else "is no example of the workbook"
            yield Problem(where, f"this row {told}.", "Export the workbook again and evaluate that.", "other split")
        elif times[example_id] > 1:
            yield Problem(where, f"there are {times[example_id]} answers to this row.", "Evaluate again.", "doubled")
        else:
            row = row_of(allowed[example_id], plan.settings.task, plan.fields)
            if changed := [name for name in _COMPARED if row[name] != sample.doc.get(name)]:
                told = f"the workbook has another {', '.join(changed)} for this row than the export had."
                yield Problem(where, told, "Export the workbook again and evaluate that.", "changed")


def _candidate(plan: EvaluationPlan, name: str) -> str:
    taken = {c.name.casefold() for c in plan.candidates}
    if name.casefold() in taken:
        msg = f"The workbook has a candidate {name!r} already. Give the imported one another name with --name."
        raise NeedsMendingError(msg)
    return name


def _candidate_row(name: str, read: Results, tasks: Sequence[TaskResult], partial: Sequence[str]) -> NewRow:
    settings = [f"{TASK_HASH}: {tasks[0].task_hash}", f"{HARNESS_VERSION}: {read.lm_eval_version}"]
    settings += [f"lm-eval filter: {read.of_filter}", *(f"{PARTIAL}: {told}" for told in partial[:1])]
    return {
        "Candidate": name,
        "Kind": CandidateKind.RECORDED_OUTPUTS.value,
        "Model": read.model,
        "Settings": "\n".join(settings),
        "Notes": f"Answers imported from lm-evaluation-harness ({read.path.name})"
        + (f"; partial, {'; '.join(partial)}" if partial else ""),
    }


def _output_row(candidate: str, example: str, text: str, day: str) -> NewRow:
    return {"Candidate": candidate, "Example ID": example, "Output": text, "Recorded on": day}


def _notes(
    read: Results, tasks: Sequence[TaskResult], corpus: Corpus, answers: Mapping[str, str], partial: Sequence[str]
) -> Iterable[str]:
    """Yield what the person at the keyboard has to know."""
    yield f"All hashes fit: {', '.join(f'{t.task} {t.task_hash[:12]}…' for t in tasks)}; filter {read.of_filter!r}."
    yield "Tokens, cost and latency are not in lm-eval's files: they are not measured, and the candidate has no price."
    if partial:
        yield f"Partial ({'; '.join(partial)}): the other rows count as errors."
    missing = [e.id for e in corpus.asked if e.id not in answers]
    if missing and not partial:
        shown = ", ".join(missing[:MOST_LISTED])
        yield f"{len(missing)} rows that a run asks have no answer and count as errors: {shown}."
    replaced = [example for example, text in answers.items() if sound(text) != text]
    if replaced:
        yield f"Control characters that a cell cannot hold were replaced in: {', '.join(replaced[:MOST_LISTED])}."
