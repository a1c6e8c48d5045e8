"""Prompts of the Langfuse API: create, read (the hot path of every client), list, label, delete."""

from __future__ import annotations

from functools import lru_cache
from typing import Annotated, Any

from fastapi import Path, Query
from pydantic import Field
from starlette.requests import Request
from starlette.responses import Response

from spanwise_server.api.auth import ProjectAccessDep, ServicesDep, project_access_of, services_of
from spanwise_server.api.listing.conditions import all_of, equal, select
from spanwise_server.api.listing.parameters import FILTER, PageParameters, Parameters, Time, documented_parameters
from spanwise_server.api.policies import PROJECT_KEY, RouteTable
from spanwise_server.api.request_bodies import documented_body, read_json
from spanwise_server.api.responses import PUBLIC_ERRORS, json_response, rendered
from spanwise_server.api.schemas.pages import PageMeta
from spanwise_server.api.schemas.prompts import (
    Prompt,
    PromptLabelsRequest,
    PromptList,
    PromptRequest,
    ResolvedPrompt,
    prompt_body,
    prompt_item,
    render_resolved_prompt,
)
from spanwise_server.domain.prompts import PromptSelector, parse_draft, parse_labels, select_version
from spanwise_server.services.filter_grammar import parse_filter
from spanwise_server.services.prompts.prompts import RenderedPrompt
from spanwise_server.services.prompts.summaries import PromptQuery

routes = RouteTable("prompts")

# Kept by the client alone, and not used again without asking: a label may have moved a moment ago.
_CACHE_CONTROL = "private, no-cache"
_READ_ANSWERS: dict[int | str, dict[str, Any]] = PUBLIC_ERRORS | {
    304: {"description": "What `If-None-Match` names is still current; there is no body."}
}
_NAME = "The prompt's name; slashes in it may be escaped or not."
_Name = Annotated[str, Path(description=_NAME)]


class PromptParameters(Parameters):
    """Which version to return."""

    version: Annotated[int | None, Field(ge=1, description="This version; not together with `label`.")] = None
    label: Annotated[str | None, Field(description="The version with this label. Default: `production`.")] = None
    resolve: Annotated[bool, Field(description="Replace references to other prompts by their text.")] = True


class NamedPromptParameters(PromptParameters):
    """Which version of which prompt to return."""

    name: Annotated[str, Field(description="The prompt's name.")]


class PromptListParameters(PageParameters):
    """Which prompts to return: conditions are about versions, and a name is listed with those that fulfil them."""

    limit: Annotated[int, Field(ge=1, le=100, description="Most prompts on a page.")] = 10
    name: Annotated[str | None, Field(description="Only the prompt with this name.")] = None
    version: Annotated[int | None, Field(ge=1, description="Only versions with this number.")] = None
    label: Annotated[str | None, Field(description="Only the version with this label.")] = None
    tag: Annotated[str | None, Field(description="Only prompts that have this tag.")] = None
    from_updated_at: Annotated[Time | None, Field(description="Only versions changed at or after this time.")] = None
    to_updated_at: Annotated[Time | None, Field(description="Only versions changed before this time.")] = None
    filter: Annotated[str | None, Field(description=FILTER)] = None

    def query(self, project_id: str) -> PromptQuery:
        """Return the query for this page."""
        selection = select(
            (
                *equal("name", self.name),
                *equal("version", self.version),
                *all_of("labels", [self.label] if self.label is not None else []),
                *all_of("tags", [self.tag] if self.tag is not None else []),
            ),
            time_field="updated_at",
            since=self.from_updated_at,
            until=self.to_updated_at,
            given=parse_filter(self.filter, "prompts"),
        )
        return PromptQuery(
            project_id=project_id,
            where=selection.where,
            updated_since=selection.since,
            updated_before=selection.until,
            limit=self.limit,
            offset=self.offset,
        )


class PromptDeletionParameters(Parameters):
    """Which versions to delete: those that fulfil every condition, all of them without any."""

    version: Annotated[int | None, Field(ge=1, description="Only this version.")] = None
    label: Annotated[str | None, Field(description="Only the version with this label.")] = None


