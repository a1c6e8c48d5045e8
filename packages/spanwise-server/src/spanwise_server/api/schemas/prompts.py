"""Prompts of the Langfuse API: what is sent to create one, one version, and the list of names."""

from __future__ import annotations

from typing import Annotated, Literal, NotRequired

import msgspec
from pydantic import Field
from typing_extensions import TypedDict

from spanwise_server.api.schemas.json_values import Json, one_of
from spanwise_server.api.schemas.pages import PageMeta
from spanwise_server.api.schemas.times import to_millis
from spanwise_server.domain.prompt_references import ComposedPrompt, PromptNode
from spanwise_server.domain.prompts import (
    MOST_COMMIT_MESSAGE_CHARACTERS,
    MOST_LABEL_CHARACTERS,
    MOST_NAME_CHARACTERS,
    PRODUCTION,
    PromptType,
    PromptVersion,
)
from spanwise_server.services.prompts.prompts import FetchedPrompt
from spanwise_server.services.prompts.summaries import PromptSummary

_Label = Annotated[str, Field(max_length=MOST_LABEL_CHARACTERS, pattern=r"^[a-z0-9_\-.]+$")]


class ChatMessage(TypedDict):
    """A message of a chat prompt; ``content`` may hold ``{{variables}}``."""

    role: str
    content: str


class Placeholder(TypedDict):
    """A place for messages that are filled in when the prompt is used."""

    type: Literal["placeholder"]
    name: str


class PromptRequest(TypedDict):
    """A new version of a prompt. Labels move to it from other versions."""

    name: Annotated[str, Field(max_length=MOST_NAME_CHARACTERS, description="Slashes make folders.")]
    type: NotRequired[
        Annotated[Literal["text", "chat"] | None, Field(description="`text` by default; all versions of a name have the same.")]
    ]
    prompt: Annotated[
        str | list[ChatMessage | Placeholder], Field(description="Text, or with type `chat` messages and placeholders.")
    ]
    labels: NotRequired[Annotated[list[_Label] | None, Field(description="`latest` is always given.")]]
    config: NotRequired[Annotated[Json, Field(description="Any JSON value; `{}` by default.")]]
    tags: NotRequired[
        Annotated[list[str] | None, Field(description="Tags of all versions; those of the versions before if left out.")]
    ]
    commitMessage: NotRequired[Annotated[str | None, Field(max_length=MOST_COMMIT_MESSAGE_CHARACTERS)]]


class PromptLabelsRequest(TypedDict):
    """Labels to move to a version."""

    newLabels: Annotated[list[_Label], Field(description="The version keeps those it has. `latest` cannot be given.")]


class Prompt(TypedDict):
    """One version of a prompt."""

    id: str
    createdAt: str
    updatedAt: str
    projectId: str
    createdBy: str
    prompt: str | list[ChatMessage | Placeholder]
    name: str
    version: int
    type: Annotated[str, one_of(PromptType)]
    isActive: bool | None
    config: Json
    tags: list[str]
    labels: list[str]
    commitMessage: str | None


class PromptReferenceNode(TypedDict):
    """A version within a resolution graph."""

    name: str
    version: int
    id: str


class ResolutionGraph(TypedDict):
    """Which version (by id) was composed of which others."""

    root: PromptReferenceNode
    dependencies: dict[str, list[PromptReferenceNode]]


class ResolvedPrompt(Prompt):
    """One version with references to others replaced; ``resolutionGraph`` is null when there were none, or they stayed."""

    resolutionGraph: ResolutionGraph | None


class PromptItem(TypedDict):
    """A name with those of its versions that fulfil the conditions; ``lastConfig`` is the highest one's."""

    name: str
    type: Annotated[str, one_of(PromptType)]
    versions: list[int]
    labels: list[str]
    tags: list[str]
    lastUpdatedAt: str
    lastConfig: Json


class PromptList(TypedDict):
    """A page of names, by alphabet. ``pagination`` says the same as ``meta``: clients read either."""

    data: list[PromptItem]
    meta: PageMeta
    pagination: PageMeta


def prompt_body(version: PromptVersion, *, is_active: bool | None = None) -> Prompt:
    """Return a version as it is stored."""
    return {
        "id": version.id,
        "createdAt": to_millis(version.created_at),
        "updatedAt": to_millis(version.updated_at),
        "projectId": version.project_id,
        "createdBy": version.created_by,
        "prompt": _raw(version.content),
        "name": version.name,
        "version": version.version,
        "type": version.type,
        "isActive": is_active,
        "config": _raw(version.config),
        "tags": list(version.tags),
        "labels": list(version.labels),
        "commitMessage": version.commit_message,
    }


def render_resolved_prompt(fetched: FetchedPrompt) -> bytes:
    """Return a version as it is read, as JSON."""
    version, composed = fetched.version, fetched.composed
    body: ResolvedPrompt = {
        **prompt_body(version, is_active=PRODUCTION in version.labels),
        "resolutionGraph": None if composed is None or not composed.dependencies else _graph(version, composed),
    }
    if composed is not None:
        body["prompt"] = _raw(composed.content)
    return msgspec.json.encode(body)


def prompt_item(summary: PromptSummary) -> PromptItem:
    """Return a name as it is listed."""
    return {
        "name": summary.name,
        "type": summary.type,
        "versions": list(summary.versions),
        "labels": list(summary.labels),
        "tags": list(summary.tags),
        "lastUpdatedAt": to_millis(summary.last_updated_at),
        "lastConfig": _raw(summary.last_config),
    }


def _graph(root: PromptVersion, composed: ComposedPrompt) -> ResolutionGraph:
    return {
        "root": {"name": root.name, "version": root.version, "id": root.id},
        "dependencies": {parent: [_node(node) for node in nodes] for parent, nodes in composed.dependencies.items()},
    }


def _node(node: PromptNode) -> PromptReferenceNode:
    return {"name": node.name, "version": node.version, "id": node.id}


def _raw(text: str) -> Json:
    """Return stored JSON text as it stands."""
    return msgspec.Raw(text.encode())
