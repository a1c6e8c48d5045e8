"""Connections of a project to providers of models: what is shown of them, and what is secret. No I/O."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from spanwise_server.domain.observations import Micros


class LlmAdapter(StrEnum):
    """The kind of API that a provider speaks."""

    ANTHROPIC = "anthropic"
    OPENAI = "openai"
    AZURE = "azure"
    BEDROCK = "bedrock"
    GOOGLE_VERTEX_AI = "google-vertex-ai"
    GOOGLE_AI_STUDIO = "google-ai-studio"


@dataclass(frozen=True, slots=True, kw_only=True)
class LlmCredentials:
    """What a call to the provider carries; kept sealed, and never shown again."""

    secret_key: str = field(repr=False)
    extra_headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    """Sent with each request. Their values may be secrets; their names are not."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LlmConnectionSettings:
    """The part of a connection that may be shown, as its owner sets it."""

    provider: str
    """Its name, unique in the project."""
    adapter: LlmAdapter
    base_url: str | None = None
    custom_models: Sequence[str] = ()
    with_default_models: bool = True
    config: Mapping[str, Any] | None = None
    """What the adapter needs besides, such as a region."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LlmConnection:
    """A stored connection without its credentials."""

    id: str
    project_id: str
    settings: LlmConnectionSettings
    display_secret: str
    extra_header_names: Sequence[str]
    created_at: Micros
    updated_at: Micros


_SHOWN_CHARACTERS = 4
_LEAST_CHARACTERS = 16


def display_secret(secret_key: str) -> str:
    """Return the end of a key, by which its owner recognises it; nothing of a short one, or of one that is a JSON document."""
    is_document = secret_key.lstrip()[:1] in ("{", "[")
    if is_document or len(secret_key) < _LEAST_CHARACTERS:
        return "..."
    return f"...{secret_key[-_SHOWN_CHARACTERS:]}"
