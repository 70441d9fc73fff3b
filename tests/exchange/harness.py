"""lm-evaluation-harness itself, in the environment of its own that REPORTGEN_LM_EVAL names (the path of its `lm-eval`).

`python -m tests.exchange.harness` records its result files anew for the tests that do without it; of the results files the
path of the temporary folder is taken out, everything else is as the harness wrote it.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from reportgen.domain.records.plan import Task
from reportgen.exchange.lm_eval_export import Exported, export_task
from tests.exchange.books import MODEL, script, write
from tests.fakes.model_server import ModelServer

PROGRAM = os.environ.get("REPORTGEN_LM_EVAL") or shutil.which("lm-eval") or ""
RECORDED = Path(__file__).parent / "recorded"
SECONDS = 300


def ask(exported: Exported, url: str, out: Path, *more: str) -> None:
    """Let the harness run an exported task, offline, against a server on loopback."""
    model = ["--model", "local-chat-completions", "--model_args", f"model={MODEL},base_url={url}/chat/completions"]
    which = ["--tasks", ",".join(exported.tasks), "--include_path", exported.folder, "--apply_chat_template"]
    command = [PROGRAM, "run", *model, *which, "--output_path", str(out), "--log_samples", "--seed", "0", *more]
    offline = {"HF_DATASETS_OFFLINE": "1", "HF_HUB_OFFLINE": "1", "OPENAI_API_KEY": "none"}
    environment = {k: v for k, v in os.environ.items() if k != "PYTHONPATH"} | offline
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False, timeout=SECONDS)
    if done.returncode:
        raise RuntimeError(done.stderr[-3000:])


def record(task: Task) -> None:
    """Write the harness's files for the small workbook of one task into `recorded/`."""
    with tempfile.TemporaryDirectory() as scratch, ModelServer(script(task)) as server:
        place = Path(scratch)
        ask(export_task(write(place / "mail.xlsx", task), place / "out"), server.url, place / "results")
        target = RECORDED / task.value
        shutil.rmtree(target, ignore_errors=True)
        target.mkdir(parents=True)
        for path in (place / "results" / MODEL).iterdir():
            (target / path.name).write_text(path.read_text(encoding="utf-8").replace(f"{scratch}/", ""), encoding="utf-8")


if __name__ == "__main__":
    if not PROGRAM:
        sys.exit("Set REPORTGEN_LM_EVAL to the path of lm-eval.")
    for each in (Task.CLASSIFICATION, Task.EXTRACTION):
        record(each)
