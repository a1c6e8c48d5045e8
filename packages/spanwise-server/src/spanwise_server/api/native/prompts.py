"""Prompts for the browser (``/api/v1``), and which of their labels are protected. Names stand in the query: they hold slashes."""

from __future__ import annotations

from typing import Annotated

from fastapi import Path, Query
from pydantic import ConfigDict, Field
from starlette.requests import Request
from starlette.responses import Response

from spanwise_server.api.auth import ServicesDep
from spanwise_server.api.listing.conditions import all_of
from spanwise_server.api.listing.parameters import MAX_PAGE, Parameters
from spanwise_server.api.policies import PROJECT_ADMIN_LOGIN, PROJECT_MEMBER, RouteTable
from spanwise_server.api.request_bodies import documented_body, read_json
from spanwise_server.api.responses import NATIVE_ERRORS, json_response, rendered
from spanwise_server.api.schemas.native_prompts import (
    NativePromptDetails,
    NativePromptPage,
    ProtectedLabels,
    native_prompt,
    native_prompt_page,
    native_prompt_version,
)
from spanwise_server.domain.errors import ConflictError
from spanwise_server.domain.prompts import LATEST, parse_labels, select_version
from spanwise_server.query.expressions import And, Comparison, Operator
from spanwise_server.query.expressions import Field as QueryField
from spanwise_server.services.prompts.summaries import PromptQuery

routes = RouteTable("native")

_ProjectId = Annotated[str, Path(description="The project's id.")]


class NativePromptListParameters(Parameters):
    """Which names to return; all conditions must hold."""

    model_config = ConfigDict(alias_generator=None)

    search: Annotated[str | None, Field(description="Only names that contain this, in any case.")] = None
    tag: Annotated[str | None, Field(description="Only prompts that have this tag.")] = None
    limit: Annotated[int, Field(ge=1, le=200, description="Most names on a page.")] = 50
    page: Annotated[int, Field(ge=1, le=MAX_PAGE, description="Number of the page, from 1.")] = 1

    def query(self, project_id: str) -> PromptQuery:
        """Return the query for this page."""
        terms = all_of("tags", [self.tag] if self.tag is not None else [])
        if self.search is not None:
            terms = (*terms, Comparison(QueryField("name"), Operator.CONTAINS_ANY_CASE, self.search))
        return PromptQuery(project_id=project_id, where=And(terms), limit=self.limit, offset=(self.page - 1) * self.limit)


class NativePromptParameters(Parameters):
    """Which version of which prompt to return."""

    model_config = ConfigDict(alias_generator=None)

    name: Annotated[str, Field(description="The prompt's name.")]
    version: Annotated[int | None, Field(ge=1, description="This version; not together with `label`.")] = None
    label: Annotated[str | None, Field(description="The version with this label. Default: `latest`.")] = None


@routes.get("/api/v1/projects/{project_id}/prompts", PROJECT_MEMBER, response_model=NativePromptPage, responses=NATIVE_ERRORS)
async def list_native_prompts(
    project_id: _ProjectId, services: ServicesDep, parameters: Annotated[NativePromptListParameters, Query()]
) -> Response:
    """List prompts by name."""
    page = await services.prompts.find(parameters.query(project_id))
    return await rendered(lambda: native_prompt_page(page))


@routes.get("/api/v1/projects/{project_id}/prompt", PROJECT_MEMBER, response_model=NativePromptDetails, responses=NATIVE_ERRORS)
async def get_native_prompt(
    project_id: _ProjectId, services: ServicesDep, parameters: Annotated[NativePromptParameters, Query()]
) -> Response:
    """Return a version of a prompt, as written and with its references replaced, and the history of its name."""
    prompts, error = services.prompts, None
    selector = select_version(parameters.version, parameters.label or (LATEST if parameters.version is None else None))
    try:
        fetched = await prompts.get(project_id, parameters.name, selector, resolve=True)
    except ConflictError as conflict:  # whoever has to mend it must see it
        fetched, error = await prompts.get(project_id, parameters.name, selector, resolve=False), conflict.message
    history = await prompts.versions(project_id, fetched.version.name)
    return await rendered(
        lambda: {"prompt": native_prompt(fetched, error), "versions": [native_prompt_version(version) for version in history]}
    )


@routes.get(
    "/api/v1/projects/{project_id}/protected-labels", PROJECT_MEMBER, response_model=ProtectedLabels, responses=NATIVE_ERRORS
)
async def get_protected_labels(project_id: _ProjectId, services: ServicesDep) -> Response:
    """Return the labels of prompts that only administrators may move in the browser. Programs with a key may move any."""
    return json_response({"labels": sorted(await services.prompts.protected_labels(project_id))})


@routes.put(
    "/api/v1/projects/{project_id}/protected-labels",
    PROJECT_ADMIN_LOGIN,
    response_model=ProtectedLabels,
    responses=NATIVE_ERRORS,
    openapi_extra=documented_body(ProtectedLabels),
)
async def set_protected_labels(project_id: _ProjectId, request: Request, services: ServicesDep) -> Response:
    """Protect exactly these labels."""
    labels = parse_labels(await read_json(request), "labels")
    await services.prompts.protect_labels(project_id, labels)
    return json_response({"labels": sorted(labels)})
