"""Whatever a batch holds: a client fault or a result, no neighbour lost, and nothing that a store could not take."""

from __future__ import annotations

import json
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import msgspec
from hypothesis import example, given
from hypothesis import strategies as st

from spanwise_server.domain.errors import InvalidRequestError, PayloadTooLargeError
from spanwise_server.domain.merging import joined, observation_of, says_the_same, score_of
from spanwise_server.domain.observations import Observation
from spanwise_server.domain.partials import Entity, Partial
from spanwise_server.domain.scores import Score
from spanwise_server.ingest.decode.batch import EVENT_TYPES, decode_batch
from spanwise_server.ingest.decode.batch_bodies import OBSERVATION_TABLE, TRACE_TABLE
from spanwise_server.ingest.decode.scores import decode_scores
from spanwise_server.ingest.decoded import DecodedBatch
from tests.ingest.decode.test_batch import CONTEXT, LIMITS, event

ANY_TEXT = st.text(st.characters(), max_size=20)  # lone surrogates and NUL included
ODD_IDS = st.one_of(
    ANY_TEXT,
    st.sampled_from(["", "a/b", "a\0b", "a\rb", "x" * 10_000, "é" * 800, "../..", "%2F", " "]),
    st.integers(),
    st.none(),
    st.lists(st.integers(), max_size=2),
    st.dictionaries(ANY_TEXT, st.none(), max_size=1),
)
ODD_TIMES = st.one_of(
    st.datetimes(timezones=st.timezones() | st.none()).map(lambda moment: moment.isoformat()),
    st.sampled_from(
        ["", "now", "2026-11-20", "2026-11-20T07:46:09+99:00", "9999-12-31T23:59:59-23:59", "0001-01-01T00:00:00+23:59"]
    ),
    st.sampled_from([2**63, 2**64, -(2**63), 1e300, float("nan"), None, True]),
    ANY_TEXT,
)
JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | ANY_TEXT | st.sampled_from([2**63, 2**64, 10**400, -(2**70)]),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(ANY_TEXT, inner, max_size=4),
    max_leaves=12,
)
WIRE_KEYS = st.sampled_from(
    sorted(
        {
            *TRACE_TABLE,
            *OBSERVATION_TABLE,
            "id",
            "type",
            "value",
            "dataType",
            "sessionId",
            "usage",
            "usageDetails",
            "costDetails",
        }
    )
)
BODIES = st.dictionaries(WIRE_KEYS, JSON_VALUES | ODD_IDS | ODD_TIMES, max_size=8)
EVENTS = st.one_of(
    JSON_VALUES,
    st.fixed_dictionaries(
        {
            "type": st.sampled_from(sorted(EVENT_TYPES)) | ANY_TEXT,
            "body": BODIES | JSON_VALUES,
            "id": ODD_IDS,
            "timestamp": ODD_TIMES,
        }
    ),
    st.builds(event, st.sampled_from(sorted(EVENT_TYPES)), BODIES),
)


def leaves(value: Any) -> Iterator[Any]:
    if isinstance(value, dict):
        for key, item in value.items():
            yield key
            yield from leaves(item)
    elif isinstance(value, list):
        for item in value:
            yield from leaves(item)
    else:
        yield value


def assert_storable(partial: Partial) -> None:
    """The store takes UTF-8, signed and unsigned 64-bit integers, finite floats and 18-digit decimals."""
    assert 1 <= len(partial.id) <= 800
    for leaf in leaves([partial.id, partial.time, partial.sdk_name, partial.sdk_version, partial.fields]):
        match leaf:
            case str():
                leaf.encode()
            case bool() | None:
                pass
            case int():
                assert 0 <= leaf < 2**64
            case float():
                assert abs(leaf) < float("inf")
            case Decimal():
                assert 0 <= leaf < 10**6
            case _:
                raise AssertionError(f"{leaf!r} has no place in a row")
    row_of(partial)
    given = {key: value for key, value in partial.fields.items() if value is not None}
    row = Score if partial.entity is Entity.SCORE else Observation
    required = {"project_id": "p", "id": "i", "name": "n", "timestamp": 0, "trace_id": "", "start_time": 0}
    assert set(partial.fields) <= set(row.__struct_fields__)
    msgspec.convert({**{key: required[key] for key in required if key in row.__struct_fields__}, **given}, row)
    for name in ("start_time", "end_time", "completion_start_time", "timestamp"):
        assert given.get(name, 0) < 2**63


