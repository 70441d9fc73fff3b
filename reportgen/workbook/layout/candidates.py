"""The sheets Candidates, Service levels and Costs as data: what is compared, against which limits, at what cost."""

from __future__ import annotations

from reportgen.domain.records.plan import CandidateKind, Comparator, Importance, Role
from reportgen.workbook.layout.schema import Cell, CellType, Column, CostRow, Sheet, Source

_IMPORTANCE = Cell(
    CellType.CHOICE,
    choices=tuple(i.value for i in Importance),
    spellings={
        "required": Importance.MUST.value,
        "mandatory": Importance.MUST.value,
        "must have": Importance.MUST.value,
        "nice to have": Importance.SHOULD.value,
        "optional": Importance.SHOULD.value,
        "wish": Importance.SHOULD.value,
    },
)


_PRICE = Cell(CellType.MONEY, least=0)

CANDIDATES = Sheet(
    name="Candidates",
    help="What is compared: models, recorded answers, simple local methods. One row each; five or more make a good field.",
    required=True,
    shown=True,
    aliases=("Candidate", "Models", "Systems"),
    columns=(
        Column(
            "Candidate",
            "A short name of your own; each only once.",
            Cell(CellType.ID),
            required=True,
            aliases=("Name",),
            width=24,
        ),
        Column(
            "Kind",
            "API model: asked over the network. Recorded outputs: answers you have. Local baseline: a simple method "
            "here. Command: a program (needs --allow-commands). Route: one candidate, then another where needed (Settings).",
            Cell(
                CellType.CHOICE,
                choices=tuple(k.value for k in CandidateKind),
                source=Source.KINDS,
                spellings={
                    "api": CandidateKind.API_MODEL.value,
                    "model": CandidateKind.API_MODEL.value,
                    "hosted": CandidateKind.API_MODEL.value,
                    "llm": CandidateKind.API_MODEL.value,
                    "ai model": CandidateKind.API_MODEL.value,
                    "language model": CandidateKind.API_MODEL.value,
                    "recorded": CandidateKind.RECORDED_OUTPUTS.value,
                    "recorded output": CandidateKind.RECORDED_OUTPUTS.value,
                    "outputs": CandidateKind.RECORDED_OUTPUTS.value,
                    "baseline": CandidateKind.LOCAL_BASELINE.value,
                    "local": CandidateKind.LOCAL_BASELINE.value,
                    "program": CandidateKind.COMMAND.value,
                    "router": CandidateKind.ROUTE.value,
                    "routing": CandidateKind.ROUTE.value,
                    "cascade": CandidateKind.ROUTE.value,
                },
            ),
            required=True,
            aliases=("Type",),
            width=18,
        ),
        Column(
            "Model",
            "API model: provider/model, such as openai/gpt-4o-mini. Local baseline: a name from the list. "
            "Command: the command line.",
            Cell(CellType.TEXT, source=Source.LOCAL_BASELINES),
            aliases=("Model name", "Model ID"),
            width=32,
        ),
        Column(
            "Prompt", "The name of a prompt on the sheet Prompts. Blank: the built-in prompt.", Cell(source=Source.PROMPTS)
        ),
        Column(
            "Include",
            "no: leave this row out. Blank: yes.",
            Cell(CellType.YES_NO),
            aliases=("Active", "Use"),
            default="yes",
            width=10,
        ),
        Column(
            "Role",
            "production: what you use today. judge: only judges the others. Blank: candidate.",
            Cell(
                CellType.CHOICE,
                choices=tuple(r.value for r in Role),
                spellings={
                    "current": Role.PRODUCTION.value,
                    "incumbent": Role.PRODUCTION.value,
                    "live": Role.PRODUCTION.value,
                    "today": Role.PRODUCTION.value,
                    "in use": Role.PRODUCTION.value,
                },
            ),
            default=Role.CANDIDATE.value,
            width=13,
        ),
        Column(
            "Input price",
            "Money for 1M input tokens. Blank: looked up.",
            _PRICE,
            aliases=("Input price per 1M tokens",),
            width=12,
        ),
        Column(
            "Output price",
            "Money for 1M output tokens. Blank: looked up.",
            _PRICE,
            aliases=("Output price per 1M tokens",),
            width=12,
        ),
        Column("Price source", "Where the price stands: an offer, a price page.", width=24),
        Column("Price date", "The day the price was read.", Cell(CellType.DATE), width=13),
        Column("Notes", "Anything a reader should know.", Cell(CellType.LONG_TEXT), aliases=("Note", "Comment"), width=28),
        Column(
            "Cached input price",
            "Money for 1M cached input tokens. Blank: the input price.",
            _PRICE,
            aliases=("Cached input price per 1M tokens",),
            expert=True,
            width=12,
        ),
        Column(
            "Few-shot examples",
            "How many examples from the train split are shown with each question. Blank: 0.",
            Cell(CellType.INTEGER, least=0, most=100),
            aliases=("Shots",),
            default="0",
            expert=True,
            width=12,
        ),
        Column(
            "Temperature",
            "0 = as steady as it can be. Blank: the model's own.",
            Cell(CellType.NUMBER, least=0, most=2),
            expert=True,
            width=13,
        ),
        Column(
            "Most output tokens",
            "The longest answer allowed. Blank: the model's own limit.",
            Cell(CellType.INTEGER, least=1),
            aliases=("Max output tokens", "Max tokens"),
            expert=True,
            width=13,
        ),
        Column(
            "Endpoint",
            "Another address of the model (https). Blank: the provider's own.",
            aliases=("URL", "Base URL"),
            expert=True,
            width=28,
        ),
        Column(
            "Key variable",
            "The NAME of the environment variable that holds the key. Never type a key into a workbook.",
            aliases=("API key variable",),
            expert=True,
            width=22,
        ),
        Column(
            "Price per task",
            "For recorded outputs, and commands that report no cost: what one task costs, such as a vendor's price per "
            "document. Tokens times price, and a recorded Cost, go before it.",
            _PRICE,
            aliases=("Cost per task", "Price per document", "Price per call", "Vendor price per task"),
            expert=True,
        ),
        Column(
            "Infrastructure cost per month",
            "What running this candidate costs a month; replaces the row on the sheet Costs.",
            _PRICE,
            aliases=("Hosting cost per month",),
            expert=True,
        ),
        Column(
            "Settings",
            "One name: value a line: top_p: 0.9, ask again: yes (an answer in the wrong form), batch: yes (its price, "
            "up to a day, no latency). "
            "Route: first: NAME, then: NAME, when: low confidence, invalid output, abstained, refused, threshold: 0.8.",
            Cell(CellType.SETTINGS),
            expert=True,
            width=28,
        ),
    ),
)

