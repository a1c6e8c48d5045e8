"""What is shown of a provider's key, and what never is."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spanwise_server.domain.llm_connections import LlmCredentials, display_secret


@pytest.mark.parametrize(
    ("secret", "shown"),
    [
        ("sk-abcdefghijklmnop", "...mnop"),
        ("short", "..."),
        ("x" * 15, "..."),
        ('{"accessKeyId": "AK", "secretAccessKey": "very secret"}', "..."),
        (' ["very", "secret", "list"]', "..."),
    ],
)
def test_only_the_end_of_a_long_key_is_shown(secret: str, shown: str) -> None:
    assert display_secret(secret) == shown


@given(st.text())
def test_never_more_than_four_characters_are_shown(secret: str) -> None:
    assert len(display_secret(secret)) <= 7


def test_credentials_do_not_show_themselves() -> None:
    shown = repr(LlmCredentials(secret_key="sk-hidden", extra_headers={"X-Key": "hidden too"}))

    assert "hidden" not in shown
