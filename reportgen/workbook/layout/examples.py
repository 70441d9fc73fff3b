"""The sheets Examples, Labels and Fields as data: the cases, and what is right for them."""

from __future__ import annotations

from reportgen.domain.records.plan import FieldType, Split, Task
from reportgen.workbook.layout.schema import Cell, CellType, Column, Per, Sheet, Source

_SUMMARIES = (Task.SUMMARIZATION,)
_EXTRACTION = (Task.EXTRACTION,)
_ONE_ANSWER = (Task.CLASSIFICATION, Task.QUESTION_ANSWERING)


EXAMPLES = Sheet(
    name="Examples",
    help="Real cases from production, each with what is right for it. One row is one example; 500 or more are wanted.",
    required=True,
    shown=True,
    aliases=("Example", "Data", "Dataset", "Cases", "Corpus"),
    columns=(
        Column(
            "Example ID",
            "Your own number or name for this case; each only once.",
            Cell(CellType.ID),
            required=True,
            aliases=("ID", "Case ID", "Case", "Ticket ID"),
            width=14,
        ),
        Column(
            "Input",
            "The text exactly as it comes in production. It is sent to the model as it stands.",
            Cell(CellType.LONG_TEXT),
            required=True,
            aliases=("Text", "Input text", "Question", "Message", "Document text", "Content"),
            width=60,
            one_of="input",
        ),
        Column(
            "Input file",
            "The name of a text, HTML, PDF, Word, e-mail or picture file beside this workbook; Input then asks about it.",
            aliases=("File", "File name"),
            expert=True,
            open_for=(Task.EXTRACTION, Task.SUMMARIZATION),
            width=24,
            one_of="input",
        ),
        Column(
            "Expected",
            "What is right. Labels: exactly one, as on the sheet Labels. Answers to questions: each one that counts as "
            "right on a line of its own (Alt+Enter).",
            Cell(CellType.LINES, source=Source.LABELS),
            aliases=("Label", "Gold", "Expected answer", "Expected label", "Correct answer", "Answer", "Truth", "Category"),
            tasks=_ONE_ANSWER,
            width=28,
            needed=True,
        ),
        Column(
            "Reference summary",
            "A summary that a person in your office would sign. Used for comparison of wording only.",
            Cell(CellType.LONG_TEXT),
            aliases=("Summary", "Reference", "Gold summary", "Expected summary"),
            tasks=_SUMMARIES,
            width=46,
        ),
        Column(
            "Key facts",
            "What every good summary must say, one fact a line (Alt+Enter). Candidates are judged on these.",
            Cell(CellType.LINES),
            aliases=("Key fact", "Facts", "Key points"),
            tasks=_SUMMARIES,
            width=46,
            needed=True,
        ),
        Column(
            "Expected: <Field>",
            "What stands in the document for this field. Blank: the document does not hold it. ?: nobody looked. "
            "Lists: one item a line.",
            Cell(CellType.LINES),
            aliases=("Gold: <Field>", "Label: <Field>"),
            per=Per.FIELD,
            tasks=_EXTRACTION,
            width=24,
        ),
        Column(
            "Evidence: <Field>",
            "The words of the document that show it, copied exactly.",
            Cell(CellType.LONG_TEXT),
            aliases=("Quote: <Field>", "Source: <Field>"),
            per=Per.FIELD,
            tasks=_EXTRACTION,
            expert=True,
            width=30,
        ),
        Column(
            "Segment",
            "The part of your production traffic this case stands for, such as a channel, a language or a customer group.",
            aliases=("Slice", "Stratum"),
            width=18,
        ),
        Column(
            "Notes",
            "Anything a reader should know. Never sent to a model.",
            Cell(CellType.LONG_TEXT),
            aliases=("Note", "Comment", "Comments", "Remark", "Remarks"),
            width=28,
        ),
        Column(
            "Group",
            "Cases that belong together (one customer, one thread, one contract) carry the same word; they are never "
            "divided between splits.",
            aliases=("Cluster",),
            expert=True,
        ),
        Column(
            "Split",
            "Usually blank: reportgen divides the examples. Fill in every row only if you must decide it yourself.",
            Cell(
                CellType.CHOICE,
                choices=(Split.TRAIN.value, Split.EVAL.value, Split.HOLDOUT.value),
                spellings={
                    "training": Split.TRAIN.value,
                    "evaluation": Split.EVAL.value,
                    "test": Split.EVAL.value,
                    "test set": Split.EVAL.value,
                    "training set": Split.TRAIN.value,
                    "evaluation set": Split.EVAL.value,
                    "held out": Split.HOLDOUT.value,
                    "hold-out": Split.HOLDOUT.value,
                },
            ),
            aliases=("Subset",),
            default="drawn by reportgen",
            expert=True,
            width=12,
        ),
        Column(
            "Known failure",
            "The number or name of a failure you have seen in production and that this case would show again.",
            Cell(CellType.ID, source=Source.KNOWN_FAILURES),
            aliases=("Failure ID", "Failure"),
            expert=True,
        ),
        Column(
            "Second label",
            "What a second person said without seeing the first answer. Shows how far people agree.",
            Cell(CellType.LINES),
            aliases=("Second opinion", "Second answer", "Label 2"),
            expert=True,
            width=22,
        ),
        Column(
            "Output: <Candidate>",
            "What this candidate answered when it was asked earlier. Blank: not recorded.",
            Cell(CellType.LONG_TEXT),
            aliases=("Answer: <Candidate>", "Response: <Candidate>"),
            per=Per.CANDIDATE,
            expert=True,
            width=30,
        ),
        Column(
            "Cost: <Candidate>",
            "What this recorded answer cost, in the currency of the evaluation. Without costs or prices it can never win.",
            Cell(CellType.MONEY, least=0),
            aliases=("Price: <Candidate>",),
            per=Per.CANDIDATE,
            expert=True,
            width=12,
        ),
        Column(
            "Latency: <Candidate>",
            "How long this recorded answer took, in seconds.",
            Cell(CellType.SECONDS, least=0),
            aliases=("Seconds: <Candidate>", "Latency (s): <Candidate>"),
            per=Per.CANDIDATE,
            expert=True,
            width=12,
        ),
    ),
)

