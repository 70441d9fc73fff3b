"""The columns in which a reviewer writes on the Responses sheet: the sheet is written and read back by the same names."""

from __future__ import annotations

from reportgen.domain.records.score import Mark

SHEET = "Responses"
HEADER_ROW = 4
"""Row of the table's header as people count them, from 1."""
EXAMPLE = "Example ID"
CANDIDATE = "Review: candidate"
PART = "Review: part"
VERDICT = "Review: verdict"
REASON = "Review: reason"
NAME = "Review: name"
DATE = "Review: date"
COLUMNS = (CANDIDATE, PART, VERDICT, REASON, NAME, DATE)
"""In their order, after the last column of the sheet's own. A row in which all are blank holds no review."""
REMOVE = "remove example"
"""The one verdict that speaks of an example and not of an answer: candidate and part stay blank."""
VERDICTS = (
    Mark.CORRECT.value,
    Mark.WRONG.value,
    Mark.MISSING.value,
    Mark.INVENTED.value,
    Mark.SUPPORTED.value,
    Mark.UNSUPPORTED.value,
    Mark.COVERED.value,
    Mark.OMITTED.value,
    REMOVE,
)
SPARE_ROWS = 60
"""Empty rows beneath the examples: a second verdict on one example goes there, with its Example ID."""
