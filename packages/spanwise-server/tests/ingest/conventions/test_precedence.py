"""All tables together: no value of any attribute that a table reads may cost a span, let alone its request."""

from __future__ import annotations

import json
from typing import Any

import pytest

from spanwise_server.ingest.conventions.mapping import SpanMapper
from spanwise_server.ingest.conventions.precedence import TABLES
from spanwise_server.ingest.spans import Resource, Scope, Span, SpanEvent
from tests.otlp_requests import CONTEXT

_KEYS = sorted(
    {key for table in TABLES for key in table.attributes} | {f"{prefix}0.a" for t in TABLES for prefix in t.prefixes}
)
_EVENTS = sorted({name for table in TABLES for name in table.events})
_SCOPES = ["my-agent", *sorted({scope for table in TABLES for scope in table.scopes})]
_ODD: list[Any] = [
    None,
    "",
    " ",
    True,
    -1,
    2**64,
    1.5,
    [],
    {},
    [[]],
    {"a": {"b": [None]}},
    ["x", 3],
    "{",
    '"',
    "[1, {}]",
    '{"usage": 3, "messages": 4, "config": [], "function_tools": {}}',
    '{"usage": {"inputTokens": []}, "anthropic": {"usage": []}, "openai": 1}',
    '{"lc": 1, "type": "constructor", "id": [], "kwargs": []}',
    '[{"lc": 1, "type": "constructor", "id": [1], "kwargs": {}}]',
    '{"a":' * 150 + "1" + "}" * 150,
]


@pytest.mark.parametrize("scope", _SCOPES)
def test_every_attribute_with_every_kind_of_value(scope: str) -> None:
    map_span = SpanMapper(CONTEXT).for_scope(Resource({}), Scope(scope, "1.0", {}))
    for odd in _ODD:
        events = [SpanEvent(name, 0, {"a": odd, "output": odd, "gen_ai.input.messages": odd}) for name in _EVENTS]
        all_at_once = Span("t" * 32, "s" * 16, "", "n", 0, 1, dict.fromkeys(_KEYS, odd), events=events)
        row = map_span(all_at_once)
        assert (row.id, json.loads(row.metadata["scope"])["name"]) == ("s" * 16, scope)
        for key in _KEYS:
            assert map_span(Span("t" * 32, "s" * 16, "", "n", 0, 1, {key: odd})).id == "s" * 16


@pytest.mark.parametrize("kind", ["model", "embedder"])
@pytest.mark.parametrize("odd", _ODD, ids=repr)
def test_what_is_derived_with_every_kind_of_value(kind: str, odd: Any) -> None:
    """Announce every derived field, and give each attribute it could read an odd value."""
    map_span = SpanMapper(CONTEXT).for_scope(Resource({}), Scope("livekit-agents", "1.0", {}))
    announced = {
        "genkit:metadata:subtype": kind,
        "mlflow.spanType": '"CHAT_MODEL"',
        "ai.operationId": "ai.generateText.doGenerate",
        "event.name": "api_request",
        "gcp.vertex.agent.invocation_id": "e-1",
    }
    row = map_span(Span("t" * 32, "s" * 16, "", "llm_node", 0, 1, {**dict.fromkeys(_KEYS, odd), **announced}))
    assert row.id == "s" * 16


def test_names_of_tables_are_unique() -> None:
    names = [table.name for table in TABLES]
    assert len(names) == len(set(names))
