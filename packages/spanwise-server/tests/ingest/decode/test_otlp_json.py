"""The forms in which clients write OTLP/JSON, right and wrong."""

from __future__ import annotations

import base64
from typing import Any

import msgspec
import pytest

from spanwise_server.domain.observations import Observation
from spanwise_server.domain.payloads import decode_value
from tests.otlp_requests import CONTEXT, LIMITS, SPAN_ID, TRACE_ID, SpanSent, decode_json, json_request, json_span


def decode(**changes: Any) -> Observation:
    """Decode one span with some fields written otherwise."""
    span = json_span(SpanSent()) | changes
    (row,) = decode_json(json_request([span])).observations
    return row


def read_input(value: Any) -> Any:
    """Return what an attribute value written in some way means."""
    row = decode(attributes=[{"key": "langfuse.observation.input", "value": value}])
    return decode_value(row.input)


@pytest.mark.parametrize(
    "form",
    [
        TRACE_ID,
        TRACE_ID.upper(),
        f" {TRACE_ID} ",
        list(bytes.fromhex(TRACE_ID)),
        {"type": "Buffer", "data": list(bytes.fromhex(TRACE_ID))},
        {str(index): byte for index, byte in enumerate(bytes.fromhex(TRACE_ID))},
        base64.b64encode(bytes.fromhex(TRACE_ID)).decode(),
        base64.urlsafe_b64encode(bytes.fromhex(TRACE_ID)).decode().rstrip("="),
    ],
)
def test_an_id_is_hex_base64_or_bytes(form: Any) -> None:
    assert decode(traceId=form).trace_id == TRACE_ID


@pytest.mark.parametrize(
    "form",
    [
        None,
        "",
        "xyz",
        "g" * 32,
        5,
        True,
        [],
        [1] * 15,
        [256] * 16,
        ["a"] * 16,
        {},
        {"data": 5},
        {"data": [0] * 16},
        "é" * 32,
        "٣" * 32,
    ],
)
def test_other_ids_refuse_the_span(form: Any) -> None:
    bad = json_span(SpanSent()) | {"traceId": form}
    decoded = decode_json(json_request([bad, json_span(SpanSent())]))
    assert decoded.rejected_spans == 1
    assert [row.id for row in decoded.observations] == [SPAN_ID]
    assert "spans[0]: traceId" in decoded.rejection


@pytest.mark.parametrize("span", [None, 5, "x", [], [[]], True])
def test_what_is_no_span_refuses_itself_alone(span: Any) -> None:
    decoded = decode_json(json_request([span, json_span(SpanSent())]))
    assert (decoded.rejected_spans, len(decoded.observations)) == (1, 1)
    assert decoded.rejection == "resourceSpans[0].scopeSpans[0].spans[0]: is not an object"


@pytest.mark.parametrize(
    ("status", "level"),
    [
        ({"code": 2}, "ERROR"),
        ({"code": "2"}, "ERROR"),
        ({"code": "STATUS_CODE_ERROR"}, "ERROR"),
        ({"code": "error"}, "ERROR"),
        ({"code": 1}, "DEFAULT"),
        ({"code": "STATUS_CODE_OK"}, "DEFAULT"),
        ({"code": 99}, "DEFAULT"),
        ({"code": [2]}, "DEFAULT"),
        ({}, "DEFAULT"),
        ("STATUS_CODE_ERROR", "DEFAULT"),
        (None, "DEFAULT"),
    ],
)
def test_status_codes_as_numbers_and_names(status: Any, level: str) -> None:
    assert decode(status=status).level == level


@pytest.mark.parametrize(
    ("form", "micros"),
    [
        ("1770000000000001999", 1_770_000_000_000_001),
        (1770000000000001999, 1_770_000_000_000_001),
        (1.77e18, 1_770_000_000_000_000),
        (" 5000 ", 5),
        (-5_000, -5),
        (-(2**63), -2_208_988_800_000_000),
        (10**30, 10_413_791_999_999_999),
    ],
)
def test_times_as_numbers_and_text(form: Any, micros: int) -> None:
    assert decode(startTimeUnixNano=form, endTimeUnixNano="7000").start_time == micros


@pytest.mark.parametrize("form", [None, "", "now", "2026-11-20T07:46:23Z", [], {}, True, "9" * 50, "NaN"])
def test_a_time_that_is_none_is_missing(form: Any) -> None:
    assert decode(startTimeUnixNano=form, endTimeUnixNano="7000").start_time == 7


