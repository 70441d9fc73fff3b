"""What a candidate that is asked in batches needs, said by cell before anything is sent."""

from __future__ import annotations

from reportgen.domain.records.model_settings import OwnSetting, in_batches, own_setting, setting_key
from reportgen.domain.records.plan import CandidateKind, CandidateSpec
from reportgen.domain.records.providers import OTHER_BATCHES, has_batches, provider_of
from reportgen.workbook.rows.row import Row

_EXPORT = "Delete the line batch: yes, or use `reportgen batch export`, which writes the requests as files."


def check_batch(row: Row, spec: CandidateSpec, *, limited: bool) -> None:
    """Put down what keeps a candidate from being asked in batches; `limited` = the workbook sets a Spending limit."""
    if not in_batches(spec.settings) or spec.kind is not CandidateKind.API_MODEL:
        return
    if not has_batches(spec.model, spec.endpoint):
        provider = provider_of(spec.model)
        if provider in OTHER_BATCHES:
            row.fault("Settings", f"the batch service of {provider} does not speak OpenAI's protocol.", _EXPORT, "batch")
        else:
            what = "batch: yes needs the address of a server with OpenAI's batch service."
            row.fault("Endpoint", what, "Write it here, such as https://api.groq.com/openai/v1.", "batch")
    if own_setting(spec.settings, OwnSetting.TRANSPORT) == "litellm":
        what = "batch: yes and transport: litellm exclude one another."
        row.fault("Settings", what, "Delete one of the two lines.", "batch")
    if any(setting_key(name) == "service_tier" for name in spec.settings):
        row.fault("Settings", "batch: yes is a service tier of its own.", "Delete the line service_tier.", "batch")
    if limited and spec.most_output_tokens is None:
        what = "a batch cannot be stopped halfway, and without this its answers have no longest length to hold the limit by."
        row.fault("Most output tokens", what, "Fill it in, or take the Spending limit away.", "batch")
