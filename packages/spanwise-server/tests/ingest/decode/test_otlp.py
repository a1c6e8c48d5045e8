"""A whole OTLP request: what is kept, what is refused and how, and the limits. Meaning of attributes is tested elsewhere."""

from __future__ import annotations

import json
from typing import Any

import msgspec
import pytest

from spanwise_server.domain.errors import InvalidRequestError, PayloadRejectedError, PayloadTooLargeError
from spanwise_server.ingest.decode.otlp import decode_spans
from tests.otlp_requests import (
    CONTEXT,
    LIMITS,
    PLAIN,
    RECEIVED_AT,
    SPAN_ID,
    START_NANOS,
    TRACE_ID,
    Sender,
    SpanSent,
    decode_json,
    json_request,
    json_span,
    observe,
    to_protobuf,
)


def test_a_span_becomes_an_observation_with_its_own_facts() -> None:
    row = observe(SpanSent(parent_id="00f067aa0ba902b7", name="naïve 🦊", status=2, message="it broke"))
    assert (row.project_id, row.public_key, row.source) == ("project-1", "pk-1", "otlp")
    assert (row.trace_id, row.id, row.parent_id) == (TRACE_ID, SPAN_ID, "00f067aa0ba902b7")
    assert (row.name, row.level, row.status_message) == ("naïve 🦊", "ERROR", "it broke")
    assert (row.start_time, row.end_time) == (START_NANOS // 1000, (START_NANOS + 1_500_000) // 1000)
    assert (row.sdk_name, row.sdk_version) == ("my-agent", "1.0")
    assert not row.is_root
    assert row.created_at == RECEIVED_AT


def test_the_sender_is_who_the_headers_say() -> None:
    context = msgspec.structs.replace(CONTEXT, sdk_name="python", sdk_version="5.0.4")
    row = observe(SpanSent(), context=context)
    assert (row.sdk_name, row.sdk_version) == ("python", "5.0.4")


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [
        (1_000, 5_000, (1, 5)),
        (0, 5_000, (5, 5)),
        (5_000, 0, (5, 5)),
        (0, 0, (RECEIVED_AT, RECEIVED_AT)),
        (2**63, 2**63, (2**63 // 1000, 2**63 // 1000)),
        (2**64 - 1, 1_000, (10_413_791_999_999_999, 1)),
    ],
)
def test_missing_and_impossible_times(start: int, end: int, expected: tuple[int, int]) -> None:
    row = observe(SpanSent(start=start, end=end))
    assert (row.start_time, row.end_time) == expected


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"trace_id": "ab" * 15}, "traceId"),
        ({"trace_id": ""}, "traceId"),
        ({"trace_id": "00" * 16}, "traceId"),
        ({"span_id": "ab" * 9}, "spanId"),
        ({"span_id": "00" * 8}, "spanId"),
    ],
)
def test_a_span_with_a_wrong_id_is_refused_alone(change: dict[str, Any], fault: str) -> None:
    good = [SpanSent(span_id=f"{number:016x}") for number in (1, 2)]
    sent = [good[0], SpanSent(**change), good[1], SpanSent(**change)]
    for decoded in (
        decode_spans(to_protobuf(sent), is_json=False, context=CONTEXT),
        decode_json(json_request([json_span(span) for span in sent])),
    ):
        assert [row.id for row in decoded.observations] == [span.span_id for span in good]
        assert decoded.rejected_spans == 2
        assert decoded.rejection.startswith(f"resourceSpans[0].scopeSpans[0].spans[1]: {fault}")


@pytest.mark.parametrize("is_json", [True, False])
def test_a_wrong_parent_costs_the_parent_and_says_so(*, is_json: bool) -> None:
    sent = SpanSent(parent_id="abcd")
    body = json.dumps(json_request([json_span(sent)])).encode() if is_json else to_protobuf([sent])
    (row,) = decode_spans(body, is_json=is_json, context=CONTEXT).observations
    assert (row.parent_id, row.truncated) == ("", ["parent_id"])


@pytest.mark.parametrize("parent", ["", "0000000000000000"])
def test_no_parent_is_a_root(parent: str) -> None:
    row = observe(SpanSent(parent_id=parent))
    assert (row.parent_id, row.is_root, row.truncated) == ("", True, [])


