"""What stands around an answer: thoughts in tags, code fences, emphasis, and words such as `Label:` before it."""

from __future__ import annotations

import re

from reportgen.domain.records.plan import AnswersRead

_TAG = r"(?:think|thinking|thought|thoughts|reasoning|reflection|scratchpad|analysis)"
_THOUGHTS = re.compile(rf"\s*<({_TAG})\b[^>]*>.*?</\1\s*>", re.DOTALL | re.IGNORECASE)
_THOUGHT_LEFT_OPEN = re.compile(rf"\s*<{_TAG}\b[^>]*>", re.IGNORECASE)
_END_ALONE = re.compile(r"</(?:think|thinking)\s*>", re.IGNORECASE)
_FENCED = re.compile(r"\s*(`{3,}|~{3,})[\w+-]*[ \t]*\n(.*?)\n?[ \t]*\1\s*", re.DOTALL)
_EMPHASIS = "*_`# \t"
_LEAD_IN = re.compile(
    r"(?:the |my |final |predicted |correct |die |das |la |le |l'|el |il )*"
    r"(?:label|answer|category|class|classification|sentiment|intent|topic|tag|type|result|output|prediction|decision|verdict"
    r"|etikett|antwort|kategorie|klasse|ergebnis|einordnung|étiquette|réponse|catégorie|classe|résultat|etiqueta|respuesta"
    r"|categoría|clase|resultado|etichetta|risposta|categoria|resposta|rótulo|antwoord|kategoria|odpowiedź|категория|ответ"
    r"|метка|标签|答案|类别|分类|ラベル|回答|カテゴリ|分類)(?: is| ist| est| es| è)? *[:=：] *",
    re.IGNORECASE,
)
"""Words that announce an answer. Others stay, for `Not: refund` is no refund."""


def without_thoughts(text: str) -> str:
    """Return an answer without the thoughts in tags before it; one that never leaves its thoughts says nothing.

    Some servers drop the opening tag: what stands before a lone closing one is thought as well.
    """
    rest = text
    while (thought := _THOUGHTS.match(rest)) is not None:
        rest = rest[thought.end() :]
    if _THOUGHT_LEFT_OPEN.match(rest):
        return ""
    end = _END_ALONE.search(rest)
    if end is not None and rest is text and not re.search(r"<(?:think|thinking)\b", text[: end.start()], re.IGNORECASE):
        rest = rest[end.end() :]
    return rest if rest is text else rest.strip()


def without_fence(text: str) -> str:
    """Return what a code fence around the whole answer holds; an answer without one stays as it is."""
    fenced = _FENCED.fullmatch(text)
    return text if fenced is None else fenced[2].strip()


def bare_answer(text: str) -> str:
    """Return an answer without thoughts before it and a fence around it."""
    return without_fence(without_thoughts(text))


def first_line(text: str) -> str:
    """Return the first line that says anything, without marks of emphasis or of a heading around it."""
    line = next((line for line in bare_answer(text).splitlines() if line.strip(_EMPHASIS)), "")
    return re.sub(r"^[-•–] +", "", line.strip()).strip(_EMPHASIS)


def without_lead_in(line: str) -> str:
    """Return a line without words that announce an answer: `Label: **refund**` is `refund`."""
    plain = line.replace("*", "")
    lead = _LEAD_IN.match(plain)
    return line if lead is None else plain[lead.end() :].strip(_EMPHASIS)


def text_read(text: str, reads: AnswersRead) -> str:
    """Return the answer in free text as the application takes it over."""
    match reads:
        case AnswersRead.FIRST_LINE:
            return without_lead_in(first_line(text))
        case AnswersRead.REPAIRED:
            return bare_answer(text)
        case AnswersRead.STRICTLY | AnswersRead.LABEL_ANYWHERE:
            return text
