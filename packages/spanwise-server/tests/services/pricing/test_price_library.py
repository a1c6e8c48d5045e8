"""Reading price files."""

from __future__ import annotations

from pathlib import Path

import pytest

from spanwise_server.domain.errors import InvalidRequestError
from spanwise_server.services.pricing import price_library
from spanwise_server.services.pricing.price_library import bundled_version, read_price_file


def test_a_file_that_is_no_text_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "prices.json"
    path.write_bytes(b"\xff\xfe\x00")

    with pytest.raises(InvalidRequestError, match="UTF-8"):
        read_price_file(path)


def test_a_file_that_is_far_too_large_is_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(price_library, "MAX_FILE_BYTES", 3)
    path = tmp_path / "prices.json"
    path.write_text("long", "utf-8")

    with pytest.raises(InvalidRequestError, match="larger"):
        read_price_file(path)


def test_the_snapshot_has_a_name() -> None:
    assert bundled_version().startswith("genai-prices ")
