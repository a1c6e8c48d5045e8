"""Score configs as both APIs show them."""

from __future__ import annotations

from spanwise_server.api.schemas.score_configs import (
    CategoryRequest,
    categories_of,
    native_score_config,
    score_config_body,
)
from spanwise_server.domain.score_configs import ScoreCategory, ScoreConfig
from spanwise_server.domain.scores import ScoreDataType

CONFIG = ScoreConfig(
    id="c",
    project_id="p",
    name="mood",
    data_type=ScoreDataType.CATEGORICAL,
    is_archived=True,
    categories=(ScoreCategory("calm", 1.5),),
    description="How",
    created_at=1_790_000_000_123_456,
    updated_at=1_790_000_001_000_000,
)


def test_the_public_shape() -> None:
    assert score_config_body(CONFIG) == {
        "id": "c",
        "name": "mood",
        "createdAt": "2026-09-21T14:13:20.123Z",
        "updatedAt": "2026-09-21T14:13:21.000Z",
        "projectId": "p",
        "dataType": "CATEGORICAL",
        "isArchived": True,
        "minValue": None,
        "maxValue": None,
        "categories": [{"label": "calm", "value": 1.5}],
        "description": "How",
    }


def test_the_native_shape() -> None:
    assert native_score_config(CONFIG) == {
        "id": "c",
        "name": "mood",
        "data_type": "CATEGORICAL",
        "is_archived": True,
        "min_value": None,
        "max_value": None,
        "categories": [{"label": "calm", "value": 1.5}],
        "description": "How",
    }


def test_categories_that_are_sent() -> None:
    assert categories_of(None) is None
    assert categories_of([]) == ()
    assert categories_of([CategoryRequest(label="calm", value=1.5)]) == CONFIG.categories
