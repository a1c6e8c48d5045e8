"""Names as clients write them, and the built-in models they mean."""

from __future__ import annotations

import pytest

from spanwise_server.services.pricing.matching import BuiltInModels
from spanwise_server.services.pricing.price_library import bundled_providers


@pytest.fixture(scope="module")
def built_in() -> BuiltInModels:
    return BuiltInModels(bundled_providers(), now=1_795_000_000_000_000)


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("gpt-4o", "gpt-4o"),
        ("GPT-4o-2024-08-06", "gpt-4o"),
        ("openai/gpt-4o", "gpt-4o"),
        ("azure/gpt-4o", "gpt-4o"),
        ("models/gemini-2.5-flash", "gemini-2.5-flash"),
        ("vertex_ai/gemini-2.5-pro", "gemini-2.5-pro"),
        ("claude-sonnet-4-5@20250929", "claude-sonnet-4-5"),
        ("bedrock/anthropic.claude-3-haiku-20240307-v1:0", "regional.anthropic.claude-3-haiku-20240307-v1:0"),
        ("openrouter/anthropic/claude-3.5-sonnet", "openrouter/anthropic/claude-3.5-sonnet"),
        ("groq/llama-3.3-70b-versatile", "groq/llama-3.3-70b-versatile"),
        ("llama-3.3-70b-versatile", None),
        ("gpt-oss-20b", None),
        ("my-own-model", None),
        ("", None),
        ("x" * 10_000, None),
    ],
)
def test_built_in_models_are_meant_by_their_names(built_in: BuiltInModels, name: str, meant: str | None) -> None:
    found = built_in.match(name)

    assert (None if found is None else found.definition.name) == meant


def test_every_model_has_a_name_and_an_id_of_its_own(built_in: BuiltInModels) -> None:
    assert len({model.definition.name for model in built_in.all}) == len(built_in.all) > 2000
    assert len({model.definition.id for model in built_in.all}) == len(built_in.all)
