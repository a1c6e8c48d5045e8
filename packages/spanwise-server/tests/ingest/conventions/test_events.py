"""Span events and links as they are stored, and the exception that explains a failure."""

from __future__ import annotations

import json

from tests.otlp_requests import START_NANOS, TRACE_ID, SpanSent, observe


def test_events_are_stored_with_time_and_attributes() -> None:
    row = observe(SpanSent(events=[("retry", {"n": 1, "why": "zürich"}), ("", {})]))
    assert START_NANOS // 1000 == 1_770_000_000_000_001
    assert json.loads(row.span_events) == [
        {"name": "retry", "time": "2026-02-02T02:40:00.000001Z", "attributes": {"n": 1, "why": "zürich"}},
        {"name": "", "time": "2026-02-02T02:40:00.000001Z", "attributes": {}},
    ]
    assert observe(SpanSent()).span_events == ""


def test_times_at_the_ends_of_what_can_be_stored() -> None:
    row = observe(SpanSent(start=2**64 - 1, end=1000, events=[("late", {})]))
    assert json.loads(row.span_events)[0]["time"] == "2299-12-31T23:59:59.999999Z"


def test_links_are_stored() -> None:
    row = observe(SpanSent(links=[(TRACE_ID, "00f067aa0ba902b7", {"why": "retry"})]))
    assert json.loads(row.span_links) == [{"traceId": TRACE_ID, "spanId": "00f067aa0ba902b7", "attributes": {"why": "retry"}}]
    assert observe(SpanSent()).span_links == ""


def test_the_last_exception_explains_a_failure_that_says_nothing() -> None:
    events = [
        ("exception", {"exception.type": "First", "exception.message": "a"}),
        ("exception", {"exception.type": "Last", "exception.message": "b", "exception.stacktrace": "trace"}),
    ]
    row = observe(SpanSent(status=2, events=events))
    assert row.status_message == "Last: b"
    assert json.loads(row.span_events)[1]["attributes"]["exception.stacktrace"] == "trace"
    assert observe(SpanSent(status=2, message="said", events=events)).status_message == "said"


def test_an_exception_without_a_type_or_a_message() -> None:
    assert observe(SpanSent(events=[("exception", {"exception.message": "b"})])).status_message == "b"
    assert observe(SpanSent(events=[("exception", {"exception.type": "T"})])).status_message == "T"
    assert observe(SpanSent(events=[("exception", {"exception.type": 5})])).status_message == ""
