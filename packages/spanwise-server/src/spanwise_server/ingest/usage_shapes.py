"""Usage reports whose details are counted inside input and output: OpenAI's, and all that follow it.

Owns the names of those shapes and how their details come apart, so that every token is in exactly one count. Which map is
such a report is decided in ``usage``.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import msgspec

from spanwise_server.domain.usage_keys import UnitKind

UNITS_MAX: Final = 2**64 - 1
"""Units are kept as unsigned 64-bit integers; a larger count is clamped."""


class Shape(msgspec.Struct, frozen=True):
    """Names of one family of usage reports."""

    input: str
    output: str
    total: str
    input_details: tuple[str, ...]
    output_details: tuple[str, ...]


SHAPES: Final = (
    Shape(
        "prompt_tokens",
        "completion_tokens",
        "total_tokens",
        ("prompt_tokens_details", "prompt_token_details", "input_tokens_details", "input_token_details"),
        ("completion_tokens_details", "completion_token_details", "output_tokens_details", "output_token_details"),
    ),
    Shape(
        "input_tokens",
        "output_tokens",
        "total_tokens",
        ("input_tokens_details", "input_token_details"),
        ("output_tokens_details", "output_token_details"),
    ),
    Shape("promptTokens", "completionTokens", "totalTokens", ("promptTokensDetails",), ("completionTokensDetails",)),
    Shape("inputTokens", "outputTokens", "totalTokens", ("inputTokenDetails",), ("outputTokenDetails",)),
)

_DETAIL_ALIASES: Final = {
    "cacheReadTokens": "cache_read",
    "cacheWriteTokens": "cache_creation",
    "cachedTokens": "cached_tokens",
    "reasoningTokens": "reasoning_tokens",
    "audioTokens": "audio_tokens",
    "cache_creation_tokens": "cache_creation",
    "cache_write_tokens": "cache_creation",
    "cache_creation_token_details_ephemeral_5m_input_tokens": "cache_creation_5m",
    "cache_creation_token_details_ephemeral_1h_input_tokens": "cache_creation_1h",
    "ephemeral_5m_input_tokens": "cache_creation_5m",
    "ephemeral_1h_input_tokens": "cache_creation_1h",
    "cached_tokens_details_audio_tokens": "cached_audio_tokens",
    "cached_tokens_details_image_tokens": "cached_image_tokens",
    "cached_tokens_internal": "cached_tokens",
}
_REMAINDERS: Final = frozenset(
    {"noCacheTokens", "no_cache_tokens", "textTokens", "cached_tokens_details_text_tokens", "priority", "flex"}
)
"""Details that say what is left after the others; as parts they would leave nothing."""
_SERVICE_TIERS: Final = ("priority_", "flex_")
"""LangChain puts the tier before the name of a detail."""
_INSIDE_INPUT: Final = {
    "cache_read_input_tokens": "input_cached_tokens",
    "cachedInputTokens": "input_cached_tokens",
    "cached_input_tokens": "input_cached_tokens",
    "prompt_cache_hit_tokens": "input_cached_tokens",
    "num_cached_tokens": "input_cached_tokens",
    "cached_tokens": "input_cached_tokens",
    "cache_creation_input_tokens": "input_cache_creation",
}
_INSIDE_OUTPUT: Final = {"reasoningTokens": "output_reasoning_tokens", "reasoning_tokens": "output_reasoning_tokens"}
_BESIDE_EVERYTHING: Final = frozenset(
    {
        *("cacheReadInputTokens", "cacheWriteInputTokens", "cacheCreationInputTokens"),
        *("input_cache_creation_5m", "input_cache_creation_1h"),
    }
)
"""Bedrock's cache counts; lifetimes have been taken out of writes by now and stand beside them."""
_CACHED: Final = ("input_cached_tokens", "input_cache_read")
_GIVING_WAY: Final = {
    "input": ("input_text_tokens", "input_audio_tokens", "input_image_tokens"),
    "output": ("output_text_tokens", "output_audio_tokens", "output_image_tokens"),
}
"""Modalities that also count what is cached or reasoning, in the order in which they give that up: text is the likeliest."""


