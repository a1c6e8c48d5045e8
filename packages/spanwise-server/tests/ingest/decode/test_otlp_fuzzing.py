"""Whatever an OTLP request holds: a client fault or a result, no neighbour lost, and nothing that a store could not take."""

from __future__ import annotations

import json
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import msgspec
from hypothesis import example, given, settings
from hypothesis import strategies as st

from spanwise_server.domain.errors import InvalidRequestError, PayloadTooLargeError
from spanwise_server.domain.observations import Level, Observation, ObservationType
from spanwise_server.ingest.conventions.precedence import TABLES
from spanwise_server.ingest.decode.otlp import decode_spans
from spanwise_server.ingest.decode.otlp_values import TIME_MAX, TIME_MIN
from spanwise_server.ingest.decoded import DecodedSpans
from tests.otlp_requests import (
    CONTEXT,
    LANGFUSE_4,
    LANGFUSE_5,
    LANGFUSE_JS,
    LIMITS,
    PLAIN,
    SpanSent,
    json_request,
    json_span,
    to_protobuf,
)

ANY_TEXT = st.text(st.characters(), max_size=20)  # lone surrogates and NUL included
GOOD_TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
HOSTILE_TEXT = ANY_TEXT | st.sampled_from(
    [
        "NaN",
        "1e999",
        '{"a":',
        "[" * 300,
        '{"input": 1e400}',
        '{"input": -1, "output": "x"}',
        '{"tool_calls": [{"tool_call": 1}]}',
        '{"a": "\\ud800"}',
        '"\\ud83d',
        "9" * 400,
        "2026-13-45",
        '{"":{"":{"":[]}}}',
        "x" * 5000,
        "é" * 3000,
    ]
)
NUMBERS = st.integers() | st.floats() | st.sampled_from([2**63, 2**64, 10**400, -(2**70)])
VALUES = st.recursive(
    st.none() | st.booleans() | NUMBERS | HOSTILE_TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(ANY_TEXT, inner, max_size=4),
    max_leaves=10,
)
KNOWN_KEYS = sorted(
    {key for table in TABLES for key in table.attributes}
    | {prefix + rest for table in TABLES for prefix in table.prefixes for rest in ("", "0", "0.role", "a.b", "..")}
)
KEYS = st.sampled_from(KNOWN_KEYS) | ANY_TEXT
EVENT_NAMES = st.sampled_from(sorted({name for table in TABLES for name in table.events} | {"exception"})) | ANY_TEXT
WRAPPERS = st.sampled_from(["stringValue", "intValue", "boolValue", "doubleValue", "bytesValue", "arrayValue", "kvlistValue"])
ANY_VALUES = st.recursive(
    st.builds(lambda kind, content: {kind: content}, WRAPPERS, VALUES) | VALUES,
    lambda inner: st.builds(lambda items: {"arrayValue": {"values": items}}, st.lists(inner, max_size=3)),
    max_leaves=5,
)
ATTRIBUTES = st.lists(st.builds(lambda key, value: {"key": key, "value": value}, KEYS, ANY_VALUES) | VALUES, max_size=8)
SENDERS = st.sampled_from([PLAIN, LANGFUSE_4, LANGFUSE_5, LANGFUSE_JS])
GOOD = json_span(SpanSent(span_id="00000000000000aa", attributes={"input": "kept"}))
ODD_SPANS = st.fixed_dictionaries(
    {"traceId": st.just(GOOD["traceId"]), "spanId": st.just("00000000000000bb")},
    optional={
        "parentSpanId": VALUES,
        "name": VALUES,
        "startTimeUnixNano": VALUES,
        "endTimeUnixNano": VALUES,
        "attributes": ATTRIBUTES | VALUES,
        "status": st.fixed_dictionaries({"code": VALUES, "message": VALUES}) | VALUES,
        "events": st.lists(
            st.fixed_dictionaries({"name": EVENT_NAMES, "timeUnixNano": VALUES, "attributes": ATTRIBUTES}), max_size=4
        )
        | VALUES,
        "links": st.lists(st.fixed_dictionaries({"traceId": VALUES, "spanId": VALUES, "attributes": ATTRIBUTES}), max_size=2)
        | VALUES,
    },
)


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield from _texts(key)
            yield from _texts(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _texts(inner)


def _assert_fits(row: Observation) -> None:
    """Every field is what its column holds."""
    for text in _texts(msgspec.structs.asdict(row)):
        text.encode()
    for time in (row.start_time, row.end_time, row.completion_start_time):
        assert time is None or TIME_MIN <= time <= TIME_MAX
    assert all(0 <= count < 2**64 for count in row.usage.values())
    assert all(0 <= amount < 10**6 and amount.as_tuple().exponent == -12 for amount in row.cost.values())
    assert row.total_cost is None or isinstance(row.total_cost, Decimal)
    assert 0 <= row.prompt_version < 2**31
    assert row.type in set(ObservationType)
    assert row.level in set(Level)
    assert len(row.trace_id) == 32
    assert len(row.id) == 16
    for text in (row.input, row.output):
        assert len(text.encode()) <= LIMITS.max_attribute_bytes
    for text in (row.span_events, row.span_links, row.model_parameters):
        assert not text or isinstance(msgspec.json.decode(text), (list, dict))


def _decode(body: bytes, *, is_json: bool) -> DecodedSpans | None:
    try:
        decoded = decode_spans(body, is_json=is_json, context=CONTEXT)
    except (InvalidRequestError, PayloadTooLargeError):
        return None
    for row in decoded.observations:
        _assert_fits(row)
    return decoded


@given(st.binary(max_size=300), st.booleans())
def test_random_bytes(body: bytes, is_json: bool) -> None:  # noqa: FBT001 -- drawn by hypothesis
    _decode(body, is_json=is_json)


@given(st.data(), st.sampled_from([PLAIN, LANGFUSE_5]))
def test_a_request_with_some_bytes_changed(data: st.DataObject, sender: Any) -> None:
    is_json = data.draw(st.booleans())
    attributes = data.draw(
        st.dictionaries(KEYS.filter(lambda key: key.isprintable()), GOOD_TEXT | st.integers(0, 9), max_size=5)
    )
    sent = [SpanSent(attributes=attributes, events=[("gen_ai.choice", {"a": 1})])] * 2
    whole = to_protobuf(sent, sender)
    body = bytearray(json.dumps(json_request([json_span(span) for span in sent], sender)).encode() if is_json else whole)
    for _ in range(data.draw(st.integers(1, 5))):
        body[data.draw(st.integers(0, len(body) - 1))] = data.draw(st.integers(0, 255))
    cut = data.draw(st.integers(0, len(body)) | st.none())
    _decode(bytes(body[:cut]), is_json=is_json)


@given(VALUES)
def test_any_json(request: Any) -> None:
    _decode(json.dumps(request).encode(), is_json=True)


@given(VALUES, VALUES, VALUES)
def test_any_json_inside_the_envelope(resource: Any, scope: Any, spans: Any) -> None:
    request = {"resourceSpans": [{"resource": resource, "scopeSpans": [{"scope": scope, "spans": spans}]}]}
    _decode(json.dumps(request).encode(), is_json=True)


@settings(max_examples=300)
@given(st.lists(ODD_SPANS, min_size=1, max_size=3), SENDERS)
@example([{"attributes": [{"key": "input", "value": {"stringValue": "\ud800"}}]}], PLAIN)
def test_odd_spans_are_kept_and_cost_no_neighbour(odd: list[Any], sender: Any) -> None:
    decoded = _decode(json.dumps(json_request([GOOD, *odd, GOOD], sender)).encode(), is_json=True)
    assert decoded is not None
    kept = [row for row in decoded.observations if row.id == GOOD["spanId"]]
    assert [row.input for row in kept] == ["kept", "kept"]
    assert len(decoded.observations) + decoded.rejected_spans == len(odd) + 2


@given(VALUES, VALUES)
def test_wrong_ids_cost_no_neighbour(trace_id: Any, span_id: Any) -> None:
    bad = GOOD | {"traceId": trace_id, "spanId": span_id}
    decoded = _decode(json.dumps(json_request([GOOD, bad, GOOD])).encode(), is_json=True)
    assert decoded is not None
    assert [row.input for row in decoded.observations[:1] + decoded.observations[-1:]] == ["kept", "kept"]
    assert decoded.rejected_spans <= 1
