"""Rows of score configs. Whether a config makes sense is ``domain.score_configs``'s business."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import Connection, Row, func, insert, select, update

from spanwise_server.domain.score_configs import ScoreCategory, ScoreConfig
from spanwise_server.domain.scores import ScoreDataType
from spanwise_server.storage.metadata.tables.scoring import score_configs


def list_score_configs(connection: Connection, project_id: str, *, limit: int, offset: int) -> list[ScoreConfig]:
    """Return a page of the project's configs, archived ones included: newest first, then by id."""
    statement = (
        select(score_configs)
        .where(score_configs.c.project_id == project_id)
        .order_by(score_configs.c.created_at.desc(), score_configs.c.id)
        .limit(limit)
        .offset(offset)
    )
    return [_config(row) for row in connection.execute(statement)]


def count_score_configs(connection: Connection, project_id: str) -> int:
    """Return how many configs the project has."""
    statement = select(func.count()).select_from(score_configs).where(score_configs.c.project_id == project_id)
    return connection.execute(statement).scalar_one()


def get_score_config(connection: Connection, project_id: str, config_id: str) -> ScoreConfig | None:
    """Return the project's config with this id, or none."""
    statement = select(score_configs).where(score_configs.c.project_id == project_id, score_configs.c.id == config_id)
    row = connection.execute(statement).one_or_none()
    return None if row is None else _config(row)


def find_score_configs(connection: Connection, project_id: str, config_ids: Collection[str]) -> list[ScoreConfig]:
    """Return those of the configs that exist in the project, in no order."""
    statement = select(score_configs).where(
        score_configs.c.project_id == project_id, score_configs.c.id.in_(sorted(config_ids))
    )
    return [_config(row) for row in connection.execute(statement)]


def add_score_config(connection: Connection, config: ScoreConfig) -> None:
    """Insert the config."""
    connection.execute(
        insert(score_configs).values(
            id=config.id,
            project_id=config.project_id,
            data_type=config.data_type.value,
            created_at=config.created_at,
            **_changeable(config),
        )
    )


def replace_score_config(connection: Connection, config: ScoreConfig) -> None:
    """Write everything of the config that may change."""
    statement = update(score_configs).where(score_configs.c.project_id == config.project_id, score_configs.c.id == config.id)
    connection.execute(statement.values(**_changeable(config)))


def _changeable(config: ScoreConfig) -> dict[str, object]:
    categories = config.categories
    return {
        "name": config.name,
        "is_archived": config.is_archived,
        "min_value": config.min_value,
        "max_value": config.max_value,
        "categories": None if categories is None else [{"label": item.label, "value": item.value} for item in categories],
        "description": config.description,
        "updated_at": config.updated_at,
    }


def _config(row: Row[tuple[object, ...]]) -> ScoreConfig:
    categories = row.categories
    return ScoreConfig(
        id=row.id,
        project_id=row.project_id,
        name=row.name,
        data_type=ScoreDataType(row.data_type),
        is_archived=row.is_archived,
        min_value=row.min_value,
        max_value=row.max_value,
        categories=None if categories is None else tuple(ScoreCategory(item["label"], item["value"]) for item in categories),
        description=row.description,
        created_at=row.created_at,
        updated_at=row.updated_at,
    )