LABELS = Sheet(
    name="Labels",
    help="The classes to choose from, one a row.",
    tasks=(Task.CLASSIFICATION,),
    shown=True,
    aliases=("Label", "Classes", "Categories"),
    absent="the labels found in Expected",
    columns=(
        Column(
            "Label", "The class, written as it must be answered.", required=True, aliases=("Class", "Category"), width=26
        ),
        Column(
            "Description",
            "When this label is right; models read it.",
            Cell(CellType.LONG_TEXT),
            aliases=("Meaning",),
            width=60,
        ),
        Column(
            "Also written as",
            "Other spellings that count as this label, one a line (Alt+Enter).",
            Cell(CellType.LINES),
            aliases=("Synonyms", "Aliases", "Other spellings"),
            width=34,
        ),
        Column(
            "Order",
            "Only where labels have an order, such as severity: 1, 2, 3 ... Then it counts how far off an answer is.",
            Cell(CellType.INTEGER, least=0),
            aliases=("Rank", "Position"),
            expert=True,
            width=10,
        ),
    ),
)

ITEM_TYPES = tuple(t.value for t in FieldType if t not in {FieldType.YES_NO, FieldType.LIST})
MISTAKE_COSTS = Sheet(
    name="Mistake costs",
    help="What it costs when one label is taken for another. A pair that is not listed costs the highest of its Expected.",
    tasks=(Task.CLASSIFICATION,),
    aliases=("Mistake cost", "Cost of mistakes"),
    absent="every mistake counts the same",
    columns=(
        Column(
            "Expected",
            "The label that is right.",
            Cell(CellType.TEXT, source=Source.LABELS),
            required=True,
            aliases=("Right label", "Actual"),
            width=26,
        ),
        Column(
            "Given",
            "The label that was given instead; (none) where no label can be read.",
            Cell(CellType.TEXT, source=Source.LABELS),
            required=True,
            aliases=("Given label", "Predicted"),
            width=26,
        ),
        Column("Cost", "What this mistake costs, once.", Cell(CellType.MONEY, least=0), required=True, width=14),
    ),
)

