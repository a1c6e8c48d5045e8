"""Prompts of the native API (``/api/v1``): snake_case, times with microseconds."""

from __future__ import annotations

from typing import Annotated

import msgspec
from pydantic import Field
from typing_extensions import TypedDict

from spanwise_server.api.schemas.json_values import Json
from spanwise_server.api.schemas.times import to_micros
from spanwise_server.domain.prompts import MOST_LABEL_CHARACTERS, PromptVersion
from spanwise_server.services.prompts.prompts import FetchedPrompt
from spanwise_server.services.prompts.summaries import PromptPage, PromptSummary


class NativePromptItem(TypedDict):
    """A name in a list, with all its versions."""

    name: str
    type: str
    versions: list[int]
    labels: list[str]
    tags: list[str]
    updated_at: str


class NativePromptPage(TypedDict):
    """A page of names, by alphabet."""

    items: list[NativePromptItem]
    total: int


class NativePromptVersionItem(TypedDict):
    """One version in the history of a name."""

    id: str
    version: int
    labels: list[str]
    commit_message: str | None
    created_by: str
    created_at: str
    updated_at: str


class NativePrompt(NativePromptVersionItem):
    """A version as it was written, and what it becomes when its references are replaced; the same when it has none."""

    name: str
    type: str
    tags: list[str]
    config: Json
    content: Json
    resolved_content: Json
    resolution_error: str | None


class NativePromptDetails(TypedDict):
    """A version, and the history of its name, newest first."""

    prompt: NativePrompt
    versions: list[NativePromptVersionItem]


class ProtectedLabels(TypedDict):
    """Labels that people below administrator cannot move in the browser."""

    labels: list[Annotated[str, Field(max_length=MOST_LABEL_CHARACTERS, pattern=r"^[a-z0-9_\-.]+$")]]


def native_prompt_page(page: PromptPage) -> NativePromptPage:
    """Return a page of names."""
    return {"items": [_item(summary) for summary in page.summaries], "total": page.total}


def native_prompt(fetched: FetchedPrompt, error: str | None) -> NativePrompt:
    """Return a version; ``error`` says why its references cannot be replaced."""
    version, composed = fetched.version, fetched.composed
    return {
        **native_prompt_version(version),
        "name": version.name,
        "type": version.type,
        "tags": list(version.tags),
        "config": msgspec.Raw(version.config.encode()),
        "content": msgspec.Raw(version.content.encode()),
        "resolved_content": None if composed is None else msgspec.Raw(composed.content.encode()),
        "resolution_error": error,
    }


def native_prompt_version(version: PromptVersion) -> NativePromptVersionItem:
    """Return a version as the history shows it."""
    return {
        "id": version.id,
        "version": version.version,
        "labels": list(version.labels),
        "commit_message": version.commit_message,
        "created_by": version.created_by,
        "created_at": to_micros(version.created_at),
        "updated_at": to_micros(version.updated_at),
    }


def _item(summary: PromptSummary) -> NativePromptItem:
    return {
        "name": summary.name,
        "type": summary.type,
        "versions": list(summary.versions),
        "labels": list(summary.labels),
        "tags": list(summary.tags),
        "updated_at": to_micros(summary.last_updated_at),
    }
