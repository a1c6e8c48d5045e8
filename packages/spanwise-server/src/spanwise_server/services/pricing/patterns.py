"""Regular expressions that users write: compiled with an engine whose time is linear in the text, whatever the pattern.

RE2 has no back-references and no look-around; both are what makes other engines exponential. See docs/adr/014.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Final, Protocol

import re2  # type: ignore[import-untyped]  # the library has no types

from spanwise_server.domain.errors import InvalidRequestError, Issue

MAX_PATTERN_LENGTH: Final = 2000
_MAX_MEMORY: Final = 4 * 1024 * 1024
"""Bytes that a compiled pattern may take; counted repetitions multiply."""


class Pattern(Protocol):
    """A compiled pattern."""

    def search(self, text: str, /) -> object | None: ...


@lru_cache(maxsize=1024)
def compile_pattern(text: str, *, is_case_sensitive: bool = True) -> Pattern:
    """Compile a pattern that is searched for anywhere in a text.

    Raises:
        ValueError: It is no pattern, or uses what needs backtracking; the message says which.
    """
    if len(text) > MAX_PATTERN_LENGTH:
        raise ValueError(f"must have at most {MAX_PATTERN_LENGTH} characters, got {len(text)}")
    if "\0" in text:
        raise ValueError("must not contain NUL")
    options = re2.Options()
    options.log_errors = False
    options.case_sensitive = is_case_sensitive
    options.max_mem = _MAX_MEMORY
    try:
        text.encode()
        compiled: Pattern = re2.compile(text, options)
        return compiled
    except UnicodeEncodeError as error:
        raise ValueError("must be text that UTF-8 can encode") from error
    except re2.error as error:
        raise ValueError(_explain(text, error)) from error


def check_pattern(text: str, *path: str | int) -> None:
    """Check a pattern that a client sent.

    Raises:
        InvalidRequestError: As ``compile_pattern``; ``path`` says where in the request it stands.
    """
    try:
        compile_pattern(text)
    except ValueError as error:
        raise InvalidRequestError(
            f"{'.'.join(map(str, path))}: {error}", issues=[Issue(str(error), path, "invalid_regex")]
        ) from error


def _explain(text: str, error: Exception) -> str:
    reason = error.args[0] if error.args else "cannot be compiled"
    reason = reason.decode("utf-8", "replace") if isinstance(reason, bytes) else str(reason)
    if any(look in text for look in ("(?=", "(?!", "(?<=", "(?<!")):
        return (
            f"is not a valid regular expression here: look-around is not supported ({reason}); list alternatives with | instead"
        )
    if any(f"\\{digit}" in text for digit in "123456789"):
        return f"is not a valid regular expression here: back-references are not supported ({reason})"
    if any(escape in text for escape in ("\\y", "\\m", "\\M", "\\Y")):
        return f"is not a valid regular expression here: write \\b for a word boundary ({reason})"
    return f"is not a valid regular expression: {reason}"
