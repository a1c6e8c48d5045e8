"""Built-in model definitions, made from the price library's data and from our own supplement to them.

Owns the translation: which price is which kind of unit, which variant is which tier, since when a price holds. Matching a
model name with one of them is ``matching``'s.
"""

from __future__ import annotations

import hashlib
import importlib.resources
import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import cache
from typing import TYPE_CHECKING, Any, Final

import msgspec

from spanwise_server.domain.models import (
    STANDARD_TIER,
    AttributeCondition,
    Comparator,
    Condition,
    ModelDefinition,
    PricingTier,
    TimeOfDayCondition,
    UsageCondition,
)
from spanwise_server.domain.observations import Micros
from spanwise_server.domain.usage_keys import UnitKind
from spanwise_server.services.pricing.compiled import CompiledModel
from spanwise_server.services.pricing.price_library import price_map

if TYPE_CHECKING:
    from genai_prices.types import ModelInfo, Provider

INPUT_PATTERN: Final = "input|prompt|cache"
"""Usage keys whose sum is the length of the prompt, which long-context prices depend on."""
RELEASED: Final = 1_700_000_000_000_000
"""When built-in definitions say they were created: a constant, since they belong to the release."""

_M: Final = Decimal(1_000_000)
_K: Final = Decimal(1000)
_HOUR: Final = Decimal(3600)
_KINDS: Final[Mapping[str, tuple[UnitKind, Decimal]]] = {
    "input_mtok": (UnitKind.INPUT, _M),
    "output_mtok": (UnitKind.OUTPUT, _M),
    "cache_read_mtok": (UnitKind.CACHE_READ, _M),
    "cache_write_mtok": (UnitKind.CACHE_WRITE, _M),
    "cache_write_5m_mtok": (UnitKind.CACHE_WRITE_5M, _M),
    "cache_write_1h_mtok": (UnitKind.CACHE_WRITE_1H, _M),
    "input_audio_mtok": (UnitKind.INPUT_AUDIO, _M),
    "input_image_mtok": (UnitKind.INPUT_IMAGE, _M),
    "input_video_mtok": (UnitKind.INPUT_VIDEO, _M),
    "cache_audio_read_mtok": (UnitKind.CACHE_READ_AUDIO, _M),
    "cache_image_read_mtok": (UnitKind.CACHE_READ_IMAGE, _M),
    "cache_video_read_mtok": (UnitKind.CACHE_READ_VIDEO, _M),
    "output_audio_mtok": (UnitKind.OUTPUT_AUDIO, _M),
    "output_image_mtok": (UnitKind.OUTPUT_IMAGE, _M),
    "output_video_mtok": (UnitKind.OUTPUT_VIDEO, _M),
    "output_reasoning_mtok": (UnitKind.REASONING, _M),
    "output_citation_mtok": (UnitKind.OUTPUT_CITATION, _M),
    "web_searches_kcount": (UnitKind.WEB_SEARCH, _K),
    "storage_searches_kcount": (UnitKind.FILE_SEARCH, _K),
    "code_executions_kcount": (UnitKind.CODE_EXECUTION, _K),
    "rerank_searches_kcount": (UnitKind.RERANK_SEARCH, _K),
    "requests_kcount": (UnitKind.REQUEST, _K),
    "input_text_messages_kcount": (UnitKind.INPUT_MESSAGES, _K),
    "input_document_kpages": (UnitKind.DOCUMENT_PAGES, _K),
    "input_annotated_document_kpages": (UnitKind.ANNOTATED_PAGES, _K),
    "input_mchars": (UnitKind.INPUT_CHARACTERS, _M),
    "input_gpixels": (UnitKind.INPUT_PIXELS, Decimal(1_000_000_000)),
    "audio_hours": (UnitKind.AUDIO_SECONDS, _HOUR),
    "input_audio_hours": (UnitKind.INPUT_AUDIO_SECONDS, _HOUR),
    "output_audio_hours": (UnitKind.OUTPUT_AUDIO_SECONDS, _HOUR),
}
"""The library's price keys, what they price, and for how many units."""
_CONTEXT_KEYS: Final = {"processing": "service_tier"}
"""Attributes of the library that clients report under another name: batch is a service tier to Anthropic."""
_EPOCH: Final = date(1970, 1, 1)
_CLAUDE: Final = re.compile("claude")


