"""How a tool's arguments become a request: its JSON Schema, and which argument goes into the path, the query or the body.

Both are read from the OpenAPI document of the routes. Must not send anything.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import quote, urlencode

import msgspec

from spanwise_server.api.mcp.tools import Tool
from spanwise_server.domain.errors import InvalidRequestError, Issue

PREFIX: Final = "/api/public"
_PLACEHOLDER: Final = re.compile(r"\{([^}]*)\}")
_COMPONENT: Final = "#/components/schemas/"
_BODYLESS: Final = frozenset({"GET"})
Schema = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Call:
    """A request to our own API, ready to be sent."""

    method: str
    path: str
    """Escaped as it travels."""
    query: str
    body: bytes


@dataclass(frozen=True, slots=True)
class Binding:
    """A tool together with what the API says about its operation."""

    tool: Tool
    input_schema: Schema
    path_names: tuple[str, ...]
    query_names: frozenset[str]
    body_names: frozenset[str]

    def call(self, arguments: Mapping[str, Any]) -> Call:
        """Place ``arguments``; ``None`` counts as not given.

        Raises:
            InvalidRequestError: one is not known, or one that the path needs is missing. The operation checks the rest.
        """
        given = {name: value for name, value in arguments.items() if value is not None}
        known = {*self.path_names, *self.query_names, *self.body_names} - self.tool.fixed.keys()
        unknown = [name for name in given if name not in known]
        missing = [name for name in self.path_names if given.get(name) in {None, ""}]
        if unknown or missing:
            issues = [Issue("is not an argument of this tool", (name,), "unknown_argument") for name in unknown]
            issues += [Issue("is required", (name,), "missing") for name in missing]
            raise InvalidRequestError(
                f"Wrong arguments for {self.tool.name}: {', '.join([*unknown, *missing])}.",
                hint=f"It takes {', '.join(sorted(known)) or 'none'}.",
                issues=issues,
            )
        given |= self.tool.fixed
        # Whatever stands in an argument stays one segment: neither a slash nor dots lead to another route.
        path = PREFIX + _PLACEHOLDER.sub(lambda name: _segment(given[name[1]]), self.tool.path)
        query = [pair for name in given if name in self.query_names for pair in _pairs(name, given[name])]
        body = {name: given[name] for name in given if name in self.body_names}
        has_body = self.tool.method not in _BODYLESS and bool(self.body_names)
        return Call(self.tool.method, path, urlencode(query), msgspec.json.encode(body) if has_body else b"")


def _segment(value: Any) -> str:
    return quote(_text(value), safe="").replace(".", "%2E")


def _pairs(name: str, value: Any) -> Iterable[tuple[str, str]]:
    is_plain_list = isinstance(value, list) and all(isinstance(item, str) for item in value)
    return [(name, item) for item in value] if is_plain_list else [(name, _text(value))]


def _text(value: Any) -> str:
    """Return a value as a query parameter has it; conditions and queries may come as JSON or as JSON text."""
    return value if isinstance(value, str) else msgspec.json.encode(value).decode()


def bind(tools: Iterable[Tool], document: Mapping[str, Any]) -> dict[str, Binding]:
    """Find the operation of every tool in the OpenAPI ``document``.

    Raises:
        LookupError: there is none: the table of tools and the routes have drifted apart.
    """
    operations = {
        (method.upper(), _shape(path)): operation
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
    }
    bindings = {}
    for tool in tools:
        operation = operations.get((tool.method, _shape(PREFIX + tool.path)))
        if operation is None:
            raise LookupError(f"{tool.name}: there is no {tool.method} {PREFIX}{tool.path}")
        bindings[tool.name] = _bind(tool, operation, document["components"]["schemas"])
    return bindings


def _shape(path: str) -> str:
    return _PLACEHOLDER.sub("{}", path)


def _bind(tool: Tool, operation: Mapping[str, Any], components: Mapping[str, Schema]) -> Binding:
    parameters = operation.get("parameters", [])
    path_names = tuple(_PLACEHOLDER.findall(tool.path))
    in_path = [parameter for parameter in parameters if parameter["in"] == "path"]
    in_query = {parameter["name"]: parameter for parameter in parameters if parameter["in"] == "query"}
    body = _body_schema(operation, components)
    properties: Schema = {
        name: _described(parameter) for name, parameter in [*zip(path_names, in_path, strict=True), *in_query.items()]
    }
    properties |= body.get("properties", {})
    required = [*path_names, *(name for name, parameter in in_query.items() if parameter.get("required"))]
    required += body.get("required", [])
    shown = {name: schema for name, schema in properties.items() if name not in tool.fixed}
    schema = {"type": "object", "properties": shown, "additionalProperties": False}
    if needed := [name for name in dict.fromkeys(required) if name in shown]:
        schema["required"] = needed
    return Binding(
        tool, _self_contained(schema, components), path_names, frozenset(in_query), frozenset(body.get("properties", {}))
    )


def _described(parameter: Mapping[str, Any]) -> Schema:
    schema = {key: value for key, value in parameter["schema"].items() if key != "title"}
    if description := parameter.get("description"):
        schema["description"] = description
    return schema


def _body_schema(operation: Mapping[str, Any], components: Mapping[str, Schema]) -> Schema:
    content = operation.get("requestBody", {}).get("content", {})
    return _as_object(content.get("application/json", {}).get("schema", {}), components)


def _as_object(schema: Schema, components: Mapping[str, Schema]) -> Schema:
    """Return the object that a body is, or the first object among those that it may be, with its properties merged."""
    if "$ref" in schema:
        return _as_object(components[schema["$ref"].removeprefix(_COMPONENT)], components)
    if "properties" in schema:
        return schema
    variants = [_as_object(variant, components) for variant in (*schema.get("oneOf", ()), *schema.get("anyOf", ()))]
    objects = [variant for variant in variants if "properties" in variant]
    if len(objects) < 2:
        return objects[0] if objects else {}
    properties = {name: value for variant in reversed(objects) for name, value in variant["properties"].items()}
    required = [name for name in objects[0].get("required", []) if all(name in other.get("required", ()) for other in objects)]
    return {"properties": properties, "required": required}


def _self_contained(schema: Schema, components: Mapping[str, Schema]) -> Schema:
    """Carry along what ``schema`` refers to, so that it can be understood without the document."""
    wanted: dict[str, Schema] = {}

    def rewrite(part: Any) -> Any:
        if isinstance(part, list):
            return [rewrite(item) for item in part]
        if not isinstance(part, dict):
            return part
        reference = part.get("$ref")
        if isinstance(reference, str) and reference.startswith(_COMPONENT):
            name = reference.removeprefix(_COMPONENT)
            if name not in wanted:
                wanted[name] = {}
                wanted[name] = rewrite(components[name])
            return {"$ref": f"#/$defs/{name}"}
        return {key: rewrite(value) for key, value in part.items()}

    result: Schema = rewrite(schema)
    return {**result, "$defs": wanted} if wanted else result
