"""Keys come from the environment or a `.env` of the current folder; one that came with the workbook is not looked at."""

from __future__ import annotations

from pathlib import Path

import pytest

from reportgen import evaluation
from reportgen.candidates.env_file import keys_in, with_env_file
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


def test_what_the_environment_sets_goes_before_the_file(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("A_KEY=file\nB_KEY=file")
    assert dict(with_env_file({"A_KEY": "set"}, tmp_path)) == {"A_KEY": "set", "B_KEY": "file"}


@pytest.mark.parametrize("content", [b"\xff\xfe\x00", b"A_KEY=x\n" * 200_000])
def test_a_file_that_cannot_be_a_list_of_keys_is_named(tmp_path: Path, content: bytes) -> None:
    (tmp_path / ".env").write_bytes(content)
    with pytest.raises(NeedsMendingError, match=r"\.env"):
        with_env_file({}, tmp_path)


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
