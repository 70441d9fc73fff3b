"""responses.parquet: every answer of a run that no sheet holds, one row each, for whatever reads tables.

Written only where the sheet Responses is a sample; in the order of the examples, and of the candidates within one.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa
from pyarrow import parquet

from reportgen.reports.xlsx.responses import expected, mark_of, reason_of

if TYPE_CHECKING:
    from reportgen.domain.records.comparison import Comparison
    from reportgen.domain.records.measure import Observation
    from reportgen.domain.records.plan import Example

_ROWS_AT_ONCE = 50_000
"""Rows of one group: a reader opens a page of a million rows without the others."""
_TEXT, _WORD, _COUNT = pa.string(), pa.dictionary(pa.int32(), pa.string()), pa.int64()

_OF_EXAMPLE: Mapping[str, tuple[pa.DataType, Callable[[Example], Any]]] = {
    "example_id": (_WORD, lambda e: e.id),
    "repeat": (pa.int32(), lambda e: e.repeat),
    "cell": (_WORD, lambda e: e.where),
    "segment": (_WORD, lambda e: e.segment),
    "known_failure": (_WORD, lambda e: e.known_failure),
    "input": (_WORD, lambda e: e.input),
    "expected": (_WORD, lambda e: expected(e.key)),
}
_OF_ANSWER: Mapping[str, tuple[pa.DataType, Callable[[Observation], Any]]] = {
    "outcome": (_TEXT, lambda o: o.score.strict.outcome.value),
    "output": (_TEXT, lambda o: o.response.text),
    "mark": (_TEXT, lambda o: mark_of(o).word),
    "right": (pa.bool_(), lambda o: None if o.score.unscored else o.score.strict.right),
    "reason": (_TEXT, reason_of),
    "review": (_TEXT, lambda o: ", ".join(o.review)),
    "confidence": (pa.float64(), lambda o: o.response.confidence),
    "latency_s": (pa.float64(), lambda o: o.response.latency_s),
    "attempts": (_COUNT, lambda o: o.response.attempts),
    "input_tokens": (_COUNT, lambda o: None if o.response.usage is None else o.response.usage.input),
    "output_tokens": (_COUNT, lambda o: None if o.response.usage is None else o.response.usage.output),
    "token_cost": (pa.float64(), lambda o: o.token_cost),
}
"""Column to its type and where it comes from; null = not known, never 0."""


def write(comparison: Comparison, path: Path) -> None:
    """Write every answer as Parquet; the same comparison gives the same bytes, and on an error nothing is left behind.

    Raises OSError where the folder cannot be written.
    """
    with tempfile.TemporaryDirectory(dir=path.parent, prefix=".reportgen-") as folder:
        draft = Path(folder) / path.name
        tables = _tables(comparison)
        first = next(tables)
        with parquet.ParquetWriter(draft, first.schema, compression="zstd", store_schema=False) as file:
            file.write_table(first)
            for table in tables:
                file.write_table(table)
        draft.chmod(0o644)
        draft.replace(path)


def other_rows(given: Path, made: Path) -> Iterator[str]:
    """Yield where two files of answers differ: their columns, the number of their rows, or the first rows that do."""
    with parquet.ParquetFile(given) as old, parquet.ParquetFile(made) as new:
        if old.schema_arrow.names != new.schema_arrow.names:
            yield f"the columns are {', '.join(old.schema_arrow.names)}, must be {', '.join(new.schema_arrow.names)}"
            return
        if old.metadata.num_rows != new.metadata.num_rows:
            yield f"{old.metadata.num_rows:,} rows, must be {new.metadata.num_rows:,}"
            return
        batches = zip(old.iter_batches(_ROWS_AT_ONCE), new.iter_batches(_ROWS_AT_ONCE), strict=True)
        for number, (a, b) in enumerate(batches):
            if not a.equals(b):
                yield from _first_difference(a.to_pylist(), b.to_pylist(), number * _ROWS_AT_ONCE)
                return


def _first_difference(old: Sequence[dict[str, Any]], new: Sequence[dict[str, Any]], before: int) -> Iterator[str]:
    for number, (a, b) in enumerate(zip(old, new, strict=True), before + 1):
        for name in (name for name in b if a[name] != b[name]):
            yield f"row {number:,}, {name}: {a[name]!r:.60}, must be {b[name]!r:.60}"
            return


def _tables(comparison: Comparison) -> Iterator[pa.Table]:
    """Yield the rows in pieces of whole examples."""
    results = comparison.candidates
    found = [{o.example.id: o for o in (*r.sample.observations, *r.regression.observations)} for r in results]
    known = frozenset(e.id for e in comparison.corpus.regression)
    names = tuple(r.spec.name for r in results)
    examples = iter(comparison.corpus.asked)
    others = tuple(dict.fromkeys(name for e in comparison.corpus.asked for name in e.other_columns))
    while piece := list(islice(examples, max(1, _ROWS_AT_ONCE // max(1, len(names))))):
        yield _table(piece, names, found, known, others)


def _table(
    examples: Sequence[Example],
    names: Sequence[str],
    found: Sequence[Mapping[str, Observation]],
    known: frozenset[str],
    others: Sequence[str],
) -> pa.Table:
    answers = [
        (place, c, o) for place, e in enumerate(examples) for c, of in enumerate(found) if (o := of.get(e.id)) is not None
    ]
    rows = pa.array([place for place, _, _ in answers], pa.int32())

    def of_example(values: Sequence[Any], kind: pa.DataType) -> pa.Array:
        if kind != _WORD:
            return pa.array(values, kind).take(rows)
        once = pa.array(values, _TEXT).dictionary_encode()  # with a text twice in it the bytes are not the same every time
        return pa.DictionaryArray.from_arrays(once.indices.take(rows), once.dictionary)

    columns = {name: of_example([make(e) for e in examples], kind) for name, (kind, make) in _OF_EXAMPLE.items()}
    columns["split"] = of_example(["regression" if e.first_id in known else "eval" for e in examples], _WORD)
    columns["candidate"] = pa.DictionaryArray.from_arrays(pa.array([c for _, c, _ in answers], pa.int32()), list(names))
    columns |= {name: pa.array([make(o) for _, _, o in answers], kind) for name, (kind, make) in _OF_ANSWER.items()}
    columns |= {f"workbook: {name}": of_example([e.other_columns.get(name, "") for e in examples], _WORD) for name in others}
    return pa.table(columns)
