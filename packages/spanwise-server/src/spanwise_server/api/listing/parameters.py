"""Query parameters of the read routes: how text becomes numbers, times and lists. No route, no query.

Each route's parameters are a subclass of ``Parameters``; FastAPI validates and documents them from it.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any, Final, Self
from urllib.parse import parse_qsl

from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, WithJsonSchema, model_validator
from pydantic.alias_generators import to_camel

from spanwise_server.domain.observations import Micros

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_EARLIEST = datetime(1900, 1, 1, tzinfo=UTC)
_LATEST = datetime(2299, 12, 31, tzinfo=UTC)
"""What ClickHouse's DateTime64 can hold; a bound beyond it selects the same rows as the nearest one within it."""
_LOST_PLUS = re.compile(r" (\d\d:?\d\d)$")


def parse_time(text: str) -> Micros:
    """Return an ISO 8601 time as microseconds; a time without an offset is UTC.

    Raises:
        ValueError: ``text`` is not such a time.
    """
    try:
        # An unescaped "+" of an offset arrives as a space.
        time = datetime.fromisoformat(_LOST_PLUS.sub(r"+\1", text.strip()))
    except ValueError as error:
        raise ValueError(f"{text!r} is not an ISO 8601 time such as 2026-01-31T12:00:00.000Z") from error
    time = time.replace(tzinfo=UTC) if time.tzinfo is None else time
    return (min(max(time, _EARLIEST), _LATEST) - _EPOCH) // timedelta(microseconds=1)


def split_commas(value: Any) -> tuple[str, ...]:
    """Return the values of a parameter that may be repeated, hold commas, or both; empty ones are dropped."""
    given = [value] if isinstance(value, str) else value or ()
    return tuple(part for item in given for part in item.split(",") if part)


def _time_or_text(value: Any) -> Any:
    return parse_time(value) if isinstance(value, str) else value


Time = Annotated[Micros, BeforeValidator(_time_or_text), WithJsonSchema({"type": "string", "format": "date-time"})]
Strings = Annotated[tuple[str, ...], BeforeValidator(split_commas)]
"""Repeated, comma-separated, or both."""
CommaList = Annotated[
    tuple[str, ...], BeforeValidator(split_commas), WithJsonSchema({"type": "string", "description": "Comma-separated."})
]

_NOT_EMPTY_FIELDS: Final[frozenset[str]] = frozenset()


class Parameters(BaseModel):
    """Parameters in camelCase. An empty value counts as absent; names that are not known are ignored."""

    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=False, extra="ignore", frozen=True)

    @model_validator(mode="before")
    @classmethod
    def drop_empty(cls, values: Any) -> Any:
        """Drop what is empty, before anything is validated."""
        if not isinstance(values, dict):
            return values
        kept = cls.meaningful_when_empty()
        return {name: value for name, value in values.items() if name in kept or not (value is None or value == "")}

    @classmethod
    def meaningful_when_empty(cls) -> frozenset[str]:
        """Return the wire names for which an empty value says something."""
        return _NOT_EMPTY_FIELDS

    @classmethod
    def read(cls, query: bytes) -> Self:
        """Return the parameters in a query string, for a route that does not let FastAPI read it; the last of a name counts.

        Raises:
            RequestValidationError: They are not what this class says.
        """
        given = dict(parse_qsl(query.decode("latin-1"), keep_blank_values=True, errors="replace"))
        try:
            return cls.model_validate(given)
        except ValidationError as error:
            raise RequestValidationError(error.errors()) from error


def documented_parameters(parameters: type[Parameters], **path: str) -> dict[str, Any]:
    """Return the ``openapi_extra`` of a route that reads ``parameters`` by itself; ``path`` describes those in its path."""
    in_path = [
        {"name": name, "in": "path", "required": True, "schema": {"type": "string"}, "description": description}
        for name, description in path.items()
    ]
    schema = parameters.model_json_schema()
    in_query = [
        {
            "name": name,
            "in": "query",
            "required": name in schema.get("required", ()),
            "schema": {key: value for key, value in described.items() if key != "description"},
            "description": described["description"],
        }
        for name, described in schema["properties"].items()
    ]
    return {"parameters": [*in_path, *in_query]}


MAX_PAGE: Final = 10_000_000
"""Keeps the offset of the last page within 32 bits at any page size."""


class PageParameters(Parameters):
    """A page by number."""

    page: Annotated[int, Field(ge=1, le=MAX_PAGE, description="Number of the page, from 1.")] = 1
    limit: Annotated[int, Field(ge=1, le=100, description="Most items on a page.")] = 50

    @property
    def offset(self) -> int:
        """Items before this page."""
        return (self.page - 1) * self.limit


FROM_TIMESTAMP = "Only items at or after this time (ISO 8601)."
TO_TIMESTAMP = "Only items before this time (ISO 8601)."
ENVIRONMENT = "Only items of one of these environments (repeated or comma-separated)."
FILTER = (
    "JSON array of conditions that all must hold, each `{type, column, operator, value, key?}`. "
    "A condition replaces the simple parameter on the same column."
)
