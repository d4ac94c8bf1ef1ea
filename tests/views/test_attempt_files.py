from __future__ import annotations

import json
from typing import TYPE_CHECKING

from sweepcli.views import attempt_files

if TYPE_CHECKING:
    from pathlib import Path


def test_a_command_is_told_as_a_shell_takes_it(tmp_path: Path) -> None:
    noted = {"argv": ["python", "a b.py", "--x=$HOME"], "cwd": "/somewhere", "environment": {}}
    (tmp_path / "command.json").write_text(json.dumps(noted))

    found = attempt_files.started(str(tmp_path))

    assert found is not None
    assert found.command == "python 'a b.py' '--x=$HOME'"
    assert found.directory == "/somewhere"


def test_what_older_versions_have_started_is_not_known(tmp_path: Path) -> None:
    assert attempt_files.started(str(tmp_path)) is None


def test_a_file_that_was_cut_off_tells_nothing(tmp_path: Path) -> None:
    (tmp_path / "command.json").write_text('{"argv": ["pyth')

    assert attempt_files.started(str(tmp_path)) is None
