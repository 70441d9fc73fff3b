"""`reportgen run`: the whole job."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from reportgen.commands.common import add_json, add_permissions, existing, permissions_of, say, say_result
from reportgen.problems import ExitCode

if TYPE_CHECKING:
    from reportgen.domain.comparison import Comparison
    from reportgen.evaluation import Permissions

EXAMPLE = "reportgen run tickets.xlsx"


def arguments(sub: argparse.ArgumentParser) -> None:
    """Add the options."""
    sub.add_argument("workbook", type=Path, metavar="WORKBOOK")
    sub.add_argument("--out", type=Path, default=None, help="the run folder (default: NAME-run beside the workbook)")
    add_permissions(sub)
    add_json(sub)


def run(options: argparse.Namespace) -> ExitCode:
    """Do the whole job."""
    return evaluate(existing(options.workbook), options.out, permissions_of(options), as_json=options.json)


def evaluate(workbook: Path, out: Path | None, permissions: Permissions, *, as_json: bool) -> ExitCode:
    """Run the evaluation and say what was decided and where the documents are."""
    from reportgen import evaluation  # noqa: PLC0415
    from reportgen.progress import Console  # noqa: PLC0415

    with Console(sys.stderr) as console:
        comparison, folder = evaluation.evaluate(workbook, out=out, permissions=permissions, progress=console.show)
    say_result(comparison, folder.path, as_json=as_json)
    for line in spending_lines(comparison):
        say(line, error=as_json)
    return ExitCode.DONE


def spending_lines(comparison: Comparison) -> Iterator[str]:
    """Yield what was asked and spent, beside what `check` had supposed; nothing where nobody was asked.

    Answers of an earlier run cost nothing here, so their share of the forecast is left away.
    """
    from reportgen.checking.forecast import forecast  # noqa: PLC0415
    from reportgen.checking.ranges import NONE, Range  # noqa: PLC0415
    from reportgen.domain.wording import counted, money  # noqa: PLC0415

    supposed = {one.candidate: one.cost for one in forecast(comparison.plan, comparison.corpus).candidates}
    answers, spent, before = 0, 0.0, NONE
    for result in comparison.candidates:
        rows = (*result.sample.observations, *result.regression.observations)
        fresh = [o.token_cost for o in rows if not o.response.from_earlier_run]
        if result.spec.name not in supposed or not fresh:
            continue
        answers += len(fresh)
        known = [cost for cost in fresh if cost is not None]
        cost = supposed[result.spec.name]
        if cost is not None and len(known) == len(fresh):
            share = len(fresh) / len(rows)
            spent += sum(known)
            before = before.plus(Range(share * cost.low, share * cost.expected, share * cost.high))
    if not answers:
        return
    currency = comparison.plan.settings.currency
    said = f"Asked in this run: {counted(answers, 'answer')}."
    if before != NONE:
        said += (
            f" Spent: {money(spent, currency)}; supposed before it began: about {money(before.expected, currency)}, "
            f"between {money(before.low, currency)} and {money(before.high, currency)}."
        )
    yield said