def row_of(partial: Partial) -> None:
    """Fold the partial into a row, and into the row once more, as a batch that is sent again does."""
    if partial.entity is Entity.SCORE:
        score = score_of(partial)
        assert says_the_same(joined(score, score_of(partial)), score)
    else:
        observation = observation_of(partial)
        assert says_the_same(joined(observation, observation_of(partial)), observation)


def assert_consistent(decoded: DecodedBatch, sent: int) -> None:
    assert len(decoded.successes) + len(decoded.errors) == sent
    assert all(result.status == 201 for result in decoded.successes)
    assert all(result.status == 400 and result.error for result in decoded.errors)
    json.loads(msgspec.json.encode([decoded.successes, decoded.errors]))
    for partial in decoded.partials:
        assert_storable(partial)


@given(st.lists(EVENTS, max_size=4), st.integers(0, 4))
@example([{"type": "trace-create", "body": {"\ud800": 1}, "id": "\ud800", "timestamp": float("inf")}], 0)
def test_a_good_event_survives_any_neighbour(odd: list[Any], position: int) -> None:
    position = min(position, len(odd))
    good = event(
        "span-create",
        {"id": "good", "traceId": "t", "input": {"é": [1, None]}, "endTime": "2026-11-20T07:46:09Z"},
        id="good-event",
    )
    batch = [*odd[:position], good, *odd[position:]]
    decoded = decode_batch(json.dumps({"batch": batch}).encode(), CONTEXT)
    assert_consistent(decoded, len(batch))
    alone = decode_batch(json.dumps({"batch": [good]}).encode(), CONTEXT)
    assert alone.partials[0] in decoded.partials
    assert "good-event" in {result.id for result in decoded.successes}


@given(st.lists(EVENTS, max_size=4))
def test_a_batch_sent_twice_says_the_same(events: list[Any]) -> None:
    body = json.dumps({"batch": events}).encode()
    first, second = decode_batch(body, CONTEXT), decode_batch(body, CONTEXT)
    assert first.partials == second.partials
    assert (first.successes, first.errors) == (second.successes, second.errors)


@given(st.binary(max_size=200) | JSON_VALUES.map(lambda value: json.dumps(value).encode()))
def test_any_bytes_are_a_batch_or_a_client_fault(body: bytes) -> None:
    try:
        decoded = decode_batch(body, CONTEXT)
    except (InvalidRequestError, PayloadTooLargeError):
        return
    assert_consistent(decoded, len(decoded.successes) + len(decoded.errors))


@given(st.lists(BODIES | JSON_VALUES, max_size=4))
def test_any_scores_are_kept_or_refused_one_by_one(scores: list[Any]) -> None:
    good = {"id": "good", "traceId": "t", "name": "n", "value": 1}
    decoded = decode_scores(json.dumps([*scores, good]).encode(), CONTEXT, new_id=lambda: "new")
    assert len(decoded.ids) + len(decoded.errors) == len(scores) + 1
    assert decoded.ids[-1] == "good"
    for partial in decoded.partials:
        assert_storable(partial)


@given(JSON_VALUES)
def test_payloads_keep_their_value(value: Any) -> None:
    roomy = msgspec.structs.replace(CONTEXT, limits=msgspec.structs.replace(LIMITS, max_attribute_bytes=100_000))
    body = json.dumps({"batch": [event("trace-create", {"id": "t", "metadata": {"k": value}})]}).encode()
    stored = decode_batch(body, roomy).partials[0].fields["metadata"]["k"]
    json.dumps(stored).encode()
    assert len(stored) > 0 or value == ""
