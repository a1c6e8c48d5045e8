"""Query parameters: what counts as absent, what is a list, what is a time."""

from __future__ import annotations

from typing import Annotated

import pytest
from fastapi.exceptions import RequestValidationError
from pydantic import Field, ValidationError

from spanwise_server.api.listing.parameters import (
    CommaList,
    PageParameters,
    Parameters,
    Strings,
    Time,
    documented_parameters,
    parse_time,
    split_commas,
)


class Sample(PageParameters):
    from_timestamp: Time | None = None
    trace_tags: Strings = ()
    fields: CommaList = ()


@pytest.mark.parametrize(
    ("text", "micros"),
    [
        ("1970-01-01T00:00:00Z", 0),
        ("2026-11-20T07:46:23.592854Z", 1_795_160_783_592_854),
        ("2026-11-20T08:46:23.592854+01:00", 1_795_160_783_592_854),
        ("2026-11-20T08:46:23.592854 01:00", 1_795_160_783_592_854),
        ("2026-11-20T07:46:23.592", 1_795_160_783_592_000),
        ("2026-11-20T07:46:23.592854123Z", 1_795_160_783_592_854),
        ("2026-11-20", 1_795_132_800_000_000),
        ("0001-01-01T00:00:00+14:00", -2_208_988_800_000_000),
        ("9999-12-31T23:59:59-14:00", 10_413_705_600_000_000),
    ],
)
def test_times(text: str, micros: int) -> None:
    assert parse_time(text) == micros


@pytest.mark.parametrize("text", ["yesterday", "2026-13-01T00:00:00Z", "2026-11-20T25:00:00Z", "1795160783"])
def test_what_is_not_a_time_says_so(text: str) -> None:
    with pytest.raises(ValidationError, match="not an ISO 8601 time"):
        Sample.model_validate({"fromTimestamp": text})


@pytest.mark.parametrize(
    ("value", "parts"),
    [("a", ("a",)), ("a,b", ("a", "b")), (["a", "b,c"], ("a", "b", "c")), ([""], ()), (["a,,b", ""], ("a", "b")), (None, ())],
)
def test_lists_are_repeated_or_comma_separated(value: object, parts: tuple[str, ...]) -> None:
    assert split_commas(value) == parts


def test_empty_counts_as_absent() -> None:
    sample = Sample.model_validate({"page": "", "limit": "", "fromTimestamp": "", "traceTags": [""], "fields": ""})
    assert sample == Sample.model_validate({})
    assert (sample.page, sample.limit, sample.offset) == (1, 50, 0)


@pytest.mark.parametrize(
    "values",
    [{"page": "0"}, {"page": "-1"}, {"page": "x"}, {"page": "10000001"}, {"limit": "0"}, {"limit": "101"}, {"limit": "1.5"}],
)
def test_pages_out_of_bounds_are_refused(values: dict[str, str]) -> None:
    with pytest.raises(ValidationError):
        Sample.model_validate(values)


def test_offset_counts_the_items_before_the_page() -> None:
    assert Sample.model_validate({"page": "3", "limit": "20"}).offset == 40


def test_unknown_names_are_ignored_unless_a_route_is_strict() -> None:
    class Strict(Parameters, extra="forbid"):
        name: str | None = None

    assert Sample.model_validate({"surprise": "1"}).page == 1
    with pytest.raises(ValidationError):
        Strict.model_validate({"surprise": "1"})


class Described(Parameters):
    given_name: Annotated[str, Field(description="A name.")]
    at_most: Annotated[int | None, Field(ge=1, description="A number.")] = None


def test_a_query_string_is_read_as_the_framework_would() -> None:
    assert Described.read(b"givenName=a%2Fb+c%C3%BC&atMost=") == Described.model_validate({"givenName": "a/b cü"})
    assert Described.read(b"givenName=one&givenName=two&other=1&atMost=3").given_name == "two"
    assert Described.read(b"givenName=%FF%00").given_name == "\ufffd\0"


@pytest.mark.parametrize("query", [b"", b"givenName=", b"givenName=a&atMost=0", b"givenName=a&atMost=x", b"\xff=1"])
def test_a_query_string_that_is_wrong_is_refused(query: bytes) -> None:
    with pytest.raises(RequestValidationError) as caught:
        Described.read(query)
    assert caught.value.errors()[0]["loc"][0] in {"givenName", "atMost"}


def test_parameters_that_a_route_reads_itself_are_documented() -> None:
    document = documented_parameters(Described, thing_id="Which.")["parameters"]
    assert [(item["name"], item["in"], item["required"], item["description"]) for item in document] == [
        ("thing_id", "path", True, "Which."),
        ("givenName", "query", True, "A name."),
        ("atMost", "query", False, "A number."),
    ]
    assert document[1]["schema"]["type"] == "string"
