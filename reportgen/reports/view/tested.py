"""Words what was tested: the exact system that the report speaks of, and on which subgroups."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from reportgen.domain.records.built_in_prompts import prompt_of
from reportgen.domain.records.comparison import CandidateResult
from reportgen.domain.records.plan import CandidateKind, Importance
from reportgen.domain.wording import numbers
from reportgen.domain.wording.text import clean, line
from reportgen.reports.view.context import Context, segment_scopes
from reportgen.reports.view.records import Fact, Section
from reportgen.reports.view.sureness import FEW, worst_segment

MOST_PROMPT, MOST_NAMED = 4_000, 24
_ASKED = frozenset({CandidateKind.API_MODEL})


def tested(context: Context) -> tuple[Fact, ...]:
    """Return the exact system that the report speaks of: model asked and returned, settings, and the prompt in full."""
    if context.lead is None:
        return ()
    return tuple(Fact(name, value, note) for name, value, note in _facts(context, context.lead) if value)


def _facts(context: Context, lead: CandidateResult) -> Iterator[tuple[str, str, str]]:
    spec = lead.spec
    yield "Candidate", line(spec.name, 120), ""
    yield "Kind", str(spec.kind.value), ""
    yield "Model asked for", line(spec.model, 120), ""
    returned = sorted({o.response.model_returned for o in lead.sample.observations if o.response.model_returned})
    yield "Model that answered", numbers.listing((line(name, 80) for name in returned), 6), ""
    yield "Endpoint", line(spec.endpoint, 120), ""
    yield "Temperature", "" if spec.temperature is None else numbers.number(spec.temperature), ""
    yield "Most output tokens", numbers.count(spec.most_output_tokens) if spec.most_output_tokens else "", ""
    yield "Few-shot examples", numbers.count(spec.few_shot_examples) if spec.few_shot_examples else "", ""
    for name, value in spec.settings.items():
        yield line(name, 60), clean(value, 200), "Settings"
    if spec.kind in _ASKED:
        settings = context.comparison.plan.settings
        prompt = prompt_of(spec, settings.task, several=settings.several_labels)
        yield "Prompt", line(prompt.name, 80), "the workbook gives none" if spec.prompt is None else "sheet Prompts"
        yield "System message", clean(prompt.system, MOST_PROMPT), ""
        yield "User message", clean(prompt.user, MOST_PROMPT), ""
    yield "Notes", clean(spec.notes, 600), ""


def is_known(context: Context) -> bool | None:
    """Return whether prompt and settings of the candidate spoken of are known: True, partly (None) or not."""
    if context.lead is None:
        return False
    kind = context.lead.spec.kind
    return None if kind is CandidateKind.RECORDED_OUTPUTS else True


def segment_statements(context: Context) -> tuple[str, ...]:
    """Return a sentence for each segment that was tested, too small, or not tested at all; the worst is named first."""
    plan, many = context.comparison.plan, Counter(e.segment for e in context.comparison.corpus.eval)
    named = [name for name in many if name]
    untested = [name for name in plan.production_mix if not many[name]]
    if not named and not untested:
        return ("No segment is named, so no subgroup was tested: nothing is known of how evenly the candidates treat them.",)
    lead = context.lead
    told = []
    if lead is not None:
        told = [f"{line(lead.spec.name, 60)}: {t[0].lower()}{t[1:]}" for t in worst_segment(context, lead)]
    scopes = {scope.name: scope for scope in segment_scopes(context)}
    for name in named[:MOST_NAMED]:
        few = f", too few for a figure of their own (fewer than {FEW})" if many[name] < FEW else ""
        m = context.primary(context.lead, scopes[name]) if context.lead is not None and name in scopes else None
        figure = f", {context.value(m)}" if m is not None and m.value is not None and not few else ""
        told.append(f"{line(name, 60)}: tested on {numbers.plural(many[name], 'example')}{figure}{few}.")
    if len(named) > MOST_NAMED:
        told.append(f"{numbers.plural(len(named) - MOST_NAMED, 'more segment')} in comparison.xlsx, sheet By segment.")
    told += [f"{line(name, 60)}: not tested, though the production mix names it." for name in untested]
    if blank := many[""]:
        told.append(f"{numbers.plural(blank, 'example')} without a segment.")
    return tuple(told)


def watching(context: Context) -> tuple[Section, ...]:
    """Word the monitoring plan of what was chosen: measures, how often, when to act, and who."""
    comparison = context.comparison
    if not comparison.decision.winner:
        return ()
    musts = dict.fromkeys(s.measure for s in comparison.plan.service_levels if s.importance is Importance.MUST)
    owner = line(comparison.plan.settings.monitored_by, 80) or "nobody is named yet (Monitored by, sheet Evaluation)"
    return (
        Section(
            "How it is to be watched",
            (
                f"Measures: {numbers.listing(musts, 12) or comparison.primary_measure}, on the same examples.",
                "How often: every month, with reportgen rerun; at once when the provider announces a change.",
                "When to act: a required level is no longer proven or likely, a control limit is passed, 90 days are over.",
                f"Who: {owner}.",
            ),
        ),
    )
