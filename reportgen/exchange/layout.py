"""`reportgen export`: data sets and figures of a run as plain files, in the layout that other pipelines read.

    DIR/eval/datasets/train.jsonl, eval.jsonl     the rows; known failures in regression.jsonl
    DIR/eval/datasets/holdout.json                how many rows are locked, and their commitment; never the rows
    DIR/reports/baseline_YYYYMMDD.json            the model in production on the day of the run
    DIR/reports/candidate_NAME.json               every other candidate

A folder may be exported to again and again: data sets and candidates are brought up to date, earlier baselines stay.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from reportgen import evaluation
from reportgen.domain.records.comparison import Comparison
from reportgen.domain.records.plan import Role, Split
from reportgen.evidence.run_folder import json_bytes, write_bytes
from reportgen.exchange.rows import json_lines, row_of, weights_of
from reportgen.reports.data import results_bytes

FORMAT = "reportgen.candidate/1"
DATASETS, REPORTS = "eval/datasets", "reports"
OTHER_FOLDER = "Choose another folder."


@dataclass(frozen=True, slots=True)
class ExportedLayout:
    """What was written, by place in the folder; `baseline` is empty where no candidate is in production."""

    folder: str
    files: tuple[str, ...]
    baseline: str
    locked: int


def export_layout(run: Path, target: Path) -> ExportedLayout:
    """Write the layout of a finished run. Raises NeedsMendingError when `run` is not the folder of one."""
    comparison, _ = evaluation.recall(run)
    files = dict(_files(comparison))
    for name, content in files.items():
        write_bytes(target / name, content, remedy=OTHER_FOLDER)
    baseline = next((name for name in files if name.startswith(f"{REPORTS}/baseline_")), "")
    return ExportedLayout(str(target), tuple(files), baseline, len(comparison.corpus.holdout.example_ids))


def _files(comparison: Comparison) -> Iterable[tuple[str, bytes]]:
    yield from _datasets(comparison)
    whole = json.loads(results_bytes(comparison))
    day = comparison.run.finished[:10].replace("-", "")
    taken: set[str] = set()
    for candidate in whole["candidates"]:
        if candidate["role"] == Role.PRODUCTION.value:
            name = f"{REPORTS}/baseline_{day}.json"
        else:
            name = f"{REPORTS}/candidate_{_free(candidate['name'], taken)}.json"
        yield name, json_bytes(_report(whole, candidate))


def _datasets(comparison: Comparison) -> Iterable[tuple[str, bytes]]:
    corpus, plan = comparison.corpus, comparison.plan
    task, fields = plan.settings.task, plan.fields
    weights = weights_of(corpus.eval, dict(plan.production_mix))
    yield f"{DATASETS}/train.jsonl", json_lines([row_of(e, task, fields) for e in corpus.train])
    rows = [row_of(e, task, fields, w) for e, w in zip(corpus.eval, weights, strict=True)]
    yield f"{DATASETS}/eval.jsonl", json_lines(rows)
    if corpus.regression:
        yield f"{DATASETS}/regression.jsonl", json_lines([row_of(e, task, fields) for e in corpus.regression])
    locked = {s.split: s for s in corpus.summaries}[Split.HOLDOUT]
    yield f"{DATASETS}/holdout.json", json_bytes({"examples": locked.examples, "sha256": locked.sha256})


def _report(whole: dict[str, Any], candidate: dict[str, Any]) -> dict[str, Any]:
    """Return one candidate as results.json has it, with the run, the splits and the pairs that it is in."""
    name = candidate["name"]
    return {
        "format": FORMAT,
        "evaluation": whole["evaluation"],
        "split": whole["split"],
        "candidate": candidate,
        "comparisons": [pair for pair in whole["comparisons"] if name in {pair["a"], pair["b"]}],
    }


def _free(name: str, taken: set[str]) -> str:
    """Return a name as a file may have it; two that would be the same are numbered."""
    plain = re.sub(r"[^\w.-]+", "-", name).strip("-.") or "candidate"
    free, number = plain, 1
    while free.casefold() in taken:
        number += 1
        free = f"{plain}-{number}"
    taken.add(free.casefold())
    return free
