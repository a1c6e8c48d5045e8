"""The OpenAPI document of every route: FastAPI's own, with who may call and stable operation ids. Not served, but kept in the tree."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from fastapi.openapi.utils import get_openapi

from spanwise_server.api.auth import SESSION_COOKIE
from spanwise_server.api.errors import PUBLIC_PREFIX
from spanwise_server.api.policies import Credential, Policy, PolicyRoute

_KEY_PAIR: Final = "keyPair"
_PUBLIC_KEY: Final = "publicKey"
_LOGIN: Final = "login"
_ORGANIZATION_KEY: Final = "organizationKeyPair"
_ADMIN_KEY: Final = "adminKey"
_SCHEMES: Final[Mapping[str, Any]] = {
    _KEY_PAIR: {"type": "http", "scheme": "basic", "description": "Public key as user name, secret key as password."},
    _ORGANIZATION_KEY: {"type": "http", "scheme": "basic", "description": "The key pair of an organization."},
    _ADMIN_KEY: {"type": "http", "scheme": "bearer", "description": "The value of SPANWISE_ADMIN_API_KEY."},
    _PUBLIC_KEY: {"type": "http", "scheme": "bearer", "description": "The public key alone; for scores only."},
    _LOGIN: {"type": "apiKey", "in": "cookie", "name": SESSION_COOKIE, "description": "A browser login."},
}


def openapi_document(routes: Iterable[PolicyRoute], *, version: str) -> dict[str, Any]:
    """Return the document of ``routes``, in their order."""
    listed = [route for route in routes if route.include_in_schema]
    document = get_openapi(
        title="Spanwise",
        version=version,
        description="The Langfuse API as its SDKs know it (`/api/public`) and the API of the browser application (`/api/v1`).",
        routes=listed,
    )
    for route in listed:
        for method in route.methods or ():
            operation = document["paths"][route.path_format][method.lower()]
            operation["operationId"] = route.endpoint.__name__
            operation["security"] = _security(route.policy)
            operation["responses"].pop("422", None)  # FastAPI's; an invalid request is answered with 400 here
            for status, answer in _errors(route.path_format).items():
                operation["responses"].setdefault(status, answer)
    components = document.setdefault("components", {})
    for name in ("HTTPValidationError", "ValidationError"):
        components.get("schemas", {}).pop(name, None)
    components["securitySchemes"] = dict(_SCHEMES)
    return document


def _errors(path: str) -> Mapping[str, Any]:
    """Return what any route may answer beside its own: checks that stand before a route, and a store that is down."""
    error = "ApiError" if path.startswith(PUBLIC_PREFIX) else "NativeError"
    content = {"application/json": {"schema": {"$ref": f"#/components/schemas/{error}"}}}
    return {
        "4XX": {"description": "What is wrong with the request.", "content": content},
        "503": {"description": "The server cannot answer now; `Retry-After` says when to ask again.", "content": content},
    }


_SECURITY: Final[Mapping[Credential, tuple[str, ...]]] = {
    Credential.NONE: (),
    Credential.LOGIN: (_LOGIN,),
    Credential.PROJECT_KEY: (_KEY_PAIR,),
    Credential.PROJECT_KEY_OR_LOGIN: (_KEY_PAIR, _LOGIN),
    Credential.PROJECT_LOGIN: (_LOGIN,),
    Credential.ORGANIZATION_KEY: (_ORGANIZATION_KEY,),
    Credential.ADMIN_KEY: (_ADMIN_KEY,),
}


def _security(policy: Policy) -> list[dict[str, list[str]]]:
    names = [*_SECURITY[policy.credential]]
    names += [_PUBLIC_KEY] if policy.allows_scores_scope else []
    names += [_ADMIN_KEY] if policy.allows_admin_key else []
    return [{name: []} for name in names]
