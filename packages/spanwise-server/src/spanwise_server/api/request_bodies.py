"""The JSON bodies of requests that change metadata: camelCase, and no text or number that a database could not keep.

Each route's body is a subclass; FastAPI validates and documents it. Bodies of telemetry are none of this: ``ingest`` reads them.
"""

from __future__ import annotations

import re
from typing import Annotated, Final

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, Strict
from pydantic.alias_generators import to_camel

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
