"""Rows of prompts: versions with labels and tags, references, revisions, and deletion that leaves nothing behind."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import msgspec
import pytest
from sqlalchemy import func, select

from spanwise_server.domain.accounts import Organization, Project
from spanwise_server.domain.prompt_references import PromptReference
from spanwise_server.domain.prompts import PromptSelector, PromptVersion
from spanwise_server.storage.metadata import projects, prompts
from spanwise_server.storage.metadata.database import MetadataDatabase, MetadataTransaction
from spanwise_server.storage.metadata.tables.prompts import prompt_labels, prompt_references, prompt_versions

T = TypeVar("T")
ORGANIZATION = Organization(id="o", name="O", created_at=1)


def version(number: int, name: str = "a", project_id: str = "p", **fields: Any) -> PromptVersion:
    made = PromptVersion(
        id=f"{project_id}-{name}-{number}",
        project_id=project_id,
        prompt_id=f"{project_id}-{name}",
        name=name,
        type="text",
        version=number,
        content=f'"text {number}"',
        config='{"n":1}',
        tags=("t",),
        commit_message="why",
        created_by="API",
        created_at=number,
        updated_at=number,
    )
    return msgspec.structs.replace(made, **fields)


@pytest.fixture
def filled(database: MetadataDatabase) -> MetadataDatabase:
    """Return a database with prompt ``a`` in versions 1 to 3 in two projects."""

    def work(connection: MetadataTransaction) -> None:
        projects.add_organization(connection, ORGANIZATION)
        for project_id in ("p", "q"):
            projects.add_project(connection, Project(id=project_id, organization=ORGANIZATION, name="P", created_at=1))
            prompts.add_prompt(connection, version(1, project_id=project_id))
            for number in (1, 2, 3):
                prompts.add_version(connection, version(number, project_id=project_id), [])
                prompts.point_labels(connection, f"{project_id}-a", number, ["latest"], number)

    database.write_now(work)
    return database


def find(database: MetadataDatabase, selector: PromptSelector, name: str = "a", project_id: str = "p") -> PromptVersion | None:
    return database.read_now(lambda connection: prompts.find_version(connection, project_id, name, selector))


def write(database: MetadataDatabase, work: Callable[[MetadataTransaction], T]) -> T:
    return database.write_now(work)


def test_a_version_comes_back_as_it_was_added(filled: MetadataDatabase) -> None:
    # The first lost its label when the second came.
    assert find(filled, PromptSelector(version=1)) == version(1, updated_at=2)
    assert find(filled, PromptSelector(label="latest")) == version(3, labels=("latest",))
    for missing in (PromptSelector(version=4), PromptSelector(label="production")):
        assert find(filled, missing) is None
    assert find(filled, PromptSelector(version=1), name="b") is None
    assert find(filled, PromptSelector(version=1), project_id="r") is None
    assert filled.read_now(lambda connection: prompts.find_newest(connection, "p", "a")) == version(3, labels=("latest",))
    assert [one.version for one in filled.read_now(lambda c: prompts.find_versions(c, "p", "a"))] == [3, 2, 1]


def test_a_label_points_to_one_version_and_both_are_touched(filled: MetadataDatabase) -> None:
    write(filled, lambda connection: prompts.point_labels(connection, "p-a", 1, ["x", "y"], 50))
    write(filled, lambda connection: prompts.point_labels(connection, "p-a", 2, ["y", "latest"], 60))
    found = {one.version: (one.labels, one.updated_at) for one in filled.read_now(lambda c: prompts.find_versions(c, "p", "a"))}
    assert found == {1: (("x",), 60), 2: (("y", "latest"), 60), 3: ((), 60)}
    write(filled, lambda connection: prompts.point_labels(connection, "p-a", 2, ["y"], 70))
    assert find(filled, PromptSelector(version=2)) == version(2, labels=("y", "latest"), updated_at=60)
    assert find(filled, PromptSelector(label="latest"), project_id="q") == version(3, project_id="q", labels=("latest",))


def test_tags_are_the_names(filled: MetadataDatabase) -> None:
    write(filled, lambda connection: prompts.set_tags(connection, "p-a", ["ü", "\0"], 90))
    assert {(one.tags, one.updated_at) for one in filled.read_now(lambda c: prompts.find_versions(c, "p", "a"))} == {
        (("ü", "\0"), 90)
    }


def test_ids_are_found_in_one_go(filled: MetadataDatabase) -> None:
    keys = [("a", 1), ("a", 3), ("a", 4), ("b", 1), *((f"n{number}", 1) for number in range(1200))]
    found = filled.read_now(lambda connection: prompts.find_version_ids(connection, "p", keys))
    assert found == {("a", 1): "p-a-1", ("a", 3): "p-a-3"}


def test_dependents_are_found_by_name(filled: MetadataDatabase) -> None:
    references = [PromptReference("a", PromptSelector(version=1)), PromptReference("a", PromptSelector(label="latest"))]

    def work(connection: MetadataTransaction) -> None:
        prompts.add_prompt(connection, version(1, "b"))
        prompts.add_version(connection, version(1, "b"), references)

    write(filled, work)
    found = filled.read_now(lambda connection: prompts.find_dependents(connection, "p", "a"))
    assert found == [("b", 1, reference) for reference in references]
    assert filled.read_now(lambda connection: prompts.find_dependents(connection, "q", "a")) == []


def test_nothing_is_left_of_what_is_deleted(filled: MetadataDatabase) -> None:
    write(filled, lambda connection: prompts.delete_versions(connection, "p-a", [3]))
    assert find(filled, PromptSelector(label="latest")) is None
    write(filled, lambda connection: prompts.delete_versions(connection, "p-a", [1, 2]))

    def counts(connection: MetadataTransaction) -> list[int]:
        tables = (prompt_versions, prompt_labels, prompt_references)
        return [connection.execute(select(func.count()).select_from(table)).scalar_one() for table in tables]

    assert filled.read_now(counts) == [3, 1, 0]
    write(filled, lambda connection: prompts.add_prompt(connection, version(1)))


def test_the_revision_grows_with_the_clock_and_without(filled: MetadataDatabase) -> None:
    assert filled.read_now(lambda connection: prompts.get_revision(connection, "p")) == 0
    grown = write(filled, lambda c: [prompts.advance_revision(c, "p", now) for now in (100, 50, 50, 200)])
    assert grown == [100, 101, 102, 200]
    assert filled.read_now(lambda connection: prompts.get_revision(connection, "p")) == 200
    assert filled.read_now(lambda connection: prompts.get_revision(connection, "q")) == 0


def test_only_an_existing_project_can_be_locked(filled: MetadataDatabase) -> None:
    assert write(filled, lambda connection: prompts.lock_prompts(connection, "p"))
    assert not write(filled, lambda connection: prompts.lock_prompts(connection, "r"))


def test_protected_labels_are_replaced(filled: MetadataDatabase) -> None:
    def protected(project_id: str = "p") -> frozenset[str]:
        return filled.read_now(lambda connection: prompts.find_protected_labels(connection, project_id))

    assert protected() == frozenset()
    write(filled, lambda connection: prompts.replace_protected_labels(connection, "p", {"a", "b"}))
    write(filled, lambda connection: prompts.replace_protected_labels(connection, "p", {"b", "c"}))
    assert (protected(), protected("q")) == (frozenset({"b", "c"}), frozenset())
    write(filled, lambda connection: prompts.replace_protected_labels(connection, "p", ()))
    assert protected() == frozenset()
