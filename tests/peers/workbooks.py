"""Workbooks built from the real data, as its owner would have filled them in.

    python -m tests.peers.workbooks contracts_cuad20 FOLDER

writes one of them to look at or to run by hand.
"""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from reportgen.domain.records.plan import FieldSpec, FieldType, Task
from reportgen.workbook.blank.workbooks import write_workbook
from tests.peers.shared import SHARED, csv_rows, json_file, json_lines

Row = dict[str, Any]

CONTRACT_FIELDS = {
    "parties": FieldType.LIST,
    "contract_type": FieldType.TEXT,
    "notice_period": FieldType.TEXT,
    "expiration_date": FieldType.TEXT,
    "renewal_term": FieldType.TEXT,
}
CONTRACT_PRICES = {"sonnet": (3, 15), "gpt-5": (1.25, 10), "gpt-5-mini": (0.25, 2), "flash": (0.3, 2.5)}
BOOKING_FIELDS = ("people", "time", "date", "last_name", "first_name")
SYSTEMS = ("bert_sum", "bus", "pgn", "s2s", "bart")
PROVIDERS = ("anyscale", "bedrock", "fireworks", "groq", "lepton", "perplexity", "replicate", "together")
FINANCE_MODELS = ("gpt-4", "gpt-3.5-turbo", "falcon-7b-instruct", "dolly-v2-12b", "h2ogpt-12b")


def level(measure: str, comparison: str, target: float, **more: object) -> Row:
    """Return one row of the Service levels sheet."""
    return {"Measure": measure, "Comparison": comparison, "Target": target, "Agreed by": "trial", **more}


def recorded(names: Iterable[str], **more: object) -> list[Row]:
    """Return the rows of candidates whose outputs are recorded."""
    return [{"Candidate": name, "Kind": "Recorded outputs", **more} for name in names]


def contracts_cuad20(folder: Path, *, pdf: bool = False, billed: bool = False) -> Path:
    """Ten contracts, four real models; `pdf` reads the PDFs themselves, `billed` fills in the tokens that were billed."""
    examples = []
    gold = {row["id"]: row["fields"] for row in json_lines("contracts_cuad20/gold.jsonl")}
    (folder / "contracts").mkdir(parents=True, exist_ok=True)
    for document in json_lines("contracts_cuad20/documents.jsonl"):
        name = f"contracts/{document['id']}.{'pdf' if pdf else 'txt'}"
        if pdf:
            shutil.copyfile(SHARED / "contracts_cuad20" / "pdf" / document["file"], folder / name)
        else:
            (folder / name).write_text(document["text"], encoding="utf-8")
        row: Row = {"Example ID": document["id"], "Input file": name, "Split": "eval"}
        row["Segment"] = document["id"].split("_")[1]
        for field in CONTRACT_FIELDS:
            value = gold[document["id"]][field]
            row[f"Expected: {field}"] = value if isinstance(value, str) else "\n".join(v.replace("\n", " ") for v in value)
        examples.append(row)
    candidates = [
        {
            "Candidate": name,
            "Kind": "Recorded outputs",
            "Model": name,
            "Role": "production" if name == "sonnet" else "candidate",
            "Input price": prices[0],
            "Output price": prices[1],
            "Price source": "published price list",
            "Price date": "2025-11-27",
        }
        for name, prices in CONTRACT_PRICES.items()
    ]
    path = folder / "contracts.xlsx"
    write_workbook(
        path,
        Task.EXTRACTION,
        fields=[FieldSpec(name, kind, citation_required=True) for name, kind in CONTRACT_FIELDS.items()],
        evaluation={"Title": "Reading contracts: which model?", "Date order": "YMD"},
        rows={
            "Examples": examples,
            "Candidates": candidates,
            "Recorded outputs": contract_outputs(billed=billed),
            "Recorded verdicts": contract_verdicts(),
            "Service levels": [
                level("field accuracy", "at least", 0.85),
                level("citation accuracy", "at least", 0.9, Importance="should"),
                level("mean latency", "at most", 60),
                level("cost per task", "at most", 8),
            ],
            "Costs": costs(tasks=2000, minutes=6, hourly=60, manual=45),
        },
    )
    return path


