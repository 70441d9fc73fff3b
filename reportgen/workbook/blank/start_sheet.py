"""The sheet Start: five steps, live counters, what the sample can prove, the two-week plan and the colour key."""

from __future__ import annotations

from reportgen.domain.records.plan import Task
from reportgen.spreadsheets.writer import Book
from reportgen.workbook.blank import formats
from reportgen.workbook.blank import start_tables as tables
from reportgen.workbook.blank.content import Content
from reportgen.workbook.blank.live_counters import Figure
from reportgen.workbook.blank.start_page import StartPage
from reportgen.workbook.layout import five_steps

_WIDTHS = (38, 22, 19, 19, 78)
_WANTED_EXAMPLES = 500
_WANTED_CANDIDATES = 5

_TASK_WORDS = {
    Task.CLASSIFICATION: "sort each input into one of your labels",
    Task.EXTRACTION: "take your fields out of each document",
    Task.SUMMARIZATION: "sum up each document",
    Task.QUESTION_ANSWERING: "answer each question",
}


class _Start(StartPage):
    """Writes the sheet from top to bottom."""

    def write(self) -> None:
        self._top()
        steps_at = self.at.row
        self.at.row += 2 + 5 + 1
        self._progress()
        after = self.at.row
        self.at.row = steps_at
        self._steps()
        self.at.row = after
        tables.splits(self)
        match self.content.task:
            case Task.CLASSIFICATION:
                tables.labels(self)
            case Task.EXTRACTION:
                tables.fields(self)
            case Task.SUMMARIZATION | Task.QUESTION_ANSWERING:
                pass
        tables.segments(self)
        tables.proof(self)
        tables.plan(self)
        tables.key(self)
        self._set_up()

    def _top(self) -> None:
        task = self.content.task
        self.page.put(
            0,
            0,
            f"Which AI model shall {_TASK_WORDS[task]}?",
            formats.plain(self.book, bold=True, font_size=16, text_wrap=False),
        )
        self.page.height(0, 28)
        text = (
            "Fill in the yellow cells of the sheets; reportgen asks every candidate, judges the answers, writes the reports."
        )
        self.page.put(1, 0, text, formats.plain(self.book, text_wrap=False))
        self.at.row = 4

    def _progress(self) -> None:
        self.heading("Where you stand", "Counted", "Now", "", "", "What it means")
        count = self.count
        self.counter("usable", "Examples with an ID and an input", count.usable(), "Rows that can be asked.")
        self.counter(
            "labelled",
            "... of them with what is right",
            count.labelled(),
            f"{_WANTED_EXAMPLES} or more make a sound decision.",
        )
        self.counter(
            "unfinished",
            "Rows begun but not complete",
            count.unfinished(),
            "Row status on the sheet Examples says what is missing.",
        )
        self.counter("doubled", "Rows whose ID stands twice", count.doubled(), "Each ID may stand once.")
        if self.content.task is Task.SUMMARIZATION:
            self.counter("facts", "Key facts, all lines", count.key_facts(), "Three to eight a document are usual.")
        self.counter(
            "candidates",
            "Candidates",
            count.filled_rows("Candidates", "Candidate"),
            "Five or more, with the one in use today.",
        )
        self.counter(
            "levels",
            "Service levels",
            count.filled_rows("Service levels", "Measure"),
            "Usual ones are filled in: change them.",
        )
        self.counter(
            "agreed",
            "... of them agreed by somebody",
            count.filled_rows("Service levels", "Agreed by"),
            "Agree before any run.",
        )
        self.counter(
            "costs", "First four lines of Costs", count.first_costs(), "All four are needed to put a price on human review."
        )
        if "Production mix" in self.content.tables:
            row, total = self.at.row, count.mix_total()
            self.counter("mix", "Shares of the Production mix, together", total, "They must add up to 100 %.")
            percent = formats.ours(self.book, num_format="0.0##%", align="right")
            self.page.formula(row, 1, total.formula, total.value, percent)
        self.at.row += 1

    def _steps(self) -> None:
        self.heading("Five steps", "Step", "State", "Sheet", "", "What to do")
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
        for name, state, sheet, text in zip(
            five_steps.NAMES, [*done, ready], five_steps.SHEETS, five_steps.WHAT, strict=True
        ):
            row = self.at.row
            self.line(name, state, None, "Costs" if sheet == "Service levels" else None, text)
            if sheet:
                self.link(row, 2, sheet)
            if sheet == "Service levels":
                self.link(row, 3, "Costs")
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
        self.page.formula(2, 0, formula, words[state], formats.plain(self.book, bold=True, font_size=12, text_wrap=False))
        self.page.height(2, 20)

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
                "format": {"font_color": "#0B6B2E", "bold": True},
            },
        )
        page.raw.freeze_panes(3, 0)
        page.raw.set_landscape()
        page.print_together(sorted(self.parts), self.at.row)
        page.raw.set_selection(2, 0, 2, 0)
        page.raw.protect("", {"format_columns": True, "format_rows": True})
        page.raw.activate()


def write_start(book: Book, content: Content) -> None:
    """Write the sheet Start; nothing on it is ever read."""
    _Start(book, content).write()


def _progress_of(cell: str, value: float, wanted: int) -> Figure:
    shown = "Done" if value >= wanted else f"{value:g} of {wanted}"
    return Figure(f'=IF({cell}>={wanted},"Done",{cell}&" of {wanted}")', shown)