_FIELD_TYPE_SPELLINGS = {
    "string": FieldType.TEXT.value,
    "person": FieldType.NAME.value,
    "company": FieldType.NAME.value,
    "party": FieldType.NAME.value,
    "integer": FieldType.NUMBER.value,
    "amount": FieldType.MONEY.value,
    "currency": FieldType.MONEY.value,
    "boolean": FieldType.YES_NO.value,
    "yes or no": FieldType.YES_NO.value,
    "yes-no": FieldType.YES_NO.value,
    "select": FieldType.CHOICE.value,
    "several": FieldType.LIST.value,
    "line items": FieldType.RECORDS.value,
    "table": FieldType.RECORDS.value,
    "rows": FieldType.RECORDS.value,
}

FIELDS = Sheet(
    name="Fields",
    help="What is to be taken from each document, one field a row.",
    tasks=_EXTRACTION,
    shown=True,
    aliases=("Field",),
    absent="text fields named by the Expected columns",
    columns=(
        Column(
            "Field",
            "The name of the field, as in the headers Expected: ... Parts of a field of type records: Line items: Amount.",
            required=True,
            aliases=("Name",),
            width=26,
        ),
        Column(
            "Type",
            "How two values are compared: dates as dates, money as money, names without titles and legal forms.",
            Cell(CellType.CHOICE, choices=tuple(t.value for t in FieldType), spellings=_FIELD_TYPE_SPELLINGS),
            required=True,
            aliases=("Field type", "Kind"),
            width=12,
        ),
        Column(
            "Required",
            "yes: an answer without it goes to a person.",
            Cell(CellType.YES_NO),
            aliases=("Mandatory",),
            width=11,
        ),
        Column(
            "Citation required",
            "yes: each value must come with the words of the document that show it.",
            Cell(CellType.YES_NO),
            aliases=("Quote required", "Citation"),
            width=12,
        ),
        Column(
            "Choices",
            "For type choice: the allowed values, one a line.",
            Cell(CellType.LINES),
            aliases=("Values",),
            width=24,
        ),
        Column(
            "Tolerance",
            "How far a number, an amount or a date (in days) may be off and still be right. Blank: not at all.",
            Cell(CellType.NUMBER, least=0),
            width=12,
        ),
        Column(
            "Also written as",
            "Other names of the field; also lines that let a value be written otherwise, such as limited = Ltd.",
            Cell(CellType.LINES),
            aliases=("Synonyms", "Aliases"),
            width=24,
        ),
        Column(
            "Description",
            "What exactly is meant; models read it. A total may say: sum of Line items: Amount.",
            Cell(CellType.LONG_TEXT),
            aliases=("Meaning",),
            width=50,
        ),
        Column(
            "Items are",
            "For type list: how two items are compared. Blank: text.",
            Cell(
                CellType.CHOICE,
                choices=ITEM_TYPES,
                spellings={other: kind for other, kind in _FIELD_TYPE_SPELLINGS.items() if kind in ITEM_TYPES},
            ),
            aliases=("Item type", "Type of items"),
            expert=True,
            width=12,
        ),
    ),
)

RECORDS = Sheet(
    name="Records",
    help="The rows that each document holds, such as the line items of an invoice: one row each, one column for each part.",
    tasks=_EXTRACTION,
    aliases=("Record", "Line items", "Rows"),
    absent="no field of the type records",
    columns=(
        Column(
            "Example ID",
            "The ID from the sheet Examples. A document without any row here holds none.",
            Cell(CellType.ID),
            required=True,
            aliases=("ID", "Case ID", "Example"),
            width=16,
        ),
        Column(
            "Field",
            "The field of the type records that the row belongs to. Blank where there is only one.",
            aliases=("Records field",),
            expert=True,
            width=22,
        ),
    ),
    open_columns="The parts, as on the sheet Fields: one column each. Blank: the row has no such value. ?: nobody looked.",
)