def contract_outputs(*, billed: bool) -> list[Row]:
    """Return what the four models answered, with their tokens and latency."""
    traced: dict[tuple[str, int], int] = {}
    if billed:
        published = json_file("contracts_cuad20/published_comparison_train_20251127_184816.json")
        for model in published["model_reports"]:
            for trace in model["langfuse_metrics"]["by_eval_id"][0]["traces"]:
                traced[model["model"], trace["input_tokens"]] = trace["output_tokens"]
    rows = []
    for row in json_lines("contracts_cuad20/predictions.jsonl"):
        answer = {
            field: {"value": found["normalized_value"], "quote": found["raw_snippet"]}
            for field, found in row["extraction"].items()
        }
        rows.append(
            {
                "Candidate": row["candidate"],
                "Example ID": row["id"],
                "Output": json.dumps(answer, ensure_ascii=False),
                "Latency (s)": row["latency_seconds"],
                "Input tokens": row["input_tokens"],
                "Output tokens": traced.get((row["candidate"], row["input_tokens"]), row["output_tokens"]),
                "Attempts": 1,
                "Recorded on": row["timestamp"][:10],
            }
        )
    return rows


def contract_verdicts() -> list[Row]:
    """Return what the recorded judge said about each field."""
    return [
        {
            "Candidate": row["candidate"],
            "Example ID": row["id"],
            "Part": row["field"],
            "Verdict": "correct" if row["judgment"] == "MATCH" else "wrong",
            "Judge kind": "model" if row["method"] == "llm_judge" else "rule",
            "Judged by": row["method"],
            "Reason": row["reasoning"],
        }
        for row in json_lines("contracts_cuad20/recorded_judgments.jsonl")
    ]


def contractnli(folder: Path) -> dict[str, Path]:
    """One workbook for each of four candidates, since their rows are not the same clauses."""
    paths = {}
    rows = csv_rows("contractnli/expanded_pairs.csv")
    for candidate in dict.fromkeys(row["candidate"] for row in rows):
        mine = [row for row in rows if row["candidate"] == candidate]
        paths[candidate] = folder / f"{candidate}.xlsx"
        write_workbook(
            paths[candidate],
            Task.CLASSIFICATION,
            evaluation={"Title": f"Contract clauses: {candidate}"},
            rows={
                "Examples": [
                    {
                        "Example ID": f"{candidate}-{row['row']}",
                        "Input": f"clause decision {row['row']} of {candidate}",
                        "Expected": row["gold"],
                        "Split": "eval",
                    }
                    for row in mine
                ],
                "Candidates": recorded([candidate]),
                "Recorded outputs": [
                    {"Candidate": candidate, "Example ID": f"{candidate}-{row['row']}", "Output": row["pred"], "Cost": 0.001}
                    for row in mine
                ],
                "Service levels": [level("macro F1", "at least", 0.65), level("accuracy", "at least", 0.7)],
                "Costs": costs(tasks=1000, minutes=3, hourly=50, manual=8),
            },
        )
    return paths


def finance_fpb(folder: Path) -> Path:
    """1,359 sentences, the raw replies of five real models, messy as they came."""
    path = folder / "finance.xlsx"
    outputs = [
        {"Candidate": name, "Example ID": row["id"], "Output": row["raw_output"], "Cost": 0.0005}
        for name in FINANCE_MODELS
        for row in json_lines(f"finance_fpb/pred_{name}.jsonl")
    ]
    write_workbook(
        path,
        Task.CLASSIFICATION,
        evaluation={"Title": "Sentiment of financial news"},
        rows={
            "Examples": [
                {
                    "Example ID": row["id"],
                    "Input": row["text"],
                    "Expected": row["gold"],
                    "Segment": f"seed {row['seed']}",
                    "Split": "eval",
                }
                for row in json_lines("finance_fpb/gold.jsonl")
            ],
            "Candidates": recorded(FINANCE_MODELS),
            "Recorded outputs": outputs,
            "Service levels": [level("macro F1", "at least", 0.8), level("invalid output rate", "at most", 0.05)],
            "Costs": costs(tasks=10000, minutes=1, hourly=40, manual=2),
        },
    )
    return path


