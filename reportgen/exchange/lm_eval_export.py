"""`reportgen lm-eval export`: the workbook as a task folder that lm-evaluation-harness runs as it is.

The eval rows and the known failures go out as two tasks, the train rows as the source of few-shot examples. Holdout rows
never leave: of them the folder holds the commitment alone.
"""

from __future__ import annotations

import hashlib
import re
import shutil
from collections.abc import Iterable
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

import msgspec
import yaml  # type: ignore[import-untyped]  # ships no types

from reportgen import evaluation
from reportgen.corpus import ledger
from reportgen.domain.estimating.computed_measures import make_frame
from reportgen.domain.measures import MEASURES
from reportgen.domain.records.corpus import Corpus
from reportgen.domain.records.harness import HarnessExport
from reportgen.domain.records.plan import EvaluationPlan, Split, Task
from reportgen.evidence.harness import note_export
from reportgen.evidence.run_folder import json_bytes, write_bytes
from reportgen.exchange import task_code
from reportgen.exchange.rows import json_lines, row_of, weights_of
from reportgen.exchange.task_prompt import TaskPrompt, shots_first, task_prompt
from reportgen.metrics.classification import labels_of
from reportgen.problems import NeedsMendingError
from reportgen.workbook.reading.parser import read_evidence

LM_EVAL = "0.4.13"
CONFIG = "task.json"
KNOWN_FAILURES = "_known_failures"
SCORING = ("problems.py", "extensions.py", "domain", "metrics")
"""What of reportgen the scorers need; the folder carries it, so that the harness's environment needs no reportgen."""
LIBRARIES = ("babel", "jsonschema", "json_repair", "numpy", "rapidfuzz", "scipy")
LENIENT_TASKS = frozenset({Task.CLASSIFICATION, Task.EXTRACTION})


@dataclass(frozen=True, slots=True)
class Exported:
    """What an export wrote."""

    folder: str
    tasks: tuple[str, ...]
    rows: dict[str, int]
    locked: int
    """How many holdout rows stayed behind."""
    prompt_of: str
    command: str


def export_task(workbook: Path, target: Path, *, candidate: str = "") -> Exported:
    """Write `target/<task>/` and put the export on record beside the workbook.

    Raises NeedsMendingError for a workbook with errors, one without eval rows, or a target that holds something else.
    """
    read = read_evidence(workbook, workbook.parent)
    corpus, _ = evaluation.split_corpus(read, workbook)
    plan = ledger.unlocked(read, corpus)
    if not corpus.eval:
        msg = f"{workbook.name} has no eval rows, so there is nothing to ask. Add examples, or check the column Split."
        raise NeedsMendingError(msg)
    if pictures := sum(e.document is not None and bool(e.document.unread_pages) for e in corpus.asked):
        msg = f"{pictures:,} rows hold pages that are pictures, and a task of the harness holds text alone. Leave them out."
        raise NeedsMendingError(msg)
    name = task_name(workbook)
    folder = _emptied(target / name)
    prompt = task_prompt(plan, corpus, candidate)
    files = dict(_files(name, plan, corpus, prompt))
    for path, content in files.items():
        write_bytes(folder / path, content)
    digest = hashlib.sha256(b"".join(f"{hashlib.sha256(c).hexdigest()}  {p}\n".encode() for p, c in sorted(files.items())))
    eval_sha256 = next(s.sha256 for s in corpus.summaries if s.split is Split.EVAL)
    note_export(workbook, HarnessExport(evaluation.utc_now(), name, eval_sha256, digest.hexdigest()))
    tasks = (name, *((f"{name}{KNOWN_FAILURES}",) if corpus.regression else ()))
    rows = {s.split.value: s.examples for s in corpus.summaries if s.split is not Split.HOLDOUT}
    return Exported(
        str(folder), tasks, rows, len(corpus.holdout.example_ids), prompt.of, command(target / name, tasks, prompt)
    )


