"""Score configs come back as they were written, and from their own project only."""

from __future__ import annotations

from dataclasses import replace

import pytest

from spanwise_server.domain.score_configs import BOOLEAN_CATEGORIES, ScoreConfig
from spanwise_server.domain.scores import ScoreDataType
from spanwise_server.storage.metadata import projects, score_configs
from spanwise_server.storage.metadata.database import MetadataDatabase, MetadataTransaction
from tests.storage.metadata.test_projects import ORGANIZATION, PROJECT

NUMERIC = ScoreConfig(
    id="n", project_id="p-1", name="quality", data_type=ScoreDataType.NUMERIC, min_value=-0.5, max_value=1, created_at=1, updated_at=2
)  # fmt: skip
BOOLEAN = replace(
    NUMERIC,
    id="b",
    data_type=ScoreDataType.BOOLEAN,
    min_value=None,
    max_value=None,
    categories=BOOLEAN_CATEGORIES,
    description="Ünïcode",
    is_archived=True,
)
FOREIGN = replace(NUMERIC, id="f", project_id="p-2")


@pytest.fixture
def database(database: MetadataDatabase) -> MetadataDatabase:

    def work(connection: MetadataTransaction) -> None:
        projects.add_organization(connection, ORGANIZATION)
        for project_id in ("p-1", "p-2"):
            projects.add_project(connection, replace(PROJECT, id=project_id))
        for config in (NUMERIC, BOOLEAN, FOREIGN):
            score_configs.add_score_config(connection, config)

    database.write_now(work)
    return database


def test_what_is_added_is_found_again(database: MetadataDatabase) -> None:
    assert database.read_now(lambda c: score_configs.get_score_config(c, "p-1", "n")) == NUMERIC
    assert database.read_now(lambda c: score_configs.get_score_config(c, "p-1", "b")) == BOOLEAN
    assert database.read_now(lambda c: score_configs.get_score_config(c, "p-1", "f")) is None
    found = database.read_now(lambda c: score_configs.find_score_configs(c, "p-1", ["n", "f", "unknown"]))
    assert found == [NUMERIC]


def test_pages_have_the_projects_own(database: MetadataDatabase) -> None:
    listed = database.read_now(lambda c: score_configs.list_score_configs(c, "p-1", limit=5, offset=0))
    assert listed == [BOOLEAN, NUMERIC]
    assert database.read_now(lambda c: score_configs.list_score_configs(c, "p-1", limit=1, offset=1)) == [NUMERIC]
    assert database.read_now(lambda c: score_configs.count_score_configs(c, "p-1")) == 2


def test_a_change_stays_in_its_project(database: MetadataDatabase) -> None:
    changed = replace(NUMERIC, name="renamed", min_value=None, is_archived=True, updated_at=9)
    database.write_now(lambda c: score_configs.replace_score_config(c, changed))
    database.write_now(lambda c: score_configs.replace_score_config(c, replace(changed, id="f")))

    assert database.read_now(lambda c: score_configs.get_score_config(c, "p-1", "n")) == changed
    assert database.read_now(lambda c: score_configs.get_score_config(c, "p-2", "f")) == FOREIGN
