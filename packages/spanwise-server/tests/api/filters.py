"""Spells ``filter`` parameters for tests."""

from __future__ import annotations

import json
from typing import Any


def filters(*conditions: tuple[Any, ...]) -> str:
    """Return the JSON of conditions given as ``(type, column, operator, value)`` or with ``key`` as a fifth."""
    names = ("type", "column", "operator", "value", "key")
    return json.dumps([dict(zip(names, condition, strict=False)) for condition in conditions])
