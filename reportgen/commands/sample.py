"""`reportgen sample`: a stratified random sample of a production log, as a workbook whose labels are to be filled in."""

from __future__ import annotations

import argparse
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from reportgen.commands.common import TASKS, existing, fields_of, quoted, say, say_problems
from reportgen.problems import ExitCode, NeedsMendingError, Problem

EXAMPLE = "reportgen sample tickets-2026.csv --to tickets.xlsx --size 600 --by Channel"

MOST_STRATA = 50
_INPUTS = ("input", "text", "message", "question", "document", "body", "content", "email", "description")
_KINDS = ("ticket", "case", "message", "conversation", "document", "record", "request", "order", "invoice")
_IDS = (
    *("example id", "id", *(f"{kind} {word}" for kind in _KINDS for word in ("id", "no", "nr", "number"))),
    *("number", "no", "nr", "ticket", "case", "reference"),
)
"""Headers of columns with ids, without their marks."""


@dataclass(frozen=True, slots=True)
class Log:
    """A production log as a table: header, rows with content, and the SHA-256 of its file."""

    name: str
    sha256: str
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    lines: tuple[int, ...]
    """The number of each row in its sheet."""

    def column(self, wanted: str, option: str) -> int:
        """Return the place of a column by its header. Raises NeedsMendingError with the near one."""
        import difflib  # noqa: PLC0415 - needed for one message only

        folded = [h.casefold() for h in self.header]
        if wanted.strip().casefold() in folded:
            return folded.index(wanted.strip().casefold())
        near = difflib.get_close_matches(wanted.casefold(), folded, n=1)
        hint = f'Did you mean "{self.header[folded.index(near[0])]}"?' if near else f"It has: {', '.join(self.header)}."
        msg = f'{self.name} has no column "{wanted}" ({option}). {hint}'
        raise NeedsMendingError(msg)

    def values(self, column: int) -> list[str]:
        """Return a column as text, blank where a row ends before it."""
        return [row[column] if column < len(row) else "" for row in self.rows]


def arguments(sub: argparse.ArgumentParser) -> None:
    """Add the options."""
    sub.add_argument("log", type=Path, metavar="LOG", help="the export of production, .xlsx, .ods or .csv")
    sub.add_argument("--to", type=Path, required=True, metavar="WORKBOOK", help="the workbook to write, ending in .xlsx")
    sub.add_argument("--size", type=int, required=True, metavar="N", help="how many rows to draw")
    sub.add_argument("--by", required=True, metavar="COLUMN", help="the column that tells the segments of production apart")
    sub.add_argument("--input", default="", metavar="COLUMN", help="the column with the text (default: found by its name)")
    sub.add_argument("--id", default="", metavar="COLUMN", help="the column with the ids (default: found by its name)")
    sub.add_argument("--task", choices=TASKS, default="classification", help="what the candidates are to do (%(default)s)")
    sub.add_argument("--fields", default="", help='the fields to extract, for example "Supplier, Total, Due date"')
    sub.add_argument("--seed", type=int, default=1, help="another seed draws another sample (%(default)s)")


def run(options: argparse.Namespace) -> ExitCode:
    """Draw the sample and write the workbook; nothing is ever written over."""
    target: Path = options.to
    if target.suffix.lower() != ".xlsx":
        msg = f"{target}: a workbook ends in .xlsx. Write {target.with_suffix('.xlsx')} instead."
        raise NeedsMendingError(msg)
    if target.exists():
        msg = f"{target} exists already and is not written over. Choose another name, or move it away."
        raise NeedsMendingError(msg)
    if options.size < 1:
        msg = f"--size {options.size}: expected at least 1, and 500 for a decision. Write for example --size 600."
        raise NeedsMendingError(msg)
    log = read_log(existing(options.log))
    try:
        summary = write_sample(log, options)
    except OSError as error:
        msg = f"{target} cannot be written ({error.strerror}). Choose another folder."
        raise NeedsMendingError(msg) from error
    say("\n".join(summary))
    say(f"{target} is ready. Fill in what is expected for each example, then run: reportgen check {quoted(target)}")
    return ExitCode.DONE


def read_log(path: Path) -> Log:
    """Return the first filled sheet of a log as text. Raises NeedsMendingError where there is none."""
    import hashlib  # noqa: PLC0415

    from reportgen.workbook.opening.csv_files import read_csv  # noqa: PLC0415
    from reportgen.workbook.opening.other_files import read_any  # noqa: PLC0415
    from reportgen.workbook.opening.preflight import read_bytes  # noqa: PLC0415
    from reportgen.workbook.rows.values import as_text, clean  # noqa: PLC0415

    if path.suffix.lower() in {".csv", ".tsv", ".txt"}:
        notices: list[Problem] = []
        data = read_bytes(path)
        found = enumerate(read_csv(data, path.name, notices), 1)
        table = [(line, tuple(row)) for line, row in found if any(cell.strip() for cell in row)]
        say_problems(notices)
        digest = hashlib.sha256(data).hexdigest()
    else:
        book = read_any(path)
        sheet = next((s for s in book.sheets if len(s.rows) > 1), None)
        table = [(line, tuple(as_text(v) for v in row)) for line, row in sheet.rows] if sheet is not None else []
        digest = book.sha256
    if len(table) < 2:  # noqa: PLR2004 - a header and a row
        msg = f"{path.name} holds no rows below a header. Export the log again, with its column names in the first line."
        raise NeedsMendingError(msg)
    lines, rows = zip(*table[1:], strict=True)
    return Log(path.name, digest, tuple(clean(h) for h in table[0][1]), rows, lines)


