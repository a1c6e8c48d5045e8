"""``gcp.vertex.agent.*``: Google's Agent Development Kit in its older form. The newer one follows the GenAI conventions.

Captured from 2.13 in both forms.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from spanwise_server.ingest.conventions.messages import parse_nested
from spanwise_server.ingest.conventions.table import Derived, Field, Table, To, derive
from spanwise_server.ingest.spans import Span

SCOPE: Final = "gcp.vertex.agent"
_AGENT: Final = SCOPE + "."
_NOTHING: Final = frozenset({"{}", "N/A", "[]"})
"""Written where there is no value, or where content is not to be captured."""


def _read(value: Any) -> Any:
    return None if isinstance(value, str) and value in _NOTHING else value


def _usage_of(attributes: Mapping[str, Any]) -> Mapping[str, Any]:
    response = parse_nested(attributes.get(_AGENT + "llm_response"))
    usage = response.get("usage_metadata") if isinstance(response, dict) else None
    return usage if isinstance(usage, dict) else {}


def _read_cached(span: Span) -> Any:
    return _usage_of(span.attributes).get("cached_content_token_count")


def _is_inside_call_llm(span: Span) -> str | None:
    """Say so of the span that repeats the usage of ``call_llm`` around it: in the newer form it names its provider otherwise."""
    attributes = span.attributes
    is_older = "gen_ai.system" in attributes and "gen_ai.provider.name" not in attributes
    is_repetition = is_older and attributes.get("gen_ai.operation.name") == "generate_content"
    return "call_llm" if is_repetition and "gen_ai.usage.input_tokens" in attributes else None


TABLE: Final = Table(
    "google adk",
    {
        _AGENT + "llm_request": To(Field.INPUT, read=_read),
        _AGENT + "tool_call_args": To(Field.INPUT, read=_read),
        _AGENT + "data": To(Field.INPUT, read=_read),
        _AGENT + "llm_response": (
            To(Field.OUTPUT, read=_read),
            derive(Derived(Field.USAGE_COUNT, _read_cached, key="input_cached_tokens")),
        ),
        _AGENT + "tool_response": To(Field.OUTPUT, read=_read),
        _AGENT + "session_id": To(Field.SESSION),
        _AGENT + "invocation_id": derive(Derived(Field.SUMMARY, _is_inside_call_llm)),
    },
)
