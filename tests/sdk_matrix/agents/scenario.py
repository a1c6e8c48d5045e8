"""The agent run that every SDK generation records: its texts, the run's ids and the report each script prints.

Runs inside every environment of the matrix, so it uses the standard library only and imports nothing of this repository.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

SCENARIO: dict[str, Any] = json.loads(Path(__file__).with_name("scenario.json").read_text("utf-8"))
TRACE: dict[str, Any] = SCENARIO["trace"]
OBSERVATIONS: dict[str, dict[str, Any]] = SCENARIO["observations"]
SCORES: dict[str, dict[str, Any]] = SCENARIO["scores"]
SESSION_ID = os.environ["MATRIX_SESSION_ID"]


class NoRoomsLeftError(Exception):
    """What the failing tool raises."""


def payload() -> str:
    """Return the large text; its length is set by the test because one generation caps an event below 1 MiB."""
    return SCENARIO["payload_unit"] * int(os.environ["MATRIX_PAYLOAD_REPEAT"])


def utc_now() -> datetime:
    return datetime.now(UTC)


class Report:
    """What the test learns from a script: the ids it got, times that bound the run, and what the SDK read back."""

    def __init__(self) -> None:
        self._facts: dict[str, Any] = {"ids": {}, "reads": {}, "before": utc_now().isoformat()}

    def set(self, key: str, value: Any) -> None:
        self._facts[key] = value.isoformat() if isinstance(value, datetime) else value

    def observation(self, name: str, observation_id: str) -> None:
        self._facts["ids"][name] = observation_id

    def read(self, name: str, call: Callable[[], Any]) -> None:
        """Run one read method of the SDK and keep its answer, or the error it raised, as JSON."""
        try:
            self._facts["reads"][name] = _plain(call())
        except Exception as error:  # noqa: BLE001 -- whatever the SDK raises, the test shows it beside what was expected
            self._facts["reads"][name] = {"error": f"{type(error).__name__}: {error}"[:2000]}

    def write(self) -> None:
        self._facts["after"] = utc_now().isoformat()
        Path(sys.argv[1]).write_text(json.dumps(self._facts), "utf-8")


def _plain(answer: Any) -> Any:
    """Turn a response model of any SDK generation into the JSON it stands for."""
    if isinstance(answer, list):
        return [_plain(item) for item in answer]
    if hasattr(answer, "data") and type(answer).__name__.startswith("Fetch"):
        return _plain(answer.data)  # SDK 2 wraps every answer in a small class of its own
    if hasattr(answer, "json") and callable(answer.json):
        return json.loads(answer.json())
    return answer
