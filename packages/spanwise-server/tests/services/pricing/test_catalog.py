"""Which definition an observation means, by its project, its model name and what stands beside it."""

from __future__ import annotations

from decimal import Decimal

import pytest

from spanwise_server.domain.models import ModelDefinition, PricingTier
from spanwise_server.domain.observations import Observation
from spanwise_server.services.pricing import catalog as module
from spanwise_server.services.pricing.catalog import Catalog
from spanwise_server.services.pricing.matching import BuiltInModels
from spanwise_server.services.pricing.price_library import bundled_providers


def catalog(*definitions: ModelDefinition) -> Catalog:
    return Catalog(BuiltInModels(bundled_providers(), now=1_795_000_000_000_000), definitions)


def row(model: str, project_id: str = "p", **metadata: str) -> Observation:
    return Observation(project_id=project_id, trace_id="t", id="o", start_time=0, model=model, metadata=metadata)


def definition(name: str, pattern: str, project_id: str = "p", start_date: int | None = None) -> ModelDefinition:
    tier = PricingTier("t", "Standard", {"input": Decimal(1)})
    return ModelDefinition(
        id=name,
        project_id=project_id,
        name=name,
        match_pattern=pattern,
        start_date=start_date,
        tiers=(tier,),
        created_at=0,
        updated_at=0,
    )


def meant(known: Catalog, found: Observation) -> str | None:
    model = known.model_for(found)
    return None if model is None else model.definition.name


@pytest.mark.parametrize(
    "metadata",
    [
        {"attributes": '{"gen_ai.provider.name":"groq"}'},
        {"attributes": '{"a":"b","gen_ai.system":"groq"}'},
        {"ls_provider": '"groq"'},
    ],
)
def test_a_provider_named_beside_the_model_tells_whose_price_it_has(metadata: dict[str, str]) -> None:
    known = catalog()

    assert meant(known, row("llama-3.3-70b-versatile")) is None
    assert meant(known, row("llama-3.3-70b-versatile", **metadata)) == "groq/llama-3.3-70b-versatile"
    assert meant(known, row("llama-3.3-70b-versatile")) is None


def test_definitions_go_by_project_then_start() -> None:
    known = catalog(definition("undated", "x"), definition("old", "x", start_date=1), definition("new", "x", start_date=2))

    assert meant(known, row("a-x-1")) == "new"
    assert meant(known, row("a-x-1", project_id="other")) is None
    assert known.get("other", "new") is None
    assert known.get("p", "new") is not None


def test_ever_new_names_do_not_fill_the_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_MAX_REMEMBERED", 10)
    known = catalog()

    for number in range(50):
        known.model_for(row(f"invented-{number}"))
    known.model_for(row("y" * 10_000))

    assert len(known._known) <= 10
