"""Readiness asks both stores, and says which failed."""

from __future__ import annotations

import uuid

from spanwise_server._lib.clock import system_clock
from spanwise_server.domain.accounts import Organization, Project
from spanwise_server.services.container import Services
from spanwise_server.services.readiness import Readiness
from spanwise_server.storage.events.clickhouse import open_event_store
from spanwise_server.storage.metadata import projects
from spanwise_server.storage.metadata.database import MetadataDatabase, MetadataTransaction
from tests.event_rows import START, observation, write


async def test_both_stores_answer(services: Services) -> None:
    ready = await services.readiness.check()

    assert (ready.is_ready, ready.problems) == (True, ())


async def test_a_metadata_database_without_tables_is_named(services: Services) -> None:
    database = MetadataDatabase()
    ready = await Readiness(database, services.events, services.events, clock=system_clock).check()

    assert not ready.is_ready
    assert ready.problems == ("The metadata database did not answer.",)
    await database.close()


async def test_an_event_store_that_is_down_is_named(services: Services, database: MetadataDatabase) -> None:
    closed = await open_event_store(services.settings)
    await closed.close()
    ready = await Readiness(database, closed, services.events, clock=system_clock).check()

    assert not ready.is_ready
    assert ready.problems == ("the event store is closed",)


async def test_recent_events_are_those_of_the_last_three_minutes(services: Services, database: MetadataDatabase) -> None:
    project_id = f"recent-{uuid.uuid4()}"
    organization = Organization(id="o2", name="O", created_at=0)

    def add(connection: MetadataTransaction) -> None:
        projects.add_organization(connection, organization)
        projects.add_project(connection, Project(id=project_id, organization=organization, name="P", created_at=0))

    database.write_now(add)
    await write(services, [observation(project_id, "o-1")])

    async def recent(seconds_later: int) -> bool:
        now = START + seconds_later * 1_000_000
        return await Readiness(database, services.events, services.events, clock=lambda: now).has_recent_events()

    assert await recent(179)
    assert not await recent(181)


async def test_the_question_about_recent_events_is_asked_once_in_a_while(
    services: Services, database: MetadataDatabase
) -> None:
    readiness = Readiness(database, services.events, services.events, clock=lambda: START)
    first = await readiness.has_recent_events()
    await database.close()

    assert await readiness.has_recent_events() is first
