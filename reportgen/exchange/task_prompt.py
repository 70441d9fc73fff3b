"""A candidate's prompt as the templates of an lm-evaluation-harness task, so that both ask with the same words."""

from __future__ import annotations

import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass

from reportgen.candidates.interface import Briefing, Question
from reportgen.candidates.prompts import few_shot, messages
from reportgen.domain.records.built_in_prompts import prompt_of
from reportgen.domain.records.corpus import Corpus
from reportgen.domain.records.plan import CandidateKind, CandidateSpec, EvaluationPlan, Example, Role
from reportgen.problems import NeedsMendingError

_OPENING = re.compile(r"\{[{%#]|\{$")
"""What Jinja would take for its own: the workbook's text is never a template (formulas.md 7.1)."""
TEXT = "{{text}}"
MOST_TOKENS = 4_096
"""Where the workbook leaves the limit to the server: the harness would cut answers at 256 tokens."""


@dataclass(frozen=True, slots=True)
class TaskPrompt:
    """The templates. `shots` are shown as earlier turns; examples that stand inside the prompt are part of its text."""

    of: str
    """The candidate that it was taken from, empty for the built-in one."""
    system: str
    user: str
    shots: tuple[Example, ...]
    temperature: float
    most_tokens: int


def task_prompt(plan: EvaluationPlan, corpus: Corpus, candidate: str = "") -> TaskPrompt:
    """Return the templates of the named candidate's prompt, by default of the API model in production or the first one.

    Raises NeedsMendingError for a candidate that is not asked by a prompt.
    """
    spec = _spec(plan, candidate)
    briefing = Briefing(plan, corpus.train, {}, {}, frozenset(e.id for e in corpus.asked))
    shots = few_shot(spec, briefing)
    mark = secrets.token_hex(16)
    question = Question("", mark, plan.settings.task, plan.labels, plan.fields)
    chat = messages(prompt_of(spec, plan.settings.task, several=plan.settings.several_labels), question, shots)
    turns = chat[1:] if chat[0]["role"] == "system" else chat
    return TaskPrompt(
        of=spec.name,
        system=_template(chat[0]["content"], mark) if turns is not chat else "",
        user=_template(turns[-1]["content"], mark),
        shots=shots if len(turns) > 1 else (),
        temperature=spec.temperature or 0.0,
        most_tokens=spec.most_output_tokens or MOST_TOKENS,
    )


def _spec(plan: EvaluationPlan, candidate: str) -> CandidateSpec:
    asked = [c for c in plan.candidates if c.kind is CandidateKind.API_MODEL and c.role is not Role.JUDGE]
    if not candidate:
        asked.sort(key=lambda c: c.role is not Role.PRODUCTION)
        return asked[0] if asked else CandidateSpec("", CandidateKind.API_MODEL)
    named = next((c for c in plan.candidates if c.name.casefold() == candidate.strip().casefold()), None)
    if named is None or named not in asked:
        known = ", ".join(c.name for c in asked) or "none; leave --candidate out for the built-in prompt"
        what = "is not on the sheet Candidates" if named is None else f"is of the kind {named.kind.value} and has no prompt"
        msg = f"--candidate {candidate}: it {what}. Candidates with a prompt: {known}."
        raise NeedsMendingError(msg)
    return named


def _template(text: str, mark: str) -> str:
    return TEXT.join(_OPENING.sub(_literal, piece) for piece in text.split(mark))


def _literal(match: re.Match[str]) -> str:
    return f"{{{{ '{match.group()}' }}}}"


def shots_first(train: Sequence[Example], shots: Sequence[Example]) -> list[Example]:
    """Return the train examples with those that are shown in front, since the harness takes the first ones."""
    shown = {e.id for e in shots}
    return [*shots, *(e for e in train if e.id not in shown)]
