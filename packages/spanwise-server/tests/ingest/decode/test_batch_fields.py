"""Reading by table: unknown keys, null, faults gathered, and values shown briefly."""

from __future__ import annotations

from typing import Any

import pytest

from spanwise_server.domain.errors import Issue
from spanwise_server.ingest.decode.batch_fields import (
    FieldSink,
    Rule,
    describe,
    describe_issues,
    read_fields,
    read_id,
    read_text,
    read_time,
)
from tests.ingest.decode.test_batch import LIMITS

TABLE = {"a": Rule("first", read_text, keeps_null=True), "b": Rule("second", read_text), "c": Rule("third", read_time)}


def test_null_is_kept_only_where_it_clears() -> None:
    sink = FieldSink(LIMITS)
    read_fields({"a": None, "b": None, "z": 1}, TABLE, sink)
    assert (sink.fields, sink.issues) == ({"first": None}, [])


def test_all_faults_are_gathered_and_good_fields_kept() -> None:
    sink = FieldSink(LIMITS)
    read_fields({"a": 1, "b": "fine", "c": []}, TABLE, sink)
    assert sink.fields == {"second": "fine"}
    assert [issue.path for issue in sink.issues] == [("body", "a"), ("body", "c")]


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("short", "'short'"),
        ("line\nbreak", "'line\\nbreak'"),
        ("x" * 500, "'" + "x" * 60 + "…'"),
        ({"a": "x" * 500}, "an object"),
        ([], "an array"),
        (1, "a number"),
        (1.5, "a number"),
        (False, "a boolean"),
        (None, "null"),
    ],
)
def test_values_are_named_within_a_line(value: Any, shown: str) -> None:
    assert describe(value) == shown


def test_faults_are_one_line() -> None:
    issues = [Issue("is odd", ("body", "tags", 3)), Issue("is gone")]
    assert describe_issues(issues) == "body.tags.3: is odd; is gone"


@pytest.mark.parametrize("value", ["x" * 800, "ü/ %?#", "null"])
def test_any_text_that_fits_is_an_id(value: str) -> None:
    sink = FieldSink(LIMITS)
    read_id(sink, "id", value)
    assert sink.fields == {"id": value}
