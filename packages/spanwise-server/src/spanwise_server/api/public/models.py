"""Model definitions: what a model costs. Built-in ones are listed with the project's own and cannot be changed."""

from __future__ import annotations

from typing import Annotated

from fastapi import Body, Query
from starlette.responses import Response

from spanwise_server.api.auth import ProjectAccessDep, ServicesDep
from spanwise_server.api.listing.pagination import page_meta
from spanwise_server.api.listing.parameters import PageParameters
from spanwise_server.api.policies import PROJECT_KEY_OR_ADMIN_KEY, RouteTable
from spanwise_server.api.responses import PUBLIC_ERRORS, json_response
from spanwise_server.api.schemas.models import ModelBody, ModelPage, ModelRequest, model_body
from spanwise_server.api.schemas.pages import Message

routes = RouteTable("models")


@routes.get("/api/public/models", PROJECT_KEY_OR_ADMIN_KEY, response_model=ModelPage, responses=PUBLIC_ERRORS)
async def list_models(
    access: ProjectAccessDep, services: ServicesDep, parameters: Annotated[PageParameters, Query()]
) -> Response:
    """List the project's and the built-in model definitions, by name, then unit, then newest start."""
    found = await services.models.list_models(access.project_id)
    page = found[parameters.offset : parameters.offset + parameters.limit]
    content: ModelPage = {"data": [model_body(model) for model in page], "meta": page_meta(parameters, len(found))}
    return json_response(content)


@routes.post("/api/public/models", PROJECT_KEY_OR_ADMIN_KEY, response_model=ModelBody, responses=PUBLIC_ERRORS)
async def create_model(access: ProjectAccessDep, services: ServicesDep, request: Annotated[ModelRequest, Body()]) -> Response:
    """Define a model in the project; it goes before a built-in one. Costs that are stored already do not change."""
    return json_response(model_body(await services.models.create_model(access.project_id, request.draft())))


@routes.get("/api/public/models/{model_id}", PROJECT_KEY_OR_ADMIN_KEY, response_model=ModelBody, responses=PUBLIC_ERRORS)
async def get_model(model_id: str, access: ProjectAccessDep, services: ServicesDep) -> Response:
    """Return one model definition."""
    return json_response(model_body(await services.models.get_model(access.project_id, model_id)))


@routes.put("/api/public/models/{model_id}", PROJECT_KEY_OR_ADMIN_KEY, response_model=ModelBody, responses=PUBLIC_ERRORS)
async def put_model(
    model_id: str, access: ProjectAccessDep, services: ServicesDep, request: Annotated[ModelRequest, Body()]
) -> Response:
    """Create the project's model definition of this id, or replace it as a whole."""
    return json_response(model_body(await services.models.put_model(access.project_id, model_id, request.draft())))


@routes.delete("/api/public/models/{model_id}", PROJECT_KEY_OR_ADMIN_KEY, response_model=Message, responses=PUBLIC_ERRORS)
async def delete_model(model_id: str, access: ProjectAccessDep, services: ServicesDep) -> Response:
    """Delete a model definition of the project; what was priced with it keeps its cost."""
    await services.models.delete_model(access.project_id, model_id)
    return json_response({"message": "Model successfully deleted"})
