"""Prompts for the browser: every key, stored JSON as it stands, times to the microsecond."""

from __future__ import annotations

from typing import Any

import msgspec

from spanwise_server.api.schemas.native_prompts import (
    NativePrompt,
    NativePromptItem,
    NativePromptVersionItem,
    native_prompt,
    native_prompt_page,
    native_prompt_version,
)
from spanwise_server.domain.prompt_references import ComposedPrompt
from spanwise_server.services.prompts.prompts import FetchedPrompt
from spanwise_server.services.prompts.summaries import PromptPage, PromptSummary
from tests.api.schemas.test_prompts import VERSION


def decoded(body: object) -> Any:
    return msgspec.json.decode(msgspec.json.encode(body))


def keys(*shapes: type) -> set[str]:
    return {key for shape in shapes for key in shape.__annotations__}


def test_a_version_as_written_and_composed() -> None:
    composed = ComposedPrompt(content='"composed"', dependencies={})
    body = decoded(native_prompt(FetchedPrompt(VERSION, composed), None))
    assert set(body) == keys(NativePrompt, NativePromptVersionItem)
    assert (body["content"], body["resolved_content"], body["resolution_error"]) == ("written ü", "composed", None)
    assert body["created_at"] == "2026-09-21T14:13:20.123456Z"


def test_a_version_whose_references_are_broken() -> None:
    body = decoded(native_prompt(FetchedPrompt(VERSION, None), "circle"))
    assert (body["content"], body["resolved_content"], body["resolution_error"]) == ("written ü", None, "circle")


def test_history_and_list() -> None:
    assert set(native_prompt_version(VERSION)) == keys(NativePromptVersionItem)
    summary = PromptSummary(
        name="a", type="text", tags=("t",), labels=("latest",), versions=(1, 3), last_updated_at=5, last_config="{}"
    )
    page = decoded(native_prompt_page(PromptPage([summary], 7)))
    assert page == {
        "items": [
            {
                "name": "a",
                "type": "text",
                "versions": [1, 3],
                "labels": ["latest"],
                "tags": ["t"],
                "updated_at": "1970-01-01T00:00:00.000005Z",
            }
        ],
        "total": 7,
    }
    assert set(page["items"][0]) == keys(NativePromptItem)
