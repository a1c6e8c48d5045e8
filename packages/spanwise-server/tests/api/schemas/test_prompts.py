"""The body of a prompt: every key, stored JSON as it stands, and the graph only when something was replaced."""

from __future__ import annotations

from typing import Any

import msgspec

from spanwise_server.api.schemas.prompts import Prompt, ResolvedPrompt, prompt_body, render_resolved_prompt
from spanwise_server.domain.prompt_references import ComposedPrompt, PromptNode
from spanwise_server.domain.prompts import PromptVersion
from spanwise_server.services.prompts.prompts import FetchedPrompt

VERSION = PromptVersion(
    id="i",
    project_id="p",
    prompt_id="n",
    name="a/b",
    type="text",
    version=3,
    content='"written \\u00fc"',
    config='{"b": 1.0,  "a": 12345678901234567890123}',
    tags=("t",),
    labels=("production", "latest"),
    created_by="API",
    created_at=1_790_000_000_123_456,
    updated_at=1_790_000_001_000_000,
)


def rendered(composed: ComposedPrompt | None, **changes: Any) -> Any:
    return msgspec.json.decode(render_resolved_prompt(FetchedPrompt(msgspec.structs.replace(VERSION, **changes), composed)))


def test_every_key_is_there() -> None:
    body = msgspec.json.decode(msgspec.json.encode(prompt_body(VERSION)))
    assert set(body) == set(Prompt.__annotations__)
    assert (body["prompt"], body["isActive"], body["commitMessage"]) == ("written ü", None, None)
    assert (body["createdAt"], body["updatedAt"]) == ("2026-09-21T14:13:20.123Z", "2026-09-21T14:13:21.000Z")
    assert set(rendered(None)) == set(Prompt.__annotations__) | set(ResolvedPrompt.__annotations__)


def test_stored_json_is_not_touched() -> None:
    body = render_resolved_prompt(FetchedPrompt(VERSION, None))
    assert VERSION.config.encode() in body
    assert VERSION.content.encode() in body


def test_active_is_what_production_reads() -> None:
    assert rendered(None)["isActive"] is True
    assert rendered(None, labels=("latest",))["isActive"] is False


def test_the_graph_is_shown_when_something_was_replaced() -> None:
    assert rendered(None)["resolutionGraph"] is None
    assert rendered(ComposedPrompt(content='"x"', dependencies={}))["resolutionGraph"] is None
    composed = ComposedPrompt(content='"composed"', dependencies={"i": [PromptNode("leaf", 1, "l")]})
    body = rendered(composed)
    assert body["prompt"] == "composed"
    assert body["resolutionGraph"] == {
        "root": {"name": "a/b", "version": 3, "id": "i"},
        "dependencies": {"i": [{"name": "leaf", "version": 1, "id": "l"}]},
    }
