"""Keys and hosts: no key in a cell, and no key to a host that is not its provider's own."""

from __future__ import annotations

import re
from collections.abc import Mapping
from urllib.parse import urlsplit

from reportgen.domain.records.harness import HARNESS_VERSION, TASK_HASH
from reportgen.domain.records.model_settings import OwnSetting, own_setting, setting_key, unknown_settings
from reportgen.domain.records.plan import AddedKind, CandidateKind, CandidateSpec, Task
from reportgen.domain.records.providers import PROVIDERS, Provider, is_loopback, key_may_go, provider_of
from reportgen.workbook.layout.sheets import squash
from reportgen.workbook.opening.cells import SheetCells
from reportgen.workbook.rows.faults import Faults
from reportgen.workbook.rows.row import Row
from reportgen.workbook.rows.values import near

_KEY = re.compile(
    r"\b(?:sk-[A-Za-z0-9_-]{16,}|sk_(?:live|test)_[A-Za-z0-9]{16,}|(?:AKIA|ASIA)[0-9A-Z]{16}|AIza[0-9A-Za-z_-]{30,}"
    r"|gh[pousr]_[A-Za-z0-9]{30,}|github_pat_[A-Za-z0-9_]{30,}|xox[abprs]-[A-Za-z0-9-]{16,}|hf_[A-Za-z0-9]{25,}"
    r"|gsk_[A-Za-z0-9]{30,}|xai-[A-Za-z0-9]{30,}|r8_[A-Za-z0-9]{30,}|pplx-[A-Za-z0-9]{30,}"
    r"|eyJ[A-Za-z0-9_-]{15,}\.eyJ[A-Za-z0-9_-]{15,}\.)"
    r"|-----BEGIN [A-Z ]*PRIVATE KEY-----|\bBearer\s+[A-Za-z0-9._~+/-]{20,}"
)
_KEY_MARKS = (
    "sk-", "sk_", "AKIA", "ASIA", "AIza", "ghp_", "gho_", "ghu_", "ghs_", "ghr_", "github_pat_", "xox", "hf_", "gsk_",
    "xai-", "r8_", "pplx-", "eyJ", "-----BEGIN ", "Bearer",
)  # fmt: skip
"""One of these stands in every key that the pattern knows; looking for them first is many times faster in long texts."""
FORMED = frozenset({Task.CLASSIFICATION, Task.EXTRACTION})
SETTINGS_READ: Mapping[CandidateKind | AddedKind, frozenset[str]] = {
    CandidateKind.RECORDED_OUTPUTS: frozenset(map(setting_key, (TASK_HASH, HARNESS_VERSION))),
    CandidateKind.LOCAL_BASELINE: frozenset({OwnSetting.DOCUMENTS.value}),
    CandidateKind.COMMAND: frozenset({OwnSetting.DOCUMENTS.value}),
}
"""The settings that mean something to the kinds that are not API models; those of a Route are read with its row."""
FEW = 4
"""Choices; a near miss of a value is told from that of a name by how many there are."""
_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,63}")
_SECRET_SETTINGS = frozenset(
    map(
        squash,
        (
            "api_key", "key", "token", "access_token", "authorization", "headers", "extra_headers", "default_headers",
            "password", "secret", "aws_access_key_id", "aws_secret_access_key", "aws_session_token",
            "vertex_credentials", "azure_ad_token", "client_secret",
        ),
    )
)  # fmt: skip
_HOST_SETTINGS = frozenset(
    map(squash, ("api_base", "base_url", "endpoint", "host", "url", "proxy", "proxies", "http_client", "custom_llm_provider",
                 "api_version_url", "aws_bedrock_runtime_endpoint", "organization_url"))
)  # fmt: skip


def check_key(row: Row, spec: CandidateSpec, allowed: Mapping[str, str]) -> None:
    """Put down an endpoint that is no address, a variable that is no name, and a key that would go astray.

    `allowed` maps environment variables to the hosts that `--allow-key VARIABLE=HOST` names.
    """
    host = _host(row, spec.endpoint)
    variable = spec.key_variable
    if not variable or host is None:
        return
    if holds_key(variable):
        return  # said already, as of every cell that holds one
    if not _VARIABLE.fullmatch(variable) or _looks_random(variable):
        row.fault(
            "Key variable",
            "this is not the name of an environment variable and may be a key itself.",
            "Write a name such as OPENAI_API_KEY; if it was a key, delete it and have it replaced.",
            "key in a cell",
        )
        return
    if spec.kind is not CandidateKind.API_MODEL:
        return
    provider = PROVIDERS.get(provider_of(spec.model))
    target = host or (provider.host if provider else "")
    if key_may_go(variable, target, provider, allowed):
        return
    if not target:
        row.fault(
            "Key variable",
            f"the key {variable} would go to the provider of {spec.model}, whose host is not known here.",
            f"Fill in Endpoint, and run with --allow-key {variable}=HOST for its host.",
            "key and host",
        )
        return
    row.fault(
        "Key variable",
        f"the key {variable} would go to {target}, which is not its provider's own host.",
        _other_variable(provider) + f"Run with --allow-key {variable}={target} if that is meant.",
        "key and host",
    )


