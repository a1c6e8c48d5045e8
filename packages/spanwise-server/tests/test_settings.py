"""The settings page is made from the table, and every setting says what it means."""

from __future__ import annotations

import pytest
from pydantic_settings import BaseSettings

from spanwise_server.settings import ClientSettings, InitSettings, Settings
from tools.generate_reference import generated_files, settings_page


def test_generated_files_are_current() -> None:
    stale = [path.name for path, text in generated_files().items() if path.read_text("utf-8") != text]

    assert stale == [], "run tools/generate_reference.py"


@pytest.mark.parametrize("kind", [Settings, InitSettings, ClientSettings])
def test_every_setting_is_on_the_page_and_explained(kind: type[BaseSettings]) -> None:
    page = settings_page()
    for name, field in kind.model_fields.items():
        variable = f"{kind.model_config.get('env_prefix', '')}{name.upper()}"
        assert f"| `{variable}` |" in page
        assert field.description, variable


def test_variables_are_read_by_their_names_and_secrets_do_not_print(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SPANWISE_PORT", "4000")
    monkeypatch.setenv("SPANWISE_ADMIN_PASSWORD", "very-secret")
    monkeypatch.setenv("LANGFUSE_INIT_PROJECT_SECRET_KEY", "very-secret")
    monkeypatch.setenv("LANGFUSE_SECRET_KEY", "very-secret")

    assert Settings().port == 4000
    assert Settings(port=5).port == 5
    assert "very-secret" not in f"{Settings()!r}{InitSettings()!r}{ClientSettings()!r}"
