"""The generated pages are as the code is now."""

from __future__ import annotations

from pathlib import Path

import pytest

from tools import write_reference
from tools.write_reference import main, pages


@pytest.mark.parametrize("path", sorted(pages()), ids=lambda path: path.name)
def test_the_page_is_current(path: Path) -> None:
    assert path.read_text("utf-8") == pages()[path], "run `make reference`"


def test_a_stale_page_is_seen_and_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    page = tmp_path / "docs/reference/routes.md"
    page.parent.mkdir(parents=True)
    monkeypatch.setattr(write_reference, "REFERENCE", page.parent)
    monkeypatch.setattr(write_reference, "pages", lambda: {page: "new\n"})
    page.write_text("old\n")
    assert main(["--check"]) == 1
    assert page.read_text() == "old\n"
    assert main([]) == 0
    assert page.read_text() == "new\n"
    assert main(["--check"]) == 0
