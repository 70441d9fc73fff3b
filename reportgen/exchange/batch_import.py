"""Answers of a batch, back as recorded outputs in a copy of the workbook: at the batch price, their latency not measured."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from reportgen.candidates.price_table import BATCHES, from_table
from reportgen.candidates.prices import list_price
from reportgen.candidates.wire.batch_lines import answered_id, read_answer
from reportgen.candidates.wire.replies import AttemptFailedError
from reportgen.corpus import ledger
from reportgen.domain.records.plan import REPEAT, CandidateKind, CandidateSpec, EvaluationPlan, first_id
from reportgen.domain.records.response import Outcome, Usage
from reportgen.evidence.harness import BESIDE
from reportgen.evidence.run_folder import write_bytes
from reportgen.exchange.batch import batchable, plan_of, requests_of
from reportgen.exchange.lm_eval_import import imported_name
from reportgen.problems import NeedsMendingError, Problem
from reportgen.spreadsheets.cell_text import CELL_LIMIT, first_units, fits, sound
from reportgen.workbook.marking.appended_rows import NewRow, NewRows, appended
from reportgen.workbook.opening.preflight import read_bytes
from reportgen.workbook.opening.xlsx import read_cells

MOST_ROWS = 1_048_575
FAILED = frozenset({Outcome.ERROR, Outcome.TIMEOUT})


@dataclass(frozen=True, slots=True)
class Answer:
    """What one line of the answers amounts to."""

    outcome: Outcome
    text: str = ""
    usage: Usage | None = None
    reason: str = ""
    day: str = ""


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import wrote: answers by candidate, and what the person at the keyboard has to know."""

    workbook: str
    answers: dict[str, int]
    notes: tuple[str, ...]


def import_batch(folder: Path, workbook: Path) -> Imported:
    """Read every answer file of a folder and write `NAME.imported.xlsx`; the workbook itself stays as it is.

    Raises NeedsMendingError where no answer belongs to this workbook as it stands, or a question has two different answers.
    """
    if workbook.suffix.lower() not in {".xlsx", ".xlsm"}:
        msg = f"{workbook.name}: answers can be brought into an Excel workbook only. Save it as .xlsx, and import into that."
        raise NeedsMendingError(msg)
    target = imported_name(workbook)
    if target.exists() and target != workbook:
        msg = f"{target} is there already. Move it away, or import into it: --into {target}"
        raise NeedsMendingError(msg)
    plan, corpus = plan_of(workbook)
    specs, _ = batchable(plan)
    wanted = {r.custom_id: (r.candidate, r.example_id) for spec in specs for r in requests_of(spec, plan, corpus)}
    answers, strangers = _answers(folder, wanted)
    if not answers:
        msg = (
            f"{folder} holds no answer to a request of {workbook.name} as it stands ({strangers} answers belong to other "
            "requests). Put the provider's output files (.jsonl) there; a workbook that was changed is to be exported again."
        )
        raise NeedsMendingError(msg)
    rows, notes = _rows(plan, specs, wanted, answers)
    if len(rows["Recorded outputs"]) > MOST_ROWS:
        many = len(rows["Recorded outputs"])
        msg = f"{many:,} answers are more than a sheet holds ({MOST_ROWS:,}). Import fewer candidates at once."
        raise NeedsMendingError(msg)
    content = appended(read_bytes(workbook), read_cells(workbook), rows)
    record = ledger.load(ledger.record_path(workbook))
    if record is not None:
        write_bytes(ledger.record_path(target), ledger.encode(record), remedy=BESIDE)
    write_bytes(target, content, remedy=BESIDE)
    if strangers:
        notes.append(f"{strangers} answers belong to other requests than those of the workbook as it stands; left out.")
    counts = Counter(candidate for candidate, _ in answers)
    return Imported(str(target), dict(counts), tuple(notes))


def _answers(folder: Path, wanted: Mapping[str, tuple[str, str]]) -> tuple[dict[tuple[str, str], Answer], int]:
    """Return the answers by candidate and example, and how many belong to nothing here; an answer goes before a failure."""
    found: dict[tuple[str, str], Answer] = {}
    problems: list[Problem] = []
    strangers = 0
    files = sorted(folder.rglob("*.jsonl")) if folder.is_dir() else [folder]
    for path in files:
        for number, custom_id, answer in _read(path):
            pair = wanted.get(custom_id)
            if pair is None:
                strangers += 1
                continue
            have = found.get(pair)
            if have is None or have.outcome in FAILED:
                found[pair] = answer
            elif answer.outcome not in FAILED and answer.text != have.text:
                told = f"this is a second, different answer of {pair[0]} to {pair[1]}."
                problems.append(Problem(f"{path.name}, line {number}", told, "Keep one of the two files.", "doubled"))
    if problems:
        raise NeedsMendingError(str(problems[0]), tuple(problems))
    return found, strangers


def _read(path: Path) -> Iterator[tuple[int, str, Answer]]:
    """Yield the answers of one file with their line numbers; requests and lines that are nothing are passed over."""
    with path.open("rb") as file:
        for number, raw in enumerate(file, start=1):
            if (found := answered_id(raw)) is not None:
                yield number, found[0], _answer(found[1])


