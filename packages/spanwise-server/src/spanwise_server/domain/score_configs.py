"""The score config: what the scores of one name must look like, and whether a value keeps to it. No I/O.

Source: the Langfuse API, score configs. How a value comes over the wire is ``ingest.decode.scores``'s business.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from spanwise_server.domain.errors import InvalidRequestError, Issue
from spanwise_server.domain.observations import Micros
from spanwise_server.domain.scores import ScoreDataType

CONFIG_DATA_TYPES: Final = (ScoreDataType.NUMERIC, ScoreDataType.BOOLEAN, ScoreDataType.CATEGORICAL, ScoreDataType.TEXT)
"""A CORRECTION has no config."""

LONGEST_NAME: Final = 35
MOST_CATEGORIES: Final = 1000
"""Bounds what every score of the config is compared with."""
LONGEST_LABEL: Final = 500
LONGEST_DESCRIPTION: Final = 10_000

_ALLOWED: Final = re.compile(r"[A-Za-z0-9_ .()-]+")
_INVALID: Final = "Invalid request data"


@dataclass(frozen=True, slots=True)
class ScoreCategory:
    """One of the answers a BOOLEAN or CATEGORICAL score may give, and the number it stands for."""

    label: str
    value: float


BOOLEAN_CATEGORIES: Final = (ScoreCategory("True", 1), ScoreCategory("False", 0))


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoreConfig:
    """The rules for scores that name this config. An archived config takes no more scores."""

    id: str
    project_id: str
    name: str
    data_type: ScoreDataType
    is_archived: bool = False
    min_value: float | None = None
    """Least value of a NUMERIC score, included; none for no bound."""
    max_value: float | None = None
    categories: tuple[ScoreCategory, ...] | None = None
    """Set for BOOLEAN (by the server) and CATEGORICAL; else none."""
    description: str | None = None
    created_at: Micros
    updated_at: Micros


class ScoreViolationError(ValueError):
    """A score does not keep to its config; ``field`` is the wire name of what is wrong."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


def checked(config: ScoreConfig) -> ScoreConfig:
    """Return ``config``, its categories completed, if it makes sense as a whole.

    Raises:
        InvalidRequestError: It does not; ``issues`` say where, in wire names.
    """
    issues = [*_name_issues(config.name), *_description_issues(config.description)]
    issues += _bound_issues(config) if config.data_type is ScoreDataType.NUMERIC else _no_bounds(config)
    if config.data_type is ScoreDataType.CATEGORICAL:
        issues += _category_issues(config.categories)
    elif config.data_type is ScoreDataType.BOOLEAN:
        if config.categories not in (None, BOOLEAN_CATEGORIES):
            issues.append(Issue("are set by the server for a BOOLEAN config and cannot be sent", ("categories",)))
    elif config.categories is not None:
        issues.append(Issue(f"are not for a {config.data_type} config, only for CATEGORICAL", ("categories",)))
    if issues:
        raise InvalidRequestError(_INVALID, issues=issues)
    return replace(config, categories=BOOLEAN_CATEGORIES) if config.data_type is ScoreDataType.BOOLEAN else config


def _name_issues(name: str) -> list[Issue]:
    if not 1 <= len(name) <= LONGEST_NAME:
        return [Issue(f"must have 1 to {LONGEST_NAME} characters, got {len(name)}", ("name",))]
    if not _ALLOWED.fullmatch(name):
        return [Issue("may have letters (a-z), digits, spaces and _ . ( ) - only", ("name",))]
    return []


def _description_issues(description: str | None) -> list[Issue]:
    if description is not None and len(description) > LONGEST_DESCRIPTION:
        return [Issue(f"must have at most {LONGEST_DESCRIPTION} characters, got {len(description)}", ("description",))]
    return []


def _no_bounds(config: ScoreConfig) -> list[Issue]:
    bounds = (("minValue", config.min_value), ("maxValue", config.max_value))
    return [
        Issue(f"is for NUMERIC configs only, not {config.data_type}", (name,)) for name, value in bounds if value is not None
    ]


def _bound_issues(config: ScoreConfig) -> list[Issue]:
    low, high = config.min_value, config.max_value
    if low is not None and high is not None and high <= low:
        return [Issue(f"must be greater than minValue, which is {low:g}; got {high:g}", ("maxValue",))]
    return []


def _category_issues(categories: Sequence[ScoreCategory] | None) -> list[Issue]:
    if not categories:
        return [Issue("at least one category is required for a CATEGORICAL config", ("categories",))]
    if len(categories) > MOST_CATEGORIES:
        return [Issue(f"must be at most {MOST_CATEGORIES}, got {len(categories)}", ("categories",))]
    issues: list[Issue] = []
    labels: set[str] = set()
    values: set[float] = set()
    for index, category in enumerate(categories):
        if not 1 <= len(category.label) <= LONGEST_LABEL:
            issues.append(Issue(f"must have 1 to {LONGEST_LABEL} characters", ("categories", index, "label")))
        if category.label in labels:
            issues.append(Issue(f"{category.label!r} stands here twice; labels must differ", ("categories", index, "label")))
        if category.value in values:
            issues.append(Issue(f"{category.value:g} stands here twice; values must differ", ("categories", index, "value")))
        labels.add(category.label)
        values.add(category.value)
    return issues


def check_open(config: ScoreConfig) -> None:
    """Refuse an archived config.

    Raises:
        ScoreViolationError: It takes no more scores.
    """
    if config.is_archived:
        raise ScoreViolationError("configId", f"score config {config.id} ({config.name}) is archived")


def data_type_under(config: ScoreConfig, given: str | None) -> ScoreDataType:
    """Return the data type of a score that was sent with the data type ``given``, or with none.

    Raises:
        ScoreViolationError: It is not the config's.
    """
    if given is not None and given != config.data_type:
        message = f"score config {config.id} ({config.name}) is for {config.data_type} scores, got {given}"
        raise ScoreViolationError("dataType", message)
    return config.data_type


def value_under(config: ScoreConfig, value: float | None, string_value: str) -> float | None:
    """Return the number of a score of the config's data type that has this number and this text.

    Raises:
        ScoreViolationError: The value is outside the bounds, or is none of the categories.
    """
    if config.data_type is ScoreDataType.NUMERIC:
        _check_bounds(config, math.nan if value is None else value)
    elif config.data_type is ScoreDataType.CATEGORICAL:
        for category in config.categories or ():
            if category.label == string_value:
                return category.value
        labels = ", ".join(repr(category.label) for category in (config.categories or ())[:10])
        message = f"{string_value[:60]!r} is no category of score config {config.id} ({config.name}); it has {labels}"
        raise ScoreViolationError("value", message if len(config.categories or ()) <= 10 else f"{message}, …")
    return value


def _check_bounds(config: ScoreConfig, value: float) -> None:
    if config.min_value is not None and not value >= config.min_value:
        message = f"{value:g} is below {config.min_value:g}, the least value of score config {config.id} ({config.name})"
        raise ScoreViolationError("value", message)
    if config.max_value is not None and not value <= config.max_value:
        message = f"{value:g} is above {config.max_value:g}, the greatest value of score config {config.id} ({config.name})"
        raise ScoreViolationError("value", message)