SERVICE_LEVELS = Sheet(
    name="Service levels",
    help="What a candidate must reach before it may be chosen. Agree on these before anything is run.",
    required=True,
    shown=True,
    aliases=("Service level", "SLA", "SLAs", "SLO", "Targets", "Limits"),
    columns=(
        Column(
            "Measure",
            "What is measured. Choose from the list.",
            Cell(source=Source.MEASURES),
            required=True,
            aliases=("Metric",),
            width=52,
        ),
        Column(
            "Scope",
            "overall, or one part: label: refund, field: Tenant, segment: e-mail. Blank: overall.",
            aliases=("Applies to",),
            default="overall",
            width=18,
        ),
        Column(
            "Comparison",
            "at least for what should be high, at most for what should be low.",
            Cell(
                CellType.CHOICE,
                choices=tuple(c.value for c in Comparator),
                spellings={
                    ">=": Comparator.AT_LEAST.value,
                    "≥": Comparator.AT_LEAST.value,
                    "min": Comparator.AT_LEAST.value,
                    "minimum": Comparator.AT_LEAST.value,
                    "<=": Comparator.AT_MOST.value,
                    "≤": Comparator.AT_MOST.value,
                    "max": Comparator.AT_MOST.value,
                    "maximum": Comparator.AT_MOST.value,
                },
            ),
            required=True,
            aliases=("Operator",),
            width=14,
        ),
        Column(
            "Target",
            "The limit: a share such as 90 %, seconds such as 2.5, or money a task such as 0.05.",
            Cell(CellType.NUMBER, least=0),
            required=True,
            aliases=("Threshold", "Limit", "Value"),
            width=12,
        ),
        Column("Unit", "%, s, or the currency. Blank: the usual unit of the measure.", Cell(source=Source.UNITS), width=14),
        Column(
            "Importance",
            "must decides, should is only reported. Blank: must.",
            _IMPORTANCE,
            aliases=("Priority",),
            default="must",
            width=14,
        ),
        Column("Agreed by", "Who agreed to this limit.", width=20),
        Column("Agreed on", "When.", Cell(CellType.DATE), width=13),
        Column(
            "Reason", "Why this limit and not another.", Cell(CellType.LONG_TEXT), aliases=("Why", "Rationale"), width=50
        ),
    ),
)

