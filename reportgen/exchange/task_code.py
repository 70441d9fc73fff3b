"""What lm-evaluation-harness calls while it runs an exported task: documents in, scores and figures out.

The export copies this file as `utils.py` beside the task's YAML, and the scorers that it calls into `scoring/`, so that the
figures there are computed by the very code that computes them here, and nothing of reportgen has to be installed.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
if (HERE / "scoring").is_dir():
    sys.path.insert(0, str(HERE / "scoring"))

from reportgen.domain.estimating.computed_measures import ranks_of, records_of, unlisted  # noqa: E402
from reportgen.domain.measures import MEASURES  # noqa: E402
from reportgen.domain.measures.operations import NOT_SCORES  # noqa: E402
from reportgen.domain.records.measure import Measure, Observation, Sample, Unit  # noqa: E402 - found by the line above
from reportgen.domain.records.plan import (  # noqa: E402
    OVERALL,
    AnswerKey,
    AnswersRead,
    EvaluationPlan,
    Example,
    FieldKey,
    FieldSpec,
    FieldType,
    Label,
    ScopeKind,
    Settings,
    Source,
    Task,
)
from reportgen.domain.records.response import Outcome, Response  # noqa: E402
from reportgen.domain.records.score import (  # noqa: E402
    CitationMark,
    ItemCounts,
    Mark,
    Part,
    Reading,
    RowPair,
    Score,
)
from reportgen.metrics import prepared  # noqa: E402
from reportgen.metrics.classification import reader_of  # noqa: E402
from reportgen.metrics.interface import ScoreExample  # noqa: E402
from reportgen.metrics.json_output import AnswerReader, Fault, Given  # noqa: E402
from reportgen.metrics.several_labels import LabelSetReader  # noqa: E402


def _check_scorers() -> None:
    """Raise ImportError where another task's scorers, of another version, were loaded first: figures would not be ours."""
    loaded = Path(sys.modules["reportgen.metrics"].__file__ or "").resolve().parents[1]
    own = HERE / "scoring" / "reportgen"
    for path in own.rglob("*.py") if loaded != own else ():
        other = loaded / path.relative_to(own)
        if path.parent != own and (not other.exists() or other.read_bytes() != path.read_bytes()):
            msg = f"{HERE} and {loaded} hold scorers of different versions of reportgen: run their tasks one by one."
            raise ImportError(msg)


_check_scorers()

CORRECT = "correct"
CONVENTIONS = ("date_order", "decimal_mark", "currency")
KNOWN_FAILURES = "known-failure pass rate"
_OF_OPERATION = NOT_SCORES | {KNOWN_FAILURES}
"""Shares that the harness cannot know: it keeps neither attempts nor our review rules."""
NO_LABEL = "[no label]"


def exported_measures(plan: EvaluationPlan) -> tuple[Measure, ...]:
    """Return the measures that the harness computes: every share of the task that answers alone decide.

    Those that the plan gives no ground for are left out: rows, an order of labels, several labels.
    """
    task, left_out = plan.settings.task, unlisted(plan)
    return tuple(
        m
        for m in MEASURES.values()
        if task in m.tasks
        and m.unit in {Unit.SHARE, Unit.NUMBER}
        and m.statistic is not None
        and ScopeKind.OVERALL in m.scopes
        and m.name not in _OF_OPERATION
        and m.name not in left_out
    )


def load_dataset(**_: object) -> Any:  # noqa: ANN401 - a datasets.DatasetDict; the library is the harness's, not ours
    """Return the splits that were exported; the harness gives the task's metadata as arguments, which are not needed."""
    import datasets  # type: ignore[import-not-found, unused-ignore]  # noqa: PLC0415 - as above

    return datasets.DatasetDict({p.stem: datasets.Dataset.from_list(_rows(p)) for p in sorted(HERE.glob("data/*.jsonl"))})


