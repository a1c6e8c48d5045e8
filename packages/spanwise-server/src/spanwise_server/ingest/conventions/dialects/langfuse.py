"""``langfuse.*``: attributes of the Langfuse SDKs 3 to 5 (Python and JavaScript), which any OpenTelemetry client may set too."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from spanwise_server.ingest.conventions.table import MODEL_IMPLIES_GENERATION, Field, Table, To

SCOPE: Final = "langfuse-sdk"
"""Instrumentation scope of the Langfuse SDKs in every language."""

_OBSERVATION: Final = "langfuse.observation."
_TRACE: Final = "langfuse.trace."
_TYPES: Final = {
    name: name.upper()
    for name in ("span", "generation", "event", "embedding", "agent", "tool", "chain", "retriever", "guardrail", "evaluator")
}
_LEVELS: Final = {
    **dict.fromkeys(("debug", "trace", "verbose"), "DEBUG"),
    **dict.fromkeys(("default", "info", "log", "notice", "ok", "success"), "DEFAULT"),
    **dict.fromkeys(("warning", "warn"), "WARNING"),
    **dict.fromkeys(("error", "fatal", "critical"), "ERROR"),
}
_GENERATION_KEYS: Final = frozenset(
    _OBSERVATION + name
    for name in (
        "model.name",
        "model.parameters",
        "usage_details",
        "cost_details",
        "completion_start_time",
        "prompt.name",
        "prompt.version",
    )
)
_VERSION: Final = re.compile(r"(\d{1,9})(?:\.(\d{1,9}))?", re.ASCII)

TABLE: Final = Table(
    "langfuse",
    {
        _OBSERVATION + "type": To(Field.TYPE, values=_TYPES),
        _OBSERVATION + "level": To(Field.LEVEL, values=_LEVELS),
        _OBSERVATION + "status_message": To(Field.STATUS_MESSAGE),
        _OBSERVATION + "input": To(Field.INPUT),
        _OBSERVATION + "output": To(Field.OUTPUT),
        _OBSERVATION + "model.name": To(Field.MODEL),
        _OBSERVATION + "model.parameters": To(Field.MODEL_PARAMETERS),
        _OBSERVATION + "completion_start_time": To(Field.COMPLETION_START),
        _OBSERVATION + "usage_details": To(Field.USAGE),
        _OBSERVATION + "cost_details": To(Field.COST),
        _OBSERVATION + "prompt.name": To(Field.PROMPT_NAME),
        _OBSERVATION + "prompt.version": To(Field.PROMPT_VERSION),
        "langfuse.prompt.name": To(Field.PROMPT_NAME),
        "langfuse.prompt.version": To(Field.PROMPT_VERSION),
        _OBSERVATION + "metadata": To(Field.METADATA),
        # Where integrations put the definitions of tools that have no place in their input.
        _OBSERVATION + "metadata.tools": (To(Field.METADATA_KEY, key="tools"), To(Field.TOOLS)),
        _TRACE + "name": To(Field.TRACE_NAME),
        _TRACE + "input": To(Field.TRACE_INPUT),
        _TRACE + "output": To(Field.TRACE_OUTPUT),
        _TRACE + "public": To(Field.TRACE_PUBLIC),
        "langfuse.public": To(Field.TRACE_PUBLIC),
        _TRACE + "metadata": To(Field.TRACE_METADATA),
        "langfuse.metadata": To(Field.TRACE_METADATA),
        "langfuse.user.id": To(Field.USER),
        "langfuse.session.id": To(Field.SESSION),
        _TRACE + "tags": To(Field.TAGS),
        "langfuse.tags": To(Field.TAGS),
        "langfuse.environment": To(Field.ENVIRONMENT),
        "langfuse.version": To(Field.VERSION),
        "langfuse.release": To(Field.RELEASE),
        "langfuse.internal.as_root": To(Field.ROOT),
        "langfuse.internal.is_app_root": To(Field.ROOT),
    },
    {
        _OBSERVATION + "metadata.": To(Field.METADATA_KEY),
        _TRACE + "metadata.": To(Field.TRACE_METADATA_KEY),
        "langfuse.metadata.": (To(Field.METADATA_KEY), To(Field.TRACE_METADATA_KEY)),
        "langfuse.experiment.": To(Field.EXPERIMENT),
    },
)

INSIDE_METADATA: Final = Table(
    "langfuse, inside metadata",
    {
        domain + "metadata.langfuse_" + name: To(field)
        for domain in (_OBSERVATION, _TRACE)
        for name, field in (("user_id", Field.USER), ("session_id", Field.SESSION), ("tags", Field.TAGS))
    },
)
"""How integrations without a place of their own (LangChain, LiteLLM…) pass user, session and tags. It stays metadata too."""

MODEL: Final = Table("langfuse, type by model", {_OBSERVATION + "model.name": MODEL_IMPLIES_GENERATION})


def calls_generations_spans(scope_version: str) -> bool:
    """Say whether a version of the Python SDK may say ``span`` of a generation: up to 3.3 it did so after an update."""
    found = _VERSION.match(scope_version)
    return found is not None and (3, 0) <= (int(found[1]), int(found[2] or 0)) <= (3, 3)


def is_generation_called_span(attributes: Mapping[str, Any]) -> bool:
    """Say whether attributes of such an SDK are a generation's."""
    return attributes.get(_OBSERVATION + "type") == "span" and not _GENERATION_KEYS.isdisjoint(attributes)


def major_version(scope_version: str) -> int:
    """Return the major version of an SDK; 0 when it has none."""
    found = _VERSION.match(scope_version)
    return int(found[1]) if found else 0
