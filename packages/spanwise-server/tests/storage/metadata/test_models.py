"""Definitions and price files as rows: nothing is lost on the way, and every change raises the revision."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

import msgspec
import pytest

from spanwise_server.domain.accounts import Organization, Project
from spanwise_server.domain.errors import ConflictError
from spanwise_server.domain.models import AttributeCondition, Comparator, ModelDefinition, PricingTier, UsageCondition
from spanwise_server.storage.metadata import models, projects
from spanwise_server.storage.metadata.database import MetadataDatabase, MetadataTransaction
from spanwise_server.storage.metadata.schema import migrate

TIERS = (
    PricingTier("d", "Standard", {"input": Decimal("0.00000000000012345")}),
    PricingTier(
        "l",
        "Long",
        {"input": Decimal(1)},
        1,
        (
            UsageCondition("x", Comparator.GTE, Decimal("1.5"), is_case_sensitive=True),
            AttributeCondition("metadata", "k", ("a", "b")),
        ),
    ),
)
MODEL = ModelDefinition(
    id="m",
    project_id="p",
    name="mine",
    match_pattern="x",
    start_date=5,
    tiers=TIERS,
    tokenizer_config={"a": [1]},
    created_at=1,
    updated_at=2,
)


@pytest.fixture
def database() -> Iterator[MetadataDatabase]:
    opened = MetadataDatabase()
    migrate(opened)
    organization = Organization(id="o", name="o", created_at=1)

    def work(connection: MetadataTransaction) -> None:
        projects.add_organization(connection, organization)
        projects.add_project(connection, Project(id="p", organization=organization, name="p", created_at=1))

    opened.write_now(work)
    yield opened
    opened.close_now()


def test_a_definition_comes_back_as_it_was(database: MetadataDatabase) -> None:
    database.write_now(lambda connection: models.add_model(connection, MODEL))
    without = msgspec.structs.replace(MODEL, id="n", name="other", start_date=None, tokenizer_config=None)
    database.write_now(lambda connection: models.add_model(connection, without))

    assert database.read_now(models.all_models) == [MODEL, without]
    assert database.read_now(lambda connection: models.get_model(connection, "p", "n")) == without
    assert database.read_now(lambda connection: models.get_model(connection, "q", "n")) is None
    assert database.read_now(lambda connection: models.find_model_id(connection, "p", "mine")) == "m"


def test_every_change_raises_the_revision(database: MetadataDatabase) -> None:
    seen = [database.read_now(models.current_revision)]

    def change(work: object) -> None:
        assert callable(work)
        database.write_now(work)
        seen.append(database.read_now(models.current_revision))

    change(lambda connection: models.add_model(connection, MODEL))
    change(lambda connection: models.replace_model(connection, msgspec.structs.replace(MODEL, name="new")))
    change(lambda connection: models.put_price_file(connection, models.PriceFile("f", "[]", 1)))
    change(lambda connection: models.put_price_file(connection, None))
    change(lambda connection: models.delete_model(connection, "p", "m"))

    assert seen == sorted(set(seen))
    assert database.write_now(lambda connection: models.delete_model(connection, "p", "m")) is False
    assert database.read_now(models.current_revision) == seen[-1]


def test_a_name_that_is_taken_is_a_conflict(database: MetadataDatabase) -> None:
    database.write_now(lambda connection: models.add_model(connection, MODEL))

    with pytest.raises(ConflictError):
        database.write_now(lambda connection: models.add_model(connection, msgspec.structs.replace(MODEL, id="n")))
