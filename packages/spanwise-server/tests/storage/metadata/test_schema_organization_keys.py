"""Bringing keys to the shape with organizations, and back, loses none that both shapes can hold, and nothing of a project."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from spanwise_server.storage.metadata import schema
from spanwise_server.storage.metadata.database import MetadataDatabase, MetadataTransaction

OLDER = "0007"


@pytest.fixture
def older() -> Iterator[MetadataDatabase]:
    """Yield a database of the older shape with a project, its key and a member."""
    opened = MetadataDatabase()
    schema.migrate(opened, OLDER)

    def work(connection: MetadataTransaction) -> None:
        for statement in (
            "INSERT INTO organizations (id, name, created_at) VALUES ('o', 'O', 1)",
            "INSERT INTO projects (id, organization_id, name, metadata, created_at) VALUES ('p', 'o', 'P', '{}', 2)",
            "INSERT INTO users (id, email, name, created_at) VALUES ('u', 'u@x', 'U', 3)",
            "INSERT INTO project_memberships (project_id, user_id, role) VALUES ('p', 'u', 'OWNER')",
            "INSERT INTO api_keys VALUES ('k', 'p', 'pk', X'00ff', '...', 4, 5)",
        ):
            connection.execute(text(statement))

    opened.write_now(work)
    yield opened
    opened.close_now()


def _rows(database: MetadataDatabase, table: str) -> list[tuple[object, ...]]:
    return database.read_now(lambda connection: [tuple(row) for row in connection.execute(text(f"SELECT * FROM {table}"))])


def _add(database: MetadataDatabase, key_id: str, project_id: str | None, organization_id: str | None) -> None:
    values = {"id": key_id, "project": project_id, "organization": organization_id}
    statement = text(
        "INSERT INTO api_keys (id, project_id, organization_id, public_key, secret_hash, display_secret, created_at)"
        " VALUES (:id, :project, :organization, :id, X'00', '...', 6)"
    )
    database.write_now(lambda connection: connection.execute(statement, values))


def test_there_and_back(older: MetadataDatabase) -> None:
    before = {table: _rows(older, table) for table in ("api_keys", "projects", "project_memberships", "users")}

    schema.migrate(older, "0008")
    assert _rows(older, "api_keys") == [("k", "p", "pk", b"\x00\xff", "...", 4, 5, None, None, None)]
    _add(older, "of-organization", None, "o")
    for wrong in ((None, None), ("p", "o"), (None, "none")):
        with pytest.raises(IntegrityError):
            _add(older, "wrong", *wrong)

    schema.migrate(older, OLDER)
    assert {table: _rows(older, table) for table in before} == before


def test_an_organizations_keys_end_with_it(older: MetadataDatabase) -> None:
    schema.migrate(older)
    _add(older, "of-organization", None, "o")

    older.write_now(lambda connection: connection.execute(text("DELETE FROM organizations")))

    assert _rows(older, "api_keys") == []
