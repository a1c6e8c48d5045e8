"""Pricing history anew over HTTP (``/api/v1``): one step a request, for the command line beside a running server."""

from __future__ import annotations

from typing import Annotated

from fastapi import Body, Path
from pydantic import ConfigDict
from starlette.responses import Response
from typing_extensions import TypedDict

from spanwise_server.api.auth import ServicesDep
from spanwise_server.api.listing.parameters import Time
from spanwise_server.api.policies import PROJECT_EDITOR, RouteTable
from spanwise_server.api.request_bodies import RequestBody, StoredText, StrictBool
from spanwise_server.api.responses import NATIVE_ERRORS, json_response
from spanwise_server.services.pricing.repricing import RepriceSelection

routes = RouteTable("native")


class RepriceRequest(RequestBody):
    """Which rows to price anew, and where to go on."""

    model_config = ConfigDict(alias_generator=None)

    since: Time | None = None
    until: Time | None = None
    model: StoredText | None = None
    cursor: StoredText | None = None
    dry_run: StrictBool = False


class RepriceAnswer(TypedDict):
    """What one step did; USD as decimal text. ``cursor`` asks for the next step, null after the last."""

    examined: int
    changed: int
    old_total_usd: str
    new_total_usd: str
    cursor: str | None


@routes.post("/api/v1/projects/{project_id}/repricing", PROJECT_EDITOR, response_model=RepriceAnswer, responses=NATIVE_ERRORS)
async def reprice(
    project_id: Annotated[str, Path(description="The project's id.")],
    services: ServicesDep,
    request: Annotated[RepriceRequest, Body()],
) -> Response:
    """Give a page of stored observations the cost that today's prices say; costs that clients gave stay."""
    selection = RepriceSelection(project_id=project_id, since=request.since, until=request.until, model=request.model)
    step = await services.repricing.step(selection, cursor=request.cursor, dry_run=request.dry_run)
    answer: RepriceAnswer = {
        "examined": step.examined,
        "changed": step.changed,
        "old_total_usd": f"{step.old_total:f}",
        "new_total_usd": f"{step.new_total:f}",
        "cursor": step.cursor,
    }
    return json_response(answer)
