"""The sheet Evaluation as data: what is decided, by whom, and how carefully."""

from __future__ import annotations

from reportgen.domain.records.plan import AnswersRead, Rule, Task
from reportgen.workbook.layout.schema import Cell, CellType, Column, Item, Sheet, Source

TASK_SPELLINGS = {
    "classify": Task.CLASSIFICATION.value,
    "extract": Task.EXTRACTION.value,
    "information extraction": Task.EXTRACTION.value,
    "summarisation": Task.SUMMARIZATION.value,
    "summary": Task.SUMMARIZATION.value,
    "question-answering": Task.QUESTION_ANSWERING.value,
    "questions and answers": Task.QUESTION_ANSWERING.value,
    "q&a": Task.QUESTION_ANSWERING.value,
    "qa": Task.QUESTION_ANSWERING.value,
}

_SHARE = Cell(CellType.SHARE, least=0, most=1)

EVALUATION = Sheet(
    name="Evaluation",
    help="What is being decided, by whom, and how carefully. One line for each item; only Value is yours to fill in.",
    required=True,
    shown=True,
    aliases=("Settings", "Overview"),
    columns=(
        Column("Item", "The name of the setting. Please leave it as it is.", required=True, aliases=("Setting",), width=34),
        Column(
            "Value", "Your answer. A blank means the default named under Help.", required=True, aliases=("Answer",), width=36
        ),
        Column("Help", "What the item is for.", aliases=("Explanation", "Comment"), width=78),
    ),
    items=(
        Item("Title", "A short name for this evaluation; it stands on every report.", required=True, aliases=("Name",)),
        Item(
            "Task",
            "What the model has to do with each input. The sheets of this workbook are made for this task.",
            Cell(CellType.CHOICE, choices=tuple(t.value for t in Task), spellings=TASK_SPELLINGS),
            required=True,
            aliases=("Task type",),
        ),
        Item(
            "Purpose", "The business decision behind it, in a sentence or two.", Cell(CellType.LONG_TEXT), aliases=("Goal",)
        ),
        Item("Business owner", "The person who decides and answers for the result.", aliases=("Owner",)),
        Item("Prepared by", "The person who filled in this workbook.", aliases=("Author",)),
        Item("Document number", "Your own reference, if your office uses one.", aliases=("Reference",)),
        Item("Confidentiality", "Printed on every page, for example Internal.", aliases=("Classification level",)),
        Item("Decision needed by", "The date by which you need the answer.", Cell(CellType.DATE), aliases=("Deadline",)),
        Item(
            "Primary measure",
            "The figure that ranks candidates. Blank: the usual one for your task.",
            Cell(CellType.TEXT, source=Source.MEASURES),
            aliases=("Main measure", "Primary metric"),
        ),
        Item(
            "Train share",
            "Share of the examples kept for learning (prompts with examples, local baselines). Blank: 70 %.",
            _SHARE,
            default="70 %",
            expert=True,
        ),
        Item(
            "Eval share",
            "Share of the examples that candidates are judged on. Blank: 20 %.",
            _SHARE,
            default="20 %",
            expert=True,
        ),
        Item(
            "Holdout share",
            "Share locked away until the winner is confirmed. Blank: 10 %. The three shares add up to 100 %.",
            _SHARE,
            default="10 %",
            expert=True,
        ),
        Item(
            "Seed",
            "A whole number that fixes every random draw. Blank: 1.",
            Cell(CellType.INTEGER, least=0, most=4_294_967_295),
            default=1,
            expert=True,
        ),
        Item(
            "Confidence",
            "How sure a statement must be before it counts as proven. Blank: 95 %.",
            Cell(CellType.SHARE, least=0.5, most=0.999),
            default="95 %",
            aliases=("Confidence level",),
            expert=True,
        ),
        Item("Currency", "Three letters, such as USD or EUR; every price and cost is in it. Blank: USD.", default="USD"),
        Item(
            "Spending limit",
            "The run stops before it spends more than this. Blank: no limit.",
            Cell(CellType.MONEY, least=0),
            aliases=("Budget",),
        ),
        Item(
            "Most requests at once",
            "How many questions are sent side by side. Blank: 8.",
            Cell(CellType.INTEGER, least=1, most=256),
            default=8,
            aliases=("Concurrency",),
            expert=True,
        ),
        Item(
            "Seconds before a request times out",
            "How long to wait for one answer. Blank: 60.",
            Cell(CellType.SECONDS, least=0.1, most=3600),
            default=60,
            aliases=("Timeout",),
            expert=True,
        ),
        Item(
            "Most attempts",
            "How often a failed request is tried in all. Blank: 3.",
            Cell(CellType.INTEGER, least=1, most=20),
            default=3,
            expert=True,
        ),
        Item(
            "Repeats",
            "How often each example is asked, to see how steady the answers are. Every asking is paid for. Blank: 1.",
            Cell(CellType.INTEGER, least=1, most=20),
            aliases=(
                "Repeat",
                "Repetitions",
                "Repetition",
                "Runs",
                "Runs per example",
                "Samples per example",
                "Repeats per example",
                "Number of repeats",
                "Number of runs",
            ),
            default=1,
            expert=True,
        ),
        Item(
            "Date order",
            "How dates such as 03/04/2026 are meant: DMY = 3 April, MDY = March 4. Needed only if you write such dates.",
            Cell(CellType.CHOICE, choices=("DMY", "MDY", "YMD")),
            expert=True,
        ),
        Item(
            "Decimal mark",
            "The mark in numbers written as text: a point (1.5) or a comma (1,5). Needed only if both can be read.",
            Cell(
                CellType.CHOICE,
                choices=("point", "comma"),
                spellings={".": "point", "dot": "point", "period": "point", "full stop": "point", ",": "comma"},
            ),
            aliases=("Decimal separator",),
            expert=True,
        ),
        Item(
            "Regression margin",
            "How much worse than the baseline a change may be before the gate stops it, for example 2 %.",
            _SHARE,
            expert=True,
        ),
        Item(
            "Screen keeps",
            "How many models the screening keeps. Blank: 10.",
            Cell(CellType.INTEGER, least=1),
            default=10,
            expert=True,
        ),
        Item(
            "Rule",
            "proven: a service level counts as met only when the sample proves it. point estimate: the bare figure decides.",
            Cell(
                CellType.CHOICE,
                choices=tuple(r.value for r in Rule),
                spellings={"point": Rule.POINT_ESTIMATE.value, "proof": Rule.PROVEN.value, "bound": Rule.PROVEN.value},
            ),
            default=Rule.PROVEN.value,
            aliases=("Decision rule",),
            expert=True,
        ),
        Item(
            "Labels per example",
            "one: each example has one label. several: it may have more; Expected holds one a line, (none) where none "
            "applies. Blank: one.",
            Cell(
                CellType.CHOICE,
                choices=("one", "several"),
                spellings={"1": "one", "single": "one", "many": "several", "multi": "several", "multi-label": "several"},
            ),
            default="one",
            aliases=("Number of labels", "Multi-label"),
            expert=True,
        ),
        Item(
            "Answers are read",
            "How your application takes the answer out. strictly: it is the label or JSON alone. first line: or starts "
            "with it. label anywhere: the only label in it. repaired: JSON is mended. Blank: strictly.",
            Cell(
                CellType.CHOICE,
                choices=tuple(a.value for a in AnswersRead),
                spellings={
                    "strict": AnswersRead.STRICTLY.value,
                    "as they are": AnswersRead.STRICTLY.value,
                    "first word": AnswersRead.FIRST_LINE.value,
                    "anywhere": AnswersRead.LABEL_ANYWHERE.value,
                    "repair": AnswersRead.REPAIRED.value,
                },
            ),
            default=AnswersRead.STRICTLY.value,
            aliases=("Reading of answers", "How answers are read"),
            expert=True,
        ),
        Item(
            "Out-of-scope uses",
            "What it must not be used for, and misuse that can be foreseen.",
            Cell(CellType.LONG_TEXT),
            aliases=("Out of scope", "Not to be used for"),
            expert=True,
        ),
        Item(
            "Risk class",
            "Such as: not high-risk under the EU AI Act; low materiality.",
            aliases=("Risk level",),
            expert=True,
        ),
        Item("Risk class decided by", "The person who decided on the risk class.", expert=True),
        Item(
            "Monitored by",
            "The person who watches the figures after the roll-out.",
            aliases=("Monitoring owner",),
            expert=True,
        ),
        Item(
            "Evidence kept until",
            "How long the run folder is kept: a date, or such as 10 years after the end of use.",
            aliases=("Retention of evidence",),
            expert=True,
        ),
    ),
)
