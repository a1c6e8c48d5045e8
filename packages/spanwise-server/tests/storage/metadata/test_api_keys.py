"""Key pairs are found by their public half, and only hashes are kept."""

from __future__ import annotations

import pytest
from sqlalchemy.exc import IntegrityError

from spanwise_server.domain.accounts import ApiKey, Organization, Project
from spanwise_server.storage.metadata import api_keys, projects
from spanwise_server.storage.metadata.database import MetadataDatabase, MetadataTransaction

ORGANIZATION = Organization(id="o", name="O", created_at=1)
KEY = ApiKey(
    id="k",
    project_id="p",
    public_key="pk",
    secret_hash=b"\x00\xff" * 16,
    display_secret="sk-lf-...abcd",
    created_at=5,
    expires_at=None,
)


def _add(connection: MetadataTransaction) -> None:
    projects.add_organization(connection, ORGANIZATION)
    projects.add_project(connection, Project(id="p", organization=ORGANIZATION, name="P", created_at=2))
    api_keys.add_api_key(connection, KEY)


def test_a_key_is_found_by_its_public_half(database: MetadataDatabase) -> None:
    database.write_now(_add)

    assert database.read_now(lambda connection: api_keys.get_api_key(connection, "pk")) == KEY
    assert database.read_now(lambda connection: api_keys.get_api_key(connection, "PK")) is None
    assert database.read_now(api_keys.count_api_keys) == 1


def test_a_secret_is_replaced_in_place(database: MetadataDatabase) -> None:
    database.write_now(_add)
    database.write_now(
        lambda connection: api_keys.replace_secret(connection, "k", secret_hash=b"new", display_secret="sk-...new")
    )

    found = database.read_now(lambda connection: api_keys.get_api_key(connection, "pk"))

    assert found is not None
    assert (found.secret_hash, found.display_secret, found.id) == (b"new", "sk-...new", "k")


def test_one_public_key_cannot_name_two_projects(database: MetadataDatabase) -> None:
    database.write_now(_add)

    with pytest.raises(IntegrityError):
        database.write_now(_add)


def test_no_hash_shows_in_a_representation() -> None:
    assert "xff" not in repr(KEY)
