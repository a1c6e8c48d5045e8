"""Every error of the tree ends in the status and body that its API documents, and tells nothing of the inside."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from spanwise_server.api.errors import register_error_handlers
from spanwise_server.api.policies import PUBLIC, RouteTable
from spanwise_server.api.request_context import RequestContext
from spanwise_server.domain import errors
from spanwise_server.domain.errors import Issue

ISSUE = Issue(message="must be a number", path=("batch", 3, "value"), code="invalid_type")

CASES: list[tuple[errors.SpanwiseError, int, Mapping[str, Any], Mapping[str, Any]]] = [
    (
        errors.InvalidRequestError("Wrong.", hint="Do it right."),
        400,
        {"message": "Wrong.", "error": "InvalidRequestError", "hint": "Do it right."},
        {"code": "invalid_request", "message": "Wrong.", "hint": "Do it right."},
    ),
    (
        errors.InvalidRequestError("Wrong.", issues=[ISSUE]),
        400,
        {
            "message": "Invalid request data",
            "error": [{"code": "invalid_type", "path": ["batch", 3, "value"], "message": "must be a number"}],
        },
        {
            "code": "invalid_request",
            "message": "Wrong.",
            "issues": [{"code": "invalid_type", "path": ["batch", 3, "value"], "message": "must be a number"}],
        },
    ),
    (
        errors.PayloadRejectedError("Too deep."),
        400,
        {"message": "Too deep.", "error": "InvalidRequestError"},
        {"code": "payload_rejected", "message": "Too deep."},
    ),
    (
        errors.PayloadTooLargeError("Too large."),
        413,
        {"message": "Too large.", "error": "PayloadTooLargeError"},
        {"code": "payload_too_large", "message": "Too large."},
    ),
    (
        errors.UnauthorizedError("Who?"),
        401,
        {"message": "Who?", "error": "UnauthorizedError"},
        {"code": "unauthorized", "message": "Who?"},
    ),
    (
        errors.InvalidLoginError("Who?"),
        401,
        {"message": "Who?", "error": "UnauthorizedError"},
        {"code": "invalid_login", "message": "Who?"},
    ),
    (errors.ForbiddenError("No."), 403, {"message": "No.", "error": "ForbiddenError"}, {"code": "forbidden", "message": "No."}),
    (
        errors.NotFoundError("Gone."),
        404,
        {"message": "Gone.", "error": "LangfuseNotFoundError"},
        {"code": "not_found", "message": "Gone."},
    ),
    (
        errors.ConflictError("Twice."),
        409,
        {"message": "Twice.", "error": "LangfuseConflictError"},
        {"code": "conflict", "message": "Twice."},
    ),
    (
        errors.QueryTimeoutError("Slow."),
        422,
        {"message": "Slow.", "error": "Request timed out"},
        {"code": "query_timeout", "message": "Slow."},
    ),
    (
        errors.TooManyAttemptsError("Wait.", retry_after_seconds=9),
        429,
        {"message": "Wait.", "error": "TooManyRequestsError"},
        {"code": "rate_limited", "message": "Wait."},
    ),
    (
        errors.OverloadedError("Full.", retry_after_seconds=3),
        503,
        {"message": "Full.", "error": "ServiceUnavailableError"},
        {"code": "overloaded", "message": "Full."},
    ),
    (
        errors.StoreUnavailableError("Down."),
        503,
        {"message": "Down.", "error": "ServiceUnavailableError"},
        {"code": "store_unavailable", "message": "Down."},
    ),
]


def _app(error: Exception) -> FastAPI:
    table = RouteTable("test")

    async def fail(count: int = 0) -> None:
        raise error

    for prefix in ("/api/public/fail", "/api/v1/fail"):
        table.get(prefix, PUBLIC)(fail)
    app = FastAPI(openapi_url=None)
    app.add_middleware(RequestContext)
    register_error_handlers(app)
    app.router.routes.extend(table)
    return app


async def _get(error: Exception, path: str) -> httpx.Response:
    async with httpx.AsyncClient(transport=httpx.ASGITransport(_app(error)), base_url="http://x") as client:
        return await client.get(path)


@pytest.mark.parametrize(("error", "status", "public", "native"), CASES, ids=lambda value: getattr(value, "code", ""))
async def test_each_error_in_both_apis(
    error: errors.SpanwiseError, status: int, public: Mapping[str, Any], native: Mapping[str, Any]
) -> None:
    for path, body in (("/api/public/fail", public), ("/api/v1/fail", native)):
        response = await _get(error, path)
        assert (response.status_code, response.json()) == (status, body)
        wait = getattr(error, "retry_after_seconds", None)
        assert response.headers.get("retry-after") == (str(wait) if wait else None)


def test_every_error_a_caller_can_cause_has_a_case() -> None:
    def tree(kind: type[errors.SpanwiseError]) -> set[type[errors.SpanwiseError]]:
        return {kind}.union(*(tree(below) for below in kind.__subclasses__()))

    own = {kind for kind in tree(errors.SpanwiseError) if kind.__module__ == errors.__name__}
    assert own - {type(error) for error, *_ in CASES} == {errors.SpanwiseError, errors.ConfigurationError}


async def test_only_the_public_api_names_its_scheme() -> None:
    assert (await _get(errors.UnauthorizedError("Who?"), "/api/public/fail")).headers["www-authenticate"].startswith("Basic ")
    assert "www-authenticate" not in (await _get(errors.UnauthorizedError("Who?"), "/api/v1/fail")).headers


@pytest.mark.parametrize("path", ["/api/public/fail", "/api/v1/fail"])
async def test_an_unforeseen_error_tells_nothing_but_an_id_that_is_in_the_log(
    path: str, caplog: pytest.LogCaptureFixture
) -> None:
    response = await _get(RuntimeError("SELECT secret FROM /srv/path"), path)

    assert response.status_code == 500
    assert "secret" not in response.text
    assert "Traceback" not in response.text
    body = response.json()
    request_id = body.get("requestId") or body.get("request_id")
    assert request_id == response.headers["x-request-id"]
    assert any(request_id in record.getMessage() and record.exc_info for record in caplog.records)


async def test_faulty_parameters_are_issues_with_their_path() -> None:
    response = await _get(RuntimeError("never raised"), "/api/public/fail?count=many")

    assert response.status_code == 400
    assert response.json()["message"] == "Invalid request data"
    (issue,) = response.json()["error"]
    assert issue["path"] == ["count"]
    assert issue["code"] == "int_parsing"


@pytest.fixture
async def bare() -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(_app(errors.NotFoundError("x")))
    async with httpx.AsyncClient(transport=transport, base_url="http://x") as client:
        yield client


async def test_unknown_routes_and_methods(bare: httpx.AsyncClient) -> None:
    unknown, native = await bare.get("/api/public/nothing"), await bare.get("/api/v1/nothing")
    wrong = await bare.post("/api/public/fail")

    assert unknown.status_code == native.status_code == 404
    assert unknown.json() == {"message": "There is nothing at GET /api/public/nothing", "error": "LangfuseNotFoundError"}
    assert native.json() == {"code": "not_found", "message": "There is nothing at GET /api/v1/nothing"}
    assert wrong.status_code == 405
    assert wrong.json() == {"message": "Method not allowed", "error": "MethodNotAllowedError"}
    assert wrong.headers["allow"] == "GET"
