"""What candidates are given of the documents: who cannot take what an example holds, and one example as each sees it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from reportgen.candidates.ask import question_of
from reportgen.candidates.given import Form, Given, given
from reportgen.candidates.interface import specs_asked
from reportgen.candidates.prompts import messages
from reportgen.domain.records.built_in_prompts import prompt_of
from reportgen.domain.records.corpus import Corpus
from reportgen.domain.records.plan import CandidateKind, CandidateSpec, EvaluationPlan, Example
from reportgen.domain.wording.figures import counted, listed
from reportgen.problems import NeedsMendingError, Problem, Severity


def given_less(plan: EvaluationPlan, corpus: Corpus) -> Iterator[Problem]:
    """Yield a warning for each candidate that cannot be given what examples hold, and a note where it is to get less."""
    held = [e for e in corpus.asked if e.document is not None]
    for spec in specs_asked(plan):
        if spec.kind is CandidateKind.RECORDED_OUTPUTS or not held:
            continue
        found = [(e, given(spec, e.document)) for e in held]
        refused = [(e, g.reason) for e, g in found if g.reason]
        if refused:
            reasons = list(dict.fromkeys(reason for _, reason in refused))
            yield Problem(
                spec.where or "Candidates",
                f"{spec.name} cannot be given {_examples(len(refused), len(corpus.asked))}: {_sentence(reasons)}. "
                "Each will count as an error.",
                "Say under Settings documents: pictures for a model that sees, or documents: recognised; or leave it out.",
                "cannot see",
                Severity.WARNING,
            )
        less = [e for e, g in found if g.without]
        if less:
            yield Problem(
                spec.where or "Candidates",
                f"{spec.name} is given {_examples(len(less), len(corpus.asked))} without the pages that are pictures, "
                "as its Settings say.",
                "Nothing to do, if the task can be done without.",
                "given less",
                Severity.WARNING,
            )


def _examples(some: int, of: int) -> str:
    return f"{some:,} of {counted(of, 'example')}"


def _sentence(reasons: list[str]) -> str:
    return f"{reasons[0]}, for one" if len(reasons) > 1 else reasons[0]


def shown(plan: EvaluationPlan, example_id: str) -> str:
    """Return one example as the candidates see it: what each is given, then the text with the prompt around it.

    Raises NeedsMendingError where there is no such example.
    """
    example = next((e for e in plan.examples if e.id.casefold() == example_id.strip().casefold()), None)
    if example is None:
        msg = f"There is no example {example_id} in {plan.source.name}."
        raise NeedsMendingError(msg)
    specs = [s for s in specs_asked(plan) if s.kind is not CandidateKind.RECORDED_OUTPUTS]
    lines = [f"Example {example.id} ({example.where})", *_of_document(example), ""]
    lines += [f"{s.name}: {_words(given(s, example.document))}" for s in specs]
    chats: dict[str, list[str]] = {}
    for spec in specs:
        if spec.kind is CandidateKind.API_MODEL and not given(spec, example.document).reason:
            chats.setdefault(_chat(spec, plan, example), []).append(spec.name)
    for chat, names in chats.items():
        lines += ["", f"--- what {listed(names)} {'reads' if len(names) == 1 else 'read'} ---", chat]
    if not chats:
        lines += ["", "--- the text ---", example.input]
    return "\n".join(lines)


def _of_document(example: Example) -> list[str]:
    document = example.document
    if document is None:
        return [f"From the cell, {counted(len(example.input), 'character')}."]
    pages = f", {counted(document.pages, 'page')}" if document.pages else ""
    lines = [f"From {document.name}{pages}, {counted(document.characters, 'character')} of text."]
    if document.left_out:
        lines.append(f"Not in its text: {listed(document.left_out)}.")
    if document.picture_pages:
        read = ", read by text recognition" if document.recognised else ""
        lines.append(f"Pages that are pictures{read}: {listed([f'{n:,}' for n in document.picture_pages])}.")
    return lines


def _words(what: Given) -> str:
    if what.reason:
        return f"is not asked, since {what.reason}"
    text = "the text, and " if what.with_text else ""
    match what.form:
        case Form.PICTURES:
            return f"{text}{counted(len(what.pages), 'page')} as pictures (about {counted(what.tokens, 'token')})"
        case Form.FILE:
            return f"the file itself (about {counted(what.tokens, 'token')})"
        case _ if what.without:
            return f"the text, without {counted(len(what.without), 'picture page')}"
        case _:
            return "the text"


def _chat(spec: CandidateSpec, plan: EvaluationPlan, example: Example) -> str:
    """Return the messages without examples of other rows, which a candidate may be shown as well."""
    what = given(spec, example.document)
    question = question_of(example, plan)
    if not what.with_text:
        question = replace(question, input=question.asked)
    turns = messages(prompt_of(spec, plan.settings.task), question, ())
    return "\n\n".join(f"[{turn['role']}]\n{turn['content']}" for turn in turns)
