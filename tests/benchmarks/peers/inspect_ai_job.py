"""The job as inspect_ai does it: a task of so many samples, one generation each. Runs in inspect_ai's own environment."""

import json
import sys
from pathlib import Path

from inspect_ai import Task, eval  # type: ignore[import-not-found] # noqa: A004 - its name there
from inspect_ai.dataset import Sample  # type: ignore[import-not-found]
from inspect_ai.event import ModelEvent  # type: ignore[import-not-found]
from inspect_ai.model import get_model  # type: ignore[import-not-found]
from inspect_ai.solver import generate  # type: ignore[import-not-found]

url, calls, at_once, target = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), sys.argv[4]
task = Task(dataset=[Sample(input=f"text {number}") for number in range(calls)], solver=generate())
model = get_model("openai-api/bench/m", base_url=url, api_key="none")
(log,) = eval(task, model=model, max_connections=at_once, max_samples=calls, display="none", log_dir="logs")
if log.status != "success":
    sys.exit(f"inspect_ai ended with {log.status}: {log.error}")
events = [event for sample in log.samples or [] for event in sample.events if isinstance(event, ModelEvent)]
Path(target).write_text(json.dumps([event.output.time for event in events if event.output.time]), encoding="utf-8")
