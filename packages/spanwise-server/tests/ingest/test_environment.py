"""Every text names a valid environment."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spanwise_server.ingest.environment import normalise_environment


@pytest.mark.parametrize(
    ("sent", "stored"),
    [
        ("production", "production"),
        ("Prod-EU_1", "prod-eu_1"),
        ("", "default"),
        ("langfuse", "default"),
        ("langfuse-eval", "eval"),
        ("LANGFUSE_langfuse-langfuseprod", "prod"),
        ("my-langfuse", "my-langfuse"),
        ("pre prod", "default"),
        ("prod\n", "default"),
        ("größe", "default"),
        ("x" * 41, "x" * 40),
        ("langfuse-" * 1000 + "y" * 50, "y" * 40),
        ("-", "-"),
    ],
)
def test_environment_is_normalised(sent: str, stored: str) -> None:
    assert normalise_environment(sent) == stored


@given(st.text())
def test_result_is_always_valid_and_stable(text: str) -> None:
    name = normalise_environment(text)
    assert re.fullmatch(r"[a-z0-9_-]{1,40}", name)
    assert not name.startswith("langfuse")
    assert normalise_environment(name) == name
