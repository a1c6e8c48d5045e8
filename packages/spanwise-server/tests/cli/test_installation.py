"""A command opens an installation of its own version's shape, and no other."""

from __future__ import annotations

from pathlib import Path

import pytest

from spanwise_server.cli.installation import open_installation
from spanwise_server.domain.errors import ConfigurationError
from spanwise_server.settings import Settings
from spanwise_server.storage.metadata.database import MetadataDatabase, default_url
from spanwise_server.storage.metadata.schema import migrate


def test_a_database_of_another_version_is_left_alone(tmp_path: Path) -> None:
    database = MetadataDatabase(default_url(tmp_path))
    migrate(database, "0001")
    database.close_now()

    with (
        pytest.raises(ConfigurationError, match="revision 0001") as caught,
        open_installation(Settings(data_dir=tmp_path)),
    ):
        pytest.fail("opened")

    assert "Start the server" in (caught.value.hint or "")


def test_an_installation_elsewhere_is_named_by_its_url(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'elsewhere.sqlite3'}"
    database = MetadataDatabase(url)
    migrate(database)
    database.close_now()

    with open_installation(Settings(data_dir=tmp_path, database_url=url)) as installation:
        assert installation.hasher.matches("secret", installation.hasher.hash("secret"))
