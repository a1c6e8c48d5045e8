"""Counts tokens where nobody reported them. Estimates: marked as such, and never where a usage was reported.

The vocabularies come inside a library's wheel (``bpe-openai``), so nothing is downloaded; its algorithm is linear in the text.
They are OpenAI's; other makers' tokenizers are not public, and differ by a tenth or two. Uses processor time: call it from a
worker thread.
"""

from __future__ import annotations

import re
import warnings
from functools import cache
from typing import Any, Final, Protocol

import msgspec

from spanwise_server.domain.observations import Observation
from spanwise_server.domain.payloads import decode_value

EXACT_CHARACTERS: Final = 128 * 1024
"""Characters of one text that are counted; a longer one is extrapolated from its beginning."""
BUDGET_CHARACTERS: Final = 1024 * 1024
"""Characters counted in one group of rows, which waits for it: a tenth of a second. What exceeds it is estimated by its
length."""
_CHARACTERS_PER_TOKEN: Final = 4
"""A common rule of thumb for English."""
_PIECE: Final = 32 * 1024
_TOKENS_PER_MESSAGE: Final = 3
_TOKENS_PER_NAME: Final = 1
_TOKENS_OF_REPLY: Final = 3
"""What the chat format adds, by OpenAI's description of it."""
_OLDER: Final = re.compile(r"gpt-4(?!o|\.|-?5)|gpt-3\.?5|text-embedding|davinci-002|babbage-002")


class _Encoding(Protocol):
    def count(self, text: str) -> int: ...


@cache
def _encoding(name: str) -> _Encoding:
    # Its compiled part alone: the Python around it reads the vocabulary a second time, for what is not asked here, which
    # took the interpreter a second (eight on a busy machine) in which nothing was acknowledged; this takes a tenth of one.
    with warnings.catch_warnings():
        # It finds its own files by a function that Python calls deprecated.
        warnings.simplefilter("ignore", DeprecationWarning)
        from bpe_openai import (  # type: ignore[import-untyped]  # noqa: PLC0415 - no types; 80 MB for a server that estimates alone
            _bindings,
        )

        encoding: _Encoding = _bindings.tokenizer_for_encoding(name)
    return encoding


class TokenCounter:
    """Counts the tokens of one group of rows, within a bound of processor time."""

    def __init__(self, budget: int = BUDGET_CHARACTERS) -> None:
        self._left = budget

    def estimate(self, row: Observation, tokenizer_config: Any = None) -> dict[str, int]:  # JSON as a client sent it
        """Return ``input``, ``output`` and ``total`` for the payloads of ``row``."""
        model = row.model
        per_message, per_name = _TOKENS_PER_MESSAGE, _TOKENS_PER_NAME
        if isinstance(tokenizer_config, dict):
            named = tokenizer_config.get("tokenizerModel")
            model = named if isinstance(named, str) else model
            per_message = _small(tokenizer_config.get("tokensPerMessage"), per_message)
            per_name = _small(tokenizer_config.get("tokensPerName"), per_name)
        encoding = "cl100k_base" if _OLDER.search(model.lower()) else "o200k_base"
        units: dict[str, int] = {}
        if row.input:
            units["input"] = self._payload(encoding, row.input, per_message, per_name)
        if row.output:
            units["output"] = self._text(encoding, _plain(decode_value(row.output)))
        units["total"] = sum(units.values())
        return units

    def _payload(self, encoding: str, payload: str, per_message: int, per_name: int) -> int:
        value = decode_value(payload)
        messages = value.get("messages") if isinstance(value, dict) else value
        if not isinstance(messages, list) or not all(isinstance(item, dict) and "role" in item for item in messages):
            return self._text(encoding, _plain(value))
        total = _TOKENS_OF_REPLY
        for message in messages:
            total += per_message
            for key, part in message.items():
                total += self._text(encoding, _plain(part)) + (per_name if key == "name" else 0)
        return total

    def _text(self, encoding: str, text: str) -> int:
        if not text:
            return 0
        counted = min(len(text), EXACT_CHARACTERS, self._left)
        self._left -= counted
        if not counted:
            return -(-len(text) // _CHARACTERS_PER_TOKEN)
        tokens = sum(_count(encoding, text[at : min(at + _PIECE, counted)]) for at in range(0, counted, _PIECE))
        return tokens if counted == len(text) else -(-tokens * len(text) // counted)


def _count(encoding: str, text: str) -> int:
    # A cut may split a pair that JSON had escaped; what is no text has no tokens.
    return _encoding(encoding).count(text.encode("utf-8", "replace").decode())


def _plain(value: Any) -> str:  # any JSON value
    """Return a value as the text a model reads: strings as they are, content parts by their text, the rest as JSON."""
    if isinstance(value, str):
        return value
    if value is None:
        return ""
    if isinstance(value, list) and value and all(isinstance(part, dict) and "type" in part for part in value):
        return "\n".join(_part(part) for part in value)
    if isinstance(value, dict) and isinstance(value.get("content"), str) and value.keys() <= {"role", "content"}:
        return str(value["content"])
    return msgspec.json.encode(value).decode()


def _part(part: dict[str, Any]) -> str:
    """Return the text of a content part; images and files are no text, and their data would be counted by the million."""
    text = part.get("text", part.get("content"))
    if isinstance(text, str):
        return text
    return "" if part["type"] in _MEDIA else msgspec.json.encode(part).decode()


_MEDIA: Final = frozenset(
    {"image", "image_url", "input_image", "input_audio", "audio", "file", "input_file", "document", "video", "media"}
)


def _small(value: Any, default: int) -> int:
    return value if value.__class__ is int and 0 <= value <= 100 else default
