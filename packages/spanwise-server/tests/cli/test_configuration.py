"""A wrong setting is named as its user wrote it, and its value is not repeated."""

from __future__ import annotations

import pytest

from spanwise_server.cli.configuration import load_settings
from spanwise_server.domain.errors import ConfigurationError
from spanwise_server.settings import InitSettings, Settings


def test_options_win_over_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SPANWISE_PORT", "4000")

    assert load_settings(Settings).port == 4000
    assert load_settings(Settings, port=5000).port == 5000


def test_variables_and_options_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SPANWISE_QUERY_THREADS", "many-private")
    monkeypatch.setenv("LANGFUSE_INIT_PROJECT_RETENTION", "-1")

    with pytest.raises(ConfigurationError) as caught:
        load_settings(Settings, port=-1)
    assert "--port: " in caught.value.message
    assert "SPANWISE_QUERY_THREADS: " in caught.value.message
    assert "many-private" not in caught.value.message
    with pytest.raises(ConfigurationError, match="LANGFUSE_INIT_PROJECT_RETENTION: "):
        load_settings(InitSettings)


def test_a_short_secret_is_measured_in_characters(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SPANWISE_ADMIN_API_KEY", "private-short")

    with pytest.raises(ConfigurationError) as caught:
        load_settings(Settings)
    assert caught.value.message == (
        "SPANWISE_ADMIN_API_KEY: has fewer than 16 characters; use a longer one, or leave it unset."
    )