@routes.get("/api/public/v2/prompts", PROJECT_KEY, response_model=PromptList, responses=PUBLIC_ERRORS)
async def list_prompts(
    access: ProjectAccessDep, services: ServicesDep, parameters: Annotated[PromptListParameters, Query()]
) -> Response:
    """List prompts by name, each with its versions, labels and tags."""
    page = await services.prompts.find(parameters.query(access.project_id))
    meta: PageMeta = {
        "page": parameters.page,
        "limit": parameters.limit,
        "totalItems": page.total,
        "totalPages": -(-page.total // parameters.limit),
    }
    return await rendered(
        lambda: {"data": [prompt_item(summary) for summary in page.summaries], "meta": meta, "pagination": meta}
    )


@routes.post(
    "/api/public/v2/prompts",
    PROJECT_KEY,
    response_model=Prompt,
    status_code=201,
    responses=PUBLIC_ERRORS,
    openapi_extra=documented_body(PromptRequest),
)
async def create_prompt(request: Request, access: ProjectAccessDep, services: ServicesDep) -> Response:
    """Create the next version of a prompt. Existing versions never change."""
    version = await services.prompts.create(access, parse_draft(await read_json(request)))
    return json_response(prompt_body(version), 201)


# The name may hold slashes, escaped or not: the rest of the path is the name.
# Agents fetch prompts before every call, so this route reads its parameters itself: the machinery that does it for the
# others takes as long as everything else together.
@routes.get(
    "/api/public/v2/prompts/{name:path}",
    PROJECT_KEY,
    response_model=ResolvedPrompt,
    responses=_READ_ANSWERS,
    openapi_extra=documented_parameters(PromptParameters, name=_NAME),
)
async def get_prompt(request: Request) -> Response:
    """Return one version of a prompt: by number, by label, or the one with the label `production`."""
    selector, is_resolved = _read_query(request.scope["query_string"])
    prompt = await services_of(request).prompts.render(
        project_access_of(request).project_id,
        request.path_params["name"],
        selector,
        resolve=is_resolved,
        render=render_resolved_prompt,
    )
    return _answer(request, prompt)


@lru_cache(maxsize=1024)
def _read_query(query: bytes) -> tuple[PromptSelector, bool]:
    """Return what a query string asks for: few different ones are sent, over and over."""
    parameters = PromptParameters.read(query)
    return select_version(parameters.version, parameters.label), parameters.resolve


@routes.delete("/api/public/v2/prompts/{name:path}", PROJECT_KEY, status_code=204, responses=PUBLIC_ERRORS)
async def delete_prompt(
    name: _Name,
    access: ProjectAccessDep,
    services: ServicesDep,
    parameters: Annotated[PromptDeletionParameters, Query()],
) -> Response:
    """Delete versions of a prompt. Refused while other prompts refer to them; `latest` moves to the newest that remains."""
    await services.prompts.delete(access, name, version=parameters.version, label=parameters.label)
    return Response(status_code=204)


@routes.patch(
    "/api/public/v2/prompts/{name:path}/versions/{version}",
    PROJECT_KEY,
    response_model=Prompt,
    responses=PUBLIC_ERRORS,
    openapi_extra=documented_body(PromptLabelsRequest),
)
async def update_prompt_labels(
    name: _Name,
    version: Annotated[int, Path(ge=1, description="The version's number.")],
    request: Request,
    access: ProjectAccessDep,
    services: ServicesDep,
) -> Response:
    """Move labels to a version: it keeps those it has, and other versions lose these."""
    labels = parse_labels(await read_json(request), "newLabels")
    return json_response(prompt_body(await services.prompts.add_labels(access, name, version, labels)))


@routes.get("/api/public/prompts", PROJECT_KEY, response_model=ResolvedPrompt, responses=_READ_ANSWERS)
async def get_prompt_by_query(
    request: Request,
    access: ProjectAccessDep,
    services: ServicesDep,
    parameters: Annotated[NamedPromptParameters, Query()],
) -> Response:
    """Return one version of a prompt, as the first version of the API did."""
    selector = select_version(parameters.version, parameters.label)
    prompt = await services.prompts.render(
        access.project_id, parameters.name, selector, resolve=parameters.resolve, render=render_resolved_prompt
    )
    return _answer(request, prompt)


@routes.post(
    "/api/public/prompts",
    PROJECT_KEY,
    response_model=Prompt,
    status_code=201,
    responses=PUBLIC_ERRORS,
    openapi_extra=documented_body(PromptRequest),
)
async def create_prompt_v1(request: Request, access: ProjectAccessDep, services: ServicesDep) -> Response:
    """Create the next version of a prompt, as the first version of the API did; `isActive` gives the label `production`."""
    version = await services.prompts.create(access, parse_draft(await read_json(request)))
    return json_response(prompt_body(version), 201)


def _answer(request: Request, prompt: RenderedPrompt) -> Response:
    etag = f'"{prompt.etag}"'
    headers = {"Cache-Control": _CACHE_CONTROL, "ETag": etag, "Vary": "Authorization"}
    given = request.headers.get("if-none-match")
    if given is not None and etag in (tag.strip().removeprefix("W/") for tag in given.split(",")):
        return Response(status_code=304, headers=headers)
    return Response(prompt.body, headers=headers, media_type="application/json")
