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

UNITS_MAX: Final = 2**64 - 1
"""Units are kept as unsigned 64-bit integers; a larger count is clamped."""
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
_CONTAINED_KEYS: Final = frozenset({"cachedContentTokenCount", "cached_content_token_count"})
"""Gemini counts these inside its prompt count, so a computed total must not add them again."""
_ANTHROPIC_KEYS: Final = frozenset(
    {"cache_creation_input_tokens", "cache_read_input_tokens", "cache_creation", "server_tool_use"}
)
_ANTHROPIC_CACHE_PARTS: Final = {
    "cache_creation_ephemeral_5m_input_tokens": "input_cache_creation_5m",
    "cache_creation_ephemeral_1h_input_tokens": "input_cache_creation_1h",
}
_DETAIL_ALIASES: Final = {
    "cacheReadTokens": "cache_read",
    "cacheWriteTokens": "cache_creation",
    "cachedTokens": "cached_tokens",
    "reasoningTokens": "reasoning_tokens",
    "audioTokens": "audio_tokens",
}
_PARTS: Final = {
    "input": ("input_cached_tokens", "input_cache_creation", "input_audio_tokens"),
    "output": ("output_reasoning_tokens", "output_audio_tokens"),
}
_COUNTED: Final = ("input", "output", *_PARTS["input"], *_PARTS["output"])
_REMAINDERS: Final = frozenset({"noCacheTokens", "no_cache_tokens"})
"""Details that say what is left after the others; as parts they would leave nothing."""


class Usage(msgspec.Struct, frozen=True, gc=False):
    """Whole units by usage key; ``total`` is present whenever any count is known."""

    units: dict[str, int] = {}
    unrecognised: dict[str, Any] = {}  # JSON values as they were sent
    """What was in the usage and is not a count (text, negative or fractional numbers…), by its flattened key."""


class Cost(msgspec.Struct, frozen=True, gc=False):
    """US dollars by cost key; ``total`` is present in ``usd`` whenever any amount is known, and equals the field."""

    usd: dict[str, Decimal] = {}
    total: Decimal | None = None
    unrecognised: dict[str, Any] = {}  # JSON values as they were sent


class _Shape(msgspec.Struct, frozen=True):
    """Names of one family of usage reports whose details are counted inside input and output."""

    input: str
    output: str
    total: str
    input_details: tuple[str, ...]
    output_details: tuple[str, ...]


_SHAPES: Final = (
    _Shape(
        "prompt_tokens",
        "completion_tokens",
        "total_tokens",
        ("prompt_tokens_details", "prompt_token_details", "input_tokens_details"),
        ("completion_tokens_details", "completion_token_details", "output_tokens_details"),
    ),
    _Shape(
        "input_tokens",
        "output_tokens",
        "total_tokens",
        ("input_tokens_details", "input_token_details"),
        ("output_tokens_details", "output_token_details"),
    ),
    _Shape("promptTokens", "completionTokens", "totalTokens", ("promptTokensDetails",), ("completionTokensDetails",)),
    _Shape("inputTokens", "outputTokens", "totalTokens", ("inputTokenDetails",), ("outputTokenDetails",)),
)
_INSIDE_INPUT: Final = {
    "cache_read_input_tokens": "input_cached_tokens",
    "cachedInputTokens": "input_cached_tokens",
    "cache_creation_input_tokens": "input_cache_creation",
}
_INSIDE_OUTPUT: Final = {"reasoningTokens": "output_reasoning_tokens"}


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
    for shape in _SHAPES:
        if shape.input in units or shape.output in units:
            if shape.input == "input_tokens" and not _ANTHROPIC_KEYS.isdisjoint(source):
                break
            return Usage(_flatten_shape(shape, units, nested), unrecognised)
    return Usage(_keep_own_keys(units, nested), unrecognised)


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


def contain_parts(units: dict[str, int]) -> dict[str, int]:
    """Take the known parts of input and output out of them, and fill in a missing total.

    For counters that are reported one by one, as OpenTelemetry does, where cached, reasoning and audio tokens are counted
    inside input and output. Counters of other names are details that no total contains.
    """
    result = dict(units)
    given_total = result.pop("total", None)
    for whole, names in _PARTS.items():
        take_out_parts(result, whole, {name: result[name] for name in names if name in result})
    if given_total is None and result:
        counted = [result[name] for name in _COUNTED if name in result]
        given_total = min(sum(counted or result.values()), UNITS_MAX)
    if given_total is not None:
        result["total"] = given_total
    return result


def take_out_parts(units: dict[str, int], whole: str, parts: Mapping[str, int]) -> None:
    """Add ``parts`` to ``units`` and subtract them from ``units[whole]``, never below 0."""
    left = units.get(whole)
    for key, count in parts.items():
        units[key] = count
        if left is not None:
            left -= count
    if left is not None:
        units[whole] = max(left, 0)


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


def _flatten_shape(shape: _Shape, units: dict[str, int], nested: dict[str, int]) -> dict[str, int]:
    """Rename a report whose details are contained in input and output."""
    result = {}
    if shape.input in units:
        result["input"] = units.pop(shape.input)
    if shape.output in units:
        result["output"] = units.pop(shape.output)
    inside_input = _pop_details(nested, shape.input_details, "input_")
    inside_output = _pop_details(nested, shape.output_details, "output_")
    # Gateways repeat a detail under the name that another vendor gives it: the same tokens must not be counted twice.
    for aliases, inside in ((_INSIDE_INPUT, inside_input), (_INSIDE_OUTPUT, inside_output)):
        for alias, name in aliases.items():
            if alias in units:
                inside.setdefault(name, units.pop(alias))
    take_out_parts(result, "input", inside_input)
    take_out_parts(result, "output", inside_output)
    total = _pop_total(units, shape.total)
    result["total"] = min(sum(result.values()), UNITS_MAX) if total is None else total
    for rest in (units, nested):
        for key, count in rest.items():
            result.setdefault(key, count)
    return result


def _pop_total(units: dict[str, int], own_name: str) -> int | None:
    given = units.pop(own_name, None)
    return units.pop("total", given)


def _pop_details(nested: dict[str, int], outer_keys: tuple[str, ...], prefix: str) -> dict[str, int]:
    details: dict[str, int] = {}
    for outer in outer_keys:
        for key in [key for key in nested if key.startswith(outer + "_")]:
            name = key[len(outer) + 1 :]
            count = nested.pop(key)
            if name not in _REMAINDERS:
                details[prefix + _DETAIL_ALIASES.get(name, name)] = count
    return details


def _keep_own_keys(units: dict[str, int], nested: dict[str, int]) -> dict[str, int]:
    """Keep a report under its own keys and add what is missing: the nested counts and the total."""
    parts = {name: nested.pop(key) for key, name in _ANTHROPIC_CACHE_PARTS.items() if key in nested}
    if "cache_creation_input_tokens" in units:
        take_out_parts(units, "cache_creation_input_tokens", parts)
    else:
        units.update(parts)
    total = next((units[key] for key in _TOTAL_KEYS if key in units), None)
    if total is None and (units or nested):
        counts = [count for key, count in units.items() if key not in _CONTAINED_KEYS] or list(nested.values())
        total = min(sum(counts), UNITS_MAX)
    for key, count in nested.items():
        units.setdefault(key, count)
    if total is not None:
        units["total"] = total
    return units


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
