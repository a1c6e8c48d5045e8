"""Arguments go where the operation expects them, and stay what they are."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qsl, unquote

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from spanwise_server.api.mcp.bindings import Binding, bind
from spanwise_server.api.mcp.tools import Tool
from spanwise_server.domain.errors import InvalidRequestError

DOCUMENT: dict[str, Any] = {
    "paths": {
        "/api/public/things/{thing_name}/parts/{part}": {
            "patch": {
                "parameters": [
                    {"name": "thing_name", "in": "path", "required": True, "schema": {"type": "string", "title": "Thing"}},
                    {"name": "part", "in": "path", "required": True, "schema": {"type": "integer"}},
                    {"name": "mode", "in": "query", "required": True, "schema": {"type": "string"}, "description": "How."},
                    {"name": "labels", "in": "query", "schema": {"type": "array", "items": {"type": "string"}}},
                ],
                "requestBody": {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/Change"}}}},
            }
        },
        "/api/public/things": {"post": {"requestBody": {"content": {"application/json": {"schema": {
            "anyOf": [{"$ref": "#/components/schemas/Change"}, {"type": "array", "items": {}}]
        }}}}}},
    },
    "components": {
        "schemas": {
            "Change": {
                "type": "object",
                "properties": {"child": {"$ref": "#/components/schemas/Change"}, "note": {"type": "string"}},
                "required": ["note"],
            }
        }
    },
}  # fmt: skip
CHANGE = Tool("changeThing", "PATCH", "/things/{name}/parts/{part}", "Change it.", fixed={"mode": "fast"})
MAKE = Tool("makeThing", "POST", "/things", "Make it.")


def _bound(tool: Tool) -> Binding:
    return bind([tool], DOCUMENT)[tool.name]


def test_the_schema_takes_everything_but_what_is_fixed() -> None:
    schema = _bound(CHANGE).input_schema

    assert set(schema["properties"]) == {"name", "part", "labels", "child", "note"}
    assert schema["required"] == ["name", "part", "note"]
    assert schema["properties"]["name"] == {"type": "string"}
    assert schema["properties"]["child"] == {"$ref": "#/$defs/Change"}
    assert schema["$defs"]["Change"]["properties"]["child"] == {"$ref": "#/$defs/Change"}
    assert schema["additionalProperties"] is False


def test_arguments_go_into_path_query_and_body() -> None:
    call = _bound(CHANGE).call({"name": "a/b", "part": 2, "labels": ["x", "y"], "note": "n", "child": None})

    assert (call.method, call.path) == ("PATCH", "/api/public/things/a%2Fb/parts/2")
    assert parse_qsl(call.query) == [("labels", "x"), ("labels", "y"), ("mode", "fast")]
    assert msgspec.json.decode(call.body) == {"note": "n"}


def test_of_a_body_that_may_be_an_array_the_object_is_taken() -> None:
    assert set(_bound(MAKE).input_schema["properties"]) == {"child", "note"}


@given(st.text(min_size=1))
def test_no_name_leads_to_another_route(name: str) -> None:
    try:
        call = _bound(CHANGE).call({"name": name, "part": 1})
    except UnicodeEncodeError:
        return
    segments = call.path.split("/")
    assert len(segments) == 7
    assert unquote(segments[4]) == name
    assert segments[4] not in {".", ".."}


@pytest.mark.parametrize("arguments", [{"name": "a"}, {"name": "a", "part": ""}, {"name": "a", "part": 1, "mode": "slow"}])
def test_refuses_what_is_missing_or_fixed(arguments: dict[str, Any]) -> None:
    with pytest.raises(InvalidRequestError, match="changeThing"):
        _bound(CHANGE).call(arguments)


def test_a_tool_without_an_operation_is_a_mistake() -> None:
    with pytest.raises(LookupError, match="loseThing"):
        bind([Tool("loseThing", "DELETE", "/things", "Lose it.")], DOCUMENT)