def _other_variable(provider: Provider | None) -> str:
    return "" if provider is None else f"Name the variable with its own key, such as {provider.variable}. "


def _host(row: Row, endpoint: str) -> str | None:
    """Return the host of an endpoint, '' where there is none, None where it is at fault."""
    if not endpoint:
        return ""
    try:
        parts = urlsplit(endpoint)
        host = parts.hostname or ""
        port = parts.port
    except ValueError:
        host, port, parts = "", None, urlsplit("")
    odd = any(c in "\\%" or c.isspace() or not c.isprintable() for c in endpoint)
    if not host or odd or parts.scheme not in {"http", "https"} or port == 0:
        row.fault(
            "Endpoint", "the Endpoint is no web address.", "Write one such as https://models.example.com/v1.", "endpoint"
        )
        return None
    if parts.username or parts.password:
        row.fault("Endpoint", "the Endpoint holds a user name or password.", "Use Key variable instead.", "key in a cell")
        return None
    if parts.scheme == "http" and not is_loopback(host):
        row.fault("Endpoint", f"the Endpoint {host} is not reached by https.", "Write https://.", "endpoint")
        return None
    return host.casefold()


def _looks_random(text: str) -> bool:
    """Whether a word is more like a key than like a name: long, with small and capital letters and digits mixed."""
    kinds = (any(c.islower() for c in text), any(c.isupper() for c in text), sum(c.isdigit() for c in text) > 1)
    return bool(_KEY.search(text)) or (len(text) >= 20 and all(kinds))  # noqa: PLR2004 - shorter ones are names


def check_settings(row: Row, spec: CandidateSpec, task: Task) -> None:
    """Refuse settings by which a workbook could carry a key or send one elsewhere, and those that no run would take."""
    again = spec.kind is CandidateKind.API_MODEL and own_setting(spec.settings, OwnSetting.ASK_AGAIN) == "yes"
    if again and task not in FORMED:
        row.fault(
            "Settings",
            f'"ask again: yes" has no form to hold an answer to in {task.value}.',
            "Delete the line; it is for classification and extraction.",
            "setting",
        )
    if spec.kind is CandidateKind.ROUTE:
        return  # its lines are others, and read with its row
    read, ours = SETTINGS_READ.get(spec.kind), set(OwnSetting)
    faults = unknown_settings(spec.settings) if isinstance(spec.kind, CandidateKind) else ()
    refused = {f.name: f for f in faults if read is None or setting_key(f.name) in ours}
    for name in spec.settings:
        if squash(name) in _SECRET_SETTINGS:
            row.fault(
                "Settings", f'the setting "{name}" would carry a key.', "Name the variable in Key variable.", "key in a cell"
            )
        elif squash(name) in _HOST_SETTINGS:
            row.fault("Settings", f'the setting "{name}" names a host.', "Write it into the column Endpoint.", "endpoint")
        elif read is not None and setting_key(name) not in read:
            what = f'the setting "{name[:60]}" is not read for the Kind {spec.kind.value}.'
            row.warn("Settings", what, "Delete the line, or put what a reader should know into Notes.", "setting")
        elif name in refused:
            fault = refused[name]
            said = spec.settings[name] if len(fault.choices) < FEW else name
            hint = near(said, fault.choices) or f"Choose from: {', '.join(fault.choices)}."
            row.fault("Settings", fault.what, hint, "setting")


def holds_key(text: str) -> bool:
    """Return whether a text holds what looks like a key or a password of a provider."""
    return any(mark in text for mark in _KEY_MARKS) and _KEY.search(text) is not None


def check_cells_for_keys(cells: SheetCells, faults: Faults, *, error: bool) -> None:
    """Put down every cell that looks as if it held a key; the message does not repeat it.

    In example texts and outputs it is a warning: they may quote one, but it would be sent on.
    """
    for number, row in cells.rows:
        for column, value in enumerate(row, 1):
            if isinstance(value, str) and holds_key(value):
                put = faults.add if error else faults.warn
                put(
                    cells,
                    "this cell looks as if it held a key or a password.",
                    "Delete it and have the key replaced; a workbook only names the environment variable that holds it.",
                    "key in a cell",
                    row=number,
                    column=column,
                )
