"""Real requests of real libraries, and hand-written ones of forms that no library sends any more, whole.

``tools/capture_golden.py`` captures them and writes the expected observations.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tools.capture_golden import GOLDEN, observe
from tools.golden_producers import PRODUCERS

REQUESTS = sorted(path.parent for path in GOLDEN.glob("*/request.*"))


@pytest.mark.parametrize("directory", REQUESTS, ids=lambda path: path.name)
def test_a_golden_request_becomes_its_observations(directory: Path) -> None:
    expected = json.loads((directory / "observations.json").read_text(encoding="utf-8"))
    assert json.loads(json.dumps(observe(directory), default=str)) == expected
    assert expected


def test_every_producer_has_its_golden_request() -> None:
    assert {producer.folder for producer in PRODUCERS} <= {path.parent.name for path in GOLDEN.glob("*/*.bin")} | {
        path.name for path in REQUESTS
    }


def test_every_producer_is_in_the_reference() -> None:
    reference = (GOLDEN.parents[3] / "docs" / "reference" / "dialects.md").read_text(encoding="utf-8")
    assert [p.folder for p in PRODUCERS if f"`{p.name}`" not in reference or p.version not in reference] == []


@pytest.mark.parametrize("version", ["3.15.0", "4.18.0", "5.0.4"])
def test_every_python_sdk_tells_the_same_story(version: str) -> None:
    rows = {row["name"]: row for row in observe(GOLDEN / f"langfuse-python-{version}")}
    assert {name: row["type"] for name, row in rows.items()} == {
        "assistant": "AGENT",
        "plan": "GENERATION",
        "get_weather": "TOOL",
        "cache miss": "EVENT",
        "answer": "GENERATION",
        "broken step": "SPAN",
    }
    agent = rows["assistant"]
    assert agent["is_root"]
    assert (agent["user_id"], agent["session_id"], agent["tags"]) == ("user-ü", "session-1", ["weather", "beta"])
    assert (agent["trace_name"], agent["version"], agent["release"]) == ("weather question", "v7", "r42")
    assert agent["trace_metadata"] == {"tenant": "a", "numeric": '"1"'}
    own = {key: json.loads(agent["metadata"][key]) for key in ("plain", "number", "nested", "ok")}
    assert own == {"plain": "1", "number": 1, "nested": {"x": [1, 2.5]}, "ok": True}
    assert {row["parent_id"] for row in rows.values() if row is not agent} == {agent["id"]}
    assert rows["plan"]["usage"]["total"] == 160
    assert (rows["broken step"]["level"], rows["broken step"]["status_message"]) == (
        "ERROR",
        "ValueError: the tool did not answer",
    )
    assert {row["environment"] for row in rows.values()} == {"production"}