def lenient(resps: Sequence[Sequence[str]], docs: Sequence[Mapping[str, Any]]) -> list[list[str]]:
    """Return the answers as an application that repairs them would take them over (the filter `lenient`)."""
    del docs
    return [[_repaired(text or "") for text in of_doc] for of_doc in resps]


def process_results(doc: Mapping[str, Any], results: Sequence[str]) -> dict[str, Any]:
    """Return how one answer was judged, under the name of each figure that is computed from it."""
    example = _example(doc)
    score = _scorer()(example)(Response("", example.id, "", Outcome.ANSWERED, results[0] or ""))
    judged = [] if score.unscored else [(CORRECT, float(score.strict.right))]
    bare = _bare(score)
    if doc["known_failure"]:
        return dict(judged) | {MEASURES[KNOWN_FAILURES].key(): bare}
    return dict(judged) | {m.key(): bare for m in exported_measures(_plan())}


def __getattr__(name: str) -> Callable[[Sequence[Mapping[str, Any]]], float]:
    """Return the aggregation of a measure by its name in results.json, for example `utils.macro_f1`."""
    found = next((m for m in MEASURES.values() if m.key() == name), None)
    if found is None:
        raise AttributeError(name)

    def aggregate(items: Sequence[Mapping[str, Any]]) -> float:
        return _figure(found, items)

    return aggregate


def _figure(of: Measure, items: Sequence[Mapping[str, Any]]) -> float:
    """Return a measure over judged answers, weighted by the production mix where there is one; NaN where it has no value."""
    config, docs = _config(), _docs()
    sample = Sample(
        tuple(_observation(item, docs[item["example_id"]]) for item in items),
        labels=tuple(config["sample_labels"]),
        fields=tuple(f.name for f in _plan().fields),
        citation_fields=tuple(f.name for f in _plan().fields if f.citation_required),
        records=records_of(_plan().fields),
        several=_plan().settings.several_labels,
        ranks=ranks_of(_plan().labels),
    )
    if of.statistic is None or (of.why_not is not None and of.why_not(sample, OVERALL)):
        return float("nan")
    features = of.features(sample, OVERALL)
    weights = [docs[item["example_id"]]["weight"] for item in items]
    if any(weights):
        features = features * [[w] for w in weights]
    return float(of.statistic(features.sum(axis=0)))


def _bare(score: Score) -> dict[str, Any]:
    """Return a score as the harness writes it down: marks, no text."""
    reading = score.strict
    return {
        "example_id": score.example_id,
        "outcome": reading.outcome.value,
        "label": reading.label or "",
        "labels": list(reading.labels),
        "parts": [_part_bare(p) for p in reading.parts],
        "extras": [[name, value] for name, value in reading.extras.items()],
        "unscored": score.unscored,
    }


def _part_bare(part: Part) -> list[Any]:
    citation = part.citation.value if part.citation else ""
    return [part.name, part.mark.value, citation, _rows_bare(part), list(part.items or ())]


def _rows_bare(part: Part) -> list[list[Any]]:
    """Return the rows of a part as the harness writes them down: whether expected, whether given, and the marks."""
    return [[r.expected is not None, r.given is not None, [m.value for m in r.marks]] for r in part.rows]


def _row_of(expected: bool, given: bool, marks: Sequence[str]) -> RowPair:
    return RowPair(() if expected else None, () if given else None, tuple(Mark(m) for m in marks))


def _observation(item: Mapping[str, Any], doc: Mapping[str, Any]) -> Observation:
    parts = tuple(
        Part(
            name,
            Mark(mark),
            citation=CitationMark(citation) if citation else None,
            rows=tuple(_row_of(*r) for r in rows),
            items=ItemCounts(*items) if items else None,
        )
        for name, mark, citation, rows, items in item["parts"]
    )
    outcome = Outcome(item["outcome"])
    reading = Reading(outcome, parts, item["label"] or None, tuple(item["labels"]), dict(item["extras"]))
    response = Response("", item["example_id"], "", outcome)
    return Observation(_example(doc), response, Score("", response.example_id, reading, reading, item["unscored"]), None)


