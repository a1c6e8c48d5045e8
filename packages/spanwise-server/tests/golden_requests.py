"""What the server makes of the golden requests, for tests of what one producer says."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

from tools.capture_golden import GOLDEN, observe

Row = dict[str, Any]
"""An observation without its empty fields."""


@cache
def _rows(folder: str) -> tuple[Row, ...]:
    return tuple(observe(GOLDEN / folder))


def observations_of(folder: str) -> list[Row]:
    """Return the observations of a golden request in the order of their start."""
    return sorted(_rows(folder), key=lambda row: int(row["start_time"]))


def named(folder: str, name: str) -> list[Row]:
    """Return those of one name, in the order of their start."""
    return [row for row in observations_of(folder) if row["name"] == name]


def generations(folder: str) -> list[Row]:
    """Return the calls of models that were answered, in the order of their start."""
    return [row for row in observations_of(folder) if row.get("usage")]


def parent_of(folder: str, row: Row) -> str:
    """Return the name of a row's parent; empty for a root."""
    return next((other["name"] for other in observations_of(folder) if other["id"] == row.get("parent_id")), "")


def content(row: Row, field: str) -> Any:
    """Return an input or output as a reader gets it: parsed where it is JSON."""
    try:
        return json.loads(row[field])
    except json.JSONDecodeError:
        return row[field]
