"""The sheet Start: five steps, live counters, what the sample can prove, the two-week plan and the colour key."""

from __future__ import annotations

from dataclasses import dataclass

from reportgen.domain.plan import Split, Task
from reportgen.workbook import layout, looks
from reportgen.workbook.content import Content
from reportgen.workbook.counters import MOST_LABELS, MOST_SEGMENTS, Counters, Figure, number
from reportgen.workbook.presets import TWO_WEEKS
from reportgen.workbook.writer import Book, CellValue, Page

_WIDTHS = (38, 22, 19, 19, 78)
_WANTED_EXAMPLES = 500
_WANTED_CANDIDATES = 5
_TARGETS = (0.8, 0.85, 0.9, 0.95, 0.98, 0.99)
_LABEL_LINES = 8
_SEGMENT_LINES = 6

_TASK_WORDS = {
    Task.CLASSIFICATION: "sort each input into one of your labels",
    Task.EXTRACTION: "take your fields out of each document",
    Task.SUMMARIZATION: "sum up each document",
    Task.QUESTION_ANSWERING: "answer each question",
}


@dataclass(slots=True)
class _Cursor:
    """Where the next line goes; `cells` remembers the counters that other lines point at."""

    row: int
    cells: dict[str, str]


class _Start:
    """Writes the sheet from top to bottom."""

    def __init__(self, book: Book, content: Content) -> None:
        self.book = book
        self.content = content
        self.page: Page = book.page("Start")
        self.count = Counters(content)
        self.at = _Cursor(0, {})
        self.values: dict[str, float] = {}

    def write(self) -> None:
        self._top()
        steps_at = self.at.row
        self.at.row += 2 + 5 + 1
        self._progress()
        after = self.at.row
        self.at.row = steps_at
        self._steps()
        self.at.row = after
        self._splits()
        match self.content.task:
            case Task.CLASSIFICATION:
                self._labels()
            case Task.EXTRACTION:
                self._fields()
            case Task.SUMMARIZATION | Task.QUESTION_ANSWERING:
                pass
        self._segments()
        self._proof()
        self._plan()
        self._key()
        self._set_up()

    def _top(self) -> None:
        task = self.content.task
        self.page.put(
            0,
            0,
            f"Which AI model shall {_TASK_WORDS[task]}?",
            looks.plain(self.book, bold=True, font_size=16, text_wrap=False),
        )
        self.page.height(0, 28)
        text = (
            "Fill in the yellow cells of the sheets; reportgen asks every candidate, judges the answers, writes the reports."
        )
        self.page.put(1, 0, text, looks.plain(self.book, text_wrap=False))
        self.at.row = 4

    def _heading(self, text: str, *columns: str) -> None:
        self.page.put(
            self.at.row, 0, text, looks.plain(self.book, bold=True, font_size=12, text_wrap=False, font_color="#1F3864")
        )
        self.page.height(self.at.row, 20)
        self.at.row += 1
        if columns:
            for index, column in enumerate(columns):
                self.page.put(self.at.row, index, column or None, looks.header(self.book, looks.Header.OURS))
            self.at.row += 1

    def _cell(self, column: int) -> str:
        return f"${'ABCDE'[column]}${self.at.row + 1}"

    def _line(self, *cells: CellValue | Figure, **look: object) -> None:
        for index, cell in enumerate(cells):
            style = looks.ours(self.book, **({"align": "right"} if index and _is_number(cell) else {}), **look)
            if isinstance(cell, Figure):
                self.page.formula(self.at.row, index, cell.formula, cell.value, style)
            else:
                self.page.put(self.at.row, index, cell, style)
        longest = max((len(c) for c in cells[4:5] if isinstance(c, str)), default=0)
        self.page.height(self.at.row, 15.0 * max(1, -(-longest // 92)))
        self.at.row += 1

    def _counter(self, key: str, name: str, figure: Figure, hint: str) -> None:
        self.at.cells[key] = self._cell(1)
        self.values[key] = number(figure)
        self._line(name, figure, None, None, hint)

    def _progress(self) -> None:
        self._heading("Where you stand", "Counted", "Now", "", "", "What it means")
        count = self.count
        self._counter("usable", "Examples with an ID and an input", count.usable(), "Rows that can be asked.")
        self._counter(
            "labelled",
            "... of them with what is right",
            count.labelled(),
            f"{_WANTED_EXAMPLES} or more make a sound decision.",
        )
        self._counter(
            "unfinished",
            "Rows begun but not complete",
            count.unfinished(),
            "Row status on the sheet Examples says what is missing.",
        )
        self._counter("doubled", "Rows whose ID stands twice", count.doubled(), "Each ID may stand once.")
        if self.content.task is Task.SUMMARIZATION:
            self._counter("facts", "Key facts, all lines", count.key_facts(), "Three to eight a document are usual.")
        self._counter(
            "candidates",
            "Candidates",
            count.filled_rows("Candidates", "Candidate"),
            "Five or more, with the one in use today.",
        )
        self._counter(
            "levels",
            "Service levels",
            count.filled_rows("Service levels", "Measure"),
            "Usual ones are filled in: change them.",
        )
        self._counter(
            "agreed",
            "... of them agreed by somebody",
            count.filled_rows("Service levels", "Agreed by"),
            "Agree before any run.",
        )
        self._counter(
            "costs", "First four lines of Costs", count.first_costs(), "All four are needed to put a price on human review."
        )
        if "Production mix" in self.content.tables:
            row, total = self.at.row, count.mix_total()
            self._counter("mix", "Shares of the Production mix, together", total, "They must add up to 100 %.")
            percent = looks.ours(self.book, num_format="0.0##%", align="right")
            self.page.formula(row, 1, total.formula, total.value, percent)
        self.at.row += 1

    def _steps(self) -> None:
        self._heading("Five steps", "Step", "State", "Sheet", "", "What to do")
        at, values = self.at.cells, self.values
        title = self.count.title_given()
        done = [
            Figure(f'=IF({title.body}=1,"Done","To do")', "Done" if title.value else "To do"),
            _progress_of(at["labelled"], values["labelled"], _WANTED_EXAMPLES),
            Figure(
                f'=IF(AND({at["levels"]}>0,{at["agreed"]}>={at["levels"]},{at["costs"]}=4),"Done","To do")',
                "Done" if 0 < values["levels"] <= values["agreed"] and values["costs"] == 4 else "To do",  # noqa: PLR2004 - as in the formula
            ),
            _progress_of(at["candidates"], values["candidates"], _WANTED_CANDIDATES),
        ]
        first = self.at.row + 1
        ready = self._ready(first, title, [figure.value == "Done" for figure in done])
        what = (
            "Say what is decided, by whom and by when.",
            "Put in real cases and what is right for each. The sheet Filled example shows how it looks.",
            "Agree on limits and costs BEFORE anything is run: then nobody can bend them to a result.",
            "List what is compared, and what you use today. Only API models cost money.",
            "Close this file, then run:  reportgen check FILE  and, when nothing is left to mend:  reportgen run FILE",
        )
        names = (
            "1  Say what you decide",
            "2  Collect and label examples",
            "3  Agree on limits and costs",
            "4  List the candidates",
            "5  Check and run",
        )
        sheets = ("Evaluation", "Examples", "Service levels", "Candidates", "")
        for name, state, sheet, text in zip(names, [*done, ready], sheets, what, strict=True):
            row = self.at.row
            self._line(name, state, None, "Costs" if sheet == "Service levels" else None, text)
            if sheet:
                self._link(row, 2, sheet)
            if sheet == "Service levels":
                self._link(row, 3, "Costs")
        self._master(f"$B${first + 4}", str(ready.value))

    def _ready(self, first: int, title: Figure, done: list[bool]) -> Figure:
        """The state of the last step: all is done, or as much as a run needs at the least, or not yet."""
        at, values = self.at.cells, self.values
        least = (
            f"{title.body}=1,{at['labelled']}>0,{at['unfinished']}=0,{at['doubled']}=0,{at['candidates']}>0,{at['levels']}>0"
        )
        enough = (
            title.value == 1
            and min(values["labelled"], values["candidates"], values["levels"]) > 0
            and values["unfinished"] == values["doubled"] == 0
        )
        formula = f'=IF(COUNTIF($B${first}:$B${first + 3},"Done")=4,"Ready",IF(AND({least}),"Possible","Wait"))'
        return Figure(formula, "Ready" if all(done) else "Possible" if enough else "Wait")

    def _master(self, cell: str, state: str) -> None:
        words = {
            "Ready": "READY: close the file and run  reportgen check",
            "Possible": "IT CAN BE CHECKED AND RUN; what the steps below still ask for makes the result stronger",
            "Wait": "TO DO: see the steps below",
        }
        formula = f'=IF({cell}="Ready","{words["Ready"]}",IF({cell}="Possible","{words["Possible"]}","{words["Wait"]}"))'
        self.page.formula(2, 0, formula, words[state], looks.plain(self.book, bold=True, font_size=12, text_wrap=False))
        self.page.height(2, 20)

    def _link(self, row: int, column: int, sheet: str) -> None:
        self.page.link(row, column, sheet, sheet, looks.ours(self.book, font_color="#0B4FAF", underline=1))

    def _splits(self) -> None:
        self._heading("Examples by split", "Split", "Declared by you", "To be drawn", "Together, about", "What it is for")
        count = self.count
        undeclared = count.undeclared()
        uses = {
            Split.TRAIN: "May be learned from: prompts with examples, local baselines. Never judged on.",
            Split.EVAL: "Candidates are judged on these.",
            Split.HOLDOUT: "Locked until the winner is confirmed.",
        }
        for split, use in uses.items():
            declared, share = count.declared(split), count.share(split)
            to_draw = Figure(
                f"=ROUND(({undeclared.body})*{share.body},0)", int(number(undeclared) * number(share) + 0.5 + 1e-9)
            )
            total = Figure(f"={self._cell(1)}+{self._cell(2)}", number(declared) + number(to_draw))
            self.at.cells[split.value] = self._cell(3)
            self.values[split.value] = number(total)
            self._line(split.value, declared, to_draw, total, use)
        known = count.regression()
        self._line(
            "known failures",
            known,
            None,
            Figure(f"={self._cell(1)}", number(known)),
            "Asked of every candidate, outside the shares.",
        )
        self.at.row += 1

    def _labels(self) -> None:
        self._heading("Examples by label", "Label", "Examples", "In eval, about", "", "Labels are those of the sheet Labels")
        count = self.count
        lines = min(MOST_LABELS, max(_LABEL_LINES, len(self.content.tables["Labels"].rows)))
        share = count.share(Split.EVAL)
        for place in range(lines):
            name = count.label_name(place)
            cell, number_cell = self._cell(0), self._cell(1)
            found = count.with_value("Expected", cell, str(name.value))
            about = Figure(
                f'=IF({cell}="","",ROUND({number_cell}*{share.body},0))',
                int(number(found) * number(share) + 0.5 + 1e-9) if name.value else "",
            )
            hint = Figure(
                f'=IF({cell}="","",IF({number_cell}=0,"none yet",""))',
                "none yet" if name.value and not number(found) else "",
            )
            self._line(name, found, about, None, hint)
        self.at.row += 1

    def _fields(self) -> None:
        self._heading(
            "Examples by field",
            "Field",
            "With a value",
            "Not labelled (?)",
            "",
            "A blank cell means: the document does not hold it",
        )
        for header in self.count.field_headers():
            prefix = len("Expected: ")
            top = self.content.tables["Examples"].cell(header, -1)
            name = Figure(f"=TRIM(MID({top},{prefix},99))", header[prefix:].strip())
            self._line(name, self.count.field_filled(header), self.count.field_unlabelled(header), None, None)
        self.at.row += 1

    def _segments(self) -> None:
        self._heading(
            "Examples by segment",
            "Segment",
            "Examples",
            "",
            "",
            "Segments are found by themselves, in the order of their first example",
        )
        count = self.count
        found = count.segments()
        above: list[str] = []
        first = self.at.row + 1
        for place in range(min(MOST_SEGMENTS, max(_SEGMENT_LINES, len(found)))):
            name = count.segment_name(place, above)
            row, cell = self.at.row, self._cell(0)
            self._line(None, count.with_value("Segment", cell, str(name.value)), None, None, None)
            self.page.array_formula(row, 0, name.formula, name.value, looks.ours(self.book))
            above.append(cell)
        usable = self.at.cells["usable"]
        listed = sum(number(count.with_value("Segment", "", s)) for s in found[:MOST_SEGMENTS])
        rest = Figure(f"={usable}-SUM($B${first}:$B${self.at.row})", self.values["usable"] - listed)
        self._line("no segment, or not listed above", rest, None, None, None)
        self.at.row += 1

    def _proof(self) -> None:
        self._heading(
            "What the sample can prove",
            "A share of at least",
            "Errors allowed, eval",
            "Errors allowed, holdout",
            "Needs at least",
            "How to read it",
        )
        at, values = self.at.cells, self.values
        text = (
            "So many answers may be wrong in the eval (or holdout) examples while the share still counts as proven.",
            "Needs at least: examples that prove it when not one answer is wrong.",
            "Proven: the exact one-sided bound at the chosen confidence reaches the share.",
        )
        for place, target in enumerate(_TARGETS):
            cell = self._cell(0)
            count = self.count
            row = self.at.row
            self._line(
                None,
                count.errors_allowed(at["eval"], values["eval"], cell, target),
                count.errors_allowed(at["holdout"], values["holdout"], cell, target),
                count.needed_without_error(cell, target),
                text[place] if place < len(text) else None,
            )
            self.page.put(row, 0, target, looks.ours(self.book, num_format="0%", align="left"))
        self.at.row += 1

    def _plan(self) -> None:
        self._heading("Two weeks from corpus to decision", "When", "Who", "Sheet", "", "What")
        for day in TWO_WEEKS:
            row = self.at.row
            self._line(day.days, day.who, None, None, day.what)
            if day.sheet != "Start":
                self._link(row, 2, day.sheet)
        self.at.row += 1

    def _key(self) -> None:
        self._heading("What the colours mean")
        book = self.book
        key = (
            ("Yours to fill in", looks.yours(book, layout.CellType.TEXT)),
            ("Ours; please leave it", looks.ours(book)),
            ("Something is missing here", looks.missing(book)),
            ("Stands twice", looks.doubled(book)),
            ("Header: must be filled in", looks.header(book, looks.Header.REQUIRED)),
            ("Header: may stay blank", looks.header(book, looks.Header.OPTIONAL)),
        )
        for words, look in key:
            self.page.put(self.at.row, 0, words, look)
            self.at.row += 1
        more = "Further columns stand folded at the right: click the [+] above them. Select a cell and its meaning appears."
        self.page.put(self.at.row, 0, more, looks.plain(book, text_wrap=False))
        version = f"Workbook layout {layout.TEMPLATE_VERSION}, made by reportgen for {self.content.task.value}."
        self.page.put(self.at.row + 1, 0, version, looks.plain(book, text_wrap=False, font_color="#595959"))
        self.at.row += 2

    def _set_up(self) -> None:
        page = self.page
        for index, width in enumerate(_WIDTHS):
            page.width(index, width)
        page.highlight(
            (4, 1, 12, 1),
            {
                "type": "cell",
                "criteria": "equal to",
                "value": '"Done"',
                "format": self.book.look(font_color="#0B6B2E", bold=True),
            },
        )
        page.sheet.freeze_panes(3, 0)
        page.sheet.set_landscape()
        page.sheet.fit_to_pages(1, 2)
        page.sheet.set_selection(2, 0, 2, 0)
        page.sheet.protect("", {"format_columns": True, "format_rows": True})
        page.sheet.activate()


def write_start(book: Book, content: Content) -> None:
    """Write the sheet Start; nothing on it is ever read."""
    _Start(book, content).write()


def _is_number(cell: CellValue | Figure) -> bool:
    return isinstance(cell.value if isinstance(cell, Figure) else cell, int | float)


def _progress_of(cell: str, value: float, wanted: int) -> Figure:
    shown = "Done" if value >= wanted else f"{value:g} of {wanted}"
    return Figure(f'=IF({cell}>={wanted},"Done",{cell}&" of {wanted}")', shown)
