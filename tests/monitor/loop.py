"""A small world for the monthly loop: a workbook, models on a loopback server whose errors are chosen, and a clock."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from reportgen import cli, evaluation
from reportgen.domain.records.plan import Task
from reportgen.workbook.blank.workbooks import write_workbook
from tests.fakes.model_server import ModelServer, Reply

ROWS = 100
PRODUCTION = "in use"


def label(number: int) -> str:
    return ("yes", "no")[number % 2]


@dataclass
class World:
    """What is true this month; tests change it between two runs."""

    folder: Path
    server: ModelServer
    rows: int = ROWS
    wrong: dict[str, Collection[int]] = field(default_factory=lambda: {"prod": range(8), "mid": range(12), "low": range(30)})
    prices: dict[str, float] = field(default_factory=lambda: {"prod": 3.0, "mid": 2.0, "low": 1.0})
    named: dict[str, str] = field(default_factory=lambda: {"prod": PRODUCTION, "mid": "middle", "low": "cheap"})
    screening: Sequence[Mapping[str, str | float]] = ()
    snapshot: str = "2026-01-01"
    date: str = "2026-01-05"
    edited: Collection[int] = ()
    further: Sequence[Mapping[str, str | float]] = ()

    @property
    def book(self) -> Path:
        return self.folder / "tickets.xlsx"

    @property
    def first(self) -> Path:
        return self.folder / "tickets-run"

    def now(self) -> str:
        return f"{self.date}T06:00:00Z"

    def answer(self, _: int, body: dict[str, Any]) -> Reply:
        found = re.search(r"(case|known) (\d+)", str(body["messages"][-1]["content"]))
        assert found is not None
        number = int(found[2])
        missed = number in self.wrong[str(body["model"]).rpartition("/")[2]] and found[1] == "case"
        return Reply(label(number + missed), input_tokens=200, output_tokens=5, snapshot=self.snapshot)

    def write(self) -> None:
        """Write the workbook as it is this month."""
        specs: list[Mapping[str, str | float]] = [
            {
                "Candidate": name,
                "Kind": "API model",
                "Model": f"openai/{model}",
                "Endpoint": self.server.url,
                "Key variable": "LOOP_KEY",
                "Role": "production" if name == PRODUCTION else "candidate",
                **(
                    {"Input price": self.prices[model], "Output price": 10.0, "Price date": "2026-01-01"}
                    if model in self.prices
                    else {}
                ),
            }
            for model, name in self.named.items()
        ]
        examples: list[Mapping[str, str | float]] = [
            {
                "Example ID": f"E{i}",
                "Input": f"case {i}{' edited' if i in self.edited else ''}",
                "Expected": label(i),
                "Split": "eval",
                "Segment": "old" if i < ROWS else "new",
            }
            for i in range(self.rows)
        ]
        examples += [
            {"Example ID": f"K{i}", "Input": f"known {i}", "Expected": label(i), "Known failure": "late"} for i in range(2)
        ]
        rows: dict[str, Sequence[Mapping[str, str | float]]] = {
            "Examples": examples,
            "Labels": [{"Label": "yes"}, {"Label": "no"}],
            "Candidates": [*specs, *self.further],
            "Service levels": [{"Measure": "accuracy", "Comparison": "at least", "Target": 0.5, "Agreed by": "Ann"}],
            "Known failures": [{"Failure ID": "late", "Description": "Late orders were missed"}],
            "Costs": [
                {"Assumption": "Tasks per month", "Expected": 1000, "Source": "count"},
                {"Assumption": "Minutes per review", "Expected": 3, "Source": "measured"},
                {"Assumption": "Reviewer cost per hour", "Expected": 36, "Source": "payroll"},
                {"Assumption": "Manual cost per task", "Expected": 4, "Source": "payroll"},
            ],
        }
        if self.screening:
            rows["Screening"] = list(self.screening)
        write_workbook(
            self.book, Task.CLASSIFICATION, evaluation={"Title": "Loop", "Primary measure": "accuracy"}, rows=rows
        )

    def run(self) -> None:
        """Make the first run."""
        self.write()
        evaluation.evaluate(self.book, environment={"LOOP_KEY": "k"})

    def rerun(self, *more: str) -> int:
        """Ask again as the scheduled job does."""
        self.write()
        return cli.main(["rerun", str(self.first), *more])
