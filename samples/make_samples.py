"""Writes the four filled workbooks again: draws the texts, runs the programs, measures them.

    python -m samples.make_samples [--keep] [FOLDER] [TASK ...]

Everything is seeded; only latencies and the day of recording differ from one run to the next. With `--keep` the answers that
the shipped workbook holds stay as they were measured, and only the sheets around them are written anew.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
if str(ROOT) not in sys.path:  # run as a file, Python looks beside it instead of in the root
    sys.path.insert(0, str(ROOT))

import openpyxl  # noqa: E402 - after the path is set

from reportgen.workbook.blank.workbooks import write_workbook  # noqa: E402 - after the path is set
from samples.common import Row, Sample, record  # noqa: E402
from samples.filled import classification, extraction, question_answering, summarization  # noqa: E402

SAMPLES: Mapping[str, Callable[[], Sample]] = {
    "classification": classification.sample,
    "extraction": extraction.sample,
    "summarization": summarization.sample,
    "question-answering": question_answering.sample,
}


def write_sample(name: str, folder: Path, *, keep: bool = False) -> Path:
    """Write one sample workbook into a folder and return its path; `keep` takes the recorded answers as they stand."""
    sample = SAMPLES[name]()
    inputs = sample.recorded_inputs
    path = folder / f"{name}.xlsx"
    outputs = (
        kept(ROOT / "samples" / f"{name}.xlsx", sample)
        if keep
        else [row for candidate, program in sample.programs.items() for row in record(candidate, program, inputs)]
    )
    write_workbook(
        path,
        sample.task,
        fields=sample.fields,
        rows={**sample.sheets, "Recorded outputs": outputs},
        evaluation=sample.evaluation,
    )
    return path


def kept(path: Path, sample: Sample) -> list[Row]:
    """Return the recorded answers of a standing workbook, if they are those of the sample's programs and inputs.

    Raises ValueError where they are not: then the programs have to be run.
    """
    book = openpyxl.load_workbook(path, read_only=True)
    header, *rows = book["Recorded outputs"].iter_rows(values_only=True)
    found = [{str(h): cell for h, cell in zip(header, row, strict=True)} for row in rows if row[0] is not None]
    wanted = {(candidate, key) for candidate in sample.programs for key in sample.recorded_inputs}
    if {(str(row["Candidate"]), str(row["Example ID"])) for row in found} != wanted:
        msg = f"{path} holds other answers than the sample asks for; leave --keep out."
        raise ValueError(msg)
    return found


def main(arguments: Sequence[str]) -> None:
    """Write the samples named, or all, into the folder named, or beside this file."""
    keep = "--keep" in arguments
    named = [a for a in arguments if a != "--keep"]
    folder = next((Path(a) for a in named if a not in SAMPLES), ROOT / "samples")
    folder.mkdir(parents=True, exist_ok=True)
    for name in [a for a in named if a in SAMPLES] or SAMPLES:
        path = write_sample(name, folder, keep=keep)
        print(f"{path} ({path.stat().st_size / 1000:.0f} kB)")


if __name__ == "__main__":
    main(sys.argv[1:])
