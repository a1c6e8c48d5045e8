"""Rows for lists: every version of a project in order, narrowed by name and time, without content."""

from __future__ import annotations

from typing import Any

import pytest

from spanwise_server.storage.metadata import prompts
from spanwise_server.storage.metadata.database import MetadataDatabase
from spanwise_server.storage.metadata.prompt_summaries import VersionRow, find_configs, find_version_rows
from tests.storage.metadata.test_prompts import filled, version

__all__ = ["filled"]


@pytest.fixture
def library(filled: MetadataDatabase) -> MetadataDatabase:
    def work(connection: Any) -> None:
        prompts.add_prompt(connection, version(1, "B"))
        prompts.add_version(connection, version(1, "B", updated_at=500), [])

    filled.write_now(work)
    return filled


@pytest.mark.parametrize(
    ("conditions", "expected"),
    [
        ({}, [("B", 1), ("a", 1), ("a", 2), ("a", 3)]),
        ({"name": "a"}, [("a", 1), ("a", 2), ("a", 3)]),
        ({"name": "A"}, []),
        ({"updated_since": 500}, [("B", 1)]),
        ({"updated_before": 500}, [("a", 1), ("a", 2), ("a", 3)]),
    ],
)
def test_conditions(library: MetadataDatabase, conditions: dict[str, Any], expected: list[tuple[str, int]]) -> None:
    rows = library.read_now(lambda connection: find_version_rows(connection, "p", **conditions))
    assert [(row.name, row.version) for row in rows] == expected


def test_a_row_has_everything_but_the_content(library: MetadataDatabase) -> None:
    rows = library.read_now(lambda connection: find_version_rows(connection, "p", name="a", with_config=True))
    assert rows[-1] == VersionRow(
        id="p-a-3",
        name="a",
        type="text",
        version=3,
        tags=("t",),
        labels=("latest",),
        created_at=3,
        updated_at=3,
        config='{"n":1}',
    )
    assert library.read_now(lambda connection: find_version_rows(connection, "p", name="a"))[0].config == ""


def test_configs_are_read_for_a_page(library: MetadataDatabase) -> None:
    found = library.read_now(lambda connection: find_configs(connection, ["p-a-1", "p-B-1", "nothing"]))
    assert found == {"p-a-1": '{"n":1}', "p-B-1": '{"n":1}'}
