"""Usage and cost as clients report them, in any shape, as maps of whole units and of US dollars.

Owns the rules that make the shapes of different model APIs one. It knows no wire format and no price: costs come from what
the client said. Nothing is dropped for having an unknown shape: unknown counters keep their name, nested ones are flattened,
and what is not a count at all is returned as ``unrecognised`` so that callers can show it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any, Final

import msgspec

from spanwise_server.domain.usage_keys import CONTAINED, KINDS
from spanwise_server.ingest.usage_shapes import CONTAINED_PARTS, SHAPES, UNITS_MAX, flatten, take_out_parts

COST_MAX: Final = Decimal("999999.999999999999")
"""Costs are kept with 18 digits, 12 of them fractional; a larger cost is clamped."""
UNRECOGNISED_USAGE_KEY: Final = "usage_unrecognised"
"""Metadata key under which parts of a usage that are not counts stay visible."""
UNRECOGNISED_COST_KEY: Final = "cost_unrecognised"
"""Metadata key under which parts of a cost that are not amounts stay visible."""

_INFINITY: Final = float("inf")
_COST_SURELY_FITS: Final = 999_999
_COST_QUANTUM: Final = Decimal("0.000000000001")
USAGE_KEYS_MAX: Final = 256
"""Real maps have under 20 keys; a map column with thousands of distinct ones would slow every reader down."""
_MAX_DEPTH: Final = 4
_NUMBER: Final = re.compile(r"\+?\d{1,40}(\.\d{0,40})?([eE][+-]?\d{1,3})?", re.ASCII)
_TOTAL_KEYS: Final = ("total", "total_tokens", "totalTokens", "totalTokenCount", "total_token_count")
_MONEY_KEYS: Final = frozenset({"cost", "total_cost", "totalCost", "cost_details"})
_BILLED_KEY: Final = "cost"
"""Where OpenRouter and Perplexity report what they charged, in US dollars."""
_ANTHROPIC_KEYS: Final = frozenset(
    {"cache_creation_input_tokens", "cache_read_input_tokens", "cache_creation", "server_tool_use"}
)
_CACHE_WRITES: Final = {
    "cache_creation_input_tokens": {
        "cache_creation_ephemeral_5m_input_tokens": "input_cache_creation_5m",
        "cache_creation_ephemeral_1h_input_tokens": "input_cache_creation_1h",
    },
    "cacheWriteInputTokens": {
        "cacheDetails_5m": "input_cache_creation_5m",
        "cacheDetails_1h": "input_cache_creation_1h",
    },
}
"""Anthropic's and Bedrock's cache writes, and the lifetimes that they are the sum of."""
_COUNTED: Final = ("input", "output", *CONTAINED_PARTS["input"], *CONTAINED_PARTS["output"])


class Usage(msgspec.Struct, frozen=True, gc=False):
    """Whole units by usage key; ``total`` is present whenever any count is known."""

    units: dict[str, int] = {}
    unrecognised: dict[str, Any] = {}  # JSON values as they were sent
    """What was in the usage and is not a count (text, negative or fractional numbers…), by its flattened key."""
    reported_cost: Any = None
    """What the provider itself says that the call cost (OpenRouter, Perplexity): an amount, or a map of amounts."""


class Cost(msgspec.Struct, frozen=True, gc=False):
    """US dollars by cost key; ``total`` is present in ``usd`` whenever any amount is known, and equals the field."""

    usd: dict[str, Decimal] = {}
    total: Decimal | None = None
    unrecognised: dict[str, Any] = {}  # JSON values as they were sent


def normalise_usage(value: Any) -> Usage:  # any JSON value: clients put anything here
    """Turn a usage report of any shape into whole units by key.

    Args:
        value: A mapping, or JSON text of one. ``None`` and empty text mean "no usage".

    The shapes of OpenAI (chat completions and responses), and of libraries that follow them, become ``input``, ``output``,
    ``total`` and ``input_<detail>``/``output_<detail>``; details are counted inside by these APIs and are therefore taken
    out of ``input`` and ``output`` (never below 0). Other maps, Anthropic's and Gemini's among them, keep their own keys,
    because prices are listed under them. A missing total is the sum of the counts that do not contain each other.
    """
    source = _as_mapping(value)
    if source is None:
        return Usage({}, {} if value is None or value == "" else {"value": value})
    units: dict[str, int] = {}
    nested: dict[str, int] = {}
    unrecognised: dict[str, Any] = {}
    for key, raw in source.items():
        if raw.__class__ is int and 0 <= raw <= UNITS_MAX and len(units) < USAGE_KEYS_MAX and key not in _MONEY_KEYS:
            units[key] = raw
        elif raw is not None:
            _sort_in(key, raw, units, nested, unrecognised)
    billed = source.get(_BILLED_KEY)
    for shape in SHAPES:
        if shape.input in units or shape.output in units:
            if shape.input == "input_tokens" and not _ANTHROPIC_KEYS.isdisjoint(source):
                break
            _take_out_lifetimes(units, nested)
            return Usage(flatten(shape, units, nested), unrecognised, billed)
    return Usage(_keep_own_keys(units, nested), unrecognised, billed)


def normalise_cost(value: Any) -> Cost:  # any JSON value: clients put anything here
    """Turn reported costs into US dollars by key, with 12 fractional digits.

    Args:
        value: A mapping of numbers (or numeric text), JSON text of one, or one number: the total. ``None`` and empty text
            mean "no cost".

    ``total`` is what was given as the total, else the sum of the other keys.
    """
    source = _as_mapping(value)
    if source is None:
        amount = _dollars(value)
        if amount is not None:
            return Cost({"total": amount}, amount)
        return Cost({}, None, {} if value is None or value == "" else {"value": value})
    usd: dict[str, Decimal] = {}
    unrecognised: dict[str, Any] = {}
    for key, raw in source.items():
        amount = _dollars(raw) if len(usd) < USAGE_KEYS_MAX else None
        if amount is not None:
            usd[key] = amount
        elif raw is not None:
            _sort_amounts_in(key, raw, usd, unrecognised)
    if not usd:
        return Cost({}, None, unrecognised)
    total = usd.get("total")
    if total is None:
        # Nested amounts detail a top-level one; they make up the total only where there is nothing else.
        amounts = [usd[key] for key in source if key in usd] or list(usd.values())
        total = usd["total"] = min(sum(amounts, Decimal(0)), COST_MAX)
    return Cost(usd, total, unrecognised)


def merge_units(older: Mapping[str, int], newer: Mapping[str, int]) -> dict[str, int]:
    """Lay the newer form of a report over the older one: of two spellings of one kind the newer stays."""
    if not older or not newer:
        return {**older, **newer}
    kinds = {KINDS.get(key) for key in newer} - {None}
    merged = {key: count for key, count in older.items() if key in newer or KINDS.get(key) not in kinds}
    return {**merged, **newer}


def contain_parts(units: dict[str, int]) -> dict[str, int]:
    """Take the known parts of input and output out of them, and fill in a missing total.

    For counters that are reported one by one, as OpenTelemetry does, where cached, reasoning and audio tokens are counted
    inside input and output. Not every producer does so: a total that has them beside, or parts that are larger than what
    would contain them, say that they are beside. Counters of other names are details that no total contains.
    """
    result = dict(units)
    given_total = result.pop("total", None)
    parts = {whole: {name: result[name] for name in names if name in result} for whole, names in CONTAINED_PARTS.items()}
    _part_writes(parts["input"], result)
    for whole, inside in parts.items():
        if inside and not _is_beside(whole, inside, result, given_total):
            take_out_parts(result, whole, inside)
    if given_total is None and result:
        counted = [result[name] for name in _COUNTED if name in result]
        given_total = min(sum(counted or result.values()), UNITS_MAX)
    if given_total is not None:
        result["total"] = given_total
    return result


def _part_writes(inside: dict[str, int], result: dict[str, int]) -> None:
    """Take the lifetimes of cache writes out of their sum."""
    lifetimes = inside.get("input_cache_creation_5m", 0) + inside.get("input_cache_creation_1h", 0)
    if lifetimes and "input_cache_creation" in inside:
        inside["input_cache_creation"] = result["input_cache_creation"] = max(inside["input_cache_creation"] - lifetimes, 0)


def _is_beside(whole: str, inside: Mapping[str, int], counts: Mapping[str, int], total: int | None) -> bool:
    """Say whether parts are counted beside ``whole``: by the total, if it tells, else by their being too many."""
    count = sum(inside.values())
    if whole in counts and count > counts[whole]:
        return True
    other = "output" if whole == "input" else "input"
    if total is None or not count or whole not in counts or other not in counts:
        return False
    return total == counts[whole] + count + counts[other]


def parse_units(value: Any) -> int | None:  # any JSON value
    """Return a count as an int clamped to ``UNITS_MAX``: integers, integral floats, and text of either; else ``None``."""
    if value.__class__ is int:
        return min(value, UNITS_MAX) if value >= 0 else None
    if value.__class__ is float:
        return min(int(value), UNITS_MAX) if 0 <= value < float("inf") and value.is_integer() else None
    if isinstance(value, str) and _NUMBER.fullmatch(value.strip()):
        number = Decimal(value.strip())
        return int(min(number, Decimal(UNITS_MAX))) if number == number.to_integral_value() else None
    return None


def _as_mapping(value: Any) -> Mapping[str, Any] | None:
    if isinstance(value, str) and value.lstrip().startswith("{"):
        try:
            value = msgspec.json.decode(value)
        except (msgspec.DecodeError, RecursionError):
            return None
    return value if isinstance(value, Mapping) else None


def _leaves(source: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """Yield non-null leaves with keys joined by ``_``; lists of ``{modality, tokenCount}`` are named by their modality."""
    stack: list[tuple[str, Any, int]] = [(key, raw, 0) for key, raw in reversed(list(source.items()))]
    while stack:
        key, raw, depth = stack.pop()
        if isinstance(raw, Mapping) and depth < _MAX_DEPTH:
            stack.extend((f"{key}_{inner}", value, depth + 1) for inner, value in reversed(list(raw.items())))
        elif isinstance(raw, list) and raw and all(_is_modality_count(item) for item in raw):
            for item in raw:
                yield f"{key}_{str(item['modality']).lower()}", item.get("tokenCount", item.get("token_count"))
        elif isinstance(raw, list) and raw and all(isinstance(item, Mapping) and "ttl" in item for item in raw):
            for item in raw:
                yield f"{key}_{item['ttl']}", item.get("inputTokens", item.get("input_tokens"))
        elif raw is not None:
            yield key, raw


def _is_modality_count(item: object) -> bool:
    return isinstance(item, Mapping) and "modality" in item and ("tokenCount" in item or "token_count" in item)


def _sort_in(key: str, raw: Any, units: dict[str, int], nested: dict[str, int], unrecognised: dict[str, Any]) -> None:
    """Put what stands under one top-level key where it belongs."""
    for leaf, value in _leaves({key: raw}):
        count = None if key in _MONEY_KEYS or len(units) + len(nested) >= USAGE_KEYS_MAX else parse_units(value)
        if count is None:
            unrecognised[leaf] = value
        elif leaf == key:
            units[leaf] = count
        else:
            nested[leaf] = count


def _sort_amounts_in(key: str, raw: Any, usd: dict[str, Decimal], unrecognised: dict[str, Any]) -> None:
    for leaf, value in _leaves({key: raw}):
        amount = _dollars(value) if len(usd) < USAGE_KEYS_MAX else None
        if amount is None:
            unrecognised[leaf] = value
        else:
            usd[leaf] = amount


def _keep_own_keys(units: dict[str, int], nested: dict[str, int]) -> dict[str, int]:
    """Keep a report under its own keys and add what is missing: the nested counts and the total."""
    _take_out_lifetimes(units, nested)
    total = next((units[key] for key in _TOTAL_KEYS if key in units), None)
    if total is None and (units or nested):
        counts = [count for key, count in units.items() if key not in CONTAINED] or list(nested.values())
        total = min(sum(counts), UNITS_MAX)
    for key, count in nested.items():
        units.setdefault(key, count)
    if total is not None:
        units["total"] = total
    return units


def _take_out_lifetimes(units: dict[str, int], nested: dict[str, int]) -> None:
    """Take the lifetimes of cache writes out of their sum; they have prices of their own."""
    for whole, names in _CACHE_WRITES.items():
        parts = {name: nested.pop(key) for key, name in names.items() if key in nested}
        if parts:
            take_out_parts(units, whole, parts)


def _dollars(value: Any) -> Decimal | None:
    if value.__class__ is int or value.__class__ is float:
        if not 0 <= value < _INFINITY:
            return None
        # Formatting rounds to the quantum in one step; building a Decimal and rounding it takes three times as long.
        if value < _COST_SURELY_FITS:
            return Decimal(f"{value:.12f}")
        amount = Decimal(repr(value))
    elif isinstance(value, Decimal):
        if not value.is_finite() or value < 0:
            return None
        amount = value
    elif isinstance(value, str) and _NUMBER.fullmatch(value.strip()):
        amount = Decimal(value.strip())
    else:
        return None
    return min(amount, COST_MAX).quantize(_COST_QUANTUM)