COSTS = Sheet(
    name="Costs",
    help="What the work costs around the model. The first four lines make the cost of human review; the others add detail.",
    required=True,
    shown=True,
    aliases=("Cost", "Cost model", "Assumptions"),
    columns=(
        Column("Assumption", "Please leave the names as they are.", required=True, aliases=("Item", "Cost"), width=42),
        Column(
            "Low",
            "The lowest value you think possible.",
            Cell(CellType.NUMBER, least=0),
            aliases=("Minimum", "Min"),
            width=13,
        ),
        Column(
            "Expected",
            "Your best figure.",
            Cell(CellType.NUMBER, least=0),
            required=True,
            aliases=("Value", "Likely"),
            width=13,
        ),
        Column(
            "High",
            "The highest value you think possible.",
            Cell(CellType.NUMBER, least=0),
            aliases=("Maximum", "Max"),
            width=13,
        ),
        Column("Unit", "What the figures are counted in.", width=16),
        Column("Source", "Where the figure comes from.", Cell(CellType.LONG_TEXT), aliases=("Where from",), width=34),
        Column("Help", "What the line is for.", width=78),
    ),
    rows=(
        CostRow(
            "Tasks per month", "tasks", "How many inputs are handled a month.", aliases=("Volume per month",), first=True
        ),
        CostRow("Minutes per review", "minutes", "How long a person looks at one doubtful answer.", first=True),
        CostRow("Reviewer cost per hour", "{currency}", "Full cost of that person's hour.", CellType.MONEY, first=True),
        CostRow(
            "Manual cost per task",
            "{currency}",
            "What one task costs when a person does it all.",
            CellType.MONEY,
            first=True,
        ),
        CostRow(
            "Infrastructure cost per month",
            "{currency}",
            "Servers and licences that do not depend on volume. Blank: none.",
            CellType.MONEY,
        ),
        CostRow(
            "Infrastructure cost per request",
            "{currency}",
            "What each task costs beside the tokens. Blank: none.",
            CellType.MONEY,
        ),
        CostRow("Overhead factor", "factor", "Times the reviewer's hour for space, leave and management. Blank: 1."),
        CostRow(
            "Share of errors a reviewer finds",
            "%",
            "Of all wrong answers a reviewer sees. Blank: 90 %.",
            CellType.SHARE,
            most=1,
        ),
        CostRow(
            "Cost of an undetected error",
            "{currency}",
            "What one wrong answer costs that nobody notices. Blank: left out.",
            CellType.MONEY,
        ),
        CostRow(
            "Setup cost",
            "{currency}",
            "What introducing a model costs once. Blank: none.",
            CellType.MONEY,
            aliases=("Set-up cost",),
        ),
        CostRow(
            "Months to spread the setup cost over",
            "months",
            "Over how long the setup cost is paid back. Needed with a setup cost.",
        ),
    ),
)
