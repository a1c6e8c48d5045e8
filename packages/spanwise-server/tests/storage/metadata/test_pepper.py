"""The pepper is drawn once, private, and never silently replaced."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from spanwise_server.domain.errors import ConfigurationError
from spanwise_server.storage.metadata.pepper import FILE_NAME, create_pepper, load_pepper


def test_what_was_created_is_loaded(tmp_path: Path) -> None:
    assert load_pepper(tmp_path) is None

    pepper = create_pepper(tmp_path)

    assert len(pepper) == 32
    assert load_pepper(tmp_path) == pepper
    assert stat.S_IMODE((tmp_path / FILE_NAME).stat().st_mode) == 0o600


def test_an_existing_pepper_is_never_overwritten(tmp_path: Path) -> None:
    pepper = create_pepper(tmp_path)

    with pytest.raises(FileExistsError):
        create_pepper(tmp_path)

    assert load_pepper(tmp_path) == pepper


@pytest.mark.parametrize("content", ["", "zz", "ab" * 31, "ab" * 33])
def test_a_damaged_file_is_named(tmp_path: Path, content: str) -> None:
    (tmp_path / FILE_NAME).write_text(content)

    with pytest.raises(ConfigurationError, match=FILE_NAME):
        load_pepper(tmp_path)