@pytest.mark.parametrize("body", [b"\xff\xff", b"{}", b"\n\x05abc", b"\x0a\xff\xff\xff\xff\x0f"])
def test_what_is_no_protobuf_fails_as_a_whole(body: bytes) -> None:
    with pytest.raises(InvalidRequestError, match="Failed to parse OTel Protobuf Trace") as caught:
        decode_spans(body, is_json=False, context=CONTEXT)
    assert caught.value.hint


@pytest.mark.parametrize(
    ("request_", "where"),
    [
        ([], "the body"),
        ("text", "the body"),
        ({"resourceSpans": {}}, "resourceSpans"),
        ({"resourceSpans": [1]}, "resourceSpans.0"),
        ({"resourceSpans": [{"scopeSpans": 5}]}, "resourceSpans.0.scopeSpans"),
        ({"resourceSpans": [{"scopeSpans": [{"spans": "x"}]}]}, "resourceSpans.0.scopeSpans.0.spans"),
    ],
)
def test_a_broken_structure_fails_as_a_whole_and_says_where(request_: Any, where: str) -> None:
    with pytest.raises(InvalidRequestError, match="Failed to parse OTel JSON Trace") as caught:
        decode_json(request_)
    assert caught.value.hint
    assert caught.value.hint.startswith(where)


@pytest.mark.parametrize("body", [b"", b"{", b"\xff", b'{"resourceSpans": [}'])
def test_what_is_no_json_fails_as_a_whole(body: bytes) -> None:
    with pytest.raises(InvalidRequestError, match="Failed to parse OTel JSON Trace"):
        decode_spans(body, is_json=True, context=CONTEXT)


def test_json_nested_too_deeply_is_refused_as_such() -> None:
    with pytest.raises(PayloadRejectedError, match="nested"):
        decode_spans(b"[" * 10_000 + b"]" * 10_000, is_json=True, context=CONTEXT)


@pytest.mark.parametrize(
    "request_",
    [
        {},
        {"resourceSpans": []},
        {"resourceSpans": None},
        {"resourceSpans": [{}]},
        {"resourceSpans": [{"scopeSpans": [{}]}]},
        {"resourceSpans": [{"scopeSpans": [{"spans": []}]}]},
        {"resourceLogs": []},
    ],
)
def test_nothing_is_no_fault(request_: Any) -> None:
    decoded = decode_json(request_)
    assert (decoded.observations, decoded.rejected_spans, decoded.rejection) == ([], 0, "")


def test_an_empty_protobuf_request_is_no_fault() -> None:
    assert decode_spans(b"", is_json=False, context=CONTEXT).observations == []


@pytest.mark.parametrize("is_json", [True, False])
def test_more_spans_than_the_limit_are_refused_together(*, is_json: bool) -> None:
    def body(count: int) -> bytes:
        sent = [SpanSent(span_id=f"{number + 1:016x}") for number in range(count)]
        return json.dumps(json_request([json_span(span) for span in sent])).encode() if is_json else to_protobuf(sent)

    assert len(decode_spans(body(100), is_json=is_json, context=CONTEXT).observations) == 100
    with pytest.raises(PayloadTooLargeError, match="101 spans; at most 100"):
        decode_spans(body(101), is_json=is_json, context=CONTEXT)


def test_attributes_beyond_the_limit_are_cut_and_the_observation_says_so() -> None:
    attributes = {f"key{number}": number for number in range(LIMITS.max_attributes + 1)}
    row = observe(SpanSent(attributes=attributes))
    kept = json.loads(row.metadata["attributes"])
    assert len(kept) == LIMITS.max_attributes
    assert row.truncated == ["attributes"]
    del attributes["key0"]
    assert observe(SpanSent(attributes=attributes)).truncated == []


@pytest.mark.parametrize(
    ("key", "field"),
    [
        ("langfuse.observation.input", "input"),
        ("langfuse.observation.output", "output"),
        ("langfuse.trace.input", "trace_input"),
        ("langfuse.observation.model.name", "model"),
    ],
)
def test_a_long_value_is_cut_at_a_character_and_marked(key: str, field: str) -> None:
    row = observe(SpanSent(attributes={key: "é" * 3000}))
    text = getattr(row, field)
    assert text.startswith("ééé")
    assert "truncated" in text[-60:]
    assert "6000 bytes" in text
    assert len(text.encode()) <= LIMITS.max_attribute_bytes
    assert row.truncated == [field]


