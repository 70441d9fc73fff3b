"""Finds labels in answers, in each of the ways in which an application may take them out (formulas.md 3.1)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from reportgen.domain.reading.text import fold
from reportgen.domain.records.plan import AnswersRead, Label
from reportgen.metrics.answer_text import bare_answer, first_line, without_lead_in, without_thoughts
from reportgen.metrics.json_output import Fault, Json, load_repaired, load_strictly

_ENDS = r"(?=\s*(?::(?!\d)|\.(?!\w)|-(?!\w)|\s-)|\s*$)"
"""What may follow a label that a line starts with: a colon, a full stop, a dash, or its end; not `3:00`, `1.5`, `re-do`."""


def bare(text: str) -> str:
    """Return `text` by the contract's rule: trimmed, NFKC, case folded, no surrounding quotes, no final full stop (one)."""
    folded = fold(text)
    stop_left = True
    while True:
        if stop_left and folded.endswith(".") and len(folded) > 1:
            folded, stop_left = folded[:-1].rstrip(), False
        elif len(folded) > 1 and folded[0] == folded[-1] == "'":
            folded = folded[1:-1].strip()
        else:
            return folded


@dataclass(frozen=True)
class LabelReader:
    """Finds labels in answers, by their names and by what they are also written as."""

    labels: tuple[Label, ...]
    reads: AnswersRead = AnswersRead.STRICTLY
    """How the application reads; `read` does the same."""

    @cached_property
    def _by_form(self) -> Mapping[str, str]:
        """Label by each form it is written in; names go before other spellings, forms as written before bare ones."""
        forms: dict[str, str] = {}
        spellings = [(x.name, x.name) for x in self.labels] + [(o, x.name) for x in self.labels for o in x.also_written]
        for form in (fold, bare):
            for spelling, name in spellings:
                forms.setdefault(form(spelling), name)
        return forms

    @cached_property
    def _alternatives(self) -> str:
        forms = sorted(filter(None, self._by_form), key=len, reverse=True)
        return "(?:" + "|".join(map(re.escape, forms)) + ")" if forms else "(?!)"

    @cached_property
    def _anywhere(self) -> re.Pattern[str]:
        return re.compile(rf"(?<!\w){self._alternatives}(?!\w)")

    @cached_property
    def _at_start(self) -> re.Pattern[str]:
        return re.compile(rf"'?({self._alternatives})'?(?!\w){_ENDS}")

    def read(self, text: str) -> str | None:
        """Return the label as the application takes it out of an answer, None where it cannot."""
        found = self.strict(text)
        if found is not None:
            return found
        match self.reads:
            case AnswersRead.STRICTLY:
                return None
            case AnswersRead.FIRST_LINE:
                return self.of_first_line(text)
            case AnswersRead.LABEL_ANYWHERE:
                return self.only_one(_stated(text) or without_thoughts(text))
            case AnswersRead.REPAIRED:
                return self.exact(_stated(text) or bare_answer(text))

    def exact(self, text: str) -> str | None:
        """Return the label that the whole of `text` is, or None."""
        found = self._by_form.get(fold(text))
        return self._by_form.get(bare(text)) if found is None else found

    def all_in(self, text: str) -> set[str]:
        """Return every label that occurs in `text` as a whole word."""
        return {self._by_form[match] for match in self._anywhere.findall(fold(text))}

    def only_one(self, text: str) -> str | None:
        """Return the only label that occurs in `text` as a whole word; one inside a longer label does not count."""
        found = self.all_in(text)
        return found.pop() if len(found) == 1 else None

    def strict(self, text: str) -> str | None:
        """Return the label of an answer that is a label or a JSON object with one."""
        found = self.exact(text)
        if found is not None or not text.lstrip().startswith("{"):
            return found
        stated = _member(load_strictly(text), "label")
        return None if stated is None else self.exact(stated)

    def of_first_line(self, text: str) -> str | None:
        """Return the label that the first line is, or starts with; `Label:` before it goes, two labels in it are none."""
        line = first_line(text)
        found = self.strict(bare_answer(text)) or self.exact(line)
        if found is None and (told := fold(without_lead_in(line))):
            found = self.exact(told)
            start = self._at_start.match(told) if found is None else None
            if start is not None:
                rest = told[start.end() :].strip(" :.-")
                found = self._by_form[start[1]] if self.exact(rest) in {None, self._by_form[start[1]]} else None
        return found

    def lenient(self, text: str) -> str | None:
        """Return the label of the first line, else the only label that occurs; in JSON its `label` alone is searched."""
        stated = _stated(text)
        if stated is not None:
            return self._in(stated)
        return self._in(without_thoughts(text))

    def _in(self, text: str) -> str | None:
        found = self.of_first_line(text)
        return self.only_one(text) if found is None else found


def _stated(text: str) -> str | None:
    """Return the `label` of the JSON object in an answer, None where there is none."""
    return _member(load_repaired(text), "label") if "{" in text and "label" in text else None


def _member(value: Json | Fault, name: str) -> str | None:
    """Return a member of a JSON object as text, or None where there is none."""
    found = value.get(name) if isinstance(value, dict) else None
    return str(found) if isinstance(found, (str, int)) and not isinstance(found, bool) else None
