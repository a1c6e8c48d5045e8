"""Score configs in the database: pages, changes that make sense, and a memory that never lags behind this process."""

from __future__ import annotations

from dataclasses import replace
from itertools import count

import pytest

from spanwise_server.domain.accounts import Project
from spanwise_server.domain.errors import InvalidRequestError, NotFoundError
from spanwise_server.domain.score_configs import ScoreCategory, ScoreConfig
from spanwise_server.domain.scores import ScoreDataType
from spanwise_server.services.scoring.configs import ScoreConfigDraft, ScoreConfigs
from spanwise_server.storage.metadata import projects, score_configs
from spanwise_server.storage.metadata.database import MetadataDatabase
from tests.services.conftest import ORGANIZATION

DRAFT = ScoreConfigDraft(name="quality", data_type=ScoreDataType.NUMERIC, min_value=0, max_value=1)


class Time:
    """A clock that is set by hand."""

    def __init__(self) -> None:
        self.seconds = 100.0

    def micros(self) -> int:
        return int(self.seconds * 1_000_000)


@pytest.fixture
def time() -> Time:
    return Time()


@pytest.fixture
def configs(database: MetadataDatabase, time: Time) -> ScoreConfigs:
    numbers = count(1)
    return ScoreConfigs(database, clock=time.micros, new_id=lambda: f"c{next(numbers)}", monotonic=lambda: time.seconds)


async def test_what_is_made_is_read_back(configs: ScoreConfigs) -> None:
    categories = (ScoreCategory("calm", 1), ScoreCategory("wild", -0.5))
    draft = ScoreConfigDraft(name="mood", data_type=ScoreDataType.CATEGORICAL, categories=categories, description="How it felt")
    made = await configs.create("p", draft)

    assert made == ScoreConfig(
        id="c1",
        project_id="p",
        name="mood",
        data_type=ScoreDataType.CATEGORICAL,
        categories=categories,
        description="How it felt",
        created_at=100_000_000,
        updated_at=100_000_000,
    )
    assert await configs.get("p", "c1") == made
    assert await configs.find("p", ["c1", "c1", "unknown"]) == {"c1": made}


async def test_pages_are_newest_first_then_by_id(configs: ScoreConfigs, time: Time) -> None:
    for step in (0, 0, 5):
        time.seconds += step
        await configs.create("p", DRAFT)

    found, total = await configs.page("p", limit=2, offset=0)
    rest, _ = await configs.page("p", limit=2, offset=2)

    assert ([config.id for config in found], [config.id for config in rest], total) == (["c3", "c1"], ["c2"], 3)


async def test_a_change_is_checked_as_a_whole(configs: ScoreConfigs, time: Time) -> None:
    await configs.create("p", DRAFT)
    time.seconds += 1
    changed = await configs.change("p", "c1", lambda config: replace(config, max_value=5, is_archived=True))
    assert (changed.max_value, changed.is_archived, changed.updated_at - changed.created_at) == (5, True, 1_000_000)
    assert await configs.get("p", "c1") == changed

    with pytest.raises(InvalidRequestError):
        await configs.change("p", "c1", lambda config: replace(config, min_value=9))
    assert await configs.get("p", "c1") == changed


@pytest.mark.parametrize("config_id", ["unknown", "", "nul\0", "other's"])
async def test_what_is_not_the_projects_is_not_there(configs: ScoreConfigs, database: MetadataDatabase, config_id: str) -> None:
    other = Project(id="p2", organization=ORGANIZATION, name="Other", created_at=3)
    foreign = replace(await configs.create("p", DRAFT), id="other's", project_id="p2")

    database.write_now(lambda connection: projects.add_project(connection, other))
    database.write_now(lambda connection: score_configs.add_score_config(connection, foreign))

    with pytest.raises(NotFoundError, match="Score config not found within authorized project"):
        await configs.get("p", config_id)
    with pytest.raises(NotFoundError):
        await configs.change("p", config_id, lambda config: config)
    assert await configs.find("p", ["other's"]) == {}
    assert set(await configs.find("p2", ["other's"])) == {"other's"}
    assert await configs.find("p", ["other's"]) == {}  # also not from memory


async def test_lookups_come_from_memory_until_something_changes(
    configs: ScoreConfigs, database: MetadataDatabase, time: Time
) -> None:
    made = await configs.create("p", DRAFT)
    await configs.find("p", ["c1"])
    elsewhere = replace(made, name="changed by another server")
    database.write_now(lambda connection: score_configs.replace_score_config(connection, elsewhere))

    assert (await configs.find("p", ["c1"]))["c1"].name == "quality"  # seen later
    time.seconds += 5
    assert (await configs.find("p", ["c1"]))["c1"].name == "changed by another server"

    await configs.change("p", "c1", lambda config: replace(config, name="ours"))
    assert (await configs.find("p", ["c1"]))["c1"].name == "ours"  # seen at once


async def test_more_ids_than_a_statement_takes(configs: ScoreConfigs) -> None:
    await configs.create("p", DRAFT)
    assert set(await configs.find("p", ["c1", *(f"unknown-{number}" for number in range(40_000))])) == {"c1"}
