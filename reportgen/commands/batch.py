"""`reportgen batch`: the requests as files for a provider's batch service, and its answers back as recorded outputs."""

from __future__ import annotations

import argparse
from pathlib import Path

from reportgen.commands.common import add_json, existing, quoted, say, workbook_of
from reportgen.problems import ExitCode

EXAMPLE = "reportgen batch export tickets.xlsx requests"
EXPORT = "write the requests of every API model in OpenAI's batch format; holdout rows never leave"
IMPORT = "read the output files of a batch and write NAME.imported.xlsx: the workbook with them as recorded outputs"


def arguments(sub: argparse.ArgumentParser) -> None:
    """Add the two directions with their options."""
    ways = sub.add_subparsers(title="directions", metavar="DIRECTION", dest="direction", required=True)
    out = ways.add_parser("export", help=EXPORT, description=EXPORT, epilog=f"Example: {EXAMPLE}")
    out.add_argument("workbook", type=Path, metavar="WORKBOOK")
    out.add_argument("folder", type=Path, metavar="DIR", help="where the files go")
    add_json(out)
    epilog = "Example: reportgen batch import answers --into tickets.xlsx"
    back = ways.add_parser("import", help=IMPORT, description=IMPORT, epilog=epilog)
    back.add_argument("folder", type=Path, metavar="DIR", help="the folder with the output files (.jsonl)")
    back.add_argument("--into", required=True, type=Path, metavar="WORKBOOK", help="the workbook that was exported")
    add_json(back)


def run(options: argparse.Namespace) -> ExitCode:
    """Go the way that was chosen."""
    return _export(options) if options.direction == "export" else _import(options)


def _export(options: argparse.Namespace) -> ExitCode:
    from reportgen.evidence.run_folder import json_bytes  # noqa: PLC0415
    from reportgen.exchange.batch import export_batch  # noqa: PLC0415

    made = export_batch(workbook_of(options.workbook), options.folder)
    if options.json:
        say(json_bytes(made).decode().rstrip())
        return ExitCode.DONE
    for name, count in made.files.items():
        say(f"{options.folder / name}: {count:,} requests")
    if made.left_out:
        say(f"Not in OpenAI's batch format, so left out: {', '.join(made.left_out)}.")
    say(f"{made.locked:,} holdout rows stayed behind. Hand each file to your provider's batch service, or to vLLM:")
    say(f"  vllm run-batch -i {options.folder / next(iter(made.files))} -o answers.jsonl --model MODEL")
    say(f"Then: reportgen batch import DIR --into {options.workbook}, where DIR holds what came back")
    return ExitCode.DONE


def _import(options: argparse.Namespace) -> ExitCode:
    from reportgen.evidence.run_folder import json_bytes  # noqa: PLC0415
    from reportgen.exchange.batch_import import import_batch  # noqa: PLC0415

    made = import_batch(existing(options.folder), existing(options.into))
    if options.json:
        say(json_bytes(made).decode().rstrip())
        return ExitCode.DONE
    told = ", ".join(f"{count:,} of {name}" for name, count in made.answers.items())
    say(f"{made.workbook} is {options.into.name} with the answers of the batch as recorded outputs: {told}.")
    for note in made.notes:
        say(f"  {note}")
    say(f"Next: reportgen run {quoted(made.workbook)}")
    return ExitCode.DONE
