"""Workbooks of recorded answers of any size: what the benchmarks of whole runs begin from."""

from __future__ import annotations

from pathlib import Path

from tests.small_workbooks import TEXTS, tickets


def workbook(path: Path, examples: int, candidates: int) -> Path:
    """Write a workbook whose candidates answered everything, each right in another share of cases.

    Up to 10,000 examples a row for each answer, with tokens and latency; above, where a sheet of as many rows would pass the
    limits of what is read, a column for each candidate on the sheet Examples.
    """
    labels = list(TEXTS)
    names = [f"Model {chr(65 + c)}" for c in range(candidates)]

    def answer(number: int, c: int) -> str:
        right = (number * 7919 + c * 104_729) % 100 >= 3 * (c + 1)
        return labels[(number + (not right)) % 2]

    rows = [
        {"Candidate": name, "Kind": "Recorded outputs", "Input price": 1 + c, "Output price": 3}
        for c, name in enumerate(names)
    ]
    if examples > 10_000:
        columns = [{f"Output: {name}": answer(n, c) for c, name in enumerate(names)} for n in range(examples)]
        return tickets(path, candidates=rows, count=examples, columns=columns, all_eval=True)
    outputs = []
    for number in range(examples):
        for c, name in enumerate(names):
            tokens = {"Input tokens": 200, "Output tokens": 5, "Latency (s)": 0.4 + (number * 31 + c) % 97 / 100}
            recorded = {"Candidate": name, "Example ID": f"M{number:03d}", "Output": answer(number, c), "Attempts": 1}
            outputs.append(recorded | tokens)
    return tickets(path, candidates=rows, count=examples, Recorded_outputs=outputs, all_eval=True)
