"""The five steps of filling a workbook in, in the words of the sheet Start and of the desk alike."""

from __future__ import annotations

NAMES = (
    "1  Say what you decide",
    "2  Collect and label examples",
    "3  Agree on limits and costs",
    "4  List the candidates",
    "5  Check and run",
)
SHEETS = ("Evaluation", "Examples", "Service levels", "Candidates", "")
WHAT = (
    "Say what is decided, by whom and by when.",
    "Put in real cases and what is right for each. The sheet Filled example shows how it looks.",
    "Agree on limits and costs BEFORE anything is run: then nobody can bend them to a result.",
    "List what is compared, and what you use today. Only API models cost money.",
    "Close this file, then run:  reportgen check FILE  and, when nothing is left to mend:  reportgen run FILE",
)
AT_THE_DESK = (
    "Save the file: it is checked here by itself, and the page Run asks the candidates when nothing is left to mend."
)
"""The last of them where nobody types a command."""