def test_names_as_in_the_protobuf_file() -> None:
    span = {
        "trace_id": TRACE_ID,
        "span_id": SPAN_ID,
        "parent_span_id": "00f067aa0ba902b7",
        "start_time_unix_nano": "1000",
        "end_time_unix_nano": "3000",
        "attributes": [{"key": "input", "value": {"string_value": "x"}}, {"key": "output", "value": {"int_value": 5}}],
    }
    request = {"resource_spans": [{"scope_spans": [{"spans": [span]}]}]}
    (row,) = decode_json(request).observations
    assert (row.trace_id, row.id, row.parent_id, row.start_time, row.end_time) == (TRACE_ID, SPAN_ID, "00f067aa0ba902b7", 1, 3)
    assert (row.input, row.output) == ("x", "5")


@pytest.mark.parametrize(
    ("form", "value"),
    [
        ({"stringValue": "x"}, "x"),
        ({"stringValue": 5}, 5),
        ({"intValue": 5}, 5),
        ({"intValue": "5"}, 5),
        ({"intValue": "9223372036854775807"}, 2**63 - 1),
        ({"intValue": str(10**30)}, 10**30),
        ({"intValue": 10**30}, 10**30),
        ({"intValue": "five"}, "five"),
        ({"boolValue": True}, True),
        ({"boolValue": "true"}, True),
        ({"boolValue": "false"}, False),
        ({"doubleValue": 0.5}, 0.5),
        ({"doubleValue": "0.5"}, 0.5),
        ({"doubleValue": "NaN"}, "NaN"),
        ({"doubleValue": "-Infinity"}, "-Infinity"),
        ({"doubleValue": 5}, 5),
        ({"bytesValue": "AP8="}, "AP8="),
        ({"arrayValue": {"values": [{"intValue": "1"}, {"stringValue": "a"}, {}]}}, [1, "a", None]),
        ({"arrayValue": [{"intValue": 1}]}, [1]),
        ({"arrayValue": {}}, []),
        ({"kvlistValue": {"values": [{"key": "a", "value": {"intValue": 1}}, {"key": "b"}, 5]}}, {"a": 1, "b": None}),
        ({"unknownValue": 1}, {"unknownValue": 1}),
        ({"a": 1, "b": [2]}, {"a": 1, "b": [2]}),
        ("bare", "bare"),
        (7, 7),
        ([1, 2], [1, 2]),
        (False, False),
    ],
)
def test_attribute_values_right_and_wrong(form: Any, value: Any) -> None:
    assert read_input(form) == value


def test_an_attribute_value_is_bounded_in_depth_and_its_rest_survives() -> None:
    wrapped: Any = {"stringValue": "deep"}
    plain: Any = "deep"
    for _ in range(80):
        wrapped, plain = {"arrayValue": {"values": [wrapped]}}, [plain]
    span = json_span(SpanSent()) | {
        "attributes": [
            {"key": "input", "value": wrapped},
            {"key": "output", "value": plain},
            {"key": "user.id", "value": {"stringValue": "kept"}},
        ]
    }
    context = msgspec.structs.replace(CONTEXT, limits=msgspec.structs.replace(LIMITS, max_json_depth=400))
    (row,) = decode_json(json_request([span]), context).observations
    for text in (row.input, row.output):
        assert text == "[" * 64 + '"…[truncated: nested too deeply]"' + "]" * 64
    assert row.user_id == "kept"


@pytest.mark.parametrize("attributes", [None, 5, "x", [None, 5, {}, {"value": 1}, []], {}])
def test_attributes_that_are_none(attributes: Any) -> None:
    row = decode(attributes=attributes, events=attributes, links=attributes)
    assert set(row.metadata) == {"resourceAttributes", "scope"}


def test_attributes_as_a_plain_object() -> None:
    row = decode(attributes={"input": "x", "user.id": "u"})
    assert (row.input, row.user_id) == ("x", "u")


def test_a_name_that_is_no_text() -> None:
    assert [decode(name=name).name for name in (None, 5, [1])] == ["", "5", "[1]"]


def test_the_last_of_equal_keys_wins() -> None:
    pairs = [{"key": "input", "value": {"stringValue": text}} for text in ("first", "second")]
    assert decode(attributes=pairs).input == "second"
