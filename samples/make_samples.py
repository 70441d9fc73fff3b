"""Writes the four filled workbooks again: draws the texts, runs the programs, measures them.

    python -m samples.make_samples [FOLDER] [TASK ...]

Everything is seeded; only latencies and the day of recording differ from one run to the next.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
if str(ROOT) not in sys.path:  # run as a file, Python looks beside it instead of in the root
    sys.path.insert(0, str(ROOT))

from reportgen.workbook.blank import write_workbook  # noqa: E402 - after the path is set
from samples.common import Sample, record  # noqa: E402
from samples.filled import classification, extraction, question_answering, summarization  # noqa: E402

SAMPLES: Mapping[str, Callable[[], Sample]] = {
    "classification": classification.sample,
    "extraction": extraction.sample,
    "summarization": summarization.sample,
    "question-answering": question_answering.sample,
}


def write_sample(name: str, folder: Path) -> Path:
    """Write one sample workbook into a folder and return its path."""
    sample = SAMPLES[name]()
    inputs = sample.recorded_inputs
    outputs = [row for candidate, program in sample.programs.items() for row in record(candidate, program, inputs)]
    path = folder / f"{name}.xlsx"
    write_workbook(
        path,
        sample.task,
        fields=sample.fields,
        rows={**sample.sheets, "Recorded outputs": outputs},
        evaluation=sample.evaluation,
    )
    return path


def main(arguments: Sequence[str]) -> None:
    """Write the samples named, or all, into the folder named, or beside this file."""
    folder = next((Path(a) for a in arguments if a not in SAMPLES), ROOT / "samples")
    folder.mkdir(parents=True, exist_ok=True)
    for name in [a for a in arguments if a in SAMPLES] or SAMPLES:
        path = write_sample(name, folder)
        print(f"{path} ({path.stat().st_size / 1000:.0f} kB)")


if __name__ == "__main__":
    main(sys.argv[1:])
