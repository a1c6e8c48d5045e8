"""Checks responses against the OpenAPI document that the app itself gives out."""

from __future__ import annotations

import functools
from typing import Any

import httpx
import jsonschema
from fastapi import FastAPI
from starlette.routing import Match

from spanwise_server.api.openapi import openapi_document
from spanwise_server.api.policies import PolicyRoute


class OpenApiDocument:
    """The document of one app. An undocumented key in a response is a fault, as a missing one is."""

    def __init__(self, app: FastAPI) -> None:
        self._app = app
        routes = [route for route in app.routes if isinstance(route, PolicyRoute)]
        self._document = openapi_document(routes, version=app.version)
        self._components = {"schemas": _closed(self._document["components"]["schemas"])}

    async def check(self, response: httpx.Response) -> None:
        """Raise if the body is not what the document says for this route and status; an httpx response hook."""
        await response.aread()
        request = response.request
        template = self._template(request.method, request.url.path)
        if template is None or response.status_code == 204:
            return
        answers = self._document["paths"][template][request.method.lower()]["responses"]
        status = str(response.status_code)
        answer = answers.get(status) or answers.get(f"{status[0]}XX")
        assert answer is not None, f"{request.method} {template}: status {status} is not documented"
        if response.status_code == 304:
            assert (response.content, "content" in answer) == (b"", False)
            return
        if "application/json" not in answer.get("content", {}):
            assert answer.get("content") or not response.content, f"{request.method} {template}: a body is not documented"
            return
        self._validator(template, request.method.lower(), status if status in answers else f"{status[0]}XX").validate(
            response.json()
        )

    def _template(self, method: str, path: str) -> str | None:
        scope = {"type": "http", "method": method, "path": path, "root_path": ""}
        for route in self._app.routes:
            if isinstance(route, PolicyRoute) and route.matches(scope)[0] is Match.FULL:
                return route.path_format
        return None

    @functools.cache  # noqa: B019 - one document a test session
    def _validator(self, template: str, method: str, status: str) -> Any:
        schema = self._document["paths"][template][method]["responses"][status]["content"]["application/json"]["schema"]
        return jsonschema.Draft202012Validator({"components": self._components, **schema})


def _closed(schema: Any) -> Any:
    """Return the schema with no room for keys it does not name."""
    if isinstance(schema, list):
        return [_closed(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    closed = {key: _closed(value) for key, value in schema.items()}
    if schema.get("type") == "object" and isinstance(schema.get("properties"), dict) and "additionalProperties" not in schema:
        closed["additionalProperties"] = False
    return closed
