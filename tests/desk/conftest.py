"""One desk for the tests that only ask, and one browser for those that look."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.desk.opened import OpenDesk


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OpenDesk]:
    """A desk in an empty folder."""
    folder: Path = tmp_path_factory.mktemp("desk") / "folder"
    folder.mkdir()
    with OpenDesk(folder) as opened:
        yield opened
