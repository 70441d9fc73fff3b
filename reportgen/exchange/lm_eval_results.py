"""The files that lm-evaluation-harness leaves, read and held against the hashes that they carry.

Four hashes are computed again: of each document, of each prompt, of each target, and over all of them for each task
(formulas.md 7.2). A file that does not fit them was changed after the harness wrote it, and is refused.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec

from reportgen.problems import NeedsMendingError, Problem

_RESULTS = re.compile(r"(?P<stem>.*)_(?P<at>\d{4}-\d\d-\d\dT[\d.:-]+)\.json")
STRICT = "strict"


class _Count(msgspec.Struct, frozen=True):
    original: int
    effective: int


class _File(msgspec.Struct, frozen=True, rename={"n_samples": "n-samples"}):
    """What is needed of a results file; everything else in it is passed over."""

    results: dict[str, dict[str, Any]]
    configs: dict[str, dict[str, Any]]
    n_samples: dict[str, _Count]
    task_hashes: dict[str, str]
    date: float
    model_name: str
    lm_eval_version: str = ""


class _Line(msgspec.Struct, frozen=True):
    """One line of a samples file: one document under one filter."""

    doc: dict[str, Any]
    target: str
    arguments: dict[str, dict[str, Any]]
    filtered_resps: list[Any]
    filter: str
    doc_hash: str
    prompt_hash: str
    target_hash: str


@dataclass(frozen=True, slots=True)
class Sample:
    """One answer: the document as it was asked, and the text under the chosen filter."""

    doc: Mapping[str, Any]
    text: str


@dataclass(frozen=True, slots=True)
class TaskResult:
    """One task of a results file, its hashes checked. `planned` is how many documents the task has, with a --limit too."""

    task: str
    metadata: Mapping[str, Any]
    task_hash: str
    planned: int
    samples: tuple[Sample, ...]
    figures: Mapping[str, float]
    """The harness's own figures under the chosen filter, by the names of results.json."""


@dataclass(frozen=True, slots=True)
class Results:
    """One run of the harness. `day` is when it began, ISO 8601; `of_filter` is the filter whose answers these are."""

    path: Path
    model: str
    day: str
    lm_eval_version: str
    of_filter: str
    tasks: tuple[TaskResult, ...]


def read_results(path: Path, wanted_filter: str = "") -> Results:
    """Return a results file (or the only one in a folder) with its samples.

    Raises NeedsMendingError when there is none or more than one, when samples were not logged, when a hash does not fit, or
    when the answers have no such filter.
    """
    file = _results_file(path)
    try:
        found = msgspec.json.decode(file.read_bytes(), type=_File)
    except msgspec.DecodeError as error:
        msg = (
            f"{file} is no results file of lm-eval 0.4.13 or later with logged samples ({error}). Run it with --log_samples."
        )
        raise NeedsMendingError(msg) from error
    stamp = _RESULTS.fullmatch(file.name)
    at = stamp["at"] if stamp else ""
    lines = {task: _lines(file.with_name(f"samples_{task}_{at}.jsonl")) for task in found.results if task in found.configs}
    problems = tuple(p for task, read in lines.items() for p in _tampered(file, task, read, found.task_hashes.get(task, "")))
    if problems:
        raise NeedsMendingError(str(problems[0]), problems)
    chosen = _filter(lines, wanted_filter)
    tasks = tuple(_task(found, task, read, chosen) for task, read in lines.items())
    day = datetime.fromtimestamp(found.date, UTC).date().isoformat()
    return Results(file, found.model_name, day, found.lm_eval_version, chosen, tasks)


def _results_file(path: Path) -> Path:
    if path.is_file():
        return path
    found = sorted(p for p in path.rglob("*.json") if _RESULTS.fullmatch(p.name) and p.name.startswith("results_"))
    if len(found) == 1:
        return found[0]
    if not found:
        msg = f"{path} holds no results_TIME.json of lm-eval. Name the folder that was given as --output_path."
        raise NeedsMendingError(msg)
    names = ", ".join(str(p.relative_to(path)) for p in found[:5])
    msg = f"{path} holds {len(found)} results files: {names}. Name the one to import."
    raise NeedsMendingError(msg)


def _lines(path: Path) -> list[_Line]:
    try:
        return [msgspec.json.decode(line, type=_Line) for line in path.read_bytes().splitlines() if line.strip()]
    except FileNotFoundError as error:
        msg = f"{path.name} is missing beside the results file. Run lm-eval with --log_samples, and keep all of its files."
        raise NeedsMendingError(msg) from error
    except msgspec.DecodeError as error:
        msg = f"{path.name} is damaged ({error}). Run lm-eval again, or put the file back that it wrote."
        raise NeedsMendingError(msg) from error


def _tampered(file: Path, task: str, lines: list[_Line], task_hash: str) -> list[Problem]:
    """Return every hash that does not fit: of documents, prompts, targets, and of the task."""
    found = []
    for number, line in enumerate(lines, 1):
        stated = {"document": line.doc_hash, "prompt": line.prompt_hash, "target": line.target_hash}
        computed = {"document": doc_hash(line.doc), "prompt": _sha256(_prompt(line)), "target": _sha256(line.target)}
        found += [_changed(f"samples of {task}, line {number}", f"the {w}", w) for w in stated if stated[w] != computed[w]]
    if _sha256("".join(x.doc_hash + x.prompt_hash + x.target_hash for x in lines)) != task_hash:
        found.append(_changed(file.name, f"the set of samples of {task}", "task"))
    return found


def _changed(where: str, what: str, which: str) -> Problem:
    return Problem(
        where,
        f"{what} does not fit the {which} hash that lm-eval wrote: it was changed afterwards.",
        "Put back the files that lm-eval wrote, or evaluate again.",
        "tampered",
    )


def doc_hash(doc: Mapping[str, Any]) -> str:
    """Return the harness's hash of a document."""
    return _sha256(json.dumps(doc, indent=2, ensure_ascii=False))


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def _prompt(line: _Line) -> str:
    """Return the prompt as it was asked; a chat is written down as a list that holds its JSON."""
    found = line.arguments.get("gen_args_0", {}).get("arg_0", "")
    return str(found[0] if isinstance(found, list) and found else found)


def _filter(lines: Mapping[str, list[_Line]], wanted: str) -> str:
    """Return the filter to take the answers of: the wanted one, else `strict`, else the only one there is."""
    present = list(dict.fromkeys(line.filter for read in lines.values() for line in read))
    chosen = wanted or (present[0] if len(present) == 1 else STRICT)
    if chosen in present:
        return chosen
    msg = f"The answers have no filter {chosen!r}. Choose with --filter: {', '.join(present) or 'none is there'}."
    raise NeedsMendingError(msg)


def _task(found: _File, task: str, lines: list[_Line], chosen: str) -> TaskResult:
    count = found.n_samples.get(task, _Count(len(lines), len(lines)))
    figures = {
        name.removesuffix(f",{chosen}"): float(value)
        for name, value in found.results[task].items()
        if name.endswith(f",{chosen}") and isinstance(value, (int, float))
    }
    samples = tuple(Sample(x.doc, _text(x)) for x in lines if x.filter == chosen)
    metadata = found.configs[task].get("metadata") or {}
    return TaskResult(task, metadata, found.task_hashes.get(task, ""), count.original, samples, figures)


def _text(line: _Line) -> str:
    """Return the answer; a reply without any content is an empty one."""
    found = line.filtered_resps[0] if line.filtered_resps else ""
    while isinstance(found, list):
        found = found[0] if found else ""
    return "" if found is None else str(found)