class BuiltIn(msgspec.Struct, frozen=True):
    """A built-in model: where the library has it, what it says, and its prices made ready."""

    provider: Provider
    info: ModelInfo
    compiled: CompiledModel

    @property
    def definition(self) -> ModelDefinition:
        """The definition, with the prices of today."""
        return self.compiled.definition


def make_built_in(provider: Provider, info: ModelInfo, name: str, *, now: Micros) -> BuiltIn:
    """Translate one model. ``name`` is what lists show; ``now`` decides which of its prices are today's."""
    model_id = "builtin-" + hashlib.sha256(f"{provider.id}/{info.id}".encode()).hexdigest()[:20]
    extra = supplement().get((provider.id, info.id), {})
    eras = [(start, _tiers(info, start, model_id, extra)) for start in _starts(info)]
    current = [tiers for start, tiers in eras if start <= now] or [eras[0][1]]
    definition = ModelDefinition(
        id=model_id,
        project_id=None,
        name=name,
        match_pattern=pattern_of(info.match),
        tiers=current[-1],
        tokenizer_id="claude" if _CLAUDE.search(info.id) else "openai",
        created_at=RELEASED,
        updated_at=RELEASED,
    )
    return BuiltIn(provider, info, CompiledModel(definition, eras if len(eras) > 1 else ()))


@cache
def supplement() -> Mapping[tuple[str, str], Mapping[str, Decimal]]:
    """Return prices that the library lacks, by provider and model, under the library's price keys; they never override."""
    text = importlib.resources.files("spanwise_server.services.pricing").joinpath("supplement.json").read_bytes()
    entries = msgspec.json.decode(text)["models"]
    return {
        (entry["provider"], entry["model"]): {key: Decimal(str(price)) for key, price in entry["prices"].items()}
        for entry in entries
    }


def _since(constraint: Any) -> Micros | None:
    """Return since when a constraint holds; ``None`` for one that is not about a date."""
    start = getattr(constraint, "start_date", None)
    if start is None:
        return 0 if constraint is None else None
    return int(datetime(start.year, start.month, start.day, tzinfo=UTC).timestamp()) * 1_000_000


def _starts(info: ModelInfo) -> list[Micros]:
    entries = [*(info.prices if isinstance(info.prices, list) else ()), *(info.price_variants or ())]
    dates = {_since(entry.constraint) for entry in entries} - {None}
    return sorted({0, *(since for since in dates if since is not None)})


def _tiers(info: ModelInfo, start: Micros, model_id: str, extra: Mapping[str, Decimal]) -> tuple[PricingTier, ...]:
    """Return the tiers that hold from ``start`` on until the next change."""
    own, windows = _standard(info, start)
    standard: dict[str, Any] = {**extra, **own}
    drafts: list[tuple[str, tuple[Condition, ...], Mapping[str, Any]]] = []
    for label, conditions, overrides in _variants(info, start):
        drafts += _by_prompt_length(label, conditions, {**standard, **overrides})
    for label, condition, of_hours in windows:
        drafts += _by_prompt_length(label, (condition,), {**extra, **of_hours})
    drafts += _by_prompt_length("", (), standard)
    default = drafts.pop()
    tiers = [PricingTier(f"{model_id}_tier_default", STANDARD_TIER, _unit_prices(default[2]))]
    for position, (label, conditions, prices) in enumerate(drafts, start=1):
        slug = re.sub("[^a-z0-9]+", "-", label.lower()).strip("-")
        tiers.append(PricingTier(f"{model_id}_tier_{slug}", label, _unit_prices(prices), position, conditions))
    return tuple(tiers)


def _standard(info: ModelInfo, start: Micros) -> tuple[dict[str, Any], list[tuple[str, Condition, dict[str, Any]]]]:
    """Return the prices of anybody, and those of hours of the day that go before them."""
    if not isinstance(info.prices, list):
        return price_map(info.prices), []
    windows: list[tuple[str, Condition, dict[str, Any]]] = []
    for entry in reversed(info.prices):
        since = _since(entry.constraint)
        if since is None:
            hours: Any = entry.constraint  # a TimeOfDateConstraint, since it has no date
            first, last = hours.start_time, hours.end_time
            condition = TimeOfDayCondition(first.hour * 60 + first.minute, last.hour * 60 + last.minute)
            windows.append((f"{first:%H:%M} to {last:%H:%M} UTC", condition, price_map(entry.prices)))
        elif since <= start:
            return price_map(entry.prices), windows
    return price_map(info.prices[0].prices), windows


