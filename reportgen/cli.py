"""The command line: words become arguments, errors become exit codes and sentences, and nothing else happens here."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from types import ModuleType

from reportgen.commands import (
    accept,
    bundle,
    check,
    compare,
    confirm,
    demo,
    doctor,
    export,
    gate,
    keygen,
    lm_eval,
    new,
    report,
    rerun,
    run,
    sample,
    score,
    screen,
    verify,
)
from reportgen.commands.common import say, say_problems
from reportgen.commands.stopping import orderly_stop
from reportgen.problems import ExitCode, ReportgenError

COMMANDS: dict[str, ModuleType] = {
    "demo": demo,
    "new": new,
    "sample": sample,
    "check": check,
    "screen": screen,
    "run": run,
    "report": report,
    "score": score,
    "confirm": confirm,
    "accept": accept,
    "gate": gate,
    "compare": compare,
    "rerun": rerun,
    "export": export,
    "lm-eval": lm_eval,
    "bundle": bundle,
    "keygen": keygen,
    "verify": verify,
    "doctor": doctor,
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code."""
    options = parser().parse_args(arguments)
    try:
        with orderly_stop():
            return int(COMMANDS[options.command].run(options))
    except KeyboardInterrupt:
        say("Interrupted. What was answered is kept: run the same command again to go on.", error=True)
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

    with tempfile.NamedTemporaryFile("w", prefix="reportgen-fault-", suffix=".txt", delete=False, encoding="utf-8") as file:
        file.write("".join(traceback.format_exception(error)))
    say(
        f"This is a fault in reportgen, not in your workbook ({type(error).__name__}). "
        f"Nothing that was answered is lost. Please send us {file.name}; it may hold text of your workbook, so look first.",
        error=True,
    )
    return int(ExitCode.FAULT)


def parser() -> argparse.ArgumentParser:
    """Return the command line of the contract, section 3."""
    top = argparse.ArgumentParser(
        prog="reportgen",
        description="Choose an AI model for your own work, and prove it.",
        epilog="Start with: reportgen demo",
    )
    top.add_argument("--version", action=_ShowVersion, nargs=0, help="show the version and stop")
    commands = top.add_subparsers(title="commands", metavar="COMMAND", dest="command", required=True)
    for name, command in COMMANDS.items():
        sub = commands.add_parser(name, help=command.WHAT, description=command.WHAT, epilog=f"Example: {command.EXAMPLE}")
        command.arguments(sub)
    return top


class _ShowVersion(argparse.Action):
    """Looks the version up only when it is asked for: it costs a tenth of a second."""

    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> None:
        from importlib.metadata import version  # noqa: PLC0415

        say(f"reportgen {version('reportgen')}")
        parser.exit()


if __name__ == "__main__":
    sys.exit(main())
