"""The live counters of the sheet Start: each a formula that Excel, LibreOffice and Google Sheets share, with its value."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

from reportgen.domain.records.plan import Split, Task
from reportgen.workbook.blank.content import Content
from reportgen.workbook.blank.evaluation_page import evaluation_values, item_cell
from reportgen.workbook.blank.page import as_text
from reportgen.workbook.blank.table_sheets import statuses
from reportgen.workbook.layout import sheets
from reportgen.workbook.layout.schema import Per

MOST_SEGMENTS = 20
MOST_LABELS = 40
_FIRST_COSTS = 4


@dataclass(frozen=True, slots=True)
class Figure:
    """A formula (with its leading =) and the value that it must show."""

    formula: str
    value: str | float

    @property
    def body(self) -> str:
        """The formula without its =, to build others from."""
        return self.formula.removeprefix("=")


def trimmed(text: str) -> str:
    """Return a text as the sheet function TRIM gives it: spaces at the ends gone, runs of spaces one."""
    return " ".join(word for word in text.split(" ") if word)


class Counters:
    """All figures of one workbook's Start sheet."""

    def __init__(self, content: Content) -> None:
        self.content = content
        self._examples = content.tables["Examples"]
        self._texts = {h: [trimmed(t) for t in self._examples.texts(h)] for h in self._examples.headers}

    def usable(self) -> Figure:
        """Examples that have an ID and an input."""
        return self._sum(self._usable_terms(), self._is_usable)

    def labelled(self) -> Figure:
        """Usable examples for which somebody said what is right."""
        return self._sum([*self._usable_terms(), self._any_filled(self._key_headers())], self._is_labelled)

    def unfinished(self) -> Figure:
        """Rows that have been begun and still need something."""
        headers = ["Example ID", "Input", "Input file", *self._key_headers()]
        begun = self._sum([self._any_filled(headers)], lambda row: self._filled(row, headers))
        labelled = self.labelled()
        return Figure(f"={begun.body}-{labelled.body}", number(begun) - number(labelled))

    def doubled(self) -> Figure:
        """Rows whose ID stands on another row too, as Row status says."""
        examples = self._examples
        value = sum(s.endswith("twice") for s in statuses(examples))
        return Figure(f'=COUNTIF({examples.range(sheets.ROW_STATUS)},"*twice")', value)

    def regression(self) -> Figure:
        """Usable examples that stand for a known failure."""
        terms = [*self._usable_terms(), self._any_filled(["Known failure"])]
        return self._sum(terms, lambda row: self._is_usable(row) and self._filled(row, ["Known failure"]))

    def declared(self, split: Split) -> Figure:
        """Usable examples that the workbook itself puts into a split."""
        return self._in_split(split.value)

    def undeclared(self) -> Figure:
        """Usable examples whose split is left to reportgen."""
        return self._in_split("")

    def filled_rows(self, sheet: str, header: str) -> Figure:
        """Rows of another sheet with something in a column."""
        table = self.content.tables[sheet]
        return Figure(f"=SUMPRODUCT(--(LEN(TRIM({table.range(header)}))>0))", sum(map(bool, table.texts(header))))

    def first_costs(self) -> Figure:
        """How many of the first four lines of Costs have an expected value."""
        table = self.content.tables["Costs"]
        top, bottom = table.cell("Expected", 0), table.cell("Expected", _FIRST_COSTS - 1)
        value = sum(map(bool, table.texts("Expected")[:_FIRST_COSTS]))
        return Figure(f"=SUMPRODUCT(--(LEN(TRIM({top}:{bottom.split('!')[1]}))>0))", value)

    def mix_total(self) -> Figure:
        """The sum of the shares on the sheet Production mix."""
        table = self.content.tables["Production mix"]
        shares = (row.get("Share") for row in table.rows)
        return Figure(f"=SUM({table.range('Share')})", math.fsum(s for s in shares if isinstance(s, int | float)))

    def key_facts(self) -> Figure:
        """Lines of Key facts over all examples."""
        cells = self._examples.range("Key facts")
        value = sum(t.count("\n") + 1 for t in self._texts["Key facts"] if t)
        lines = f'LEN({cells})-LEN(SUBSTITUTE({cells},CHAR(10),""))+1'
        return Figure(f"=SUMPRODUCT((LEN(TRIM({cells}))>0)*({lines}))", value)

    def title_given(self) -> Figure:
        """1 where the evaluation has a title."""
        given = bool(as_text(evaluation_values(self.content)["Title"]).strip(" "))
        return Figure(f"=IF(LEN(TRIM({item_cell('Title')}))>0,1,0)", int(given))

    def share(self, split: Split) -> Figure:
        """The share of undeclared examples that a split will get; the default where the cell holds no number."""
        name = f"{split.value.capitalize()} share"
        default = float(str(sheets.sheet("Evaluation").item(name).default).rstrip(" %")) / 100
        return self._setting(name, default)

    def confidence(self) -> Figure:
        """The confidence of a proof."""
        return self._setting("Confidence", 0.95)

    def field_headers(self) -> tuple[str, ...]:
        """The headers `Expected: ...` of an extraction."""
        return self._family(Per.FIELD, "Expected")

    def field_filled(self, header: str) -> Figure:
        """Usable examples in which a field has a value."""
        cells = self._examples.range(header)
        terms = [*self._usable_terms(), f"(LEN(TRIM({cells}))>0)", f'(TRIM({cells})<>"?")']
        return self._sum(terms, lambda row: self._is_usable(row) and self._texts[header][row] not in {"", "?"})

    def field_unlabelled(self, header: str) -> Figure:
        """Usable examples in which nobody looked for a field (`?`)."""
        terms = [*self._usable_terms(), f'(TRIM({self._examples.range(header)})="?")']
        return self._sum(terms, lambda row: self._is_usable(row) and self._texts[header][row] == "?")

    def label_name(self, place: int) -> Figure:
        """The label on one row of the sheet Labels."""
        table = self.content.tables["Labels"]
        texts = table.texts("Label")
        return Figure(f"=TRIM({table.cell('Label', place)})", trimmed(texts[place]) if place < len(texts) else "")

    def with_value(self, header: str, cell: str, value: str) -> Figure:
        """Usable examples whose text in a column equals the text of a cell, blank where that cell is blank."""
        terms = [*self._usable_terms(), f"(TRIM({self._examples.range(header)})={cell})"]
        found = self._sum(terms, lambda row: self._is_usable(row) and self._texts[header][row].lower() == value.lower())
        return Figure(f'=IF({cell}="","",{found.body})', found.value if value else "")

    def segments(self) -> list[str]:
        """The segments in the order in which they first appear, as the formulas of `segment_name` list them."""
        seen: dict[str, str] = {}
        for text in self._texts["Segment"]:
            if text:
                seen.setdefault(text.lower(), text)
        return list(seen.values())

    def segment_name(self, place: int, above: list[str]) -> Figure:
        """The next segment that is in none of the cells above; an array formula without wildcards, so any text is safe."""
        cells = self._examples.range("Segment")
        new = "*".join([f"(LEN(TRIM({cells}))>0)", *(f"(TRIM({cells})<>{cell})" for cell in above)])
        found = self.segments()
        return Figure(f'=IFERROR(TRIM(INDEX({cells},MATCH(1,{new},0))),"")', found[place] if place < len(found) else "")

    def errors_allowed(self, size: str, n: float, target: str, wanted: float) -> Figure:
        """Wrong answers among n with which a share is still proven: the largest k with P(errors <= k) <= 1 - confidence.

        That is where the exact one-sided (Clopper-Pearson) bound still reaches the target; formulas.md, 1.
        """
        alpha = f"(1-{self.confidence().body})"
        allowed = f"CRITBINOM({size},1-{target},{alpha})-1"
        value = errors_allowed(round(n), wanted, 1 - number(self.confidence()))
        return Figure(f'=IF({size}<1,"no examples",IF({allowed}<0,"cannot be proven",{allowed}))', value)

    def needed_without_error(self, target: str, wanted: float) -> Figure:
        """Examples that prove a share when none of them is wrong."""
        alpha = 1 - number(self.confidence())
        value = math.ceil(math.log(alpha) / math.log(wanted))
        return Figure(f"=ROUNDUP(LN(1-{self.confidence().body})/LN({target}),0)", value)

    def _setting(self, name: str, default: float) -> Figure:
        cell = item_cell(name)
        value = evaluation_values(self.content)[name]
        number = float(value) if isinstance(value, int | float) else default
        return Figure(f"=IF(ISNUMBER({cell}),{cell},{default:g})", number)

    def _in_split(self, word: str) -> Figure:
        cells = self._examples.range("Split")
        terms = [
            *self._usable_terms(),
            f"(LEN(TRIM({self._examples.range('Known failure')}))=0)",
            f'(TRIM({cells})="{word}")',
        ]

        def counts(row: int) -> bool:
            free = not self._filled(row, ["Known failure"])
            return self._is_usable(row) and free and self._texts["Split"][row].lower() == word

        return self._sum(terms, counts)

    def _key_headers(self) -> list[str]:
        match self.content.task:
            case Task.EXTRACTION:
                return list(self.field_headers()) or ["Input"]
            case Task.SUMMARIZATION:
                return ["Key facts"]
            case Task.CLASSIFICATION | Task.QUESTION_ANSWERING:
                return ["Expected"]

    def _family(self, per: Per, word: str) -> tuple[str, ...]:
        pairs = zip(self._examples.headers, self._examples.columns, strict=True)
        return tuple(h for h, c in pairs if c is not None and c.per is per and c.prefix.startswith(word))

    def _usable_terms(self) -> list[str]:
        return [self._any_filled(["Example ID"]), self._any_filled(["Input", "Input file"])]

    def _any_filled(self, headers: list[str]) -> str:
        lengths = "+".join(f"LEN(TRIM({self._examples.range(h)}))" for h in headers)
        return f"({lengths}>0)"

    def _filled(self, row: int, headers: list[str]) -> bool:
        return any(self._texts[h][row] for h in headers)

    def _is_usable(self, row: int) -> bool:
        return self._filled(row, ["Example ID"]) and self._filled(row, ["Input", "Input file"])

    def _is_labelled(self, row: int) -> bool:
        return self._is_usable(row) and self._filled(row, self._key_headers())

    def _sum(self, terms: list[str], counts: Callable[[int], bool]) -> Figure:
        product = "*".join(terms) if len(terms) > 1 else f"--{terms[0]}"
        return Figure(f"=SUMPRODUCT({product})", sum(counts(row) for row in range(len(self._examples.rows))))


def errors_allowed(n: int, wanted: float, alpha: float) -> str | int:
    """Return the largest number of errors among n with which a share of `wanted` is proven, or why there is none."""
    if n < 1:
        return "no examples"
    total, allowed = 0.0, -1
    for k in range(n + 1):
        total += math.exp(
            math.lgamma(n + 1)
            - math.lgamma(k + 1)
            - math.lgamma(n - k + 1)
            + k * math.log(1 - wanted)
            + (n - k) * math.log(wanted)
        )
        if total >= alpha:
            break
        allowed = k
    return allowed if allowed >= 0 else "cannot be proven"


def number(figure: Figure) -> float:
    """Return a figure's value as a number, 0 where it is a text."""
    return float(figure.value) if isinstance(figure.value, int | float) else 0.0
