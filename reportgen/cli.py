"""The command line: words become arguments, errors become exit codes and sentences, and nothing else happens here."""

from __future__ import annotations

import argparse
import os
import sys
from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from types import ModuleType

# Each command's one-line help stands here, so that `--help` need not import the commands' modules.
COMMANDS = {
    "desk": "open the page in the browser: everything below without a terminal",
    "demo": "do the whole job on a shipped sample: no key, no network",
    "new": "write a blank workbook to fill in",
    "sample": "draw a stratified random sample from a production log into a workbook to be labelled",
    "check": "list every problem of a workbook by its cell, and say what its examples can prove",
    "screen": "narrow many models down by public ratings and their intervals; ratings weigh nothing afterwards",
    "run": "ask every candidate, score, decide, write the three documents, seal the run folder",
    "report": "write the documents of a run again from its stored records; no request is made",
    "score": "score stored responses again into a new run folder, with reviewers' verdicts; no request is made",
    "confirm": "ask the winner for the locked rows, once; can only lower the decision",
    "accept": "make a run the baseline that later runs are held against, on purpose and on record",
    "gate": "hold a run, or a workbook that is run first, against the accepted baseline: exit code 0, 10 or 11",
    "compare": "say what changed between two runs, in figures and in causes",
    "rerun": "ask production and its challengers again, every month: drift, prices, snapshots, expiry; exit code 0, 10, 11",
    "export": "write the rows and figures of a run as plain files; of the holdout only its hash",
    "lm-eval": "exchange with lm-evaluation-harness: `export` writes a task folder for it, `import` brings its answers back",
    "batch": "requests as files in OpenAI's batch format: `export` writes them, `import` brings the answers back",
    "bundle": "write one file of a run folder, signed with --sign",
    "keygen": "make a pair of keys to sign bundles with",
    "verify": "check seal, chain and hashes of a run or bundle, and compute every figure again",
    "doctor": "say what is missing on this machine and the one command that mends it",
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code."""
    words = sys.argv[1:] if arguments is None else arguments
    options = parser(words).parse_args(words)
    code = ended(options)
    if getattr(options, "progress", "") == "json":
        from reportgen.commands.common import say  # noqa: PLC0415

        say(f'{{"ended": {code}}}', error=True)
    return code


def ended(options: argparse.Namespace) -> int:
    """Run the command and turn however it ends into an exit code and a sentence."""
    from reportgen.commands.common import say, say_problems  # noqa: PLC0415 - `--help` needs none of these
    from reportgen.commands.stopping import orderly_stop  # noqa: PLC0415
    from reportgen.problems import ExitCode, ReportgenError  # noqa: PLC0415

    try:
        with orderly_stop():
            return int(module_of(options.command).run(options))
    except KeyboardInterrupt:
        say("Interrupted. What was answered is kept: run it again to go on.", error=True)
        return int(ExitCode.INTERRUPTED)
    except ReportgenError as error:
        say_problems(error.problems)
        if [str(problem) for problem in error.problems] != [str(error)]:
            say(str(error), error=True)
        return int(error.exit_code)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return int(ExitCode.DONE)
    except Exception as error:  # noqa: BLE001 - no traceback ever reaches a user
        return report_fault(error)


def report_fault(error: Exception) -> int:
    """Say that reportgen itself failed, and keep the traceback in a file for whoever mends it."""
    import tempfile  # noqa: PLC0415 - only in the worst case
    import traceback  # noqa: PLC0415

    from reportgen.commands.common import say  # noqa: PLC0415
    from reportgen.problems import ExitCode  # noqa: PLC0415

    with tempfile.NamedTemporaryFile("w", prefix="reportgen-fault-", suffix=".txt", delete=False, encoding="utf-8") as file:
        file.write("".join(traceback.format_exception(error)))
    say(
        f"This is a fault in reportgen, not in your workbook ({type(error).__name__}). "
        f"Nothing that was answered is lost. Please send us {file.name}; it may hold text of your workbook, so look first.",
        error=True,
    )
    return int(ExitCode.FAULT)


def parser(words: Sequence[str] = ()) -> argparse.ArgumentParser:
    """Return the command line of the contract, section 3; only the command that `words` name brings its own arguments."""
    top = argparse.ArgumentParser(
        prog="reportgen",
        description="Choose an AI model for your own work, and prove it.",
        epilog="Start with: reportgen desk, or without a browser: reportgen demo",
    )
    top.add_argument("--version", action=_ShowVersion, nargs=0, help="show the version and stop")
    commands = top.add_subparsers(title="commands", metavar="COMMAND", dest="command", required=True)
    named = next((word for word in words if word in COMMANDS), None)
    for name, what in COMMANDS.items():
        sub = commands.add_parser(name, help=what, description=what)
        if name == named:
            sub.epilog = f"Example: {module_of(name).EXAMPLE}"
            module_of(name).arguments(sub)
    return top


def module_of(command: str) -> ModuleType:
    """Return the module of a command: its EXAMPLE, its `arguments` and its `run`."""
    return import_module(f"reportgen.commands.{command.replace('-', '_')}")


class _ShowVersion(argparse.Action):
    """Looks the version up only when it is asked for: it costs a tenth of a second."""

    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> None:
        from importlib.metadata import version  # noqa: PLC0415

        from reportgen.commands.common import say  # noqa: PLC0415

        say(f"reportgen {version('reportgen')}")
        parser.exit()


if __name__ == "__main__":
    sys.exit(main())
