"""Rows of LLM connections: everything that may be shown comes back, and one provider is one row."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import Connection

from spanwise_server.domain.accounts import Organization, Project
from spanwise_server.domain.errors import ConflictError
from spanwise_server.domain.llm_connections import LlmAdapter, LlmConnection, LlmConnectionSettings
from spanwise_server.storage.metadata import llm_connections as rows
from spanwise_server.storage.metadata import projects
from spanwise_server.storage.metadata.database import MetadataDatabase

STORED = LlmConnection(
    id="c",
    project_id="p",
    settings=LlmConnectionSettings(
        provider="main",
        adapter=LlmAdapter.BEDROCK,
        base_url="https://example.test",
        custom_models=["m1", "m2"],
        with_default_models=False,
        config={"region": "eu"},
    ),
    display_secret="...1234",
    extra_header_names=["X-A"],
    created_at=3,
    updated_at=4,
)


@pytest.fixture
def database(database: MetadataDatabase) -> MetadataDatabase:
    """Return the database with a project and a connection of it."""

    def work(connection: Connection) -> None:
        organization = Organization(id="o", name="o", created_at=1)
        projects.add_organization(connection, organization)
        projects.add_project(connection, Project(id="p", organization=organization, name="p", created_at=2))
        rows.add_llm_connection(connection, STORED, b"sealed")

    database.write_now(work)
    return database


def test_everything_comes_back(database: MetadataDatabase) -> None:
    assert database.read_now(lambda c: rows.get_llm_connection(c, "p", "main")) == (STORED, b"sealed")
    assert database.read_now(lambda c: rows.find_llm_connections(c, "p", limit=5, offset=0)) == [STORED]
    assert database.read_now(lambda c: rows.count_llm_connections(c, "p")) == 1
    assert database.read_now(lambda c: rows.get_llm_connection(c, "q", "main")) is None
    assert database.read_now(rows.sealed_credentials) == [("p", "c", b"sealed")]


def test_replacing_leaves_what_made_it(database: MetadataDatabase) -> None:
    settings = LlmConnectionSettings(provider="main", adapter=LlmAdapter.OPENAI)
    changed = replace(STORED, settings=settings, extra_header_names=[], display_secret="...", updated_at=9)
    database.write_now(lambda c: rows.replace_llm_connection(c, changed, b"other"))

    found = database.read_now(lambda c: rows.get_llm_connection(c, "p", "main"))
    assert found == (replace(changed, settings=replace(settings, custom_models=[])), b"other")


def test_one_provider_is_one_row(database: MetadataDatabase) -> None:
    with pytest.raises(ConflictError):
        database.write_now(lambda c: rows.add_llm_connection(c, replace(STORED, id="d"), b""))


def test_a_seal_is_renewed_only_of_what_it_was_made_from(database: MetadataDatabase) -> None:
    database.write_now(lambda c: rows.replace_sealed_credentials(c, "c", b"renewed", was=b"changed meanwhile"))
    assert database.read_now(rows.sealed_credentials) == [("p", "c", b"sealed")]

    database.write_now(lambda c: rows.replace_sealed_credentials(c, "c", b"renewed", was=b"sealed"))
    assert database.read_now(rows.sealed_credentials) == [("p", "c", b"renewed")]


def test_deletion_is_of_the_project(database: MetadataDatabase) -> None:
    assert not database.write_now(lambda c: rows.delete_llm_connection(c, "q", "c"))
    assert database.write_now(lambda c: rows.delete_llm_connection(c, "p", "c"))
    assert not database.write_now(lambda c: rows.delete_llm_connection(c, "p", "c"))