def flatten(shape: Shape, units: dict[str, int], nested: dict[str, int]) -> dict[str, int]:
    """Rename a report of ``shape`` and take its details out of input and output.

    Args:
        shape: Whose names the report uses.
        units: Its top-level counts; those that are understood are removed.
        nested: Its nested counts by joined key; likewise.

    Returns:
        ``input``, ``output``, ``total``, ``input_<detail>``, ``output_<detail>``, then what was not understood.
    """
    result: dict[str, int] = {}
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
                _set_unless_known(inside, name, units.pop(alias))
    _part_cache(inside_input)
    total = units.pop(shape.total, None)
    total = units.pop("total", total)
    if inside_input or inside_output:
        _take_out(result, inside_input, inside_output, total)
    beside = sum(count for key, count in units.items() if key in _BESIDE_EVERYTHING)
    result["total"] = min(sum(result.values()) + beside, UNITS_MAX) if total is None else total
    for rest in (units, nested):
        for key, count in rest.items():
            result.setdefault(key, count)
    return result


def _set_unless_known(inside: dict[str, int], name: str, count: int) -> None:
    same = _CACHED if name in _CACHED else (name,)
    if not any(key in inside for key in same):
        inside[name] = count


def _part_cache(inside: dict[str, int]) -> None:
    """Take the lifetimes out of cache writes, and the modalities out of cache reads."""
    lifetimes = inside.get("input_cache_creation_5m", 0) + inside.get("input_cache_creation_1h", 0)
    if lifetimes and "input_cache_creation" in inside:
        inside["input_cache_creation"] = max(inside["input_cache_creation"] - lifetimes, 0)
    for modality in ("audio", "image"):
        cached = inside.get(f"input_cached_{modality}_tokens", 0)
        if cached:
            for key in (f"input_{modality}_tokens", "input_cached_tokens"):
                if key in inside:
                    inside[key] = max(inside[key] - cached, 0)


def _take_out(result: dict[str, int], inside_input: dict[str, int], inside_output: dict[str, int], total: int | None) -> None:
    of_input, of_output = sum(inside_input.values()), sum(inside_output.values())
    beside = 0 if total is None else total - result.get("input", 0) - result.get("output", 0)
    # xAI counts reasoning beside the completion; its total says so. Whoever gives no total follows OpenAI.
    is_output_beside = of_output > 0 and beside in (of_output, of_output + of_input)
    is_input_beside = (
        of_input > 0 and not (is_output_beside and beside == of_output) and beside in (of_input, of_output + of_input)
    )
    for whole, inside, is_beside in (("input", inside_input, is_input_beside), ("output", inside_output, is_output_beside)):
        if is_beside:
            result.update(inside)
        else:
            _give_way(inside, result.get(whole), _GIVING_WAY[whole])
            take_out_parts(result, whole, inside)


def _give_way(inside: dict[str, int], whole: int | None, modalities: tuple[str, ...]) -> None:
    """Let modalities shrink where the details together are more than what contains them: they overlap."""
    if whole is None:
        return
    excess = sum(inside.values()) - whole
    for key in modalities:
        if excess > 0 and key in inside:
            taken = min(excess, inside[key])
            inside[key] -= taken
            excess -= taken


def take_out_parts(units: dict[str, int], whole: str, parts: Mapping[str, int]) -> None:
    """Add ``parts`` to ``units`` and subtract them from ``units[whole]``, never below 0."""
    left = units.get(whole)
    for key, count in parts.items():
        units[key] = count
        if left is not None:
            left -= count
    if left is not None:
        units[whole] = max(left, 0)


def _pop_details(nested: dict[str, int], outer_keys: tuple[str, ...], prefix: str) -> dict[str, int]:
    details: dict[str, int] = {}
    for outer in outer_keys:
        for key in [key for key in nested if key.startswith(outer + "_")]:
            name = key[len(outer) + 1 :]
            for tier in _SERVICE_TIERS:
                name = name.removeprefix(tier)
            count = nested.pop(key)
            if name not in _REMAINDERS:
                name = prefix + _DETAIL_ALIASES.get(name, name)
                details[name] = max(count, details.get(name, 0))
    return details


CONTAINED_PARTS: Final = {
    "input": (
        *("input_cached_tokens", "input_cache_creation", "input_cache_creation_5m", "input_cache_creation_1h"),
        *("input_audio_tokens", "input_image_tokens", UnitKind.CACHE_READ_AUDIO.value),
    ),
    "output": ("output_reasoning_tokens", "output_audio_tokens", "output_image_tokens"),
}
"""Parts of counters that are reported one by one."""