def banking77(folder: Path) -> Path:
    """3,080 customer questions, 77 intents, three local baselines."""
    path = folder / "banking77.xlsx"
    baselines = ("majority", "nearest example", "tf-idf logistic regression")
    write_workbook(
        path,
        Task.CLASSIFICATION,
        evaluation={"Title": "Intents of banking customers"},
        rows={
            "Examples": [
                {"Example ID": row["id"], "Input": row["text"], "Expected": row["gold"]}
                for row in json_lines("banking77/test.jsonl")
            ],
            "Candidates": [{"Candidate": name, "Kind": "Local baseline", "Model": name} for name in baselines],
            "Service levels": [level("macro F1", "at least", 0.8), level("p95 latency", "at most", 0.5)],
            "Costs": costs(tasks=20000, minutes=2, hourly=40, manual=3),
        },
    )
    return path


def bookings_restaurant8k(folder: Path, *, every: int = 1) -> Path:
    """Booking messages with five fields, one of `every` so many, copies left out; a third has nothing to extract.

    What the assistant had asked for stands above the message: without it a bare `13` may be a time or a party.
    """
    first: dict[str, Row] = {}
    for row in json_lines("bookings_restaurant8k/test.jsonl"):
        asked = ", ".join(row["requested_slots"] or ["nothing"])
        first.setdefault(f"Asked for: {asked}\n{row['text']}".casefold(), row | {"asked": asked})
    examples = []
    for row in list(first.values())[::every]:
        example: Row = {"Example ID": row["id"], "Input": f"Asked for: {row['asked']}\n{row['text']}"}
        for field in BOOKING_FIELDS:
            spans = row["gold"].get(field, [])
            example[f"Expected: {field}"] = spans[0]["value"] if spans else ""
            example[f"Evidence: {field}"] = spans[0]["value"] if spans else ""
        examples.append(example)
    path = folder / "bookings.xlsx"
    write_workbook(
        path,
        Task.EXTRACTION,
        fields=[FieldSpec(name, FieldType.TEXT, citation_required=True) for name in BOOKING_FIELDS],
        evaluation={"Title": "Bookings read from messages"},
        rows={
            "Examples": examples,
            "Candidates": [
                {"Candidate": "patterns", "Kind": "Local baseline", "Model": "anchors and patterns", "Role": "production"}
            ],
            "Service levels": [level("field F1", "at least", 0.9), level("invented field rate", "at most", 0.05)],
            "Costs": costs(tasks=20000, minutes=1, hourly=30, manual=2),
        },
    )
    return path


def summaries_rose(folder: Path) -> Path:
    """100 articles, four systems, the share of key facts that people found.

    The source says how many facts a summary covers, not which; the first so many lines are marked.
    """
    documents = json_lines("summaries_rose/documents.jsonl")
    predictions = json_lines("summaries_rose/predictions.jsonl")
    systems = list(dict.fromkeys(row["candidate"] for row in predictions))
    path = folder / "rose.xlsx"
    write_workbook(
        path,
        Task.SUMMARIZATION,
        evaluation={"Title": "News summaries"},
        rows={
            "Examples": [
                {
                    "Example ID": row["id"],
                    "Input": row["source"],
                    "Reference summary": row["reference"],
                    "Key facts": "\n".join(row["key_facts"]),
                    "Split": "eval",
                }
                for row in documents
            ],
            "Candidates": recorded(systems),
            "Recorded outputs": [
                {"Candidate": row["candidate"], "Example ID": row["id"], "Output": row["summary"], "Cost": 0.002}
                for row in predictions
            ],
            "Recorded verdicts": [
                verdict(row["candidate"], row["id"], f"fact {n}", "covered" if n <= row["covered"] else "omitted")
                for row in predictions
                for n in range(1, row["n_key_facts"] + 1)
            ],
            "Service levels": [level("omission rate", "at most", 0.6)],
            "Costs": costs(tasks=5000, minutes=4, hourly=45, manual=20),
        },
    )
    return path


def verdict(candidate: str, example_id: str, part: str, said: str, *, kind: str = "person") -> Row:
    """Return one row of the Recorded verdicts sheet."""
    return {
        "Candidate": candidate,
        "Example ID": example_id,
        "Part": part,
        "Verdict": said,
        "Judge kind": kind,
        "Judged by": "source",
    }


