"""The lines of Settings are one closed list: what `check` passes, `run` takes."""

from __future__ import annotations

from pathlib import Path

import pytest

from reportgen.domain.records.model_settings import SETTING_NAMES, OwnSetting, own_setting, setting_key, unknown_settings
from reportgen.domain.records.plan import Task
from tests.workbook.filled import errors, sheets


@pytest.mark.parametrize("name", SETTING_NAMES)
def test_every_name_is_known_by_any_spelling_of_it(name: str) -> None:
    for spelling in (name, name.upper(), name.replace("_", " "), name.replace("_", "-"), name.replace(" ", "_")):
        assert setting_key(spelling) == name


@pytest.mark.parametrize("name", ["api_base", "extra_headers", "fallbacks", "messages", "stream", "top p p", "model"])
def test_any_other_name_is_refused(name: str) -> None:
    (found,) = unknown_settings({name: "1"})
    assert name in found.what


def test_a_setting_of_ours_takes_its_own_values_only() -> None:
    assert own_setting({"Ask-Again": " YES "}, OwnSetting.ASK_AGAIN) == "yes"
    assert unknown_settings({"ask again": "yes", "transport": "direct", "structured output": "no"}) == ()
    (found,) = unknown_settings({"ask again": "maybe"})
    assert found.choices == ("yes", "no")


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("temprature_x: 1", "Choose from"),
        ("top_pp: 0.5", 'Did you mean "top_p"?'),
        ("transport: litelm", 'Did you mean "litellm"?'),
    ],
)
def test_check_names_the_cell_and_the_near_miss(tmp_path: Path, line: str, said: str) -> None:
    made = sheets(Task.CLASSIFICATION)
    header, row, *_ = made["Candidates"]
    header.append("Settings")
    row.append(line)
    row[header.index("Kind")] = "API model"
    row[header.index("Model")] = "openai/gpt-4o-mini"
    found = [problem for problem in errors(made, tmp_path) if "setting" in problem]
    assert len(found) == 1
    assert found[0].startswith("Candidates!")
    assert said in found[0]
