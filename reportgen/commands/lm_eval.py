"""`reportgen lm-eval`: exchange with lm-evaluation-harness, both ways."""

from __future__ import annotations

import argparse
import shlex
from pathlib import Path

from reportgen.commands.common import add_json, existing, quoted, say, workbook_of
from reportgen.problems import ExitCode

EXAMPLE = "reportgen lm-eval export tickets.xlsx harness"

EXPORT = "write the workbook as a task folder that `lm-eval run --include_path` runs as it is; holdout rows never leave"
IMPORT = "check the results of lm-eval and write NAME.imported.xlsx: the workbook with its answers as recorded outputs"


def arguments(sub: argparse.ArgumentParser) -> None:
    """Add the two directions with their options."""
    ways = sub.add_subparsers(title="directions", metavar="DIRECTION", dest="direction", required=True)
    out = ways.add_parser("export", help=EXPORT, description=EXPORT, epilog=f"Example: {EXAMPLE}")
    out.add_argument("workbook", type=Path, metavar="WORKBOOK")
    out.add_argument("folder", type=Path, metavar="DIR", help="where the task folder goes")
    out.add_argument("--candidate", default="", metavar="NAME", help="whose prompt is asked with (default: production's)")
    add_json(out)
    back = ways.add_parser(
        "import",
        help=IMPORT,
        description=IMPORT,
        epilog="Example: reportgen lm-eval import results --into tickets.xlsx --name small-model",
    )
    back.add_argument("results", type=Path, metavar="RESULTS", help="the results file of lm-eval, or the folder it is in")
    back.add_argument("--into", required=True, type=Path, metavar="WORKBOOK", help="the workbook that was exported")
    back.add_argument("--name", default="", metavar="NAME", help="what the candidate is to be called (default: the model)")
    back.add_argument(
        "--filter", default="", metavar="NAME", help="which reading of the answers the application uses (default: strict)"
    )
    add_json(back)


def run(options: argparse.Namespace) -> ExitCode:
    """Go the way that was chosen."""
    return _export(options) if options.direction == "export" else _import(options)


def _export(options: argparse.Namespace) -> ExitCode:
    from reportgen.evidence.run_folder import json_bytes  # noqa: PLC0415
    from reportgen.exchange.lm_eval_export import export_task  # noqa: PLC0415

    made = export_task(workbook_of(options.workbook), options.folder, candidate=options.candidate)
    if options.json:
        say(json_bytes(made).decode().rstrip())
        return ExitCode.DONE
    rows = ", ".join(f"{n} {split}" for split, n in made.rows.items() if n)
    say(f"{made.folder} holds the task: {rows} rows. {made.locked} holdout rows stayed behind.")
    say(f"  Asked with the prompt of {made.prompt_of}." if made.prompt_of else "  Asked with the built-in prompt.")
    say("In an environment of its own (pip install -r requirements.txt), with your model and address:")
    say(f"  {made.command}")
    say(f"Then: reportgen lm-eval import results --into {options.workbook}")
    return ExitCode.DONE


def _import(options: argparse.Namespace) -> ExitCode:
    from reportgen.evidence.run_folder import json_bytes  # noqa: PLC0415
    from reportgen.exchange.lm_eval_import import import_results  # noqa: PLC0415

    made = import_results(existing(options.results), existing(options.into), name=options.name, wanted_filter=options.filter)
    if options.json:
        say(json_bytes(made).decode().rstrip())
        return ExitCode.DONE
    say(f"{made.workbook} is {options.into.name} with {made.answers} answers of {made.candidate} as recorded outputs.")
    for note in made.notes:
        say(f"  {note}")
    say(
        f"Next: reportgen run {quoted(made.workbook)}, or "
        f"reportgen gate {quoted(made.workbook)} --baseline FILE --candidate {shlex.quote(made.candidate)}"
    )
    return ExitCode.DONE
