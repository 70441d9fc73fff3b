"""`reportgen doctor`: what is missing on this machine."""

from __future__ import annotations

import argparse

from reportgen.commands.common import say
from reportgen.problems import ExitCode

EXAMPLE = "reportgen doctor"


def arguments(sub: argparse.ArgumentParser) -> None:
    """Take no options."""
    del sub


def run(options: argparse.Namespace) -> ExitCode:
    """Look at this machine."""
    from reportgen.doctor import examine  # noqa: PLC0415

    del options
    lines, complete = examine()
    say("\n".join(lines))
    return ExitCode.DONE if complete else ExitCode.NEEDS_MENDING
