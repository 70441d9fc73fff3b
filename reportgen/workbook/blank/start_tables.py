"""The tables of the sheet Start below its steps: splits, labels, fields, segments, what can be proven, plan, colours."""

from __future__ import annotations

from reportgen.domain.records.plan import Split
from reportgen.workbook.blank import formats
from reportgen.workbook.blank.live_counters import MOST_LABELS, MOST_SEGMENTS, Figure, number
from reportgen.workbook.blank.presets import TWO_WEEKS
from reportgen.workbook.blank.start_page import StartPage
from reportgen.workbook.layout import sheets

_TARGETS = (0.8, 0.85, 0.9, 0.95, 0.98, 0.99)
_LABEL_LINES = 8
_SEGMENT_LINES = 6


def splits(start: StartPage) -> None:
    """Write how many examples each split has and will get."""
    start.heading("Examples by split", "Split", "Declared by you", "To be drawn", "Together, about", "What it is for")
    count = start.count
    undeclared = count.undeclared()
    uses = {
        Split.TRAIN: "May be learned from: prompts with examples, local baselines. Never judged on.",
        Split.EVAL: "Candidates are judged on these.",
        Split.HOLDOUT: "Locked until the winner is confirmed.",
    }
    for split, use in uses.items():
        declared, share = count.declared(split), count.share(split)
        to_draw = Figure(f"=ROUND(({undeclared.body})*{share.body},0)", int(number(undeclared) * number(share) + 0.5 + 1e-9))
        total = Figure(f"={start.cell(1)}+{start.cell(2)}", number(declared) + number(to_draw))
        start.at.cells[split.value] = start.cell(3)
        start.values[split.value] = number(total)
        start.line(split.value, declared, to_draw, total, use)
    known = count.regression()
    start.line(
        "known failures",
        known,
        None,
        Figure(f"={start.cell(1)}", number(known)),
        "Asked of every candidate, outside the shares.",
    )
    start.at.row += 1


def labels(start: StartPage) -> None:
    """Write how many examples each label has."""
    start.heading("Examples by label", "Label", "Examples", "In eval, about", "", "Labels are those of the sheet Labels")
    count = start.count
    lines = min(MOST_LABELS, max(_LABEL_LINES, len(start.content.tables["Labels"].rows)))
    share = count.share(Split.EVAL)
    for place in range(lines):
        name = count.label_name(place)
        cell, number_cell = start.cell(0), start.cell(1)
        found = count.with_value("Expected", cell, str(name.value))
        about = Figure(
            f'=IF({cell}="","",ROUND({number_cell}*{share.body},0))',
            int(number(found) * number(share) + 0.5 + 1e-9) if name.value else "",
        )
        hint = Figure(
            f'=IF({cell}="","",IF({number_cell}=0,"none yet",""))',
            "none yet" if name.value and not number(found) else "",
        )
        start.line(name, found, about, None, hint)
    start.at.row += 1


def fields(start: StartPage) -> None:
    """Write how many examples hold each field, and how many nobody labelled."""
    start.heading(
        "Examples by field",
        "Field",
        "With a value",
        "Not labelled (?)",
        "",
        "A blank cell means: the document does not hold it",
    )
    for header in start.count.field_headers():
        prefix = len("Expected: ")
        top = start.content.tables["Examples"].cell(header, -1)
        name = Figure(f"=TRIM(MID({top},{prefix},99))", header[prefix:].strip())
        start.line(name, start.count.field_filled(header), start.count.field_unlabelled(header), None, None)
    start.at.row += 1


def segments(start: StartPage) -> None:
    """Write how many examples each segment has; segments are found by formulas."""
    start.heading(
        "Examples by segment",
        "Segment",
        "Examples",
        "",
        "",
        "Segments are found by themselves, in the order of their first example",
    )
    count = start.count
    found = count.segments()
    above: list[str] = []
    first = start.at.row + 1
    for place in range(min(MOST_SEGMENTS, max(_SEGMENT_LINES, len(found)))):
        name = count.segment_name(place, above)
        row, cell = start.at.row, start.cell(0)
        start.line(None, count.with_value("Segment", cell, str(name.value)), None, None, None)
        start.page.array_formula(row, 0, name.formula, name.value, formats.ours(start.book))
        above.append(cell)
    usable = start.at.cells["usable"]
    listed = sum(number(count.with_value("Segment", "", s)) for s in found[:MOST_SEGMENTS])
    rest = Figure(f"={usable}-SUM($B${first}:$B${start.at.row})", start.values["usable"] - listed)
    start.line("no segment, or not listed above", rest, None, None, None)
    start.at.row += 1


def proof(start: StartPage) -> None:
    """Write how many errors each level on a share allows."""
    start.heading(
        "What the sample can prove",
        "A share of at least",
        "Errors in eval",
        "Errors in holdout",
        "Needs at least",
        "How to read it",
    )
    at, values = start.at.cells, start.values
    text = (
        "So many answers may be wrong in the eval (or holdout) examples while the share still counts as proven.",
        "Needs at least: examples that prove it when not one answer is wrong.",
        "Proven: the exact one-sided bound at the chosen confidence reaches the share.",
        "With a Production mix or Groups it is fewer; reportgen check says how many, and for every service level.",
    )
    for place, target in enumerate(_TARGETS):
        cell = start.cell(0)
        count = start.count
        row = start.at.row
        start.line(
            None,
            count.errors_allowed(at["eval"], values["eval"], cell, target),
            count.errors_allowed(at["holdout"], values["holdout"], cell, target),
            count.needed_without_error(cell, target),
            text[place] if place < len(text) else None,
        )
        start.page.put(row, 0, target, formats.ours(start.book, num_format="0%", align="left"))
    start.at.row += 1


def plan(start: StartPage) -> None:
    """Write the two weeks from corpus to decision."""
    start.heading("Two weeks from corpus to decision", "When", "Who", "Sheet", "", "What")
    for day in TWO_WEEKS:
        row = start.at.row
        start.line(day.days, day.who, None, None, day.what)
        if day.sheet != "Start":
            start.link(row, 2, day.sheet)
    start.at.row += 1


def key(start: StartPage) -> None:
    """Write what the colours mean."""
    start.heading("What the colours mean")
    book = start.book
    key = (
        ("Yours to fill in", formats.yours(book, sheets.CellType.TEXT)),
        ("Ours; please leave it", formats.ours(book)),
        ("Something is missing here", formats.missing(book)),
        ("Stands twice", formats.doubled(book)),
        ("Header: must be filled in", formats.header(book, formats.Header.REQUIRED)),
        ("Header: may stay blank", formats.header(book, formats.Header.OPTIONAL)),
    )
    for words, look in key:
        start.page.put(start.at.row, 0, words, look)
        start.at.row += 1
    more = "Further columns stand folded at the right: click the [+] above them. Select a cell and its meaning appears."
    start.page.put(start.at.row, 0, more, formats.plain(book, text_wrap=False))
    version = f"Workbook layout {sheets.TEMPLATE_VERSION}, made by reportgen for {start.content.task.value}."
    start.page.put(start.at.row + 1, 0, version, formats.plain(book, text_wrap=False, font_color="#595959"))
    start.at.row += 2