def write_sample(log: Log, options: argparse.Namespace) -> Sequence[str]:
    """Draw, write the workbook with mix and evidence, and return what is to be said."""
    from reportgen.corpus.sample import draw  # noqa: PLC0415
    from reportgen.domain.records.plan import Task  # noqa: PLC0415
    from reportgen.workbook.blank.presets import ATTESTATIONS  # noqa: PLC0415
    from reportgen.workbook.blank.workbooks import write_workbook  # noqa: PLC0415

    by = log.column(options.by, "--by")
    texts = log.values(_input_column(log, options.input))
    kept = [i for i, text in enumerate(texts) if text.strip()]
    strata = [value.strip() or "(blank)" for value in log.values(by)]
    mix = Counter(strata[i] for i in kept)
    if not kept or len(mix) > MOST_STRATA:
        what = f"{len(mix)} different values, more than {MOST_STRATA} segments" if kept else "no row with a text"
        msg = f'{log.name}: the column "{log.header[by]}" gives {what}. Choose a coarser column for --by.'
        raise NeedsMendingError(msg)
    chosen = [kept[i] for i in draw([strata[i] for i in kept], options.size, options.seed, log.sha256)]
    ids = _ids(log, options.id, chosen)
    rows = [{"Example ID": name, "Input": _cut(texts[i]), "Segment": strata[i]} for name, i in zip(ids, chosen, strict=True)]
    statement = _statement(log, options, len(chosen), len(kept), mix)
    total = sum(mix.values())
    write_workbook(
        options.to,
        Task(options.task.replace("-", " ")),
        fields=fields_of(options.task, options.fields),
        begun=True,
        with_sheets=["Production mix", "Attestations"],
        rows={
            "Examples": rows,
            "Production mix": [{"Segment": name, "Share": count / total} for name, count in sorted(mix.items())],
            "Attestations": [{"Statement": said} for said in (statement, *ATTESTATIONS[1:])],
        },
    )
    return _summary(log, options.size, len(texts) - len(kept), Counter(strata[i] for i in chosen), mix)


def _input_column(log: Log, wanted: str) -> int:
    """Return the column with the texts: the one named, one with a usual name, else the one with the longest texts."""
    if wanted:
        return log.column(wanted, "--input")
    folded = [h.casefold() for h in log.header]
    named = next((folded.index(name) for name in _INPUTS if name in folded), None)
    if named is not None:
        return named
    head = log.rows[:200]
    return max(range(len(log.header)), key=lambda c: sum(len(row[c]) for row in head if c < len(row)))


def _ids(log: Log, wanted: str, chosen: Sequence[int]) -> list[str]:
    """Return ids: those of the log where each is there and different, else by the row of the log."""
    folded = [" ".join(re.split(r"[\s_.#-]+", h.casefold())).strip() for h in log.header]
    column = log.column(wanted, "--id") if wanted else next((folded.index(n) for n in _IDS if n in folded), None)
    if column is not None:
        values = log.values(column)
        found = [values[i].strip() for i in chosen]
        if all(found) and len({f.casefold() for f in found}) == len(found):
            return found
        if wanted:
            msg = f'{log.name}: the column "{wanted}" (--id) is blank or the same in several rows. Leave --id out.'
            raise NeedsMendingError(msg)
    return [f"row {log.lines[i]}" for i in chosen]


def _cut(text: str) -> str:
    """Return a text that a cell can hold; a longer one is cut and says so."""
    limit = 32_000
    note = " [cut: put the whole text into a file and name it in Input file]"
    return text if len(text.encode("utf-16-le")) // 2 <= limit else text[: limit // 2] + note


def _statement(log: Log, options: argparse.Namespace, drawn: int, of: int, mix: Mapping[str, int]) -> str:
    shares = "; ".join(f"{name} {count}" for name, count in sorted(mix.items()))
    return (
        f'The {drawn} examples were drawn at random by reportgen sample, stratified by "{options.by}", seed {options.seed}, '
        f"from the {of} rows with a text of {log.name} (SHA-256 {log.sha256}). Rows of the log by segment: {shares}."
    )[:32_000]


def _summary(log: Log, asked: int, blank: int, drawn: Mapping[str, int], mix: Mapping[str, int]) -> list[str]:
    total, size = sum(mix.values()), sum(drawn.values())
    lines = [f"{size} of {total} rows of {log.name} (SHA-256 {log.sha256[:16]}…):"]
    lines += [
        f"  {name}: {drawn[name]} of {count} ({100 * count / total:.1f} % of production)"
        for name, count in sorted(mix.items())
    ]
    if size < asked:
        lines.append(f"  {asked} were asked for; the log has no more, so all of its rows with a text are in the sample.")
    if blank:
        lines.append(f"  {blank} rows without a text were left out.")
    return lines
