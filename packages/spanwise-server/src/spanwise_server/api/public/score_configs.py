"""Score configs: list, make, get, change. There is no deletion: a config that is not wanted any more is archived."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated

from fastapi import Body, Query
from starlette.responses import Response

from spanwise_server.api.auth import ProjectAccessDep, ServicesDep
from spanwise_server.api.listing.pagination import page_meta
from spanwise_server.api.listing.parameters import PageParameters
from spanwise_server.api.policies import PROJECT_KEY, RouteTable
from spanwise_server.api.responses import PUBLIC_ERRORS, json_response
from spanwise_server.api.schemas.score_configs import (
    ChangeScoreConfigRequest,
    CreateScoreConfigRequest,
    ScoreConfigBody,
    ScoreConfigPage,
    categories_of,
    score_config_body,
)
from spanwise_server.domain.errors import InvalidRequestError, Issue
from spanwise_server.domain.score_configs import ScoreConfig
from spanwise_server.domain.scores import ScoreDataType
from spanwise_server.services.scoring.configs import ScoreConfigDraft

routes = RouteTable("score configs")

_CLEARED_BY_NULL = frozenset({"min_value", "max_value", "description"})


@routes.get("/api/public/score-configs", PROJECT_KEY, response_model=ScoreConfigPage, responses=PUBLIC_ERRORS)
async def list_score_configs(
    access: ProjectAccessDep, services: ServicesDep, parameters: Annotated[PageParameters, Query()]
) -> Response:
    """List the project's score configs, newest first, archived ones included."""
    found, total = await services.score_configs.page(access.project_id, limit=parameters.limit, offset=parameters.offset)
    page: ScoreConfigPage = {"data": [score_config_body(config) for config in found], "meta": page_meta(parameters, total)}
    return json_response(page)


@routes.post("/api/public/score-configs", PROJECT_KEY, response_model=ScoreConfigBody, responses=PUBLIC_ERRORS)
async def create_score_config(
    access: ProjectAccessDep, services: ServicesDep, request: Annotated[CreateScoreConfigRequest, Body()]
) -> Response:
    """Make a score config."""
    draft = ScoreConfigDraft(
        name=request.name,
        data_type=ScoreDataType(request.data_type),
        categories=categories_of(request.categories),
        min_value=request.min_value,
        max_value=request.max_value,
        description=request.description,
    )
    if draft.data_type is ScoreDataType.BOOLEAN and draft.categories is not None:
        raise _boolean_categories()
    return json_response(score_config_body(await services.score_configs.create(access.project_id, draft)))


@routes.get("/api/public/score-configs/{config_id}", PROJECT_KEY, response_model=ScoreConfigBody, responses=PUBLIC_ERRORS)
async def get_score_config(config_id: str, access: ProjectAccessDep, services: ServicesDep) -> Response:
    """Return one score config."""
    return json_response(score_config_body(await services.score_configs.get(access.project_id, config_id)))


@routes.patch("/api/public/score-configs/{config_id}", PROJECT_KEY, response_model=ScoreConfigBody, responses=PUBLIC_ERRORS)
async def change_score_config(
    config_id: str,
    access: ProjectAccessDep,
    services: ServicesDep,
    request: Annotated[ChangeScoreConfigRequest, Body()],
) -> Response:
    """Change a score config, for scores that come from now on; `dataType` cannot be changed."""
    sent = {name for name in request.model_fields_set if name in _CLEARED_BY_NULL or getattr(request, name) is not None}
    if not sent:
        message = (
            "Request body cannot be empty: send at least one of name, isArchived, description, minValue, maxValue, categories"
        )
        raise InvalidRequestError(message, issues=[Issue(message)])

    def edit(config: ScoreConfig) -> ScoreConfig:
        if config.data_type is ScoreDataType.BOOLEAN and "categories" in sent:
            raise _boolean_categories()
        changes = {name: getattr(request, name) for name in sent - {"categories"}}
        if "categories" in sent:
            changes["categories"] = categories_of(request.categories)
        return replace(config, **changes)

    return json_response(score_config_body(await services.score_configs.change(access.project_id, config_id, edit)))


def _boolean_categories() -> InvalidRequestError:
    message = "the categories of a BOOLEAN config are set by the server and cannot be sent"
    return InvalidRequestError(message, issues=[Issue(message, ("categories",))])
