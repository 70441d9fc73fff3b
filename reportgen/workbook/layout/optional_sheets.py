"""The sheets that are added by `--with`, as data: prompts, recorded results, review, traffic, failures and compliance."""

from __future__ import annotations

from reportgen.domain.records.plan import Importance
from reportgen.domain.records.response import Outcome
from reportgen.domain.records.score import JudgeKind, Mark
from reportgen.workbook.layout.schema import Cell, CellType, Column, Sheet, Source

_CANDIDATE = Column(
    "Candidate",
    "The name from the sheet Candidates.",
    Cell(CellType.ID, source=Source.CANDIDATES),
    required=True,
    aliases=("Model", "System"),
    width=24,
)
_EXAMPLE = Column(
    "Example ID",
    "The ID from the sheet Examples.",
    Cell(CellType.ID),
    required=True,
    aliases=("ID", "Case ID", "Example"),
    width=16,
)
_TOKENS = Cell(CellType.INTEGER, least=0)

PROMPTS = Sheet(
    name="Prompts",
    help="Your own wording of the question. {input}, {document}, {labels}, {fields} and {examples} are filled in.",
    aliases=("Prompt",),
    absent="the built-in prompt, printed in the evidence",
    columns=(
        Column(
            "Prompt", "A short name; Candidates point to it.", Cell(CellType.ID), required=True, aliases=("Name",), width=22
        ),
        Column(
            "System message",
            "The standing instruction. May be blank.",
            Cell(CellType.LONG_TEXT),
            aliases=("System", "System prompt"),
            width=60,
        ),
        Column(
            "User message",
            "The question for each example; {input} stands for its text, beside {document} for what Input asks of the file.",
            Cell(CellType.LONG_TEXT),
            required=True,
            aliases=("User", "User prompt", "Template text"),
            width=80,
        ),
    ),
)

RECORDED_OUTPUTS = Sheet(
    name="Recorded outputs",
    help="Answers that candidates have already given, one row for each candidate and example. Nothing is asked again.",
    aliases=("Recorded output", "Recordings", "Outputs"),
    absent="nothing recorded; every candidate is asked",
    columns=(
        _CANDIDATE,
        _EXAMPLE,
        Column(
            "Output",
            "The answer as it came, character by character.",
            Cell(CellType.LONG_TEXT),
            aliases=("Answer", "Response"),
            width=60,
        ),
        Column(
            "Outcome",
            "What became of the request. Blank: answered.",
            Cell(
                CellType.CHOICE,
                choices=tuple(o.value for o in Outcome),
                spellings={
                    "ok": Outcome.ANSWERED.value,
                    "answer": Outcome.ANSWERED.value,
                    "refusal": Outcome.REFUSED.value,
                    "failed": Outcome.ERROR.value,
                    "failure": Outcome.ERROR.value,
                    "timed out": Outcome.TIMEOUT.value,
                    "time-out": Outcome.TIMEOUT.value,
                },
            ),
            aliases=("Status", "Result"),
            default=Outcome.ANSWERED.value,
            width=13,
        ),
        Column("Confidence", "How sure the candidate was, 0 to 100 %.", Cell(CellType.SHARE, least=0, most=1), width=13),
        Column(
            "Latency (s)",
            "Seconds from the first attempt sent to the final answer.",
            Cell(CellType.SECONDS, least=0),
            aliases=("Latency", "Seconds", "Duration (s)"),
            width=12,
        ),
        Column(
            "Input tokens", "Total over all attempts, cached ones included.", _TOKENS, aliases=("Prompt tokens",), width=12
        ),
        Column(
            "Cached input tokens", "How many of the input tokens were cached.", _TOKENS, aliases=("Cached tokens",), width=14
        ),
        Column(
            "Output tokens",
            "Total over all attempts, thinking included.",
            _TOKENS,
            aliases=("Completion tokens",),
            width=12,
        ),
        Column(
            "Attempts",
            "How often it was asked; 1 = no retry.",
            Cell(CellType.INTEGER, least=1),
            aliases=("Tries",),
            width=11,
        ),
        Column(
            "Repeat",
            "Which asking of the same example this answers: 1, 2, up to Repeats on the sheet Evaluation. Blank: 1.",
            Cell(CellType.INTEGER, least=1),
            aliases=("Run", "Run number", "Sample", "Repeat number", "Repetition"),
            default="1",
            width=9,
        ),
        Column("Cost", "Money for this task; overrides tokens times price.", Cell(CellType.MONEY, least=0), width=12),
        Column("Recorded on", "The day it was recorded.", Cell(CellType.DATE), aliases=("Date",), width=13),
    ),
)

