"""Patterns of users: what Postgres and RE2 share works, what RE2 cannot do is refused with a reason, nothing is slow."""

from __future__ import annotations

import pytest

from spanwise_server.domain.errors import InvalidRequestError
from spanwise_server.services.pricing.patterns import check_pattern, compile_pattern


@pytest.mark.parametrize(
    ("pattern", "text", "is_found"),
    [
        ("(?i)^(gpt-4o)$", "GPT-4o", True),
        ("^gpt", "my-gpt", False),
        ("gpt", "my-gpt-4", True),
        (r"(?i)^(openai\/)?(gpt-4o)$", "openai/gpt-4o", True),
        ("^[[:alpha:]]+$", "abc", True),
        (r"^claude-\d{1}", "claude-3", True),
        ("GPT", "gpt", False),
    ],
)
def test_patterns_are_searched_for(pattern: str, text: str, is_found: bool) -> None:  # noqa: FBT001 - an example
    assert (compile_pattern(pattern).search(text) is not None) is is_found


@pytest.mark.parametrize(
    ("pattern", "reason"),
    [
        ("(", "missing"),
        ("gpt(?!-4)", "look-around is not supported"),
        (r"(a)\1", "back-references are not supported"),
        (r"\mgpt", "word boundary"),
        ("a" * 2001, "at most 2000"),
        ("a\0", "NUL"),
        ("\ud800", "UTF-8"),
        ("(a{900}){900}", "repetition"),
    ],
)
def test_what_cannot_be_matched_in_linear_time_is_refused_with_a_reason(pattern: str, reason: str) -> None:
    with pytest.raises(InvalidRequestError, match="matchPattern") as refused:
        check_pattern(pattern, "matchPattern")

    assert reason in refused.value.issues[0].message


def test_a_pattern_that_makes_other_engines_hang_does_not() -> None:
    assert compile_pattern("^(a+)+$").search("a" * 100_000 + "b") is None
