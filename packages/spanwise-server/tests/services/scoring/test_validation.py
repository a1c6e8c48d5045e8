"""Scores against their configs: what the config decides, and what violates it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Any

import pytest

from spanwise_server.domain.errors import Issue
from spanwise_server.domain.partials import Entity, Partial
from spanwise_server.domain.score_configs import ScoreConfig
from spanwise_server.ingest.decoded import ConfiguredScore, EventResult
from spanwise_server.services.scoring.validation import check_scores, keep_without_config
from tests.domain.test_score_configs import BOOLEAN, CATEGORICAL, NUMERIC, TEXT

KNOWN = {
    "numeric": NUMERIC,
    "boolean": BOOLEAN,
    "categorical": CATEGORICAL,
    "text": TEXT,
    "archived": replace(NUMERIC, is_archived=True),
}


class Known:
    """Configs that are there."""

    async def find(self, project_id: str, config_ids: Collection[str], /) -> Mapping[str, ScoreConfig]:
        assert project_id == "p"
        return {config_id: KNOWN[config_id] for config_id in config_ids if config_id in KNOWN}


def sent(config_id: str, value: Any, data_type: str | None = None) -> ConfiguredScore:
    fields = {"name": "as sent", "config_id": config_id, "value": "as decoded"}
    partial = Partial(project_id="p", entity=Entity.SCORE, id="s", time=1, fields=fields)
    return ConfiguredScore(partial=partial, value=value, data_type=data_type, result=EventResult(id="e", status=201))


@pytest.mark.parametrize(
    ("score", "stored"),
    [
        (sent("numeric", 0.5), ("quality", "NUMERIC", 0.5, "")),
        (sent("numeric", True), ("quality", "NUMERIC", 1.0, "")),
        (sent("boolean", 1), ("mood", "BOOLEAN", 1.0, "True")),
        (sent("boolean", 0.0, "BOOLEAN"), ("mood", "BOOLEAN", 0.0, "False")),
        (sent("boolean", False), ("mood", "BOOLEAN", 0.0, "False")),
        (sent("categorical", "calm"), ("mood", "CATEGORICAL", 2, "calm")),
        (sent("text", "words"), ("mood", "TEXT", None, "words")),
    ],
)
async def test_the_config_says_name_data_type_and_number(score: ConfiguredScore, stored: tuple[Any, ...]) -> None:
    assert await check_scores("p", [score], Known()) == []
    fields = score.partial.fields
    assert (fields["name"], fields["data_type"], fields["value"], fields["string_value"]) == stored
    assert fields["config_violation"] is None


@pytest.mark.parametrize(
    ("score", "path", "message"),
    [
        (sent("unknown", 1), "configId", "score config unknown does not exist in this project"),
        (sent("archived", 1), "configId", "score config c (quality) is archived"),
        (sent("numeric", 1, "BOOLEAN"), "dataType", "score config c (quality) is for NUMERIC scores, got BOOLEAN"),
        (sent("numeric", 1.01), "value", "1.01 is above 1, the greatest value of score config c (quality)"),
        (sent("numeric", -1), "value", "-1 is below 0, the least value of score config c (quality)"),
        (
            sent("numeric", "good"),
            "value",
            "must be a finite number for a NUMERIC score, got 'good' (the data type is that of score config c (quality))",
        ),
        (
            sent("boolean", 2),
            "value",
            "must be 0 or 1 for a BOOLEAN score, got a number (the data type is that of score config c (mood))",
        ),
        (
            sent("text", "x" * 501),
            "value",
            "must have 1 to 500 characters for a TEXT score, got 501 (the data type is that of score config c (mood))",
        ),
        (sent("categorical", "x"), "value", "'x' is no category of score config c (mood); it has 'calm', 'wild'"),
    ],
)
async def test_a_violation_is_named_and_changes_nothing(score: ConfiguredScore, path: str, message: str) -> None:
    before = dict(score.partial.fields)
    assert await check_scores("p", [score], Known()) == [(score, Issue(message, (path,), "config_violation"))]
    assert score.partial.fields == before


async def test_a_score_is_kept_without_its_config() -> None:
    score = sent("unknown", 1)
    [(violating, issue)] = await check_scores("p", [score], Known())
    keep_without_config(violating, issue)

    reason = "configId: score config unknown does not exist in this project"
    assert score.partial.fields == {
        "name": "as sent",
        "config_id": None,
        "value": "as decoded",
        "config_violation": reason,
    }
    assert score.result is not None
    assert score.result.message == f"Kept without its score config: {reason}"
