"""Migrations lead from nothing to the tables and back, and the schema file shows where they lead."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import resources

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, inspect, text

from spanwise_server.domain.errors import ConfigurationError
from spanwise_server.storage.metadata import schema
from spanwise_server.storage.metadata.database import MetadataDatabase
from spanwise_server.storage.metadata.tables.catalog import metadata


@pytest.fixture
def empty() -> Iterator[MetadataDatabase]:
    opened = MetadataDatabase()
    yield opened
    opened.close_now()


def _tables(connection: Connection) -> set[str]:
    return set(inspect(connection).get_table_names()) - {"alembic_version"}


def _differences(connection: Connection) -> list[object]:
    return list(compare_metadata(MigrationContext.configure(connection), metadata))


def test_migrations_lead_to_the_declared_tables(database: MetadataDatabase) -> None:
    assert database.read_now(_tables) == set(metadata.tables)
    assert database.read_now(_differences) == []


@pytest.mark.parametrize("revision", schema.REVISIONS)
def test_every_step_goes_up_down_and_up_again(empty: MetadataDatabase, revision: str) -> None:
    steps = ["base", *schema.REVISIONS]
    schema.migrate(empty, revision)
    before = empty.read_now(schema.dump_schema)

    schema.migrate(empty, steps[steps.index(revision) - 1])
    assert empty.read_now(schema.dump_schema) != before

    schema.migrate(empty, revision)
    assert empty.read_now(schema.dump_schema) == before


def test_the_way_back_leaves_nothing(database: MetadataDatabase) -> None:
    schema.migrate(database, "base")

    assert database.read_now(_tables) == set()
    assert database.read_now(schema.current_revision) is None


def test_migrating_twice_changes_nothing(database: MetadataDatabase) -> None:
    before = database.read_now(schema.dump_schema)
    schema.migrate(database)

    assert database.read_now(schema.dump_schema) == before
    assert database.read_now(schema.current_revision) == schema.HEAD


def test_the_list_of_revisions_is_the_folder(database: MetadataDatabase) -> None:
    config = Config()
    config.set_main_option("script_location", "spanwise_server.storage.metadata:migrations")
    found = [script.revision for script in ScriptDirectory.from_config(config).walk_revisions()]

    assert list(reversed(found)) == list(schema.REVISIONS)


def test_a_database_of_a_newer_version_is_refused_untouched(database: MetadataDatabase) -> None:
    database.write_now(lambda connection: connection.execute(text("UPDATE alembic_version SET version_num = '9999'")))
    before = database.read_now(schema.dump_schema)

    with pytest.raises(ConfigurationError, match="9999") as caught:
        schema.migrate(database)

    assert "newer version" in (caught.value.hint or "")
    assert database.read_now(schema.dump_schema) == before


def test_schema_file_is_current(database: MetadataDatabase) -> None:
    kept = resources.files("spanwise_server.storage.metadata").joinpath("schema.sql").read_text("utf-8")

    assert kept.partition("\n\n")[2] == database.read_now(schema.dump_schema)
