"""Reads the settings for a command and turns what is wrong with them into an error a person can act on."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from pydantic import ValidationError

from spanwise_server.domain.errors import ConfigurationError
from spanwise_server.settings import ClientSettings, InitSettings, Settings

S = TypeVar("S", Settings, InitSettings, ClientSettings)


def load_settings(kind: type[S], **options: Any) -> S:
    """Return the settings of ``kind``; command-line ``options`` win over the environment.

    Raises:
        ConfigurationError: A value is not acceptable. The message names the variable and never repeats the value.
    """
    try:
        return kind(**options)
    except ValidationError as error:
        prefix = str(kind.model_config.get("env_prefix", ""))
        faults = [
            _describe(prefix, options, fault["loc"], _plain(fault["type"], fault["msg"], fault.get("ctx", {})))
            for fault in error.errors()
        ]
        raise ConfigurationError(" ".join(faults), hint="docs/reference/settings.md lists every setting.") from None


def _plain(kind: str, message: str, limits: Mapping[str, Any]) -> str:
    """Return what is wrong; of a secret that is too short Pydantic counts "items", as if it were a list."""
    if kind == "too_short":
        return f"has fewer than {limits['min_length']} characters; use a longer one, or leave it unset"
    return message


def _describe(prefix: str, options: dict[str, Any], location: tuple[int | str, ...], fault: str) -> str:
    name = str(location[0]) if location else ""
    # Pydantic names a fault in an environment variable by the variable in lower case, prefix included.
    name = name.lower().removeprefix(prefix.lower())
    shown = f"--{name.replace('_', '-')}" if name in options else f"{prefix}{name.upper()}"
    return f"{shown}: {fault[:1].lower()}{fault[1:]}."