RECORDED_VERDICTS = Sheet(
    name="Recorded verdicts",
    help="What a person, a model or a rule said about one part of one answer. It takes the place of our own comparison.",
    aliases=("Recorded verdict", "Verdicts", "Reviews", "Judgements", "Judgments"),
    absent="our own comparison alone",
    columns=(
        _CANDIDATE,
        _EXAMPLE,
        Column(
            "Part",
            "The field's name, fact 1 for the first line of Key facts, or sentence 1 for the first sentence of the answer. "
            "Blank: the whole answer.",
            aliases=("Field", "Aspect"),
            width=20,
        ),
        Column(
            "Verdict",
            "What was found; or a grade such as 4, with the grade from which it counts under Counts from.",
            Cell(
                CellType.CHOICE,
                choices=tuple(
                    m.value
                    for m in (
                        Mark.CORRECT,
                        Mark.WRONG,
                        Mark.MISSING,
                        Mark.INVENTED,
                        Mark.SUPPORTED,
                        Mark.UNSUPPORTED,
                        Mark.COVERED,
                        Mark.OMITTED,
                    )
                ),
                spellings={
                    "right": Mark.CORRECT.value,
                    "incorrect": Mark.WRONG.value,
                    "false": Mark.WRONG.value,
                    "true": Mark.CORRECT.value,
                    "hallucinated": Mark.INVENTED.value,
                    "not supported": Mark.UNSUPPORTED.value,
                    "not covered": Mark.OMITTED.value,
                },
            ),
            required=True,
            aliases=("Judgement", "Judgment", "Decision"),
            width=14,
        ),
        Column(
            "Judge kind",
            "Who judged. Blank: model.",
            Cell(
                CellType.CHOICE,
                choices=(JudgeKind.PERSON.value, JudgeKind.MODEL.value, JudgeKind.RULE.value),
                spellings={"human": JudgeKind.PERSON.value, "people": JudgeKind.PERSON.value, "llm": JudgeKind.MODEL.value},
            ),
            aliases=("Kind of judge",),
            default=JudgeKind.MODEL.value,
            width=12,
        ),
        Column(
            "Counts from",
            "Only where Verdict is a grade: the lowest grade that counts as right, supported or covered, such as 4 of 5.",
            Cell(CellType.NUMBER),
            aliases=("Supported from", "Right from", "Lowest good grade"),
            expert=True,
            width=12,
        ),
        Column("Judged by", "The person's name or the model.", aliases=("Judge", "Reviewer"), width=20),
        Column("Judged on", "When.", Cell(CellType.DATE), aliases=("Date",), width=13),
        Column("Reason", "Why.", Cell(CellType.LONG_TEXT), aliases=("Comment", "Explanation"), width=50),
    ),
)

REVIEW_RULES = Sheet(
    name="Review rules",
    help="When a person looks at an answer before it is used. The share of such answers is the review rate.",
    aliases=("Review rule", "Review"),
    absent="the first four rules are on",
    columns=(
        Column(
            "Rule",
            "The reason for a review.",
            Cell(
                CellType.CHOICE,
                choices=(
                    "invalid output",
                    "missing field",
                    "failed citation",
                    "abstained",
                    "low confidence",
                    "random sample",
                    "unsupported value",
                ),
                spellings={
                    "the answer cannot be read": "invalid output",
                    "a required field is missing": "missing field",
                    "a quote does not hold": "failed citation",
                    "a quote does not hold the value": "unsupported value",
                    "no answer given": "abstained",
                    "the model is not sure": "low confidence",
                    "spot check": "random sample",
                },
            ),
            required=True,
            width=26,
        ),
        Column(
            "Threshold",
            "low confidence: below which confidence, such as 80 %. random sample: which share of answers, such as 2 %.",
            Cell(CellType.SHARE, least=0, most=1),
            aliases=("Limit",),
            width=13,
        ),
        Column("On", "yes or no. Blank: yes.", Cell(CellType.YES_NO), aliases=("Active", "Use"), default="yes", width=10),
    ),
)

PRODUCTION_MIX = Sheet(
    name="Production mix",
    help="How your real traffic divides into segments. Results are weighted by it.",
    aliases=("Mix", "Traffic", "Segments"),
    absent="results are not weighted",
    columns=(
        Column("Segment", "The segment as on the sheet Examples.", required=True, width=26),
        Column(
            "Share",
            "Its share of production; all shares add up to 100 %.",
            Cell(CellType.SHARE, least=0, most=1),
            required=True,
            width=13,
        ),
    ),
)

