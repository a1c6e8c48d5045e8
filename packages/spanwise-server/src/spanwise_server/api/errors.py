"""From an exception to the response that tells of it. The only place that knows error bodies.

Two shapes: the public API (``/api/public`` and ``/api/admin``) answers ``{"message", "error"}`` as clients of the Langfuse API expect,
everything else ``{"code", "message", "hint"?, "issues"?}``. Nothing of the server's inside (traces, SQL, paths) is told.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

import msgspec
from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from spanwise_server.domain.errors import (
    ConflictError,
    ForbiddenError,
    InvalidRequestError,
    Issue,
    NotFoundError,
    OverloadedError,
    PayloadTooLargeError,
    QueryTimeoutError,
    SpanwiseError,
    TooManyAttemptsError,
    UnauthorizedError,
)

PUBLIC_PREFIX = "/api/public/"
_PUBLIC_SHAPE = (PUBLIC_PREFIX, "/api/admin/")
_VALUE_ERROR = "Value error, "  # what Pydantic puts before the message of a ValueError of ours
_LEADING_LOCATIONS = frozenset({"query", "path", "body", "header"})

# The names by which clients of the Langfuse API know each kind; the first that fits counts.
_PUBLIC_NAMES: Sequence[tuple[type[SpanwiseError], str]] = (
    (InvalidRequestError, "InvalidRequestError"),
    (PayloadTooLargeError, "PayloadTooLargeError"),
    (UnauthorizedError, "UnauthorizedError"),
    (ForbiddenError, "ForbiddenError"),
    (NotFoundError, "LangfuseNotFoundError"),
    (ConflictError, "LangfuseConflictError"),
    (QueryTimeoutError, "Request timed out"),
    (TooManyAttemptsError, "TooManyRequestsError"),
    (OverloadedError, "ServiceUnavailableError"),
)
_HTTP_NAMES: Mapping[int, tuple[str, str, str]] = {
    404: ("LangfuseNotFoundError", "not_found", "Not found"),
    405: ("MethodNotAllowedError", "method_not_allowed", "Method not allowed"),
    408: ("RequestTimeoutError", "request_timeout", "The request body arrived too slowly"),
}


def register_error_handlers(app: FastAPI) -> None:
    """Let every error of the tree, of validation and of routing end in a response."""
    app.add_exception_handler(SpanwiseError, _answer_error)
    app.add_exception_handler(RequestValidationError, _answer_invalid)
    app.add_exception_handler(HTTPException, _answer_http)


def internal_error_response(path: str, request_id: str) -> Response:
    """Answer 500 without a word about what happened; the log has it under the same request id."""
    if path.startswith(_PUBLIC_SHAPE):
        return _json(500, {"message": "Internal Server Error", "error": "InternalServerError", "requestId": request_id})
    return _json(500, {"code": "internal_error", "message": "Internal server error", "request_id": request_id})


async def _answer_error(request: Request, error: Exception) -> Response:
    if not isinstance(error, SpanwiseError):  # registered for this type alone
        raise error
    return error_response(request.url.path, error)


def error_response(path: str, error: SpanwiseError) -> Response:
    """Answer with the error's status and the body shape of the API that ``path`` belongs to."""
    headers: dict[str, str] = {}
    if isinstance(error, OverloadedError | TooManyAttemptsError):
        headers["Retry-After"] = str(error.retry_after_seconds)
    is_public = path.startswith(_PUBLIC_SHAPE)
    if path.startswith(PUBLIC_PREFIX) and isinstance(error, UnauthorizedError):
        headers["WWW-Authenticate"] = 'Basic realm="Spanwise", charset="UTF-8"'
    issues = error.issues if isinstance(error, InvalidRequestError) else ()
    return _json(error.status, (_public_body if is_public else _native_body)(error, issues), headers)


def _public_body(error: SpanwiseError, issues: Sequence[Issue]) -> dict[str, Any]:
    if issues:
        return {"message": "Invalid request data", "error": [_issue(issue) for issue in issues]}
    name = next((name for kind, name in _PUBLIC_NAMES if isinstance(error, kind)), "InternalServerError")
    # Clients read only the message; the hint is for the person who reads their log.
    return {"message": error.message, "error": name} | ({"hint": error.hint} if error.hint else {})


def _native_body(error: SpanwiseError, issues: Sequence[Issue]) -> dict[str, Any]:
    body: dict[str, Any] = {"code": error.code, "message": error.message}
    if error.hint:
        body["hint"] = error.hint
    if issues:
        body["issues"] = [_issue(issue) for issue in issues]
    return body


def _issue(issue: Issue) -> dict[str, Any]:
    return {"code": issue.code, "path": list(issue.path), "message": issue.message}


async def _answer_invalid(request: Request, error: Exception) -> Response:
    if not isinstance(error, RequestValidationError):  # registered for this type alone
        raise error
    issues = [Issue(fault["msg"].removeprefix(_VALUE_ERROR), _path(fault["loc"]), fault["type"]) for fault in error.errors()]
    return error_response(request.url.path, InvalidRequestError("Invalid request data", issues=issues))


def _path(location: Sequence[str | int]) -> tuple[str | int, ...]:
    """Leave out the first step when it only says which part of the request is meant."""
    return tuple(location[1:] if len(location) > 1 and location[0] in _LEADING_LOCATIONS else location)


async def _answer_http(request: Request, error: Exception) -> Response:
    if not isinstance(error, HTTPException):  # registered for this type alone
        raise error
    phrase = HTTPStatus(error.status_code).phrase
    name, code, message = _HTTP_NAMES.get(error.status_code, ("InvalidRequestError", "invalid_request", phrase))
    if error.status_code == 404 and error.detail == phrase:
        message = f"There is nothing at {request.method} {request.url.path}"
    body = (
        {"message": message, "error": name}
        if request.url.path.startswith(_PUBLIC_SHAPE)
        else {"code": code, "message": message}
    )
    return _json(error.status_code, body, error.headers)


def _json(status: int, body: Mapping[str, Any], headers: Mapping[str, str] | None = None) -> Response:
    return Response(msgspec.json.encode(body), status, dict(headers or {}), media_type="application/json")