def task_name(workbook: Path) -> str:
    """Return the name of a workbook's task: its file name in small letters, digits and underscores."""
    return re.sub(r"[^a-z0-9]+", "_", workbook.stem.casefold()).strip("_") or "evaluation"


def command(folder: Path, tasks: Iterable[str], prompt: TaskPrompt) -> str:
    """Return the command line that runs the tasks against a server that speaks the OpenAI chat protocol."""
    turns = " --fewshot_as_multiturn True" if prompt.shots else ""
    return (
        "lm-eval run --model local-chat-completions "
        "--model_args model=MODEL,base_url=http://127.0.0.1:8000/v1/chat/completions "
        f"--tasks {','.join(tasks)} --include_path {folder} --apply_chat_template{turns} "
        "--output_path results --log_samples --seed 0"
    )


def _emptied(folder: Path) -> Path:
    """Return the folder after an earlier export was taken out of it; nothing else is ever removed."""
    if folder.is_dir() and (folder / CONFIG).exists():
        shutil.rmtree(folder)
    elif folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        msg = f"{folder} holds something else than an earlier export. Choose another folder, or move it away."
        raise NeedsMendingError(msg)
    return folder


def _files(name: str, plan: EvaluationPlan, corpus: Corpus, prompt: TaskPrompt) -> Iterable[tuple[str, bytes]]:
    """Yield every file of the task folder with its place in it."""
    task, fields = plan.settings.task, plan.fields
    weights = weights_of(corpus.eval, dict(plan.production_mix))
    yield f"{name}.yaml", _yaml(name, plan, corpus, prompt, Split.EVAL)
    yield "data/eval.jsonl", json_lines([row_of(e, task, fields, w) for e, w in zip(corpus.eval, weights, strict=True)])
    if corpus.regression:
        yield f"{name}{KNOWN_FAILURES}.yaml", _yaml(f"{name}{KNOWN_FAILURES}", plan, corpus, prompt, Split.REGRESSION)
        yield "data/regression.jsonl", json_lines([row_of(e, task, fields) for e in corpus.regression])
    if corpus.train:
        train = shots_first(corpus.train, prompt.shots)
        yield "data/train.jsonl", json_lines([row_of(e, task, fields) for e in train])
    yield CONFIG, json_bytes(_config(plan, corpus))
    yield "utils.py", Path(task_code.__file__).read_bytes()
    yield from _scoring()
    pinned = [f"{library}=={version(library)}" for library in LIBRARIES]
    yield "requirements.txt", "\n".join([f"lm-eval[api]>={LM_EVAL}", *pinned, ""]).encode()
    tasks = [name, *([f"{name}{KNOWN_FAILURES}"] if corpus.regression else [])]
    yield "README.md", _readme(plan, tasks, command(Path(name), tasks, prompt)).encode()


def _scoring() -> Iterable[tuple[str, bytes]]:
    """Yield our own scorers and measures, as they are."""
    package = Path(task_code.__file__).resolve().parents[1]
    told = f'"""The scorers of reportgen {evaluation.own_version()}, as they were when this task was exported."""\n'
    yield "scoring/reportgen/__init__.py", told.encode()
    for part in SCORING:
        place = package / part
        for path in sorted(place.rglob("*.py")) if place.is_dir() else (place,):
            yield f"scoring/reportgen/{path.relative_to(package).as_posix()}", path.read_bytes()


def _config(plan: EvaluationPlan, corpus: Corpus) -> dict[str, Any]:
    """Return what the scorers need besides the rows."""
    return {
        "task": plan.settings.task.value,
        "date_order": plan.settings.date_order,
        "decimal_mark": plan.settings.decimal_mark,
        "currency": plan.settings.currency,
        "answers_read": plan.settings.answers_read.value,
        "several_labels": plan.settings.several_labels,
        "labels": msgspec.to_builtins(labels_of(plan)),
        "sample_labels": make_frame(plan, corpus, 0).labels if plan.settings.task is Task.CLASSIFICATION else (),
        "fields": msgspec.to_builtins(plan.fields),
    }


