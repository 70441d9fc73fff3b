"""Keys come from the environment or a `.env` of the current folder; one that came with the workbook is not looked at."""

from __future__ import annotations

from pathlib import Path

import pytest

from reportgen import evaluation
from reportgen.candidates.env_file import keys_for, keys_in
from reportgen.evaluation import evaluate
from reportgen.problems import NeedsMendingError
from tests.candidates.plans import KEY
from tests.fakes.model_server import ModelServer
from tests.small_workbooks import tickets


@pytest.fixture(autouse=True)
def _no_documents(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave the three documents away: they take seconds and are tested elsewhere."""
    monkeypatch.setattr(evaluation, "write_all", lambda *_: None)


@pytest.mark.parametrize(
    ("text", "keys"),
    [
        ("OPENAI_API_KEY=sk-1", {"OPENAI_API_KEY": "sk-1"}),
        ("\n# mine\nexport MY_TOKEN = 'a b'  # remark\n", {"MY_TOKEN": "a b"}),
        ('MY_KEY="x#y"\r\nOTHER_KEY=x # y', {"MY_KEY": "x#y", "OTHER_KEY": "x"}),
        ("HTTPS_PROXY=http://evil.example\nPATH=/tmp\nEMPTY_KEY=\nno line", {}),
    ],
)
def test_only_names_that_hold_keys_are_taken(text: str, keys: dict[str, str]) -> None:
    assert keys_in(text) == keys


def test_what_the_environment_sets_goes_before_the_file_which_is_told_with_what_it_gave(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "keys.env").write_text("A_KEY=file\nB_KEY=file")
    monkeypatch.setenv("A_KEY", "set")
    found = keys_for(tmp_path / "t.xlsx", tmp_path / "keys.env")
    assert (found.environment["A_KEY"], found.environment["B_KEY"]) == ("set", "file")
    assert found.told == (f"Keys from {tmp_path / 'keys.env'}: B_KEY",)


def test_the_folder_of_the_workbook_counts_only_when_its_file_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / ".env").write_text("B_KEY=file")
    monkeypatch.chdir(tmp_path)
    assert "B_KEY" not in keys_for(tmp_path / "t.xlsx").environment
    assert keys_for(tmp_path / "t.xlsx", Path(".env")).environment["B_KEY"] == "file"


@pytest.mark.parametrize("content", [b"\xff\xfe\x00", b"A_KEY=x\n" * 200_000])
def test_a_file_that_cannot_be_a_list_of_keys_is_named(tmp_path: Path, content: bytes) -> None:
    (tmp_path / ".env").write_bytes(content)
    with pytest.raises(NeedsMendingError, match=r"\.env"):
        keys_for(tmp_path / "t.xlsx", tmp_path / ".env")


def test_a_env_file_beside_the_workbook_is_not_trusted_and_one_in_the_current_folder_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mail, desk = tmp_path / "mail", tmp_path / "desk"
    mail.mkdir()
    desk.mkdir()
    monkeypatch.delenv("TEAM_KEY", raising=False)
    monkeypatch.chdir(desk)
    with ModelServer() as server:
        model = {"Candidate": "A", "Kind": "API model", "Model": "m", "Endpoint": server.url, "Key variable": "TEAM_KEY"}
        path = tickets(mail / "t.xlsx", candidates=[model], count=12, all_eval=True)
        (mail / ".env").write_text(f"TEAM_KEY={KEY}")
        with pytest.raises(NeedsMendingError, match="TEAM_KEY is not set"):
            evaluate(path)
        assert server.books == []
        (desk / ".env").write_text(f"TEAM_KEY={KEY}")
        evaluate(path)
        assert {seen.key for seen in server.books} == {KEY}
    kept = b"".join(p.read_bytes() for p in (mail / "t-run").rglob("*") if p.is_file())
    assert KEY.encode() not in kept