KNOWN_FAILURES = Sheet(
    name="Known failures",
    help="What has gone wrong in production before. Examples that would show it again name it in Known failure.",
    aliases=("Known failure", "Failures", "Regression"),
    absent="the failures named on the sheet Examples",
    columns=(
        Column(
            "Failure ID",
            "A short name or number; each only once.",
            Cell(CellType.ID),
            required=True,
            aliases=("ID",),
            width=16,
        ),
        Column(
            "Description", "What went wrong.", Cell(CellType.LONG_TEXT), required=True, aliases=("What happened",), width=60
        ),
        Column("Severity", "How bad it was, in your own words.", width=16),
        Column("First seen", "When.", Cell(CellType.DATE), width=13),
    ),
)

SUPPLIER_QUESTIONS: tuple[str, ...] = (
    "Data residency: our data stays in the region that we name",
    "Retention: our data is deleted after the agreed time",
    "No training on our data",
    "Sub-processors are named, and changes announced",
    "Acceptable use policy fits our use",
    "Model card or system card is at hand",
    "Documentation of the model's provider (Art. 53 AI Act) is at hand",
    "Security: SOC 2 report or ISO 27001 certificate",
    "Deprecation: the model's end of life is announced in time",
    "Exit: we get our data out and can change supplier",
    "Feedback channel for wrong or harmful answers",
)
"""What a buyer usually asks a supplier, in the words that the annex of the recommendation looks for."""

REQUIREMENTS = Sheet(
    name="Requirements",
    help="What compliance asks beyond figures: where data is kept, licence, contract. One row a candidate and requirement.",
    aliases=("Requirement", "Compliance"),
    absent="no requirement beyond the service levels",
    columns=(
        _CANDIDATE,
        Column(
            "Requirement",
            "What is asked: one of the usual questions to a supplier in the list, or your own words.",
            Cell(source=Source.SUPPLIER_QUESTIONS),
            required=True,
            width=50,
        ),
        Column(
            "Importance",
            "must decides, should is only reported. Blank: must.",
            Cell(CellType.CHOICE, choices=tuple(i.value for i in Importance)),
            aliases=("Priority",),
            default="must",
            width=14,
        ),
        Column(
            "Met",
            "yes, no or unknown. An unknown must cannot lead to a recommendation.",
            Cell(
                CellType.CHOICE,
                choices=("yes", "no", "unknown"),
                spellings={"y": "yes", "true": "yes", "n": "no", "false": "no", "?": "unknown", "open": "unknown"},
            ),
            required=True,
            aliases=("Fulfilled",),
            width=12,
        ),
        Column("Answer", "What the supplier says, in short.", Cell(CellType.LONG_TEXT), width=40),
        Column("Source", "The contract, page or mail that shows it.", width=34),
        Column("Confirmed by", "Who checked it.", width=20),
        Column("Date", "When.", Cell(CellType.DATE), width=13),
    ),
)

SCREENING = Sheet(
    name="Screening",
    help="Public ratings used to narrow many models down. They weigh nothing in the decision.",
    aliases=("Leaderboard", "Ratings"),
    absent="no screening",
    columns=(
        Column("Model", "The model as the board names it.", required=True, width=32),
        Column("Board", "The leaderboard.", required=True, aliases=("Leaderboard", "Source"), width=26),
        Column("Rating", "The rating on that board.", Cell(CellType.NUMBER), required=True, aliases=("Score",), width=12),
        Column(
            "Low",
            "Lower end of its interval, if the board gives one.",
            Cell(CellType.NUMBER),
            aliases=("Lower", "Lower bound", "Rating q025"),
            width=12,
        ),
        Column(
            "High",
            "Upper end of its interval.",
            Cell(CellType.NUMBER),
            aliases=("Upper", "Upper bound", "Rating q975"),
            width=12,
        ),
        Column("Votes", "How many votes it rests on.", _TOKENS, width=12),
        Column("As of", "The day the board was read.", Cell(CellType.DATE), required=True, aliases=("Date",), width=13),
    ),
)

ATTESTATIONS = Sheet(
    name="Attestations",
    help="What only people can know, confirmed by name: how the sample was drawn, who labelled it, which data may leave.",
    aliases=("Attestation", "Statements", "Confirmations"),
    absent="nothing is confirmed, and the reports say so",
    columns=(
        Column("Statement", "The sentence that is confirmed.", Cell(CellType.LONG_TEXT), required=True, width=80),
        Column("Confirmed by", "Name.", aliases=("Name", "By"), width=22),
        Column("Role", "Function in the house.", width=22),
        Column("Date", "When.", Cell(CellType.DATE), width=13),
    ),
)
