"""Schemas from clients: what they say holds, and nothing that they contain can hurt the server."""

from __future__ import annotations

import json
import socket
from typing import Any

import pytest

from spanwise_server.domain.errors import InvalidRequestError
from spanwise_server.services.datasets.item_schemas import ItemSchema, check_value


def faults(schema: Any, value: Any) -> list[str]:
    return ItemSchema(json.dumps(schema), name="inputSchema").faults(value)


@pytest.mark.parametrize(
    ("schema", "value", "expected"),
    [
        ({}, {"anything": 1}, []),
        ({"type": "object", "required": ["a"]}, {}, ["/: 'a' is a required property"]),
        ({"properties": {"a": {"items": {"type": "string"}}}}, {"a": ["x", 1]}, ["/a/1: 1 is not of type 'string'"]),
        ({"pattern": "^a+$"}, "aaa", []),
        ({"pattern": "^a+$"}, "ab", ["/: 'ab' does not match '^a+$'"]),
        ({"patternProperties": {"^x": {"type": "number"}}}, {"xa": "1"}, ["/xa: '1' is not of type 'number'"]),
        (
            {"properties": {"a": {}}, "patternProperties": {"^x": {}}, "additionalProperties": False},
            {"a": 1, "x1": 1, "b": 1},
            ["/: Additional properties are not allowed ('b')"],
        ),
        ({"additionalProperties": {"type": "string"}}, {"b": 1}, ["/b: 1 is not of type 'string'"]),
        ({"$ref": "#/$defs/a", "$defs": {"a": {"type": "string"}}}, 1, ["/: 1 is not of type 'string'"]),
        ({"$id": "https://e/x", "$ref": "y", "$defs": {"a": {"$id": "y", "type": "null"}}}, 1, ["/: 1 is not of type 'null'"]),
        ({"$schema": "http://json-schema.org/draft-07/schema#", "const": 1}, 2, ["/: 1 was expected"]),
        ({"$schema": "https://example.test/unknown", "const": 1}, 2, ["/: 1 was expected"]),
    ],
)
def test_values_are_checked(schema: Any, value: Any, expected: list[str]) -> None:
    assert faults(schema, value) == expected


def test_no_value_is_null() -> None:
    schema = ItemSchema('{"type":"object"}', name="inputSchema")

    assert check_value(schema, None) == ["/: None is not of type 'object'"]
    assert check_value(schema, "{}") == []
    assert check_value(None, "1") == []


@pytest.mark.parametrize(
    "schema",
    [
        1,
        [],
        {"type": "nonsense"},
        {"$schema": 1},
        {"$id": 1},
        {"$schema": "http://["},
        {"$ref": "file:///etc/passwd"},
        {"$ref": "other.json"},
        {"properties": {"a": {"$dynamicRef": "https://example.test/x"}}},
        {"pattern": "(?=a)b"},
        {"pattern": "(a)\\1"},
        {"pattern": "["},
        {"patternProperties": {"((a{1000}){1000}){1000}": {}}},
        {"patternProperties": {"a": {}}, "unevaluatedProperties": False},
        {"description": "x" * 600_000},
    ],
)
def test_what_is_no_schema_or_not_offered_is_refused(schema: Any) -> None:
    with pytest.raises(InvalidRequestError, match="inputSchema"):
        ItemSchema(json.dumps(schema), name="inputSchema")


def test_a_remote_schema_is_never_fetched() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0)
        address = f"http://127.0.0.1:{server.getsockname()[1]}/schema.json"
        for schema in ({"$ref": address}, {"$schema": address}, {"$id": address, "$ref": "#/$defs/none"}):
            try:
                faults(schema, 1)
            except InvalidRequestError:
                continue
        with pytest.raises(BlockingIOError):
            server.accept()


def test_a_catastrophic_pattern_takes_linear_time() -> None:
    assert faults({"pattern": "^(a+)+$"}, "a" * 50_000 + "b") != []
    assert faults({"patternProperties": {"^(a+)+$": False}}, {"a" * 50_000 + "b": 1}) == []
    assert faults({"patternProperties": {"^(a+)+$": {}}, "additionalProperties": False}, {"a" * 50_000 + "b": 1}) != []


def test_recursion_ends() -> None:
    deep: Any = 1
    for _ in range(900):
        deep = {"x": deep}

    assert "nested too deeply" in faults({"$ref": "#"}, 1)[0]
    assert "nested too deeply" in faults({"properties": {"x": {"$ref": "#"}}}, deep)[0]


def test_a_schema_cannot_take_exponential_time() -> None:
    schema = {
        "$defs": {"a": {"properties": {"x": {"allOf": [{"$ref": "#/$defs/a"}, {"$ref": "#/$defs/a"}]}}}},
        "$ref": "#/$defs/a",
    }
    value: Any = 1
    for _ in range(60):
        value = {"x": value}

    assert "takes more than" in faults(schema, value)[0]


def test_a_reference_to_nothing_is_a_fault_of_every_value() -> None:
    assert faults({"$ref": "#/$defs/none"}, 1) == ["inputSchema refers to '/$defs/none', which is not in it"]
