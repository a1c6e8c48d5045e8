"""Pages of names: any filter selects what a plain walk over all versions selects, whatever the page."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spanwise_server.domain.accounts import Organization, Project
from spanwise_server.domain.prompts import PromptVersion
from spanwise_server.query.expressions import And, Comparison, Expression, Field, Operator
from spanwise_server.services.prompts.summaries import PromptQuery, PromptSummary, find_page
from spanwise_server.storage.metadata import projects, prompts
from spanwise_server.storage.metadata.database import MetadataDatabase
from spanwise_server.storage.metadata.schema import migrate

NAMES = ("B", "a", "a/b", "c")
CONDITIONS: list[Expression] = [
    Comparison(Field("name"), Operator.EQ, "a"),
    Comparison(Field("name"), Operator.EQ, "a\0"),
    Comparison(Field("name"), Operator.CONTAINS, "a"),
    Comparison(Field("version"), Operator.GE, 2),
    Comparison(Field("config", "n"), Operator.EQ, 3),
]


@pytest.fixture(scope="module")
def library() -> Any:
    """Yield a database with each name in versions 1 to 3, ``latest`` on the last."""
    database = MetadataDatabase()
    migrate(database)

    def work(connection: Any) -> None:
        organization = Organization(id="o", name="O", created_at=1)
        projects.add_organization(connection, organization)
        projects.add_project(connection, Project(id="p", organization=organization, name="P", created_at=1))
        for name in NAMES:
            for number in (1, 2, 3):
                version = PromptVersion(
                    id=f"{name}{number}",
                    project_id="p",
                    prompt_id=name,
                    name=name,
                    type="text",
                    version=number,
                    content='"x"',
                    config=f'{{"n":{number}}}',
                    created_by="API",
                    created_at=number,
                    updated_at=number,
                )
                if number == 1:
                    prompts.add_prompt(connection, version)
                prompts.add_version(connection, version, [])
            prompts.point_labels(connection, name, 3, ["latest"], 3)

    database.write_now(work)
    yield database
    database.close_now()


def page(database: MetadataDatabase, **query: Any) -> tuple[list[PromptSummary], int]:
    found = database.read_now(lambda connection: find_page(connection, PromptQuery(project_id="p", **query)))
    return found.summaries, found.total


@settings(max_examples=40)
@given(terms=st.sets(st.sampled_from(range(len(CONDITIONS)))), limit=st.integers(1, 5), offset=st.integers(0, 5))
def test_a_page_is_a_cut_of_what_is_selected(library: MetadataDatabase, terms: set[int], limit: int, offset: int) -> None:
    holds: list[Any] = [
        lambda name, _: name == "a",
        lambda _, __: False,
        lambda name, _: "a" in name,
        lambda _, version: version >= 2,
        lambda _, version: version == 3,
    ]
    expected = {name: [version for version in (1, 2, 3) if all(holds[term](name, version) for term in terms)] for name in NAMES}
    listed = [(name, versions) for name, versions in sorted(expected.items()) if versions]
    where = And(tuple(CONDITIONS[term] for term in terms))
    summaries, total = page(library, where=where, limit=limit, offset=offset)
    assert [(summary.name, list(summary.versions)) for summary in summaries] == listed[offset : offset + limit]
    assert total == len(listed)


def test_a_summary_tells_of_the_selected_versions_only(library: MetadataDatabase) -> None:
    [summary], _ = page(library, where=CONDITIONS[0], updated_before=3, limit=1)
    assert summary == PromptSummary(
        name="a", type="text", tags=(), labels=(), versions=(1, 2), last_updated_at=2, last_config='{"n":2}'
    )
    [summary], _ = page(library, where=CONDITIONS[0], updated_since=3, limit=1)
    assert (summary.labels, summary.versions, summary.last_config) == (("latest",), (3,), '{"n":3}')
