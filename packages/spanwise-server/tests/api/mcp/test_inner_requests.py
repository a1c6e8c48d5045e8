"""A request within a request carries the caller's credentials and nothing else of the caller's."""

from __future__ import annotations

import json

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.testclient import TestClient

from spanwise_server.api.mcp.bindings import Call
from spanwise_server.api.mcp.inner_requests import send_inside


async def _echo(request: Request) -> Response:
    return JSONResponse(
        {
            "path": request.path_params["name"],
            "query": dict(request.query_params),
            "headers": dict(request.headers),
            "body": (await request.body()).decode(),
        },
        status_code=418,
    )


async def _outer(request: Request) -> Response:
    answer = await send_inside(request, Call("POST", "/things/a%2Fb", "x=1", b'{"y": 2}'))
    return JSONResponse({"status": answer.status, "body": json.loads(answer.body)})


def test_passes_credentials_on_and_leaves_the_rest_behind() -> None:
    app = Starlette(routes=[Route("/outer", _outer), Route("/things/{name:path}", _echo, methods=["POST"])])

    said = TestClient(app).get("/outer", headers={"Authorization": "Basic abc", "Cookie": "a=b", "X-Other": "1"}).json()

    assert said["status"] == 418
    inner = said["body"]
    assert (inner["path"], inner["query"], inner["body"]) == ("a/b", {"x": "1"}, '{"y": 2}')
    assert inner["headers"]["authorization"] == "Basic abc"
    assert inner["headers"]["content-type"] == "application/json"
    assert not {"cookie", "x-other"} & inner["headers"].keys()
