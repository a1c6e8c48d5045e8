"""The JSON bodies of requests that change metadata: camelCase, and no text or number that a database could not keep.

Each route's body is a subclass; FastAPI validates and documents it. Where the domain has the rules, ``read_json`` hands it
the body as it came and ``documented_body`` documents it. Bodies of telemetry are none of this: ``ingest`` reads them.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Annotated, Any, Final

import msgspec
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, Strict, TypeAdapter
from pydantic.alias_generators import to_camel
from starlette.requests import Request

from spanwise_server.domain.errors import InvalidRequestError

_UNSTORABLE: Final = re.compile("[\0\ud800-\udfff]")


def _storable(text: str) -> str:
    found = _UNSTORABLE.search(text)
    if found is not None:
        raise ValueError(f"must not contain the character U+{ord(found.group()):04X} (at position {found.start()})")
    return text


StoredText = Annotated[str, AfterValidator(_storable)]
"""Text without NUL and lone surrogates, which neither UTF-8 nor every database can hold."""
FiniteNumber = Annotated[float, Strict(), Field(allow_inf_nan=False)]
"""A JSON number that fits 64 bits; no text, no boolean."""
StrictBool = Annotated[bool, Strict()]


class RequestBody(BaseModel):
    """A body in camelCase; keys that are not known are ignored."""

    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=False, extra="ignore", frozen=True)


class StrictRequestBody(RequestBody):
    """A body in which a key that is not known is an error."""

    model_config = ConfigDict(extra="forbid")


async def read_json(request: Request) -> Any:
    """Return the request's body as decoded JSON.

    Raises:
        InvalidRequestError: It is no JSON (RFC 8259), or holds what UTF-8 or a 64-bit float cannot.
    """
    try:
        return msgspec.json.decode(await request.body())
    except (msgspec.MsgspecError, UnicodeError, RecursionError) as error:
        raise InvalidRequestError(f"The body is not JSON that can be kept: {error}") from error


def documented_body(shape: Any) -> dict[str, Any]:  # any type that has a JSON schema
    """Return the ``openapi_extra`` of a route that reads a ``shape`` by itself."""
    schema = TypeAdapter(shape).json_schema()
    schema = _without_references(schema, schema.pop("$defs", {}))
    return {"requestBody": {"required": True, "content": {"application/json": {"schema": schema}}}}


def _without_references(schema: Any, definitions: Mapping[str, Any]) -> Any:
    """Return ``schema`` with every definition in its place: components belong to what FastAPI reads itself."""
    if isinstance(schema, list):
        return [_without_references(item, definitions) for item in schema]
    if not isinstance(schema, dict):
        return schema
    reference = schema.get("$ref")
    if reference is not None:
        return _without_references(definitions[reference.rpartition("/")[2]], definitions)
    return {key: _without_references(value, definitions) for key, value in schema.items()}
