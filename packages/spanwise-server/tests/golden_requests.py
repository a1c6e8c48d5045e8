"""What the server makes of the golden requests, for tests of what one producer says."""

from __future__ import annotations

import json
from functools import cache
from typing import Any, Final

from tools.capture_golden import GOLDEN, observe

Row = dict[str, Any]
"""An observation without its empty fields."""

CALLS: Final = {
    "claude-code-0.2.186": 2,
    "genkit-1.42.0": 2,
    "google-adk-2.13.0": 2,
    "google-adk-legacy-2.13.0": 2,
    "langgraph-langsmith-0.14.17": 2,
    "langgraph-openinference-0.1.80": 2,
    "langgraph-openllmetry-0.62.4": 2,
    "livekit-agents-1.8.9": 2,
    "logfire-openai-5.2.0": 4,
    "mlflow-3.17.2": 2,
    "openinference-crewai-1.1.21": 2,
    "openinference-openai-agents-2.6.0": 2,
    "openinference-smolagents-0.1.43": 3,
    "openllmetry-openai-0.62.4": 2,
    "pydantic-ai-2.68.0": 2,
    "pydantic-ai-instrumentation-1-1.0.18": 2,
    "pydantic-ai-instrumentation-2-1.0.18": 2,
    "strands-1.62.0": 2,
    "strands-bedrock-1.62.0": 2,
    "strands-latest-1.62.0": 2,
    "traceloop-sdk-0.62.4": 2,
    "vercel-ai-4.3.19": 3,
    "vercel-ai-5.0.277": 3,
    "vercel-ai-6.0.326": 3,
    "vercel-ai-7.0.173": 3,
    "vercel-ai-anthropic-5.0.277": 3,
    "vercel-ai-anthropic-6.0.326": 3,
    "vercel-ai-legacy-7.0.173": 3,
}
"""Calls of models that were answered in each capture, besides embeddings: 120 tokens read, 40 written, by each of them."""


@cache
def _rows(folder: str) -> tuple[Row, ...]:
    return tuple(observe(GOLDEN / folder))


def observations_of(folder: str) -> list[Row]:
    """Return the observations of a golden request in the order of their start."""
    return sorted(_rows(folder), key=lambda row: int(row["start_time"]))


def named(folder: str, name: str) -> list[Row]:
    """Return those of one name, in the order of their start."""
    return [row for row in observations_of(folder) if row["name"] == name]


def generations(folder: str) -> list[Row]:
    """Return the calls of models that were answered, in the order of their start."""
    return [row for row in observations_of(folder) if row.get("usage")]


def parent_of(folder: str, row: Row) -> str:
    """Return the name of a row's parent; empty for a root."""
    return next((other["name"] for other in observations_of(folder) if other["id"] == row.get("parent_id")), "")


def content(row: Row, field: str) -> Any:
    """Return an input or output as a reader gets it: parsed where it is JSON."""
    try:
        return json.loads(row[field])
    except json.JSONDecodeError:
        return row[field]
