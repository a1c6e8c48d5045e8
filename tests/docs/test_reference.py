"""The generated pages are as the code is now."""

from __future__ import annotations

from pathlib import Path

import pytest

from tools import generate_reference
from tools.generate_reference import generated_files, main


@pytest.mark.parametrize("path", sorted(generated_files()), ids=lambda path: path.name)
def test_the_file_is_current(path: Path) -> None:
    assert path.read_text("utf-8") == generated_files()[path], "run `make reference`"


def test_a_stale_file_is_seen_and_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    page = tmp_path / "docs/reference/routes.md"
    monkeypatch.setattr(generate_reference, "ROOT", tmp_path)
    monkeypatch.setattr(generate_reference, "generated_files", lambda: {page: "new\n"})
    assert main(["--check"]) == 1
    assert not page.exists()
    assert main([]) == 0
    assert page.read_text() == "new\n"
    assert main(["--check"]) == 0
    page.write_text("old\n")
    assert main(["--check"]) == 1