def _repaired(text: str) -> str:
    plan = _plan()
    match plan.settings.task:
        case Task.CLASSIFICATION:
            reader = reader_of(plan)
            if plan.settings.several_labels:
                sets = LabelSetReader(reader)
                named = None if sets.read(text) is not None else sets.lenient(text)
                return text if named is None else json.dumps(named, ensure_ascii=False)
            return text if reader.read(text) is not None else reader.lenient(text) or NO_LABEL
        case Task.EXTRACTION:
            fields = AnswerReader(plan.fields, plan.settings.answers_read)
            if not isinstance(fields.read(text), Fault) or isinstance(found := fields.lenient(text), Fault):
                return text
            return json.dumps({f.name: _json_of(found[f.name], f) for f in plan.fields}, ensure_ascii=False)
        case Task.SUMMARIZATION | Task.QUESTION_ANSWERING:
            return text


def _json_of(given: Given, spec: FieldSpec) -> dict[str, Any]:
    """Return the answer for one field as JSON that reads strictly as what it was read as leniently."""
    value: Any = given.text or None
    if given.number is not None:
        value = json.loads(str(given.number))
    elif spec.type is FieldType.LIST:
        value = list(given.items) or None
    elif spec.type is FieldType.RECORDS:
        value = [{name: _plain(part) for name, part in row.items()} for row in given.rows] or None
    return {"value": value, "quote": list(given.quotes)}


def _plain(given: Given) -> Any:  # noqa: ANN401 - a value of JSON
    return given.text or None if given.number is None else json.loads(str(given.number))


@cache
def _config() -> dict[str, Any]:
    found: dict[str, Any] = json.loads((HERE / "task.json").read_text(encoding="utf-8"))
    return found


@cache
def _plan() -> EvaluationPlan:
    """Return what scorers need of the workbook: task, labels, fields and conventions."""
    config = _config()
    return EvaluationPlan(
        source=Source("", ""),
        settings=Settings(
            "",
            Task(config["task"]),
            answers_read=AnswersRead(config["answers_read"]),
            several_labels=config["several_labels"],
            **{name: config[name] for name in CONVENTIONS},
        ),
        examples=(),
        candidates=(),
        service_levels=(),
        costs={},
        labels=tuple(Label(x["name"], x["description"], tuple(x["also_written"]), x["order"]) for x in config["labels"]),
        fields=tuple(_field(x) for x in config["fields"]),
    )


def _field(found: Mapping[str, Any]) -> FieldSpec:
    tuples = {name: tuple(found[name]) for name in ("choices", "also_written")}
    types = {name: FieldType(found[name]) for name in ("type", "items")}
    return FieldSpec(**{**found, **tuples, **types, "parts": tuple(_field(part) for part in found["parts"])})


@cache
def _scorer() -> ScoreExample:
    return prepared(_plan())


@cache
def _docs() -> dict[str, dict[str, Any]]:
    return {row["example_id"]: row for name in ("eval", "regression") for row in _rows(HERE / "data" / f"{name}.jsonl")}


def _rows(path: Path) -> list[dict[str, Any]]:
    if not path.exists():
        return []
    with path.open(encoding="utf-8") as file:
        return [json.loads(line) for line in file]


def _example(doc: Mapping[str, Any]) -> Example:
    key = json.loads(doc["key"])
    return Example(doc["example_id"], doc["text"], _key(key) if key is not None else None, "", doc["stratum"], doc["group"])


def _field_key(found: Mapping[str, Any]) -> FieldKey:
    return FieldKey(tuple(found["values"]), found["evidence"], found["labelled"], tuple(found.get("rows", ())))


def _key(found: Mapping[str, Any]) -> AnswerKey:
    return AnswerKey(
        label=found["label"],
        answers=tuple(found["answers"]),
        fields={name: _field_key(k) for name, k in found["fields"].items()},
        reference=found["reference"],
        key_facts=tuple(found["key_facts"]),
        labels=tuple(found["labels"]) if found.get("labels") is not None else None,
    )
