"""Definitions in force: matching, refreshing, estimates, and what pricing leaves alone."""

from __future__ import annotations

import uuid
from collections.abc import AsyncIterator
from decimal import Decimal
from typing import Any

import pytest

from spanwise_server._lib.clock import system_clock
from spanwise_server.domain.accounts import Organization, Project
from spanwise_server.domain.errors import InvalidRequestError, NotFoundError
from spanwise_server.domain.models import PricingTier
from spanwise_server.domain.observations import Observation
from spanwise_server.services.pricing import models as service
from spanwise_server.services.pricing.models import ModelDraft, Models
from spanwise_server.storage.metadata import projects
from spanwise_server.storage.metadata.database import MetadataDatabase, MetadataTransaction
from spanwise_server.storage.metadata.schema import migrate

PROJECT = "project-1"
START = 1_790_000_000_000_000


@pytest.fixture
async def database() -> AsyncIterator[MetadataDatabase]:
    opened = MetadataDatabase()
    migrate(opened)
    organization = Organization(id="o", name="o", created_at=1)

    def work(connection: MetadataTransaction) -> None:
        projects.add_organization(connection, organization)
        for name in (PROJECT, "project-2"):
            projects.add_project(connection, Project(id=name, organization=organization, name=name, created_at=1))

    opened.write_now(work)
    yield opened
    await opened.close()


@pytest.fixture
async def models(database: MetadataDatabase) -> AsyncIterator[Models]:
    opened = Models(database, clock=system_clock)
    yield opened
    opened.close()


def draft(name: str, pattern: str, price: str = "0.000001", **fields: Any) -> ModelDraft:
    prices = {"input": Decimal(price), "output": Decimal(price) * 2}
    return ModelDraft(name=name, match_pattern=pattern, tiers=(PricingTier("", "Standard", prices),), **fields)


def row(model: str, usage: dict[str, int] | None = None, **fields: Any) -> Observation:
    fields = {"project_id": PROJECT, "type": "GENERATION", "usage": usage or {}, **fields}
    return Observation(trace_id="t", id=uuid.uuid4().hex, start_time=START, model=model, **fields)


async def test_a_projects_definition_goes_before_a_built_in_one_and_only_there(models: Models) -> None:
    await models.create_model(PROJECT, draft("mine", "^gpt-4o$"))
    here, elsewhere = row("gpt-4o", {"input": 100}), row("gpt-4o", {"input": 100}, project_id="project-2")

    await models.price([here, elsewhere])

    assert here.total_cost == Decimal("0.0001")
    assert elsewhere.total_cost == Decimal("0.00025")
    assert elsewhere.model_id.startswith("builtin-")


async def test_of_several_matches_the_newest_start_counts_and_those_without_one_come_last(models: Models) -> None:
    await models.create_model(PROJECT, draft("undated", "x"))
    await models.create_model(PROJECT, draft("older", "x", "0.000002", start_date=1))
    await models.create_model(PROJECT, draft("newer", "x", "0.000003", start_date=2))
    found = row("ax-1", {"input": 1})

    await models.price([found])

    assert found.total_cost == Decimal("0.000003")


async def test_a_change_by_another_process_is_seen(
    models: Models, database: MetadataDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service, "REFRESH_SECONDS", 0.0)
    other = Models(database, clock=system_clock)
    assert len(await models.list_models(PROJECT)) == len(await other.list_models(PROJECT))

    created = await other.create_model(PROJECT, draft("theirs", "^theirs$"))
    found = row("theirs", {"input": 1})
    await models.price([found])
    other.close()

    assert found.model_id == created.id


async def test_nothing_reported_is_counted_and_marked(models: Models) -> None:
    asked = row("gpt-4o", input='[{"role":"user","content":"Hello, world"}]', output='"Hi there"')

    await models.price([asked])

    # 3 tokens of format, "user" and "Hello, world" (1 + 3), 3 of the reply; "Hi there" is 2.
    assert asked.usage == {"input": 10, "output": 2, "total": 12}
    assert asked.usage_estimated
    assert asked.total_cost == 10 * Decimal("0.0000025") + 2 * Decimal("0.00001")
    assert asked.cost_source == "model"


@pytest.mark.parametrize(
    "fields",
    [
        {"level": "ERROR"},
        {"usage": {"input": 0, "total": 0}},
        {"cost": {"total": Decimal(1)}, "total_cost": Decimal(1), "cost_source": "provided"},
        {"type": "AGENT"},
        {"model": "unknown-model"},
        {"input": "", "output": ""},
    ],
)
async def test_nothing_is_counted_where_it_is_not_wanted(models: Models, fields: dict[str, Any]) -> None:
    asked = row(**{"model": "gpt-4o", "input": '"question"', "output": '"answer"', **fields})
    before = dict(asked.usage)

    await models.price([asked])

    assert asked.usage == before
    assert not asked.usage_estimated


async def test_counting_can_be_switched_off(database: MetadataDatabase) -> None:
    models = Models(database, clock=system_clock, estimates_tokens=False)
    asked = row("gpt-4o", input='"question"')

    await models.price([asked])
    models.close()

    assert (asked.usage, asked.total_cost) == ({}, None)


async def test_many_rows_are_priced_like_few(models: Models) -> None:
    rows = [row("gpt-4o", {"input": number}) for number in range(500)]

    await models.price(rows)

    assert [found.total_cost for found in rows] == [number * Decimal("0.0000025") for number in range(500)]


async def test_built_in_definitions_cannot_be_changed_nor_names_taken_twice(models: Models) -> None:
    built_in = (await models.catalog()).built_in.all[0].definition
    created = await models.create_model(PROJECT, draft("mine", "a"))

    with pytest.raises(NotFoundError, match="No model"):
        await models.put_model(PROJECT, built_in.id, draft("other", "a"))
    with pytest.raises(NotFoundError, match="No model"):
        await models.delete_model(PROJECT, built_in.id)
    with pytest.raises(NotFoundError, match="No model"):
        await models.put_model("project-2", created.id, draft("other", "a"))
    with pytest.raises(InvalidRequestError, match="Model name 'mine' already exists in project"):
        await models.create_model(PROJECT, draft("mine", "b"))
    assert (await models.create_model("project-2", draft("mine", "b"))).name == "mine"
