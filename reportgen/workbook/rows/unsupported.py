"""What other tools offer and this version does not, or has elsewhere: a workbook that tries it is told so."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from reportgen.workbook.layout.sheets import squash

MULTI_LABEL = "several labels for one example stand one a line in Expected, with Labels per example = several."
ORDERED = "the order of labels stands elsewhere: in the column Order of the sheet Labels."
COST_MATRIX = "what a mistake costs stands elsewhere: on the sheet Mistake costs."

_ANYWHERE: Mapping[str, str] = MappingProxyType(
    {
        **dict.fromkeys(("multi-labels",), MULTI_LABEL),
        **dict.fromkeys(("ordered labels", "label order", "ordinal", "ordinal labels", "ordered"), ORDERED),
        **dict.fromkeys(
            ("cost matrix", "misclassification cost", "misclassification costs", "confusion cost", "confusion costs"),
            COST_MATRIX,
        ),
    }
)
_IN_COLUMNS: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        "Labels": dict.fromkeys(("cost", "cost of a mistake", "weight"), COST_MATRIX),
        "Examples": dict.fromkeys(("expected 2", "expected 3", "second expected", "expected labels", "labels"), MULTI_LABEL),
    }
)
_TASKS: Mapping[str, str] = MappingProxyType({"multi": MULTI_LABEL, "ordinal": ORDERED, "ordered": ORDERED})


def _find(words: Mapping[str, str], name: str) -> str:
    key = squash(name)
    return next((sentence for word, sentence in words.items() if squash(word) == key), "")


def unsupported_name(name: str) -> str:
    """Return the sentence for a sheet or an item of Evaluation that asks for what is not there, else ''."""
    return _find(_ANYWHERE, name)


def unsupported_column(sheet: str, header: str) -> str:
    """Return the sentence for a column that asks for what is not there, else ''."""
    return _find(_ANYWHERE, header) or _find(_IN_COLUMNS.get(sheet, {}), header)


def unsupported_task(text: str) -> str:
    """Return the sentence for a task such as `multi-label classification`, else ''."""
    key = squash(text)
    return next((sentence for word, sentence in _TASKS.items() if word in key), "")