def test_a_long_unknown_value_is_cut_in_the_metadata() -> None:
    row = observe(SpanSent(attributes={"note": "x" * 5000, "langfuse.observation.metadata.a": "y" * 5000}))
    assert row.truncated == ["metadata"]
    assert "truncated" in json.loads(row.metadata["attributes"])["note"]
    assert "truncated" in row.metadata["a"]


def test_a_long_nested_value_is_cut_too() -> None:
    row = observe(SpanSent(attributes={"langfuse.observation.input": ["x" * 1000] * 8}))
    assert row.input.startswith('["xxx')
    assert len(row.input.encode()) <= LIMITS.max_attribute_bytes
    assert row.truncated == ["input"]


def test_hostile_keys_are_keys_like_others() -> None:
    attributes = {"__proto__": "a", "": "b", "k" * 100_000: "c", "a\0b": "d", "constructor.prototype": 1}
    row = observe(SpanSent(attributes=attributes))
    assert json.loads(row.metadata["attributes"]) == {**attributes, "constructor.prototype": "1"}


def test_every_kind_of_value_keeps_its_meaning() -> None:
    value = {
        "text": "x",
        "no": False,
        "big": 2**63 - 1,
        "small": -(2**63),
        "half": 0.5,
        "nan": float("nan"),
        "list": [1, ["a", {}], {"k": [True]}],
        "raw": b"\x00\xff",
        "nothing": None,
    }
    row = observe(SpanSent(attributes={"langfuse.observation.input": value}))
    assert json.loads(row.input) == {**value, "nan": "NaN", "raw": "AP8="}


def test_many_resources_and_scopes_in_one_request_stay_apart() -> None:
    first = json_request([json_span(SpanSent(span_id=f"{1:016x}"))])["resourceSpans"][0]
    second = json_request([json_span(SpanSent(span_id=f"{2:016x}"))])["resourceSpans"][0]
    second["resource"]["attributes"] = [{"key": "deployment.environment", "value": {"stringValue": "staging"}}]
    second["scopeSpans"].append({"scope": {"name": "other"}, "spans": [json_span(SpanSent(span_id=f"{3:016x}"))]})
    rows = decode_json({"resourceSpans": [first, second]}).observations
    assert [(row.id[-1], row.environment, row.sdk_name) for row in rows] == [
        ("1", "default", "my-agent"),
        ("2", "staging", "my-agent"),
        ("3", "staging", "other"),
    ]


def test_size_grows_with_what_is_held() -> None:
    small = decode_spans(to_protobuf([SpanSent()]), is_json=False, context=CONTEXT).size_bytes
    large = decode_spans(to_protobuf([SpanSent(attributes={"input": "x" * 3000})]), is_json=False, context=CONTEXT).size_bytes
    assert small + 3000 <= large < small + 20_000


LONG = "é" * 3000


@pytest.mark.parametrize(
    ("sent", "sender", "field"),
    [
        (SpanSent(name=LONG), PLAIN, "name"),
        (SpanSent(status=2, message=LONG), PLAIN, "status_message"),
        (SpanSent(events=[(LONG, {})]), PLAIN, "span_events"),
        (SpanSent(events=[("e", {"k": LONG})]), PLAIN, "span_events"),
        (SpanSent(events=[("e", {f"k{number}": 1 for number in range(51)})]), PLAIN, "span_events"),
        (SpanSent(links=[(TRACE_ID, SPAN_ID, {"k": LONG})]), PLAIN, "span_links"),
        (SpanSent(attributes={"nested": [LONG, LONG]}), PLAIN, "metadata"),
        (SpanSent(), Sender(resource={"k": LONG}), "metadata"),
        (SpanSent(), Sender(resource={f"k{number}": 1 for number in range(51)}), "metadata"),
        (SpanSent(), Sender(scope=LONG), "metadata"),
        (SpanSent(), Sender(version=LONG), "metadata"),
    ],
)
def test_whatever_is_cut_is_named(sent: SpanSent, sender: Sender, field: str) -> None:
    row = observe(sent, sender)
    assert row.truncated == [field]
    texts = {**row.metadata, **{name: getattr(row, name) for name in ("name", "status_message", "span_events", "span_links")}}
    assert all(len(text.encode()) < 2 * LIMITS.max_attribute_bytes for text in texts.values())
