"""The lines that the column Settings may hold, said once: what `check` passes is what `run` takes.

The list is closed, since workbooks arrive by e-mail and other names could redirect a key.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

YES_NO = ("yes", "no")


class OwnSetting(StrEnum):
    """Lines that are ours and are not passed on."""

    TRANSPORT = "transport"
    """asked through litellm's conversions, or directly at its Endpoint in OpenAI's protocol"""
    STRUCTURED_OUTPUT = "structured output"
    """of an extraction the form of the answer is sent as a schema: always, never; not given: where the model takes one"""
    ASK_AGAIN = "ask again"
    """a reply that does not fit is a failed attempt and is asked for again, up to Most attempts"""
    DOCUMENTS = "documents"
    """what a candidate is given of a document, see below"""
    BATCH = "batch"
    """asked through the provider's batch service, at its price and without a latency"""


OWN_SETTINGS: Mapping[OwnSetting, tuple[str, ...]] = MappingProxyType(
    {
        OwnSetting.TRANSPORT: ("litellm", "direct"),
        OwnSetting.STRUCTURED_OUTPUT: YES_NO,
        OwnSetting.ASK_AGAIN: YES_NO,
        OwnSetting.DOCUMENTS: ("text", "pictures", "file", "recognised"),
        OwnSetting.BATCH: YES_NO,
    }
)
"""With their values."""

PASSED_ON = (
    "top_p",
    "top_k",
    "min_p",
    "seed",
    "stop",
    "frequency_penalty",
    "presence_penalty",
    "repetition_penalty",
    "reasoning_effort",
    "verbosity",
    "thinking",
    "service_tier",
    "chat_template_kwargs",
    "provider",
    "api_version",
)
"""Lines that are passed on to the model as parameters of the protocol."""

SETTING_NAMES = (*(setting.value for setting in OWN_SETTINGS), *PASSED_ON)


@dataclass(frozen=True, slots=True)
class UnknownSetting:
    """A line that nobody understands: `what` is wrong, and what it may be instead."""

    name: str
    what: str
    choices: tuple[str, ...]


def setting_key(name: str) -> str:
    """Return the name of a setting as the lists here have it; case, spaces, hyphens and underscores are forgiven."""
    folded = "_".join(name.casefold().replace("-", " ").replace("_", " ").split())
    own = folded.replace("_", " ")
    return own if own in set(OwnSetting) else folded


def own_setting(settings: Mapping[str, str], wanted: OwnSetting) -> str:
    """Return the value of one of our own lines in lower case, '' where it is not given."""
    return next((value.strip().casefold() for name, value in settings.items() if setting_key(name) == wanted.value), "")


def in_batches(settings: Mapping[str, str]) -> bool:
    """Return whether a candidate is asked in batches, as `batch: yes` has it."""
    return own_setting(settings, OwnSetting.BATCH) == "yes"


def unknown_settings(settings: Mapping[str, str]) -> tuple[UnknownSetting, ...]:
    """Return every line whose name is not on the list, or whose value is none of those that it can have."""
    found = []
    for name, value in settings.items():
        known = setting_key(name)
        if known not in SETTING_NAMES:
            found.append(UnknownSetting(name, f'the setting "{name[:60]}" is not known.', tuple(sorted(SETTING_NAMES))))
        elif known in set(OwnSetting):
            choices = OWN_SETTINGS[OwnSetting(known)]
            if value.strip().casefold() not in choices:
                what = f'the setting "{name}" is "{value[:60]}", expected {" or ".join(choices)}.'
                found.append(UnknownSetting(name, what, choices))
    return tuple(found)
