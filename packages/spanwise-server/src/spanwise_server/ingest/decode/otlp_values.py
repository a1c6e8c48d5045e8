"""Values of OTLP in their lenient forms: ids, times, enums and nested attribute values; shared by both encodings.

Knows nothing of requests, spans or conventions, and never raises on a value from outside.
"""

from __future__ import annotations

import base64
import binascii
import math
import re
from collections.abc import Mapping
from typing import Any, Final

from spanwise_server.domain.observations import Micros
from spanwise_server.ingest.decoded import IngestLimits
from spanwise_server.ingest.truncation import cut

TRACE_ID_BYTES: Final = 16
SPAN_ID_BYTES: Final = 8
MAX_VALUE_DEPTH: Final = 64
"""Nesting of one attribute value that is kept; deeper parts are replaced by ``TOO_DEEP``."""
TOO_DEEP: Final = "…[truncated: nested too deeply]"

TIME_MIN: Final[Micros] = -2_208_988_800_000_000
"""1900-01-01, the earliest time that the store's DateTime64(6) holds."""
TIME_MAX: Final[Micros] = 10_413_791_999_999_999
"""2299-12-31T23:59:59.999999, the latest."""

_HEX: Final = re.compile(r"[0-9a-fA-F]*", re.ASCII)
_INTEGER: Final = re.compile(r"\s*[+-]?[0-9]{1,40}\s*", re.ASCII)


def clamp_time(time: Micros) -> Micros:
    """Return the nearest time that the store can hold."""
    return TIME_MIN if time < TIME_MIN else min(time, TIME_MAX)


def pick_times(start_nanos: int, end_nanos: int, received_at: Micros) -> tuple[Micros, Micros]:
    """Return start and end of a span in microseconds; a missing one (0) is the other, both missing are ``received_at``."""
    start = start_nanos // 1000
    end = end_nanos // 1000
    if not start:
        start = end or received_at
    if not end:
        end = start
    return clamp_time(start), clamp_time(end)


def cut_text(text: str, name: str, limits: IngestLimits, truncated: list[str]) -> str:
    """Return text within the limit of one value; when it has to be cut, ``name`` is added to ``truncated``."""
    if len(text) * 4 <= limits.max_attribute_bytes:
        return text
    text, is_cut = cut(text, limits.max_attribute_bytes)
    if is_cut:
        truncated.append(name)
    return text


def parse_integer(value: object) -> int | None:
    """Return an integer sent as JSON number or text (protobuf's JSON form of 64-bit integers); else ``None``."""
    if isinstance(value, int):
        return None if isinstance(value, bool) else value
    if isinstance(value, float):
        return int(value) if math.isfinite(value) else None
    if isinstance(value, str) and _INTEGER.fullmatch(value):
        return int(value)
    return None


def parse_double(value: object) -> float | str | None:
    """Return a double; ``NaN`` and the infinities become text, because JSON has no such numbers."""
    if isinstance(value, bool) or not isinstance(value, (int, float, str)):
        return None
    try:
        number = float(value)
    except (ValueError, OverflowError):
        return None
    return number if math.isfinite(number) else name_double(number)


def name_double(number: float) -> str:
    """Name a double that JSON cannot hold, as protobuf's JSON mapping does."""
    if math.isnan(number):
        return "NaN"
    return "Infinity" if number > 0 else "-Infinity"


def parse_id(value: object, size: int) -> str | None:
    """Return an id of ``size`` bytes as lower-case hex; ``None`` when it is no such id or all zeros.

    Takes hex text of any case (OTLP's JSON form), base64 text (protobuf's JSON form, which some exporters use), lists of
    bytes and ``{"type": "Buffer", "data": [...]}`` as JavaScript serialises bytes.
    """
    if isinstance(value, str):
        found = _id_from_text(value, size)
    elif isinstance(value, list):
        found = _id_from_list(value, size)
    elif isinstance(value, Mapping):
        data = value.get("data")
        found = _id_from_list(data, size) if isinstance(data, list) else _id_from_indexes(value, size)
    else:
        return None
    return found if found and found.strip("0") else None


def parse_enum(value: object, names: Mapping[str, int]) -> int:
    """Return an enum sent as number, text of a number or name; 0 when it is none of these."""
    if isinstance(value, str):
        number = names.get(value.strip().upper())
        if number is not None:
            return number
    return parse_integer(value) or 0


def encode_bytes(value: bytes) -> str:
    """Return bytes as base64 text, the JSON form of OTLP."""
    return base64.b64encode(value).decode()


def _id_from_text(text: str, size: int) -> str | None:
    text = text.strip()
    if len(text) == 2 * size:
        return text.lower() if _HEX.fullmatch(text) else None
    if len(text) in (4 * math.ceil(size / 3), math.ceil(size * 4 / 3)):
        padded = text + "=" * (-len(text) % 4)
        try:
            raw = base64.b64decode(padded, altchars=b"-_" if "-" in text or "_" in text else None, validate=True)
        except (binascii.Error, ValueError):
            return None
        return raw.hex() if len(raw) == size else None
    return None


def _id_from_list(items: list[Any], size: int) -> str | None:
    if len(items) != size or not all(item.__class__ is int and 0 <= item <= 255 for item in items):
        return None
    return bytes(items).hex()


def _id_from_indexes(value: Mapping[str, Any], size: int) -> str | None:
    """Read ``{"0": 12, "1": 34, …}``: what JSON.stringify makes of a Uint8Array."""
    if len(value) != size:
        return None
    return _id_from_list([value.get(str(index)) for index in range(size)], size)
