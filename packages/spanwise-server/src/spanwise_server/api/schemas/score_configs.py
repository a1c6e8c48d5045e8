"""Score configs on the wire: the answer, and the bodies that make and change one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Literal, get_args

from pydantic import Field
from typing_extensions import TypedDict

from spanwise_server.api.request_bodies import FiniteNumber, RequestBody, StoredText, StrictBool, StrictRequestBody
from spanwise_server.api.schemas.json_values import one_of
from spanwise_server.api.schemas.pages import PageMeta
from spanwise_server.api.schemas.times import to_millis
from spanwise_server.domain.score_configs import ScoreCategory, ScoreConfig

ConfigDataType = Literal["NUMERIC", "BOOLEAN", "CATEGORICAL", "TEXT"]
_NAME = "1 to 35 letters, digits, spaces and `_ . ( ) -`."
_CATEGORIES = "CATEGORICAL only: at least one, labels and values unique. The server sets those of BOOLEAN."


class CategoryBody(TypedDict):
    """An answer that a score may give, and the number it stands for."""

    label: str
    value: float


class ScoreConfigBody(TypedDict):
    """A score config; ``categories`` is null for NUMERIC and TEXT, the bounds for all but NUMERIC."""

    id: str
    name: str
    createdAt: str
    updatedAt: str
    projectId: str
    dataType: Annotated[str, one_of(get_args(ConfigDataType))]
    isArchived: bool
    minValue: float | None
    maxValue: float | None
    categories: list[CategoryBody] | None
    description: str | None


class ScoreConfigPage(TypedDict):
    """A numbered page of score configs, newest first."""

    data: list[ScoreConfigBody]
    meta: PageMeta


class NativeScoreConfig(TypedDict):
    """A score config for the browser."""

    id: str
    name: str
    data_type: str
    is_archived: bool
    min_value: float | None
    max_value: float | None
    categories: list[CategoryBody] | None
    description: str | None


class NativeScoreConfigs(TypedDict):
    """The score configs of a project, newest first, and how many there are in all."""

    items: list[NativeScoreConfig]
    total: int


class CategoryRequest(RequestBody):
    """A category to be set."""

    label: StoredText
    value: FiniteNumber


class CreateScoreConfigRequest(RequestBody):
    """A config to be made."""

    name: Annotated[StoredText, Field(description=_NAME)]
    data_type: ConfigDataType
    categories: Annotated[list[CategoryRequest] | None, Field(description=_CATEGORIES)] = None
    min_value: Annotated[FiniteNumber | None, Field(description="NUMERIC only.")] = None
    max_value: Annotated[FiniteNumber | None, Field(description="NUMERIC only; greater than `minValue`.")] = None
    description: StoredText | None = None


class ChangeScoreConfigRequest(StrictRequestBody):
    """What to change. Null clears a bound or the description; for the rest it means no change."""

    name: Annotated[StoredText | None, Field(description=_NAME)] = None
    is_archived: Annotated[StrictBool | None, Field(description="An archived config takes no more scores.")] = None
    categories: Annotated[list[CategoryRequest] | None, Field(description=_CATEGORIES)] = None
    min_value: Annotated[FiniteNumber | None, Field(description="NUMERIC only.")] = None
    max_value: Annotated[FiniteNumber | None, Field(description="NUMERIC only; greater than `minValue`.")] = None
    description: StoredText | None = None


def categories_of(sent: Sequence[CategoryRequest] | None) -> tuple[ScoreCategory, ...] | None:
    """Return the categories of a request."""
    return None if sent is None else tuple(ScoreCategory(category.label, category.value) for category in sent)


def score_config_body(config: ScoreConfig) -> ScoreConfigBody:
    """Return ``config`` as the API shows it."""
    return {
        "id": config.id,
        "name": config.name,
        "createdAt": to_millis(config.created_at),
        "updatedAt": to_millis(config.updated_at),
        "projectId": config.project_id,
        "dataType": config.data_type.value,
        "isArchived": config.is_archived,
        "minValue": config.min_value,
        "maxValue": config.max_value,
        "categories": _category_bodies(config),
        "description": config.description,
    }


def native_score_config(config: ScoreConfig) -> NativeScoreConfig:
    """Return ``config`` for the browser."""
    return {
        "id": config.id,
        "name": config.name,
        "data_type": config.data_type.value,
        "is_archived": config.is_archived,
        "min_value": config.min_value,
        "max_value": config.max_value,
        "categories": _category_bodies(config),
        "description": config.description,
    }


def _category_bodies(config: ScoreConfig) -> list[CategoryBody] | None:
    if config.categories is None:
        return None
    return [{"label": category.label, "value": category.value} for category in config.categories]
