"""What the keys of a usage map mean: every spelling that clients use, and the one kind of unit each stands for.

Owns the vocabulary of pricing. A key that is not listed is no error: it is kept, and priced only where a model prices it
under the same name. Spellings: those of the Langfuse API's own price list, and of the providers' usage reports.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Final


class UnitKind(StrEnum):
    """A kind of unit that has a price of its own somewhere. The value is the key under which built-in prices show it."""

    INPUT = "input"
    CACHE_READ = "input_cached_tokens"
    CACHE_WRITE = "input_cache_creation"
    CACHE_WRITE_5M = "input_cache_creation_5m"
    CACHE_WRITE_1H = "input_cache_creation_1h"
    INPUT_AUDIO = "input_audio_tokens"
    INPUT_IMAGE = "input_image_tokens"
    INPUT_VIDEO = "input_video_tokens"
    CACHE_READ_AUDIO = "input_cached_audio_tokens"
    CACHE_READ_IMAGE = "input_cached_image_tokens"
    CACHE_READ_VIDEO = "input_cached_video_tokens"
    OUTPUT = "output"
    REASONING = "output_reasoning_tokens"
    OUTPUT_AUDIO = "output_audio_tokens"
    OUTPUT_IMAGE = "output_image_tokens"
    OUTPUT_VIDEO = "output_video_tokens"
    OUTPUT_CITATION = "output_citation_tokens"
    WEB_SEARCH = "web_search_queries"
    FILE_SEARCH = "file_search_queries"
    CODE_EXECUTION = "code_executions"
    RERANK_SEARCH = "rerank_searches"
    REQUEST = "requests"
    INPUT_CHARACTERS = "input_characters"
    AUDIO_SECONDS = "audio_seconds"
    INPUT_AUDIO_SECONDS = "input_audio_seconds"
    OUTPUT_AUDIO_SECONDS = "output_audio_seconds"
    INPUT_MESSAGES = "input_text_messages"
    INPUT_PIXELS = "input_pixels"
    DOCUMENT_PAGES = "input_document_pages"
    ANNOTATED_PAGES = "input_annotated_document_pages"
    TOTAL = "total"


FALLBACKS: Final[Mapping[UnitKind, UnitKind]] = {
    UnitKind.CACHE_READ: UnitKind.INPUT,
    UnitKind.CACHE_WRITE: UnitKind.INPUT,
    UnitKind.CACHE_WRITE_5M: UnitKind.CACHE_WRITE,
    UnitKind.CACHE_WRITE_1H: UnitKind.CACHE_WRITE,
    UnitKind.INPUT_AUDIO: UnitKind.INPUT,
    UnitKind.INPUT_IMAGE: UnitKind.INPUT,
    UnitKind.INPUT_VIDEO: UnitKind.INPUT,
    UnitKind.CACHE_READ_AUDIO: UnitKind.CACHE_READ,
    UnitKind.CACHE_READ_IMAGE: UnitKind.CACHE_READ,
    UnitKind.CACHE_READ_VIDEO: UnitKind.CACHE_READ,
    UnitKind.REASONING: UnitKind.OUTPUT,
    UnitKind.OUTPUT_AUDIO: UnitKind.OUTPUT,
    UnitKind.OUTPUT_IMAGE: UnitKind.OUTPUT,
    UnitKind.OUTPUT_VIDEO: UnitKind.OUTPUT,
    UnitKind.OUTPUT_CITATION: UnitKind.OUTPUT,
    UnitKind.INPUT_AUDIO_SECONDS: UnitKind.AUDIO_SECONDS,
    UnitKind.OUTPUT_AUDIO_SECONDS: UnitKind.AUDIO_SECONDS,
}
"""Whose price a kind without one of its own has: a provider that lists no price for reasoning bills it as output."""

_INPUT_SPELLINGS: Final = {
    UnitKind.INPUT: (
        "input input_tokens prompt_tokens promptTokens inputTokens prompt_token_count promptTokenCount input_text "
        "input_text_tokens input_modality_1 tool_use_prompt_token_count toolUsePromptTokenCount prompt_eval_count prompt "
        "input_modality_5 input_tool_tokens"
    ),
    UnitKind.CACHE_READ: (
        "input_cached_tokens input_cache_read cache_read_input_tokens input_cached_text_tokens cached_content_token_count "
        "cachedContentTokenCount cachedInputTokens cached_input_tokens cacheReadInputTokens cacheReadInputTokenCount "
        "cached_tokens cache_read cache_read_tokens input_cache_read_tokens prompt_cache_hit_tokens input_cached "
        "cacheReadTokens cachedTokens"
    ),
    UnitKind.CACHE_WRITE: (
        "input_cache_creation cache_creation_input_tokens cache_write_tokens input_cache_write cacheWriteInputTokens "
        "cacheCreationInputTokens cacheWriteInputTokenCount input_cache_write_tokens cache_creation cache_creation_tokens "
        "cache_write_input_tokens input_cache_creation_tokens cacheWriteTokens"
    ),
    UnitKind.CACHE_WRITE_5M: (
        "input_cache_creation_5m ephemeral_5m_input_tokens input_ephemeral_5m_input_tokens cache_write_5m_tokens "
        "cache_creation_ephemeral_5m_input_tokens"
    ),
    UnitKind.CACHE_WRITE_1H: (
        "input_cache_creation_1h ephemeral_1h_input_tokens input_ephemeral_1h_input_tokens cache_write_1h_tokens "
        "cache_creation_ephemeral_1h_input_tokens"
    ),
    UnitKind.INPUT_AUDIO: "input_audio_tokens input_audio input_modality_4",
    UnitKind.INPUT_IMAGE: "input_image_tokens input_image input_modality_2",
    UnitKind.INPUT_VIDEO: "input_video_tokens input_video input_modality_3",
    UnitKind.CACHE_READ_AUDIO: "input_cached_audio_tokens input_cached_audio",
    UnitKind.CACHE_READ_IMAGE: "input_cached_image_tokens input_cached_image",
    UnitKind.CACHE_READ_VIDEO: "input_cached_video_tokens",
    UnitKind.INPUT_CHARACTERS: "input_characters",
    UnitKind.INPUT_AUDIO_SECONDS: "input_audio_seconds",
    UnitKind.INPUT_MESSAGES: "input_text_messages",
    UnitKind.INPUT_PIXELS: "input_pixels",
    UnitKind.DOCUMENT_PAGES: "input_document_pages pages_processed",
    UnitKind.ANNOTATED_PAGES: "input_annotated_document_pages",
}
_OUTPUT_SPELLINGS: Final = {
    UnitKind.OUTPUT: (
        "output output_tokens completion_tokens completionTokens outputTokens candidates_token_count candidatesTokenCount "
        "responseTokenCount response_token_count output_text output_text_tokens output_modality_1 eval_count completion "
        "output_accepted_prediction_tokens output_rejected_prediction_tokens accepted_prediction_tokens "
        "rejected_prediction_tokens acceptedPredictionTokens rejectedPredictionTokens"
    ),
    UnitKind.REASONING: (
        "output_reasoning_tokens output_reasoning reasoning_tokens reasoningTokens thoughts_token_count thoughtsTokenCount "
        "thoughts_tokens reasoning_output_tokens output_thinking_tokens"
    ),
    UnitKind.OUTPUT_AUDIO: "output_audio_tokens output_audio output_modality_4",
    UnitKind.OUTPUT_IMAGE: "output_image_tokens output_image output_modality_2",
    UnitKind.OUTPUT_VIDEO: "output_video_tokens output_video output_modality_3",
    UnitKind.OUTPUT_CITATION: "output_citation_tokens citation_tokens",
    UnitKind.OUTPUT_AUDIO_SECONDS: "output_audio_seconds",
}
_OTHER_SPELLINGS: Final = {
    UnitKind.WEB_SEARCH: (
        "web_search_queries webSearchQueries grounding_queries groundingQueries web_search_requests web_searches "
        "server_tool_use_web_search_requests num_search_queries server_tool_use_web_search"
    ),
    UnitKind.FILE_SEARCH: "file_search_queries storage_searches",
    UnitKind.CODE_EXECUTION: "code_executions",
    UnitKind.RERANK_SEARCH: "rerank_searches search_units",
    UnitKind.REQUEST: "requests request",
    UnitKind.AUDIO_SECONDS: "audio_seconds prompt_audio_seconds",
    UnitKind.TOTAL: "total total_tokens totalTokens totalTokenCount total_token_count",
}


def _by_spelling(table: Mapping[UnitKind, str]) -> dict[str, UnitKind]:
    return {spelling: kind for kind, spellings in table.items() for spelling in spellings.split()}


_INPUT_KINDS: Final = _by_spelling(_INPUT_SPELLINGS)
_OUTPUT_KINDS: Final = _by_spelling(_OUTPUT_SPELLINGS)
KINDS: Final[Mapping[str, UnitKind]] = {**_INPUT_KINDS, **_OUTPUT_KINDS, **_by_spelling(_OTHER_SPELLINGS)}
"""Spelling to kind."""

_MODALITIES: Final = {
    "text": (UnitKind.INPUT, UnitKind.CACHE_READ, UnitKind.OUTPUT),
    "document": (UnitKind.INPUT, UnitKind.CACHE_READ, UnitKind.OUTPUT),
    "audio": (UnitKind.INPUT_AUDIO, UnitKind.CACHE_READ_AUDIO, UnitKind.OUTPUT_AUDIO),
    "image": (UnitKind.INPUT_IMAGE, UnitKind.CACHE_READ_IMAGE, UnitKind.OUTPUT_IMAGE),
    "video": (UnitKind.INPUT_VIDEO, UnitKind.CACHE_READ_VIDEO, UnitKind.OUTPUT_VIDEO),
}
_DETAIL_STEMS: Final = (
    ("promptTokensDetails", "prompt_tokens_details"),
    ("cacheTokensDetails", "cache_tokens_details"),
    ("candidatesTokensDetails", "candidates_tokens_details"),
)
CONTAINED: Final[Mapping[str, UnitKind]] = {
    "cachedContentTokenCount": UnitKind.CACHE_READ,
    "cached_content_token_count": UnitKind.CACHE_READ,
    **{
        f"{stem}_{modality}": kinds[position]
        for position, stems in enumerate(_DETAIL_STEMS)
        for stem in stems
        for modality, kinds in _MODALITIES.items()
    },
}
"""Counts that Gemini reports inside its prompt and candidate counts, by key: parts of those, never beside them."""
_CONTAINED_INPUT: Final = frozenset(key for key in CONTAINED if not key.startswith("candidates"))

OTHER_INPUT: Final[tuple[str, ...]] = tuple(key for key in _INPUT_KINDS if "input" not in key and key not in CONTAINED)
"""Keys that count input without having the word in them; the Langfuse API's reading rule alone would show none."""
OTHER_OUTPUT: Final[tuple[str, ...]] = tuple(key for key in _OUTPUT_KINDS if "output" not in key)
"""Likewise for output."""
OTHER_INPUT_COST: Final[tuple[str, ...]] = (*OTHER_INPUT, *sorted(_CONTAINED_INPUT))
"""Keys under which costs of input stand: what contains each other as counts does not as costs."""
OTHER_OUTPUT_COST: Final[tuple[str, ...]] = (*OTHER_OUTPUT, *sorted(CONTAINED.keys() - _CONTAINED_INPUT))
_BY_DIRECTION: Final = {"input": frozenset(OTHER_INPUT), "output": frozenset(OTHER_OUTPUT)}
_COSTS_BY_DIRECTION: Final = {"input": frozenset(OTHER_INPUT_COST), "output": frozenset(OTHER_OUTPUT_COST)}


def counts_for(key: str, direction: str) -> bool:
    """Say whether a usage key counts units of ``direction``, which is ``input`` or ``output``."""
    return direction in key or key in _BY_DIRECTION[direction]


def costs_for(key: str, direction: str) -> bool:
    """Say whether a cost key holds the cost of ``direction``."""
    return direction in key or key in _COSTS_BY_DIRECTION[direction]