def _answer(line: Mapping[str, msgspec.Raw]) -> Answer:
    """Return what a line of an output or error file says."""
    try:
        reply = read_answer(line)
    except AttemptFailedError as error:
        return Answer(Outcome.ERROR, usage=error.counts.usage, reason=error.reason)
    outcome = Outcome.REFUSED if reply.refused else Outcome.ANSWERED
    return Answer(outcome, reply.text, reply.usage, reply.reason, _day(bytes(line["response"])))


def _day(response: bytes) -> str:
    """Return the day on which a response was made, '' where it does not say."""
    try:
        parts = msgspec.json.decode(response, type=dict[str, msgspec.Raw])
        created = msgspec.json.decode(parts.get("body", msgspec.Raw(response)), type=dict[str, msgspec.Raw]).get("created")
        return datetime.fromtimestamp(float(bytes(created)), UTC).strftime("%Y-%m-%d") if created is not None else ""
    except (msgspec.DecodeError, ValueError, OverflowError, OSError):
        return ""


def _rows(
    plan: EvaluationPlan,
    specs: tuple[CandidateSpec, ...],
    wanted: Mapping[str, tuple[str, str]],
    answers: Mapping[tuple[str, str], Answer],
) -> tuple[dict[str, NewRows], list[str]]:
    """Return the new rows by sheet, and what is worth saying about each candidate."""
    notes: list[str] = []
    names = {}
    candidates: list[NewRow] = []
    taken = {c.name.casefold() for c in plan.candidates}
    planned = Counter(candidate for candidate, _ in wanted.values())
    came = Counter(candidate for candidate, _ in answers)
    for spec in (s for s in specs if came[s.name]):
        names[spec.name] = f"{spec.name} (batch)"
        if names[spec.name].casefold() in taken:
            msg = f"The workbook has a candidate {names[spec.name]!r} already. Import into the workbook that was exported."
            raise NeedsMendingError(msg)
        row, note = _candidate_row(spec, names[spec.name], plan.settings.currency)
        candidates.append(row)
        failed = sum(a.outcome in FAILED for (name, _), a in answers.items() if name == spec.name)
        notes.append(note)
        if missing := planned[spec.name] - came[spec.name]:
            left = f"{missing} of {planned[spec.name]} requests have no answer and count as errors"
            notes.append(f"{names[spec.name]}: {left}.")
        if failed:
            first = next(a.reason for (name, _), a in answers.items() if name == spec.name and a.outcome in FAILED)
            notes.append(f"{names[spec.name]}: {failed} requests failed; the first: {first}.")
        notes.append(f"Set Include to no for {spec.name} in the copy, or a run asks it as well.")
    if long := sum(not fits(answer.text) for answer in answers.values()):
        held = f"longer than the {CELL_LIMIT:,} characters that a cell holds"
        notes.append(f"{long} answers are {held}: cut, and counted as invalid.")
    return {"Candidates": candidates, "Recorded outputs": _Outputs(names, wanted.values(), answers)}, notes


class _Outputs:
    """The rows of recorded outputs, each made when it is written: a million of them at once would fill the memory."""

    def __init__(
        self, names: Mapping[str, str], pairs: Collection[tuple[str, str]], answers: Mapping[tuple[str, str], Answer]
    ) -> None:
        self._names = names
        self._pairs = pairs
        self._answers = answers

    def __iter__(self) -> Iterator[NewRow]:
        for pair in self._pairs:
            if (answer := self._answers.get(pair)) is not None:
                yield _output_row(self._names[pair[0]], pair[1], answer)

    def __len__(self) -> int:
        return len(self._answers)


def _candidate_row(spec: CandidateSpec, name: str, currency: str) -> tuple[NewRow, str]:
    """Return the row of a candidate whose answers were recorded, at the batch price where one is known, and what to say."""
    found = from_table(spec.model, BATCHES) if currency == "USD" and spec.price is None else None
    price = found[0] if found else None
    note = f"{name}: priced by {price.source}." if price else ""
    if price is None:
        price = list_price(spec, currency).price
        note = f"{name}: no batch price is known, so the usual price stands; put the batch price on the sheet Candidates."
    if price is None:
        note = f"{name}: no price is known; fill in the batch price on the sheet Candidates."
    row = {"Candidate": name, "Kind": CandidateKind.RECORDED_OUTPUTS.value, "Model": spec.model}
    if price is not None:
        row |= {"Input price": f"{price.input:.10g}", "Output price": f"{price.output:.10g}", "Price source": price.source}
        row |= {"Cached input price": f"{price.cached_input:.10g}"} if price.cached_input is not None else {}
    return row | {"Notes": "Answers of a batch; latency not measured"}, note


def _output_row(candidate: str, example: str, answer: Answer) -> NewRow:
    text = sound(answer.text)
    if not fits(text):
        answer = replace(answer, outcome=Outcome.INVALID)
        text = first_units(text, CELL_LIMIT)
    row = {
        "Candidate": candidate,
        "Example ID": first_id(example),
        "Output": text,
        "Outcome": answer.outcome.value,
        "Attempts": "1",
    }
    if answer.usage is not None:
        usage = answer.usage
        row |= {"Input tokens": str(usage.input), "Output tokens": str(usage.output)}
        row |= {"Cached input tokens": str(usage.cached_input)} if usage.cached_input else {}
    if (repeat := example.removeprefix(first_id(example)).removeprefix(REPEAT)) != "":
        row |= {"Repeat": repeat}
    return row | ({"Recorded on": answer.day} if answer.day else {})
