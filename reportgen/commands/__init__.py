"""The commands of the contract, one file each.

A command module holds `WHAT` (one sentence for the help), `EXAMPLE` (a line to type), `arguments(sub)` and `run(options)`,
which returns an exit code. What it needs is imported when it runs, so that `--help` stays cheap.
"""
