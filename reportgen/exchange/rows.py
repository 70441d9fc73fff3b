"""Examples as the rows of data files: what leaves the workbook for another tool, and what has to come back unchanged."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec

from reportgen.candidates.text_baseline import answer_of
from reportgen.corpus.ledger import key_record
from reportgen.domain.records.plan import Example, FieldSpec, Task
from reportgen.domain.statistics.weighting import example_weights

UNWEIGHTED = 1.0


def row_of(example: Example, task: Task, fields: Sequence[FieldSpec], weight: float = UNWEIGHTED) -> dict[str, Any]:
    """Return one example as a row; `key` is the canonical JSON of everything that is right for it, `null` = unlabelled."""
    return {
        "example_id": example.id,
        "text": example.input,
        "expected": answer_of(example, task, fields),
        "stratum": example.segment,
        "group": example.group,
        "known_failure": example.known_failure,
        "weight": weight,
        "key": msgspec.json.encode(key_record(example.key), order="sorted").decode(),
    }


def weights_of(examples: Sequence[Example], mix: dict[str, float]) -> list[float]:
    """Return the weight of each example by the production mix, 1 without one; all 0 where the mix covers no example."""
    if not mix:
        return [UNWEIGHTED] * len(examples)
    return [float(w) for w in example_weights([e.segment for e in examples], mix)]


def json_lines(rows: Sequence[dict[str, Any]]) -> bytes:
    """Return one line of JSON for each row, keys in the order of the row."""
    return msgspec.json.Encoder().encode_lines(list(rows))
