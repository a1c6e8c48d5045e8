"""A request is split into what may be shown and what may not, and shows neither by accident."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from spanwise_server.api.schemas.llm_connections import LlmConnectionRequest, llm_connection_view
from spanwise_server.domain.llm_connections import LlmAdapter, LlmConnection, LlmConnectionSettings, LlmCredentials

BODY = {"provider": "p", "adapter": "openai", "secretKey": "sk-hidden", "extraHeaders": {"X-A": "hidden too"}}


def test_what_is_left_out_is_empty() -> None:
    request = LlmConnectionRequest.model_validate({**BODY, "extraHeaders": None, "baseURL": ""})

    assert request.settings() == LlmConnectionSettings(provider="p", adapter=LlmAdapter.OPENAI, custom_models=[])
    assert request.credentials() == LlmCredentials(secret_key="sk-hidden")


def test_secrets_go_one_way_only() -> None:
    request = LlmConnectionRequest.model_validate(BODY)

    assert request.credentials() == LlmCredentials(secret_key="sk-hidden", extra_headers={"X-A": "hidden too"})
    assert "hidden" not in repr(request) + str(request.settings()) + request.model_dump_json()


def test_no_fault_repeats_what_was_sent() -> None:
    wrong = {**BODY, "secretKey": "", "baseURL": "sk-hidden", "extraHeaders": {"X A": "hidden too"}}
    with pytest.raises(ValidationError) as caught:
        LlmConnectionRequest.model_validate(wrong)

    assert {fault["loc"] for fault in caught.value.errors()} == {("secretKey",), ("baseURL",), ("extraHeaders",)}
    assert "hidden" not in " ".join(fault["msg"] for fault in caught.value.errors())


def test_the_shape_of_the_answer() -> None:
    settings = LlmConnectionSettings(provider="p", adapter=LlmAdapter.BEDROCK, config={"region": "eu"})
    stored = LlmConnection(
        id="c",
        project_id="project",
        settings=settings,
        display_secret="...1234",
        extra_header_names=["X-A"],
        created_at=0,
        updated_at=1_000,
    )
    assert llm_connection_view(stored) == {
        "id": "c",
        "provider": "p",
        "adapter": "bedrock",
        "displaySecretKey": "...1234",
        "baseURL": None,
        "customModels": [],
        "withDefaultModels": True,
        "extraHeaderKeys": ["X-A"],
        "config": {"region": "eu"},
        "createdAt": "1970-01-01T00:00:00.000Z",
        "updatedAt": "1970-01-01T00:00:00.001Z",
    }