def summaries_finesure(folder: Path) -> dict[str, Path]:
    """One workbook for each system: sentences for five of them, key facts for two."""
    paths = {}
    for system in SYSTEMS:
        rows = [row for row in json_lines("summaries_finesure/fact_checking.jsonl") if row["model"] == system]
        verdicts = [
            verdict(system, row["doc_id"], f"sentence {n}", "unsupported" if wrong else "supported", kind="model")
            for row in rows
            for n, wrong in enumerate(row["pred_faithfulness_labels"], start=1)
        ]
        paths[system] = _summaries(folder, system, rows, verdicts, level("factual precision", "at least", 0.8))
    for system in ("unilm_out_v2", "t5_out_large"):
        rows = [row for row in json_lines("summaries_finesure/keyfact_alignment.jsonl") if row["model"] == system]
        verdicts = [
            verdict(system, row["doc_id"], f"fact {n}", "covered" if found else "omitted", kind="model")
            for row in rows
            for n, found in enumerate(row["pred_alignment_labels"], start=1)
        ]
        paths[system] = _summaries(folder, system, rows, verdicts, level("omission rate", "at most", 0.5))
    return paths


def _summaries(folder: Path, system: str, rows: Sequence[Row], verdicts: list[Row], limit: Row) -> Path:
    path = folder / f"{system}.xlsx"
    write_workbook(
        path,
        Task.SUMMARIZATION,
        evaluation={"Title": f"Summaries by {system}"},
        rows={
            "Examples": [
                {
                    "Example ID": row["doc_id"],
                    "Input": row["transcript"],
                    "Reference summary": row["reference"],
                    "Key facts": "\n".join(row.get("key_facts", [])),
                    "Split": "eval",
                }
                for row in rows
            ],
            "Candidates": recorded([system]),
            "Recorded outputs": [
                {"Candidate": system, "Example ID": row["doc_id"], "Output": " ".join(row["sentences"]), "Cost": 0.002}
                for row in rows
            ],
            "Recorded verdicts": verdicts,
            "Service levels": [limit],
            "Costs": costs(tasks=5000, minutes=4, hourly=45, manual=20),
        },
    )
    return path


def latency_llmperf(folder: Path) -> dict[str, Path]:
    """One workbook for each provider. The source kept no texts: expected values are `?`, so nothing is scored."""
    paths = {}
    for provider in PROVIDERS:
        rows = json_lines(f"latency_llmperf/{provider}_70b.jsonl")
        paths[provider] = folder / f"{provider}.xlsx"
        write_workbook(
            paths[provider],
            Task.EXTRACTION,
            fields=[FieldSpec("Answer")],
            evaluation={"Title": f"Latency of {provider}"},
            rows={
                "Examples": [
                    {"Example ID": row["id"], "Input": f"request {row['id']}", "Expected: Answer": "?", "Split": "eval"}
                    for row in rows
                ],
                "Candidates": recorded([provider], **{"Input price": 1, "Output price": 1}),
                "Recorded outputs": [
                    {
                        "Candidate": provider,
                        "Example ID": row["id"],
                        "Output": "" if row["error_code"] else '{"Answer": "?"}',
                        "Latency (s)": row["end_to_end_latency_s"],
                        "Input tokens": row["number_input_tokens"],
                        "Output tokens": row["number_output_tokens"],
                        "Outcome": "error" if row["error_code"] else "answered",
                    }
                    for row in rows
                ],
                "Service levels": [level("p95 latency", "at most", 8), level("failure rate", "at most", 0.05)],
                "Costs": costs(tasks=5000, minutes=4, hourly=45, manual=20),
            },
        )
    return paths


def costs(*, tasks: float, minutes: float, hourly: float, manual: float) -> list[Row]:
    """Return the first four rows of the Costs sheet."""
    values: Mapping[str, float] = {
        "Tasks per month": tasks,
        "Minutes per review": minutes,
        "Reviewer cost per hour": hourly,
        "Manual cost per task": manual,
    }
    return [{"Assumption": name, "Expected": value, "Source": "trial"} for name, value in values.items()]


BUILDERS: Mapping[str, Callable[[Path], object]] = {
    "contracts_cuad20": contracts_cuad20,
    "contractnli": contractnli,
    "finance_fpb": finance_fpb,
    "banking77": banking77,
    "bookings_restaurant8k": bookings_restaurant8k,
    "summaries_rose": summaries_rose,
    "summaries_finesure": summaries_finesure,
    "latency_llmperf": latency_llmperf,
}

if __name__ == "__main__":
    chosen, target = sys.argv[1], Path(sys.argv[2])
    target.mkdir(parents=True, exist_ok=True)
    sys.stdout.write(f"{BUILDERS[chosen](target)}\n")
