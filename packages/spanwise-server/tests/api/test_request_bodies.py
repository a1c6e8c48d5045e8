"""Bodies of requests: only what a database can keep, in camelCase, and unknown keys as each body decides."""

from __future__ import annotations

import json
from typing import Annotated, Any, NotRequired

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import Field, ValidationError
from starlette.requests import Request
from starlette.types import Message
from typing_extensions import TypedDict

from spanwise_server.api.request_bodies import (
    FiniteNumber,
    RequestBody,
    StoredText,
    StrictBool,
    StrictRequestBody,
    documented_body,
    read_json,
)
from spanwise_server.domain.errors import InvalidRequestError


class Body(RequestBody):
    some_text: StoredText = ""
    some_number: FiniteNumber = 0
    is_so: StrictBool = False


class StrictBody(StrictRequestBody):
    some_text: StoredText = ""


@given(st.text())
def test_every_text_that_can_be_kept_passes_as_it_is(text: str) -> None:
    try:
        text.encode()
        is_storable = "\0" not in text
    except UnicodeEncodeError:
        is_storable = False
    if is_storable:
        assert Body.model_validate({"someText": text}).some_text == text
    else:
        with pytest.raises(ValidationError, match=r"must not contain the character U\+"):
            Body.model_validate({"someText": text})


@pytest.mark.parametrize("number", [1, -2.5, 0, 1e300])
def test_numbers_that_fit(number: float) -> None:
    assert Body.model_validate({"someNumber": number}).some_number == number


@pytest.mark.parametrize("number", ["1", True, None, float("inf"), float("nan"), 10**400])
def test_numbers_that_do_not_fit(number: Any) -> None:
    with pytest.raises(ValidationError):
        Body.model_validate({"someNumber": number})


@pytest.mark.parametrize("truth", [1, 0, "true", None])
def test_a_truth_is_nothing_else(truth: Any) -> None:
    with pytest.raises(ValidationError):
        Body.model_validate({"isSo": truth})


def test_unknown_keys() -> None:
    assert Body.model_validate({"other": 1, "some_text": "not the wire name"}).some_text == ""
    with pytest.raises(ValidationError, match="other"):
        StrictBody.model_validate({"other": 1})
    assert list(json.loads(json.dumps(StrictBody.model_json_schema()))["properties"]) == ["someText"]


class Inner(TypedDict):
    """A part."""

    text: Annotated[str, Field(max_length=3)]


class Outer(TypedDict):
    """A body."""

    one: Inner
    many: NotRequired[list[Inner]]


def request(body: bytes) -> Request:
    async def receive() -> Message:
        return {"type": "http.request", "body": body, "more_body": False}

    return Request({"type": "http", "method": "POST", "headers": []}, receive)


@pytest.mark.parametrize(
    ("body", "expected"),
    [(b'{"a": [1, 1.5, null, "\\u0000"]}', {"a": [1, 1.5, None, "\0"]}), (b" 1 ", 1), ('"ü"'.encode(), "ü")],
)
async def test_json_is_read(body: bytes, expected: Any) -> None:
    assert await read_json(request(body)) == expected


@pytest.mark.parametrize(
    "body", [b"", b"{", b"{}{}", b"NaN", b"1e400", b'"\\ud800"', b'"\xff"', b"'a'", b"[" * 200_000, b"1" * 5000]
)
async def test_what_is_no_json_or_cannot_be_kept_is_refused(body: bytes) -> None:
    with pytest.raises(InvalidRequestError, match="The body is not JSON"):
        await read_json(request(body))


def test_a_documented_body_stands_on_its_own() -> None:
    body = documented_body(Outer)["requestBody"]
    schema = body["content"]["application/json"]["schema"]
    assert body["required"] is True
    assert "$ref" not in str(schema)
    assert "$defs" not in schema
    assert schema["required"] == ["one"]
    assert schema["properties"]["many"]["items"]["properties"]["text"]["maxLength"] == 3
