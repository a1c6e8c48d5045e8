"""From a usage map, whose counts may contain each other, to counts of which each unit is in exactly one.

Reports differ in whether details (cached, reasoning, audio…) are counted inside input and output or beside them. Decoding has
already taken apart what it could recognise by its shape (``ingest.usage``); what is left are maps under their senders' own
keys. The rules here:

1. Gemini's cached and modality counts are inside its prompt and candidate counts, by their definition.
2. Anthropic's and Bedrock's cache counts are beside the input, by their definition.
3. Of other details, a total that is the sum of input and output alone says that they are inside; one that is the sum of
   everything says that they are beside. Details larger than what would contain them are beside.
4. Without such evidence every key counts for itself, as the Langfuse API defines it.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Final

import msgspec

from spanwise_server.domain.usage_keys import CONTAINED, KINDS, UnitKind

_INPUT_DETAILS: Final = frozenset(
    {
        *(UnitKind.CACHE_READ, UnitKind.CACHE_WRITE, UnitKind.CACHE_WRITE_5M, UnitKind.CACHE_WRITE_1H),
        *(UnitKind.INPUT_AUDIO, UnitKind.INPUT_IMAGE, UnitKind.INPUT_VIDEO),
        *(UnitKind.CACHE_READ_AUDIO, UnitKind.CACHE_READ_IMAGE, UnitKind.CACHE_READ_VIDEO),
    }
)
_OUTPUT_DETAILS: Final = frozenset(
    {UnitKind.REASONING, UnitKind.OUTPUT_AUDIO, UnitKind.OUTPUT_IMAGE, UnitKind.OUTPUT_VIDEO, UnitKind.OUTPUT_CITATION}
)
_ALWAYS_BESIDE: Final = frozenset(
    {
        *("cache_read_input_tokens", "cache_creation_input_tokens", "cacheReadInputTokens", "cacheWriteInputTokens"),
        *("cacheCreationInputTokens", "cacheReadInputTokenCount", "cacheWriteInputTokenCount"),
        *("ephemeral_5m_input_tokens", "ephemeral_1h_input_tokens"),
    }
)
_CACHED_OF: Final = {
    UnitKind.INPUT_AUDIO: UnitKind.CACHE_READ_AUDIO,
    UnitKind.INPUT_IMAGE: UnitKind.CACHE_READ_IMAGE,
    UnitKind.INPUT_VIDEO: UnitKind.CACHE_READ_VIDEO,
}


class KeyPlan(msgspec.Struct, frozen=True):
    """What is known of a usage map from its keys alone; reports of one client have the same keys again and again."""

    kinds: tuple[tuple[str, UnitKind | None], ...]
    """Key and kind of everything that counts for itself, the total left out."""
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    input_details: tuple[str, ...]
    output_details: tuple[str, ...]
    contained: tuple[tuple[str, UnitKind], ...]
    counted: tuple[str, ...]
    """Everything that a total may be the sum of."""
    total: str | None
    is_plain: bool
    """Nothing can contain anything else."""


Units = tuple[str, UnitKind | None, int]
"""Usage key, its kind, and how many units of it are counted nowhere else."""


@lru_cache(maxsize=4096)
def plan_keys(keys: tuple[str, ...]) -> KeyPlan:
    """Sort the keys of a usage map by what they mean."""
    kinds: list[tuple[str, UnitKind | None]] = []
    contained: list[tuple[str, UnitKind]] = []
    total = None
    names = set(keys)
    for key in keys:
        kind = KINDS.get(key)
        if kind is UnitKind.TOTAL:
            total = key if total is None or key == "total" else total
        elif key in CONTAINED and _has_container(key, names):
            contained.append((key, CONTAINED[key]))
        elif not (key in CONTAINED and kind is None):
            kinds.append((key, kind))
    inputs = tuple(key for key, kind in kinds if kind is UnitKind.INPUT)
    outputs = tuple(key for key, kind in kinds if kind is UnitKind.OUTPUT)
    input_details = tuple(key for key, kind in kinds if kind in _INPUT_DETAILS and key not in _ALWAYS_BESIDE)
    output_details = tuple(key for key, kind in kinds if kind in _OUTPUT_DETAILS)
    return KeyPlan(
        kinds=tuple(kinds),
        inputs=inputs,
        outputs=outputs,
        input_details=input_details,
        output_details=output_details,
        contained=tuple(contained),
        counted=(*inputs, *outputs, *input_details, *output_details),
        total=total,
        is_plain=not contained and (total is None or not (input_details or output_details)),
    )


def _has_container(key: str, names: set[str]) -> bool:
    if key.startswith("candidates"):
        return not names.isdisjoint({"candidatesTokenCount", "candidates_token_count"})
    return not names.isdisjoint({"promptTokenCount", "prompt_token_count"})


def priced_units(usage: Mapping[str, int]) -> list[Units]:
    """Return the units of ``usage``, each counted once; the total is not among them."""
    plan = plan_keys(tuple(usage))
    if plan.is_plain or (not plan.contained and usage[plan.total or ""] >= sum(map(usage.__getitem__, plan.counted))):
        return [(key, kind, usage[key]) for key, kind in plan.kinds]
    left = {key: usage[key] for key, _ in plan.kinds}
    kinds = dict(plan.kinds)
    if plan.contained:
        _take_out_contained(plan, usage, left, kinds)
    if plan.total is not None:
        _take_out_details(plan, usage, left)
    return [(key, kind, left[key]) for key, kind in kinds.items()]


def _take_out_contained(
    plan: KeyPlan, usage: Mapping[str, int], left: dict[str, int], kinds: dict[str, UnitKind | None]
) -> None:
    """Split Gemini's prompt and candidates by cache and modality."""
    parts: dict[UnitKind, tuple[str, int]] = {}
    for key, kind in plan.contained:
        if kind not in (UnitKind.INPUT, UnitKind.OUTPUT) and not (kind is UnitKind.CACHE_READ and "etails" in key):
            parts.setdefault(kind, (key, usage[key]))
    for kind, cached in _CACHED_OF.items():
        # Its cached part is counted in the modality and in the cache; it is neither's, but its own.
        if kind in parts and cached in parts:
            key, count = parts[kind]
            parts[kind] = (key, max(count - parts[cached][1], 0))
    if UnitKind.CACHE_READ in parts:
        key, count = parts[UnitKind.CACHE_READ]
        of_modalities = sum(parts[cached][1] for cached in _CACHED_OF.values() if cached in parts)
        parts[UnitKind.CACHE_READ] = (key, max(count - of_modalities, 0))
    for kind, (key, count) in parts.items():
        whole = next(iter(plan.outputs if kind in _OUTPUT_DETAILS else plan.inputs), None)
        taken = count if whole is None else min(count, left[whole])
        if whole is not None:
            left[whole] -= taken
        left[key] = taken
        kinds[key] = kind


def _take_out_details(plan: KeyPlan, usage: Mapping[str, int], left: dict[str, int]) -> None:
    """Subtract details from input and output where the total shows that they are counted inside."""
    wholes = sum(usage[key] for key in (*plan.inputs, *plan.outputs))
    inside_input = sum(usage[key] for key in plan.input_details)
    inside_output = sum(usage[key] for key in plan.output_details)
    beside = usage[plan.total or ""] - wholes
    if beside < 0 or beside >= inside_input + inside_output:
        return
    for keys, details, count, rest in (
        (plan.inputs, plan.input_details, inside_input, inside_output),
        (plan.outputs, plan.output_details, inside_output, inside_input),
    ):
        # Nothing is beside; or exactly the other direction's details are, so these are not.
        fits = bool(keys and details) and 0 < count <= sum(usage[key] for key in keys)
        if fits and (beside == 0 or (beside == rest and beside != count)):
            _subtract(left, keys, count)


def _subtract(left: dict[str, int], keys: tuple[str, ...], count: int) -> None:
    for key in keys:
        taken = min(left[key], count)
        left[key] -= taken
        count -= taken