class _Function(str):
    """The name of a function in `utils.py`; YAML writes it with the harness's own tag."""

    __slots__ = ()


class _Writer(yaml.SafeDumper):  # type: ignore[misc]  # PyYAML ships no types
    pass


def _text(writer: Any, text: str) -> Any:  # noqa: ANN401 - PyYAML ships no types
    return writer.represent_scalar("tag:yaml.org,2002:str", text, style="|" if "\n" in text else None)


_Writer.add_representer(_Function, lambda writer, name: writer.represent_scalar("!function", f"utils.{name}"))
_Writer.add_representer(str, _text)


def _yaml(name: str, plan: EvaluationPlan, corpus: Corpus, prompt: TaskPrompt, split: Split) -> bytes:
    task = plan.settings.task
    keys = [m.key() for m in task_code.exported_measures(plan)]
    if split is Split.REGRESSION:
        keys = [MEASURES[task_code.KNOWN_FAILURES].key()]
    lenient: list[dict[str, Any]] = [{"function": "custom", "filter_fn": _Function("lenient")}, {"function": "take_first"}]
    config: dict[str, Any] = {
        "task": name,
        "tag": "reportgen",
        "custom_dataset": _Function("load_dataset"),
        **({"training_split": "train", "fewshot_split": "train"} if corpus.train else {}),
        "test_split": split.value,
        "output_type": "generate_until",
        **({"description": prompt.system} if prompt.system else {}),
        "doc_to_text": prompt.user,
        "doc_to_target": "{{expected}}",
        "num_fewshot": len(prompt.shots),
        **({"fewshot_config": {"sampler": "first_n"}} if prompt.shots else {}),
        "generation_kwargs": _generation(prompt),
        "repeats": 1,
        "filter_list": [
            {"name": "strict", "filter": [{"function": "take_first"}]},
            *([{"name": "lenient", "filter": lenient}] if task in LENIENT_TASKS else []),
        ],
        "process_results": _Function("process_results"),
        "metric_list": [
            {"metric": task_code.CORRECT, "aggregation": "mean", "higher_is_better": True},
            *(_metric(key) for key in keys),
        ],
        "metadata": _metadata(plan, corpus, split),
    }
    return bytes(yaml.dump(config, Dumper=_Writer, sort_keys=False, allow_unicode=True, width=10_000, encoding="utf-8"))


def _generation(prompt: TaskPrompt) -> dict[str, Any]:
    """Return the request's settings; without `until` the harness would cut every answer at its first blank line."""
    sampled = prompt.temperature > 0
    return {"until": [], "do_sample": sampled, "temperature": prompt.temperature, "max_gen_toks": prompt.most_tokens}


def _metric(key: str) -> dict[str, Any]:
    better = next(m.better.value for m in MEASURES.values() if m.key() == key)
    return {"metric": key, "aggregation": _Function(key), "higher_is_better": better == "higher"}


def _metadata(plan: EvaluationPlan, corpus: Corpus, split: Split) -> dict[str, Any]:
    return {
        "version": 1.0,
        "reportgen": evaluation.own_version(),
        "split": split.value,
        "workbook_sha256": plan.source.sha256,
        "split_sha256": next(s.sha256 for s in corpus.summaries if s.split is split),
        "holdout_commitment": corpus.holdout.commitment,
    }


def _readme(plan: EvaluationPlan, tasks: Iterable[str], line: str) -> str:
    return f"""# {plan.settings.title}: task for lm-evaluation-harness

Written by `reportgen lm-eval export` from {plan.source.name}. In an environment of its own:

    pip install -r requirements.txt
    lm-eval validate --tasks {",".join(tasks)} --include_path .
    {line.replace(f"--include_path {next(iter(tasks))}", "--include_path .")}

Then, where reportgen is installed: `reportgen lm-eval import results --into {plan.source.name}`.

Figures are those of reportgen, computed by its own scorers in `scoring/`; a production mix weighs them. Where reportgen
takes recorded verdicts of people or of a model, the harness goes by the rule. Holdout rows are not here.
"""