def _variants(info: ModelInfo, start: Micros) -> Iterable[tuple[str, tuple[Condition, ...], dict[str, Any]]]:
    """Yield the prices of service tiers and the like; those that cost the same are one."""
    merged: list[tuple[str, list[str], dict[str, Any]]] = []
    for variant in info.price_variants or ():
        since, overrides = _since(variant.constraint), price_map(variant.prices)
        if since is None or since > start or not overrides or len(variant.when) != 1:
            continue
        ((key, value),) = variant.when.items()
        key = _CONTEXT_KEYS.get(key, key)
        same = next((values for known, values, prices in merged if known == key and prices == overrides), None)
        if same is None:
            merged.append((key, [value], overrides))
        else:
            same.append(value)
    for key, values, overrides in merged:
        label = ", ".join(values)
        condition = AttributeCondition("model_parameters", key, tuple(values))
        yield label[:1].upper() + label[1:], (condition,), overrides


def _by_prompt_length(
    label: str, conditions: tuple[Condition, ...], prices: Mapping[str, Any]
) -> list[tuple[str, tuple[Condition, ...], Mapping[str, Any]]]:
    """Split prices that depend on the length of the prompt, the longest first; what applies to any length is last."""
    thresholds = {tier.start for price in prices.values() for tier in getattr(price, "tiers", ())}
    drafts: list[tuple[str, tuple[Condition, ...], Mapping[str, Any]]] = []
    for threshold in sorted(thresholds, reverse=True):
        length = UsageCondition(INPUT_PATTERN, Comparator.GT, Decimal(threshold))
        longer = {key: _at(price, threshold + 1) for key, price in prices.items()}
        name = f"over {threshold // 1000}k input" if threshold % 1000 == 0 else f"over {threshold} input"
        drafts.append((f"{label}, {name}" if label else name[:1].upper() + name[1:], (*conditions, length), longer))
    drafts.append((label, conditions, {key: _at(price, 0) for key, price in prices.items()}))
    return drafts


def _at(price: Any, length: int) -> Decimal:
    """Return a price for a prompt of ``length`` tokens."""
    chosen: Decimal = getattr(price, "base", price)
    for tier in getattr(price, "tiers", ()):
        if length > tier.start:
            chosen = tier.price
    return chosen


def _unit_prices(prices: Mapping[str, Any]) -> dict[str, Decimal]:
    """Return USD for one unit by usage key; prices for what we do not count are left out."""
    found = {}
    for key, price in prices.items():
        if key in _KINDS:
            kind, per = _KINDS[key]
            found[kind.value] = (price / per).normalize()
    return found


def unknown_price_keys(providers: Sequence[Provider]) -> list[str]:
    """Return the price keys of a file that this version does not understand."""
    from spanwise_server.services.pricing.price_library import all_prices  # noqa: PLC0415 - keeps the two halves apart

    known = _KINDS.keys()
    keys = {key for p in providers for model in p.models for prices in all_prices(model) for key in prices if key not in known}
    return sorted(keys)


def pattern_of(match: Any) -> str:  # the library's clauses
    """Return a matching rule as a regular expression, for people to read: matching itself runs the rule."""
    return f"(?i){_clause(match)}"


def _clause(match: Any) -> str:
    for name, form in (("equals", "^{}$"), ("starts_with", "^{}"), ("ends_with", "{}$"), ("contains", "{}")):
        text = getattr(match, name, None)
        if text is not None:
            return form.format(re.escape(text).replace("\\-", "-"))
    regex = getattr(match, "regex", None)
    if regex is not None:
        return str(regex)
    options = getattr(match, "or_", None)
    if options is not None:
        return "(?:" + "|".join(map(_clause, options)) + ")"
    return "".join(f"(?=.*{_clause(part)})" if "^" not in _clause(part) else f"(?={_clause(part)})" for part in match.and_)
